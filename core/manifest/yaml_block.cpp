// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifest/yaml_block.h"

#include "core/base/strings.h"

#include <algorithm>
#include <unordered_set>

namespace core::manifest {

namespace {

/// Whether the text is made of characters that mean the same everywhere in it; `isWide` where not all are ASCII.
bool isOrdinary(std::string_view text, bool& isWide)
{
    if (isPlainAscii(text))
        return true;
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        if (lead < 0x80) {
            if (lead == 0x7F || (lead < 0x20 && lead != '\n'))
                return false;
            ++i;
            continue;
        }
        isWide = true;
        const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
        if (lead < 0xC2 || lead > 0xF4 || i + size > text.size())
            return false;
        char32_t code = lead & (0x7FU >> size);
        for (std::size_t n = 1; n < size; ++n) {
            const auto next = static_cast<unsigned char>(text[i + n]);
            if ((next & 0xC0U) != 0x80U)
                return false;
            code = (code << 6U) | (next & 0x3FU);
        }
        const bool overlong = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
        const bool odd = code < 0xA0 || code == 0x2028 || code == 0x2029 || code == 0xFEFF || code > 0x10FFFF
            || (code >= 0xD800 && code <= 0xDFFF) || code == 0xFFFE || code == 0xFFFF;
        if (overlong || odd)
            return false;
        i += size;
    }
    return true;
}

/// Stands at the first character of a line with content, or within one. Functions that return false give up.
class BlockReader
{
public:
    BlockReader(std::string_view text, const NodeLimits& limits, bool isWide)
        : m_text(text)
        , m_limits(limits)
        , m_isWide(isWide)
    {
    }

    bool documents(std::vector<Node>& found)
    {
        toContent();
        for (bool first = true; m_column != kEnd; first = false) {
            if (m_column == kMarker) {
                std::size_t end = m_at + 3;
                if (m_text[m_at] != '-' || !endsLine(end))
                    return false;
                advance(end);
                if (m_column == kMarker || m_column == kEnd) { // an empty one
                    if (m_limits.firstOnly)
                        return true;
                    continue;
                }
            } else if (!first) {
                return false;
            }
            Node root;
            Key key;
            const bool isList = isDash(m_at);
            if (!isList && !findKey(m_at, key))
                return false;
            if (!(isList ? sequence(root, m_column, 0, false) : mapping(root, m_column, 0, key)) || m_column >= 0)
                return false;
            found.push_back(std::move(root));
            if (m_limits.firstOnly)
                return true;
        }
        return true;
    }

private:
    static constexpr int kEnd = -1; ///< column of the text's end
    static constexpr int kMarker = -2; ///< of "---" or "..."

    struct Key
    {
        std::string_view text;
        bool quoted = false;
        std::size_t colon = 0;
    };

    [[nodiscard]] bool isBlankOrEnd(std::size_t at) const
    {
        return at >= m_text.size() || m_text[at] == ' ' || m_text[at] == '\n';
    }
    [[nodiscard]] bool isDash(std::size_t at) const { return m_text[at] == '-' && isBlankOrEnd(at + 1); }
    [[nodiscard]] bool startsPlain(std::size_t at) const
    {
        const char c = m_text[at];
        if (c == '-' || c == '?' || c == ':')
            return !isBlankOrEnd(at + 1);
        return std::string_view(",[]{}#&*!|>'\"%@` \n").find(c) == std::string_view::npos;
    }
    [[nodiscard]] std::size_t lineEnd(std::size_t at) const
    {
        const auto end = m_text.find('\n', at);
        return end == std::string_view::npos ? m_text.size() : end;
    }
    [[nodiscard]] std::size_t afterSpaces(std::size_t at) const
    {
        while (at < m_text.size() && m_text[at] == ' ')
            ++at;
        return at;
    }
    /// Whether nothing but a comment follows; `at` becomes the end of the line then.
    [[nodiscard]] bool endsLine(std::size_t& at) const
    {
        const auto next = afterSpaces(at);
        if (next < m_text.size() && m_text[next] != '\n' && (m_text[next] != '#' || next == at))
            return false;
        at = lineEnd(next);
        return true;
    }

