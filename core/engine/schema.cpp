// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/views.h"
#include "core/manifest/type_texts.h"

#include <boost/json.hpp>

#include <algorithm>

namespace core::engine {

using manifest::TypeNode;
using manifest::Value;

namespace {

std::string typeText(const TypeNode& type)
{
    using Kind = TypeNode::Kind;
    switch (type.kind) {
    case Kind::String:
        return "string";
    case Kind::Bool:
        return "boolean";
    case Kind::Int:
        return "integer";
    case Kind::Double:
        return "number";
    case Kind::Bytes:
        return "base64 text";
    case Kind::Time:
    case Kind::MicroTime:
        return "time";
    case Kind::Duration:
        return "duration";
    case Kind::Quantity:
        return "quantity";
    case Kind::IntOrString:
        return "integer or string";
    case Kind::Struct:
        return type.name.empty() ? "object" : type.name;
    case Kind::Map:
        return type.element != nullptr ? "map of " + typeText(*type.element) : "map";
    case Kind::List:
        return type.element != nullptr ? "list of " + typeText(*type.element) : "list";
    case Kind::Any:
    case Kind::Json:
        break;
    }
    return "any";
}

/// `holder` inlines `type`, or is it.
void addFields(const TypeNode& holder, const TypeNode& type, std::vector<SchemaField>& out)
{
    for (const auto& field : type.fields) {
        if (field.type == nullptr)
            continue;
        if (field.name.empty()) {
            addFields(holder, *field.type, out);
            continue;
        }
        const auto* texts = manifest::fieldTexts(holder.name, field.name);
        out.push_back({field.name, typeText(*field.type), texts != nullptr ? texts->text : std::string(),
                       field.required || (texts != nullptr && texts->required)});
    }
}

void sortByName(std::vector<SchemaField>& fields)
{
    std::sort(fields.begin(), fields.end(), [](const SchemaField& a, const SchemaField& b) { return a.name < b.name; });
}

std::string typeText(const Value& schema)
{
    if (manifest::flag(schema, {"x-kubernetes-int-or-string"}))
        return "integer or string";
    const auto type = std::string(manifest::text(schema, {"type"}));
    if (type == "array") {
        const auto* items = manifest::find(schema, {"items"});
        return items != nullptr ? "list of " + typeText(*items) : "list";
    }
    if (type == "object" && manifest::find(schema, {"properties"}) == nullptr) {
        const auto* values = manifest::find(schema, {"additionalProperties"});
        return values != nullptr && values->is_object() ? "map of " + typeText(*values) : "object";
    }
    return type.empty() ? "any" : type;
}

const Value* step(const Value& schema, const std::string& key)
{
    if (manifest::text(schema, {"type"}) == "array")
        return manifest::find(schema, {"items"});
    if (const auto* field = manifest::find(schema, {"properties", key}))
        return field;
    const auto* values = manifest::find(schema, {"additionalProperties"});
    return values != nullptr && values->is_object() ? values : nullptr;
}

} // namespace

std::optional<SchemaNode> schemaNode(const TypeNode& type, const std::vector<std::string>& path)
{
    const TypeNode* at = &type;
    const manifest::FieldTexts* texts = nullptr;
    for (const auto& key : path) {
        if (at->kind == TypeNode::Kind::List || at->kind == TypeNode::Kind::Map) {
            at = at->element;
        } else {
            texts = manifest::fieldTexts(at->name, key);
            const auto* field = at->field(key);
            at = field != nullptr ? field->type : nullptr;
        }
        if (at == nullptr)
            return std::nullopt;
    }
    SchemaNode out;
    out.type = typeText(*at);
    out.defaultValue = at->defaultText;
    out.values = at->values;
    if (texts != nullptr) {
        out.description = texts->text;
        if (out.values.empty())
            out.values = texts->values;
    }
    // Inside a list the fields of its items are what may be written.
    const TypeNode* fields = at->kind == TypeNode::Kind::List && at->element != nullptr ? at->element : at;
    addFields(*fields, *fields, out.fields);
    sortByName(out.fields);
    return out;
}

std::optional<SchemaNode> schemaNode(const Value& openApi, const std::vector<std::string>& path)
{
    const Value* at = &openApi;
    for (const auto& key : path) {
        at = step(*at, key);
        if (at == nullptr)
            return std::nullopt;
    }
    SchemaNode out;
    out.type = typeText(*at);
    out.description = manifest::text(*at, {"description"});
    if (const auto* value = manifest::find(*at, {"default"}))
        out.defaultValue = manifest::toJson(*value);
    for (const auto& value : manifest::array(*at, {"enum"}))
        if (value.is_string())
            out.values.emplace_back(value.get_string());
    const auto* items = manifest::find(*at, {"items"});
    const Value& holder = items != nullptr ? *items : *at;
    for (const auto& property : manifest::object(holder, {"properties"})) {
        SchemaField field {std::string(property.key()), typeText(property.value()),
                           std::string(manifest::text(property.value(), {"description"})), false};
        for (const auto& name : manifest::array(holder, {"required"}))
            field.required = field.required || (name.is_string() && name.get_string() == property.key());
        out.fields.push_back(std::move(field));
    }
    sortByName(out.fields);
    return out;
}

} // namespace core::engine
