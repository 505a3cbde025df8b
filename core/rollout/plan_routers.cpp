// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollout/pass.h"

#include <fmt/format.h>

#include <algorithm>

namespace core::rollout {

using manifest::Array;
using manifest::find;
using manifest::Object;
using manifest::text;
using manifest::Value;

bool Pass::isOurs(const Value& object) const
{
    const auto& owners = manifest::array(object, {"metadata", "ownerReferences"});
    return std::any_of(owners.begin(), owners.end(),
                       [&](const Value& owner) { return text(owner, {"uid"}) == manifest::uid(m_rollout); });
}

bool setServiceWeight(Value* services, std::string_view nameField, std::string_view name, std::int64_t weight)
{
    if (services && services->is_array())
        for (auto& entry : services->get_array())
            if (entry.is_object() && text(entry, {nameField}) == name) {
                entry.get_object()["weight"] = weight;
                return true;
            }
    return false;
}

void Pass::nginx(const Value& config, std::int64_t weight)
{
    std::string prefix(text(config, {"annotationPrefix"}));
    if (prefix.empty())
        prefix = "nginx.ingress.kubernetes.io";
    for (const auto& stableName : nginxIngresses(config)) {
        const auto* stable = route("Ingress", stableName);
        if (!stable) {
            routerFails(fmt::format("ingress `{}` not found", stableName));
            continue;
        }
        std::string front(manifest::name(m_rollout));
        const std::string tail = "-" + stableName + "-canary";
        if (front.size() + tail.size() > 253)
            front.resize(253 - std::min<std::size_t>(253, tail.size()));
        const std::string name = front + tail;
        Value wanted = Object {{"apiVersion", manifest::apiVersion(*stable)},
                               {"kind", "Ingress"},
                               {"metadata", Object {{"name", name}, {"namespace", manifest::nameSpace(m_rollout)}}},
                               {"spec", Object {}}};
        Object annotations;
        for (const auto& [key, value] : manifest::object(*stable, {"metadata", "annotations"}))
            if (key == "kubernetes.io/ingress.class")
                annotations[key] = value;
        for (const auto& [key, value] : manifest::object(config, {"additionalIngressAnnotations"})) {
            const std::string full = key.starts_with(prefix) ? std::string(key) : prefix + "/" + std::string(key);
            annotations[full] = value;
        }
        for (const auto& [key, value] : manifest::object(config, {"canaryIngressAnnotations"}))
            annotations[key] = value;
        annotations[prefix + "/canary"] = "true";
        annotations[prefix + "/canary-weight"] = std::to_string(weight);
        if (maxWeightOf(m_rollout) != 100)
            annotations[prefix + "/canary-weight-total"] = std::to_string(maxWeightOf(m_rollout));
        objectAt(wanted, {"metadata"})["annotations"] = std::move(annotations);
        objectAt(wanted, {"metadata"})["ownerReferences"] = Array {ownerReference()};
        for (const std::string_view field : {"ingressClassName", "tls"})
            if (const auto* value = find(*stable, {"spec", field}))
                objectAt(wanted, {"spec"})[field] = *value;
        Array rules;
        for (const auto& rule : manifest::array(*stable, {"spec", "rules"})) {
            Array paths;
            for (auto path : manifest::array(rule, {"http", "paths"})) {
                if (text(path, {"backend", "service", "name"}) != stableService())
                    continue;
                objectAt(path, {"backend", "service"})["name"] = canaryService();
                paths.push_back(std::move(path));
            }
            if (paths.empty())
                continue;
            Value copy = rule;
            objectAt(copy, {"http"})["paths"] = std::move(paths);
            rules.push_back(std::move(copy));
        }
        objectAt(wanted, {"spec"})["rules"] = std::move(rules);
        const auto* present = route("Ingress", name);
        if (!present) {
            plan(Write::Verb::Create, std::move(wanted));
            continue;
        }
        if (!isOurs(*present)) {
            routerFails(
                fmt::format("canary ingress `{}` cannot be managed by rollout `{}`", name, manifest::name(m_rollout)));
            continue;
        }
        Object patch;
        if (!manifest::equal(*find(wanted, {"metadata", "annotations"}),
                             Value(manifest::object(*present, {"metadata", "annotations"}))))
            patch["metadata"] = Object {{"annotations", *find(wanted, {"metadata", "annotations"})}};
        if (!manifest::equal(*find(wanted, {"spec"}), Value(manifest::object(*present, {"spec"}))))
            patch["spec"] = *find(wanted, {"spec"});
        if (!patch.empty())
            plan(Write::Verb::Merge, reference(*present), Value(std::move(patch)));
    }
}

void Pass::smi(const Value& config, std::int64_t weight)
{
    std::string name(text(config, {"trafficSplitName"}));
    if (name.empty())
        name = manifest::name(m_rollout);
    std::string root(text(config, {"rootService"}));
    if (root.empty())
        root = stableService();
    const auto* present = route("TrafficSplit", name);
    const bool quantities = !present || manifest::apiVersion(*present).ends_with("/v1alpha1"); // there, text
    Array backends;
    const auto add = [&](std::string_view serviceName, std::int64_t share) {
        backends.push_back(
            Object {{"service", serviceName},
                    {"weight", quantities ? Value(boost::json::string(std::to_string(share))) : Value(share)}});
    };
    add(canaryService(), weight);
    for (const auto& extra : m_additional)
        add(text(extra, {"serviceName"}), manifest::integer(extra, {"weight"}).value_or(0));
    add(stableService(), 100 - weight - m_additionalWeight);
    Object spec {{"service", root}, {"backends", std::move(backends)}};
    if (!present) {
        plan(Write::Verb::Create,
             Object {{"apiVersion", "split.smi-spec.io/v1alpha1"},
                     {"kind", "TrafficSplit"},
                     {"metadata",
                      Object {{"name", name},
                              {"namespace", manifest::nameSpace(m_rollout)},
                              {"ownerReferences", Array {ownerReference()}}}},
                     {"spec", std::move(spec)}});
        return;
    }
    if (!isOurs(*present))
        routerFails(fmt::format("Rollout does not own TrafficSplit `{}`", name));
    else if (!manifest::equal(Value(spec), Value(manifest::object(*present, {"spec"}))))
        plan(Write::Verb::Merge, reference(*present), Object {{"spec", std::move(spec)}});
}

void Pass::traefik(const Value& config, std::int64_t weight)
{
    const auto name = text(config, {"weightedTraefikServiceName"});
    const auto* before = route("TraefikService", name);
    if (!before)
        return routerFails(fmt::format("TraefikService `{}` not found", name));
    Value after = *before;
    auto* services = find(after, {"spec", "weighted", "services"});
    for (const auto& [side, share] : {std::pair {canaryService(), weight}, std::pair {stableService(), 100 - weight}})
        if (!setServiceWeight(services, "name", side, share))
            return routerFails(fmt::format("TraefikService `{}` has no weighted service `{}`", name, side));
    replaceRoute(*before, std::move(after));
}

/// The VirtualRouter behind the VirtualService: weights of the two VirtualNodes, and the hashes that these select.
void Pass::appMesh(const Value& config, std::int64_t weight)
{
    const auto* service = route("VirtualService", text(config, {"virtualService", "name"}));
    const auto* router = service
        ? route("VirtualRouter", text(*service, {"spec", "provider", "virtualRouter", "virtualRouterRef", "name"}))
        : nullptr;
    if (!router) {
        routerFails(fmt::format("the VirtualRouter of VirtualService `{}` was not found",
                                text(config, {"virtualService", "name"})));
        return;
    }
    const auto canaryNode = text(config, {"virtualNodeGroup", "canaryVirtualNodeRef", "name"});
    const auto stableNode = text(config, {"virtualNodeGroup", "stableVirtualNodeRef", "name"});
    for (const auto& [name, set] : {std::pair {canaryNode, m_new}, std::pair {stableNode, m_stable}})
        if (const auto* node = route("VirtualNode", name); node && set)
            if (text(*node, {"spec", "podSelector", "matchLabels", kHashLabel}) != set->hash)
                plan(Write::Verb::Merge, reference(*node),
                     Object {{"spec",
                              Object {{"podSelector", Object {{"matchLabels", Object {{kHashLabel, set->hash}}}}}}}});
    Value after = *router;
    const auto& names = manifest::array(config, {"virtualService", "routes"});
    const auto named = [&](const Value& item) {
        return names.empty() || std::any_of(names.begin(), names.end(), [&](const Value& name) {
                   return name.is_string() && name.get_string() == text(item, {"name"});
               });
    };
    for (auto& item : arrayAt(after, {"spec", "routes"})) {
        if (!named(item))
            continue;
        for (const std::string_view kind : {"httpRoute", "http2Route", "grpcRoute", "tcpRoute"})
            if (auto* targets = find(item, {kind, "action", "weightedTargets"}); targets && targets->is_array())
                for (auto& target : targets->get_array()) {
                    const auto node = text(target, {"virtualNodeRef", "name"});
                    if (node == canaryNode)
                        target.as_object()["weight"] = weight;
                    else if (node == stableNode)
                        target.as_object()["weight"] = 100 - weight;
                }
    }
    replaceRoute(*router, std::move(after));
}

void Pass::ambassador(const Value& config, std::int64_t weight)
{
    for (const auto& item : manifest::array(config, {"mappings"})) {
        const std::string name(item.is_string() ? std::string_view(item.get_string()) : std::string_view());
        const auto* base = route("Mapping", name);
        if (!base) {
            routerFails(fmt::format("Ambassador mapping `{}` not found", name));
            continue;
        }
        const auto canaryName = name.substr(0, 246) + "-canary";
        const auto* present = route("Mapping", canaryName);
        if (weight == 0) {
            if (present)
                plan(Write::Verb::Delete, reference(*present));
            continue;
        }
        if (present) {
            if (manifest::integer(*present, {"spec", "weight"}) != weight)
                plan(Write::Verb::Merge, reference(*present), Object {{"spec", Object {{"weight", weight}}}});
            continue;
        }
        Value copy = Object {{"apiVersion", manifest::apiVersion(*base)},
                             {"kind", "Mapping"},
                             {"metadata",
                              Object {{"name", canaryName},
                                      {"namespace", manifest::nameSpace(m_rollout)},
                                      {"ownerReferences", Array {ownerReference()}}}},
                             {"spec", manifest::object(*base, {"spec"})}};
        std::string target(text(*base, {"spec", "service"}));
        if (const auto at = target.find(stableService()); at != std::string::npos)
            target.replace(at, stableService().size(), canaryService());
        objectAt(copy, {"spec"})["service"] = target;
        objectAt(copy, {"spec"})["weight"] = weight;
        plan(Write::Verb::Create, std::move(copy));
    }
}

} // namespace core::rollout
