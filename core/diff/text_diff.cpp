// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/diff/text_diff.h"

#include "core/diff/sequence_diff.h"

#include <algorithm>
#include <unordered_map>

namespace core::diff {

namespace {

/// Numbers for texts: equal texts, equal numbers.
class Interner
{
public:
    std::vector<int> intern(const std::vector<std::string_view>& parts)
    {
        std::vector<int> ids;
        ids.reserve(parts.size());
        for (const auto part : parts)
            ids.push_back(m_ids.try_emplace(part, static_cast<int>(m_ids.size())).first->second);
        return ids;
    }

private:
    std::unordered_map<std::string_view, int> m_ids;
};

bool isWordByte(char c)
{
    const auto byte = static_cast<unsigned char>(c);
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || byte >= 0x80;
}

bool isSpace(char c)
{
    return c == ' ' || c == '\t';
}

std::vector<std::string_view> splitWords(std::string_view line)
{
    std::vector<std::string_view> words;
    std::size_t at = 0;
    while (at < line.size()) {
        auto end = at + 1;
        if (isWordByte(line[at])) {
            while (end < line.size() && isWordByte(line[end]))
                ++end;
        } else if (isSpace(line[at])) {
            while (end < line.size() && isSpace(line[end]))
                ++end;
        }
        words.push_back(line.substr(at, end - at));
        at = end;
    }
    return words;
}

bool blank(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), isSpace);
}

/// Ranges of changed words; ranges with only white space between them become one.
std::vector<ByteRange> ranges(std::string_view line, const std::vector<std::string_view>& words,
                              const std::vector<bool>& changed)
{
    std::vector<ByteRange> result;
    std::size_t at = 0;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const auto end = at + words[i].size();
        if (changed[i]) {
            if (!result.empty() && blank(line.substr(result.back().end, at - result.back().end)))
                result.back().end = end;
            else
                result.push_back({at, end});
        }
        at = end;
    }
    return result;
}

std::size_t commonBytes(const std::vector<std::string_view>& words, const std::vector<bool>& changed)
{
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (!changed[i] && !blank(words[i]))
            bytes += words[i].size();
    }
    return bytes;
}

std::size_t wordBytes(const std::vector<std::string_view>& words)
{
    std::size_t bytes = 0;
    for (const auto word : words)
        bytes += blank(word) ? 0 : word.size();
    return bytes;
}

/// The text before the first ':' of a YAML line: lines with the same key belong together.
std::string_view yamlKey(std::string_view line)
{
    const auto colon = line.find(':');
    return colon == std::string_view::npos ? std::string_view {} : line.substr(0, colon);
}

double lineLikeness(std::string_view a, std::string_view b)
{
    const auto key = yamlKey(a);
    if (!key.empty() && key == yamlKey(b))
        return 1.0;
    const auto likeness = diffWords(a, b).similarity;
    return likeness >= 0.5 ? likeness : 0.0;
}

constexpr std::size_t kPairLimit = 48;
constexpr std::size_t kLineLimit = 400;

bool shortLines(const std::vector<std::string_view>& lines, std::size_t begin, std::size_t end)
{
    return std::all_of(lines.begin() + static_cast<std::ptrdiff_t>(begin),
                       lines.begin() + static_cast<std::ptrdiff_t>(end),
                       [](std::string_view line) { return line.size() <= kLineLimit; });
}

