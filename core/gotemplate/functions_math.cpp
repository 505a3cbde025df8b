// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gotemplate/exec.h"
#include "core/gotemplate/format.h"
#include "core/gotemplate/functions.h"
#include "core/gotemplate/go_text.h"

#include <openssl/rand.h>

#include <cmath>
#include <limits>

namespace core::gotemplate {

std::int64_t integerOf(const Value& value)
{
    switch (value.type()) {
    case Type::Bool:
        return value.asBool() ? 1 : 0;
    case Type::Float64: {
        const double d = value.asFloat();
        if (!(d >= -9223372036854775808.0 && d < 9223372036854775808.0))
            return std::numeric_limits<std::int64_t>::min(); // as on amd64
        return static_cast<std::int64_t>(d);
    }
    case Type::String: {
        std::string_view text = value.asString();
        // "3.00" counts as 3.
        if (const auto point = text.find('.'); point != std::string_view::npos && point + 1 < text.size()
            && text.find_first_not_of('0', point + 1) == std::string_view::npos)
            text = text.substr(0, point);
        return parseInt(text, 0).value_or(0);
    }
    default:
        return value.isInteger() || value.type() == Type::Duration ? value.asInt() : 0;
    }
}

double floatOf(const Value& value)
{
    switch (value.type()) {
    case Type::Bool:
        return value.asBool() ? 1 : 0;
    case Type::Float64:
        return value.asFloat();
    case Type::String:
        return parseFloat(value.asString()).value_or(0);
    default:
        return value.isInteger() || value.type() == Type::Duration ? static_cast<double>(value.asInt()) : 0;
    }
}

namespace {

using R = Result<Value>;

// Sprig counts in decimals; the shortest decimal form in long double comes out the same.
long double decimal(const Value& value)
{
    return std::strtold(formatFloat(floatOf(value), 'g', -1).c_str(), nullptr);
}

Value number(long double d)
{
    return Value::number(static_cast<double>(d));
}

std::int64_t wrapAdd(std::int64_t a, std::int64_t b)
{
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

std::int64_t wrapMul(std::int64_t a, std::int64_t b)
{
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
}

Value int64(std::int64_t i)
{
    return Value::integer(i, Type::Int64);
}

template<class F>
R fold(Call& c, std::int64_t start, std::size_t from, F&& combine)
{
    for (auto i = from; i < c.size(); ++i)
        start = combine(start, integerOf(c[i]));
    return int64(start);
}

R divide(Call& c, bool remainder)
{
    const auto a = integerOf(c[0]);
    const auto b = integerOf(c[1]);
    if (b == 0)
        return refuse("runtime error: integer divide by zero");
    if (b == -1)
        return int64(remainder ? 0 : wrapMul(a, -1));
    return int64(remainder ? a % b : a / b);
}

long double round16(long double value)
{
    return std::fabs(value) < 100 ? std::round(value * 1e16L) / 1e16L : value;
}

} // namespace

void addMathFunctions(FunctionMap& map)
{
    map.add("int64", "a", [](Call& c) -> R { return int64(integerOf(c[0])); });
    map.add("int", "a", [](Call& c) -> R { return Value::integer(integerOf(c[0])); });
    map.add("float64", "a", [](Call& c) -> R { return Value::number(floatOf(c[0])); });
    map.add("atoi", "s", [](Call& c) -> R { return Value::integer(parseInt(c.text(0), 10).value_or(0)); });
    map.add("toDecimal", "a", [](Call& c) -> R {
        std::int64_t value = 0;
        PH_CHECK(c.execution.weigh(c.arguments));
        const auto text = printed(c[0]);
        const bool negative = text.starts_with('-');
        for (const char ch : std::string_view(text).substr(negative ? 1 : 0)) {
            if (ch < '0' || ch > '7')
                return int64(0);
            value = wrapAdd(wrapMul(value, 8), ch - '0');
        }
        return int64(negative ? -value : value);
    });
    map.add("add1", "a", [](Call& c) -> R { return int64(wrapAdd(integerOf(c[0]), 1)); });
    map.add("add", "a*", [](Call& c) { return fold(c, 0, 0, wrapAdd); });
    map.add("mul", "aa*", [](Call& c) { return fold(c, integerOf(c[0]), 1, wrapMul); });
    map.add("sub", "aa", [](Call& c) -> R { return int64(wrapAdd(integerOf(c[0]), wrapMul(integerOf(c[1]), -1))); });
    map.add("div", "aa", [](Call& c) { return divide(c, false); });
    map.add("mod", "aa", [](Call& c) { return divide(c, true); });
    for (const auto* name : {"max", "biggest"})
        map.add(name, "aa*", [](Call& c) {
            return fold(c, integerOf(c[0]), 1, [](std::int64_t a, std::int64_t b) { return std::max(a, b); });
        });
    map.add("min", "aa*", [](Call& c) {
        return fold(c, integerOf(c[0]), 1, [](std::int64_t a, std::int64_t b) { return std::min(a, b); });
    });
    map.add("maxf", "aa*", [](Call& c) -> R {
        auto result = floatOf(c[0]);
        for (const auto& value : c.arguments.subspan(1))
            result = std::fmax(result, floatOf(value));
        return Value::number(result);
    });
    map.add("minf", "aa*", [](Call& c) -> R {
        auto result = floatOf(c[0]);
        for (const auto& value : c.arguments.subspan(1))
            result = std::fmin(result, floatOf(value));
        return Value::number(result);
    });
    map.add("add1f", "a", [](Call& c) -> R { return number(decimal(c[0]) + 1); });
    map.add("addf", "a*", [](Call& c) -> R {
        long double sum = 0;
        for (const auto& value : c.arguments)
            sum += decimal(value);
        return number(sum);
    });
    map.add("subf", "aa*", [](Call& c) -> R {
        auto result = decimal(c[0]);
        for (const auto& value : c.arguments.subspan(1))
            result -= decimal(value);
        return number(result);
    });
    map.add("mulf", "aa*", [](Call& c) -> R {
        auto result = decimal(c[0]);
        for (const auto& value : c.arguments.subspan(1))
            result *= decimal(value);
        return number(result);
    });
    map.add("divf", "aa*", [](Call& c) -> R {
        auto result = decimal(c[0]);
        for (const auto& value : c.arguments.subspan(1)) {
            const auto by = decimal(value);
            if (by == 0)
                return refuse("decimal division by 0");
            result = round16(result / by);
        }
        return number(result);
    });
    map.add("ceil", "a", [](Call& c) -> R { return Value::number(std::ceil(floatOf(c[0]))); });
    map.add("floor", "a", [](Call& c) -> R { return Value::number(std::floor(floatOf(c[0]))); });
    map.add("round", "aif*", [](Call& c) -> R {
        const auto on = c.size() > 2 ? c[2].asFloat() : 0.5;
        const auto power = std::pow(10.0, static_cast<double>(c[1].asInt()));
        const auto digit = power * floatOf(c[0]);
        double whole = 0;
        return Value::number((std::modf(digit, &whole) >= on ? std::ceil(digit) : std::floor(digit)) / power);
    });
    map.add("randInt", "ii", [](Call& c) -> R {
        const auto low = c[0].asInt();
        const auto span = wrapAdd(c[1].asInt(), -low);
        if (span <= 0)
            return refuse("invalid argument to Intn");
        std::uint64_t r = 0;
        (void)RAND_bytes(reinterpret_cast<unsigned char*>(&r), sizeof r);
        return Value::integer(wrapAdd(low, static_cast<std::int64_t>(r % static_cast<std::uint64_t>(span))));
    });
}

} // namespace core::gotemplate
