// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollout/replicas.h"

#include <boost/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace core::rollout {

using manifest::Value;

namespace {

std::optional<std::int64_t> number(const Value& object, manifest::Path path)
{
    return manifest::integer(object, path);
}

/// An int as it is; any text a percentage.
std::int64_t scaled(const Value* limit, std::int64_t replicas, bool up)
{
    double percent = 25;
    if (limit && !limit->is_null()) {
        if (limit->is_number())
            return limit->is_int64() ? limit->get_int64() : static_cast<std::int64_t>(limit->to_number<double>());
        const auto* text = limit->if_string();
        if (!text)
            return 0;
        std::string_view digits(*text);
        if (digits.ends_with('%'))
            digits.remove_suffix(1);
        std::int64_t parsed = 0;
        const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), parsed);
        if (result.ec != std::errc {} || result.ptr != digits.data() + digits.size())
            return 0;
        percent = static_cast<double>(parsed);
    }
    const double share = percent * static_cast<double>(replicas) / 100;
    return static_cast<std::int64_t>(up ? std::ceil(share) : std::floor(share));
}

std::int64_t product32(std::int64_t a, std::int64_t b)
{
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) * static_cast<std::uint32_t>(b));
}

/// The nearest step with a key at or before the current one, going backwards.
template<class Use>
void backwards(const Value& rollout, Use use)
{
    const auto index = currentStepIndex(rollout);
    const auto& steps = canarySteps(rollout);
    if (!index || steps.empty())
        return;
    for (std::size_t i = std::min(*index, steps.size() - 1) + 1; i-- > 0;)
        if (use(steps[i]))
            return;
}

/// The setCanaryScale in force; null when there is none.
const Value* scaleStep(const Value& rollout)
{
    if (!hasTrafficRouting(rollout))
        return nullptr;
    if (isTrue(rollout, {"status", "abort"}) && abortScaleDownDelay(rollout) != 0)
        return nullptr;
    if (!currentStep(rollout))
        return nullptr;
    const Value* found = nullptr;
    backwards(rollout, [&](const Value& step) {
        const auto* scale = manifest::find(step, {"setCanaryScale"});
        if (!scale || !scale->is_object())
            return false;
        if (!isTrue(*scale, {"matchTrafficWeight"}))
            found = scale;
        return true;
    });
    return found;
}

std::int64_t minPods(const Value& rollout, std::int64_t count)
{
    const auto least = number(rollout, {"spec", "strategy", "canary", "minPodsPerReplicaSet"});
    if (count == 0 || !least)
        return count;
    return std::max(count, std::min(*least, wantedReplicas(rollout)));
}

} // namespace

bool isTrue(const Value& object, manifest::Path path)
{
    return manifest::flag(object, path, false);
}

const Value& canarySpec(const Value& rollout)
{
    static const Value kNone;
    const auto* found = manifest::find(rollout, {"spec", "strategy", "canary"});
    return found ? *found : kNone;
}

const manifest::Array& canarySteps(const Value& rollout)
{
    return manifest::array(rollout, {"spec", "strategy", "canary", "steps"});
}

bool isCanary(const Value& rollout)
{
    return canarySpec(rollout).is_object();
}

bool hasTrafficRouting(const Value& rollout)
{
    const auto* routing = manifest::find(rollout, {"spec", "strategy", "canary", "trafficRouting"});
    return routing && routing->is_object();
}

bool hasDynamicStableScale(const Value& rollout)
{
    return isTrue(rollout, {"spec", "strategy", "canary", "dynamicStableScale"});
}

std::int64_t maxWeightOf(const Value& rollout)
{
    const auto weight = number(rollout, {"spec", "strategy", "canary", "trafficRouting", "maxTrafficWeight"});
    return weight.value_or(0) > 0 ? *weight : 100;
}

std::int64_t wantedReplicas(const Value& rollout)
{
    return number(rollout, {"spec", "replicas"}).value_or(1);
}

std::optional<std::size_t> currentStepIndex(const Value& rollout)
{
    const auto& steps = canarySteps(rollout);
    if (steps.empty())
        return {};
    const auto index = number(rollout, {"status", "currentStepIndex"}).value_or(0);
    return std::min(static_cast<std::size_t>(std::max<std::int64_t>(0, index)), steps.size());
}

