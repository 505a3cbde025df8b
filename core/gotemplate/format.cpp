// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gotemplate/format.h"

#include "core/gotemplate/go_text.h"
#include "core/gotemplate/go_time.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace core::gotemplate {

namespace {

constexpr int kMaxWidth = 1'000'000; // as in Go
constexpr int kMaxDepth = 500;

struct Flags
{
    bool minus = false, plus = false, sharp = false, space = false, zero = false;
    bool plusV = false, sharpV = false; ///< %+v and %#v
    int width = -1, precision = -1;
};

class Printer
{
public:
    std::string out;
    Flags flags;

    void pad(std::string_view text)
    {
        const auto count = flags.width < 0 ? 0 : static_cast<int>(runeCount(text));
        const auto fill = static_cast<std::size_t>(std::max(0, flags.width - count));
        if (!flags.minus)
            out.append(fill, flags.zero ? '0' : ' ');
        out += text;
        if (flags.minus)
            out.append(fill, ' ');
    }

    void bad(char32_t verb, const Value& value)
    {
        out += "%!";
        appendRune(out, verb);
        out += '(';
        if (value.isNil()) {
            out += "<nil>";
        } else {
            // Methods such as String() are not called while an error is written.
            const bool outer = std::exchange(m_erroring, true);
            out += value.typeName();
            out += '=';
            print(value, 'v', 0);
            m_erroring = outer;
        }
        out += ')';
    }

    void integer(std::uint64_t magnitude, bool negative, int base, char32_t verb, const char* digits)
    {
        std::string text;
        int precision = 0;
        if (flags.precision >= 0) {
            precision = flags.precision;
            if (precision == 0 && magnitude == 0) {
                const bool zero = std::exchange(flags.zero, false);
                out.append(static_cast<std::size_t>(std::max(0, flags.width)), ' ');
                flags.zero = zero;
                return;
            }
        } else if (flags.zero && !flags.minus && flags.width > 0) {
            precision = flags.width - (negative || flags.plus || flags.space ? 1 : 0);
        }
        do {
            text += digits[magnitude % static_cast<std::uint64_t>(base)];
            magnitude /= static_cast<std::uint64_t>(base);
        } while (magnitude != 0);
        while (static_cast<int>(text.size()) < precision)
            text += '0';
        if (flags.sharp) {
            if (base == 2)
                text += "b0";
            else if (base == 8 && text.back() != '0')
                text += '0';
            else if (base == 16)
                text += {digits[16], '0'};
        }
        if (verb == 'O')
            text += "o0";
        if (negative)
            text += '-';
        else if (flags.plus)
            text += '+';
        else if (flags.space)
            text += ' ';
        std::reverse(text.begin(), text.end());
        const bool zero = std::exchange(flags.zero, false);
        pad(text);
        flags.zero = zero;
    }

    void unicode(std::int64_t code)
    {
        auto text = std::string();
        char buffer[32];
        const int precision = std::clamp(flags.precision, 4, 16);
        (void)std::snprintf(buffer, sizeof buffer, "U+%0*llX", precision, static_cast<unsigned long long>(code));
        text = buffer;
        if (flags.sharp && code >= 0 && code <= 0x10FFFF && isPrint(static_cast<char32_t>(code))) {
            text += " '";
            appendRune(text, static_cast<char32_t>(code));
            text += '\'';
        }
        const bool zero = std::exchange(flags.zero, false);
        pad(text);
        flags.zero = zero;
    }

