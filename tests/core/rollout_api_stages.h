// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/embedded/cluster.h"
#include "core/kube/cache.h"
#include "core/kube/client.h"
#include "core/rollout/controller.h"
#include "rollout_replay.h"

namespace test {

/// The CustomResourceDefinitions of what routes traffic, without their schemas.
std::vector<Value> routerDefinitions();

/// A stage behind a Kubernetes API. What is seen of it stands in a mirror.
class ApiStage : public RunStage
{
public:
    RolloutTraces& traces() override { return m_mirror; }
    std::string act(const Value& action) override;

protected:
    class Mirror : public RolloutTraces
    {
    public:
        /// Whether that is news.
        bool set(const Value& object);
        void remove(std::string_view kind, std::string_view name);
    };

    ApiStage(const Value& run, std::string nameSpace, std::shared_ptr<kube::Client> client);
    [[nodiscard]] const std::string& nameSpace() const { return m_nameSpace; }
    [[nodiscard]] manifest::ResourceKey rolloutKey() const;
    [[nodiscard]] virtual TimePoint now() const = 0;
    /// A verb of the kubectl plugin, by our own actions.
    virtual Result<> verb(const std::string& words);
    /// The namespace and the run's objects in it.
    void create();
    Result<> patchRollout(const std::string& subresource, const Value& patch);

    const Value& m_run;
    std::string m_nameSpace;
    std::shared_ptr<kube::Client> m_client;
    Mirror m_mirror;
};

/// The embedded cluster in virtual time, without its simulation: pods become ready within half a second.
class EmbeddedStage : public ApiStage
{
public:
    explicit EmbeddedStage(const Value& run);
    ~EmbeddedStage() override;
    bool tick() override;

private:
    class Tap;
    struct Pod
    {
        std::string name;
        TimePoint since;
    };
    [[nodiscard]] TimePoint now() const override { return m_clock->now(); }
    void onWrite(const kube::Request& request, const kube::Response& response);
    void kubelet();
    void makePod(const Value& set);
    void removePod(const std::string& name);

    std::shared_ptr<ManualClock> m_clock;
    std::unique_ptr<embedded::Cluster> m_cluster;
    std::shared_ptr<Tap> m_tap;
    ScriptedPrometheus m_prometheus;
    std::map<std::string, std::vector<Pod>> m_pods; ///< by ReplicaSet
    std::unique_ptr<RolloutController> m_controller;
    bool m_news = true;
    int m_serial = 0;
};

/// A namespace of a real cluster in real time. A controller works there by itself; `cache` watches the kinds below.
class RealStage : public ApiStage
{
public:
    /// In the namespace PREFIX-NAME.
    RealStage(const Value& run, std::string_view prefix, std::shared_ptr<kube::Client> client, kube::Cache& cache);
    bool tick() override;
    [[nodiscard]] int patience() const override { return 200; }
    /// What a stage looks at.
    static const std::vector<std::pair<const char*, const char*>>& kinds();

protected:
    [[nodiscard]] TimePoint now() const override;

private:
    std::mutex m_mutex; ///< guards m_changes
    std::vector<kube::Cache::Change> m_changes;
    int m_suspicious = 0; ///< ticks: the watches of two kinds differ by a moment, and a status is written last
    kube::Cache::Subscription m_subscription; // last: ends first
};

} // namespace test
