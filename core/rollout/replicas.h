// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/manifest/value.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// The arithmetic of replicas and weights, on Rollouts as they stand in the cluster. Pure.
namespace core::rollout {

/// What the arithmetic needs to know of a ReplicaSet.
struct ReplicaCount
{
    std::string name;
    std::int64_t spec = 0; ///< spec.replicas
    std::int64_t replicas = 0; ///< status.replicas
    std::int64_t available = 0;
};

struct Split
{
    std::int64_t canary = 0;
    std::int64_t stable = 0;
    friend bool operator==(const Split&, const Split&) = default;
};

/// Canary and stable weights as the status or the router has them.
using Weights = std::optional<Split>;

[[nodiscard]] const manifest::Value& canarySpec(const manifest::Value& rollout); ///< strategy.canary, or null
[[nodiscard]] const manifest::Array& canarySteps(const manifest::Value& rollout);
[[nodiscard]] bool isCanary(const manifest::Value& rollout);
[[nodiscard]] bool hasTrafficRouting(const manifest::Value& rollout);
[[nodiscard]] bool hasDynamicStableScale(const manifest::Value& rollout);
[[nodiscard]] std::int64_t maxWeightOf(const manifest::Value& rollout);
[[nodiscard]] std::int64_t wantedReplicas(const manifest::Value& rollout);
/// nullopt: no steps. The index may equal the number of steps: all done.
[[nodiscard]] std::optional<std::size_t> currentStepIndex(const manifest::Value& rollout);
/// The step in progress; null when there is none.
[[nodiscard]] const manifest::Value* currentStep(const manifest::Value& rollout);

struct Limits
{
    std::int64_t maxSurge = 0;
    std::int64_t maxUnavailable = 0;
};
[[nodiscard]] Limits surgeLimits(const manifest::Value& rollout);

[[nodiscard]] std::int64_t weightToReplicas(std::int64_t replicas, std::int64_t weight, std::int64_t maxWeight);
[[nodiscard]] Split approximateSplit(std::int64_t replicas, std::int64_t weight, std::int64_t maxWeight,
                                     std::int64_t maxSurge);
[[nodiscard]] std::int64_t desiredWeight(const manifest::Value& rollout, const ReplicaCount* canary,
                                         const ReplicaCount* stable);
/// What `get rollout` shows as SetWeight.
[[nodiscard]] std::int64_t currentSetWeight(const manifest::Value& rollout);

struct ReplicasOrWeight
{
    std::optional<std::int64_t> replicas;
    std::int64_t weight = 0;
};
[[nodiscard]] ReplicasOrWeight replicasOrWeight(const manifest::Value& rollout, const ReplicaCount* canary,
                                                const ReplicaCount* stable);
/// delays.abortScaleDownDelaySeconds; nullopt where it is not set.
[[nodiscard]] std::optional<std::int64_t> abortScaleDownDelay(const manifest::Value& rollout);

/// Next counts of a canary without traffic routing.
[[nodiscard]] Split basicSplit(const manifest::Value& rollout, const ReplicaCount* canary, const ReplicaCount* stable,
                               const std::vector<ReplicaCount>& older);
/// Counts with traffic routing.
[[nodiscard]] Split trafficRoutedSplit(const manifest::Value& rollout, const ReplicaCount* canary,
                                       const ReplicaCount* stable, const Weights& weights);
[[nodiscard]] std::int64_t replicasForScaleDown(const ReplicaCount* replicaSet, bool ignoreAvailability);
[[nodiscard]] bool thresholdMet(const manifest::Value* threshold, const ReplicaCount* replicaSet, std::int64_t desired);
[[nodiscard]] bool atDesiredCounts(const manifest::Value& rollout, const ReplicaCount* canary,
                                   const ReplicaCount* stable, const std::vector<ReplicaCount>& older,
                                   const Weights& weights);

/// A pause's duration in seconds: 0 where it has none, -1 where it cannot be read.
[[nodiscard]] std::int64_t pauseSeconds(const manifest::Value* duration);
[[nodiscard]] bool isTrue(const manifest::Value& object, manifest::Path path);

} // namespace core::rollout
