// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/lexer.h"

#include "core/expr/utf8.h"

#include <fmt/format.h>

#include <array>

namespace core::expr {

std::string Token::describe() const
{
    switch (type) {
    case Type::End:
        return "EOF";
    case Type::Identifier:
        return fmt::format("Identifier(\"{}\")", text);
    case Type::Number:
        return fmt::format("Number(\"{}\")", text);
    case Type::String:
        return fmt::format("String(\"{}\")", text);
    case Type::Bytes:
        return fmt::format("Bytes(\"{}\")", text);
    case Type::Operator:
        return fmt::format("Operator(\"{}\")", text);
    case Type::Bracket:
        return fmt::format("Bracket(\"{}\")", text);
    }
    return {};
}

namespace {

constexpr std::array<std::string_view, 11> kWordOperators {
    "in", "or", "and", "matches", "contains", "startsWith", "endsWith", "not", "let", "if", "else"};

class Lexer
{
public:
    explicit Lexer(std::string_view text)
        : m_text(text)
    {
    }

    std::vector<Token> all()
    {
        while (true) {
            skipBlank();
            m_start = m_position;
            if (m_offset >= m_text.size()) {
                m_tokens.push_back({Token::Type::End, {}, m_position});
                return std::move(m_tokens);
            }
            next();
        }
    }

private:
    [[nodiscard]] char peek(std::size_t ahead = 0) const
    {
        return m_offset + ahead < m_text.size() ? m_text[m_offset + ahead] : '\0';
    }
    [[nodiscard]] bool more() const { return m_offset < m_text.size(); }
    char32_t advance()
    {
        const auto [rune, size] = decodeRune(m_text, m_offset);
        m_offset += size;
        if (rune == U'\n') {
            ++m_position.line;
            m_position.column = 1;
        } else {
            ++m_position.column;
        }
        return rune;
    }
    bool accept(std::string_view any)
    {
        if (!more() || any.find(peek()) == std::string_view::npos)
            return false;
        advance();
        return true;
    }
    void acceptRun(std::string_view any)
    {
        while (accept(any)) { }
    }
    [[noreturn]] void failHere(std::string message) const { throw Failure {std::move(message), m_start, true}; }
    void emit(Token::Type type, std::string text) { m_tokens.push_back({type, std::move(text), m_start}); }
    [[nodiscard]] std::string since(std::size_t from) const
    {
        return std::string(m_text.substr(from, m_offset - from));
    }

    void skipBlank()
    {
        while (more()) {
            if (const auto rune = decodeRune(m_text, m_offset).first; isSpace(rune)) {
                advance();
            } else if (peek() == '/' && peek(1) == '/') {
                while (more() && peek() != '\n')
                    advance();
            } else if (peek() == '/' && peek(1) == '*') {
                m_start = m_position;
                advance();
                advance();
                while (more() && !(peek() == '*' && peek(1) == '/'))
                    advance();
                if (!more())
                    failHere("unclosed comment");
                advance();
                advance();
            } else {
                return;
            }
        }
    }

    void next()
    {
        const std::size_t from = m_offset;
        const char c = peek();
        if (c == '"' || c == '\'')
            return emit(Token::Type::String, quoted(false));
        if (c == '`')
            return emit(Token::Type::String, raw());
        if (c == 'b' && (peek(1) == '"' || peek(1) == '\'')) {
            advance();
            return emit(Token::Type::Bytes, quoted(true));
        }
        if (isDigit(c) || (c == '.' && isDigit(peek(1))))
            return number();
        const char32_t rune = advance();
        if (rune == U'?') {
            accept(".?");
            return emit(Token::Type::Operator, since(from));
        }
        if (rune == U'#' || rune == U'/'
            || (rune < 128 && std::string_view(",;%+-^").find(c) != std::string_view::npos))
            return emit(Token::Type::Operator, since(from));
        if (rune == U'|' || rune == U':' || rune == U'.') {
            accept(std::string_view(&c, 1));
            return emit(Token::Type::Operator, since(from));
        }
        if (rune < 128 && std::string_view("&!=*<>").find(c) != std::string_view::npos) {
            accept("&=*");
            return emit(Token::Type::Operator, since(from));
        }
        if (rune < 128 && std::string_view("([{}])").find(c) != std::string_view::npos)
            return emit(Token::Type::Bracket, since(from));
        if (isIdentifierStart(rune)) {
            while (more() && isIdentifierPart(decodeRune(m_text, m_offset).first))
                advance();
            std::string word = since(from);
            const bool isOperator =
                std::find(kWordOperators.begin(), kWordOperators.end(), word) != kWordOperators.end();
            return emit(isOperator ? Token::Type::Operator : Token::Type::Identifier, std::move(word));
        }
        failHere(fmt::format("unrecognized character: U+{:04X}", static_cast<std::uint32_t>(rune)));
    }

