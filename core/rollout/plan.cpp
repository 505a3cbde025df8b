// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollout/plan.h"

#include "core/rollout/findings.h"
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

std::int64_t toNumber(std::string_view digits)
{
    std::int64_t number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
}

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

void Pass::readSets()
{
    m_sets.reserve(m_in.replicaSets.size() + 1);
    for (const auto& object : m_in.replicaSets) {
        Set set;
        set.object = object;
        set.name = manifest::name(object);
        set.hash = manifest::label(object, kHashLabel);
        set.spec = manifest::integer(object, {"spec", "replicas"}).value_or(1);
        set.replicas = manifest::integer(object, {"status", "replicas"}).value_or(0);
        set.available = manifest::integer(object, {"status", "availableReplicas"}).value_or(0);
        set.ready = manifest::integer(object, {"status", "readyReplicas"}).value_or(0);
        set.revision = toNumber(manifest::annotation(object, kRevision));
        set.created = parseRfc3339(text(object, {"metadata", "creationTimestamp"})).value_or(TimePoint {});
        m_sets.push_back(std::move(set));
    }
    std::stable_sort(m_sets.begin(), m_sets.end(), [](const Set& a, const Set& b) {
        return a.created != b.created ? a.created < b.created : a.revision < b.revision;
    });
    const auto* podTemplate = find(m_rollout, {"spec", "template"});
    const std::string hash =
        templateHash(podTemplate ? *podTemplate : Value {}, manifest::integer(m_rollout, {"status", "collisionCount"}));
    for (auto& set : m_sets)
        if (!m_new && set.hash == hash)
            m_new = &set;
    for (auto& set : m_sets) {
        if (m_new || !podTemplate)
            break;
        Value own = *find(set.object, {"spec", "template"});
        if (sameTemplate(own, *podTemplate))
            m_new = &set;
    }
}

Set* Pass::createSet()
{
    const auto* podTemplate = find(m_rollout, {"spec", "template"});
    const std::string hash = templateHash(*podTemplate, manifest::integer(m_rollout, {"status", "collisionCount"}));
    const std::string name = std::string(manifest::name(m_rollout)) + "-" + hash;
    std::int64_t revision = 0;
    for (const auto& set : m_sets)
        revision = std::max(revision, set.revision);
    Value object = Object {
        {"apiVersion", "apps/v1"},
        {"kind", "ReplicaSet"},
        {"metadata", Object {{"name", name}, {"namespace", manifest::nameSpace(m_rollout)}}},
        {"spec", Object {{"replicas", 0}}},
    };
    Object labels;
    for (const auto& [key, value] : manifest::object(*podTemplate, {"metadata", "labels"}))
        labels[key] = value;
    labels[kHashLabel] = hash;
    Object annotations;
    static const std::set<std::string_view> kOwn {"kubectl.kubernetes.io/last-applied-configuration", kRevision,
                                                  "rollout.argoproj.io/revision-history", kDesiredReplicas,
                                                  "notified.notifications.argoproj.io"};
    for (const auto& [key, value] : manifest::object(m_rollout, {"metadata", "annotations"}))
        if (!kOwn.contains(std::string_view(key)))
            annotations[key] = value;
    annotations[kRevision] = std::to_string(revision + 1);
    annotations[kDesiredReplicas] = std::to_string(m_replicas);
    auto& metadata = objectAt(object, {"metadata"});
    metadata["labels"] = labels;
    metadata["annotations"] = std::move(annotations);
    metadata["ownerReferences"] = Array {ownerReference()};
    Value copy = *podTemplate;
    objectAt(copy, {"metadata", "labels"})[kHashLabel] = hash;
    const auto* affinity =
        find(m_rollout, {"spec", "strategy", isCanary(m_rollout) ? "canary" : "blueGreen", "antiAffinity"});
    const auto stableHash = statusText("stableRS");
    if (affinity && affinity->is_object() && !stableHash.empty() && stableHash != hash) {
        Value term =
            Object {{"labelSelector",
                     Object {{"matchExpressions",
                              Array {Value(Object {{"key", kHashLabel},
                                                   {"operator", "In"},
                                                   {"values", Array {Value(boost::json::string(stableHash))}}})}}}},
                    {"namespaces", Array {Value(boost::json::string(manifest::nameSpace(m_rollout)))}},
                    {"topologyKey", "kubernetes.io/hostname"}};
        const auto weight = manifest::integer(*affinity, {"preferredDuringSchedulingIgnoredDuringExecution", "weight"});
        if (weight)
            term = Object {{"weight", *weight}, {"podAffinityTerm", std::move(term)}};
        arrayAt(copy,
                {"spec", "affinity", "podAntiAffinity",
                 weight ? "preferredDuringSchedulingIgnoredDuringExecution"
                        : "requiredDuringSchedulingIgnoredDuringExecution"})
            .push_back(std::move(term));
    }
    Value selector = find(m_rollout, {"spec", "selector"}) ? *find(m_rollout, {"spec", "selector"}) : Value(Object {});
    objectAt(selector, {"matchLabels"})[kHashLabel] = hash;
    auto& spec = objectAt(object, {"spec"});
    spec["selector"] = std::move(selector);
    spec["template"] = std::move(copy);
    if (const auto seconds = manifest::integer(m_rollout, {"spec", "minReadySeconds"}))
        spec["minReadySeconds"] = *seconds;
    plan(Write::Verb::Create, object);
    event(false, "NewReplicaSetCreated", fmt::format("Created ReplicaSet {} (revision {})", name, revision + 1));
    Set set;
    set.object = std::move(object);
    set.name = name;
    set.hash = hash;
    set.revision = revision + 1;
    set.created = m_now;
    set.fresh = true;
    m_sets.push_back(std::move(set));
    return &m_sets.back();
}

