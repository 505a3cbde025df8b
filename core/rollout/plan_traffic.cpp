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

const Value* Pass::route(std::string_view kind, std::string_view name) const
{
    // "name" or "name.namespace"
    std::string_view nameSpace = manifest::nameSpace(m_rollout);
    if (kind == "VirtualService" || kind == "DestinationRule") {
        if (name.ends_with(".cluster.local"))
            name.remove_suffix(14);
        if (const auto dot = name.rfind('.'); dot != std::string_view::npos) {
            nameSpace = name.substr(dot + 1);
            name = name.substr(0, dot);
        }
    }
    for (const auto& candidate : m_in.routes)
        if (manifest::kind(candidate) == kind && manifest::name(candidate) == name
            && (manifest::nameSpace(candidate) == nameSpace || manifest::nameSpace(candidate).empty()))
            return &candidate;
    return nullptr;
}

void Pass::replaceRoute(const Value& before, Value after)
{
    if (!manifest::equal(before, after))
        plan(Write::Verb::Replace, std::move(after));
}

std::string Pass::canaryService() const
{
    return std::string(text(m_rollout, {"spec", "strategy", "canary", "canaryService"}));
}
std::string Pass::stableService() const
{
    return std::string(text(m_rollout, {"spec", "strategy", "canary", "stableService"}));
}

/// Chooses the wanted weight, and has it written by all routers. False: the routes stay as they are in this pass.
bool Pass::reconcileTraffic()
{
    if (!hasTrafficRouting(m_rollout)) {
        manifest::erase(m_status, {"canary", "weights"});
        return true;
    }
    if (!m_stable)
        return false;
    const std::int64_t maxWeight = maxWeightOf(m_rollout);
    const auto recorded = persistedWeights();
    std::int64_t weight = 0;
    bool removeManaged = false;
    const bool promoted = m_new && m_new == m_stable;
    const bool dynamic = hasDynamicStableScale(m_rollout);
    const auto stable = m_stable->count();
    const auto canary = m_new ? m_new->count() : ReplicaCount {};
    const auto drain = [&] {
        Value rollout = m_in.rollout;
        if (m_addAbort)
            objectAt(rollout, {"status"})["abort"] = true;
        const std::int64_t wanted = desiredWeight(rollout, &canary, &stable);
        const std::int64_t carried = m_replicas == 0 ? maxWeight : maxWeight * m_stable->available / m_replicas;
        const std::int64_t needed = std::max<std::int64_t>(0, maxWeight - carried);
        if (!recorded)
            return std::max(needed, wanted);
        if (wanted <= 0)
            return std::min(needed, recorded->canary);
        if (carried < maxWeight - wanted)
            return recorded->canary;
        return std::min(wanted, recorded->canary);
    };
    const auto previousHash = text(m_in.rollout, {"status", "canary", "weights", "canary", "podTemplateHash"});
    const Set* canarySet = m_new;
    if (promoted && dynamic && !previousHash.empty() && previousHash != m_new->hash && m_new->available < m_replicas) {
        weight = drain();
        for (const auto& set : m_sets)
            if (set.hash == previousHash)
                canarySet = &set;
    } else if (promoted) {
        removeManaged = true;
    } else if (aborted()) {
        weight = dynamic ? drain() : 0;
        if (weight == 0)
            pointService(canaryService(), m_stable, false);
        removeManaged = true;
    } else if (!m_new || m_new->available == 0) {
        removeManaged = true;
    } else if (promoteFull()) {
        weight = dynamic && m_replicas > 0 ? maxWeight * m_new->available / m_replicas
            : recorded                     ? recorded->canary
                                           : 0;
        removeManaged = true;
    } else if (const auto index = currentStepIndex(m_in.rollout)) {
        const auto& steps = canarySteps(m_in.rollout);
        const auto before = [&](std::size_t end) {
            for (std::size_t i = std::min(end, steps.size()); i-- > 0;)
                if (const auto set = manifest::integer(steps[i], {"setWeight"}))
                    return *set;
            return std::int64_t {0};
        };
        if (!atDesiredCounts(m_in.rollout, &canary, &stable, olderCounts(), {}))
            weight = before(*index);
        else if (*index >= steps.size())
            weight = maxWeight;
        else
            weight = before(*index + 1);
    }
    const std::int64_t carried = (maxWeight - weight) * m_replicas / maxWeight;
    if (m_stable->available < carried
        && !thresholdMet(find(m_rollout, {"spec", "strategy", "canary", "replicaProgressThreshold"}), &stable,
                         m_replicas)) {
        wait(
            fmt::format("traffic waits for the stable version: {} of {} pods available", m_stable->available, carried));
        return false;
    }
    writeRoutes(weight, removeManaged);
    const auto side = [&](std::int64_t sideWeight, const std::string& serviceName, const Set* set) {
        Object out {{"podTemplateHash", set ? set->hash : ""}};
        if (!serviceName.empty())
            out["serviceName"] = serviceName;
        out["weight"] = sideWeight;
        return out;
    };
    Object weights {{"canary", side(weight, canaryService(), canarySet)},
                    {"stable", side(maxWeight - weight, stableService(), m_stable)}};
    if (recorded && recorded->canary != weight)
        event(false, "TrafficWeightUpdated",
              fmt::format("Traffic weight updated from {} to {}", recorded->canary, weight));
    objectAt(m_status, {"canary"})["weights"] = std::move(weights);
    return true;
}

