// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/expr/meter.h"

namespace core::expr {

/// Go's json.MarshalIndent with two spaces: keys sorted, <>& escaped. Raises for NaN, infinities and functions.
[[nodiscard]] std::string printJson(const Value& value, Meter& meter);
/// Go's json.Unmarshal into any: all numbers are floats.
[[nodiscard]] Value parseJsonText(std::string_view text);

} // namespace core::expr
