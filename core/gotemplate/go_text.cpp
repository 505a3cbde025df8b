// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gotemplate/go_text.h"

#include <charconv>
#include <clocale>
#include <cmath>
#include <cwctype>

namespace core::gotemplate {

namespace {

// One UTF-8 locale for character classes, whatever the process runs under.
locale_t utf8Locale()
{
    static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return locale;
}

bool wide(char32_t rune, int (*test)(wint_t, locale_t))
{
    return utf8Locale() != nullptr && test(static_cast<wint_t>(rune), utf8Locale()) != 0;
}

void appendHex(std::string& to, std::uint32_t value, int digits)
{
    for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4)
        to += "0123456789abcdef"[(value >> shift) & 15U];
}

void appendEscaped(std::string& to, char32_t rune, char delimiter, bool ascii)
{
    if (rune == static_cast<char32_t>(delimiter) || rune == U'\\') {
        to += '\\';
        to += static_cast<char>(rune);
        return;
    }
    if (rune < 0x80 ? rune >= 0x20 && rune < 0x7f : !ascii && isPrint(rune)) {
        appendRune(to, rune);
        return;
    }
    switch (rune) {
    case '\a':
        to += "\\a";
        return;
    case '\b':
        to += "\\b";
        return;
    case '\f':
        to += "\\f";
        return;
    case '\n':
        to += "\\n";
        return;
    case '\r':
        to += "\\r";
        return;
    case '\t':
        to += "\\t";
        return;
    case '\v':
        to += "\\v";
        return;
    default:
        break;
    }
    if (rune < 0x20 || rune == 0x7f) {
        to += "\\x";
        appendHex(to, rune, 2);
    } else if (rune < 0x10000) {
        to += "\\u";
        appendHex(to, rune, 4);
    } else {
        to += "\\U";
        appendHex(to, rune, 8);
    }
}

std::optional<std::uint32_t> hexDigits(std::string_view text, std::size_t at, std::size_t count)
{
    if (at + count > text.size())
        return std::nullopt;
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data() + at, text.data() + at + count, value, 16);
    if (error != std::errc {} || end != text.data() + at + count)
        return std::nullopt;
    return value;
}

} // namespace

Rune decodeRune(std::string_view text, std::size_t at)
{
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(at);
    if (first < 0x80)
        return {first, 1};
    std::size_t size = 0;
    char32_t code = 0;
    char32_t least = 0;
    if (first >= 0xC2 && first <= 0xDF) {
        size = 2, code = first & 0x1FU, least = 0x80;
    } else if ((first & 0xF0U) == 0xE0) {
        size = 3, code = first & 0x0FU, least = 0x800;
    } else if (first >= 0xF0 && first <= 0xF4) {
        size = 4, code = first & 0x07U, least = 0x10000;
    } else {
        return {kReplacement, 1};
    }
    if (at + size > text.size())
        return {kReplacement, 1};
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(at + i) & 0xC0U) != 0x80)
            return {kReplacement, 1};
        code = (code << 6U) | (byte(at + i) & 0x3FU);
    }
    if (code < least || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        return {kReplacement, 1};
    return {code, size};
}

void appendRune(std::string& to, char32_t rune)
{
    if (rune > 0x10FFFF || (rune >= 0xD800 && rune <= 0xDFFF))
        rune = kReplacement;
    if (rune < 0x80) {
        to += static_cast<char>(rune);
    } else if (rune < 0x800) {
        to += static_cast<char>(0xC0U | (rune >> 6U));
        to += static_cast<char>(0x80U | (rune & 0x3FU));
    } else if (rune < 0x10000) {
        to += static_cast<char>(0xE0U | (rune >> 12U));
        to += static_cast<char>(0x80U | ((rune >> 6U) & 0x3FU));
        to += static_cast<char>(0x80U | (rune & 0x3FU));
    } else {
        to += static_cast<char>(0xF0U | (rune >> 18U));
        to += static_cast<char>(0x80U | ((rune >> 12U) & 0x3FU));
        to += static_cast<char>(0x80U | ((rune >> 6U) & 0x3FU));
        to += static_cast<char>(0x80U | (rune & 0x3FU));
    }
}

