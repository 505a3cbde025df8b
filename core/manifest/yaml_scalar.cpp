// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifest/yaml_scalar.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace core::manifest {

namespace {

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool oneOf(std::string_view text, std::initializer_list<std::string_view> words)
{
    for (const auto word : words) {
        if (text == word)
            return true;
    }
    return false;
}

/// Go's strconv.ParseInt(text, 0, 64), then ParseUint: base by prefix, sign only for the signed form.
bool parseGoInteger(std::string_view text, ScalarValue& value)
{
    bool negative = false;
    bool sign = false;
    auto digits = text;
    if (!digits.empty() && (digits[0] == '-' || digits[0] == '+')) {
        negative = digits[0] == '-';
        sign = true;
        digits.remove_prefix(1);
    }
    int base = 10;
    if (digits.size() > 2 && digits[0] == '0') {
        const char mark = static_cast<char>(digits[1] | 0x20);
        base = mark == 'x' ? 16 : mark == 'o' ? 8 : mark == 'b' ? 2 : 0;
        if (base != 0)
            digits.remove_prefix(2);
    }
    if (base == 0 || (base == 10 && digits.size() > 1 && digits[0] == '0')) {
        base = 8;
        digits.remove_prefix(1);
    }
    if (digits.empty() || digits[0] == '-' || digits[0] == '+')
        return false;
    std::uint64_t magnitude = 0;
    const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), magnitude, base);
    if (ec != std::errc {} || end != digits.data() + digits.size())
        return false;
    constexpr auto kTop = std::uint64_t {1} << 63;
    if (negative) {
        if (magnitude > kTop)
            return false;
        value.integer = static_cast<std::int64_t>(0 - magnitude);
    } else {
        if (magnitude >= kTop) {
            if (sign)
                return false;
            value.isUnsigned = true;
        }
        value.integer = static_cast<std::int64_t>(magnitude);
    }
    value.tag = ScalarTag::Int;
    return true;
}

/// [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?
bool hasFloatShape(std::string_view text)
{
    std::size_t i = 0;
    const auto digits = [&] {
        const auto start = i;
        while (i < text.size() && isDigit(text[i]))
            ++i;
        return i > start;
    };
    if (i < text.size() && (text[i] == '-' || text[i] == '+'))
        ++i;
    if (i < text.size() && text[i] == '.') {
        ++i;
        if (!digits())
            return false;
    } else {
        if (!digits())
            return false;
        if (i < text.size() && text[i] == '.') {
            ++i;
            digits();
        }
    }
    if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
        ++i;
        if (i < text.size() && (text[i] == '-' || text[i] == '+'))
            ++i;
        if (!digits())
            return false;
    }
    return i == text.size();
}

bool parseFloat(std::string_view text, ScalarValue& value)
{
    if (!hasFloatShape(text))
        return false;
    if (text[0] == '+')
        text.remove_prefix(1);
    double number = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (ec == std::errc::result_out_of_range) {
        // Too small is zero to Go, too big is not a number at all.
        number = std::strtod(std::string(text).c_str(), nullptr);
        if (std::isinf(number))
            return false;
    } else if (ec != std::errc {} || end != text.data() + text.size()) {
        return false;
    }
    value.tag = ScalarTag::Float;
    value.number = number;
    return true;
}

struct Stamp
{
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
    std::string fraction;
    std::string zone = "Z";
};

bool readNumber(std::string_view& text, int& number, std::size_t fewest, std::size_t most)
{
    std::size_t n = 0;
    number = 0;
    while (n < most && n < text.size() && isDigit(text[n]))
        number = number * 10 + (text[n++] - '0');
    text.remove_prefix(n);
    return n >= fewest;
}

bool readChar(std::string_view& text, char c)
{
    if (text.empty() || text[0] != c)
        return false;
    text.remove_prefix(1);
    return true;
}

