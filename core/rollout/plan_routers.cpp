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

void Pass::nginx(const Value& config, std::int64_t weight)
{
    std::string prefix(text(config, {"annotationPrefix"}));
    if (prefix.empty())
        prefix = "nginx.ingress.kubernetes.io";
    Array names = manifest::array(config, {"stableIngresses"});
    if (const auto one = text(config, {"stableIngress"}); !one.empty())
        names.push_back(Value(boost::json::string(one)));
    for (const auto& item : names) {
        const std::string stableName(item.is_string() ? std::string_view(item.get_string()) : std::string_view());
        const auto* stable = route("Ingress", stableName);
        if (!stable) {
            event(true, "TrafficRoutingError", fmt::format("ingress `{}` not found", stableName));
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
        bool owned = false;
        for (const auto& owner : manifest::array(*present, {"metadata", "ownerReferences"}))
            owned = owned || text(owner, {"uid"}) == manifest::uid(m_rollout);
        if (!owned) {
            event(
                true, "TrafficRoutingError",
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
    Object spec {{"service", root},
                 {"backends", Array {Value(Object {{"service", canaryService()}, {"weight", weight}})}}};
    auto& backends = spec["backends"].get_array();
    for (const auto& extra : m_additional)
        backends.push_back(Object {{"service", *find(extra, {"serviceName"})}, {"weight", *find(extra, {"weight"})}});
    backends.push_back(Object {{"service", stableService()}, {"weight", 100 - weight - m_additionalWeight}});
    const auto* present = route("TrafficSplit", name);
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
    if (!manifest::equal(Value(spec), Value(manifest::object(*present, {"spec"}))))
        plan(Write::Verb::Merge, reference(*present), Object {{"spec", std::move(spec)}});
}

void Pass::traefik(const Value& config, std::int64_t weight)
{
    const auto* before = route("TraefikService", text(config, {"weightedTraefikServiceName"}));
    if (!before)
        return;
    Value after = *before;
    if (auto* services = find(after, {"spec", "weighted", "services"}); services && services->is_array())
        for (auto& entry : services->get_array()) {
            if (text(entry, {"name"}) == canaryService())
                entry.get_object()["weight"] = weight;
            else if (text(entry, {"name"}) == stableService())
                entry.get_object()["weight"] = 100 - weight;
        }
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
        event(true, "TrafficRoutingError",
              fmt::format("the VirtualRouter of VirtualService `{}` was not found",
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
        if (!base)
            continue;
        const auto* present = route("Mapping", name + "-canary");
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
                              Object {{"name", name + "-canary"},
                                      {"namespace", manifest::nameSpace(m_rollout)},
                                      {"ownerReferences", Array {ownerReference()}}}},
                             {"spec", manifest::object(*base, {"spec"})}};
        const std::string original(text(*base, {"spec", "service"}));
        const auto colon = original.rfind(':');
        objectAt(copy, {"spec"})["service"] =
            canaryService() + (colon == std::string::npos ? std::string() : original.substr(colon));
        objectAt(copy, {"spec"})["weight"] = weight;
        plan(Write::Verb::Create, std::move(copy));
    }
}

} // namespace core::rollout