std::u32string runes(std::string_view text)
{
    std::u32string result;
    result.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const auto [code, size] = decodeRune(text, at);
        result += code;
        at += size;
    }
    return result;
}

std::string fromRunes(std::u32string_view text)
{
    std::string result;
    result.reserve(text.size());
    for (const auto rune : text)
        appendRune(result, rune);
    return result;
}

std::size_t runeCount(std::string_view text)
{
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size(); ++count)
        at += decodeRune(text, at).size;
    return count;
}

bool isLetter(char32_t rune)
{
    if (rune < 0x80)
        return (rune | 0x20U) >= 'a' && (rune | 0x20U) <= 'z';
    return wide(rune, iswalpha_l) && !isDigit(rune);
}

bool isDigit(char32_t rune)
{
    if (rune < 0x80)
        return rune >= '0' && rune <= '9';
    return (rune >= 0x660 && rune <= 0x669) || (rune >= 0x6F0 && rune <= 0x6F9) || (rune >= 0x966 && rune <= 0x96F)
        || (rune >= 0xFF10 && rune <= 0xFF19);
}

bool isUpper(char32_t rune)
{
    return rune < 0x80 ? rune >= 'A' && rune <= 'Z' : wide(rune, iswupper_l);
}

bool isLower(char32_t rune)
{
    return rune < 0x80 ? rune >= 'a' && rune <= 'z' : wide(rune, iswlower_l);
}

bool isSpace(char32_t rune)
{
    return (rune >= '\t' && rune <= '\r') || rune == ' ' || rune == 0x85 || rune == 0xA0 || rune == 0x1680
        || (rune >= 0x2000 && rune <= 0x200A) || rune == 0x2028 || rune == 0x2029 || rune == 0x202F || rune == 0x205F
        || rune == 0x3000;
}

bool isPrint(char32_t rune)
{
    if (rune < 0x80)
        return rune >= 0x20 && rune < 0x7f;
    if (isSpace(rune) || rune == 0xAD || (rune >= 0x200B && rune <= 0x200F) || (rune >= 0x202A && rune <= 0x202E)
        || (rune >= 0x2060 && rune <= 0x206F) || rune == 0xFEFF || (rune >= 0xE000 && rune <= 0xF8FF)
        || rune >= 0xE0000)
        return false;
    return wide(rune, iswprint_l);
}

char32_t toUpper(char32_t rune)
{
    if (rune < 0x80)
        return rune >= 'a' && rune <= 'z' ? rune - 32 : rune;
    return utf8Locale() == nullptr ? rune : static_cast<char32_t>(towupper_l(static_cast<wint_t>(rune), utf8Locale()));
}

char32_t toLower(char32_t rune)
{
    if (rune < 0x80)
        return rune >= 'A' && rune <= 'Z' ? rune + 32 : rune;
    return utf8Locale() == nullptr ? rune : static_cast<char32_t>(towlower_l(static_cast<wint_t>(rune), utf8Locale()));
}

std::string quote(std::string_view text, bool ascii)
{
    std::string result = "\"";
    result.reserve(text.size() + 2);
    for (std::size_t at = 0; at < text.size();) {
        const auto [code, size] = decodeRune(text, at);
        if (code == kReplacement && size == 1) {
            result += "\\x";
            appendHex(result, static_cast<unsigned char>(text[at]), 2);
        } else {
            appendEscaped(result, code, '"', ascii);
        }
        at += size;
    }
    return result += '"';
}

std::string quoteRune(char32_t rune, bool ascii)
{
    std::string result = "'";
    appendEscaped(result, rune > 0x10FFFF ? kReplacement : rune, '\'', ascii);
    return result += '\'';
}

