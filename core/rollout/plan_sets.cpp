// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
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

/// Whether a Rollout's annotation is passed on to its ReplicaSets.
bool isCopied(std::string_view annotation)
{
    static const std::set<std::string_view> kOwn {"kubectl.kubernetes.io/last-applied-configuration", kRevision,
                                                  "rollout.argoproj.io/revision-history", kDesiredReplicas,
                                                  "notified.notifications.argoproj.io"};
    return !kOwn.contains(annotation);
}

} // namespace

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
        if (sameTemplate(plainTemplate(set.object), *podTemplate))
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
    for (const auto& [key, value] : manifest::object(m_rollout, {"metadata", "annotations"}))
        if (isCopied(key))
            annotations[key] = value;
    annotations[kRevision] = std::to_string(revision + 1);
    annotations[kDesiredReplicas] = std::to_string(m_replicas);
    auto& metadata = objectAt(object, {"metadata"});
    metadata["labels"] = labels;
    metadata["annotations"] = std::move(annotations);
    metadata["ownerReferences"] = Array {ownerReference()};
    Value copy = *podTemplate;
    objectAt(copy, {"metadata", "labels"})[kHashLabel] = hash;
    injectAntiAffinity(copy, hash);
    Value selector = find(m_rollout, {"spec", "selector"}) ? *find(m_rollout, {"spec", "selector"}) : Value(Object {});
    objectAt(selector, {"matchLabels"})[kHashLabel] = hash;
    auto& spec = objectAt(object, {"spec"});
    spec["selector"] = std::move(selector);
    spec["template"] = std::move(copy);
    if (const auto seconds = manifest::integer(m_rollout, {"spec", "minReadySeconds"}))
        spec["minReadySeconds"] = *seconds;
    injectMetadata(object, metadataOf(true));
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
    Object annotations;
    if (m_new->revision <= newest) {
        annotations[kRevision] = std::to_string(newest + 1);
        if (m_new->revision > 0) {
            std::string history(manifest::annotation(m_new->object, "rollout.argoproj.io/revision-history"));
            history += (history.empty() ? "" : ",") + std::to_string(m_new->revision);
            annotations["rollout.argoproj.io/revision-history"] = history;
        }
        m_new->revision = newest + 1;
    }
    for (const auto& [key, value] : manifest::object(m_rollout, {"metadata", "annotations"}))
        if (isCopied(key) && value.is_string() && manifest::annotation(m_new->object, key) != value.get_string())
            annotations[key] = value;
    Object patch;
    if (!annotations.empty())
        patch["metadata"] = Object {{"annotations", std::move(annotations)}};
    const auto seconds = manifest::integer(m_rollout, {"spec", "minReadySeconds"}).value_or(0);
    if (manifest::integer(m_new->object, {"spec", "minReadySeconds"}).value_or(0) != seconds)
        patch["spec"] = Object {{"minReadySeconds", seconds}};
    const bool wrote = !patch.empty() && !m_new->fresh;
    if (wrote)
        plan(Write::Verb::Merge, reference(m_new->object), Value(std::move(patch)));
    if (!m_new->fresh)
        syncAntiAffinity();
    if (toNumber(manifest::annotation(m_rollout, kRevision)) != m_new->revision) {
        plan(Write::Verb::Merge, reference(m_rollout),
             Object {{"metadata", Object {{"annotations", Object {{kRevision, std::to_string(m_new->revision)}}}}}});
        event(false, "RolloutUpdated", fmt::format("Rollout updated to revision {}", m_new->revision));
    }
    return wrote;
}

