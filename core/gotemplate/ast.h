// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gotemplate/template.h"

#include <deque>
#include <memory>
#include <memory_resource>
#include <mutex>
#include <span>
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
using NodePtr = Node*; ///< in ParsedText::memory
using Nodes = std::span<const NodePtr>;

/// What a literal says.
struct Literal
{
    Value value;
    double number = 0; ///< a number as float
    std::int64_t integer = 0; ///< a number as int
    bool isInt = false, isFloat = false, isUint = false; ///< what a number may be
};

/// Charts have many thousands of nodes: they lie side by side and own nothing, and what no kind has together shares a
/// place.
struct Node
{
    NodeKind kind;
    bool assign = false; ///< Pipe: `=` instead of `:=`
    bool hasElse = false;
    std::uint32_t position = 0; ///< byte offset in the text
    std::string_view plain {}; ///< part of ParsedText::text: of Text, name of a function, source form of literals
    std::span<const std::string_view> names {}; ///< Field, Variable, Chain; of a template
    Nodes children {}; ///< commands of a pipe, arguments of a command, operand of a chain, body of an action
    Nodes declarations {}; ///< of a pipe; of an action what stands after {{else}}
    NodePtr pipe = nullptr; ///< of actions
    const Function* function = nullptr; ///< Identifier
    const Literal* literal = nullptr; ///< Bool, Number, String
};

/// One template: the text itself, a define, or a block.
struct Tree
{
    std::string name;
    Nodes root;
    const ParsedText* source = nullptr;
    bool empty = true; ///< nothing but space
};

struct ParsedText
{
    explicit ParsedText(std::size_t room)
        : memory(room)
    {
    }
    /// Line of what stands at a byte of the text, from 1.
    [[nodiscard]] std::uint32_t lineAt(std::size_t position) const;

    std::string name;
    std::string text;
    std::pmr::monotonic_buffer_resource memory; ///< of nodes and their lists
    std::deque<Literal> literals;
    std::vector<std::unique_ptr<Tree>> trees; ///< the text's own tree is the last
    std::size_t nodes = 0; ///< in all trees
    std::shared_ptr<const FunctionMap> functions;

private:
    // Only traces and errors ask for lines: found where the first one does.
    mutable std::once_flag m_linesFound;
    mutable std::vector<std::uint32_t> m_lines; ///< where each begins
};

/// A node as Go prints it in errors.
[[nodiscard]] std::string print(const Node& node);
/// "name:line:column" as Go counts (lines from 1, bytes of the line from 0).
[[nodiscard]] std::string location(const ParsedText& source, std::size_t position);

} // namespace core::gotemplate
