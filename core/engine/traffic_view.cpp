// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/views.h"

#include <algorithm>
#include <map>
#include <unordered_map>

namespace core::engine {

using manifest::array;
using manifest::find;
using manifest::text;
using manifest::Value;

namespace {

/// Finds the edges of traffic between the objects of one application: Service to pods by its selector, Ingress,
/// HTTPRoute and VirtualService to Services, with the weights that the routes give.
class Linker
{
public:
    Linker(std::vector<ResourceNode>& nodes, const std::vector<gitops::TreeNode>& tree)
        : m_nodes(nodes)
        , m_tree(tree)
    {
        for (std::size_t i = 0; i < tree.size(); ++i) {
            if (!tree[i].live)
                continue;
            if (isCore(i, "Service"))
                m_services[{tree[i].key.nameSpace, tree[i].key.name}] = i;
            else if (isCore(i, "Pod"))
                indexPod(i);
        }
    }

    void link()
    {
        for (std::size_t i = 0; i < m_tree.size(); ++i) {
            if (!m_tree[i].live)
                continue;
            const auto& key = m_tree[i].key;
            if (isCore(i, "Service"))
                service(i);
            else if (key.kind == "Ingress" && key.group == "networking.k8s.io")
                ingress(i);
            else if (key.kind.ends_with("Route") && key.group == "gateway.networking.k8s.io")
                gatewayRoute(i);
            else if (key.kind == "VirtualService" && key.group == "networking.istio.io")
                virtualService(i);
        }
    }

private:
    using Label = std::pair<std::string, std::string>;

    [[nodiscard]] bool isCore(std::size_t node, std::string_view kind) const
    {
        return m_tree[node].key.kind == kind && m_tree[node].key.group.empty();
    }

    void indexPod(std::size_t pod)
    {
        for (const auto& [name, value] : manifest::object(*m_tree[pod].live, {"metadata", "labels"}))
            if (value.is_string())
                m_podsByLabel[{std::string(name), std::string(value.get_string())}].push_back(pod);
    }

    void service(std::size_t node)
    {
        const auto& selector = manifest::object(*m_tree[node].live, {"spec", "selector"});
        if (selector.empty())
            return;
        // The rarest label of the selector leaves the fewest pods to look at.
        const std::vector<std::size_t>* candidates = nullptr;
        for (const auto& [name, value] : selector) {
            const auto found = value.is_string()
                ? m_podsByLabel.find({std::string(name), std::string(value.get_string())})
                : m_podsByLabel.end();
            if (found == m_podsByLabel.end())
                return;
            if (candidates == nullptr || found->second.size() < candidates->size())
                candidates = &found->second;
        }
        for (const auto pod : *candidates) {
            if (m_tree[pod].key.nameSpace != m_tree[node].key.nameSpace)
                continue;
            const bool all = std::all_of(selector.begin(), selector.end(), [&](const auto& wanted) {
                return manifest::label(*m_tree[pod].live, wanted.key())
                    == std::string_view(wanted.value().get_string());
            });
            if (all)
                m_nodes[node].routesTo.push_back({m_tree[pod].key, {}});
        }
    }

    /// `name` may be a short name, "name.namespace" or "name.namespace.svc.cluster.local".
    void toService(std::size_t node, std::string_view name, std::string_view nameSpace, std::optional<int> weight)
    {
        const auto dot = name.find('.');
        std::string space(nameSpace.empty() ? std::string_view(m_tree[node].key.nameSpace) : nameSpace);
        if (dot != std::string_view::npos) {
            const auto rest = name.substr(dot + 1);
            space = rest.substr(0, rest.find('.'));
            name = name.substr(0, dot);
        }
        const auto found = m_services.find({space, std::string(name)});
        if (found == m_services.end())
            return;
        auto& targets = m_nodes[node].routesTo;
        const TrafficTarget target {m_tree[found->second].key, weight};
        const auto known = std::find_if(targets.begin(), targets.end(),
                                        [&](const TrafficTarget& other) { return other.key == target.key; });
        if (known == targets.end())
            targets.push_back(target);
        else if (weight && !known->weight)
            known->weight = weight;
    }

    void ingress(std::size_t node)
    {
        const auto& spec = *m_tree[node].live;
        toService(node, text(spec, {"spec", "defaultBackend", "service", "name"}), {}, {});
        for (const auto& rule : array(spec, {"spec", "rules"}))
            for (const auto& path : array(rule, {"http", "paths"}))
                toService(node, text(path, {"backend", "service", "name"}), {}, {});
    }

    static std::optional<int> share(const Value& part, std::int64_t whole, std::int64_t otherwise)
    {
        const auto weight = manifest::integer(part, {"weight"}).value_or(otherwise);
        return whole > 0 ? std::optional<int>(static_cast<int>((weight * 100 + whole / 2) / whole)) : std::nullopt;
    }

    void gatewayRoute(std::size_t node)
    {
        for (const auto& rule : array(*m_tree[node].live, {"spec", "rules"})) {
            std::int64_t whole = 0;
            const auto& backends = array(rule, {"backendRefs"});
            for (const auto& backend : backends)
                whole += manifest::integer(backend, {"weight"}).value_or(1);
            for (const auto& backend : backends)
                toService(node, text(backend, {"name"}), text(backend, {"namespace"}),
                          backends.size() > 1 ? share(backend, whole, 1) : std::nullopt);
        }
    }

    void virtualService(std::size_t node)
    {
        for (const char* protocol : {"http", "tls", "tcp"})
            for (const auto& route : array(*m_tree[node].live, {"spec", protocol})) {
                const auto& targets = array(route, {"route"});
                for (const auto& target : targets)
                    toService(node, text(target, {"destination", "host"}), {},
                              targets.size() > 1 ? share(target, 100, 0) : std::nullopt);
            }
    }

    std::vector<ResourceNode>& m_nodes;
    const std::vector<gitops::TreeNode>& m_tree;
    std::map<std::pair<std::string, std::string>, std::size_t> m_services;
    std::map<Label, std::vector<std::size_t>> m_podsByLabel;
};

} // namespace

void linkTraffic(std::vector<ResourceNode>& nodes, const std::vector<gitops::TreeNode>& tree)
{
    if (nodes.size() == tree.size())
        Linker(nodes, tree).link();
}

} // namespace core::engine
