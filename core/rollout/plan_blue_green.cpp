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

/// The pre- and post-promotion runs, and where they leave the pass.
void Pass::blueGreenAnalysis()
{
    const auto* pre = find(m_rollout, {"spec", "strategy", "blueGreen", "prePromotionAnalysis"});
    const auto* post = find(m_rollout, {"spec", "strategy", "blueGreen", "postPromotionAnalysis"});
    const bool none = aborted() || promoteFull() || !m_stable || m_new == m_stable;
    if (none) {
        for (const auto& run : m_in.analysisRuns)
            terminateRun(run);
        for (const std::string_view field : {"prePromotionAnalysisRunStatus", "postPromotionAnalysisRunStatus"})
            if (m_new == m_stable)
                manifest::erase(m_status, {"blueGreen", field});
        cleanRuns();
        return;
    }
    const auto active = text(m_in.rollout, {"status", "blueGreen", "activeSelector"});
    const auto preview = manifest::integer(m_rollout, {"spec", "strategy", "blueGreen", "previewReplicaCount"});
    const bool saturated = m_new->spec >= m_replicas && m_new->available >= m_replicas;
    const bool previewReady = preview && m_new->available >= *preview;
    const bool cutOver = active == m_new->hash;
    if (!cutOver && (saturated || previewReady || recordedRun("prePromotionAnalysisRunStatus")))
        ensureRun(pre, "prePromotionAnalysisRunStatus", "-pre", "PrePromotion", "Blue/green pre-promotion analysis");
    if (cutOver && saturated)
        ensureRun(post, "postPromotionAnalysisRunStatus", "-post", "PostPromotion",
                  "Blue/green post-promotion analysis");
    for (const auto& run : m_in.analysisRuns)
        if (!m_currentRuns.contains(std::string(manifest::name(run))))
            terminateRun(run);
    cleanRuns();
}