void Pass::cleanHistory()
{
    const auto limit = manifest::integer(m_rollout, {"spec", "revisionHistoryLimit"}).value_or(10);
    // Those with pods count, too, though they stay.
    for (std::size_t i = 0; i + static_cast<std::size_t>(std::max<std::int64_t>(0, limit)) < m_others.size(); ++i) {
        const auto& set = *m_others[i];
        if (set.spec != 0 || set.replicas != 0 || set.fresh)
            continue;
        plan(Write::Verb::Delete, reference(set.object));
        for (const auto* list : {&m_in.analysisRuns, &m_in.experiments})
            for (const auto& object : *list)
                if (manifest::label(object, kHashLabel) == set.hash)
                    plan(Write::Verb::Delete, reference(object));
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

std::int64_t Pass::wantedOfNew() const
{
    if (!isCanary(m_rollout))
        return blueGreenReplicas(selectorOf(text(m_rollout, {"spec", "strategy", "blueGreen", "activeService"})));
    if (m_new == m_stable)
        return m_replicas;
    const auto canary = m_new->count();
    const auto stableCount = m_stable ? m_stable->count() : ReplicaCount {};
    const auto* stable = m_stable ? &stableCount : nullptr;
    // As the status says: an abort of this pass counts from the next one on, when the stable version grows first.
    if (!hasTrafficRouting(m_rollout))
        return basicSplit(m_in.rollout, &canary, stable, olderCounts()).canary;
    return m_stable ? trafficRoutedSplit(m_in.rollout, &canary, stable, newWeights()).canary : m_replicas;
}

bool Pass::reconcileNew()
{
    if (!m_new)
        return false;
    std::int64_t wanted = wantedOfNew();
    if (delaysAbortScaleDown()) {
        // A stale count of what is wanted would make every pass one that only scales.
        (void)scale(*m_new, m_new->spec);
        if (m_stable->available < m_replicas)
            return false;
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
    const auto& canary = canarySpec(m_rollout);
    for (const auto name : {text(canary, {"canaryService"}), text(canary, {"stableService"}),
                            text(m_rollout, {"spec", "strategy", "blueGreen", "activeService"}),

                            text(m_rollout, {"spec", "strategy", "blueGreen", "previewService"})})
        if (!name.empty() && selectorOf(name) == set.hash)
            return true;
    const auto* rule = route("DestinationRule", text(canary, {"trafficRouting", "istio", "destinationRule", "name"}));
    if (!rule)
        return false;
    const auto& subsets = manifest::array(*rule, {"spec", "subsets"});
    return std::any_of(subsets.begin(), subsets.end(), [&](const Value& subset) {
        return text(subset, {"labels", kHashLabel}) == set.hash;
    });
}

/// Keeps a set until its deadline. True: scaled.
bool Pass::applyDeadline(Set& set, std::int64_t delay, std::int64_t& kept)
{
    const auto limit = manifest::integer(
        m_rollout, {"spec", "strategy", isCanary(m_rollout) ? "canary" : "blueGreen", "scaleDownDelayRevisionLimit"});
    const auto deadline = deadlineOf(set);
    if (!deadline) {
        if (limit && kept >= *limit)
            return scale(set, 0);
        ++kept;
        if (delay != 0) { // a delay of zero sets no deadline: the set stays until the limit or a person ends it
            setDeadline(set, m_now + std::chrono::seconds(delay));
            lookAgain(m_now + std::chrono::seconds(delay));
        }
        return false;
    }
    ++kept; // one whose time is over counts, too
    if ((limit && kept > *limit) || *deadline <= m_now)
        return scale(set, 0);
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
    if (room <= 0 || !verifyTargets())
        return changed;
    std::sort(others.begin(), others.end(), [](const Set* a, const Set* b) { return a->revision > b->revision; });
    std::int64_t kept = 0;
    const bool promoted = m_new && m_new == m_stable;
    for (auto* set : others) {
        if (set->spec == 0)
            continue;
        if (room <= 0 && !(routed && isReferenced(*set)))
            break;
        const auto before = set->spec;
        if (!routed) {
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
        room -= before - set->spec;
    }
    return changed;
}

/// Pods in the order of restarts: the stable ReplicaSet's, the new one's, the older ones'.
std::vector<Value> Pass::podsByPriority() const
{
    std::vector<const Set*> order;
    if (m_stable)
        order.push_back(m_stable);
    if (m_new && m_new != m_stable)
        order.push_back(m_new);
    order.insert(order.end(), m_others.begin(), m_others.end());
    std::vector<Value> pods = m_in.pods;
    const auto rank = [&](const Value& pod) {
        for (std::size_t i = 0; i < order.size(); ++i)
            for (const auto& owner : manifest::array(pod, {"metadata", "ownerReferences"}))
                if (text(owner, {"uid"}) == manifest::uid(order[i]->object))
                    return i;
        return order.size();
    };
    std::stable_sort(pods.begin(), pods.end(), [&](const Value& a, const Value& b) { return rank(a) < rank(b); });
    return pods;
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
    // Pods that were evicted a moment ago: the status of their ReplicaSet still counts them.
    std::int64_t counted = 0;
    for (const auto& set : m_sets)
        counted += set.replicas;
    const auto there = std::count_if(m_in.pods.begin(), m_in.pods.end(), [](const Value& pod) {
        return find(pod, {"metadata", "deletionTimestamp"}) == nullptr;
    });
    available -= std::max<std::int64_t>(0, counted - there);
    const auto limits = surgeLimits(m_rollout);
    std::int64_t room = available - (std::max(m_replicas, total) - std::max<std::int64_t>(limits.maxUnavailable, 1));
    bool remaining = false;
    bool evicted = false;
    for (const auto& pod : podsByPriority()) {
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

} // namespace core::rollout