const Value* currentStep(const Value& rollout)
{
    const auto index = currentStepIndex(rollout);
    const auto& steps = canarySteps(rollout);
    return index && *index < steps.size() ? &steps[*index] : nullptr;
}

Limits surgeLimits(const Value& rollout)
{
    const auto& canary = canarySpec(rollout);
    const std::int64_t replicas = wantedReplicas(rollout);
    Limits limits;
    limits.maxSurge = scaled(manifest::find(canary, {"maxSurge"}), replicas, true);
    const auto* blueGreen = manifest::find(rollout, {"spec", "strategy", "blueGreen", "maxUnavailable"});
    std::int64_t unavailable =
        scaled(isCanary(rollout) ? manifest::find(canary, {"maxUnavailable"}) : blueGreen, replicas, false);
    if (limits.maxSurge == 0 && unavailable == 0)
        unavailable = 1;
    limits.maxUnavailable = replicas == 0 ? 0 : std::min(unavailable, replicas);
    return limits;
}

std::int64_t weightToReplicas(std::int64_t replicas, std::int64_t weight, std::int64_t maxWeight)
{
    return static_cast<std::int64_t>(
        std::ceil(static_cast<double>(weight) * static_cast<double>(replicas) / static_cast<double>(maxWeight)));
}

Split approximateSplit(std::int64_t replicas, std::int64_t weight, std::int64_t maxWeight, std::int64_t maxSurge)
{
    if (replicas == 0)
        return {};
    const double share = static_cast<double>(product32(replicas, weight)) / static_cast<double>(maxWeight);
    const auto up = static_cast<std::int64_t>(std::ceil(share));
    const auto down = static_cast<std::int64_t>(std::floor(share));
    const auto tied = [&](std::int64_t total) {
        const double exact =
            static_cast<double>(total) * (static_cast<double>(weight) / static_cast<double>(maxWeight));
        double whole = 0;
        return std::modf(exact, &whole) == 0.5;
    };
    const bool zeroAllowed = weight == 0 || weight == maxWeight || (replicas == 1 && maxSurge == 0);
    std::vector<std::pair<std::int64_t, std::int64_t>> candidates; // canary, total
    if (up < replicas || zeroAllowed)
        candidates.emplace_back(up, replicas);
    if (!tied(replicas) && (down != 0 || zeroAllowed))
        candidates.emplace_back(down, replicas);
    if (maxSurge > 0) {
        candidates.emplace_back(up, replicas + 1);
        if (!tied(replicas + 1) && (down != 0 || zeroAllowed))
            candidates.emplace_back(down, replicas + 1);
    }
    if (candidates.empty())
        return {0, replicas};
    const auto distance = [&](const auto& candidate) {
        return std::fabs(static_cast<double>(candidate.first) * static_cast<double>(maxWeight)
                             / static_cast<double>(candidate.second)
                         - static_cast<double>(weight));
    };
    auto best = candidates.front();
    for (const auto& candidate : candidates)
        if (distance(candidate) < distance(best))
            best = candidate;
    return {best.first, best.second - best.first};
}

std::int64_t currentSetWeight(const Value& rollout)
{
    if (isTrue(rollout, {"status", "abort"}))
        return 0;
    if (!currentStep(rollout))
        return maxWeightOf(rollout);
    std::int64_t weight = 0;
    backwards(rollout, [&](const Value& step) {
        const auto set = number(step, {"setWeight"});
        weight = set.value_or(0);
        return set.has_value();
    });
    return weight;
}

std::int64_t desiredWeight(const Value& rollout, const ReplicaCount* canary, const ReplicaCount* stable)
{
    if (!isTrue(rollout, {"status", "abort"}) || !hasDynamicStableScale(rollout) || !canary || !stable)
        return currentSetWeight(rollout);
    const std::int64_t replicas = wantedReplicas(rollout);
    std::int64_t needed = replicas - stable->available;
    if (abortScaleDownDelay(rollout).value_or(0) <= 0)
        needed = std::max(needed, canary->available);
    const auto& steps = canarySteps(rollout);
    for (std::size_t i = steps.size(); i-- > 0;) {
        const auto weight = number(steps[i], {"setWeight"});
        if (weight && weightToReplicas(replicas, *weight, maxWeightOf(rollout)) < needed)
            return *weight;
    }
    return 0;
}

