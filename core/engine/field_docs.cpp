// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/field_docs.h"

#include "core/base/strings.h"

#include <boost/json.hpp>

#include <algorithm>

namespace core::engine {

using manifest::find;
using manifest::text;
using manifest::Value;

namespace {

constexpr std::string_view kSchemas = "#/components/schemas/";
constexpr int kMostReferences = 8; ///< on the way to one schema
constexpr std::size_t kLongestDescription = 2'000;

/// What a schema says itself or leads to: the server writes {"allOf": [{"$ref": ...}], "description": ...}.
const Value* followed(const Value& document, const Value* schema)
{
    for (int i = 0; schema != nullptr && i < kMostReferences; ++i) {
        auto reference = text(*schema, {"$ref"});
        if (const auto& all = manifest::array(*schema, {"allOf"}); reference.empty() && all.size() == 1)
            reference = text(all.front(), {"$ref"});
        if (!reference.starts_with(kSchemas))
            return schema;
        schema = find(document, {"components", "schemas", reference.substr(kSchemas.size())});
    }
    return schema;
}

const Value* schemaOf(const Value& document, const std::string& apiVersion, const std::string& kind)
{
    const auto wanted = manifest::parseGroupVersion(apiVersion);
    for (const auto& member : manifest::object(document, {"components", "schemas"}))
        for (const auto& type : manifest::array(member.value(), {"x-kubernetes-group-version-kind"}))
            if (text(type, {"group"}) == wanted.group && text(type, {"version"}) == wanted.version
                && text(type, {"kind"}) == kind)
                return &member.value();
    return nullptr;
}

/// One step down: a property, an item of a list, a value of a map. Not followed yet, for its own description.
const Value* below(const Value& document, const Value* schema, const std::string& key)
{
    const auto* at = followed(document, schema);
    if (at == nullptr)
        return nullptr;
    if (const auto* items = find(*at, {"items"}))
        return items;
    if (const auto* property = find(*at, {"properties", key}))
        return property;
    const auto* values = find(*at, {"additionalProperties"});
    return values != nullptr && values->is_object() ? values : nullptr;
}

std::string descriptionOf(const Value& document, const Value* schema)
{
    if (schema == nullptr)
        return {};
    auto said = text(*schema, {"description"});
    if (said.empty())
        if (const auto* target = followed(document, schema))
            said = text(*target, {"description"});
    return std::string(said.substr(0, kLongestDescription));
}

} // namespace

void describeFields(SchemaNode& node, const Value& document, const std::string& apiVersion, const std::string& kind,
                    const std::vector<std::string>& path)
{
    const auto* at = schemaOf(document, apiVersion, kind);
    for (const auto& key : path)
        at = at == nullptr ? nullptr : below(document, at, key);
    if (at == nullptr)
        return;
    const auto prefer = [&](std::string& text, const Value* said) {
        if (auto theirs = descriptionOf(document, said); !theirs.empty())
            text = std::move(theirs);
    };
    prefer(node.description, at);
    // Inside a list the fields of its items are what may be written.
    const auto* holder = followed(document, at);
    if (const auto* items = holder == nullptr ? nullptr : find(*holder, {"items"}))
        holder = followed(document, items);
    for (auto& field : node.fields)
        if (holder != nullptr)
            prefer(field.description, find(*holder, {"properties", field.name}));
}

FieldDocs::FieldDocs(kube::TransportPtr transport)
    : m_transport(std::move(transport))
{
}

std::shared_ptr<const Value> FieldDocs::document(const std::string& apiVersion)
{
    const std::scoped_lock lock(m_mutex);
    if (const auto it = m_documents.find(apiVersion); it != m_documents.end())
        return it->second;
    kube::Request request;
    request.path = (apiVersion.find('/') == std::string::npos ? "/openapi/v3/api/" : "/openapi/v3/apis/") + apiVersion;
    request.headers = {{"Accept", "application/json"}};
    const auto answer = m_transport->send(request, {});
    if (!answer)
        return nullptr; // asked again another time
    std::shared_ptr<const Value> made;
    if (answer->status == 200)
        if (auto parsed = manifest::parseJson(answer->body, request.path))
            made = std::make_shared<const Value>(std::move(*parsed));
    m_documents.emplace(apiVersion, made);
    return made;
}

void FieldDocs::describe(SchemaNode& node, const std::string& apiVersion, const std::string& kind,
                         const std::vector<std::string>& path)
{
    // What is typed is in the address: only names that Kubernetes allows go there.
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '/';
    };
    if (!std::all_of(apiVersion.begin(), apiVersion.end(), allowed) || apiVersion.find("..") != std::string::npos)
        return;
    if (const auto known = document(apiVersion))
        describeFields(node, *known, apiVersion, kind, path);
}

} // namespace core::engine
