// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

namespace core::engine {

/// Where the program's own files (the example platform) are: `given`, $PILOTHOUSE_RESOURCES, the installed folder, or
/// the source tree that the program was built from.
[[nodiscard]] std::filesystem::path resourcesFolder(const std::filesystem::path& given);

} // namespace core::engine
