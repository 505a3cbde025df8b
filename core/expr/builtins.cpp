// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/builtins.h"

#include "core/base/strings.h"
#include "core/expr/json.h"
#include "core/expr/meter.h"
#include "core/expr/time.h"
#include "core/expr/utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace core::expr {

const BuiltinSpec* findBuiltin(std::string_view name)
{
    using enum Takes;
    using B = Builtin;
    static const std::vector<BuiltinSpec> kSpecs {
        {"all", B::All, 2, 2, {}, Kind::Bool, true},
        {"none", B::None, 2, 2, {}, Kind::Bool, true},
        {"any", B::Any, 2, 2, {}, Kind::Bool, true},
        {"one", B::One, 2, 2, {}, Kind::Bool, true},
        {"filter", B::Filter, 2, 2, {}, Kind::Array, true},
        {"map", B::Map, 2, 2, {}, Kind::Array, true},
        {"count", B::Count, 1, 2, {}, Kind::Int, true, true},
        {"sum", B::Sum, 1, 2, {}, Kind::Unknown, true, true},
        {"find", B::Find, 2, 2, {}, Kind::Unknown, true},
        {"findIndex", B::FindIndex, 2, 2, {}, Kind::Int, true},
        {"findLast", B::FindLast, 2, 2, {}, Kind::Unknown, true},
        {"findLastIndex", B::FindLastIndex, 2, 2, {}, Kind::Int, true},
        {"groupBy", B::GroupBy, 2, 2, {}, Kind::Map, true},
        {"sortBy", B::SortBy, 2, 3, {}, Kind::Array, true, false, true},
        {"reduce", B::Reduce, 2, 3, {}, Kind::Unknown, true, false, true},
        {"len", B::Len, 1, 1, {Lengthy}, Kind::Int},
        {"type", B::Type, 1, 1, {}, Kind::String},
        {"abs", B::Abs, 1, 1, {Number}, Kind::Unknown},
        {"ceil", B::Ceil, 1, 1, {Number}, Kind::Float},
        {"floor", B::Floor, 1, 1, {Number}, Kind::Float},
        {"round", B::Round, 1, 1, {Number}, Kind::Float},
        {"int", B::Int, 1, 1, {NumberOrText}, Kind::Int},
        {"float", B::Float, 1, 1, {NumberOrText}, Kind::Float},
        {"string", B::String, 1, 1, {}, Kind::String},
        {"trim", B::Trim, 1, 2, {String, String}, Kind::String},
        {"trimPrefix", B::TrimPrefix, 1, 2, {String, String}, Kind::String},
        {"trimSuffix", B::TrimSuffix, 1, 2, {String, String}, Kind::String},
        {"upper", B::Upper, 1, 1, {String}, Kind::String},
        {"lower", B::Lower, 1, 1, {String}, Kind::String},
        {"split", B::Split, 2, 3, {String, String, Int}, Kind::Array},
        {"splitAfter", B::SplitAfter, 2, 3, {String, String, Int}, Kind::Array},
        {"replace", B::Replace, 3, 4, {String, String, Anything}, Kind::String},
        {"repeat", B::Repeat, 2, 2, {String, Int}, Kind::String},
        {"join", B::Join, 1, 2, {List, String}, Kind::String},
        {"indexOf", B::IndexOf, 2, 2, {String, String}, Kind::Int},
        {"lastIndexOf", B::LastIndexOf, 2, 2, {String, String}, Kind::Int},
        {"hasPrefix", B::HasPrefix, 2, 2, {String, String}, Kind::Bool},
        {"hasSuffix", B::HasSuffix, 2, 2, {String, String}, Kind::Bool},
        {"max", B::Max, 1, -1, {ListOrNumber, ListOrNumber, ListOrNumber}, Kind::Unknown},
        {"min", B::Min, 1, -1, {ListOrNumber, ListOrNumber, ListOrNumber}, Kind::Unknown},
        {"mean", B::Mean, 1, -1, {ListOrNumber}, Kind::Unknown},
        {"median", B::Median, 1, -1, {ListOrNumber}, Kind::Unknown},
        {"toJSON", B::ToJson, 1, 1, {}, Kind::String},
        {"fromJSON", B::FromJson, 1, 1, {String}, Kind::Unknown},
        {"toBase64", B::ToBase64, 1, 1, {String}, Kind::String},
        {"fromBase64", B::FromBase64, 1, 1, {String}, Kind::String},
        {"now", B::Now, 0, 1, {}, Kind::Time},
        {"duration", B::DurationOf, 1, 1, {String}, Kind::Duration},
        {"date", B::Date, 1, 4, {}, Kind::Time},
        {"timezone", B::TimeZone, 1, 1, {String}, Kind::Unknown},
        {"first", B::First, 1, 1, {List}, Kind::Unknown},
        {"last", B::Last, 1, 1, {List}, Kind::Unknown},
        {"get", B::Get, 2, 2, {Indexable}, Kind::Unknown},
        {"take", B::Take, 2, 2, {List, Int}, Kind::Array},
        {"keys", B::Keys, 1, 1, {MapOnly}, Kind::Array},
        {"values", B::Values, 1, 1, {MapOnly}, Kind::Array},
        {"toPairs", B::ToPairs, 1, 1, {MapOnly}, Kind::Array},
        {"fromPairs", B::FromPairs, 1, 1, {List}, Kind::Map},
        {"reverse", B::Reverse, 1, 1, {List}, Kind::Array},
        {"uniq", B::Uniq, 1, 1, {List}, Kind::Array},
        {"concat", B::Concat, 1, -1, {List, List, List}, Kind::Array},
        {"flatten", B::Flatten, 1, 1, {List}, Kind::Array},
        {"sort", B::Sort, 1, 2, {List, String}, Kind::Array},
        {"bitand", B::BitAnd, 2, 2, {Int, Int}, Kind::Int},
        {"bitor", B::BitOr, 2, 2, {Int, Int}, Kind::Int},
        {"bitxor", B::BitXor, 2, 2, {Int, Int}, Kind::Int},
        {"bitnand", B::BitNand, 2, 2, {Int, Int}, Kind::Int},
        {"bitnot", B::BitNot, 1, 1, {Int}, Kind::Int},
        {"bitshl", B::BitShl, 2, 2, {Int, Int}, Kind::Int},
        {"bitshr", B::BitShr, 2, 2, {Int, Int}, Kind::Int},
        {"bitushr", B::BitUshr, 2, 2, {Int, Int}, Kind::Int},
    };
    static const std::map<std::string_view, const BuiltinSpec*> kIndex = [] {
        std::map<std::string_view, const BuiltinSpec*> index;
        for (const auto& spec : kSpecs)
            index[spec.name] = &spec;
        return index;
    }();
    const auto at = kIndex.find(name);
    return at == kIndex.end() ? nullptr : at->second;
}

