// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/manifest/resource.h"

#include <set>
#include <string>
#include <vector>

/// What annotations say about an object's place in a sync (sections 5.2, 5.3).
namespace core::gitops {

/// PreSync, Sync, PostSync, SyncFail, PreDelete, PostDelete, Skip; "Ignore" alone for Helm hooks that Argo CD does not
/// know. Empty: no hook.
[[nodiscard]] std::vector<std::string> hookTypes(const manifest::Value& object);
[[nodiscard]] std::set<std::string> hookDeletePolicies(const manifest::Value& object);
[[nodiscard]] int syncWave(const manifest::Value& object);
/// Resource-level sync options, trimmed.
[[nodiscard]] std::set<std::string> syncOptions(const manifest::Value& object);
/// A comma list of an annotation, trimmed, without empty entries.
[[nodiscard]] std::vector<std::string> annotationList(const manifest::Value& object, std::string_view key);

struct TrackingId
{
    std::string instance;
    manifest::ResourceKey key;
};
[[nodiscard]] std::string trackingIdText(const std::string& instance, const manifest::ResourceKey& key);
/// Empty where the object is not tracked, or the annotation cannot be read.
[[nodiscard]] std::optional<TrackingId> trackingId(const manifest::Value& object);

constexpr std::string_view kTrackingAnnotation = "argocd.argoproj.io/tracking-id";
/// Keeps a finished hook in the cluster until its result was read (a Job's time to live may be short).
constexpr std::string_view kHookFinalizer = "argocd.argoproj.io/hook-finalizer";
[[nodiscard]] bool hasHookFinalizer(const manifest::Value& object);

} // namespace core::gitops
