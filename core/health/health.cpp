// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/health/health.h"

#include "core/health/customizations.h"
#include "core/health/rules.h"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace core::health {

namespace {

constexpr std::array kNames {
    std::pair {Status::Healthy, std::string_view("Healthy")},
    std::pair {Status::Suspended, std::string_view("Suspended")},
    std::pair {Status::Progressing, std::string_view("Progressing")},
    std::pair {Status::Missing, std::string_view("Missing")},
    std::pair {Status::Degraded, std::string_view("Degraded")},
    std::pair {Status::Unknown, std::string_view("Unknown")},
};

constexpr std::string_view kHookFinalizer = "argocd.argoproj.io/hook-finalizer";

bool isBeingDeleted(const Value& live)
{
    if (manifest::text(live, {"metadata", "deletionTimestamp"}).empty())
        return false;
    const auto& finalizers = manifest::array(live, {"metadata", "finalizers"});
    return std::none_of(finalizers.begin(), finalizers.end(),
                        [](const Value& item) { return item.is_string() && item.get_string() == kHookFinalizer; });
}

} // namespace

std::string_view name(Status status)
{
    for (const auto& [value, text] : kNames) {
        if (value == status)
            return text;
    }
    return "Unknown";
}

std::optional<Status> parseStatus(std::string_view text)
{
    for (const auto& [value, known] : kNames) {
        if (known == text)
            return value;
    }
    return std::nullopt;
}

std::optional<Assessment> assess(const Value& live, const Customizations* customizations)
{
    const bool terminatingCrd = manifest::kind(live) == "CustomResourceDefinition" && live.is_object()
        && manifest::apiVersion(live).starts_with("apiextensions.k8s.io/");
    if (isBeingDeleted(live) && !terminatingCrd)
        return progressing("Pending deletion");
    const auto key = manifest::keyOf(live);
    if (customizations) {
        if (auto result = customizations->assess(key.groupKind(), live))
            return result;
    }
    if (const auto rule = findRule(key.groupKind()))
        return rule(live);
    return std::nullopt;
}

OptionalRule findRule(const manifest::GroupKind& kind)
{
    for (const auto find : {workloadRule, coreRule, argoRule, servingRule, operatorRule, gatewayRule, trainingRule,
                            platformRule, promoterRule, catalogRule}) {
        if (const auto rule = find(kind))
            return rule;
    }
    return nullptr;
}

std::vector<ConditionView> conditionsOf(const Value& holder, manifest::Path path)
{
    std::vector<ConditionView> result;
    for (const auto& item : manifest::array(holder, path)) {
        result.push_back({manifest::text(item, {"type"}), manifest::text(item, {"status"}),
                          manifest::text(item, {"reason"}), manifest::text(item, {"message"}),
                          manifest::integer(item, {"observedGeneration"})});
    }
    return result;
}

std::vector<ConditionView> conditions(const Value& live)
{
    return conditionsOf(live, {"status", "conditions"});
}

std::optional<ConditionView> condition(const Value& live, std::string_view type)
{
    for (const auto& view : conditions(live)) {
        if (view.type == type)
            return view;
    }
    return std::nullopt;
}

Assessment healthy(std::string_view message)
{
    return {Status::Healthy, std::string(message)};
}
Assessment progressing(std::string_view message)
{
    return {Status::Progressing, std::string(message)};
}
Assessment degraded(std::string_view message)
{
    return {Status::Degraded, std::string(message)};
}
Assessment suspended(std::string_view message)
{
    return {Status::Suspended, std::string(message)};
}
Assessment unknown(std::string_view message)
{
    return {Status::Unknown, std::string(message)};
}

std::int64_t number(const Value& live, manifest::Path path)
{
    return manifest::integer(live, path).value_or(0);
}

bool generationIsAhead(const Value& live)
{
    return number(live, {"metadata", "generation"}) > number(live, {"status", "observedGeneration"});
}

Assessment readyRule(const Value& live, std::string_view waiting)
{
    const auto ready = condition(live, "Ready");
    if (ready && ready->isFalse())
        return degraded(ready->message);
    if (ready && ready->isTrue())
        return healthy(ready->message);
    return progressing(waiting);
}

} // namespace core::health
