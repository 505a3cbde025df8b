// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gotemplate/functions.h"

#include "core/gotemplate/exec.h"
#include "core/gotemplate/format.h"
#include "core/gotemplate/go_text.h"

#include <fmt/format.h>

#include <unordered_map>

namespace core::gotemplate {

struct FunctionMap::Private
{
    std::unordered_map<std::string, FunctionPtr> functions;
};

FunctionMap::FunctionMap()
    : m_d(std::make_unique<Private>())
{
}
FunctionMap::~FunctionMap() = default;
FunctionMap::FunctionMap(const FunctionMap& other)
    : m_d(std::make_unique<Private>(*other.m_d))
{
}

void FunctionMap::add(FunctionPtr function)
{
    auto& slot = m_d->functions[function->name];
    slot = std::move(function);
}

void FunctionMap::add(std::string name, std::string signature, std::function<Result<Value>(Call&)> call)
{
    add(makeFunction(std::move(name), std::move(signature), std::move(call)));
}

void FunctionMap::remove(std::string_view name)
{
    m_d->functions.erase(std::string(name));
}

const FunctionPtr* FunctionMap::find(std::string_view name) const
{
    const auto found = m_d->functions.find(std::string(name));
    return found == m_d->functions.end() ? nullptr : &found->second;
}

std::shared_ptr<const FunctionMap> FunctionMap::builtins()
{
    static const auto map = [] {
        auto result = std::make_shared<FunctionMap>();
        addBuiltins(*result);
        return result;
    }();
    return map;
}

std::shared_ptr<const FunctionMap> FunctionMap::sprig()
{
    static const auto map = [] {
        auto result = std::make_shared<FunctionMap>(*builtins());
        addStringFunctions(*result);
        addRegexFunctions(*result);
        addListFunctions(*result);
        addDictFunctions(*result);
        addMathFunctions(*result);
        addEncodingFunctions(*result);
        addPathFunctions(*result);
        addDateFunctions(*result);
        addSemverFunctions(*result);
        addCryptoFunctions(*result);
        return result;
    }();
    return map;
}

std::shared_ptr<const FunctionMap> FunctionMap::helm()
{
    static const auto map = [] {
        auto result = std::make_shared<FunctionMap>(*sprig());
        addHelmFunctions(*result);
        return result;
    }();
    return map;
}

std::string textOf(const Value& value)
{
    switch (value.type()) {
    case Type::String:
    case Type::Bytes:
    case Type::Error:
        return value.asString();
    default:
        return printed(value);
    }
}

std::vector<std::string> textsOf(const Value& value)
{
    std::vector<std::string> texts;
    const auto below = value.underlying();
    if (below.type() == Type::Bytes) {
        for (const char c : below.asString())
            texts.push_back(std::to_string(static_cast<int>(static_cast<unsigned char>(c))));
    } else if (below.isList()) {
        for (const auto& item : below.items())
            if (!item.isNil())
                texts.push_back(textOf(item));
    } else if (!value.isNil()) {
        texts.push_back(textOf(value));
    }
    return texts;
}

bool isEmpty(const Value& value)
{
    if (value.type() == Type::Object) {
        const auto below = value.underlying();
        return (below.isMap() || below.isList() || below.isString()) && below.size() == 0;
    }
    return !value.truth() && value.type() != Type::Function;
}

namespace {

enum class Basic : std::uint8_t { Invalid, Bool, Int, Uint, Float, String };

Basic basic(const Value& value)
{
    switch (value.type()) {
    case Type::Bool:
        return Basic::Bool;
    case Type::Int:
    case Type::Int64:
    case Type::Int32:
    case Type::Duration:
        return Basic::Int;
    case Type::Uint8:
        return Basic::Uint;
    case Type::Float64:
        return Basic::Float;
    case Type::String:
        return Basic::String;
    case Type::Object:
        return value.underlying().isString() ? Basic::String : Basic::Invalid;
    default:
        return Basic::Invalid;
    }
}

Result<bool> equalTo(const Value& a, const Value& b)
{
    const auto ka = basic(a);
    const auto kb = basic(b);
    const bool numbers = (ka == Basic::Int && kb == Basic::Uint) || (ka == Basic::Uint && kb == Basic::Int);
    if (ka != kb && !numbers) {
        if (a.isNil() || b.isNil())
            return false;
        return fail(Error::Code::InvalidInput,
                    fmt::format("incompatible types for comparison: {} and {}", a.typeName(), b.typeName()));
    }
    switch (ka) {
    case Basic::Bool:
        return a.asBool() == b.asBool();
    case Basic::Int:
    case Basic::Uint:
        return a.asInt() == b.asInt();
    case Basic::Float:
        return a.asFloat() == b.asFloat();
    case Basic::String:
        return a.underlying().asString() == b.underlying().asString();
    case Basic::Invalid:
        break;
    }
    if (a.isNil() || b.isNil())
        return a.isNil() == b.isNil();
    if (a.kindName() != b.kindName())
        return fail(Error::Code::InvalidInput,
                    fmt::format("non-comparable types {}: {}, {}: {}", sprintf("%s", {&a, 1}), a.typeName(),
                                b.typeName(), printed(b)));
    if (b.isList() || b.isMap() || b.type() == Type::Function || b.underlying().isMap())
        return fail(Error::Code::InvalidInput,
                    fmt::format("non-comparable type {}: {}", sprintf("%s", {&b, 1}), b.typeName()));
    return deepEqual(a, b);
}

Result<bool> less(const Value& a, const Value& b)
{
    const auto ka = basic(a);
    const auto kb = basic(b);
    if (ka == Basic::Invalid || kb == Basic::Invalid)
        return fail(Error::Code::InvalidInput, "invalid type for comparison");
    const bool numbers = (ka == Basic::Int && kb == Basic::Uint) || (ka == Basic::Uint && kb == Basic::Int);
    if (ka != kb && !numbers)
        return fail(Error::Code::InvalidInput,
                    fmt::format("incompatible types for comparison: {} and {}", a.typeName(), b.typeName()));
    switch (ka) {
    case Basic::Float:
        return a.asFloat() < b.asFloat();
    case Basic::String:
        return a.underlying().asString() < b.underlying().asString();
    case Basic::Bool:
        return fail(Error::Code::InvalidInput, "invalid type for comparison");
    default:
        return a.asInt() < b.asInt();
    }
}

Result<std::size_t> indexArgument(const Value& index, std::size_t size)
{
    if (index.isNil())
        return fail(Error::Code::InvalidInput, "cannot index slice/array with nil");
    if (!index.isInteger() && index.type() != Type::Duration)
        return fail(Error::Code::InvalidInput, fmt::format("cannot index slice/array with type {}", index.typeName()));
    if (index.asInt() < 0 || static_cast<std::size_t>(index.asInt()) > size)
        return fail(Error::Code::InvalidInput, fmt::format("index out of range: {}", index.asInt()));
    return static_cast<std::size_t>(index.asInt());
}

Result<Value> index(Call& call)
{
    Value item = call[0];
    if (item.isNil())
        return refuse("index of untyped nil");
    for (std::size_t i = 1; i < call.size(); ++i) {
        if (item.isNil())
            return refuse("index of nil pointer");
        const auto below = item.underlying();
        if (below.isString() || below.isList()) {
            PH_TRY(const auto at, indexArgument(call[i], below.size()));
            if (at >= below.size())
                return refuse(below.isString() ? "reflect: string index out of range"
                                               : "reflect: slice index out of range");
            if (below.isString() || below.type() == Type::Bytes)
                item = Value::integer(static_cast<unsigned char>(below.asString()[at]), Type::Uint8);
            else
                item = Value(below.items()[at]);
        } else if (below.isMap()) {
            if (call[i].isNil())
                return refuse("value is nil; should be of type string");
            if (!call[i].isString())
                return refuse(fmt::format("value has type {}; should be string", call[i].typeName()));
            const auto* found = below.find(call[i].asString());
            item =
                found != nullptr ? Value(*found) : (below.type() == Type::StringMap ? Value::string({}) : Value::nil());
        } else {
            return refuse(fmt::format("can't index item of type {}", item.typeName()));
        }
    }
    return item;
}

Result<Value> slice(Call& call)
{
    const auto item = call[0].underlying();
    if (item.isNil())
        return refuse("slice of untyped nil");
    if (call.size() > 4)
        return refuse(fmt::format("too many slice indexes: {}", call.size() - 1));
    if (!item.isString() && !item.isList())
        return refuse(fmt::format("can't slice item of type {}", call[0].typeName()));
    if (item.isString() && call.size() == 4)
        return refuse("cannot 3-index slice a string");
    std::size_t bounds[3] = {0, item.size(), item.size()};
    for (std::size_t i = 1; i < call.size(); ++i) {
        PH_TRY(bounds[i - 1], indexArgument(call[i], item.size()));
    }
    if (bounds[0] > bounds[1])
        return refuse(fmt::format("invalid slice index: {} > {}", bounds[0], bounds[1]));
    if (bounds[1] > bounds[2])
        return refuse(fmt::format("invalid slice index: {} > {}", bounds[1], bounds[2]));
    if (item.isString() || item.type() == Type::Bytes)
        return Value::text(item.type(), item.asString().substr(bounds[0], bounds[1] - bounds[0]));
    return Value::list({item.items().begin() + static_cast<std::ptrdiff_t>(bounds[0]),
                        item.items().begin() + static_cast<std::ptrdiff_t>(bounds[1])},
                       item.type());
}

Result<Value> length(Call& call)
{
    const auto& item = call[0];
    if (item.isNone())
        return refuse("reflect: call of reflect.Value.Type on zero Value");
    if (item.isNil())
        return refuse("len of nil pointer");
    const auto below = item.underlying();
    if (!below.isString() && !below.isList() && !below.isMap())
        return refuse(fmt::format("len of type {}", item.typeName()));
    return Value::integer(static_cast<std::int64_t>(below.size()));
}

std::string escape(const std::string& text, bool js)
{
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        const auto rune = decodeRune(text, at);
        const auto c = rune.code;
        const auto unicode = [&] { result += fmt::format("\\u{:04X}", static_cast<std::uint32_t>(c)); };
        if (!js) {
            switch (c) {
            case 0:
                result += "\xEF\xBF\xBD";
                break;
            case '"':
                result += "&#34;";
                break;
            case '\'':
                result += "&#39;";
                break;
            case '&':
                result += "&amp;";
                break;
            case '<':
                result += "&lt;";
                break;
            case '>':
                result += "&gt;";
                break;
            default:
                result += text.substr(at, rune.size);
            }
        } else if (c == '\\' || c == '\'' || c == '"') {
            result += '\\';
            result += static_cast<char>(c);
        } else if (c == '<' || c == '>' || c == '&' || c == '=' || c < 0x20 || (c >= 0x80 && !isPrint(c))) {
            unicode();
        } else {
            result += text.substr(at, rune.size);
        }
        at += rune.size;
    }
    return result;
}

std::string sprintArguments(const Call& call)
{
    if (call.size() == 1 && call[0].isString())
        return call.text(0);
    // As an action prints it, where print() says "<nil>".
    for (auto& argument : call.arguments)
        if (argument.isNil())
            argument = Value::string("<no value>");
    return sprint(call.arguments);
}

} // namespace

