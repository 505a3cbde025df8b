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

namespace {

constexpr auto kVerifyAgain = std::chrono::seconds(10);

/// An ARN's part after the given number of slashes: what CloudWatch calls the resource.
Value resourceRef(const std::string& name, const std::string& arn, int slashes)
{
    std::size_t at = 0;
    for (; slashes > 0 && at != std::string::npos; --slashes)
        at = arn.find('/', at == 0 ? 0 : at + 1);
    return Object {{"name", name}, {"arn", arn}, {"fullName", at == std::string::npos ? "" : arn.substr(at + 1)}};
}

} // namespace

/// Compares the target groups of one load balancer with what was asked for; how many carry it.
std::size_t Pass::verifiedGroups(const LoadBalancer& balancer, const AlbIngress& ingress, std::int64_t weight,
                                 Value& status)
{
    std::vector<std::pair<std::string, std::int64_t>> wanted {{canaryService(), weight}};
    for (const auto& extra : m_additional)
        wanted.emplace_back(text(extra, {"serviceName"}), manifest::integer(extra, {"weight"}).value_or(0));
    auto& seen = status.as_object();
    seen["ingress"] = ingress.name;
    seen["loadBalancer"] = resourceRef(balancer.name, balancer.arn, 2);
    const auto isOf = [&](const TargetGroup& group, std::string_view serviceName) {
        return std::any_of(ingress.ports.begin(), ingress.ports.end(), [&](std::int64_t port) {
            return group.resource
                == fmt::format("{}/{}-{}:{}", manifest::nameSpace(m_rollout), ingress.name, serviceName, port);
        });
    };
    std::size_t verified = 0;
    for (const auto& group : balancer.groups) {
        if (isOf(group, canaryService()))
            seen["canaryTargetGroup"] = resourceRef(group.name, group.arn, 1);
        else if (isOf(group, stableService()))
            seen["stableTargetGroup"] = resourceRef(group.name, group.arn, 1);
        const auto asked =
            std::find_if(wanted.begin(), wanted.end(), [&](const auto& each) { return isOf(group, each.first); });
        if (!group.weight || asked == wanted.end())
            continue;
        const auto& [serviceName, share] = *asked;
        if (*group.weight == share) {
            ++verified;
            event(false, "TargetGroupVerified",
                  fmt::format("Service {} (TargetGroup {}) verified: canary weight {} set", serviceName, group.arn,
                              share));
        } else {
            event(true, "TargetGroupUnverified",
                  fmt::format("Service {} (TargetGroup {}) not verified: canary weight {} not yet set (current: {})",
                              serviceName, group.arn, share, *group.weight));
        }
    }
    return verified;
}

/// Whether AWS's load balancers carry the weight: none where that is not asked in this pass.
std::optional<bool> Pass::verifyWeight(std::int64_t weight)
{
    if (!find(m_rollout, {"spec", "strategy", "canary", "trafficRouting", "alb"}))
        return {};
    if (!m_in.loadBalancers) {
        m_status.as_object().erase("alb");
        m_status.as_object().erase("albs");
        return {};
    }
    const auto stable = statusText("stableRS");
    const auto* step = currentStep(m_in.rollout);
    const bool updating = !stable.empty() && stable != statusText("currentPodHash");
    const bool asked = updating && (step ? find(*step, {"setWeight"}) != nullptr : weight == maxWeightOf(m_rollout));
    if (!asked && find(m_status, {"alb"}))
        return {};
    const auto ingresses = albIngresses(m_rollout);
    Array statuses(ingresses.size(), Object {});
    std::size_t verified = 0;
    std::size_t wanted = 0;
    for (std::size_t i = 0; i < ingresses.size(); ++i) {
        wanted += ingresses[i].ports.size() * (1 + m_additional.size());
        const auto* ingress = route("Ingress", ingresses[i].name);
        if (!ingress)
            return false; // told by the router itself
        for (const auto& hostname : hostnamesOf(*ingress)) {
            const auto balancer = std::find_if(m_in.loadBalancers->begin(), m_in.loadBalancers->end(),
                                               [&](const LoadBalancer& each) { return each.hostname == hostname; });
            if (balancer == m_in.loadBalancers->end() || !balancer->error.empty()) {
                const auto why =
                    balancer == m_in.loadBalancers->end() ? hostname + " was not looked up" : balancer->error;
                event(true, "TargetGroupVerifyError",
                      fmt::format("Failed to verify Service {} (TargetGroup unknown): {}", canaryService(), why));
                event(true, "WeightVerifyError", fmt::format("Failed to verify weight: {}", why));
                return false;
            }
            if (balancer->arn.empty()) {
                event(true, "LoadBalancerNotFound", fmt::format("Failed to find load balancer: {}", hostname));
                return false;
            }
            verified += verifiedGroups(*balancer, ingresses[i], weight, statuses[i]);
        }
    }
    m_status.as_object()["alb"] = statuses.empty() ? Value(Object {}) : statuses.back();
    m_status.as_object()["albs"] = statuses;
    return verified == wanted;
}

/// Records whether the weight has got to where the traffic is. False: the update has come to its end and the old
/// version must not go yet.
bool Pass::recordVerified(std::int64_t weight)
{
    const auto verified = verifyWeight(weight);
    auto& weights = objectAt(m_status, {"canary", "weights"});
    if (!verified) {
        weights.erase("verified");
        return true;
    }
    weights["verified"] = *verified;
    if (*verified)
        return true;
    wait(fmt::format("AWS's load balancer does not give the new version {} % yet", weight));
    lookAgain(m_now + kVerifyAgain);
    return weight != maxWeightOf(m_rollout) || currentStep(m_in.rollout);
}

/// Whether the target groups behind a Service whose selector was switched know its pods.
bool Pass::verifyTargets()
{
    for (const auto& target : m_in.targets) {
        if (!target.error.empty())
            event(true, "TargetGroupVerifyError",
                  fmt::format("Failed to verify Service {} (TargetGroup {}): {}", target.service, target.arn,
                              target.error));
        else if (target.registered != target.total)
            event(true, "TargetGroupUnverified",
                  fmt::format("Service {} (TargetGroup {}) not verified: {}/{} endpoints registered", target.service,
                              target.arn, target.registered, target.total));
        else {
            event(false, "TargetGroupVerified",
                  fmt::format("Service {} (TargetGroup {}) verified: {} endpoints registered", target.service,
                              target.arn, target.registered));
            continue;
        }
        wait(fmt::format("AWS's target group {} knows {} of {} pods of Service {}", target.arn, target.registered,
                         target.total, target.service));
        lookAgain(m_now + kVerifyAgain);
        return false;
    }
    return true;
}

} // namespace core::rollout