void Pass::writeRoutes(std::int64_t weight, bool removeManaged)
{
    const auto& routing = manifest::object(m_rollout, {"spec", "strategy", "canary", "trafficRouting"});
    const auto config = [&](std::string_view name) -> const Value* {
        const auto* found = routing.if_contains(boost::json::string_view(name.data(), name.size()));
        return found && found->is_object() ? found : nullptr;
    };
    if (const auto* found = config("istio"))
        istio(*found, weight, removeManaged);
    if (const auto* found = config("nginx"))
        nginx(*found, weight);
    if (const auto* found = config("alb"))
        alb(*found, weight);
    if (const auto* found = config("smi"))
        smi(*found, weight);
    if (const auto* found = config("ambassador"))
        ambassador(*found, weight);
    if (const auto* found = config("traefik"))
        traefik(*found, weight);
    if (const auto* found = config("apisix"))
        apisix(*found, weight);
    if (const auto* plugins = config("plugins"))
        if (const auto* gateway = find(*plugins, {"argoproj-labs/gatewayAPI"}))
            gatewayApi(*gateway, weight);
}

namespace {

std::string_view firstPart(std::string_view host)
{
    return host.substr(0, host.find('.'));
}

struct IstioSides
{
    std::string canaryHost, stableHost, canarySubset, stableSubset;
    [[nodiscard]] bool isCanary(const Value& destination) const
    {
        const auto subset = text(destination, {"subset"});
        return canarySubset.empty() ? !canaryHost.empty() && firstPart(text(destination, {"host"})) == canaryHost
                                    : subset == canarySubset;
    }
    [[nodiscard]] bool isStable(const Value& destination) const
    {
        const auto subset = text(destination, {"subset"});
        return stableSubset.empty() ? !stableHost.empty() && firstPart(text(destination, {"host"})) == stableHost
                                    : subset == stableSubset;
    }
};

void setRouteWeights(Value& routeList, const IstioSides& sides, std::int64_t weight)
{
    auto* destinations = routeList.if_array();
    if (!destinations)
        return;
    for (auto& entry : *destinations) {
        const auto* destination = find(entry, {"destination"});
        if (!destination || !entry.is_object())
            continue;
        std::optional<std::int64_t> wanted;
        if (sides.isCanary(*destination))
            wanted = weight;
        else if (sides.isStable(*destination))
            wanted = 100 - weight;
        if (wanted && manifest::integer(entry, {"weight"}).value_or(destinations->size() == 1 ? 100 : 0) != *wanted)
            entry.get_object()["weight"] = *wanted;
        else if (wanted && !find(entry, {"weight"}) && destinations->size() > 1)
            entry.get_object()["weight"] = *wanted;
    }
}

bool contains(const Array& names, std::string_view name)
{
    return std::any_of(names.begin(), names.end(),
                       [&](const Value& item) { return item.is_string() && item.get_string() == name; });
}

Value headerRoute(const Value& step, const IstioSides& sides, std::string_view host)
{
    Object headers;
    for (const auto& match : manifest::array(step, {"match"}))
        if (const auto* value = find(match, {"headerValue"}))
            headers[text(match, {"headerName"})] = *value;
    Object destination {{"host", host}};
    if (!sides.canarySubset.empty())
        destination["subset"] = sides.canarySubset;
    return Object {{"name", text(step, {"name"})},
                   {"match", Array {Value(Object {{"headers", std::move(headers)}})}},
                   {"route", Array {Value(Object {{"destination", std::move(destination)}, {"weight", 100}})}}};
}

Value mirrorRoute(const Value& step, const IstioSides& sides, std::string_view host, const Value& destinations)
{
    Array matches;
    for (const auto& match : manifest::array(step, {"match"})) {
        Object out;
        if (const auto* method = find(match, {"method"}))
            out["method"] = *method;
        if (const auto* path = find(match, {"path"}))
            out["uri"] = *path;
        if (const auto* headers = find(match, {"headers"}))
            out["headers"] = *headers;
        matches.push_back(std::move(out));
    }
    Object mirror {{"host", host}};
    if (!sides.canarySubset.empty())
        mirror["subset"] = sides.canarySubset;
    return Object {{"name", text(step, {"name"})},
                   {"match", std::move(matches)},
                   {"route", destinations},
                   {"mirror", std::move(mirror)},
                   {"mirrorPercentage", Object {{"value", manifest::integer(step, {"percentage"}).value_or(100)}}}};
}

} // namespace

