// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/engine/repository_access.h"
#include "core/git/repository.h"
#include "core/git/signature.h"
#include "core/gitops/application.h"
#include "core/kube/cache.h"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

namespace core::render::helm {
struct ChartLocation;
struct RepositoryAccess;
} // namespace core::render::helm

namespace core::engine {

/// The source repositories of all applications: local ones are read in place, remote ones through mirrors in the cache
/// folder. What was fetched with one Secret's credentials is shown to nobody who is not given that Secret. Thread-safe;
/// fetches of one repository are serialised, other repositories go on meanwhile.
class Sources
{
public:
    /// Asked before a repository is spoken to; blocking, on any thread.
    struct Reach
    {
        std::function<RepositoryAccess(const gitops::SourceRepository&)> access;
        std::function<Result<git::FetchOptions>(const RepositoryAccess&, const std::string& url, std::stop_token)> git;
        std::function<std::string(std::string_view name)> chartRepository; ///< as core::engine::chartRepository()
    };
    /// Without a reach, with the machine's own credentials only (ssh agent).
    explicit Sources(std::filesystem::path mirrors, Reach reach = {});

    struct Resolved
    {
        std::string commit;
        git::TreePtr tree;
    };
    /// Resolves a branch, tag, commit, "pull/7" or HEAD (also ""); for an oci:// address a tag, digest or range; for a
    /// chart's location (render::helm::chartLocation) a version or range; for a file's (render::helm::fileLocation)
    /// nothing. Fetches first where the repository is remote and `fetch` says so or the revision is not known yet.
    enum class Fetch : std::uint8_t { IfMissing, Always };
    [[nodiscard]] Result<std::vector<std::string>> tags(const gitops::SourceRepository& repository,
                                                        std::stop_token stop);
    [[nodiscard]] Result<Resolved> resolve(const gitops::SourceRepository& repository, const std::string& revision,
                                           Fetch fetch, std::stop_token stop);
    /// Checks signatures (git::verifySignatures) with a key ring of these keys.
    [[nodiscard]] Result<std::vector<git::SignatureCheck>>
    verify(const gitops::SourceRepository& repository, const std::string& revision, const std::string& commit,
           git::SignedHistory history, const std::vector<std::string>& keys, std::stop_token stop);
    [[nodiscard]] Result<git::Commit> commit(const gitops::SourceRepository& repository, const std::string& id);
    [[nodiscard]] Result<std::vector<git::Commit>> log(const gitops::SourceRepository& repository,
                                                       const std::string& from, std::size_t limit,
                                                       const std::string& below);
    /// Commits and, for a remote repository, pushes.
    [[nodiscard]] Result<std::string> commitFiles(const gitops::SourceRepository& repository, const std::string& branch,
                                                  const std::string& expectedParent, const git::Overlay& changes,
                                                  const std::string& message, const git::Signature& author);
    /// Commits the inverse of a commit and, for a remote repository, pushes.
    [[nodiscard]] Result<std::string> revert(const gitops::SourceRepository& repository, const std::string& branch,
                                             const std::string& commit, const git::Signature& author);
    /// The commit a branch or tag has now, cheaply (ls-remote).
    [[nodiscard]] Result<std::string> head(const gitops::SourceRepository& repository, const std::string& revision,
                                           std::stop_token stop);

    /// The folder of a local repository's URL (a path or file://), or "" for a remote one.
    [[nodiscard]] static std::string localPath(const std::string& url);

private:
    struct Entry
    {
        std::mutex mutex;
        bool fetched = false;
    };
    /// A repository and how it is reached now.
    struct Place
    {
        std::string url;
        RepositoryAccess access;
        std::string key; ///< of what is kept of it: the address, and the Secret that opened it
    };
    [[nodiscard]] Place placeOf(const gitops::SourceRepository& repository) const;
    [[nodiscard]] std::shared_ptr<Entry> entry(const Place& place);
    /// Pushes what was committed to a remote repository; puts the mirror back where the remote refuses.
    [[nodiscard]] Result<> publish(git::Repository& repository, const Place& place, const std::string& branch) const;
    [[nodiscard]] Result<git::FetchOptions> options(const Place& place, const std::stop_token& stop) const;
    /// Opens the repository; the entry's mutex is held by the caller.
    [[nodiscard]] Result<git::Repository> open(const Place& place, Entry& entry, bool fetch,
                                               const std::stop_token& stop) const;

    /// The commit of a pull request, which is no branch and is fetched for itself.
    [[nodiscard]] Result<std::string> pullRequestHead(git::Repository& repository, const Place& place,
                                                      const std::string& number, const std::stop_token& stop) const;
    /// How the charts and artifacts of an address are reached.
    [[nodiscard]] render::helm::RepositoryAccess registryAccess(const gitops::SourceRepository& repository) const;
    [[nodiscard]] Result<Resolved> chart(const render::helm::ChartLocation& chart, const std::string& project,
                                         const std::string& version, const std::stop_token& stop) const;

    std::filesystem::path m_mirrors;
    Reach m_reach;
    std::mutex m_mutex;
    std::map<std::string, std::shared_ptr<Entry>> m_entries;
    std::map<std::string, git::TreePtr> m_trees; ///< by key and commit, newest few
};

/// As the Secrets and ConfigMaps of a namespace say (repositoryAccess()) when it is asked; without a cache, as the
/// machine says.
[[nodiscard]] Sources::Reach reachBySecrets(std::function<std::shared_ptr<kube::Cache>()> cache, std::string nameSpace);

} // namespace core::engine
