// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/sim/world.h"

#include <boost/json.hpp>

#include <cmath>

namespace core::embedded::sim {

using manifest::integer;
using manifest::text;

namespace {

/// The simulated use of a pod as a share of its request, in percent: slow waves around 60.
double utilisation(const Value& target, TimePoint now)
{
    const auto seconds = std::chrono::duration<double>(now.time_since_epoch()).count();
    const auto phase = static_cast<double>(std::hash<std::string_view> {}(manifest::uid(target)) % 628) / 100.0;
    return 60.0 + 6.0 * std::sin(seconds / 600.0 + phase);
}

void run(World& world, const Value& scaler)
{
    const auto version = manifest::parseGroupVersion(text(scaler, {"spec", "scaleTargetRef", "apiVersion"}));
    const auto target = world.get(version.group, text(scaler, {"spec", "scaleTargetRef", "kind"}),
                                  manifest::nameSpace(scaler), text(scaler, {"spec", "scaleTargetRef", "name"}));
    auto conditions = conditionsOf(scaler);
    constexpr std::chrono::seconds period {15};
    world.wakeAt(world.now + period);
    const auto generation = integer(scaler, {"metadata", "generation"}).value_or(1);
    if (!target) {
        setCondition(conditions, world.now, "AbleToScale", "False", "FailedGetScale",
                     fmt::format("the HPA controller was unable to get the target's current scale: {} \"{}\" not found",
                                 text(scaler, {"spec", "scaleTargetRef", "kind"}),
                                 text(scaler, {"spec", "scaleTargetRef", "name"})));
        world.writeStatus(scaler,
                          Object {{"observedGeneration", generation},
                                  {"currentReplicas", 0},
                                  {"desiredReplicas", 0},
                                  {"currentMetrics", nullptr},
                                  {"conditions", std::move(conditions)}});
        return;
    }
    const auto current = integer(*target, {"spec", "replicas"}).value_or(1);
    const auto least = integer(scaler, {"spec", "minReplicas"}).value_or(1);
    const auto most = integer(scaler, {"spec", "maxReplicas"}).value_or(std::max<std::int64_t>(least, 1));
    const auto goal =
        integer(scaler, {"spec", "metrics", "0", "resource", "target", "averageUtilization"}).value_or(80);
    const auto use = utilisation(*target, world.now);
    auto wanted = current;
    if (const auto ratio = use / static_cast<double>(std::max<std::int64_t>(goal, 1));
        current > 0 && std::abs(ratio - 1) > 0.1 && ratio > 1)
        wanted = static_cast<std::int64_t>(std::ceil(static_cast<double>(current) * ratio));
    const auto bounded = current == 0 ? 0 : std::clamp(wanted, least, std::max(least, most));
    setCondition(
        conditions, world.now, "AbleToScale", "True", bounded == current ? "ReadyForNewScale" : "SucceededRescale",
        bounded == current ? std::string("recommended size matches current size")
                           : fmt::format("the HPA controller was able to update the target scale to {}", bounded));
    setCondition(conditions, world.now, "ScalingActive", current == 0 ? "False" : "True",
                 current == 0 ? "ScalingDisabled" : "ValidMetricFound",
                 current == 0 ? "scaling is disabled since the replica count of the target is zero"
                              : "the HPA was able to successfully calculate a replica count from cpu resource "
                                "utilization (percentage of request)");
    const bool limited = bounded != wanted;
    setCondition(conditions, world.now, "ScalingLimited", limited ? "True" : "False",
                 limited ? (wanted < bounded ? "TooFewReplicas" : "TooManyReplicas") : "DesiredWithinRange",
                 limited ? "the desired replica count is outside of the configured range"
                         : "the desired count is within the acceptable range");
    Object status {{"observedGeneration", generation},
                   {"currentReplicas", current},
                   {"desiredReplicas", bounded},
                   {"conditions", std::move(conditions)}};
    if (const auto last = text(scaler, {"status", "lastScaleTime"}); !last.empty())
        status["lastScaleTime"] = last;
    if (bounded != current) {
        status["lastScaleTime"] = formatRfc3339(world.now);
        world.event(
            scaler, "Normal", "SuccessfulRescale",
            fmt::format("New size: {}; reason: cpu resource utilization (percentage of request) above target", bounded),
            "horizontal-pod-autoscaler");
        world.patch(*target, Object {{"spec", Object {{"replicas", bounded}}}});
    }
    status["currentMetrics"] =
        Array {Value(Object {{"type", "Resource"},
                             {"resource",
                              Object {{"name", "cpu"},
                                      {"current",
                                       Object {{"averageUtilization", static_cast<std::int64_t>(use / 5) * 5},
                                               {"averageValue", "150m"}}}}}})};
    world.writeStatus(scaler, status);
}

} // namespace

void runAutoscalers(World& world)
{
    for (const auto& scaler : world.list("autoscaling", "HorizontalPodAutoscaler")) {
        if (world.alive(*scaler))
            run(world, *scaler);
    }
}

} // namespace core::embedded::sim
