// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/manifest/value.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

/// What people wrote on an Application to keep automated sync back; in annotations, so that everybody sees it.
namespace core::gitops {

inline constexpr const char* kAutoSyncPause = "pilothouse.dev/auto-sync-pause";
inline constexpr const char* kBadRevisions = "pilothouse.dev/bad-revisions";

struct Pause
{
    std::optional<TimePoint> until; ///< none: until somebody ends it
    std::optional<TimePoint> since;
    std::string by;
    std::string reason;
};
/// None where automated sync is on, or nobody wrote why it is off.
[[nodiscard]] std::optional<Pause> autoSyncPause(const manifest::Value& application);
[[nodiscard]] std::string pauseText(const Pause& pause);

/// Commit -> why it must not be deployed by itself.
[[nodiscard]] std::map<std::string, std::string> badRevisions(const manifest::Value& application);
void setBadRevisions(manifest::Value& application, const std::map<std::string, std::string>& marks);
/// "" where none of them is marked.
[[nodiscard]] std::string whyBad(const manifest::Value& application, const std::vector<std::string>& revisions);

} // namespace core::gitops
