// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Inside the room: what the plays of Rollouts and of InferenceServices share.

#include "core/rollout/simulate.h"

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

/// simulate() of an InferenceService with canary steps.
[[nodiscard]] Result<Simulation> simulateKServe(const manifest::Value& service, const SimulationOptions& options);

} // namespace core::rollout
