// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace core::embedded::sim {

/// With the metric's name under "__name__".
using Labels = std::map<std::string, std::string>;

struct Sample
{
    double at = 0; ///< seconds since the epoch
    double value = 0;
};

struct Matcher
{
    enum class Kind : std::uint8_t { Equal, NotEqual, Match, NoMatch };
    std::string label;
    Kind kind = Kind::Equal;
    std::string value;
};

struct Series
{
    Labels labels;
    std::vector<Sample> samples; ///< oldest first
};

/// Samples in memory, oldest dropped first. Thread-safe.
class SeriesStore
{
public:
    explicit SeriesStore(Duration retention);
    void append(const Labels& labels, TimePoint at, double value);
    /// Series whose labels match, with their samples of (from, to].
    [[nodiscard]] std::vector<Series> select(const std::vector<Matcher>& matchers, double from, double to) const;
    [[nodiscard]] std::vector<Labels> labels(const std::vector<Matcher>& matchers) const;

private:
    double m_retention;
    mutable std::mutex m_mutex;
    std::map<Labels, std::deque<Sample>> m_series;
};

[[nodiscard]] bool matchesAll(const std::vector<Matcher>& matchers, const Labels& labels);

} // namespace core::embedded::sim
