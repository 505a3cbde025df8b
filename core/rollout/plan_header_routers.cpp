// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollout/pass.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace core::rollout {

using manifest::Array;
using manifest::find;
using manifest::Object;
using manifest::text;
using manifest::Value;

namespace {

constexpr std::string_view kAlbOwned = "rollouts.argoproj.io/managed-alb-annotations";

std::string orElse(std::string_view given, std::string_view otherwise)
{
    return std::string(given.empty() ? otherwise : given);
}

Value targetGroup(std::string_view service, const std::string& port, std::int64_t weight)
{
    return Object {{"ServiceName", service}, {"ServicePort", port}, {"Weight", weight}};
}

/// ALB's action annotation.
std::string forwardAction(Array groups, const Value& config)
{
    Object forward {{"TargetGroups", std::move(groups)}};
    if (manifest::flag(config, {"stickinessConfig", "enabled"}))
        forward["TargetGroupStickinessConfig"] = Object {
            {"Enabled", true},
            {"DurationSeconds", manifest::integer(config, {"stickinessConfig", "durationSeconds"}).value_or(0)}};
    return manifest::toJson(Value(Object {{"Type", "forward"}, {"ForwardConfig", std::move(forward)}}));
}

std::string headerConditions(const Value& step)
{
    Array conditions;
    for (const auto& match : manifest::array(step, {"match"}))
        conditions.push_back(
            Object {{"field", "http-header"},
                    {"httpHeaderConfig",
                     Object {{"httpHeaderName", text(match, {"headerName"})},
                             {"values", Array {Value(boost::json::string(text(match, {"headerValue", "exact"})))}}}}});
    return manifest::toJson(Value(std::move(conditions)));
}

/// The Ingress's rules with a path to each of the header routes before the paths to the service that they stand above.
Array rulesWithRoutes(const Value& ingress, std::string_view root, const std::vector<std::string>& managed,
                      const std::vector<std::string>& present)
{
    Array rules = manifest::array(ingress, {"spec", "rules"});
    const auto leadsTo = [](const Value& path, std::string_view service) {
        return text(path, {"backend", "service", "name"}) == service;
    };
    for (auto& rule : rules) {
        auto* paths = find(rule, {"http", "paths"});
        if (!paths || !paths->is_array()
            || std::none_of(paths->get_array().begin(), paths->get_array().end(),
                            [&](const Value& path) { return leadsTo(path, root); }))
            continue;
        Array kept;
        for (const auto& name : present)
            kept.push_back(Object {
                {"path", "/*"},
                {"pathType", "ImplementationSpecific"},
                {"backend",
                 Object {{"service", Object {{"name", name}, {"port", Object {{"name", "use-annotation"}}}}}}}});
        for (auto& path : paths->get_array())
            if (std::none_of(managed.begin(), managed.end(),
                             [&](const std::string& name) { return leadsTo(path, name); }))
                kept.push_back(std::move(path));
        *paths = std::move(kept);
    }
    return rules;
}

/// "exact", "prefix" or "regex" of a header match, and its text.
std::pair<std::string_view, std::string_view> headerMatch(const Value& match)
{
    for (const std::string_view kind : {"exact", "prefix", "regex"})
        if (find(match, {"headerValue", kind}))
            return {kind, text(match, {"headerValue", kind})};
    return {"exact", {}};
}

} // namespace

