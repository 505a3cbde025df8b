// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core::gotemplate {

inline constexpr char32_t kReplacement = 0xFFFD;

/// The rune at `at` and its length in bytes; an invalid byte is U+FFFD of length 1. at < text.size().
struct Rune
{
    char32_t code = 0;
    std::size_t size = 0;
};
[[nodiscard]] Rune decodeRune(std::string_view text, std::size_t at);
void appendRune(std::string& to, char32_t rune);
[[nodiscard]] std::u32string runes(std::string_view text);
[[nodiscard]] std::string fromRunes(std::u32string_view text);
[[nodiscard]] std::size_t runeCount(std::string_view text);

[[nodiscard]] bool isLetter(char32_t rune);
[[nodiscard]] bool isDigit(char32_t rune);
[[nodiscard]] bool isUpper(char32_t rune);
[[nodiscard]] bool isLower(char32_t rune);
[[nodiscard]] bool isSpace(char32_t rune); ///< unicode.IsSpace
[[nodiscard]] bool isPrint(char32_t rune); ///< strconv.IsPrint, nearly
[[nodiscard]] char32_t toUpper(char32_t rune);
[[nodiscard]] char32_t toLower(char32_t rune);

/// strconv.Quote, and its relatives for one rune and for ASCII output.
[[nodiscard]] std::string quote(std::string_view text, bool ascii = false);
[[nodiscard]] std::string quoteRune(char32_t rune, bool ascii = false);
/// strconv.Unquote of "...", `...` and '.'.
[[nodiscard]] std::optional<std::string> unquote(std::string_view text);

/// strconv.ParseInt(text, base, 64); base 0 reads prefixes and underscores.
[[nodiscard]] std::optional<std::int64_t> parseInt(std::string_view text, int base);
[[nodiscard]] std::optional<std::uint64_t> parseUint(std::string_view text, int base);
[[nodiscard]] std::optional<double> parseFloat(std::string_view text);
/// strconv.FormatFloat(value, format, precision, 64) for e E f g G x X; precision -1 = shortest.
[[nodiscard]] std::string formatFloat(double value, char format, int precision);

/// RE2's error in the words of Go's regexp package; `argument` is the part of the pattern that it is about, or "".
[[nodiscard]] std::string goRegexMessage(std::string_view error, std::string_view argument);

/// libyaml's error in go-yaml's words: no context, and the line as go-yaml counts it for errors of the parser.
[[nodiscard]] std::string goYamlMessage(std::string message);

} // namespace core::gotemplate
