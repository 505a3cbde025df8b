// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace core {

/// Percent-encodes all but RFC 3986's unreserved characters.
[[nodiscard]] std::string percentEncode(std::string_view text);
enum class UrlPart { Path, Query };
/// What is no escape stays as it is; but in a query, "+" is a space.
[[nodiscard]] std::string percentDecode(std::string_view text, UrlPart part);

} // namespace core
