// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/health/rules.h"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace core::health {

namespace {

std::optional<Assessment> scaled(const Value& live)
{
    const bool isJob = manifest::kind(live) == "ScaledJob";
    bool isDegraded = false;
    bool isHealthy = false;
    bool isPaused = false;
    std::string_view message;
    for (const auto& view : conditions(live)) {
        const bool bad = (view.type == "Ready" && (view.isFalse() || (isJob && view.status == "Unknown")))
            || (!isJob && view.type == "Fallback" && view.isTrue());
        const bool good = view.type == "Ready" && view.isTrue();
        const bool paused = view.type == "Paused" && view.isTrue();
        if (!bad && !good && !paused)
            continue;
        isDegraded = isDegraded || bad;
        isHealthy = isHealthy || good;
        isPaused = isPaused || paused;
        message = view.message;
    }
    if (isDegraded)
        return degraded(message);
    if (isHealthy)
        return isPaused ? suspended(message) : healthy(message);
    return progressing(isJob ? "Waiting for ScaledJob" : "Creating HorizontalPodAutoscaler Object");
}

std::optional<Assessment> certificate(const Value& live)
{
    const auto issuing = condition(live, "Issuing");
    if (issuing && issuing->isTrue())
        return progressing(issuing->message);
    return readyRule(live, "Waiting for certificate");
}

std::optional<Assessment> issuer(const Value& live)
{
    return readyRule(live,
                     manifest::kind(live) == "ClusterIssuer" ? "Initializing ClusterIssuer" : "Initializing issuer");
}

std::optional<Assessment> externalSecret(const Value& live)
{
    return readyRule(live, fmt::format("Waiting for {}", manifest::kind(live)));
}

std::optional<Assessment> clusterExternalSecret(const Value& live)
{
    const auto views = conditions(live);
    if (views.empty())
        return progressing("Waiting for ClusterExternalSecret");
    const auto& last = views.back();
    if (last.type == "Ready" && last.isTrue())
        return healthy(last.message);
    return degraded(last.message);
}

std::optional<Assessment> nodeClaim(const Value& live)
{
    const auto observed = manifest::integer(live, {"status", "observedGeneration"});
    if (observed && *observed != number(live, {"metadata", "generation"}))
        return progressing("Waiting for NodeClaim spec update to be observed");
    const auto isTrue = [&](std::string_view type) {
        const auto view = condition(live, type);
        return view && view->isTrue();
    };
    const auto disrupting = condition(live, "Disrupting");
    if (disrupting && disrupting->isTrue())
        return suspended(disrupting->message);
    const auto ready = condition(live, "Ready");
    if (ready && ready->isTrue())
        return healthy(ready->message);
    if (ready && ready->isFalse())
        return degraded(ready->message);
    if (isTrue("Initialized"))
        return progressing("Node initialized, waiting for Ready");
    if (isTrue("Registered"))
        return progressing("Node registered, waiting for initialization");
    if (isTrue("Launched"))
        return progressing("Node launched, waiting for registration");
    return progressing("Waiting for NodeClaim to be launched");
}

std::optional<Assessment> nodePool(const Value& live)
{
    return readyRule(live, fmt::format("Waiting for {}", manifest::kind(live)));
}

} // namespace

OptionalRule operatorRule(const manifest::GroupKind& kind)
{
    if (kind.group == "keda.sh" && (kind.kind == "ScaledObject" || kind.kind == "ScaledJob"))
        return scaled;
    if (kind.group == "cert-manager.io") {
        if (kind.kind == "Certificate")
            return certificate;
        if (kind.kind == "Issuer" || kind.kind == "ClusterIssuer")
            return issuer;
    }
    if (kind.group == "external-secrets.io")
        return kind.kind == "ClusterExternalSecret" ? clusterExternalSecret : externalSecret;
    if (kind.group == "karpenter.sh") {
        if (kind.kind == "NodeClaim")
            return nodeClaim;
        if (kind.kind == "NodePool")
            return nodePool;
    }
    if (kind.group == "karpenter.k8s.aws" && kind.kind == "EC2NodeClass")
        return nodePool;
    return nullptr;
}

} // namespace core::health
