// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gitops/windows.h"

#include "core/base/strings.h"
#include "core/gitops/project.h"

#include <fmt/format.h>

#include <algorithm>

namespace core::gitops {

namespace {

/// The zone's offset from UTC at a moment, from the C library's zone data; 0 for unknown zones.
std::chrono::seconds offsetOf(const std::string& zone, TimePoint now)
{
    if (zone.empty() || zone == "UTC" || zone.find("..") != std::string::npos || zone.starts_with('/'))
        return std::chrono::seconds(0);
    return zoneOffset(zone, std::chrono::floor<std::chrono::seconds>(now));
}

} // namespace

Result<bool> isActive(const SyncWindow& window, TimePoint now)
{
    PH_TRY(const auto cron, Cron::parse(window.schedule));
    PH_TRY(const auto duration, parseGoDuration(window.duration));
    const auto local = now + offsetOf(window.timeZone, now);
    const auto next = cron.next(local - duration);
    return next && *next < local;
}

bool matches(const SyncWindow& window, const Application& app)
{
    const auto any = [](const std::vector<std::string>& patterns, const std::string& text) {
        return std::any_of(patterns.begin(), patterns.end(),
                           [&](const std::string& pattern) { return globMatches(pattern, text); });
    };
    const bool application = any(window.applications, app.name);
    const bool cluster = (!app.clusterName.empty() && any(window.clusters, app.clusterName))
        || (!app.server.empty() && any(window.clusters, app.server));
    const bool nameSpace = any(window.namespaces, app.destinationNamespace);
    if (!window.andOperator)
        return application || cluster || nameSpace;
    if (window.applications.empty() && window.clusters.empty() && window.namespaces.empty())
        return false;
    return (window.applications.empty() || application) && (window.clusters.empty() || cluster)
        && (window.namespaces.empty() || nameSpace);
}

namespace {

std::string describe(const SyncWindow& window)
{
    return fmt::format("{} window '{}' for {}{}{}", window.deny ? "deny" : "allow", window.schedule, window.duration,
                       window.timeZone.empty() ? "" : " in ", window.timeZone);
}

/// Whether the sync was allowed when the running operation started.
Result<bool> allowedAtStart(const std::vector<SyncWindow>& windows, const Application& app, Initiator initiator,
                            const std::optional<TimePoint>& operationStart)
{
    if (!operationStart)
        return false;
    PH_TRY(const auto decision, canSync(windows, app, initiator, *operationStart));
    return decision.allowed;
}

} // namespace

Result<WindowDecision> canSync(const std::vector<SyncWindow>& windows, const Application& app, Initiator initiator,
                               TimePoint now, std::optional<TimePoint> operationStart)
{
    std::vector<const SyncWindow*> activeDeny;
    std::vector<const SyncWindow*> activeAllow;
    std::vector<const SyncWindow*> idleAllow;
    for (const auto& window : windows) {
        if (!matches(window, app))
            continue;
        PH_TRY(const bool active, isActive(window, now));
        if (active)
            (window.deny ? activeDeny : activeAllow).push_back(&window);
        else if (!window.deny)
            idleAllow.push_back(&window);
    }
    const bool manual = initiator == Initiator::Manual;
    const auto all = [](const std::vector<const SyncWindow*>& list, bool SyncWindow::*flag) {
        return std::all_of(list.begin(), list.end(), [flag](const SyncWindow* window) { return window->*flag; });
    };
    const auto blocked = [&](const std::vector<const SyncWindow*>& list,
                             std::string_view why) -> Result<WindowDecision> {
        if (manual && all(list, &SyncWindow::manualSync))
            return WindowDecision {};
        if (all(list, &SyncWindow::syncOverrun)) {
            PH_TRY(const bool before, allowedAtStart(windows, app, initiator, operationStart));
            if (before)
                return WindowDecision {};
        }
        return WindowDecision {false, fmt::format("{} {}", why, describe(*list.front()))};
    };
    if (!activeDeny.empty())
        return blocked(activeDeny, "held by the");
    if (!activeAllow.empty() || idleAllow.empty())
        return WindowDecision {};
    return blocked(idleAllow, "waiting for the");
}

} // namespace core::gitops