void Pass::istio(const Value& config, std::int64_t weight, bool removeManaged)
{
    IstioSides sides {canaryService(), stableService(),
                      std::string(text(config, {"destinationRule", "canarySubsetName"})),
                      std::string(text(config, {"destinationRule", "stableSubsetName"}))};
    std::string host = sides.canaryHost;
    if (find(config, {"destinationRule"})) {
        if (const auto* rule = route("DestinationRule", text(config, {"destinationRule", "name"})))
            host = text(*rule, {"spec", "host"});
        destinationRule(*find(config, {"destinationRule"}));
    }
    Array services = manifest::array(config, {"virtualServices"});
    if (const auto* one = find(config, {"virtualService"}); one && one->is_object())
        services.push_back(*one);
    Array managed;
    for (const auto& item :
         manifest::array(m_rollout, {"spec", "strategy", "canary", "trafficRouting", "managedRoutes"}))
        managed.push_back(Value(boost::json::string(text(item, {"name"}))));
    const auto* step = currentStep(m_in.rollout);
    for (const auto& wanted : services) {
        const auto name = text(wanted, {"name"});
        const auto* before = route("VirtualService", name);
        if (!before) {
            event(true, "TrafficRoutingError", fmt::format("VirtualService `{}` not found", name));
            wait(fmt::format("VirtualService {} is not there", name));
            continue;
        }
        Value after = *before;
        auto* http = find(after, {"spec", "http"});
        const auto& names = manifest::array(wanted, {"routes"});
        const Value* weighted = nullptr;
        if (http && http->is_array()) {
            auto& list = http->get_array();
            bool anyNamed = !names.empty();
            for (auto& entry : list) {
                const auto entryName = text(entry, {"name"});
                const bool isManaged = contains(managed, entryName);
                bool matches = anyNamed ? contains(names, entryName) : list.size() == 1 || entryName.empty();
                if (isManaged && find(entry, {"mirror"}))
                    matches = true;
                if (!matches)
                    continue;
                if (auto* destinations = find(entry, {"route"})) {
                    setRouteWeights(*destinations, sides, weight);
                    if (!isManaged && !weighted)
                        weighted = destinations;
                }
                if (!anyNamed && !isManaged && entryName.empty())
                    break;
            }
            if (removeManaged) {
                Array kept;
                for (auto& entry : list)
                    if (!contains(managed, text(entry, {"name"})))
                        kept.push_back(std::move(entry));
                list = std::move(kept);
            } else if (step && m_new && m_new->revision > 1) {
                for (const std::string_view kind : {"setHeaderRoute", "setMirrorRoute"}) {
                    const auto* change = find(*step, {kind});
                    if (!change)
                        continue;
                    Value made;
                    if (!manifest::array(*change, {"match"}).empty())
                        made = kind == "setHeaderRoute"
                            ? headerRoute(*change, sides, host)
                            : mirrorRoute(*change, sides, host, weighted ? *weighted : Value(Array {}));
                    Array kept;
                    for (auto& entry : list)
                        if (text(entry, {"name"}) != text(*change, {"name"}))
                            kept.push_back(entry);
                    if (!made.is_null())
                        kept.push_back(std::move(made));
                    Array ordered;
                    for (const auto& first : managed)
                        for (const auto& entry : kept)
                            if (text(entry, {"name"}) == first.get_string())
                                ordered.push_back(entry);
                    for (const auto& entry : kept)
                        if (!contains(managed, text(entry, {"name"})))
                            ordered.push_back(entry);
                    list = std::move(ordered);
                }
            }
        }
        for (const std::string_view protocol : {"tls", "tcp"}) {
            auto* list = find(after, {"spec", protocol});
            const auto& chosen = manifest::array(wanted, {protocol == "tls" ? "tlsRoutes" : "tcpRoutes"});
            if (!list || !list->is_array())
                continue;
            auto& entries = list->get_array();
            for (auto& entry : entries) {
                bool matches = chosen.empty() ? entries.size() == 1 && !(http && http->is_array()) : false;
                for (const auto& rule : chosen) {
                    const auto port = manifest::integer(rule, {"port"}).value_or(0);
                    std::set<std::int64_t> ports;
                    std::set<std::string> hosts;
                    for (const auto& match : manifest::array(entry, {"match"})) {
                        ports.insert(manifest::integer(match, {"port"}).value_or(0));
                        for (const auto& sni : manifest::array(match, {"sniHosts"}))
                            hosts.emplace(sni.is_string() ? std::string(sni.get_string()) : std::string());
                    }
                    std::set<std::string> wantedHosts;
                    for (const auto& sni : manifest::array(rule, {"sniHosts"}))
                        wantedHosts.emplace(sni.is_string() ? std::string(sni.get_string()) : std::string());
                    matches = matches
                        || (ports.size() <= 1 && (port == 0 || ports.contains(port))
                            && (wantedHosts.empty() || wantedHosts == hosts));
                }
                if (matches)
                    if (auto* destinations = find(entry, {"route"}))
                        setRouteWeights(*destinations, sides, weight);
            }
        }
        replaceRoute(*before, std::move(after));
    }
}