std::optional<std::string> unquote(std::string_view text)
{
    if (text.size() < 2 || text.front() != text.back())
        return std::nullopt;
    const char delimiter = text.front();
    const auto body = text.substr(1, text.size() - 2);
    std::string result;
    if (delimiter == '`') {
        if (body.find('\r') == std::string_view::npos)
            return std::string(body);
        for (const char c : body)
            if (c != '\r')
                result += c;
        return result;
    }
    if (delimiter != '"' && delimiter != '\'')
        return std::nullopt;
    const bool isPlain = std::none_of(body.begin(), body.end(), [delimiter](char c) {
        return c == delimiter || c == '\n' || c == '\\' || static_cast<unsigned char>(c) >= 0x80;
    });
    if (isPlain)
        return std::string(body);
    for (std::size_t at = 0; at < body.size();) {
        const char c = body[at];
        if (c == delimiter || c == '\n')
            return std::nullopt;
        if (c != '\\') {
            const auto size = decodeRune(body, at).size;
            result += body.substr(at, size);
            at += size;
            continue;
        }
        if (++at >= body.size())
            return std::nullopt;
        const char e = body[at++];
        switch (e) {
        case 'a':
            result += '\a';
            break;
        case 'b':
            result += '\b';
            break;
        case 'f':
            result += '\f';
            break;
        case 'n':
            result += '\n';
            break;
        case 'r':
            result += '\r';
            break;
        case 't':
            result += '\t';
            break;
        case 'v':
            result += '\v';
            break;
        case '\\':
            result += '\\';
            break;
        case '\'':
        case '"':
            if (e != delimiter)
                return std::nullopt;
            result += e;
            break;
        case 'x':
        case 'u':
        case 'U': {
            const std::size_t count = e == 'x' ? 2 : e == 'u' ? 4 : 8;
            const auto value = hexDigits(body, at, count);
            if (!value)
                return std::nullopt;
            at += count;
            if (e == 'x') {
                result += static_cast<char>(*value);
            } else {
                if (*value > 0x10FFFF || (*value >= 0xD800 && *value <= 0xDFFF))
                    return std::nullopt;
                appendRune(result, *value);
            }
            break;
        }
        default: {
            if (e < '0' || e > '7' || at + 2 > body.size())
                return std::nullopt;
            int value = e - '0';
            for (int i = 0; i < 2; ++i, ++at) {
                if (body[at] < '0' || body[at] > '7')
                    return std::nullopt;
                value = value * 8 + (body[at] - '0');
            }
            if (value > 255)
                return std::nullopt;
            result += static_cast<char>(value);
        }
        }
    }
    if (delimiter == '\'' && runeCount(result) != 1)
        return std::nullopt;
    return result;
}

std::optional<std::uint64_t> parseUint(std::string_view text, int base)
{
    std::string digits;
    if (base == 0) {
        base = 10;
        bool prefixed = false;
        if (text.size() >= 3 && text[0] == '0' && !(text[1] >= '0' && text[1] <= '9') && text[1] != '_') {
            switch (text[1] | 0x20) {
            case 'x':
                base = 16;
                break;
            case 'o':
                base = 8;
                break;
            case 'b':
                base = 2;
                break;
            default:
                return std::nullopt;
            }
            text.remove_prefix(2);
            prefixed = true;
        } else if (text.size() > 1 && text[0] == '0') {
            base = 8;
            text.remove_prefix(1);
            prefixed = true;
        }
        if (text.find('_') != std::string_view::npos) {
            // Underscores only between digits, or after a prefix.
            char before = prefixed ? '0' : '_';
            for (const char c : text) {
                if (c == '_' && before == '_')
                    return std::nullopt;
                if (c != '_')
                    digits += c;
                before = c;
            }
            if (before == '_')
                return std::nullopt;
            text = digits;
        }
    }
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc {} || end != text.data() + text.size() || text.empty())
        return std::nullopt;
    return value;
}

