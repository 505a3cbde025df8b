// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/git/tree.h"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

struct git_repository;

namespace core::git {

struct Signature
{
    std::string name;
    std::string email;
};

struct Commit
{
    std::string id; ///< 40 hex digits
    std::string summary; ///< first line
    std::string message;
    Signature author;
    std::chrono::sys_seconds time; ///< author time
    std::vector<std::string> parents;
};

struct Branch
{
    std::string name;
    std::string commit;
};

/// Asked when a remote wants credentials. Empty fields mean "none".
struct Credentials
{
    std::string username;
    std::string password; ///< or token
    std::string bearerToken; ///< sent as "Authorization: Bearer" over http and https
    std::string sshPrivateKey; ///< PEM text
    std::string sshPassphrase;
};

struct FetchOptions
{
    std::optional<Credentials> credentials;
    bool insecureSkipTlsVerify = false; ///< and any ssh host key
    std::string authorities {}; ///< PEM certificates that are trusted besides the machine's, for this host
    std::string knownHosts {}; ///< lines as in ~/.ssh/known_hosts, besides that file
    std::string reference {}; ///< this one is fetched and nothing else; "" = all branches and tags
    std::string proxy {}; ///< URL; "" = as Git's configuration and the environment say
    std::function<void(std::size_t received, std::size_t total)> progress {};
    std::stop_token stop {};
};

/// One open repository. Not thread-safe: give each thread its own. Trees taken from it are thread-safe and keep
/// the object database open by themselves.
class Repository
{
public:
    /// Opens an existing repository, bare or not.
    [[nodiscard]] static Result<Repository> open(const std::filesystem::path& path);
    [[nodiscard]] static Result<Repository> init(const std::filesystem::path& path, const std::string& branch = "main");
    /// A bare mirror of a remote (file path, file://, https://, ssh://, git@host:path) in `path`; reused when there
    /// already.
    [[nodiscard]] static Result<Repository> mirror(const std::filesystem::path& path, const std::string& url,
                                                   const FetchOptions& options);

    Repository(Repository&&) noexcept;
    Repository& operator=(Repository&&) noexcept;
    ~Repository();

    /// Brings all branches and tags of the mirror up to date, pruning what is gone.
    [[nodiscard]] Result<> fetch(const FetchOptions& options);
    /// Branch, tag, full commit id, "HEAD" -> 40 hex digits. NotFound names the revision and the repository.
    [[nodiscard]] Result<std::string> resolve(const std::string& revision) const;
    [[nodiscard]] Result<TreePtr> tree(const std::string& commit) const;
    [[nodiscard]] Result<Commit> commit(const std::string& id) const;
    /// First-parent history, newest first; optionally only commits that change something below `path`.
    [[nodiscard]] Result<std::vector<Commit>> log(const std::string& from, std::size_t limit,
                                                  const std::string& path = {}) const;
    [[nodiscard]] Result<std::vector<Branch>> branches() const;
    [[nodiscard]] Result<std::vector<std::string>> tags() const;
    /// Writes a commit on top of a branch and moves the branch, provided that the branch still points at
    /// `expectedParent` (Conflict otherwise; "" = the branch does not exist yet). A checked-out work tree follows where
    /// it was clean. Returns the new commit id.
    [[nodiscard]] Result<std::string> commitFiles(const std::string& branch, const std::string& expectedParent,
                                                  const Overlay& changes, const std::string& message,
                                                  const Signature& author,
                                                  std::optional<std::chrono::sys_seconds> time = {});
    /// Commits the inverse of `commit` on a branch. Conflict where it does not apply.
    [[nodiscard]] Result<std::string> revert(const std::string& branch, const std::string& commit,
                                             const Signature& author);
    [[nodiscard]] Result<> createBranch(const std::string& name, const std::string& commit);
    [[nodiscard]] Result<> push(const std::string& branch, const FetchOptions& options);
    [[nodiscard]] std::filesystem::path path() const;

private:
    struct Closer
    {
        void operator()(git_repository* handle) const noexcept;
    };
    using Handle = std::unique_ptr<git_repository, Closer>;
    explicit Repository(Handle handle);
    Handle m_handle;
};

/// What the remote has, without fetching: reference name -> commit id (`git ls-remote`).
[[nodiscard]] Result<std::map<std::string, std::string>> listRemote(const std::string& url,
                                                                    const FetchOptions& options);

} // namespace core::git
