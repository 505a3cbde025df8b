// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rollout/json.h"
#include "core/rollout/plan.h"
#include "core/rollout/replicas.h"

#include <set>

namespace core::rollout {

inline constexpr std::string_view kHashLabel = "rollouts-pod-template-hash";
inline constexpr std::string_view kRevision = "rollout.argoproj.io/revision";
inline constexpr std::string_view kDesiredReplicas = "rollout.argoproj.io/desired-replicas";
inline constexpr std::string_view kDeadline = "scale-down-deadline";
inline constexpr std::string_view kManagedBy = "argo-rollouts.argoproj.io/managed-by-rollouts";

/// A ReplicaSet during a pass; changes are made here and planned at once.
struct Set
{
    manifest::Value object;
    std::string name;
    std::string hash;
    std::int64_t spec = 0;
    std::int64_t replicas = 0;
    std::int64_t available = 0;
    std::int64_t ready = 0;
    std::int64_t revision = 0;
    TimePoint created {};
    bool fresh = false; ///< made in this pass
    [[nodiscard]] ReplicaCount count() const { return {name, spec, replicas, available}; }
};

/// One pass over one Rollout.
class Pass
{
public:
    Pass(const Observed& observed, TimePoint now, const PlanOptions& options);
    Plan run();

private:
    // plan.cpp: the order of things, ReplicaSets
    void readSets();
    Set* createSet();
    [[nodiscard]] bool syncRevision();
    bool fixPausedConditions();
    [[nodiscard]] bool isScalingEvent() const;
    void canary();
    void blueGreen();
    void cleanHistory();
    bool scale(Set& set, std::int64_t count);
    bool reconcileCanarySets();
    bool reconcileStable();
    bool reconcileNew();
    bool reconcileOthers();
    bool applyDeadline(Set& set, std::int64_t delay, std::int64_t& kept);
    bool restartPods();
    void setDeadline(Set& set, std::optional<TimePoint> at);
    [[nodiscard]] std::optional<TimePoint> deadlineOf(const Set& set) const;
    [[nodiscard]] bool delaysAbortScaleDown() const;
    [[nodiscard]] bool isReferenced(const Set& set) const;
    [[nodiscard]] std::int64_t scaleDownDelay() const;

    // plan_services.cpp
    void switchServices();
    bool pointService(std::string_view name, const Set* target, bool checkAvailability);
    [[nodiscard]] const manifest::Value* service(std::string_view name) const;

    // plan_traffic.cpp
    bool reconcileTraffic(); ///< false: stop the pass
    void writeRoutes(std::int64_t weight, bool removeManaged);
    void istio(const manifest::Value& config, std::int64_t weight, bool removeManaged);
    void destinationRule(const manifest::Value& config);
    void nginx(const manifest::Value& config, std::int64_t weight);
    void smi(const manifest::Value& config, std::int64_t weight);
    void alb(const manifest::Value& config, std::int64_t weight);
    void traefik(const manifest::Value& config, std::int64_t weight);
    void apisix(const manifest::Value& config, std::int64_t weight);
    void ambassador(const manifest::Value& config, std::int64_t weight);
    void gatewayApi(const manifest::Value& config, std::int64_t weight);
    [[nodiscard]] const manifest::Value* route(std::string_view kind, std::string_view name) const;
    void replaceRoute(const manifest::Value& before, manifest::Value after);
    [[nodiscard]] std::string canaryService() const;
    [[nodiscard]] std::string stableService() const;

    // plan_analysis.cpp
    bool reconcileAnalysis(); ///< false: a pause was added, end the pass
    const manifest::Value* ensureRun(const manifest::Value* analysis, std::string_view statusField,
                                     std::string_view suffix, std::string_view type, std::string_view cause);
    void terminateRun(const manifest::Value& run);
    [[nodiscard]] const manifest::Value* recordedRun(std::string_view statusField) const;
    void cleanRuns();
    void blueGreenAnalysis();

    // plan_status.cpp
    void syncCanaryStatus();
    void syncBlueGreenStatus();
    void baseStatus();
    void reset();
    [[nodiscard]] std::string fullPromotionReason() const;
    void promoteStable(const std::string& reason);
    [[nodiscard]] bool stepCompleted() const;
    [[nodiscard]] bool pauseStepCompleted(const manifest::Value& pause) const;
    void conditions();
    void persist();
    void setCondition(std::string_view type, std::string_view status, std::string_view reason, std::string_view message,
                      bool refresh = false);
    [[nodiscard]] const manifest::Value* condition(const manifest::Value& status, std::string_view type) const;
    [[nodiscard]] bool isHealthy() const;
    [[nodiscard]] bool hasProgressed() const;
    [[nodiscard]] bool isTimedOut() const;
    void pauseStatus();
    void invalidSpec(const std::string& message);

    // shared
    [[nodiscard]] bool aborted() const;
    [[nodiscard]] bool promoteFull() const;
    [[nodiscard]] bool templateOrStepsChanged() const;
    [[nodiscard]] bool rollbackWithinWindow() const;
    [[nodiscard]] bool paused() const;
    [[nodiscard]] bool hasPause(std::string_view reason) const;
    void addPause(std::string_view reason);
    void abort(const std::string& cause);
    [[nodiscard]] bool halted() const;
    [[nodiscard]] Weights persistedWeights() const;
    [[nodiscard]] Weights newWeights() const;
    [[nodiscard]] std::vector<ReplicaCount> olderCounts() const;
    [[nodiscard]] const Set* newSet() const { return m_new; }
    [[nodiscard]] std::string_view statusText(std::string_view field) const;
    void plan(Write::Verb verb, manifest::Value object, manifest::Value patch = {}, std::string subresource = {});
    void event(bool warning, std::string reason, std::string message);
    void lookAgain(TimePoint at);
    void wait(std::string why);
    [[nodiscard]] manifest::Value reference(const manifest::Value& object) const;
    [[nodiscard]] manifest::Value ownerReference() const;

    const Observed& m_in;
    TimePoint m_now;
    PlanOptions m_options;
    manifest::Value m_rollout; ///< with the template of workloadRef
    std::int64_t m_replicas = 1;
    std::vector<Set> m_sets; ///< oldest first
    Set* m_new = nullptr;
    Set* m_stable = nullptr;
    std::vector<Set*> m_others; ///< neither new nor stable
    manifest::Value m_status; ///< the new status
    std::set<std::string> m_addPauses;
    std::set<std::string> m_removePauses;
    bool m_clearPauses = false;
    bool m_addAbort = false;
    bool m_removeAbort = false;
    std::string m_abortMessage;
    std::set<std::string> m_currentRuns;
    bool m_statusWritten = false;
    Plan m_plan;
};

} // namespace core::rollout
