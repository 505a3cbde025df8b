// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifest/patch.h"
#include "core/rollout/analysis.h"
#include "core/rollout/hash.h"
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

constexpr std::string_view kNotAvailable = "Rollout does not have minimum availability";

std::int64_t count(const Value& status, std::string_view field)
{
    return manifest::integer(status, {field}).value_or(0);
}

std::string stepText(const Value& step)
{
    if (const auto weight = manifest::integer(step, {"setWeight"}))
        return fmt::format("setWeight: {}", *weight);
    if (const auto* pause = find(step, {"pause"})) {
        const auto* duration = find(*pause, {"duration"});
        return duration ? fmt::format("pause: {}",
                                      duration->is_string() ? std::string(duration->get_string())
                                                            : manifest::toJson(*duration) + "s")
                        : "pause";
    }
    for (const std::string_view kind : {"setCanaryScale", "experiment", "analysis", "setHeaderRoute", "setMirrorRoute"})
        if (find(step, {kind}))
            return std::string(kind);
    return "unknown";
}

} // namespace

const Value* Pass::condition(const Value& status, std::string_view type) const
{
    for (const auto& candidate : manifest::array(status, {"conditions"}))
        if (text(candidate, {"type"}) == type)
            return &candidate;
    return nullptr;
}

/// Whether status or reason changed (or it was refreshed).
bool Pass::setCondition(std::string_view type, std::string_view state, std::string_view reason,
                        std::string_view message, bool refresh)
{
    auto& list = arrayAt(m_status, {"conditions"});
    const std::string now = formatRfc3339(m_now);
    Object made {{"type", type},       {"status", state},       {"reason", reason},
                 {"message", message}, {"lastUpdateTime", now}, {"lastTransitionTime", now}};
    for (auto& known : list) {
        if (text(known, {"type"}) != type)
            continue;
        const bool sameStatus = text(known, {"status"}) == state;
        if (sameStatus && text(known, {"reason"}) == reason && !refresh
            && (type != "Progressing" || text(known, {"message"}) == message))
            return false;
        if (sameStatus)
            made["lastTransitionTime"] = *find(known, {"lastTransitionTime"});
        Array kept;
        for (auto& other : list)
            if (text(other, {"type"}) != type)
                kept.push_back(std::move(other));
        kept.push_back(std::move(made));
        list = std::move(kept);
        return true;
    }
    list.push_back(std::move(made));
    return true;
}

/// Brings the Progressing and Paused conditions in line with the pauses. True: written, the pass ends.
bool Pass::fixPausedConditions()
{
    const auto* status = find(m_in.rollout, {"status"});
    if (!status || statusText("observedGeneration").empty())
        return false;
    const Value before = m_status;
    const auto* progressing = condition(m_status, "Progressing");
    const bool progressPaused = progressing && text(*progressing, {"reason"}) == "RolloutPaused";
    const bool abortKnown = progressing && text(*progressing, {"reason"}) == "RolloutAborted";
    const auto* pausedCondition = condition(m_status, "Paused");
    const bool knownPaused = pausedCondition && text(*pausedCondition, {"status"}) == "True";
    const bool isPaused = paused();
    const bool completed = !statusText("stableRS").empty() && statusText("stableRS") == statusText("currentPodHash");
    if (isPaused != progressPaused && !abortKnown && !completed) {
        if (isPaused) {
            setCondition("Progressing", "Unknown", "RolloutPaused", "Rollout is paused");
            event(false, "RolloutPaused", "Rollout is paused");
        } else {
            setCondition("Progressing", "Unknown", "RolloutResumed", "Rollout is resumed");
            event(false, "RolloutResumed", "Rollout is resumed");
        }
    }
    if (!isTrue(m_in.rollout, {"status", "abort"}) && abortKnown)
        setCondition("Progressing", "Unknown", "RolloutRetry", "Retrying Rollout after abort");
    if (isPaused != knownPaused && !abortKnown)
        setCondition("Paused", isPaused ? "True" : "False", "RolloutPaused", "Rollout is paused");
    if (manifest::equal(before, m_status))
        return false;
    plan(Write::Verb::Merge, reference(m_rollout), Object {{"status", manifest::createMergePatch(before, m_status)}},
         "status");
    m_statusWritten = true;
    return true;
}

