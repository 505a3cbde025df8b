// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/helm_schema.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <string>
#include <vector>

// Without this a schema that it does not like ends the process. Its headers are not written for our warnings.
#define VALIJSON_USE_EXCEPTIONS 1
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Woverloaded-virtual"
#include <valijson/adapters/boost_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>
#pragma GCC diagnostic pop

namespace core::render::helm {

namespace {

// Draft 4 says by a boolean that the bound beside it is exclusive.
void modernizeBound(boost::json::object& schema, std::string_view exclusive, std::string_view bound)
{
    const auto* flag = schema.if_contains(exclusive);
    if (flag == nullptr || !flag->is_bool())
        return;
    const bool isExclusive = flag->get_bool();
    schema.erase(exclusive);
    const auto* limit = schema.if_contains(bound);
    if (!isExclusive || limit == nullptr)
        return;
    auto value = *limit;
    schema.erase(bound);
    schema[exclusive] = std::move(value);
}

// Keywords of other drafts under the names that draft 7 has for them.
void modernise(boost::json::value& schema, int depth)
{
    if (depth > 200)
        return;
    if (auto* array = schema.if_array()) {
        for (auto& item : *array)
            modernise(item, depth + 1);
        return;
    }
    auto* object = schema.if_object();
    if (object == nullptr)
        return;
    if (auto* defs = object->if_contains("$defs"); defs != nullptr && !object->contains("definitions"))
        object->emplace("definitions", *defs);
    if (auto* prefix = object->if_contains("prefixItems"); prefix != nullptr) {
        const auto first = *prefix;
        if (const auto* rest = object->if_contains("items"))
            object->emplace("additionalItems", *rest);
        (*object)["items"] = first;
    }
    if (auto* reference = object->if_contains("$ref"); reference != nullptr && reference->is_string()) {
        std::string text(reference->get_string());
        if (text.starts_with("#/$defs/"))
            *reference = "#/definitions/" + text.substr(8);
    }
    modernizeBound(*object, "exclusiveMinimum", "minimum");
    modernizeBound(*object, "exclusiveMaximum", "maximum");
    for (const auto* keyword : {"dependentRequired", "dependentSchemas"}) {
        const auto* dependent = object->if_contains(keyword);
        if (dependent == nullptr || !dependent->is_object())
            continue;
        auto all = object->contains("dependencies") && object->at("dependencies").is_object()
            ? object->at("dependencies").get_object()
            : boost::json::object();
        for (const auto& member : dependent->get_object())
            all.emplace(member.key(), member.value());
        (*object)["dependencies"] = std::move(all);
    }
    // Identifiers would make valijson look for other documents.
    object->erase("$id");
    object->erase("id");
    object->erase("$schema");
    for (auto& member : *object)
        modernise(member.value(), depth + 1);
}

// "[a][0]" of the parts that valijson gives, as a JSON pointer.
std::string pointer(const std::vector<std::string>& context)
{
    std::string path;
    for (const auto& part : context)
        if (part.size() > 2 && part.front() == '[' && part.back() == ']')
            path += "/" + part.substr(1, part.size() - 2);
    return path;
}

// The words of the validator that Helm uses, where there are some.
std::string worded(const std::string& description)
{
    const auto quoted = description.find('\'');
    if (description.starts_with("Missing required property "))
        return "missing property " + description.substr(quoted, description.rfind('\'') + 1 - quoted);
    if (description.starts_with("Object contains a property that could not be validated"))
        return "additional properties "
            + description.substr(description.rfind(": ") + 2, description.rfind('\'') - description.rfind(": ") - 1)
            + " not allowed";
    return description;
}

Result<> validate(const Chart& chart, const Value& values, std::string& problems)
{
    try {
        boost::system::error_code code;
        auto document = boost::json::parse(chart.schema, code);
        if (code)
            return fail(Error::Code::InvalidInput,
                        fmt::format("{}: values.schema.json: {}", chart.name, code.message()));
        modernise(document, 0);
        valijson::Schema schema;
        valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
        const valijson::adapters::BoostJsonAdapter schemaAdapter(document);
        parser.populateSchema(schemaAdapter, schema);
        const auto data = gotemplate::toManifest(values);
        const valijson::adapters::BoostJsonAdapter target(data);
        valijson::ValidationResults results;
        valijson::Validator validator(valijson::Validator::kStrongTypes);
        if (validator.validate(schema, target, &results))
            return {};
        problems += chart.name + ":\n";
        valijson::ValidationResults::Error error;
        while (results.popError(error)) {
            // What contains a wrong value is no cause of its own.
            if (!error.description.starts_with("Failed to validate against schema associated with property"))
                problems += fmt::format("- at '{}': {}\n", pointer(error.context), worded(error.description));
        }
        return {};
    } catch (const std::exception& error) {
        return fail(Error::Code::InvalidInput, fmt::format("{}: values.schema.json: {}", chart.name, error.what()));
    }
}

Result<> walk(const Chart& chart, const Value& values, std::string& problems, int depth)
{
    if (depth > 50)
        return {};
    if (!chart.schema.empty())
        PH_CHECK(validate(chart, values, problems));
    for (const auto& child : chart.charts)
        if (const auto* inner = values.find(child->name); inner != nullptr && inner->isMap())
            PH_CHECK(walk(*child, *inner, problems, depth + 1));
    return {};
}

} // namespace

Result<> validateSchemas(const Chart& chart, const Value& values)
{
    std::string problems;
    PH_CHECK(walk(chart, values, problems, 0));
    if (problems.empty())
        return {};
    return fail(Error::Code::InvalidInput,
                "values don't meet the specifications of the schema(s) in the following chart(s):\n" + problems);
}

} // namespace core::render::helm