/// Pairs lines of a changed run so that the sum of likeness is greatest, keeping the order.
void pairRun(const std::vector<std::string_view>& a, const std::vector<std::string_view>& b, const Hunk& hunk,
             std::vector<Row>& rows)
{
    const auto n = hunk.aEnd - hunk.aBegin;
    const auto m = hunk.bEnd - hunk.bBegin;
    if (n == 0 || m == 0 || n > kPairLimit || m > kPairLimit || !shortLines(a, hunk.aBegin, hunk.aEnd)
        || !shortLines(b, hunk.bBegin, hunk.bEnd)) {
        for (std::size_t i = 0; i < std::max(n, m); ++i) {
            rows.push_back({i < n ? std::optional(hunk.aBegin + i) : std::nullopt,
                            i < m ? std::optional(hunk.bBegin + i) : std::nullopt, false});
        }
        return;
    }
    std::vector<double> likeness(n * m);
    std::vector<double> best((n + 1) * (m + 1), 0.0);
    const auto at = [m](std::size_t i, std::size_t j) { return i * (m + 1) + j; };
    for (auto i = n; i-- > 0;) {
        for (auto j = m; j-- > 0;) {
            likeness[i * m + j] = lineLikeness(a[hunk.aBegin + i], b[hunk.bBegin + j]);
            best[at(i, j)] =
                std::max({best[at(i + 1, j)], best[at(i, j + 1)], best[at(i + 1, j + 1)] + likeness[i * m + j]});
        }
    }
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < n || j < m) {
        const bool paired =
            i < n && j < m && likeness[i * m + j] > 0 && best[at(i, j)] <= best[at(i + 1, j + 1)] + likeness[i * m + j];
        if (paired)
            rows.push_back({hunk.aBegin + i++, hunk.bBegin + j++, false});
        else if (i < n && (j == m || best[at(i + 1, j)] >= best[at(i, j + 1)]))
            rows.push_back({hunk.aBegin + i++, std::nullopt, false});
        else
            rows.push_back({std::nullopt, hunk.bBegin + j++, false});
    }
}

} // namespace

std::vector<std::string_view> splitLines(std::string_view text)
{
    std::vector<std::string_view> lines;
    std::size_t at = 0;
    while (at < text.size()) {
        const auto end = std::min(text.find('\n', at), text.size());
        lines.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return lines;
}

std::vector<Hunk> diffLines(std::string_view a, std::string_view b)
{
    return diffLines(splitLines(a), splitLines(b));
}

std::vector<Hunk> diffLines(const std::vector<std::string_view>& a, const std::vector<std::string_view>& b)
{
    Interner interner;
    const auto idsA = interner.intern(a);
    const auto idsB = interner.intern(b);
    const auto changes = diffSequences(idsA, idsB);
    std::vector<Hunk> hunks;
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < a.size() || j < b.size()) {
        Hunk hunk {true, i, i, j, j};
        while (i < a.size() && j < b.size() && !changes.a[i] && !changes.b[j]) {
            ++i;
            ++j;
        }
        if (i == hunk.aBegin) {
            hunk.same = false;
            while (i < a.size() && changes.a[i])
                ++i;
            while (j < b.size() && changes.b[j])
                ++j;
        }
        hunk.aEnd = i;
        hunk.bEnd = j;
        hunks.push_back(hunk);
    }
    return hunks;
}

WordDiff diffWords(std::string_view lineA, std::string_view lineB)
{
    const auto wordsA = splitWords(lineA);
    const auto wordsB = splitWords(lineB);
    Interner interner;
    const auto idsA = interner.intern(wordsA);
    const auto idsB = interner.intern(wordsB);
    const auto changes = diffSequences(idsA, idsB);
    WordDiff result;
    result.a = ranges(lineA, wordsA, changes.a);
    result.b = ranges(lineB, wordsB, changes.b);
    const auto total = wordBytes(wordsA) + wordBytes(wordsB);
    const auto common = commonBytes(wordsA, changes.a) + commonBytes(wordsB, changes.b);
    result.similarity =
        total == 0 ? (lineA == lineB ? 1.0 : 0.0) : static_cast<double>(common) / static_cast<double>(total);
    return result;
}

std::vector<Row> sideBySide(const std::vector<std::string_view>& a, const std::vector<std::string_view>& b)
{
    std::vector<Row> rows;
    rows.reserve(std::max(a.size(), b.size()));
    for (const auto& hunk : diffLines(a, b)) {
        if (!hunk.same) {
            pairRun(a, b, hunk, rows);
            continue;
        }
        for (std::size_t i = 0; i < hunk.aEnd - hunk.aBegin; ++i)
            rows.push_back({hunk.aBegin + i, hunk.bBegin + i, true});
    }
    return rows;
}

} // namespace core::diff
