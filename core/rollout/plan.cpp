// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollout/plan.h"

#include "core/rollout/findings.h"
#include "core/rollout/hash.h"
#include "core/rollout/pass.h"
#include "core/rollout/validate.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace core::rollout {

using manifest::Array;
using manifest::find;
using manifest::Object;
using manifest::text;
using manifest::Value;

namespace {

constexpr auto kRouterAgain = std::chrono::seconds(10);
constexpr auto kInvalidAgain = std::chrono::seconds(20);
constexpr std::array<std::string_view, 2> kInconclusive {"InconclusiveAnalysisRun", "InconclusiveExperiment"};

} // namespace

Pass::Pass(const Observed& observed, TimePoint now, const PlanOptions& options)
    : m_in(observed)
    , m_now(now)
    , m_options(options)
    , m_rollout(observed.rollout)
    , m_replicas(wantedReplicas(observed.rollout))
    , m_status(Object {})
{
    if (const auto* status = find(observed.rollout, {"status"}); status && status->is_object())
        m_status = *status;
    if (!find(m_rollout, {"spec", "template"}) && m_in.workload.is_object()) {
        const auto* podTemplate =
            find(m_in.workload,
                 m_in.workload.get_object().contains("template") ? manifest::Path {"template"}
                                                                 : manifest::Path {"spec", "template"});
        if (podTemplate)
            objectAt(m_rollout, {"spec"})["template"] = *podTemplate;
        if (const auto* selector = find(m_in.workload, {"spec", "selector"});
            selector && !find(m_rollout, {"spec", "selector"}))
            objectAt(m_rollout, {"spec"})["selector"] = *selector;
    }
}

std::string_view Pass::statusText(std::string_view field) const
{
    return text(m_in.rollout, {"status", field});
}

void Pass::plan(Write::Verb verb, Value object, Value patch, std::string subresource)
{
    m_plan.writes.push_back({verb, std::move(object), std::move(patch), std::move(subresource)});
}
void Pass::event(bool warning, std::string reason, std::string message)
{
    m_plan.events.push_back({warning, std::move(reason), std::move(message)});
}
void Pass::lookAgain(TimePoint at)
{
    if (!m_plan.due || at < *m_plan.due)
        m_plan.due = at;
}
void Pass::wait(std::string why)
{
    if (m_plan.waitingFor.empty())
        m_plan.waitingFor = std::move(why);
}

Value Pass::reference(const Value& object) const
{
    return Object {{"apiVersion", manifest::apiVersion(object)},
                   {"kind", manifest::kind(object)},
                   {"metadata", Object {{"name", manifest::name(object)}, {"namespace", manifest::nameSpace(object)}}}};
}

Value Pass::ownerReference() const
{
    return Object {{"apiVersion", "argoproj.io/v1alpha1"}, {"kind", "Rollout"},  {"name", manifest::name(m_rollout)},
                   {"uid", manifest::uid(m_rollout)},      {"controller", true}, {"blockOwnerDeletion", true}};
}

bool Pass::aborted() const
{
    if (m_addAbort)
        return true;
    return !m_removeAbort && isTrue(m_in.rollout, {"status", "abort"});
}
bool Pass::promoteFull() const
{
    return isTrue(m_in.rollout, {"status", "promoteFull"});
}
bool Pass::paused() const
{
    return isTrue(m_in.rollout, {"spec", "paused"})
        || !manifest::array(m_in.rollout, {"status", "pauseConditions"}).empty();
}
bool Pass::hasPause(std::string_view reason) const
{
    for (const auto& pause : manifest::array(m_in.rollout, {"status", "pauseConditions"}))
        if (text(pause, {"reason"}) == reason)
            return true;
    return false;
}
void Pass::addPause(std::string_view reason)
{
    m_addPauses.emplace(reason);
}
void Pass::abort(const std::string& cause)
{
    m_addAbort = true;
    m_removeAbort = false;
    m_abortMessage = cause;
}
bool Pass::halted() const
{
    if (isTrue(m_in.rollout, {"spec", "paused"}))
        return true;
    return std::any_of(kInconclusive.begin(), kInconclusive.end(), [&](std::string_view reason) {
        return hasPause(reason) && !m_removePauses.contains(std::string(reason));
    });
}
bool Pass::templateOrStepsChanged() const
{
    const auto current = statusText("currentPodHash");
    if (!current.empty() && m_new && current != m_new->hash)
        return true;
    return isCanary(m_rollout) && statusText("currentStepHash") != stepHash(m_rollout);
}

bool Pass::rollbackWithinWindow() const
{
    const auto window = manifest::integer(m_rollout, {"spec", "rollbackWindow", "revisions"}).value_or(0);
    if (window <= 0 || !m_new || !m_stable || m_new == m_stable || m_new->created >= m_stable->created)
        return false;
    std::int64_t between = 0;
    for (const auto& set : m_sets)
        between += set.created > m_new->created && set.created < m_stable->created ? 1 : 0;
    return between < window;
}

Weights Pass::persistedWeights() const
{
    const auto* weights = find(m_in.rollout, {"status", "canary", "weights"});
    if (!weights || !weights->is_object())
        return {};
    return Split {manifest::integer(*weights, {"canary", "weight"}).value_or(0),
                  manifest::integer(*weights, {"stable", "weight"}).value_or(0)};
}
Weights Pass::newWeights() const
{
    const auto* weights = find(m_status, {"canary", "weights"});
    if (!weights || !weights->is_object())
        return {};
    return Split {manifest::integer(*weights, {"canary", "weight"}).value_or(0),
                  manifest::integer(*weights, {"stable", "weight"}).value_or(0)};
}