    void formatInteger(const Value& value, char32_t verb)
    {
        const auto i = value.asInt();
        const bool isUnsigned = value.type() == Type::Uint8;
        const bool negative = i < 0;
        const auto magnitude = negative ? ~static_cast<std::uint64_t>(i) + 1 : static_cast<std::uint64_t>(i);
        static const char* lower = "0123456789abcdefx";
        static const char* upper = "0123456789ABCDEFX";
        const auto code = i < 0 || i > 0x10FFFF ? kReplacement : static_cast<char32_t>(i);
        switch (verb) {
        case 'v':
            if (flags.sharpV && isUnsigned) {
                const bool sharp = std::exchange(flags.sharp, true);
                integer(magnitude, false, 16, 'v', lower);
                flags.sharp = sharp;
            } else {
                integer(magnitude, negative, 10, verb, lower);
            }
            return;
        case 'd':
            return integer(magnitude, negative, 10, verb, lower);
        case 'b':
            return integer(magnitude, negative, 2, verb, lower);
        case 'o':
        case 'O':
            return integer(magnitude, negative, 8, verb, lower);
        case 'x':
            return integer(magnitude, negative, 16, verb, lower);
        case 'X':
            return integer(magnitude, negative, 16, verb, upper);
        case 'c': {
            std::string text;
            appendRune(text, code);
            return pad(text);
        }
        case 'q':
            return pad(quoteRune(code, flags.plus));
        case 'U':
            return unicode(i);
        default:
            return bad(verb, value);
        }
    }

    void formatFloatValue(const Value& value, char32_t verb)
    {
        char format = static_cast<char>(verb);
        int precision = -1;
        switch (verb) {
        case 'v':
            format = 'g';
            break;
        case 'e':
        case 'E':
        case 'f':
            precision = 6;
            break;
        case 'F':
            format = 'f';
            precision = 6;
            break;
        case 'g':
        case 'G':
        case 'x':
        case 'X':
            break;
        case 'b': {
            int exponent = 0;
            const double mantissa = std::frexp(value.asFloat(), &exponent);
            const auto text = value.asFloat() == 0 ? std::string("0p-1074")
                                                   : std::to_string(static_cast<std::int64_t>(std::ldexp(mantissa, 53)))
                    + "p" + (exponent - 53 < 0 ? "" : "+") + std::to_string(exponent - 53);
            return pad(text[0] == '-' ? text : (flags.plus ? "+" : flags.space ? " " : "") + text);
        }
        default:
            return bad(verb, value);
        }
        if (flags.precision >= 0)
            precision = flags.precision;
        auto text = formatFloat(value.asFloat(), format, precision);
        char sign = '+';
        if (text[0] == '-' || text[0] == '+') {
            sign = text[0];
            text.erase(0, 1);
        }
        if (flags.space && sign == '+' && !flags.plus)
            sign = ' ';
        const bool special = text[0] == 'I' || text[0] == 'N';
        const bool zero = flags.zero;
        if (special)
            flags.zero = false;
        if (flags.sharp && verb != 'b' && !special)
            text = withPoint(std::move(text), verb, precision);
        if (flags.plus || sign != '+') {
            if (flags.zero && !flags.minus && flags.width > static_cast<int>(text.size()) + 1) {
                out += sign;
                out.append(static_cast<std::size_t>(flags.width) - 1 - text.size(), '0');
                out += text;
            } else {
                pad(sign + text);
            }
        } else {
            pad(text);
        }
        flags.zero = zero;
    }

    // %#g and its like: always a point, trailing zeros kept.
    static std::string withPoint(std::string text, char32_t verb, int precision)
    {
        int digits = 0;
        const bool general = verb == 'v' || verb == 'g' || verb == 'G';
        if (general)
            digits = precision == -1 ? 6 : precision;
        if (verb == 'x')
            digits = precision == -1 ? 6 : precision;
        const auto e = text.find_first_of(verb == 'x' || verb == 'X' ? "pP" : "eE");
        auto tail = e == std::string::npos ? std::string() : text.substr(e);
        text.resize(std::min(e, text.size()));
        bool point = false;
        bool nonZero = false;
        for (const char c : text) {
            if (c == '.') {
                point = true;
                continue;
            }
            nonZero = nonZero || c != '0';
            if (nonZero)
                --digits;
        }
        if (!point) {
            if (text == "0")
                --digits;
            text += '.';
        }
        if (general || verb == 'x')
            text.append(static_cast<std::size_t>(std::max(0, digits)), '0');
        return text + tail;
    }

