// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/cron.h"
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

using core::Cron;
using core::zoneOffset;

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
