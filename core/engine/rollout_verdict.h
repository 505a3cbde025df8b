// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Inside the room: what core/rollout's statistics say of a rollout's measurements.

#include "core/engine/snapshot.h"

#include <vector>

namespace core::engine {

/// Requests per second of both versions at a measurement.
struct TrafficSample
{
    TimePoint at;
    double stable = 0;
    double canary = 0;
};

/// What was measured under one metric's name, oldest first: all its runs for the version that is on its way.
struct MetricEvidence
{
    std::string metric;
    std::vector<Threshold> thresholds; ///< say which direction is better
    std::vector<Measurement> measurements;
    std::vector<TimedValue> stable;
    std::vector<TrafficSample> traffic; ///< empty: the values are compared by their ranks
};

/// None where there is nothing to compare with, or nothing says which direction is better.
[[nodiscard]] std::optional<MetricVerdict> verdictOf(const MetricEvidence& evidence);

} // namespace core::engine
