// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/health/rules.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace core::health {

namespace {

using manifest::text;

std::string gvkText(const Value& live)
{
    const auto parsed = manifest::parseGroupVersion(manifest::apiVersion(live));
    return fmt::format("{}/{}, Kind={}", parsed.group, parsed.version, manifest::kind(live));
}

std::optional<Assessment> claim(const Value& live)
{
    const auto phase = text(live, {"status", "phase"});
    if (phase == "Lost")
        return degraded();
    if (phase == "Pending")
        return progressing();
    if (phase == "Bound")
        return healthy();
    return unknown();
}

bool hasIngress(const Value& live)
{
    return !manifest::array(live, {"status", "loadBalancer", "ingress"}).empty();
}

std::optional<Assessment> service(const Value& live)
{
    if (text(live, {"spec", "type"}) != "LoadBalancer" || hasIngress(live))
        return healthy();
    return progressing();
}

std::optional<Assessment> ingress(const Value& live)
{
    return hasIngress(live) ? healthy() : progressing();
}

bool isScalingFailure(const ConditionView& view)
{
    static constexpr std::array kScale {"FailedGetScale", "FailedUpdateScale"};
    static constexpr std::array kMetrics {"FailedGetResourceMetric",      "FailedGetObjectMetric",
                                          "FailedGetPodsMetric",          "FailedGetExternalMetric",
                                          "FailedComputeMetricsReplicas", "InvalidSelector"};
    const auto is = [&](const char* reason) { return view.reason == reason; };
    if (view.type == "AbleToScale")
        return std::any_of(kScale.begin(), kScale.end(), is);
    if (view.type == "ScalingActive")
        return std::any_of(kMetrics.begin(), kMetrics.end(), is);
    return false;
}

Assessment autoscalerOf(const std::vector<ConditionView>& views)
{
    for (const auto& view : views) {
        if (isScalingFailure(view))
            return degraded(view.message);
    }
    for (const auto& view : views) {
        if ((view.type == "AbleToScale" || view.type == "ScalingLimited") && view.isTrue())
            return healthy(view.message);
    }
    return progressing("Waiting to Autoscale");
}

std::optional<Assessment> autoscaler(const Value& live)
{
    const auto version = manifest::apiVersion(live);
    if (version == "autoscaling/v2")
        return autoscalerOf(conditions(live));
    if (version != "autoscaling/v1")
        return unknown("unsupported HPA GVK: " + gvkText(live));
    const auto annotation = manifest::annotation(live, "autoscaling.alpha.kubernetes.io/conditions");
    if (annotation.empty())
        return progressing("Waiting to Autoscale");
    const auto parsed = manifest::parseJson(annotation);
    if (!parsed)
        return unknown("failed to convert conditions annotation to typed object: " + parsed.error().message);
    return autoscalerOf(conditionsOf(*parsed, {}));
}

std::optional<Assessment> apiService(const Value& live)
{
    const auto version = manifest::apiVersion(live);
    if (version != "apiregistration.k8s.io/v1" && version != "apiregistration.k8s.io/v1beta1")
        return unknown("unsupported APIService GVK: " + gvkText(live));
    const auto available = condition(live, "Available");
    if (!available)
        return progressing("Waiting to be processed");
    const auto message = fmt::format("{}: {}", available->reason, available->message);
    return available->isTrue() ? healthy(message) : progressing(message);
}

std::optional<Assessment> definition(const Value& live)
{
    if (!text(live, {"metadata", "deletionTimestamp"}).empty() && !condition(live, "Terminating"))
        return progressing("CRD is terminating");
    const auto views = conditions(live);
    if (views.empty())
        return progressing("Status conditions not found");
    for (const auto& view : views) {
        if (view.type == "Terminating" && view.isTrue())
            return progressing(fmt::format("CRD is terminating: {}", view.message));
    }
    if (!text(live, {"metadata", "deletionTimestamp"}).empty())
        return progressing("CRD is terminating");
    for (const auto& view : views) {
        if (view.type == "NamesAccepted" && view.isFalse())
            return degraded(fmt::format("CRD names have not been accepted: {}", view.message));
        if (view.type == "NonStructuralSchema" && view.isTrue())
            return degraded(fmt::format("Schema violations found: {}", view.message));
    }
    const auto established = condition(live, "Established");
    if (established && established->isTrue())
        return healthy("CRD is healthy");
    if (established && established->reason == "Installing")
        return progressing("CRD is being installed");
    return degraded("CRD is not established");
}

std::optional<Assessment> disruptionBudget(const Value& live)
{
    std::string message;
    for (const auto& view : conditions(live)) {
        message = fmt::format("PodDisruptionBudget has {}", view.reason);
        if (view.isFalse() && view.reason != "InsufficientPods")
            return degraded(message);
    }
    if (message.empty())
        return manifest::find(live, {"status"}) ? healthy() : progressing("Waiting for status");
    return healthy(message);
}

} // namespace

OptionalRule coreRule(const manifest::GroupKind& kind)
{
    struct Entry
    {
        std::string_view group, kind;
        OptionalRule rule;
    };
    static constexpr std::array kRules {
        Entry {"", "PersistentVolumeClaim", claim},
        Entry {"", "Service", service},
        Entry {"networking.k8s.io", "Ingress", ingress},
        Entry {"extensions", "Ingress", ingress},
        Entry {"autoscaling", "HorizontalPodAutoscaler", autoscaler},
        Entry {"apiregistration.k8s.io", "APIService", apiService},
        Entry {"apiextensions.k8s.io", "CustomResourceDefinition", definition},
        Entry {"policy", "PodDisruptionBudget", disruptionBudget},
    };
    for (const auto& entry : kRules) {
        if (entry.group == kind.group && entry.kind == kind.kind)
            return entry.rule;
    }
    return nullptr;
}

} // namespace core::health
