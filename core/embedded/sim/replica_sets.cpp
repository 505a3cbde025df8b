// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/sim/world.h"

#include <boost/json.hpp>

namespace core::embedded::sim {

using manifest::integer;
using manifest::text;

namespace {

/// The first to go: not scheduled, not ready, younger.
bool dispensable(const ObjectPtr& a, const ObjectPtr& b)
{
    const auto rank = [](const Value& pod) {
        if (text(pod, {"spec", "nodeName"}).empty())
            return 0;
        return isReady(pod) ? 2 : 1;
    };
    const auto created = [](const Value& pod) { return text(pod, {"metadata", "creationTimestamp"}); };
    return std::tuple(rank(*a), created(*b), manifest::name(*b))
        < std::tuple(rank(*b), created(*a), manifest::name(*a));
}

std::int64_t endingPods(World& world, const Value& set)
{
    const auto all = world.cache().children(manifest::uid(set));
    return std::count_if(all.begin(), all.end(), [&](const ObjectPtr& pod) {
        return manifest::kind(*pod) == "Pod" && !text(*pod, {"metadata", "deletionTimestamp"}).empty();
    });
}

} // namespace

std::vector<ObjectPtr> scalePods(World& world, const Value& owner, const Value& podTemplate, std::int64_t want,
                                 std::string& failure)
{
    auto pods = world.children(owner, "Pod");
    std::erase_if(pods, [](const ObjectPtr& pod) {
        const auto phase = text(*pod, {"status", "phase"});
        return phase == "Failed" || phase == "Succeeded";
    });
    const auto component = "replicaset-controller";
    while (static_cast<std::int64_t>(pods.size()) < want) {
        Value pod = podTemplate;
        if (!pod.is_object())
            return pods;
        auto& object = pod.as_object();
        object["apiVersion"] = "v1";
        object["kind"] = "Pod";
        auto& metadata = manifest::ensure(pod, {"metadata"});
        if (!metadata.is_object())
            metadata = Object {};
        metadata.as_object()["generateName"] = std::string(manifest::name(owner)) + "-";
        metadata.as_object()["namespace"] = manifest::nameSpace(owner);
        metadata.as_object()["ownerReferences"] = Array {Value(ownerReference(owner))};
        auto created = world.create(pod);
        if (!created) {
            failure = created.error().message;
            world.event(owner, "Warning", "FailedCreate", "Error creating: " + failure, component);
            world.wakeAt(world.now + std::chrono::seconds(5));
            break;
        }
        world.event(owner, "Normal", "SuccessfulCreate", fmt::format("Created pod: {}", manifest::name(*created)),
                    component);
        pods.push_back(std::make_shared<const Value>(std::move(*created)));
    }
    if (static_cast<std::int64_t>(pods.size()) > want) {
        std::sort(pods.begin(), pods.end(), dispensable);
        const auto surplus =
            static_cast<std::ptrdiff_t>(pods.size()) - static_cast<std::ptrdiff_t>(std::max<std::int64_t>(want, 0));
        for (auto it = pods.begin(); it != pods.begin() + surplus; ++it) {
            world.event(owner, "Normal", "SuccessfulDelete", fmt::format("Deleted pod: {}", manifest::name(**it)),
                        component);
            world.remove(**it);
        }
        pods.erase(pods.begin(), pods.begin() + surplus);
    }
    return pods;
}

void runReplicaSets(World& world)
{
    for (const auto& set : world.list("apps", "ReplicaSet")) {
        if (!world.alive(*set))
            continue;
        const auto want = integer(*set, {"spec", "replicas"}).value_or(1);
        const auto* podTemplate = manifest::find(*set, {"spec", "template"});
        if (podTemplate == nullptr)
            continue;
        std::string failure;
        const auto pods = scalePods(world, *set, *podTemplate, want, failure);
        const auto minReady = std::chrono::seconds(integer(*set, {"spec", "minReadySeconds"}).value_or(0));
        std::int64_t ready = 0;
        std::int64_t available = 0;
        for (const auto& pod : pods) {
            const auto* condition = sim::condition(*pod, "Ready");
            if (condition == nullptr || text(*condition, {"status"}) != "True")
                continue;
            ++ready;
            const auto since = timeOf(*condition, {"lastTransitionTime"}, world.now) + minReady;
            if (minReady.count() == 0 || since <= world.now)
                ++available;
            else
                world.wakeAt(since);
        }
        const auto count = static_cast<std::int64_t>(pods.size());
        Object status {{"replicas", count},
                       {"observedGeneration", integer(*set, {"metadata", "generation"}).value_or(1)},
                       {"terminatingReplicas", endingPods(world, *set)}};
        if (count > 0)
            status["fullyLabeledReplicas"] = count;
        if (ready > 0)
            status["readyReplicas"] = ready;
        if (available > 0)
            status["availableReplicas"] = available;
        if (!failure.empty()) {
            auto conditions = conditionsOf(*set);
            setCondition(conditions, world.now, "ReplicaFailure", "True", "FailedCreate", failure);
            status["conditions"] = std::move(conditions);
        }
        world.writeStatus(*set, status);
    }
}

} // namespace core::embedded::sim
