// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollout/analysis.h"
#include "core/rollout/pass.h"
#include "core/rollout/validate.h"

#include <fmt/format.h>

#include <algorithm>

namespace core::rollout {

using manifest::Array;
using manifest::find;
using manifest::Object;
using manifest::text;
using manifest::Value;

namespace {

const Value* templateOf(const std::vector<Value>& templates, std::string_view name, bool cluster)
{
    for (const auto& candidate : templates)
        if (manifest::name(candidate) == name && (manifest::kind(candidate) == "ClusterAnalysisTemplate") == cluster)
            return &candidate;
    return nullptr;
}

Result<> collect(const Array& references, const std::vector<Value>& templates,
                 std::set<std::pair<bool, std::string>>& seen, std::vector<const Value*>& out, int depth)
{
    if (depth > 20)
        return fail(Error::Code::LimitExceeded, "analysis templates are nested too deeply");
    for (const auto& reference : references) {
        const std::string name(text(reference, {"templateName"}));
        const bool cluster = manifest::flag(reference, {"clusterScope"});
        if (!seen.insert({cluster, name}).second)
            continue;
        const auto* found = templateOf(templates, name, cluster);
        if (!found)
            return fail(
                Error::Code::NotFound,
                fmt::format("{} '{}' not found", cluster ? "ClusterAnalysisTemplate" : "AnalysisTemplate", name));
        out.push_back(found);
        PH_CHECK(collect(manifest::array(*found, {"spec", "templates"}), templates, seen, out, depth + 1));
    }
    return {};
}

/// The templates of a use site with all that they name, each once: namespaced ones first.
Result<std::vector<const Value*>> flattened(const Value& analysis, const std::vector<Value>& templates)
{
    std::set<std::pair<bool, std::string>> seen;
    std::vector<const Value*> found;
    PH_CHECK(collect(manifest::array(analysis, {"templates"}), templates, seen, found, 0));
    std::stable_partition(found.begin(), found.end(),
                          [](const Value* t) { return manifest::kind(*t) != "ClusterAnalysisTemplate"; });
    return found;
}

/// A list of all templates one after the other; an error where a name occurs twice.
Result<Array> joined(Array all, const std::vector<const Value*>& templates, std::string_view field,
                     std::string_view nameField, std::string_view twice)
{
    for (const auto* source : templates)
        for (const auto& item : manifest::array(*source, {"spec", field}))
            all.push_back(item);
    std::set<std::string> names;
    for (const auto& item : all)
        if (!names.insert(std::string(text(item, {nameField}))).second)
            return fail(Error::Code::InvalidInput, fmt::format("{} '{}'", twice, text(item, {nameField})));
    return all;
}

Result<Array> declaredArgs(const std::vector<const Value*>& templates)
{
    Array out;
    for (const auto* source : templates) {
        for (const auto& arg : manifest::array(*source, {"spec", "args"})) {
            Value* known = nullptr;
            for (auto& candidate : out)
                if (text(candidate, {"name"}) == text(arg, {"name"}))
                    known = &candidate;
            if (!known) {
                out.push_back(arg);
                continue;
            }
            const auto* had = find(*known, {"value"});
            const auto* has = find(arg, {"value"});
            if (had && has && *had != *has)
                return fail(
                    Error::Code::InvalidInput,
                    fmt::format("Argument `{}` specified multiple times with different values", text(arg, {"name"})));
            if (!had && !find(*known, {"valueFrom"}))
                *known = arg;
        }
    }
    return out;
}

} // namespace

Result<Array> givenArgs(const Value& analysis, const Value& rollout, std::string_view stableHash,
                        std::string_view latestHash)
{
    Array out;
    for (const auto& arg : manifest::array(analysis, {"args"})) {
        Object given {{"name", text(arg, {"name"})}};
        const auto* from = find(arg, {"valueFrom"});
        if (const auto kind = from ? text(*from, {"podTemplateHashValue"}) : std::string_view {}; !kind.empty()) {
            given["value"] = boost::json::string(kind == "Stable" ? stableHash : latestHash);
        } else if (const auto path = from ? text(*from, {"fieldRef", "fieldPath"}) : std::string_view {};
                   !path.empty()) {
            PH_TRY(const auto value, argFieldText(rollout, path));
            given["value"] = value;
        } else if (const auto* value = find(arg, {"value"})) {
            given["value"] = *value;
        } else if (from) {
            given["valueFrom"] = *from;
        }
        out.push_back(std::move(given));
    }
    return out;
}

Result<Value> analysisSpec(const Value& analysis, const std::vector<Value>& templates, const Value& rollout,
                           std::string_view stableHash, std::string_view latestHash)
{
    PH_TRY(const auto found, flattened(analysis, templates));
    PH_TRY(auto metrics, joined(Array {}, found, "metrics", "name", "two metrics have the same name"));
    PH_TRY(const auto declared, declaredArgs(found));
    PH_TRY(const auto given, givenArgs(analysis, rollout, stableHash, latestHash));
    PH_TRY(auto args, mergeArgs(given, declared));
    Object spec {{"metrics", std::move(metrics)}};
    if (!args.empty())
        spec["args"] = std::move(args);
    for (const std::string_view field : {"dryRun", "measurementRetention"}) {
        PH_TRY(auto rules,
               joined(manifest::array(analysis, {field}), found, field, "metricName",
                      field == "dryRun" ? "two Dry-Run metric rules have the same name"
                                        : "two Measurement Retention metric rules have the same name"));
        if (!rules.empty())
            spec[field] = std::move(rules);
    }
    return Value(std::move(spec));
}

namespace {

/// The first template that is named and is nowhere, in words; "" where all are there.
std::string missingTemplate(const Array& references, std::string_view path, const std::vector<Value>& templates,
                            std::set<const Value*>& seen)
{
    for (const auto& reference : references) {
        const auto name = text(reference, {"templateName"});
        const bool cluster = manifest::flag(reference, {"clusterScope"});
        const auto* found = templateOf(templates, name, cluster);
        if (!found)
            return invalidValue(
                path, Value(boost::json::string(name)),
                fmt::format("{} '{}' not found", cluster ? "ClusterAnalysisTemplate" : "AnalysisTemplate", name));
        if (seen.insert(found).second)
            if (auto inner =
                    missingTemplate(manifest::array(*found, {"spec", "templates"}), "spec.templates", templates, seen);
                !inner.empty())
                return inner;
    }
    return {};
}

/// What would end a run of this template before it measures; "" where nothing would.
std::string templateProblem(const Value& source, bool mayBeEndless)
{
    if (mayBeEndless)
        return {};
    Array args = manifest::array(source, {"spec", "args"});
    for (auto& arg : args)
        if (arg.is_object() && !find(arg, {"value"}))
            arg.get_object()["value"] = "dummy-value";
    for (const auto& metric : manifest::array(source, {"spec", "metrics"})) {
        const auto filled = substituteMetric(metric, args);
        if (!filled)
            return fmt::format("AnalysisTemplate {}: {}", manifest::name(source), filled.error().message);
        const auto* count = find(*filled, {"count"});
        if ((!count || intOrText(*count) == 0) && !text(*filled, {"interval"}).empty())
            return fmt::format("AnalysisTemplate {} has metric {} which runs indefinitely. Invalid value for count: {}",
                               manifest::name(source), text(metric, {"name"}),
                               !count                   ? "<nil>"
                                   : count->is_string() ? std::string(count->get_string())
                                                        : std::to_string(intOrText(*count)));
    }
    return {};
}

} // namespace

std::vector<Pass::AnalysisUse> Pass::analysisUses() const
{
    std::vector<AnalysisUse> out;
    const auto& steps = canarySteps(m_rollout);
    for (std::size_t i = 0; i < steps.size(); ++i)
        if (const auto* analysis = find(steps[i], {"analysis"}))
            out.push_back({fmt::format("spec.strategy.canary.steps[{}].analysis.templates", i), analysis, false});
    static constexpr std::string_view kPlaces[][2] {
        {"canary", "analysis"}, {"blueGreen", "prePromotionAnalysis"}, {"blueGreen", "postPromotionAnalysis"}};
    for (const auto& [strategy, field] : kPlaces)
        if (const auto* analysis = find(m_rollout, {"spec", "strategy", strategy, field}))
            out.push_back(
                {fmt::format("spec.strategy.{}.{}.templates", strategy, field), analysis, field == "analysis"});
    return out;
}

std::string Pass::missingTemplates() const
{
    for (const auto& [path, analysis, mayBeEndless] : analysisUses()) {
        std::set<const Value*> seen;
        if (auto wrong = missingTemplate(manifest::array(*analysis, {"templates"}), path, m_in.templates, seen);
            !wrong.empty())
            return wrong;
    }
    return {};
}

/// What keeps an analysis from being run at all; "" where nothing does.
std::string Pass::analysisProblem() const
{
    for (const auto& [path, analysis, mayBeEndless] : analysisUses()) {
        const auto found = flattened(*analysis, m_in.templates);
        if (!found)
            return invalidValue(path, Value(), found.error().message);
        std::string names;
        for (const auto* source : *found)
            names += (names.empty() ? "" : " ") + std::string(manifest::name(*source));
        if (const auto made = analysisSpec(*analysis, m_in.templates, m_rollout, "dummy-stable-hash", "dummy-new-hash");
            !made)
            return invalidValue(path, Value(boost::json::string("templateNames: [" + names + "]")),
                                made.error().message);
        for (const auto* source : *found)
            if (const auto wrong = templateProblem(*source, mayBeEndless); !wrong.empty())
                return invalidValue(path, Value(boost::json::string(manifest::name(*source))), wrong);
    }
    return {};
}

const Value* Pass::recordedRun(std::string_view statusField) const
{
    const auto name = text(m_in.rollout, {"status", isCanary(m_rollout) ? "canary" : "blueGreen", statusField, "name"});
    for (const auto& run : m_in.analysisRuns)
        if (!name.empty() && manifest::name(run) == name)
            return &run;
    return nullptr;
}

void Pass::terminateRun(const Value& run)
{
    if (isCompletedPhase(text(run, {"status", "phase"})) || manifest::flag(run, {"spec", "terminate"}))
        return;
    plan(Write::Verb::Merge, reference(run), Object {{"spec", Object {{"terminate", true}}}});
}

/// The run of a use site: the recorded one, or a new one. Null: none now.
const Value* Pass::ensureRun(const Value* analysis, std::string_view statusField, std::string_view suffix,
                             std::string_view type, std::string_view cause)
{
    const std::string section = isCanary(m_rollout) ? "canary" : "blueGreen";
    if (!analysis || !analysis->is_object()) {
        manifest::erase(m_status, {section, statusField});
        return nullptr;
    }
    const auto* run = recordedRun(statusField);
    const bool resumed = run && text(*run, {"status", "phase"}) == "Inconclusive"
        && isTrue(m_in.rollout, {"status", "controllerPause"}) && !hasPause("InconclusiveAnalysisRun")
        && !hasPause("CanaryPauseStep") && !hasPause("BlueGreenPause");
    const bool retried = !statusText("abortedAt").empty();
    const bool otherStep = run && type == "Step"
        && manifest::label(*run, "step-index") != suffix.substr(std::min<std::size_t>(1, suffix.size()));
    const bool otherRevision = run && m_new && manifest::label(*run, kHashLabel) != m_new->hash;
    if (!run || resumed || retried || otherStep || otherRevision) {
        auto spec = analysisSpec(*analysis, m_in.templates, m_in.rollout, m_stable ? m_stable->hash : "",
                                 m_new ? m_new->hash : "");
        if (!spec) {
            event(true, "AnalysisRunError", spec.error().message);
            wait(spec.error().message);
            return nullptr;
        }
        const std::string base =
            fmt::format("{}-{}-{}{}", manifest::name(m_rollout), m_new->hash, m_new->revision, suffix);
        std::string name = base;
        const Value* adopted = nullptr;
        for (int attempt = 1; attempt < 1000; ++attempt) {
            const Value* taken = nullptr;
            for (const auto& candidate : m_in.analysisRuns)
                if (manifest::name(candidate) == name)
                    taken = &candidate;
            if (!taken)
                break;
            const auto same = [&](std::string_view field) {
                const auto* had = find(*taken, {"spec", field});
                const auto* has = find(*spec, {field});
                return manifest::equal(had ? *had : Value {}, has ? *has : Value {});
            };
            if (!isCompletedPhase(text(*taken, {"status", "phase"})) && !manifest::flag(*taken, {"spec", "terminate"})
                && same("metrics") && same("args") && same("dryRun") && same("measurementRetention")) {
                adopted = taken;
                break;
            }
            name = fmt::format("{}.{}", base, attempt);
        }
        if (adopted) {
            m_currentRuns.emplace(manifest::name(*adopted));
        } else {
            Object labels {{kHashLabel, m_new->hash}, {"rollout-type", type}};
            if (type == "Step")
                labels["step-index"] = boost::json::string(suffix.substr(1));
            for (const auto& [key, value] : manifest::object(m_rollout, {"spec", "selector", "matchLabels"}))
                labels[key] = value;
            for (const auto& [key, value] : manifest::object(*analysis, {"analysisRunMetadata", "labels"}))
                labels[key] = value;
            Object annotations {{kRevision, std::to_string(m_new->revision)}};
            for (const auto& [key, value] : manifest::object(*analysis, {"analysisRunMetadata", "annotations"}))
                annotations[key] = value;
            plan(Write::Verb::Create,
                 Object {{"apiVersion", "argoproj.io/v1alpha1"},
                         {"kind", "AnalysisRun"},
                         {"metadata",
                          Object {{"name", name},
                                  {"namespace", manifest::nameSpace(m_rollout)},
                                  {"labels", std::move(labels)},
                                  {"annotations", std::move(annotations)},
                                  {"ownerReferences", Array {ownerReference()}}}},
                         {"spec", *spec}});
            event(false, "AnalysisRunRunning",
                  fmt::format("{} Analysis Run '{}' Status New: '' Previous: 'NoPreviousStatus'", type, name));
            m_currentRuns.insert(name);
        }
        objectAt(m_status, {section})[statusField] = Object {{"name", name}, {"status", "Running"}};
        lookAgain(m_now + std::chrono::seconds(1));
        wait(fmt::format("analysis {} is running", name));
        return adopted;
    }
    const std::string phase(text(*run, {"status", "phase"}));
    const auto before = text(m_in.rollout, {"status", section, statusField, "status"});
    if (before != phase && isCompletedPhase(phase))
        event(phase != "Successful", "AnalysisRun" + phase,
              fmt::format("{} Analysis Run '{}' Status New: '{}' Previous: '{}'", type, manifest::name(*run), phase,
                          before));
    judgeRun(*run, statusField, cause);
    return run;
}

/// Keeps a run named, and lets its outcome pause or abort the update: a failed one does so again after a retry, too, as
/// long as no new one took its place.
void Pass::judgeRun(const Value& run, std::string_view statusField, std::string_view cause)
{
    keepRun(run, statusField);
    const auto phase = text(run, {"status", "phase"});
    const auto message = text(run, {"status", "message"});
    if (phase == "Inconclusive")
        addPause("InconclusiveAnalysisRun");
    else if (phase == "Failed" || phase == "Error")
        abort(fmt::format("{} phase error/failed{}{}", cause, message.empty() ? "" : ": ", message));
    else if (!isCompletedPhase(phase))
        wait(fmt::format("analysis {} is running", manifest::name(run)));
}

/// Names a run in the status, as it stands now.
void Pass::keepRun(const Value& run, std::string_view statusField)
{
    m_currentRuns.emplace(manifest::name(run));
    const auto phase = text(run, {"status", "phase"});
    Object reference {{"name", manifest::name(run)}, {"status", phase.empty() ? "Running" : phase}};
    if (const auto message = text(run, {"status", "message"}); !message.empty())
        reference["message"] = message;
    objectAt(m_status, {isCanary(m_rollout) ? "canary" : "blueGreen"})[statusField] = std::move(reference);
}

bool Pass::reconcileAnalysis()
{
    const bool rollback = m_new && m_new == m_stable;
    if (aborted() || promoteFull() || rollback || !m_stable || rollbackWithinWindow()) {
        for (const auto& run : m_in.analysisRuns)
            terminateRun(run);
        for (const std::string_view field : {"currentStepAnalysisRunStatus", "currentBackgroundAnalysisRunStatus"})
            manifest::erase(m_status, {"canary", field});
        cleanRuns();
        return true;
    }
    const auto index = currentStepIndex(m_in.rollout);
    const auto* step = currentStep(m_in.rollout);
    ensureRun(step ? find(*step, {"analysis"}) : nullptr, "currentStepAnalysisRunStatus",
              index ? fmt::format("-{}", *index) : std::string(), "Step", "Step-based analysis");
    const auto* background = find(m_rollout, {"spec", "strategy", "canary", "analysis"});
    const auto from = background ? manifest::integer(*background, {"startingStep"}).value_or(0) : 0;
    const bool started = background && (!index || static_cast<std::int64_t>(*index) >= from);
    ensureRun(started ? background : nullptr, "currentBackgroundAnalysisRunStatus", "", "Background",
              "Background analysis");
    for (const auto& run : m_in.analysisRuns)
        if (!m_currentRuns.contains(std::string(manifest::name(run))))
            terminateRun(run);
    cleanRuns();
    return !m_addPauses.contains("InconclusiveAnalysisRun");
}

void Pass::cleanRuns()
{
    std::vector<const Value*> finished;
    for (const auto& run : m_in.analysisRuns)
        if (isCompletedPhase(text(run, {"status", "phase"}))
            && !m_currentRuns.contains(std::string(manifest::name(run))))
            finished.push_back(&run);
    deleteOld(finished);
}

/// Deletes runs and experiments whose ReplicaSet is gone, and the oldest beyond what the history keeps.
void Pass::deleteOld(const std::vector<const Value*>& finished)
{
    std::vector<const Value*> good;
    std::vector<const Value*> bad;
    for (const auto* object : finished) {
        const auto hash = manifest::label(*object, kHashLabel);
        if (std::none_of(m_sets.begin(), m_sets.end(), [&](const Set& set) { return set.hash == hash; }))
            plan(Write::Verb::Delete, reference(*object));
        else
            (text(*object, {"status", "phase"}) == "Successful" ? good : bad).push_back(object);
    }
    const auto drop = [&](std::vector<const Value*>& objects, std::string_view limitField) {
        const auto keep = static_cast<std::size_t>(
            std::max<std::int64_t>(0, manifest::integer(m_rollout, {"spec", "analysis", limitField}).value_or(5)));
        std::stable_sort(objects.begin(), objects.end(), [](const Value* a, const Value* b) {
            return text(*a, {"metadata", "creationTimestamp"}) < text(*b, {"metadata", "creationTimestamp"});
        });
        for (std::size_t i = 0; i + keep < objects.size(); ++i)
            plan(Write::Verb::Delete, reference(*objects[i]));
    };
    drop(good, "successfulRunHistoryLimit");
    drop(bad, "unsuccessfulRunHistoryLimit");
}

} // namespace core::rollout
