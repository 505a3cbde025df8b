// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gitops/clusters.h"
#include "core/gitops/windows.h"
#include "core/manifest/glob.h"

namespace core::gitops {

enum class Scope : std::uint8_t { Namespaced, Cluster };

struct ResourcePattern
{
    std::string group;
    std::string kind;
    std::string name; ///< cluster lists only; "" = any
};

/// Whose signatures sources of these repositories need (sourceIntegrity, signatureKeys).
struct SignaturePolicy
{
    enum class Mode : std::uint8_t { None, Head, Strict };
    std::vector<std::string> repos; ///< patterns as in sourceRepos
    Mode mode = Mode::Head;
    std::vector<std::string> keys; ///< ids or fingerprints
};

/// As whom syncs go to a destination (destinationServiceAccounts).
struct DestinationAccount
{
    std::string server, nameSpace; ///< globs
    std::string account; ///< "name" or "namespace:name"
};

/// What an AppProject permits (section 6).
struct Project
{
    struct Destination
    {
        std::string server, name, nameSpace;
    };
    std::string name;
    std::vector<std::string> sourceRepos;
    std::vector<Destination> destinations;
    std::vector<std::string> sourceNamespaces;
    std::optional<std::vector<ResourcePattern>> clusterWhitelist, namespaceWhitelist;
    std::vector<ResourcePattern> clusterBlacklist, namespaceBlacklist;
    std::vector<SyncWindow> windows;
    struct Orphans
    {
        bool warn = false;
        std::vector<ResourcePattern> ignore;
    };
    std::optional<Orphans> orphans;
    std::vector<SignaturePolicy> signaturePolicies;
    std::vector<DestinationAccount> serviceAccounts;
    bool onlyScopedClusters = false; ///< permitOnlyProjectScopedClusters
    std::vector<ClusterName> scopedClusters; ///< registered for this project

    [[nodiscard]] bool permitsSource(const std::string& repoUrl) const;
    [[nodiscard]] bool permitsDestination(const ClusterName& cluster, const std::string& nameSpace) const;
    [[nodiscard]] bool permitsKind(const manifest::GroupKind& kind, const std::string& objectName, Scope scope) const;
    [[nodiscard]] bool permitsApplicationIn(const std::string& nameSpace, const std::string& controllerNamespace) const;
};

/// Whether a list of repository patterns, negations included, permits a URL (section 6.1).
[[nodiscard]] bool repoIsListed(const std::vector<std::string>& patterns, const std::string& repoUrl);

[[nodiscard]] Project parseProject(const manifest::Value& object);
/// Appends what a global project permits, denies and schedules (section 6.5).
void inherit(Project& project, const Project& global);
/// Adds the clusters that are registered for this project only: applications may go there (section 6.2).
void addScopedClusters(Project& project, const std::vector<RegisteredCluster>& clusters);
/// Adds the repositories that Secrets register for this project: applications may use them as sources.
void addScopedRepositories(Project& project, const std::vector<kube::ObjectPtr>& secrets);
/// The project that a fresh install has: permits everything.
[[nodiscard]] Project defaultProject();

/// InvalidSpecError conditions of a spec (section 1.12); empty = valid. `project` null: it does not exist.
[[nodiscard]] std::vector<Condition> validate(const Application& app, const Project* project,
                                              const std::string& controllerNamespace,
                                              const std::vector<RegisteredCluster>& clusters);

using manifest::globMatches;
/// lower case, without ".git" and trailing slash, ssh forms unified.
[[nodiscard]] std::string normalizeGitUrl(std::string_view url);

} // namespace core::gitops
