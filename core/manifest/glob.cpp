// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifest/glob.h"

#include "core/base/strings.h"

#include <vector>

namespace core::manifest {

namespace {

/// Matches with memory of what failed, so that many stars cost pattern x text and not more.
class Matcher
{
public:
    Matcher(std::string_view pattern, std::string_view text, char separator)
        : m_pattern(pattern)
        , m_text(text)
        , m_separator(separator)
        , m_failed((pattern.size() + 1) * (text.size() + 1), false)
    {
    }

    bool match(std::size_t p, std::size_t t)
    {
        const auto slot = p * (m_text.size() + 1) + t;
        if (m_failed[slot])
            return false;
        const bool result = step(p, t);
        m_failed[slot] = !result;
        return result;
    }

private:
    [[nodiscard]] bool crossable(std::size_t t) const { return m_separator == '\0' || m_text[t] != m_separator; }

    bool star(std::size_t p, std::size_t t)
    {
        const bool both = p + 1 < m_pattern.size() && m_pattern[p + 1] == '*';
        const auto next = p + (both ? 2 : 1);
        for (auto end = t;; ++end) {
            if (match(next, end))
                return true;
            if (end == m_text.size() || (!both && !crossable(end)))
                return false;
        }
    }

    bool characterClass(std::size_t p, std::size_t t)
    {
        const auto end = m_pattern.find(']', p + 2);
        if (end == std::string_view::npos || t == m_text.size())
            return false;
        auto at = p + 1;
        const bool negated = m_pattern[at] == '!' || m_pattern[at] == '^';
        at += negated ? 1 : 0;
        bool inside = false;
        for (; at < end; ++at) {
            if (at + 2 < end && m_pattern[at + 1] == '-') {
                inside = inside || (m_pattern[at] <= m_text[t] && m_text[t] <= m_pattern[at + 2]);
                at += 2;
            } else {
                inside = inside || m_pattern[at] == m_text[t];
            }
        }
        return inside != negated && match(end + 1, t + 1);
    }

    bool step(std::size_t p, std::size_t t)
    {
        if (p == m_pattern.size())
            return t == m_text.size();
        switch (m_pattern[p]) {
        case '*':
            return star(p, t);
        case '?':
            return t < m_text.size() && crossable(t) && match(p + 1, t + 1);
        case '[':
            return characterClass(p, t);
        case '\\':
            return p + 1 < m_pattern.size() && t < m_text.size() && m_pattern[p + 1] == m_text[t]
                && match(p + 2, t + 1);
        default:
            return t < m_text.size() && m_pattern[p] == m_text[t] && match(p + 1, t + 1);
        }
    }

    std::string_view m_pattern;
    std::string_view m_text;
    char m_separator;
    std::vector<bool> m_failed;
};

/// "{a,b}c" -> "ac", "bc"; bounded.
void expand(const std::string& pattern, std::vector<std::string>& results)
{
    const auto open = pattern.find('{');
    const auto close = open == std::string::npos ? open : pattern.find('}', open);
    if (close == std::string::npos || results.size() > 64) {
        results.push_back(pattern);
        return;
    }
    for (const auto& choice : split(std::string_view(pattern).substr(open + 1, close - open - 1), ','))
        expand(pattern.substr(0, open) + choice + pattern.substr(close + 1), results);
}

} // namespace

bool globMatches(std::string_view pattern, std::string_view text, char separator)
{
    if (pattern.find_first_of("*?[{\\") == std::string_view::npos)
        return pattern == text;
    if (pattern.size() > 2048 || text.size() > 4096)
        return false;
    std::vector<std::string> patterns;
    expand(std::string(pattern), patterns);
    for (const auto& one : patterns) {
        if (Matcher(one, text, separator).match(0, 0))
            return true;
    }
    return false;
}

} // namespace core::manifest
