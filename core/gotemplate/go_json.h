// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gotemplate/value.h"

namespace core::gotemplate {

/// encoding/json into interface{}: numbers are float64; errors read as Go prints them.
[[nodiscard]] Result<Value> parseGoJson(std::string_view text);

} // namespace core::gotemplate
