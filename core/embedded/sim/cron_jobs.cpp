// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/sim/cron_jobs.h"

#include "core/base/cron.h"

#include <boost/json.hpp>

#include <algorithm>

namespace core::embedded::sim {

using manifest::integer;
using manifest::text;
using std::chrono::seconds;

namespace {

constexpr std::string_view kController = "cronjob-controller";
constexpr int kMostMissed = 100'000;

/// Cron schedules speak of local time: what is due after a moment, in UTC.
std::optional<TimePoint> nextAfter(const Cron& cron, const std::string& zone, TimePoint moment)
{
    const auto offset = zone.empty() ? seconds(0) : zoneOffset(zone, std::chrono::floor<seconds>(moment));
    const auto next = cron.next(moment + offset);
    return next ? std::optional(*next - offset) : std::nullopt;
}

/// The latest time that was due and has not been served.
std::optional<TimePoint> missedTime(World& world, const Value& owner, const Cron& cron, const std::string& zone)
{
    auto from =
        timeOf(owner, {"status", "lastScheduleTime"}, timeOf(owner, {"metadata", "creationTimestamp"}, world.now));
    if (const auto deadline = integer(owner, {"spec", "startingDeadlineSeconds"}))
        from = std::max(from, world.now - seconds(std::clamp<std::int64_t>(*deadline, 0, 1'000'000'000)));
    std::optional<TimePoint> latest;
    int missed = 0;
    for (auto next = nextAfter(cron, zone, from); next && *next <= world.now && missed < kMostMissed; ++missed) {
        latest = next;
        next = nextAfter(cron, zone, *next);
    }
    if (missed > 100)
        world.event(
            owner, "Warning", "TooManyMissedTimes",
            fmt::format("too many missed start times: {}. Set or decrease .spec.startingDeadlineSeconds or check "
                        "clock skew",
                        missed),
            kController);
    return latest;
}

bool isTrue(const Value& job, std::string_view type)
{
    const auto* found = condition(job, type);
    return found != nullptr && text(*found, {"status"}) == "True";
}

void keepHistory(World& world, const Value& owner, std::vector<ObjectPtr> finished, std::int64_t limit)
{
    std::sort(finished.begin(), finished.end(), [&](const ObjectPtr& a, const ObjectPtr& b) {
        return timeOf(*a, {"status", "startTime"}, world.now) < timeOf(*b, {"status", "startTime"}, world.now);
    });
    for (std::size_t i = 0; i + static_cast<std::size_t>(std::max<std::int64_t>(limit, 0)) < finished.size(); ++i) {
        world.remove(*finished[i]);
        world.event(owner, "Normal", "SuccessfulDelete", fmt::format("Deleted job {}", manifest::name(*finished[i])),
                    kController);
    }
}

/// Whether the job exists now.
bool createJob(World& world, const Value& owner, TimePoint due)
{
    const auto minutes = std::chrono::floor<std::chrono::minutes>(due).time_since_epoch().count();
    const auto name = fmt::format("{}-{}", manifest::name(owner), minutes);
    Object metadata = manifest::object(owner, {"spec", "jobTemplate", "metadata"});
    metadata["name"] = name;
    metadata["namespace"] = manifest::nameSpace(owner);
    metadata["ownerReferences"] = Array {ownerReference(owner)};
    Value job = Object {{"apiVersion", "batch/v1"},
                        {"kind", "Job"},
                        {"metadata", std::move(metadata)},
                        {"spec", manifest::object(owner, {"spec", "jobTemplate", "spec"})}};
    manifest::setAnnotation(job, "batch.kubernetes.io/cronjob-scheduled-timestamp", formatRfc3339(due));
    const auto made = world.create(job);
    if (made)
        world.event(owner, "Normal", "SuccessfulCreate", fmt::format("Created job {}", name), kController);
    else if (made.error().code != Error::Code::AlreadyExists)
        world.event(owner, "Warning", "FailedCreate", "Error creating job: " + made.error().message, kController);
    return made || made.error().code == Error::Code::AlreadyExists;
}

/// Starts what is due. Returns when that was, where a job was started.
std::optional<TimePoint> start(World& world, const Value& owner, const std::vector<ObjectPtr>& active)
{
    const auto cron = Cron::parse(text(owner, {"spec", "schedule"}));
    const std::string zone(text(owner, {"spec", "timeZone"}));
    if (!cron) {
        world.event(owner, "Warning", "UnparseableSchedule", "unparseable schedule: " + cron.error().message,
                    kController);
        return {};
    }
    if (const auto next = nextAfter(*cron, zone, world.now))
        world.wakeAt(*next);
    const auto due = missedTime(world, owner, *cron, zone);
    if (!due)
        return {};
    const auto policy = text(owner, {"spec", "concurrencyPolicy"});
    if (policy == "Forbid" && !active.empty()) {
        world.event(owner, "Normal", "JobAlreadyActive",
                    "Not starting job because prior execution is running and concurrency policy is Forbid",
                    kController);
        return {};
    }
    if (policy == "Replace") {
        for (const auto& job : active)
            world.remove(*job);
    }
    return createJob(world, owner, *due) ? due : std::nullopt;
}

/// What the status says of a job already: its resourceVersion stays that of the start.
const Value* referenceTo(const Value& owner, std::string_view uid)
{
    for (const auto& reference : manifest::array(owner, {"status", "active"})) {
        if (text(reference, {"uid"}) == uid)
            return &reference;
    }
    return nullptr;
}

void run(World& world, const Value& owner)
{
    std::vector<ObjectPtr> active;
    std::vector<ObjectPtr> complete;
    std::vector<ObjectPtr> failed;
    auto lastSuccess = timeOf(owner, {"status", "lastSuccessfulTime"}, TimePoint {});
    for (const auto& job : world.children(owner, "Job")) {
        if (isTrue(*job, "Complete")) {
            complete.push_back(job);
            lastSuccess = std::max(lastSuccess, timeOf(*job, {"status", "completionTime"}, TimePoint {}));
        } else {
            (isTrue(*job, "Failed") ? failed : active).push_back(job);
        }
    }
    for (const auto& reference : manifest::array(owner, {"status", "active"})) {
        const auto name = text(reference, {"name"});
        for (const auto* list : {&complete, &failed}) {
            for (const auto& job : *list) {
                if (manifest::name(*job) == name)
                    world.event(owner, "Normal", "SawCompletedJob",
                                fmt::format("Saw completed job: {}, condition: {}", name,
                                            list == &failed ? "Failed" : "Complete"),
                                kController);
            }
        }
    }
    keepHistory(world, owner, complete, integer(owner, {"spec", "successfulJobsHistoryLimit"}).value_or(3));
    keepHistory(world, owner, failed, integer(owner, {"spec", "failedJobsHistoryLimit"}).value_or(1));
    const auto started = manifest::flag(owner, {"spec", "suspend"}) ? std::nullopt : start(world, owner, active);
    Object status;
    Array references;
    for (const auto& job : active) {
        if (const auto* known = referenceTo(owner, manifest::uid(*job)); known != nullptr) {
            references.push_back(*known);
            continue;
        }
        references.push_back(Object {{"apiVersion", "batch/v1"},
                                     {"kind", "Job"},
                                     {"name", manifest::name(*job)},
                                     {"namespace", manifest::nameSpace(*job)},
                                     {"resourceVersion", text(*job, {"metadata", "resourceVersion"})},
                                     {"uid", manifest::uid(*job)}});
    }
    if (!references.empty())
        status["active"] = std::move(references);
    if (started)
        status["lastScheduleTime"] = formatRfc3339(*started);
    else if (const auto before = text(owner, {"status", "lastScheduleTime"}); !before.empty())
        status["lastScheduleTime"] = before;
    if (lastSuccess != TimePoint {})
        status["lastSuccessfulTime"] = formatRfc3339(lastSuccess);
    world.writeStatus(owner, status);
}

} // namespace

void runCronJobs(World& world)
{
    for (const auto& owner : world.list("batch", "CronJob")) {
        if (world.alive(*owner))
            run(world, *owner);
    }
}

} // namespace core::embedded::sim
