// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/git/open_beneath.h"
#include "core/git/support.h"

#include <filesystem>

namespace core::git {

namespace {

namespace fs = std::filesystem;

/// A folder on disk as it is now. Ids are hashes of the content, so that caches see every change.
class FolderTree final : public Tree
{
public:
    explicit FolderTree(fs::path root)
        : m_beneath(std::move(root))
    {
    }

    [[nodiscard]] Result<std::string> read(std::string_view path) const override
    {
        PH_TRY(const auto normal, normalPath(path));
        return m_beneath.read(normal, kMaxFileBytes);
    }

    [[nodiscard]] Result<std::string> readLink(std::string_view path) const override
    {
        PH_TRY(const auto normal, normalPath(path));
        std::error_code ec;
        if (m_beneath.type(normal) != EntryType::Symlink)
            return fail(Error::Code::InvalidInput, "is not a symbolic link", std::string(path));
        const auto target = fs::read_symlink(m_beneath.root() / normal, ec);
        if (ec)
            return fail(Error::Code::InvalidInput, "is not a symbolic link", std::string(path));
        return target.generic_string();
    }

    [[nodiscard]] Result<std::vector<Entry>> list(std::string_view path) const override
    {
        PH_TRY(auto entries, listTypes(path));
        std::erase_if(entries, [&](Entry& entry) {
            auto described = describe(path.empty() ? entry.name : std::string(path) + "/" + entry.name, entry.type);
            if (described)
                entry = std::move(*described);
            return !described;
        });
        return entries;
    }

    [[nodiscard]] Result<std::vector<Entry>> listTypes(std::string_view path) const override
    {
        PH_TRY(const auto normal, normalPath(path));
        PH_TRY(auto entries, m_beneath.list(normal));
        std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.name < b.name; });
        return entries;
    }

    [[nodiscard]] Result<Entry> stat(std::string_view path) const override
    {
        PH_TRY(const auto found, type(path));
        return describe(path, found);
    }

    [[nodiscard]] Result<EntryType> type(std::string_view path) const override
    {
        PH_TRY(const auto normal, normalPath(path));
        const auto found = m_beneath.type(normal);
        return found ? Result<EntryType>(*found) : missing(path);
    }

    [[nodiscard]] std::string mark(std::string_view path) const override { return m_beneath.mark(std::string(path)); }

    [[nodiscard]] std::string description() const override { return m_beneath.root().string(); }

private:
    [[nodiscard]] tl::unexpected<Error> missing(std::string_view path) const
    {
        return fail(Error::Code::NotFound, "no such file or folder in " + description(), std::string(path));
    }

    [[nodiscard]] Result<Entry> describe(std::string_view path, EntryType type) const
    {
        const auto slash = path.rfind('/');
        Entry entry {std::string(slash == std::string_view::npos ? path : path.substr(slash + 1)), type, {}};
        std::string text = "folder";
        if (type == EntryType::Symlink) {
            PH_TRY(text, readLink(path));
            text.insert(0, "link ");
        } else if (type == EntryType::File) {
            PH_TRY(text, read(path));
            text.insert(0, "file ");
        } else {
            PH_TRY(const auto children, list(path));
            for (const auto& child : children)
                text += '\n' + child.name + ' ' + child.id;
        }
        entry.id = sha256Hex(text);
        return entry;
    }

    Beneath m_beneath;
};

} // namespace

Result<TreePtr> openFolder(const std::string& path)
{
    std::error_code ec;
    const auto root = fs::canonical(path, ec);
    if (ec || !fs::is_directory(root, ec))
        return fail(Error::Code::NotFound, "no such folder", path);
    return std::make_shared<FolderTree>(root);
}

} // namespace core::git
