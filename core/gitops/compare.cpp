// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gitops/compare.h"

#include "core/gitops/hooks.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace core::gitops {

namespace {

using manifest::ResourceKey;
using manifest::Value;

struct Target
{
    ResourceKey key;
    bool namespaced = true;
    std::shared_ptr<Value> object;
    std::shared_ptr<const render::Provenance> provenance;
    std::vector<std::string> hooks;
};

/// Scope of kinds that CRDs among the targets define.
std::map<manifest::GroupKind, bool> definedScopes(const std::vector<render::OutputPtr>& sources)
{
    std::map<manifest::GroupKind, bool> scopes;
    for (const auto& source : sources) {
        if (!source)
            continue;
        for (const auto& rendered : source->resources) {
            if (manifest::kind(*rendered.object) == "CustomResourceDefinition")
                scopes[{std::string(manifest::text(*rendered.object, {"spec", "group"})),
                        std::string(manifest::text(*rendered.object, {"spec", "names", "kind"}))}] =
                    manifest::text(*rendered.object, {"spec", "scope"}) != "Cluster";
        }
    }
    return scopes;
}

bool isDeletionHook(const std::string& type)
{
    return type == "PreDelete" || type == "PostDelete";
}

bool hasDeletionHook(const std::vector<std::string>& hooks)
{
    return std::any_of(hooks.begin(), hooks.end(), isDeletionHook);
}

bool onlyDeletionHooks(const std::vector<std::string>& hooks)
{
    return !hooks.empty() && std::all_of(hooks.begin(), hooks.end(), isDeletionHook);
}

class Comparer
{
public:
    Comparer(const CompareInput& input, const ClusterView& cluster)
        : m_input(input)
        , m_app(*input.app)
        , m_cluster(cluster)
        , m_defaults(parseSettings(nullptr))
        , m_settings(input.settings ? *input.settings : m_defaults)
    {
    }

    Comparison run()
    {
        m_result.nameSpace = m_app.nameSpace;
        m_result.name = m_app.name;
        m_result.cluster = m_input.cluster;
        m_result.at = m_input.now;
        m_serverSide = hasCompareOption("ServerSideDiff=true")
            || (m_settings.serverSideDiff && !hasCompareOption("ServerSideDiff=false"));
        collectTargets();
        if (m_result.failed)
            return std::move(m_result);
        addLive();
        std::sort(m_result.resources.begin(), m_result.resources.end(), [](const auto& a, const auto& b) {
            return std::tie(a.key.group, a.key.kind, a.key.nameSpace, a.key.name)
                < std::tie(b.key.group, b.key.kind, b.key.nameSpace, b.key.name);
        });
        for (auto& resource : m_result.resources)
            compareOne(resource);
        decideStatus();
        completeViews(m_result, m_input, m_cluster);
        return std::move(m_result);
    }

private:
    void collectTargets()
    {
        const auto scopes = definedScopes(m_input.sources);
        std::map<ResourceKey, int> counts;
        for (const auto& source : m_input.sources) {
            if (!source)
                continue;
            for (const auto& rendered : source->resources)
                addTarget(rendered, scopes, counts);
        }
        for (const auto& [key, count] : counts) {
            if (count > 1)
                m_result.conditions.push_back(
                    {"RepeatedResourceWarning",
                     fmt::format("Resource {}/{}/{}/{} appeared {} times among application resources.", key.group,
                                 key.kind, key.nameSpace, key.name, count)});
        }
        if (!m_refused.empty())
            m_result.conditions.push_back({"ComparisonError", "Failed to load live state: " + m_refused});
    }

