// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollout/load_balancers.h"
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

constexpr std::int64_t kLongestStickiness = 604'800; ///< seconds, as AWS allows it
constexpr std::string_view kAlbOwned = "rollouts.argoproj.io/managed-alb-annotations";

std::string orElse(std::string_view given, std::string_view otherwise)
{
    return std::string(given.empty() ? otherwise : given);
}

/// One group for each port of the Service.
void addTargetGroups(Array& groups, std::string_view service, const std::vector<std::int64_t>& ports,
                     std::int64_t weight)
{
    for (const auto port : ports)
        groups.push_back(Object {{"ServiceName", service}, {"ServicePort", std::to_string(port)}, {"Weight", weight}});
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
    for (const auto& match : manifest::array(step, {"match"})) {
        const auto header = text(match, {"headerName"});
        const Value value(boost::json::string(text(match, {"headerValue", "exact"})));
        const auto known = std::find_if(conditions.begin(), conditions.end(), [&](const Value& condition) {
            return text(condition, {"httpHeaderConfig", "httpHeaderName"}) == header;
        });
        if (known != conditions.end()) // any of the values
            arrayAt(*known, {"httpHeaderConfig", "values"}).push_back(value);
        else
            conditions.push_back(
                Object {{"field", "http-header"},
                        {"httpHeaderConfig", Object {{"httpHeaderName", header}, {"values", Array {value}}}}});
    }
    return manifest::toJson(Value(std::move(conditions)));
}

/// The list of the annotations that the Rollout owns, in the order in which they came to it.
std::string ownedAnnotations(const Value& ingress, std::string_view rollout, const std::string& root,
                             const Object& changed)
{
    Value all = Object {};
    if (auto parsed = manifest::parseJson(manifest::annotation(ingress, kAlbOwned)); parsed && parsed->is_object())
        all = std::move(*parsed);
    Array owned;
    for (const auto& known : manifest::array(all, {rollout}))
        if (const auto* change = known.is_string() ? changed.if_contains(known.get_string()) : nullptr;
            !change || !change->is_null())
            owned.push_back(known);
    const auto add = [&](std::string_view key) {
        const auto item = Value(boost::json::string(key));
        if (std::find(owned.begin(), owned.end(), item) == owned.end())
            owned.push_back(item);
    };
    add(root);
    for (const auto& [key, value] : changed)
        if (!value.is_null())
            add(key);
    all.as_object()[rollout] = std::move(owned);
    return manifest::toJson(all);
}

