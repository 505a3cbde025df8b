// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollout/verdict.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace core::rollout {

namespace {

constexpr double kMostNeeded = 1e15;

/// The distribution function of the normal distribution.
double normal(double z)
{
    return 0.5 * std::erfc(-z / std::sqrt(2.0));
}

/// Its inverse, by bisection: exact enough for counting samples.
double normalQuantile(double p)
{
    double low = -10;
    double high = 10;
    for (int i = 0; i < 80; ++i) {
        const double middle = (low + high) / 2;
        (normal(middle) < p ? low : high) = middle;
    }
    return (low + high) / 2;
}

std::optional<std::int64_t> whole(double count)
{
    if (!(count >= 0) || count > kMostNeeded)
        return {};
    return static_cast<std::int64_t>(std::ceil(count));
}

} // namespace

Verdict judgeRates(const std::vector<RateSample>& samples, const VerdictOptions& options)
{
    const double upper = std::log((1 - options.missed) / options.falseAlarm);
    const double lower = std::log(options.missed / (1 - options.falseAlarm));
    double evidence = 0; // the logarithm of the likelihood ratio, "worse" to "as good"
    double requests = 0;
    double failures = 0;
    double share = 0;
    for (const auto& sample : samples) {
        const auto canary = static_cast<double>(sample.canaryRequests);
        const auto stable = static_cast<double>(sample.stableRequests);
        if (canary <= 0 || stable <= 0)
            continue;
        const double asGood = canary / (canary + stable);
        const double worse = options.ratio * canary / (options.ratio * canary + stable);
        evidence += static_cast<double>(sample.canaryFailures) * std::log(worse / asGood)
            + static_cast<double>(sample.stableFailures) * std::log((1 - worse) / (1 - asGood));
        requests += canary;
        failures += static_cast<double>(sample.canaryFailures + sample.stableFailures);
        share += canary * asGood;
        if (evidence >= upper || evidence <= lower)
            break; // decided once, decided for good
    }
    Verdict verdict;
    verdict.sure = 1 / (1 + std::exp(-std::fabs(evidence)));
    if (evidence >= upper)
        verdict.opinion = Opinion::Worse;
    else if (evidence <= lower)
        verdict.opinion = Opinion::NotWorse;
    if (verdict.opinion != Opinion::Undecided) {
        verdict.needed = 0;
        return verdict;
    }
    if (requests <= 0 || failures <= 0)
        return verdict;
    // What one more failure says on average if what the data points to is true.
    const double asGood = share / requests;
    const double worse = options.ratio * asGood / (options.ratio * asGood + 1 - asGood);
    const double truth = evidence > 0 ? worse : asGood;
    const double perFailure = truth * std::log(worse / asGood) + (1 - truth) * std::log((1 - worse) / (1 - asGood));
    const double left = evidence > 0 ? upper - evidence : evidence - lower;
    verdict.needed = whole(left / std::fabs(perFailure) * requests / failures);
    return verdict;
}

Verdict judgeLatencies(const std::vector<double>& stable, const std::vector<double>& canary, int look,
                       const VerdictOptions& options)
{
    struct Sample
    {
        double value;
        bool isCanary;
    };
    std::vector<Sample> all;
    for (const auto* list : {&stable, &canary})
        for (const double value : *list)
            if (std::isfinite(value))
                all.push_back({value, list == &canary});
    std::sort(all.begin(), all.end(), [](const Sample& a, const Sample& b) { return a.value < b.value; });
    const auto total = static_cast<double>(all.size());
    double ranks = 0; // of the new version
    double count = 0;
    double ties = 0;
    for (std::size_t i = 0; i < all.size();) {
        std::size_t end = i;
        while (end < all.size() && all[end].value == all[i].value)
            ++end;
        const auto equal = static_cast<double>(end - i);
        const double rank = static_cast<double>(i + end + 1) / 2;
        ties += equal * equal * equal - equal;
        for (; i < end; ++i)
            if (all[i].isCanary) {
                ranks += rank;
                ++count;
            }
    }
    const double others = total - count;
    Verdict verdict;
    if (count < 3 || others < 3)
        return verdict;
    const double pairs = count * others;
    const double wins = ranks - count * (count + 1) / 2; // pairs in which the new version is slower
    const double variance = pairs / 12 * ((total + 1) - ties / (total * (total - 1)));
    if (variance <= 0)
        return verdict;
    const double z = (wins - pairs / 2) / std::sqrt(variance);
    const int looks = std::max(1, look);
    const double alarm = options.falseAlarm / (static_cast<double>(looks) * (looks + 1)); // sums to falseAlarm
    const double slower = wins / pairs;
    verdict.sure = std::max(normal(z), 1 - normal(z));
    if (1 - normal(z) < alarm)
        verdict.opinion = Opinion::Worse;
    // As good: a shift that mattered (two pairs in three) would have shown with the wanted power.
    const double detect = normalQuantile(1 - alarm) + normalQuantile(1 - options.missed);
    const double share = count / total;
    const auto samplesFor = [&](double effect) {
        return detect * detect / (12 * share * (1 - share) * effect * effect);
    };
    constexpr double kMatters = 2.0 / 3 - 0.5;
    if (verdict.opinion == Opinion::Undecided && total >= samplesFor(kMatters) && slower - 0.5 < kMatters)
        verdict.opinion = Opinion::NotWorse;
    if (verdict.opinion != Opinion::Undecided) {
        verdict.needed = 0;
        return verdict;
    }
    const double effect = std::max(kMatters, slower - 0.5);
    verdict.needed = whole(std::max(1.0, (samplesFor(effect) - total) * share));
    return verdict;
}

} // namespace core::rollout