namespace {

using Arguments = std::span<const Value>;

const std::string& text(const Value& value)
{
    if (const auto* s = value.asString())
        return *s;
    raise(fmt::format("interface conversion: interface {{}} is {}, not string",
                      value.isNil() ? "nil" : value.typeName()));
}
std::int64_t whole(const Value& value)
{
    if (const auto* i = value.asInt())
        return *i;
    raise(fmt::format("cannot use {} as int", value.typeName()));
}
Array listOf(const Value& value, std::string_view what)
{
    if (const auto* array = value.asArray())
        return *array;
    if (const auto* bytes = value.asBytes()) {
        Array out;
        for (const char c : bytes->data)
            out.items.emplace_back(std::int64_t {static_cast<unsigned char>(c)});
        return out;
    }
    raise(fmt::format("cannot {} {}", what, value.typeName()));
}
const Map& mapOf(const Value& value, std::string_view what)
{
    if (const auto* map = value.asMap())
        return *map;
    raise(fmt::format("cannot get {} from {}", what, value.typeName()));
}

Value lengthOf(const Value& value)
{
    if (const auto* s = value.asString())
        return static_cast<std::int64_t>(runeCount(*s));
    if (const auto* bytes = value.asBytes())
        return static_cast<std::int64_t>(bytes->data.size());
    if (const auto* array = value.asArray())
        return static_cast<std::int64_t>(array->items.size());
    if (const auto* map = value.asMap())
        return static_cast<std::int64_t>(map->items.size());
    raise(fmt::format("invalid argument for len (type {})", value.typeName()));
}

Value typeText(const Value& value)
{
    switch (value.kind()) {
    case Kind::Bool:
        return "bool";
    case Kind::Int:
        return "int";
    case Kind::Float:
        return "float";
    case Kind::String:
        return "string";
    case Kind::Array:
    case Kind::Bytes:
        return "array";
    case Kind::Map:
        return "map";
    case Kind::Time:
        return "time.Time";
    case Kind::Duration:
        return "time.Duration";
    case Kind::Function:
        return "func";
    default:
        return "nil";
    }
}

Value rounded(Builtin id, const Value& value)
{
    if (!value.isNumber())
        raise(fmt::format("invalid argument (type {})", value.typeName()));
    const double x = value.number();
    return id == Builtin::Ceil ? std::ceil(x) : id == Builtin::Floor ? std::floor(x) : std::round(x);
}

Value toInt(const Value& value)
{
    if (value.asInt())
        return value;
    if (const auto* f = value.asFloat()) {
        if (!(*f >= -9223372036854775808.0 && *f < 9223372036854775808.0))
            return INT64_MIN;
        return static_cast<std::int64_t>(*f);
    }
    if (const auto* d = value.asDuration())
        return std::int64_t {d->count()};
    if (const auto* s = value.asString()) {
        const auto parsed = parseGoInt(*s);
        if (!parsed)
            raise(fmt::format("invalid operation: int({})", *s));
        return *parsed;
    }
    raise(fmt::format("invalid operation: int({})", value.typeName()));
}

Value toFloat(const Value& value)
{
    if (value.isNumber())
        return value.number();
    if (const auto* s = value.asString()) {
        const auto parsed = parseGoFloat(*s);
        if (!parsed)
            raise(fmt::format("invalid operation: float({})", *s));
        return *parsed;
    }
    raise(fmt::format("invalid operation: float({})", value.typeName()));
}

Value absolute(const Value& value)
{
    if (const auto* i = value.asInt())
        return *i < 0 ? static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(*i)) : *i;
    if (const auto* f = value.asFloat())
        return std::fabs(*f);
    raise(fmt::format("invalid argument for abs (type {})", value.typeName()));
}

