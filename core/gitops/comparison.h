// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/diff/diff.h"
#include "core/gitops/application.h"
#include "core/health/health.h"
#include "core/kube/cache.h"
#include "core/render/render.h"

#include <memory>

namespace core::gitops {

enum class SyncStatus : std::uint8_t { None, Unknown, Synced, OutOfSync };
[[nodiscard]] std::string_view name(SyncStatus status);

/// One managed resource: desired, live, or both.
struct ResourceState
{
    manifest::ResourceKey key;
    std::string version;
    bool namespaced = true;
    kube::ObjectPtr desired; ///< with tracking data, namespace filled in; null where it is not in Git
    kube::ObjectPtr live; ///< null where it is missing
    std::shared_ptr<const render::Provenance> provenance; ///< null where not in Git
    bool hook = false; ///< not compared
    std::vector<std::string> hookTypes; ///< PreSync, Sync, PostSync, SyncFail, PreDelete, PostDelete, Skip
    int wave = 0;
    SyncStatus sync = SyncStatus::None;
    bool requiresPruning = false;
    bool needsDeletionConfirmation = false;
    bool selfReferenced = true;
    bool permitted = true; ///< by the project
    std::string sharedWith; ///< the other application that tracks it
    std::optional<health::Assessment> health; ///< of the live object; Missing where there is none
    diff::Comparison diff;
};

/// A node of the tree: a managed resource or a descendant of one.
struct TreeNode
{
    manifest::ResourceKey key;
    std::string version;
    std::string uid; ///< "" = missing
    std::vector<manifest::ResourceKey> parents; ///< empty: child of the application
    kube::ObjectPtr live; ///< null = missing
    std::optional<health::Assessment> health;
    std::ptrdiff_t managed = -1; ///< index in Comparison::resources, -1 for descendants
};

/// An application compared at one moment. Immutable once published.
struct Comparison
{
    std::string nameSpace;
    std::string name;
    ClusterName cluster; ///< where its objects are
    std::vector<std::string> revisions; ///< one per source
    bool mayHaveChanges = true; ///< against the revisions that were synced last (manifest-generate-paths)
    std::vector<std::string> sourceTypes; ///< "Kustomize", "Helm", "Directory"
    std::vector<ResourceState> resources; ///< sorted by group/kind/namespace/name
    std::vector<TreeNode> tree; ///< parents before children
    SyncStatus sync = SyncStatus::Unknown;
    health::Assessment health {health::Status::Unknown, {}};
    std::vector<Condition> conditions;
    bool failed = false; ///< nothing could be compared; see conditions
    std::vector<std::string> images; ///< of pods in the tree, sorted
    std::vector<std::string> externalUrls; ///< of ingresses and links in the tree, sorted
    std::size_t orphans = 0;
    std::vector<ResourceState> deletionHooks; ///< desired PreDelete and PostDelete hooks; run when the application goes
    TimePoint at;
};
using ComparisonPtr = std::shared_ptr<const Comparison>;

} // namespace core::gitops
