// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/snapshot.h"
#include "core/gitops/windows.h"

#include <memory>
#include <string>
#include <vector>

/// What an administrator of Argo CD looks after, read from its objects in the cluster (Argo CD's declarative setup).
/// Secrets' values never leave this room: only what kind of credential there is.
namespace core::engine {

struct AdminProject
{
    manifest::ResourceKey key;
    std::string description;
    std::vector<std::string> sources;
    std::vector<std::string> destinations; ///< "namespace @ cluster"
    std::vector<std::string> roles;
    std::size_t windows = 0;
    std::size_t applications = 0;
};

struct AdminRepository
{
    manifest::ResourceKey key; ///< of its Secret; no name where only applications name it
    std::string url;
    std::string type; ///< "git", "helm", "oci"
    std::string project; ///< "" = every one
    std::string credential; ///< "password", "token", "SSH key", "client certificate", "GitHub App"; "" = none
    std::string username;
    bool pattern = false; ///< credentials for all repositories below the URL
    bool insecure = false; ///< certificates are not checked
    std::size_t applications = 0; ///< that use it
    std::string problem {}; ///< why it cannot be reached, as far as that is known
};

struct AdminCluster
{
    manifest::ResourceKey key; ///< of its Secret; no name for the cluster of this connection
    std::string name;
    std::string server;
    std::string project;
    std::vector<std::string> namespaces; ///< empty = all
    std::string credential; ///< "bearer token", "client certificate", "password", "exec plug-in", "cloud"
    bool insecure = false;
    std::size_t applications = 0;
    std::string version {}; ///< of Kubernetes, where it is told
    std::string problem {}; ///< why it cannot be reached, as far as that is known
};

/// A certificate authority or host key that repositories are checked against, or a key that signs commits.
struct AdminCertificate
{
    manifest::ResourceKey key; ///< of the ConfigMap
    enum class Kind : std::uint8_t { Tls, Ssh, Gpg };
    Kind kind = Kind::Tls;
    std::string name; ///< host name, or key id
    std::string subject; ///< common name, or type of key
    std::string fingerprint; ///< "SHA256:..."
    std::optional<TimePoint> expires;
    std::string problem; ///< why it cannot be read
};

struct AdminSubscription
{
    manifest::ResourceKey owner; ///< Application, AppProject, or the ConfigMap that subscribes everybody
    std::string annotation; ///< that carries it; "" where it is not one of its own and cannot be removed here
    std::string trigger; ///< "" = the default triggers
    std::string service;
    std::vector<std::string> recipients;
};

struct AdminToken
{
    std::string id;
    std::optional<TimePoint> issued;
    std::optional<TimePoint> expires; ///< none: never
};

/// Who may use Argo CD: a local account, or a user or group of a single sign-on that a policy names.
struct AdminAccount
{
    manifest::ResourceKey key; ///< of the ConfigMap that has it; no name where an API server told of it
    std::string name;
    bool local = true;
    bool enabled = true;
    std::vector<std::string> capabilities; ///< "login", "apiKey"
    std::vector<std::string> roles;
    std::vector<AdminToken> tokens;
};

struct AdminWindow
{
    std::string project;
    gitops::SyncWindow window;
    bool active = false;
    /// Beginnings and ends that touch the weeks asked for.
    std::vector<std::pair<TimePoint, TimePoint>> times;
    std::string problem; ///< of its schedule
};

struct Administration
{
    std::vector<AdminProject> projects;
    std::vector<AdminRepository> repositories;
    std::vector<AdminCluster> clusters;
    std::vector<AdminCertificate> certificates;
    std::vector<AdminAccount> accounts; ///< local ones first
    std::vector<AdminSubscription> subscriptions;
    std::vector<AdminWindow> windows;
    std::vector<std::string> triggers; ///< names that may be subscribed to
    std::vector<std::string> services;
};

struct AdminInput
{
    std::vector<std::shared_ptr<const manifest::Value>> applications, projects, secrets, configMaps;
    std::string clusterName; ///< of this connection
    std::string server;
    TimePoint now;
    TimePoint until; ///< end of the windows' times
};
[[nodiscard]] Administration viewAdministration(const AdminInput& input);

/// When a window is open between two moments (also when it began before), oldest first, at most 200.
[[nodiscard]] Result<std::vector<std::pair<TimePoint, TimePoint>>> windowTimes(const gitops::SyncWindow& window,
                                                                               TimePoint from, TimePoint until);

} // namespace core::engine