void Pass::alb(const Value& config, std::int64_t weight, bool removeManaged)
{
    const auto prefix = orElse(text(config, {"annotationPrefix"}), "alb.ingress.kubernetes.io");
    const auto root = orElse(text(config, {"rootService"}), stableService());
    const auto port = std::to_string(manifest::integer(config, {"servicePort"}).value_or(80));
    Array groups {targetGroup(canaryService(), port, weight)};
    for (const auto& extra : m_additional)
        groups.push_back(
            targetGroup(text(extra, {"serviceName"}), port, manifest::integer(extra, {"weight"}).value_or(0)));
    groups.push_back(targetGroup(stableService(), port, 100 - weight - m_additionalWeight));
    Array names = manifest::array(config, {"ingresses"});
    if (const auto one = text(config, {"ingress"}); !one.empty())
        names.push_back(Value(boost::json::string(one)));
    const auto managed = managedRoutes();
    const auto* change = removeManaged ? nullptr : routeStep("setHeaderRoute");
    for (const auto& item : names) {
        const auto* present = item.is_string() ? route("Ingress", item.get_string()) : nullptr;
        if (!present) {
            event(true, "TrafficRoutingError",
                  fmt::format("ingress `{}` not found", item.is_string() ? item.get_string() : ""));
            continue;
        }
        Object annotations {{prefix + "/actions." + root, forwardAction(groups, config)}};
        std::vector<std::string> routes;
        for (const auto& name : managed) {
            const std::string action = prefix + "/actions." + name;
            const std::string condition = prefix + "/conditions." + name;
            const bool here = !manifest::annotation(*present, action).empty();
            const bool asked = change && text(*change, {"name"}) == name;
            const bool matches = asked && !manifest::array(*change, {"match"}).empty();
            if (matches) {
                annotations[action] = forwardAction({targetGroup(canaryService(), port, 100)}, config);
                annotations[condition] = headerConditions(*change);
            } else if (here && (removeManaged || asked)) {
                annotations[action] = nullptr;
                annotations[condition] = nullptr;
            }
            if (matches || (here && !removeManaged && !asked))
                routes.push_back(name);
        }
        Object all;
        if (auto parsed = manifest::parseJson(manifest::annotation(*present, kAlbOwned)); parsed && parsed->is_object())
            all = parsed->get_object();
        Array owned {Value(boost::json::string(prefix + "/actions." + root))};
        for (const auto& name : routes)
            for (const std::string_view kind : {"/actions.", "/conditions."})
                owned.push_back(Value(boost::json::string(prefix + std::string(kind) + name)));
        all[manifest::name(m_rollout)] = std::move(owned);
        annotations[kAlbOwned] = manifest::toJson(Value(std::move(all)));
        Object changed;
        for (const auto& [key, value] : annotations)
            if (const auto has = manifest::annotation(*present, key);
                value.is_null() ? !has.empty() : has != value.get_string())
                changed[key] = value;
        Object patch;
        if (!changed.empty())
            patch["metadata"] = Object {{"annotations", std::move(changed)}};
        if (!managed.empty())
            if (auto rules = rulesWithRoutes(*present, root, managed, routes);
                !manifest::equal(Value(rules), Value(manifest::array(*present, {"spec", "rules"}))))
                patch["spec"] = Object {{"rules", std::move(rules)}};
        if (!patch.empty())
            plan(Write::Verb::Merge, reference(*present), Value(std::move(patch)));
    }
}

void Pass::apisix(const Value& config, std::int64_t weight, bool removeManaged)
{
    const auto* before = route("ApisixRoute", text(config, {"route", "name"}));
    if (!before) {
        event(true, "TrafficRoutingError", fmt::format("ApisixRoute `{}` not found", text(config, {"route", "name"})));
        return;
    }
    Value after = *before;
    const auto& rules = manifest::array(config, {"route", "rules"});
    const auto named = [&](const Value& rule) {
        return rules.empty() || std::any_of(rules.begin(), rules.end(), [&](const Value& name) {
                   return name.is_string() && name.get_string() == text(rule, {"name"});
               });
    };
    for (auto& rule : arrayAt(after, {"spec", "http"}))
        if (auto* backends = named(rule) ? find(rule, {"backends"}) : nullptr; backends && backends->is_array())
            for (auto& backend : backends->get_array()) {
                if (text(backend, {"serviceName"}) == canaryService())
                    backend.as_object()["weight"] = weight;
                else if (text(backend, {"serviceName"}) == stableService())
                    backend.as_object()["weight"] = 100 - weight;
            }
    replaceRoute(*before, std::move(after));
    apisixHeaderRoute(*before, rules, removeManaged);
}

