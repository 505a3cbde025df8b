// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/manifest/value.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// What an update of a Rollout will do, computed before anything is deployed.
namespace core::rollout {

struct SimulationOptions
{
    Duration podReady = std::chrono::seconds(30); ///< from wanted to available
    std::vector<manifest::Value> templates {}; ///< AnalysisTemplates and ClusterAnalysisTemplates, for their durations
    std::map<std::string, std::int64_t> free {}; ///< extended resources free beside what the Rollout uses now
};

/// The state from a moment on, until the next one.
struct SimulationMoment
{
    Duration at {}; ///< since the new version was asked for
    std::int64_t step = -1; ///< index of the step in progress; -1 where there is none
    std::string what; ///< "setWeight: 20", "pause: 5m", "done" ...
    std::int64_t weight = 0; ///< of the new version: traffic where it is routed, else its share of the pods
    std::int64_t canary = 0, stable = 0; ///< pods wanted of the new version and of all others
    std::int64_t available = 0; ///< pods of both
    std::map<std::string, std::int64_t> resources {}; ///< extended resources that all pods take
};

struct Simulation
{
    std::vector<SimulationMoment> moments;
    Duration length {}; ///< until the new version is the stable one; persons take no time
    Duration settled {}; ///< until the old version is gone too
    int persons = 0; ///< pauses that a person ends
    std::int64_t least = 0, most = 0; ///< pods available and pods in all, over the whole update
    std::map<std::string, std::int64_t> peak {}; ///< extended resources at their peak
    std::vector<std::string> warnings;
};

/// Plays an update of a healthy Rollout to a new version with the controller's own planner in virtual time: pods become
/// available after podReady, analyses and experiments take the time that their metrics say and succeed, persons promote
/// at once. Pure. InvalidInput where the Rollout would be refused.
/// An InferenceService with canary steps (core/rollout/kserve.h) is played likewise, by minReplicas of its predictor:
/// what KServe's autoscaler adds under load is not foreseen.
[[nodiscard]] Result<Simulation> simulate(const manifest::Value& rollout, const SimulationOptions& options = {});

/// How long an analysis (`{templates: [{templateName: …}]}`) takes when all goes well; nullopt where it has no end of
/// its own or a template is not among the given ones.
[[nodiscard]] std::optional<Duration> analysisLength(const manifest::Value& analysis,
                                                     const std::vector<manifest::Value>& templates);

} // namespace core::rollout
