// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the original refuses, in its order and its words: the first thing that is wrong counts.
#include "core/rollout/validate.h"

#include "core/rollout/findings.h"
#include "core/rollout/json.h"
#include "core/rollout/replicas.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace core::rollout {

using manifest::Array;
using manifest::find;
using manifest::Object;
using manifest::text;
using manifest::Value;

std::string invalidValue(std::string_view path, const Value& value, std::string_view why)
{
    return fmt::format("{}: Invalid value: {}: {}", path, manifest::toJson(value), why);
}

namespace {

constexpr std::string_view kStrategy = "spec.strategy";

Value word(std::string_view text)
{
    return boost::json::string(text);
}

std::string required(std::string_view path, std::string_view why)
{
    return fmt::format("{}: Required value{}{}", path, why.empty() ? "" : ": ", why);
}

std::string negative(const Value& rollout, std::string_view field)
{
    const auto value = manifest::integer(rollout, {"spec", field}).value_or(0);
    return value < 0 ? invalidValue(fmt::format("spec.{}", field), value, "must be greater than or equal to 0")
                     : std::string();
}

/// The fields that are there, in the order in which the original prints them.
Object ordered(const Value& from, std::initializer_list<std::string_view> fields)
{
    Object out;
    for (const auto field : fields)
        if (const auto* value = find(from, {field}); value && !value->is_null())
            out[field] = *value;
    return out;
}

Value matchText(const Value& match)
{
    return ordered(match, {"exact", "prefix", "regex"});
}

bool routesBy(const Value& canary, std::initializer_list<std::string_view> routers)
{
    return std::any_of(routers.begin(), routers.end(), [&](std::string_view router) {
        const auto* found = find(canary, {"trafficRouting", router});
        return found && found->is_object() && (router != "plugins" || !found->get_object().empty());
    });
}

/// intstr.IntOrString as a number: a percentage counts as its number, other text as 0 where it is none.
std::int64_t limitOf(const Value* value)
{
    if (!value || value->is_null())
        return 25;
    if (value->is_string() && value->get_string().ends_with('%'))
        return intOrText(word(std::string_view(value->get_string()).substr(0, value->get_string().size() - 1)));
    return intOrText(*value);
}

std::string checkContainers(const Value& spec, std::string_view field, std::set<std::string>& names)
{
    const auto& list = manifest::array(spec, {field});
    for (std::size_t i = 0; i < list.size(); ++i) {
        const auto path = fmt::format("spec.template.spec.{}[{}]", field, i);
        const auto name = text(list[i], {"name"});
        if (name.empty())
            return required(path + ".name", "");
        if (!names.emplace(name).second)
            return fmt::format("{}.name: Duplicate value: \"{}\"", path, name);
        if (text(list[i], {"image"}).empty())
            return required(path + ".image", "");
    }
    return {};
}

std::string checkTemplate(const Value& rollout)
{
    if (!find(rollout, {"spec", "workloadRef"})) {
        const auto* selector = find(rollout, {"spec", "selector"});
        if (!selector || !selector->is_object())
            return required("spec.selector", "Rollout has missing field '.spec.selector'");
        if (manifest::object(*selector, {"matchLabels"}).empty()
            && manifest::array(*selector, {"matchExpressions"}).empty())
            return invalidValue("spec.selector", ordered(*selector, {"matchLabels", "matchExpressions"}),
                                "empty selector is invalid for deployment");
    } else if (!find(rollout, {"spec", "template"})) {
        return {}; // as in Git: it is taken from elsewhere
    }
    const auto& labels = manifest::object(rollout, {"spec", "template", "metadata", "labels"});
    for (const auto& [key, value] : manifest::object(rollout, {"spec", "selector", "matchLabels"})) {
        const auto* found = labels.if_contains(key);
        if (!found || *found != value)
            return invalidValue("spec.template.metadata.labels", labels.empty() ? Value() : Value(labels),
                                "`selector` does not match template `labels`");
    }
    const Value spec = manifest::object(rollout, {"spec", "template", "spec"});
    if (manifest::array(spec, {"containers"}).empty())
        return required("spec.template.spec.containers", "");
    std::set<std::string> names;
    for (const std::string_view field : {"containers", "initContainers"})
        if (auto wrong = checkContainers(spec, field, names); !wrong.empty())
            return wrong;
    if (const auto policy = text(spec, {"restartPolicy"}); !policy.empty() && policy != "Always")
        return fmt::format("spec.template.spec.restartPolicy: Unsupported value: \"{}\": supported values: \"Always\"",
                           policy);
    if (find(spec, {"activeDeadlineSeconds"}))
        return "spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is not "
               "Supported";
    return {};
}

std::string checkAntiAffinity(const Value& strategy)
{
    const auto* affinity = find(strategy, {"antiAffinity"});
    if (!affinity || !affinity->is_object())
        return {};
    const auto path = fmt::format("{}.antiAffinity", kStrategy);
    const auto* preferred = find(*affinity, {"preferredDuringSchedulingIgnoredDuringExecution"});
    const auto* needed = find(*affinity, {"requiredDuringSchedulingIgnoredDuringExecution"});
    if ((preferred != nullptr) == (needed != nullptr))
        return invalidValue(path,
                            word(fmt::format("antiAffinity.PreferredDuringSchedulingIgnoredDuringExecution: {} "
                                             "antiAffinity.RequiredDuringSchedulingIgnoredDuringExecution: {}",
                                             preferred != nullptr, needed != nullptr)),
                            "AntiAffinity must have exactly one strategy listed");
    const auto weight = preferred ? manifest::integer(*preferred, {"weight"}).value_or(0) : 1;
    return weight < 1 || weight > 100
        ? invalidValue(path + ".weight", weight, "AntiAffinity weight must be between 1-100")
        : std::string();
}

std::string checkPingPong(const Value& canary)
{
    const auto* pingPong = find(canary, {"pingPong"});
    if (!pingPong || !pingPong->is_object())
        return {};
    const auto path = [](std::string_view field) { return fmt::format("{}.{}", kStrategy, field); };
    if (find(canary, {"trafficRouting"}) && !routesBy(canary, {"alb", "istio", "plugins"}))
        return invalidValue(path("trafficRouting.alb"), Value(),
                            "Ping-pong feature works with the ALB, Istio, and plugin-based traffic routers only");
    const auto ping = text(*pingPong, {"pingService"});
    const auto pong = text(*pingPong, {"pongService"});
    constexpr auto kBoth = "Ping service and Pong service must to be set to use Ping-Pong feature";
    if (ping.empty())
        return invalidValue(path("pingPong.pingService"), word(ping), kBoth);
    if (pong.empty())
        return invalidValue(path("pingPong.pongService"), word(pong), kBoth);
    if (ping == pong)
        return invalidValue(path("pingPong.pingService"), word(ping),
                            "This rollout uses the same service for the ping and pong services, but two different "
                            "services are required.");
    if (routesBy(canary, {"alb"}) && text(canary, {"trafficRouting", "alb", "rootService"}).empty())
        return invalidValue(path("trafficRouting.alb.rootService"), word(""),
                            "Root service field is required for the configuration with ALB and ping-pong feature "
                            "enabled");
    return {};
}

/// The Services that the routers of a canary need.
std::string checkServices(const Value& canary)
{
    const bool pingPong = find(canary, {"pingPong"}) != nullptr;
    const bool bySubset = find(canary, {"trafficRouting", "istio", "destinationRule"}) != nullptr;
    const bool needed = routesBy(canary, {"smi", "apisix", "ambassador", "nginx", "appMesh", "traefik"})
        || (!pingPong && (routesBy(canary, {"alb"}) || (routesBy(canary, {"istio"}) && !bySubset)));
    for (const std::string_view field : {"stableService", "canaryService"})
        if (needed && text(canary, {field}).empty())
            return invalidValue(fmt::format("{}.{}", kStrategy, field), word(""),
                                "Canary service and Stable service must to be set to use Traffic Routing");
    return {};
}

/// What the strategy says beside its steps.
std::string checkCanaryFields(const Value& rollout, const Value& canary)
{
    const auto path = [](std::string_view field) { return fmt::format("{}.{}", kStrategy, field); };
    const auto* surge = find(canary, {"maxSurge"});
    if (limitOf(surge) == 0 && limitOf(find(canary, {"maxUnavailable"})) == 0)
        return invalidValue(path("maxSurge"), surge ? *surge : Value(),
                            "MaxSurge and MaxUnavailable both can not be zero");
    const auto stable = text(canary, {"stableService"});
    if (!stable.empty() && stable == text(canary, {"canaryService"}))
        return invalidValue(path("stableService"), word(stable),
                            "This rollout uses the same service for the stable and canary services, but two different "
                            "services are required.");
    if (auto wrong = checkPingPong(canary); !wrong.empty())
        return wrong;
    if (auto wrong = checkServices(canary); !wrong.empty())
        return wrong;
    const auto* delay = find(canary, {"scaleDownDelaySeconds"});
    const bool dynamic = hasDynamicStableScale(rollout);
    if (!hasTrafficRouting(rollout)) {
        if (delay)
            return invalidValue(path("scaleDownDelaySeconds"), *delay,
                                "Canary scaleDownDelaySeconds can only be used with traffic routing");
        if (dynamic)
            return invalidValue(path("dynamicStableScale"), true,
                                "Canary dynamicStableScale can only be used with traffic routing");
        return {};
    }
    if (delay && dynamic)
        return invalidValue(path("dynamicStableScale"), true,
                            "Canary dynamicStableScale cannot be used with scaleDownDelaySeconds");
    if (const auto* most = find(canary, {"trafficRouting", "maxTrafficWeight"});
        most && !routesBy(canary, {"nginx", "plugins"}))
        return invalidValue(path("trafficRouting.maxTrafficWeight"), *most,
                            "Canary maxTrafficWeight in traffic routing only supported in Nginx and Plugins");
    for (const auto& [plugin, config] : manifest::object(canary, {"trafficRouting", "plugins"}))
        if (plugin != "argoproj-labs/gatewayAPI")
            return fmt::format("{}: {} is a program of Argo Rollouts' controller and is not run here; "
                               "argoproj-labs/gatewayAPI is built in",
                               path("trafficRouting.plugins"), std::string_view(plugin));
    return {};
}

/// One text that is matched: exact, prefix or regex. `onlyExact`: ALB.
std::string checkMatch(const Value* match, const std::string& path, bool onlyExact)
{
    if (!match || !match->is_object())
        return invalidValue(
            path, Value(),
            "StringMatch value missed, match value must have one of the following: exact, regex, prefix");
    int given = 0;
    for (const std::string_view field : {"exact", "prefix", "regex"})
        given += text(*match, {field}).empty() ? 0 : 1;
    if (onlyExact)
        return given == 1 && !text(*match, {"exact"}).empty()
            ? std::string()
            : invalidValue(path, matchText(*match),
                           "SetHeaderRoute match value invalid. ALB supports 'exact' value only");
    if (given == 1)
        return {};
    return invalidValue(
        path, matchText(*match),
        given > 1 ? "StringMatch match value must have exactly one of the following: exact, regex, prefix"
                  : "StringMatch value missed, match value must have one of the following: exact, regex, prefix");
}

Value headerStep(const Value& step)
{
    Object out = ordered(step, {"name"});
    Array matches;
    for (const auto& match : manifest::array(step, {"match"})) {
        Object made = ordered(match, {"headerName"});
        if (const auto* value = find(match, {"headerValue"}))
            made["headerValue"] = matchText(*value);
        matches.push_back(std::move(made));
    }
    if (!matches.empty())
        out["match"] = std::move(matches);
    return out;
}

std::string checkHeaderRoute(const Value& canary, const Value& step, const std::string& path)
{
    if (!routesBy(canary, {"istio", "alb", "apisix", "plugins"}))
        return invalidValue(path, headerStep(step),
                            "SetHeaderRoute requires TrafficRouting, supports Istio and ALB and Apisix");
    const auto& matches = manifest::array(step, {"match"});
    for (std::size_t i = 0; i < matches.size(); ++i)
        if (auto wrong = checkMatch(find(matches[i], {"headerValue"}), fmt::format("{}.match[{}]", path, i),
                                    routesBy(canary, {"alb"}));
            !wrong.empty())
            return wrong;
    return {};
}

std::string checkMirrorRoute(const Value& canary, const Value& step, const std::string& path)
{
    if (!routesBy(canary, {"istio", "plugins"}))
        return invalidValue(path, ordered(step, {"name", "match", "percentage"}),
                            "SetMirrorRoute requires TrafficRouting, supports Istio and Plugins");
    const auto& matches = manifest::array(step, {"match"});
    for (std::size_t i = 0; i < matches.size(); ++i)
        for (const std::string_view field : {"method", "path"})
            if (const auto* value = find(matches[i], {field}))
                if (auto wrong = checkMatch(value, fmt::format("{}.match[{}]", path, i), false); !wrong.empty())
                    return wrong;
    return {};
}

std::string checkManagedRoute(const Value& canary, const Value& step, const std::string& path)
{
    const auto* managed = find(canary, {"trafficRouting", "managedRoutes"});
    if (!managed)
        return required(fmt::format("{}.trafficRouting.managedRoutes", kStrategy),
                        "Rollout has missing field 'spec.strategy.canary.trafficRouting.managedRoutes'");
    for (const auto& known : manifest::array(canary, {"trafficRouting", "managedRoutes"}))
        if (text(known, {"name"}) == text(step, {"name"}))
            return {};
    return invalidValue(path, word(text(step, {"name"})),
                        "Steps define a route that does not exist in "
                        "spec.strategy.canary.trafficRouting.managedRoutes");
}

std::string checkExperiment(const Value& canary, const Value& experiment, const std::string& path)
{
    const auto& templates = manifest::array(experiment, {"templates"});
    for (std::size_t i = 0; i < templates.size(); ++i) {
        const auto* weight = find(templates[i], {"weight"});
        if (weight && !routesBy(canary, {"alb", "smi", "istio", "plugins"}))
            return invalidValue(fmt::format("{}.templates[{}].weight", path, i), *weight,
                                find(canary, {"trafficRouting"})
                                    ? "Experiment template weight is only available for TrafficRouting with SMI, ALB, "
                                      "Istio and Plugins at this time"
                                    : "Experiment template weight cannot be set unless TrafficRouting is enabled");
        if (const auto version = text(templates[i], {"specRef"}); version != "canary" && version != "stable")
            return invalidValue(fmt::format("{}.templates[{}].specRef", path, i), word(version),
                                "must be canary or stable");
    }
    return templates.empty() ? required(path + ".templates", "an experiment needs templates") : std::string();
}

/// Args that are read from the Rollout's metadata, as the downward API names it.
std::string checkArgs(const Value& step, const std::string& path)
{
    Array args;
    const auto add = [&](const Value& from) {
        for (const auto& arg : manifest::array(from, {"args"}))
            args.push_back(arg);
    };
    for (const auto& analysis : manifest::array(step, {"experiment", "analyses"}))
        add(analysis);
    if (const auto* analysis = find(step, {"analysis"}))
        add(*analysis);
    for (const auto& arg : args) {
        const auto field = text(arg, {"valueFrom", "fieldRef", "fieldPath"});
        if (field.starts_with("metadata") && !isDownwardPath(field)) {
            Array shown;
            for (const auto& each : args)
                shown.push_back(ordered(each, {"name", "value", "valueFrom"}));
            return invalidValue(path + ".analyses", shown,
                                "Analyses arguments must refer to valid object metadata supported by downwardAPI");
        }
    }
    return {};
}

/// Which of a step's fields are there (or, where `absent`, are not).
std::string stepFields(const Value& step, std::initializer_list<std::pair<std::string_view, std::string_view>> fields,
                       bool absent)
{
    std::string out;
    for (const auto& [name, field] : fields)
        out += fmt::format("{}step.{}: {}", out.empty() ? "" : " ", name, (find(step, {field}) == nullptr) == absent);
    return out;
}

std::string checkStep(const Value& rollout, const Value& canary, const Value& step, const std::string& path)
{
    constexpr auto kOne =
        "Step must have one of the following set: experiment, setWeight, setCanaryScale, plugin or pause";
    int exclusive = 0;
    for (const std::string_view kind : {"setWeight", "pause", "experiment", "analysis"})
        exclusive += find(step, {kind}) ? 1 : 0;
    if (exclusive > 1)
        return invalidValue(path,
                            word(stepFields(step,
                                            {{"Experiment", "experiment"},
                                             {"Pause", "pause"},
                                             {"SetWeight", "setWeight"},
                                             {"Analysis", "analysis"}},
                                            false)),
                            kOne);
    const auto* plugin = find(step, {"plugin"});
    const auto* scale = find(step, {"setCanaryScale"});
    const auto* header = find(step, {"setHeaderRoute"});
    const auto* mirror = find(step, {"setMirrorRoute"});
    if (exclusive == 0 && !plugin && !scale && !header && !mirror)
        return invalidValue(path,
                            word(stepFields(step,
                                            {{"Experiment", "experiment"},
                                             {"Pause", "pause"},
                                             {"SetWeight", "setWeight"},
                                             {"Analysis", "analysis"},
                                             {"SetCanaryScale", "setCanaryScale"},
                                             {"SetHeaderRoute", "setHeaderRoute"},
                                             {"SetMirrorRoute", "setMirrorRoute"},
                                             {"Plugin", "plugin"}},
                                            true)),
                            kOne);
    if (const auto weight = manifest::integer(step, {"setWeight"});
        weight && (*weight < 0 || *weight > maxWeightOf(rollout)))
        return invalidValue(path + ".setWeight", *weight,
                            fmt::format("SetWeight needs to be between 0 and {}", maxWeightOf(rollout)));
    if (const auto* duration = find(step, {"pause", "duration"}); duration && pauseSeconds(duration) < 0)
        return invalidValue(path + ".pause.duration", pauseSeconds(duration), "Duration needs to be greater than 0");
    const bool routed = hasTrafficRouting(rollout);
    if (scale && !routed)
        return required(fmt::format("{}.trafficRouting", kStrategy),
                        "SetCanaryScale requires TrafficRouting to be set");
    if (header)
        if (auto wrong = checkHeaderRoute(canary, *header, path + ".setHeaderRoute"); !wrong.empty())
            return wrong;
    if (mirror)
        if (auto wrong = checkMirrorRoute(canary, *mirror, path + ".setMirrorRoute"); !wrong.empty())
            return wrong;
    for (const auto& [route, field] : {std::pair {header, ".setHeaderRoute"}, std::pair {mirror, ".setMirrorRoute"}})
        if (route && routed)
            if (auto wrong = checkManagedRoute(canary, *route, path + field); !wrong.empty())
                return wrong;
    if (const auto* experiment = find(step, {"experiment"}))
        if (auto wrong = checkExperiment(canary, *experiment, path + ".experiment"); !wrong.empty())
            return wrong;
    if (auto wrong = checkArgs(step, path); !wrong.empty())
        return wrong;
    return plugin ? path + ".plugin: step plugins are programs of Argo Rollouts' controller; they are not run here"
                  : std::string();
}

std::string checkCanary(const Value& rollout)
{
    const auto& canary = canarySpec(rollout);
    if (auto wrong = checkCanaryFields(rollout, canary); !wrong.empty())
        return wrong;
    const auto& steps = canarySteps(rollout);
    for (std::size_t i = 0; i < steps.size(); ++i)
        if (auto wrong = checkStep(rollout, canary, steps[i], fmt::format("{}.steps[{}]", kStrategy, i));
            !wrong.empty())
            return wrong;
    return checkAntiAffinity(canary);
}

std::string checkBlueGreen(const Value& rollout, const Value& blueGreen)
{
    const auto active = text(blueGreen, {"activeService"});
    if (active == text(blueGreen, {"previewService"}))
        return invalidValue(fmt::format("{}.activeService", kStrategy), word(active),
                            "This rollout uses the same service for the active and preview services, but two different "
                            "services are required.");
    if (active.empty())
        return required(fmt::format("{}.blueGreen.activeService", kStrategy), "");
    const auto limit = manifest::integer(blueGreen, {"scaleDownDelayRevisionLimit"});
    if (limit && *limit > manifest::integer(rollout, {"spec", "revisionHistoryLimit"}).value_or(10))
        return invalidValue(fmt::format("{}.scaleDownDelayRevisionLimit", kStrategy), *limit,
                            "This rollout's revision history limit can not be smaller than the rollout's scale down "
                            "limit");
    return checkAntiAffinity(blueGreen);
}

} // namespace

