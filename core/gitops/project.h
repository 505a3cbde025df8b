// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gitops/application.h"
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

/// What an AppProject permits (section 6). The server of destinations is this cluster's, under its name.
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
    bool onlyScopedClusters = false; ///< permitOnlyProjectScopedClusters: this cluster is registered for none

    [[nodiscard]] bool permitsSource(const std::string& repoUrl) const;
    [[nodiscard]] bool permitsDestination(const std::string& server, const std::string& clusterName,
                                          const std::string& nameSpace) const;
    [[nodiscard]] bool permitsKind(const manifest::GroupKind& kind, const std::string& objectName, Scope scope) const;
    [[nodiscard]] bool permitsApplicationIn(const std::string& nameSpace, const std::string& controllerNamespace) const;
};

/// Whether a list of repository patterns, negations included, permits a URL (section 6.1).
[[nodiscard]] bool repoIsListed(const std::vector<std::string>& patterns, const std::string& repoUrl);

[[nodiscard]] Project parseProject(const manifest::Value& object);
/// Appends what a global project permits, denies and schedules (section 6.5).
void inherit(Project& project, const Project& global);
/// The project that a fresh install has: permits everything.
[[nodiscard]] Project defaultProject();

constexpr std::string_view kInClusterServer = "https://kubernetes.default.svc";
constexpr std::string_view kInClusterName = "in-cluster";

/// InvalidSpecError conditions of a spec (section 1.12); empty = valid. `project` null: it does not exist.
[[nodiscard]] std::vector<Condition> validate(const Application& app, const Project* project,
                                              const std::string& controllerNamespace);

using manifest::globMatches;
/// lower case, without ".git" and trailing slash, ssh forms unified.
[[nodiscard]] std::string normalizeGitUrl(std::string_view url);

} // namespace core::gitops