std::string trimmed(std::string_view s, std::string_view set, bool left, bool right)
{
    const auto inSet = [&](char32_t rune) {
        for (std::size_t at = 0; at < set.size();) {
            const auto [candidate, size] = decodeRune(set, at);
            if (candidate == rune)
                return true;
            at += size;
        }
        return false;
    };
    while (left && !s.empty()) {
        const auto [rune, size] = decodeRune(s, 0);
        if (!inSet(rune))
            break;
        s.remove_prefix(size);
    }
    while (right && !s.empty()) {
        std::size_t size = 1;
        while (size < 4 && size < s.size() && (static_cast<unsigned char>(s[s.size() - size]) & 0xC0U) == 0x80U)
            ++size;
        if (!inSet(decodeRune(s, s.size() - size).first))
            break;
        s.remove_suffix(size);
    }
    return std::string(s);
}

std::string trimSpace(std::string_view s)
{
    while (!s.empty()) {
        const auto [rune, size] = decodeRune(s, 0);
        if (!isSpace(rune))
            break;
        s.remove_prefix(size);
    }
    while (!s.empty()) {
        std::size_t size = 1;
        while (size < 4 && size < s.size() && (static_cast<unsigned char>(s[s.size() - size]) & 0xC0U) == 0x80U)
            ++size;
        if (!isSpace(decodeRune(s, s.size() - size).first))
            break;
        s.remove_suffix(size);
    }
    return std::string(s);
}

Value splitText(Arguments arguments, bool after, Meter& meter)
{
    const std::string_view s = text(arguments[0]);
    const std::string_view separator = text(arguments[1]);
    const std::int64_t most = arguments.size() > 2 ? whole(arguments[2]) : -1;
    Array out;
    if (most == 0)
        return Value(std::move(out));
    std::size_t from = 0;
    meter.step(s.size() / 4);
    meter.bytes(s.size());
    while (from <= s.size() && (most < 0 || static_cast<std::int64_t>(out.items.size()) + 1 < most)) {
        std::size_t at = 0;
        std::size_t next = 0;
        if (separator.empty()) {
            if (from >= s.size())
                break;
            at = next = from + decodeRune(s, from).second;
            if (at >= s.size())
                break;
        } else {
            at = s.find(separator, from);
            if (at == std::string_view::npos)
                break;
            next = at + separator.size();
        }
        out.items.emplace_back(s.substr(from, (after ? next : at) - from));
        from = next;
    }
    if (!separator.empty() || from < s.size())
        out.items.emplace_back(s.substr(from));
    meter.elements(out.items.size());
    return out;
}

