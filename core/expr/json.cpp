// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/json.h"

#include "core/base/strings.h"
#include "core/expr/time.h"
#include "core/expr/utf8.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace core::expr {

namespace {

void quote(std::string& out, std::string_view text)
{
    out += '"';
    for (std::size_t at = 0; at < text.size();) {
        const auto [rune, size] = decodeRune(text, at);
        if (rune == '"' || rune == '\\') {
            out += '\\';
            out += static_cast<char>(rune);
        } else if (rune == '\n') {
            out += "\\n";
        } else if (rune == '\r') {
            out += "\\r";
        } else if (rune == '\t') {
            out += "\\t";
        } else if (rune == '\b') {
            out += "\\b";
        } else if (rune == '\f') {
            out += "\\f";
        } else if (rune < 0x20 || rune == '<' || rune == '>' || rune == '&' || rune == 0x2028 || rune == 0x2029) {
            out += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(rune));
        } else if (rune == 0xFFFD && size == 1) {
            out += "\\ufffd";
        } else {
            out += text.substr(at, size);
        }
        at += size;
    }
    out += '"';
}

class Printer
{
public:
    explicit Printer(Meter& meter)
        : m_meter(meter)
    {
    }
    std::string out;

    void print(const Value& value, std::size_t depth)
    {
        if (depth > 500)
            raise("json: value is nested too deeply");
        m_meter.step();
        const std::size_t before = out.size();
        switch (value.kind()) {
        case Kind::Bool:
            out += *value.asBool() ? "true" : "false";
            break;
        case Kind::Int:
            out += std::to_string(*value.asInt());
            break;
        case Kind::Float:
            if (!std::isfinite(*value.asFloat()))
                raise("json: unsupported value: " + formatGoFloat(*value.asFloat()));
            out += formatJsonFloat(*value.asFloat());
            break;
        case Kind::String:
            quote(out, *value.asString());
            break;
        case Kind::Bytes:
            quote(out, base64Encode(value.asBytes()->data));
            break;
        case Kind::Array:
            array(*value.asArray(), depth);
            return;
        case Kind::Map:
            map(*value.asMap(), depth);
            return;
        case Kind::Time:
            quote(out, formatGoTime(*value.asTime(), "2006-01-02T15:04:05.999999999Z07:00"));
            break;
        case Kind::Duration:
            out += std::to_string(value.asDuration()->count());
            break;
        case Kind::Function:
            raise("json: unsupported type: func");
        default:
            out += "null";
            break;
        }
        m_meter.bytes(out.size() - before);
    }

private:
    void line(std::size_t depth)
    {
        m_meter.bytes(1 + depth * 2);
        out += '\n';
        out.append(depth * 2, ' ');
    }
    void array(const Array& list, std::size_t depth)
    {
        out += '[';
        for (std::size_t i = 0; i < list.items.size(); ++i) {
            if (i > 0)
                out += ',';
            line(depth + 1);
            print(list.items[i], depth + 1);
        }
        if (!list.items.empty())
            line(depth);
        out += ']';
    }
    void map(const Map& map, std::size_t depth)
    {
        if (const auto* number = map.find("$number"))
            return print(*number, depth);
        std::vector<std::pair<std::string, const Value*>> sorted;
        for (const auto& [key, value] : map.items) {
            if (!key.asString())
                raise("json: unsupported type: map[interface {}]interface {}");
            sorted.emplace_back(*key.asString(), &value);
        }
        if (map.anyKeys)
            raise("json: unsupported type: map[interface {}]interface {}");
        std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
        out += '{';
        bool first = true;
        for (const auto& [key, value] : sorted) {
            if (!std::exchange(first, false))
                out += ',';
            line(depth + 1);
            quote(out, key);
            out += ": ";
            print(*value, depth + 1);
        }
        if (!sorted.empty())
            line(depth);
        out += '}';
    }
    Meter& m_meter;
};

} // namespace

std::string printJson(const Value& value, Meter& meter)
{
    Printer printer(meter);
    printer.print(value, 0);
    return std::move(printer.out);
}

Value parseJsonText(std::string_view text)
{
    boost::json::error_code error;
    boost::json::parse_options options;
    options.max_depth = 300;
    auto parsed = boost::json::parse(boost::json::string_view(text.data(), text.size()), error, {}, options);
    if (error)
        raise("invalid JSON: " + error.message());
    const std::function<void(const boost::json::value&)> finite = [&](const boost::json::value& json) {
        if (const auto* number = json.if_double(); number && !std::isfinite(*number))
            raise("json: cannot unmarshal number into Go value of type float64");
        if (const auto* array = json.if_array())
            for (const auto& item : *array)
                finite(item);
        if (const auto* object = json.if_object())
            for (const auto& [key, item] : *object)
                finite(item);
    };
    finite(parsed);
    return fromProviderJson(parsed);
}

} // namespace core::expr
