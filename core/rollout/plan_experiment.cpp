// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollout/analysis.h"
#include "core/rollout/pass.h"

#include <fmt/format.h>

#include <algorithm>

namespace core::rollout {

using manifest::Array;
using manifest::find;
using manifest::Object;
using manifest::text;
using manifest::Value;

const Value* Pass::currentExperiment() const
{
    const auto name = text(m_in.rollout, {"status", "canary", "currentExperiment"});
    for (const auto& experiment : m_in.experiments)
        if (!name.empty() && manifest::name(experiment) == name)
            return &experiment;
    return nullptr;
}

namespace {

/// One template of a step as the Experiment has it: the pod template of the version that it refers to, relabelled.
Value experimentTemplate(const Value& step, const Value& replicaSet)
{
    Object out {{"name", text(step, {"name"})}};
    if (const auto replicas = manifest::integer(step, {"replicas"}))
        out["replicas"] = *replicas;
    if (find(step, {"weight"}) || find(step, {"service"})) {
        Object service;
        if (const auto name = text(step, {"service", "name"}); !name.empty())
            service["name"] = name;
        out["service"] = std::move(service);
    }
    Value podTemplate = plainTemplate(replicaSet);
    const auto* selector = find(step, {"selector"});
    Value selected = selector && selector->is_object() ? *selector : Value {};
    if (selected.is_null())
        if (const auto* own = find(replicaSet, {"spec", "selector"}))
            selected = *own;
    for (const auto& [key, value] : manifest::object(step, {"metadata", "labels"})) {
        objectAt(podTemplate, {"metadata", "labels"})[key] = value;
        objectAt(selected, {"matchLabels"})[key] = value;
    }
    for (const auto& [key, value] : manifest::object(step, {"metadata", "annotations"}))
        objectAt(podTemplate, {"metadata", "annotations"})[key] = value;
    out["template"] = std::move(podTemplate);
    out["selector"] = std::move(selected);
    if (const auto seconds = manifest::integer(replicaSet, {"spec", "minReadySeconds"}); seconds && *seconds > 0)
        out["minReadySeconds"] = *seconds;
    return out;
}

} // namespace

/// The Experiment that a step asks for.
Result<Value> Pass::experimentOfStep(const Value& step) const
{
    Array templates;
    for (const auto& entry : manifest::array(step, {"templates"})) {
        const auto version = text(entry, {"specRef"});
        const Set* set = version == "canary" ? m_new : version == "stable" ? m_stable : nullptr;
        if (!set)
            return fail(Error::Code::InvalidInput, "Invalid template step SpecRef: must be canary or stable");
        templates.push_back(experimentTemplate(entry, set->object));
    }
    Array analyses;
    for (auto analysis : manifest::array(step, {"analyses"})) {
        PH_TRY(auto args, givenArgs(analysis, m_in.rollout, m_stable->hash, m_new->hash));
        if (!args.empty())
            analysis.as_object()["args"] = std::move(args);
        analyses.push_back(std::move(analysis));
    }
    Object spec {{"templates", std::move(templates)}};
    if (!analyses.empty())
        spec["analyses"] = std::move(analyses);
    for (const std::string_view field : {"duration", "dryRun", "analysisRunMetadata"})
        if (const auto* value = find(step, {field}))
            spec[field] = *value;
    if (const auto seconds = manifest::integer(m_rollout, {"spec", "progressDeadlineSeconds"}))
        spec["progressDeadlineSeconds"] = *seconds;
    Object labels = manifest::object(m_rollout, {"metadata", "labels"});
    labels[kHashLabel] = m_new->hash;
    return Value(Object {{"apiVersion", "argoproj.io/v1alpha1"},
                         {"kind", "Experiment"},
                         {"metadata",
                          Object {{"namespace", manifest::nameSpace(m_rollout)},
                                  {"labels", std::move(labels)},
                                  {"annotations", Object {{kRevision, std::to_string(m_new->revision)}}},
                                  {"ownerReferences", Array {ownerReference()}}}},
                         {"spec", std::move(spec)}});
}

/// Creates the step's Experiment, or takes up one that an earlier pass made and did not record.
void Pass::createExperiment(const Value& step)
{
    auto wanted = experimentOfStep(step);
    if (!wanted) {
        event(true, "ExperimentError", wanted.error().message);
        wait(wanted.error().message);
        return;
    }
    const std::string base = fmt::format("{}-{}-{}-{}", manifest::name(m_rollout), m_new->hash, m_new->revision,
                                         currentStepIndex(m_in.rollout).value_or(0));
    std::string name = base;
    for (int collision = 1;; ++collision) {
        const auto taken = std::find_if(m_in.experiments.begin(), m_in.experiments.end(),
                                        [&](const Value& other) { return manifest::name(other) == name; });
        if (taken == m_in.experiments.end())
            break;
        if (!isCompletedPhase(text(*taken, {"status", "phase"})) && !manifest::flag(*taken, {"spec", "terminate"})) {
            objectAt(m_status, {"canary"})["currentExperiment"] = name;
            return;
        }
        name = fmt::format("{}-{}", base, collision);
    }
    objectAt(*wanted, {"metadata"})["name"] = name;
    plan(Write::Verb::Create, std::move(*wanted));
    event(false, "ExperimentCreated", fmt::format("Created Experiment '{}'", name));
    objectAt(m_status, {"canary"})["currentExperiment"] = name;
    wait(fmt::format("experiment {} starts", name));
    lookAgain(m_now + std::chrono::seconds(1));
}

void Pass::endExperiment(const Value& experiment)
{
    if (!isCompletedPhase(text(experiment, {"status", "phase"})) && !manifest::flag(experiment, {"spec", "terminate"}))
        plan(Write::Verb::Merge, reference(experiment), Object {{"spec", Object {{"terminate", true}}}});
}

/// The traffic that a running experiment of the present step takes, from its templates with a weight and a Service.
void Pass::readExperimentWeights()
{
    const auto* experiment = currentExperiment();
    const auto* step = currentStep(m_in.rollout);
    if (!experiment || !step || text(*experiment, {"status", "phase"}) != "Running")
        return;
    for (const auto& entry : manifest::array(*step, {"experiment", "templates"})) {
        const auto weight = manifest::integer(entry, {"weight"});
        if (!weight)
            continue;
        for (const auto& status : manifest::array(*experiment, {"status", "templateStatuses"})) {
            const auto name = text(status, {"serviceName"});
            if (text(status, {"name"}) != text(entry, {"name"}) || !service(name))
                continue;
            m_additional.push_back(Object {
                {"podTemplateHash", text(status, {"podTemplateHash"})}, {"serviceName", name}, {"weight", *weight}});
            m_additionalWeight += *weight;
        }
    }
}

bool Pass::reconcileExperiments()
{
    const auto* current = currentExperiment();
    const auto* step = currentStep(m_in.rollout);
    const auto* wanted = step ? find(*step, {"experiment"}) : nullptr;
    manifest::erase(m_status, {"canary", "currentExperiment"});
    if (aborted() || promoteFull() || !wanted) {
        for (const auto& experiment : m_in.experiments)
            endExperiment(experiment);
        if (!aborted() && !promoteFull())
            cleanExperiments(nullptr);
        return true;
    }
    if (current)
        objectAt(m_status, {"canary"})["currentExperiment"] = boost::json::string(manifest::name(*current));
    if (hasPause("InconclusiveAnalysisRun") || !m_stable || m_new == m_stable)
        return true;
    const std::string phase(current ? text(*current, {"status", "phase"}) : std::string_view {});
    const bool resumed = phase == "Inconclusive" && isTrue(m_in.rollout, {"status", "controllerPause"})
        && !hasPause("InconclusiveExperiment") && !hasPause("CanaryPauseStep");
    const bool retried = isCompletedPhase(phase) && !statusText("abortedAt").empty();
    if (!current || resumed || retried) {
        createExperiment(*wanted);
    } else if (phase == "Inconclusive") {
        addPause("InconclusiveExperiment");
    } else if (phase == "Failed" || phase == "Error") {
        abort(fmt::format("Experiment analysis phase is error/failed: {}", text(*current, {"status", "message"})));
    } else if (phase != "Successful") {
        wait(fmt::format("experiment {} is running", manifest::name(*current)));
    }
    for (const auto& experiment : m_in.experiments)
        if (&experiment != current)
            if (manifest::name(experiment) != text(m_status, {"canary", "currentExperiment"}))
                endExperiment(experiment);
    cleanExperiments(current);
    return !m_addPauses.contains("InconclusiveExperiment");
}

/// Deletes finished Experiments whose version is gone, and those beyond the history limits, as with AnalysisRuns.
void Pass::cleanExperiments(const Value* current)
{
    std::vector<const Value*> finished;
    for (const auto& experiment : m_in.experiments)
        if (&experiment != current && isCompletedPhase(text(experiment, {"status", "phase"})))
            finished.push_back(&experiment);
    deleteOld(finished);
}

} // namespace core::rollout
