// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Most of the time of printing a chart with large CustomResourceDefinitions would go into parsing them only to learn
// their kind. Their form is simple: nested blocks of `key: value` and `- item`, plain, quoted and literal scalars.
#include "core/render/helm_heads.h"

#include "core/base/strings.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace core::render::helm {

namespace {

constexpr std::size_t kMaxDepth = 100;

constexpr bool isWordCharacter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

constexpr std::array<bool, 256> kKeyCharacters = [] {
    std::array<bool, 256> table {};
    for (std::size_t i = 0; i < 128; ++i) {
        const auto c = static_cast<char>(i);
        table[i] = isWordCharacter(c) || c == '_' || c == '.' || c == '/' || c == '-' || c == '$';
    }
    return table;
}();

bool isKeyCharacter(char c)
{
    return kKeyCharacters[static_cast<unsigned char>(c)];
}

/// How many spaces a line begins with: half of the bytes of large manifests are those.
std::size_t leadingSpaces(std::string_view line)
{
    constexpr std::uint64_t kSpaces = 0x2020202020202020;
    std::size_t at = 0;
    for (std::uint64_t word = 0; at + sizeof word <= line.size(); at += sizeof word) {
        std::memcpy(&word, line.data() + at, sizeof word);
        if (word != kSpaces)
            break;
    }
    while (at < line.size() && line[at] == ' ')
        ++at;
    return at;
}

// Valid UTF-8 of characters that YAML prints, and that do not end a line.
bool isText(std::string_view line, bool tabs)
{
    for (std::size_t i = 0; i < line.size();) {
        const auto c = static_cast<unsigned char>(line[i]);
        if (c < 0x80) {
            if ((c < ' ' && !(tabs && c == '\t')) || c == 0x7F)
                return false;
            ++i;
            continue;
        }
        const std::size_t size = c >= 0xC3 && c < 0xE0 ? 2 : c >= 0xE1 && c < 0xF0 ? 3 : 0;
        // Two bytes from U+00C0 on; three without U+0800.., surrogates, U+2028 and U+2029, and the last of the plane.
        if (size == 0 || i + size > line.size() || c == 0xED || c == 0xEF)
            return false;
        for (std::size_t k = 1; k < size; ++k)
            if ((static_cast<unsigned char>(line[i + k]) & 0xC0U) != 0x80)
                return false;
        if (line.substr(i, 3) == "\xE2\x80\xA8" || line.substr(i, 3) == "\xE2\x80\xA9")
            return false;
        i += size;
    }
    return true;
}

std::string_view withoutTrailingSpace(std::string_view text)
{
    while (!text.empty() && text.back() == ' ')
        text.remove_suffix(1);
    return text;
}

bool isReserved(std::string_view word)
{
    static constexpr std::array<std::string_view, 11> kWords {"y",    "n",     "yes",  "no",  "on", "off",
                                                              "true", "false", "null", "nan", "inf"};
    constexpr std::size_t kLongest = 5;
    if (word.empty() || word.size() > kLongest)
        return false;
    return std::any_of(kWords.begin(), kWords.end(), [word](std::string_view reserved) {
        return word.size() == reserved.size()
            && std::equal(word.begin(), word.end(), reserved.begin(),
                          [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
    });
}

/// Where " #" begins. Number signs are rare in texts, spaces are not.
std::size_t commentStart(std::string_view text)
{
    for (auto at = text.find('#'); at != std::string_view::npos; at = text.find('#', at + 1))
        if (at > 0 && text[at - 1] == ' ')
            return at - 1;
    return std::string_view::npos;
}

enum class Scalar { None, Plain, Closed, Block, Doubt }; ///< None: nothing stands here; Closed: no line continues it

class Reader
{
public:
    explicit Reader(std::string_view text)
        : m_text(text)
        , m_isPlain(isPlainAscii(text))
    {
    }

    std::optional<std::string_view> kind()
    {
        while (nextLine())
            if (!line())
                return std::nullopt;
        if (m_depth == 0 || m_kind.empty())
            return std::nullopt;
        return m_kind;
    }

private:
    struct Level
    {
        std::size_t indent;
        bool isList;
    };

    bool nextLine()
    {
        if (m_at >= m_text.size())
            return false;
        const auto end = std::min(m_text.find('\n', m_at), m_text.size());
        m_line = m_text.substr(m_at, end - m_at);
        m_at = end + 1;
        return true;
    }

    Level& top() { return m_levels[m_depth - 1]; }

    bool push(std::size_t indent, bool isList)
    {
        if (m_depth == kMaxDepth)
            return false;
        m_levels[m_depth++] = {indent, isList};
        return true;
    }

    // One line that is no part of a block scalar.
    bool line()
    {
        const auto indent = leadingSpaces(m_line);
        auto rest = m_line.substr(indent);
        if (rest.empty())
            return true;
        if (!m_isPlain && !isText(rest, false))
            return false;
        if (rest[0] == '#') {
            m_last = m_last == Scalar::Plain ? Scalar::Closed : m_last;
            return true;
        }
        const bool item = rest[0] == '-' && (rest.size() == 1 || rest[1] == ' ');
        if (m_depth == 0)
            return !item && push(indent, false) && entry(indent, rest);
        if (m_open && indent > top().indent
            && (withoutTrailingSpace(rest) == "{}" || withoutTrailingSpace(rest) == "[]")) {
            m_open = false;
            m_last = Scalar::Closed;
            return !m_mustBeScalar;
        }
        if (m_open && (indent > top().indent || (indent == top().indent && item && !top().isList))) {
            if (m_mustBeScalar || !push(indent, item))
                return false;
        } else if (!m_open && indent > top().indent) {
            return m_last == Scalar::Plain && isPlainContinuation(rest);
        }
        m_open = false;
        while (top().indent > indent || (top().indent == indent && top().isList && !item)) {
            if (m_depth == 1)
                return false;
            --m_depth;
        }
        return top().indent == indent && top().isList == item && entry(indent, rest);
    }

    static bool isPlainContinuation(std::string_view text)
    {
        text = withoutTrailingSpace(text);
        return text.find(": ") == std::string_view::npos && text.back() != ':'
            && commentStart(text) == std::string_view::npos && !text.starts_with("---") && !text.starts_with("...");
    }

    // "- item" or "key: value" that begins at a column.
    bool entry(std::size_t column, std::string_view rest)
    {
        while (rest[0] == '-' && (rest.size() == 1 || rest[1] == ' ')) {
            const auto skip = std::min(rest.find_first_not_of(' ', 1), rest.size());
            rest.remove_prefix(skip);
            if (rest.empty() || rest[0] == '#') {
                m_open = true;
                m_mustBeScalar = false;
                m_last = Scalar::None;
                return true;
            }
            const auto parent = column;
            column += skip;
            const bool nested = rest[0] == '-' && (rest.size() == 1 || rest[1] == ' ');
            if (!nested && keyLength(rest) == 0) {
                m_last = scalar(rest, parent);
                return m_last != Scalar::Doubt && m_last != Scalar::None;
            }
            if (!push(column, nested))
                return false;
        }
        return member(column, rest);
    }

    // Length of a key up to its colon; 0 where the text is no "key:".
    static std::size_t keyLength(std::string_view text)
    {
        std::size_t end = 0;
        if (text[0] == '"' || text[0] == '\'') {
            end = text.find(text[0], 1);
            if (end == std::string_view::npos || text.substr(0, end).find('\\') != std::string_view::npos)
                return 0;
            ++end;
        } else if (isWordCharacter(text[0]) || text[0] == '_' || text[0] == '$' || text[0] == '.' || text[0] == '/') {
            while (end < text.size() && isKeyCharacter(text[end]))
                ++end;
        }
        return end > 0 && end < 200 && end < text.size() && text[end] == ':'
                && (end + 1 == text.size() || text[end + 1] == ' ')
            ? end
            : 0;
    }

    bool member(std::size_t column, std::string_view rest)
    {
        const auto length = keyLength(rest);
        if (length == 0)
            return false;
        const auto key = rest.substr(0, length);
        constexpr std::string_view kHook = "helm.sh/hook";
        if (isReserved(key) || (key.size() >= kHook.size() && key.find(kHook) != std::string_view::npos))
            return false;
        m_mustBeScalar = isHeadText(key);
        const auto start = std::min(rest.find_first_not_of(' ', length + 1), rest.size());
        rest.remove_prefix(start);
        m_last = rest.empty() || rest[0] == '#' ? Scalar::None : scalar(rest, column);
        m_open = m_last == Scalar::None;
        if (m_last == Scalar::Doubt)
            return false;
        if (m_depth == 1 && key == "kind") {
            m_kind = withoutTrailingSpace(rest.substr(0, commentStart(rest)));
            const bool isPlain = m_last == Scalar::Plain || m_last == Scalar::Closed;
            m_last = Scalar::Closed;
            return isPlain && isWordCharacter(rest[0]) && !(rest[0] >= '0' && rest[0] <= '9')
                && std::all_of(m_kind.begin(), m_kind.end(), isWordCharacter) && !isReserved(m_kind);
        }
        return !m_mustBeScalar || (rest.empty() || (rest[0] != '{' && rest[0] != '['));
    }

    // The fields that Helm reads as text: a nested block there is an error of its own. Keeps where in the head we are.
    bool isHeadText(std::string_view key)
    {
        if (key.front() == '"' || key.front() == '\'')
            key = key.substr(1, key.size() - 2);
        if (m_depth == 1) {
            m_inMetadata = key == "metadata";
            m_inAnnotations = false;
            return key == "apiVersion" || key == "kind";
        }
        if (m_depth == 2 && m_inMetadata) {
            m_inAnnotations = key == "annotations";
            return key == "name";
        }
        return m_depth == 3 && m_inMetadata && m_inAnnotations;
    }

    // A value that begins here; `parent` is the indentation of what it belongs to.
    Scalar scalar(std::string_view text, std::size_t parent)
    {
        const bool isQuoted = text[0] == '"' || text[0] == '\'';
        const auto comment = isQuoted ? std::string_view::npos : commentStart(text);
        text = withoutTrailingSpace(text.substr(0, comment));
        switch (text[0]) {
        case '|':
        case '>':
            return comment == std::string_view::npos
                    && (text.size() == 1 || (text.size() == 2 && (text[1] == '-' || text[1] == '+')))
                ? block(parent)
                : Scalar::Doubt;
        case '"':
        case '\'':
            return quoted(text, parent);
        case '{':
            return text == "{}" ? Scalar::Closed : Scalar::Doubt;
        case '[':
            return flowList(text) ? Scalar::Closed : Scalar::Doubt;
        case '+':
        case '~':
            return Scalar::Doubt;
        case '.': // infinities are numbers that JSON cannot say
            if (isReserved(text.substr(1)))
                return Scalar::Doubt;
            break;
        default:
            break;
        }
        if (std::string_view(",]}#&*!%@`").find(text[0]) != std::string_view::npos)
            return Scalar::Doubt;
        if (std::string_view("-?:").find(text[0]) != std::string_view::npos
            && (text.size() == 1 || text[1] == ' ' || text[1] == '.'))
            return Scalar::Doubt;
        return !isPlainContinuation(text)       ? Scalar::Doubt
            : comment == std::string_view::npos ? Scalar::Plain
                                                : Scalar::Closed;
    }

    // Nothing, or a comment after space.
    static bool isComment(std::string_view text)
    {
        const auto start = text.find_first_not_of(' ');
        return start == std::string_view::npos || (start > 0 && text[start] == '#');
    }

    // A string in quotes, which may go on in lines below.
    Scalar quoted(std::string_view text, std::size_t parent)
    {
        const char quote = text[0];
        text.remove_prefix(1);
        while (true) {
            for (std::size_t i = 0; i < text.size(); ++i) {
                if (quote == '"' && text[i] == '\\') {
                    if (i + 1 >= text.size() || std::string_view("\"\\nrt").find(text[i + 1]) == std::string_view::npos)
                        return Scalar::Doubt;
                    ++i;
                } else if (text[i] == quote) {
                    if (quote == '"' || i + 1 >= text.size() || text[i + 1] != quote)
                        return isComment(text.substr(i + 1)) ? Scalar::Closed : Scalar::Doubt;
                    ++i;
                }
            }
            if (!nextLine() || (!m_isPlain && !isText(m_line, false)))
                return Scalar::Doubt;
            const auto indent = leadingSpaces(m_line);
            if (indent < m_line.size() && indent <= parent)
                return Scalar::Doubt;
            text = m_line.substr(indent);
        }
    }

    // "[]", or words and simple strings between commas.
    static bool flowList(std::string_view text)
    {
        if (text == "[]")
            return true;
        if (text.back() != ']')
            return false;
        text = text.substr(1, text.size() - 2);
        while (true) {
            const auto comma = text.find(", ");
            auto item = text.substr(0, comma);
            if (item.size() > 2 && item.front() == '"' && item.back() == '"')
                item = item.substr(1, item.size() - 2);
            else if (item.empty() || !isWordCharacter(item[0]))
                return false;
            if (!std::all_of(item.begin(), item.end(), isKeyCharacter))
                return false;
            if (comma == std::string_view::npos)
                return true;
            text.remove_prefix(comma + 2);
        }
    }

    // The lines of a literal or folded scalar.
    Scalar block(std::size_t parent)
    {
        std::size_t indent = 0;
        std::size_t blank = 0;
        while (m_at < m_text.size()) {
            const auto back = m_at;
            (void)nextLine();
            const auto here = leadingSpaces(m_line);
            if (here == m_line.size()) {
                if (indent == 0)
                    blank = std::max(blank, here);
                continue;
            }
            if (here <= parent) {
                m_at = back;
                break;
            }
            if (indent == 0)
                indent = here;
            if (here < indent || blank > indent || m_line[here] == '\t')
                return Scalar::Doubt;
            if (!m_isPlain && !isText(m_line, true))
                return Scalar::Doubt;
        }
        return Scalar::Block;
    }

    const std::string_view m_text;
    const bool m_isPlain; ///< the whole text
    std::string_view m_line, m_kind;
    std::size_t m_at = 0;
    std::array<Level, kMaxDepth> m_levels; ///< the first m_depth of them
    std::size_t m_depth = 0;
    bool m_open = false; ///< the last key or dash has its value below, if any
    bool m_mustBeScalar = false; ///< that value must not be a block of its own
    bool m_inMetadata = false, m_inAnnotations = false;
    Scalar m_last = Scalar::None;
};

} // namespace

std::optional<std::string_view> plainKind(std::string_view document)
{
    return Reader(document).kind();
}

} // namespace core::render::helm
