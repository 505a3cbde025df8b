// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/clock.h"
#include "core/base/strings.h"
#include "core/embedded/custom_schema.h"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <re2/re2.h>

#include <set>

namespace core::embedded {

using manifest::Array;
using manifest::Object;
using manifest::Value;

namespace {

constexpr int kMaxDepth = 200;

bool preserves(const Value& schema)
{
    return manifest::flag(schema, {"x-kubernetes-preserve-unknown-fields"});
}

std::string_view typeName(const Value& value)
{
    switch (value.kind()) {
    case boost::json::kind::null:
        return "null";
    case boost::json::kind::bool_:
        return "boolean";
    case boost::json::kind::int64:
    case boost::json::kind::uint64:
        return "integer";
    case boost::json::kind::double_:
        return "number";
    case boost::json::kind::string:
        return "string";
    case boost::json::kind::array:
        return "array";
    case boost::json::kind::object:
        return "object";
    }
    return "";
}

bool hasType(const Value& value, std::string_view type)
{
    const auto actual = typeName(value);
    if (type == "number")
        return actual == "number" || actual == "integer";
    if (type == "integer" && value.is_double())
        return value.get_double() == static_cast<double>(static_cast<std::int64_t>(value.get_double()));
    return actual == type;
}

/// Compiled patterns, shared: schemas use few and the same ones.
bool matchesPattern(std::string_view text, const std::string& pattern)
{
    static std::mutex mutex;
    static std::map<std::string, std::unique_ptr<RE2>> compiled;
    RE2* expression = nullptr;
    {
        const std::lock_guard lock(mutex);
        auto& slot = compiled[pattern];
        if (!slot) {
            if (compiled.size() > 5000)
                return true;
            RE2::Options options;
            options.set_log_errors(false);
            slot = std::make_unique<RE2>(pattern, options);
        }
        expression = slot.get();
    }
    return !expression->ok() || RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *expression);
}

class Validator
{
public:
    explicit Validator(Causes& causes)
        : m_causes(causes)
    {
    }

    void check(const Value& schema, const Value& value, const std::string& path, int depth)
    {
        if (depth > kMaxDepth || !schema.is_object() || m_causes.size() > 100)
            return;
        if (value.is_null() && manifest::flag(schema, {"nullable"}))
            return;
        const bool intOrString = manifest::flag(schema, {"x-kubernetes-int-or-string"});
        const auto type = manifest::text(schema, {"type"});
        if (intOrString ? !value.is_string() && !hasType(value, "integer") : !type.empty() && !hasType(value, type)) {
            const auto wanted = intOrString ? std::string_view("integer,string") : type;
            m_causes.push_back({"FieldValueTypeInvalid",
                                fmt::format("Invalid value: \"{0}\": {1} in body must be of type {2}: \"{0}\"",
                                            typeName(value), path, wanted),
                                path});
            checkEnum(schema, value, path);
            return;
        }
        checkEnum(schema, value, path);
        if (value.is_number())
            checkNumber(schema, value, path);
        else if (value.is_string())
            checkText(schema, value.get_string(), path);
        else if (value.is_array())
            checkArray(schema, value.get_array(), path, depth);
        else if (value.is_object())
            checkObject(schema, value.get_object(), path, depth);
        checkCombinations(schema, value, path, depth);
    }

private:
    void invalid(const std::string& path, const Value& value, const std::string& rule)
    {
        m_causes.push_back(invalidValue(path, value, fmt::format("{} in body {}", path, rule)));
    }

    void checkEnum(const Value& schema, const Value& value, const std::string& path)
    {
        const auto& allowed = manifest::array(schema, {"enum"});
        if (allowed.empty() || std::any_of(allowed.begin(), allowed.end(), [&](const Value& item) {
                return manifest::equal(item, value);
            }))
            return;
        std::vector<std::string> names;
        for (const auto& item : allowed)
            names.push_back(item.is_string() ? std::string(item.get_string()) : manifest::toJson(item));
        const auto text = value.is_string() ? std::string(value.get_string()) : manifest::toJson(value);
        auto cause = notSupported(path, text, names);
        if (!value.is_string())
            cause.message.replace(cause.message.find('"'), text.size() + 2, text);
        m_causes.push_back(std::move(cause));
    }