    void advance(std::size_t end)
    {
        if (end >= m_text.size()) {
            m_at = m_text.size();
            m_column = kEnd;
            return;
        }
        ++m_line;
        m_lineStart = end + 1;
        toContent();
    }
    /// From the start of a line to the first one with content.
    void toContent()
    {
        for (;;) {
            m_at = afterSpaces(m_lineStart);
            if (m_at >= m_text.size()) {
                m_column = kEnd;
                return;
            }
            if (m_text[m_at] != '\n' && m_text[m_at] != '#')
                break;
            const auto end = lineEnd(m_at);
            if (end >= m_text.size()) {
                m_column = kEnd;
                return;
            }
            ++m_line;
            m_lineStart = end + 1;
        }
        m_column = static_cast<int>(m_at - m_lineStart);
        const auto mark = m_text.substr(m_at, 3);
        if (m_column == 0 && (mark == "---" || mark == "...") && isBlankOrEnd(m_at + 3))
            m_column = kMarker;
    }
    void place(Node& node, std::size_t at) const
    {
        auto column = at - m_lineStart;
        if (m_isWide) // characters, not bytes
            column =
                static_cast<std::size_t>(std::count_if(m_text.begin() + static_cast<std::ptrdiff_t>(m_lineStart),
                                                       m_text.begin() + static_cast<std::ptrdiff_t>(at), [](char c) {
                                                           return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
                                                       }));
        node.line = m_line;
        node.column = static_cast<std::uint32_t>(column + 1);
    }
    /// As the reader of libyaml's events counts.
    bool count(std::size_t depth)
    {
        ++m_count;
        return depth <= m_limits.maxDepth && m_count <= m_limits.maxNodes;
    }

    /// A key that stands here with its colon.
    [[nodiscard]] bool findKey(std::size_t at, Key& key) const
    {
        constexpr std::size_t kLongest = 1000; // libyaml's limit is 1024
        const auto most = std::min(m_text.size(), at + kLongest);
        const char first = m_text[at];
        key.quoted = first == '\'' || first == '"';
        auto end = at;
        if (key.quoted) {
            for (end = at + 1; end < most && m_text[end] != first && m_text[end] != '\n'; ++end) {
                if (m_text[end] == '\\')
                    return false;
            }
            if (end >= most || m_text[end] != first)
                return false;
            key.text = m_text.substr(at + 1, end - at - 1);
            key.colon = afterSpaces(end + 1);
            return key.colon < m_text.size() && m_text[key.colon] == ':' && isBlankOrEnd(key.colon + 1);
        }
        if (!startsPlain(at))
            return false;
        for (; end < most && m_text[end] != '\n'; ++end) {
            if (m_text[end] == '#' && m_text[end - 1] == ' ')
                return false;
            if (m_text[end] == ':' && isBlankOrEnd(end + 1)) {
                key.colon = end;
                while (m_text[end - 1] == ' ')
                    --end;
                key.text = m_text.substr(at, end - at);
                return true;
            }
        }
        return false;
    }

    /// What begins here, in a collection at column `indent`.
    bool node(Node& into, int indent, std::size_t depth)
    {
        if (isDash(m_at))
            return sequence(into, m_column, depth, false);
        Key key;
        return findKey(m_at, key) ? mapping(into, m_column, depth, key) : scalar(into, indent, depth);
    }

    /// What a "key:" or "-" that ends before `at` introduces, in a collection at `column`.
    bool member(Node& into, int column, std::size_t at, std::size_t depth, bool afterKey)
    {
        auto end = at;
        if (!endsLine(end)) {
            m_at = afterSpaces(at);
            m_column = static_cast<int>(m_at - m_lineStart);
            return afterKey ? scalar(into, column, depth) : node(into, column, depth);
        }
        place(into, at);
        advance(end);
        if (m_column > column)
            return node(into, column, depth);
        if (afterKey && m_column == column && isDash(m_at))
            return sequence(into, column, depth, true);
        into.tag = ScalarTag::Null;
        return count(depth);
    }

    bool mapping(Node& into, int column, std::size_t depth, Key key)
    {
        if (!count(depth))
            return false;
        place(into, m_at);
        into.kind = Node::Kind::Mapping;
        const auto base = m_open.size();
        std::unordered_set<std::string> names;
        for (;;) {
            Node child;
            child.key = key.text;
            child.keyTag = key.quoted ? ScalarTag::String : resolveScalar(key.text, m_limits.dialect).tag;
            if (!count(depth + 1) || child.keyTag == ScalarTag::Merge)
                return false;
            if (!m_limits.keepDuplicates && isTwice(base, key.text, names))
                return false;
            if (!member(child, column, key.colon + 1, depth + 1, true))
                return false;
            m_open.push_back(std::move(child));
            if (m_column < column)
                break;
            if (m_column > column || isDash(m_at) || !findKey(m_at, key))
                return false;
        }
        close(into, base);
        return true;
    }

