// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <filesystem>
#include <string_view>

namespace core::paths {

/// $PILOTHOUSE_HOME/{config,state,cache,data}, or the XDG folders with "pilothouse" below them.
[[nodiscard]] std::filesystem::path config();
[[nodiscard]] std::filesystem::path state();
[[nodiscard]] std::filesystem::path cache();
[[nodiscard]] std::filesystem::path data();

[[nodiscard]] Result<std::string> readFile(const std::filesystem::path& path,
                                           std::size_t limit = std::size_t {256} << 20);
/// Writes beside the target and renames: a reader sees the old or the new text, never a part.
[[nodiscard]] Result<> writeFileAtomically(const std::filesystem::path& path, std::string_view text,
                                           bool ownerOnly = false);

} // namespace core::paths