void Pass::baseStatus()
{
    auto& status = m_status.get_object();
    std::int64_t replicas = 0;
    std::int64_t ready = 0;
    std::int64_t available = 0;
    for (const auto& set : m_sets) {
        replicas += set.replicas;
        ready += set.ready;
        available += set.available;
    }
    const Set* active = nullptr;
    const bool canaryStrategy = isCanary(m_rollout);
    if (!canaryStrategy) {
        const auto selector = text(m_in.rollout, {"status", "blueGreen", "activeSelector"});
        for (const auto& set : m_sets)
            if (!selector.empty() && set.hash == selector)
                active = &set;
        ready = active ? active->ready : 0;
        available = active ? active->available : 0;
    }
    status["replicas"] = replicas;
    status["updatedReplicas"] = m_new ? m_new->replicas : 0;
    status["readyReplicas"] = ready;
    status["availableReplicas"] = available;
    status["HPAReplicas"] = canaryStrategy ? replicas : active ? active->replicas : 0;
    std::string selector;
    for (const auto& [key, value] : manifest::object(m_rollout, {"spec", "selector", "matchLabels"}))
        selector += (selector.empty() ? "" : ",") + std::string(key) + "="
            + (value.is_string() ? std::string(value.get_string()) : std::string());
    if (active)
        selector += fmt::format(",{}={}", kHashLabel, active->hash);
    status["selector"] = selector;
    if (m_new)
        status["currentPodHash"] = m_new->hash;
    if (m_new && statusText("stableRS") == m_new->hash)
        status["promoteFull"] = false;
    if (canaryStrategy)
        status["currentStepHash"] = stepHash(m_rollout);
    status["observedGeneration"] = std::to_string(manifest::integer(m_rollout, {"metadata", "generation"}).value_or(0));
    if (const auto generation = manifest::integer(m_in.workload, {"metadata", "generation"}))
        status["workloadObservedGeneration"] = std::to_string(*generation);
    const auto& conditions = manifest::array(m_status, {"conditions"});
    Array kept;
    for (const auto& known : conditions)
        if (text(known, {"type"}) != "InvalidSpec")
            kept.push_back(known);
    status["conditions"] = std::move(kept);
}

void Pass::reset()
{
    m_clearPauses = true;
    m_removeAbort = true;
    m_addAbort = false;
    auto& status = m_status.get_object();
    status["promoteFull"] = false;
    if (const auto restart = text(m_rollout, {"spec", "restartAt"}); !restart.empty())
        status["restartedAt"] = boost::json::string(restart);
    for (const std::string_view field :
         {"currentStepAnalysisRunStatus", "currentBackgroundAnalysisRunStatus", "currentExperiment"})
        manifest::erase(m_status, {"canary", field});
    for (const std::string_view field :
         {"prePromotionAnalysisRunStatus", "postPromotionAnalysisRunStatus", "scaleUpPreviewCheckPoint"})
        manifest::erase(m_status, {"blueGreen", field});
    if (canarySteps(m_rollout).empty())
        status.erase("currentStepIndex");
    else
        status["currentStepIndex"] = 0;
}

bool Pass::pauseStepCompleted(const Value& pause) const
{
    if (isTrue(m_in.rollout, {"status", "controllerPause"}) && !hasPause("CanaryPauseStep"))
        return true;
    const auto* duration = find(pause, {"duration"});
    if (!duration || duration->is_null())
        return false;
    for (const auto& active : manifest::array(m_in.rollout, {"status", "pauseConditions"}))
        if (text(active, {"reason"}) == "CanaryPauseStep")
            if (const auto start = parseRfc3339(text(active, {"startTime"})))
                return m_now > *start + std::chrono::seconds(pauseSeconds(duration));
    return false;
}

