// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a Rollout names has to be there, and has to be what its routers can work with.
#include "core/rollout/load_balancers.h"
#include "core/rollout/pass.h"
#include "core/rollout/validate.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <tuple>

namespace core::rollout {

using manifest::Array;
using manifest::find;
using manifest::Object;
using manifest::text;
using manifest::Value;

namespace {

constexpr std::string_view kRouting = "spec.strategy.canary.trafficRouting";

Value word(std::string_view text)
{
    return boost::json::string(text);
}

bool leadsTo(const Value& ingress, std::string_view serviceName)
{
    for (const auto& rule : manifest::array(ingress, {"spec", "rules"}))
        for (const auto& path : manifest::array(rule, {"http", "paths"}))
            if (text(path, {"backend", "service", "name"}) == serviceName)
                return true;
    return false;
}

/// Exactly one of two fields has to be there.
std::string oneOf(std::string_view router, bool one, bool several, std::string_view words)
{
    return one == several ? fmt::format("{}.{}: Internal error: {} must be configured. {} are configured.", kRouting,
                                        router, words, one ? "Both" : "Neither")
                          : std::string();
}

struct NamedService
{
    std::string_view field;
    std::string_view name;
    Array labels {}; ///< objects: labels that pods of this role have beside those of the template
};

std::array<NamedService, 6> namedServices(const Value& rollout)
{
    const auto& strategy = *find(rollout, {"spec", "strategy"}); // validated
    const auto of = [&](std::string_view field, manifest::Path path, manifest::Path labels) {
        NamedService out {field, text(strategy, path)};
        if (const auto* found = labels.size() > 0 ? find(strategy, labels) : nullptr)
            out.labels.push_back(*found);
        return out;
    };
    return {
        {of("blueGreen.activeService", {"blueGreen", "activeService"}, {"blueGreen", "activeMetadata", "labels"}),
         of("blueGreen.previewService", {"blueGreen", "previewService"}, {"blueGreen", "previewMetadata", "labels"}),
         of("canary.stableService", {"canary", "stableService"}, {"canary", "stableMetadata", "labels"}),
         of("canary.canaryService", {"canary", "canaryService"}, {"canary", "canaryMetadata", "labels"}),
         of("canary.pingPong.pingService", {"canary", "pingPong", "pingService"}, {}),
         of("canary.pingPong.pongService", {"canary", "pingPong", "pongService"}, {})}};
}

const Value* routerOf(const Value& rollout, std::string_view name)
{
    const auto* found = find(rollout, {"spec", "strategy", "canary", "trafficRouting", name});
    return found && found->is_object() ? found : nullptr;
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

std::string Pass::missingServices() const
{
    for (const auto& [field, name, labels] : namedServices(m_rollout))
        if (!name.empty() && !service(name))
            return invalidValue(fmt::format("spec.strategy.{}", field), word(name),
                                fmt::format("service \"{}\" not found", name));
    return {};
}

std::string Pass::serviceProblem() const
{
    for (const auto& [field, name, labels] : namedServices(m_rollout)) {
        const auto* found = service(name);
        if (!found)
            continue;
        const auto path = fmt::format("spec.strategy.{}", field);
        for (const auto& [key, value] : manifest::object(*found, {"spec", "selector"})) {
            const auto* label = find(m_rollout, {"spec", "template", "metadata", "labels", key});
            const auto* added = labels.empty() ? nullptr : find(labels.front(), {key});
            if (key != kHashLabel && !(label && *label == value) && !(added && *added == value))
                return invalidValue(
                    path, word(name),
                    fmt::format("Service \"{}\" has unmatch label \"{}\" in rollout", name, std::string_view(key)));
        }
        if (const auto manager = manifest::annotation(*found, kManagedBy);
            !manager.empty() && manager != manifest::name(m_rollout))
            return invalidValue(path, word(name), fmt::format("Service \"{}\" is managed by another Rollout", name));
    }
    return {};
}

/// What the routers of the Rollout are told by and is nowhere; "" where all is there.
std::string Pass::missingRoutes() const
{
    const auto* nginx = routerOf(m_rollout, "nginx");
    const auto* alb = routerOf(m_rollout, "alb");
    const auto given = [](const Value& config, std::string_view field) { return find(config, {field}) != nullptr; };
    if (nginx)
        if (auto wrong = oneOf("nginx", !text(*nginx, {"stableIngress"}).empty(), given(*nginx, "stableIngresses"),
                               "Either StableIngress or StableIngresses");
            !wrong.empty())
            return wrong;
    if (alb)
        if (auto wrong = oneOf("alb", !text(*alb, {"ingress"}).empty(),
                               given(*alb, "ingresses") || given(*alb, "servicePorts"), "Either Ingress or Ingresses");
            !wrong.empty())
            return wrong;
    const auto missingIngress = [&](std::string_view field, const Value& shown, const auto& names) -> std::string {
        for (const auto& name : names)
            if (!route("Ingress", name))
                return invalidValue(fmt::format("{}.{}", kRouting, field), shown,
                                    fmt::format("ingress.networking.k8s.io \"{}\" not found", name));
        return {};
    };
    if (alb) {
        std::vector<std::string> names;
        for (auto& ingress : albIngresses(m_rollout))
            names.push_back(std::move(ingress.name));
        const auto* several = find(*alb, {"ingresses"});
        if (auto wrong = missingIngress(several ? "alb.ingresses" : "alb.ingress",
                                        several ? *several : word(text(*alb, {"ingress"})), names);
            !wrong.empty())
            return wrong;
    } else if (nginx) {
        const auto* several = find(*nginx, {"stableIngresses"});
        if (auto wrong =
                missingIngress(several ? "nginx.StableIngresses" : "nginx.stableIngress",
                               several ? *several : word(text(*nginx, {"stableIngress"})), nginxIngresses(*nginx));
            !wrong.empty())
            return wrong;
    }
    if (const auto* istio = routerOf(m_rollout, "istio")) {
        const bool several = !manifest::array(*istio, {"virtualServices"}).empty();
        if (several == given(*istio, "virtualService"))
            return fmt::format("{}.istio: Internal error: either VirtualService or VirtualServices must be configured",
                               kRouting);
        for (const auto& item : istioServices(*istio))
            if (const auto name = text(item, {"name"}); !route("VirtualService", name))
                return invalidValue(
                    fmt::format("{}.istio.{}.name", kRouting, several ? "virtualServices" : "virtualService"),
                    word(name), fmt::format("virtualservices.networking.istio.io \"{}\" not found", name));
    }
    if (const auto* ambassador = routerOf(m_rollout, "ambassador")) {
        const auto path = fmt::format("{}.ambassador.mappings", kRouting);
        if (manifest::array(*ambassador, {"mappings"}).empty())
            return invalidValue(path, Value(), "must provide at least one mapping");
        for (const auto& item : manifest::array(*ambassador, {"mappings"})) {
            const std::string name(item.is_string() ? std::string_view(item.get_string()) : std::string_view());
            if (!route("Mapping", name))
                return invalidValue(path, word(name), fmt::format("mappings.getambassador.io \"{}\" not found", name));
        }
    }
    if (const auto* mesh = routerOf(m_rollout, "appMesh")) {
        const auto path = fmt::format("{}.appmesh.virtualService", kRouting);
        const auto name = text(*mesh, {"virtualService", "name"});
        if (name.empty())
            return invalidValue(path, Value(), "must provide virtual-service");
        const auto shown = word(fmt::format("{}.{}", name, manifest::nameSpace(m_rollout)));
        const auto* service = route("VirtualService", name);
        if (!service)
            return invalidValue(path, shown, fmt::format("virtualservices.appmesh.k8s.aws \"{}\" not found", name));
        const auto router = text(*service, {"spec", "provider", "virtualRouter", "virtualRouterRef", "name"});
        if (router.empty())
            return invalidValue(path, shown, "Virtual-service is not associated with virtual-router");
        if (!route("VirtualRouter", router))
            return invalidValue(path, shown, fmt::format("virtualrouters.appmesh.k8s.aws \"{}\" not found", router));
    }
    return {};
}

namespace {

std::string destinationProblem(const Value& route, const Value& istio, std::string_view stable, std::string_view canary)
{
    const auto hasHost = [&](std::string_view name) {
        for (const auto& entry : manifest::array(route, {"route"})) {
            const auto host = text(entry, {"destination", "host"});
            if (!name.empty() && host.substr(0, host.find('.')) == name)
                return true;
        }
        return false;
    };
    const auto hasSubset = [&](std::string_view name) {
        for (const auto& entry : manifest::array(route, {"route"}))
            if (!name.empty() && text(entry, {"destination", "subset"}) == name)
                return true;
        return false;
    };
    if (find(istio, {"destinationRule"})) {
        const auto canarySubset = text(istio, {"destinationRule", "canarySubsetName"});
        const auto stableSubset = text(istio, {"destinationRule", "stableSubsetName"});
        if (!hasSubset(canarySubset))
            return fmt::format("Canary DestinationRule subset '{}' not found in route", canarySubset);
        if (!hasSubset(stableSubset))
            return fmt::format("Stable DestinationRule subset '{}' not found in route", stableSubset);
        return {};
    }
    if (!hasHost(canary))
        return fmt::format("Canary Service '{}' not found in route", canary);
    return hasHost(stable) ? std::string() : fmt::format("Stable Service '{}' not found in route", stable);
}

std::string httpProblem(const Array& routes, const Array& names, const std::vector<std::string>& managed,
                        const std::function<std::string(const Value&)>& check)
{
    const auto named = [&](std::string_view name) {
        return std::find_if(routes.begin(), routes.end(), [&](const Value& r) { return text(r, {"name"}) == name; });
    };
    std::vector<const Value*> asked;
    if (names.empty()) {
        const auto found = routes.size() == 1 ? routes.begin() : named("");
        if (found != routes.end())
            asked.push_back(&*found);
    }
    for (const auto& item : names) {
        const std::string name(item.is_string() ? std::string_view(item.get_string()) : std::string_view());
        const auto found = named(name);
        if (found == routes.end())
            return fmt::format("HTTP Route '{}' is not found in the defined Virtual Service.", name);
        asked.push_back(&*found);
    }
    for (const auto* route : asked)
        if (auto wrong = check(*route); !wrong.empty())
            return wrong;
    const auto own = std::count_if(routes.begin(), routes.end(), [&](const Value& route) {
        return std::find(managed.begin(), managed.end(), text(route, {"name"})) == managed.end();
    });
    return names.empty() && own > 1
        ? "spec.http[] should be set in VirtualService and it must have exactly one route when omitting "
          "spec.strategy.canary.trafficRouting.istio.virtualService.routes"
        : std::string();
}

std::string portProblem(std::string_view protocol, const Array& routes, const Array& rules,
                        const std::function<std::string(const Value&)>& check)
{
    const bool tls = protocol == "tls";
    std::vector<const Value*> asked;
    if (rules.empty() && !routes.empty())
        asked.push_back(&routes.front());
    for (const auto& rule : rules) {
        const auto before = asked.size();
        for (const auto& route : routes)
            if (matchesPortRule(route, rule))
                asked.push_back(&route);
        if (asked.size() == before)
            return fmt::format("No matching {} routes found in the defined Virtual Service.", tls ? "TLS" : "TCP");
    }
    for (const auto* route : asked)
        if (auto wrong = check(*route); !wrong.empty())
            return wrong;
    return rules.empty() && routes.size() > 1
        ? fmt::format("spec.{0}[] should be set in VirtualService and it must have exactly one route when omitting "
                      "spec.strategy.canary.trafficRouting.istio.virtualService.{0}Routes",
                      protocol)
        : std::string();
}

/// An App Mesh VirtualRouter has to divide every route between two targets.
std::string meshProblem(const Value& router)
{
    const auto name = manifest::name(router);
    const auto refuse = [&](const std::string& path, std::string why) { return invalidValue(path, word(name), why); };
    const auto& routes = manifest::array(router, {"spec", "routes"});
    if (routes.empty())
        return refuse("spec.routes", fmt::format("No routes defined for AppMesh virtual-router {}", name));
    for (std::size_t i = 0; i < routes.size(); ++i) {
        const auto path = fmt::format("spec.routes[{}]", i);
        const auto routeName = text(routes[i], {"name"});
        std::string_view kind;
        for (const std::string_view known : {"httpRoute", "http2Route", "tcpRoute", "grpcRoute"})
            if (kind.empty() && find(routes[i], {known}))
                kind = known;
        if (kind.empty())
            return refuse(path,
                          fmt::format("Error getting route details for AppMesh virtual-router {} and route {}. Error: "
                                      "Route has unsupported route type",
                                      name, routeName));
        const auto* targets = find(routes[i], {kind, "action", "weightedTargets"});
        const auto targetPath = fmt::format("{}.{}.action.weightedTargets", path, kind);
        if (!targets || !targets->is_array())
            return refuse(
                targetPath,
                fmt::format("Invalid route action found for AppMesh virtual-router {} and route {}", name, routeName));
        if (targets->get_array().size() != 2)
            return refuse(targetPath,
                          fmt::format("Invalid number of weightedTargets ({}) for AppMesh virtual-router {} "
                                      "and route {}, expected 2",
                                      targets->get_array().size(), name, routeName));
    }
    return {};
}

} // namespace

/// What is wrong with the VirtualServices that carry the weights.
std::string Pass::virtualServiceProblem(const Value& istio) const
{
    const bool several = !manifest::array(istio, {"virtualServices"}).empty();
    const auto path = fmt::format("{}.istio.{}.name", kRouting, several ? "virtualServices" : "virtualService");
    const auto& canary = canarySpec(m_rollout);
    const auto service = [&](std::string_view field, std::string_view role) {
        return text(canary, find(canary, {"pingPong"}) ? manifest::Path {"pingPong", role} : manifest::Path {field});
    };
    // Not by who plays which part now: both are to be there.
    const auto check = [&](const Value& route) {
        return destinationProblem(route, istio, service("stableService", "pingService"),
                                  service("canaryService", "pongService"));
    };
    const auto managed = managedRoutes();
    for (const auto& item : istioServices(istio)) {
        const auto* object = route("VirtualService", text(item, {"name"}));
        if (!object)
            continue;
        const auto refuse = [&](const std::string& why) {
            return invalidValue(path, word(manifest::name(*object)), why);
        };
        const auto* http = find(*object, {"spec", "http"});
        const auto* tls = find(*object, {"spec", "tls"});
        const auto* tcp = find(*object, {"spec", "tcp"});
        if (!http && !tls && !tcp)
            return refuse("Unable to get any of the HTTP, TCP or TLS routes for the Istio VirtualService");
        if (http && http->is_array())
            if (const auto why = httpProblem(http->get_array(), manifest::array(item, {"routes"}), managed, check);
                !why.empty())
                return refuse("Istio VirtualService has invalid HTTP routes. Error: " + why);
        for (const auto& [protocol, routes, field] :
             {std::tuple {"tls", tls, "tlsRoutes"}, std::tuple {"tcp", tcp, "tcpRoutes"}})
            if (routes && routes->is_array())
                if (const auto why = portProblem(protocol, routes->get_array(), manifest::array(item, {field}), check);
                    !why.empty())
                    return refuse(fmt::format("Istio VirtualService has invalid {} routes. Error: {}",
                                              std::string_view(protocol) == "tls" ? "TLS" : "TCP", why));
    }
    return {};
}

/// What is wrong with the objects that the routers of the Rollout are told by; "" where nothing is.
std::string Pass::routeProblem() const
{
    const auto withoutRule = [&](std::string_view field, const std::string& name,
                                 std::string_view root) -> std::string {
        const auto* ingress = route("Ingress", name);
        return ingress && !leadsTo(*ingress, root)
            ? invalidValue(fmt::format("{}.{}", kRouting, field), word(name),
                           fmt::format("ingress `{}` has no rules using service {} backend", name, root))
            : std::string();
    };
    if (const auto* alb = routerOf(m_rollout, "alb")) {
        const auto root = text(*alb, {"rootService"});
        for (const auto& ingress : albIngresses(m_rollout))
            if (auto wrong = withoutRule(find(*alb, {"ingresses"}) ? "alb.ingresses" : "alb.ingress", ingress.name,
                                         root.empty() ? stableService() : root);
                !wrong.empty())
                return wrong;
    } else if (const auto* nginx = routerOf(m_rollout, "nginx")) {
        for (const auto& name : nginxIngresses(*nginx))
            if (auto wrong =
                    withoutRule(find(*nginx, {"stableIngresses"}) ? "nginx.stableIngresses" : "nginx.stableIngress",
                                name, stableService());
                !wrong.empty())
                return wrong;
    }
    if (const auto* istio = routerOf(m_rollout, "istio"))
        if (auto wrong = virtualServiceProblem(*istio); !wrong.empty())
            return wrong;
    if (const auto* ambassador = routerOf(m_rollout, "ambassador"))
        for (const auto& item : manifest::array(*ambassador, {"mappings"})) {
            const auto* mapping = item.is_string() ? route("Mapping", item.get_string()) : nullptr;
            if (mapping && manifest::integer(*mapping, {"spec", "weight"}).value_or(0) != 0)
                return invalidValue(
                    "spec.weight", word(manifest::name(*mapping)),
                    fmt::format("Ambassador mapping \"{}\" can not define weight", manifest::name(*mapping)));
        }
    if (const auto* mesh = routerOf(m_rollout, "appMesh"))
        if (const auto* service = route("VirtualService", text(*mesh, {"virtualService", "name"})))
            if (const auto* router = route(
                    "VirtualRouter", text(*service, {"spec", "provider", "virtualRouter", "virtualRouterRef", "name"})))
                return meshProblem(*router);
    return {};
}

} // namespace core::rollout
