// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/health/resource_actions.h"

#include <boost/json.hpp>

#include <algorithm>
#include <charconv>
#include <span>

// The actions that Argo CD has without any script of a user (reference 7.9), and those on nodes that kubectl has.

namespace core::health {

using manifest::ensure;
using manifest::flag;
using manifest::Object;
using manifest::text;
using manifest::Value;

namespace {

using Effects = Result<std::vector<ActionEffect>>;

/// Everything that a built-in action is told.
struct Call
{
    const Value& live;
    const ActionArguments& arguments;
    TimePoint now;
    [[nodiscard]] Value stamp() const { return boost::json::string(formatRfc3339(now)); }
};

struct Builtin
{
    const char* name;
    bool (*useless)(const Value& live); ///< null: never
    Effects (*run)(const Call& call);
    const char* parameter = nullptr;
    std::string (*value)(const Value& live) = nullptr; ///< that the parameter begins with
};

struct Kind
{
    const char* group;
    const char* kind; ///< "" = every one of the group
    std::span<const Builtin> actions;
};

Effects changed(const Call& call, manifest::Path path, Value value)
{
    Value object = call.live;
    ensure(object, path) = std::move(value);
    return std::vector<ActionEffect> {{false, std::move(object)}};
}

Effects annotated(const Call& call, std::string_view annotation, Value value)
{
    return changed(call, {"metadata", "annotations", annotation}, std::move(value));
}

Effects restart(const Call& call)
{
    return changed(call, {"spec", "template", "metadata", "annotations", "kubectl.kubernetes.io/restartedAt"},
                   call.stamp());
}

bool paused(const Value& live)
{
    return flag(live, {"spec", "paused"});
}
bool running(const Value& live)
{
    return !paused(live);
}
bool suspended(const Value& live)
{
    return flag(live, {"spec", "suspend"});
}
bool awake(const Value& live)
{
    return !suspended(live);
}

template<bool On>
Effects setPaused(const Call& call)
{
    return changed(call, {"spec", "paused"}, On);
}
template<bool On>
Effects setSuspended(const Call& call)
{
    return changed(call, {"spec", "suspend"}, On);
}

Effects scale(const Call& call)
{
    const auto given = call.arguments.find("replicas");
    std::int64_t replicas = -1;
    if (given != call.arguments.end()) {
        const auto& number = given->second;
        const auto read = std::from_chars(number.data(), number.data() + number.size(), replicas);
        if (read.ec != std::errc() || read.ptr != number.data() + number.size())
            replicas = -1;
    }
    if (replicas < 0)
        return fail(Error::Code::InvalidInput, "scale: replicas must be a number from 0 on");
    return changed(call, {"spec", "replicas"}, replicas);
}

std::string replicasOf(const Value& live)
{
    return std::to_string(manifest::integer(live, {"spec", "replicas"}).value_or(1));
}

// ---- jobs and workflows

/// `base-1a2b3c4d`, short enough for the name of what is made of it.
std::string freshName(const Call& call, std::size_t longest)
{
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(call.now.time_since_epoch()).count();
    const auto suffix = "-" + std::to_string(seconds);
    return std::string(manifest::name(call.live)).substr(0, longest - suffix.size()) + suffix;
}

Object ownedBy(const Value& live)
{
    return Object {{"apiVersion", text(live, {"apiVersion"})},
                   {"kind", text(live, {"kind"})},
                   {"name", text(live, {"metadata", "name"})},
                   {"uid", text(live, {"metadata", "uid"})}};
}

Effects createJob(const Call& call)
{
    const auto* plan = manifest::find(call.live, {"spec", "jobTemplate"});
    if (plan == nullptr)
        return fail(Error::Code::InvalidInput, "create-job: the CronJob has no job template");
    Object annotations = manifest::object(*plan, {"metadata", "annotations"});
    annotations["cronjob.kubernetes.io/instantiate"] = "manual"; // as kubectl marks it
    Object metadata {{"name", boost::json::string(freshName(call, 63))},
                     {"namespace", manifest::nameSpace(call.live)},
                     {"labels", manifest::object(*plan, {"metadata", "labels"})},
                     {"annotations", std::move(annotations)},
                     {"ownerReferences", boost::json::array {ownedBy(call.live)}}};
    Value job = Object {{"apiVersion", "batch/v1"},
                        {"kind", "Job"},
                        {"metadata", std::move(metadata)},
                        {"spec", manifest::object(*plan, {"spec"})}};
    return std::vector<ActionEffect> {{true, std::move(job)}};
}

Effects terminateJob(const Call& call)
{
    return changed(call, {"spec", "activeDeadlineSeconds"}, 1);
}

bool jobEnded(const Value& live)
{
    const auto& conditions = manifest::array(live, {"status", "conditions"});
    return std::ranges::any_of(conditions, [](const Value& condition) {
        const auto type = text(condition, {"type"});
        return (type == "Complete" || type == "Failed") && text(condition, {"status"}) == "True";
    });
}
bool jobAwakeOrEnded(const Value& live)
{
    return awake(live) || jobEnded(live);
}
bool jobSuspendedOrEnded(const Value& live)
{
    return suspended(live) || jobEnded(live);
}

Effects createWorkflow(const Call& call)
{
    const auto kind = manifest::kind(call.live);
    Object spec;
    Object metadata {{"name", boost::json::string(freshName(call, 63))}};
    if (kind == "CronWorkflow") {
        spec = manifest::object(call.live, {"spec", "workflowSpec"});
        metadata["labels"] = manifest::object(call.live, {"spec", "workflowMetadata", "labels"});
        metadata["annotations"] = manifest::object(call.live, {"spec", "workflowMetadata", "annotations"});
        metadata["ownerReferences"] = boost::json::array {ownedBy(call.live)};
    } else {
        Object reference {{"name", text(call.live, {"metadata", "name"})}};
        if (kind == "ClusterWorkflowTemplate")
            reference["clusterScope"] = true;
        spec["workflowTemplateRef"] = std::move(reference);
    }
    metadata["namespace"] =
        manifest::nameSpace(call.live).empty() ? std::string_view("default") : manifest::nameSpace(call.live);
    Value workflow = Object {{"apiVersion", text(call.live, {"apiVersion"})},
                             {"kind", "Workflow"},
                             {"metadata", std::move(metadata)},
                             {"spec", std::move(spec)}};
    return std::vector<ActionEffect> {{true, std::move(workflow)}};
}

// ---- Argo

bool fullyPromoted(const Value& live)
{
    const auto current = text(live, {"status", "currentPodHash"});
    return !current.empty() && current == text(live, {"status", "stableRS"});
}
bool notAborted(const Value& live)
{
    return !flag(live, {"status", "abort"});
}
bool nothingToAbort(const Value& live)
{
    return fullyPromoted(live) || !notAborted(live);
}
bool noPause(const Value& live)
{
    return !paused(live) && manifest::array(live, {"status", "pauseConditions"}).empty();
}
bool noStepToSkip(const Value& live)
{
    const auto at = manifest::integer(live, {"status", "currentStepIndex"});
    const auto steps = manifest::array(live, {"spec", "strategy", "canary", "steps"}).size();
    return !at || *at >= static_cast<std::int64_t>(steps);
}

Effects abortRollout(const Call& call)
{
    return changed(call, {"status", "abort"}, true);
}
Effects retryRollout(const Call& call)
{
    return changed(call, {"status", "abort"}, false);
}
Effects promoteFull(const Call& call)
{
    return changed(call, {"status", "promoteFull"}, true);
}
Effects restartRollout(const Call& call)
{
    return changed(call, {"spec", "restartAt"}, call.stamp());
}
Effects resumeRollout(const Call& call)
{
    Value object = call.live;
    manifest::erase(object, {"status", "pauseConditions"});
    if (paused(object))
        ensure(object, {"spec", "paused"}) = false;
    return std::vector<ActionEffect> {{false, std::move(object)}};
}
Effects skipStep(const Call& call)
{
    Value object = call.live;
    manifest::erase(object, {"status", "pauseConditions"});
    ensure(object, {"status", "currentStepIndex"}) =
        manifest::integer(call.live, {"status", "currentStepIndex"}).value_or(0) + 1;
    return std::vector<ActionEffect> {{false, std::move(object)}};
}

bool analysisEnded(const Value& live)
{
    const auto phase = text(live, {"status", "phase"});
    return flag(live, {"spec", "terminate"}) || phase == "Successful" || phase == "Failed" || phase == "Error"
        || phase == "Inconclusive";
}
Effects terminateAnalysis(const Call& call)
{
    return changed(call, {"spec", "terminate"}, true);
}

Effects toggleAutoSync(const Call& call)
{
    const auto* automated = manifest::find(call.live, {"spec", "syncPolicy", "automated"});
    const bool on = automated != nullptr && automated->is_object() && flag(*automated, {"enabled"}, true);
    return changed(call, {"spec", "syncPolicy", "automated", "enabled"}, !on);
}

// ---- operators

Effects refreshSecret(const Call& call)
{
    return annotated(call, "force-sync", call.stamp());
}

constexpr std::string_view kKedaPaused = "autoscaling.keda.sh/paused";
constexpr std::string_view kKedaReplicas = "autoscaling.keda.sh/paused-replicas";

bool kedaPaused(const Value& live)
{
    return text(live, {"metadata", "annotations", kKedaPaused}) == "true"
        || manifest::find(live, {"metadata", "annotations", kKedaReplicas}) != nullptr;
}
bool kedaRunning(const Value& live)
{
    return !kedaPaused(live);
}
Effects pauseKeda(const Call& call)
{
    return annotated(call, kKedaPaused, "true");
}
Effects resumeKeda(const Call& call)
{
    Value object = call.live;
    manifest::erase(object, {"metadata", "annotations", kKedaPaused});
    manifest::erase(object, {"metadata", "annotations", kKedaReplicas});
    return std::vector<ActionEffect> {{false, std::move(object)}};
}

Effects reconcileFlux(const Call& call)
{
    return annotated(call, "reconcile.fluxcd.io/requestedAt", call.stamp());
}

bool numaPaused(const Value& live)
{
    return text(live, {"spec", "lifecycle", "desiredPhase"}) == "Paused";
}
bool numaRunning(const Value& live)
{
    return !numaPaused(live);
}
Effects pauseNuma(const Call& call)
{
    return changed(call, {"spec", "lifecycle", "desiredPhase"}, "Paused");
}
Effects unpauseNuma(const Call& call)
{
    return changed(call, {"spec", "lifecycle", "desiredPhase"}, "Running");
}

constexpr std::string_view kHibernation = "cnpg.io/hibernation";
bool hibernates(const Value& live)
{
    return text(live, {"metadata", "annotations", kHibernation}) == "on";
}
bool databaseAwake(const Value& live)
{
    return !hibernates(live);
}
Effects restartDatabase(const Call& call)
{
    return annotated(call, "kubectl.kubernetes.io/restartedAt", call.stamp());
}
Effects reloadDatabase(const Call& call)
{
    return annotated(call, "cnpg.io/reloadedAt", call.stamp());
}
Effects suspendDatabase(const Call& call)
{
    return annotated(call, kHibernation, "on");
}
Effects resumeDatabase(const Call& call)
{
    return annotated(call, kHibernation, "off");
}

// ---- nodes

bool cordoned(const Value& live)
{
    return flag(live, {"spec", "unschedulable"});
}
bool schedulable(const Value& live)
{
    return !cordoned(live);
}
template<bool On>
Effects setUnschedulable(const Call& call)
{
    return changed(call, {"spec", "unschedulable"}, On);
}

constexpr Builtin kDeployment[] {{"pause", paused, setPaused<true>},
                                 {"restart", nullptr, restart},
                                 {"resume", running, setPaused<false>},
                                 {"scale", nullptr, scale, "replicas", replicasOf}};
constexpr Builtin kStatefulSet[] {{"restart", nullptr, restart}, {"scale", nullptr, scale, "replicas", replicasOf}};
constexpr Builtin kDaemonSet[] {{"restart", nullptr, restart}};
constexpr Builtin kCronJob[] {{"create-job", nullptr, createJob},
                              {"resume", awake, setSuspended<false>},
                              {"suspend", suspended, setSuspended<true>}};
constexpr Builtin kJob[] {{"resume", jobAwakeOrEnded, setSuspended<false>},
                          {"suspend", jobSuspendedOrEnded, setSuspended<true>},
                          {"terminate", jobEnded, terminateJob}};
constexpr Builtin kRollout[] {{"abort", nothingToAbort, abortRollout},      {"pause", paused, setPaused<true>},
                              {"promote-full", fullyPromoted, promoteFull}, {"restart", nullptr, restartRollout},
                              {"resume", noPause, resumeRollout},           {"retry", notAborted, retryRollout},
                              {"skip-current-step", noStepToSkip, skipStep}};
constexpr Builtin kAnalysisRun[] {{"terminate", analysisEnded, terminateAnalysis}};
constexpr Builtin kWorkflow[] {{"create-workflow", nullptr, createWorkflow}};
constexpr Builtin kApplication[] {{"toggle-auto-sync", nullptr, toggleAutoSync}};
constexpr Builtin kExternalSecret[] {{"refresh", nullptr, refreshSecret}};
constexpr Builtin kPushSecret[] {{"push", nullptr, refreshSecret}};
constexpr Builtin kKeda[] {{"pause", kedaPaused, pauseKeda}, {"resume", kedaRunning, resumeKeda}};
constexpr Builtin kFlux[] {{"reconcile", nullptr, reconcileFlux},
                           {"resume", awake, setSuspended<false>},
                           {"suspend", suspended, setSuspended<true>}};
constexpr Builtin kNuma[] {{"pause", numaPaused, pauseNuma}, {"unpause", numaRunning, unpauseNuma}};
constexpr Builtin kDatabase[] {{"reload", nullptr, reloadDatabase},
                               {"restart", nullptr, restartDatabase},
                               {"resume", databaseAwake, resumeDatabase},
                               {"suspend", hibernates, suspendDatabase}};
constexpr Builtin kNode[] {{"cordon", cordoned, setUnschedulable<true>},
                           {"uncordon", schedulable, setUnschedulable<false>}};

const Kind kKinds[] {{"apps", "Deployment", kDeployment},
                     {"apps", "StatefulSet", kStatefulSet},
                     {"apps", "DaemonSet", kDaemonSet},
                     {"batch", "CronJob", kCronJob},
                     {"batch", "Job", kJob},
                     {"argoproj.io", "Rollout", kRollout},
                     {"argoproj.io", "AnalysisRun", kAnalysisRun},
                     {"argoproj.io", "CronWorkflow", kWorkflow},
                     {"argoproj.io", "WorkflowTemplate", kWorkflow},
                     {"argoproj.io", "ClusterWorkflowTemplate", kWorkflow},
                     {"argoproj.io", "Application", kApplication},
                     {"external-secrets.io", "ExternalSecret", kExternalSecret},
                     {"external-secrets.io", "PushSecret", kPushSecret},
                     {"keda.sh", "ScaledObject", kKeda},
                     {"keda.sh", "ScaledJob", kKeda},
                     {"source.toolkit.fluxcd.io", "", kFlux},
                     {"kustomize.toolkit.fluxcd.io", "", kFlux},
                     {"helm.toolkit.fluxcd.io", "", kFlux},
                     {"image.toolkit.fluxcd.io", "", kFlux},
                     {"notification.toolkit.fluxcd.io", "Receiver", kFlux},
                     {"numaflow.numaproj.io", "Pipeline", kNuma},
                     {"numaflow.numaproj.io", "MonoVertex", kNuma},
                     {"postgresql.cnpg.io", "Cluster", kDatabase},
                     {"", "Node", kNode}};

std::span<const Builtin> builtinsOf(const manifest::GroupKind& kind)
{
    const auto* found = std::ranges::find_if(kKinds, [&](const Kind& entry) {
        return kind.group == entry.group && (*entry.kind == '\0' || kind.kind == entry.kind);
    });
    return found == std::end(kKinds) ? std::span<const Builtin>() : found->actions;
}

} // namespace

std::vector<ResourceAction> builtinActions(const Value& live)
{
    std::vector<ResourceAction> out;
    for (const auto& builtin : builtinsOf(manifest::keyOf(live).groupKind())) {
        ResourceAction action {builtin.name, {}, builtin.useless != nullptr && builtin.useless(live)};
        if (builtin.parameter != nullptr)
            action.parameters.push_back({builtin.parameter, builtin.value(live)});
        out.push_back(std::move(action));
    }
    return out;
}

Effects runBuiltinAction(const std::string& action, const Value& live, const ActionArguments& arguments, TimePoint now)
{
    const auto key = manifest::keyOf(live);
    for (const auto& builtin : builtinsOf(key.groupKind()))
        if (builtin.name == action)
            return builtin.run({live, arguments, now});
    return fail(Error::Code::NotFound, "a " + key.kind + " has no action " + action, key.text());
}

} // namespace core::health