    void checkNumber(const Value& schema, const Value& value, const std::string& path)
    {
        const auto number = value.to_number<double>();
        if (const auto* minimum = manifest::find(schema, {"minimum"}); minimum != nullptr && minimum->is_number()) {
            const bool exclusive = manifest::flag(schema, {"exclusiveMinimum"});
            const auto bound = minimum->to_number<double>();
            if (exclusive ? number <= bound : number < bound)
                invalid(path, value,
                        fmt::format("should be greater than {}{}", exclusive ? "" : "or equal to ",
                                    manifest::toJson(*minimum)));
        }
        if (const auto* maximum = manifest::find(schema, {"maximum"}); maximum != nullptr && maximum->is_number()) {
            const bool exclusive = manifest::flag(schema, {"exclusiveMaximum"});
            const auto bound = maximum->to_number<double>();
            if (exclusive ? number >= bound : number > bound)
                invalid(path, value,
                        fmt::format("should be less than {}{}", exclusive ? "" : "or equal to ",
                                    manifest::toJson(*maximum)));
        }
        const auto format = manifest::text(schema, {"format"});
        if (format == "int32" && (number < -2147483648.0 || number > 2147483647.0))
            invalid(path, value, "must be of type int32");
    }

    void checkText(const Value& schema, std::string_view text, const std::string& path)
    {
        const Value value = boost::json::string(text);
        std::int64_t length = 0;
        for (const char c : text)
            length += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
        // The first of these that does not hold is told.
        const auto pattern = std::string(manifest::text(schema, {"pattern"}));
        if (const auto most = manifest::integer(schema, {"maxLength"}); most && length > *most)
            m_causes.push_back(
                {"FieldValueTooLong", fmt::format("Too long: may not be more than {} bytes", *most), path});
        else if (const auto least = manifest::integer(schema, {"minLength"}); least && length < *least)
            invalid(path, value, fmt::format("should be at least {} chars long", *least));
        else if (!pattern.empty() && !matchesPattern(text, pattern))
            invalid(path, value, fmt::format("should match '{}'", pattern));
        const auto format = manifest::text(schema, {"format"});
        const bool bad = (format == "date-time" && !parseRfc3339(text)) || (format == "byte" && !base64Decode(text))
            || (format == "duration" && !parseGoDuration(text));
        if (bad)
            m_causes.push_back({"FieldValueInvalid",
                                fmt::format("Invalid value: {0}: {1} in body must be of type {2}: {0}",
                                            manifest::toJson(value), path, format),
                                path});
    }

    void checkArray(const Value& schema, const Array& array, const std::string& path, int depth)
    {
        const auto size = static_cast<std::int64_t>(array.size());
        if (const auto least = manifest::integer(schema, {"minItems"}); least && size < *least)
            invalid(path, Value(size), fmt::format("should have at least {} items", *least));
        if (const auto most = manifest::integer(schema, {"maxItems"}); most && size > *most)
            m_causes.push_back(
                {"FieldValueTooMany", fmt::format("Too many: {}: must have at most {} items", size, *most), path});
        checkUnique(schema, array, path);
        if (const auto* items = manifest::find(schema, {"items"}))
            for (std::size_t i = 0; i < array.size(); ++i)
                check(*items, array[i], fmt::format("{}[{}]", path, i), depth + 1);
    }

    void checkUnique(const Value& schema, const Array& array, const std::string& path)
    {
        const auto listType = manifest::text(schema, {"x-kubernetes-list-type"});
        if (listType != "map" && listType != "set")
            return;
        std::set<std::string> seen;
        for (std::size_t i = 0; i < array.size(); ++i) {
            Value id = array[i];
            if (listType == "map") {
                Object keys;
                for (const auto& key : manifest::array(schema, {"x-kubernetes-list-map-keys"}))
                    if (key.is_string() && array[i].is_object())
                        if (const auto* part = array[i].get_object().if_contains(key.get_string()))
                            keys[key.get_string()] = *part;
                id = std::move(keys);
            }
            if (!seen.insert(manifest::toSortedJson(id)).second)
                m_causes.push_back(duplicate(fmt::format("{}[{}]", path, i), id));
        }
    }

    void checkObject(const Value& schema, const Object& object, const std::string& path, int depth)
    {
        const auto child = [&](std::string_view key) {
            return path.empty() ? std::string(key) : fmt::format("{}.{}", path, key);
        };
        for (const auto& key : manifest::array(schema, {"required"}))
            if (key.is_string() && !object.contains(key.get_string()))
                m_causes.push_back(required(child(key.get_string())));
        const auto size = static_cast<std::int64_t>(object.size());
        if (const auto least = manifest::integer(schema, {"minProperties"}); least && size < *least)
            invalid(path, Value(size), fmt::format("should have at least {} properties", *least));
        if (const auto most = manifest::integer(schema, {"maxProperties"}); most && size > *most)
            m_causes.push_back(
                {"FieldValueTooMany", fmt::format("Too many: {}: must have at most {} items", size, *most), path});
        for (const auto& member : object) {
            if (depth == 0 && member.key() == "metadata")
                continue;
            if (const auto* inner = manifest::propertySchema(schema, member.key()))
                check(*inner, member.value(), child(member.key()), depth + 1);
        }
    }