bool readClock(std::string_view& text, Stamp& stamp)
{
    if (!readNumber(text, stamp.hour, 1, 2) || !readChar(text, ':') || !readNumber(text, stamp.minute, 1, 2)
        || !readChar(text, ':') || !readNumber(text, stamp.second, 1, 2))
        return false;
    if (stamp.hour > 23 || stamp.minute > 59 || stamp.second > 59)
        return false;
    if (text.size() > 1 && (text[0] == '.' || text[0] == ',') && isDigit(text[1])) {
        std::size_t n = 1;
        while (n < text.size() && isDigit(text[n]))
            ++n;
        stamp.fraction = std::string(text.substr(1, std::min<std::size_t>(n - 1, 9)));
        while (!stamp.fraction.empty() && stamp.fraction.back() == '0')
            stamp.fraction.pop_back();
        text.remove_prefix(n);
    }
    return true;
}

bool readZone(std::string_view& text, Stamp& stamp)
{
    if (readChar(text, 'Z'))
        return true;
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':' || !isDigit(text[1])
        || !isDigit(text[2]) || !isDigit(text[4]) || !isDigit(text[5]))
        return false;
    if (text.substr(1, 2) > "24" || text.substr(4, 2) > "60")
        return false;
    if (text.substr(1) != "00:00")
        stamp.zone = std::string(text);
    text = {};
    return true;
}

bool parseTimestamp(std::string_view text, Stamp& stamp)
{
    if (text.size() < 8 || text[4] != '-' || !readNumber(text, stamp.year, 4, 4) || !readChar(text, '-')
        || !readNumber(text, stamp.month, 1, 2) || !readChar(text, '-') || !readNumber(text, stamp.day, 1, 2))
        return false;
    constexpr std::array<int, 13> kDays {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (stamp.month < 1 || stamp.month > 12 || stamp.day < 1)
        return false;
    const bool leap = (stamp.year % 4 == 0 && stamp.year % 100 != 0) || stamp.year % 400 == 0;
    if (stamp.day > kDays[static_cast<std::size_t>(stamp.month)] + (stamp.month == 2 && leap ? 1 : 0))
        return false;
    if (text.empty())
        return true;
    if (text[0] == 'T' || text[0] == 't') {
        text.remove_prefix(1);
        return readClock(text, stamp) && readZone(text, stamp) && text.empty();
    }
    return readChar(text, ' ') && readClock(text, stamp) && text.empty();
}

bool resolveWord(std::string_view text, YamlDialect dialect, ScalarValue& value)
{
    if (text.size() > 5)
        return false;
    const char first = text[0];
    const bool isSome = first == 'n' || first == 'N'; // null, no
    if (first == '~' || isSome) {
        if (oneOf(text, {"~", "null", "Null", "NULL"})) {
            value.tag = ScalarTag::Null;
            return true;
        }
    }
    const bool old = dialect == YamlDialect::V2;
    if (isSome && (!old || !oneOf(text, {"n", "N", "no", "No", "NO"})))
        return false;
    if (oneOf(text, {"true", "True", "TRUE"})
        || (old && oneOf(text, {"y", "Y", "yes", "Yes", "YES", "on", "On", "ON"}))) {
        value.tag = ScalarTag::Bool;
        value.boolean = true;
        return true;
    }
    if (oneOf(text, {"false", "False", "FALSE"})
        || (old && oneOf(text, {"n", "N", "no", "No", "NO", "off", "Off", "OFF"}))) {
        value.tag = ScalarTag::Bool;
        return true;
    }
    if (oneOf(text, {".nan", ".NaN", ".NAN"})) {
        value.tag = ScalarTag::Float;
        value.number = std::numeric_limits<double>::quiet_NaN();
        return true;
    }
    const bool negative = first == '-';
    const auto rest = text.substr(first == '-' || first == '+' ? 1 : 0);
    if (oneOf(rest, {".inf", ".Inf", ".INF"})) {
        value.tag = ScalarTag::Float;
        value.number = negative ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
        return true;
    }
    return false;
}

} // namespace

ScalarValue resolveScalar(std::string_view text, YamlDialect dialect)
{
    ScalarValue value;
    if (text.empty()) {
        value.tag = ScalarTag::Null;
        return value;
    }
    const char first = text[0];
    if (std::string_view("yYnNtTfFoO~.0123456789+-<").find(first) == std::string_view::npos)
        return value;
    if (text == "<<") {
        value.tag = ScalarTag::Merge;
        return value;
    }
    if (resolveWord(text, dialect, value))
        return value;
    if (first == '.') {
        parseFloat(text, value);
        return value;
    }
    if (!isDigit(first) && first != '+' && first != '-')
        return value;
    if (Stamp stamp; parseTimestamp(text, stamp)) {
        value.tag = ScalarTag::Timestamp;
        return value;
    }
    if (text.find('_') == std::string_view::npos) {
        if (!parseGoInteger(text, value))
            parseFloat(text, value);
        return value;
    }
    std::string plain;
    for (const char c : text) {
        if (c != '_')
            plain += c;
    }
    if (!parseGoInteger(plain, value))
        parseFloat(plain, value);
    return value;
}

