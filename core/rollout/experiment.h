// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rollout/plan.h"

/// Experiments: versions that run side by side for a while and are compared by AnalysisRuns.
namespace core::rollout {

struct ExperimentObserved
{
    manifest::Value experiment;
    std::vector<manifest::Value> replicaSets; ///< that the Experiment owns
    std::vector<manifest::Value> analysisRuns; ///< that the Experiment owns
    std::vector<manifest::Value> services; ///< that the Experiment owns
    std::vector<manifest::Value> templates; ///< AnalysisTemplates of the namespace, ClusterAnalysisTemplates
};

/// The next writes of an Experiment, as Argo Rollouts' experiment controller makes them: a ReplicaSet per template
/// (and a Service where one is asked for), AnalysisRuns once all are available, the phase from both, and everything
/// scaled down again after scaleDownDelaySeconds. Pure.
[[nodiscard]] Plan planExperiment(const ExperimentObserved& observed, TimePoint now);

} // namespace core::rollout
