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

std::string serviceInRole(const Value& rollout, std::string_view stablePingPong, Role role)
{
    const auto& canary = canarySpec(rollout);
    if (!find(canary, {"pingPong"}))
        return std::string(text(canary, {role == Role::Stable ? "stableService" : "canaryService"}));
    const bool isPing = (stablePingPong == "ping") == (role == Role::Stable);
    return std::string(text(canary, {"pingPong", isPing ? "pingService" : "pongService"}));
}

std::string Pass::canaryService() const
{
    return serviceInRole(m_rollout, text(m_status, {"canary", "stablePingPong"}), Role::Canary);
}
std::string Pass::stableService() const
{
    return serviceInRole(m_rollout, text(m_status, {"canary", "stablePingPong"}), Role::Stable);
}

std::vector<std::string> Pass::managedRoutes() const
{
    std::vector<std::string> names;
    for (const auto& item :
         manifest::array(m_rollout, {"spec", "strategy", "canary", "trafficRouting", "managedRoutes"}))
        names.emplace_back(text(item, {"name"}));
    return names;
}

const Value* Pass::routeStep(std::string_view kind) const
{
    const auto* step = currentStep(m_in.rollout);
    const auto* found = step && m_new && m_new->revision > 1 ? find(*step, {kind}) : nullptr;
    return found && found->is_object() ? found : nullptr;
}

/// Chooses the wanted weight, and has it written by all routers. False: the routes stay as they are in this pass.
bool Pass::reconcileTraffic()
{
    if (!hasTrafficRouting(m_rollout)) {
        manifest::erase(m_status, {"canary", "weights"});
        return true;
    }
    if (!m_stable) {
        m_additional.clear();
        m_additionalWeight = 0;
        return false;
    }
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
        if (weight == 0) // with pingPong, none: what played the canary keeps its version
            pointService(text(canarySpec(m_rollout), {"canaryService"}), m_stable, false);
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
    const auto* at = currentStep(m_in.rollout);
    if (promoted || aborted() || promoteFull() || !at) { // the experiment's share is for its step only
        m_additional.clear();
        m_additionalWeight = 0;
    }
    const std::int64_t carried = (maxWeight - weight) * m_replicas / maxWeight;
    if (m_stable->available < carried
        && !thresholdMet(find(m_rollout, {"spec", "strategy", "canary", "replicaProgressThreshold"}), &stable,
                         m_replicas)) {
        wait(
            fmt::format("traffic waits for the stable version: {} of {} pods available", m_stable->available, carried));
        return false;
    }
    if (!m_options.withoutRouters)
        writeRoutes(weight, removeManaged);
    if (!m_routerProblem.empty())
        return false;
    const auto side = [&](std::int64_t sideWeight, std::string_view serviceName, const Set* set) {
        Object out {{"podTemplateHash", set ? set->hash : ""}};
        if (!serviceName.empty())
            out["serviceName"] = serviceName;
        out["weight"] = sideWeight;
        return out;
    };
    // The Services as the spec names them: with pingPong, none.
    Object weights {
        {"canary", side(weight, text(canarySpec(m_rollout), {"canaryService"}), canarySet)},
        {"stable",
         side(maxWeight - weight - m_additionalWeight, text(canarySpec(m_rollout), {"stableService"}), m_stable)}};
    if (!m_additional.empty())
        weights["additional"] = m_additional;
    if (recorded && recorded->canary != weight)
        event(false, "TrafficWeightUpdated",
              fmt::format("Traffic weight updated from {} to {}", recorded->canary, weight));
    objectAt(m_status, {"canary"})["weights"] = std::move(weights);
    m_endUnverified = !recordVerified(weight);
    return true;
}

void Pass::routerFails(std::string why)
{
    event(true, "TrafficRoutingError", why);
    wait(why);
    if (m_routerProblem.empty())
        m_routerProblem = std::move(why);
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
        alb(*found, weight, removeManaged);
    if (const auto* found = config("smi"))
        smi(*found, weight);
    if (const auto* found = config("ambassador"))
        ambassador(*found, weight);
    if (const auto* found = config("appMesh"))
        appMesh(*found, weight);
    if (const auto* found = config("traefik"))
        traefik(*found, weight);
    if (const auto* found = config("apisix"))
        apisix(*found, weight, removeManaged);
    if (const auto* plugins = config("plugins"))
        if (const auto* gateway = find(*plugins, {"argoproj-labs/gatewayAPI"}))
            gatewayApi(*gateway, weight, removeManaged);
}

} // namespace core::rollout
