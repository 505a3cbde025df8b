// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifest/yaml_node.h"

#include <boost/json.hpp>

#include <algorithm>
#include <cmath>

namespace core::manifest {

Node Node::string(std::string text)
{
    Node node;
    node.text = std::move(text);
    node.tag = ScalarTag::String;
    return node;
}

Node Node::integer(std::int64_t number)
{
    Node node;
    node.text = std::to_string(number);
    node.tag = ScalarTag::Int;
    return node;
}

Node Node::untagged(std::string text)
{
    Node node;
    node.text = std::move(text);
    return node;
}

Node Node::null()
{
    Node node;
    node.text = "null";
    node.tag = ScalarTag::Null;
    return node;
}

Node Node::mapping()
{
    Node node;
    node.kind = Kind::Mapping;
    return node;
}

Node Node::sequence()
{
    Node node;
    node.kind = Kind::Sequence;
    return node;
}

bool Node::isNull() const
{
    if (kind != Kind::Scalar)
        return false;
    if (tag == ScalarTag::None)
        return !quoted && resolveScalar(text, YamlDialect::V3).tag == ScalarTag::Null;
    return tag == ScalarTag::Null;
}

bool Node::isString() const
{
    if (kind != Kind::Scalar)
        return false;
    if (tag == ScalarTag::None)
        return quoted || resolveScalar(text, YamlDialect::V3).tag == ScalarTag::String;
    return tag == ScalarTag::String;
}

const Node* Node::find(std::string_view name) const
{
    if (kind != Kind::Mapping)
        return nullptr;
    for (const auto& child : children) {
        if (child.key == name)
            return &child;
    }
    return nullptr;
}

Node* Node::find(std::string_view name)
{
    return const_cast<Node*>(std::as_const(*this).find(name));
}

const Node* Node::at(Path path) const
{
    const Node* node = this;
    for (const auto name : path) {
        node = node->find(name);
        if (node == nullptr)
            return nullptr;
    }
    return node;
}

Node* Node::at(Path path)
{
    return const_cast<Node*>(std::as_const(*this).at(path));
}

Node& Node::set(std::string_view name, Node value)
{
    if (auto* old = find(name)) {
        old->assign(std::move(value));
        return *old;
    }
    value.key = std::string(name);
    value.keyTag = ScalarTag::String;
    children.push_back(std::move(value));
    return children.back();
}

Node& Node::setPlain(std::string_view name, Node value)
{
    const auto before = children.size();
    auto& member = set(name, std::move(value));
    if (children.size() > before)
        member.keyTag = resolveScalar(name, YamlDialect::V3).tag;
    return member;
}

Node& Node::ensureMapping(std::string_view name)
{
    if (auto* old = find(name)) {
        if (old->isNull())
            old->assign(mapping());
        return *old;
    }
    return set(name, mapping());
}

bool Node::erase(std::string_view name)
{
    for (auto it = children.begin(); kind == Kind::Mapping && it != children.end(); ++it) {
        if (it->key == name) {
            children.erase(it);
            return true;
        }
    }
    return false;
}

void Node::assign(Node value)
{
    value.key = std::move(key);
    value.keyTag = keyTag;
    value.twin = twin;
    *this = std::move(value);
}

namespace {

std::string_view tagName(ScalarTag tag)
{
    switch (tag) {
    case ScalarTag::Null:
        return "!!null";
    case ScalarTag::Bool:
        return "!!bool";
    case ScalarTag::Int:
        return "!!int";
    case ScalarTag::Float:
        return "!!float";
    case ScalarTag::Timestamp:
        return "!!timestamp";
    case ScalarTag::Merge:
        return "!!merge";
    case ScalarTag::Binary:
        return "!!binary";
    default:
        return "!!str";
    }
}

} // namespace

Result<ScalarValue> scalarValue(const Node& node, YamlDialect dialect)
{
    if (node.tag == ScalarTag::String || node.tag == ScalarTag::Binary || node.tag == ScalarTag::Other
        || (node.tag == ScalarTag::None && node.quoted))
        return ScalarValue {};
    auto value = resolveScalar(node.text, dialect);
    if (node.tag == ScalarTag::None || node.tag == value.tag)
        return value;
    if (node.tag == ScalarTag::Float && value.tag == ScalarTag::Int) {
        value.number = value.isUnsigned ? static_cast<double>(static_cast<std::uint64_t>(value.integer))
                                        : static_cast<double>(value.integer);
        value.tag = ScalarTag::Float;
        return value;
    }
    // A V2 document read as such keeps the tags that were resolved then; text is what other readers see.
    if (dialect == YamlDialect::V3 && node.tag == ScalarTag::Bool
        && resolveScalar(node.text, YamlDialect::V2).tag == ScalarTag::Bool)
        return resolveScalar(node.text, YamlDialect::V2);
    return fail(Error::Code::InvalidInput,
                std::string(dialect == YamlDialect::V2 ? "yaml: " : "") + "cannot decode "
                    + std::string(tagName(value.tag)) + " `" + node.text + "` as a " + std::string(tagName(node.tag)));
}

std::string goSyntax(const Node& node)
{
    if (node.isScalar()) {
        const auto scalar = scalarValue(node, YamlDialect::V2);
        switch (scalar ? scalar->tag : ScalarTag::String) {
        case ScalarTag::Null:
            return "interface {}(nil)";
        case ScalarTag::Bool:
            return scalar->boolean ? "true" : "false";
        case ScalarTag::Int:
            return scalar->isUnsigned ? std::to_string(static_cast<std::uint64_t>(scalar->integer))
                                      : std::to_string(scalar->integer);
        case ScalarTag::Float:
            if (!std::isfinite(scalar->number))
                return std::isnan(scalar->number) ? "NaN" : scalar->number < 0 ? "-Inf" : "+Inf";
            return yamlNumber(scalar->number);
        default:
            break;
        }
        std::string out;
        for (const char c : node.text)
            out += c == '"' || c == '\\' ? std::string {'\\', c} : c == '\n' ? "\\n" : std::string {c};
        return '"' + out + '"';
    }
    std::vector<std::string> parts;
    for (const auto& child : node.children) {
        Node key;
        key.text = child.key;
        key.tag = child.keyTag;
        parts.push_back((node.isMapping() ? goSyntax(key) + ":" : std::string()) + goSyntax(child));
    }
    if (node.isMapping())
        std::sort(parts.begin(), parts.end());
    std::string out = node.isMapping() ? "map[interface {}]interface {}{" : "[]interface {}{";
    for (const auto& part : parts)
        out += (&part == &parts.front() ? "" : ", ") + part;
    return out + "}";
}

Result<std::string> keyText(const Node& member, YamlDialect dialect)
{
    if (member.keyTag == ScalarTag::String)
        return member.key;
    if (dialect == YamlDialect::V3)
        return fail(Error::Code::InvalidInput, "json: unsupported type: map[interface {}]interface {}", {},
                    "put quotes around the key " + member.key);
    const auto scalar = resolveScalar(member.key, dialect);
    switch (scalar.tag) {
    case ScalarTag::Bool:
        return scalar.boolean ? "true" : "false";
    case ScalarTag::Int:
        return scalar.isUnsigned ? std::to_string(static_cast<std::uint64_t>(scalar.integer))
                                 : std::to_string(scalar.integer);
    case ScalarTag::Float:
        return yamlNumber(scalar.number);
    case ScalarTag::Null:
        return fail(Error::Code::InvalidInput,
                    "unsupported map key of type: %!s(<nil>), key: <nil>, value: "
                        + (member.isNull() ? "<nil>" : goSyntax(member)));
    default:
        return member.key;
    }
}

bool isTextInFlow(const Node& node)
{
    if (node.text.empty())
        return node.tag == ScalarTag::String || node.tag == ScalarTag::None
            || (node.tag == ScalarTag::Null && !node.quoted);
    return node.tag == ScalarTag::Timestamp && !node.quoted && node.text.find(':') != std::string::npos;
}

namespace {

Result<Value> scalarToValue(const Node& node, YamlDialect dialect, bool isInFlow)
{
    if (isInFlow && dialect == YamlDialect::V3 && isTextInFlow(node))
        return Value(boost::json::string(node.text)); // go-yaml prints quotes there, and reads a text then
    PH_TRY(const auto scalar, scalarValue(node, dialect));
    switch (scalar.tag) {
    case ScalarTag::Null:
        return Value(nullptr);
    case ScalarTag::Bool:
        return Value(scalar.boolean);
    case ScalarTag::Int:
        if (scalar.isUnsigned)
            return Value(static_cast<std::uint64_t>(scalar.integer));
        return Value(scalar.integer);
    case ScalarTag::Float: {
        if (!std::isfinite(scalar.number))
            return fail(Error::Code::InvalidInput,
                        std::string("json: unsupported value: ")
                            + (std::isnan(scalar.number) ? "NaN"
                                   : scalar.number < 0   ? "-Inf"
                                                         : "+Inf"));
        return Value(scalar.number);
    }
    case ScalarTag::Timestamp:
        if (dialect == YamlDialect::V3)
            return Value(boost::json::string(normalTimestamp(node.text)));
        return Value(boost::json::string(node.text));
    default:
        return Value(boost::json::string(node.text));
    }
}

Result<Value> valueOf(const Node& node, YamlDialect dialect, bool isInFlow)
{
    if (node.isScalar())
        return scalarToValue(node, dialect, isInFlow);
    isInFlow = isInFlow || node.isFlow;
    if (node.isSequence()) {
        Array array;
        array.reserve(node.children.size());
        for (const auto& child : node.children) {
            PH_TRY(auto value, valueOf(child, dialect, isInFlow));
            array.push_back(std::move(value));
        }
        return Value(std::move(array));
    }
    Object object;
    object.reserve(node.children.size());
    for (const auto& child : node.children) {
        if (child.keyTag == ScalarTag::Null && dialect == YamlDialect::V2)
            PH_CHECK(keyText(child, dialect));
        PH_TRY(auto value, valueOf(child, dialect, isInFlow));
        if (child.keyTag == ScalarTag::String) {
            if (!object.insert_or_assign(child.key, std::move(value)).second && dialect == YamlDialect::V3)
                return fail(Error::Code::InvalidInput,
                            "yaml: unmarshal errors: line " + std::to_string(child.line) + ": mapping key \""
                                + child.key + "\" already defined at line "
                                + std::to_string(node.find(child.key)->line));
            continue;
        }
        PH_TRY(const auto key, keyText(child, dialect));
        object.insert_or_assign(key, std::move(value));
    }
    return Value(std::move(object));
}

} // namespace

Result<Value> toValue(const Node& node, YamlDialect dialect)
{
    return valueOf(node, dialect, false);
}

bool isSame(const Node& a, const Node& b)
{
    return a.kind == b.kind && a.tag == b.tag && a.keyTag == b.keyTag && a.quoted == b.quoted && a.isFlow == b.isFlow
        && a.key == b.key && a.text == b.text
        && std::equal(a.children.begin(), a.children.end(), b.children.begin(), b.children.end(), isSame);
}

Node toNode(const Value& value)
{
    if (const auto* object = value.if_object()) {
        auto node = Node::mapping();
        node.children.reserve(object->size());
        for (const auto& member : *object) {
            node.children.push_back(toNode(member.value()));
            node.children.back().key = std::string(member.key());
        }
        return node;
    }
    if (const auto* array = value.if_array()) {
        auto node = Node::sequence();
        node.children.reserve(array->size());
        for (const auto& element : *array)
            node.children.push_back(toNode(element));
        return node;
    }
    if (value.is_null())
        return Node::null();
    if (const auto* text = value.if_string())
        return Node::string(std::string(*text));
    Node node;
    if (value.is_bool()) {
        node.text = value.get_bool() ? "true" : "false";
        node.tag = ScalarTag::Bool;
    } else if (value.is_int64()) {
        node.text = std::to_string(value.get_int64());
        node.tag = ScalarTag::Int;
    } else if (value.is_uint64()) {
        node.text = std::to_string(value.get_uint64());
        node.tag = ScalarTag::Int;
    } else {
        node.text = jsonNumber(value.get_double());
        node.tag = resolveScalar(node.text, YamlDialect::V3).tag;
    }
    return node;
}

} // namespace core::manifest
