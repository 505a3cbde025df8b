// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/views.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace core::engine {

using manifest::array;
using manifest::integer;
using manifest::text;
using manifest::Value;

namespace {

/// kubectl's STATUS column: the reason of a container that does not run beats the phase.
std::string podStatus(const Value& pod)
{
    if (manifest::find(pod, {"metadata", "deletionTimestamp"}) != nullptr)
        return "Terminating";
    std::string status(text(pod, {"status", "reason"}));
    if (status.empty())
        status = text(pod, {"status", "phase"});
    for (const auto* list : {"initContainerStatuses", "containerStatuses"})
        for (const auto& container : array(pod, {"status", list})) {
            for (const auto* state : {"waiting", "terminated"}) {
                const auto reason = text(container, {"state", state, "reason"});
                if (!reason.empty() && reason != "Completed")
                    return std::string(reason);
            }
        }
    return status;
}

std::string ratio(const Value& object, manifest::Path ready, manifest::Path wanted, std::int64_t otherwise)
{
    return fmt::format("{}/{}", integer(object, ready).value_or(0), integer(object, wanted).value_or(otherwise));
}

} // namespace

std::string statusText(const Value& live)
{
    const auto kind = manifest::kind(live);
    if (kind == "Pod")
        return podStatus(live);
    if (kind == "ReplicaSet" || kind == "Deployment" || kind == "StatefulSet")
        return ratio(live, {"status", "readyReplicas"}, {"spec", "replicas"}, 1);
    if (kind == "Rollout") {
        const auto weight = integer(live, {"status", "canary", "weights", "canary", "weight"});
        const auto replicas = ratio(live, {"status", "readyReplicas"}, {"spec", "replicas"}, 1);
        return weight && *weight > 0 ? fmt::format("{} · {} %", replicas, *weight) : replicas;
    }
    if (kind == "DaemonSet")
        return ratio(live, {"status", "numberReady"}, {"status", "desiredNumberScheduled"}, 0);
    if (kind == "Job")
        return ratio(live, {"status", "succeeded"}, {"spec", "completions"}, 1);
    if (kind == "HorizontalPodAutoscaler")
        return ratio(live, {"status", "currentReplicas"}, {"spec", "maxReplicas"}, 0);
    if (kind == "Service")
        return std::string(text(live, {"spec", "type"}));
    if (kind == "AnalysisRun" || kind == "PersistentVolumeClaim" || kind == "Namespace")
        return std::string(text(live, {"status", "phase"}));
    if (kind == "InferenceService")
        for (const auto& condition : array(live, {"status", "conditions"}))
            if (text(condition, {"type"}) == "Ready")
                return text(condition, {"status"}) == "True" ? "Ready" : std::string(text(condition, {"reason"}));
    return {};
}

std::vector<Event> viewEvents(const std::vector<std::shared_ptr<const Value>>& events, std::size_t limit)
{
    // A busy cluster has tens of thousands; only those that are shown are made.
    std::vector<std::pair<TimePoint, const Value*>> times;
    times.reserve(events.size());
    for (const auto& object : events) {
        auto at = timeAt(*object, {"lastTimestamp"});
        if (!at)
            at = timeAt(*object, {"eventTime"});
        if (!at)
            at = timeAt(*object, {"metadata", "creationTimestamp"});
        times.emplace_back(at.value_or(TimePoint {}), object.get());
    }
    const auto end = times.begin() + static_cast<std::ptrdiff_t>(std::min(limit, times.size()));
    std::partial_sort(times.begin(), end, times.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    times.erase(end, times.end());
    std::vector<Event> out;
    out.reserve(times.size());
    for (const auto& [at, object] : times) {
        Event event;
        event.at = at;
        event.object = {manifest::parseGroupVersion(text(*object, {"involvedObject", "apiVersion"})).group,
                        std::string(text(*object, {"involvedObject", "kind"})),
                        std::string(text(*object, {"involvedObject", "namespace"})),
                        std::string(text(*object, {"involvedObject", "name"}))};
        event.warning = text(*object, {"type"}) == "Warning";
        event.reason = text(*object, {"reason"});
        event.message = text(*object, {"message"});
        event.count = integer(*object, {"count"}).value_or(1);
        out.push_back(std::move(event));
    }
    return out;
}

} // namespace core::engine
