// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/effects.h"
#include "core/engine/inventory.h"
#include "core/engine/views.h"
#include "core/gitops/holds.h"
#include "core/manifest/yaml.h"

#include <boost/json.hpp>

#include <algorithm>
#include <unordered_map>

namespace core::engine {

using manifest::array;
using manifest::find;
using manifest::integer;
using manifest::text;
using manifest::Value;

std::optional<TimePoint> timeAt(const Value& object, manifest::Path path)
{
    const auto written = text(object, path);
    if (written.empty())
        return {};
    const auto time = parseRfc3339(written);
    return time ? std::optional(*time) : std::nullopt;
}

namespace {

SyncState syncState(std::string_view name)
{
    return name == "Synced" ? SyncState::Synced : name == "OutOfSync" ? SyncState::OutOfSync : SyncState::Unknown;
}

SyncState syncState(gitops::SyncStatus status)
{
    switch (status) {
    case gitops::SyncStatus::Synced:
        return SyncState::Synced;
    case gitops::SyncStatus::OutOfSync:
        return SyncState::OutOfSync;
    default:
        return SyncState::Unknown;
    }
}

Health healthOf(health::Status status)
{
    switch (status) {
    case health::Status::Healthy:
        return Health::Healthy;
    case health::Status::Suspended:
        return Health::Suspended;
    case health::Status::Progressing:
        return Health::Progressing;
    case health::Status::Missing:
        return Health::Missing;
    case health::Status::Degraded:
        return Health::Degraded;
    case health::Status::Unknown:
        break;
    }
    return Health::Unknown;
}

OperationPhase phaseOf(std::string_view name)
{
    if (name == "Running")
        return OperationPhase::Running;
    if (name == "Succeeded")
        return OperationPhase::Succeeded;
    if (name == "Failed")
        return OperationPhase::Failed;
    if (name == "Error")
        return OperationPhase::Error;
    if (name == "Terminating")
        return OperationPhase::Terminating;
    return OperationPhase::None;
}

std::string initiator(const Value& holder, manifest::Path path)
{
    const auto* by = find(holder, path);
    if (by == nullptr)
        return {};
    if (manifest::flag(*by, {"automated"}))
        return "automated";
    return std::string(text(*by, {"username"}));
}

OperationState viewOperation(const Value& object)
{
    OperationState out;
    const auto* state = find(object, {"status", "operationState"});
    if (state == nullptr || !state->is_object()) {
        if (find(object, {"operation"}) != nullptr) {
            out.phase = OperationPhase::Running;
            out.initiatedBy = initiator(object, {"operation", "initiatedBy"});
        }
        return out;
    }
    out.phase = phaseOf(text(*state, {"phase"}));
    out.message = text(*state, {"message"});
    out.revision = text(*state, {"syncResult", "revision"});
    if (out.revision.empty())
        out.revision = text(*state, {"operation", "sync", "revision"});
    out.initiatedBy = initiator(*state, {"operation", "initiatedBy"});
    out.startedAt = timeAt(*state, {"startedAt"});
    out.finishedAt = timeAt(*state, {"finishedAt"});
    out.retryCount = integer(*state, {"retryCount"}).value_or(0);
    for (const auto& result : array(*state, {"syncResult", "resources"})) {
        ++out.total;
        const auto phase = text(result, {"hookPhase"});
        const auto status = text(result, {"status"});
        out.done += phase == "Running" || (phase.empty() && status.empty()) ? 0 : 1;
    }
    if (out.phase == OperationPhase::Running && out.message.starts_with("waiting for"))
        out.waitingFor = out.message;
    return out;
}

std::vector<HistoryEntry> viewHistory(const Value& object, const std::string& repoUrl, const CommitLookup& commit)
{
    std::vector<HistoryEntry> out;
    for (const auto& item : array(object, {"status", "history"})) {
        HistoryEntry entry;
        entry.id = integer(item, {"id"}).value_or(0);
        entry.revision = text(item, {"revision"});
        entry.deployStartedAt = timeAt(item, {"deployStartedAt"});
        entry.deployedAt = timeAt(item, {"deployedAt"});
        entry.initiatedBy = initiator(item, {"initiatedBy"});
        if (const auto found = commit ? commit(repoUrl, entry.revision) : std::nullopt) {
            entry.summary = found->summary;
            entry.author = found->author.name;
            entry.commitTime = TimePoint(found->time);
        }
        out.push_back(std::move(entry));
    }
    std::reverse(out.begin(), out.end());
    return out;
}

void describeLive(ResourceNode& node, const Value& live)
{
    node.existsLive = true;
    node.statusText = statusText(live);
    node.createdAt = timeAt(live, {"metadata", "creationTimestamp"});
    if (node.key.kind == "Pod" && node.key.group.empty()) {
        node.nodeName = text(live, {"spec", "nodeName"});
        for (const auto& [resource, count] : acceleratorsOf(live))
            node.gpus += count;
        for (const auto& container : array(live, {"spec", "containers"}))
            node.images.emplace_back(text(container, {"image"}));
    }
}

/// What the last or running sync said of each object.
using Results = std::unordered_map<manifest::ResourceKey, const Value*>;

Results syncResults(const Value& object)
{
    Results out;
    for (const auto& result : array(object, {"status", "operationState", "syncResult", "resources"}))
        out[{std::string(text(result, {"group"})), std::string(text(result, {"kind"})),
             std::string(text(result, {"namespace"})), std::string(text(result, {"name"}))}] = &result;
    return out;
}

void describeResult(ResourceNode& node, const Results& results)
{
    const auto it = results.find(node.key);
    if (it == results.end())
        return;
    node.syncMessage = text(*it->second, {"message"});
    node.syncPhase = text(*it->second, {"status"});
    if (node.syncPhase.empty())
        node.syncPhase = text(*it->second, {"hookPhase"});
}

ResourceNode viewNode(const gitops::TreeNode& tree, const gitops::Comparison& comparison)
{
    ResourceNode node;
    node.key = tree.key;
    node.version = tree.version;
    node.uid = tree.uid;
    node.parents = tree.parents;
    if (tree.health) {
        node.health = healthOf(tree.health->status);
        node.healthMessage = tree.health->message;
    }
    if (tree.managed >= 0 && static_cast<std::size_t>(tree.managed) < comparison.resources.size()) {
        const auto& resource = comparison.resources[static_cast<std::size_t>(tree.managed)];
        node.managed = true;
        node.hook = resource.hook;
        node.hookType = resource.hookTypes.empty() ? std::string {} : resource.hookTypes.front();
        node.wave = resource.wave;
        node.existsInGit = resource.desired != nullptr;
        node.requiresPruning = resource.requiresPruning;
        node.sync = syncState(resource.sync);
    }
    if (tree.live)
        describeLive(node, *tree.live);
    return node;
}

} // namespace

Health healthOf(std::string_view name)
{
    const auto status = health::parseStatus(name);
    return status ? healthOf(*status) : Health::Unknown;
}

Application viewApplication(const ApplicationInput& input)
{
    const auto& object = input.object;
    Application out;
    out.name = manifest::name(object);
    out.nameSpace = manifest::nameSpace(object);
    const auto spec = gitops::parseApplication(object);
    out.project = spec.project;
    out.cluster = input.cluster;
    if (input.clusters) {
        const auto chosen = gitops::chooseCluster(*input.clusters, spec.server, spec.clusterName);
        out.elsewhere = !chosen || (*chosen)->server != gitops::kInClusterServer;
        if (out.elsewhere)
            out.cluster = chosen ? (*chosen)->name : spec.clusterName.empty() ? spec.server : spec.clusterName;
    }
    out.destinationNamespace = spec.destinationNamespace;
    if (!spec.sources.empty()) {
        out.repoUrl = spec.sources.front().repoUrl;
        out.path = spec.sources.front().path;
        out.targetRevision = spec.sources.front().targetRevision;
    }
    out.autoSync = spec.automated;
    out.selfHeal = spec.selfHeal;
    out.prune = spec.prune;
    out.holdReason = input.holdReason;
    if (const auto pause = gitops::autoSyncPause(object))
        out.autoSyncPause = AutoSyncPause {pause->until, pause->since, pause->by, pause->reason};
    out.badRevisions = gitops::badRevisions(object);
    out.createdAt = timeAt(object, {"metadata", "creationTimestamp"});
    out.reconciledAt = timeAt(object, {"status", "reconciledAt"});
    out.revision = text(object, {"status", "sync", "revision"});
    out.sync = syncState(text(object, {"status", "sync", "status"}));
    out.health = healthOf(text(object, {"status", "health", "status"}));
    out.operation = viewOperation(object);
    for (const auto& item : array(object, {"status", "conditions"}))
        out.conditions.push_back({std::string(text(item, {"type"})), std::string(text(item, {"message"})),
                                  timeAt(item, {"lastTransitionTime"})});
    out.history = viewHistory(object, out.repoUrl, input.commit);
    out.compared = input.comparison != nullptr;
    if (const auto& comparison = input.comparison) {
        if (!comparison->revisions.empty())
            out.revision = comparison->revisions.front();
        const auto results = syncResults(object);
        out.sync = syncState(comparison->sync);
        out.health = healthOf(comparison->health.status);
        out.healthMessage = comparison->health.message;
        out.images = comparison->images;
        out.resources.reserve(comparison->tree.size());
        for (const auto& tree : comparison->tree) {
            auto node = viewNode(tree, *comparison);
            describeResult(node, results);
            out.gpus += node.gpus;
            out.outOfSyncCount += node.sync == SyncState::OutOfSync ? 1 : 0;
            if (out.operation.phase == OperationPhase::Running && node.managed && !node.syncPhase.empty())
                out.operation.wave = std::max(out.operation.wave, node.wave);
            out.resources.push_back(std::move(node));
        }
        linkTraffic(out.resources, comparison->tree);
        if (out.healthMessage.empty() && out.health != Health::Healthy)
            for (const auto& node : out.resources)
                if (node.health == out.health && !node.healthMessage.empty()) {
                    out.healthMessage = node.key.kind + "/" + node.key.name + ": " + node.healthMessage;
                    break;
                }
    }
    if (const auto found =
            input.commit && !out.revision.empty() ? input.commit(out.repoUrl, out.revision) : std::nullopt)
        out.revisionSummary = found->summary;
    return out;
}

namespace {

ResourceDiff::Action actionOf(const gitops::ResourceState& resource)
{
    if (resource.hook)
        return ResourceDiff::Action::Hook;
    if (resource.requiresPruning)
        return ResourceDiff::Action::Prune;
    if (resource.desired && !resource.live)
        return ResourceDiff::Action::Create;
    return resource.diff.outOfSync ? ResourceDiff::Action::Patch : ResourceDiff::Action::None;
}

/// Finds where a field of the desired object was set; reads each source file once.
class Locator
{
public:
    explicit Locator(git::TreePtr tree)
        : m_tree(std::move(tree))
    {
    }

