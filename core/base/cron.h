// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace core {

/// A parsed five-field cron schedule.
class Cron
{
public:
    [[nodiscard]] static Result<Cron> parse(std::string_view schedule);
    /// The first match strictly after `time`; empty where there is none within five years.
    [[nodiscard]] std::optional<TimePoint> next(TimePoint time) const;

private:
    std::uint64_t m_minutes = 0, m_hours = 0, m_days = 0, m_months = 0, m_weekdays = 0;
    bool m_anyDay = false, m_anyWeekday = false;
};

/// A zone's offset from UTC at a moment, from the system's zone data (/usr/share/zoneinfo); 0 for unknown zones.
[[nodiscard]] std::chrono::seconds zoneOffset(const std::string& zone, std::chrono::sys_seconds moment);

} // namespace core
