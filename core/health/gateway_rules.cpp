// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/health/rules.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace core::health {

namespace {

std::string why(const ConditionView& view)
{
    return view.message.empty() ? fmt::format("Failed condition: {}", view.type) : std::string(view.message);
}

/// ResolvedRefs or Accepted False degrades; Programmed that is not True is still in progress.
std::optional<Assessment> trouble(const std::vector<ConditionView>& views, const std::string& prefix)
{
    for (const auto& view : views) {
        if ((view.type == "ResolvedRefs" || view.type == "Accepted") && view.isFalse())
            return degraded(prefix + why(view));
    }
    for (const auto& view : views) {
        if (view.type == "Programmed" && !view.isTrue())
            return progressing(prefix + why(view));
    }
    return std::nullopt;
}

std::optional<Assessment> gateway(const Value& live)
{
    const auto views = conditions(live);
    if (views.empty())
        return progressing("Waiting for Gateway status");
    if (auto found = trouble(views, {}))
        return found;
    for (const auto& listener : manifest::array(live, {"status", "listeners"})) {
        if (auto found = trouble(conditionsOf(listener, {"conditions"}), "Listener: "))
            return found;
    }
    return healthy("Gateway is healthy");
}

std::optional<Assessment> gatewayClass(const Value& live)
{
    const auto generation = manifest::integer(live, {"metadata", "generation"});
    for (const auto& view : conditions(live)) {
        if (view.type != "Accepted")
            continue;
        if (generation && view.observedGeneration && *view.observedGeneration != *generation)
            continue;
        if (view.isTrue())
            return healthy(view.message);
        return view.isFalse() ? degraded(view.message) : progressing(view.message);
    }
    return progressing("Waiting for GatewayClass status");
}

bool observed(const Value& live, const std::vector<ConditionView>& views)
{
    const auto generation = manifest::integer(live, {"metadata", "generation"});
    return std::all_of(views.begin(), views.end(), [&](const ConditionView& view) {
        return !generation || !view.observedGeneration || *view.observedGeneration == *generation;
    });
}

std::optional<Assessment> route(const Value& live)
{
    bool reported = false;
    for (const auto& parent : manifest::array(live, {"status", "parents"})) {
        const auto views = conditionsOf(parent, {"conditions"});
        if (views.empty() || !observed(live, views))
            continue;
        reported = true;
        if (auto found = trouble(views, fmt::format("Parent {}: ", manifest::text(parent, {"parentRef", "name"}))))
            return found;
    }
    const auto kind = manifest::kind(live);
    return reported ? healthy(fmt::format("{} is healthy", kind))
                    : progressing(fmt::format("Waiting for {} status", kind));
}

std::optional<Assessment> policy(const Value& live)
{
    const auto kind = manifest::kind(live);
    bool reported = false;
    for (const auto& ancestor : manifest::array(live, {"status", "ancestors"})) {
        const auto views = conditionsOf(ancestor, {"conditions"});
        if (views.empty())
            continue;
        const auto name = manifest::text(ancestor, {"ancestorRef", "name"});
        if (!observed(live, views))
            return progressing(fmt::format("Waiting for Ancestor {} to update {} status", name, kind));
        reported = true;
        if (auto found = trouble(views, fmt::format("Ancestor {}: ", name)))
            return found;
    }
    return reported ? healthy(fmt::format("{} is healthy", kind))
                    : progressing(fmt::format("Waiting for {} status", kind));
}

/// Airlock's policies: every ancestor that says something has to accept.
std::optional<Assessment> airlockPolicy(const Value& live)
{
    const auto kind = manifest::kind(live);
    const auto& ancestors = manifest::array(live, {"status", "ancestors"});
    for (const auto& ancestor : ancestors) {
        const auto views = conditionsOf(ancestor, {"conditions"});
        if (views.empty())
            continue;
        const auto name = manifest::text(ancestor, {"ancestorRef", "name"});
        if (!observed(live, views))
            return progressing(fmt::format("Waiting for Ancestor {} to update {} status", name, kind));
        const auto accepted =
            std::find_if(views.begin(), views.end(), [](const ConditionView& view) { return view.type == "Accepted"; });
        if (accepted == views.end() || !accepted->isTrue())
            return degraded(fmt::format("Ancestor {}: {}", name,
                                        accepted != views.end() && !accepted->message.empty()
                                            ? std::string(accepted->message)
                                            : fmt::format("{} is not accepted", kind)));
    }
    return ancestors.empty() ? progressing(fmt::format("Waiting for {} status", kind))
                             : healthy(fmt::format("{} is healthy", kind));
}

} // namespace

OptionalRule gatewayRule(const manifest::GroupKind& kind)
{
    if (kind.group == "microgateway.airlock.com")
        return airlockPolicy;
    if (kind.group != "gateway.networking.k8s.io")
        return nullptr;
    if (kind.kind == "Gateway")
        return gateway;
    if (kind.kind == "GatewayClass")
        return gatewayClass;
    if (kind.kind.ends_with("Route"))
        return route;
    if (kind.kind == "BackendTLSPolicy")
        return policy;
    return nullptr;
}

} // namespace core::health
