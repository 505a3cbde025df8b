// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/manifest/yaml.h"

#include "core/manifest/yaml_node.h"
#include "core/manifest/yaml_printer.h"

#include <boost/json.hpp>

#include <algorithm>
#include <charconv>

namespace core::manifest {

namespace {

template<bool Sorted>
struct ValueAccess
{
    static char kind(const Value& value)
    {
        return value.is_object() ? 'm' : value.is_array() ? 's' : value.is_string() ? 't' : 'w';
    }
    static std::size_t count(const Value& value)
    {
        return value.is_object() ? value.get_object().size() : value.get_array().size();
    }
    static std::string text(const Value& value)
    {
        switch (value.kind()) {
        case boost::json::kind::string:
            return std::string(value.get_string());
        case boost::json::kind::bool_:
            return value.get_bool() ? "true" : "false";
        case boost::json::kind::int64:
            return std::to_string(value.get_int64());
        case boost::json::kind::uint64:
            return std::to_string(value.get_uint64());
        case boost::json::kind::double_:
            return yamlNumber(value.get_double());
        default:
            return "null";
        }
    }
    template<class F>
    static void members(const Value& value, F f)
    {
        const auto& object = value.get_object();
        if constexpr (Sorted) {
            std::vector<const boost::json::key_value_pair*> order;
            order.reserve(object.size());
            for (const auto& member : object)
                order.push_back(&member);
            sortNaturally(order, [](const auto* member) -> std::string_view { return member->key(); });
            for (const auto* member : order)
                f(std::string_view(member->key()), member->value());
        } else {
            for (const auto& member : object)
                f(std::string_view(member.key()), member.value());
        }
    }
    template<class F>
    static void elements(const Value& value, F f)
    {
        for (const auto& element : value.get_array())
            f(element);
    }
};

template<bool Sorted>
std::string print(const Value& value)
{
    std::string out;
    YamlPrinter printer(out);
    printTree<ValueAccess<Sorted>>(printer, value, 0, YamlPrinter::Place::Root);
    printer.endDocument();
    return out;
}

} // namespace

Result<std::vector<YamlDocument>> parseYaml(std::string_view text, std::string_view source, const YamlLimits& limits)
{
    NodeLimits own;
    static_cast<YamlLimits&>(own) = limits;
    own.dialect = YamlDialect::V2;
    PH_TRY(const auto nodes, parseNodes(text, source, own));
    std::vector<YamlDocument> documents;
    documents.reserve(nodes.size());
    for (const auto& node : nodes) {
        auto value = toValue(node, YamlDialect::V2);
        if (!value) {
            auto error = value.error();
            error.where = std::string(source) + ":" + std::to_string(node.line) + ":" + std::to_string(node.column);
            return fail(std::move(error));
        }
        documents.push_back({std::move(*value), {node.line, node.column}});
    }
    return documents;
}

std::string toYaml(const Value& value)
{
    return print<true>(value);
}

std::string toYamlOrdered(const Value& value)
{
    return print<false>(value);
}

Mark locate(std::string_view yamlText, std::size_t document, const std::vector<std::string>& path)
{
    NodeLimits limits;
    limits.allowDuplicateKeys = true;
    const auto nodes = parseNodes(yamlText, {}, limits);
    if (!nodes || document >= nodes->size())
        return {};
    const Node* node = &(*nodes)[document];
    for (const auto& part : path) {
        if (node->isMapping()) {
            node = node->find(part);
        } else if (node->isSequence()) {
            std::size_t index = 0;
            const auto [end, ec] = std::from_chars(part.data(), part.data() + part.size(), index);
            const bool inside = ec == std::errc {} && end == part.data() + part.size() && index < node->children.size();
            node = inside ? &node->children[index] : nullptr;
        } else {
            node = nullptr;
        }
        if (node == nullptr)
            return {};
    }
    return {node->line, node->column};
}

} // namespace core::manifest
