// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/health/rules.h"

#include <boost/json.hpp>

#include <array>
#include <charconv>

namespace core::health {

namespace {

using manifest::text;

constexpr std::string_view kNotObserved = "Waiting for rollout spec update to be observed";

/// Text or number as an integer; nothing where it is neither (old controllers wrote a hash).
std::optional<std::int64_t> numeric(const Value* value)
{
    if (!value)
        return std::nullopt;
    if (value->is_int64())
        return value->get_int64();
    if (!value->is_string())
        return std::nullopt;
    const std::string_view digits = value->get_string();
    std::int64_t result = 0;
    const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), result);
    if (code != std::errc {} || end != digits.data() + digits.size())
        return std::nullopt;
    return result;
}

bool rolloutObserved(const Value& live)
{
    const auto observed = numeric(manifest::find(live, {"status", "observedGeneration"}));
    const auto* observedField = manifest::find(live, {"status", "observedGeneration"});
    if (!observedField)
        return false;
    const auto generation = number(live, {"metadata", "generation"});
    if (observed && *observed < generation)
        return false;
    const auto* reference = manifest::find(live, {"spec", "workloadRef"});
    const auto workload = manifest::annotation(live, "rollout.argoproj.io/workload-generation");
    const auto workloadObserved = text(live, {"status", "workloadObservedGeneration"});
    return !reference || workload.empty() || workloadObserved.empty() || workload == workloadObserved;
}

std::optional<Assessment> byConditions(const Value& live)
{
    for (const auto& view : conditions(live)) {
        if (view.type == "InvalidSpec"
            || (view.type == "Progressing"
                && (view.reason == "RolloutAborted" || view.reason == "ProgressDeadlineExceeded")))
            return degraded(view.message);
    }
    if (manifest::flag(live, {"spec", "paused"}) || !manifest::array(live, {"status", "pauseConditions"}).empty()
        || manifest::flag(live, {"status", "controllerPause"}))
        return suspended("Rollout is paused");
    for (const auto& view : conditions(live)) {
        if (view.type == "Progressing" && view.reason == "RolloutPaused")
            return suspended("Rollout is paused");
    }
    return std::nullopt;
}

Assessment byReplicas(const Value& live)
{
    constexpr std::string_view kMore = "Waiting for roll out to finish: More replicas need to be updated";
    constexpr std::string_view kBecoming =
        "Waiting for roll out to finish: updated replicas are still becoming available";
    const auto wanted = manifest::integer(live, {"spec", "replicas"}).value_or(1);
    const auto updated = number(live, {"status", "updatedReplicas"});
    const auto available = number(live, {"status", "availableReplicas"});
    const auto replicas = number(live, {"status", "replicas"});
    if (updated < wanted)
        return progressing(kMore);
    if (manifest::find(live, {"spec", "strategy", "blueGreen"})) {
        if (available < updated)
            return progressing(kBecoming);
        const auto active = text(live, {"status", "blueGreen", "activeSelector"});
        const auto current = text(live, {"status", "currentPodHash"});
        if (!active.empty() && active != current)
            return progressing("Waiting for roll out to finish: active service cutover pending");
        return healthy();
    }
    if (available < updated)
        return progressing(kBecoming);
    if (replicas > updated)
        return progressing("Waiting for roll out to finish: old replicas are pending termination");
    auto stable = text(live, {"status", "stableRS"});
    if (stable.empty())
        stable = text(live, {"status", "canary", "stableRS"});
    if (stable.empty() || stable != text(live, {"status", "currentPodHash"}))
        return progressing("Waiting for rollout to finish steps");
    return healthy();
}

std::optional<Assessment> rollout(const Value& live)
{
    if (!rolloutObserved(live))
        return progressing(kNotObserved);
    const auto phase = text(live, {"status", "phase"});
    if (!phase.empty()) {
        const auto message = text(live, {"status", "message"});
        if (phase == "Paused")
            return suspended(message);
        if (const auto status = parseStatus(phase))
            return Assessment {*status, std::string(message)};
        return unknown(message);
    }
    if (auto result = byConditions(live))
        return result;
    return byReplicas(live);
}