    void addTarget(const render::Rendered& rendered, const std::map<manifest::GroupKind, bool>& scopes,
                   std::map<ResourceKey, int>& counts)
    {
        Target target;
        target.hooks = hookTypes(*rendered.object);
        if (target.hooks.size() == 1 && target.hooks[0] == "Ignore")
            return;
        target.object = std::make_shared<Value>(*rendered.object);
        target.provenance = rendered.provenance;
        target.key = manifest::keyOf(*target.object);
        auto scope = m_cluster.namespaced(manifest::apiVersion(*target.object), target.key.kind);
        if (!scope) {
            const auto found = scopes.find(target.key.groupKind());
            scope = found == scopes.end() ? true : found->second;
        }
        target.namespaced = *scope;
        if (!target.namespaced) {
            target.key.nameSpace.clear();
            manifest::erase(*target.object, {"metadata", "namespace"});
        } else if (target.key.nameSpace.empty()) {
            if (m_app.destinationNamespace.empty()) {
                m_result.conditions.push_back({"InvalidSpecError",
                                               fmt::format("Namespace for {} {}, Kind={} is missing.", target.key.name,
                                                           manifest::apiVersion(*target.object), target.key.kind)});
                return;
            }
            target.key.nameSpace = m_app.destinationNamespace;
            manifest::ensure(*target.object, {"metadata", "namespace"}) =
                boost::json::string(m_app.destinationNamespace);
        }
        if (!m_settings.includes(target.key.groupKind(), m_input.cluster.server)) {
            m_result.conditions.push_back({"ExcludedResourceWarning",
                                           fmt::format("Resource {}/{} {} is excluded in the settings",
                                                       target.key.group, target.key.kind, target.key.name)});
            return;
        }
        if (m_refused.empty() && m_input.registered)
            m_refused = m_input.registered->refuses(target.key);
        m_settings.tracking.mark(*target.object, m_input.instance, target.key);
        if (hasDeletionHook(target.hooks))
            fill(m_result.deletionHooks.emplace_back(), target);
        if (onlyDeletionHooks(target.hooks))
            return;
        const bool generated = target.key.name.empty();
        if (!generated && ++counts[target.key] > 1) {
            const auto same = std::find_if(m_result.resources.begin(), m_result.resources.end(),
                                           [&](const ResourceState& state) { return state.key == target.key; });
            fill(*same, std::move(target));
            return;
        }
        fill(m_result.resources.emplace_back(), std::move(target));
    }

    static void fill(ResourceState& state, Target target)
    {
        state.key = std::move(target.key);
        state.version = manifest::parseGroupVersion(manifest::apiVersion(*target.object)).version;
        state.namespaced = target.namespaced;
        state.hookTypes = std::move(target.hooks);
        state.hook = !state.hookTypes.empty() && state.hookTypes[0] != "Skip";
        state.wave = syncWave(*target.object);
        state.desired = std::move(target.object);
        state.provenance = std::move(target.provenance);
    }

    [[nodiscard]] bool permitted(const ResourceKey& key, bool namespaced) const
    {
        if (!m_input.project)
            return true;
        if (!m_input.project->permitsKind(key.groupKind(), key.name, namespaced ? Scope::Namespaced : Scope::Cluster))
            return false;
        return !namespaced || m_input.project->permitsDestination(m_input.cluster, key.nameSpace);
    }

    void addLive()
    {
        std::map<ResourceKey, std::size_t> byKey;
        for (std::size_t i = 0; i < m_result.resources.size(); ++i) {
            auto& state = m_result.resources[i];
            state.permitted = permitted(state.key, state.namespaced);
            if (state.key.name.empty())
                continue;
            byKey[state.key] = i;
            auto live = m_cluster.get(state.key);
            if (live && state.permitted)
                takeLive(state, std::move(live));
        }
        for (auto& live : m_cluster.tracked(m_input.instance)) {
            auto key = manifest::keyOf(*live);
            if (byKey.contains(key) || !permitted(key, !key.nameSpace.empty())
                || !m_settings.includes(key.groupKind(), m_input.cluster.server))
                continue;
            auto& state = m_result.resources.emplace_back();
            state.key = std::move(key);
            state.namespaced = !state.key.nameSpace.empty();
            state.version = manifest::parseGroupVersion(manifest::apiVersion(*live)).version;
            state.hookTypes = hookTypes(*live);
            state.hook = !state.hookTypes.empty() && state.hookTypes[0] != "Skip";
            state.wave = syncWave(*live);
            const auto id = m_settings.tracking.read(*live);
            state.selfReferenced = !id
                || (id->key.groupKind() == state.key.groupKind() && id->key.name == state.key.name
                    && (id->key.nameSpace == state.key.nameSpace || state.key.nameSpace.empty()));
            state.live = std::move(live);
        }
    }

