// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/manifest/resource.h"

#include <string>
#include <vector>

namespace core::rollout {

/// Something in the manifests that will not work, found before a sync.
struct Finding
{
    manifest::ResourceKey key;
    std::vector<std::string> path; ///< the field to change, in the object of `key`
    std::string message;
    std::string hint;
};

/// Rollouts, AnalysisTemplates and pods of a set of manifests that will be synced together: references that lead
/// nowhere, steps and metrics that do not validate, conditions that do not compile or trip over NaN, extended resources
/// (GPUs) requested without an equal limit. `live`: objects that exist already, e.g. ClusterAnalysisTemplates; may be
/// empty. `defaultNamespace` is that of objects which name none.
[[nodiscard]] std::vector<Finding> findProblems(const std::vector<manifest::Value>& desired,
                                                const std::vector<manifest::Value>& live = {},
                                                std::string_view defaultNamespace = {});

/// Why a Rollout's spec is invalid, as the controller words it; "" when it is fine.
[[nodiscard]] std::string validateRollout(const manifest::Value& rollout);

} // namespace core::rollout
