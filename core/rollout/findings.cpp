// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollout/findings.h"

#include "core/rollout/analysis.h"
#include "core/rollout/condition.h"
#include "core/rollout/json.h"
#include "core/rollout/replicas.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>

namespace core::rollout {

using manifest::Array;
using manifest::find;
using manifest::Object;
using manifest::text;
using manifest::Value;

namespace {

using Where = std::vector<std::string>;

Where operator+(Where path, std::initializer_list<std::string> more)
{
    path.insert(path.end(), more);
    return path;
}

class Finder
{
public:
    Finder(const std::vector<Value>& desired, const std::vector<Value>& live, std::string_view nameSpace)
        : m_defaultNamespace(nameSpace)
    {
        for (const auto* list : {&desired, &live})
            for (const auto& object : *list)
                m_known.insert(keyOf(object));
    }

    void look(const Value& object)
    {
        m_key = keyOf(object);
        const auto& kind = m_key.kind;
        if (kind == "Rollout" && m_key.group == "argoproj.io")
            rollout(object);
        else if ((kind == "AnalysisTemplate" || kind == "ClusterAnalysisTemplate" || kind == "AnalysisRun")
                 && m_key.group == "argoproj.io")
            metrics(object);
        resources(object);
    }

    std::vector<Finding> findings;

private:
    manifest::ResourceKey keyOf(const Value& object) const
    {
        auto key = manifest::keyOf(object);
        if (key.nameSpace.empty() && key.kind != "ClusterAnalysisTemplate")
            key.nameSpace = m_defaultNamespace;
        return key;
    }
    void add(Where path, std::string message, std::string hint = {})
    {
        findings.push_back({m_key, std::move(path), std::move(message), std::move(hint)});
    }
    [[nodiscard]] bool exists(std::string group, std::string kind, std::string_view name) const
    {
        const std::string nameSpace = kind == "ClusterAnalysisTemplate" ? std::string() : m_key.nameSpace;
        return m_known.contains({std::move(group), std::move(kind), nameSpace, std::string(name)});
    }

    void rollout(const Value& object)
    {
        if (const auto problem = validateRollout(object); !problem.empty())
            add({"spec"}, fmt::format("Rollout {} is invalid: {}", m_key.name, problem));
        const auto& steps = canarySteps(object);
        const Where canary {"spec", "strategy", "canary"};
        for (std::size_t i = 0; i < steps.size(); ++i) {
            const Where step = canary + std::initializer_list<std::string> {"steps", std::to_string(i)};
            if (const auto* analysis = find(steps[i], {"analysis"}))
                templates(*analysis, step + std::initializer_list<std::string> {"analysis"});
            if (find(steps[i], {"plugin"}))
                add(step + std::initializer_list<std::string> {"plugin"},
                    fmt::format("Rollout {} uses a step plugin, which Pilothouse's own controller does not run",
                                m_key.name),
                    "Leave the step out, or let Argo Rollouts run in the cluster.");
        }
        if (const auto* analysis = find(object, {"spec", "strategy", "canary", "analysis"}))
            templates(*analysis, canary + std::initializer_list<std::string> {"analysis"});
        for (const std::string field : {"prePromotionAnalysis", "postPromotionAnalysis"})
            if (const auto* analysis = find(object, {"spec", "strategy", "blueGreen", field}))
                templates(*analysis, {"spec", "strategy", "blueGreen", field});
        for (const std::string field : {"canaryService", "stableService"})
            service(object, {"spec", "strategy", "canary", field});
        for (const std::string field : {"activeService", "previewService"})
            service(object, {"spec", "strategy", "blueGreen", field});
        const auto name =
            text(object, {"spec", "strategy", "canary", "trafficRouting", "istio", "virtualService", "name"});
        if (!name.empty() && name.find('.') == std::string_view::npos
            && !exists("networking.istio.io", "VirtualService", name))
            add({"spec", "strategy", "canary", "trafficRouting", "istio", "virtualService", "name"},
                fmt::format("Rollout {} names VirtualService {} that is nowhere", m_key.name, name),
                "Add the VirtualService, or correct the name.");
    }

    void service(const Value& object, const Where& path)
    {
        const auto name = text(object, {path[0], path[1], path[2], path[3]});
        if (!name.empty() && !exists("", "Service", name))
            add(path, fmt::format("Rollout {} names Service {} that is nowhere", m_key.name, name),
                "Add the Service, or correct the name.");
    }

    void templates(const Value& analysis, const Where& path)
    {
        const auto& list = manifest::array(analysis, {"templates"});
        for (std::size_t i = 0; i < list.size(); ++i) {
            const auto name = text(list[i], {"templateName"});
            const bool cluster = manifest::flag(list[i], {"clusterScope"});
            const std::string kind = cluster ? "ClusterAnalysisTemplate" : "AnalysisTemplate";
            if (!exists("argoproj.io", kind, name))
                add(path + std::initializer_list<std::string> {"templates", std::to_string(i), "templateName"},
                    fmt::format("{} {} names {} {} that is nowhere", m_key.kind, m_key.name, kind, name),
                    fmt::format("Add the {}, or correct the name.", kind));
        }
    }

    void metrics(const Value& object)
    {
        const auto& list = manifest::array(object, {"spec", "metrics"});
        const auto& nested = manifest::array(object, {"spec", "templates"});
        if (!nested.empty())
            templates(*find(object, {"spec"}), {"spec"});
        if (list.empty() && nested.empty()) {
            add({"spec", "metrics"}, fmt::format("{} {} has no metrics", m_key.kind, m_key.name));
            return;
        }
        if (const auto problem = validateMetrics(list); problem && problem->metric >= 0 && !hasPlaceholders(list))
            add({"spec", "metrics", std::to_string(problem->metric)},
                fmt::format("{} {}: {}", m_key.kind, m_key.name, problem->reason));
        for (std::size_t i = 0; i < list.size(); ++i) {
            for (const std::string field : {"successCondition", "failureCondition"})
                condition(list[i], {"spec", "metrics", std::to_string(i), field}, field);
            notANumber(list[i], {"spec", "metrics", std::to_string(i)});
        }
    }