    /// Whether a key is there already; `names` takes the keys where they are many.
    bool isTwice(std::size_t base, std::string_view name, std::unordered_set<std::string>& names) const
    {
        constexpr std::size_t kMany = 12;
        const auto begin = m_open.begin() + static_cast<std::ptrdiff_t>(base);
        if (m_open.size() - base < kMany)
            return std::any_of(begin, m_open.end(), [&](const Node& child) { return child.key == name; });
        if (names.empty()) {
            for (auto child = begin; child != m_open.end(); ++child)
                names.insert(child->key);
        }
        return !names.emplace(name).second;
    }

    bool sequence(Node& into, int column, std::size_t depth, bool isIndentless)
    {
        if (!count(depth))
            return false;
        place(into, m_at);
        into.kind = Node::Kind::Sequence;
        const auto base = m_open.size();
        while (m_column == column && isDash(m_at)) {
            Node child;
            if (!member(child, column, m_at + 1, depth + 1, false))
                return false;
            m_open.push_back(std::move(child));
        }
        close(into, base);
        return m_column < column || (m_column == column && isIndentless);
    }

    /// Moves what was read since into its collection, with no room left over.
    void close(Node& into, std::size_t base)
    {
        const auto begin = m_open.begin() + static_cast<std::ptrdiff_t>(base);
        into.children.assign(std::make_move_iterator(begin), std::make_move_iterator(m_open.end()));
        m_open.resize(base);
    }

    bool scalar(Node& into, int indent, std::size_t depth)
    {
        if (!count(depth))
            return false;
        place(into, m_at);
        const char first = m_text[m_at];
        if (first == '[' || first == '{') {
            into.kind = first == '[' ? Node::Kind::Sequence : Node::Kind::Mapping;
            into.isFlow = true;
            auto end = m_at + 2;
            if (m_text.substr(m_at + 1, 1) != (first == '[' ? "]" : "}") || !endsLine(end))
                return false;
            advance(end);
            return true;
        }
        into.quoted = first == '|' || first == '>' || first == '\'' || first == '"';
        if (first == '|' || first == '>' ? !block(into.text, indent)
                : into.quoted            ? !quotedText(into.text, indent)
                                         : !plain(into.text, indent))
            return false;
        into.tag = into.quoted ? ScalarTag::String : resolveScalar(into.text, m_limits.dialect).tag;
        return true;
    }

    /// Where a scalar goes on after the end of a line, deeper than `indent`; `breaks` are the line ends before it.
    [[nodiscard]] bool continues(std::size_t end, int indent, std::size_t& at, std::size_t& breaks) const
    {
        breaks = 0;
        auto start = end;
        do {
            if (start >= m_text.size())
                return false;
            ++breaks;
            at = afterSpaces(++start);
            if (at >= m_text.size())
                return false;
            end = start;
            start = at;
        } while (m_text[at] == '\n');
        return static_cast<int>(at - end) > indent;
    }
    void fold(std::string& out, std::size_t breaks, std::size_t at)
    {
        out.append(breaks == 1 ? 1 : breaks - 1, breaks == 1 ? ' ' : '\n');
        m_line += static_cast<std::uint32_t>(breaks);
        m_lineStart = m_text.rfind('\n', at) + 1;
    }

    bool plain(std::string& out, int indent)
    {
        if (!startsPlain(m_at))
            return false;
        for (auto at = m_at;;) {
            const auto end = lineEnd(at);
            auto last = at;
            for (; last < end; ++last) {
                if (m_text[last] == ':' && isBlankOrEnd(last + 1))
                    return false;
                if (m_text[last] == '#' && last > at && m_text[last - 1] == ' ')
                    break;
            }
            const bool hasComment = last < end;
            while (m_text[last - 1] == ' ')
                --last;
            out.append(m_text, at, last - at);
            std::size_t breaks = 0;
            if (hasComment || !continues(end, indent, at, breaks) || m_text[at] == '#') {
                advance(end);
                return true;
            }
            fold(out, breaks, at);
        }
    }