bool Pass::stepCompleted() const
{
    const auto* step = currentStep(m_in.rollout);
    if (!step || isTrue(m_in.rollout, {"spec", "paused"}))
        return false;
    if (const auto* pause = find(*step, {"pause"}))
        return pauseStepCompleted(*pause);
    const auto canaryCount = m_new ? m_new->count() : ReplicaCount {};
    const auto stableCount = m_stable ? m_stable->count() : ReplicaCount {};
    const auto atCounts = [&] {
        return atDesiredCounts(m_in.rollout, m_new ? &canaryCount : nullptr, m_stable ? &stableCount : nullptr,
                               olderCounts(), newWeights());
    };
    if (find(*step, {"setCanaryScale"}))
        return atCounts();
    if (find(*step, {"setWeight"}))
        return atCounts() && manifest::flag(m_status, {"canary", "weights", "verified"}, true);
    if (find(*step, {"experiment"})) {
        const auto* experiment = currentExperiment();
        return experiment && text(*experiment, {"status", "phase"}) == "Successful";
    }
    if (find(*step, {"analysis"})) {
        const auto* run = recordedRun("currentStepAnalysisRunStatus");
        return run && m_currentRuns.contains(std::string(manifest::name(*run)))
            && text(*run, {"status", "phase"}) == "Successful";
    }
    return find(*step, {"setHeaderRoute"}) || find(*step, {"setMirrorRoute"});
}

std::string Pass::fullPromotionReason() const
{
    if (!m_stable)
        return "Initial deploy";
    if (aborted() || m_endUnverified)
        return {};
    const auto canary = m_new ? m_new->count() : ReplicaCount {};
    const auto* threshold = find(m_rollout, {"spec", "strategy", "canary", "replicaProgressThreshold"});
    if (!m_new || (m_new->available < m_replicas && !(threshold && thresholdMet(threshold, &canary, m_replicas))))
        return {};
    if (promoteFull())
        return "Full promotion requested";
    if (rollbackWithinWindow())
        return "Rollback within window";
    if (m_new == m_stable)
        return "Fast rollback";
    const auto steps = canarySteps(m_rollout).size();
    const auto index = currentStepIndex(m_in.rollout);
    if (!index || *index == steps)
        return fmt::format("Completed all {} canary steps", steps);
    return {};
}

void Pass::promoteStable(const std::string& reason)
{
    m_clearPauses = true;
    m_removeAbort = true;
    m_addAbort = false;
    auto& status = m_status.get_object();
    status["promoteFull"] = false;
    manifest::erase(m_status, {"blueGreen", "scaleUpPreviewCheckPoint"});
    if (!canarySteps(m_rollout).empty())
        status["currentStepIndex"] = static_cast<std::int64_t>(canarySteps(m_rollout).size());
    const std::string previous(text(m_in.rollout, {"status", "stableRS"}));
    const std::string current(text(m_status, {"currentPodHash"}));
    status["stableRS"] = current;
    if (previous == current)
        return;
    if (find(canarySpec(m_rollout), {"pingPong"}))
        objectAt(m_status, {"canary"})["stablePingPong"] =
            text(m_in.rollout, {"status", "canary", "stablePingPong"}) == "ping" ? "pong" : "ping";
    event(
        false, "RolloutCompleted",
        fmt::format("Rollout completed update to revision {} ({}): {}", m_new ? m_new->revision : 0, current, reason));
}

