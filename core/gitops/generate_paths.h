// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/git/tree.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The annotation argocd.argoproj.io/manifest-generate-paths (section 7.3): what an application's manifests depend on.
namespace core::gitops {

constexpr std::string_view kGeneratePaths = "argocd.argoproj.io/manifest-generate-paths";

/// Whether one of these files of a repository matters to a source at `path` of it; also where the annotation is empty.
[[nodiscard]] bool touchesGeneratePaths(std::string_view annotation, const std::string& path,
                                        const std::vector<std::string>& files);

/// Files that were added, removed or changed from one tree to the other. None where that cannot be told, or where they
/// are more than `most`.
[[nodiscard]] std::optional<std::vector<std::string>> changedFiles(const git::Tree& before, const git::Tree& after,
                                                                   std::size_t most = 10'000);

} // namespace core::gitops