    bool quotedText(std::string& out, int indent)
    {
        const char quote = m_text[m_at];
        const bool hasEscapes = quote == '"';
        std::size_t kept = 0; // of the text, that does not end in blanks of the line
        for (auto at = m_at + 1; at < m_text.size();) {
            const char c = m_text[at];
            if (c == quote && !hasEscapes && at + 1 < m_text.size() && m_text[at + 1] == quote) {
                out += quote;
                at += 2;
            } else if (c == quote) {
                auto end = at + 1;
                if (!endsLine(end))
                    return false;
                advance(end);
                return true;
            } else if (c == '\\' && hasEscapes) {
                if (!escape(out, at, indent))
                    return false;
                kept = out.size();
            } else if (c == '\n') {
                while (out.size() > kept && out.back() == ' ')
                    out.pop_back();
                std::size_t breaks = 0;
                if (!continues(at, indent, at, breaks))
                    return false;
                fold(out, breaks, at);
                kept = out.size();
            } else {
                out += c;
                ++at;
            }
        }
        return false;
    }

    bool escape(std::string& out, std::size_t& at, int indent)
    {
        constexpr std::string_view kNames = "\"\\/ntr ";
        constexpr std::string_view kMeant = "\"\\/\n\t\r ";
        const char name = at + 1 < m_text.size() ? m_text[at + 1] : '\0';
        if (name == '\n') { // the line goes on in the next one
            std::size_t breaks = 0;
            if (!continues(at + 1, indent, at, breaks))
                return false;
            out.append(breaks - 1, '\n');
            m_line += static_cast<std::uint32_t>(breaks);
            m_lineStart = m_text.rfind('\n', at) + 1;
            return true;
        }
        const auto known = kNames.find(name);
        if (known == std::string_view::npos || (name == '/' && m_limits.dialect == YamlDialect::V2))
            return false;
        out += kMeant[known];
        at += 2;
        return true;
    }

    bool block(std::string& out, int indent)
    {
        const bool isLiteral = m_text[m_at] == '|';
        auto end = m_at + 1;
        const char chomp = end < m_text.size() && (m_text[end] == '-' || m_text[end] == '+') ? m_text[end++] : ' ';
        std::size_t at = 0;
        std::size_t breaks = 0;
        if (!endsLine(end))
            return false;
        if (!continues(end, indent, at, breaks)) { // nothing stands in it
            advance(end);
            return chomp != '+';
        }
        const auto lineOf = [&](std::size_t inIt) { return m_text.rfind('\n', inIt) + 1; };
        auto start = lineOf(at);
        const auto width = at - start;
        // Blank lines before the first that are longer than its indentation count as text.
        for (auto line = end + 1; line < start; line = lineEnd(line) + 1) {
            if (lineEnd(line) - line > width)
                return false;
        }
        m_line += static_cast<std::uint32_t>(breaks);
        --breaks;
        bool hasBreak = false;
        bool wasIndented = false;
        for (;;) {
            const bool isIndented = m_text[start + width] == ' ';
            if (!isLiteral && hasBreak && !wasIndented && !isIndented)
                out.append(breaks == 0 ? 1 : 0, ' ');
            else
                out.append(hasBreak ? 1 : 0, '\n');
            out.append(breaks, '\n');
            wasIndented = isIndented;
            end = lineEnd(start + width);
            out.append(m_text, start + width, end - start - width);
            hasBreak = end < m_text.size();
            breaks = 0;
            if (!nextOfBlock(end, width, start, breaks))
                break;
            m_line += static_cast<std::uint32_t>(breaks + 1);
        }
        out.append(hasBreak && chomp != '-' ? 1 : 0, '\n');
        out.append(chomp == '+' ? breaks : 0, '\n');
        advance(end);
        return true;
    }

    /// The start of the next line of a block scalar that is not blank.
    [[nodiscard]] bool nextOfBlock(std::size_t end, std::size_t width, std::size_t& start, std::size_t& breaks) const
    {
        for (start = end + 1;; ++breaks) {
            auto at = start;
            while (at < m_text.size() && at - start < width && m_text[at] == ' ')
                ++at;
            if (at >= m_text.size())
                return false;
            if (m_text[at] != '\n')
                return at - start == width;
            start = at + 1;
        }
    }

    const std::string_view m_text;
    const NodeLimits& m_limits;
    const bool m_isWide;
    std::size_t m_at = 0;
    std::size_t m_lineStart = 0;
    std::uint32_t m_line = 1;
    int m_column = 0;
    std::size_t m_count = 0;
    std::vector<Node> m_open; ///< members of the collections that are being read
};

} // namespace

std::optional<std::vector<Node>> readBlocks(std::string_view text, const NodeLimits& limits)
{
    bool isWide = false;
    std::vector<Node> found;
    if (!isOrdinary(text, isWide) || !BlockReader(text, limits, isWide).documents(found))
        return std::nullopt;
    return found;
}

} // namespace core::manifest