Value replaceText(Arguments arguments, Meter& meter)
{
    const std::string& s = text(arguments[0]);
    const std::string& from = text(arguments[1]);
    const std::string& to = text(arguments[2]);
    std::int64_t most = arguments.size() > 3 ? whole(arguments[3]) : -1;
    std::string out;
    std::size_t at = 0;
    meter.step(s.size() / 8);
    const auto put = [&](std::string_view part) {
        meter.bytes(part.size() + 1);
        out += part;
    };
    if (from.empty()) {
        while (most != 0) {
            put(to);
            --most;
            if (at >= s.size())
                break;
            const auto size = decodeRune(s, at).second;
            put(std::string_view(s).substr(at, size));
            at += size;
        }
        put(std::string_view(s).substr(std::min(at, s.size())));
        return out;
    }
    while (most != 0) {
        const auto found = s.find(from, at);
        if (found == std::string::npos)
            break;
        put(std::string_view(s).substr(at, found - at));
        put(to);
        at = found + from.size();
        --most;
    }
    put(std::string_view(s).substr(at));
    return out;
}

Value repeatText(Arguments arguments, Meter& meter)
{
    const std::string& s = text(arguments[0]);
    const std::int64_t n = whole(arguments[1]);
    if (n < 0)
        raise(fmt::format("invalid argument for repeat (expected positive integer, got {})", n));
    if (n > 1'000'000)
        meter.elements(SIZE_MAX);
    meter.elements(static_cast<std::size_t>(n));
    meter.bytes(s.size() * static_cast<std::size_t>(n));
    std::string out;
    out.reserve(s.size() * static_cast<std::size_t>(n));
    for (std::int64_t i = 0; i < n; ++i)
        out += s;
    return out;
}

Value joinTexts(Arguments arguments, Meter& meter)
{
    const Array list = listOf(arguments[0], "join");
    const std::string separator = arguments.size() > 1 ? text(arguments[1]) : std::string();
    std::string out;
    for (std::size_t i = 0; i < list.items.size(); ++i) {
        if (i > 0)
            out += separator;
        const auto& item = text(list.items[i]);
        meter.bytes(item.size() + separator.size());
        out += item;
    }
    return out;
}

void eachNumber(Arguments arguments, std::string_view what, Meter& meter, int depth,
                const std::function<void(const Value&)>& use)
{
    if (depth > 200)
        raise("list is nested too deeply");
    for (const auto& argument : arguments) {
        meter.step();
        if (argument.isNumber())
            use(argument);
        else if (const auto* array = argument.asArray())
            eachNumber(array->items, what, meter, depth + 1, use);
        else
            raise(fmt::format("invalid argument for {} (type {})", what, argument.typeName()));
    }
}

Value extreme(Arguments arguments, bool largest, Meter& meter)
{
    Value best;
    eachNumber(arguments, largest ? "max" : "min", meter, 0, [&](const Value& value) {
        if (best.isNil() || (largest ? lessThan(best, value) : lessThan(value, best)))
            best = value;
    });
    return best;
}

Value average(Arguments arguments, bool middle, Meter& meter)
{
    std::vector<double> numbers;
    eachNumber(arguments, middle ? "median" : "mean", meter, 0,
               [&](const Value& value) { numbers.push_back(value.number()); });
    if (numbers.empty())
        return 0.0;
    if (!middle) {
        double sum = 0;
        for (const double number : numbers)
            sum += number;
        return sum / static_cast<double>(numbers.size());
    }
    std::sort(numbers.begin(), numbers.end(), [](double a, double b) {
        if (std::isnan(a) || std::isnan(b))
            return std::isnan(a) && !std::isnan(b);
        return a < b;
    });
    const std::size_t half = numbers.size() / 2;
    return numbers.size() % 2 == 1 ? numbers[half] : (numbers[half - 1] + numbers[half]) / 2;
}

