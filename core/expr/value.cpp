// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/value.h"

#include "core/expr/expr.h"
#include "core/expr/time.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace core::expr {

const Value* Map::find(std::string_view key) const
{
    for (const auto& [k, v] : items)
        if (const auto* text = k.asString(); text && *text == key)
            return &v;
    return nullptr;
}

const Value* Map::findKey(const Value& key) const
{
    if (const auto* text = key.asString())
        return find(std::string_view(*text));
    for (const auto& [k, v] : items)
        if (k.deepEquals(key))
            return &v;
    return nullptr;
}

void Map::set(Value key, Value value)
{
    if (const auto* found = findKey(key))
        *const_cast<Value*>(found) = std::move(value); // NOLINT: our own member
    else
        items.emplace_back(std::move(key), std::move(value));
}

Kind Value::kind() const
{
    static constexpr Kind kKinds[] {Kind::Nil,   Kind::Bool, Kind::Int,  Kind::Float,    Kind::String,  Kind::Bytes,
                                    Kind::Array, Kind::Map,  Kind::Time, Kind::Duration, Kind::Function};
    return kKinds[m_data.index()];
}

const std::string* Value::asString() const
{
    const auto* at = std::get_if<std::shared_ptr<const std::string>>(&m_data);
    return at ? at->get() : nullptr;
}
const Bytes* Value::asBytes() const
{
    const auto* at = std::get_if<std::shared_ptr<const Bytes>>(&m_data);
    return at ? at->get() : nullptr;
}
const Array* Value::asArray() const
{
    const auto* at = std::get_if<ArrayPtr>(&m_data);
    return at ? at->get() : nullptr;
}
const Map* Value::asMap() const
{
    const auto* at = std::get_if<MapPtr>(&m_data);
    return at ? at->get() : nullptr;
}
FunctionPtr Value::asFunction() const
{
    const auto* at = std::get_if<FunctionPtr>(&m_data);
    return at ? *at : nullptr;
}

double Value::number() const
{
    if (const auto* i = asInt())
        return static_cast<double>(*i);
    if (const auto* f = asFloat())
        return *f;
    return 0;
}

std::string Value::typeName() const
{
    switch (kind()) {
    case Kind::Bool:
        return "bool";
    case Kind::Int:
        return "int";
    case Kind::Float:
        return "float64";
    case Kind::String:
        return "string";
    case Kind::Bytes:
        return "[]uint8";
    case Kind::Array:
        return asArray()->element == Kind::Float ? "[]float64" : "[]interface {}";
    case Kind::Map:
        return asMap()->anyKeys ? "map[interface {}]interface {}" : "map[string]interface {}";
    case Kind::Time:
        return "time.Time";
    case Kind::Duration:
        return "time.Duration";
    case Kind::Function:
        return "func";
    default:
        return "<nil>";
    }
}

namespace {

void print(std::string& out, const Value& value, int depth)
{
    constexpr std::size_t kMost = std::size_t {16} << 20;
    if (depth > 500 || out.size() > kMost) {
        out += "...";
        return;
    }
    switch (value.kind()) {
    case Kind::Nil:
    case Kind::Unknown:
        out += "<nil>";
        return;
    case Kind::Bool:
        out += *value.asBool() ? "true" : "false";
        return;
    case Kind::Int:
        out += std::to_string(*value.asInt());
        return;
    case Kind::Float:
        out += formatGoFloat(*value.asFloat());
        return;
    case Kind::String:
        out += *value.asString();
        return;
    case Kind::Bytes: {
        out += '[';
        bool first = true;
        for (const char c : value.asBytes()->data) {
            if (!std::exchange(first, false))
                out += ' ';
            out += std::to_string(static_cast<unsigned char>(c));
        }
        out += ']';
        return;
    }
    case Kind::Array: {
        out += '[';
        bool first = true;
        for (const auto& item : value.asArray()->items) {
            if (!std::exchange(first, false))
                out += ' ';
            print(out, item, depth + 1);
        }
        out += ']';
        return;
    }
    case Kind::Map: {
        const auto& map = *value.asMap();
        if (const auto* name = map.find("$name")) {
            print(out, *name, depth + 1);
            return;
        }
        std::vector<const std::pair<Value, Value>*> sorted;
        for (const auto& item : map.items)
            sorted.push_back(&item);
        std::stable_sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) {
            if (a->first.isNumber() && b->first.isNumber())
                return a->first.number() < b->first.number();
            if (a->first.asString() && b->first.asString())
                return *a->first.asString() < *b->first.asString();
            return a->first.kind() < b->first.kind();
        });
        out += "map[";
        bool first = true;
        for (const auto* item : sorted) {
            if (!std::exchange(first, false))
                out += ' ';
            print(out, item->first, depth + 1);
            out += ':';
            print(out, item->second, depth + 1);
        }
        out += ']';
        return;
    }
    case Kind::Time:
        out += formatGoTime(*value.asTime(), "2006-01-02 15:04:05.999999999 -0700 MST");
        return;
    case Kind::Duration:
        out += formatGoDuration(*value.asDuration());
        return;
    case Kind::Function:
        out += "func";
        return;
    }
}

} // namespace