void Pass::syncCanaryStatus()
{
    auto& status = m_status.get_object();
    const auto steps = static_cast<std::int64_t>(canarySteps(m_rollout).size());
    std::optional<std::int64_t> index;
    if (const auto at = currentStepIndex(m_in.rollout))
        index = static_cast<std::int64_t>(*at);
    if (index)
        status["currentStepIndex"] = *index;
    else
        status.erase("currentStepIndex");
    if (templateOrStepsChanged()) {
        reset();
        if (m_new && statusText("stableRS") == m_new->hash) {
            if (steps > 0) {
                m_status.get_object()["currentStepIndex"] = steps;
                event(false, "SkipSteps", "Rollback to stable");
            }
        } else if (rollbackWithinWindow() && m_new->available > 0 && steps > 0) {
            m_status.get_object()["currentStepIndex"] = steps;
            event(false, "SkipSteps", "Rollback within window");
        }
        conditions();
        persist();
        return;
    }
    if (promoteFull() || rollbackWithinWindow()) {
        m_clearPauses = true;
        m_removeAbort = true;
        if (steps > 0) {
            index = steps;
            status["currentStepIndex"] = steps;
        }
    }
    if (const auto reason = fullPromotionReason(); !reason.empty()) {
        promoteStable(reason);
        conditions();
        persist();
        return;
    }
    if (aborted()) {
        if (steps > 0)
            status["currentStepIndex"] =
                text(m_status, {"stableRS"}) == text(m_status, {"currentPodHash"}) ? steps : std::int64_t {0};
        conditions();
        persist();
        return;
    }
    if (!isScalingEvent() && stepCompleted() && index) {
        const auto& step = canarySteps(m_rollout)[static_cast<std::size_t>(*index)];
        event(false, "RolloutStepCompleted",
              fmt::format("Rollout step {}/{} completed ({})", *index + 1, steps, stepText(step)));
        status["currentStepIndex"] = *index + 1;
        manifest::erase(m_status, {"canary", "currentStepAnalysisRunStatus"});
        manifest::erase(m_status, {"canary", "currentExperiment"});
        m_removePauses.emplace("CanaryPauseStep");
        m_addPauses.erase("CanaryPauseStep");
    }
    conditions();
    persist();
}

void Pass::pauseStatus()
{
    auto& status = m_status.get_object();
    status["pauseConditions"] = nullptr;
    status["controllerPause"] = false;
    if (aborted()) {
        status["abort"] = true;
        if (statusText("abortedAt").empty())
            status["abortedAt"] = formatRfc3339(m_now);
        return;
    }
    status["abort"] = false;
    status["abortedAt"] = nullptr;
    if (m_clearPauses)
        return;
    bool controllerPause = isTrue(m_in.rollout, {"status", "controllerPause"});
    Array pauses;
    std::set<std::string> known;
    for (const auto& active : manifest::array(m_in.rollout, {"status", "pauseConditions"})) {
        const std::string reason(text(active, {"reason"}));
        if (m_removePauses.contains(reason) || !known.insert(reason).second)
            continue;
        pauses.push_back(active);
    }
    for (const auto& reason : m_addPauses) {
        if (!known.insert(reason).second)
            continue;
        pauses.push_back(Object {{"reason", reason}, {"startTime", formatRfc3339(m_now)}});
        controllerPause = true;
    }
    if (pauses.empty())
        return;
    status["controllerPause"] = controllerPause;
    if (const auto* step = currentStep(m_in.rollout))
        if (const auto* pause = find(*step, {"pause"}); pause && find(*pause, {"duration"}))
            for (const auto& active : pauses)
                if (const auto start = parseRfc3339(text(active, {"startTime"})))
                    lookAgain(*start + std::chrono::seconds(pauseSeconds(find(*pause, {"duration"})) + 1));
    status["pauseConditions"] = std::move(pauses);
}

bool Pass::isHealthy() const
{
    const auto current = text(m_status, {"currentPodHash"});
    if (count(m_status, "updatedReplicas") != m_replicas || count(m_status, "availableReplicas") != m_replicas)
        return false;
    if (isCanary(m_rollout)) {
        const auto steps = canarySteps(m_rollout).size();
        return (steps == 0 || static_cast<std::size_t>(count(m_status, "currentStepIndex")) == steps)
            && text(m_status, {"stableRS"}) == current && count(m_status, "replicas") == m_replicas;
    }
    const auto preview = text(m_status, {"blueGreen", "previewSelector"});
    return text(m_status, {"blueGreen", "activeSelector"}) == current && (preview.empty() || preview == current)
        && text(m_status, {"stableRS"}) == current;
}

