// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/manifest/resource.h"
#include "core/rollout/load_balancers.h"

#include <optional>
#include <string>
#include <vector>

/// Deciding what happens to a Rollout next: pure functions of what stands in the cluster and the time.
namespace core::rollout {

/// What one pass over a Rollout looks at, as the API server gave it.
struct Observed
{
    manifest::Value rollout;
    std::vector<manifest::Value> replicaSets; ///< that the Rollout owns
    std::vector<manifest::Value> analysisRuns; ///< that the Rollout owns
    std::vector<manifest::Value> experiments {}; ///< that the Rollout owns
    std::vector<manifest::Value> services; ///< of the namespace
    std::vector<manifest::Value> templates; ///< AnalysisTemplates of the namespace, ClusterAnalysisTemplates
    std::vector<manifest::Value> routes; ///< VirtualServices, DestinationRules, Ingresses and the like
    std::vector<manifest::Value> pods; ///< of the ReplicaSets; needed for restarts and ephemeral metadata only
    manifest::Value workload; ///< of workloadRef; null where there is none
    /// Those that ALB's Ingresses name, where wantsLoadBalancers(); none: weights are not verified.
    std::optional<std::vector<LoadBalancer>> loadBalancers {};
    std::vector<TargetRegistration> targets {}; ///< of the Service in serviceToVerify()
};

struct Write
{
    enum class Verb : std::uint8_t { Create, Replace, Merge, Delete, Evict };
    Verb verb = Verb::Merge;
    /// Whole for Create and Replace; else apiVersion, kind, namespace and name.
    manifest::Value object;
    manifest::Value patch {}; ///< Merge
    std::string subresource {};
};

struct PlannedEvent
{
    bool warning = false;
    std::string reason;
    std::string message;
};

/// To be carried out in this order; where one fails, the rest is left to the next pass.
struct Plan
{
    std::vector<Write> writes;
    std::vector<PlannedEvent> events;
    std::optional<TimePoint> due; ///< when to look again though nothing has changed
    std::string waitingFor; ///< the gate that holds the rollout, in words; "" when nothing does
};

struct PlanOptions
{
    /// An abort's scale-down delay longer than this is not waited for, as in the original.
    Duration resync = std::chrono::minutes(15);
    /// A preview: what routes traffic is not among what is observed, and counts as told.
    bool withoutRouters = false;
};

[[nodiscard]] Plan planRollout(const Observed& observed, TimePoint now, const PlanOptions& options = {});

struct PhaseMessage
{
    std::string phase;
    std::string message;
};
/// status.phase and status.message of a spec and status.
[[nodiscard]] PhaseMessage phaseOf(const manifest::Value& rollout);

/// An AnalysisRun's spec from the templates that a use site names. `rollout` is null for runs made by hand.
[[nodiscard]] Result<manifest::Value> analysisSpec(const manifest::Value& analysis,
                                                   const std::vector<manifest::Value>& templates,
                                                   const manifest::Value& rollout, std::string_view stableHash,
                                                   std::string_view latestHash);

} // namespace core::rollout
