// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifest/patch.h"
#include "core/rollout/pass.h"

#include <array>

namespace core::rollout {

using manifest::Array;
using manifest::find;
using manifest::Object;
using manifest::text;
using manifest::Value;

namespace {

constexpr std::array<std::string_view, 2> kSections {"labels", "annotations"};
constexpr std::string_view kRequired = "requiredDuringSchedulingIgnoredDuringExecution";
constexpr std::string_view kPreferred = "preferredDuringSchedulingIgnoredDuringExecution";

/// What a ReplicaSet carries now by its annotation; an empty object where it carries nothing.
Value injectedMetadata(const Value& replicaSet)
{
    const auto json = manifest::annotation(replicaSet, kEphemeral);
    auto parsed = json.empty() ? Result<Value>(Value(Object {})) : manifest::parseJson(json);
    return parsed && parsed->is_object() ? *parsed : Value(Object {});
}

/// The merge patch that takes metadata from one set of injected fields to another; empty where nothing changes.
Object metadataChange(const Value& metadata, const Value& before, const Value& after)
{
    Object patch;
    for (const auto section : kSections) {
        Object change;
        for (const auto& [key, value] : manifest::object(before, {section}))
            if (!find(after, {section, std::string_view(key)}) && find(metadata, {section, std::string_view(key)}))
                change[key] = nullptr;
        for (const auto& [key, value] : manifest::object(after, {section}))
            if (const auto* has = find(metadata, {section, std::string_view(key)}); !has || *has != value)
                change[key] = value;
        if (!change.empty())
            patch[section] = std::move(change);
    }
    return patch;
}

bool namesHash(const Value& term)
{
    const auto* plain = find(term, {"podAffinityTerm"});
    for (const auto& expression : manifest::array(plain ? *plain : term, {"labelSelector", "matchExpressions"}))
        if (text(expression, {"key"}) == kHashLabel)
            return true;
    return false;
}

/// The hash that an injected anti-affinity term names; "" where there is none.
std::string injectedHash(const Value& podTemplate)
{
    for (const auto list : {kRequired, kPreferred})
        for (const auto& term : manifest::array(podTemplate, {"spec", "affinity", "podAntiAffinity", list})) {
            if (!namesHash(term))
                continue;
            const auto* plain = find(term, {"podAffinityTerm"});
            return std::string(text(plain ? *plain : term, {"labelSelector", "matchExpressions", "0", "values", "0"}));
        }
    return {};
}

void removeAntiAffinity(Value& podTemplate)
{
    if (injectedHash(podTemplate).empty())
        return;
    for (const auto list : {kRequired, kPreferred}) {
        auto* terms = find(podTemplate, {"spec", "affinity", "podAntiAffinity", list});
        if (!terms || !terms->is_array())
            continue;
        Array kept;
        for (auto& term : terms->get_array())
            if (!namesHash(term))
                kept.push_back(std::move(term));
        if (kept.empty())
            manifest::erase(podTemplate, {"spec", "affinity", "podAntiAffinity", list});
        else
            *terms = std::move(kept);
    }
    if (manifest::object(podTemplate, {"spec", "affinity", "podAntiAffinity"}).empty())
        manifest::erase(podTemplate, {"spec", "affinity", "podAntiAffinity"});
    if (manifest::object(podTemplate, {"spec", "affinity"}).empty())
        manifest::erase(podTemplate, {"spec", "affinity"});
}

} // namespace

Value plainTemplate(const Value& replicaSet)
{
    const auto* found = find(replicaSet, {"spec", "template"});
    Value podTemplate = found ? *found : Value(Object {});
    removeAntiAffinity(podTemplate);
    const auto injected = injectedMetadata(replicaSet);
    for (const auto section : kSections)
        for (const auto& [key, value] : manifest::object(injected, {section}))
            manifest::erase(podTemplate, {"metadata", section, std::string_view(key)});
    return podTemplate;
}

/// The block of the strategy that belongs on the new (or the stable) ReplicaSet in its present role; null: none.
Value Pass::metadataOf(bool isNew) const
{
    const bool canaryStrategy = isCanary(m_rollout);
    const bool settled = statusText("stableRS").empty() || (m_new && statusText("stableRS") == m_new->hash);
    const std::string_view field = isNew && !settled ? (canaryStrategy ? "canaryMetadata" : "previewMetadata")
                                                     : (canaryStrategy ? "stableMetadata" : "activeMetadata");
    const auto* found = find(m_rollout, {"spec", "strategy", canaryStrategy ? "canary" : "blueGreen", field});
    return found && found->is_object() ? *found : Value {};
}

void Pass::injectMetadata(Value& set, const Value& wanted) const
{
    if (!wanted.is_object() || wanted.get_object().empty())
        return;
    for (const auto section : kSections)
        for (const auto& [key, value] : manifest::object(wanted, {section}))
            objectAt(set, {"spec", "template", "metadata", section})[key] = value;
    manifest::setAnnotation(set, kEphemeral, manifest::toJson(wanted));
}

void Pass::syncMetadata(Set& set, const Value& wanted, bool withPods)
{
    const Value before = injectedMetadata(set.object);
    const Value after = wanted.is_object() ? wanted : Value(Object {});
    const auto empty = [](const Value& metadata) { return metadata.get_object().empty(); };
    if (set.fresh || (empty(before) && empty(after)))
        return;
    if (!manifest::equal(before, after)) {
        const auto* metadata = find(set.object, {"spec", "template", "metadata"});
        const Value annotation = empty(after) ? Value {} : Value(boost::json::string(manifest::toJson(after)));
        Object patch {{"metadata", Object {{"annotations", Object {{kEphemeral, annotation}}}}}};
        if (auto change = metadataChange(metadata ? *metadata : Value {}, before, after); !change.empty())
            patch["spec"] = Object {{"template", Object {{"metadata", std::move(change)}}}};
        plan(Write::Verb::Merge, reference(set.object), Value(std::move(patch)));
    }
    if (!withPods || set.spec == 0)
        return;
    for (const auto& pod : m_in.pods)
        for (const auto& owner : manifest::array(pod, {"metadata", "ownerReferences"}))
            if (text(owner, {"uid"}) == manifest::uid(set.object) && !find(pod, {"metadata", "deletionTimestamp"}))
                if (auto change = metadataChange(*find(pod, {"metadata"}), before, after); !change.empty())
                    plan(Write::Verb::Merge, reference(pod), Object {{"metadata", std::move(change)}});
}

/// Labels and annotations that follow a role: put on when a ReplicaSet and its pods take it, taken off when they leave.
void Pass::syncMetadata()
{
    if (m_new)
        syncMetadata(*m_new, metadataOf(true), true);
    if (m_stable && m_stable != m_new)
        syncMetadata(*m_stable, metadataOf(false), true);
    for (auto* set : m_others)
        syncMetadata(*set, {}, false);
}

/// Keeps the new version's pods off the nodes of the stable ones, where the strategy asks for it.
void Pass::injectAntiAffinity(Value& podTemplate, std::string_view ownHash) const
{
    const auto* affinity =
        find(m_rollout, {"spec", "strategy", isCanary(m_rollout) ? "canary" : "blueGreen", "antiAffinity"});
    const auto stableHash = statusText("stableRS");
    if (!affinity || !affinity->is_object() || stableHash.empty() || stableHash == ownHash)
        return;
    Value term =
        Object {{"labelSelector",
                 Object {{"matchExpressions",
                          Array {Value(Object {{"key", kHashLabel},
                                               {"operator", "In"},
                                               {"values", Array {Value(boost::json::string(stableHash))}}})}}}},
                {"namespaces", Array {Value(boost::json::string(manifest::nameSpace(m_rollout)))}},
                {"topologyKey", "kubernetes.io/hostname"}};
    const auto weight = manifest::integer(*affinity, {kPreferred, "weight"});
    if (weight)
        term = Object {{"weight", *weight}, {"podAffinityTerm", std::move(term)}};
    arrayAt(podTemplate, {"spec", "affinity", "podAntiAffinity", weight ? kPreferred : kRequired})
        .push_back(std::move(term));
}

/// Takes the term off the new ReplicaSet, or renames it, when the version that it names is no longer the stable one.
void Pass::syncAntiAffinity()
{
    const auto* found = find(m_new->object, {"spec", "template"});
    const std::string named = found ? injectedHash(*found) : std::string();
    const auto stable = statusText("stableRS");
    if (named.empty() || named == stable || m_new->hash == stable) // what became stable keeps the rule as it was
        return;
    Value podTemplate = *found;
    removeAntiAffinity(podTemplate);
    injectAntiAffinity(podTemplate, m_new->hash);
    plan(Write::Verb::Merge, reference(m_new->object),
         Object {{"spec", Object {{"template", manifest::createMergePatch(*found, podTemplate)}}}});
    objectAt(m_new->object, {"spec"})["template"] = std::move(podTemplate);
}

/// workloadRef.scaleDown: takes the Deployment that was taken over down while (or after) the first revision comes up.
void Pass::scaleWorkload()
{
    const auto mode = text(m_rollout, {"spec", "workloadRef", "scaleDown"});
    if ((mode != "onsuccess" && mode != "progressively") || !m_new || m_new->revision != 1
        || manifest::kind(m_in.workload) != "Deployment")
        return;
    const auto ready = manifest::integer(m_status, {"readyReplicas"}).value_or(0);
    std::optional<std::int64_t> wanted;
    if (isHealthy())
        wanted = 0;
    else if (mode == "progressively" && ready > 0)
        wanted = std::max<std::int64_t>(0, m_replicas - ready);
    if (wanted && manifest::integer(m_in.workload, {"spec", "replicas"}).value_or(1) != *wanted)
        plan(Write::Verb::Merge, reference(m_in.workload), Object {{"spec", Object {{"replicas", *wanted}}}});
}

} // namespace core::rollout