Value dateOf(Arguments arguments)
{
    std::shared_ptr<const Zone> zone;
    const auto zoneOf = [](const Value& value) {
        const auto* map = value.asMap();
        const auto* name = map ? map->find("$name") : nullptr;
        return name && name->asString() ? Zone::find(*name->asString()) : nullptr;
    };
    if (!arguments.empty() && arguments[0].asMap() && arguments[0].asMap()->find("$name")) {
        zone = zoneOf(arguments[0]);
        arguments = arguments.subspan(1);
    }
    if (arguments.empty())
        raise("invalid number of arguments (expected at least 1, got 0)");
    const std::string& value = text(arguments[0]);
    if (arguments.size() > 1) {
        const std::string& layout = text(arguments[1]);
        if (arguments.size() > 2) {
            zone = Zone::find(text(arguments[2]));
            if (!zone)
                raise("unknown time zone " + text(arguments[2]));
        }
        auto parsed = parseGoTime(value, layout, zone);
        if (!parsed)
            raise(fmt::format("parsing time \"{}\" as \"{}\": cannot parse", value, layout));
        return *parsed;
    }
    auto parsed = parseAnyTime(value);
    if (!parsed)
        raise("invalid date " + value);
    return *parsed;
}

Value zoneValue(const Value& argument)
{
    const auto& name = text(argument);
    const auto zone = Zone::find(name);
    if (!zone)
        raise("unknown time zone " + name);
    Map map;
    map.set("$name", zone->name());
    return map;
}

Value getFrom(Arguments arguments)
{
    const Value& base = arguments[0];
    const Value& key = arguments[1];
    if (const auto* map = base.asMap()) {
        const auto* found = map->findKey(key);
        return found ? *found : Value {};
    }
    if (const auto* array = base.asArray(); array && key.isNumber()) {
        const auto length = static_cast<std::int64_t>(array->items.size());
        std::int64_t index = *toInt(key).asInt();
        if (index < 0)
            index = index < -length ? -1 : index + length;
        return index >= 0 && index < length ? array->items[static_cast<std::size_t>(index)] : Value {};
    }
    return {};
}

Value fromPairs(const Value& argument, Meter& meter)
{
    MapBuilder out(true);
    bool anyKeys = false;
    const Array pairs = listOf(argument, "transform from pairs");
    meter.elements(pairs.items.size());
    for (const auto& pair : pairs.items) {
        const auto* array = pair.asArray();
        if (!array)
            raise(fmt::format("invalid pair {}", pair.text()));
        if (array->items.size() != 2)
            raise(fmt::format("invalid pair length {}", pair.text()));
        anyKeys = anyKeys || !array->items[0].asString();
        out.slot(array->items[0]) = array->items[1];
    }
    Map map = out.take();
    map.anyKeys = true;
    return map;
}

Value sorted(Arguments arguments, Meter& meter)
{
    if (!arguments[0].asArray() && !arguments[0].asBytes())
        return Array {};
    Array list = listOf(arguments[0], "sort");
    bool descending = false;
    if (arguments.size() > 1) {
        const auto& order = text(arguments[1]);
        if (order != "asc" && order != "desc")
            raise("invalid order " + order + ", expected asc or desc");
        descending = order == "desc";
    }
    meter.elements(list.items.size());
    meter.step(list.items.size() * 8);
    for (std::size_t i = 1; i < list.items.size(); ++i)
        (void)lessThan(list.items[i], list.items[i - 1]);
    const auto before = [](const Value& a, const Value& b) {
        if (a.isNumber() && b.isNumber() && (std::isnan(a.number()) || std::isnan(b.number())))
            return std::isnan(b.number()) && !std::isnan(a.number());
        return lessThan(a, b);
    };
    std::stable_sort(list.items.begin(), list.items.end(),
                     [&](const Value& a, const Value& b) { return descending ? before(b, a) : before(a, b); });
    return list;
}

void flattenInto(const Array& list, Array& out, Meter& meter, int depth)
{
    if (depth > 200)
        raise("recursion depth exceeded");
    for (const auto& item : list.items) {
        meter.step();
        if (const auto* inner = item.asArray()) {
            flattenInto(*inner, out, meter, depth + 1);
        } else {
            meter.elements(1);
            out.items.push_back(item);
        }
    }
}

