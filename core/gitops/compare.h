// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gitops/comparison.h"
#include "core/gitops/project.h"
#include "core/gitops/settings.h"
#include "core/health/customizations.h"

namespace core::gitops {

/// The cluster as the comparison sees it.
struct ClusterView
{
    std::function<kube::ObjectPtr(const manifest::ResourceKey&)> get;
    std::function<std::vector<kube::ObjectPtr>(const std::string& instance)> tracked; ///< roots that carry its id
    std::function<std::vector<kube::ObjectPtr>(std::string_view uid)> children;
    std::function<std::vector<kube::ObjectPtr>(const std::string& nameSpace)> roots; ///< for orphans; may be slow
    /// Whether a kind is namespaced; empty = not served.
    std::function<std::optional<bool>(std::string_view apiVersion, std::string_view kind)> namespaced;
    std::function<bool(const std::string& instance)> applicationExists;
    /// The schema of a custom kind, from the cluster's definition; empty, or null: nothing is known.
    std::function<manifest::StructuralSchemaPtr(const manifest::ResourceKey& object, const std::string& version)>
        schema {};
    /// Dry run of a server-side apply, for server-side diff; empty: that is not available.
    std::function<Result<manifest::Value>(const manifest::Value& object)> dryRunApply {};
};

struct CompareInput
{
    const Application* app = nullptr;
    const manifest::Value* object = nullptr; ///< the Application as stored
    const Project* project = nullptr;
    std::string instance;
    ClusterName cluster {}; ///< what the view shows
    const RegisteredCluster* registered = nullptr; ///< its restrictions; null: none
    std::vector<render::OutputPtr> sources; ///< in order; null for sources that render nothing
    const health::Customizations* customizations = nullptr;
    const Settings* settings = nullptr; ///< null: a fresh install's
    TimePoint now;
};

/// Pairs desired with live, compares, judges. Sections 2 to 4.
[[nodiscard]] Comparison compare(const CompareInput& input, const ClusterView& cluster);

/// Section 4.6.
[[nodiscard]] health::Assessment applicationHealth(const Comparison& comparison, const Application& app);
/// Section 7.5: managed resources and what they own.
[[nodiscard]] std::vector<TreeNode> buildTree(const Comparison& comparison, const Project* project,
                                              const health::Customizations* customizations, const ClusterView& cluster);
/// Addresses under which a live object is reached from outside: an Ingress' hosts and paths, `link.argocd.argoproj.io/`
/// annotations (section 7.3, 7.5).
[[nodiscard]] std::vector<std::string> externalUrls(const manifest::Value& live);
/// Computes tree, images, orphans and health again, for a comparison whose live objects are up to date.
void completeViews(Comparison& comparison, const CompareInput& input, const ClusterView& cluster);

} // namespace core::gitops