void Pass::destinationRule(const Value& config)
{
    const auto* before = route("DestinationRule", text(config, {"name"}));
    if (!before)
        return;
    const bool noServices = canaryService().empty() && stableService().empty();
    Value after = *before;
    bool usable = true;
    auto* subsets = find(after, {"spec", "subsets"});
    if (!subsets || !subsets->is_array())
        return;
    for (auto& subset : subsets->get_array()) {
        const auto name = text(subset, {"name"});
        const bool isCanary = name == text(config, {"canarySubsetName"});
        const bool isStable = name == text(config, {"stableSubsetName"});
        const Set* target = isCanary ? m_new : isStable ? m_stable : nullptr;
        if (!target)
            continue;
        if (aborted() && isCanary)
            continue;
        if (noServices && target->available < target->spec) {
            usable = false;
            continue;
        }
        objectAt(subset, {"labels"})[kHashLabel] = target->hash;
    }
    if (!usable)
        return;
    manifest::setAnnotation(after, kManagedBy, manifest::name(m_rollout));
    replaceRoute(*before, std::move(after));
}

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
                 {"backends",
                  Array {Value(Object {{"service", canaryService()}, {"weight", weight}}),
                         Value(Object {{"service", stableService()}, {"weight", 100 - weight}})}}};
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