/// Gives the new ReplicaSet the newest revision, and the Rollout the same. True: something was written.
bool Pass::syncRevision()
{
    if (!m_new)
        return false;
    std::int64_t newest = 0;
    for (const auto& set : m_sets)
        if (&set != m_new)
            newest = std::max(newest, set.revision);
    bool wrote = false;
    if (m_new->revision <= newest) {
        Object annotations {{kRevision, std::to_string(newest + 1)}};
        if (m_new->revision > 0) {
            std::string history(manifest::annotation(m_new->object, "rollout.argoproj.io/revision-history"));
            history += (history.empty() ? "" : ",") + std::to_string(m_new->revision);
            annotations["rollout.argoproj.io/revision-history"] = history;
        }
        plan(Write::Verb::Merge, reference(m_new->object),
             Object {{"metadata", Object {{"annotations", std::move(annotations)}}}});
        m_new->revision = newest + 1;
        wrote = true;
    }
    if (toNumber(manifest::annotation(m_rollout, kRevision)) != m_new->revision) {
        plan(Write::Verb::Merge, reference(m_rollout),
             Object {{"metadata", Object {{"annotations", Object {{kRevision, std::to_string(m_new->revision)}}}}}});
        event(false, "RolloutUpdated", fmt::format("Rollout updated to revision {}", m_new->revision));
    }
    return wrote;
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
    return isTrue(m_in.rollout, {"spec", "paused"})
        || (hasPause("InconclusiveAnalysisRun") && !m_removePauses.contains("InconclusiveAnalysisRun"));
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

Plan Pass::run()
{
    if (find(m_in.rollout, {"metadata", "deletionTimestamp"}))
        return std::move(m_plan);
    if (!find(m_in.rollout, {"spec", "replicas"}) || find(m_in.rollout, {"spec", "replicas"})->is_null())
        plan(Write::Verb::Merge, reference(m_rollout), Object {{"spec", Object {{"replicas", 1}}}});
    if (find(m_rollout, {"spec", "workloadRef"}) && !find(m_rollout, {"spec", "template"})) {
        invalidSpec(fmt::format("spec.workloadRef: {} {} is nowhere", text(m_rollout, {"spec", "workloadRef", "kind"}),
                                text(m_rollout, {"spec", "workloadRef", "name"})));
        return std::move(m_plan);
    }
    readSets();
    std::string problem = validateRollout(m_rollout);
    if (problem.empty())
        for (const std::string_view field : {"canaryService", "stableService", "activeService", "previewService"})
            for (const std::string_view strategy : {"canary", "blueGreen"})
                if (const auto name = text(m_rollout, {"spec", "strategy", strategy, field});
                    problem.empty() && !name.empty() && !service(name))
                    problem = fmt::format("spec.strategy.{}.{}: Invalid value: \"{}\": service \"{}\" not found",
                                          strategy, field, name, name);
    if (problem.empty()) {
        const auto check = [&](const Value* analysis, const std::string& where) {
            if (!analysis || !problem.empty())
                return;
            const auto& list = manifest::array(*analysis, {"templates"});
            for (std::size_t i = 0; i < list.size() && problem.empty(); ++i) {
                const auto name = text(list[i], {"templateName"});
                const bool cluster = manifest::flag(list[i], {"clusterScope"});
                const bool known = std::any_of(m_in.templates.begin(), m_in.templates.end(), [&](const Value& t) {
                    return manifest::name(t) == name && (manifest::kind(t) == "ClusterAnalysisTemplate") == cluster;
                });
                if (!known)
                    problem = fmt::format("{}.templates: Invalid value: \"{}\": {} '{}' not found", where, name,
                                          cluster ? "ClusterAnalysisTemplate" : "AnalysisTemplate", name);
            }
        };
        const auto& steps = canarySteps(m_rollout);
        for (std::size_t i = 0; i < steps.size(); ++i)
            check(find(steps[i], {"analysis"}), fmt::format("spec.strategy.canary.steps[{}].analysis", i));
        check(find(m_rollout, {"spec", "strategy", "canary", "analysis"}), "spec.strategy.canary.analysis");
        check(find(m_rollout, {"spec", "strategy", "blueGreen", "prePromotionAnalysis"}),
              "spec.strategy.blueGreen.prePromotionAnalysis");
        check(find(m_rollout, {"spec", "strategy", "blueGreen", "postPromotionAnalysis"}),
              "spec.strategy.blueGreen.postPromotionAnalysis");
    }
    if (!problem.empty()) {
        invalidSpec(fmt::format("The Rollout \"{}\" is invalid: {}", manifest::name(m_rollout), problem));
        lookAgain(m_now + std::chrono::seconds(20));
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

bool Pass::isScalingEvent() const
{
    for (const auto* set : {m_new, m_stable}) {
        if (!set || set->spec == 0)
            continue;
        const auto annotation = manifest::annotation(set->object, kDesiredReplicas);
        if (!annotation.empty() && toNumber(annotation) != m_replicas)
            return true;
    }
    return false;
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
    cleanHistory();
    switchServices();
    (void)reconcileTraffic();
    if (!reconcileAnalysis()) {
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

void Pass::cleanHistory()
{
    const auto limit = manifest::integer(m_rollout, {"spec", "revisionHistoryLimit"}).value_or(10);
    std::vector<const Set*> idle;
    for (const auto* set : m_others)
        if (set->spec == 0 && set->replicas == 0 && !set->fresh)
            idle.push_back(set);
    for (std::size_t i = 0; i + static_cast<std::size_t>(std::max<std::int64_t>(0, limit)) < idle.size(); ++i) {
        plan(Write::Verb::Delete, reference(idle[i]->object));
        for (const auto& run : m_in.analysisRuns)
            if (manifest::label(run, kHashLabel) == idle[i]->hash)
                plan(Write::Verb::Delete, reference(run));
    }
}

bool Pass::scale(Set& set, std::int64_t count)
{
    const auto desired = std::to_string(m_replicas);
    const bool annotate = manifest::annotation(set.object, kDesiredReplicas) != desired;
    if (set.spec == count && !annotate)
        return false;
    Object annotations {{kDesiredReplicas, desired}};
    if (count == 0 && set.spec != 0 && !manifest::annotation(set.object, kDeadline).empty()) {
        annotations[kDeadline] = nullptr;
        manifest::erase(set.object, {"metadata", "annotations", kDeadline});
    }
    plan(Write::Verb::Merge, reference(set.object),
         Object {{"metadata", Object {{"annotations", std::move(annotations)}}},
                 {"spec", Object {{"replicas", count}}}});
    manifest::setAnnotation(set.object, kDesiredReplicas, desired);
    if (set.spec == count)
        return false;
    event(false, "ScalingReplicaSet",
          fmt::format("Scaled {} ReplicaSet {} (revision {}) from {} to {}", count > set.spec ? "up" : "down", set.name,
                      set.revision, set.spec, count));
    set.spec = count;
    return true;
}

std::optional<TimePoint> Pass::deadlineOf(const Set& set) const
{
    const auto at = parseRfc3339(manifest::annotation(set.object, kDeadline));
    return at ? std::optional(*at) : std::nullopt;
}

void Pass::setDeadline(Set& set, std::optional<TimePoint> at)
{
    const bool there = !manifest::annotation(set.object, kDeadline).empty();
    if (!at && !there)
        return;
    const Value value = at ? Value(boost::json::string(formatRfc3339(*at))) : Value(nullptr);
    plan(Write::Verb::Merge, reference(set.object),
         Object {{"metadata", Object {{"annotations", Object {{kDeadline, value}}}}}});
    if (at)
        manifest::setAnnotation(set.object, kDeadline, formatRfc3339(*at));
    else
        manifest::erase(set.object, {"metadata", "annotations", kDeadline});
}

bool Pass::delaysAbortScaleDown() const
{
    if (!aborted() || !m_stable || m_stable == m_new)
        return false;
    if (isCanary(m_rollout) && !hasTrafficRouting(m_rollout))
        return false;
    const auto delay = abortScaleDownDelay(m_rollout);
    if (delay == 0)
        return false;
    return delay || !hasDynamicStableScale(m_rollout);
}

bool Pass::reconcileCanarySets()
{
    if (halted())
        return false;
    if (m_new && !delaysAbortScaleDown())
        setDeadline(*m_new, {});
    if (m_stable && m_stable != m_new)
        setDeadline(*m_stable, {});
    return reconcileStable() || reconcileNew() || reconcileOthers();
}

bool Pass::reconcileStable()
{
    if (!m_stable || m_stable == m_new)
        return false;
    const auto stable = m_stable->count();
    const auto canaryCount = m_new ? m_new->count() : ReplicaCount {};
    const auto* canary = m_new ? &canaryCount : nullptr;
    if (hasTrafficRouting(m_rollout))
        return scale(*m_stable, trafficRoutedSplit(m_in.rollout, canary, &stable, persistedWeights()).stable);
    return scale(*m_stable, basicSplit(m_in.rollout, canary, &stable, olderCounts()).stable);
}

bool Pass::reconcileNew()
{
    if (!m_new)
        return false;
    std::int64_t wanted = m_replicas;
    const auto canary = m_new->count();
    const auto stableCount = m_stable ? m_stable->count() : ReplicaCount {};
    const auto* stable = m_stable ? &stableCount : nullptr;
    Value rollout = m_in.rollout;
    if (m_addAbort)
        objectAt(rollout, {"status"})["abort"] = true;
    if (m_removeAbort)
        objectAt(rollout, {"status"})["abort"] = false;
    if (m_new == m_stable)
        wanted = m_replicas;
    else if (hasTrafficRouting(m_rollout))
        wanted = m_stable ? trafficRoutedSplit(rollout, &canary, stable, newWeights()).canary : m_replicas;
    else
        wanted = basicSplit(rollout, &canary, stable, olderCounts()).canary;
    if (delaysAbortScaleDown()) {
        if (m_stable->available < m_replicas) {
            if (!hasDynamicStableScale(m_rollout))
                return false;
            return wanted >= m_new->spec ? scale(*m_new, m_new->spec) : false;
        }
        const Duration delay = std::chrono::seconds(abortScaleDownDelay(m_rollout).value_or(30));
        auto deadline = deadlineOf(*m_new);
        if (!deadline) {
            deadline = m_now + delay;
            setDeadline(*m_new, deadline);
        }
        if (*deadline > m_now) {
            if (*deadline - m_now <= m_options.resync) {
                lookAgain(*deadline);
                return false;
            }
        } else {
            wanted = 0;
        }
    }
    return scale(*m_new, wanted);
}

std::int64_t Pass::scaleDownDelay() const
{
    if (isCanary(m_rollout)) {
        if (!hasTrafficRouting(m_rollout))
            return 0;
        return manifest::integer(m_rollout, {"spec", "strategy", "canary", "scaleDownDelaySeconds"}).value_or(30);
    }
    return manifest::integer(m_rollout, {"spec", "strategy", "blueGreen", "scaleDownDelaySeconds"}).value_or(30);
}

bool Pass::isReferenced(const Set& set) const
{
    for (const std::string_view field : {"stableRS", "currentPodHash"})
        if (statusText(field) == set.hash)
            return true;
    for (const std::string_view side : {"canary", "stable"})
        if (text(m_in.rollout, {"status", "canary", "weights", side, "podTemplateHash"}) == set.hash)
            return true;
    for (const std::string_view field : {"activeSelector", "previewSelector"})
        if (text(m_in.rollout, {"status", "blueGreen", field}) == set.hash)
            return true;
    for (const std::string_view field : {"canaryService", "stableService"})
        if (const auto* found = service(text(m_rollout, {"spec", "strategy", "canary", field})))
            if (text(*found, {"spec", "selector", kHashLabel}) == set.hash)
                return true;
    return false;
}

/// Keeps a set until its deadline. True: scaled.
bool Pass::applyDeadline(Set& set, std::int64_t delay, std::int64_t& kept)
{
    const auto limit = manifest::integer(
        m_rollout, {"spec", "strategy", isCanary(m_rollout) ? "canary" : "blueGreen", "scaleDownDelayRevisionLimit"});
    auto deadline = deadlineOf(set);
    if (!deadline) {
        if (limit && kept >= *limit)
            return scale(set, 0);
        if (delay <= 0)
            return scale(set, 0);
        ++kept;
        setDeadline(set, m_now + std::chrono::seconds(delay));
        lookAgain(m_now + std::chrono::seconds(delay));
        return false;
    }
    if ((limit && kept >= *limit) || *deadline <= m_now)
        return scale(set, 0);
    ++kept;
    lookAgain(*deadline);
    return false;
}

bool Pass::reconcileOthers()
{
    std::vector<Set*> others = m_others;
    if (std::none_of(others.begin(), others.end(), [](const Set* set) { return set->spec > 0; }))
        return false;
    bool changed = false;
    for (auto* set : others)
        if (set->spec > set->available && set->spec > 0 && set->available < set->replicas)
            changed = scale(*set, set->available) || changed;
    const auto limits = surgeLimits(m_rollout);
    std::int64_t available = 0;
    for (const auto& set : m_sets) // pods beyond spec are on their way out, though the status still counts them
        available += std::min(set.available, set.spec);
    std::int64_t room = available - (m_replicas - limits.maxUnavailable);
    const bool routed = hasTrafficRouting(m_rollout);
    if (!routed && room <= 0)
        return changed;
    std::sort(others.begin(), others.end(), [](const Set* a, const Set* b) { return a->revision > b->revision; });
    std::int64_t kept = 0;
    const bool promoted = m_new && m_new == m_stable;
    for (auto* set : others) {
        if (set->spec == 0)
            continue;
        if (!routed) {
            if (room <= 0)
                break;
            const std::int64_t down = std::min(room, set->spec);
            room -= down;
            changed = scale(*set, set->spec - down) || changed;
            continue;
        }
        if (isReferenced(*set))
            continue;
        if (promoted || deadlineOf(*set)) {
            changed = (hasDynamicStableScale(m_rollout) ? scale(*set, 0) : applyDeadline(*set, scaleDownDelay(), kept))
                || changed;
        } else {
            changed = scale(*set, 0) || changed;
        }
    }
    return changed;
}

bool Pass::restartPods()
{
    const auto wanted = text(m_rollout, {"spec", "restartAt"});
    if (wanted.empty() || wanted == statusText("restartedAt"))
        return false;
    const auto at = parseRfc3339(wanted);
    if (!at)
        return false;
    if (*at > m_now) {
        lookAgain(*at);
        return false;
    }
    std::int64_t total = 0;
    std::int64_t available = 0;
    for (const auto& set : m_sets) {
        total += set.spec;
        available += set.available;
    }
    const auto limits = surgeLimits(m_rollout);
    std::int64_t room = available - (std::max(m_replicas, total) - std::max<std::int64_t>(limits.maxUnavailable, 1));
    bool remaining = false;
    bool evicted = false;
    for (const auto& pod : m_in.pods) {
        const auto created = parseRfc3339(text(pod, {"metadata", "creationTimestamp"}));
        if (!created || *created >= *at)
            continue;
        remaining = true;
        if (find(pod, {"metadata", "deletionTimestamp"}) || room <= 0)
            continue;
        plan(Write::Verb::Evict, reference(pod));
        --room;
        evicted = true;
    }
    if (!remaining)
        m_status.as_object()["restartedAt"] = boost::json::string(wanted);
    else
        lookAgain(m_now + std::chrono::seconds(30));
    return evicted;
}

Plan planRollout(const Observed& observed, TimePoint now, const PlanOptions& options)
{
    return Pass(observed, now, options).run();
}

} // namespace core::rollout
