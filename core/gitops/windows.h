// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gitops/application.h"

namespace core::gitops {

struct SyncWindow
{
    bool deny = false;
    std::string schedule; ///< five fields
    std::string duration; ///< Go duration
    std::vector<std::string> applications, namespaces, clusters;
    bool manualSync = false;
    bool andOperator = false;
    bool syncOverrun = false;
    std::string timeZone;
    std::string description;
};

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

[[nodiscard]] Result<bool> isActive(const SyncWindow& window, TimePoint now);
[[nodiscard]] bool matches(const SyncWindow& window, const Application& app);

struct WindowDecision
{
    bool allowed = true;
    std::string reason; ///< why not, for people
};
enum class Initiator : std::uint8_t { Automated, Manual };
/// Section 6.6. `operationStart` is given for a running operation.
[[nodiscard]] Result<WindowDecision> canSync(const std::vector<SyncWindow>& windows, const Application& app,
                                             Initiator initiator, TimePoint now,
                                             std::optional<TimePoint> operationStart = {});

} // namespace core::gitops
