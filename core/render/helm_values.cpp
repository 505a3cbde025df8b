// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/helm_values.h"

#include "core/base/strings.h"
#include "core/gotemplate/go_json.h"
#include "core/gotemplate/go_text.h"
#include "core/gotemplate/yaml_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace core::render::helm {

namespace {

using namespace gotemplate;

constexpr int kMaxIndex = 65536;
constexpr int kMaxNesting = 30;

// 'a' 'b' of "ab".
std::string quotedRunes(std::string_view text)
{
    std::vector<std::string> quoted;
    for (std::size_t at = 0; at < text.size();) {
        const auto rune = decodeRune(text, at);
        quoted.push_back(quoteRune(rune.code));
        at += rune.size;
    }
    return join(quoted, " ");
}

/// Helm's strvals grammar: a.b[0].c=v,d={x,y}.
class SetParser
{
public:
    SetParser(std::string_view text, SetKind kind, const ReadFile& readFile)
        : m_text(text)
        , m_kind(kind)
        , m_readFile(readFile)
    {
    }

    Result<> run(Value& values)
    {
        while (!m_done) {
            PH_CHECK(key(values, 0));
            if (m_at >= m_text.size())
                m_done = true;
        }
        return {};
    }

private:
    static tl::unexpected<Error> bad(std::string message)
    {
        return fail(Error::Code::InvalidInput, std::move(message));
    }

    // Text up to one of `stops`, which is consumed and returned; '\0' at the end.
    char until(std::string_view stops, std::string& text)
    {
        text.clear();
        while (m_at < m_text.size()) {
            const char c = m_text[m_at++];
            if (stops.find(c) != std::string_view::npos)
                return c;
            if (c == '\\') {
                if (m_at >= m_text.size())
                    return '\0';
                const auto size = decodeRune(m_text, m_at).size;
                text += m_text.substr(m_at, size);
                m_at += size;
            } else {
                text += c;
            }
        }
        return '\0';
    }

    static void set(Value& map, const std::string& key, Value value)
    {
        if (!key.empty())
            map.set(key, std::move(value));
    }

    Result<> key(Value& map, int nesting)
    {
        std::string name;
        const char last = until("=[,.", name);
        switch (last) {
        case '\0':
            m_done = m_ended = true;
            return name.empty() ? Result<>() : bad(fmt::format("key {} has no value", quote(name)));
        case ',':
            set(map, name, Value::string(""));
            return bad(fmt::format("key {} has no value (cannot end with ,)", quote(name)));
        case '[': {
            PH_TRY(const auto index, keyIndex());
            std::vector<Value> list;
            if (const auto* present = map.find(name)) {
                if (!present->isList())
                    return bad(fmt::format(
                        "unable to parse key: interface conversion: interface {{}} is {}, not []interface {{}}",
                        present->typeName()));
                list = present->items();
            }
            PH_CHECK(listItem(list, index, nesting));
            set(map, name, Value::list(std::move(list)));
            return {};
        }
        case '=': {
            PH_TRY(auto read, value());
            set(map, name, std::move(read));
            return {};
        }
        default:
            break;
        }
        if (++nesting > kMaxNesting)
            return bad(fmt::format("value name nested level is greater than maximum supported nested level of {}",
                                   kMaxNesting));
        auto inner = Value::map();
        if (const auto* present = map.find(name)) {
            if (!present->isMap())
                return bad(fmt::format(
                    "unable to parse key: interface conversion: interface {{}} is {}, not map[string]interface {{}}",
                    present->isNil() ? "nil" : present->typeName()));
            inner = *present;
        }
        PH_CHECK(key(inner, nesting));
        if (inner.size() == 0)
            return m_ended ? Result<>() : bad(fmt::format("key map {} has no value", quote(name)));
        set(map, name, inner);
        return {};
    }

    Result<int> keyIndex()
    {
        std::string text;
        if (until("]", text) == '\0')
            return bad("error parsing index: EOF");
        const auto number = parseInt(text, 10);
        if (!number || *number > kMaxIndex || *number < -kMaxIndex) {
            if (number && *number > kMaxIndex)
                return bad(
                    fmt::format("index of {} is greater than maximum supported index of {}", *number, kMaxIndex));
            return bad(fmt::format("error parsing index: strconv.Atoi: parsing {}: invalid syntax", quote(text)));
        }
        if (*number < 0)
            return bad(fmt::format("negative {} index not allowed", *number));
        return static_cast<int>(*number);
    }

    static void setIndex(std::vector<Value>& list, int index, Value value)
    {
        if (list.size() <= static_cast<std::size_t>(index))
            list.resize(static_cast<std::size_t>(index) + 1, Value::nil());
        list[static_cast<std::size_t>(index)] = std::move(value);
    }

