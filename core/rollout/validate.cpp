// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollout/findings.h"
#include "core/rollout/json.h"
#include "core/rollout/replicas.h"

#include <fmt/format.h>

#include <algorithm>

namespace core::rollout {

using manifest::find;
using manifest::text;
using manifest::Value;

namespace {

bool routesBy(const Value& canary, std::initializer_list<std::string_view> routers)
{
    return std::any_of(routers.begin(), routers.end(), [&](std::string_view router) {
        return find(canary, {"trafficRouting", router}) != nullptr;
    });
}

/// The Services that the routers of a canary need.
std::string validateServices(const Value& canary)
{
    const auto* pingPong = find(canary, {"pingPong"});
    const bool bySubset = find(canary, {"trafficRouting", "istio", "destinationRule"}) != nullptr;
    const bool needed = routesBy(canary, {"alb", "smi", "apisix", "ambassador", "nginx", "appMesh", "traefik"})
        || (routesBy(canary, {"istio"}) && !bySubset);
    if (pingPong && pingPong->is_object()) {
        if (!routesBy(canary, {"alb", "istio", "plugins"})
            || routesBy(canary, {"smi", "apisix", "ambassador", "nginx", "appMesh", "traefik"}))
            return "spec.strategy.canary.pingPong: Invalid value: Ping-pong feature works with the ALB, Istio and "
                   "plugin "
                   "traffic routers only";
        const auto ping = text(*pingPong, {"pingService"});
        const auto pong = text(*pingPong, {"pongService"});
        if (ping.empty() || pong.empty())
            return fmt::format("spec.strategy.canary.pingPong.{}: Invalid value: \"\": Ping service and Pong service "
                               "must be set to use Ping-Pong feature",
                               ping.empty() ? "pingService" : "pongService");
        if (ping == pong)
            return "spec.strategy.canary.pingPong: This rollout uses the same service for the ping and pong services, "
                   "but "
                   "two different services are required.";
        if (routesBy(canary, {"alb"}) && text(canary, {"trafficRouting", "alb", "rootService"}).empty())
            return "spec.strategy.canary.trafficRouting.alb.rootService: rootService is required with ping-pong";
        return {};
    }
    for (const std::string_view field : {"canaryService", "stableService"})
        if (needed && text(canary, {field}).empty())
            return fmt::format("spec.strategy.canary.{}: Invalid value: \"\": this traffic routing needs the {} to be "
                               "set",
                               field, field);
    return {};
}

/// Canary and blue-green alike; "" where it is fine or absent.
std::string validateAntiAffinity(const Value& strategy, std::string_view name)
{
    const auto* affinity = find(strategy, {"antiAffinity"});
    if (!affinity || !affinity->is_object())
        return {};
    const auto* preferred = find(*affinity, {"preferredDuringSchedulingIgnoredDuringExecution"});
    const auto* required = find(*affinity, {"requiredDuringSchedulingIgnoredDuringExecution"});
    if ((preferred != nullptr) == (required != nullptr))
        return fmt::format("spec.strategy.{}.antiAffinity: Invalid value: AntiAffinity must have exactly one strategy "
                           "listed",
                           name);
    const auto weight = preferred ? manifest::integer(*preferred, {"weight"}).value_or(0) : 1;
    if (weight < 1 || weight > 100)
        return fmt::format("spec.strategy.{}.antiAffinity.preferredDuringSchedulingIgnoredDuringExecution.weight: "
                           "Invalid value: {}: must be in the range 1-100",
                           name, weight);
    return {};
}

/// Matches of a setHeaderRoute or setMirrorRoute step.
std::string validateRouteStep(const Value& canary, const Value& step, std::string_view kind)
{
    if (kind == "setHeaderRoute" && !routesBy(canary, {"istio", "alb", "apisix", "plugins"}))
        return "SetHeaderRoute requires TrafficRouting, supports Istio and ALB and Apisix";
    if (kind == "setMirrorRoute" && !routesBy(canary, {"istio", "plugins"}))
        return "SetMirrorRoute requires TrafficRouting, supports Istio only";
    const auto oneOf = [&](const Value* match) {
        int given = 0;
        for (const std::string_view field : {"exact", "prefix", "regex"})
            given += match && !text(*match, {field}).empty() ? 1 : 0;
        return given == 1;
    };
    for (const auto& match : manifest::array(step, {"match"})) {
        if (kind == "setHeaderRoute") {
            const auto* value = find(match, {"headerValue"});
            if (!oneOf(value))
                return "StringMatch value must have exactly one of the following set: exact, regex or prefix";
            if (routesBy(canary, {"alb"}) && text(*value, {"exact"}).empty())
                return "SetHeaderRoute match value invalid. ALB supports 'exact' value only";
            continue;
        }
        for (const std::string_view field : {"method", "path"})
            if (const auto* value = find(match, {field}); value && !oneOf(value))
                return "StringMatch value must have exactly one of the following set: exact, regex or prefix";
        for (const auto& [name, value] : manifest::object(match, {"headers"}))
            if (!oneOf(&value))
                return "StringMatch value must have exactly one of the following set: exact, regex or prefix";
    }
    bool managed = false;
    for (const auto& known : manifest::array(canary, {"trafficRouting", "managedRoutes"}))
        managed = managed || text(known, {"name"}) == text(step, {"name"});
    return managed ? std::string()
                   : fmt::format("the route {} is not in trafficRouting.managedRoutes", text(step, {"name"}));
}

std::string validateExperiment(const Value& canary, const Value& experiment)
{
    const bool weights = routesBy(canary, {"alb", "smi", "istio", "plugins"});
    for (const auto& entry : manifest::array(experiment, {"templates"})) {
        if (find(entry, {"weight"}) && !weights)
            return "Experiment template weight is only available for TrafficRouting with SMI, ALB, and Istio at this "
                   "time";
        if (const auto version = text(entry, {"specRef"}); version != "canary" && version != "stable")
            return "Invalid template step SpecRef: must be canary or stable";
    }
    return manifest::array(experiment, {"templates"}).empty() ? "an experiment needs templates" : std::string();
}

std::string validateCanary(const Value& rollout)
{
    const auto& canary = canarySpec(rollout);
    const bool routed = hasTrafficRouting(rollout);
    const auto zero = [&](std::string_view field) {
        const auto* value = find(canary, {field});
        return value && (intOrText(*value) == 0 || text(canary, {field}) == "0%")
            && !(value->is_string() && text(canary, {field}) != "0%" && text(canary, {field}) != "0");
    };
    if (!routed && zero("maxSurge") && zero("maxUnavailable"))
        return "MaxSurge and MaxUnavailable both can not be zero";
    const auto stable = text(canary, {"stableService"});
    if (!stable.empty() && stable == text(canary, {"canaryService"}))
        return "This rollout uses the same service for the stable and canary services, but two different services are "
               "required.";
    if (!routed && hasDynamicStableScale(rollout))
        return "dynamicStableScale can only be used with trafficRouting";
    if (!routed && find(canary, {"scaleDownDelaySeconds"}))
        return "Canary scaleDownDelaySeconds can only be used with traffic routing";
    if (hasDynamicStableScale(rollout) && find(canary, {"scaleDownDelaySeconds"}))
        return "dynamicStableScale cannot be used with scaleDownDelaySeconds";
    for (const auto& [plugin, config] : manifest::object(canary, {"trafficRouting", "plugins"}))
        if (plugin != "argoproj-labs/gatewayAPI")
            return fmt::format(
                "spec.strategy.canary.trafficRouting.plugins: {} is a program of Argo Rollouts' controller "
                "and is not run here; argoproj-labs/gatewayAPI is built in",
                std::string_view(plugin));
    if (auto wrong = validateServices(canary); !wrong.empty())
        return wrong;
    if (find(canary, {"trafficRouting", "maxTrafficWeight"}) && !routesBy(canary, {"nginx", "plugins"}))
        return "spec.strategy.canary.trafficRouting.maxTrafficWeight: Invalid value: MaxTrafficWeight is only "
               "supported "
               "for Nginx and plugins";
    if (auto wrong = validateAntiAffinity(canary, "canary"); !wrong.empty())
        return wrong;
    const auto& steps = canarySteps(rollout);
    for (std::size_t i = 0; i < steps.size(); ++i) {
        static constexpr std::string_view kKinds[] {"setWeight",      "pause",          "experiment",     "analysis",
                                                    "setCanaryScale", "setHeaderRoute", "setMirrorRoute", "plugin"};
        int exclusive = 0;
        int all = 0;
        for (const auto kind : kKinds) {
            if (!find(steps[i], {kind}))
                continue;
            ++all;
            exclusive += kind == "setWeight" || kind == "pause" || kind == "experiment" || kind == "analysis" ? 1 : 0;
        }
        if (all == 0 || exclusive > 1)
            return fmt::format("spec.strategy.steps[{}]: Invalid value: Step must have one of the following set: "
                               "experiment, setWeight, setCanaryScale or pause",
                               i);
        if (const auto weight = manifest::integer(steps[i], {"setWeight"});
            weight && (*weight < 0 || *weight > maxWeightOf(rollout)))
            return fmt::format(
                "spec.strategy.steps[{}].setWeight: Invalid value: {}: SetWeight needs to be between 0 and {}", i,
                *weight, maxWeightOf(rollout));
        if (const auto* duration = find(steps[i], {"pause", "duration"}); duration && pauseSeconds(duration) < 0)
            return fmt::format(
                "spec.strategy.steps[{}].pause.duration: Invalid value: Duration needs to be greater than 0", i);
        if (find(steps[i], {"setCanaryScale"}) && !routed)
            return fmt::format("spec.strategy.steps[{}]: SetCanaryScale requires TrafficRouting to be set", i);
        for (const std::string_view route : {"setHeaderRoute", "setMirrorRoute"})
            if (const auto* step = find(steps[i], {route}))
                if (const auto wrong = validateRouteStep(canary, *step, route); !wrong.empty())
                    return fmt::format("spec.strategy.steps[{}].{}: Invalid value: {}", i, route, wrong);
        if (const auto* experiment = find(steps[i], {"experiment"}))
            if (const auto wrong = validateExperiment(canary, *experiment); !wrong.empty())
                return fmt::format("spec.strategy.steps[{}].experiment: Invalid value: {}", i, wrong);
        if (find(steps[i], {"plugin"}))
            return fmt::format(
                "spec.strategy.steps[{}].plugin: step plugins are programs of Argo Rollouts' controller; "
                "they are not run here",
                i);
    }
    return {};
}

} // namespace

std::string validateRollout(const Value& rollout)
{
    const bool canary = isCanary(rollout);
    const auto* blueGreen = find(rollout, {"spec", "strategy", "blueGreen"});
    const bool isBlueGreen = blueGreen && blueGreen->is_object();
    if (canary == isBlueGreen)
        return canary ? "Multiple Strategies can not be listed"
                      : "Rollout has missing field '.spec.strategy.canary or .spec.strategy.blueGreen'";
    const bool referenced = find(rollout, {"spec", "workloadRef"}) != nullptr;
    if (!referenced) {
        const auto& labels = manifest::object(rollout, {"spec", "selector", "matchLabels"});
        if (labels.empty() && manifest::array(rollout, {"spec", "selector", "matchExpressions"}).empty())
            return "spec.selector: Required value: Rollout has missing field '.spec.selector'";
        for (const auto& [key, value] : labels) {
            const auto* found = find(rollout, {"spec", "template", "metadata", "labels", std::string_view(key)});
            if (!found || *found != value)
                return "spec.template.metadata.labels: Invalid value: `selector` does not match template `labels`";
        }
        if (manifest::array(rollout, {"spec", "template", "spec", "containers"}).empty())
            return "spec.template.spec.containers: Required value";
    }
    const auto deadline = manifest::integer(rollout, {"spec", "progressDeadlineSeconds"}).value_or(600);
    if (manifest::integer(rollout, {"spec", "minReadySeconds"}).value_or(0) >= deadline)
        return "spec.progressDeadlineSeconds: must be greater than minReadySeconds";
    for (const std::string_view field : {"replicas", "minReadySeconds", "revisionHistoryLimit"})
        if (manifest::integer(rollout, {"spec", field}).value_or(0) < 0)
            return fmt::format("spec.{}: must be greater than or equal to 0", field);
    if (canary)
        return validateCanary(rollout);
    const auto active = text(*blueGreen, {"activeService"});
    if (active.empty())
        return "spec.strategy.blueGreen.activeService: Required value";
    const auto limit = manifest::integer(*blueGreen, {"scaleDownDelayRevisionLimit"});
    if (limit && *limit > manifest::integer(rollout, {"spec", "revisionHistoryLimit"}).value_or(10))
        return "spec.strategy.blueGreen.scaleDownDelayRevisionLimit: Invalid value: scaleDownDelayRevisionLimit must "
               "be "
               "less than or equal to revisionHistoryLimit";
    if (auto wrong = validateAntiAffinity(*blueGreen, "blueGreen"); !wrong.empty())
        return wrong;
    if (active == text(*blueGreen, {"previewService"}))
        return "This rollout uses the same service for the active and preview services, but two different services are "
               "required.";
    return {};
}

} // namespace core::rollout