std::string workloadProblem(const Value& rollout, const Value& workload)
{
    const auto* reference = find(rollout, {"spec", "workloadRef"});
    if (!reference || !reference->is_object())
        return {};
    const auto refuse = [&](std::string_view why) {
        return invalidValue("spec.workloadRef", ordered(*reference, {"apiVersion", "kind", "name", "scaleDown"}), why);
    };
    if (find(rollout, {"spec", "template"}))
        return refuse("template must be empty for workload reference rollout");
    const auto apiVersion = text(*reference, {"apiVersion"});
    const auto group = apiVersion.substr(0, apiVersion.find('/') == std::string_view::npos ? 0 : apiVersion.find('/'));
    const auto kind = text(*reference, {"kind"});
    const std::string plural = group == "apps" && kind == "Deployment" ? "deployments.apps"
        : group == "apps" && kind == "ReplicaSet"                      ? "replicasets.apps"
        : group.empty() && kind == "PodTemplate"                       ? "podtemplates"
                                                                       : "";
    if (plural.empty())
        return refuse(fmt::format("workload of type {}/{} is not supported", group, kind));
    return workload.is_object() ? std::string()
                                : refuse(fmt::format("{} \"{}\" not found", plural, text(*reference, {"name"})));
}

bool isDownwardPath(std::string_view path)
{
    for (const std::string_view map : {"metadata.annotations", "metadata.labels"})
        if (path == map || (path.starts_with(fmt::format("{}['", map)) && path.ends_with("']")))
            return true;
    return path == "metadata.name" || path == "metadata.namespace" || path == "metadata.uid";
}

