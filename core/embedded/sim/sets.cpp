// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/sim/world.h"

#include <boost/json.hpp>

#include <charconv>

namespace core::embedded::sim {

using manifest::integer;
using manifest::text;

namespace {

constexpr std::string_view kRevisionHash = "controller-revision-hash";

Value podOf(const Value& owner, const std::string& name, const std::string& revision)
{
    Value pod = *manifest::find(owner, {"spec", "template"});
    auto& object = pod.as_object();
    object["apiVersion"] = "v1";
    object["kind"] = "Pod";
    manifest::ensure(pod, {"metadata", "labels", kRevisionHash}) = boost::json::string(revision);
    manifest::ensure(pod, {"metadata", "name"}) = boost::json::string(name);
    manifest::ensure(pod, {"metadata", "namespace"}) = boost::json::string(manifest::nameSpace(owner));
    manifest::ensure(pod, {"metadata", "ownerReferences"}) = Array {Value(ownerReference(owner))};
    return pod;
}

bool hasTemplate(const Value& owner)
{
    const auto* podTemplate = manifest::find(owner, {"spec", "template"});
    return podTemplate != nullptr && podTemplate->is_object();
}

void createPod(World& world, const Value& owner, const Value& pod, std::string_view component)
{
    const auto created = world.create(pod);
    if (created) {
        world.event(owner, "Normal", "SuccessfulCreate", fmt::format("Created pod: {}", manifest::name(*created)),
                    component);
    } else if (created.error().code != Error::Code::AlreadyExists) {
        world.event(owner, "Warning", "FailedCreate", created.error().message, component);
        world.wakeAt(world.now + std::chrono::seconds(5));
    }
}

void claimsOf(World& world, const Value& set, Value& pod, const std::string& name)
{
    for (const auto& claim : manifest::array(set, {"spec", "volumeClaimTemplates"})) {
        const std::string templateName(manifest::name(claim));
        const auto claimName = templateName + "-" + name;
        if (!world.get("", "PersistentVolumeClaim", manifest::nameSpace(set), claimName)) {
            Value object = claim;
            object.as_object()["apiVersion"] = "v1";
            object.as_object()["kind"] = "PersistentVolumeClaim";
            manifest::ensure(object, {"metadata", "name"}) = boost::json::string(claimName);
            manifest::ensure(object, {"metadata", "namespace"}) = boost::json::string(manifest::nameSpace(set));
            (void)world.create(object);
        }
        auto& volumes = manifest::ensure(pod, {"spec", "volumes"});
        if (!volumes.is_array())
            volumes = Array {};
        volumes.as_array().push_back(
            Object {{"name", templateName}, {"persistentVolumeClaim", Object {{"claimName", claimName}}}});
    }
}

void runStateful(World& world, const Value& set)
{
    constexpr std::string_view component = "statefulset-controller";
    const auto replicas = integer(set, {"spec", "replicas"}).value_or(1);
    const auto hash = fmt::format("{}-{}", manifest::name(set), keepRevision(world, set));
    const bool parallel = text(set, {"spec", "podManagementPolicy"}) == "Parallel";
    const bool rolling = text(set, {"spec", "updateStrategy", "type"}) != "OnDelete";
    const auto partition = integer(set, {"spec", "updateStrategy", "rollingUpdate", "partition"}).value_or(0);
    std::map<std::int64_t, ObjectPtr> pods;
    std::int64_t ready = 0;
    std::int64_t updated = 0;
    bool ending = false;
    const auto prefix = std::string(manifest::name(set)) + "-";
    for (const auto& pod : world.cache().children(manifest::uid(set))) {
        const auto name = manifest::name(*pod);
        std::int64_t ordinal = -1;
        if (manifest::kind(*pod) != "Pod" || !name.starts_with(prefix))
            continue;
        const auto digits = name.substr(prefix.size());
        std::from_chars(digits.data(), digits.data() + digits.size(), ordinal);
        pods[ordinal] = pod;
        ending |= !world.alive(*pod);
        ready += isReady(*pod) && world.alive(*pod) ? 1 : 0;
        updated += manifest::label(*pod, kRevisionHash) == hash ? 1 : 0;
    }
    bool settled = !ending;
    for (std::int64_t i = 0; i < replicas && (settled || parallel); ++i) {
        const auto at = pods.find(i);
        if (at == pods.end()) {
            const auto name = fmt::format("{}{}", prefix, i);
            auto pod = podOf(set, name, hash);
            manifest::setLabel(pod, "statefulset.kubernetes.io/pod-name", name);
            manifest::setLabel(pod, "apps.kubernetes.io/pod-index", std::to_string(i));
            manifest::ensure(pod, {"spec", "hostname"}) = boost::json::string(name);
            claimsOf(world, set, pod, name);
            createPod(world, set, pod, component);
            settled = false;
        } else if (!isReady(*at->second)) {
            settled = false;
        }
    }
    if (settled || parallel) {
        for (auto at = pods.rbegin(); at != pods.rend(); ++at) {
            if (at->first >= replicas && world.alive(*at->second)) {
                world.remove(*at->second);
                settled = false;
                if (!parallel)
                    break;
            }
        }
    }
    if (settled && rolling) {
        for (auto at = pods.rbegin(); at != pods.rend(); ++at) {
            if (at->first >= partition && manifest::label(*at->second, kRevisionHash) != hash) {
                world.remove(*at->second);
                break;
            }
        }
    }
    const auto count = static_cast<std::int64_t>(pods.size());
    const auto previous = text(set, {"status", "currentRevision"});
    const bool complete = updated == count && count == replicas && ready == replicas;
    const std::string current = complete || previous.empty() ? hash : std::string(previous);
    world.writeStatus(set,
                      Object {{"observedGeneration", integer(set, {"metadata", "generation"}).value_or(1)},
                              {"replicas", count},
                              {"readyReplicas", ready},
                              {"availableReplicas", ready},
                              {"currentReplicas", current == hash ? count : count - updated},
                              {"updatedReplicas", updated},
                              {"currentRevision", current},
                              {"updateRevision", hash},
                              {"collisionCount", 0}});
}

/// A daemon stays on its node whatever befalls that.
void tolerateNodeTroubles(Value& pod)
{
    auto& tolerations = manifest::ensure(pod, {"spec", "tolerations"});
    if (!tolerations.is_array())
        tolerations = Array();
    for (const auto& [trouble, effect] : {std::pair {"not-ready", "NoExecute"},
                                          {"unreachable", "NoExecute"},
                                          {"disk-pressure", "NoSchedule"},
                                          {"memory-pressure", "NoSchedule"},
                                          {"pid-pressure", "NoSchedule"},
                                          {"unschedulable", "NoSchedule"}})
        tolerations.get_array().push_back(Object {
            {"key", fmt::format("node.kubernetes.io/{}", trouble)}, {"operator", "Exists"}, {"effect", effect}});
}

void runDaemon(World& world, const Value& set)
{
    const auto hash = keepRevision(world, set);
    std::map<std::string, ObjectPtr, std::less<>> byNode;
    for (const auto& pod : world.cache().children(manifest::uid(set))) {
        if (manifest::kind(*pod) == "Pod")
            byNode[std::string(text(*pod, {"spec", "nodeName"}))] = pod;
    }
    std::int64_t wanted = 0;
    std::int64_t current = 0;
    std::int64_t ready = 0;
    std::int64_t updated = 0;
    bool replacing = false;
    for (const auto& node : world.list("", "Node")) {
        const auto* selector = manifest::find(set, {"spec", "template", "spec", "nodeSelector"});
        if (selector != nullptr && selector->is_object() && !selectsMap(selector->get_object(), *node))
            continue;
        ++wanted;
        const auto at = byNode.find(manifest::name(*node));
        if (at == byNode.end()) {
            auto pod =
                podOf(set,
                      fmt::format(
                          "{}-{}", manifest::name(set),
                          shortHash(Value(fmt::format("{}{}{}", manifest::uid(set), manifest::name(*node), hash)), 5)),
                      hash);
            manifest::ensure(pod, {"spec", "nodeName"}) = boost::json::string(manifest::name(*node));
            tolerateNodeTroubles(pod);
            createPod(world, set, pod, "daemonset-controller");
            continue;
        }
        ++current;
        const bool fresh = manifest::label(*at->second, kRevisionHash) == hash;
        updated += fresh ? 1 : 0;
        ready += isReady(*at->second) ? 1 : 0;
        replacing |= !world.alive(*at->second) || !isReady(*at->second);
    }
    if (!replacing && updated < current && text(set, {"spec", "updateStrategy", "type"}) != "OnDelete") {
        for (const auto& [node, pod] : byNode) {
            if (manifest::label(*pod, kRevisionHash) != hash) {
                world.remove(*pod);
                break;
            }
        }
    }
    Object status {{"observedGeneration", integer(set, {"metadata", "generation"}).value_or(1)},
                   {"desiredNumberScheduled", wanted},
                   {"currentNumberScheduled", current},
                   {"numberMisscheduled", 0},
                   {"numberReady", ready}};
    const auto add = [&](std::string_view name, std::int64_t value) {
        if (value > 0)
            status[name] = value;
    };
    add("numberAvailable", ready);
    add("numberUnavailable", wanted - ready);
    add("updatedNumberScheduled", updated);
    world.writeStatus(set, status);
}

} // namespace

void runStatefulSets(World& world)
{
    for (const auto& set : world.list("apps", "StatefulSet")) {
        if (world.alive(*set) && hasTemplate(*set))
            runStateful(world, *set);
    }
}

void runDaemonSets(World& world)
{
    for (const auto& set : world.list("apps", "DaemonSet")) {
        if (world.alive(*set) && hasTemplate(*set))
            runDaemon(world, *set);
    }
}

} // namespace core::embedded::sim
