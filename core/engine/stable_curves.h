// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/http.h"
#include "core/engine/rollout_verdict.h"
#include "core/manifest/value.h"

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace core::engine {

/// What a run's metric asks when it is asked of the stable version: the arguments that name the canary (its Service,
/// its pod hash) name the stable one instead; without conditions. None where that does not tell the two apart: no
/// argument of the query names the canary, the query looks at the stable version already, an argument has no plain
/// value (Secrets), a promoted version is looked at, or the metric is no instant query to Prometheus.
[[nodiscard]] std::optional<manifest::Value> stableMetric(const manifest::Value& rollout, const manifest::Value& run,
                                                          const manifest::Value& metric);

/// What a query that divides by a rate of requests, `sum(rate(good[5m])) / sum(rate(all[5m]))`, divides by; "" for any
/// other query.
[[nodiscard]] std::string trafficQuery(std::string_view query);

/// The stable version's values beside the measurements of the canary: for each measurement the same query for the time
/// at which that one was taken. Kept in memory; Prometheus can be asked again. follow() is and keepOnly() are for one
/// thread, points() for any.
class StableCurves
{
public:
    /// Asks for what was measured since the last call. Blocks. True when a value came. What Prometheus does not answer
    /// is asked again at the next call, three times in all.
    [[nodiscard]] bool follow(const manifest::Value& rollout, const manifest::Value& run, const HttpSend& http,
                              std::stop_token stop);
    /// Forgets all other AnalysisRuns.
    void keepOnly(const std::vector<std::shared_ptr<const manifest::Value>>& runs);
    [[nodiscard]] std::vector<TimedValue> points(const std::string& nameSpace, const std::string& run,
                                                 const std::string& metric) const;
    /// How many requests both versions had then, where the metric's query tells it.
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

    mutable std::mutex m_mutex; ///< guards m_series
    std::map<std::string, Series> m_series; ///< by namespace/run/metric
    std::map<std::string, std::string>
        m_seen; ///< by namespace/run/: resourceVersions of runs of which nothing is left to ask
};

} // namespace core::engine