    void takeLive(ResourceState& state, kube::ObjectPtr live)
    {
        const auto id = m_settings.tracking.read(*live);
        if (id && id->instance != m_input.instance && id->key == state.key) {
            state.sharedWith = id->instance;
            m_result.conditions.push_back(
                {"SharedResourceWarning",
                 fmt::format("{}/{} is part of applications {}/{} and {}", state.key.kind, state.key.name,
                             m_app.nameSpace, m_app.name, sharedName(id->instance))});
        }
        state.live = std::move(live);
    }

    [[nodiscard]] std::string sharedName(const std::string& instance) const
    {
        const auto at = instance.find('_');
        return at == std::string::npos ? m_app.nameSpace + "/" + instance
                                       : instance.substr(0, at) + "/" + instance.substr(at + 1);
    }

    [[nodiscard]] bool isSelf(const ResourceKey& key) const
    {
        return key.group == "argoproj.io" && key.kind == "Application" && key.name == m_app.name
            && key.nameSpace == m_app.nameSpace;
    }

    /// A live object without our annotation would differ by it alone; switching the tracking method is no difference.
    void compareOne(ResourceState& state)
    {
        const bool ignored = !state.hookTypes.empty() || !state.selfReferenced;
        if (state.live) {
            state.health = health::assess(*state.live, m_input.customizations);
        } else {
            state.health = health::Assessment {health::Status::Missing, {}};
        }
        const auto options = syncOptions(state.desired ? *state.desired : *state.live);
        for (const auto* option : {"Delete=confirm", "Prune=confirm"})
            state.needsDeletionConfirmation =
                state.needsDeletionConfirmation || options.contains(option) || m_app.hasOption(option);
        if (state.hook)
            return;
        diff::Options how;
        how.ignore = m_settings.ignoreDifferences;
        how.ignore.insert(how.ignore.end(), m_app.ignoreDifferences.begin(), m_app.ignoreDifferences.end());
        how.ignoreAggregatedRoles = m_settings.ignoreAggregatedRoles;
        how.statusFields = m_settings.statusFields;
        how.sensitiveAnnotations = m_settings.sensitiveAnnotations;
        if (const auto known = m_settings.knownTypes.find(state.key.groupKind()); known != m_settings.knownTypes.end())
            how.knownTypes = known->second;
        if (m_cluster.schema && state.live)
            how.schema = m_cluster.schema(state.key, state.version);
        how.serverSideApply = options.contains("ServerSideApply=true")
            || (m_app.hasOption("ServerSideApply=true") && !options.contains("ServerSideApply=false"));
        const auto aligned =
            state.desired && state.live ? m_settings.tracking.aligned(*state.desired, *state.live) : std::nullopt;
        const auto& live = aligned ? *aligned : state.live ? *state.live : *state.desired;
        if (m_serverSide && m_cluster.dryRunApply && state.desired && state.live) {
            if (auto compared = serverSide(*state.desired, live, how); compared) {
                state.diff = std::move(*compared);
            } else { // one bad object does not keep the others from being compared
                m_result.conditions.push_back({"UnknownError",
                                               fmt::format("Failed to compare desired state to live state: {} {}: {}",
                                                           state.key.kind, state.key.name, compared.error().message)});
                state.diff = diff::compare(state.desired.get(), &live, how);
            }
        } else {
            state.diff = diff::compare(state.desired.get(), state.live ? &live : nullptr, how);
        }
        if (ignored)
            return;
        state.requiresPruning = !state.desired && state.live;
        if (!state.desired || !state.live || state.diff.outOfSync)
            state.sync = SyncStatus::OutOfSync;
        else
            state.sync = SyncStatus::Synced;
    }

    [[nodiscard]] Result<diff::Comparison> serverSide(const Value& desired, const Value& live,
                                                      const diff::Options& how) const
    {
        PH_TRY(const auto predicted, m_cluster.dryRunApply(desired));
        return diff::compareServerSide(desired, live, predicted, how, "argocd-controller",
                                       hasCompareOption("IncludeMutationWebhook=true"));
    }

