// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/local_engine.h"
#include "core/kube/table.h"
#include "core/rollout/actions.h"

#include <boost/json.hpp>

#include <algorithm>
#include <set>

namespace core::engine {

using manifest::Object;
using manifest::Value;

namespace {

constexpr std::size_t kMostRemoved = 10'000;
constexpr auto kWindowsAhead = std::chrono::hours(24 * 14);

bool restartable(const manifest::GroupKind& kind)
{
    return kind.group == "apps"
        && (kind.kind == "Deployment" || kind.kind == "StatefulSet" || kind.kind == "DaemonSet");
}

} // namespace

void LocalEngine::setReadOnly(bool readOnly)
{
    m_readOnly = readOnly || m_still; // nothing would carry out what is written into a snapshot
    markDirty();
}

Result<> LocalEngine::restart(const manifest::ResourceKey& key)
{
    const auto run = [&]() -> Result<> {
        PH_CHECK(mayWrite());
        if (key.kind == "Rollout" && key.group == "argoproj.io")
            return rollout::act(*m_client, key, rollout::Action::Restart, m_clock->now());
        PH_TRY(const auto type, m_client->resolve(key.groupKind()));
        if (key.kind == "Pod" && key.group.empty())
            return m_client->remove(type, key.nameSpace, key.name);
        if (!restartable(key.groupKind()))
            return fail(Error::Code::Unsupported, "a " + key.kind + " has no pods of its own to restart", key.text());
        const Value patch =
            Object {{"spec",
                     Object {{"template",
                              Object {{"metadata",
                                       Object {{"annotations",
                                                Object {{"kubectl.kubernetes.io/restartedAt",
                                                         boost::json::string(formatRfc3339(m_clock->now()))}}}}}}}}}};
        PH_TRY(const auto written, m_client->patch(type, key.nameSpace, key.name, kube::PatchType::Strategic, patch));
        m_cache->observe(written);
        return {};
    };
    auto result = run();
    record("restart", key.text(), {}, {}, result, {});
    return result;
}

Result<> LocalEngine::scale(const manifest::ResourceKey& key, std::int64_t replicas)
{
    std::string before;
    const auto run = [&]() -> Result<> {
        PH_CHECK(mayWrite());
        if (replicas < 0)
            return fail(Error::Code::InvalidInput, "the number of replicas cannot be negative", key.text());
        PH_TRY(const auto type, m_client->resolve(key.groupKind()));
        if (std::find(type.subresources.begin(), type.subresources.end(), "scale") == type.subresources.end())
            return fail(Error::Code::Unsupported, "a " + key.kind + " cannot be scaled", key.text());
        if (const auto live = m_cache->get(key))
            if (const auto now = manifest::integer(*live, {"spec", "replicas"}))
                before = std::to_string(*now);
        kube::WriteOptions options;
        options.subresource = "scale";
        const Value patch = Object {{"spec", Object {{"replicas", replicas}}}};
        PH_CHECK(m_client->patch(type, key.nameSpace, key.name, kube::PatchType::Merge, patch, options));
        return {};
    };
    auto result = run();
    record("scale", key.text(), before, std::to_string(replicas), result, {});
    return result;
}

Result<> LocalEngine::annotate(const manifest::ResourceKey& key, const std::string& annotation,
                               const std::optional<std::string>& value)
{
    const auto run = [&]() -> Result<> {
        PH_CHECK(mayWrite());
        PH_TRY(const auto type, m_client->resolve(key.groupKind()));
        const Value wanted = value ? Value(boost::json::string(*value)) : Value(nullptr);
        const Value patch = Object {{"metadata", Object {{"annotations", Object {{annotation, wanted}}}}}};
        PH_TRY(const auto written, m_client->patch(type, key.nameSpace, key.name, kube::PatchType::Merge, patch));
        m_cache->observe(written);
        return {};
    };
    auto result = run();
    record(value ? "annotate" : "remove annotation", key.text(), {}, value.value_or(std::string()), result, annotation);
    return result;
}

Result<std::string> LocalEngine::revertCommit(const AppId& app, const std::string& commit, const std::string& reason)
{
    const auto run = [&]() -> Result<std::string> {
        PH_CHECK(mayWrite());
        PH_TRY(const auto source, sourceOf(app, {}));
        return m_sources->revert(source.repository(), source.branch, commit, {m_user, m_user + "@pilothouse.local"});
    };
    auto result = run();
    record("revert", "Application/" + app.nameSpace + "/" + app.name, commit, result.value_or(std::string {}),
           result ? Result<> {} : Result<>(tl::unexpected(result.error())), reason);
    if (result)
        m_applications->sourcesChanged();
    return result;
}

OwnerOf LocalEngine::ownerLookup(const std::string& cluster) const
{
    std::map<manifest::ResourceKey, std::string> owners;
    for (const auto& app : snapshot()->applications) {
        const auto comparison = app->elsewhere ? m_applications->comparison(app->nameSpace, app->name) : nullptr;
        if (app->elsewhere == cluster.empty() || (comparison && comparison->cluster.server != cluster))
            continue;
        for (const auto& node : app->resources)
            owners.emplace(node.key, app->name);
    }
    return [owners = std::move(owners)](const manifest::ResourceKey& key) {
        const auto found = owners.find(key);
        return found == owners.end() ? std::string() : found->second;
    };
}

std::vector<LocalEngine::Opened> LocalEngine::opened() const
{
    std::vector<Opened> out {{{}, m_connection.name, m_clusters->own()}};
    const auto open = m_clusters->destinations();
    for (const auto& cluster : *m_clusters->registered()) {
        const auto found = std::ranges::find(open, cluster.server, [](const auto& each) { return each->server; });
        if (cluster.server != gitops::kInClusterServer && found != open.end())
            out.push_back({cluster.server, cluster.name, *found});
    }
    return out;
}

Result<GpuInventory> LocalEngine::gpus(std::stop_token)
{
    GpuInventory out;
    for (const auto& cluster : opened()) {
        const auto& cache = *cluster.destination->cache;
        auto part = viewGpus(cache.list({"", "Node"}), cache.list({"", "Pod"}), ownerLookup(cluster.server));
        const auto name = cluster.server.empty() ? std::string() : cluster.name;
        for (auto& row : part.rows) {
            row.cluster = name;
            out.rows.push_back(std::move(row));
        }
        for (auto& waiting : part.waiting) {
            waiting.cluster = name;
            out.waiting.push_back(std::move(waiting));
        }
    }
    return out;
}

Result<std::vector<ModelRow>> LocalEngine::models(std::stop_token)
{
    std::vector<ModelRow> out;
    for (const auto& cluster : opened()) {
        const auto& cache = *cluster.destination->cache;
        const auto ownerOf = ownerLookup(cluster.server);
        const auto revisionOf = [&cache](const std::string& nameSpace, const std::string& revision) {
            auto found = cache.get({"serving.knative.dev", "Revision", nameSpace, revision});
            return found ? found : cache.get({"apps", "Deployment", nameSpace, revision});
        };
        for (const char* kind : {"InferenceService", "LLMInferenceService"})
            for (const auto& service : cache.list({"serving.kserve.io", kind})) {
                out.push_back(viewModel(*service, revisionOf));
                out.back().cluster = cluster.server;
                out.back().clusterName = cluster.name;
                out.back().application = ownerOf(out.back().key);
            }
    }
    for (const auto& rollout : snapshot()->rollouts)
        if (!rollout->kserve)
            out.push_back(viewModel(*rollout));
    std::sort(out.begin(), out.end(), [](const ModelRow& a, const ModelRow& b) {
        return std::tie(a.model, a.cluster, a.key) < std::tie(b.model, b.cluster, b.key);
    });
    return out;
}

Result<Administration> LocalEngine::administration(std::stop_token)
{
    AdminInput input;
    input.applications = m_cache->list({"argoproj.io", "Application"});
    input.projects = m_cache->list({"argoproj.io", "AppProject"});
    input.secrets = m_cache->list({"", "Secret"});
    input.configMaps = m_cache->list({"", "ConfigMap"});
    input.now = m_clock->now();
    input.until = input.now + kWindowsAhead;
    return viewAdministration(input);
}

Result<RemovalPlan> LocalEngine::removalPlan(const ObjectRef& object, std::stop_token stop)
{
    RemovalPlan out;
    const auto& key = object.key;
    PH_TRY(const auto cluster, clusterOf(object, stop));
    const auto live = cluster->cache->get(key);
    if (!live)
        return fail(Error::Code::NotFound, key.text() + " is not in the cluster");
    out.goes.push_back(key);
    std::vector<std::string> uids {std::string(manifest::uid(*live))};
    std::set<std::string> seen(uids.begin(), uids.end());
    for (std::size_t i = 0; i < uids.size() && out.goes.size() < kMostRemoved; ++i) { // grows while it runs
        for (const auto& child : cluster->cache->children(uids[i])) {
            if (stop.stop_requested())
                return fail(Error::Code::Cancelled, "cancelled");
            if (!seen.insert(std::string(manifest::uid(*child))).second)
                continue;
            uids.emplace_back(manifest::uid(*child));
            out.goes.push_back(manifest::keyOf(*child));
        }
    }
    for (const auto& finalizer : manifest::array(*live, {"metadata", "finalizers"}))
        if (finalizer.is_string())
            out.finalizers.emplace_back(finalizer.get_string());
    for (const auto& owner : manifest::array(*live, {"metadata", "ownerReferences"}))
        if (manifest::flag(owner, {"controller"}))
            out.recreatedBy =
                std::string(manifest::text(owner, {"kind"})) + "/" + std::string(manifest::text(owner, {"name"}));
    for (const auto& app : snapshot()->applications) {
        const bool there =
            object.application ? *object.application == AppId {app->nameSpace, app->name} : !app->elsewhere;
        for (const auto& node : app->resources)
            if (there && node.key == key && node.existsInGit && app->autoSync && app->selfHeal)
                out.recreatedBy = app->name;
    }
    PH_TRY(const auto type, cluster->client->resolve(key.groupKind(), stop));
    kube::DeleteOptions options;
    options.propagation = kube::Propagation::Background;
    options.dryRun = true;
    if (const auto tried = cluster->client->remove(type, key.nameSpace, key.name, options, stop); !tried)
        out.refusal = tried.error().message;
    return out;
}

Result<PrintedTable> LocalEngine::printed(const manifest::GroupKind& kind, const std::string& nameSpace,
                                          std::stop_token stop)
{
    PH_TRY(const auto type, m_client->resolve(kind, stop));
    PH_TRY(auto table, kube::listTable(*m_client, type, nameSpace, stop));
    PrintedTable out;
    for (auto& column : table.columns)
        out.columns.push_back(
            {std::move(column.name), column.priority > 0, column.type == "integer" || column.type == "number"});
    for (auto& row : table.rows)
        out.rows.emplace_back(std::move(row.key), std::move(row.cells));
    return out;
}

} // namespace core::engine