std::vector<ReplicaCount> Pass::olderCounts() const
{
    std::vector<ReplicaCount> counts;
    for (const auto* set : m_others)
        counts.push_back(set->count());
    return counts;
}

/// Why the Rollout cannot be worked on: its spec, and what it names and is nowhere. "" where it can.
std::string Pass::problem() const
{
    if (auto wrong = validateRollout(m_rollout); !wrong.empty())
        return wrong;
    if (auto wrong = missingServices(); !wrong.empty())
        return wrong;
    if (auto wrong = missingTemplates(); !wrong.empty())
        return wrong;
    if (auto wrong = m_options.withoutRouters ? std::string() : missingRoutes(); !wrong.empty())
        return wrong;
    if (auto wrong = serviceProblem(); !wrong.empty())
        return wrong;
    if (auto wrong = analysisProblem(); !wrong.empty())
        return wrong;
    return m_options.withoutRouters ? std::string() : routeProblem();
}

Plan Pass::run()
{
    if (find(m_in.rollout, {"metadata", "deletionTimestamp"}))
        return std::move(m_plan);
    if (!find(m_in.rollout, {"spec", "replicas"}) || find(m_in.rollout, {"spec", "replicas"})->is_null())
        plan(Write::Verb::Merge, reference(m_rollout), Object {{"spec", Object {{"replicas", 1}}}});
    if (const auto wrong = workloadProblem(m_in.rollout, m_in.workload); !wrong.empty()) {
        invalidSpec(fmt::format("The Rollout \"{}\" is invalid: {}", manifest::name(m_rollout), wrong));
        lookAgain(m_now + kInvalidAgain);
        return std::move(m_plan);
    }
    readSets();
    if (const auto wrong = problem(); !wrong.empty()) {
        invalidSpec(fmt::format("The Rollout \"{}\" is invalid: {}", manifest::name(m_rollout), wrong));
        lookAgain(m_now + kInvalidAgain);
        return std::move(m_plan);
    }
    if (!m_new) {
        createSet();
        m_new = &m_sets.back();
        if (!condition(m_status, "Progressing") || statusText("currentPodHash") != m_new->hash)
            setCondition("Progressing", "True", "NewReplicaSetCreated",
                         fmt::format("Created new replica set \"{}\"", m_new->name), true);
    }
    const auto stableHash = statusText("stableRS");
    for (auto& set : m_sets)
        if (!stableHash.empty() && set.hash == stableHash)
            m_stable = &set;
    for (auto& set : m_sets)
        if (&set != m_new && &set != m_stable)
            m_others.push_back(&set);
    if (m_stable && m_stable == m_new && isTrue(m_in.rollout, {"status", "abort"}) && !promoteFull())
        m_removeAbort = true;
    if (fixPausedConditions())
        return std::move(m_plan);
    if (isCanary(m_rollout))
        canary();
    else
        blueGreen();
    return std::move(m_plan);
}

void Pass::canary()
{
    baseStatus();
    if (templateOrStepsChanged()) {
        (void)syncRevision();
        syncCanaryStatus();
        return;
    }
    if (isScalingEvent()) {
        (void)syncRevision();
        (void)reconcileCanarySets();
        syncCanaryStatus();
        return;
    }
    (void)syncRevision();
    if (restartPods()) {
        syncCanaryStatus();
        return;
    }
    syncMetadata();
    cleanHistory();
    switchServices();
    readExperimentWeights();
    (void)reconcileTraffic();
    if (!m_routerProblem.empty()) { // nothing goes on as if the traffic had moved
        lookAgain(m_now + kRouterAgain);
        return;
    }
    if (m_endUnverified) {
        syncCanaryStatus();
        return;
    }
    const bool experimentPauses = !reconcileExperiments();
    const bool analysed = reconcileAnalysis();
    // The routes of this pass were written before it was aborted: the canary keeps its pods until the next pass has led
    // its traffic away.
    if (!analysed || experimentPauses || (m_addAbort && hasTrafficRouting(m_rollout))) {
        syncCanaryStatus();
        return;
    }
    if (reconcileCanarySets()) {
        wait("pods are being scaled");
        syncCanaryStatus();
        return;
    }
    if (!isTrue(m_in.rollout, {"spec", "paused"})) {
        if (const auto* step = currentStep(m_in.rollout))
            if (const auto* pause = find(*step, {"pause"}); pause && !pauseStepCompleted(*pause) && !aborted()) {
                addPause("CanaryPauseStep");
                for (const auto& active : manifest::array(m_in.rollout, {"status", "pauseConditions"}))
                    if (const auto start = parseRfc3339(text(active, {"startTime"}));
                        start && find(*pause, {"duration"}))
                        lookAgain(*start + std::chrono::seconds(pauseSeconds(find(*pause, {"duration"})))
                                  + std::chrono::seconds(1));
            }
    }
    syncCanaryStatus();
}

Plan planRollout(const Observed& observed, TimePoint now, const PlanOptions& options)
{
    return Pass(observed, now, options).run();
}

} // namespace core::rollout
