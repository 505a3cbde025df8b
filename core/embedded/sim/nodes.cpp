// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/sim/world.h"

#include <boost/json.hpp>

namespace core::embedded::sim {

using manifest::text;

namespace {

constexpr std::string_view kUnreachable = "node.kubernetes.io/unreachable";
constexpr std::string_view kCordoned = "node.kubernetes.io/unschedulable";
constexpr std::string_view kGpu = "nvidia.com/gpu";
constexpr std::chrono::seconds kGracePeriod {50}; ///< kube-controller-manager's --node-monitor-grace-period

struct Usual
{
    const char* type;
    const char* status;
    const char* reason;
    const char* message;
};
/// What a healthy kubelet reports.
constexpr std::array kConditions {
    Usual {"MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"},
    Usual {"DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"},
    Usual {"PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"},
    Usual {"Ready", "True", "KubeletReady", "kubelet is posting ready status"},
};

Array usualConditions(World& world, Array conditions)
{
    for (const auto& usual : kConditions)
        setCondition(conditions, world.now, usual.type, usual.status, usual.reason, usual.message);
    return conditions;
}

bool isLost(const Value& node)
{
    const auto* ready = condition(node, "Ready");
    return ready != nullptr && text(*ready, {"status"}) == "Unknown";
}

std::vector<ObjectPtr> podsOn(World& world, const Value& node)
{
    auto pods = world.list("", "Pod");
    std::erase_if(pods, [&](const ObjectPtr& pod) { return text(*pod, {"spec", "nodeName"}) != manifest::name(node); });
    return pods;
}

/// The node's taints without those of a lost one.
Array ownTaints(const Value& node)
{
    Array taints;
    for (const auto& taint : manifest::array(node, {"spec", "taints"})) {
        if (text(taint, {"key"}) != kUnreachable)
            taints.push_back(taint);
    }
    return taints;
}

void lose(World& world, const Value& node)
{
    auto conditions = conditionsOf(node);
    for (const auto& usual : kConditions)
        setCondition(conditions, world.now, usual.type, "Unknown", "NodeStatusUnknown",
                     "Kubelet stopped posting node status.");
    world.writeStatus(node, [&] {
        Value status = *manifest::find(node, {"status"});
        status.as_object()["conditions"] = std::move(conditions);
        return status;
    }());
    auto taints = ownTaints(node);
    for (const auto* effect : {"NoSchedule", "NoExecute"})
        taints.push_back(Object {{"key", kUnreachable}, {"effect", effect}, {"timeAdded", formatRfc3339(world.now)}});
    world.patch(node, Object {{"spec", Object {{"taints", std::move(taints)}}}});
    world.event(node, "Normal", "NodeNotReady",
                fmt::format("Node {} status is now: NodeNotReady", manifest::name(node)), "node-controller");
    for (const auto& pod : podsOn(world, node)) {
        auto podConditions = conditionsOf(*pod);
        const auto* ready = condition(*pod, "Ready");
        if (ready == nullptr || text(*ready, {"status"}) != "True")
            continue;
        setCondition(podConditions, world.now, "Ready", "False", {}, {});
        world.patch(*pod, Object {{"status", Object {{"conditions", std::move(podConditions)}}}}, "status");
        world.event(*pod, "Warning", "NodeNotReady", "Node is not ready", "node-controller");
    }
}

void findAgain(World& world, const Value& node)
{
    Value status = *manifest::find(node, {"status"});
    status.as_object()["conditions"] = usualConditions(world, conditionsOf(node));
    world.writeStatus(node, status);
    auto taints = ownTaints(node);
    world.patch(node, Object {{"spec", Object {{"taints", taints.empty() ? Value(nullptr) : Value(taints)}}}});
    world.event(node, "Normal", "NodeReady", fmt::format("Node {} status is now: NodeReady", manifest::name(node)),
                "kubelet");
}

/// What the device plugin offers.
void offerGpus(World& world, const Value& node, const Scenario::NodeStage* stage)
{
    const auto* capacity = manifest::find(node, {"status", "capacity", kGpu});
    if (capacity == nullptr || isLost(node))
        return;
    const bool fewer = stage != nullptr && stage->gpus && *stage->gpus < quantity(capacity);
    const auto offered = fewer ? Value(boost::json::string(std::to_string(*stage->gpus))) : *capacity;
    world.patch(node, Object {{"status", Object {{"allocatable", Object {{kGpu, offered}}}}}}, "status");
}

/// The taint of a node that is cordoned, as the node lifecycle controller keeps it.
void markCordoned(World& world, const Value& node)
{
    Array others;
    bool marked = false;
    for (const auto& taint : manifest::array(node, {"spec", "taints"})) {
        if (text(taint, {"key"}) == kCordoned)
            marked = true;
        else
            others.push_back(taint);
    }
    const bool cordoned = manifest::flag(node, {"spec", "unschedulable"});
    if (cordoned == marked)
        return;
    if (cordoned)
        others.push_back(
            Object {{"key", kCordoned}, {"effect", "NoSchedule"}, {"timeAdded", formatRfc3339(world.now)}});
    world.patch(node, Object {{"spec", Object {{"taints", others.empty() ? Value(nullptr) : Value(others)}}}});
}

/// When a pod has to leave a node with this taint; none: never.
std::optional<TimePoint> leaves(World& world, const Value& pod, const Value& taint)
{
    const auto thing = fmt::format("{} {} {}", manifest::uid(pod), text(taint, {"key"}), text(taint, {"timeAdded"}));
    const auto added = timeOf(taint, {"timeAdded"}, world.since(thing));
    auto least = TimePoint::max();
    bool tolerated = false;
    for (const auto& toleration : manifest::array(pod, {"spec", "tolerations"})) {
        if (!tolerates(toleration, taint))
            continue;
        tolerated = true;
        if (const auto seconds = manifest::integer(toleration, {"tolerationSeconds"}))
            least = std::min(least, added + std::chrono::seconds(std::clamp<std::int64_t>(*seconds, 0, 100'000'000)));
    }
    if (!tolerated)
        return added;
    return least == TimePoint::max() ? std::nullopt : std::optional(least);
}

void evict(World& world, const Value& pod)
{
    auto conditions = conditionsOf(pod);
    setCondition(conditions, world.now, "DisruptionTarget", "True", "DeletionByTaintManager",
                 "Taint manager: deleting due to NoExecute taint");
    world.patch(pod, Object {{"status", Object {{"conditions", std::move(conditions)}}}}, "status");
    world.event(pod, "Normal", "TaintManagerEviction",
                fmt::format("Marking for deletion Pod {}/{}", manifest::nameSpace(pod), manifest::name(pod)),
                "taint-eviction-controller");
    world.remove(pod);
}

void heedTaints(World& world, const Value& node)
{
    std::vector<const Value*> taints;
    for (const auto& taint : manifest::array(node, {"spec", "taints"})) {
        if (text(taint, {"effect"}) == "NoExecute")
            taints.push_back(&taint);
    }
    if (taints.empty())
        return;
    for (const auto& pod : podsOn(world, node)) {
        if (!world.alive(*pod))
            continue;
        auto first = TimePoint::max();
        for (const auto* taint : taints)
            first = std::min(first, leaves(world, *pod, *taint).value_or(TimePoint::max()));
        if (first <= world.now)
            evict(world, *pod);
        else
            world.wakeAt(first);
    }
}

} // namespace

bool tolerates(const Value& toleration, const Value& taint)
{
    const auto key = text(toleration, {"key"});
    const bool exists = text(toleration, {"operator"}) == "Exists";
    const auto effect = text(toleration, {"effect"});
    if (!effect.empty() && effect != text(taint, {"effect"}))
        return false;
    return (key.empty() && exists)
        || (key == text(taint, {"key"}) && (exists || text(toleration, {"value"}) == text(taint, {"value"})));
}

void runNodes(World& world)
{
    for (const auto& node : world.list("", "Node")) {
        const auto* stage = world.scenario ? world.scenario->stageOf(manifest::name(*node), world.now) : nullptr;
        if (stage != nullptr && stage->lost) {
            const auto noticed = world.scenario->at(stage->from) + kGracePeriod;
            if (world.now < noticed)
                world.wakeAt(noticed);
            else if (!isLost(*node))
                lose(world, *node);
        } else if (isLost(*node)) {
            findAgain(world, *node);
        }
        offerGpus(world, *node, stage);
        if (const auto now = world.get("", "Node", {}, manifest::name(*node)))
            markCordoned(world, *now);
        if (const auto now = world.get("", "Node", {}, manifest::name(*node)))
            heedTaints(world, *now);
    }
}

void ensureNodes(World& world)
{
    // A fork has the nodes of its original.
    const auto nodes = world.list("", "Node");
    if (std::any_of(nodes.begin(), nodes.end(),
                    [](const ObjectPtr& node) { return !manifest::name(*node).starts_with("sim-"); }))
        return;
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
                                                                    {"nvidia.com/gpu.product", "Simulated-GPU-80GB"},
                                                                    {"nvidia.com/gpu.present", "true"}}}}},
                                                  {"spec", Object {{"podCIDR", fmt::format("10.244.{}.0/24", i)}}}});
        if (!created)
            continue;
        const Object capacity {{"cpu", "32"},
                               {"memory", "256Gi"},
                               {"pods", "110"},
                               {"ephemeral-storage", "400Gi"},
                               {"nvidia.com/gpu", std::to_string(world.options().gpusPerNode)}};
        world.writeStatus(
            *created,
            Object {{"capacity", capacity},
                    {"allocatable", capacity},
                    {"conditions", usualConditions(world, {})},
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
