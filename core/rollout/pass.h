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
inline constexpr std::string_view kEphemeral = "rollout.argoproj.io/ephemeral-metadata";

/// The decimal number that an annotation holds; 0 where it holds none.
inline std::int64_t toNumber(std::string_view digits)
{
    std::int64_t number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
}

/// The args of a use site with everything filled in that the Rollout knows.
[[nodiscard]] Result<manifest::Array> givenArgs(const manifest::Value& analysis, const manifest::Value& rollout,
                                                std::string_view stableHash, std::string_view latestHash);

/// A ReplicaSet's pod template without what a Rollout puts into it for a time (anti-affinity, ephemeral metadata).
[[nodiscard]] manifest::Value plainTemplate(const manifest::Value& replicaSet);

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

struct IstioWeights;

enum class Role : std::uint8_t { Canary, Stable };
/// The Service that plays the canary or the stable version: with pingPong one of the two, in turns.
[[nodiscard]] std::string serviceInRole(const manifest::Value& rollout, std::string_view stablePingPong, Role role);

/// The Ingresses that carry a Rollout's weights for nginx: `stableIngresses`, or the one in `stableIngress`.
[[nodiscard]] std::vector<std::string> nginxIngresses(const manifest::Value& nginx);
/// The VirtualServices that carry a Rollout's weights for Istio, as trafficRouting.istio names them.
[[nodiscard]] manifest::Array istioServices(const manifest::Value& istio);

/// Whether a tls or tcp route of a VirtualService is one that a Rollout names by port and SNI hosts.
[[nodiscard]] bool matchesPortRule(const manifest::Value& entry, const manifest::Value& rule);

/// Sets the weight of the first entry of that name in a list of targets. Whether there is one.
[[nodiscard]] bool setServiceWeight(manifest::Value* services, std::string_view nameField, std::string_view name,
                                    std::int64_t weight);

/// One pass over one Rollout.
class Pass
{
public:
    Pass(const Observed& observed, TimePoint now, const PlanOptions& options);
    Plan run();

private:
    // plan.cpp: the order of things
    [[nodiscard]] std::string problem() const;
    void canary();

    // plan_references.cpp: what the Rollout names has to be there
    [[nodiscard]] std::string missingServices() const;
    [[nodiscard]] std::string missingRoutes() const;
    [[nodiscard]] std::string serviceProblem() const;
    [[nodiscard]] std::string routeProblem() const;
    [[nodiscard]] std::string virtualServiceProblem(const manifest::Value& istio) const;

    // plan_sets.cpp: ReplicaSets
    void readSets();
    Set* createSet();
    [[nodiscard]] bool syncRevision();
    bool fixPausedConditions();
    [[nodiscard]] bool isScalingEvent() const;
    void cleanHistory();
    bool scale(Set& set, std::int64_t count);
    bool reconcileCanarySets();
    bool reconcileStable();
    bool reconcileNew();
    bool reconcileOthers();
    bool applyDeadline(Set& set, std::int64_t delay, std::int64_t& kept);
    [[nodiscard]] std::vector<manifest::Value> podsByPriority() const;
    bool restartPods();
    void setDeadline(Set& set, std::optional<TimePoint> at);
    [[nodiscard]] std::optional<TimePoint> deadlineOf(const Set& set) const;
    [[nodiscard]] bool delaysAbortScaleDown() const;
    [[nodiscard]] bool isReferenced(const Set& set) const;
    [[nodiscard]] std::int64_t scaleDownDelay() const;
    [[nodiscard]] std::int64_t wantedOfNew() const;

    // plan_metadata.cpp: what is put into ReplicaSets and pods for a time
    void injectMetadata(manifest::Value& set, const manifest::Value& wanted) const;
    [[nodiscard]] manifest::Value metadataOf(bool isNew) const;
    void syncMetadata();
    void syncMetadata(Set& set, const manifest::Value& wanted, bool withPods);
    void injectAntiAffinity(manifest::Value& podTemplate, std::string_view ownHash) const;
    void syncAntiAffinity();
    void scaleWorkload();

    // plan_blue_green.cpp
    void blueGreen();
    void reconcileBlueGreenSets(std::string_view active);
    void blueGreenPause(std::string_view active);
    void switchActive(std::string_view activeName, std::string_view active);
    void blueGreenAnalysis();
    void syncBlueGreenStatus();
    void previewCheckPoint();
    [[nodiscard]] std::string selectorOf(std::string_view serviceName) const;
    [[nodiscard]] bool completedBlueGreenPause() const;
    [[nodiscard]] bool completedPrePromotion() const;
    [[nodiscard]] bool isFastTracked(std::string_view active) const;
    [[nodiscard]] std::int64_t blueGreenReplicas(std::string_view active) const;
    [[nodiscard]] std::string blueGreenPromotionReason() const;

    // plan_experiment.cpp
    bool reconcileExperiments(); ///< false: a pause was added, end the pass
    [[nodiscard]] const manifest::Value* currentExperiment() const;
    [[nodiscard]] Result<manifest::Value> experimentOfStep(const manifest::Value& step) const;
    void createExperiment(const manifest::Value& step);
    void endExperiment(const manifest::Value& experiment);
    void readExperimentWeights();
    void cleanExperiments(const manifest::Value* current);

