// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <filesystem>
#include <stop_token>

namespace core::kube {
class Client;
}

namespace core::engine {

/// Makes the example ML platform a Git repository with some history in `folder` (no-op where it exists already).
/// `templates` is resources/example/repository. The addresses in its manifests become the folder's own.
[[nodiscard]] Result<> createExampleRepository(const std::filesystem::path& templates,
                                               const std::filesystem::path& folder);

/// Creates the example's namespace, project, notifications and Application where they are missing.
[[nodiscard]] Result<> createExampleObjects(kube::Client& client, const std::filesystem::path& repository,
                                            std::stop_token stop);

} // namespace core::engine
