// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/http.h"
#include "core/engine/objects.h"
#include "core/engine/rollout_verdict.h"
#include "core/manifest/value.h"

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace core::engine {

/// How a query names the pods of one version: by the hash of their template, or by a Service. Either may be "".
struct VersionNames
{
    std::string hash;
    std::string service;
};

/// The versions that an Experiment of a Rollout's step compares.
struct Trial
{
    std::vector<VersionNames> canaries; ///< its templates with `specRef: canary`
    VersionNames baseline; ///< its first template with `specRef: stable`; without names where there is none
};
/// `children`: what the Experiment owns. Its step is the one that its name ends with.
[[nodiscard]] Trial trialOf(const manifest::Value& rollout, const manifest::Value& experiment, const Objects& children);
/// A query, as sent, that asks for the baseline and for no canary.
[[nodiscard]] bool asksBaseline(std::string_view query, const Trial& trial);

/// What stands beside the canary: the version that serves, or the baseline that an Experiment has started for it.
enum class Reference : std::uint8_t { Stable, Baseline };

/// What a run's metric asks when it is asked of the reference: the arguments that name the canary (its Service, its
/// pod hash) name the reference instead; without conditions. None where that does not tell the two apart: no argument
/// of the query names the canary, the query looks at the reference already, an argument has no plain value (Secrets),
/// a promoted version is looked at, or the metric is no instant query to Prometheus.
[[nodiscard]] std::optional<manifest::Value> referenceMetric(Reference reference, const manifest::Value& rollout,
                                                             const Trial& trial, const manifest::Value& run,
                                                             const manifest::Value& metric);

/// What a query that divides by a rate of requests, `sum(rate(good[5m])) / sum(rate(all[5m]))`, divides by; "" for any
/// other query.
[[nodiscard]] std::string trafficQuery(std::string_view query);

/// The references' values beside the measurements of the canary: for each measurement the same query for the time at
/// which that one was taken. Kept in memory; Prometheus can be asked again. follow() is and keepOnly() are for one
/// thread, points() for any.
class ReferenceCurves
{
public:
    /// Asks for what was measured since the last call. Blocks. True when a value came. What Prometheus does not answer
    /// is asked again at the next call, three times in all. `trial`: of the Experiment that the run belongs to, or that
    /// runs beside it.
    [[nodiscard]] bool follow(const manifest::Value& rollout, const Trial& trial, const manifest::Value& run,
                              const HttpSend& http, std::stop_token stop);
    /// Forgets all other AnalysisRuns.
    void keepOnly(const Objects& runs);
    [[nodiscard]] std::uint64_t version() const { return m_version; } ///< another one after each value that came
    [[nodiscard]] std::vector<TimedValue> points(Reference reference, const std::string& nameSpace,
                                                 const std::string& run, const std::string& metric) const;
    /// How many requests the canary and the stable version had then, where the metric's query tells it.
    [[nodiscard]] std::vector<TrafficSample> traffic(const std::string& nameSpace, const std::string& run,
                                                     const std::string& metric) const;

private:
    struct Series
    {
        TimePoint asked {}; ///< up to this measurement
        int refused = 0; ///< how often the next one was not answered
        std::vector<TimedValue> points {};
        std::vector<TrafficSample> traffic {};
    };
    using Key = std::pair<std::string, Reference>; ///< namespace/run/metric
    struct Asked;

    /// Asks for the rest of one series. False where something is left to ask.
    bool followSeries(const Asked& asked, Series& series, bool& added) const;

    std::atomic<std::uint64_t> m_version = 0;
    mutable std::mutex m_mutex; ///< guards m_series
    std::map<Key, Series> m_series;
    std::map<std::string, std::string>
        m_seen; ///< by namespace/run/: resourceVersions of runs of which nothing is left to ask
};

} // namespace core::engine
