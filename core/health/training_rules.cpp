// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/health/rules.h"

#include <boost/json.hpp>
#include <fmt/format.h>

/// Kinds of ML platforms for which Argo CD has no rule: there they count as healthy as soon as they exist.
namespace core::health {

namespace {

using manifest::text;

/// kubeflow.org training jobs, JobSet, TrainJob: conditions of type Failed, Succeeded/Complete/Completed, Suspended,
/// Running, Created.
std::optional<Assessment> trainingJob(const Value& live)
{
    const auto kind = manifest::kind(live);
    const ConditionView* running = nullptr;
    const auto views = conditions(live);
    for (const auto& view : views) {
        if (!view.isTrue())
            continue;
        if (view.type == "Failed")
            return degraded(view.message.empty() ? view.reason : view.message);
        if (view.type == "Succeeded" || view.type == "Complete" || view.type == "Completed")
            return healthy(view.message);
        if (view.type == "Suspended")
            return suspended(view.message);
        if (view.type == "Running" || view.type == "Restarting" || view.type == "Created")
            running = &view;
    }
    if (running)
        return progressing(running->message);
    return progressing(fmt::format("Waiting for {}", kind));
}

std::optional<Assessment> notebook(const Value& live)
{
    const auto* waiting = manifest::find(live, {"status", "containerState", "waiting"});
    if (waiting && waiting->is_object()) {
        const auto reason = text(*waiting, {"reason"});
        const bool bad = reason.ends_with("BackOff") || reason.ends_with("Error") || reason.starts_with("Err");
        const auto message =
            fmt::format("{}{}{}", reason, text(*waiting, {"message"}).empty() ? "" : ": ", text(*waiting, {"message"}));
        return bad ? degraded(message) : progressing(message);
    }
    if (!manifest::annotation(live, "kubeflow-resource-stopped").empty())
        return suspended("Notebook is stopped");
    if (number(live, {"status", "readyReplicas"}) > 0)
        return healthy();
    return progressing("Waiting for the notebook's pod to be ready");
}

std::optional<Assessment> rayCluster(const Value& live)
{
    const auto state = text(live, {"status", "state"});
    const auto reason = text(live, {"status", "reason"});
    if (state == "failed")
        return degraded(reason);
    if (state == "suspended")
        return suspended(reason);
    if (state == "ready")
        return healthy();
    return progressing(reason.empty() ? "Waiting for RayCluster to be ready" : reason);
}

std::optional<Assessment> rayJob(const Value& live)
{
    const auto deployment = text(live, {"status", "jobDeploymentStatus"});
    const auto job = text(live, {"status", "jobStatus"});
    const auto message = text(live, {"status", "message"});
    if (job == "FAILED" || deployment == "Failed")
        return degraded(message);
    if (deployment == "Suspended" || deployment == "Suspending")
        return suspended(message);
    if (job == "SUCCEEDED" || deployment == "Complete")
        return healthy(message);
    if (job == "STOPPED")
        return suspended(message.empty() ? "RayJob is stopped" : message);
    return progressing(message.empty() ? "RayJob is running" : message);
}

std::optional<Assessment> rayService(const Value& live)
{
    const auto ready = condition(live, "Ready");
    if (ready && ready->isTrue())
        return healthy(ready->message);
    const auto status = text(live, {"status", "serviceStatus"});
    if (status == "Running")
        return healthy();
    if (status.find("Failed") != std::string_view::npos)
        return degraded(status);
    return progressing(ready ? ready->message : "Waiting for RayService to be ready");
}

std::optional<Assessment> workload(const Value& live) // kueue
{
    const auto views = conditions(live);
    const auto isTrue = [&](std::string_view type) -> const ConditionView* {
        for (const auto& view : views) {
            if (view.type == type && view.isTrue())
                return &view;
        }
        return nullptr;
    };
    if (const auto* view = isTrue("Finished"))
        return view->reason.find("Fail") != std::string_view::npos ? degraded(view->message) : healthy(view->message);
    if (const auto* view = isTrue("Evicted"))
        return suspended(view->message);
    if (const auto* view = isTrue("Admitted"))
        return healthy(view->message);
    if (const auto* view = isTrue("QuotaReserved"))
        return progressing(view->message);
    for (const auto& view : views) {
        if (view.type == "QuotaReserved")
            return suspended(view.message); // waits in its queue, by design
    }
    return progressing("Waiting for Workload to be queued");
}

std::optional<Assessment> queue(const Value& live) // kueue ClusterQueue, LocalQueue, AdmissionCheck
{
    const auto active = condition(live, "Active");
    if (!active)
        return progressing("Waiting for status");
    return active->isTrue() ? healthy(active->message) : degraded(active->message);
}

std::optional<Assessment> tektonRun(const Value& live)
{
    const auto succeeded = condition(live, "Succeeded");
    if (!succeeded)
        return progressing("Waiting for status");
    if (succeeded->isTrue())
        return healthy(succeeded->message);
    return succeeded->isFalse() ? degraded(succeeded->message) : progressing(succeeded->message);
}

std::optional<Assessment> leaderWorkerSet(const Value& live)
{
    const auto available = condition(live, "Available");
    if (available && available->isTrue())
        return healthy(available->message);
    const auto state = condition(live, "Progressing");
    return progressing(state ? state->message : "Waiting for LeaderWorkerSet");
}

std::optional<Assessment> volcanoJob(const Value& live)
{
    const auto phase = text(live, {"status", "state", "phase"});
    const auto message = text(live, {"status", "state", "message"});
    if (phase == "Completed")
        return healthy(message);
    if (phase == "Failed" || phase == "Aborted" || phase == "Terminated")
        return degraded(message);
    return progressing(message.empty() ? "Waiting for Job" : message);
}

/// Dynamic allocation is asked for by the operator's own fields or by Spark's configuration.
bool withinDynamicRange(const Value& live, std::int64_t running)
{
    const auto fits = [running](std::optional<std::int64_t> least, std::optional<std::int64_t> most) {
        return running >= least.value_or(0) && (!most || running <= *most);
    };
    if (manifest::flag(live, {"spec", "dynamicAllocation", "enabled"}))
        return fits(manifest::integer(live, {"spec", "dynamicAllocation", "minExecutors"}),
                    manifest::integer(live, {"spec", "dynamicAllocation", "maxExecutors"}));
    const auto& settings = manifest::object(live, {"spec", "sparkConf"});
    const auto setting = [&](const std::string& key) -> std::string_view {
        const auto* value = settings.if_contains(key);
        return value && value->is_string() ? std::string_view(value->get_string()) : std::string_view {};
    };
    const auto count = [&](const std::string& key) -> std::optional<std::int64_t> {
        const auto parsed = manifest::parseJson(setting(key));
        return parsed ? manifest::integer(*parsed, {}) : std::nullopt;
    };
    for (const std::string prefix : {"spark.dynamicAllocation.", "spark.streaming.dynamicAllocation."}) {
        if (setting(prefix + "enabled") == "true")
            return fits(count(prefix + "minExecutors"), count(prefix + "maxExecutors"));
    }
    return false;
}

std::optional<Assessment> sparkApplication(const Value& live)
{
    const auto state = text(live, {"status", "applicationState", "state"});
    const auto message = text(live, {"status", "applicationState", "errorMessage"});
    if (state == "COMPLETED")
        return healthy("SparkApplication was COMPLETED");
    if (state == "FAILED" || state == "SUBMISSION_FAILED" || state == "FAILING")
        return degraded(message);
    if (state == "INVALIDATING")
        return Assessment {Status::Missing, {}};
    if (state == "PENDING_RERUN")
        return progressing("SparkApplication is Pending Rerun");
    if (state != "RUNNING")
        return progressing("Waiting for SparkApplication");
    std::int64_t running = 0;
    for (const auto& member : manifest::object(live, {"status", "executorState"}))
        running += member.value().is_string() && member.value().get_string() == "RUNNING" ? 1 : 0;
    const auto wanted = manifest::integer(live, {"spec", "executor", "instances"});
    const bool enough = wanted && running == *wanted;
    if (enough || withinDynamicRange(live, running) || (!wanted && running > 0))
        return healthy("SparkApplication is Running");
    return progressing("Waiting for Executor pods");
}

} // namespace

OptionalRule trainingRule(const manifest::GroupKind& kind)
{
    if (kind.group == "kubeflow.org" || kind.group == "trainer.kubeflow.org") {
        if (kind.kind == "Notebook")
            return notebook;
        if (kind.kind.ends_with("Job") || kind.kind == "Experiment" || kind.kind == "Trial")
            return trainingJob;
    }
    if (kind.group == "jobset.x-k8s.io" && kind.kind == "JobSet")
        return trainingJob;
    if (kind.group == "ray.io") {
        if (kind.kind == "RayCluster")
            return rayCluster;
        if (kind.kind == "RayJob")
            return rayJob;
        if (kind.kind == "RayService")
            return rayService;
    }
    if (kind.group == "kueue.x-k8s.io") {
        if (kind.kind == "Workload")
            return workload;
        if (kind.kind.ends_with("Queue") || kind.kind == "AdmissionCheck")
            return queue;
    }
    if (kind.group == "tekton.dev" && (kind.kind == "PipelineRun" || kind.kind == "TaskRun"))
        return tektonRun;
    if (kind.group == "leaderworkerset.x-k8s.io" && kind.kind == "LeaderWorkerSet")
        return leaderWorkerSet;
    if (kind.group == "batch.volcano.sh" && kind.kind == "Job")
        return volcanoJob;
    if (kind.group == "sparkoperator.k8s.io" && kind.kind == "SparkApplication")
        return sparkApplication;
    return nullptr;
}

} // namespace core::health