std::optional<std::int64_t> parseInt(std::string_view text, int base)
{
    const bool negative = !text.empty() && text[0] == '-';
    if (!text.empty() && (text[0] == '-' || text[0] == '+'))
        text.remove_prefix(1);
    const auto value = parseUint(text, base);
    constexpr std::uint64_t limit = std::uint64_t {1} << 63U;
    if (!value || *value > limit || (*value == limit && !negative))
        return std::nullopt;
    return negative ? static_cast<std::int64_t>(~*value + 1) : static_cast<std::int64_t>(*value);
}

std::optional<double> parseFloat(std::string_view text)
{
    bool negative = false;
    std::string_view rest = text;
    if (!rest.empty() && (rest[0] == '-' || rest[0] == '+')) {
        negative = rest[0] == '-';
        rest.remove_prefix(1);
    }
    if (rest.empty() || rest[0] == '-' || rest[0] == '+')
        return std::nullopt;
    double value = 0;
    std::string plain;
    if (rest.find('_') != std::string_view::npos) {
        // Go reads underscores only with a base prefix.
        if (!(rest.size() > 2 && rest[0] == '0' && (rest[1] | 0x20) == 'x'))
            return std::nullopt;
        for (const char c : rest)
            if (c != '_')
                plain += c;
        rest = plain;
    }
    std::from_chars_result read {};
    if (rest.size() > 2 && rest[0] == '0' && (rest[1] | 0x20) == 'x') {
        if (rest.find_first_of("pP") == std::string_view::npos)
            return std::nullopt;
        read = std::from_chars(rest.data() + 2, rest.data() + rest.size(), value, std::chars_format::hex);
    } else {
        const char first = static_cast<char>(rest[0] | 0x20);
        if (first == 'n' || first == 'i') {
            std::string word;
            for (const char c : rest)
                word += static_cast<char>(c | 0x20);
            if (word != "nan" && word != "inf" && word != "infinity")
                return std::nullopt;
        }
        read = std::from_chars(rest.data(), rest.data() + rest.size(), value);
    }
    if (read.ec != std::errc {} || read.ptr != rest.data() + rest.size())
        return std::nullopt;
    return negative ? -value : value;
}

std::string formatFloat(double value, char format, int precision)
{
    if (std::isnan(value))
        return "NaN";
    if (std::isinf(value))
        return value < 0 ? "-Inf" : "+Inf";
    const bool upper = format == 'E' || format == 'G' || format == 'X';
    const char kind = static_cast<char>(format | 0x20);
    std::string buffer(kind == 'f' ? static_cast<std::size_t>(std::max(precision, 0)) + 400
                                   : static_cast<std::size_t>(std::max(precision, 0)) + 64,
                       '\0');
    const auto print = [&](std::chars_format style, int digits) {
        const auto result = digits < 0
            ? std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, style)
            : std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, style, digits);
        return std::string(buffer.data(), result.ptr);
    };
    std::string text;
    if (kind == 'e') {
        text = print(std::chars_format::scientific, precision);
    } else if (kind == 'f') {
        text = print(std::chars_format::fixed, precision);
        if (precision < 0 && std::fabs(value) >= 1e15) {
            // The shortest digits, then zeros; to_chars writes all digits of large numbers.
            const auto scientific = print(std::chars_format::scientific, -1);
            const auto e = scientific.find('e');
            int exponent = 0;
            std::from_chars(scientific.data() + e + 2, scientific.data() + scientific.size(), exponent);
            const bool negative = scientific[0] == '-';
            std::string digits;
            for (const char c : scientific.substr(0, e))
                if (c >= '0' && c <= '9')
                    digits += c;
            if (static_cast<int>(digits.size()) <= exponent + 1) {
                digits.append(static_cast<std::size_t>(exponent + 1) - digits.size(), '0');
                text = (negative ? "-" : "") + digits;
            }
        }
    } else if (kind == 'x') {
        text = print(std::chars_format::hex, precision);
        const bool negative = text[0] == '-';
        // Go writes at least two digits of exponent.
        const auto p = text.find('p');
        if (p != std::string::npos && text.size() - p == 3)
            text.insert(p + 2, 1, '0');
        text.insert(negative ? 1 : 0, "0x");
    } else {
        // Shortest %g uses %e where the exponent is below -4 or not below 6.
        const auto scientific = print(std::chars_format::scientific, precision < 0 ? -1 : std::max(precision, 1) - 1);
        const auto e = scientific.find('e');
        int exponent = 0;
        std::from_chars(scientific.data() + e + (scientific[e + 1] == '+' ? 2 : 1),
                        scientific.data() + scientific.size(), exponent);
        auto mantissa = scientific.substr(0, e);
        if (mantissa.find('.') != std::string::npos) {
            while (mantissa.back() == '0')
                mantissa.pop_back();
            if (mantissa.back() == '.')
                mantissa.pop_back();
        }
        int digits = 0;
        for (const char c : mantissa)
            digits += c >= '0' && c <= '9' ? 1 : 0;
        int limit = precision;
        if (limit > digits && digits >= exponent + 1)
            limit = digits;
        if (precision < 0)
            limit = 6;
        else if (limit == 0)
            limit = 1;
        if (exponent < -4 || exponent >= limit)
            text = mantissa + scientific.substr(e);
        else
            text = print(std::chars_format::fixed, std::max(0, digits - 1 - exponent));
    }
    if (upper)
        for (auto& c : text)
            c = static_cast<char>(toUpper(static_cast<unsigned char>(c)));
    return text;
}

