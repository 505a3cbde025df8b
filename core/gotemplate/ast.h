// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gotemplate/template.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
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

/// Memory that is freed at once. Its blocks have one size, so that those of many texts lie close together.
class NodeMemory
{
public:
    [[nodiscard]] void* allocate(std::size_t bytes, std::size_t alignment)
    {
        constexpr std::size_t kFirst = 1024;
        constexpr std::size_t kOther = 4096;
        auto place = (m_place + alignment - 1) / alignment * alignment;
        if (place + bytes > m_end) {
            const auto size = std::max(m_blocks.empty() ? kFirst : kOther, bytes + alignment);
            m_blocks.push_back(std::make_unique_for_overwrite<std::byte[]>(size));
            m_place = reinterpret_cast<std::uintptr_t>(m_blocks.back().get());
            m_end = m_place + size;
            place = (m_place + alignment - 1) / alignment * alignment;
        }
        m_place = place + bytes;
        return reinterpret_cast<void*>(place);
    }

private:
    std::vector<std::unique_ptr<std::byte[]>> m_blocks;
    std::uintptr_t m_place = 0, m_end = 0;
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
    ParsedText() = default;
    ParsedText(const ParsedText&) = delete;
    ParsedText& operator=(const ParsedText&) = delete;
    ~ParsedText()
    {
        for (auto* literal : literals)
            std::destroy_at(literal);
    }
    /// Line of what stands at a byte of the text, from 1.
    [[nodiscard]] std::uint32_t lineAt(std::size_t position) const;

    std::string name;
    std::string text;
    NodeMemory memory; ///< of nodes and their lists
    std::vector<Literal*> literals; ///< in that memory
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