std::string Value::text() const
{
    std::string out;
    print(out, *this, 0);
    return out;
}

bool Value::deepEquals(const Value& other) const
{
    if (kind() != other.kind())
        return false;
    switch (kind()) {
    case Kind::Nil:
    case Kind::Unknown:
        return true;
    case Kind::Bool:
        return *asBool() == *other.asBool();
    case Kind::Int:
        return *asInt() == *other.asInt();
    case Kind::Float:
        return *asFloat() == *other.asFloat();
    case Kind::String:
        return *asString() == *other.asString();
    case Kind::Bytes:
        return *asBytes() == *other.asBytes();
    case Kind::Array: {
        const auto& a = asArray()->items;
        const auto& b = other.asArray()->items;
        return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](const Value& x, const Value& y) {
                   return x.deepEquals(y);
               });
    }
    case Kind::Map: {
        const auto& a = *asMap();
        const auto& b = *other.asMap();
        if (a.items.size() != b.items.size() || a.anyKeys != b.anyKeys)
            return false;
        return std::all_of(a.items.begin(), a.items.end(), [&](const auto& item) {
            const auto* found = b.findKey(item.first);
            return found && item.second.deepEquals(*found);
        });
    }
    case Kind::Time:
        return asTime()->at == other.asTime()->at;
    case Kind::Duration:
        return *asDuration() == *other.asDuration();
    case Kind::Function:
        return false;
    }
    return false;
}

bool Value::equals(const Value& other) const
{
    if (asInt() && other.asInt())
        return *asInt() == *other.asInt();
    if (isNumber() && other.isNumber())
        return number() == other.number();
    if (asArray() && other.asArray()) {
        const auto& a = asArray()->items;
        const auto& b = other.asArray()->items;
        return a.size() == b.size()
            && std::equal(a.begin(), a.end(), b.begin(), [](const Value& x, const Value& y) { return x.equals(y); });
    }
    const auto nil = [](const Value& value) { return value.isNil() || (value.asArray() && value.asArray()->nil); };
    if (nil(*this) && nil(other))
        return true;
    if (const auto* map = asMap(); map && map->find("$name") && other.isNumber()) // months and weekdays
        return map->find("$number")->equals(other);
    return deepEquals(other);
}

std::string formatGoFloat(double value)
{
    if (std::isnan(value))
        return "NaN";
    if (std::isinf(value))
        return value > 0 ? "+Inf" : "-Inf";
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, value, std::chars_format::scientific).ptr;
    std::string_view text(digits, static_cast<std::size_t>(end - digits));
    const auto e = text.find('e');
    const int exponent = std::atoi(std::string(text.substr(e + 1)).c_str());
    if (exponent < -4 || exponent >= 21)
        return std::string(text);
    char plain[64];
    const auto stop = std::to_chars(plain, plain + sizeof plain, value, std::chars_format::fixed).ptr;
    return {plain, stop};
}

std::string formatJsonFloat(double value)
{
    const double magnitude = std::abs(value);
    if (magnitude != 0 && (magnitude < 1e-6 || magnitude >= 1e21)) {
        std::string text = formatGoFloat(value);
        if (const auto e = text.find("e-0"); e != std::string::npos)
            text.erase(e + 2, 1);
        return text;
    }
    char plain[64];
    const auto stop = std::to_chars(plain, plain + sizeof plain, value, std::chars_format::fixed).ptr;
    return {plain, stop};
}

