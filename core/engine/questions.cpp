// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/effects.h"
#include "core/engine/local_engine.h"
#include "core/manifest/yaml.h"

#include <boost/json.hpp>

#include <algorithm>
#include <set>

namespace core::engine {

using manifest::Value;

Result<LocalEngine::SourceInfo> LocalEngine::sourceOf(const AppId& app, std::stop_token stop) const
{
    PH_TRY(Value object, applicationObject(app, stop));
    auto sources = gitops::parseSources(*manifest::find(object, {"spec"}));
    if (sources.empty())
        return fail(Error::Code::InvalidInput, "the application has no source", app.name, "set spec.source");
    SourceInfo out {std::move(object), std::move(sources.front()), {}};
    out.branch = out.source.targetRevision.empty() ? "HEAD" : out.source.targetRevision;
    return out;
}

gitops::SourceRepository LocalEngine::SourceInfo::repository() const
{
    return {source.repoUrl, gitops::parseApplication(object).project};
}

namespace {

/// That a new pod could have somewhere in the cluster; none where it has no GPUs at all.
std::optional<std::int64_t> freeGpus(const kube::Cache& cache)
{
    const auto inventory =
        viewGpus(cache.list({"", "Node"}), cache.list({"", "Pod"}), [](const auto&) { return std::string(); });
    if (inventory.rows.empty())
        return std::nullopt;
    std::int64_t free = 0;
    for (const auto& row : inventory.rows)
        free += row.free();
    return free;
}

} // namespace

Result<AppDiff> LocalEngine::diff(const AppId& app, std::stop_token stop)
{
    PH_TRY(const auto source, sourceOf(app, stop));
    auto comparison = m_applications->comparison(app.nameSpace, app.name);
    PH_TRY(
        const auto resolved,
        m_sources->resolve(source.repository(),
                           comparison && !comparison->revisions.empty() ? comparison->revisions.front() : source.branch,
                           Sources::Fetch::IfMissing, stop));
    if (!comparison || comparison->failed) {
        PH_TRY(auto fresh, m_applications->compareSource(source.object, resolved.tree, resolved.commit, stop));
        comparison = std::make_shared<const gitops::Comparison>(std::move(fresh));
    }
    auto out = viewDiff(*comparison, resolved.tree);
    out.problems = locate(app.name, *comparison, resolved.tree, findingsOf(source.object, *comparison));
    if (const auto cluster = m_clusters->find(gitops::parseApplication(source.object)))
        out.freeGpus = freeGpus(*cluster->cache);
    return out;
}

Result<AppDiff> LocalEngine::diffWithText(const AppId& app, const std::string& path, const std::string& text,
                                          std::stop_token stop)
{
    PH_TRY(const auto source, sourceOf(app, stop));
    PH_TRY(const auto resolved,
           m_sources->resolve(source.repository(), source.branch, Sources::Fetch::IfMissing, stop));
    const auto tree = git::overlayTree(resolved.tree, {{{path, text}}, {}});
    PH_TRY(const auto comparison, m_applications->compareSource(source.object, tree, resolved.commit, stop));
    for (const auto& condition : comparison.conditions)
        if (comparison.failed)
            return fail(Error::Code::InvalidInput, condition.message, path);
    auto out = viewDiff(comparison, tree);
    out.unsaved = true;
    out.problems = locate(app.name, comparison, tree, findingsOf(source.object, comparison));
    return out;
}

namespace {

ResourceDiff::Action actionOf(const gitops::SyncTask& task)
{
    using Action = gitops::SyncTask::Action;
    switch (task.action) {
    case Action::Prune:
        return ResourceDiff::Action::Prune;
    case Action::Hook:
        return ResourceDiff::Action::Hook;
    case Action::Create:
    case Action::CreateNamespace:
        return ResourceDiff::Action::Create;
    case Action::Replace:
        return ResourceDiff::Action::Replace;
    case Action::Apply:
        break;
    }
    if (!task.live)
        return ResourceDiff::Action::Create;
    return task.modified ? ResourceDiff::Action::Patch : ResourceDiff::Action::None;
}

/// Pods that would go or start anew weigh most, then what is pruned, then every other change.
int blastRadius(const std::vector<PlanTask>& tasks)
{
    int points = 0;
    for (const auto& task : tasks) {
        if (task.action == ResourceDiff::Action::Prune)
            points += task.key.kind == "PersistentVolumeClaim" || task.key.kind == "Namespace"
                    || task.key.kind == "CustomResourceDefinition"
                ? 40
                : 12 + (task.usedBy.empty() ? 0 : 30);
        else if (task.restartsPods)
            points += 15;
        else if (task.action == ResourceDiff::Action::Replace)
            points += 20;
        else if (task.action != ResourceDiff::Action::None)
            points += 2;
    }
    return std::min(points, 100);
}

} // namespace

void LocalEngine::buildPlanTasks(Plan& out, const gitops::ApplicationController::Preview& preview, kube::Client* client,
                                 std::stop_token stop) const
{
    kube::WriteOptions dryRun;
    dryRun.fieldManager = "pilothouse-plan";
    dryRun.dryRun = true;
    dryRun.force = true;
    for (const auto& task : preview.plan.tasks) {
        PlanTask item;
        item.key = task.key;
        item.phase = gitops::name(task.phase);
        item.wave = task.wave;
        item.action = actionOf(task);
        item.note = task.note;
        item.dryRunError = task.invalid;
        const auto& resources = preview.comparison->resources;
        const auto resource =
            std::find_if(resources.begin(), resources.end(), [&](const auto& r) { return r.key == task.key; });
        if (resource != resources.end() && item.action == ResourceDiff::Action::Patch)
            item.restartsPods = (task.key.kind == "Deployment" || task.key.kind == "StatefulSet"
                                 || task.key.kind == "DaemonSet" || task.key.kind == "Rollout")
                && std::any_of(resource->diff.changes.begin(), resource->diff.changes.end(),
                               [](const diff::FieldChange& change) {
                                   return !change.ignored && change.path.size() > 2 && change.path[0] == "spec"
                                       && change.path[1] == "template";
                               });
        // The server itself is asked whether it would take the object; a namespace that is still to come is not its
        // fault.
        const bool asks = item.action == ResourceDiff::Action::Create || item.action == ResourceDiff::Action::Patch;
        if (asks && client != nullptr && task.target && item.dryRunError.empty() && !task.skipDryRun
            && !stop.stop_requested()) {
            const auto tried = client->apply(*task.target, dryRun, stop);
            if (!tried && tried.error().code != Error::Code::NotFound && tried.error().code != Error::Code::Cancelled)
                item.dryRunError = tried.error().message;
        }
        out.tasks.push_back(std::move(item));
    }
}

namespace {

/// Quotas of the namespaces that the plan writes to, and the nodes' GPUs.
std::vector<QuotaUse>
quotasOf(const std::map<std::string, std::map<std::string, std::pair<manifest::Quantity, manifest::Quantity>>>& demand,
         const kube::Cache& cluster)
{
    std::vector<QuotaUse> out;
    for (const auto& quota : cluster.list({"", "ResourceQuota"})) {
        const auto nameSpace = std::string(manifest::nameSpace(*quota));
        const auto here = demand.find(nameSpace);
        const auto* hard = manifest::find(*quota, {"status", "hard"});
        if (hard == nullptr)
            hard = manifest::find(*quota, {"spec", "hard"});
        if (here == demand.end() || hard == nullptr || !hard->is_object())
            continue;
        for (const auto& [resource, limit] : hard->get_object()) {
            const auto change = here->second.find(std::string(resource));
            const auto most = manifest::Quantity::parse(limit);
            if (change == here->second.end() || !most)
                continue;
            const auto* written = manifest::find(*quota, {"status", "used", std::string(resource)});
            const auto used = written != nullptr ? manifest::Quantity::parse(*written).value_or(manifest::Quantity())
                                                 : manifest::Quantity();
            auto after = used;
            after += change->second.second;
            after -= change->second.first;
            if (after == used)
                continue;
            out.push_back({"ResourceQuota/" + std::string(manifest::name(*quota)), nameSpace, std::string(resource),
                           used.canonical(), after.canonical(), most->canonical(), *most < after});
        }
    }
    return out;
}

/// Waves follow each other, what is in one goes at once; a Rollout's update goes on after the sync that begins it.
void estimate(Plan& plan)
{
    std::map<std::pair<std::string, int>, Duration> waves;
    for (auto& task : plan.tasks) {
        for (const auto& change : plan.rollouts)
            if (change.rollout == task.key)
                task.estimate = change.preview.simulation.length;
        if (task.estimate) {
            auto& wave = waves[{task.phase, task.wave}];
            wave = std::max(wave, *task.estimate);
        }
    }
    if (waves.empty())
        return;
    plan.estimate = Duration::zero();
    for (const auto& [wave, length] : waves)
        *plan.estimate += length;
}

} // namespace

void LocalEngine::addEffects(Plan& out, const gitops::SyncPlan& plan, const kube::Cache& cluster) const
{
    std::map<std::string, std::map<std::string, std::pair<manifest::Quantity, manifest::Quantity>>> demand;
    std::int64_t gpus = 0;
    std::set<manifest::ResourceKey> pruned;
    for (const auto& task : plan.tasks)
        if (task.action == gitops::SyncTask::Action::Prune)
            pruned.insert(task.key);
    for (std::size_t i = 0; i < plan.tasks.size() && i < out.tasks.size(); ++i) {
        const auto& task = plan.tasks[i];
        auto& item = out.tasks[i];
        if (task.action == gitops::SyncTask::Action::CreateNamespace && cluster.get(task.key))
            item.action = ResourceDiff::Action::None; // it is there: nothing is made
        if (item.action == ResourceDiff::Action::None)
            continue;
        const auto* live = task.live.get();
        const auto* target = item.action == ResourceDiff::Action::Prune ? nullptr : task.target.get();
        if (target != nullptr) {
            item.estimate = estimateOf(*target, live);
            item.pods = item.restartsPods ? podsOf(*target, live) : 0;
        }
        item.gpus = (target != nullptr ? gpusOf(*target, live) : 0) - (live != nullptr ? gpusOf(*live, live) : 0);
        gpus += item.gpus;
        auto& here = demand[task.key.nameSpace];
        if (live != nullptr)
            for (const auto& [resource, quantity] : demandOf(*live, live))
                here[resource].first += quantity;
        if (target != nullptr)
            for (const auto& [resource, quantity] : demandOf(*target, live))
                here[resource].second += quantity;
        if (item.action == ResourceDiff::Action::Prune) {
            item.usedBy = usersOf(task.key, cluster.all());
            std::erase_if(item.usedBy, [&](const auto& user) { return pruned.contains(user); });
        }
    }
    out.quotas = quotasOf(demand, cluster);
    if (const auto free = freeGpus(cluster); free && gpus > 0)
        out.quotas.push_back({{}, {}, "GPUs", std::to_string(*free), std::to_string(*free - gpus), "0", *free < gpus});
}

Result<Plan> LocalEngine::plan(const AppId& app, const SyncRequest& request, std::stop_token stop)
{
    PH_TRY(const auto source, sourceOf(app, stop));
    PH_TRY(const auto operation, operationFor(source.object, request, stop));
    PH_TRY(const auto preview, m_applications->plan(source.object, operation, stop));
    Plan out;
    out.revision = manifest::text(operation, {"sync", "revision"});
    out.blocked = preview.blocked.empty() ? preview.plan.blocked : preview.blocked;
    if (out.blocked.empty())
        out.blocked = preview.plan.invalid;
    const auto cluster = clusterOf(app, stop); // where it does not answer, the plan is blocked by that
    buildPlanTasks(out, preview, cluster ? (*cluster)->client.get() : nullptr, stop);
    if (cluster)
        addEffects(out, preview.plan, *(*cluster)->cache);
    out.blastRadius = blastRadius(out.tasks);
    std::vector<manifest::Value> written;
    for (const auto& task : preview.plan.tasks)
        if (task.target)
            written.push_back(*task.target);
    if (cluster)
        out.rollouts = rolloutChanges(*(*cluster)->cache, written);
    estimate(out);
    const auto resolved = m_sources->resolve(source.repository(), out.revision, Sources::Fetch::IfMissing, stop);
    out.problems = locate(app.name, *preview.comparison, resolved ? resolved->tree : nullptr,
                          findingsOf(source.object, *preview.comparison));
    return out;
}

Result<ResourceDetails> LocalEngine::details(const AppId& app, const manifest::ResourceKey& key, std::stop_token stop)
{
    ResourceDetails out;
    out.key = key;
    const auto cluster = clusterOf(app, stop);
    const auto live = cluster ? (*cluster)->cache->get(key) : nullptr;
    const gitops::ResourceState* managed = nullptr;
    const auto comparison = m_applications->comparison(app.nameSpace, app.name);
    if (comparison)
        for (const auto& resource : comparison->resources)
            if (resource.key == key)
                managed = &resource;
    if (!live && managed == nullptr)
        return fail(Error::Code::NotFound, key.text() + " is neither in Git nor in the cluster");
    const auto masked = diff::maskSecrets(managed != nullptr ? managed->desired.get() : nullptr, live.get());
    if (!masked.live.is_null()) {
        auto shown = masked.live;
        manifest::erase(shown, {"metadata", "managedFields"});
        out.liveYaml = manifest::toYamlOrdered(shown);
    }
    if (!masked.desired.is_null())
        out.desiredYaml = manifest::toYamlOrdered(masked.desired);
    if (comparison)
        for (const auto& node : comparison->tree)
            if (node.key == key && node.health)
                out.reason = std::string(health::name(node.health->status))
                    + (node.health->message.empty() ? "" : ": " + node.health->message);
    if (managed != nullptr && managed->provenance) {
        out.file = managed->provenance->file;
        if (const auto source = sourceOf(app, stop); source && !comparison->revisions.empty())
            if (const auto resolved = m_sources->resolve(source->repository(), comparison->revisions.front(),
                                                         Sources::Fetch::IfMissing, stop))
                if (const auto written = resolved->tree->readFollowing(out.file))
                    out.line = manifest::locate(*written, managed->provenance->document, {}).line;
    }
    const auto current = snapshot();
    const auto at = cluster && *cluster != m_clusters->own() ? (*cluster)->server : std::string();
    for (const auto& event : *current->events)
        if (cluster && event.object == key && event.cluster == at)
            out.events.push_back(event);
    return out;
}

Result<std::string> LocalEngine::logs(const ObjectRef& pod, const std::string& container, std::int64_t tailLines,
                                      std::stop_token stop)
{
    constexpr std::size_t kMaxBytes = std::size_t {16} << 20;
    std::string out;
    kube::Client::LogOptions options;
    options.container = container;
    if (tailLines > 0)
        options.tailLines = tailLines;
    PH_TRY(const auto cluster, clusterOf(pod, stop));
    PH_CHECK(cluster->client->logs(
        pod.key.nameSpace, pod.key.name, options,
        [&](std::string_view chunk) {
            out += chunk;
            return out.size() < kMaxBytes;
        },
        stop));
    return out;
}

Result<std::vector<Value>> LocalEngine::objects(const manifest::GroupKind& kind, const std::string& nameSpace,
                                                std::stop_token stop)
{
    std::vector<Value> out;
    for (const auto& object : kind.kind.empty() ? m_cache->all() : m_cache->list(kind, nameSpace)) {
        if (stop.stop_requested())
            return fail(Error::Code::Cancelled, "cancelled");
        if (!nameSpace.empty() && manifest::nameSpace(*object) != nameSpace)
            continue;
        out.push_back(diff::maskSecrets(nullptr, object.get()).live);
    }
    return out;
}

Result<std::vector<SourceFile>> LocalEngine::files(const AppId& app, std::stop_token stop)
{
    constexpr std::size_t kMaxFiles = 20'000;
    PH_TRY(const auto source, sourceOf(app, stop));
    PH_TRY(const auto resolved,
           m_sources->resolve(source.repository(), source.branch, Sources::Fetch::IfMissing, stop));
    std::vector<SourceFile> out;
    const auto walk = [&](auto&& self, const std::string& folder) -> Result<> {
        PH_TRY(const auto entries, resolved.tree->list(folder));
        for (const auto& entry : entries) {
            if (stop.stop_requested())
                return fail(Error::Code::Cancelled, "cancelled");
            if (out.size() >= kMaxFiles)
                return {};
            auto path = folder.empty() ? entry.name : folder + "/" + entry.name;
            const bool isFolder = entry.type == git::EntryType::Folder;
            if (isFolder || entry.type == git::EntryType::File)
                out.push_back({path, isFolder});
            if (isFolder) {
                PH_CHECK(self(self, path));
            }
        }
        return {};
    };
    PH_CHECK(walk(walk, ""));
    return out;
}

Result<FileText> LocalEngine::readFile(const AppId& app, const std::string& path, std::stop_token stop)
{
    PH_TRY(const auto source, sourceOf(app, stop));
    PH_TRY(const auto resolved,
           m_sources->resolve(source.repository(), source.branch, Sources::Fetch::IfMissing, stop));
    PH_TRY(auto text, resolved.tree->readFollowing(path));
    return FileText {std::move(text), resolved.commit};
}

} // namespace core::engine
