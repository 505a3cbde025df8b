// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gotemplate/toml.h"

#include "core/gotemplate/go_text.h"

#include <fmt/format.h>
// Compiled in: its shared library would bring the shared C++ library into pilotctl.
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <sstream>

namespace core::gotemplate {

namespace {

constexpr int kMaxDepth = 100;

std::string keyText(const std::string& key)
{
    const bool bare = !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
        return (c >= '0' && c <= '9')
            || isLetter(static_cast<unsigned char>(c) < 0x80 ? static_cast<unsigned char>(c) : 0U) || c == '_'
            || c == '-';
    });
    return bare ? key : quote(key);
}

std::string scalar(const Value& value);

bool isTableArray(const Value& value)
{
    return value.isList() && value.size() > 0
        && std::all_of(value.items().begin(), value.items().end(), [](const Value& item) { return item.isMap(); });
}

std::string inlineTable(const Value& value)
{
    std::string text = "{";
    for (const auto& [key, item] : value.entries())
        if (!item.isNil())
            text += (text.size() > 1 ? ", " : "") + keyText(key.asString()) + " = " + scalar(item);
    return text + "}";
}

std::string scalar(const Value& value)
{
    switch (value.type()) {
    case Type::Bool:
        return value.asBool() ? "true" : "false";
    case Type::Float64: {
        auto text = formatFloat(value.asFloat(), 'g', -1);
        if (text.find_first_of(".eIN") == std::string::npos)
            text += ".0";
        return text == "+Inf" ? "inf" : text == "-Inf" ? "-inf" : text == "NaN" ? "nan" : text;
    }
    case Type::String: {
        std::string text = "\"";
        for (const char c : value.asString()) {
            if (c == '"' || c == '\\')
                text += {'\\', c};
            else if (c == '\n')
                text += "\\n";
            else if (c == '\t')
                text += "\\t";
            else if (c == '\r')
                text += "\\r";
            else if (c == '\b')
                text += "\\b";
            else if (c == '\f')
                text += "\\f";
            else if (static_cast<unsigned char>(c) < 0x20 || c == '\x7f')
                text += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
            else
                text += c;
        }
        return text + "\"";
    }
    case Type::Time:
        return formatRfc3339(value.asTime().time);
    default:
        break;
    }
    if (value.isMap())
        return inlineTable(value);
    if (value.isList()) {
        std::string text = "[";
        for (const auto& item : value.items())
            text += (text.size() > 1 ? ", " : "") + scalar(item);
        return text + "]";
    }
    return std::to_string(value.asInt());
}

void table(std::string& out, const Value& value, const std::string& path, int depth)
{
    if (depth > kMaxDepth)
        return;
    const std::string pad(static_cast<std::size_t>(std::max(0, depth)) * 2, ' ');
    for (const auto& [key, item] : value.entries())
        if (!item.isMap() && !isTableArray(item) && !item.isNil())
            out += pad + keyText(key.asString()) + " = " + scalar(item) + "\n";
    for (const auto& [key, item] : value.entries()) {
        const auto inner = (path.empty() ? "" : path + ".") + keyText(key.asString());
        if (item.isMap()) {
            if (!out.empty() && depth == 0) // the encoder parts tables at the top only
                out += '\n';
            out += pad + "[" + inner + "]\n";
            table(out, item, inner, depth + 1);
        } else if (isTableArray(item)) {
            for (const auto& element : item.items()) {
                if (!out.empty())
                    out += '\n';
                out += pad + "[[" + inner + "]]\n";
                table(out, element, inner, depth + 1);
            }
        }
    }
}

Value convert(const toml::node& node)
{
    if (const auto* inner = node.as_table()) {
        auto map = Value::map();
        for (const auto& [key, item] : *inner)
            map.set(std::string_view(key.str()), convert(item));
        return map;
    }
    if (const auto* array = node.as_array()) {
        std::vector<Value> items;
        bool tables = !array->empty();
        for (const auto& item : *array) {
            items.push_back(convert(item));
            tables = tables && item.is_table();
        }
        return Value::list(std::move(items));
    }
    if (const auto* text = node.as_string())
        return Value::string(text->get());
    if (const auto* number = node.as_integer())
        return Value::integer(number->get(), Type::Int64);
    if (const auto* number = node.as_floating_point())
        return Value::number(number->get());
    if (const auto* flag = node.as_boolean())
        return Value::boolean(flag->get());
    std::ostringstream text;
    if (const auto* moment = node.as_date_time()) {
        text << moment->get();
        if (auto time = parseRfc3339(text.str()))
            return Value::time(*time);
    } else if (const auto* date = node.as_date()) {
        text << date->get();
    } else if (const auto* time = node.as_time()) {
        text << time->get();
    }
    return Value::string(text.str());
}

bool hasNilElement(const Value& value, int depth)
{
    if (depth > kMaxDepth)
        return false;
    const auto& items = value.items();
    if (std::any_of(items.begin(), items.end(),
                    [depth](const Value& item) { return item.isNil() || hasNilElement(item, depth + 1); }))
        return true;
    const auto& entries = value.entries();
    return std::any_of(entries.begin(), entries.end(),
                       [depth](const Entry& entry) { return hasNilElement(entry.second, depth + 1); });
}

} // namespace

std::string toToml(const Value& value)
{
    const auto below = value.underlying();
    if (hasNilElement(below, 0))
        return "toml: cannot encode array with nil element"; // Helm prints the encoder's error in its place
    if (!below.isMap())
        return scalar(below);
    std::string out;
    table(out, below, {}, 0);
    return out;
}

Result<Value> parseToml(const std::string& text)
{
    try {
        return convert(toml::parse(text));
    } catch (const toml::parse_error& error) {
        return fail(Error::Code::InvalidInput,
                    fmt::format("toml: line {}: {}", error.source().begin.line, error.description()));
    } catch (const std::exception& error) {
        return fail(Error::Code::InvalidInput, std::string("toml: ") + error.what());
    }
}

} // namespace core::gotemplate