    Result<> listItem(std::vector<Value>& list, int index, int nesting)
    {
        if (++m_depth > 100)
            return bad("index nested too deep");
        std::string text;
        const char last = until("[.=", text);
        if (!text.empty())
            return bad(fmt::format("unexpected data at end of array index: [{}]", quotedRunes(text)));
        if (last == '\0') {
            m_done = m_ended = true; // the list is made, and stays as it is
            return {};
        }
        const auto present =
            static_cast<std::size_t>(index) < list.size() ? list[static_cast<std::size_t>(index)] : Value();
        switch (last) {
        case '[': {
            PH_TRY(const auto next, keyIndex());
            if (!present.isNil() && !present.isList())
                return bad(
                    fmt::format("unable to parse key: interface conversion: interface {{}} is {}, not []interface {{}}",
                                present.typeName()));
            std::vector<Value> inner = present.items();
            PH_CHECK(listItem(inner, next, nesting));
            if (m_ended)
                return {};
            setIndex(list, index, Value::list(std::move(inner)));
            return {};
        }
        case '.': {
            auto inner = present.isMap() ? present : Value::map();
            PH_CHECK(key(inner, nesting));
            if (!m_ended)
                setIndex(list, index, inner);
            return {};
        }
        default: // '='
            break;
        }
        PH_TRY(auto read, value());
        m_ended = false;
        setIndex(list, index, std::move(read));
        return {};
    }

    // True at the end of a value: only space up to a comma or the end.
    bool emptyValue()
    {
        while (m_at < m_text.size()) {
            const char c = m_text[m_at];
            if (c == ',') {
                ++m_at;
                return true;
            }
            if (std::string_view(" \t\r\n\v\f").find(c) == std::string_view::npos)
                return false;
            ++m_at;
        }
        m_done = true;
        return true;
    }

    Result<Value> value()
    {
        if (m_kind == SetKind::Json)
            return jsonValue();
        if (m_at >= m_text.size()) {
            m_done = m_ended = true;
            return Value::string("");
        }
        if (m_text[m_at] == '{') {
            ++m_at;
            std::vector<Value> list;
            std::string text;
            while (true) {
                const char last = until(",}", text);
                if (last == '\0')
                    return bad("list must terminate with '}'");
                PH_TRY(auto item, typed(text));
                list.push_back(std::move(item));
                if (last == '}')
                    break;
            }
            if (m_at < m_text.size() && m_text[m_at] == ',')
                ++m_at;
            return Value::list(std::move(list));
        }
        std::string text;
        if (until(",", text) == '\0')
            m_done = true;
        return typed(text);
    }

    // Where the JSON value at the start of a text ends; what follows is the next key, whatever it is.
    static std::size_t jsonEnd(std::string_view text)
    {
        for (const std::string_view word : {"null", "true", "false"})
            if (text.starts_with(word))
                return word.size();
        std::size_t end = 0;
        const auto digits = [&] {
            while (end < text.size() && text[end] >= '0' && text[end] <= '9')
                ++end;
        };
        if (text[0] == '-' || (text[0] >= '0' && text[0] <= '9')) {
            end = text[0] == '-' ? 1 : 0;
            if (end < text.size() && text[end] == '0')
                ++end;
            else
                digits();
            if (end < text.size() && text[end] == '.') {
                ++end;
                digits();
            }
            if (end < text.size() && (text[end] == 'e' || text[end] == 'E')) {
                end += end + 1 < text.size() && (text[end + 1] == '+' || text[end + 1] == '-') ? 2U : 1U;
                digits();
            }
            return end;
        }
        int depth = 0;
        bool inString = false;
        for (; end < text.size(); ++end) {
            const char c = text[end];
            if (inString) {
                if (c == '\\')
                    ++end;
                else if (c == '"')
                    inString = false;
            } else if (c == '"') {
                inString = true;
            } else if (c == '{' || c == '[') {
                ++depth;
            } else if (c == '}' || c == ']') {
                --depth;
            }
            if (!inString && depth <= 0)
                return end + 1;
        }
        return end;
    }

    Result<Value> jsonValue()
    {
        if (emptyValue())
            return Value::nil();
        const auto rest = m_text.substr(m_at);
        const auto end = jsonEnd(rest);
        PH_TRY(auto parsed, parseGoJson(rest.substr(0, std::min(end, rest.size()))));
        m_at += std::min(end, rest.size());
        (void)emptyValue();
        return parsed;
    }