    std::string_view truncated(std::string_view text) const
    {
        if (flags.precision < 0)
            return text;
        std::size_t at = 0;
        for (int i = 0; i < flags.precision && at < text.size(); ++i)
            at += decodeRune(text, at).size;
        return text.substr(0, at);
    }

    void hex(std::string_view bytes, bool upper)
    {
        const char* digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
        if (flags.precision >= 0 && static_cast<std::size_t>(flags.precision) < bytes.size())
            bytes = bytes.substr(0, static_cast<std::size_t>(flags.precision));
        std::string text;
        const std::string prefix = upper ? "0X" : "0x";
        if (flags.sharp && !bytes.empty())
            text = prefix;
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            if (flags.space && i > 0) {
                text += ' ';
                if (flags.sharp)
                    text += prefix;
            }
            text += digits[(static_cast<unsigned char>(bytes[i]) >> 4U) & 15U];
            text += digits[static_cast<unsigned char>(bytes[i]) & 15U];
        }
        const bool zero = std::exchange(flags.zero, false);
        pad(text);
        flags.zero = zero;
    }

    void quoted(std::string_view text)
    {
        text = truncated(text);
        if (flags.sharp && text.find('`') == std::string_view::npos
            && std::all_of(text.begin(), text.end(), [](char c) { return (c >= ' ' && c != 0x7f) || c == '\t'; }))
            return pad("`" + std::string(text) + "`");
        pad(quote(text, flags.plus));
    }

    void formatString(const Value& value, const std::string& text, char32_t verb)
    {
        switch (verb) {
        case 'v':
            if (flags.sharpV)
                return quotedSharp(text);
            [[fallthrough]];
        case 's':
            return pad(truncated(text));
        case 'x':
            return hex(text, false);
        case 'X':
            return hex(text, true);
        case 'q':
            return quoted(text);
        default:
            return bad(verb, value);
        }
    }
    void quotedSharp(const std::string& text) { pad(quote(truncated(text), flags.plus)); }

    void formatBytes(const Value& value, char32_t verb)
    {
        const auto& bytes = value.asString();
        switch (verb) {
        case 'v':
        case 'd': {
            if (flags.sharpV) {
                out += "[]byte{";
                for (std::size_t i = 0; i < bytes.size(); ++i) {
                    char buffer[16];
                    (void)std::snprintf(buffer, sizeof buffer, "%s0x%x", i > 0 ? ", " : "",
                                        static_cast<unsigned>(static_cast<unsigned char>(bytes[i])));
                    out += buffer;
                }
                out += '}';
                return;
            }
            out += '[';
            for (std::size_t i = 0; i < bytes.size(); ++i) {
                if (i > 0)
                    out += ' ';
                formatInteger(Value::integer(static_cast<unsigned char>(bytes[i]), Type::Uint8), 'd');
            }
            out += ']';
            return;
        }
        case 's':
        case 'x':
        case 'X':
        case 'q':
            return formatString(value, bytes, verb);
        default:
            out += '[';
            for (std::size_t i = 0; i < bytes.size(); ++i) {
                if (i > 0)
                    out += ' ';
                formatInteger(Value::integer(static_cast<unsigned char>(bytes[i]), Type::Uint8), verb);
            }
            out += ']';
        }
    }

    void formatBool(const Value& value, char32_t verb)
    {
        if (verb == 't' || verb == 'v')
            pad(value.asBool() ? "true" : "false");
        else
            bad(verb, value);
    }

    void list(const Value& value, char32_t verb, int depth)
    {
        const auto& items = value.items();
        if (flags.sharpV) {
            out += value.typeName();
            out += '{';
        } else {
            out += '[';
        }
        for (std::size_t i = 0; i < items.size(); ++i) {
            if (i > 0)
                out += flags.sharpV ? ", " : " ";
            element(items[i], value.type() == Type::List, verb, depth);
        }
        out += flags.sharpV ? '}' : ']';
    }