ReplicasOrWeight replicasOrWeight(const Value& rollout, const ReplicaCount* canary, const ReplicaCount* stable)
{
    const auto stableHash = manifest::text(rollout, {"status", "stableRS"});
    if (isTrue(rollout, {"status", "promoteFull"}) || stableHash.empty()
        || stableHash == manifest::text(rollout, {"status", "currentPodHash"}))
        return {{}, maxWeightOf(rollout)};
    if (const auto* scale = scaleStep(rollout)) {
        if (const auto replicas = number(*scale, {"replicas"}))
            return {*replicas, 0};
        if (const auto weight = number(*scale, {"weight"}))
            return {{}, *weight};
    }
    return {{}, desiredWeight(rollout, canary, stable)};
}

std::optional<std::int64_t> abortScaleDownDelay(const Value& rollout)
{
    return number(rollout,
                  {"spec", "strategy", isCanary(rollout) ? "canary" : "blueGreen", "abortScaleDownDelaySeconds"});
}

std::int64_t replicasForScaleDown(const ReplicaCount* replicaSet, bool ignoreAvailability)
{
    if (!replicaSet)
        return 0;
    if (replicaSet->spec < replicaSet->available || ignoreAvailability)
        return replicaSet->spec;
    return replicaSet->available;
}

namespace {

/// Shrinks or grows the side that is not drained, so that enough stay available and not too many run.
void fit(const ReplicaCount& drained, const ReplicaCount& other, std::int64_t& drain, std::int64_t& keep,
         std::int64_t allowed, std::int64_t minAvailable)
{
    keep -= std::max<std::int64_t>(0, keep + drain - allowed);
    const std::int64_t have = std::min(drained.available, drain) + std::min(other.available, keep);
    const std::int64_t extra = std::max<std::int64_t>(0, other.available - keep);
    keep += std::min(extra, std::max<std::int64_t>(0, minAvailable - have));
    drain -= std::max<std::int64_t>(0, keep + drain - allowed);
}

} // namespace

Split basicSplit(const Value& rollout, const ReplicaCount* canary, const ReplicaCount* stable,
                 const std::vector<ReplicaCount>& older)
{
    const std::int64_t replicas = wantedReplicas(rollout);
    const auto limits = surgeLimits(rollout);
    const auto wanted = approximateSplit(replicas, replicasOrWeight(rollout, canary, stable).weight,
                                         maxWeightOf(rollout), limits.maxSurge);
    std::int64_t wantCanary = wanted.canary;
    std::int64_t wantStable = wanted.stable;
    const bool distinct = stable && !(canary && canary->name == stable->name);
    if (!distinct) {
        wantCanary = replicas;
        wantStable = 0;
    }
    std::int64_t nextCanary = canary ? canary->spec : 0;
    std::int64_t nextStable = distinct ? stable->spec : 0;
    std::int64_t total = nextCanary + nextStable;
    bool olderRuns = false;
    for (const auto& rs : older) {
        total += rs.spec;
        olderRuns = olderRuns || rs.spec > 0;
    }
    const std::int64_t allowed = replicas + limits.maxSurge;
    std::int64_t room = allowed - total;
    if (distinct && stable->spec < wantStable && room > 0) {
        nextStable = std::min(stable->spec + room, wantStable);
        room -= nextStable - stable->spec;
    }
    if (canary && canary->spec < wantCanary && room > 0)
        nextCanary = std::min(canary->spec + room, wantCanary);
    if (olderRuns)
        return {nextCanary, nextStable};
    const std::int64_t minAvailable = replicas - limits.maxUnavailable;
    const bool growing = !canary || wantCanary >= canary->spec;
    const std::int64_t removable =
        replicasForScaleDown(canary, !growing) + (distinct ? replicasForScaleDown(stable, growing) : 0);
    if (removable <= minAvailable)
        return {nextCanary, nextStable};
    const std::int64_t down = removable - minAvailable;
    if (!growing) {
        if (canary->spec > wantCanary)
            nextCanary = std::max(wantCanary, canary->spec - down);
        if (distinct)
            fit(*canary, *stable, nextCanary, nextStable, allowed, minAvailable);
    } else if (distinct) {
        if (stable->spec > wantStable)
            nextStable = std::max(wantStable, stable->spec - down);
        if (canary)
            fit(*stable, *canary, nextStable, nextCanary, allowed, minAvailable);
    }
    return {nextCanary, nextStable};
}

