// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/embedded/sim/scenario.h"
#include "core/embedded/sim/simulation.h"
#include "core/kube/cache.h"

#include <set>

namespace core::embedded::sim {

using kube::ObjectPtr;
using manifest::Array;
using manifest::Object;
using manifest::Value;

/// What a controller sees during one pass, and how it acts. Used by one thread.
class World
{
public:
    World(std::shared_ptr<kube::Client> client, kube::Cache& cache, Simulation::Options options);

    TimePoint now {};
    std::stop_token stop;
    RunningScenarioPtr scenario; ///< null: nothing is played
    /// Whether the node's kubelet does nothing and says nothing.
    [[nodiscard]] bool isSilent(std::string_view node) const;
    [[nodiscard]] const Simulation::Options& options() const { return m_options; }
    [[nodiscard]] kube::Cache& cache() const { return m_cache; }
    [[nodiscard]] std::vector<ObjectPtr> list(std::string_view group, std::string_view kind,
                                              std::string_view nameSpace = {}) const;
    [[nodiscard]] ObjectPtr get(std::string_view group, std::string_view kind, std::string_view nameSpace,
                                std::string_view name) const;
    /// Children of a kind that nobody deletes.
    [[nodiscard]] std::vector<ObjectPtr> children(const Value& owner, std::string_view kind) const;
    [[nodiscard]] bool alive(const Value& object) const;

    /// Asks for another pass at that time.
    void wakeAt(TimePoint time);
    [[nodiscard]] TimePoint nextWake() const { return m_wake; }
    void beginPass(TimePoint at);
    /// When this was asked first for a thing.
    [[nodiscard]] TimePoint since(const std::string& thing);

    Result<Value> create(const Value& object);
    /// Writes the object's status where it differs.
    void writeStatus(const Value& object, const Value& status);
    /// Merges into the object where that changes it.
    void patch(const Value& object, const Value& mergePatch, std::string_view subresource = {});
    void remove(const Value& object, bool now = false);
    void event(const Value& about, std::string_view type, std::string_view reason, std::string_view message,
               std::string_view component);

private:
    std::shared_ptr<kube::Client> m_client;
    kube::Cache& m_cache;
    Simulation::Options m_options;
    TimePoint m_wake {};
    std::set<std::string, std::less<>> m_removed; ///< uids that were asked to go
    std::map<std::string, TimePoint> m_events; ///< name of the event -> when last written
    std::map<std::string, TimePoint> m_since;
};

/// Conditions as arrays of {type, status, reason, message, lastTransitionTime}; the time moves with the status only.
void setCondition(Array& conditions, TimePoint now, std::string_view type, std::string_view status,
                  std::string_view reason, std::string_view message);
[[nodiscard]] const Value* condition(const Value& object, std::string_view type);
[[nodiscard]] bool isReady(const Value& pod);
[[nodiscard]] Array conditionsOf(const Value& object);
[[nodiscard]] Object ownerReference(const Value& owner);
/// The name-safe hash of a value that does not depend on the order of members.
[[nodiscard]] std::string shortHash(const Value& value, std::size_t length = 10);
/// matchLabels and matchExpressions, or a plain map of labels.
[[nodiscard]] bool selects(const Value* selector, const Value& object);
[[nodiscard]] bool selectsMap(const Object& labels, const Value& object);
[[nodiscard]] TimePoint timeOf(const Value& object, manifest::Path path, TimePoint otherwise);
[[nodiscard]] double quantity(const Value* value); ///< "250m", "1Gi", 2; 0 where unreadable

// The controllers, one function each: look at everything of their kind and act.
void runDeployments(World& world);
void runReplicaSets(World& world);
void runStatefulSets(World& world);
void runDaemonSets(World& world);
void runJobs(World& world);
void runScheduler(World& world);
void runPods(World& world);
void runServices(World& world);
void runVolumes(World& world);
void runBudgets(World& world);
void runAutoscalers(World& world);
void runInferenceServices(World& world);
void ensureNodes(World& world);
/// Tells which nodes are lost, and takes pods off nodes whose taints they do not tolerate (any longer).
void runNodes(World& world);
[[nodiscard]] bool tolerates(const Value& toleration, const Value& taint);

/// Keeps the ControllerRevision of a StatefulSet's or DaemonSet's template and forgets old ones; returns its hash.
std::string keepRevision(World& world, const Value& owner);

/// Creates and deletes pods so that `want` of this owner's template live; returns those that stay.
std::vector<ObjectPtr> scalePods(World& world, const Value& owner, const Value& podTemplate, std::int64_t want,
                                 std::string& failure);

} // namespace core::embedded::sim