    void place(FieldChange& change, const render::Rendered& rendered)
    {
        if (!rendered.provenance || !m_tree)
            return;
        const auto step = render::explainInFile(rendered, change.path);
        change.file = step.file;
        auto& text = m_texts[change.file];
        if (text.empty())
            text = m_tree->readFollowing(change.file).value_or("");
        change.line = render::lineOf(rendered, step, text, change.path);
    }

private:
    git::TreePtr m_tree;
    std::map<std::string, std::string> m_texts;
};

std::string yamlOf(const Value& value)
{
    return value.is_null() ? std::string {} : manifest::toYamlOrdered(value);
}

bool restarts(const ResourceDiff& diff)
{
    const bool workload = diff.key.kind == "Deployment" || diff.key.kind == "StatefulSet"
        || diff.key.kind == "DaemonSet" || diff.key.kind == "Rollout";
    return workload && std::any_of(diff.changes.begin(), diff.changes.end(), [](const FieldChange& change) {
               return !change.ignored && change.path.size() > 2 && change.path[0] == "spec"
                   && change.path[1] == "template";
           });
}

} // namespace

AppDiff viewDiff(const gitops::Comparison& comparison, const git::TreePtr& tree)
{
    AppDiff out;
    if (!comparison.revisions.empty())
        out.revision = comparison.revisions.front();
    Locator locator(tree);
    for (const auto& resource : comparison.resources) {
        ResourceDiff diff;
        diff.key = resource.key;
        diff.wave = resource.wave;
        diff.action = actionOf(resource);
        diff.outOfSync = resource.sync == gitops::SyncStatus::OutOfSync;
        const auto* desired = resource.diff.predicted.is_null() ? nullptr : &resource.diff.predicted;
        const auto* live = resource.diff.live.is_null() ? nullptr : &resource.diff.live;
        const auto masked = diff::maskSecrets(desired, live);
        diff.desiredYaml = resource.requiresPruning ? std::string {} : yamlOf(masked.desired);
        diff.liveYaml = yamlOf(masked.live);
        if (resource.live) {
            const auto applied = diff::lastApplied(*resource.live);
            if (!applied.is_null())
                diff.lastAppliedYaml = yamlOf(diff::maskSecrets(nullptr, &applied).live);
        }
        const render::Rendered rendered {resource.desired ? resource.desired : std::make_shared<const Value>(),
                                         resource.provenance};
        for (const auto& change : resource.diff.changes) {
            FieldChange field {change.path, change.live, change.desired, change.ignored, change.reason, {}, 0, false};
            field.immutableField =
                resource.live && isImmutable(resource.key.groupKind(), change.path, resource.live.get());
            if (change.desired)
                locator.place(field, rendered);
            diff.changes.push_back(std::move(field));
        }
        diff.restartsPods = diff.action == ResourceDiff::Action::Patch && restarts(diff);
        if (diff.restartsPods && resource.desired)
            diff.pods = podsOf(*resource.desired, resource.live.get());
        if (diff.outOfSync)
            diff.gpus =
                (resource.requiresPruning || !resource.desired ? 0 : gpusOf(*resource.desired, resource.live.get()))
                - (resource.live ? gpusOf(*resource.live, resource.live.get()) : 0);
        if (!resource.permitted)
            diff.note = "not permitted in the project";
        else if (!resource.sharedWith.empty())
            diff.note = "also tracked by application " + resource.sharedWith;
        out.resources.push_back(std::move(diff));
    }
    std::stable_sort(out.resources.begin(), out.resources.end(), [](const ResourceDiff& a, const ResourceDiff& b) {
        return std::tuple(!a.outOfSync, a.wave, a.key) < std::tuple(!b.outOfSync, b.wave, b.key);
    });
    return out;
}

} // namespace core::engine
