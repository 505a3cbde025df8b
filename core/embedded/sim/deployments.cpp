// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/sim/world.h"
#include "core/manifest/patch.h"

#include <boost/json.hpp>

#include <charconv>
#include <cmath>

namespace core::embedded::sim {

using manifest::integer;
using manifest::text;

namespace {

constexpr std::string_view kRevision = "deployment.kubernetes.io/revision";
constexpr std::string_view kHash = "pod-template-hash";

std::int64_t number(std::string_view digits)
{
    std::int64_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

std::int64_t share(const Value* setting, std::int64_t replicas, std::int64_t otherwise, bool up)
{
    if (setting == nullptr)
        return otherwise;
    if (setting->is_int64())
        return setting->get_int64();
    const auto* percent = setting->if_string();
    if (percent == nullptr)
        return otherwise;
    const double exact = static_cast<double>(number(std::string_view(*percent)) * replicas) / 100.0;
    return static_cast<std::int64_t>(up ? std::ceil(exact) : std::floor(exact));
}

std::int64_t desired(const Value& set)
{
    return integer(set, {"spec", "replicas"}).value_or(0);
}

std::int64_t counter(const Value& set, std::string_view name)
{
    return integer(set, {"status", name}).value_or(0);
}

/// What a ReplicaSet remembers of its Deployment's size.
Object sizeAnnotations(std::int64_t replicas, std::int64_t surge)
{
    return {{"deployment.kubernetes.io/desired-replicas", std::to_string(replicas)},
            {"deployment.kubernetes.io/max-replicas", std::to_string(replicas + surge)}};
}

void scale(World& world, const Value& deployment, const Value& set, std::int64_t to, std::int64_t surge)
{
    const auto from = desired(set);
    if (from == to)
        return;
    world.event(
        deployment, "Normal", "ScalingReplicaSet",
        fmt::format("Scaled {} replica set {} from {} to {}", to > from ? "up" : "down", manifest::name(set), from, to),
        "deployment-controller");
    const auto wanted = integer(deployment, {"spec", "replicas"}).value_or(1);
    world.patch(set,
                Object {{"metadata", Object {{"annotations", sizeAnnotations(wanted, surge)}}},
                        {"spec", Object {{"replicas", to}}}});
}

Result<Value> createSet(World& world, const Value& deployment, const std::string& hash, std::int64_t revision,
                        std::int64_t replicas, std::int64_t surge)
{
    Value podTemplate = *manifest::find(deployment, {"spec", "template"});
    manifest::ensure(podTemplate, {"metadata", "labels", kHash}) = boost::json::string(hash);
    Value selector = *manifest::find(deployment, {"spec", "selector"});
    manifest::ensure(selector, {"matchLabels", kHash}) = boost::json::string(hash);
    Object annotations;
    for (const auto& [key, value] : manifest::object(deployment, {"metadata", "annotations"})) {
        if (key != "kubectl.kubernetes.io/last-applied-configuration" && key != kRevision)
            annotations[key] = value;
    }
    annotations[kRevision] = std::to_string(revision);
    for (auto& [key, value] : sizeAnnotations(integer(deployment, {"spec", "replicas"}).value_or(1), surge))
        annotations[key] = std::move(value);
    Value set = Object {{"apiVersion", "apps/v1"},
                        {"kind", "ReplicaSet"},
                        {"metadata",
                         Object {{"name", fmt::format("{}-{}", manifest::name(deployment), hash)},
                                 {"namespace", manifest::nameSpace(deployment)},
                                 {"labels", manifest::object(podTemplate, {"metadata", "labels"})},
                                 {"annotations", annotations},
                                 {"ownerReferences", Array {Value(ownerReference(deployment))}}}},
                        {"spec", Object {{"replicas", replicas}, {"selector", selector}, {"template", podTemplate}}}};
    if (const auto seconds = integer(deployment, {"spec", "minReadySeconds"}))
        manifest::ensure(set, {"spec", "minReadySeconds"}) = *seconds;
    auto created = world.create(set);
    if (created && replicas > 0)
        world.event(deployment, "Normal", "ScalingReplicaSet",
                    fmt::format("Scaled up replica set {} from 0 to {}", manifest::name(*created), replicas),
                    "deployment-controller");
    return created;
}

/// A condition whose status or reason changes goes to the end, as the real controller has it.
void setMoving(Array& conditions, TimePoint now, std::string_view type, std::string_view status,
               std::string_view reason, std::string_view message)
{
    const auto at = std::find_if(conditions.begin(), conditions.end(),
                                 [&](const Value& entry) { return text(entry, {"type"}) == type; });
    const bool moves = at != conditions.end() && (text(*at, {"status"}) != status || text(*at, {"reason"}) != reason);
    const auto index = at - conditions.begin();
    setCondition(conditions, now, type, status, reason, message);
    if (moves)
        std::rotate(conditions.begin() + index, conditions.begin() + index + 1, conditions.end());
}

/// The hash of the set that has this template, whoever made it (a fork has the sets of its original), else a new one.
std::string hashOf(const std::vector<ObjectPtr>& sets, const Value& podTemplate)
{
    for (const auto& set : sets) {
        const auto* own = manifest::find(*set, {"spec", "template"});
        Value copy = own != nullptr ? *own : Value();
        manifest::erase(copy, {"metadata", "labels", kHash});
        if (manifest::equal(copy, podTemplate))
            return std::string(manifest::label(*set, kHash));
    }
    return shortHash(podTemplate);
}

void run(World& world, const Value& deployment)
{
    const auto* podTemplate = manifest::find(deployment, {"spec", "template"});
    if (podTemplate == nullptr || !podTemplate->is_object())
        return;
    const auto replicas = integer(deployment, {"spec", "replicas"}).value_or(1);
    const bool paused = manifest::flag(deployment, {"spec", "paused"});
    auto sets = world.children(deployment, "ReplicaSet");
    const auto hash = hashOf(sets, *podTemplate);
    ObjectPtr fresh;
    std::int64_t highest = 0;
    for (const auto& set : sets) {
        if (manifest::label(*set, kHash) == hash)
            fresh = set;
        else
            highest = std::max(highest, number(manifest::annotation(*set, kRevision)));
    }
    auto conditions = conditionsOf(deployment);
    const bool recreate = text(deployment, {"spec", "strategy", "type"}) == "Recreate";
    const auto surge = recreate
        ? 0
        : share(manifest::find(deployment, {"spec", "strategy", "rollingUpdate", "maxSurge"}), replicas, 1, true);
    auto unavailable = recreate
        ? replicas
        : share(manifest::find(deployment, {"spec", "strategy", "rollingUpdate", "maxUnavailable"}), replicas, 0,
                false);
    if (surge == 0 && unavailable == 0)
        unavailable = 1;
    if (!fresh && !paused) {
        std::int64_t others = 0;
        for (const auto& set : sets)
            others += std::max(desired(*set), recreate ? counter(*set, "replicas") : 0);
        const auto first =
            recreate ? (others > 0 ? 0 : replicas) : std::clamp<std::int64_t>(replicas + surge - others, 0, replicas);
        auto created = createSet(world, deployment, hash, highest + 1, first, surge);
        if (!created) {
            setMoving(conditions, world.now, "Progressing", "False", "ReplicaSetCreateError", created.error().message);
            world.wakeAt(world.now + std::chrono::seconds(10));
        } else {
            fresh = std::make_shared<const Value>(std::move(*created));
            sets.push_back(fresh);
            setMoving(conditions, world.now, "Progressing", "True", "NewReplicaSetCreated",
                      fmt::format("Created new replica set \"{}\"", manifest::name(*fresh)));
        }
    } else if (fresh && number(manifest::annotation(*fresh, kRevision)) <= highest && highest > 0) {
        world.patch(*fresh,
                    Object {{"metadata", Object {{"annotations", Object {{kRevision, std::to_string(highest + 1)}}}}}});
    }
    if (fresh) {
        const auto revision =
            std::max(number(manifest::annotation(*fresh, kRevision)), highest + (highest > 0 ? 1 : 0));
        if (manifest::annotation(deployment, kRevision) != std::to_string(revision))
            world.patch(deployment,
                        Object {{"metadata", Object {{"annotations", Object {{kRevision, std::to_string(revision)}}}}}},
                        "status"); // as the real controller: the generation stays
    }
    std::int64_t total = 0;
    std::int64_t pods = 0;
    std::int64_t ready = 0;
    std::int64_t available = 0;
    std::int64_t old = 0;
    std::int64_t ending = 0;
    for (const auto& set : sets) {
        total += desired(*set);
        pods += counter(*set, "replicas");
        ready += counter(*set, "readyReplicas");
        available += counter(*set, "availableReplicas");
        ending += counter(*set, "terminatingReplicas");
        if (set != fresh)
            old += std::max(desired(*set), counter(*set, "replicas"));
    }
    if (fresh && !paused) {
        const auto have = desired(*fresh);
        if (have > replicas)
            scale(world, deployment, *fresh, replicas, surge);
        else if (have < replicas && !(recreate && old > 0))
            scale(world, deployment, *fresh,
                  std::min(replicas, have + std::max<std::int64_t>(0, replicas + surge - total)), surge);
        // Old pods go as far as enough others are available; those that are not available go first and freely.
        auto budget = total - (replicas - unavailable) - (have - counter(*fresh, "availableReplicas"));
        for (const auto& set : sets) {
            if (set == fresh || budget <= 0)
                continue;
            const auto less = std::min(budget, desired(*set));
            budget -= less;
            scale(world, deployment, *set, desired(*set) - less, surge);
        }
    } else if (fresh && paused && sets.size() == 1) {
        scale(world, deployment, *fresh, replicas, surge);
    }
    const auto updated = fresh ? counter(*fresh, "replicas") : 0;
    const auto updatedAvailable = fresh ? counter(*fresh, "availableReplicas") : 0;
    const bool complete =
        fresh && updated == replicas && pods == replicas && updatedAvailable == replicas && desired(*fresh) == replicas;
    const bool enough = available >= replicas - unavailable;
    setMoving(conditions, world.now, "Available", enough ? "True" : "False",
              enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
              enough ? "Deployment has minimum availability." : "Deployment does not have minimum availability.");
    const auto* before = condition(deployment, "Progressing");
    const auto reason = before != nullptr ? text(*before, {"reason"}) : std::string_view {};
    const auto deadline = std::chrono::seconds(integer(deployment, {"spec", "progressDeadlineSeconds"}).value_or(600));
    const bool progressed = counter(deployment, "updatedReplicas") != updated
        || counter(deployment, "readyReplicas") != ready || counter(deployment, "availableReplicas") != available
        || counter(deployment, "replicas") != pods
        || integer(deployment, {"status", "observedGeneration"}) != integer(deployment, {"metadata", "generation"});
    if (paused) {
        setMoving(conditions, world.now, "Progressing", "Unknown", "DeploymentPaused", "Deployment is paused");
    } else if (complete) {
        setMoving(conditions, world.now, "Progressing", "True", "NewReplicaSetAvailable",
                  fmt::format("ReplicaSet \"{}\" has successfully progressed.", manifest::name(*fresh)));
    } else if (fresh && before != nullptr) {
        const auto since = timeOf(*before, {"lastUpdateTime"}, world.now);
        if (progressed || reason == "NewReplicaSetAvailable" || reason == "DeploymentPaused") {
            setMoving(conditions, world.now, "Progressing", "True", "ReplicaSetUpdated",
                      fmt::format("ReplicaSet \"{}\" is progressing.", manifest::name(*fresh)));
        } else if (since + deadline <= world.now) {
            setMoving(conditions, world.now, "Progressing", "False", "ProgressDeadlineExceeded",
                      fmt::format("ReplicaSet \"{}\" has timed out progressing.", manifest::name(*fresh)));
        } else {
            world.wakeAt(since + deadline);
        }
    }
    for (auto& entry : conditions) {
        const auto* past = condition(deployment, text(entry, {"type"}));
        auto untimed = entry;
        const auto update = past != nullptr ? std::string(text(*past, {"lastUpdateTime"})) : std::string();
        manifest::erase(untimed, {"lastUpdateTime"});
        auto pastUntimed = past != nullptr ? *past : Value();
        manifest::erase(pastUntimed, {"lastUpdateTime"});
        const bool moved =
            text(entry, {"type"}) == "Progressing" && text(entry, {"reason"}) == "ReplicaSetUpdated" && progressed;
        entry.as_object()["lastUpdateTime"] =
            !update.empty() && !moved && manifest::equal(untimed, pastUntimed) ? update : formatRfc3339(world.now);
    }
    Object status {{"observedGeneration", integer(deployment, {"metadata", "generation"}).value_or(1)},
                   {"terminatingReplicas", ending}};
    const auto add = [&](std::string_view name, std::int64_t value) {
        if (value > 0)
            status[name] = value;
    };
    add("replicas", pods);
    add("updatedReplicas", updated);
    add("readyReplicas", ready);
    add("availableReplicas", available);
    add("unavailableReplicas", std::max(replicas, total) - available);
    status["conditions"] = std::move(conditions);
    const auto current = world.get("apps", "Deployment", manifest::nameSpace(deployment), manifest::name(deployment));
    if (current)
        world.writeStatus(*current, status);
    // Old sets beyond the history go.
    if (complete) {
        const auto keep = static_cast<std::size_t>(
            std::max<std::int64_t>(0, integer(deployment, {"spec", "revisionHistoryLimit"}).value_or(10)));
        std::erase_if(sets, [&](const ObjectPtr& set) {
            return set == fresh || desired(*set) != 0 || counter(*set, "replicas") != 0;
        });
        std::sort(sets.begin(), sets.end(), [](const auto& a, const auto& b) {
            return number(manifest::annotation(*a, kRevision)) > number(manifest::annotation(*b, kRevision));
        });
        for (std::size_t i = keep; i < sets.size(); ++i)
            world.remove(*sets[i]);
    }
}

} // namespace

void runDeployments(World& world)
{
    for (const auto& deployment : world.list("apps", "Deployment")) {
        if (world.alive(*deployment))
            run(world, *deployment);
    }
}

} // namespace core::embedded::sim
