// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/database.h"
#include "core/engine/snapshot.h"

#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace core::engine {

/// How named values changed over time (a rollout's weights), kept in the state database so that charts survive a
/// restart. Thread-safe.
class Timeline
{
public:
    /// Reads what is there. Points older than `keepFrom` are dropped.
    [[nodiscard]] static Result<std::unique_ptr<Timeline>> open(Database database, TimePoint keepFrom);

    /// Adds a point where the value differs from the last one of its series.
    void record(const std::string& series, TimePoint at, double value);
    [[nodiscard]] std::vector<TimedValue> points(const std::string& series) const;
    [[nodiscard]] std::size_t size(const std::string& series) const; ///< how many points
    /// A named number that outlives the process (the embedded clock's time).
    void remember(const std::string& name, std::int64_t value);
    [[nodiscard]] std::int64_t recall(const std::string& name, std::int64_t otherwise);

private:
    explicit Timeline(Database database);
    mutable std::mutex m_mutex;
    Database m_database;
    std::map<std::string, std::vector<TimedValue>> m_series;
};

} // namespace core::engine
