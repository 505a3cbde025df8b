// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/manifest/value.h"

#include <string>
#include <string_view>
#include <vector>

namespace core::render::kustomize {

/// Reads the text of a kustomization file: field names in their canonical case, nulls left out, types checked,
/// deprecated fields moved to where they belong now. Line numbers are in Error.where.
[[nodiscard]] Result<manifest::Value> readKustomization(std::string_view text, const std::string& file,
                                                        std::vector<std::string>& warnings);

/// Decodes a value by a named shape ("replacement", "replacements", "patch", "generator", "selector"...), strictly
/// or leaving unknown fields out. `refused` becomes the field that an error is about, as a path with dots.
enum class Unknown : std::uint8_t { Refuse, Ignore };
[[nodiscard]] Result<manifest::Value> decodeShape(manifest::Value value, std::string_view shape, Unknown unknown,
                                                  std::string* refused = nullptr);

} // namespace core::render::kustomize
