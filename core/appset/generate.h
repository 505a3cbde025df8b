// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/appset/generators.h"

#include <map>
#include <set>

namespace core::appset {

/// What an ApplicationSet stands for now. Where `error` is set nothing may be created, changed or deleted.
struct Generated
{
    std::vector<manifest::Value> applications; ///< apiVersion, kind, metadata, spec; in the generators' order
    std::string reason; ///< of the condition ErrorOccurred: ApplicationGenerationFromParamsError ...
    std::string error;
};
/// Runs all generators and renders the template with each of their parameter sets (sections 9.1 to 9.3).
[[nodiscard]] Generated generate(const manifest::Value& applicationSet, const Inputs& inputs);

/// What keeps generated applications from being applied, by name: used twice, unknown project, destination.
[[nodiscard]] std::map<std::string, std::string> validate(const manifest::Value& applicationSet,
                                                          const std::vector<manifest::Value>& applications,
                                                          const std::vector<Cluster>& clusters,
                                                          const std::set<std::string>& projects);
/// Why a destination cannot be resolved, or "".
[[nodiscard]] std::string destinationProblem(const manifest::Value& application, const std::vector<Cluster>& clusters);

/// An Application without the empty fields that Argo CD does not write, its project filled in.
[[nodiscard]] manifest::Value normalized(manifest::Value application);

} // namespace core::appset
