// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gotemplate/go_json.h"

#include "core/gotemplate/go_text.h"

#include <fmt/format.h>

namespace core::gotemplate {

namespace {

constexpr int kMaxDepth = 500;

class JsonReader
{
public:
    explicit JsonReader(std::string_view text)
        : m_text(text)
    {
    }

    Result<Value> document()
    {
        PH_TRY(auto value, read(0));
        skip();
        if (m_at < m_text.size())
            return invalid("after top-level value");
        return value;
    }

private:
    using R = Result<Value>;

    void skip()
    {
        while (m_at < m_text.size() && std::string_view(" \t\r\n").find(m_text[m_at]) != std::string_view::npos)
            ++m_at;
    }

    tl::unexpected<Error> invalid(std::string_view context)
    {
        if (m_at >= m_text.size())
            return fail(Error::Code::InvalidInput, "unexpected end of JSON input");
        const char c = m_text[m_at];
        std::string shown = c == '\'' ? "'\\''" : c == '"' ? "'\"'" : quoteRune(decodeRune(m_text, m_at).code);
        return fail(Error::Code::InvalidInput, fmt::format("invalid character {} {}", shown, context));
    }

    R literal(std::string_view word, Value value)
    {
        for (std::size_t i = 0; i < word.size(); ++i, ++m_at)
            if (m_at >= m_text.size() || m_text[m_at] != word[i])
                return invalid(
                    fmt::format("in literal {} (expecting {})", word, quoteRune(static_cast<unsigned char>(word[i]))));
        return value;
    }

    R read(int depth)
    {
        skip();
        if (depth > kMaxDepth)
            return fail(Error::Code::LimitExceeded, "exceeded max depth");
        if (m_at >= m_text.size())
            return invalid("");
        switch (m_text[m_at]) {
        case '{':
            return object(depth);
        case '[':
            return array(depth);
        case '"': {
            PH_TRY(auto text, string());
            return Value::string(std::move(text));
        }
        case 't':
            return literal("true", Value::boolean(true));
        case 'f':
            return literal("false", Value::boolean(false));
        case 'n':
            return literal("null", Value::nil());
        default:
            return number();
        }
    }

    R number()
    {
        const auto start = m_at;
        const auto digits = [this] {
            const auto from = m_at;
            while (m_at < m_text.size() && isDigit(static_cast<unsigned char>(m_text[m_at])))
                ++m_at;
            return m_at > from;
        };
        if (m_text[m_at] == '-') {
            ++m_at;
            if (m_at >= m_text.size() || m_text[m_at] < '0' || m_text[m_at] > '9')
                return invalid("in numeric literal");
        }
        if (m_text[m_at] == '0')
            ++m_at;
        else if (!digits())
            return invalid("looking for beginning of value");
        if (m_at < m_text.size() && m_text[m_at] == '.') {
            ++m_at;
            if (!digits())
                return invalid("after decimal point in numeric literal");
        }
        if (m_at < m_text.size() && (m_text[m_at] | 0x20) == 'e') {
            ++m_at;
            if (m_at < m_text.size() && (m_text[m_at] == '+' || m_text[m_at] == '-'))
                ++m_at;
            if (!digits())
                return invalid("in exponent of numeric literal");
        }
        const auto text = m_text.substr(start, m_at - start);
        const auto value = parseFloat(text);
        if (!value)
            return fail(Error::Code::InvalidInput,
                        fmt::format("json: cannot unmarshal number {} into Go value of type float64", text));
        return Value::number(*value);
    }

    Result<std::string> string()
    {
        std::string out;
        for (++m_at; m_at < m_text.size(); ++m_at) {
            const char c = m_text[m_at];
            if (c == '"') {
                ++m_at;
                return out;
            }
            if (static_cast<unsigned char>(c) < 0x20)
                return invalid("in string literal");
            if (c != '\\') {
                out += c;
                continue;
            }
            if (++m_at >= m_text.size())
                break;
            switch (m_text[m_at]) {
            case '"':
                out += '"';
                break;
            case '\\':
                out += '\\';
                break;
            case '/':
                out += '/';
                break;
            case 'b':
                out += '\b';
                break;
            case 'f':
                out += '\f';
                break;
            case 'n':
                out += '\n';
                break;
            case 'r':
                out += '\r';
                break;
            case 't':
                out += '\t';
                break;
            case 'u': {
                auto rune = hex4(m_at + 1);
                if (!rune) {
                    ++m_at;
                    return invalid("in \\u hexadecimal character escape");
                }
                m_at += 4;
                if (*rune >= 0xD800 && *rune < 0xDC00 && m_text.substr(m_at + 1).starts_with("\\u")) {
                    const auto low = hex4(m_at + 3);
                    if (low && *low >= 0xDC00 && *low < 0xE000) {
                        rune = 0x10000 + ((*rune - 0xD800) << 10U) + (*low - 0xDC00);
                        m_at += 6;
                    }
                }
                appendRune(out, *rune);
                break;
            }
            default:
                return invalid("in string escape code");
            }
        }
        return invalid("");
    }

    [[nodiscard]] std::optional<std::uint32_t> hex4(std::size_t at) const
    {
        if (at + 4 > m_text.size())
            return std::nullopt;
        const auto value = parseUint(m_text.substr(at, 4), 16);
        return value ? std::optional(static_cast<std::uint32_t>(*value)) : std::nullopt;
    }

    R array(int depth)
    {
        std::vector<Value> items;
        ++m_at;
        skip();
        if (m_at < m_text.size() && m_text[m_at] == ']') {
            ++m_at;
            return Value::list({});
        }
        while (true) {
            PH_TRY(auto item, read(depth + 1));
            items.push_back(std::move(item));
            skip();
            if (m_at < m_text.size() && m_text[m_at] == ']') {
                ++m_at;
                return Value::list(std::move(items));
            }
            if (m_at >= m_text.size() || m_text[m_at] != ',')
                return invalid("after array element");
            ++m_at;
        }
    }

    R object(int depth)
    {
        auto result = Value::map();
        ++m_at;
        skip();
        if (m_at < m_text.size() && m_text[m_at] == '}') {
            ++m_at;
            return result;
        }
        while (true) {
            skip();
            if (m_at >= m_text.size() || m_text[m_at] != '"')
                return invalid("looking for beginning of object key string");
            PH_TRY(auto key, string());
            skip();
            if (m_at >= m_text.size() || m_text[m_at] != ':')
                return invalid("after object key");
            ++m_at;
            PH_TRY(auto item, read(depth + 1));
            result.set(key, std::move(item));
            skip();
            if (m_at < m_text.size() && m_text[m_at] == '}') {
                ++m_at;
                return result;
            }
            if (m_at >= m_text.size() || m_text[m_at] != ',')
                return invalid("after object key:value pair");
            ++m_at;
        }
    }

    std::string_view m_text;
    std::size_t m_at = 0;
};

} // namespace

Result<Value> parseGoJson(std::string_view text)
{
    return JsonReader(text).document();
}

} // namespace core::gotemplate