std::string validateRollout(const Value& rollout)
{
    if (auto wrong = negative(rollout, "replicas"); !wrong.empty())
        return wrong;
    if (auto wrong = checkTemplate(rollout); !wrong.empty())
        return wrong;
    for (const std::string_view field : {"minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"})
        if (auto wrong = negative(rollout, field); !wrong.empty())
            return wrong;
    const auto deadline = manifest::integer(rollout, {"spec", "progressDeadlineSeconds"}).value_or(600);
    if (manifest::integer(rollout, {"spec", "minReadySeconds"}).value_or(0) >= deadline)
        return invalidValue("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds");
    const bool canary = isCanary(rollout);
    const auto* blueGreen = find(rollout, {"spec", "strategy", "blueGreen"});
    const bool isBlueGreen = blueGreen && blueGreen->is_object();
    if (!canary && !isBlueGreen)
        return required("spec.strategy.strategy",
                        "Rollout has missing field '.spec.strategy.canary or .spec.strategy.blueGreen'");
    if (canary && isBlueGreen)
        return invalidValue("spec.strategy.strategy", word("blueGreen: true canary: true"),
                            "Multiple Strategies can not be listed");
    return canary ? checkCanary(rollout) : checkBlueGreen(rollout, *blueGreen);
}

} // namespace core::rollout