    [[nodiscard]] bool hasCompareOption(std::string_view option) const
    {
        if (!m_input.object)
            return false;
        const auto list = annotationList(*m_input.object, "argocd.argoproj.io/compare-options");
        return std::find(list.begin(), list.end(), option) != list.end();
    }

    void decideStatus()
    {
        m_result.sync = SyncStatus::Synced;
        for (auto& state : m_result.resources) {
            if (state.sync == SyncStatus::OutOfSync) {
                const bool extraneous = state.requiresPruning && [&] {
                    const auto list = annotationList(*state.live, "argocd.argoproj.io/compare-options");
                    return std::find(list.begin(), list.end(), "IgnoreExtraneous") != list.end();
                }();
                if (!extraneous)
                    m_result.sync = SyncStatus::OutOfSync;
            }
            if (!state.permitted && state.sync != SyncStatus::None)
                state.sync = SyncStatus::Unknown;
        }
        if (m_input.object) {
            const auto* last =
                manifest::find(*m_input.object, {"status", "operationState", "syncResult", "managedNamespaceMetadata"});
            const auto* state = manifest::find(*m_input.object, {"status", "operationState", "syncResult"});
            const Value none;
            if (state && !m_app.managedNamespaceMetadata.is_null()
                && !manifest::equal(last ? *last : none, m_app.managedNamespaceMetadata))
                m_result.sync = SyncStatus::OutOfSync;
        }
        if (!m_refused.empty())
            m_result.sync = SyncStatus::Unknown;
    }

    const CompareInput& m_input;
    const Application& m_app;
    const ClusterView& m_cluster;
    const Settings m_defaults;
    const Settings& m_settings;
    bool m_serverSide = false;
    std::string m_refused; ///< why the cluster's Secret keeps the application from being compared
    Comparison m_result;
};

std::string healthName(const ResourceState& state)
{
    std::string text;
    if (!state.key.group.empty())
        text += state.key.group + "/";
    text += state.key.kind + ":";
    if (!state.key.nameSpace.empty())
        text += state.key.nameSpace + "/";
    return text + state.key.name;
}

} // namespace

std::string_view name(SyncStatus status)
{
    switch (status) {
    case SyncStatus::Synced:
        return "Synced";
    case SyncStatus::OutOfSync:
        return "OutOfSync";
    case SyncStatus::Unknown:
        return "Unknown";
    case SyncStatus::None:
        break;
    }
    return "";
}

health::Assessment applicationHealth(const Comparison& comparison, const Application& app)
{
    health::Assessment worst;
    bool anyManaged = false;
    bool anyLive = false;
    std::vector<const ResourceState*> culprits;
    for (const auto& state : comparison.resources) {
        if (!state.hookTypes.empty())
            continue;
        if (state.live && manifest::annotation(*state.live, "argocd.argoproj.io/ignore-healthcheck") == "true") {
            anyManaged = anyLive = true;
            continue;
        }
        if (state.key.group == "argoproj.io" && state.key.kind == "Application" && state.key.name == app.name
            && state.key.nameSpace == app.nameSpace)
            continue;
        anyManaged = true;
        if (!state.live)
            continue;
        anyLive = true;
        if (!state.health)
            continue;
        if (health::isWorse(state.health->status, worst.status)) {
            worst.status = state.health->status;
            culprits.clear();
        }
        if (state.health->status == worst.status)
            culprits.push_back(&state);
    }
    if (anyManaged && !anyLive)
        return {health::Status::Missing, {}};
    if (worst.status == health::Status::Healthy)
        return worst;
    std::vector<std::string> names;
    for (std::size_t i = 0; i < culprits.size() && i < 3; ++i)
        names.push_back(healthName(*culprits[i]));
    worst.message = fmt::format("Caused by {}", fmt::join(names, ", "));
    if (culprits.size() > 3)
        worst.message += fmt::format(" and {} more", culprits.size() - 3);
    return worst;
}

Comparison compare(const CompareInput& input, const ClusterView& cluster)
{
    return Comparer(input, cluster).run();
}

} // namespace core::gitops
