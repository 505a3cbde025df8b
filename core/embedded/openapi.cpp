// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/api_server_p.h"
#include "core/manifest/type_texts.h"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace core::embedded {

using manifest::Array;
using manifest::Object;
using manifest::Value;

namespace {

boost::json::string str(std::string_view text)
{
    return boost::json::string(text);
}

Object kindOf(const ResourceInfo& info)
{
    return {{"group", str(info.group)}, {"version", str(info.version)}, {"kind", str(info.kind)}};
}

using manifest::TypeNode;

/// The schemas of built-in types as kubectl explain and kubectl apply read them.
class SchemaWriter
{
public:
    [[nodiscard]] Object take() { return std::move(m_schemas); }

    void addKind(const ResourceInfo& info)
    {
        const auto name = fmt::format("{}.{}.{}", info.group.empty() ? "core" : info.group, info.version, info.kind);
        Value schema;
        if (info.schema)
            schema = info.schema->source();
        else if (info.type != nullptr)
            schema = structSchema(*info.type);
        if (!schema.is_object())
            schema = Object {{"type", "object"}};
        auto& members = schema.get_object();
        if (auto* properties = members.if_contains("properties"); properties != nullptr && properties->is_object()) {
            const auto* texts = info.type != nullptr ? manifest::typeTexts(info.type->name) : nullptr;
            for (const auto* member : {"apiVersion", "kind"}) {
                Object text {{"type", "string"}};
                if (texts != nullptr && texts->fields.contains(member))
                    describe(texts->fields.at(member), text);
                properties->get_object()[member] = std::move(text);
            }
        }
        Array kinds;
        kinds.emplace_back(kindOf(info));
        members["x-kubernetes-group-version-kind"] = std::move(kinds);
        m_schemas[name] = std::move(schema);
    }

private:
    static std::string dotted(std::string name)
    {
        std::replace(name.begin(), name.end(), '/', '.');
        return name;
    }

    Value reference(const TypeNode& type)
    {
        const auto name = dotted(type.name);
        if (!m_schemas.contains(name)) {
            m_schemas[name] = Object(); // before its fields: types may hold themselves
            m_schemas[name] = structSchema(type);
        }
        return referenceTo(name);
    }

    /// A value that is not a struct, but has a name of its own.
    Value reference(const std::string& name, std::string_view texts, Object schema)
    {
        if (!m_schemas.contains(name)) {
            if (const auto* said = manifest::typeTexts(texts))
                schema["description"] = str(said->text);
            m_schemas[name] = std::move(schema);
        }
        return referenceTo(name);
    }

    static Array oneOf(const char* one, const char* other)
    {
        Array either;
        either.push_back(Value(Object {{"type", one}}));
        either.push_back(Value(Object {{"type", other}}));
        return either;
    }

    static Value referenceTo(const std::string& name)
    {
        Array all;
        all.push_back(Value(Object {{"$ref", str("#/components/schemas/" + name)}}));
        return Object {{"allOf", std::move(all)}};
    }

    /// `texts` are those of the type that inlines the others.
    void addFields(const TypeNode& type, const manifest::TypeTexts* texts, Object& properties)
    {
        for (const auto& field : type.fields) {
            if (field.name.empty()) {
                addFields(*field.type, texts, properties);
                continue;
            }
            auto schema = field.name == "fieldsV1"
                ? reference("meta.v1.FieldsV1", "meta/v1.FieldsV1", {{"type", "object"}})
                : valueSchema(*field.type);
            if (texts != nullptr)
                if (const auto said = texts->fields.find(field.name); said != texts->fields.end())
                    describe(said->second, schema.get_object());
            properties[field.name] = std::move(schema);
        }
    }

    static void describe(const manifest::FieldTexts& texts, Object& schema)
    {
        schema["description"] = str(texts.text);
        if (texts.values.empty())
            return;
        Array values;
        for (const auto& value : texts.values)
            values.emplace_back(str(value));
        auto* items = schema.if_contains("items");
        (items != nullptr ? items->get_object() : schema)["enum"] = std::move(values);
    }

    Value structSchema(const TypeNode& type)
    {
        const auto* texts = manifest::typeTexts(type.name);
        Object properties;
        addFields(type, texts, properties);
        Object schema {{"type", "object"}, {"properties", std::move(properties)}};
        if (texts == nullptr)
            return schema;
        schema["description"] = str(texts->text);
        Array required;
        for (const auto& property : schema["properties"].get_object())
            if (const auto said = texts->fields.find(std::string_view(property.key()));
                said != texts->fields.end() && said->second.required)
                required.emplace_back(property.key());
        if (!required.empty())
            schema["required"] = std::move(required);
        return schema;
    }

    static void addStrategy(const TypeNode& type, Object& schema)
    {
        std::string strategy = type.merge ? "merge" : type.replace ? "replace" : "";
        if (type.retainKeys)
            strategy += strategy.empty() ? "retainKeys" : ",retainKeys";
        if (!strategy.empty())
            schema["x-kubernetes-patch-strategy"] = str(strategy);
        if (!type.mergeKey.empty())
            schema["x-kubernetes-patch-merge-key"] = str(type.mergeKey);
    }

    Value valueSchema(const TypeNode& type)
    {
        Value schema = bareSchema(type);
        addStrategy(type, schema.get_object());
        return schema;
    }

