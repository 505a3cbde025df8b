// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/sim/pods.h"

#include <boost/json.hpp>

namespace core::embedded::sim {

using manifest::text;
using std::chrono::seconds;

Initialisation initialise(World& world, const Value& pod, TimePoint begin)
{
    Initialisation out;
    out.until = begin;
    for (const auto& container : manifest::array(pod, {"spec", "initContainers"})) {
        const auto name = text(container, {"name"});
        const auto image = text(container, {"image"});
        const bool sidecar = text(container, {"restartPolicy"}) == "Always";
        const auto from = out.until + world.options().start;
        const auto to = from + (sidecar ? Duration::zero() : Duration(seconds(1)));
        const bool begun = out.incomplete.empty() && world.now >= from;
        const bool done = begun && world.now >= to;
        if (out.incomplete.empty() && !done)
            world.wakeAt(begun ? to : from);
        Object entry {{"name", name},
                      {"image", image},
                      {"imageID", begun ? imageId(image) : std::string()},
                      {"ready", done},
                      {"started", begun && (sidecar || !done)},
                      {"restartCount", 0},
                      {"lastState", Object {}}};
        if (begun)
            entry["containerID"] = containerId(pod, name);
        entry["state"] = !begun ? waitingState("PodInitializing")
            : !done || sidecar  ? runningState(from)
                                : terminatedState(from, to, 0, "Completed");
        out.statuses.push_back(std::move(entry));
        out.until = to;
        if (!done)
            out.incomplete += (out.incomplete.empty() ? "" : " ") + std::string(name);
    }
    return out;
}

void endSidecars(Array& statuses, TimePoint at)
{
    for (auto& status : statuses) {
        const auto from = timeOf(status, {"state", "running", "startedAt"}, at);
        if (manifest::find(status, {"state", "running"}) == nullptr)
            continue;
        auto& members = status.get_object();
        members["state"] = terminatedState(from, at, 0, "Completed");
        members["ready"] = members["started"] = false;
    }
}

} // namespace core::embedded::sim
