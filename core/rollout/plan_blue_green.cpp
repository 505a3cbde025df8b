// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollout/analysis.h"
#include "core/rollout/pass.h"

#include <fmt/format.h>

namespace core::rollout {

using manifest::find;
using manifest::Object;
using manifest::text;
using manifest::Value;

namespace {

const Value& blueGreenSpec(const Value& rollout)
{
    static const Value kNone;
    const auto* found = find(rollout, {"spec", "strategy", "blueGreen"});
    return found ? *found : kNone;
}

bool needsPause(const Value& spec)
{
    return !manifest::flag(spec, {"autoPromotionEnabled"}, true)
        || manifest::integer(spec, {"autoPromotionSeconds"}).value_or(0) > 0;
}

} // namespace

std::string Pass::selectorOf(std::string_view serviceName) const
{
    const auto* found = service(serviceName);
    return found ? std::string(text(*found, {"spec", "selector", kHashLabel})) : std::string();
}

/// The pause before the cutover is over, or there is none.
bool Pass::completedBlueGreenPause() const
{
    const auto& spec = blueGreenSpec(m_rollout);
    if (!needsPause(spec) || isTrue(m_in.rollout, {"status", "blueGreen", "scaleUpPreviewCheckPoint"}))
        return true;
    const auto seconds = manifest::integer(spec, {"autoPromotionSeconds"}).value_or(0);
    for (const auto& known : manifest::array(m_in.rollout, {"status", "pauseConditions"}))
        if (text(known, {"reason"}) == "BlueGreenPause") {
            const auto start = parseRfc3339(text(known, {"startTime"}));
            return seconds > 0 && start && m_now > *start + std::chrono::seconds(seconds);
        }
    return isTrue(m_in.rollout, {"status", "controllerPause"});
}

bool Pass::completedPrePromotion() const
{
    if (!find(m_rollout, {"spec", "strategy", "blueGreen", "prePromotionAnalysis"}))
        return true;
    const auto* run = recordedRun("prePromotionAnalysisRunStatus");
    return run && manifest::label(*run, kHashLabel) == m_new->hash && text(*run, {"status", "phase"}) == "Successful";
}

/// Nothing has to be waited for before the cutover but the pods.
bool Pass::isFastTracked(std::string_view active) const
{
    return m_hadDeadline || promoteFull() || active.empty() || active == m_new->hash || rollbackWithinWindow();
}

/// How many pods the new version has now: previewReplicaCount until the checkpoint, else all.
std::int64_t Pass::blueGreenReplicas(std::string_view active) const
{
    const auto preview = manifest::integer(m_rollout, {"spec", "strategy", "blueGreen", "previewReplicaCount"});
    const bool activeIsOther = !active.empty() && active != m_new->hash
        && std::any_of(m_sets.begin(), m_sets.end(), [&](const Set& set) { return set.hash == active; });
    if (!preview || !activeIsOther || promoteFull() || m_new == m_stable)
        return m_replicas;
    const bool reached = isTrue(m_in.rollout, {"status", "blueGreen", "scaleUpPreviewCheckPoint"});
    return reached && !paused() && statusText("currentPodHash") == m_new->hash ? m_replicas : *preview;
}

void Pass::reconcileBlueGreenSets(std::string_view active)
{
    if (!delaysAbortScaleDown())
        setDeadline(*m_new, {});
    if (m_stable && m_stable != m_new) {
        setDeadline(*m_stable, {});
        (void)scale(*m_stable, m_replicas);
    }
    if (!(delaysAbortScaleDown() && active == m_new->hash)) // what still serves is not taken away
        (void)reconcileNew();
    const auto& spec = blueGreenSpec(m_rollout);
    const bool postPending =
        find(spec, {"postPromotionAnalysis"}) && !find(spec, {"scaleDownDelaySeconds"}) && m_stable != m_new;
    if (hasPause("InconclusiveAnalysisRun") || postPending)
        return;
    std::int64_t kept = 0;
    std::vector<Set*> others = m_others;
    std::sort(others.begin(), others.end(), [](const Set* a, const Set* b) { return a->revision > b->revision; });
    for (auto* set : others) {
        if (set->spec == 0 || set->hash == active || isReferenced(*set))
            continue;
        const bool dated = deadlineOf(*set).has_value(); // only such a set follows the number of replicas
        if (!applyDeadline(*set, scaleDownDelay(), kept) && dated)
            (void)scale(*set, m_replicas);
    }
}

/// Pauses before the cutover where the spec asks for it, and ends that pause.
void Pass::blueGreenPause(std::string_view active)
{
    const auto& spec = blueGreenSpec(m_rollout);
    const auto wanted = blueGreenReplicas(active);
    if (aborted() || m_new->spec != wanted || m_new->available != wanted || isTrue(m_in.rollout, {"spec", "paused"}))
        return;
    if (isFastTracked(active)) {
        m_removePauses.emplace("BlueGreenPause");
        return;
    }
    if (!completedPrePromotion() || !needsPause(spec))
        return;
    if (completedBlueGreenPause()) {
        m_removePauses.emplace("BlueGreenPause");
        return;
    }
    if (!hasPause("BlueGreenPause")) {
        addPause("BlueGreenPause");
        return;
    }
    const auto seconds = manifest::integer(spec, {"autoPromotionSeconds"}).value_or(0);
    for (const auto& known : manifest::array(m_in.rollout, {"status", "pauseConditions"}))
        if (const auto start = parseRfc3339(text(known, {"startTime"})); start && seconds > 0)
            lookAgain(*start + std::chrono::seconds(seconds + 1));
}

/// Points the active Service at the new version when everything before it is done, or back after an abort.
void Pass::switchActive(std::string_view activeName, std::string_view active)
{
    if (aborted()) {
        if (m_stable && active != m_stable->hash)
            pointService(activeName, m_stable, true);
        return;
    }
    const bool saturated = m_new->spec == m_replicas && m_new->available == m_replicas
        && manifest::annotation(m_new->object, kDesiredReplicas) == std::to_string(m_replicas);
    if (halted() || !saturated || m_addPauses.contains("BlueGreenPause")) {
        if (!saturated && active != m_new->hash)
            wait(fmt::format("the new version waits for its pods: {} of {} available", m_new->available, m_replicas));
        return;
    }
    if (!m_stable) // the first version serves once it is the stable one
        return;
    if (isFastTracked(active) || (completedBlueGreenPause() && completedPrePromotion())) {
        if (pointService(activeName, m_new, false))
            objectAt(m_status, {"blueGreen"})["activeSelector"] = m_new->hash;
        if (m_in.loadBalancers && active != m_new->hash) { // its targets are known to the next pass
            m_targetsVerified = false;
            lookAgain(m_now);
        }
    }
}

/// The pre- and post-promotion runs, and where they leave the pass.
void Pass::blueGreenAnalysis()
{
    const auto* pre = find(m_rollout, {"spec", "strategy", "blueGreen", "prePromotionAnalysis"});
    const auto* post = find(m_rollout, {"spec", "strategy", "blueGreen", "postPromotionAnalysis"});
    const bool none =
        aborted() || promoteFull() || !m_stable || m_new == m_stable || m_hadDeadline || rollbackWithinWindow();
    if (none) {
        for (const auto& run : m_in.analysisRuns)
            terminateRun(run);
        for (const std::string_view field : {"prePromotionAnalysisRunStatus", "postPromotionAnalysisRunStatus"})
            if (const auto* run = recordedRun(field)) // those of the version that serves stay named
                keepRun(*run, field);
        cleanRuns();
        return;
    }
    if (hasPause("InconclusiveAnalysisRun")) { // until somebody resumes, nothing is made or ended
        for (const std::string_view field : {"prePromotionAnalysisRunStatus", "postPromotionAnalysisRunStatus"})
            if (const auto* run = recordedRun(field))
                m_currentRuns.emplace(manifest::name(*run));
        return;
    }
    const auto preview = manifest::integer(m_rollout, {"spec", "strategy", "blueGreen", "previewReplicaCount"});
    const bool saturated = m_new->spec == m_replicas && m_new->available == m_replicas;
    const bool previewReady = preview ? m_new->spec == *preview && m_new->available == *preview : saturated;
    // As the last pass left it: the cutover of this one is looked at in the next.
    const auto served = text(m_in.rollout, {"status", "blueGreen", "activeSelector"});
    const bool cutOver = served == m_new->hash;
    const auto use = [&](const Value* analysis, std::string_view field, std::string_view suffix, std::string_view type,
                         bool due, bool ready) {
        const auto cause = fmt::format("Blue/green {}-promotion analysis", suffix.substr(1));
        const auto* run = recordedRun(field);
        if (due && (ready || run)) {
            ensureRun(analysis, field, suffix, type, cause);
        } else if (run) { // what it found still counts
            terminateRun(*run);
            judgeRun(*run, field, cause);
        }
    };
    use(pre, "prePromotionAnalysisRunStatus", "-pre", "PrePromotion", !cutOver && !served.empty(), previewReady);
    use(post, "postPromotionAnalysisRunStatus", "-post", "PostPromotion", cutOver, saturated && m_targetsVerified);
    for (const auto& run : m_in.analysisRuns)
        if (!m_currentRuns.contains(std::string(manifest::name(run))))
            terminateRun(run);
    cleanRuns();
}

void Pass::blueGreen()
{
    baseStatus();
    (void)syncRevision();
    const auto& spec = blueGreenSpec(m_rollout);
    const auto activeName = text(spec, {"activeService"});
    const auto previewName = text(spec, {"previewService"});
    const std::string active = selectorOf(activeName);
    auto& selectors = objectAt(m_status, {"blueGreen"});
    selectors["activeSelector"] = active;
    if (!previewName.empty()) {
        if (!halted())
            pointService(previewName, m_new, false);
        selectors["previewSelector"] = halted() ? selectorOf(previewName) : m_new->hash;
    }
    if (templateOrStepsChanged()) {
        reset();
        conditions();
        persist();
        return;
    }
    m_hadDeadline = statusText("abortedAt").empty() && deadlineOf(*m_new) && *deadlineOf(*m_new) > m_now;
    const bool scaling = isScalingEvent();
    (void)restartPods();
    reconcileBlueGreenSets(active);
    if (!scaling) {
        cleanHistory();
        blueGreenPause(active);
        switchActive(activeName, active);
        m_targetsVerified = verifyTargets() && m_targetsVerified;
        blueGreenAnalysis();
        syncMetadata();
    }
    syncBlueGreenStatus();
}

/// Once the preview has the size that was asked for and everything before the cutover is done.
void Pass::previewCheckPoint()
{
    const auto& spec = blueGreenSpec(m_rollout);
    const auto preview = manifest::integer(spec, {"previewReplicaCount"});
    auto& status = objectAt(m_status, {"blueGreen"});
    const bool before = isTrue(m_in.rollout, {"status", "blueGreen", "scaleUpPreviewCheckPoint"});
    const bool promoted = text(m_status, {"blueGreen", "activeSelector"}) == m_new->hash;
    if (preview && !promoted
        && (before || (completedPrePromotion() && completedBlueGreenPause() && m_new->available == *preview)))
        status["scaleUpPreviewCheckPoint"] = true;
    else
        status.erase("scaleUpPreviewCheckPoint");
}

std::string Pass::blueGreenPromotionReason() const
{
    if (!m_stable)
        return "Initial deploy";
    if (text(m_status, {"blueGreen", "activeSelector"}) != m_new->hash || !m_targetsVerified)
        return {};
    if (promoteFull())
        return "Full promotion requested";
    if (aborted())
        return {};
    if (m_new == m_stable)
        return "Fast rollback";
    if (m_hadDeadline)
        return fmt::format("Rollback to '{}' within scaleDownDelay", m_new->name);
    if (rollbackWithinWindow())
        return "Rollback within window";
    const auto* post = recordedRun("postPromotionAnalysisRunStatus");
    if (find(m_rollout, {"spec", "strategy", "blueGreen", "postPromotionAnalysis"})
        && !(post && manifest::label(*post, kHashLabel) == m_new->hash
             && text(*post, {"status", "phase"}) == "Successful"))
        return {};
    return "Completed blue-green update";
}

void Pass::syncBlueGreenStatus()
{
    if (promoteFull() || rollbackWithinWindow()) {
        m_clearPauses = true;
        m_removeAbort = true;
        m_addAbort = false;
    }
    previewCheckPoint();
    if (const auto reason = blueGreenPromotionReason(); !reason.empty())
        promoteStable(reason);
    // The counts describe the active ReplicaSet as it is now.
    const auto active = text(m_status, {"blueGreen", "activeSelector"});
    for (const auto& set : m_sets)
        if (set.hash == active) {
            auto& status = m_status.get_object();
            status["readyReplicas"] = set.ready;
            status["availableReplicas"] = set.available;
            status["HPAReplicas"] = set.replicas;
        }
    conditions();
    persist();
}

} // namespace core::rollout
