// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gotemplate/value.h"

namespace core::gotemplate {

/// time.Time.Format.
[[nodiscard]] std::string formatTime(const Value::Moment& moment, std::string_view layout);
/// time.Parse; times without a zone are UTC.
[[nodiscard]] Result<Value> parseTime(std::string_view layout, std::string_view text);
/// The same instant in a named zone of the system's database; NotFound where there is none of that name.
[[nodiscard]] Result<Value> inZone(TimePoint time, const std::string& zone);

} // namespace core::gotemplate
