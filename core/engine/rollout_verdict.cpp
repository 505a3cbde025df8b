// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/rollout_verdict.h"

#include "core/rollout/verdict.h"

#include <algorithm>
#include <cmath>

namespace core::engine {

namespace {

/// Whether more is better: true, false; none where no limit says so.
std::optional<bool> moreIsBetter(const std::vector<Threshold>& thresholds)
{
    for (const auto& threshold : thresholds) {
        if (threshold.comparison.empty() || (threshold.comparison[0] != '<' && threshold.comparison[0] != '>'))
            continue;
        return (threshold.comparison[0] == '>') == threshold.success;
    }
    return {};
}

std::optional<double> valueAt(const std::vector<TimedValue>& values, TimePoint at)
{
    const auto found = std::lower_bound(values.begin(), values.end(), at,
                                        [](const TimedValue& value, TimePoint time) { return value.at < time; });
    return found == values.end() || found->at != at ? std::nullopt : std::optional(found->value);
}

/// The requests of each interval between measurements. Queries look back over a window of their own, so that an
/// interval counts the requests of its own length at the window's rate.
std::vector<rollout::RateSample> rateSamples(const MetricEvidence& evidence, bool successes)
{
    std::vector<rollout::RateSample> out;
    std::optional<TimePoint> before;
    for (const auto& measured : evidence.measurements) {
        const auto sample = std::find_if(evidence.traffic.begin(), evidence.traffic.end(),
                                         [&](const TrafficSample& each) { return each.at == measured.at; });
        const auto stable = valueAt(evidence.stable, measured.at);
        const auto isShare = [](double value) { return value >= 0 && value <= 1; };
        if (sample == evidence.traffic.end() || !stable || !measured.value || !isShare(*stable)
            || !isShare(*measured.value))
            continue;
        const auto seconds = before ? std::chrono::duration<double>(measured.at - *before).count() : 0.0;
        before = measured.at;
        if (seconds <= 0)
            continue;
        const auto failures = [&](double requests, double value) {
            return std::llround(requests * (successes ? 1 - value : value));
        };
        const double stableRequests = sample->stable * seconds;
        const double canaryRequests = sample->canary * seconds;
        out.push_back({std::llround(stableRequests), failures(stableRequests, *stable), std::llround(canaryRequests),
                       failures(canaryRequests, *measured.value)});
    }
    return out;
}

} // namespace

std::optional<MetricVerdict> verdictOf(const MetricEvidence& evidence)
{
    const auto more = moreIsBetter(evidence.thresholds);
    if (!more || evidence.stable.empty())
        return {};
    MetricVerdict out;
    out.metric = evidence.metric;
    rollout::Verdict verdict;
    if (const auto samples = rateSamples(evidence, *more); !samples.empty()) {
        verdict = rollout::judgeRates(samples);
        out.inRequests = true;
    } else {
        std::vector<double> stable;
        std::vector<double> canary;
        const double sign = *more ? -1 : 1; // larger is worse for the test
        for (const auto& value : evidence.stable)
            stable.push_back(sign * value.value);
        for (const auto& measured : evidence.measurements)
            if (measured.value)
                canary.push_back(sign * *measured.value);
        constexpr int kFirstLook = 3; // fewer values say nothing
        verdict =
            rollout::judgeLatencies(stable, canary, std::max(1, static_cast<int>(canary.size()) - kFirstLook + 1));
    }
    out.opinion = verdict.opinion == rollout::Opinion::Worse ? MetricVerdict::Opinion::Worse
        : verdict.opinion == rollout::Opinion::NotWorse      ? MetricVerdict::Opinion::NotWorse
                                                             : MetricVerdict::Opinion::Undecided;
    out.sure = verdict.sure;
    out.needed = verdict.needed;
    return out;
}

} // namespace core::engine
