// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/sim/world.h"

#include <boost/json.hpp>

namespace core::embedded::sim {

using manifest::text;

namespace {

using Amounts = std::map<std::string, double>;

Amounts requestsOf(const Value& pod)
{
    Amounts sum {{"pods", 1}};
    for (const auto& container : manifest::array(pod, {"spec", "containers"})) {
        Amounts own;
        for (const auto* part : {"limits", "requests"}) {
            for (const auto& [name, amount] : manifest::object(container, {"resources", part})) {
                const bool extended = name.find('/') != boost::json::string_view::npos;
                if (extended || std::string_view(part) == "requests"
                    || !manifest::find(container, {"resources", "requests", name}))
                    own[std::string(name)] = quantity(&amount);
            }
        }
        for (const auto& [name, amount] : own)
            sum[name] += amount;
    }
    return sum;
}

struct Node
{
    ObjectPtr object;
    Amounts free;
    std::size_t pods = 0;
};

bool toleratedBy(const Value& pod, const Value& taint)
{
    const auto& tolerations = manifest::array(pod, {"spec", "tolerations"});
    return std::any_of(tolerations.begin(), tolerations.end(),
                       [&](const Value& toleration) { return tolerates(toleration, taint); });
}

/// Why a pod cannot go to a node, or "".
std::string refusal(const Value& pod, const Node& node, const Amounts& wants)
{
    if (manifest::flag(*node.object, {"spec", "unschedulable"}))
        return "node(s) were unschedulable";
    for (const auto& taint : manifest::array(*node.object, {"spec", "taints"})) {
        if (text(taint, {"effect"}) != "PreferNoSchedule" && !toleratedBy(pod, taint))
            return fmt::format("node(s) had untolerated taint {{{}: {}}}", text(taint, {"key"}),
                               text(taint, {"value"}));
    }
    if (const auto* selector = manifest::find(pod, {"spec", "nodeSelector"});
        selector != nullptr && selector->is_object() && !selectsMap(selector->get_object(), *node.object))
        return "node(s) didn't match Pod's node affinity/selector";
    for (const auto& [name, amount] : wants) {
        const auto have = node.free.find(name);
        if (amount > 0 && (have == node.free.end() || have->second + 1e-9 < amount))
            return name == "pods" ? "Too many pods" : "Insufficient " + name;
    }
    return {};
}

std::string unboundClaim(World& world, const Value& pod)
{
    for (const auto& volume : manifest::array(pod, {"spec", "volumes"})) {
        const auto claim = text(volume, {"persistentVolumeClaim", "claimName"});
        if (claim.empty())
            continue;
        const auto object = world.get("", "PersistentVolumeClaim", manifest::nameSpace(pod), claim);
        if (!object)
            return fmt::format("persistentvolumeclaim \"{}\" not found", claim);
        const auto storageClass =
            world.get("storage.k8s.io", "StorageClass", {}, text(*object, {"spec", "storageClassName"}));
        const bool waits = storageClass && text(*storageClass, {"volumeBindingMode"}) == "WaitForFirstConsumer";
        if (text(*object, {"status", "phase"}) != "Bound" && !waits)
            return "pod has unbound immediate PersistentVolumeClaims";
    }
    return {};
}

/// "3 Insufficient cpu, 1 Too many pods": as the scheduler sorts and joins them.
std::string joined(const std::map<std::string, int>& reasons)
{
    std::vector<std::string> texts;
    for (const auto& [reason, count] : reasons)
        texts.push_back(count > 0 ? fmt::format("{} {}", count, reason) : reason);
    std::sort(texts.begin(), texts.end());
    return fmt::format("{}", fmt::join(texts, ", "));
}

void unschedulable(World& world, const Value& pod, std::size_t nodes, const std::map<std::string, int>& reasons)
{
    std::string message = "no nodes available to schedule pods";
    if (nodes > 0) {
        // Only where a node lacks room could it help to throw out others.
        std::map<std::string, int> preemption;
        int hopeless = static_cast<int>(nodes);
        for (const auto& [reason, count] : reasons) {
            if (reason.starts_with("Insufficient ") || reason == "Too many pods") {
                preemption["No preemption victims found for incoming pod"] += count;
                hopeless -= count;
            }
        }
        if (hopeless > 0)
            preemption["Preemption is not helpful for scheduling"] = hopeless;
        message = fmt::format("0/{0} nodes are available: {1}. preemption: 0/{0} nodes are available: {2}.", nodes,
                              joined(reasons), joined(preemption));
    }
    world.event(pod, "Warning", "FailedScheduling", message, "default-scheduler");
    auto conditions = conditionsOf(pod);
    setCondition(conditions, world.now, "PodScheduled", "False", "Unschedulable", message);
    const auto* old = manifest::find(pod, {"status"});
    Value status = old != nullptr && old->is_object() ? *old : Value(Object {});
    status.as_object()["phase"] = "Pending";
    status.as_object()["conditions"] = std::move(conditions);
    world.writeStatus(pod, status);
}

} // namespace

void runScheduler(World& world)
{
    std::vector<ObjectPtr> waiting;
    std::map<std::string, Node, std::less<>> nodes;
    for (const auto& node : world.list("", "Node")) {
        // One that was never ready is not known to the scheduler; one that is lost has its taints.
        if (const auto* ready = condition(*node, "Ready"); ready == nullptr || text(*ready, {"status"}) == "False")
            continue;
        Node entry {node, {}, 0};
        for (const auto& [name, amount] : manifest::object(*node, {"status", "allocatable"}))
            entry.free[std::string(name)] = quantity(&amount);
        nodes.emplace(manifest::name(*node), std::move(entry));
    }
    for (const auto& pod : world.list("", "Pod")) {
        const auto node = text(*pod, {"spec", "nodeName"});
        const auto phase = text(*pod, {"status", "phase"});
        if (node.empty()) {
            if (world.alive(*pod))
                waiting.push_back(pod);
        } else if (const auto at = nodes.find(node); at != nodes.end() && phase != "Succeeded" && phase != "Failed") {
            for (const auto& [name, amount] : requestsOf(*pod))
                at->second.free[name] -= amount;
            ++at->second.pods;
        }
    }
    std::stable_sort(waiting.begin(), waiting.end(), [](const auto& a, const auto& b) {
        return text(*a, {"metadata", "creationTimestamp"}) < text(*b, {"metadata", "creationTimestamp"});
    });
    for (const auto& pod : waiting) {
        const auto wants = requestsOf(*pod);
        std::map<std::string, int> reasons;
        Node* best = nullptr;
        if (auto claim = unboundClaim(world, *pod); !claim.empty()) {
            reasons[claim] = 0;
        } else {
            for (auto& [name, node] : nodes) {
                const auto why = refusal(*pod, node, wants);
                if (!why.empty())
                    ++reasons[why];
                else if (best == nullptr || node.pods < best->pods)
                    best = &node;
            }
        }
        if (best == nullptr) {
            unschedulable(world, *pod, nodes.size(), reasons);
            world.wakeAt(world.now + std::chrono::seconds(10));
            continue;
        }
        for (const auto& [name, amount] : wants)
            best->free[name] -= amount;
        ++best->pods;
        const std::string node(manifest::name(*best->object));
        world.patch(*pod, Object {{"spec", Object {{"nodeName", node}}}});
        const auto bound = world.get("", "Pod", manifest::nameSpace(*pod), manifest::name(*pod));
        if (!bound)
            continue;
        world.event(
            *bound, "Normal", "Scheduled",
            fmt::format("Successfully assigned {}/{} to {}", manifest::nameSpace(*pod), manifest::name(*pod), node),
            "default-scheduler");
        auto conditions = conditionsOf(*bound);
        setCondition(conditions, world.now, "PodScheduled", "True", "", "");
        const auto* old = manifest::find(*bound, {"status"});
        Value status = old != nullptr && old->is_object() ? *old : Value(Object {});
        status.as_object()["phase"] = "Pending";
        status.as_object()["startTime"] = formatRfc3339(world.now);
        status.as_object()["conditions"] = std::move(conditions);
        world.writeStatus(*bound, status);
    }
}

} // namespace core::embedded::sim
