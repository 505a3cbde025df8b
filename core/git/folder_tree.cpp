// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/git/support.h"

#include <fstream>

namespace core::git {

namespace {

namespace fs = std::filesystem;

/// A folder on disk as it is now. Ids are hashes of the content, so that caches see every change.
class FolderTree final : public Tree
{
public:
    explicit FolderTree(fs::path root)
        : m_root(std::move(root))
    {
    }

    [[nodiscard]] Result<std::string> read(std::string_view path) const override
    {
        PH_TRY(const fs::path real, place(path));
        std::error_code ec;
        const auto status = fs::symlink_status(real, ec);
        if (!fs::exists(status))
            return missing(path);
        if (!fs::is_regular_file(status))
            return fail(Error::Code::InvalidInput, "is not a regular file", std::string(path));
        if (fs::file_size(real, ec) > kMaxFileBytes)
            return fail(Error::Code::LimitExceeded, "the file is larger than 64 MiB", std::string(path));
        std::ifstream in(real, std::ios::binary);
        if (!in)
            return fail(Error::Code::Forbidden, "the file cannot be opened for reading", real.string());
        std::string text(fs::file_size(real, ec), '\0');
        in.read(text.data(), static_cast<std::streamsize>(text.size()));
        text.resize(static_cast<std::size_t>(in.gcount()));
        if (in.bad())
            return fail(Error::Code::Io, "reading failed", real.string());
        return text;
    }

    [[nodiscard]] Result<std::string> readLink(std::string_view path) const override
    {
        PH_TRY(const fs::path real, place(path));
        std::error_code ec;
        const auto target = fs::read_symlink(real, ec);
        if (ec)
            return fail(Error::Code::InvalidInput, "is not a symbolic link", std::string(path));
        return target.generic_string();
    }

    [[nodiscard]] Result<std::vector<Entry>> list(std::string_view path) const override
    {
        PH_TRY(const fs::path real, place(path));
        std::error_code ec;
        const auto status = fs::symlink_status(real, ec);
        if (!fs::exists(status))
            return missing(path);
        if (!fs::is_directory(status))
            return fail(Error::Code::InvalidInput, "is a file, not a folder", std::string(path));
        std::vector<Entry> entries;
        for (fs::directory_iterator it(real, ec), end; !ec && it != end; it.increment(ec)) {
            const auto name = it->path().filename().string();
            if (name == ".git")
                continue;
            const std::string child = path.empty() ? name : std::string(path) + "/" + name;
            if (auto entry = describe(child, it->path()))
                entries.push_back(std::move(*entry));
        }
        if (ec)
            return fail(Error::Code::Io, "list the folder: " + ec.message(), real.string());
        std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.name < b.name; });
        return entries;
    }

    [[nodiscard]] Result<std::vector<Entry>> listTypes(std::string_view path) const override
    {
        PH_TRY(const fs::path real, place(path));
        std::error_code ec;
        if (!fs::is_directory(fs::symlink_status(real, ec)))
            return missing(path);
        std::vector<Entry> entries;
        for (fs::directory_iterator it(real, ec), end; !ec && it != end; it.increment(ec)) {
            const auto status = it->symlink_status(ec);
            const auto name = it->path().filename().string();
            if (name == ".git")
                continue;
            if (fs::is_symlink(status))
                entries.push_back({name, EntryType::Symlink, {}});
            else if (fs::is_directory(status))
                entries.push_back({name, EntryType::Folder, {}});
            else if (fs::is_regular_file(status))
                entries.push_back({name, EntryType::File, {}});
        }
        if (ec)
            return fail(Error::Code::Io, "list the folder: " + ec.message(), real.string());
        std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.name < b.name; });
        return entries;
    }

    [[nodiscard]] Result<Entry> stat(std::string_view path) const override
    {
        PH_TRY(const fs::path real, place(path));
        return describe(path, real);
    }

    [[nodiscard]] Result<EntryType> type(std::string_view path) const override
    {
        PH_TRY(const fs::path real, place(path));
        std::error_code ec;
        const auto status = fs::symlink_status(real, ec);
        if (fs::is_symlink(status))
            return EntryType::Symlink;
        if (fs::is_directory(status))
            return EntryType::Folder;
        if (fs::is_regular_file(status))
            return EntryType::File;
        return missing(path);
    }

    [[nodiscard]] std::string description() const override { return m_root.string(); }

private:
    [[nodiscard]] tl::unexpected<Error> missing(std::string_view path) const
    {
        return fail(Error::Code::NotFound, "no such file or folder in " + m_root.string(), std::string(path));
    }

    /// The path on disk. A folder on the way that is a symbolic link is not entered here: resolve() walks links.
    [[nodiscard]] Result<fs::path> place(std::string_view path) const
    {
        PH_TRY(const std::string normal, normalPath(path));
        fs::path at = m_root;
        const auto parts = normal.empty() ? std::vector<std::string> {} : split(normal, '/');
        for (std::size_t i = 0; i < parts.size(); ++i) {
            at /= parts[i];
            std::error_code ec;
            if (i + 1 < parts.size() && fs::is_symlink(at, ec))
                return missing(path);
        }
        return at;
    }

    [[nodiscard]] Result<Entry> describe(std::string_view path, const fs::path& real) const
    {
        std::error_code ec;
        const auto status = fs::symlink_status(real, ec);
        Entry entry {real.filename().string(), EntryType::File, {}};
        if (fs::is_symlink(status)) {
            entry.type = EntryType::Symlink;
            entry.id = sha256Hex("link " + fs::read_symlink(real, ec).string());
        } else if (fs::is_directory(status)) {
            entry.type = EntryType::Folder;
            PH_TRY(const auto children, list(path));
            std::string text = "folder";
            for (const auto& child : children)
                text += '\n' + child.name + ' ' + child.id;
            entry.id = sha256Hex(text);
        } else if (fs::is_regular_file(status)) {
            PH_TRY(const std::string text, read(path));
            entry.id = sha256Hex("file " + text);
        } else {
            return missing(path);
        }
        return entry;
    }

    fs::path m_root;
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