    // What an interface-typed slot prints: a nil one differs from fmt's top level.
    void element(const Value& value, bool interface, char32_t verb, int depth)
    {
        if (value.isNil() && interface) {
            out += flags.sharpV ? "interface {}(nil)" : "<nil>";
            return;
        }
        print(value, verb, depth + 1);
    }

    void map(const Value& value, std::string_view typeName, char32_t verb, int depth)
    {
        if (flags.sharpV) {
            out += typeName;
            out += '{';
        } else {
            out += "map[";
        }
        bool first = true;
        for (const auto& [key, item] : value.entries()) {
            if (!std::exchange(first, false))
                out += flags.sharpV ? ", " : " ";
            print(key, verb, depth + 1);
            out += ':';
            element(item, value.type() == Type::Map, verb, depth);
        }
        out += flags.sharpV ? '}' : ']';
    }

    void print(const Value& value, char32_t verb, int depth)
    {
        if (depth > kMaxDepth || out.size() > (std::size_t {64} << 20)) {
            out += "...";
            return;
        }
        if (verb == 'T') {
            const auto kept = flags;
            const auto type = value.typeName();
            pad(value.isNil() ? type : truncated(type));
            flags = kept;
            return;
        }
        if (value.isNil()) {
            if (verb == 'v')
                pad("<nil>");
            else
                bad(verb, value);
            return;
        }
        const bool texty = !m_erroring && (verb == 'v' || verb == 's' || verb == 'q' || verb == 'x' || verb == 'X');
        switch (value.type()) {
        case Type::Bool:
            return formatBool(value, verb);
        case Type::Float64:
            return formatFloatValue(value, verb);
        case Type::String:
            return formatString(value, value.asString(), verb);
        case Type::Bytes:
            return formatBytes(value, verb);
        case Type::Error:
            if (texty && !flags.sharpV)
                return formatString(value, value.asString(), verb);
            out += flags.sharpV ? "&errors.errorString{s:" : flags.plusV ? "&{s:" : "&{";
            formatString(Value::string(value.asString()), value.asString(), verb);
            out += '}';
            return;
        case Type::Time:
            if (texty && !flags.sharpV)
                return formatString(value, printTime(value), verb);
            return timeFields(value, verb);
        case Type::Duration:
            if (texty && !flags.sharpV)
                return formatString(value, formatGoDuration(Duration(value.asInt())), verb);
            return formatInteger(value, verb);
        case Type::Object: {
            const auto text = value.asObject()->print();
            if (texty && !flags.sharpV && !text.empty())
                return formatString(value, text, verb);
            const auto below = value.underlying();
            if (below.isMap())
                return map(below, value.typeName(), verb, depth);
            if (!below.isNone() && below.type() != Type::Object)
                return print(below, verb, depth + 1);
            return fields(value, verb, depth);
        }
        case Type::Function:
            return pad("func");
        default:
            break;
        }
        if (value.isMap())
            return map(value, value.typeName(), verb, depth);
        if (value.isList())
            return list(value, verb, depth);
        formatInteger(value, verb);
    }

