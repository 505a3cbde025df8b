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

bool tolerates(const Value& pod, const Value& taint)
{
    for (const auto& toleration : manifest::array(pod, {"spec", "tolerations"})) {
        const auto key = text(toleration, {"key"});
        const bool exists = text(toleration, {"operator"}) == "Exists";
        const auto effect = text(toleration, {"effect"});
        if (!effect.empty() && effect != text(taint, {"effect"}))
            continue;
        if ((key.empty() && exists)
            || (key == text(taint, {"key"}) && (exists || text(toleration, {"value"}) == text(taint, {"value"}))))
            return true;
    }
    return false;
}

/// Why a pod cannot go to a node, or "".
std::string refusal(const Value& pod, const Node& node, const Amounts& wants)
{
    if (manifest::flag(*node.object, {"spec", "unschedulable"}))
        return "node(s) were unschedulable";
    for (const auto& taint : manifest::array(*node.object, {"spec", "taints"})) {
        if (text(taint, {"effect"}) != "PreferNoSchedule" && !tolerates(pod, taint))
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

void unschedulable(World& world, const Value& pod, std::size_t nodes, const std::map<std::string, int>& reasons)
{
    std::string message = fmt::format("0/{} nodes are available", nodes);
    const char* separator = ": ";
    for (const auto& [reason, count] : reasons) {
        message += count > 0 ? fmt::format("{}{} {}", separator, count, reason) : separator + reason;
        separator = ", ";
    }
    message += ".";
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
        const auto* ready = condition(*node, "Ready");
        if (ready == nullptr || text(*ready, {"status"}) != "True")
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

void ensureNodes(World& world)
{
    for (int i = 1; i <= world.options().nodes; ++i) {
        const auto name = fmt::format("sim-{}", i);
        if (world.get("", "Node", {}, name))
            continue;
        const auto created = world.create(Object {{"apiVersion", "v1"},
                                                  {"kind", "Node"},
                                                  {"metadata",
                                                   Object {{"name", name},
                                                           {"labels",
                                                            Object {{"kubernetes.io/hostname", name},
                                                                    {"kubernetes.io/os", "linux"},
                                                                    {"kubernetes.io/arch", "amd64"},
                                                                    {"nvidia.com/gpu.present", "true"}}}}},
                                                  {"spec", Object {{"podCIDR", fmt::format("10.244.{}.0/24", i)}}}});
        if (!created)
            continue;
        const Object capacity {{"cpu", "32"},
                               {"memory", "256Gi"},
                               {"pods", "110"},
                               {"ephemeral-storage", "400Gi"},
                               {"nvidia.com/gpu", std::to_string(world.options().gpusPerNode)}};
        Array conditions;
        setCondition(conditions, world.now, "MemoryPressure", "False", "KubeletHasSufficientMemory",
                     "kubelet has sufficient memory available");
        setCondition(conditions, world.now, "DiskPressure", "False", "KubeletHasNoDiskPressure",
                     "kubelet has no disk pressure");
        setCondition(conditions, world.now, "PIDPressure", "False", "KubeletHasSufficientPID",
                     "kubelet has sufficient PID available");
        setCondition(conditions, world.now, "Ready", "True", "KubeletReady", "kubelet is posting ready status");
        world.writeStatus(
            *created,
            Object {{"capacity", capacity},
                    {"allocatable", capacity},
                    {"conditions", std::move(conditions)},
                    {"addresses",
                     Array {Value(Object {{"type", "InternalIP"}, {"address", fmt::format("10.0.0.{}", i)}}),
                            Value(Object {{"type", "Hostname"}, {"address", name}})}},
                    {"nodeInfo",
                     Object {{"architecture", "amd64"},
                             {"bootID", ""},
                             {"containerRuntimeVersion", "containerd://2.0.0"},
                             {"kernelVersion", "6.1.0"},
                             {"kubeProxyVersion", ""},
                             {"kubeletVersion", "v1.33.0+embedded"},
                             {"machineID", name},
                             {"operatingSystem", "linux"},
                             {"osImage", "simulated"},
                             {"systemUUID", name}}}});
    }
}

} // namespace core::embedded::sim
