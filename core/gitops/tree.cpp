// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gitops/compare.h"
#include "core/gitops/hooks.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_map>

namespace core::gitops {

namespace {

using manifest::Value;

class TreeBuilder
{
public:
    TreeBuilder(const Comparison& comparison, const Project* project, const health::Customizations* customizations,
                const ClusterView& cluster)
        : m_comparison(comparison)
        , m_project(project)
        , m_customizations(customizations)
        , m_cluster(cluster)
    {
    }

    std::vector<TreeNode> build()
    {
        for (std::size_t i = 0; i < m_comparison.resources.size(); ++i)
            addManaged(m_comparison.resources[i], static_cast<std::ptrdiff_t>(i));
        for (std::size_t i = 0; i < m_nodes.size(); ++i) // grows while it runs: breadth first
            addChildren(i);
        return std::move(m_nodes);
    }

private:
    void addManaged(const ResourceState& state, std::ptrdiff_t index)
    {
        if (state.key.name.empty() || !state.permitted)
            return;
        TreeNode node;
        node.key = state.key;
        node.version = state.version;
        node.live = state.live;
        node.health = state.health;
        node.managed = index;
        if (state.live)
            node.uid = manifest::uid(*state.live);
        if (!node.uid.empty())
            m_byUid.emplace(node.uid, m_nodes.size());
        m_nodes.push_back(std::move(node));
    }

    void addChildren(std::size_t parent)
    {
        if (m_nodes[parent].uid.empty())
            return;
        auto children = m_cluster.children(m_nodes[parent].uid);
        addInferred(m_nodes[parent], children);
        for (auto& child : children) {
            const std::string uid(manifest::uid(*child));
            const auto known = m_byUid.find(uid);
            if (known != m_byUid.end()) {
                auto& parents = m_nodes[known->second].parents;
                const auto& key = m_nodes[parent].key;
                const bool managed = m_nodes[known->second].managed >= 0;
                if (!managed && known->second > parent
                    && std::find(parents.begin(), parents.end(), key) == parents.end())
                    parents.push_back(key);
                continue;
            }
            TreeNode node;
            node.key = manifest::keyOf(*child);
            if (!permitted(node.key))
                continue;
            node.version = manifest::parseGroupVersion(manifest::apiVersion(*child)).version;
            node.uid = uid;
            node.parents.push_back(m_nodes[parent].key);
            node.health = health::assess(*child, m_customizations);
            node.live = std::move(child);
            m_byUid.emplace(uid, m_nodes.size());
            m_nodes.push_back(std::move(node));
        }
    }

    [[nodiscard]] bool permitted(const manifest::ResourceKey& key) const
    {
        if (!m_project)
            return true;
        const auto scope = key.nameSpace.empty() ? Scope::Cluster : Scope::Namespaced;
        return m_project->permitsKind(key.groupKind(), key.name, scope)
            && (scope == Scope::Cluster || m_project->permitsDestination(m_comparison.cluster, key.nameSpace));
    }

    /// Children that name no owner: a Service's Endpoints, a service account's token, a StatefulSet's claims.
    void addInferred(const TreeNode& parent, std::vector<kube::ObjectPtr>& children) const
    {
        if (!parent.live)
            return;
        const auto& key = parent.key;
        const auto add = [&](const char* kind, const std::string& name) {
            auto found = m_cluster.get({"", kind, key.nameSpace, name});
            if (!found || !manifest::array(*found, {"metadata", "ownerReferences"}).empty())
                return kube::ObjectPtr();
            children.push_back(found);
            return found;
        };
        if (key.group.empty() && key.kind == "Service") {
            add("Endpoints", key.name);
        } else if (key.group.empty() && key.kind == "ServiceAccount") {
            for (const auto& secret : manifest::array(*parent.live, {"secrets"})) {
                const auto token = add("Secret", std::string(manifest::text(secret, {"name"})));
                if (token && manifest::annotation(*token, "kubernetes.io/service-account.name") != key.name)
                    children.pop_back();
            }
        } else if (key.group == "apps" && key.kind == "StatefulSet") {
            for (const auto& claim : manifest::array(*parent.live, {"spec", "volumeClaimTemplates"})) {
                const auto prefix = fmt::format("{}-{}-", manifest::text(claim, {"metadata", "name"}), key.name);
                const auto replicas = manifest::integer(*parent.live, {"spec", "replicas"}).value_or(1);
                for (std::int64_t i = 0; i < kMostClaims; ++i) {
                    if (!add("PersistentVolumeClaim", prefix + std::to_string(i)) && i >= replicas)
                        break;
                }
            }
        }
    }

