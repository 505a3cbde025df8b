// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifest/structural_schema.h"

#include <boost/json.hpp>

namespace core::manifest {

namespace {

constexpr int kMaxDepth = 200;

TypeNode::Kind scalarKind(const Value& schema)
{
    if (flag(schema, {"x-kubernetes-int-or-string"}))
        return TypeNode::Kind::IntOrString;
    const auto type = text(schema, {"type"});
    if (type == "string")
        return TypeNode::Kind::String;
    if (type == "integer")
        return TypeNode::Kind::Int;
    if (type == "number")
        return TypeNode::Kind::Double;
    if (type == "boolean")
        return TypeNode::Kind::Bool;
    return TypeNode::Kind::Any;
}

void completeValue(const Value& schema, Value& value, int depth)
{
    if (depth > kMaxDepth || !schema.is_object())
        return;
    if (auto* object = value.if_object()) {
        std::vector<std::string> gone;
        for (const auto& member : *object) {
            const auto* inner = propertySchema(schema, member.key());
            if (member.value().is_null() && inner != nullptr && !flag(*inner, {"nullable"}))
                gone.emplace_back(member.key());
        }
        for (const auto& key : gone)
            object->stable_erase(object->find(key));
        for (const auto& property : manifest::object(schema, {"properties"})) {
            const auto* fallback = find(property.value(), {"default"});
            if (fallback != nullptr && !object->contains(property.key()))
                (*object)[property.key()] = *fallback;
        }
        for (auto& member : *object)
            if (const auto* inner = propertySchema(schema, member.key()))
                completeValue(*inner, member.value(), depth + 1);
    } else if (auto* array = value.if_array()) {
        if (const auto* items = find(schema, {"items"}))
            for (auto& item : *array)
                completeValue(*items, item, depth + 1);
    }
}

} // namespace

const Value* propertySchema(const Value& schema, std::string_view key)
{
    if (const auto* found = find(schema, {"properties", key}))
        return found;
    const auto* additional = find(schema, {"additionalProperties"});
    return additional != nullptr && additional->is_object() ? additional : nullptr;
}

StructuralSchema::StructuralSchema(Value source)
    : m_source(std::move(source))
{
}

std::shared_ptr<const StructuralSchema> StructuralSchema::make(const Value& openApiV3Schema)
{
    std::shared_ptr<StructuralSchema> schema(new StructuralSchema(openApiV3Schema));
    const auto* root = schema->convert(schema->m_source, 0);
    // Metadata is that of every object, whatever the schema says of it.
    auto* node = const_cast<TypeNode*>(root); // NOLINT: owned by m_nodes
    if (node->kind == TypeNode::Kind::Struct) {
        const auto* meta = builtinType("v1", "ConfigMap")->field("metadata")->type;
        std::erase_if(node->fields, [](const auto& field) { return field.name == "metadata"; });
        node->fields.push_back({"metadata", 0, meta});
        for (const auto* name : {"apiVersion", "kind"}) {
            if (std::none_of(node->fields.begin(), node->fields.end(),
                             [&](const auto& field) { return field.name == name; })) {
                auto& text = schema->m_nodes.emplace_back();
                text.kind = TypeNode::Kind::String;
                node->fields.push_back({name, 0, &text});
            }
        }
        node->index.clear();
        for (const auto& field : node->fields)
            node->index.emplace(field.name, &field);
    }
    schema->m_root = root;
    return schema;
}

const TypeNode* StructuralSchema::convert(const Value& schema, int depth)
{
    auto& node = m_nodes.emplace_back();
    if (depth > kMaxDepth || !schema.is_object())
        return &node;
    node.preserveUnknown = flag(schema, {"x-kubernetes-preserve-unknown-fields"});
    node.atomic = text(schema, {"x-kubernetes-map-type"}) == "atomic";
    const auto type = text(schema, {"type"});
    const auto* properties = find(schema, {"properties"});
    const auto* additional = find(schema, {"additionalProperties"});
    if (type == "array") {
        node.kind = TypeNode::Kind::List;
        const auto listType = text(schema, {"x-kubernetes-list-type"});
        if (listType == "map" || listType == "set")
            node.listType = listType == "map" ? TypeNode::ListType::Map : TypeNode::ListType::Set;
        for (const auto& key : array(schema, {"x-kubernetes-list-map-keys"})) {
            if (!key.is_string())
                continue;
            node.listKeys.emplace_back(key.get_string());
            const std::string_view name = key.get_string();
            if (const auto* fallback = find(schema, {"items", "properties", name, "default"}))
                node.keyDefaults.emplace_back(std::string(name), toJson(*fallback));
        }
        if (const auto* items = find(schema, {"items"}))
            node.element = convert(*items, depth + 1);
    } else if (properties != nullptr && properties->is_object()) {
        node.kind = TypeNode::Kind::Struct;
        for (const auto& member : properties->get_object())
            node.fields.push_back({std::string(member.key()), 0, convert(member.value(), depth + 1)});
        for (const auto& field : node.fields)
            node.index.emplace(field.name, &field);
    } else if (additional != nullptr && additional->is_object()) {
        node.kind = TypeNode::Kind::Map;
        node.element = convert(*additional, depth + 1);
    } else if (type == "object") {
        node.kind = node.preserveUnknown || (additional != nullptr && additional->is_bool() && additional->get_bool())
            ? TypeNode::Kind::Any
            : TypeNode::Kind::Struct;
    } else {
        node.kind = scalarKind(schema);
    }
    return &node;
}

void StructuralSchema::complete(Value& object) const
{
    completeValue(m_source, object, 0);
}

} // namespace core::manifest