    // plan_services.cpp
    void switchServices();
    bool pointService(std::string_view name, const Set* target, bool checkAvailability);
    [[nodiscard]] const manifest::Value* service(std::string_view name) const;

    // plan_traffic.cpp
    bool reconcileTraffic(); ///< false: stop the pass
    void writeRoutes(std::int64_t weight, bool removeManaged);
    /// A router cannot be told the weight: the pass ends there, so that nothing goes on as if it had been.
    void routerFails(std::string why);
    void istio(const manifest::Value& config, std::int64_t weight, bool removeManaged);
    void virtualService(manifest::Value& object, const manifest::Value& config, const IstioWeights& weights,
                        bool removeManaged);
    void destinationRule(const manifest::Value& config);
    /// The setHeaderRoute or setMirrorRoute of the step in progress; null where it is none or is not to be applied.
    [[nodiscard]] const manifest::Value* routeStep(std::string_view kind) const;
    [[nodiscard]] std::vector<std::string> managedRoutes() const;

    // plan_verify.cpp: whether the weight has got to where the traffic is
    std::size_t verifiedGroups(const LoadBalancer& balancer, const AlbIngress& ingress, std::int64_t weight,
                               manifest::Value& status);
    [[nodiscard]] std::optional<bool> verifyWeight(std::int64_t weight);
    bool recordVerified(std::int64_t weight);
    [[nodiscard]] bool verifyTargets();

    // plan_routers.cpp
    [[nodiscard]] bool isOurs(const manifest::Value& object) const; ///< the Rollout owns it
    void nginx(const manifest::Value& config, std::int64_t weight);
    void smi(const manifest::Value& config, std::int64_t weight);
    void traefik(const manifest::Value& config, std::int64_t weight);
    void ambassador(const manifest::Value& config, std::int64_t weight);
    void appMesh(const manifest::Value& config, std::int64_t weight);

    // plan_header_routers.cpp: the routers besides Istio that have header routes
    void alb(const manifest::Value& config, std::int64_t weight, bool removeManaged);
    void apisix(const manifest::Value& config, std::int64_t weight, bool removeManaged);
    void apisixHeaderRoute(const manifest::Value& base, const manifest::Array& rules, bool removeManaged);
    void gatewayApi(const manifest::Value& config, std::int64_t weight, bool removeManaged);
    void placeExperiments(manifest::Value& backends) const;
    [[nodiscard]] const manifest::Value* route(std::string_view kind, std::string_view name) const;
    void replaceRoute(const manifest::Value& before, manifest::Value after);
    [[nodiscard]] std::string canaryService() const;
    [[nodiscard]] std::string stableService() const;

    // plan_analysis.cpp
    bool reconcileAnalysis(); ///< false: a pause was added, end the pass
    const manifest::Value* ensureRun(const manifest::Value* analysis, std::string_view statusField,
                                     std::string_view suffix, std::string_view type, std::string_view cause);
    void keepRun(const manifest::Value& run, std::string_view statusField);
    void judgeRun(const manifest::Value& run, std::string_view statusField, std::string_view cause);
    void terminateRun(const manifest::Value& run);
    [[nodiscard]] const manifest::Value* recordedRun(std::string_view statusField) const;
    void cleanRuns();
    void deleteOld(const std::vector<const manifest::Value*>& finished);
    struct AnalysisUse
    {
        std::string path; ///< of its templates
        const manifest::Value* analysis;
        bool mayBeEndless;
    };
    [[nodiscard]] std::vector<AnalysisUse> analysisUses() const;
    [[nodiscard]] std::string missingTemplates() const;
    [[nodiscard]] std::string analysisProblem() const;

    // plan_status.cpp
    void syncCanaryStatus();
    void baseStatus();
    void reset();
    [[nodiscard]] std::string fullPromotionReason() const;
    void promoteStable(const std::string& reason);
    [[nodiscard]] bool stepCompleted() const;
    [[nodiscard]] bool pauseStepCompleted(const manifest::Value& pause) const;
    void conditions();
    void persist();
    void progressCondition(bool healthy, bool becameUnhealthy, bool completed);
    void replicaFailure();
    bool setCondition(std::string_view type, std::string_view status, std::string_view reason, std::string_view message,
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
    bool m_hadDeadline = false; ///< blue-green: the new ReplicaSet waited for its scale-down when the pass began
    manifest::Array m_additional; ///< destinations of a running experiment: serviceName, podTemplateHash, weight
    std::int64_t m_additionalWeight = 0;
    bool m_statusWritten = false;
    bool m_endUnverified = false; ///< all steps are done, but the last weight has not got to where the traffic is
    bool m_targetsVerified = true; ///< AWS's target groups know the pods that the Service leads to, or nobody asks
    std::string m_routerProblem; ///< why a router could not be told the weight
    Plan m_plan;
};

} // namespace core::rollout
