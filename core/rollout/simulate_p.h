// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Inside the room: what the plays of Rollouts and of InferenceServices share.

#include "core/rollout/plan.h"
#include "core/rollout/simulate.h"

#include <algorithm>

namespace core::rollout {

inline constexpr int kMostPasses = 20'000;
inline constexpr auto kLongestPlay = std::chrono::hours(24 * 30);

/// Adds the extended resources (GPUs) that a container asks for.
void addExtendedResources(std::map<std::string, std::int64_t>& out, const manifest::Value& container);
/// "setWeight: 20", "pause: 5m", "analysis: latency" ...
[[nodiscard]] std::string describeStep(const manifest::Value& step);
/// Lets an AnalysisRun or Experiment take its time and succeed; when it moves next, TimePoint::max() where it does not.
TimePoint finishRun(manifest::Value& run, TimePoint now, Duration podReady);
/// Adds what stands still for a time: a state that differs from the one before.
void addMoment(Simulation& play, SimulationMoment moment);
/// Warns where the update takes more than is free beside what `usual` pods take.
void warnOfResources(Simulation& play, const std::map<std::string, std::int64_t>& perPod, std::int64_t usual,
                     const std::map<std::string, std::int64_t>& free);
/// Templates for those that are not at hand, which are played as if they took no time; a warning for each.
void addMissingTemplates(Simulation& play, std::vector<manifest::Value>& templates, const manifest::Value& strategy);

/// Lets the planner and what it plans for take turns until nothing moves any more. False: it does not come to an end.
template<class World>
bool playToTheEnd(World& world, TimePoint& now, bool record)
{
    const auto end = now + kLongestPlay;
    for (int pass = 0; pass < kMostPasses && now < end; ++pass) {
        auto next = world.follow();
        const Plan plan = world.plan();
        for (const auto& write : plan.writes)
            world.apply(write, record);
        if (record)
            world.note();
        if (!plan.writes.empty())
            continue;
        next = std::min(next, world.follow());
        if (next <= now)
            continue;
        if (world.isSettled())
            return true;
        const bool due = plan.due && *plan.due > now;
        if (next == TimePoint::max() && world.waitsForPerson(due)) {
            world.promote();
            continue;
        }
        if (due)
            next = std::min(next, *plan.due);
        if (next == TimePoint::max())
            return true;
        now = next;
    }
    return false;
}

/// simulate() of an InferenceService with canary steps.
[[nodiscard]] Result<Simulation> simulateKServe(const manifest::Value& service, const SimulationOptions& options);

} // namespace core::rollout
