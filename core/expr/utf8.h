// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace core::expr {

/// The code point at an offset and its length in bytes; U+FFFD of length 1 for what is not UTF-8, as Go has it.
[[nodiscard]] std::pair<char32_t, std::size_t> decodeRune(std::string_view text, std::size_t offset);
void appendRune(std::string& out, char32_t rune);
[[nodiscard]] std::size_t runeCount(std::string_view text);
[[nodiscard]] bool isSpace(char32_t rune);
[[nodiscard]] bool isIdentifierStart(char32_t rune);
[[nodiscard]] bool isIdentifierPart(char32_t rune);
[[nodiscard]] inline bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}
/// Simple case mapping for Latin, Greek, Cyrillic, Armenian and Georgian-free scripts; others stay.
[[nodiscard]] std::string upperText(std::string_view text);
[[nodiscard]] std::string lowerText(std::string_view text);

} // namespace core::expr
