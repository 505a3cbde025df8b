// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

/// An advisory, statistical opinion beside the rule's verdict: is the new version worse than the stable one, how sure
/// is that, and how much traffic does it take to know. It decides nothing. Pure.
namespace core::rollout {

enum class Opinion : std::uint8_t { NotWorse, Worse, Undecided };

struct Verdict
{
    Opinion opinion = Opinion::Undecided;
    double sure = 0.5; ///< 0..1, of what the data points to now (Undecided too)
    std::optional<std::int64_t>
        needed {}; ///< more requests (samples) of the new version until it is decided; unset: unknown
};

struct VerdictOptions
{
    double falseAlarm = 0.01; ///< how often a version that is as good may be called worse, over all looks together
    double missed = 0.1; ///< how often one that is `ratio` times worse may be called not worse
    double ratio = 2; ///< failures per request of the new version against the stable one that matter; > 1
};

/// Requests and failures of both versions in one interval (not since the beginning).
struct RateSample
{
    std::int64_t stableRequests = 0, stableFailures = 0;
    std::int64_t canaryRequests = 0, canaryFailures = 0;
};

/// Wald's sequential test on failures: given all failures of an interval, how many fell on the new version against its
/// share of the traffic. May be asked after every interval: the false alarm rate holds for all looks together.
[[nodiscard]] Verdict judgeRates(const std::vector<RateSample>& samples, const VerdictOptions& options = {});

/// Mann and Whitney's rank test: are the new version's values (latencies) larger? `look` counts from 1 how often it is
/// asked with growing data; the false alarm rate is spread over the looks.
[[nodiscard]] Verdict judgeLatencies(const std::vector<double>& stable, const std::vector<double>& canary, int look = 1,
                                     const VerdictOptions& options = {});

} // namespace core::rollout
