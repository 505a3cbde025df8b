// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/git/tree.h"

#include <algorithm>
#include <set>

namespace core::git {

namespace {

std::string_view fileName(std::string_view path)
{
    const auto slash = path.rfind('/');
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

/// Text files over another tree, which may be none.
class LayeredTree final : public Tree
{
public:
    LayeredTree(TreePtr below, Overlay overlay, std::string description)
        : m_below(std::move(below))
        , m_files(std::move(overlay.files))
        , m_deleted(overlay.deleted.begin(), overlay.deleted.end())
        , m_description(std::move(description))
    {
    }

    [[nodiscard]] Result<std::string> read(std::string_view path) const override
    {
        if (const auto it = m_files.find(std::string(path)); it != m_files.end())
            return it->second;
        if (hidden(path) || m_below == nullptr)
            return missing(path);
        return m_below->read(path);
    }

    [[nodiscard]] Result<std::string> readLink(std::string_view path) const override
    {
        if (m_below == nullptr || hidden(path) || m_files.contains(std::string(path)))
            return fail(Error::Code::InvalidInput, "is not a symbolic link", std::string(path));
        return m_below->readLink(path);
    }

    [[nodiscard]] Result<std::vector<Entry>> list(std::string_view path) const override
    {
        std::map<std::string, Entry> entries;
        bool found = path.empty();
        if (m_below != nullptr && !hidden(path)) {
            auto below = m_below->list(path);
            if (below) {
                found = true;
                for (auto& entry : *below) {
                    const auto child = join(path, entry.name);
                    if (!hidden(child))
                        entries[entry.name] = Entry {entry.name, entry.type, idOf(child, entry.id)};
                }
            } else if (below.error().code != Error::Code::NotFound && !hasFilesBelow(path)) {
                return below;
            }
        }
        const std::string prefix = path.empty() ? std::string {} : std::string(path) + "/";
        for (auto it = m_files.lower_bound(prefix); it != m_files.end() && it->first.starts_with(prefix); ++it) {
            const auto rest = std::string_view(it->first).substr(prefix.size());
            const auto slash = rest.find('/');
            const std::string name(rest.substr(0, slash));
            found = true;
            if (slash == std::string_view::npos)
                entries[name] = Entry {name, EntryType::File, sha256Hex("file " + it->second)};
            else if (!entries.contains(name) || entries[name].type != EntryType::Folder)
                entries[name] = Entry {name, EntryType::Folder, idOf(join(path, name), {})};
        }
        if (!found)
            return missing(path);
        std::vector<Entry> out;
        out.reserve(entries.size());
        for (auto& [name, entry] : entries)
            out.push_back(std::move(entry));
        return out;
    }

    [[nodiscard]] Result<std::vector<Entry>> listTypes(std::string_view path) const override
    {
        std::map<std::string, EntryType> types;
        bool found = path.empty();
        if (m_below != nullptr && !hidden(path)) {
            if (const auto below = m_below->listTypes(path)) {
                found = true;
                for (const auto& entry : *below) {
                    if (!hidden(join(path, entry.name)))
                        types.emplace(entry.name, entry.type);
                }
            }
        }
        const std::string prefix = path.empty() ? std::string {} : std::string(path) + "/";
        for (auto it = m_files.lower_bound(prefix); it != m_files.end() && it->first.starts_with(prefix);) {
            const auto rest = std::string_view(it->first).substr(prefix.size());
            const auto slash = rest.find('/');
            const std::string name(rest.substr(0, slash));
            found = true;
            types[name] = slash == std::string_view::npos ? EntryType::File : EntryType::Folder;
            // What else is below this folder says nothing new: '0' is the character after '/'.
            it = slash == std::string_view::npos ? std::next(it) : m_files.lower_bound(prefix + name + "0");
        }
        if (!found)
            return missing(path);
        std::vector<Entry> out;
        out.reserve(types.size());
        for (const auto& [name, type] : types)
            out.push_back({name, type, {}});
        return out;
    }

    [[nodiscard]] Result<Entry> stat(std::string_view path) const override
    {
        const std::string name(fileName(path));
        if (const auto it = m_files.find(std::string(path)); it != m_files.end())
            return Entry {name, EntryType::File, sha256Hex("file " + it->second)};
        if (m_below != nullptr && !hidden(path)) {
            auto entry = m_below->stat(path);
            if (entry) {
                entry->id = idOf(path, entry->id);
                return entry;
            }
        }
        if (path.empty() || hasFilesBelow(path))
            return Entry {name, EntryType::Folder, idOf(path, {})};
        return missing(path);
    }

    [[nodiscard]] Result<EntryType> type(std::string_view path) const override
    {
        if (m_files.contains(std::string(path)))
            return EntryType::File;
        if (m_below != nullptr && !hidden(path)) {
            if (auto below = m_below->type(path))
                return below;
        }
        if (path.empty() || hasFilesBelow(path))
            return EntryType::Folder;
        return missing(path);
    }

    [[nodiscard]] std::string mark(std::string_view path) const override
    {
        if (m_below != nullptr && !touches(path))
            return m_below->mark(path);
        if (const auto it = m_files.find(std::string(path)); it != m_files.end())
            return "text " + sha256Hex(it->second);
        auto below = m_below == nullptr || hidden(path) ? std::string(kMissing) : m_below->mark(path);
        if (below.empty())
            return below;
        // What this layer adds to the folder and takes from it; what lies deeper has marks of its own.
        const std::string prefix = path.empty() ? std::string {} : std::string(path) + "/";
        std::string own;
        for (auto it = m_files.lower_bound(prefix); it != m_files.end() && it->first.starts_with(prefix);) {
            const auto slash = it->first.find('/', prefix.size());
            const auto name =
                it->first.substr(prefix.size(), slash == std::string::npos ? slash : slash - prefix.size());
            const auto child = prefix + name;
            const auto type = slash == std::string::npos ? EntryType::File : EntryType::Folder;
            if (m_below == nullptr || hidden(child) || m_below->type(child).value_or(EntryType::Submodule) != type)
                own += (type == EntryType::File ? "\n+" : "\n/") + name;
            it = slash == std::string::npos ? std::next(it) : m_files.lower_bound(child + "0");
        }
        for (auto it = m_deleted.lower_bound(prefix); it != m_deleted.end() && it->starts_with(prefix); ++it) {
            if (it->find('/', prefix.size()) == std::string::npos)
                own += "\n-" + it->substr(prefix.size());
        }
        return below + own;
    }

    [[nodiscard]] std::string description() const override { return m_description; }

private:
    static std::string join(std::string_view folder, std::string_view name)
    {
        return folder.empty() ? std::string(name) : std::string(folder) + "/" + std::string(name);
    }

    [[nodiscard]] tl::unexpected<Error> missing(std::string_view path) const
    {
        return fail(Error::Code::NotFound, "no such file or folder in " + m_description, std::string(path));
    }

    /// Whether this layer may have anything to do with a path; of many files each may.
    [[nodiscard]] bool touches(std::string_view path) const
    {
        constexpr std::size_t kFew = 16;
        const auto isBelow = [&](const std::string& file) {
            return path.empty() || (file.starts_with(path) && (file.size() == path.size() || file[path.size()] == '/'));
        };
        return m_files.size() > kFew || !m_deleted.empty()
            || std::any_of(m_files.begin(), m_files.end(), [&](const auto& file) { return isBelow(file.first); });
    }

    /// Deleted itself, or in a folder that is.
    [[nodiscard]] bool hidden(std::string_view path) const
    {
        if (m_deleted.empty())
            return false;
        for (auto end = path.size(); end != std::string_view::npos && end > 0; end = path.rfind('/', end - 1))
            if (m_deleted.contains(std::string(path.substr(0, end))))
                return true;
        return false;
    }

    [[nodiscard]] bool hasFilesBelow(std::string_view path) const
    {
        const std::string prefix = std::string(path) + "/";
        const auto it = m_files.lower_bound(prefix);
        return it != m_files.end() && it->first.starts_with(prefix);
    }

    /// The id below, mixed with everything of this layer that lies under the path.
    [[nodiscard]] std::string idOf(std::string_view path, const std::string& below) const
    {
        const std::string prefix = path.empty() ? std::string {} : std::string(path) + "/";
        std::string text;
        for (auto it = m_files.lower_bound(prefix); it != m_files.end() && it->first.starts_with(prefix); ++it)
            text += it->first + ' ' + sha256Hex(it->second) + '\n';
        for (auto it = m_deleted.lower_bound(prefix); it != m_deleted.end() && it->starts_with(prefix); ++it)
            text += "- " + *it + '\n';
        return text.empty() ? below : sha256Hex("layer " + below + '\n' + text);
    }

    TreePtr m_below;
    std::map<std::string, std::string> m_files;
    std::set<std::string> m_deleted;
    std::string m_description;
};

} // namespace

TreePtr memoryTree(std::map<std::string, std::string> files, std::string description)
{
    return std::make_shared<LayeredTree>(nullptr, Overlay {std::move(files), {}}, std::move(description));
}

TreePtr overlayTree(TreePtr below, Overlay overlay)
{
    auto description = below->description() + " with unsaved text";
    return std::make_shared<LayeredTree>(std::move(below), std::move(overlay), std::move(description));
}

} // namespace core::git
