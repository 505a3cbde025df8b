// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rollout/plan.h"

/// Canaries of KServe's InferenceServices: canaryTrafficPercent driven by the steps and analyses of a Rollout.
///
/// The steps stand in the annotation `rollouts.pilothouse.io/canary` as JSON, in the form of a Rollout's
/// strategy.canary: {"steps": [{"setWeight": 10}, {"pause": {"duration": "5m"}}, {"analysis": {...}}], "analysis":
/// {...}}. What the controller knows stands in `rollouts.pilothouse.io/status`, so that a new controller goes on from
/// there. A person acts by the annotation `rollouts.pilothouse.io/action`: "promote", "promote-full", "abort" or
/// "retry"; it is removed once it has been carried out.
namespace core::rollout {

inline constexpr std::string_view kKServeCanary = "rollouts.pilothouse.io/canary";
inline constexpr std::string_view kKServeStatus = "rollouts.pilothouse.io/status";
inline constexpr std::string_view kKServeAction = "rollouts.pilothouse.io/action";

struct KServeObserved
{
    manifest::Value service; ///< the InferenceService
    std::vector<manifest::Value> analysisRuns; ///< that it owns
    std::vector<manifest::Value> templates;
};

[[nodiscard]] bool isKServeCanary(const manifest::Value& service);
/// Whether two InferenceServices run the same version: what the predictor says beside its traffic and scale.
[[nodiscard]] bool samePredictor(const manifest::Value& one, const manifest::Value& other);
/// The next writes. Pure. Empty for services without the annotation.
[[nodiscard]] Plan planKServe(const KServeObserved& observed, TimePoint now);
/// The controller's status as it stands in the annotation: phase, message, currentStepIndex, stableHash, currentHash
/// ...
[[nodiscard]] manifest::Value kserveStatus(const manifest::Value& service);
/// The InferenceService in the form of a Rollout, for views: steps, step index, hashes, weight, pause and phase. Keeps
/// its own apiVersion and kind.
[[nodiscard]] manifest::Value kserveAsRollout(const manifest::Value& service);

} // namespace core::rollout