/// A header route of Apisix is an ApisixRoute of its own, one priority above the one that carries the weights.
void Pass::apisixHeaderRoute(const Value& base, const Array& rules, bool removeManaged)
{
    const auto* change = routeStep("setHeaderRoute");
    const bool wanted = change && !removeManaged && !manifest::array(*change, {"match"}).empty();
    for (const auto& name : managedRoutes()) {
        const auto* present = route("ApisixRoute", name);
        const bool asked = change && text(*change, {"name"}) == name;
        if (present && (removeManaged || (asked && !wanted)))
            plan(Write::Verb::Delete, reference(*present));
        if (!wanted || !asked)
            continue;
        Array expressions;
        for (const auto& match : manifest::array(*change, {"match"})) {
            const auto [kind, value] = headerMatch(match);
            expressions.push_back(
                Object {{"subject", Object {{"scope", "Header"}, {"name", text(match, {"headerName"})}}},
                        {"op", kind == "exact" ? "Equal" : "RegexMatch"},
                        {"value", kind == "prefix" ? fmt::format("^{}.*", value) : std::string(value)}});
        }
        Array http;
        for (auto rule : manifest::array(base, {"spec", "http"})) {
            const bool named = rules.empty() || std::any_of(rules.begin(), rules.end(), [&](const Value& item) {
                                   return item.is_string() && item.get_string() == text(rule, {"name"});
                               });
            if (!named)
                continue;
            rule.as_object()["priority"] = manifest::integer(rule, {"priority"}).value_or(0) + 1;
            auto& all = arrayAt(rule, {"match", "exprs"});
            all.insert(all.end(), expressions.begin(), expressions.end());
            Array backends;
            for (auto backend : manifest::array(rule, {"backends"}))
                if (text(backend, {"serviceName"}) == canaryService()) {
                    backend.as_object()["weight"] = 100;
                    backends.push_back(std::move(backend));
                }
            rule.as_object()["backends"] = std::move(backends);
            http.push_back(std::move(rule));
        }
        Value made = Object {{"apiVersion", manifest::apiVersion(base)},
                             {"kind", "ApisixRoute"},
                             {"metadata",
                              Object {{"name", name},
                                      {"namespace", manifest::nameSpace(m_rollout)},
                                      {"ownerReferences", Array {ownerReference()}}}},
                             {"spec", Object {{"http", std::move(http)}}}};
        if (!present)
            plan(Write::Verb::Create, std::move(made));
        else if (!manifest::equal(*find(made, {"spec"}), Value(manifest::object(*present, {"spec"}))))
            plan(Write::Verb::Merge, reference(*present), Object {{"spec", *find(made, {"spec"})}});
    }
}

namespace {

/// Whether a rule of a Gateway API route was made for a header route.
bool isHeaderRule(const Value& rule, const std::vector<std::string>& managed, std::string_view canary)
{
    const auto name = text(rule, {"name"});
    for (const auto& known : managed) {
        if (name == known)
            return true;
        if (name.starts_with(known + "-")) {
            const auto number = name.substr(known.size() + 1);
            if (!number.empty()
                && std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; }))
                return true;
        }
    }
    const auto& backends = manifest::array(rule, {"backendRefs"});
    return backends.size() == 1 && text(backends.front(), {"name"}) == canary;
}

/// The rules that send requests with certain headers to the canary: one for each rule that has both versions.
Array headerRules(const Array& rules, const Value& step, std::string_view canary, std::string_view stable)
{
    Array headers;
    for (const auto& match : manifest::array(step, {"match"})) {
        const auto [kind, value] = headerMatch(match);
        headers.push_back(Object {{"name", text(match, {"headerName"})},
                                  {"type", kind == "exact" ? "Exact" : "RegularExpression"},
                                  {"value", kind == "prefix" ? std::string(value) + ".*" : std::string(value)}});
    }
    Array made;
    for (const auto& rule : rules) {
        const Value* target = nullptr;
        bool both = false;
        for (const auto& backend : manifest::array(rule, {"backendRefs"})) {
            if (text(backend, {"name"}) == canary)
                target = &backend;
            both = both || text(backend, {"name"}) == stable;
        }
        if (!target || !both)
            continue;
        Array matches = manifest::array(rule, {"matches"});
        if (matches.empty())
            matches.push_back(Object {});
        for (auto& match : matches) {
            auto& list = arrayAt(match, {"headers"});
            list.insert(list.end(), headers.begin(), headers.end());
        }
        const std::string name(text(step, {"name"}));
        Value backend = *target;
        backend.as_object().erase("weight");
        Object out {{"name", made.empty() ? name : fmt::format("{}-{}", name, made.size())},
                    {"matches", std::move(matches)},
                    {"backendRefs", Array {std::move(backend)}}};
        if (const auto* filters = find(rule, {"filters"}))
            out["filters"] = *filters;
        made.push_back(std::move(out));
    }
    return made;
}

struct GatewayRoute
{
    const Value* object = nullptr;
    bool headers = false; ///< takes header rules
};

bool selects(const Value& selector, const Value& object)
{
    for (const auto& [key, value] : manifest::object(selector, {"matchLabels"}))
        if (!value.is_string() || manifest::label(object, key) != value.get_string())
            return false;
    return selector.is_object();
}

} // namespace

