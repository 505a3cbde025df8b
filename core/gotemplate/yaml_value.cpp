// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gotemplate/yaml_value.h"

#include "core/manifest/yaml_node.h"

#include <boost/json.hpp>

#include <cmath>

namespace core::gotemplate {

namespace {

using manifest::Node;
using manifest::ScalarTag;
using manifest::YamlDialect;

// Takes texts out of the nodes: half of a document is those.
Result<Value> scalarOf(Node& node)
{
    PH_TRY(const auto scalar, manifest::scalarValue(node, YamlDialect::V2));
    switch (scalar.tag) {
    case ScalarTag::Null:
        return Value::nil();
    case ScalarTag::Bool:
        return Value::boolean(scalar.boolean);
    case ScalarTag::Int:
        return Value::number(scalar.isUnsigned ? static_cast<double>(static_cast<std::uint64_t>(scalar.integer))
                                               : static_cast<double>(scalar.integer));
    case ScalarTag::Float:
        if (!std::isfinite(scalar.number)) {
            PH_CHECK(manifest::toValue(node, YamlDialect::V2)); // says it
        }
        return Value::number(scalar.number);
    default:
        return Value::string(std::move(node.text));
    }
}

Result<Value> valueOf(Node& node)
{
    if (node.isScalar())
        return scalarOf(node);
    if (node.isSequence()) {
        std::vector<Value> items;
        items.reserve(node.children.size());
        for (auto& child : node.children) {
            PH_TRY(auto item, valueOf(child));
            items.push_back(std::move(item));
        }
        return Value::list(std::move(items));
    }
    std::vector<Entry> entries;
    entries.reserve(node.children.size());
    for (auto& child : node.children) {
        PH_TRY(auto key, manifest::keyText(child, YamlDialect::V2));
        PH_TRY(auto value, valueOf(child));
        value.setBoxed(true);
        entries.emplace_back(Value::string(std::move(key)), std::move(value));
    }
    return Value::map(std::move(entries));
}

} // namespace

Result<Value> parseYamlValue(std::string_view text, std::string_view source, const manifest::YamlLimits& limits)
{
    manifest::NodeLimits own;
    static_cast<manifest::YamlLimits&>(own) = limits;
    own.dialect = YamlDialect::V2;
    own.firstOnly = true; // go-yaml reads no further, and misses mistakes there
    PH_TRY(auto nodes, manifest::parseNodes(text, source, own));
    if (nodes.empty())
        return Value();
    auto value = valueOf(nodes.front());
    if (!value)
        value.error().where =
            std::string(source) + ":" + std::to_string(nodes.front().line) + ":" + std::to_string(nodes.front().column);
    return value;
}

} // namespace core::gotemplate