    [[nodiscard]] static std::size_t countValid(const Array& schemas, const Value& value, const std::string& path,
                                                int depth)
    {
        std::size_t valid = 0;
        for (const auto& option : schemas) {
            Causes ignored;
            Validator(ignored).check(option, value, path, depth + 1);
            valid += ignored.empty() ? 1 : 0;
        }
        return valid;
    }

    void checkCombinations(const Value& schema, const Value& value, const std::string& path, int depth)
    {
        const auto complain = [&](std::string_view what) {
            m_causes.push_back(
                {"FieldValueInvalid",
                 fmt::format("Invalid value: {}: \"{}\" {}", manifest::toJson(value).substr(0, 200), path, what),
                 path});
        };
        for (const auto& all : manifest::array(schema, {"allOf"}))
            check(all, value, path, depth + 1);
        const bool intOrString = manifest::flag(schema, {"x-kubernetes-int-or-string"});
        if (const auto& any = manifest::array(schema, {"anyOf"});
            !any.empty() && !intOrString && countValid(any, value, path, depth) == 0)
            complain("must validate at least one schema (anyOf)");
        if (const auto& one = manifest::array(schema, {"oneOf"}); !one.empty()) {
            const auto valid = countValid(one, value, path, depth);
            if (valid != 1)
                complain(
                    fmt::format("must validate one and only one schema (oneOf). {}",
                                valid == 0 ? "Found none valid" : fmt::format("Found {} valid alternatives", valid)));
        }
        if (const auto* inner = manifest::find(schema, {"not"})) {
            Causes ignored;
            Validator(ignored).check(*inner, value, path, depth + 1);
            if (ignored.empty())
                complain("must not validate the schema (not)");
        }
    }

    Causes& m_causes;
};

void structural(const Value& schema, const std::string& path, Causes& causes, int depth)
{
    if (depth > kMaxDepth)
        return;
    if (!schema.is_object()) {
        causes.push_back(invalidValue(path, schema, "must be an object"));
        return;
    }
    const bool untyped = manifest::flag(schema, {"x-kubernetes-int-or-string"}) || preserves(schema);
    static const std::vector<std::string> kTypes {"array", "boolean", "integer", "number", "object", "string"};
    const auto type = manifest::text(schema, {"type"});
    if (!type.empty() && std::find(kTypes.begin(), kTypes.end(), type) == kTypes.end())
        causes.push_back(notSupported(path + ".type", type, kTypes));
    if (type.empty() && (depth == 0 || !untyped))
        causes.push_back(
            required(path + ".type",
                     depth == 0 ? "must not be empty at the root" : "must not be empty for specified object fields"));
    for (const auto* key : {"$ref", "definitions", "dependencies", "additionalItems", "patternProperties"})
        if (manifest::find(schema, {key}) != nullptr)
            causes.push_back(forbiddenField(fmt::format("{}.{}", path, key), fmt::format("{} is not supported", key)));
    if (manifest::flag(schema, {"uniqueItems"}))
        causes.push_back(forbiddenField(
            path + ".uniqueItems", "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"));
    const auto* additional = manifest::find(schema, {"additionalProperties"});
    if (additional != nullptr && manifest::find(schema, {"properties"}) != nullptr)
        causes.push_back(
            forbiddenField(path + ".additionalProperties", "additionalProperties and properties are mutual exclusive"));
    if (additional != nullptr && additional->is_bool() && !additional->get_bool())
        causes.push_back(forbiddenField(path + ".additionalProperties", "additionalProperties cannot be set to false"));
    if (additional != nullptr && additional->is_object())
        structural(*additional, path + ".additionalProperties", causes, depth + 1);
    for (const auto& property : manifest::object(schema, {"properties"}))
        structural(property.value(), fmt::format("{}.properties[{}]", path, std::string_view(property.key())), causes,
                   depth + 1);
    if (const auto* items = manifest::find(schema, {"items"}))
        structural(*items, path + ".items", causes, depth + 1);
    else if (type == "array")
        causes.push_back(required(path + ".items", "must be specified"));
}

} // namespace

Causes validate(const manifest::StructuralSchema& schema, const Value& object)
{
    Causes causes;
    Validator(causes).check(schema.source(), object, {}, 0);
    return causes;
}

Causes structuralProblems(const Value& openApiV3Schema, const std::string& path)
{
    Causes causes;
    structural(openApiV3Schema, path, causes, 0);
    if (causes.size() > 50)
        causes.resize(50);
    return causes;
}

} // namespace core::embedded