    void number()
    {
        const std::size_t from = m_offset;
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
        if (peek() == '.') {
            if (peek(1) == '.')
                return emit(Token::Type::Number, since(from)); // 1..2 is a range
            advance();
            acceptRun(digits);
        }
        if (accept("eE")) {
            accept("+-");
            acceptRun(digits);
        }
        if (more() && isIdentifierPart(decodeRune(m_text, m_offset).first)) {
            advance();
            failHere(fmt::format("bad number syntax: \"{}\"", since(from)));
        }
        emit(Token::Type::Number, since(from));
    }

    std::string raw()
    {
        advance();
        std::string out;
        while (more()) {
            if (peek() == '`') {
                if (peek(1) != '`') {
                    advance();
                    return out;
                }
                advance();
            }
            const std::size_t from = m_offset;
            advance();
            out += m_text.substr(from, m_offset - from);
        }
        failHere("literal not terminated");
    }

    std::string quoted(bool bytes)
    {
        const char quote = peek();
        advance();
        std::string out;
        while (true) {
            if (!more() || peek() == '\n')
                failHere("literal not terminated");
            if (peek() == quote) {
                advance();
                return out;
            }
            if (peek() == '\\') {
                advance();
                escape(out, bytes);
                continue;
            }
            if (peek() == '\r') { // as carriage returns are dropped from the source
                advance();
                continue;
            }
            const auto rune = decodeRune(m_text, m_offset);
            if (rune.first == 0xFFFD && rune.second == 1)
                appendRune(out, rune.first);
            else
                out += m_text.substr(m_offset, rune.second);
            advance();
        }
    }

    void escape(std::string& out, bool bytes)
    {
        if (!more())
            failHere("literal not terminated");
        const char c = peek();
        advance();
        static constexpr std::string_view kNames = "abfnrtv\\'\"`";
        static constexpr std::string_view kValues = "\a\b\f\n\r\t\v\\'\"`";
        if (const auto at = kNames.find(c); at != std::string_view::npos && c != '`') {
            out += kValues[at];
            return;
        }
        if (c == 'x' || c == 'u' || c == 'U') {
            if (bytes && c != 'x')
                failHere("unable to unescape string");
            const auto code = digits(16, c == 'x' ? 2 : c == 'u' ? 4 : 8, 0);
            if (bytes || (c == 'x' && code < 128))
                out += static_cast<char>(code);
            else if (c == 'x') // a code point as unquoting gives it
                appendRune(out, code);
            else if (code > 0x10FFFF)
                failHere("unable to unescape string");
            else
                appendRune(out, code);
            return;
        }
        if (c >= '0' && c <= '3') {
            const auto code = digits(8, 2, static_cast<std::uint32_t>(c - '0'));
            if (bytes || code < 128)
                out += static_cast<char>(code);
            else
                appendRune(out, code);
            return;
        }
        failHere("invalid char escape");
    }

    char32_t digits(std::uint32_t base, int count, std::uint32_t start)
    {
        std::uint64_t code = start;
        for (int i = 0; i < count; ++i) {
            const char c = peek();
            std::uint32_t digit = 99;
            if (isDigit(c))
                digit = static_cast<std::uint32_t>(c - '0');
            else if (c >= 'a' && c <= 'f')
                digit = static_cast<std::uint32_t>(c - 'a' + 10);
            else if (c >= 'A' && c <= 'F')
                digit = static_cast<std::uint32_t>(c - 'A' + 10);
            if (digit >= base)
                failHere("unable to unescape string");
            advance();
            code = code * base + digit;
        }
        return static_cast<char32_t>(code > 0x110000 ? 0x110000 : code);
    }

    std::string_view m_text;
    std::size_t m_offset = 0;
    Position m_position;
    Position m_start;
    std::vector<Token> m_tokens;
};

} // namespace

std::vector<Token> lex(std::string_view text)
{
    return Lexer(text).all();
}

} // namespace core::expr