void addBuiltins(FunctionMap& map)
{
    // Those that print whatever they are given.
    const auto printing = [&map](const char* name, const char* signature, Result<Value> (*print)(Call&)) {
        map.add(name, signature, [print](Call& c) -> Result<Value> {
            PH_CHECK(c.execution.weigh(c.arguments));
            return print(c);
        });
    };
    // and, or: the executor knows them, since they do not evaluate all their arguments.
    map.add("and", "vv*", {});
    map.add("or", "vv*", {});
    map.add("not", "v", [](Call& c) -> Result<Value> { return Value::boolean(!c[0].truth()); });
    map.add("len", "v", length);
    map.add("index", "vv*", index);
    map.add("slice", "vv*", slice);
    printing("print", "a*", [](Call& c) -> Result<Value> { return Value::string(sprint(c.arguments)); });
    printing("println", "a*", [](Call& c) -> Result<Value> { return Value::string(sprintln(c.arguments)); });
    printing("printf", "sa*",
             [](Call& c) -> Result<Value> { return Value::string(sprintf(c.text(0), c.arguments.subspan(1))); });
    printing("html", "a*", [](Call& c) -> Result<Value> { return Value::string(escape(sprintArguments(c), false)); });
    printing("js", "a*", [](Call& c) -> Result<Value> { return Value::string(escape(sprintArguments(c), true)); });
    printing("urlquery", "a*", [](Call& c) -> Result<Value> {
        std::string text;
        for (const char ch : sprintArguments(c)) {
            const auto byte = static_cast<unsigned char>(ch);
            if (isLetter(byte < 0x80 ? byte : 0U) || isDigit(byte < 0x80 ? byte : 0U) || ch == '-' || ch == '_'
                || ch == '.' || ch == '~')
                text += ch;
            else
                text += ch == ' ' ? "+" : fmt::format("%{:02X}", byte);
        }
        return Value::string(std::move(text));
    });
    map.add("call", "vv*", [](Call& c) -> Result<Value> {
        if (c[0].isNil())
            return refuse("call of nil");
        const auto function = c[0].asFunction();
        if (!function)
            return refuse(fmt::format("non-function {} of type {}", printed(c[0]), c[0].typeName()));
        return c.execution.apply(*function, function->name, {c.arguments.begin() + 1, c.arguments.end()});
    });
    map.add("eq", "vv*", [](Call& c) -> Result<Value> {
        if (c.size() < 2)
            return refuse("missing argument for comparison");
        for (std::size_t i = 1; i < c.size(); ++i) {
            PH_TRY(const bool same, equalTo(c[0], c[i]));
            if (same)
                return Value::boolean(true);
        }
        return Value::boolean(false);
    });
    map.add("ne", "vv", [](Call& c) -> Result<Value> {
        PH_TRY(const bool same, equalTo(c[0], c[1]));
        return Value::boolean(!same);
    });
    map.add("lt", "vv", [](Call& c) -> Result<Value> {
        PH_TRY(const bool below, less(c[0], c[1]));
        return Value::boolean(below);
    });
    map.add("le", "vv", [](Call& c) -> Result<Value> {
        PH_TRY(const bool below, less(c[0], c[1]));
        if (below)
            return Value::boolean(true);
        PH_TRY(const bool same, equalTo(c[0], c[1]));
        return Value::boolean(same);
    });
    map.add("gt", "vv", [](Call& c) -> Result<Value> {
        PH_TRY(const bool below, less(c[0], c[1]));
        if (below)
            return Value::boolean(false);
        PH_TRY(const bool same, equalTo(c[0], c[1]));
        return Value::boolean(!same);
    });
    map.add("ge", "vv", [](Call& c) -> Result<Value> {
        PH_TRY(const bool below, less(c[0], c[1]));
        return Value::boolean(!below);
    });
}

} // namespace core::gotemplate
