// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gitops/comparison.h"
#include "core/gitops/project.h"

namespace core::gitops {

/// Something in the manifests or the project that will make a sync fail, found before it runs.
struct Finding
{
    manifest::ResourceKey key;
    std::vector<std::string> path; ///< the field to change, in the object of `key`; may be empty
    std::string message;
    std::string hint;
};

/// What the project refuses (kinds, destinations, sources), and objects that the API server will refuse: a GPU (any
/// extended resource) requested without an equal limit, in pod templates and in InferenceServices.
[[nodiscard]] std::vector<Finding> findProblems(const Application& app, const Project* project,
                                                const Comparison& comparison,
                                                const std::vector<RegisteredCluster>& clusters);

} // namespace core::gitops
