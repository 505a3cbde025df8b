// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/gotemplate/bounds.h"
#include "core/gotemplate/exec.h"
#include "core/gotemplate/format.h"
#include "core/gotemplate/functions.h"
#include "core/gotemplate/go_json.h"
#include "core/gotemplate/go_text.h"
#include "core/gotemplate/toml.h"
#include "core/gotemplate/yaml_value.h"
#include "core/manifest/yaml.h"
#include "core/manifest/yaml_printer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace core::gotemplate {

namespace {

using R = Result<Value>;

constexpr std::size_t kMaxYamlNodes = 1'000'000;
constexpr std::size_t kSmallText = std::size_t {64} << 10; // that is read before a cancellation could be missed

// A float that JSON cannot say, anywhere below.
bool hasInfinity(const Value& value, int depth = 0)
{
    if (value.type() == Type::Float64)
        return !std::isfinite(value.asFloat());
    if (depth > 500)
        return true;
    if (value.isMap())
        return std::any_of(value.entries().begin(), value.entries().end(),
                           [depth](const Entry& entry) { return hasInfinity(entry.second, depth + 1); });
    return value.isList() && std::any_of(value.items().begin(), value.items().end(), [depth](const Value& item) {
               return hasInfinity(item, depth + 1);
           });
}

/// A Value as sigs.k8s.io/yaml prints it. An execution that is cancelled goes on with nothing.
struct YamlNode
{
    Value value;
    Execution* execution = nullptr;
    std::size_t depth = 0;
    bool* isStopped = nullptr;
};

struct YamlAccess
{
    static constexpr std::size_t kMaxDepth = 1000;