std::optional<double> parseGoFloat(std::string_view text)
{
    std::string clean;
    std::string_view rest = text;
    bool negative = false;
    if (!rest.empty() && (rest[0] == '+' || rest[0] == '-')) {
        negative = rest[0] == '-';
        rest.remove_prefix(1);
    }
    const auto same = [&](std::string_view word) {
        return rest.size() == word.size()
            && std::equal(rest.begin(), rest.end(), word.begin(), [](char a, char b) { return (a | 0x20) == b; });
    };
    if (same("nan") && rest.size() == text.size())
        return std::numeric_limits<double>::quiet_NaN();
    if (same("inf") || same("infinity"))
        return negative ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
    auto format = std::chars_format::general;
    if (rest.size() > 2 && rest[0] == '0' && (rest[1] == 'x' || rest[1] == 'X')) {
        if (rest.find_first_of("pP") == std::string_view::npos)
            return {};
        rest.remove_prefix(2);
        format = std::chars_format::hex;
    }
    if (rest.empty() || (!(rest[0] >= '0' && rest[0] <= '9') && rest[0] != '.' && format != std::chars_format::hex))
        return {};
    double value = 0;
    const auto result = std::from_chars(rest.data(), rest.data() + rest.size(), value, format);
    if (result.ptr != rest.data() + rest.size())
        return {};
    if (result.ec == std::errc::result_out_of_range) {
        // Too small becomes zero, too large is an error.
        const auto e = rest.find_first_of("eEpP");
        if (e == std::string_view::npos || e + 1 >= rest.size() || rest[e + 1] != '-')
            return {};
        value = 0;
    } else if (result.ec != std::errc {}) {
        return {};
    }
    return negative ? -value : value;
}

std::optional<std::int64_t> parseGoInt(std::string_view text)
{
    if (text.starts_with('+')) {
        text.remove_prefix(1);
        if (text.starts_with('-'))
            return {};
    }
    std::int64_t value = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || result.ec != std::errc {} || result.ptr != text.data() + text.size())
        return {};
    return value;
}

namespace {

Value convert(const boost::json::value& json, bool allFloat, int depth)
{
    if (depth > 600)
        return {};
    switch (json.kind()) {
    case boost::json::kind::null:
        return {};
    case boost::json::kind::bool_:
        return json.get_bool();
    case boost::json::kind::int64:
        return allFloat ? Value(static_cast<double>(json.get_int64())) : Value(std::int64_t {json.get_int64()});
    case boost::json::kind::uint64:
        return allFloat ? Value(static_cast<double>(json.get_uint64()))
                        : Value(static_cast<std::int64_t>(json.get_uint64()));
    case boost::json::kind::double_:
        return json.get_double();
    case boost::json::kind::string:
        return std::string(json.get_string());
    case boost::json::kind::array: {
        Array array;
        array.items.reserve(json.get_array().size());
        for (const auto& item : json.get_array())
            array.items.push_back(convert(item, allFloat, depth + 1));
        return array;
    }
    case boost::json::kind::object: {
        Map map;
        map.items.reserve(json.get_object().size());
        for (const auto& [key, item] : json.get_object())
            map.items.emplace_back(std::string(key), convert(item, allFloat, depth + 1));
        return map;
    }
    }
    return {};
}

} // namespace

Value fromJson(const boost::json::value& json)
{
    return convert(json, false, 0);
}
Value fromProviderJson(const boost::json::value& json)
{
    return convert(json, true, 0);
}

boost::json::value toJson(const Value& value)
{
    switch (value.kind()) {
    case Kind::Bool:
        return *value.asBool();
    case Kind::Int:
        return *value.asInt();
    case Kind::Float:
        if (!std::isfinite(*value.asFloat()))
            return boost::json::string(formatGoFloat(*value.asFloat()));
        return *value.asFloat();
    case Kind::String:
        return boost::json::string(*value.asString());
    case Kind::Bytes:
        return boost::json::string(value.asBytes()->data);
    case Kind::Array: {
        boost::json::array out;
        for (const auto& item : value.asArray()->items)
            out.push_back(toJson(item));
        return out;
    }
    case Kind::Map: {
        boost::json::object out;
        for (const auto& [key, item] : value.asMap()->items)
            out[key.text()] = toJson(item);
        return out;
    }
    case Kind::Time:
        return boost::json::string(formatGoTime(*value.asTime(), "2006-01-02T15:04:05.999999999Z07:00"));
    case Kind::Duration:
        return boost::json::string(formatGoDuration(*value.asDuration()));
    default:
        return nullptr;
    }
}

} // namespace core::expr
