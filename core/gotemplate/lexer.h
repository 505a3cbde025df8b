// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace core::gotemplate {

enum class Token : std::uint8_t {
    Error,
    Eof,
    Text,
    LeftDelimiter,
    RightDelimiter,
    Space,
    Assign,
    Declare,
    Pipe,
    LeftParen,
    RightParen,
    Char,
    String,
    RawString,
    CharConstant,
    Number,
    Complex,
    Bool,
    Field,
    Variable,
    Identifier,
    Dot,
    Nil,
    Block,
    Break,
    Continue,
    Define,
    Else,
    End,
    If,
    Range,
    Template,
    With,
};

struct Item
{
    Token type = Token::Eof;
    std::uint32_t position = 0;
    std::string_view text; ///< lives as long as the lexer and its input
};

/// Splits template text into Go's tokens.
class Lexer
{
public:
    Lexer(std::string_view input, std::string_view left, std::string_view right)
        : m_input(input)
        , m_left(left)
        , m_right(right)
    {
    }
    [[nodiscard]] Item next();

private:
    [[nodiscard]] Item emit(Token type)
    {
        const auto item = itemAt(type, m_start, m_input.substr(m_start, m_position - m_start));
        m_start = m_position;
        return item;
    }
    [[nodiscard]] static Item itemAt(Token type, std::size_t position, std::string_view text)
    {
        return {type, static_cast<std::uint32_t>(position), text};
    }
    [[nodiscard]] Item error(std::string message);
    [[nodiscard]] Item outside();
    [[nodiscard]] Item inside();
    [[nodiscard]] Item space();
    [[nodiscard]] Item rightDelimiter(bool trim);
    [[nodiscard]] Item quoted(char delimiter);
    [[nodiscard]] Item number();
    [[nodiscard]] Item word(Token type);
    [[nodiscard]] bool scanNumber();
    /// Whether a right delimiter may begin with this byte, or with the space that trims.
    [[nodiscard]] bool mayEnd(char c) const { return m_right.empty() || c == m_right[0]; }
    [[nodiscard]] bool atRightDelimiter(std::size_t at, bool& trim) const;
    [[nodiscard]] bool atTerminator() const;
    [[nodiscard]] char at(std::size_t position) const { return position < m_input.size() ? m_input[position] : '\0'; }
    void skipWord();

    std::string_view m_input, m_left, m_right;
    std::string m_error;
    std::size_t m_position = 0, m_start = 0;
    int m_parens = 0;
    bool m_inside = false, m_failed = false;
};

} // namespace core::gotemplate