/// The Ingress's rules with a path to each of the header routes before all others.
Array rulesWithRoutes(const Value& ingress, const std::vector<std::string>& managed,
                      const std::vector<std::string>& present)
{
    Array rules = manifest::array(ingress, {"spec", "rules"});
    const auto leadsTo = [](const Value& path, std::string_view service) {
        return text(path, {"backend", "service", "name"}) == service;
    };
    for (auto& rule : rules) {
        auto* paths = find(rule, {"http", "paths"});
        if (!paths || !paths->is_array())
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

/// The http rule of that name in an ApisixRoute.
Value* ruleNamed(Value& route, const Value& name)
{
    for (auto& rule : arrayAt(route, {"spec", "http"}))
        if (name.is_string() && text(rule, {"name"}) == name.get_string())
            return &rule;
    return nullptr;
}

} // namespace

void Pass::alb(const Value& config, std::int64_t weight, bool removeManaged)
{
    const auto prefix = orElse(text(config, {"annotationPrefix"}), "alb.ingress.kubernetes.io");
    const auto root = orElse(text(config, {"rootService"}), stableService());
    if (const auto seconds = manifest::integer(config, {"stickinessConfig", "durationSeconds"}).value_or(0);
        manifest::flag(config, {"stickinessConfig", "enabled"}) && (seconds < 1 || seconds > kLongestStickiness))
        return routerFails("TargetGroupStickinessConfig's duration must be between 1 and 604800 seconds (7 days)!");
    const auto managed = managedRoutes();
    const auto* change = removeManaged ? nullptr : routeStep("setHeaderRoute");
    for (const auto& ingress : albIngresses(m_rollout)) {
        const auto* present = route("Ingress", ingress.name);
        if (!present) {
            routerFails(fmt::format("ingress `{}` not found", ingress.name));
            continue;
        }
        Array groups;
        addTargetGroups(groups, canaryService(), ingress.ports, weight);
        for (const auto& extra : m_additional)
            addTargetGroups(groups, text(extra, {"serviceName"}), ingress.ports,
                            manifest::integer(extra, {"weight"}).value_or(0));
        addTargetGroups(groups, stableService(), ingress.ports, 100 - weight - m_additionalWeight);
        Array canaryOnly;
        addTargetGroups(canaryOnly, canaryService(), ingress.ports, 100);
        Object annotations {{prefix + "/actions." + root, forwardAction(std::move(groups), config)}};
        std::vector<std::string> routes;
        for (const auto& name : managed) {
            const std::string action = prefix + "/actions." + name;
            const std::string condition = prefix + "/conditions." + name;
            const bool here = !manifest::annotation(*present, action).empty();
            const bool asked = change && text(*change, {"name"}) == name;
            const bool matches = asked && !manifest::array(*change, {"match"}).empty();
            if (matches) {
                annotations[action] = forwardAction(canaryOnly, config);
                annotations[condition] = headerConditions(*change);
            } else if (here && (removeManaged || asked)) {
                annotations[action] = nullptr;
                annotations[condition] = nullptr;
            }
            if (matches || (here && !removeManaged && !asked))
                routes.push_back(name);
        }
        annotations[kAlbOwned] =
            ownedAnnotations(*present, manifest::name(m_rollout), prefix + "/actions." + root, annotations);
        Object changed;
        for (const auto& [key, value] : annotations)
            if (const auto has = manifest::annotation(*present, key);
                value.is_null() ? !has.empty() : has != value.get_string())
                changed[key] = value;
        Object patch;
        if (!changed.empty())
            patch["metadata"] = Object {{"annotations", std::move(changed)}};
        if (!managed.empty())
            if (auto rules = rulesWithRoutes(*present, managed, routes);
                !manifest::equal(Value(rules), Value(manifest::array(*present, {"spec", "rules"}))))
                patch["spec"] = Object {{"rules", std::move(rules)}};
        if (!patch.empty())
            plan(Write::Verb::Merge, reference(*present), Value(std::move(patch)));
    }
}

void Pass::apisix(const Value& config, std::int64_t weight, bool removeManaged)
{
    const auto* before = route("ApisixRoute", text(config, {"route", "name"}));
    const auto routeName = text(config, {"route", "name"});
    if (!before)
        return routerFails(fmt::format("ApisixRoute `{}` not found", routeName));
    Value after = *before;
    Array rules = manifest::array(config, {"route", "rules"});
    if (rules.empty())
        rules.push_back(Value(boost::json::string(routeName)));
    for (const auto& name : rules) {
        auto* rule = ruleNamed(after, name);
        if (!rule)
            return routerFails(fmt::format("Apisix http route rule {} not found",
                                           name.is_string() ? std::string(name.get_string()) : manifest::toJson(name)));
        for (const auto& [side, share] :
             {std::pair {canaryService(), weight}, std::pair {stableService(), 100 - weight}})
            if (!setServiceWeight(find(*rule, {"backends"}), "serviceName", side, share))
                return routerFails(fmt::format("apisix route {} backend was not found", side));
    }
    replaceRoute(*before, std::move(after));
    apisixHeaderRoute(*before, rules, removeManaged);
}

/// A header route of Apisix is an ApisixRoute of its own, one priority above the one that carries the weights.
void Pass::apisixHeaderRoute(const Value& base, const Array& rules, bool removeManaged)
{
    const auto* change = routeStep("setHeaderRoute");
    for (const auto& name : managedRoutes()) {
        const auto* present = route("ApisixRoute", name);
        const bool asked = change && !removeManaged && text(*change, {"name"}) == name;
        const bool wanted = asked && !manifest::array(*change, {"match"}).empty();
        if (present && (asked || removeManaged) && !isOurs(*present)) {
            if (asked)
                routerFails(fmt::format("duplicate ApisixRoute [{}] already exists", name));
            continue;
        }
        if (present && (removeManaged || (asked && !wanted)))
            plan(Write::Verb::Delete, reference(*present));
        if (!wanted)
            continue;
        Array expressions;
        for (const auto& match : manifest::array(*change, {"match"})) {
            const auto [kind, value] = headerMatch(match);
            expressions.push_back(
                Object {{"subject", Object {{"scope", "Header"}, {"name", text(match, {"headerName"})}}},
                        {"op", kind == "exact" ? "Equal" : "RegexMatch"},
                        {"value", kind == "prefix" ? fmt::format("^{}.*", value) : std::string(value)}});
        }
        // A whole copy, of which only the rules that carry weights are changed.
        Value made = Object {{"apiVersion", manifest::apiVersion(base)},
                             {"kind", "ApisixRoute"},
                             {"metadata",
                              Object {{"name", name},
                                      {"namespace", manifest::nameSpace(m_rollout)},
                                      {"ownerReferences", Array {ownerReference()}}}},
                             {"spec", manifest::object(base, {"spec"})}};
        for (const std::string_view field : {"labels", "annotations"})
            if (const auto* value = find(base, {"metadata", field}))
                objectAt(made, {"metadata"})[field] = *value;
        for (const auto& ruleName : rules)
            if (auto* rule = ruleNamed(made, ruleName)) {
                (void)setServiceWeight(find(*rule, {"backends"}), "serviceName", canaryService(), 100);
                Array backends;
                for (auto& backend : manifest::array(*rule, {"backends"}))
                    if (text(backend, {"serviceName"}) != stableService())
                        backends.push_back(backend);
                rule->as_object()["priority"] = manifest::integer(*rule, {"priority"}).value_or(0) + 1;
                rule->as_object()["backends"] = std::move(backends);
                objectAt(*rule, {"match"})["exprs"] = expressions;
            }
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
    const auto nameSpace = orElse(text(config, {"namespace"}), manifest::nameSpace(m_rollout));
    std::vector<GatewayRoute> routes;
    static constexpr std::pair<std::string_view, std::string_view> kKinds[] {
        {"httpRoute", "HTTPRoute"}, {"grpcRoute", "GRPCRoute"}, {"tcpRoute", "TCPRoute"}, {"tlsRoute", "TLSRoute"}};
    for (const auto& [field, kind] : kKinds) {
        const bool mayHaveHeaders = kind == "HTTPRoute" || kind == "GRPCRoute";
        const auto add = [&](std::string_view name, bool headers) {
            const auto found = std::find_if(m_in.routes.begin(), m_in.routes.end(), [&](const Value& object) {
                return manifest::kind(object) == kind && manifest::name(object) == name
                    && manifest::nameSpace(object) == nameSpace;
            });
            if (found != m_in.routes.end())
                routes.push_back({&*found, headers && mayHaveHeaders});
            else
                routerFails(fmt::format("{} {} not found", kind, name));
        };
        if (const auto one = text(config, {field}); !one.empty())
            add(one, true);
        for (const auto& item : manifest::array(config, {std::string(field) + "s"}))
            add(text(item, {"name"}), manifest::flag(item, {"useHeaderRoutes"}));
        if (const auto* selector = find(config, {std::string(field) + "Selector"}))
            for (const auto& object : m_in.routes)
                if (manifest::kind(object) == kind && manifest::nameSpace(object) == nameSpace
                    && selects(*selector, object))
                    routes.push_back({&object, false});
    }
    if (routes.empty())
        routerFails("the Gateway API plugin is given no route that exists");
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
            routerFails(fmt::format("{} {} has no backendRef to {}", manifest::kind(*item.object),
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
