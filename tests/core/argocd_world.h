// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/embedded/cluster.h"
#include "core/gitops/controller.h"

#include <map>
#include <memory>
#include <mutex>
#include <thread>

/// One recorded scenario of Argo CD played on an embedded cluster, with a stand-in for the kubelet that follows the
/// pods' label `sim`, and commits that live in memory.
class ArgocdWorld
{
public:
    explicit ArgocdWorld(const core::manifest::Value& scenario);
    ~ArgocdWorld();

    void create();
    void play(const core::manifest::Value& step);
    /// The state as the scenario writes it, reduced to what must be equal.
    [[nodiscard]] core::manifest::Value state() const;
    /// The expected state, reduced in the same way.
    [[nodiscard]] static core::manifest::Value reduced(const core::manifest::Value& expected);
    void startController();
    void stopController(); ///< as if the process ended: nothing is written any more

    [[nodiscard]] core::kube::Client& client() const { return *m_client; }
    [[nodiscard]] std::shared_ptr<core::ScaledClock> clock() const { return m_clock; }
    [[nodiscard]] core::gitops::ApplicationController& controller() const { return *m_controller; }
    [[nodiscard]] const std::string& nameSpace() const { return m_nameSpace; }

private:
    void commit(const core::manifest::Value& changes);
    void kubelet(const std::stop_token& stop);
    void runDeployment(const core::manifest::Value& deployment);
    void runJob(const core::manifest::Value& job);
    [[nodiscard]] core::Result<core::gitops::ResolvedSource> resolve(const std::string& revision) const;
    [[nodiscard]] core::kube::ResourceType type(const std::string& apiVersion, const std::string& kind) const;
    [[nodiscard]] core::manifest::Value masked(core::manifest::Value value) const;
    void apply(core::manifest::Value object);

    std::string m_name;
    std::string m_nameSpace;
    core::manifest::Value m_given;
    std::shared_ptr<core::ScaledClock> m_clock;
    std::unique_ptr<core::embedded::Cluster> m_cluster;
    std::shared_ptr<core::kube::Client> m_client;
    std::shared_ptr<core::kube::Cache> m_cache;
    std::unique_ptr<core::gitops::ApplicationController> m_controller;
    std::jthread m_controllerThread;
    std::jthread m_kubeletThread;
    mutable std::mutex m_mutex;
    std::vector<std::map<std::string, std::string>> m_commits;
};
