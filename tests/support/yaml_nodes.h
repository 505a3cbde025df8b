// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/manifest/yaml_block.h"

namespace tests {

/// Everything about a tree, marks included.
inline std::string dump(const core::manifest::Node& node)
{
    std::string out = node.key + '\x01' + node.text + '\x02';
    for (const auto number : {unsigned(node.kind), unsigned(node.tag), unsigned(node.keyTag), unsigned(node.quoted),
                              unsigned(node.isFlow), unsigned(node.line), unsigned(node.column)})
        out += std::to_string(number) + ' ';
    for (const auto& child : node.children)
        out += '(' + dump(child) + ')';
    return out;
}

inline std::string dump(const std::vector<core::manifest::Node>& nodes)
{
    std::string out;
    for (const auto& node : nodes)
        out += dump(node) + '\n';
    return out;
}

enum class BlockReading { Refused, Alike, Otherwise };

/// What the reader of blocks makes of a text, beside libyaml.
inline BlockReading readBeside(std::string_view text, const core::manifest::NodeLimits& limits)
{
    const auto blocks = core::manifest::readBlocks(text, limits);
    if (!blocks)
        return BlockReading::Refused;
    const auto events = core::manifest::parseWithLibyaml(text, "t", limits);
    return events && dump(*events) == dump(*blocks) ? BlockReading::Alike : BlockReading::Otherwise;
}

} // namespace tests
