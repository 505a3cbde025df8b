// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gotemplate/value.h"

namespace core::gotemplate {

/// As BurntSushi's encoder prints: plain keys first, tables after them, two spaces per level.
[[nodiscard]] std::string toToml(const Value& value);
[[nodiscard]] Result<Value> parseToml(const std::string& text);

} // namespace core::gotemplate
