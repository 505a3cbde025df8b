// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gotemplate/lexer.h"

#include "core/gotemplate/go_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace core::gotemplate {

namespace {

bool isBlank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool isWordRune(char32_t rune)
{
    return rune == U'_' || isLetter(rune) || isDigit(rune);
}

/// What one byte says alone; most of a template is ASCII.
constexpr std::array<bool, 256> kWordBytes = [] {
    std::array<bool, 256> table {};
    for (char c = 'a'; c <= 'z'; ++c)
        table[static_cast<std::size_t>(c)] = table[static_cast<std::size_t>(c - 'a' + 'A')] = true;
    for (char c = '0'; c <= '9'; ++c)
        table[static_cast<std::size_t>(c)] = true;
    table['_'] = true;
    return table;
}();

bool isWordByte(char c)
{
    return kWordBytes[static_cast<unsigned char>(c)];
}

constexpr std::array<std::pair<std::string_view, Token>, 13> kKeywords {{
    {"block", Token::Block},
    {"break", Token::Break},
    {"continue", Token::Continue},
    {"define", Token::Define},
    {"else", Token::Else},
    {"end", Token::End},
    {"if", Token::If},
    {"range", Token::Range},
    {"nil", Token::Nil},
    {"template", Token::Template},
    {"with", Token::With},
    {"true", Token::Bool},
    {"false", Token::Bool},
}};

Token keywordOr(std::string_view text, Token otherwise)
{
    constexpr std::string_view kInitials = "bcdeinrtwf";
    if (text.size() < 2 || text.size() > 8 || kInitials.find(text[0]) == std::string_view::npos)
        return otherwise;
    for (const auto& [keyword, token] : kKeywords)
        if (keyword[0] == text[0] && keyword == text)
            return token;
    return otherwise;
}

std::string describe(char32_t rune)
{
    auto text = fmt::format("U+{:04X}", static_cast<std::uint32_t>(rune));
    if (isPrint(rune)) {
        text += " '";
        appendRune(text, rune);
        text += '\'';
    }
    return text;
}

} // namespace

Item Lexer::error(std::string message)
{
    m_failed = true;
    m_error = std::move(message);
    return itemAt(Token::Error, m_start, m_error);
}

Item Lexer::next()
{
    if (m_failed)
        return itemAt(Token::Eof, m_start, "EOF");
    return m_inside ? inside() : outside();
}

bool Lexer::atRightDelimiter(std::size_t from, bool& trim) const
{
    trim = false;
    if (const char c = at(from); !m_right.empty() && c != m_right[0] && !isBlank(c))
        return false;
    const auto rest = m_input.substr(std::min(from, m_input.size()));
    trim = rest.size() >= 2 && isBlank(rest[0]) && rest[1] == '-' && rest.substr(2).starts_with(m_right);
    return trim || rest.starts_with(m_right);
}

Item Lexer::outside()
{
    while (true) {
        const auto found = m_input.find(m_left, m_position);
        if (found == std::string_view::npos) {
            m_position = m_input.size();
            if (m_position > m_start)
                return emit(Token::Text);
            return itemAt(Token::Eof, m_position, "EOF");
        }
        const auto after = found + m_left.size();
        const bool trim = at(after) == '-' && isBlank(at(after + 1));
        if (found > m_start) {
            auto end = found;
            if (trim)
                while (end > m_start && isBlank(m_input[end - 1]))
                    --end;
            const auto item = itemAt(Token::Text, m_start, m_input.substr(m_start, end - m_start));
            m_position = m_start = found;
            if (!item.text.empty())
                return item;
        }
        m_position = after + (trim ? 2 : 0);
        if (!m_input.substr(m_position).starts_with("/*")) {
            const auto item = itemAt(Token::LeftDelimiter, m_start, m_left);
            m_start = m_position;
            m_inside = true;
            m_parens = 0;
            return item;
        }
        m_start = m_position;
        const auto close = m_input.find("*/", m_position + 2);
        if (close == std::string_view::npos)
            return error("unclosed comment");
        m_position = close + 2;
        bool trimRight = false;
        if (!atRightDelimiter(m_position, trimRight))
            return error("comment ends before closing delimiter");
        m_position += (trimRight ? 2 : 0) + m_right.size();
        if (trimRight)
            while (isBlank(at(m_position)) && m_position < m_input.size())
                ++m_position;
        m_start = m_position;
    }
}

Item Lexer::rightDelimiter(bool trim)
{
    if (trim) {
        m_position += 2;
        m_start = m_position;
    }
    m_position += m_right.size();
    const auto item = emit(Token::RightDelimiter);
    if (trim) {
        while (m_position < m_input.size() && isBlank(m_input[m_position]))
            ++m_position;
        m_start = m_position;
    }
    m_inside = false;
    return item;
}

Item Lexer::space()
{
    ++m_position;
    while (m_position < m_input.size() && isBlank(m_input[m_position])) {
        // A space may belong to a trimming right delimiter.
        bool trim = false;
        if (at(m_position + 1) == '-' && atRightDelimiter(m_position, trim) && trim)
            break;
        ++m_position;
    }
    return emit(Token::Space);
}

