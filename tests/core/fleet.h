// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/embedded/cluster.h"
#include "core/gitops/controller.h"
#include "core/kube/kubeconfig.h"

#include <QTemporaryDir>

#include <map>
#include <memory>
#include <mutex>
#include <thread>

/// A cluster that is reached over HTTPS, as a Secret registers it.
class RemoteCluster
{
public:
    explicit RemoteCluster(std::shared_ptr<core::ScaledClock> clock); ///< an embedded one
    explicit RemoteCluster(core::kube::Access access); ///< that runs already
    void stop(); ///< nothing listens at its address any more
    void start(); ///< where it was before

    [[nodiscard]] const std::string& server() const { return m_access.server; }
    [[nodiscard]] core::kube::Client& client() const { return *m_client; }
    /// The `config` of its Secret; `token` in place of the one that it knows.
    [[nodiscard]] std::string config(const std::string& token = {}) const;
    void apply(const std::string& yaml);
    /// A token of a service account of the namespace default that may do everything there and nothing elsewhere.
    [[nodiscard]] std::string tokenForDefault();

private:
    QTemporaryDir m_folder;
    std::shared_ptr<core::ScaledClock> m_clock;
    std::unique_ptr<core::embedded::Cluster> m_cluster;
    core::kube::Access m_access;
    std::shared_ptr<core::kube::Client> m_client; ///< past the network
};

/// The controller over a cluster of its own, to which others are registered, with sources that live in memory.
class Fleet
{
public:
    Fleet();
    ~Fleet();
    void startController();
    void stopController();

    /// Creates or changes a Secret of a cluster; `more` are further keys in YAML's flow style.
    void registerCluster(const std::string& secret, const std::string& name, const std::string& server,
                         const std::string& config, const std::string& more = "{}");
    void forgetCluster(const std::string& secret);
    /// Creates an Application of the repository `name`; `spec` in YAML's flow style is laid over one that syncs, heals
    /// and prunes by itself and cascades when it is deleted.
    void createApplication(const std::string& name, const std::string& destination, const std::string& spec = "{}");
    void removeApplication(const std::string& name);
    void apply(const std::string& yaml);
    void commit(const std::string& repository, std::map<std::string, std::string> files);

    [[nodiscard]] core::manifest::Value application(const std::string& name) const; ///< null: there is none
    [[nodiscard]] std::string text(const std::string& name, core::manifest::Path path) const;
    /// "Synced Healthy"
    [[nodiscard]] std::string state(const std::string& name) const;
    /// All messages of a type, joined by newlines.
    [[nodiscard]] std::string condition(const std::string& name, const std::string& type) const;
    [[nodiscard]] core::kube::Client& client() const { return *m_client; }
    [[nodiscard]] std::shared_ptr<core::ScaledClock> clock() const { return m_clock; }
    [[nodiscard]] core::gitops::ApplicationController& controller() const { return *m_controller; }
    [[nodiscard]] core::gitops::Clusters& clusters() const { return *m_clusters; }

private:
    std::shared_ptr<core::ScaledClock> m_clock;
    std::unique_ptr<core::embedded::Cluster> m_cluster;
    std::shared_ptr<core::kube::Client> m_client;
    std::shared_ptr<core::kube::Cache> m_cache;
    std::shared_ptr<core::gitops::Clusters> m_clusters;
    std::unique_ptr<core::gitops::ApplicationController> m_controller;
    std::jthread m_thread;
    mutable std::mutex m_mutex;
    std::map<std::string, std::vector<std::map<std::string, std::string>>> m_commits; ///< by repository
};

/// The value of the key `a` of a ConfigMap in the namespace default; "" where there is none.
[[nodiscard]] std::string configMapValue(core::kube::Client& client, const std::string& name);
[[nodiscard]] std::string configMapText(const std::string& name, const std::string& value = "1",
                                        const std::string& metadata = {});