void Pass::alb(const Value& config, std::int64_t weight)
{
    std::string prefix(text(config, {"annotationPrefix"}));
    if (prefix.empty())
        prefix = "alb.ingress.kubernetes.io";
    std::string root(text(config, {"rootService"}));
    if (root.empty())
        root = stableService();
    const auto port = std::to_string(manifest::integer(config, {"servicePort"}).value_or(80));
    const auto group = [&](const std::string& serviceName, std::int64_t groupWeight) {
        return Value(Object {{"ServiceName", serviceName}, {"ServicePort", port}, {"Weight", groupWeight}});
    };
    Object forward {{"TargetGroups", Array {group(canaryService(), weight), group(stableService(), 100 - weight)}}};
    if (manifest::flag(config, {"stickinessConfig", "enabled"}))
        forward["TargetGroupStickinessConfig"] = Object {
            {"Enabled", true},
            {"DurationSeconds", manifest::integer(config, {"stickinessConfig", "durationSeconds"}).value_or(0)}};
    const std::string action =
        manifest::toJson(Value(Object {{"Type", "forward"}, {"ForwardConfig", std::move(forward)}}));
    Array names = manifest::array(config, {"ingresses"});
    if (const auto one = text(config, {"ingress"}); !one.empty())
        names.push_back(Value(boost::json::string(one)));
    for (const auto& item : names) {
        const auto* present = item.is_string() ? route("Ingress", item.get_string()) : nullptr;
        const std::string key = prefix + "/actions." + root;
        if (!present || manifest::annotation(*present, key) == action)
            continue;
        const std::string owned = "rollouts.argoproj.io/managed-alb-annotations";
        Object all;
        if (auto parsed = manifest::parseJson(manifest::annotation(*present, owned)); parsed && parsed->is_object())
            all = parsed->get_object();
        all[manifest::name(m_rollout)] = Array {Value(boost::json::string(key))};
        plan(Write::Verb::Merge, reference(*present),
             Object {{"metadata",
                      Object {{"annotations", Object {{key, action}, {owned, manifest::toJson(Value(all))}}}}}});
    }
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

void Pass::apisix(const Value& config, std::int64_t weight)
{
    const auto* before = route("ApisixRoute", text(config, {"route", "name"}));
    if (!before)
        return;
    Value after = *before;
    const auto& rules = manifest::array(config, {"route", "rules"});
    if (auto* http = find(after, {"spec", "http"}); http && http->is_array())
        for (auto& rule : http->get_array()) {
            if (!rules.empty() && !contains(rules, text(rule, {"name"})))
                continue;
            if (auto* backends = find(rule, {"backends"}); backends && backends->is_array())
                for (auto& backend : backends->get_array()) {
                    if (text(backend, {"serviceName"}) == canaryService())
                        backend.get_object()["weight"] = weight;
                    else if (text(backend, {"serviceName"}) == stableService())
                        backend.get_object()["weight"] = 100 - weight;
                }
        }
    replaceRoute(*before, std::move(after));
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

void Pass::gatewayApi(const Value& config, std::int64_t weight)
{
    const std::string labelKey = text(config, {"inProgressLabelKey"}).empty()
        ? "rollouts.argoproj.io/gatewayapi-canary"
        : std::string(text(config, {"inProgressLabelKey"}));
    const std::string labelValue = text(config, {"inProgressLabelValue"}).empty()
        ? "in-progress"
        : std::string(text(config, {"inProgressLabelValue"}));
    std::set<std::string> managed;
    for (const auto& item :
         manifest::array(m_rollout, {"spec", "strategy", "canary", "trafficRouting", "managedRoutes"}))
        managed.emplace(text(item, {"name"}));
    static constexpr std::pair<std::string_view, std::string_view> kKinds[] {
        {"httpRoute", "HTTPRoute"}, {"grpcRoute", "GRPCRoute"}, {"tcpRoute", "TCPRoute"}, {"tlsRoute", "TLSRoute"}};
    for (const auto& [field, kind] : kKinds) {
        std::vector<std::string> names;
        if (const auto one = text(config, {field}); !one.empty())
            names.emplace_back(one);
        for (const auto& item : manifest::array(config, {std::string(field) + "s"}))
            names.emplace_back(text(item, {"name"}));
        for (const auto& name : names) {
            const auto* before = route(kind, name);
            if (!before) {
                event(true, "TrafficRoutingError", fmt::format("{} {} not found", kind, name));
                continue;
            }
            Value after = *before;
            if (auto* rules = find(after, {"spec", "rules"}); rules && rules->is_array())
                for (auto& rule : rules->get_array()) {
                    if (managed.contains(std::string(text(rule, {"name"}))))
                        continue;
                    auto* backends = find(rule, {"backendRefs"});
                    if (!backends || !backends->is_array())
                        continue;
                    for (auto& backend : backends->get_array()) {
                        if (text(backend, {"name"}) == canaryService())
                            backend.get_object()["weight"] = weight;
                        else if (text(backend, {"name"}) == stableService())
                            backend.get_object()["weight"] = 100 - weight;
                    }
                }
            if (!manifest::flag(config, {"disableInProgressLabel"})) {
                if (weight > 0)
                    manifest::setLabel(after, labelKey, labelValue);
                else
                    manifest::erase(after, {"metadata", "labels", labelKey});
            }
            replaceRoute(*before, std::move(after));
        }
    }
}

} // namespace core::rollout
