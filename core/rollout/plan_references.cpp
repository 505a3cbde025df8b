// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollout/load_balancers.h"
#include "core/rollout/pass.h"

#include <fmt/format.h>

#include <array>

namespace core::rollout {

using manifest::Array;
using manifest::find;
using manifest::text;
using manifest::Value;

namespace {

/// As the original words what is wrong with a field.
std::string invalid(std::string_view field, std::string_view value, std::string_view why)
{
    return fmt::format("spec.strategy.{}: Invalid value: \"{}\": {}", field, value, why);
}

bool leadsTo(const Value& ingress, std::string_view serviceName)
{
    for (const auto& rule : manifest::array(ingress, {"spec", "rules"}))
        for (const auto& path : manifest::array(rule, {"http", "paths"}))
            if (text(path, {"backend", "service", "name"}) == serviceName)
                return true;
    return false;
}

} // namespace

std::vector<std::string> nginxIngresses(const Value& nginx)
{
    std::vector<std::string> out;
    for (const auto& name : manifest::array(nginx, {"stableIngresses"}))
        if (name.is_string())
            out.emplace_back(name.get_string());
    if (out.empty())
        out.emplace_back(text(nginx, {"stableIngress"}));
    return out;
}

Array istioServices(const Value& istio)
{
    Array services = manifest::array(istio, {"virtualServices"});
    if (const auto* one = find(istio, {"virtualService"}); one && one->is_object())
        services.push_back(*one);
    return services;
}

/// What is wrong with the Services that the Rollout names; "" where nothing is.
std::string Pass::serviceProblem() const
{
    struct Named
    {
        std::string_view field;
        std::string_view name;
    };
    const auto& strategy = *find(m_rollout, {"spec", "strategy"}); // validated
    const std::array<Named, 6> named {
        {{"blueGreen.activeService", text(strategy, {"blueGreen", "activeService"})},
         {"blueGreen.previewService", text(strategy, {"blueGreen", "previewService"})},
         {"canary.stableService", text(strategy, {"canary", "stableService"})},
         {"canary.canaryService", text(strategy, {"canary", "canaryService"})},
         {"canary.pingPong.pingService", text(strategy, {"canary", "pingPong", "pingService"})},
         {"canary.pingPong.pongService", text(strategy, {"canary", "pingPong", "pongService"})}}};
    for (const auto& [field, name] : named)
        if (!name.empty() && !service(name))
            return invalid(field, name, fmt::format("service \"{}\" not found", name));
    for (const auto& [field, name] : named) {
        const auto* found = service(name);
        if (!found)
            continue;
        for (const auto& [key, value] : manifest::object(*found, {"spec", "selector"}))
            if (const auto* label = find(m_rollout, {"spec", "template", "metadata", "labels", key});
                key != kHashLabel && (!label || *label != value))
                return invalid(
                    field, name,
                    fmt::format("Service \"{}\" has unmatch label \"{}\" in rollout", name, std::string_view(key)));
        if (const auto manager = manifest::annotation(*found, kManagedBy);
            !manager.empty() && manager != manifest::name(m_rollout))
            return invalid(field, name, fmt::format("Service \"{}\" is managed by another Rollout", name));
    }
    return {};
}

/// What is wrong with the objects that the routers of the Rollout are told by; "" where nothing is.
std::string Pass::routerProblem() const
{
    const auto* routing = find(m_rollout, {"spec", "strategy", "canary", "trafficRouting"});
    if (!routing || !routing->is_object())
        return {};
    const auto ingresses = [&](std::string_view field, const std::vector<std::string>& names,
                               std::string_view root) -> std::string {
        const auto path = fmt::format("canary.trafficRouting.{}", field);
        for (const auto& name : names)
            if (!route("Ingress", name))
                return invalid(path, name, fmt::format("ingress.networking.k8s.io \"{}\" not found", name));
        for (const auto& name : names)
            if (!leadsTo(*route("Ingress", name), root))
                return invalid(path, name,
                               fmt::format("ingress `{}` has no rules using service {} backend", name, root));
        return {};
    };
    if (const auto* alb = find(*routing, {"alb"}); alb && alb->is_object()) {
        const auto root = text(*alb, {"rootService"});
        std::vector<std::string> names;
        for (auto& ingress : albIngresses(m_rollout))
            names.push_back(std::move(ingress.name));
        if (auto wrong = ingresses(find(*alb, {"ingresses"}) ? "alb.ingresses" : "alb.ingress", names,
                                   root.empty() ? stableService() : root);
            !wrong.empty())
            return wrong;
    } else if (const auto* nginx = find(*routing, {"nginx"}); nginx && nginx->is_object()) {
        const bool several = !manifest::array(*nginx, {"stableIngresses"}).empty();
        if (auto wrong = ingresses(several ? "nginx.stableIngresses" : "nginx.stableIngress", nginxIngresses(*nginx),
                                   stableService());
            !wrong.empty())
            return wrong;
    }
    const auto* istio = find(*routing, {"istio"});
    for (const auto& item : istio ? istioServices(*istio) : Array {})
        if (const auto name = text(item, {"name"}); !route("VirtualService", name))
            return invalid(find(*istio, {"virtualServices"}) ? "canary.trafficRouting.istio.virtualServices.name"
                                                             : "canary.trafficRouting.istio.virtualService.name",
                           name, fmt::format("virtualservices.networking.istio.io \"{}\" not found", name));
    for (const auto& item : manifest::array(*routing, {"ambassador", "mappings"})) {
        const std::string name(item.is_string() ? std::string_view(item.get_string()) : std::string_view());
        const auto* mapping = route("Mapping", name);
        if (!mapping)
            return invalid("canary.trafficRouting.ambassador.mappings", name,
                           fmt::format("mappings.getambassador.io \"{}\" not found", name));
        if (manifest::integer(*mapping, {"spec", "weight"}).value_or(0) != 0)
            return fmt::format("spec.weight: Invalid value: \"{}\": Ambassador mapping \"{}\" can not define weight",
                               name, name);
    }
    return {};
}

} // namespace core::rollout
