// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gitops/sync_plan.h"
#include "core/kube/client.h"

namespace core::gitops {

struct Written
{
    std::string message; ///< kubectl's words: "deployment.apps/web configured"
    manifest::Value object; ///< as stored
};

/// Writes the target of one task (section 5.6): client-side apply with kubectl's last-applied annotation, server-side
/// apply, replace or create. `ignore` holds what RespectIgnoreDifferences keeps.
[[nodiscard]] Result<Written> writeTask(kube::Client& client, const SyncTask& task,
                                        const std::vector<diff::IgnoreRule>& ignore, bool dryRun, std::stop_token stop);
/// Creates the destination namespace, or brings its managed labels and annotations up to date.
[[nodiscard]] Result<Written> writeNamespace(kube::Client& client, const std::string& name,
                                             const manifest::Value& metadata, bool dryRun, std::stop_token stop);
/// kubectl's text for an object: "deployment.apps/web".
[[nodiscard]] std::string kubectlName(const manifest::ResourceKey& key);

constexpr std::string_view kFieldManager = "argocd-controller";

} // namespace core::gitops
