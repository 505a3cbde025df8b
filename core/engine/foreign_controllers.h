// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kube/cache.h"

#include <set>
#include <string>
#include <vector>

namespace core::engine {

/// Argo's controllers that run in a cluster: where one does, ours of the same kind stands back.
enum class Foreign : std::uint8_t { Applications, ApplicationSets, Notifications, Rollouts };
/// Seen by the workloads of Argo's own installation that have a ready replica.
[[nodiscard]] std::set<Foreign> foreignControllers(const kube::Cache& cache);
/// Whether our own controllers run in the cluster as a service (`pilotctl controller`), seen in the same way.
[[nodiscard]] bool serviceRuns(const kube::Cache& cache);

/// The definitions of Argo that our controllers need and that a watched cluster does not have, by their names
/// ("applications.argoproj.io"); empty where the cluster's definitions are not
/// watched. Ask it once the first lists are in.
[[nodiscard]] std::vector<std::string> missingDefinitions(const kube::Cache& cache);

} // namespace core::engine