bool looksBase60(std::string_view text)
{
    // [-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?
    std::size_t i = 0;
    if (i < text.size() && (text[i] == '-' || text[i] == '+'))
        ++i;
    if (i >= text.size() || !isDigit(text[i]))
        return false;
    while (i < text.size() && (isDigit(text[i]) || text[i] == '_'))
        ++i;
    std::size_t groups = 0;
    while (i + 1 < text.size() && text[i] == ':' && isDigit(text[i + 1])) {
        ++i;
        if (text[i] <= '5' && i + 1 < text.size() && isDigit(text[i + 1]))
            ++i;
        ++i;
        ++groups;
    }
    if (groups == 0)
        return false;
    if (i < text.size() && text[i] == '.') {
        ++i;
        while (i < text.size() && (isDigit(text[i]) || text[i] == '_'))
            ++i;
    }
    return i == text.size();
}

std::string normalTimestamp(std::string_view text)
{
    Stamp stamp;
    if (!parseTimestamp(text, stamp))
        return {};
    const auto two = [](int n) {
        return std::string {static_cast<char>('0' + n / 10), static_cast<char>('0' + n % 10)};
    };
    auto year = std::to_string(stamp.year);
    year.insert(0, 4 - std::min<std::size_t>(4, year.size()), '0');
    return year + "-" + two(stamp.month) + "-" + two(stamp.day) + "T" + two(stamp.hour) + ":" + two(stamp.minute) + ":"
        + two(stamp.second) + (stamp.fraction.empty() ? "" : "." + stamp.fraction) + stamp.zone;
}

namespace {

/// Go's FormatFloat in 'e' form with the shortest digits: at least two digits of exponent unless `shortExponent`.
std::string exponentForm(double number, bool shortExponent)
{
    std::array<char, 64> buffer {};
    const auto [end, ec] =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::scientific);
    std::string text(buffer.data(), end);
    const auto e = text.find('e');
    if (shortExponent && text.size() == e + 4 && text[e + 1] == '-' && text[e + 2] == '0')
        text.erase(e + 2, 1);
    return text;
}

std::string plainForm(double number)
{
    std::array<char, 512> buffer {};
    const auto [end, ec] =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::fixed);
    std::string text(buffer.data(), end);
    if (std::abs(number) < 9007199254740992.0)
        return text;
    // Beyond exact integers the shortest digits, filled up with zeros, as Go writes them.
    const auto shortest = exponentForm(number, false);
    const auto mantissaEnd = shortest.find('e');
    std::size_t at = number < 0 ? 1 : 0;
    for (std::size_t i = at; i < mantissaEnd && at < text.size(); ++i) {
        if (shortest[i] != '.')
            text[at++] = shortest[i];
    }
    std::fill(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), '0');
    return text;
}

int decimalExponent(double number)
{
    const auto text = exponentForm(number, false);
    return std::atoi(text.c_str() + text.find('e') + 1);
}

} // namespace

std::string jsonNumber(double number)
{
    const double size = std::abs(number);
    if (size != 0 && (size < 1e-6 || size >= 1e21))
        return exponentForm(number, true);
    return plainForm(number);
}

std::string yamlNumber(double number)
{
    if (std::isnan(number))
        return ".nan";
    if (std::isinf(number))
        return number < 0 ? "-.inf" : ".inf";
    if (number == 0)
        return "0";
    if (const auto text = jsonNumber(number); text.find_first_of(".e") == std::string::npos) {
        ScalarValue value;
        if (parseGoInteger(text, value))
            return text;
    }
    const int exponent = decimalExponent(number);
    return exponent < -4 || exponent >= 6 ? exponentForm(number, false) : plainForm(number);
}

} // namespace core::manifest