    Value bareSchema(const TypeNode& type)
    {
        using Kind = TypeNode::Kind;
        switch (type.kind) {
        case Kind::Struct:
            return reference(type);
        case Kind::List:
            return Object {{"type", "array"}, {"items", valueSchema(*type.element)}};
        case Kind::Map:
            return Object {{"type", "object"}, {"additionalProperties", valueSchema(*type.element)}};
        case Kind::Bool:
            return Object {{"type", "boolean"}};
        case Kind::Int:
            return Object {{"type", "integer"}, {"format", "int32"}};
        case Kind::Double:
            return Object {{"type", "number"}};
        case Kind::Bytes:
            return Object {{"type", "string"}, {"format", "byte"}};
        case Kind::Time:
        case Kind::MicroTime:
            return Object {{"type", "string"}, {"format", "date-time"}};
        case Kind::IntOrString:
            return reference("util.intstr.IntOrString", "IntOrString",
                             {{"format", "int-or-string"}, {"oneOf", oneOf("integer", "string")}});
        case Kind::Quantity:
            return reference("api.resource.Quantity", "Quantity", {{"oneOf", oneOf("string", "number")}});
        case Kind::String:
        case Kind::Duration:
            return Object {{"type", "string"}};
        case Kind::Json:
            return reference("runtime.RawExtension", "RawExtension", {{"type", "object"}});
        case Kind::Any:
            if (!type.name.empty())
                return reference(dotted(type.name), type.name, {});
            break;
        }
        return Object {{"type", "object"}};
    }

    Object m_schemas;
};

/// A patch operation that says that fields are validated here: what kubectl looks for before it sends.
Value pathItem(const ResourceInfo& info)
{
    Array parameters;
    for (const auto* name : {"dryRun", "fieldManager", "fieldValidation", "force"})
        parameters.push_back(Value(Object {{"name", name}, {"in", "query"}, {"schema", Object {{"type", "string"}}}}));
    Object content;
    for (const auto* media : {"application/json-patch+json", "application/merge-patch+json",
                              "application/strategic-merge-patch+json", "application/apply-patch+yaml"})
        if (!info.custom || std::string_view(media).find("strategic") == std::string_view::npos)
            content[media] = Object {{"schema", Object {{"type", "object"}}}};
    return Object {{"patch",
                    Object {{"x-kubernetes-group-version-kind", kindOf(info)},
                            {"x-kubernetes-action", "patch"},
                            {"parameters", std::move(parameters)},
                            {"requestBody", Object {{"content", std::move(content)}}},
                            {"responses", Object {{"200", Object {{"description", "OK"}}}}}}}};
}

/// A version 2 document without definitions: clients of today ask for it only about kinds that no group has, and take a
/// missing document for a failure.
kube::Response emptyOpenApiV2(const ApiRequest& request, const std::string& version)
{
    if (request.header("accept").find("protobuf") == std::string_view::npos)
        return jsonResponse(200,
                            Value(Object {{"swagger", "2.0"},
                                          {"info", Object {{"title", "Kubernetes"}, {"version", str(version)}}},
                                          {"paths", Object {}},
                                          {"definitions", Object {}}}));
    const auto field = [](char number, std::string_view content) {
        return std::string {static_cast<char>(number << 3 | 2), static_cast<char>(content.size())}
        + std::string(content);
    };
    const auto info = field(1, "Kubernetes") + field(2, version.substr(0, 60));
    return {200,
            {{"content-type", "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"}},
            field(1, "2.0") + field(2, info)};
}

} // namespace

ApiResult<kube::Response> ApiServer::Private::openApi(const ApiRequest& request) const
{
    const auto now = registry();
    const auto& path = request.path;
    if (path.size() == 2 && path[1] == "v2")
        return emptyOpenApiV2(request, gitVersion);
    if (path.size() < 2 || path[1] != "v3")
        return pageNotFound();
    if (path.size() == 2) {
        Object paths;
        for (const auto& group : now->groups())
            for (const auto& version : group.versions) {
                const auto name = group.name.empty() ? "api/" + version.version
                                                     : fmt::format("apis/{}/{}", group.name, version.version);
                paths[name] = Object {
                    {"serverRelativeURL", str(fmt::format("/openapi/v3/{}?hash={}", name, now->hash().substr(0, 16)))}};
            }
        auto response = jsonResponse(200, Value(Object {{"paths", std::move(paths)}}));
        response.headers.emplace_back("etag", fmt::format("\"{}\"", now->hash()));
        return response;
    }
    const bool core = path[2] == "api" && path.size() == 4;
    const bool named = path[2] == "apis" && path.size() == 5;
    const auto* version = core ? now->version("", path[3]) : named ? now->version(path[3], path[4]) : nullptr;
    if (version == nullptr)
        return pageNotFound();
    Object paths;
    SchemaWriter schemas;
    for (const auto& info : version->resources)
        schemas.addKind(*info);
    for (const auto& info : version->resources)
        paths[fmt::format("/{}/{}{}/{}/{{name}}", core ? "api" : "apis", info->apiVersion(),
                          info->namespaced ? "/namespaces/{namespace}" : "", info->plural)] = pathItem(*info);
    return jsonResponse(200,
                        Value(Object {{"openapi", "3.0.0"},
                                      {"info", Object {{"title", "Kubernetes"}, {"version", str(gitVersion)}}},
                                      {"paths", std::move(paths)},
                                      {"components", Object {{"schemas", schemas.take()}}}}));
}

} // namespace core::embedded
