// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Numbers and texts of the values that schemas check.
#include "core/gotemplate/go_text.h"
#include "core/render/json_schema_model.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace core::render::schema {

namespace {

// A decimal number of a few digits, as it is written.
__extension__ using Wide = __int128;
struct Decimal
{
    Wide digits = 0;
    int exponent = 0;
};

std::optional<Decimal> decimalOf(const Value& value)
{
    const auto text = value.is_double() ? gotemplate::formatFloat(value.get_double(), 'e', -1)
                                        : fmt::format("{}e0", manifest::toJson(value));
    const auto e = text.find('e');
    Decimal result;
    result.exponent = std::atoi(text.c_str() + e + 1);
    bool behindPoint = false;
    for (const char c : text.substr(0, e)) {
        if (c == '.')
            behindPoint = true;
        if (c < '0' || c > '9')
            continue;
        result.digits = result.digits * 10 + (c - '0');
        result.exponent -= behindPoint ? 1 : 0;
    }
    return std::abs(result.exponent) > 15 ? std::nullopt : std::optional(result);
}

} // namespace

std::string_view typeName(const Value& value)
{
    switch (value.kind()) {
    case boost::json::kind::null:
        return "null";
    case boost::json::kind::bool_:
        return "boolean";
    case boost::json::kind::string:
        return "string";
    case boost::json::kind::array:
        return "array";
    case boost::json::kind::object:
        return "object";
    default:
        return "number";
    }
}

long double number(const Value& value)
{
    if (const auto* integer = value.if_int64())
        return static_cast<long double>(*integer);
    if (const auto* natural = value.if_uint64())
        return static_cast<long double>(*natural);
    return value.get_double();
}

bool isWhole(const Value& value)
{
    return !value.is_double() || std::floor(value.get_double()) == value.get_double();
}

bool isMultiple(const Value& value, const Value& of)
{
    auto a = decimalOf(value);
    auto b = decimalOf(of);
    if (!a || !b || b->digits == 0)
        return std::fmod(number(value), number(of)) == 0;
    for (; a->exponent > b->exponent; --a->exponent)
        a->digits *= 10;
    for (; b->exponent > a->exponent; --b->exponent)
        b->digits *= 10;
    return a->digits % b->digits == 0;
}

// 12,345 as messages in English have numbers.
std::string grouped(std::string digits)
{
    const auto from = digits.starts_with('-') ? 1U : 0U;
    const auto point = std::min(digits.find('.'), digits.size());
    for (auto at = point; at > from + 3;)
        digits.insert(at -= 3, ",");
    return digits;
}

std::string shownNumber(const Value& value)
{
    const auto text = gotemplate::formatFloat(static_cast<double>(number(value)), 'g', -1);
    const auto e = text.find('e');
    if (e == std::string::npos)
        return grouped(text);
    static constexpr std::string_view kRaised[] {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    auto shown = text.substr(0, e) + "×10";
    for (const char c : text.substr(e + 1))
        shown += c == '-' ? "⁻" : c == '+' ? "" : kRaised[c - '0'];
    return shown;
}

std::string shown(const Value& value)
{
    if (value.is_string())
        return inQuotes(value.get_string());
    if (value.is_null())
        return "<nil>";
    if (value.is_double()) { // as it is mostly written
        const auto size = std::abs(value.get_double());
        return gotemplate::formatFloat(value.get_double(), size >= 1e-6 && size < 1e21 ? 'f' : 'e', -1);
    }
    return value.is_structured() ? "value" : manifest::toJson(value);
}

std::string quotedList(const std::vector<std::string>& names)
{
    std::string text;
    for (const auto& name : names)
        text += (text.empty() ? "" : ", ") + inQuotes(name);
    return text;
}

std::string spaced(const std::vector<std::size_t>& numbers)
{
    return fmt::format("{}", fmt::join(numbers, " "));
}

} // namespace core::render::schema