bool Pass::hasProgressed() const
{
    const Value none = Object {};
    const auto* old = find(m_in.rollout, {"status"});
    const Value& before = old ? *old : none;
    const auto was = [&](std::string_view field) { return count(before, field); };
    const auto is = [&](std::string_view field) { return count(m_status, field); };
    if (is("updatedReplicas") != was("updatedReplicas")
        || is("replicas") - is("updatedReplicas") < was("replicas") - was("updatedReplicas")
        || is("readyReplicas") > was("readyReplicas") || is("availableReplicas") > was("availableReplicas"))
        return true;
    if (isCanary(m_rollout))
        return text(before, {"stableRS"}) != text(m_status, {"stableRS"})
            || is("currentStepIndex") != was("currentStepIndex")
            || text(before, {"currentStepHash"}) != text(m_status, {"currentStepHash"});
    for (const std::string_view field : {"activeSelector", "previewSelector"})
        if (text(before, {"blueGreen", field}) != text(m_status, {"blueGreen", field}))
            return true;
    return false;
}

bool Pass::isTimedOut() const
{
    const auto* progressing = condition(m_status, "Progressing");
    if (!progressing)
        return false;
    const auto reason = text(*progressing, {"reason"});
    if (reason == "ProgressDeadlineExceeded")
        return true;
    if (reason == "RolloutAborted" || reason == "RolloutPaused" || reason == "NewReplicaSetAvailable")
        return false;
    if (const auto* paused = condition(m_status, "Paused"); paused && text(*paused, {"status"}) == "True")
        return false;
    if (const auto* step = currentStep(m_in.rollout); step && m_stable)
        if (find(*step, {"pause"}) || find(*step, {"analysis"}) || find(*step, {"experiment"}))
            return false;
    for (const auto* set : m_others)
        if (!manifest::annotation(set->object, kDeadline).empty() && set->spec > 0)
            return false;
    const auto since = parseRfc3339(text(*progressing, {"lastUpdateTime"}));
    const auto deadline = manifest::integer(m_rollout, {"spec", "progressDeadlineSeconds"}).value_or(600);
    return since && *since + std::chrono::seconds(deadline) < m_now;
}

/// Progressing, while nothing is aborted.
void Pass::progressCondition(bool healthy, bool becameUnhealthy, bool completed)
{
    const auto* progressing = condition(m_status, "Progressing");
    const std::string newName = m_new ? m_new->name : std::string();
    if (healthy) {
        setCondition("Progressing", "True", "NewReplicaSetAvailable",
                     fmt::format("ReplicaSet \"{}\" has successfully progressed.", newName));
    } else if (hasProgressed() || becameUnhealthy) {
        if (completed && becameUnhealthy) // it lost pods: no update that could time out
            setCondition("Progressing", "True", "ReplicaSetNotAvailable", kNotAvailable, true);
        else
            setCondition("Progressing", "True", "ReplicaSetUpdated",
                         fmt::format("ReplicaSet \"{}\" is progressing.", newName), true);
    } else if (isTimedOut()) {
        const auto message = fmt::format("ReplicaSet \"{}\" has timed out progressing.", newName);
        const bool isNew = !progressing || text(*progressing, {"reason"}) != "ProgressDeadlineExceeded";
        if (isTrue(m_in.rollout, {"spec", "progressDeadlineAbort"}) && !completed) {
            abort(message);
            return;
        }
        setCondition("Progressing", "False", "ProgressDeadlineExceeded", message);
        if (isNew)
            event(true, "ProgressDeadlineExceeded", message);
    } else if (progressing) {
        if (const auto since = parseRfc3339(text(*progressing, {"lastUpdateTime"})))
            if (const auto at = *since
                    + std::chrono::seconds(
                        manifest::integer(m_rollout, {"spec", "progressDeadlineSeconds"}).value_or(600) + 1);
                at > m_now)
                lookAgain(at);
    }
}

