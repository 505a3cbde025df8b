// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/health/rules.h"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace core::health {

namespace {

using manifest::flag;
using manifest::integer;
using manifest::text;

std::optional<Assessment> unsupported(const Value& live, std::string_view what, std::string_view wanted)
{
    const auto version = manifest::apiVersion(live);
    if (version == wanted)
        return std::nullopt;
    const auto parsed = manifest::parseGroupVersion(version);
    return unknown(
        fmt::format("unsupported {} GVK: {}/{}, Kind={}", what, parsed.group, parsed.version, manifest::kind(live)));
}

std::optional<Assessment> deployment(const Value& live)
{
    if (auto wrong = unsupported(live, "Deployment", "apps/v1"))
        return wrong;
    if (flag(live, {"spec", "paused"}))
        return suspended("Deployment is paused");
    if (generationIsAhead(live))
        return progressing(
            "Waiting for rollout to finish: observed deployment generation less than desired generation");
    const auto state = condition(live, "Progressing");
    if (state && state->reason == "ProgressDeadlineExceeded")
        return degraded(fmt::format("Deployment \"{}\" exceeded its progress deadline", manifest::name(live)));
    const auto wanted = integer(live, {"spec", "replicas"});
    const auto updated = number(live, {"status", "updatedReplicas"});
    const auto replicas = number(live, {"status", "replicas"});
    const auto available = number(live, {"status", "availableReplicas"});
    if (wanted && updated < *wanted)
        return progressing(fmt::format("Waiting for rollout to finish: {} out of {} new replicas have been updated...",
                                       updated, *wanted));
    if (replicas > updated)
        return progressing(fmt::format("Waiting for rollout to finish: {} old replicas are pending termination...",
                                       replicas - updated));
    if (available < updated)
        return progressing(fmt::format("Waiting for rollout to finish: {} of {} updated replicas are available...",
                                       available, updated));
    return healthy();
}

std::optional<Assessment> replicaSet(const Value& live)
{
    if (auto wrong = unsupported(live, "ReplicaSet", "apps/v1"))
        return wrong;
    if (generationIsAhead(live))
        return progressing(
            "Waiting for rollout to finish: observed replica set generation less than desired generation");
    const auto failure = condition(live, "ReplicaFailure");
    if (failure && failure->isTrue())
        return degraded(failure->message);
    const auto wanted = integer(live, {"spec", "replicas"});
    const auto available = number(live, {"status", "availableReplicas"});
    if (wanted && available < *wanted)
        return progressing(fmt::format("Waiting for rollout to finish: {} out of {} new replicas are available...",
                                       available, *wanted));
    return healthy();
}

std::optional<Assessment> statefulSet(const Value& live)
{
    if (auto wrong = unsupported(live, "StatefulSet", "apps/v1"))
        return wrong;
    if (number(live, {"status", "observedGeneration"}) == 0 || generationIsAhead(live))
        return progressing("Waiting for statefulset spec update to be observed...");
    const auto wanted = integer(live, {"spec", "replicas"});
    const auto ready = number(live, {"status", "readyReplicas"});
    if (wanted && ready < *wanted)
        return progressing(fmt::format("Waiting for {} pods to be ready...", *wanted - ready));
    const auto strategy = text(live, {"spec", "updateStrategy", "type"});
    const auto updated = number(live, {"status", "updatedReplicas"});
    const auto* rolling = manifest::find(live, {"spec", "updateStrategy", "rollingUpdate"});
    if (strategy == "RollingUpdate" && rolling && rolling->is_object()) {
        const auto partition = integer(live, {"spec", "updateStrategy", "rollingUpdate", "partition"});
        if (wanted && partition && updated < *wanted - *partition)
            return progressing(
                fmt::format("Waiting for partitioned roll out to finish: {} out of {} new pods have been updated...",
                            updated, *wanted - *partition));
        return healthy(fmt::format("partitioned roll out complete: {} new pods have been updated...", updated));
    }
    if (strategy == "OnDelete")
        return healthy(fmt::format("statefulset has {} ready pods", ready));
    const auto updateRevision = text(live, {"status", "updateRevision"});
    const auto currentRevision = text(live, {"status", "currentRevision"});
    if (updateRevision != currentRevision)
        return progressing(fmt::format("waiting for statefulset rolling update to complete {} pods at revision {}...",
                                       updated, updateRevision));
    return healthy(fmt::format("statefulset rolling update complete {} pods at revision {}...",
                               number(live, {"status", "currentReplicas"}), currentRevision));
}

std::optional<Assessment> daemonSet(const Value& live)
{
    if (auto wrong = unsupported(live, "DaemonSet", "apps/v1"))
        return wrong;
    if (generationIsAhead(live))
        return progressing(
            "Waiting for rollout to finish: observed daemon set generation less than desired generation");
    const auto updated = number(live, {"status", "updatedNumberScheduled"});
    const auto desired = number(live, {"status", "desiredNumberScheduled"});
    const auto available = number(live, {"status", "numberAvailable"});
    if (text(live, {"spec", "updateStrategy", "type"}) == "OnDelete")
        return healthy(fmt::format("daemon set {} out of {} new pods have been updated", updated, desired));
    if (updated < desired)
        return progressing(
            fmt::format("Waiting for daemon set \"{}\" rollout to finish: {} out of {} new pods have been updated...",
                        manifest::name(live), updated, desired));
    if (available < desired)
        return progressing(
            fmt::format("Waiting for daemon set \"{}\" rollout to finish: {} of {} updated pods are available...",
                        manifest::name(live), available, desired));
    return healthy();
}

/// The first container that failed, in Argo CD's words; empty when none did.
std::string failureOf(const Value& pod)
{
    for (const auto* list : {"initContainerStatuses", "containerStatuses"}) {
        for (const auto& status : manifest::array(pod, {"status", list})) {
            const auto* ended = manifest::find(status, {"state", "terminated"});
            if (!ended || !ended->is_object())
                continue;
            const auto message = text(*ended, {"message"});
            if (!message.empty())
                return std::string(message);
            if (text(*ended, {"reason"}) == "OOMKilled")
                return "OOMKilled";
            const auto code = number(*ended, {"exitCode"});
            if (code != 0)
                return fmt::format("container \"{}\" failed with exit code {}", text(status, {"name"}), code);
        }
    }
    return {};
}

bool isHook(const Value& live)
{
    return !manifest::annotation(live, "argocd.argoproj.io/hook").empty()
        || !manifest::annotation(live, "helm.sh/hook").empty();
}

std::optional<Assessment> waitingTrouble(const Value& pod)
{
    std::vector<std::string> messages;
    bool trouble = false;
    for (const auto& status : manifest::array(pod, {"status", "containerStatuses"})) {
        const auto reason = text(status, {"state", "waiting", "reason"});
        if (reason.empty() || !(reason.starts_with("Err") || reason.ends_with("Error") || reason.ends_with("BackOff")))
            continue;
        trouble = true;
        messages.emplace_back(text(status, {"state", "waiting", "message"}));
    }
    if (!trouble)
        return std::nullopt;
    return degraded(join(messages, ", "));
}

Assessment runningPod(const Value& live, bool alwaysLike)
{
    const auto message = text(live, {"status", "message"});
    if (!alwaysLike)
        return progressing(message);
    const auto ready = condition(live, "Ready");
    if (ready && ready->isTrue())
        return healthy(message);
    for (const auto& status : manifest::array(live, {"status", "containerStatuses"})) {
        const auto* last = manifest::find(status, {"lastState", "terminated"});
        if (last && last->is_object())
            return degraded(message);
    }
    return progressing(message);
}

std::optional<Assessment> pod(const Value& live)
{
    if (auto wrong = unsupported(live, "Pod", "v1"))
        return wrong;
    const bool ignorePolicy =
        manifest::annotation(live, "argocd.argoproj.io/ignore-restart-policy") == "true" && !isHook(live);
    const bool alwaysLike = ignorePolicy || text(live, {"spec", "restartPolicy"}) == "Always";
    if (alwaysLike) {
        if (auto trouble = waitingTrouble(live))
            return trouble;
    }
    const auto phase = text(live, {"status", "phase"});
    const auto message = text(live, {"status", "message"});
    if (phase == "Pending")
        return progressing(message);
    if (phase == "Succeeded")
        return healthy(message);
    if (phase == "Failed")
        return degraded(message.empty() ? failureOf(live) : std::string(message));
    if (phase == "Running")
        return runningPod(live, alwaysLike);
    return unknown(message);
}

std::optional<Assessment> job(const Value& live)
{
    if (auto wrong = unsupported(live, "Job", "batch/v1"))
        return wrong;
    bool complete = false;
    bool failed = false;
    bool isSuspended = false;
    std::string_view message;
    for (const auto& view : conditions(live)) {
        if (view.type != "Failed" && view.type != "Complete" && view.type != "Suspended")
            continue;
        complete = true;
        message = view.message;
        failed = failed || view.type == "Failed";
        isSuspended = isSuspended || (view.type == "Suspended" && view.isTrue());
    }
    if (!complete)
        return progressing();
    if (failed)
        return degraded(message);
    return isSuspended ? suspended(message) : healthy(message);
}

std::optional<Assessment> cronJob(const Value& live)
{
    if (flag(live, {"spec", "suspend"}))
        return healthy("CronJob is Suspended");
    const auto* status = manifest::find(live, {"status"});
    if (!status || !status->is_object())
        return progressing("Waiting for CronJob");
    const auto scheduled = text(*status, {"lastScheduleTime"});
    const auto successful = text(*status, {"lastSuccessfulTime"});
    if (scheduled.empty())
        return healthy("CronJob has not been scheduled yet");
    if (successful.empty())
        return healthy("The CronJob never completed successfully. It may not be healthy");
    if (!manifest::array(*status, {"active"}).empty())
        return healthy("The job is running. Its last execution may not have been successful");
    if (successful < scheduled)
        return degraded("CronJob has not completed its last execution successfully");
    return healthy("CronJob has completed its last execution successfully");
}

} // namespace

OptionalRule workloadRule(const manifest::GroupKind& kind)
{
    if (kind.group == "apps") {
        if (kind.kind == "Deployment")
            return deployment;
        if (kind.kind == "ReplicaSet")
            return replicaSet;
        if (kind.kind == "StatefulSet")
            return statefulSet;
        if (kind.kind == "DaemonSet")
            return daemonSet;
    }
    if (kind.group.empty() && kind.kind == "Pod")
        return pod;
    if (kind.group == "batch" && kind.kind == "Job")
        return job;
    if (kind.group == "batch" && kind.kind == "CronJob")
        return cronJob;
    return nullptr;
}

} // namespace core::health
