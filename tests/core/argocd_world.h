// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/embedded/cluster.h"
#include "core/gitops/controller.h"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

/// Lets requests through until the process "dies": from then on nothing is answered. Counts creations.
class CutTransport final : public core::kube::Transport
{
public:
    enum class Cut { BeforeWrite, AfterWrite };
    explicit CutTransport(core::kube::TransportPtr inner);
    /// Dies at the write number `writes` (1 = the next one): before it is carried out, or before its answer comes back.
    void dieAt(int writes, Cut cut);
    void revive();
    [[nodiscard]] bool dead() const;
    /// How often an object was created ("POST" on a collection whose body names it).
    [[nodiscard]] int creations(const std::string& plural, const std::string& name) const;

    core::Result<core::kube::Response> send(const core::kube::Request& request, std::stop_token stop) override;
    core::Result<core::kube::Response> stream(const core::kube::Request& request,
                                              const std::function<bool(std::string_view)>& onChunk,
                                              std::stop_token stop) override;
    [[nodiscard]] std::string description() const override;

private:
    core::kube::TransportPtr m_inner;
    mutable std::mutex m_mutex;
    int m_left = -1;
    Cut m_cut = Cut::BeforeWrite;
    bool m_dead = false;
    std::map<std::string, int> m_creations;
};

/// One recorded scenario of Argo CD, with commits that live in memory: played on an embedded cluster, with a stand-in
/// for controllers and kubelet that follows the pods' label `sim`; or on a given one that has its own.
class ArgocdWorld
{
public:
    /// On a cluster that has Argo CD's definitions, where it leaves nothing; without one on an embedded cluster, ten
    /// times as fast as real time.
    explicit ArgocdWorld(const core::manifest::Value& scenario, core::kube::TransportPtr cluster = nullptr);
    ~ArgocdWorld();

    void create();
    void play(const core::manifest::Value& step);
    /// The state as the scenario writes it, reduced to what must be equal.
    [[nodiscard]] core::manifest::Value state() const;
    /// The expected state, reduced in the same way.
    [[nodiscard]] static core::manifest::Value reduced(const core::manifest::Value& expected);
    void startController();
    void setOffline(bool offline) { m_offline = offline; } ///< whether the repository does not answer
    void stopController(); ///< as if the process ended: nothing is written any more

    [[nodiscard]] CutTransport& controllerTransport() const { return *m_cut; }
    [[nodiscard]] core::kube::Client& client() const { return *m_client; }
    [[nodiscard]] std::shared_ptr<core::ScaledClock> clock() const { return m_clock; }
    [[nodiscard]] core::gitops::ApplicationController& controller() const { return *m_controller; }
    [[nodiscard]] const std::string& nameSpace() const { return m_nameSpace; }

private:
    void cleanUp();
    void commit(const core::manifest::Value& changes);
    void kubelet(const std::stop_token& stop);
    void runDeployment(const core::manifest::Value& deployment);
    void runJob(const core::manifest::Value& job);
    void runSet(const core::manifest::Value& set);
    void runPod(const core::manifest::Value& pod);
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
    std::shared_ptr<CutTransport> m_cut;
    std::shared_ptr<core::kube::Cache> m_cache;
    std::unique_ptr<core::gitops::ApplicationController> m_controller;
    std::jthread m_controllerThread;
    std::jthread m_kubeletThread;
    mutable std::mutex m_mutex;
    std::atomic<bool> m_offline = false;
    std::vector<std::map<std::string, std::string>> m_commits;
};