    static char kind(const YamlNode& node)
    {
        const auto& value = node.value;
        if (node.depth > kMaxDepth || value.isNilSlice())
            return 'w';
        if (value.isMap())
            return 'm';
        if (value.isString() || value.type() == Type::Bytes || value.type() == Type::Time)
            return 't';
        return value.isList() ? 's' : value.type() == Type::Error ? 'm' : 'w';
    }
    static std::size_t count(const YamlNode& node)
    {
        return node.value.isMap() || node.value.isList() ? node.value.size() : 0;
    }
    static std::string text(const YamlNode& node)
    {
        const auto& value = node.value;
        if (node.depth > kMaxDepth)
            return "null";
        if (value.isString() && isValidUtf8(value.asString()))
            return value.asString();
        const auto plain = toManifest(value);
        if (plain.is_string())
            return std::string(plain.get_string());
        if (plain.is_int64())
            return std::to_string(plain.get_int64());
        auto text = manifest::toYaml(plain);
        text.pop_back();
        return text;
    }
    template<class F>
    static void members(const YamlNode& node, F f)
    {
        std::vector<const Entry*> order;
        order.reserve(node.value.entries().size());
        for (const auto& entry : node.value.entries())
            order.push_back(&entry);
        manifest::sortNaturally(order, [](const Entry* entry) -> std::string_view { return entry->first.asString(); });
        for (const auto* entry : order)
            if (goesOn(node))
                f(std::string_view(entry->first.asString()), below(node, entry->second));
    }
    template<class F>
    static void elements(const YamlNode& node, F f)
    {
        for (const auto& item : node.value.items())
            if (goesOn(node))
                f(below(node, item));
    }

private:
    static bool goesOn(const YamlNode& node)
    {
        *node.isStopped = *node.isStopped || !node.execution->work(1);
        return !*node.isStopped;
    }
    static YamlNode below(const YamlNode& node, const Value& value)
    {
        return {value.type() == Type::Object ? value.asObject()->serialized() : value, node.execution, node.depth + 1,
                node.isStopped};
    }
};

R toYaml(Call& c)
{
    PH_CHECK(c.execution.weigh(c.arguments));
    if (hasInfinity(c[0]))
        return Value::string("");
    std::string text;
    manifest::YamlPrinter printer(text);
    bool isStopped = false;
    const YamlNode root {c[0].type() == Type::Object ? c[0].asObject()->serialized() : c[0], &c.execution, 0,
                         &isStopped};
    manifest::printTree<YamlAccess>(printer, root, 0, manifest::YamlPrinter::Place::Root);
    printer.endDocument();
    PH_CHECK(c.execution.work(0));
    if (text.ends_with('\n'))
        text.pop_back();
    return Value::string(std::move(text));
}

/// A Value as yaml.v3 prints it with an indentation of two: sequences stand deeper than their key.
struct PrettyAccess
{
    static constexpr bool kIndentsSequences = true;
    static char kind(const Value& value)
    {
        return value.isMap() ? 'm' : value.isList() ? 's' : value.isString() ? 't' : 'w';
    }
    static std::size_t count(const Value& value) { return value.size(); }
    static std::string text(const Value& value)
    {
        if (value.isNil())
            return "null";
        if (value.type() == Type::Float64) {
            auto text = formatFloat(value.asFloat(), 'g', -1);
            return text == "+Inf" ? ".inf" : text == "-Inf" ? "-.inf" : text == "NaN" ? ".nan" : text;
        }
        return value.isString() ? value.asString() : printed(value);
    }
    template<class F>
    static void members(const Value& value, F f)
    {
        std::vector<const Entry*> order;
        for (const auto& entry : value.entries())
            order.push_back(&entry);
        manifest::sortNaturally(order, [](const Entry* entry) -> std::string_view { return entry->first.asString(); });
        for (const auto* entry : order)
            f(std::string_view(entry->first.asString()), entry->second);
    }
    template<class F>
    static void elements(const Value& value, F f)
    {
        for (const auto& item : value.items())
            f(item);
    }
};

R toYamlPretty(Call& c)
{
    PH_CHECK(c.execution.weigh(c.arguments));
    std::string text;
    manifest::YamlPrinter printer(text);
    manifest::printTree<PrettyAccess>(printer, c[0].underlying(), 0, manifest::YamlPrinter::Place::Root);
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

// What the template cannot be told of, as it can of text that does not parse.
bool isEnd(const Error& error)
{
    return error.code == Error::Code::Cancelled || error.code == Error::Code::LimitExceeded;
}

Result<Value> parsedYaml(const std::string& text)
{
    manifest::YamlLimits limits;
    limits.maxNodes = kMaxYamlNodes;
    limits.allowDuplicateKeys = true;
    auto value = parseYamlValue(text, "", limits);
    if (!value)
        return fail(isEnd(value.error()) ? value.error().code : Error::Code::InvalidInput,
                    "error converting YAML to JSON: " + goYamlMessage(value.error().message));
    return value->isNone() ? Value::nil() : std::move(*value);
}

Result<Value> readYaml(Execution& execution, const Value& text)
{
    PH_CHECK(execution.work(text.asString().size() / 2));
    if (text.asString().size() <= kSmallText)
        return parsedYaml(text.asString());
    return awaited<Value>(execution.session().stop,
                          [text](const std::atomic<bool>&) { return parsedYaml(text.asString()); });
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
    if (!value && isEnd(value.error()))
        return value;
    if (!value)
        return errorMap(value.error().message);
    if (value->isNil())
        return Value::map();
    return value->isMap() ? *value : errorMap(std::string(prefix) + mismatch(*value, true));
}

R asList(Result<Value> value, std::string_view prefix)
{
    if (!value && isEnd(value.error()))
        return value;
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
    map.add("toYamlPretty", "a", toYamlPretty);
    map.add("fromYaml", "s", [](Call& c) { return asMap(readYaml(c.execution, c[0]), kUnmarshal); });
    map.add("fromYamlArray", "s", [](Call& c) { return asList(readYaml(c.execution, c[0]), kUnmarshal); });
    map.add("toJson", "a", [](Call& c) -> R {
        PH_CHECK(c.execution.weigh(c.arguments));
        return Value::string(goJson(c[0], true));
    });
    map.add("fromJson", "s", [](Call& c) { return asMap(parseGoJson(c.text(0)), ""); });
    map.add("fromJsonArray", "s", [](Call& c) { return asList(parseGoJson(c.text(0)), ""); });
    map.add("toToml", "a", [](Call& c) -> R {
        if (c[0].isNil())
            return refuse("reflect: call of reflect.Value.Type on zero Value");
        PH_CHECK(c.execution.weigh(c.arguments));
        return Value::string(toToml(c[0]));
    });
    map.add("fromToml", "s", [](Call& c) -> R {
        auto value = parseToml(c.text(0));
        return value ? *value : errorMap(value.error().message);
    });
}

namespace {

// The map[string]interface {} below one, or null.
const Value* tableIn(const Value& values, std::string_view name)
{
    const auto* table = values.find(name);
    return table != nullptr && table->type() == Type::Map ? table : nullptr;
}

R valuesTable(const Value& values, std::string_view path)
{
    Value table = values;
    for (const auto& part : split(path, '.')) {
        const auto* next = tableIn(table, part);
        if (next == nullptr)
            return refuse(quote(part) + " is not a table");
        table = Value(*next);
    }
    return table.asHelmValues();
}

R pathValue(const Value& values, const std::string& path)
{
    if (path.empty())
        return refuse("YAML path cannot be empty");
    const auto dot = path.rfind('.');
    const auto key = path.substr(dot == std::string::npos ? 0 : dot + 1);
    const auto table = dot == std::string::npos ? R(values) : valuesTable(values, path.substr(0, dot));
    const auto* found = table ? table->find(key) : nullptr;
    return found != nullptr && found->type() != Type::Map ? R(*found) : R(refuse(quote(key) + " is not a value"));
}

} // namespace

FunctionPtr valuesMethod(const Value& receiver, std::string_view name)
{
    if (name == "AsMap")
        return makeFunction("AsMap", "", [receiver](Call&) -> R { return receiver.withoutName(); });
    if (name == "YAML")
        return makeFunction("YAML", "",
                            [receiver](Call&) -> R { return Value::string(manifest::toYaml(toManifest(receiver))); });
    if (name == "Table")
        return makeFunction("Table", "s", [receiver](Call& c) { return valuesTable(receiver, c.text(0)); });
    if (name == "PathValue")
        return makeFunction("PathValue", "s", [receiver](Call& c) { return pathValue(receiver, c.text(0)); });
    return nullptr;
}

} // namespace core::gotemplate
