// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gitops/application.h"
#include "core/kube/cache.h"
#include "core/kube/kubeconfig.h"

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>

/// The clusters that applications go to, registered as Argo CD's declarative setup has it ("Clusters").
namespace core::gitops {

/// A Secret labelled argocd.argoproj.io/secret-type: cluster, or the own cluster where no Secret names it.
struct RegisteredCluster
{
    std::string name;
    std::string server; ///< without a slash at its end
    std::string project; ///< that it belongs to: a destination of its applications without being listed there
    manifest::Value secret; ///< null: the own cluster. Holds credentials: never print it
    std::vector<std::string> namespaces {}; ///< that are managed there; empty = all
    bool clusterResources = false; ///< with `namespaces`: objects without a namespace are managed too

    /// Why an object cannot be managed there, in Argo CD's words; "" where it can.
    [[nodiscard]] std::string refuses(const manifest::ResourceKey& key) const;
};

enum class OwnCluster : std::uint8_t { Enabled, Disabled }; ///< cluster.inClusterEnabled

/// All clusters that the Secrets of a namespace register, and the own one where no Secret names it; by name.
[[nodiscard]] std::vector<RegisteredCluster> registeredClusters(const std::vector<kube::ObjectPtr>& secrets,
                                                                std::string_view nameSpace,
                                                                OwnCluster own = OwnCluster::Enabled);
/// The one that a destination means (section 1.9), one of `clusters`. InvalidInput with Argo CD's words where it means
/// none, or several.
[[nodiscard]] Result<const RegisteredCluster*> chooseCluster(const std::vector<RegisteredCluster>& clusters,
                                                             const std::string& server, const std::string& name);

enum class ExecPlugins : std::uint8_t { Run, Refuse }; ///< programs that a Secret names, on this machine

/// How a registered cluster is reached. Errors name the Secret and the field, never a value.
[[nodiscard]] Result<kube::Access> clusterAccess(const RegisteredCluster& cluster, ExecPlugins exec);

/// The cluster that an application's objects live in, while its Application stays where it is.
struct Destination
{
    std::string server;
    std::shared_ptr<kube::Client> client;
    std::shared_ptr<kube::Cache> cache; ///< watches all that is managed
};
using DestinationPtr = std::shared_ptr<const Destination>;

/// The own cluster and the registered ones: one client and one cache for each, opened when the first application asks
/// for it and closed when none has for a while, or always open. One that does not answer is tried again with growing
/// pauses and bothers no other. Follows the Secrets as they come, change and go. Thread-safe.
class Clusters
{
public:
    enum class Open : std::uint8_t { WhenAsked, Always };
    struct Options
    {
        std::string nameSpace = "argocd"; ///< of the Secrets
        Open open = Open::WhenAsked; ///< which of the registered ones
        ExecPlugins exec = ExecPlugins::Refuse;
        std::chrono::milliseconds look {5'000}; ///< how often an open cluster is asked whether it answers
        std::chrono::milliseconds firstPause {1'000}; ///< before the second attempt; doubles
        std::chrono::milliseconds longestPause {30'000};
        std::chrono::milliseconds closeAfter {600'000}; ///< without an application that asks
    };
    /// `cache` watches at least Secrets and ConfigMaps.
    Clusters(std::shared_ptr<kube::Client> client, std::shared_ptr<kube::Cache> cache, Options options);
    ~Clusters();

    using List = std::shared_ptr<const std::vector<RegisteredCluster>>;
    [[nodiscard]] List registered() const;
    [[nodiscard]] const DestinationPtr& own() const;

    enum class State : std::uint8_t { Connecting, Connected, Failed };
    struct Reach
    {
        State state = State::Connecting;
        DestinationPtr destination; ///< null until the cluster has answered once
        std::string server; ///< its address
        std::string problem; ///< why it is Failed, naming the server
    };
    /// Where an application goes; opens it in the background. InvalidInput as chooseCluster().
    [[nodiscard]] Result<Reach> reach(const Application& app);
    /// The same, when it is known whether the cluster answers. Unavailable where it does not.
    [[nodiscard]] Result<DestinationPtr> wait(const Application& app, std::stop_token stop);
    /// An application's destination where it is open; opens nothing. Null where it is not.
    [[nodiscard]] DestinationPtr find(const Application& app) const;

    /// All that are open and have answered, the own one first.
    [[nodiscard]] std::vector<DestinationPtr> destinations() const;

    struct Status
    {
        State state = State::Connecting;
        std::string problem;
        std::string version; ///< gitVersion; "" until it has answered
    };
    /// Of the clusters that are open, by server.
    [[nodiscard]] std::map<std::string, Status> statuses() const;

    /// Called with the server of a cluster whose state is new, and with "" when other clusters are registered. From
    /// threads of this class and of the own cluster's cache; must not end the subscription.
    [[nodiscard]] kube::Cache::Subscription subscribe(std::function<void(const std::string& server)> listener);

private:
    struct Private;
    std::unique_ptr<Private> m_d;
};

} // namespace core::gitops
