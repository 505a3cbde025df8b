// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/sim/world.h"

#include <boost/json.hpp>

namespace core::embedded::sim {

using manifest::integer;
using manifest::text;

namespace {

void run(World& world, const Value& job)
{
    if (const auto* done = condition(job, "Complete"); done != nullptr && text(*done, {"status"}) == "True")
        return;
    if (const auto* failed = condition(job, "Failed"); failed != nullptr && text(*failed, {"status"}) == "True")
        return;
    const auto completions = integer(job, {"spec", "completions"}).value_or(1);
    const auto parallelism = integer(job, {"spec", "parallelism"}).value_or(1);
    const auto limit = integer(job, {"spec", "backoffLimit"}).value_or(6);
    const auto* podTemplate = manifest::find(job, {"spec", "template"});
    if (podTemplate == nullptr)
        return;
    std::int64_t succeeded = 0;
    std::int64_t failed = 0;
    std::int64_t ready = 0;
    TimePoint lastFailure {};
    for (const auto& pod : world.children(job, "Pod")) {
        const auto phase = text(*pod, {"status", "phase"});
        succeeded += phase == "Succeeded" ? 1 : 0;
        ready += isReady(*pod) ? 1 : 0;
        if (phase == "Failed") {
            ++failed;
            lastFailure = std::max(
                lastFailure,
                timeOf(*pod, {"status", "containerStatuses", "0", "state", "terminated", "finishedAt"}, world.now));
        }
    }
    auto conditions = conditionsOf(job);
    const auto started = timeOf(job, {"status", "startTime"}, world.now);
    Object status {{"startTime", formatRfc3339(started)},
                   {"ready", ready},
                   {"terminating", 0},
                   {"uncountedTerminatedPods", Object()}};
    std::int64_t active = 0;
    const auto deadline = integer(job, {"spec", "activeDeadlineSeconds"});
    const bool late = deadline && started + std::chrono::seconds(*deadline) <= world.now;
    const auto finish = [&](std::string_view early, std::string_view type, std::string_view reason,
                            std::string_view message) {
        setCondition(conditions, world.now, early, "True", reason, message);
        setCondition(conditions, world.now, type, "True", reason, message);
        world.event(job, type == "Failed" ? "Warning" : "Normal", type == "Failed" ? reason : "Completed",
                    type == "Failed" ? message : "Job completed", "job-controller");
    };
    if (succeeded >= completions) {
        finish("SuccessCriteriaMet", "Complete", "CompletionsReached", "Reached expected number of succeeded pods");
        status["completionTime"] = formatRfc3339(world.now);
    } else if (failed > limit) {
        finish("FailureTarget", "Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit");
    } else if (late) {
        finish("FailureTarget", "Failed", "DeadlineExceeded", "Job was active longer than specified deadline");
        std::string failure;
        (void)scalePods(world, job, *podTemplate, 0, failure);
    } else if (manifest::flag(job, {"spec", "suspend"})) {
        setCondition(conditions, world.now, "Suspended", "True", "JobSuspended", "Job suspended");
        std::string failure;
        (void)scalePods(world, job, *podTemplate, 0, failure);
    } else {
        const auto again =
            lastFailure + std::chrono::seconds(10) * (std::int64_t {1} << std::clamp<std::int64_t>(failed - 1, 0, 5));
        if (failed > 0 && again > world.now) {
            world.wakeAt(again);
        } else {
            std::string failure;
            active = static_cast<std::int64_t>(
                scalePods(world, job, *podTemplate, std::min(parallelism, completions - succeeded), failure).size());
        }
        if (deadline)
            world.wakeAt(started + std::chrono::seconds(*deadline));
    }
    if (active > 0)
        status["active"] = active;
    if (succeeded > 0)
        status["succeeded"] = succeeded;
    if (failed > 0)
        status["failed"] = failed;
    for (auto& entry : conditions)
        entry.as_object()["lastProbeTime"] = text(entry, {"lastTransitionTime"});
    if (!conditions.empty())
        status["conditions"] = std::move(conditions);
    world.writeStatus(job, status);
}

} // namespace

void runJobs(World& world)
{
    for (const auto& job : world.list("batch", "Job")) {
        if (world.alive(*job))
            run(world, *job);
    }
}

} // namespace core::embedded::sim