    Result<Value> typed(const std::string& text)
    {
        if (m_kind == SetKind::File) {
            if (!m_readFile)
                return bad("files cannot be read here");
            PH_TRY(auto content, m_readFile(text));
            return Value::string(std::move(content));
        }
        if (m_kind == SetKind::String)
            return Value::string(text);
        const auto word = lower(text);
        if (word == "true" || word == "false")
            return Value::boolean(word == "true");
        if (word == "null")
            return Value::nil();
        if (text == "0")
            return Value::integer(0, Type::Int64);
        if (!text.empty() && text[0] != '0')
            if (const auto number = parseInt(text, 10))
                return Value::integer(*number, Type::Int64);
        return Value::string(text);
    }

    std::string_view m_text;
    SetKind m_kind;
    const ReadFile& m_readFile;
    std::size_t m_at = 0;
    int m_depth = 0;
    bool m_done = false;
    bool m_ended = false; ///< the text ended where Helm takes that for the end of all, inside of a list
};

} // namespace

Result<> applySet(Value& values, std::string_view text, SetKind kind, const ReadFile& readFile)
{
    auto done = SetParser(text, kind, readFile).run(values);
    if (done)
        return done;
    auto error = std::move(done).error();
    switch (kind) {
    case SetKind::Typed:
        error.message = "failed parsing --set data: " + error.message;
        break;
    case SetKind::String:
        error.message = "failed parsing --set-string data: " + error.message;
        break;
    case SetKind::Json:
        error.message = fmt::format("failed parsing --set-json data {}", text);
        break;
    case SetKind::File:
        error.message = "failed parsing --set-file data: " + error.message;
        break;
    }
    return tl::unexpected<Error>(std::move(error));
}

Result<Value> parseValues(std::string_view text, std::string_view name)
{
    manifest::YamlLimits limits;
    limits.allowDuplicateKeys = true;
    auto value = gotemplate::parseYamlValue(text, name, limits);
    if (!value)
        return fail(value.error().code, "error converting YAML to JSON: " + goYamlMessage(value.error().message),
                    value.error().where);
    if (value->isNil())
        return Value::map();
    if (!value->isMap())
        return fail(
            Error::Code::InvalidInput,
            fmt::format("error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {} into Go value of type "
                        "map[string]interface {{}}",
                        value->isList()                   ? "array"
                            : value->isString()           ? "string"
                            : value->type() == Type::Bool ? "bool"
                                                          : "number"));
    return value;
}

void mergeOver(Value& base, const Value& over)
{
    const auto entries = over.entries();
    for (const auto& [key, value] : entries) {
        const auto* present = base.find(key.asString());
        if (value.isMap() && present != nullptr && present->isMap()) {
            Value inner = *present;
            mergeOver(inner, value);
        } else {
            base.set(key, value);
        }
    }
}

void coalesceTables(Value dst, Value src, bool merge)
{
    if (!dst.isMap() || !src.isMap() || dst.sameBlock(src))
        return;
    std::set<std::string, std::less<>> wasNull;
    for (const auto& [key, value] : src.entries())
        if (value.isNil())
            wasNull.insert(key.asString());
    const auto present = dst.entries();
    for (const auto& [key, value] : present) {
        if (!value.isNil())
            continue;
        if (src.find(key.asString()) == nullptr)
            wasNull.insert(key.asString());
        src.set(key, Value::nil());
    }
    const auto entries = src.entries();
    for (const auto& [key, value] : entries) {
        const auto* found = dst.find(key.asString());
        if (found != nullptr && !merge && found->isNil() && wasNull.count(key.asString()) == 0)
            dst.erase(key.asString());
        else if (found == nullptr)
            dst.set(key, value);
        else if (value.isMap() && found->isMap())
            coalesceTables(*found, value, merge);
    }
}

void coalesceGlobals(Value dst, const Value& src)
{
    const auto* there = dst.find("global");
    const auto* here = src.find("global");
    if ((there != nullptr && !there->isMap()) || (here != nullptr && !here->isMap()))
        return;
    auto to = there != nullptr ? *there : Value::map();
    const auto from = here != nullptr ? here->entries() : std::vector<gotemplate::Entry> {};
    for (const auto& [key, value] : from) {
        const auto* present = to.find(key.asString());
        if (value.isMap()) {
            auto copy = Value::map();
            for (const auto& [k, v] : value.entries())
                copy.set(k, v);
            if (present == nullptr) {
                to.set(key, copy);
            } else if (present->isMap()) {
                coalesceTables(copy, *present, true);
                to.set(key, copy);
            }
        } else if (present == nullptr || !present->isMap()) {
            to.set(key, value);
        }
    }
    dst.set("global", to);
}

const Value* at(const Value& values, std::string_view path)
{
    const Value* value = &values;
    for (const auto& part : split(path, '.')) {
        value = value->isMap() ? value->find(part) : nullptr;
        if (value == nullptr)
            return nullptr;
    }
    return value;
}

} // namespace core::render::helm