    // time.Time without its methods: nanoseconds, seconds since the year 1, no location.
    void timeFields(const Value& value, char32_t verb)
    {
        const auto& moment = value.asTime();
        if (flags.sharpV) {
            static const char* months[] = {"January", "February", "March",     "April",   "May",      "June",
                                           "July",    "August",   "September", "October", "November", "December"};
            const auto number = [&](const char* layout) {
                return parseInt(formatTime(moment, layout), 10).value_or(0);
            };
            const auto nanoseconds = parseInt(formatTime(moment, ".000000000").substr(1), 10).value_or(0);
            out += fmt::format(
                "time.Date({}, time.{}, {}, {}, {}, {}, {}, {})", number("2006"), months[(number("1") + 11) % 12],
                number("2"), number("15"), number("4"), number("5"), nanoseconds,
                moment.zone == "UTC" ? "time.Local" : fmt::format("time.Location({})", quote(moment.zone)));
            return;
        }
        constexpr std::int64_t kYearOneToEpoch = 62135596800;
        const auto ticks = std::chrono::duration_cast<std::chrono::nanoseconds>(moment.time.time_since_epoch()).count();
        const auto fraction = (ticks % 1'000'000'000 + 1'000'000'000) % 1'000'000'000;
        out += flags.plusV ? "{wall:" : "{";
        formatInteger(Value::integer(fraction), verb);
        out += flags.plusV ? " ext:" : " ";
        formatInteger(Value::integer((ticks - fraction) / 1'000'000'000 + kYearOneToEpoch), verb);
        out += flags.plusV ? " loc:<nil>}" : " <nil>}";
    }

    void fields(const Value& value, char32_t verb, int depth)
    {
        const auto members = value.asObject()->members();
        if (!members.empty()) {
            if (value.asObject()->kindName() == "ptr")
                out += '&';
            if (flags.sharpV)
                out += value.typeName().substr(value.typeName().starts_with('*') ? 1 : 0);
            out += '{';
            for (std::size_t i = 0; i < members.size(); ++i) {
                if (i > 0)
                    out += flags.sharpV ? ", " : " ";
                if (flags.plusV || flags.sharpV) {
                    out += members[i].first;
                    out += ':';
                }
                element(members[i].second, true, verb, depth);
            }
            out += '}';
            return;
        }
        const auto shown = value.asObject()->serialized();
        out += '{';
        bool first = true;
        for (const auto& [key, item] : shown.entries()) {
            if (!std::exchange(first, false))
                out += ' ';
            if (flags.plusV) {
                out += key.asString();
                out += ':';
            }
            element(item, true, verb, depth);
        }
        out += '}';
    }

private:
    bool m_erroring = false;
};

class Formatter
{
public:
    Formatter(std::string_view format, std::span<const Value> values)
        : m_format(format)
        , m_values(values)
    {
    }

    std::string run()
    {
        auto& out = m_printer.out;
        while (m_at < m_format.size()) {
            const auto percent = m_format.find('%', m_at);
            out += m_format.substr(m_at, percent == std::string_view::npos ? percent : percent - m_at);
            if (percent == std::string_view::npos)
                break;
            m_at = percent + 1;
            verb();
            if (out.size() > (std::size_t {64} << 20))
                break;
        }
        if (!m_reordered && m_argument < m_values.size()) {
            out += "%!(EXTRA ";
            m_printer.flags = {};
            for (std::size_t i = m_argument; i < m_values.size(); ++i) {
                if (i > m_argument)
                    out += ", ";
                if (m_values[i].isNil()) {
                    out += "<nil>";
                } else {
                    out += m_values[i].typeName();
                    out += '=';
                    m_printer.print(m_values[i], 'v', 0);
                }
            }
            out += ')';
        }
        return std::move(out);
    }

private:
    // "[n]" before a width, precision or verb.
    bool argumentIndex()
    {
        if (m_at >= m_format.size() || m_format[m_at] != '[')
            return false;
        m_reordered = true;
        const auto close = m_format.find(']', m_at);
        if (close == std::string_view::npos) {
            m_good = false;
            ++m_at;
            return false;
        }
        const auto number = parseUint(m_format.substr(m_at + 1, close - m_at - 1), 10);
        m_at = close + 1;
        if (!number || *number < 1 || *number > m_values.size()) {
            m_good = false;
            return number.has_value();
        }
        m_argument = static_cast<std::size_t>(*number - 1);
        return true;
    }

    std::optional<int> digits()
    {
        const auto start = m_at;
        int value = 0;
        while (m_at < m_format.size() && m_format[m_at] >= '0' && m_format[m_at] <= '9') {
            value = value * 10 + (m_format[m_at++] - '0');
            if (value > kMaxWidth)
                return std::nullopt;
        }
        return m_at == start ? std::nullopt : std::optional(value);
    }

    std::optional<int> star()
    {
        if (m_argument >= m_values.size())
            return std::nullopt;
        const auto& value = m_values[m_argument++];
        if (!value.isInteger() || value.asInt() > kMaxWidth || value.asInt() < -kMaxWidth)
            return std::nullopt;
        return static_cast<int>(value.asInt());
    }

    void verb()
    {
        auto& out = m_printer.out;
        auto& flags = m_printer.flags;
        flags = {};
        m_good = true;
        for (; m_at < m_format.size(); ++m_at) {
            const char c = m_format[m_at];
            if (c == '#')
                flags.sharp = true;
            else if (c == '0')
                flags.zero = true;
            else if (c == '+')
                flags.plus = true;
            else if (c == '-')
                flags.minus = true;
            else if (c == ' ')
                flags.space = true;
            else
                break;
        }
        bool indexed = argumentIndex();
        if (m_at < m_format.size() && m_format[m_at] == '*') {
            ++m_at;
            const auto width = star();
            if (!width)
                out += "%!(BADWIDTH)";
            flags.width = width.value_or(-1);
            if (width && *width < 0) {
                flags.width = -*width;
                flags.minus = true;
                flags.zero = false;
            }
            indexed = false;
        } else if (const auto width = digits()) {
            flags.width = *width;
            if (indexed)
                m_good = false;
        }
        if (m_at + 1 <= m_format.size() && m_at < m_format.size() && m_format[m_at] == '.') {
            ++m_at;
            if (indexed)
                m_good = false;
            indexed = argumentIndex();
            if (m_at < m_format.size() && m_format[m_at] == '*') {
                ++m_at;
                const auto precision = star();
                flags.precision = precision && *precision >= 0 ? *precision : -1;
                if (!precision || *precision < 0)
                    out += "%!(BADPREC)";
                indexed = false;
            } else {
                flags.precision = digits().value_or(0);
            }
        }
        if (!indexed)
            argumentIndex();
        if (m_at >= m_format.size()) {
            out += "%!(NOVERB)";
            return;
        }
        const auto rune = decodeRune(m_format, m_at);
        m_at += rune.size;
        if (rune.code == '%') {
            out += '%';
            return;
        }
        const auto complain = [&](std::string_view what) {
            out += "%!";
            appendRune(out, rune.code);
            out += what;
        };
        if (!m_good)
            return complain("(BADINDEX)");
        if (m_argument >= m_values.size())
            return complain("(MISSING)");
        if (rune.code == 'v' || rune.code == 'w') {
            flags.sharpV = std::exchange(flags.sharp, false);
            flags.plusV = std::exchange(flags.plus, false);
        }
        const auto& value = m_values[m_argument++];
        if (rune.code == 'p') {
            m_printer.bad(rune.code, value);
            return;
        }
        if (rune.code == 'w') {
            m_printer.bad(rune.code, value);
            return;
        }
        m_printer.print(value, rune.code, 0);
    }

    std::string_view m_format;
    std::span<const Value> m_values;
    std::size_t m_at = 0, m_argument = 0;
    bool m_reordered = false, m_good = true;
    Printer m_printer;
};

} // namespace

void appendPrinted(std::string& to, const Value& value)
{
    if (value.isString()) {
        to += value.asString();
        return;
    }
    Printer printer;
    printer.out = std::move(to);
    printer.print(value, 'v', 0);
    to = std::move(printer.out);
}

std::string printed(const Value& value)
{
    std::string text;
    appendPrinted(text, value);
    return text;
}

std::string sprint(std::span<const Value> values)
{
    std::string text;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i > 0 && !values[i].isString() && !values[i - 1].isString())
            text += ' ';
        appendPrinted(text, values[i]);
    }
    return text;
}

std::string sprintln(std::span<const Value> values)
{
    std::string text;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i > 0)
            text += ' ';
        appendPrinted(text, values[i]);
    }
    return text + '\n';
}

std::string sprintf(std::string_view format, std::span<const Value> values)
{
    return Formatter(format, values).run();
}

std::string printTime(const Value& time)
{
    return formatTime(time.asTime(), "2006-01-02 15:04:05.999999999 -0700 MST");
}

} // namespace core::gotemplate
