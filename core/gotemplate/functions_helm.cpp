// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gotemplate/exec.h"
#include "core/gotemplate/format.h"
#include "core/gotemplate/functions.h"
#include "core/gotemplate/go_json.h"
#include "core/gotemplate/go_text.h"
#include "core/gotemplate/toml.h"
#include "core/manifest/yaml.h"

#include <fmt/format.h>

#include <cmath>

namespace core::gotemplate {

namespace {

using R = Result<Value>;

// A float that JSON cannot say, anywhere below.
bool hasInfinity(const Value& value, int depth = 0)
{
    if (value.type() == Type::Float64)
        return !std::isfinite(value.asFloat());
    if (depth > 500)
        return true;
    for (const auto& item : value.items())
        if (hasInfinity(item, depth + 1))
            return true;
    for (const auto& [key, item] : value.entries())
        if (hasInfinity(item, depth + 1))
            return true;
    return false;
}

R toYaml(Call& c)
{
    if (hasInfinity(c[0]))
        return Value::string("");
    auto text = manifest::toYaml(toManifest(c[0]));
    if (text.ends_with('\n'))
        text.pop_back();
    return Value::string(std::move(text));
}

std::string jsonKind(const Value& value)
{
    if (value.isMap())
        return "object";
    if (value.isList())
        return "array";
    if (value.isString())
        return "string";
    return value.type() == Type::Bool ? "bool" : "number";
}

Result<Value> readYaml(const std::string& text)
{
    manifest::YamlLimits limits;
    limits.allowDuplicateKeys = true;
    auto documents = manifest::parseYaml(text, "", limits);
    if (!documents)
        return fail(Error::Code::InvalidInput,
                    "error converting YAML to JSON: " + goYamlMessage(documents.error().message));
    return documents->empty() ? Value::nil() : Value::from(documents->front().value, Numbers::AllFloat);
}

Value errorMap(std::string message)
{
    auto map = Value::map();
    map.set("Error", Value::string(std::move(message)));
    return map;
}

std::string mismatch(const Value& value, bool wantMap)
{
    return fmt::format("json: cannot unmarshal {} into Go value of type {}", jsonKind(value),
                       wantMap ? "map[string]interface {}" : "[]interface {}");
}

R asMap(Result<Value> value, std::string_view prefix)
{
    if (!value)
        return errorMap(value.error().message);
    if (value->isNil())
        return Value::map();
    return value->isMap() ? *value : errorMap(std::string(prefix) + mismatch(*value, true));
}

R asList(Result<Value> value, std::string_view prefix)
{
    if (!value)
        return Value::list({Value::string(value.error().message)});
    if (value->isNil())
        return Value::list({});
    return value->isList() ? *value : Value::list({Value::string(std::string(prefix) + mismatch(*value, false))});
}

constexpr std::string_view kUnmarshal = "error unmarshaling JSON: while decoding JSON: ";

} // namespace

void addHelmFunctions(FunctionMap& map)
{
    map.add("include", "sa", [](Call& c) -> R { return c.execution.include(c.text(0), c[1]); });
    map.add("tpl", "sa", [](Call& c) -> R {
        PH_TRY(auto text, c.execution.tpl(c.text(0), c[1]));
        return Value::string(std::move(text));
    });
    // The marks tell the renderer that the chart itself refused; it prints the text between them.
    map.add("required", "sa", [](Call& c) -> R {
        if (c[1].isNil() || (c[1].isString() && c.text(1).empty()))
            return refuse("HELM_ERR_START" + c.text(0) + "HELM_ERR_END");
        return c[1];
    });
    map.add("fail", "s", [](Call& c) -> R { return refuse("HELM_ERR_START" + c.text(0) + "HELM_ERR_END"); });
    map.add("lookup", "ssss", [](Call& c) -> R {
        const auto& ask = c.execution.session().lookup;
        auto found = ask ? ask(c.text(0), c.text(1), c.text(2), c.text(3)) : Value();
        return found.isMap() ? found : Value::map();
    });
    map.add("toYaml", "a", toYaml);
    map.add("toYamlPretty", "a", [](Call& c) -> R {
        auto text = manifest::toYaml(toManifest(c[0]));
        if (text.ends_with('\n'))
            text.pop_back();
        return Value::string(std::move(text));
    });
    map.add("fromYaml", "s", [](Call& c) { return asMap(readYaml(c.text(0)), kUnmarshal); });
    map.add("fromYamlArray", "s", [](Call& c) { return asList(readYaml(c.text(0)), kUnmarshal); });
    map.add("toJson", "a", [](Call& c) -> R { return Value::string(goJson(c[0], true)); });
    map.add("fromJson", "s", [](Call& c) { return asMap(parseGoJson(c.text(0)), ""); });
    map.add("fromJsonArray", "s", [](Call& c) { return asList(parseGoJson(c.text(0)), ""); });
    map.add("toToml", "a", [](Call& c) -> R { return Value::string(toToml(c[0])); });
    map.add("fromToml", "s", [](Call& c) -> R {
        auto value = parseToml(c.text(0));
        return value ? *value : errorMap(value.error().message);
    });
}

} // namespace core::gotemplate
