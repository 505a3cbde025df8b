// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/health/rules.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace core::health {

namespace {

std::string part(std::size_t index, const ConditionView& view)
{
    auto text = fmt::format(" | {}: {} | {}", index, view.type, view.status);
    if (!view.reason.empty())
        text += fmt::format(" | {}", view.reason);
    if (!view.message.empty())
        text += fmt::format(" | {}", view.message);
    return text;
}

std::optional<Assessment> inferenceService(const Value& live)
{
    const auto* status = manifest::find(live, {"status"});
    if (!status || !status->is_object() || status->get_object().empty())
        return progressing("Waiting for InferenceService to report status...");
    const auto stopped = condition(live, "Stopped");
    if (stopped && stopped->isTrue())
        return suspended("InferenceService is Stopped");
    bool isDegraded = false;
    bool isProgressing = false;
    std::string message;
    const auto transition = manifest::text(*status, {"modelStatus", "transitionStatus"});
    if (!transition.empty() && transition != "UpToDate") {
        message = fmt::format("0: transitionStatus | {}", transition);
        isProgressing = transition == "InProgress";
        isDegraded = !isProgressing;
    }
    std::size_t index = 0;
    for (const auto& view : conditions(live)) {
        ++index;
        if (view.type == "Stopped" || view.isTrue())
            continue;
        isProgressing = true; // a False condition alone is not Degraded: it may be on its way
        message += part(index, view);
    }
    if (isDegraded)
        return degraded(message);
    if (isProgressing)
        return progressing(message);
    return healthy("InferenceService is healthy.");
}

std::optional<Assessment> knativeService(const Value& live)
{
    if (manifest::apiVersion(live) == "serving.knative.dev/v1alpha1")
        return std::nullopt; // its status had another shape
    const auto views = conditions(live);
    if (views.empty())
        return progressing("Waiting for status update.");
    int good = 0;
    bool failed = false;
    bool bad = false;
    std::string message;
    for (const auto& view : views) {
        const bool counted = view.type == "ConfigurationsReady" || view.type == "RoutesReady" || view.type == "Ready";
        if (view.isTrue()) {
            good += counted ? 1 : 0;
            continue;
        }
        bad = true;
        failed = failed || view.isFalse();
        message += fmt::format("{} is {}, since {}. {}\n", view.type, view.status, view.reason, view.message);
    }
    if (good == 3 && !bad)
        return healthy("Knative Service is healthy.");
    return failed ? degraded(message) : progressing(message);
}

/// KServe kinds that Argo CD knows nothing of.
std::optional<Assessment> readyOrWaiting(const Value& live)
{
    return readyRule(live, fmt::format("Waiting for {}", manifest::kind(live)));
}

} // namespace

OptionalRule servingRule(const manifest::GroupKind& kind)
{
    if (kind.group == "serving.kserve.io") {
        if (kind.kind == "InferenceService")
            return inferenceService;
        if (kind.kind == "InferenceGraph" || kind.kind == "TrainedModel" || kind.kind == "LLMInferenceService")
            return readyOrWaiting;
    }
    if (kind.group == "serving.knative.dev") {
        if (kind.kind == "Service")
            return knativeService;
        if (kind.kind == "Configuration" || kind.kind == "Route" || kind.kind == "Revision")
            return readyOrWaiting;
    }
    return nullptr;
}

} // namespace core::health