std::string goYamlMessage(std::string message)
{
    constexpr std::string_view prefix = "yaml: line ";
    const auto start = message.find(prefix);
    if (start == std::string::npos)
        return message;
    const auto digits = start + prefix.size();
    const auto colon = message.find(": ", digits);
    if (colon == std::string::npos)
        return message;
    auto line = parseInt(std::string_view(message).substr(digits, colon - digits), 10);
    auto rest = message.substr(colon + 2);
    const auto begins = [&rest](std::initializer_list<std::string_view> words) {
        return std::any_of(words.begin(), words.end(), [&rest](auto word) { return rest.starts_with(word); });
    };
    const bool parsing = begins({"while parsing a block ", "while parsing a flow ", "while parsing a node",
                                 "did not find expected <", "found duplicate %", "found incompatible YAML"});
    const bool hasContext = begins({"while parsing ", "while scanning "});
    if (const auto next = rest.find(": "); hasContext && next != std::string::npos)
        rest = rest.substr(next + 2);
    // Marks count from zero, to which the scanner adds one unless it is a zero, which is not told.
    const bool scanning = !parsing
        && (hasContext
            || begins({"mapping values are not", "block sequence entries are not", "mapping keys are not", "found ",
                       "did not find ", "could not find "}));
    if (line && (parsing || (scanning && *line == 1)))
        --*line;
    if (begins({"unknown anchor '", "anchor '", "!!binary value", "map merge requires"}))
        line = 0; // what is wrong with nodes has no line
    const auto shown = line && *line > 0 ? "line " + std::to_string(*line) + ": " : std::string();
    return message.substr(0, start) + "yaml: " + shown + rest;
}

std::string goRegexMessage(std::string_view error, std::string_view argument)
{
    static constexpr std::pair<std::string_view, std::string_view> kWords[] {
        {"missing ]", "missing closing ]"},
        {"missing )", "missing closing )"},
        {"trailing \\", "trailing backslash at end of expression"},
        {"no argument for repetition operator", "missing argument to repetition operator"},
        {"invalid repetition size", "invalid repeat count"},
        {"bad repetition operator", "invalid nested repetition operator"},
        {"invalid perl operator", "invalid or unsupported Perl syntax"},
        {"invalid named capture group", "invalid named capture"},
    };
    if (!argument.empty() && error.ends_with(argument) && error.size() > argument.size() + 2)
        error.remove_suffix(argument.size() + 2);
    for (const auto& [ours, go] : kWords)
        if (error == ours)
            error = go;
    return fmt::format("error parsing regexp: {}{}", error, argument.empty() ? "" : fmt::format(": `{}`", argument));
}

} // namespace core::gotemplate