Item Lexer::inside()
{
    const char c = at(m_position);
    const bool blank = isBlank(c);
    bool trim = false;
    if ((mayEnd(c) || (blank && at(m_position + 1) == '-')) && atRightDelimiter(m_position, trim))
        return m_parens == 0 ? rightDelimiter(trim) : error("unclosed left paren");
    if (m_position >= m_input.size())
        return error("unclosed action");
    if (blank)
        return space();
    if (isWordByte(c) && !(c >= '0' && c <= '9'))
        return word(Token::Identifier);
    ++m_position;
    switch (c) {
    case '=':
        return emit(Token::Assign);
    case ':':
        if (at(m_position) != '=')
            return error("expected :=");
        ++m_position;
        return emit(Token::Declare);
    case '|':
        return emit(Token::Pipe);
    case '"':
    case '\'':
        return quoted(c);
    case '`': {
        const auto close = m_input.find('`', m_position);
        if (close == std::string_view::npos)
            return error("unterminated raw quoted string");
        m_position = close + 1;
        return emit(Token::RawString);
    }
    case '$':
        return atTerminator() ? emit(Token::Variable) : word(Token::Variable);
    case '(':
        ++m_parens;
        return emit(Token::LeftParen);
    case ')':
        if (--m_parens < 0)
            return error("unexpected right paren");
        return emit(Token::RightParen);
    case '.':
        if (m_position < m_input.size() && !(m_input[m_position] >= '0' && m_input[m_position] <= '9'))
            return atTerminator() ? emit(Token::Dot) : word(Token::Field);
        break;
    default:
        break;
    }
    --m_position;
    if (c == '.' || c == '+' || c == '-' || (c >= '0' && c <= '9'))
        return number();
    const auto rune = decodeRune(m_input, m_position);
    if (isWordRune(rune.code))
        return word(Token::Identifier);
    m_position += rune.size;
    if (rune.code < 0x80 && isPrint(rune.code))
        return emit(Token::Char);
    return error("unrecognized character in action: " + describe(rune.code));
}

void Lexer::skipWord()
{
    while (m_position < m_input.size()) {
        if (isWordByte(m_input[m_position])) {
            ++m_position;
            continue;
        }
        if (static_cast<unsigned char>(m_input[m_position]) < 0x80)
            break;
        const auto rune = decodeRune(m_input, m_position);
        if (!isWordRune(rune.code))
            break;
        m_position += rune.size;
    }
}

Item Lexer::word(Token type)
{
    skipWord();
    if (!atTerminator())
        return error("bad character " + describe(decodeRune(m_input, m_position).code));
    if (type == Token::Identifier)
        type = keywordOr(m_input.substr(m_start, m_position - m_start), type);
    return emit(type);
}

bool Lexer::atTerminator() const
{
    if (m_position >= m_input.size())
        return true;
    const char c = m_input[m_position];
    return isBlank(c) || c == '.' || c == ',' || c == '|' || c == ':' || c == ')' || c == '('
        || (mayEnd(c) && m_input.substr(m_position).starts_with(m_right));
}

Item Lexer::quoted(char delimiter)
{
    const auto* what = delimiter == '"' ? "unterminated quoted string" : "unterminated character constant";
    for (; m_position < m_input.size(); ++m_position) {
        const char c = m_input[m_position];
        if (c == '\n')
            return error(what);
        if (c == '\\') {
            if (++m_position >= m_input.size() || m_input[m_position] == '\n')
                return error(what);
        } else if (c == delimiter) {
            ++m_position;
            return emit(delimiter == '"' ? Token::String : Token::CharConstant);
        }
    }
    return error(what);
}

bool Lexer::scanNumber()
{
    const auto accept = [this](std::string_view set) {
        if (m_position >= m_input.size() || set.find(m_input[m_position]) == std::string_view::npos)
            return false;
        ++m_position;
        return true;
    };
    const auto acceptRun = [&accept](std::string_view set) {
        while (accept(set)) { }
    };
    accept("+-");
    std::string_view digits = "0123456789_";
    if (accept("0")) {
        if (accept("xX"))
            digits = "0123456789abcdefABCDEF_";
        else if (accept("oO"))
            digits = "01234567_";
        else if (accept("bB"))
            digits = "01_";
    }
    acceptRun(digits);
    if (accept("."))
        acceptRun(digits);
    if (digits.size() == 11 && accept("eE")) {
        accept("+-");
        acceptRun("0123456789_");
    }
    if (digits.size() == 23 && accept("pP")) {
        accept("+-");
        acceptRun("0123456789_");
    }
    accept("i");
    if (m_position < m_input.size()) {
        const auto rune = decodeRune(m_input, m_position);
        if (isWordRune(rune.code)) {
            m_position += rune.size;
            return false;
        }
    }
    return true;
}

Item Lexer::number()
{
    const auto bad = [this] {
        return error("bad number syntax: " + quote(m_input.substr(m_start, m_position - m_start)));
    };
    if (!scanNumber())
        return bad();
    if (at(m_position) == '+' || at(m_position) == '-') {
        if (!scanNumber() || m_input[m_position - 1] != 'i')
            return bad();
        return emit(Token::Complex);
    }
    return emit(Token::Number);
}

} // namespace core::gotemplate
