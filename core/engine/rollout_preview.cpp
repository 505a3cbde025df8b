// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/local_engine.h"
#include "core/rollout/hash.h"
#include "core/rollout/kserve.h"

#include <algorithm>
#include <iterator>

namespace core::engine {

using manifest::find;
using manifest::text;
using manifest::Value;

namespace {

bool isRollout(const Value& object)
{
    return manifest::keyOf(object).groupKind() == manifest::GroupKind {"argoproj.io", "Rollout"};
}

/// Whether the two run different versions.
bool updates(const Value& live, const Value& wanted)
{
    if (rollout::isKServeCanary(wanted))
        return !rollout::samePredictor(live, wanted);
    const auto* before = find(live, {"spec", "template"});
    const auto* after = find(wanted, {"spec", "template"});
    return before && after && !rollout::sameTemplate(*before, *after);
}

/// What Git asks for; none where it does not have the object.
const Value* desiredOf(const gitops::Comparison& comparison, const manifest::ResourceKey& key)
{
    const auto found = std::ranges::find(comparison.resources, key, &gitops::ResourceState::key);
    return found == comparison.resources.end() ? nullptr : found->desired.get();
}

/// Whether an analysis of an object in this namespace may use it.
bool isTemplateFor(const Value& object, std::string_view nameSpace)
{
    return manifest::kind(object) == "ClusterAnalysisTemplate"
        || (manifest::kind(object) == "AnalysisTemplate" && manifest::nameSpace(object) == nameSpace);
}

/// The workload that lends a Rollout its pod template; none where it has one of its own.
std::optional<manifest::ResourceKey> workloadOf(const Value& rollout)
{
    const auto name = text(rollout, {"spec", "workloadRef", "name"});
    if (name.empty())
        return {};
    return manifest::ResourceKey {
        manifest::parseGroupVersion(text(rollout, {"spec", "workloadRef", "apiVersion"})).group,
        std::string(text(rollout, {"spec", "workloadRef", "kind"})), std::string(manifest::nameSpace(rollout)),
        std::string(name)};
}

/// With the pod template that it runs, wherever that is written.
Value withTemplate(Value rollout, const Value* workload)
{
    const auto* lent = workload ? find(*workload, {"spec", "template"}) : nullptr;
    if (lent)
        manifest::ensure(rollout, {"spec", "template"}) = *lent;
    return rollout;
}

} // namespace

Result<RolloutPreview> LocalEngine::playUpdate(const kube::Cache& cluster, const Value* live, Value wanted,
                                               std::vector<Value> templates) const
{
    rollout::SimulationOptions options;
    options.templates = std::move(templates);
    // What Git asks for comes first: the same template may stand in the cluster in an older form.
    for (const auto& [kind, nameSpace] :
         {std::pair<std::string, std::string> {"AnalysisTemplate", std::string(manifest::nameSpace(wanted))},
          {"ClusterAnalysisTemplate", {}}})
        for (const auto& object : cluster.list({"argoproj.io", kind}, nameSpace))
            options.templates.push_back(*object);
    RolloutPreview out;
    for (const auto& row : viewGpus(cluster.list({"", "Node"}), cluster.list({"", "Pod"}), {}).rows)
        out.free[row.resource] += row.free();
    options.free = out.free;
    out.pending = live && updates(*live, wanted);
    // Autoscalers own the count where the manifest leaves it out.
    if (const auto replicas = live ? manifest::integer(*live, {"spec", "replicas"}) : std::nullopt;
        replicas && isRollout(wanted) && !find(wanted, {"spec", "replicas"}))
        manifest::ensure(wanted, {"spec", "replicas"}) = *replicas;
    PH_TRY(out.simulation, rollout::simulate(wanted, options));
    return out;
}

Result<RolloutPreview> LocalEngine::previewRollout(const ObjectRef& object, std::stop_token stop)
{
    const auto& rollout = object.key;
    PH_TRY(const auto cluster, clusterOf(object, std::move(stop)));
    const auto live = cluster->cache->get(rollout);
    std::vector<Value> templates;
    Value wanted = live ? *live : Value {};
    bool found = live != nullptr;
    for (const auto& application : snapshot()->applications) {
        const auto comparison = m_applications->comparison(application->nameSpace, application->name);
        if (!comparison || comparison->cluster.server != cluster->server)
            continue;
        if (const auto* desired = desiredOf(*comparison, rollout)) {
            wanted = *desired;
            found = true;
        }
        for (const auto& resource : comparison->resources)
            if (resource.desired && isTemplateFor(*resource.desired, rollout.nameSpace))
                templates.push_back(*resource.desired);
    }
    if (!found)
        return fail(Error::Code::NotFound, "preview the rollout: neither the cluster nor an application has it",
                    rollout.text());
    return playUpdate(*cluster->cache, live.get(), std::move(wanted), std::move(templates));
}

std::vector<RolloutChange> LocalEngine::rolloutChanges(const kube::Cache& cluster,
                                                       const std::vector<Value>& written) const
{
    const auto writtenAt = [&](const manifest::ResourceKey& key) -> const Value* {
        const auto found = std::ranges::find(written, key, [](const Value& object) { return manifest::keyOf(object); });
        return found == written.end() ? nullptr : &*found;
    };
    std::vector<RolloutChange> out;
    const auto look = [&](const manifest::ResourceKey& key) {
        const auto live = cluster.get(key);
        const bool known = std::ranges::any_of(out, [&](const RolloutChange& each) { return each.rollout == key; });
        if (!live || known)
            return;
        const auto* object = writtenAt(key);
        const auto& wanted = object ? *object : *live;
        const auto workload = workloadOf(wanted);
        const auto liveWorkload = workload ? cluster.get(*workload) : nullptr;
        const auto* wantedWorkload = workload ? writtenAt(*workload) : nullptr;
        const auto before = withTemplate(*live, liveWorkload.get());
        std::vector<Value> templates;
        std::ranges::copy_if(written, std::back_inserter(templates),
                             [&](const Value& each) { return isTemplateFor(each, key.nameSpace); });
        // A spec that would be refused is among the plan's problems.
        if (auto played =
                playUpdate(cluster, &before, withTemplate(wanted, wantedWorkload ? wantedWorkload : liveWorkload.get()),
                           std::move(templates));
            played && played->pending)
            out.push_back({key, std::move(*played)});
    };
    for (const auto& object : written) {
        const auto key = manifest::keyOf(object);
        if (isRollout(object) || rollout::isKServeCanary(object))
            look(key);
        else if (find(object, {"spec", "template"}))
            for (const auto& rollout : cluster.list({"argoproj.io", "Rollout"}, key.nameSpace))
                if (workloadOf(*rollout) == key)
                    look(manifest::keyOf(*rollout));
    }
    return out;
}

} // namespace core::engine
