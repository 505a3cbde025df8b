// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

/// Differences of texts for people to read. Pure functions, any thread.
namespace core::diff {

/// The lines of a text without their "\n" (and a final empty line only where the text ends without one).
/// The views live as long as the text.
[[nodiscard]] std::vector<std::string_view> splitLines(std::string_view text);

/// A run of lines; runs alternate and cover both texts from start to end. Line numbers are 0-based, ends exclusive.
struct Hunk
{
    bool same = true; ///< equal lines on both sides; else lines removed from a and/or added in b
    std::size_t aBegin = 0;
    std::size_t aEnd = 0;
    std::size_t bBegin = 0;
    std::size_t bEnd = 0;
    friend bool operator==(const Hunk&, const Hunk&) = default;
};

/// Patience diff, within sections without anchors Myers' with a bound on its cost: 50,000 lines take milliseconds, and
/// no input makes it quadratic.
[[nodiscard]] std::vector<Hunk> diffLines(std::string_view a, std::string_view b);
[[nodiscard]] std::vector<Hunk> diffLines(const std::vector<std::string_view>& a,
                                          const std::vector<std::string_view>& b);

/// Bytes [begin, end) of a line, always on boundaries of UTF-8 characters.
struct ByteRange
{
    std::size_t begin = 0;
    std::size_t end = 0;
    friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

/// What differs inside two versions of one line.
struct WordDiff
{
    std::vector<ByteRange> a; ///< removed, ascending
    std::vector<ByteRange> b; ///< added, ascending
    double similarity = 1.0; ///< 0 nothing in common, 1 equal (share of bytes in common words)
};
[[nodiscard]] WordDiff diffWords(std::string_view lineA, std::string_view lineB);

/// One row of a side-by-side view.
struct Row
{
    std::optional<std::size_t> a; ///< line number, none where b's line has no counterpart
    std::optional<std::size_t> b;
    bool same = true; ///< a and b are both there and equal
    friend bool operator==(const Row&, const Row&) = default;
};
/// Lines laid out in rows: in changed runs, lines that resemble each other share a row.
[[nodiscard]] std::vector<Row> sideBySide(const std::vector<std::string_view>& a,
                                          const std::vector<std::string_view>& b);

} // namespace core::diff
