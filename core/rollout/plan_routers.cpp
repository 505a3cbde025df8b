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

namespace {

constexpr std::string_view kCanarySuffix = "-canary";

/// Whether an object has all of these annotations; others may be there, too.
bool hasAnnotations(const Value& object, const Object& wanted)
{
    return std::all_of(wanted.begin(), wanted.end(), [&](const auto& each) {
        const auto* present = find(object, {"metadata", "annotations", std::string_view(each.key())});
        return present && *present == each.value();
    });
}

} // namespace

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
        const std::string name =
            fmt::format("{}-{}", manifest::name(m_rollout), stableName).substr(0, 253 - kCanarySuffix.size())
            + std::string(kCanarySuffix);
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
            routerFails(fmt::format("canary ingress `{}` controlled by different object", name));
            continue;
        }
        Object patch;
        if (!hasAnnotations(*present, manifest::object(wanted, {"metadata", "annotations"})))
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
    if (!services || !services->is_array())
        return routerFails("spec.weighted.services was not found in traefik service manifest");
    if (!setServiceWeight(services, "name", canaryService(), weight))
        return routerFails("traefik canary service was not found");
    if (!setServiceWeight(services, "name", stableService(), 100 - weight))
        return routerFails("traefik stable service was not found");
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
    // Two nodes must not select the same pods: without an update the canary's selects none.
    const std::string stableHash = m_stable ? m_stable->hash : "stable-hash";
    const std::string canaryHash = m_new && m_new->hash != stableHash ? m_new->hash : "canary-hash";
    for (const auto& [name, hash] : {std::pair {stableNode, stableHash}, std::pair {canaryNode, canaryHash}}) {
        const auto* node = route("VirtualNode", name);
        if (!node)
            return routerFails(fmt::format("Virtual-node is missing: `{}`", name));
        if (text(*node, {"spec", "podSelector", "matchLabels", kHashLabel}) != hash
            || manifest::annotation(*node, kManagedBy) != manifest::name(m_rollout))
            plan(Write::Verb::Merge, reference(*node),
                 Object {{"metadata", Object {{"annotations", Object {{kManagedBy, manifest::name(m_rollout)}}}}},
                         {"spec", Object {{"podSelector", Object {{"matchLabels", Object {{kHashLabel, hash}}}}}}}});
    }
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
                    const auto space = text(target, {"virtualNodeRef", "namespace"});
                    if (!target.is_object() || (!space.empty() && space != manifest::nameSpace(m_rollout)))
                        continue;
                    if (node == stableNode)
                        target.get_object()["weight"] = 100 - weight;
                    else if (node == canaryNode)
                        target.get_object()["weight"] = weight;
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