void Pass::blueGreen()
{
    baseStatus();
    (void)syncRevision();
    const Value& spec = *find(m_rollout, {"spec", "strategy", "blueGreen"});
    const auto activeName = text(spec, {"activeService"});
    const auto previewName = text(spec, {"previewService"});
    const auto hashOf = [&](std::string_view name) {
        const auto* found = service(name);
        return found ? std::string(text(*found, {"spec", "selector", kHashLabel})) : std::string();
    };
    auto& selectors = objectAt(m_status, {"blueGreen"});
    selectors["activeSelector"] = hashOf(activeName);
    if (!previewName.empty())
        selectors["previewSelector"] = hashOf(previewName);
    if (!previewName.empty() && pointService(previewName, m_new, false))
        selectors["previewSelector"] = m_new->hash;
    if (templateOrStepsChanged()) {
        reset();
        conditions();
        persist();
        return;
    }
    if (restartPods()) {
        syncBlueGreenStatus();
        return;
    }
    cleanHistory();
    const std::string active = hashOf(activeName);
    Set* activeSet = nullptr;
    for (auto& set : m_sets)
        if (!active.empty() && set.hash == active)
            activeSet = &set;
    const auto preview = manifest::integer(spec, {"previewReplicaCount"});
    const bool checkpoint = isTrue(m_in.rollout, {"status", "blueGreen", "scaleUpPreviewCheckPoint"});
    const bool fast = promoteFull() || m_new == m_stable || !m_stable
        || (statusText("abortedAt").empty() && deadlineOf(*m_new) && *deadlineOf(*m_new) > m_now
            && m_new->spec >= m_replicas);

    // ReplicaSets
    std::int64_t wanted = m_replicas;
    if (preview && activeSet && activeSet != m_new && !promoteFull() && (!checkpoint || hasPause("BlueGreenPause")))
        wanted = *preview;
    if (!delaysAbortScaleDown())
        setDeadline(*m_new, {});
    if (m_stable && m_stable != m_new) {
        setDeadline(*m_stable, {});
        (void)scale(*m_stable, m_replicas);
    }
    bool hold = false;
    if (delaysAbortScaleDown() && activeSet != m_new) {
        auto deadline = deadlineOf(*m_new);
        if (!deadline && m_stable->available >= m_replicas) {
            deadline = m_now + std::chrono::seconds(abortScaleDownDelay(m_rollout).value_or(30));
            setDeadline(*m_new, deadline);
        }
        hold = !deadline || *deadline > m_now;
        if (deadline && hold)
            lookAgain(*deadline);
        if (!hold)
            wanted = 0;
    }
    if (!hold)
        (void)scale(*m_new, wanted);
    std::int64_t kept = 0;
    const auto* post = find(spec, {"postPromotionAnalysis"});
    const bool postPending = post && !find(spec, {"scaleDownDelaySeconds"}) && m_stable != m_new;
    if (!halted() && !postPending)
        for (auto at = m_others.rbegin(); at != m_others.rend(); ++at)
            if ((*at)->spec > 0 && (*at)->hash != active && !isReferenced(**at))
                (void)applyDeadline(**at, scaleDownDelay(), kept);

    blueGreenAnalysis();
    const auto* preRun = recordedRun("prePromotionAnalysisRunStatus");
    const bool preDone = !find(spec, {"prePromotionAnalysis"}) || fast
        || (preRun && m_currentRuns.contains(std::string(manifest::name(*preRun)))
            && text(*preRun, {"status", "phase"}) == "Successful");

    // The pause before the cutover
    const bool needsPause =
        (find(spec, {"autoPromotionEnabled"}) && !manifest::flag(spec, {"autoPromotionEnabled"}, true))
        || manifest::integer(spec, {"autoPromotionSeconds"}).value_or(0) > 0;
    const bool skipPause = fast || active.empty() || active == m_new->hash;
    bool pauseDone = true;
    const bool sizeReached = m_new->spec == wanted && m_new->available >= wanted && wanted > 0;
    if (needsPause && !skipPause && !aborted() && !isTrue(m_in.rollout, {"spec", "paused"}) && !checkpoint) {
        pauseDone = isTrue(m_in.rollout, {"status", "controllerPause"}) && !hasPause("BlueGreenPause");
        const auto seconds = manifest::integer(spec, {"autoPromotionSeconds"}).value_or(0);
        if (!pauseDone && seconds > 0)
            for (const auto& known : manifest::array(m_in.rollout, {"status", "pauseConditions"}))
                if (const auto start = parseRfc3339(text(known, {"startTime"}));
                    start && text(known, {"reason"}) == "BlueGreenPause") {
                    pauseDone = m_now > *start + std::chrono::seconds(seconds);
                    lookAgain(*start + std::chrono::seconds(seconds + 1));
                }
        if (pauseDone)
            m_removePauses.emplace("BlueGreenPause");
        else if (sizeReached && preDone)
            addPause("BlueGreenPause");
        if (pauseDone && preview)
            objectAt(m_status, {"blueGreen"})["scaleUpPreviewCheckPoint"] = true;
        else if (preview && pauseDone && preDone)
            objectAt(m_status, {"blueGreen"})["scaleUpPreviewCheckPoint"] = true;
    } else if (preview && preDone && sizeReached && !needsPause && activeSet && activeSet != m_new) {
        objectAt(m_status, {"blueGreen"})["scaleUpPreviewCheckPoint"] = true;
    }

    // The cutover
    const bool saturated = m_new->spec == m_replicas && m_new->available == m_replicas;
    if (aborted()) {
        if (m_stable && active != m_stable->hash)
            pointService(activeName, m_stable, true);
    } else if (saturated && pauseDone && preDone && !m_addPauses.contains("BlueGreenPause")
               && !m_addPauses.contains("InconclusiveAnalysisRun") && !isTrue(m_in.rollout, {"spec", "paused"})
               && !(hasPause("BlueGreenPause") && !pauseDone)) {
        if (pointService(activeName, m_new, false) && active != m_new->hash)
            objectAt(m_status, {"blueGreen"})["activeSelector"] = m_new->hash;
    }
    syncBlueGreenStatus();
}

void Pass::syncBlueGreenStatus()
{
    const Value& spec = *find(m_rollout, {"spec", "strategy", "blueGreen"});
    const auto active = text(m_status, {"blueGreen", "activeSelector"});
    const bool cutOver = m_new && active == m_new->hash;
    if (promoteFull()) {
        m_clearPauses = true;
        m_removeAbort = true;
    }
    const auto* postRun = recordedRun("postPromotionAnalysisRunStatus");
    const bool postDone = !find(spec, {"postPromotionAnalysis"}) || promoteFull() || !m_stable || m_new == m_stable
        || (postRun && text(*postRun, {"status", "phase"}) == "Successful");
    if (!m_stable && m_new && m_new->available >= m_replicas && m_new->spec == m_replicas && cutOver)
        promoteStable("Initial deploy");
    else if (cutOver && m_stable && !aborted() && postDone)
        promoteStable(m_new == m_stable   ? "Fast rollback"
                          : promoteFull() ? "Full promotion requested"
                                          : "Completed blue-green update");
    // The counts describe the active ReplicaSet as it is now.
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
