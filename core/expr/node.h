// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/expr/expr.h"

#include <re2/re2.h>

#include <memory>
#include <string>
#include <vector>

namespace core::expr {

struct Position
{
    std::size_t line = 1;
    std::size_t column = 1;
};

/// Thrown inside the room only; compile and run turn it into an Error.
struct Failure
{
    std::string message;
    Position at {};
    bool placed = false;
    bool limit = false;
};
[[noreturn]] inline void raise(std::string message)
{
    throw Failure {std::move(message)};
}

enum class NodeKind : std::uint8_t {
    Literal,
    Identifier,
    EnvSelf,
    Pointer,
    Unary,
    Binary,
    Chain,
    Member,
    Slice,
    Call,
    Builtin,
    Conditional,
    Let,
    Sequence,
    Array,
    Map,
};

enum class Op : std::uint8_t {
    None,
    Not,
    Negate,
    Plus,
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    Greater,
    LessEqual,
    GreaterEqual,
    In,
    Matches,
    Contains,
    StartsWith,
    EndsWith,
    Range,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Power,
    Coalesce,
};

struct BuiltinSpec;

struct Node
{
    NodeKind kind = NodeKind::Literal;
    Op op = Op::None;
    bool optional = false;
    bool method = false;
    Position at;
    std::string text; ///< name, operator as written
    Value value; ///< literals
    std::vector<std::unique_ptr<Node>> kids; ///< slices: base, from, to (may be null)
    const BuiltinSpec* builtin = nullptr;
    std::shared_ptr<const RE2> pattern; ///< of a literal right side of `matches`
    std::size_t depth = 1;
};
using NodePtr = std::unique_ptr<Node>;

struct ParseContext
{
    const Env* env = nullptr; ///< null: dynamic
    const Limits* limits = nullptr;
};

[[nodiscard]] NodePtr parse(std::string_view text, const ParseContext& context);
void check(Node& root, const Env* env);
[[nodiscard]] std::shared_ptr<const RE2> compilePattern(const std::string& pattern);

} // namespace core::expr