Split trafficRoutedSplit(const Value& rollout, const ReplicaCount* canary, const ReplicaCount* stable,
                         const Weights& weights)
{
    const std::int64_t replicas = wantedReplicas(rollout);
    const std::int64_t maxWeight = maxWeightOf(rollout);
    const auto wanted = replicasOrWeight(rollout, canary, stable);
    std::int64_t canaryCount =
        wanted.replicas ? *wanted.replicas : minPods(rollout, weightToReplicas(replicas, wanted.weight, maxWeight));
    if (!hasDynamicStableScale(rollout))
        return {canaryCount, replicas};
    std::int64_t stableCount = weightToReplicas(replicas, maxWeight - wanted.weight, maxWeight);
    if (weights) {
        stableCount = std::max(stableCount, weightToReplicas(replicas, weights->stable, maxWeight));
        if (isTrue(rollout, {"status", "abort"}))
            canaryCount = std::max(canaryCount, weightToReplicas(replicas, weights->canary, maxWeight));
    }
    return {minPods(rollout, canaryCount), minPods(rollout, stableCount)};
}

bool thresholdMet(const Value* threshold, const ReplicaCount* replicaSet, std::int64_t desired)
{
    if (!replicaSet)
        return false;
    const auto value = threshold ? number(*threshold, {"value"}) : std::nullopt;
    if (value && *value >= 0) {
        const auto type = manifest::text(*threshold, {"type"});
        if (type == "Percent" || type == "Percentage") {
            if (desired == 0)
                return true;
            const double percent = static_cast<double>(replicaSet->available) / static_cast<double>(desired) * 100;
            return percent >= static_cast<double>(*value) - 1e-10;
        }
        return replicaSet->available >= *value;
    }
    return desired == replicaSet->spec && desired == replicaSet->available;
}

bool atDesiredCounts(const Value& rollout, const ReplicaCount* canary, const ReplicaCount* stable,
                     const std::vector<ReplicaCount>& older, const Weights& weights)
{
    const bool routed = hasTrafficRouting(rollout);
    const Split desired =
        routed ? trafficRoutedSplit(rollout, canary, stable, weights) : basicSplit(rollout, canary, stable, older);
    if (!thresholdMet(manifest::find(rollout, {"spec", "strategy", "canary", "replicaProgressThreshold"}), canary,
                      desired.canary))
        return false;
    if (!(routed && hasDynamicStableScale(rollout))) {
        if (!stable || stable->spec != desired.stable || stable->replicas != desired.stable)
            return false;
    }
    if (!routed)
        return std::all_of(older.begin(), older.end(), [](const ReplicaCount& rs) { return rs.available == 0; });
    return true;
}

std::int64_t pauseSeconds(const Value* duration)
{
    if (!duration || duration->is_null())
        return 0;
    if (duration->is_number())
        return duration->is_int64() ? duration->get_int64() : static_cast<std::int64_t>(duration->to_number<double>());
    const auto* text = duration->if_string();
    if (!text)
        return -1;
    std::int32_t seconds = 0;
    std::string_view digits(*text);
    if (digits.starts_with('+'))
        digits.remove_prefix(1);
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
    if (!digits.empty() && result.ec == std::errc {} && result.ptr == digits.data() + digits.size())
        return seconds;
    const auto parsed = parseGoDuration(std::string_view(*text));
    if (!parsed)
        return -1;
    return std::chrono::duration_cast<std::chrono::seconds>(*parsed).count();
}

} // namespace core::rollout