/// The ReplicaFailure condition of the new ReplicaSet, else of the first that has one.
void Pass::replicaFailure()
{
    const auto failureOf = [this](const Set& set) {
        const auto* status = find(set.object, {"status"});
        return status ? condition(*status, "ReplicaFailure") : nullptr;
    };
    const auto* failure = m_new ? failureOf(*m_new) : nullptr;
    for (const auto& set : m_sets)
        if (!failure)
            failure = failureOf(set);
    auto& list = arrayAt(m_status, {"conditions"});
    const auto* known = condition(m_status, "ReplicaFailure");
    if (failure && known && text(*known, {"status"}) == text(*failure, {"status"})
        && text(*known, {"reason"}) == text(*failure, {"reason"}))
        return;
    Array kept;
    for (auto& other : list)
        if (text(other, {"type"}) != "ReplicaFailure")
            kept.push_back(std::move(other));
    if (failure) {
        Value made = *failure;
        made.as_object()["lastUpdateTime"] = boost::json::string(text(*failure, {"lastTransitionTime"}));
        kept.push_back(std::move(made));
    }
    list = std::move(kept);
}

void Pass::conditions()
{
    pauseStatus();
    const bool complete = isHealthy();
    const bool healthy =
        complete && !isTrue(m_in.rollout, {"spec", "paused"}) && manifest::array(m_status, {"pauseConditions"}).empty();
    bool becameUnhealthy = false;
    if (healthy)
        setCondition("Healthy", "True", "RolloutHealthy", "Rollout is healthy");
    else if (condition(m_status, "Healthy"))
        becameUnhealthy = setCondition("Healthy", "False", "RolloutHealthy", "Rollout is not healthy");
    const bool completed =
        !text(m_status, {"stableRS"}).empty() && text(m_status, {"stableRS"}) == text(m_status, {"currentPodHash"});
    setCondition("Completed", completed ? "True" : "False", "RolloutCompleted", "RolloutCompleted");
    if (!aborted()) {
        progressCondition(complete, becameUnhealthy, completed);
        if (aborted()) { // the deadline did it
            conditions();
            return;
        }
    } else if (const auto* known = condition(m_status, "Progressing");
               !known || text(*known, {"reason"}) != "RolloutAborted" || !m_abortMessage.empty()) {
        std::string message = fmt::format("Rollout aborted update to revision {}", m_new ? m_new->revision : 0);
        if (!m_abortMessage.empty())
            message += ": " + m_abortMessage;
        setCondition("Progressing", "False", "RolloutAborted", message);
        event(true, "RolloutAborted", message);
    }
    bool available = count(m_status, "availableReplicas") >= m_replicas;
    if (!isCanary(m_rollout)) {
        available = false;
        for (const auto& set : m_sets)
            if (set.hash == text(m_status, {"blueGreen", "activeSelector"}))
                available = set.spec >= m_replicas && set.available >= m_replicas;
    }
    setCondition("Available", available ? "True" : "False", "AvailableReason",
                 available ? "Rollout has minimum availability" : kNotAvailable);
    replicaFailure();
}

