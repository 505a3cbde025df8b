// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/expr/node.h"

namespace core::expr {

struct Token
{
    enum class Type : std::uint8_t { End, Identifier, Number, String, Bytes, Operator, Bracket };
    Type type = Type::End;
    std::string text;
    Position at;
    [[nodiscard]] bool is(Type wanted, std::string_view word) const { return type == wanted && text == word; }
    [[nodiscard]] bool isOperator(std::string_view word) const { return is(Type::Operator, word); }
    [[nodiscard]] bool isBracket(std::string_view word) const { return is(Type::Bracket, word); }
    [[nodiscard]] std::string describe() const;
};

/// Ends with one End token. Throws Failure.
[[nodiscard]] std::vector<Token> lex(std::string_view text);

} // namespace core::expr