void Pass::gatewayApi(const Value& config, std::int64_t weight, bool removeManaged)
{
    const auto labelKey = orElse(text(config, {"inProgressLabelKey"}), "rollouts.argoproj.io/gatewayapi-canary");
    const auto labelValue = orElse(text(config, {"inProgressLabelValue"}), "in-progress");
    const auto managed = managedRoutes();
    std::vector<GatewayRoute> routes;
    static constexpr std::pair<std::string_view, std::string_view> kKinds[] {
        {"httpRoute", "HTTPRoute"}, {"grpcRoute", "GRPCRoute"}, {"tcpRoute", "TCPRoute"}, {"tlsRoute", "TLSRoute"}};
    for (const auto& [field, kind] : kKinds) {
        const bool mayHaveHeaders = kind == "HTTPRoute" || kind == "GRPCRoute";
        const auto add = [&](std::string_view name, bool headers) {
            if (const auto* found = route(kind, name))
                routes.push_back({found, headers && mayHaveHeaders});
            else
                event(true, "TrafficRoutingError", fmt::format("{} {} not found", kind, name));
        };
        if (const auto one = text(config, {field}); !one.empty())
            add(one, true);
        for (const auto& item : manifest::array(config, {std::string(field) + "s"}))
            add(text(item, {"name"}), manifest::flag(item, {"useHeaderRoutes"}));
        if (const auto* selector = find(config, {std::string(field) + "Selector"}))
            for (const auto& object : m_in.routes)
                if (manifest::kind(object) == kind && selects(*selector, object))
                    routes.push_back({&object, false});
    }
    if (routes.empty())
        event(true, "TrafficRoutingError", "the Gateway API plugin is given no route that exists");
    const auto* change = removeManaged ? nullptr : routeStep("setHeaderRoute");
    for (const auto& item : routes) {
        Value after = *item.object;
        auto& rules = arrayAt(after, {"spec", "rules"});
        bool canaryFound = false;
        bool stableFound = false;
        bool placed = false;
        for (auto& rule : rules) {
            auto* backends = find(rule, {"backendRefs"});
            if (!backends || !backends->is_array() || isHeaderRule(rule, managed, canaryService()))
                continue;
            for (auto& backend : backends->get_array()) {
                const bool isCanary = text(backend, {"name"}) == canaryService();
                const bool isStable = text(backend, {"name"}) == stableService();
                if (isCanary || isStable)
                    backend.as_object()["weight"] = isCanary ? weight : 100 - weight - m_additionalWeight;
                canaryFound = canaryFound || isCanary;
                stableFound = stableFound || isStable;
            }
            if (manifest::kind(*item.object) == "HTTPRoute" && stableFound && !std::exchange(placed, true))
                placeExperiments(*backends);
        }
        if (!canaryFound || !stableFound) {
            event(true, "TrafficRoutingError",
                  fmt::format("{} {} has no backendRef to {}", manifest::kind(*item.object),
                              manifest::name(*item.object), canaryFound ? stableService() : canaryService()));
            continue;
        }
        if (removeManaged || (change && item.headers)) {
            Array kept;
            for (auto& rule : rules)
                if (!isHeaderRule(rule, removeManaged ? managed : std::vector {std::string(text(*change, {"name"}))},
                                  removeManaged || manifest::array(*change, {"match"}).empty() ? canaryService()
                                                                                               : std::string()))
                    kept.push_back(std::move(rule));
            rules = std::move(kept);
            if (!removeManaged && !manifest::array(*change, {"match"}).empty())
                for (auto& rule : headerRules(Array(rules), *change, canaryService(), stableService()))
                    rules.push_back(std::move(rule));
        }
        if (!manifest::flag(config, {"disableInProgressLabel"})) {
            if (weight > 0)
                manifest::setLabel(after, labelKey, labelValue);
            else
                manifest::erase(after, {"metadata", "labels", labelKey});
        }
        replaceRoute(*item.object, std::move(after));
    }
}

/// Puts an experiment's Services beside the two versions, and takes those of one that is over away.
void Pass::placeExperiments(Value& backends) const
{
    std::vector<std::string> known;
    for (const auto& item : manifest::array(m_in.rollout, {"status", "canary", "weights", "additional"}))
        known.emplace_back(text(item, {"serviceName"}));
    for (const auto& extra : m_additional)
        known.emplace_back(text(extra, {"serviceName"}));
    Array kept;
    Value port;
    for (auto& backend : backends.as_array()) {
        if (const auto* number = find(backend, {"port"}))
            port = *number;
        if (std::find(known.begin(), known.end(), text(backend, {"name"})) == known.end())
            kept.push_back(std::move(backend));
    }
    for (const auto& extra : m_additional) {
        Object made {{"name", *find(extra, {"serviceName"})}, {"weight", *find(extra, {"weight"})}};
        if (!port.is_null())
            made["port"] = port;
        kept.push_back(std::move(made));
    }
    backends = std::move(kept);
}

} // namespace core::rollout