    /// A query that divides by no traffic answers NaN, and every comparison with NaN is false: a metric must not pass
    /// by that without meaning to.
    void notANumber(const Value& metric, Where path)
    {
        const auto success = text(metric, {"successCondition"});
        const auto failure = text(metric, {"failureCondition"});
        const std::string both = std::string(success) + ' ' + std::string(failure);
        if ((success.empty() && failure.empty()) || !find(metric, {"provider", "prometheus"})
            || both.find("{{") != std::string::npos || both.find("isNaN") != std::string::npos)
            return;
        constexpr auto kNaN = std::numeric_limits<double>::quiet_NaN();
        // As a vector, and where that does not compile as a scalar.
        auto judged = judge(success, failure, floatList({kNaN}));
        if (judged.phase == "Error")
            judged = judge(success, failure, kNaN);
        if (judged.phase != "Successful")
            return;
        path.push_back(success.empty() ? "failureCondition" : "successCondition");
        add(path,
            fmt::format("metric {} of {} {} passes when its query answers NaN: {}", text(metric, {"name"}), m_key.kind,
                        m_key.name, success.empty() ? failure : success),
            "Compare so that NaN does not hold, or say what it means with isNaN().");
    }

    static bool hasPlaceholders(const Array& list)
    {
        return manifest::toJson(Value(list)).find("{{") != std::string::npos;
    }

    void condition(const Value& metric, const Where& path, const std::string& field)
    {
        const auto expression = text(metric, {field});
        if (expression.empty() || expression.find("{{") != std::string_view::npos)
            return;
        const bool prometheus = find(metric, {"provider", "prometheus"}) != nullptr;
        const auto kind = prometheus ? ResultKind::FloatList : ResultKind::Untyped;
        const auto error = checkCondition(expression, kind);
        if (!error)
            return;
        if (prometheus && !checkCondition(expression, ResultKind::Float))
            return; // a scalar query
        add(path,
            fmt::format("{} of metric {} of {} {} cannot be evaluated: {}", field, text(metric, {"name"}), m_key.kind,
                        m_key.name, error->message),
            prometheus ? "Prometheus gives a list of numbers: result[0] is its first." : "");
    }

    /// Pod templates wherever they stand, and InferenceServices' predictors.
    void resources(const Value& object)
    {
        const auto& kind = m_key.kind;
        if (kind == "InferenceService") {
            for (const std::string part : {"predictor", "transformer", "explainer"}) {
                const auto* component = find(object, {"spec", part});
                if (!component || !component->is_object())
                    continue;
                for (const auto& [name, value] : component->get_object())
                    if (value.is_object() && find(value, {"resources"}))
                        requests(value, {"spec", part, std::string(name), "resources"});
                containers(*component, {"spec", part});
            }
        } else if (kind == "Pod") {
            if (const auto* spec = find(object, {"spec"}))
                containers(*spec, {"spec"});
        } else if (kind == "CronJob") {
            if (const auto* spec = find(object, {"spec", "jobTemplate", "spec", "template", "spec"}))
                containers(*spec, {"spec", "jobTemplate", "spec", "template", "spec"});
        } else if (const auto* spec = find(object, {"spec", "template", "spec"})) {
            containers(*spec, {"spec", "template", "spec"});
        }
    }

    void containers(const Value& spec, const Where& path)
    {
        for (const std::string list : {"initContainers", "containers"}) {
            const auto& all = manifest::array(spec, {list});
            for (std::size_t i = 0; i < all.size(); ++i)
                requests(all[i], path + std::initializer_list<std::string> {list, std::to_string(i), "resources"});
        }
    }

    void requests(const Value& container, const Where& path)
    {
        for (const auto& [name, amount] : manifest::object(container, {"resources", "requests"})) {
            const std::string resource(name);
            if (resource.find('/') == std::string::npos || resource.starts_with("kubernetes.io/")
                || resource.find(".kubernetes.io/") != std::string::npos)
                continue;
            const auto* limit = find(container, {"resources", "limits", resource});
            const auto plain = [](const Value& value) {
                return value.is_string() ? std::string(value.get_string()) : manifest::toJson(value);
            };
            if (limit && plain(*limit) == plain(amount))
                continue;
            add(path + std::initializer_list<std::string> {"requests", resource},
                limit ? fmt::format(
                    "{} {} requests {} of {} with a limit of {}; the API server refuses the pods: must be "
                    "equal to the limit",
                    m_key.kind, m_key.name, plain(amount), resource, plain(*limit))
                      : fmt::format(
                          "{} {} requests {} without a limit; the API server refuses the pods: Limit must be set "
                          "for non overcommitable resources",
                          m_key.kind, m_key.name, resource),
                fmt::format("Set resources.limits[\"{}\"] to {}.", resource, plain(amount)));
        }
    }

    std::string m_defaultNamespace;
    std::set<manifest::ResourceKey> m_known;
    manifest::ResourceKey m_key;
};

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

std::vector<Finding> findProblems(const std::vector<Value>& desired, const std::vector<Value>& live,
                                  std::string_view defaultNamespace)
{
    Finder finder(desired, live, defaultNamespace);
    for (const auto& object : desired)
        finder.look(object);
    return std::move(finder.findings);
}

} // namespace core::rollout