    static constexpr std::int64_t kMostClaims = 1000; ///< per template
    const Comparison& m_comparison;
    const Project* m_project;
    const health::Customizations* m_customizations;
    const ClusterView& m_cluster;
    std::vector<TreeNode> m_nodes;
    std::unordered_map<std::string, std::size_t> m_byUid;
};

bool neverOrphan(const manifest::ResourceKey& key)
{
    return (key.kind == "ServiceAccount" && key.name == "default")
        || (key.kind == "ConfigMap" && key.name == "kube-root-ca.crt")
        || (key.kind == "Service" && key.name == "kubernetes" && key.nameSpace == "default") || key.kind == "Event"
        || key.kind == "Lease" || key.kind == "EndpointSlice" || key.kind == "Endpoints";
}

std::size_t countOrphans(const Comparison& comparison, const CompareInput& input, const ClusterView& cluster)
{
    std::set<manifest::ResourceKey> managed;
    for (const auto& state : comparison.resources)
        managed.insert(state.key);
    const auto settings = input.settings ? *input.settings : parseSettings(nullptr);
    std::size_t count = 0;
    for (const auto& object : cluster.roots(input.app->destinationNamespace)) {
        const auto key = manifest::keyOf(*object);
        if (managed.contains(key) || neverOrphan(key)
            || !input.project->permitsKind(key.groupKind(), key.name, Scope::Namespaced))
            continue;
        const auto& ignore = input.project->orphans->ignore;
        if (std::any_of(ignore.begin(), ignore.end(), [&](const ResourcePattern& pattern) {
                return globMatches(pattern.group, key.group)
                    && (pattern.kind.empty() || globMatches(pattern.kind, key.kind))
                    && (pattern.name.empty() || globMatches(pattern.name, key.name));
            }))
            continue;
        if (!settings.includes(key.groupKind(), comparison.cluster.server))
            continue;
        const auto id = settings.tracking.read(*object);
        if (id && cluster.applicationExists(id->instance))
            continue;
        ++count;
    }
    return count;
}

} // namespace

std::vector<TreeNode> buildTree(const Comparison& comparison, const Project* project,
                                const health::Customizations* customizations, const ClusterView& cluster)
{
    return TreeBuilder(comparison, project, customizations, cluster).build();
}

void completeViews(Comparison& comparison, const CompareInput& input, const ClusterView& cluster)
{
    comparison.tree = buildTree(comparison, input.project, input.customizations, cluster);
    std::set<std::string> images;
    std::set<std::string> urls;
    for (const auto& node : comparison.tree) {
        if (node.live)
            urls.merge([&] {
                const auto list = externalUrls(*node.live);
                return std::set<std::string>(list.begin(), list.end());
            }());
        if (node.key.kind != "Pod" || !node.key.group.empty() || !node.live)
            continue;
        for (const auto* list : {"initContainers", "containers"}) {
            for (const auto& container : manifest::array(*node.live, {"spec", list}))
                images.emplace(manifest::text(container, {"image"}));
        }
    }
    comparison.images.assign(images.begin(), images.end());
    comparison.externalUrls.assign(urls.begin(), urls.end());
    comparison.health = applicationHealth(comparison, *input.app);
    if (input.project && input.project->orphans && cluster.roots) {
        comparison.orphans = countOrphans(comparison, input, cluster);
        std::erase_if(comparison.conditions,
                      [](const Condition& condition) { return condition.type == "OrphanedResourceWarning"; });
        if (input.project->orphans->warn && comparison.orphans > 0)
            comparison.conditions.push_back(
                {"OrphanedResourceWarning", fmt::format("Application has {} orphaned resources", comparison.orphans)});
    }
}

} // namespace core::gitops
