// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Nodes printed where they are: making a value of each first would take as long as all the rest of printing.
#include "core/manifest/yaml_node.h"
#include "core/manifest/yaml_printer.h"

#include <boost/container/small_vector.hpp>
#include <boost/json.hpp>

#include <algorithm>

namespace core::manifest {

namespace {

using Place = YamlPrinter::Place;
using Members = boost::container::small_vector<const Node*, 16>;

/// Functions that return false give up.
class NodePrinter
{
public:
    explicit NodePrinter(std::string& out)
        : m_printer(out)
    {
    }

    bool document(const Node& root)
    {
        if (!node(root, 0, Place::Root, false))
            return false;
        m_printer.endDocument();
        return true;
    }

private:
    bool node(const Node& node, int indent, Place place, bool isInFlow)
    {
        if (node.isScalar())
            return scalar(node, indent, place, isInFlow);
        isInFlow = isInFlow || node.isFlow;
        if (node.children.empty()) {
            m_printer.word(node.isMapping() ? "{}" : "[]", place);
            return true;
        }
        return node.isMapping() ? mapping(node, indent, place, isInFlow) : sequence(node, indent, place, isInFlow);
    }

    bool mapping(const Node& node, int indent, Place place, bool isInFlow)
    {
        Members members;
        members.reserve(node.children.size());
        for (const auto& child : node.children) {
            if (child.keyTag != ScalarTag::String || isUnusual(child.key))
                return false;
            members.push_back(&child);
        }
        sortNaturally(members, [](const Node* member) -> std::string_view { return member->key; });
        const int own = place == Place::Root ? 0 : indent + 2;
        bool inlineFirst = place == Place::Item;
        const Node* before = nullptr;
        for (const auto* member : members) {
            if (before != nullptr && !naturalLess(before->key, member->key))
                return false; // twice the same, or as good as
            before = member;
            const auto next = m_printer.key(member->key, own, inlineFirst);
            inlineFirst = false;
            if (!this->node(*member, own, next, isInFlow))
                return false;
        }
        return true;
    }

    bool sequence(const Node& node, int indent, Place place, bool isInFlow)
    {
        const int own = place == Place::Item ? indent + 2 : place == Place::Member ? indent : 0;
        bool inlineFirst = place == Place::Item;
        for (const auto& element : node.children) {
            m_printer.dash(own, inlineFirst);
            inlineFirst = false;
            if (!this->node(element, own, Place::Item, isInFlow))
                return false;
        }
        return true;
    }

    bool scalar(const Node& node, int indent, Place place, bool isInFlow)
    {
        if ((isInFlow && isTextInFlow(node)) || node.tag == ScalarTag::String
            || (node.tag == ScalarTag::None && node.quoted)) {
            if (isUnusual(node.text))
                return false;
            m_printer.string(node.text, indent, place);
            return true;
        }
        const auto value = toValue(node, YamlDialect::V3);
        if (!value)
            return false;
        if (const auto* text = value->if_string()) {
            if (isUnusual(*text))
                return false;
            m_printer.string(*text, indent, place);
            return true;
        }
        word(*value, place);
        return true;
    }

    void word(const Value& value, Place place)
    {
        if (value.is_null())
            m_printer.word("null", place);
        else if (value.is_bool())
            m_printer.word(value.get_bool() ? "true" : "false", place);
        else if (value.is_double())
            m_printer.word(yamlNumber(value.get_double()), place);
        else if (value.is_int64())
            m_printer.word(std::to_string(value.get_int64()), place);
        else
            m_printer.word(std::to_string(value.get_uint64()), place);
    }

    YamlPrinter m_printer;
};

} // namespace

bool isUnusual(std::string_view text)
{
    return std::any_of(text.begin(), text.end(), [](char c) { return c == '\x7F' || c == '\xC2'; });
}

bool appendYaml(std::string& out, const Node& node)
{
    const auto before = out.size();
    if (NodePrinter(out).document(node))
        return true;
    out.resize(before);
    return false;
}

} // namespace core::manifest
