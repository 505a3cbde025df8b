// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gotemplate/value.h"

#include "core/base/strings.h"
#include "core/gotemplate/go_text.h"
#include "core/gotemplate/go_time.h"

#include <boost/json.hpp>

#include <algorithm>
#include <cmath>

namespace core::gotemplate {

namespace {

// Values nested deep are freed in a loop, not by recursion.
void bury(Value&& value)
{
    thread_local std::vector<Value>* graves = nullptr;
    if (graves != nullptr) {
        graves->push_back(std::move(value));
        return;
    }
    std::vector<Value> mine;
    graves = &mine;
    mine.push_back(std::move(value));
    while (!mine.empty()) {
        const Value next = std::move(mine.back());
        mine.pop_back();
    }
    graves = nullptr;
}

struct ListBlock final : Block
{
    std::vector<Value> items;
    ~ListBlock() override
    {
        for (auto& item : items)
            if (item.isList() || item.isMap())
                bury(std::move(item));
    }
};
struct MapBlock final : Block
{
    std::vector<Entry> entries;
    ~MapBlock() override
    {
        for (auto& [key, item] : entries)
            if (item.isList() || item.isMap())
                bury(std::move(item));
    }
};
struct ObjectBlock final : Block
{
    std::shared_ptr<const Object> object;
};
struct FunctionBlock final : Block
{
    FunctionPtr function;
};
struct TimeBlock final : Block
{
    Value::Moment moment;
};

constexpr std::size_t kMaxDepth = 1000;

/// One comparison decides most pairs of keys by their first bytes.
bool isLess(const std::string& a, std::string_view b)
{
    if (!a.empty() && !b.empty() && a[0] != b[0])
        return static_cast<unsigned char>(a[0]) < static_cast<unsigned char>(b[0]);
    return a < b;
}

std::vector<Entry>::const_iterator lowerBound(const std::vector<Entry>& entries, std::string_view key)
{
    // Maps are mostly filled in order.
    if (!entries.empty() && isLess(entries.back().first.asString(), key))
        return entries.end();
    return std::lower_bound(entries.begin(), entries.end(), key,
                            [](const Entry& entry, std::string_view k) { return isLess(entry.first.asString(), k); });
}

} // namespace

Value Object::field(std::string_view) const
{
    return {};
}

FunctionPtr Object::method(std::string_view) const
{
    return {};
}

Value Value::ofBlock(Type type, Block* block)
{
    Value value;
    value.m_type = type;
    value.m_u.block = block;
    return value;
}

Value Value::nil()
{
    Value value;
    value.m_type = Type::Nil;
    return value;
}

Value Value::boolean(bool b)
{
    Value value;
    value.m_type = Type::Bool;
    value.m_u.b = b;
    return value;
}

Value Value::integer(std::int64_t i, Type type)
{
    Value value;
    value.m_type = type;
    value.m_u.i = i;
    return value;
}

Value Value::number(double d)
{
    Value value;
    value.m_type = Type::Float64;
    value.m_u.d = d;
    return value;
}

Value Value::string(std::string text)
{
    return Value::text(Type::String, std::move(text));
}

Value Value::text(Type type, std::string text)
{
    auto* block = new TextBlock;
    block->text = std::move(text);
    return ofBlock(type, block);
}

Value Value::time(TimePoint time, std::string zone, int offsetSeconds)
{
    auto* block = new TimeBlock;
    block->moment = {time, std::move(zone), offsetSeconds};
    return ofBlock(Type::Time, block);
}

Value Value::list(std::vector<Value> items, Type type)
{
    auto* block = new ListBlock;
    block->items = std::move(items);
    if (type == Type::List) {
        for (auto& item : block->items) {
            if (item.m_type == Type::None)
                item.m_type = Type::Nil;
            item.m_boxed = true;
        }
    } else {
        for (auto& item : block->items)
            item.m_boxed = false;
    }
    return ofBlock(type, block);
}

Value Value::strings(const std::vector<std::string>& items)
{
    std::vector<Value> values;
    values.reserve(items.size());
    for (const auto& item : items)
        values.push_back(string(item));
    return list(std::move(values), Type::StringList);
}

Value Value::map(Type type)
{
    return ofBlock(type, new MapBlock);
}

Value Value::object(std::shared_ptr<const Object> object)
{
    auto* block = new ObjectBlock;
    block->object = std::move(object);
    return ofBlock(Type::Object, block);
}

Value Value::function(FunctionPtr function)
{
    auto* block = new FunctionBlock;
    block->function = std::move(function);
    return ofBlock(Type::Function, block);
}

Value Value::map(std::vector<Entry> entries)
{
    const auto less = [](const Entry& a, const Entry& b) { return a.first.asString() < b.first.asString(); };
    if (!std::is_sorted(entries.begin(), entries.end(), less))
        std::stable_sort(entries.begin(), entries.end(), less);
    const auto last = std::unique(entries.rbegin(), entries.rend(), [](const Entry& a, const Entry& b) {
        return a.first.asString() == b.first.asString();
    });
    entries.erase(entries.begin(), last.base());
    auto* block = new MapBlock;
    block->entries = std::move(entries);
    return ofBlock(Type::Map, block);
}

Value Value::from(const manifest::Value& value, Numbers numbers)
{
    switch (value.kind()) {
    case boost::json::kind::null:
        return nil();
    case boost::json::kind::bool_:
        return boolean(value.get_bool());
    case boost::json::kind::int64:
        return numbers == Numbers::AllFloat ? number(static_cast<double>(value.get_int64()))
                                            : integer(value.get_int64(), Type::Int64);
    case boost::json::kind::uint64:
        return number(static_cast<double>(value.get_uint64()));
    case boost::json::kind::double_:
        return number(value.get_double());
    case boost::json::kind::string:
        return string(std::string(value.get_string()));
    case boost::json::kind::array: {
        std::vector<Value> items;
        items.reserve(value.get_array().size());
        for (const auto& item : value.get_array())
            items.push_back(from(item, numbers));
        return list(std::move(items));
    }
    case boost::json::kind::object: {
        auto* block = new MapBlock;
        auto& entries = block->entries;
        entries.reserve(value.get_object().size());
        for (const auto& member : value.get_object())
            entries.emplace_back(string(std::string(member.key())), from(member.value(), numbers).withBox(true));
        std::sort(entries.begin(), entries.end(),
                  [](const Entry& a, const Entry& b) { return a.first.asString() < b.first.asString(); });
        return ofBlock(Type::Map, block);
    }
    }
    return {};
}

const std::vector<Value>& Value::items() const
{
    static const std::vector<Value> empty;
    return isList() && m_type != Type::Bytes ? static_cast<const ListBlock*>(m_u.block)->items : empty;
}

const std::vector<Entry>& Value::entries() const
{
    static const std::vector<Entry> empty;
    return isMap() ? static_cast<const MapBlock*>(m_u.block)->entries : empty;
}

const Object* Value::asObject() const
{
    return m_type == Type::Object ? static_cast<const ObjectBlock*>(m_u.block)->object.get() : nullptr;
}

FunctionPtr Value::asFunction() const
{
    return m_type == Type::Function ? static_cast<const FunctionBlock*>(m_u.block)->function : nullptr;
}

const Value::Moment& Value::asTime() const
{
    static const Moment zero {};
    return m_type == Type::Time ? static_cast<const TimeBlock*>(m_u.block)->moment : zero;
}

std::size_t Value::size() const
{
    if (isText(m_type))
        return asString().size();
    if (isList())
        return items().size();
    if (isMap())
        return entries().size();
    return m_type == Type::Object ? underlying().size() : 0;
}

const Value* Value::find(std::string_view key) const
{
    if (m_type == Type::Object) {
        // The map below an object lives as long as the object itself.
        const auto below = asObject()->underlying();
        return below.isMap() ? below.find(key) : nullptr;
    }
    const auto& all = entries();
    const auto place = lowerBound(all, key);
    return place != all.end() && place->first.asString() == key ? &place->second : nullptr;
}

void Value::set(std::string_view key, Value value)
{
    set(string(std::string(key)), std::move(value));
}

void Value::set(const Value& key, Value value)
{
    if (!isMap())
        return;
    auto& all = static_cast<MapBlock*>(m_u.block)->entries;
    if (value.m_type == Type::None)
        value.m_type = Type::Nil;
    value.m_boxed = m_type == Type::Map;
    const auto place = lowerBound(all, key.asString());
    if (place != all.end() && place->first.asString() == key.asString())
        all[static_cast<std::size_t>(place - all.begin())].second = std::move(value);
    else
        all.emplace(place, key.withBox(false), std::move(value));
}

bool Value::erase(std::string_view key)
{
    if (!isMap())
        return false;
    auto& all = static_cast<MapBlock*>(m_u.block)->entries;
    const auto place = lowerBound(all, key);
    if (place == all.end() || place->first.asString() != key)
        return false;
    all.erase(place);
    return true;
}

bool Value::sameBlock(const Value& other) const
{
    return isBlock() && m_type == other.m_type && m_u.block == other.m_u.block;
}

bool Value::truth() const
{
    switch (m_type) {
    case Type::None:
    case Type::Nil:
        return false;
    case Type::Bool:
        return m_u.b;
    case Type::Int:
    case Type::Int64:
    case Type::Int32:
    case Type::Uint8:
    case Type::Duration:
        return m_u.i != 0;
    case Type::Float64:
        return m_u.d != 0;
    case Type::Time:
    case Type::Function:
    case Type::Error:
        return true;
    case Type::Object: {
        const auto below = underlying();
        return below.isNone() || below.m_type == Type::Object || below.truth();
    }
    default:
        return size() > 0;
    }
}

Value Value::underlying() const
{
    return m_type == Type::Object ? asObject()->underlying() : *this;
}

std::string Value::typeName() const
{
    switch (m_type) {
    case Type::None:
    case Type::Nil:
        return "<nil>";
    case Type::Bool:
        return "bool";
    case Type::Int:
        return "int";
    case Type::Int64:
        return "int64";
    case Type::Int32:
        return "int32";
    case Type::Uint8:
        return "uint8";
    case Type::Float64:
        return "float64";
    case Type::Duration:
        return "time.Duration";
    case Type::String:
        return "string";
    case Type::Error:
        return "*errors.errorString";
    case Type::Time:
        return "time.Time";
    case Type::Bytes:
        return "[]uint8";
    case Type::List:
        return "[]interface {}";
    case Type::StringList:
        return "[]string";
    case Type::IntList:
        return "[]int";
    case Type::ListList:
        return "[][]interface {}";
    case Type::Map:
        return isHelmValues() ? "chartutil.Values" : "map[string]interface {}";
    case Type::StringMap:
        return "map[string]string";
    case Type::Object:
        return asObject()->typeName();
    case Type::Function:
        return "func";
    }
    return {};
}

std::string_view Value::kindName() const
{
    switch (m_type) {
    case Type::None:
    case Type::Nil:
        return "invalid";
    case Type::Bool:
        return "bool";
    case Type::Int:
        return "int";
    case Type::Int64:
    case Type::Duration:
        return "int64";
    case Type::Int32:
        return "int32";
    case Type::Uint8:
        return "uint8";
    case Type::Float64:
        return "float64";
    case Type::String:
        return "string";
    case Type::Error:
        return "ptr";
    case Type::Time:
        return "struct";
    case Type::Map:
    case Type::StringMap:
        return "map";
    case Type::Object:
        return asObject()->kindName();
    case Type::Function:
        return "func";
    default:
        return "slice";
    }
}

namespace {

manifest::Value convert(const Value& value, std::size_t depth)
{
    if (depth > kMaxDepth || value.isNilSlice())
        return {};
    switch (value.type()) {
    case Type::Bool:
        return value.asBool();
    case Type::Int:
    case Type::Int64:
    case Type::Int32:
    case Type::Uint8:
    case Type::Duration:
        return value.asInt();
    case Type::Float64: {
        // JSON and YAML print 1.0 as 1.
        const double d = value.asFloat();
        constexpr double kExact = 9007199254740992;
        if (d >= -kExact && d <= kExact && static_cast<double>(static_cast<std::int64_t>(d)) == d)
            return static_cast<std::int64_t>(d);
        // Larger ones go through JSON's shortest text and are read as integers again.
        if (d > -1e21 && d < 1e21 && d == std::floor(d)) {
            const auto text = formatFloat(d, 'f', -1);
            if (const auto whole = parseInt(text, 10))
                return *whole;
            if (const auto whole = parseUint(text, 10))
                return *whole;
        }
        return d;
    }
    case Type::String: {
        const auto& text = value.asString();
        // Go's JSON has a replacement character for each byte that is no UTF-8.
        return boost::json::string(isValidUtf8(text) ? text : fromRunes(runes(text)));
    }
    case Type::Bytes:
        return boost::json::string(base64Encode(value.asString()));
    case Type::Time:
        return boost::json::string(formatTime(value.asTime(), "2006-01-02T15:04:05.999999999Z07:00"));
    case Type::List:
    case Type::StringList:
    case Type::IntList:
    case Type::ListList: {
        boost::json::array array;
        array.reserve(value.size());
        for (const auto& item : value.items())
            array.emplace_back(convert(item, depth + 1));
        return array;
    }
    case Type::Map:
    case Type::StringMap: {
        boost::json::object object;
        object.reserve(value.size());
        for (const auto& [key, item] : value.entries())
            object.emplace(key.asString(), convert(item, depth + 1));
        return object;
    }
    case Type::Object:
        return convert(value.asObject()->serialized(), depth + 1);
    case Type::Error:
        return boost::json::object {};
    default:
        return {};
    }
}

bool equalAt(const Value& a, const Value& b, std::size_t depth)
{
    if (a.isNil() && b.isNil())
        return true;
    if (a.type() != b.type() || depth > kMaxDepth)
        return false;
    switch (a.type()) {
    case Type::Bool:
        return a.asBool() == b.asBool();
    case Type::Float64:
        return a.asFloat() == b.asFloat();
    case Type::Time:
        return a.asTime().time == b.asTime().time && a.asTime().offsetSeconds == b.asTime().offsetSeconds;
    case Type::String:
    case Type::Bytes:
    case Type::Error:
        return a.asString() == b.asString();
    case Type::Object:
        return a.asObject() == b.asObject()
            || (a.typeName() == b.typeName()
                && equalAt(a.asObject()->serialized(), b.asObject()->serialized(), depth + 1));
    case Type::Function:
        return false;
    case Type::Map:
    case Type::StringMap: {
        if (a.sameBlock(b))
            return true;
        const auto& x = a.entries();
        const auto& y = b.entries();
        return std::equal(x.begin(), x.end(), y.begin(), y.end(), [depth](const Entry& p, const Entry& q) {
            return p.first.asString() == q.first.asString() && equalAt(p.second, q.second, depth + 1);
        });
    }
    default:
        break;
    }
    if (a.isList()) {
        const auto& x = a.items();
        const auto& y = b.items();
        return a.sameBlock(b)
            || std::equal(x.begin(), x.end(), y.begin(), y.end(),
                          [depth](const Value& p, const Value& q) { return equalAt(p, q, depth + 1); });
    }
    return a.asInt() == b.asInt();
}

Value copyAt(const Value& value, std::size_t depth)
{
    if (depth > kMaxDepth)
        return value;
    if (value.isMap()) {
        auto copy = Value::map(value.type());
        for (const auto& [key, item] : value.entries())
            copy.set(key, copyAt(item, depth + 1));
        if (value.isHelmValues())
            return copy.asHelmValues();
        return copy;
    }
    if (value.isList() && value.type() != Type::Bytes) {
        std::vector<Value> items;
        items.reserve(value.size());
        for (const auto& item : value.items())
            items.push_back(copyAt(item, depth + 1));
        return Value::list(std::move(items), value.type());
    }
    if (value.type() == Type::Object && value.underlying().isMap())
        return copyAt(value.underlying(), depth + 1);
    return value;
}

} // namespace

manifest::Value toManifest(const Value& value)
{
    return convert(value, 0);
}

bool deepEqual(const Value& a, const Value& b)
{
    return equalAt(a, b, 0);
}

Value deepCopy(const Value& value)
{
    return copyAt(value, 0);
}

} // namespace core::gotemplate
