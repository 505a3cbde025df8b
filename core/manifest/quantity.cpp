// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifest/quantity.h"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <limits>

namespace core::manifest {

namespace {

__extension__ using Int = __int128;
constexpr std::int64_t kUnit = 1'000'000'000;

struct Suffix
{
    std::string_view text;
    int power; ///< of 10, or of 1024
};
constexpr std::array kDecimal {Suffix {"E", 18}, Suffix {"P", 15}, Suffix {"T", 12}, Suffix {"G", 9},
                               Suffix {"M", 6},  Suffix {"k", 3},  Suffix {"", 0},   Suffix {"m", -3},
                               Suffix {"u", -6}, Suffix {"n", -9}};
constexpr std::array kBinary {Suffix {"Ei", 6}, Suffix {"Pi", 5}, Suffix {"Ti", 4},
                              Suffix {"Gi", 3}, Suffix {"Mi", 2}, Suffix {"Ki", 1}};

constexpr Int power(Int base, int exponent)
{
    Int result = 1;
    for (int i = 0; i < exponent; ++i)
        result *= base;
    return result;
}

std::string digits(Int number)
{
    if (number == 0)
        return "0";
    const bool negative = number < 0;
    std::string text;
    for (Int rest = negative ? -number : number; rest > 0; rest /= 10)
        text += static_cast<char>('0' + static_cast<int>(rest % 10));
    if (negative)
        text += '-';
    std::reverse(text.begin(), text.end());
    return text;
}

Int ceilDivide(Int number, Int by)
{
    return number / by + (number % by > 0 ? 1 : 0);
}

constexpr Int kLargest = static_cast<Int>(std::numeric_limits<std::int64_t>::max()) * kUnit;

tl::unexpected<Error> bad(std::string_view text)
{
    return fail(Error::Code::InvalidInput,
                "quantities must match the regular expression "
                "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$': \""
                    + std::string(text) + "\"");
}

} // namespace

Result<Quantity> Quantity::parse(std::string_view text)
{
    auto rest = text;
    bool negative = false;
    if (!rest.empty() && (rest[0] == '+' || rest[0] == '-')) {
        negative = rest[0] == '-';
        rest.remove_prefix(1);
    }
    Int mantissa = 0; // all digits, without the point
    int fraction = 0; // digits behind the point
    bool point = false;
    bool any = false;
    bool lost = false; // digits beyond what fits were not zero
    while (!rest.empty() && ((rest[0] >= '0' && rest[0] <= '9') || rest[0] == '.')) {
        if (rest[0] == '.') {
            if (point)
                return bad(text);
            point = true;
        } else {
            any = true;
            if (mantissa < power(10, 30)) {
                mantissa = mantissa * 10 + (rest[0] - '0');
                fraction += point ? 1 : 0;
            } else if (point) {
                lost = lost || rest[0] != '0';
            } else {
                mantissa = power(10, 36); // beyond every bound: capped below
            }
        }
        rest.remove_prefix(1);
    }
    if (!any)
        return bad(text);
    Quantity result;
    int exponent = 9 - fraction; // of 10, to nano units
    Int factor = 1;
    bool known = false;
    for (const auto& suffix : kBinary) {
        if (rest == suffix.text) {
            factor = power(1024, suffix.power);
            result.m_format = Format::Binary;
            known = true;
        }
    }
    for (const auto& suffix : kDecimal) {
        if (rest == suffix.text) {
            exponent += suffix.power;
            known = true;
        }
    }
    if (!known) {
        if (rest.size() < 2 || (rest[0] != 'e' && rest[0] != 'E'))
            return bad(text);
        rest.remove_prefix(1);
        const bool minus = rest[0] == '-';
        if (rest[0] == '+' || rest[0] == '-')
            rest.remove_prefix(1);
        int number = 0;
        if (rest.empty() || rest.size() > 3)
            return bad(text);
        for (const char digit : rest) {
            if (digit < '0' || digit > '9')
                return bad(text);
            number = number * 10 + (digit - '0');
        }
        exponent += minus ? -number : number;
        result.m_format = Format::Exponent;
    }
    for (; exponent > 0 && mantissa != 0 && mantissa <= kLargest; --exponent)
        mantissa *= 10;
    Int nano = 0;
    if (mantissa > kLargest && exponent >= 0) {
        nano = kLargest;
    } else {
        const int shift = std::min(-std::min(exponent, 0), 37);
        if (factor > 1 && mantissa != 0 && mantissa > power(10, 37) / factor) {
            nano = kLargest;
        } else {
            nano = ceilDivide(mantissa * factor, power(10, shift));
            if (lost)
                ++nano;
        }
        nano = std::min(nano, kLargest);
    }
    result.m_nano = negative ? -nano : nano;
    return result;
}

Result<Quantity> Quantity::parse(const Value& value)
{
    if (value.is_string())
        return parse(std::string_view(value.get_string()));
    if (value.is_number())
        return parse(toJson(value));
    return fail(Error::Code::InvalidInput, "a quantity is text or a number");
}

std::string Quantity::canonical() const
{
    if (m_nano == 0)
        return "0";
    const Int unit = kUnit;
    if (m_format == Format::Binary && (m_nano >= 1024 * unit || m_nano <= -1024 * unit) && m_nano % unit == 0) {
        const Int whole = m_nano / unit;
        for (const auto& suffix : kBinary) {
            if (whole % power(1024, suffix.power) == 0)
                return digits(whole / power(1024, suffix.power)) + std::string(suffix.text);
        }
        return digits(whole);
    }
    for (const auto& suffix : kDecimal) {
        const Int size = power(10, suffix.power + 9);
        if (m_nano % size != 0)
            continue;
        if (m_format == Format::Exponent && suffix.power != 0)
            return digits(m_nano / size) + "e" + std::to_string(suffix.power);
        return digits(m_nano / size) + std::string(suffix.text);
    }
    return digits(m_nano) + "n";
}

double Quantity::toDouble() const
{
    return static_cast<double>(m_nano) / 1e9;
}

std::int64_t Quantity::value() const
{
    return static_cast<std::int64_t>(ceilDivide(m_nano, kUnit));
}

std::int64_t Quantity::milliValue() const
{
    const Int milli = ceilDivide(m_nano, kUnit / 1000);
    const Int most = std::numeric_limits<std::int64_t>::max();
    return static_cast<std::int64_t>(std::clamp<Int>(milli, -most, most));
}

Quantity& Quantity::operator+=(const Quantity& other)
{
    m_nano = std::clamp<Int>(m_nano + other.m_nano, -kLargest, kLargest);
    return *this;
}

Quantity& Quantity::operator-=(const Quantity& other)
{
    m_nano = std::clamp<Int>(m_nano - other.m_nano, -kLargest, kLargest);
    return *this;
}

} // namespace core::manifest