void Pass::persist()
{
    scaleWorkload();
    auto& status = m_status.get_object();
    for (const auto* field : {"updatedReplicas", "readyReplicas", "availableReplicas", "HPAReplicas", "replicas"})
        if (const auto* value = status.if_contains(field); value && value->is_int64() && value->get_int64() == 0)
            status.erase(field);
    for (const auto* field : {"abort", "promoteFull", "controllerPause"})
        if (const auto* value = status.if_contains(field); value && value->is_bool() && !value->get_bool())
            status.erase(field);
    for (const auto* field : {"pauseConditions", "abortedAt"})
        if (const auto* value = status.if_contains(field); value && value->is_null())
            status.erase(field);
    Value rollout = m_rollout;
    rollout.get_object()["status"] = m_status;
    const auto phase = phaseOf(rollout);
    status["phase"] = phase.phase;
    if (phase.message.empty())
        status.erase("message");
    else
        status["message"] = phase.message;
    const auto* old = find(m_in.rollout, {"status"});
    const Value before = old && old->is_object() ? *old : Value(Object {});
    const auto patch = manifest::createMergePatch(before, m_status);
    if (patch.is_object() && !patch.get_object().empty())
        plan(Write::Verb::Merge, reference(m_rollout), Object {{"status", patch}}, "status");
    m_statusWritten = true;
}

void Pass::invalidSpec(const std::string& message)
{
    const auto* known = condition(m_status, "InvalidSpec");
    const bool isNew = !known || text(*known, {"message"}) != message;
    if (isNew) {
        Array kept;
        for (const auto& other : manifest::array(m_status, {"conditions"}))
            if (text(other, {"type"}) != "InvalidSpec")
                kept.push_back(other);
        m_status.get_object()["conditions"] = std::move(kept);
        setCondition("InvalidSpec", "True", "InvalidSpec", message);
        event(true, "InvalidSpec", message);
    }
    m_status.get_object()["observedGeneration"] =
        std::to_string(manifest::integer(m_rollout, {"metadata", "generation"}).value_or(0));
    wait(message);
    persist();
}

PhaseMessage phaseOf(const Value& rollout)
{
    const auto status = [&](std::string_view field) { return text(rollout, {"status", field}); };
    const auto number = [&](std::string_view field) {
        return manifest::integer(rollout, {"status", field}).value_or(0);
    };
    for (const auto& known : manifest::array(rollout, {"status", "conditions"})) {
        if (text(known, {"type"}) == "InvalidSpec")
            return {"Degraded", "InvalidSpec: " + std::string(text(known, {"message"}))};
        const auto reason = text(known, {"reason"});
        if (reason == "RolloutAborted" || reason == "ProgressDeadlineExceeded")
            return {"Degraded", std::string(reason) + ": " + std::string(text(known, {"message"}))};
    }
    if (isTrue(rollout, {"spec", "paused"}))
        return {"Paused", "manually paused"};
    if (const auto& pauses = manifest::array(rollout, {"status", "pauseConditions"}); !pauses.empty())
        return {"Paused", std::string(text(pauses.front(), {"reason"}))};
    const auto restart = text(rollout, {"spec", "restartAt"});
    if (!restart.empty() && restart != status("restartedAt"))
        return {"Progressing", "rollout is restarting"};
    if (number("updatedReplicas") < wantedReplicas(rollout))
        return {"Progressing", "more replicas need to be updated"};
    if (number("availableReplicas") < number("updatedReplicas"))
        return {"Progressing", "updated replicas are still becoming available"};
    const auto current = status("currentPodHash");
    if (!isCanary(rollout)) {
        const auto active = text(rollout, {"status", "blueGreen", "activeSelector"});
        if (active.empty() || active != current)
            return {"Progressing", "active service cutover pending"};
        if (status("stableRS").empty() || status("stableRS") != current) {
            const auto post = text(rollout, {"status", "blueGreen", "postPromotionAnalysisRunStatus", "status"});
            return {"Progressing",
                    !post.empty() && !isCompletedPhase(post) ? "waiting for analysis to complete"
                                                             : "waiting for post-promotion verification to complete"};
        }
        return {"Healthy", {}};
    }
    if (!hasTrafficRouting(rollout) && number("replicas") > number("updatedReplicas"))
        return {"Progressing", "old replicas are pending termination"};
    if (status("stableRS").empty() || status("stableRS") != current)
        return {"Progressing", "waiting for all steps to complete"};
    return {"Healthy", {}};
}

} // namespace core::rollout
