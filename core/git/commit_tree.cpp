// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/git/support.h"

#include <unordered_map>

namespace core::git {

namespace {

EntryType typeOf(git_filemode_t mode)
{
    switch (mode) {
    case GIT_FILEMODE_TREE:
        return EntryType::Folder;
    case GIT_FILEMODE_LINK:
        return EntryType::Symlink;
    case GIT_FILEMODE_COMMIT:
        return EntryType::Submodule;
    default:
        return EntryType::File;
    }
}

/// A commit's tree read from the object database, with a repository handle of its own.
class CommitTree final : public Tree
{
public:
    CommitTree(RepositoryHandle repository, TreeHandle root, std::string description)
        : m_repository(std::move(repository))
        , m_root(std::move(root))
        , m_description(std::move(description))
    {
    }

    [[nodiscard]] Result<std::string> read(std::string_view path) const override
    {
        const std::scoped_lock lock(m_mutex);
        PH_TRY(const Found found, lookup(path));
        if (found.type == EntryType::Folder || found.type == EntryType::Submodule)
            return fail(Error::Code::InvalidInput, "is a folder, not a file", std::string(path));
        return blobText(found.id, path);
    }

    [[nodiscard]] Result<std::string> readLink(std::string_view path) const override { return read(path); }

    [[nodiscard]] Result<std::vector<Entry>> list(std::string_view path) const override
    {
        const std::scoped_lock lock(m_mutex);
        PH_TRY(const Found found, lookup(path));
        if (found.type != EntryType::Folder)
            return fail(Error::Code::InvalidInput, "is a file, not a folder", std::string(path));
        const auto* tree = folder(path);
        if (tree == nullptr)
            return fail(Error::Code::Io, "the folder cannot be read from " + m_description, std::string(path));
        std::vector<Entry> entries;
        const std::size_t count = git_tree_entrycount(tree);
        entries.reserve(count);
        for (std::size_t i = 0; i < count; ++i) {
            const auto* entry = git_tree_entry_byindex(tree, i);
            entries.push_back(
                {git_tree_entry_name(entry), typeOf(git_tree_entry_filemode(entry)), hex(*git_tree_entry_id(entry))});
        }
        // Git sorts folders as if their name ended in '/'.
        std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.name < b.name; });
        return entries;
    }

    [[nodiscard]] Result<Entry> stat(std::string_view path) const override
    {
        const std::scoped_lock lock(m_mutex);
        PH_TRY(const Found found, lookup(path));
        const auto slash = path.rfind('/');
        return Entry {std::string(slash == std::string_view::npos ? path : path.substr(slash + 1)), found.type,
                      hex(found.id)};
    }

    [[nodiscard]] std::string mark(std::string_view path) const override
    {
        const std::scoped_lock lock(m_mutex);
        const auto found = lookup(path);
        if (!found)
            return std::string(kMissing);
        if (found->type != EntryType::Folder)
            return std::to_string(static_cast<int>(found->type)) + " " + hex(found->id);
        auto& names = m_names[hex(found->id)];
        if (names.empty()) {
            // Names and types only: the id of a folder changes with everything below it.
            const auto* tree = folder(path);
            for (std::size_t i = 0; tree != nullptr && i < git_tree_entrycount(tree); ++i) {
                const auto* entry = git_tree_entry_byindex(tree, i);
                names += std::string(git_tree_entry_name(entry))
                    + static_cast<char>('0' + static_cast<int>(typeOf(git_tree_entry_filemode(entry)))) + '\n';
            }
            names = "folder " + sha256Hex(names);
        }
        return names;
    }

    [[nodiscard]] std::string description() const override { return m_description; }

private:
    struct Found
    {
        git_oid id;
        EntryType type;
    };

    [[nodiscard]] Result<Found> lookup(std::string_view path) const
    {
        if (path.empty())
            return Found {*git_tree_id(m_root.get()), EntryType::Folder};
        const auto slash = path.rfind('/');
        const auto* parent = folder(slash == std::string_view::npos ? std::string_view {} : path.substr(0, slash));
        const std::string name(slash == std::string_view::npos ? path : path.substr(slash + 1));
        const auto* entry = parent == nullptr ? nullptr : git_tree_entry_byname(parent, name.c_str());
        if (entry == nullptr)
            return fail(Error::Code::NotFound, "no such file or folder in " + m_description, std::string(path));
        return Found {*git_tree_entry_id(entry), typeOf(git_tree_entry_filemode(entry))};
    }

    /// The folder's object, from a bounded number that are kept; nullptr where there is none.
    [[nodiscard]] const git_tree* folder(std::string_view path) const
    {
        constexpr std::size_t kKeptFolders = 20'000;
        if (path.empty())
            return m_root.get();
        const std::string text(path);
        if (const auto it = m_folders.find(text); it != m_folders.end())
            return it->second.get();
        const auto slash = path.rfind('/');
        const auto* parent = folder(slash == std::string_view::npos ? std::string_view {} : path.substr(0, slash));
        const auto* entry = parent == nullptr
            ? nullptr
            : git_tree_entry_byname(parent, text.c_str() + (slash == std::string_view::npos ? 0 : slash + 1));
        git_tree* tree = nullptr;
        if (entry == nullptr || git_tree_entry_type(entry) != GIT_OBJECT_TREE
            || git_tree_lookup(&tree, m_repository.get(), git_tree_entry_id(entry)) != 0)
            return nullptr;
        TreeHandle owned(tree);
        if (m_folders.size() >= kKeptFolders)
            m_folders.clear();
        return m_folders.emplace(text, std::move(owned)).first->second.get();
    }

    [[nodiscard]] Result<std::string> blobText(const git_oid& id, std::string_view path) const
    {
        git_blob* blob = nullptr;
        if (const int code = git_blob_lookup(&blob, m_repository.get(), &id); code != 0)
            return fail(lastError(code, "read the file", std::string(path)));
        const BlobHandle owned(blob);
        const auto size = git_blob_rawsize(blob);
        if (size > kMaxFileBytes)
            return fail(Error::Code::LimitExceeded, "the file is larger than 64 MiB", std::string(path));
        return std::string(static_cast<const char*>(git_blob_rawcontent(blob)), static_cast<std::size_t>(size));
    }

    mutable std::mutex m_mutex;
    RepositoryHandle m_repository;
    TreeHandle m_root;
    std::string m_description;
    mutable std::unordered_map<std::string, TreeHandle> m_folders; ///< by path
    mutable std::unordered_map<std::string, std::string> m_names; ///< marks of folders by object id
};

} // namespace

Result<TreePtr> openCommitTree(const std::filesystem::path& path, const std::string& commitId)
{
    git_repository* repository = nullptr;
    if (const int code = git_repository_open(&repository, path.c_str()); code != 0)
        return fail(lastError(code, "open the Git repository", path.string()));
    RepositoryHandle handle(repository);
    PH_TRY(const CommitHandle commit, lookupCommit(repository, commitId));
    git_tree* tree = nullptr;
    if (const int code = git_commit_tree(&tree, commit.get()); code != 0)
        return fail(lastError(code, "read the tree of commit " + commitId, path.string()));
    return std::make_shared<CommitTree>(std::move(handle), TreeHandle(tree),
                                        "commit " + commitId.substr(0, 7) + " of " + path.string());
}

} // namespace core::git
