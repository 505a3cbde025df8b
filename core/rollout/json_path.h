// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/manifest/value.h"

#include <optional>

/// Kubernetes' JSONPath templates ("{$.items[?(@.name=='a')].value}"), as client-go reads and evaluates them.
namespace core::rollout {

/// The first value that a template finds in a document whose numbers are floats; none where it finds nothing without
/// that being an error. A field that is nowhere is an error, as are bounds, kinds and more than a million values.
[[nodiscard]] Result<std::optional<manifest::Value>> firstOfJsonPath(std::string_view path,
                                                                     const manifest::Value& document);

} // namespace core::rollout
