// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gotemplate/value.h"

#include <span>
#include <string>

namespace core::gotemplate {

/// fmt.Sprint of one value: what an action prints.
void appendPrinted(std::string& to, const Value& value);
[[nodiscard]] std::string printed(const Value& value);
/// fmt.Sprint and fmt.Sprintln.
[[nodiscard]] std::string sprint(std::span<const Value> values);
[[nodiscard]] std::string sprintln(std::span<const Value> values);
/// fmt.Sprintf.
[[nodiscard]] std::string sprintf(std::string_view format, std::span<const Value> values);
/// time.Time.String().
[[nodiscard]] std::string printTime(const Value& time);

} // namespace core::gotemplate
