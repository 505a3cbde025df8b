// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/diff/diff.h"
#include "core/gitops/hooks.h"

#include <map>
#include <string>
#include <vector>

namespace core::gitops {

enum class TrackingMethod : std::uint8_t { Annotation, AnnotationAndLabel, Label };

/// How live objects are known to belong to an application (section 2.1).
struct Tracking
{
    TrackingMethod method = TrackingMethod::Annotation;
    std::string labelKey = "app.kubernetes.io/instance";
    std::string installationId; ///< "" = not used

    /// Marks a rendered object. CustomResourceDefinitions stay as they are.
    void mark(manifest::Value& object, const std::string& instance, const manifest::ResourceKey& key) const;
    /// Which instance a live object belongs to; empty where it is tracked by none (or another installation).
    [[nodiscard]] std::optional<TrackingId> read(const manifest::Value& live) const;
    /// Live made comparable where it still has the tracking data of another method: switching is no difference (section
    /// 2.4). Empty where nothing has to change.
    [[nodiscard]] std::optional<manifest::Value> aligned(const manifest::Value& desired,
                                                         const manifest::Value& live) const;
    friend bool operator==(const Tracking&, const Tracking&) = default;
};

/// An entry of resource.exclusions or resource.inclusions. Group and cluster are globs, kinds exact or "*".
struct ResourceFilter
{
    std::vector<std::string> groups, kinds, clusters;
    [[nodiscard]] bool matches(const manifest::GroupKind& kind, std::string_view server) const;
};

/// What the ConfigMap `argocd-cm` says beside health scripts. Immutable once loaded.
struct Settings
{
    Tracking tracking;
    std::vector<ResourceFilter> exclusions, inclusions;
    std::vector<diff::IgnoreRule> ignoreDifferences; ///< of resource.customizations
    bool ignoreAggregatedRoles = false;
    struct GlobalProject
    {
        manifest::Value selector; ///< matchLabels, matchExpressions
        std::string name;
        /// Whether a project with these labels inherits from it.
        [[nodiscard]] bool selects(const manifest::Value& project) const;
    };
    std::vector<GlobalProject> globalProjects;
    diff::StatusFields statusFields = diff::StatusFields::All; ///< ignoreResourceStatusField
    std::map<manifest::GroupKind, std::vector<diff::KnownType>> knownTypes;
    std::vector<std::string> sensitiveAnnotations; ///< masked like a Secret's values
    bool impersonation = false; ///< application.sync.impersonation.enabled
    std::vector<std::string> valuesFileSchemes {"https", "http"}; ///< of values files at addresses

    // Of the ConfigMap `argocd-cmd-params-cm`
    Duration syncTimeout {}; ///< of an operation; zero: none
    Duration repoErrorGrace = std::chrono::seconds(180); ///< how long a repository that does not answer is no error
    bool serverSideDiff = false; ///< unless the application says otherwise
    bool persistHealth = false; ///< health of resources goes into the status
    struct HealBackoff
    {
        Duration first = std::chrono::seconds(2), most = std::chrono::seconds(300);
        std::int64_t factor = 3;
    };
    HealBackoff heal;
    std::vector<std::string> problems; ///< keys that cannot be read, in words

    /// Whether a kind is watched, compared and shown (section 2.7).
    [[nodiscard]] bool includes(const manifest::GroupKind& kind, std::string_view server) const;
};

/// `argocd-cm` and `argocd-cmd-params-cm`; null: a fresh install's defaults. Never fails: what cannot be read is named
/// in `problems`.
[[nodiscard]] Settings parseSettings(const manifest::Value* configMap, const manifest::Value* parameters = nullptr);

} // namespace core::gitops
