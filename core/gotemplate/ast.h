// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gotemplate/template.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace core::gotemplate {

enum class NodeKind : std::uint8_t {
    Text,
    Action,
    If,
    With,
    Range,
    Template,
    Break,
    Continue, // what a list holds
    Pipe,
    Command, // what actions hold
    Field,
    Variable,
    Chain,
    Identifier,
    Dot,
    Nil,
    Bool,
    Number,
    String, // operands
    End,
    Else, // for the parser only
};

struct Node;
using NodePtr = std::unique_ptr<Node>;

struct Node
{
    NodeKind kind;
    bool assign = false; ///< Pipe: `=` instead of `:=`
    bool hasElse = false;
    bool isInt = false, isFloat = false, isUint = false, ideal = false; ///< Number
    std::uint32_t position = 0; ///< byte offset in the text
    std::uint32_t line = 0;
    std::string_view plain; ///< part of ParsedText::text: of Text, name of a function, source form of literals
    Value value; ///< literals
    double number = 0; ///< Number as float
    std::int64_t integer = 0; ///< Number as int
    std::vector<std::string> names; ///< Field, Variable, Chain; of a template
    // Charts have many thousands of nodes: what no kind has together shares a place.
    std::vector<NodePtr>
        children; ///< commands of a pipe, arguments of a command, operand of a chain, body of an action
    std::vector<NodePtr> declarations; ///< of a pipe; of an action what stands after {{else}}
    NodePtr pipe; ///< of actions
    const Function* function = nullptr; ///< Identifier
};

/// One template: the text itself, a define, or a block.
struct Tree
{
    std::string name;
    std::vector<NodePtr> root;
    const ParsedText* source = nullptr;
    bool empty = true; ///< nothing but space
};

struct ParsedText
{
    std::string name;
    std::string text;
    std::vector<std::unique_ptr<Tree>> trees; ///< the text's own tree is the last
    std::size_t nodes = 0; ///< in all trees
    std::shared_ptr<const FunctionMap> functions;
};

/// A node as Go prints it in errors.
[[nodiscard]] std::string print(const Node& node);
/// "name:line:column" as Go counts (lines from 1, bytes of the line from 0).
[[nodiscard]] std::string location(const ParsedText& source, std::size_t position);

} // namespace core::gotemplate