Value unique(const Value& argument, Meter& meter)
{
    const Array list = listOf(argument, "uniq");
    Array out;
    std::map<std::string, bool> seen; // scalars by text, the rest by comparison
    std::vector<const Value*> others;
    meter.elements(list.items.size());
    for (const auto& item : list.items) {
        meter.step();
        const bool nan = item.asFloat() && std::isnan(*item.asFloat());
        if (!nan && (item.isNumber() || item.asString() || item.asBool() || item.isNil())) {
            std::string id(1, item.isNumber() ? 'n' : static_cast<char>('A' + static_cast<int>(item.kind())));
            id += item.isNumber() && !item.asInt() ? formatGoFloat(item.number() + 0.0) : item.text();
            if (item.asFloat() && std::fabs(*item.asFloat()) < 9e15 && *item.asFloat() == std::floor(*item.asFloat()))
                id = "n" + std::to_string(static_cast<std::int64_t>(*item.asFloat()));
            if (seen.emplace(std::move(id), true).second)
                out.items.push_back(item);
            continue;
        }
        meter.step(others.size());
        if (std::none_of(others.begin(), others.end(), [&](const Value* other) { return other->equals(item); })) {
            others.push_back(&item);
            out.items.push_back(item);
        }
    }
    return out;
}

Value bitwise(Builtin id, Arguments arguments)
{
    const auto a = static_cast<std::uint64_t>(whole(arguments[0]));
    if (id == Builtin::BitNot)
        return static_cast<std::int64_t>(~a);
    const std::int64_t second = whole(arguments[1]);
    const auto b = static_cast<std::uint64_t>(second);
    switch (id) {
    case Builtin::BitAnd:
        return static_cast<std::int64_t>(a & b);
    case Builtin::BitOr:
        return static_cast<std::int64_t>(a | b);
    case Builtin::BitXor:
        return static_cast<std::int64_t>(a ^ b);
    case Builtin::BitNand:
        return static_cast<std::int64_t>(a & ~b);
    default:
        break;
    }
    if (second < 0)
        raise(fmt::format("invalid operation: negative shift count {} (type int)", second));
    if (id == Builtin::BitShl)
        return b > 63 ? std::int64_t {0} : static_cast<std::int64_t>(a << b);
    if (id == Builtin::BitUshr)
        return b > 63 ? std::int64_t {0} : static_cast<std::int64_t>(a >> b);
    return whole(arguments[0]) >> std::min<std::uint64_t>(b, 63);
}

Value textual(Builtin id, Arguments arguments, Meter& meter)
{
    const std::string& s = text(arguments[0]);
    meter.step(s.size() / 16);
    const auto second = [&]() -> const std::string& { return text(arguments[1]); };
    const auto position = [](std::size_t at) {
        return at == std::string::npos ? std::int64_t {-1} : static_cast<std::int64_t>(at);
    };
    switch (id) {
    case Builtin::Trim:
        return arguments.size() > 1 ? trimmed(s, second(), true, true) : trimSpace(s);
    case Builtin::TrimPrefix: {
        const std::string part = arguments.size() > 1 ? second() : " ";
        return s.starts_with(part) ? s.substr(part.size()) : s;
    }
    case Builtin::TrimSuffix: {
        const std::string part = arguments.size() > 1 ? second() : " ";
        return s.ends_with(part) ? s.substr(0, s.size() - part.size()) : s;
    }
    case Builtin::Upper:
        meter.bytes(s.size());
        return upperText(s);
    case Builtin::Lower:
        meter.bytes(s.size());
        return lowerText(s);
    case Builtin::IndexOf:
        return position(s.find(second()));
    case Builtin::LastIndexOf:
        return position(s.rfind(second()));
    case Builtin::HasPrefix:
        return s.starts_with(second());
    case Builtin::HasSuffix:
        return s.ends_with(second());
    case Builtin::FromJson:
        return parseJsonText(s);
    case Builtin::ToBase64:
        meter.bytes(s.size() * 2);
        return base64Encode(s);
    case Builtin::FromBase64: {
        auto decoded = base64Decode(s);
        if (!decoded)
            raise("illegal base64 data");
        return *decoded;
    }
    case Builtin::DurationOf: {
        auto parsed = parseGoDuration(s);
        if (!parsed)
            raise(fmt::format("time: invalid duration \"{}\"", s));
        return *parsed;
    }
    default:
        return {};
    }
}