std::optional<Assessment> analysisRun(const Value& live)
{
    const auto phase = text(live, {"status", "phase"});
    const auto message = text(live, {"status", "message"});
    const auto say = [&](std::string_view otherwise) { return message.empty() ? otherwise : message; };
    if (phase == "Pending" || phase == "Running")
        return progressing("Analysis run is running");
    if (phase == "Successful")
        return healthy(say("Analysis run completed successfully"));
    if (phase == "Failed")
        return degraded(say("Analysis run failed"));
    if (phase == "Error")
        return degraded(say("Analysis run had an error"));
    if (phase == "Inconclusive")
        return unknown(say("Analysis run was inconclusive"));
    return progressing("Waiting for analysis run to finish: status has not been reconciled.");
}

std::optional<Assessment> experiment(const Value& live)
{
    const auto phase = text(live, {"status", "phase"});
    if (phase == "Pending")
        return progressing("Experiment is pending");
    if (phase == "Running")
        return progressing("Experiment is running");
    if (phase == "Successful")
        return healthy("Experiment is successful");
    if (phase == "Failed")
        return degraded("Experiment has failed");
    if (phase == "Error")
        return degraded("Experiment had an error");
    return progressing("Waiting for experiment to finish: status has not been reconciled.");
}

std::optional<Assessment> workflow(const Value& live)
{
    const auto phase = text(live, {"status", "phase"});
    const auto message = text(live, {"status", "message"});
    if (phase.empty() || phase == "Pending" || phase == "Running")
        return progressing(message);
    if (phase == "Succeeded")
        return healthy(message);
    if (phase == "Failed" || phase == "Error")
        return degraded(message);
    return unknown(message);
}

std::optional<Assessment> cronWorkflow(const Value& live)
{
    for (const auto& view : conditions(live)) {
        if (!view.isTrue())
            continue;
        if (view.type == "SpecError" || view.type == "SubmissionError")
            return degraded(view.message);
        if (view.type == "Completed")
            return healthy(view.message);
    }
    return healthy("CronWorkflow is healthy.");
}

std::optional<Assessment> eventBus(const Value& live)
{
    if (const auto deployed = condition(live, "Deployed")) {
        const auto why = deployed->message.empty() ? deployed->reason : deployed->message;
        if (deployed->isFalse())
            return degraded(why);
        if (deployed->isTrue())
            return healthy(why);
    }
    return progressing("Waiting for initialization");
}

std::optional<Assessment> applicationSet(const Value& live)
{
    const auto views = conditions(live);
    const auto with = [&](std::string_view type, std::string_view status) -> const ConditionView* {
        for (const auto& view : views) {
            if (view.type == type && view.status == status)
                return &view;
        }
        return nullptr;
    };
    if (const auto* view = with("ErrorOccurred", "True"))
        return degraded(view->message);
    if (const auto* view = with("ResourcesUpToDate", "False"))
        return degraded(view->message);
    if (const auto* view = with("RolloutProgressing", "True"))
        return progressing(view->message);
    if (const auto* view = with("ResourcesUpToDate", "True"))
        return healthy(view->message);
    return progressing("Waiting for the status to be reported");
}

} // namespace

OptionalRule argoRule(const manifest::GroupKind& kind)
{
    if (kind.group != "argoproj.io")
        return nullptr;
    struct Entry
    {
        std::string_view kind;
        OptionalRule rule;
    };
    static constexpr std::array kRules {
        Entry {"Rollout", rollout},
        Entry {"AnalysisRun", analysisRun},
        Entry {"Experiment", experiment},
        Entry {"Workflow", workflow},
        Entry {"CronWorkflow", cronWorkflow},
        Entry {"EventBus", eventBus},
        Entry {"ApplicationSet", applicationSet},
    };
    for (const auto& entry : kRules) {
        if (entry.kind == kind.kind)
            return entry.rule;
    }
    return nullptr;
}

} // namespace core::health