Value listwise(Builtin id, Arguments arguments, Meter& meter)
{
    switch (id) {
    case Builtin::First:
    case Builtin::Last: {
        if (!arguments[0].asArray() && !arguments[0].asBytes())
            return {};
        const Array list = listOf(arguments[0], "get first element from");
        if (list.items.empty())
            return {};
        return id == Builtin::First ? list.items.front() : list.items.back();
    }
    case Builtin::Take: {
        Array list = listOf(arguments[0], "take");
        const std::int64_t n = whole(arguments[1]);
        if (n < 0)
            raise("reflect.Value.Slice: slice index out of bounds");
        if (static_cast<std::size_t>(n) < list.items.size())
            list.items.resize(static_cast<std::size_t>(n));
        meter.elements(list.items.size());
        return list;
    }
    case Builtin::Reverse: {
        Array list = listOf(arguments[0], "reverse");
        meter.elements(list.items.size());
        std::reverse(list.items.begin(), list.items.end());
        return list;
    }
    case Builtin::Concat: {
        Array out;
        for (const auto& argument : arguments) {
            const Array list = listOf(argument, "concat");
            meter.elements(list.items.size());
            out.items.insert(out.items.end(), list.items.begin(), list.items.end());
        }
        return out;
    }
    case Builtin::Flatten: {
        Array out;
        flattenInto(listOf(arguments[0], "flatten"), out, meter, 0);
        return out;
    }
    case Builtin::Keys:
    case Builtin::Values:
    case Builtin::ToPairs: {
        const Map& map = mapOf(arguments[0], "entries");
        Array out;
        meter.elements(map.items.size());
        for (const auto& [key, value] : map.items) {
            if (id == Builtin::Keys)
                out.items.push_back(key);
            else if (id == Builtin::Values)
                out.items.push_back(value);
            else
                out.items.emplace_back(Array {{key, value}});
        }
        return out;
    }
    default:
        return {};
    }
}

} // namespace

Value callBuiltin(const BuiltinSpec& spec, Arguments arguments, Meter& meter, TimePoint now)
{
    // What the checker does not look at may have any number of arguments.
    const auto given = static_cast<int>(arguments.size());
    if (given < spec.least || (spec.most >= 0 && given > spec.most))
        raise(fmt::format("invalid number of arguments to call {}", spec.name));
    const Builtin id = spec.id;
    switch (id) {
    case Builtin::Len:
        return lengthOf(arguments[0]);
    case Builtin::Type:
        return typeText(arguments[0]);
    case Builtin::Abs:
        return absolute(arguments[0]);
    case Builtin::Ceil:
    case Builtin::Floor:
    case Builtin::Round:
        return rounded(id, arguments[0]);
    case Builtin::Int:
        return toInt(arguments[0]);
    case Builtin::Float:
        return toFloat(arguments[0]);
    case Builtin::String: {
        auto printed = arguments[0].text();
        meter.bytes(printed.size());
        return printed;
    }
    case Builtin::Split:
    case Builtin::SplitAfter:
        return splitText(arguments, id == Builtin::SplitAfter, meter);
    case Builtin::Replace:
        return replaceText(arguments, meter);
    case Builtin::Repeat:
        return repeatText(arguments, meter);
    case Builtin::Join:
        return joinTexts(arguments, meter);
    case Builtin::Max:
    case Builtin::Min:
        return extreme(arguments, id == Builtin::Max, meter);
    case Builtin::Mean:
    case Builtin::Median:
        return average(arguments, id == Builtin::Median, meter);
    case Builtin::ToJson: {
        auto printed = printJson(arguments[0], meter);
        return printed;
    }
    case Builtin::Now:
        return Time {now, nullptr};
    case Builtin::Date:
        return dateOf(arguments);
    case Builtin::TimeZone:
        return zoneValue(arguments[0]);
    case Builtin::Get:
        return getFrom(arguments);
    case Builtin::FromPairs:
        return fromPairs(arguments[0], meter);
    case Builtin::Sort:
        return sorted(arguments, meter);
    case Builtin::Uniq:
        return unique(arguments[0], meter);
    case Builtin::First:
    case Builtin::Last:
    case Builtin::Take:
    case Builtin::Reverse:
    case Builtin::Concat:
    case Builtin::Flatten:
    case Builtin::Keys:
    case Builtin::Values:
    case Builtin::ToPairs:
        return listwise(id, arguments, meter);
    case Builtin::BitAnd:
    case Builtin::BitOr:
    case Builtin::BitXor:
    case Builtin::BitNand:
    case Builtin::BitNot:
    case Builtin::BitShl:
    case Builtin::BitShr:
    case Builtin::BitUshr:
        return bitwise(id, arguments);
    default:
        return textual(id, arguments, meter);
    }
}

} // namespace core::expr
