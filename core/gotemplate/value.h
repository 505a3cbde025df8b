// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/manifest/value.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace core::gotemplate {

/// The Go types a template can meet.
enum class Type : std::uint8_t {
    None, ///< reflect's zero Value: "<no value>"
    Nil, ///< a nil interface, as `null` in a map
    Bool,
    Int, ///< Go's int; Int64, Int32 (rune) and Uint8 (byte) are types of their own
    Int64,
    Int32,
    Uint8,
    Float64,
    Duration,
    String,
    Error, ///< Go's error as a value; holds its text
    Time,
    Bytes, ///< []uint8
    List, ///< []interface {}
    StringList, ///< []string
    IntList, ///< []int
    ListList, ///< [][]interface {}
    Map, ///< map[string]interface {}
    StringMap, ///< map[string]string
    Object, ///< a named type with fields and methods, see class Object
    Function,
};

/// Numbers of a manifest::Value: as Helm sees values files (all float64), or as they are (int64 and float64).
enum class Numbers : std::uint8_t { AllFloat, KeepIntegers };

class Value;
class Object;
struct Function;
using FunctionPtr = std::shared_ptr<const Function>;
using Entry = std::pair<Value, Value>;

/// A member of a reference-counted heap block; details of Value.
struct Block
{
    std::atomic<std::uint32_t> count {1};
    Block() = default;
    Block(const Block&) = delete;
    Block& operator=(const Block&) = delete;
    virtual ~Block() = default;
};

[[nodiscard]] constexpr bool isText(Type type)
{
    return type == Type::String || type == Type::Bytes || type == Type::Error;
}

struct TextBlock final : Block
{
    std::string text;
};

/// One value as a Go template sees it. Copies are cheap and share lists, maps and text; maps are mutable through any
/// copy (Go's reference semantics), all else never changes. Not thread-safe where a map is written.
class Value
{
public:
    Value() noexcept = default; ///< no value
    Value(const Value& other) noexcept
        : m_type(other.m_type)
        , m_boxed(other.m_boxed)
        , m_named(other.m_named)
        , m_u(other.m_u)
    {
        if (isBlock())
            m_u.block->count.fetch_add(1, std::memory_order_relaxed);
    }
    Value(Value&& other) noexcept
        : m_type(std::exchange(other.m_type, Type::None))
        , m_boxed(other.m_boxed)
        , m_named(other.m_named)
        , m_u(other.m_u)
    {
    }
    Value& operator=(const Value& other) noexcept
    {
        Value(other).swap(*this);
        return *this;
    }
    Value& operator=(Value&& other) noexcept
    {
        Value(std::move(other)).swap(*this);
        return *this;
    }
    ~Value()
    {
        if (isBlock() && m_u.block->count.fetch_sub(1, std::memory_order_acq_rel) == 1)
            delete m_u.block;
    }
    void swap(Value& other) noexcept
    {
        std::swap(m_type, other.m_type);
        std::swap(m_boxed, other.m_boxed);
        std::swap(m_named, other.m_named);
        std::swap(m_u, other.m_u);
    }

    [[nodiscard]] static Value nil();
    [[nodiscard]] static Value boolean(bool b);
    [[nodiscard]] static Value integer(std::int64_t i, Type type = Type::Int); ///< any integer type, Duration
    [[nodiscard]] static Value number(double d);
    [[nodiscard]] static Value string(std::string text);
    [[nodiscard]] static Value text(Type type, std::string text); ///< String, Bytes or Error
    [[nodiscard]] static Value time(TimePoint time, std::string zone = "UTC", int offsetSeconds = 0);
    [[nodiscard]] static Value list(std::vector<Value> items, Type type = Type::List);
    [[nodiscard]] static Value strings(const std::vector<std::string>& items);
    [[nodiscard]] static Value map(Type type = Type::Map);
    [[nodiscard]] static Value map(std::vector<Entry> entries); ///< in any order; of one key the last counts
    [[nodiscard]] static Value object(std::shared_ptr<const Object> object);
    [[nodiscard]] static Value function(FunctionPtr function);
    /// Deep copy of a manifest.
    [[nodiscard]] static Value from(const manifest::Value& value, Numbers numbers);

    [[nodiscard]] Type type() const { return m_type; }
    [[nodiscard]] bool isNone() const { return m_type == Type::None; }
    [[nodiscard]] bool isNil() const { return m_type == Type::None || m_type == Type::Nil; }
    [[nodiscard]] bool isInteger() const { return m_type >= Type::Int && m_type <= Type::Uint8; }
    [[nodiscard]] bool isString() const { return m_type == Type::String; }
    [[nodiscard]] bool isList() const { return m_type >= Type::Bytes && m_type <= Type::ListList; }
    [[nodiscard]] bool isMap() const { return m_type == Type::Map || m_type == Type::StringMap; }
    /// Came out of an interface-typed container; only the wording of errors depends on it.
    [[nodiscard]] bool boxed() const { return m_boxed; }
    [[nodiscard]] Value withBox(bool boxed) const
    {
        Value copy(*this);
        copy.m_boxed = boxed;
        return copy;
    }
    void setBoxed(bool boxed) { m_boxed = boxed; }
    /// The same map under Helm's type name chartutil.Values.
    [[nodiscard]] bool isHelmValues() const { return m_named && m_type == Type::Map; }
    [[nodiscard]] Value asHelmValues() const
    {
        Value copy(*this);
        copy.m_named = true;
        return copy;
    }

    /// A slice or map that Go has as nil: empty, but null in JSON and YAML.
    [[nodiscard]] bool isNilSlice() const { return m_named && m_type != Type::Map; }
    [[nodiscard]] Value asNilSlice() const ///< of an empty list or map[string]string
    {
        Value copy(*this);
        copy.m_named = true;
        return copy;
    }
    [[nodiscard]] Value withoutName() const
    {
        Value copy(*this);
        copy.m_named = false;
        return copy;
    }

    // Each is valid for its own types only.
    [[nodiscard]] bool asBool() const { return m_u.b; }
    [[nodiscard]] std::int64_t asInt() const { return m_u.i; }
    [[nodiscard]] double asFloat() const { return m_u.d; }
    [[nodiscard]] const std::string& asString() const ///< String, Bytes, Error; "" for all others
    {
        static const std::string empty;
        return isText(m_type) ? static_cast<const TextBlock*>(m_u.block)->text : empty;
    }
    [[nodiscard]] const std::vector<Value>& items() const; ///< of lists other than Bytes; empty for all others
    [[nodiscard]] const std::vector<Entry>& entries() const; ///< of maps, sorted by key; empty for all others
    [[nodiscard]] const Object* asObject() const;
    [[nodiscard]] FunctionPtr asFunction() const;
    struct Moment
    {
        TimePoint time;
        std::string zone;
        int offsetSeconds = 0;
    };
    [[nodiscard]] const Moment& asTime() const;

    [[nodiscard]] std::size_t size() const; ///< of text, lists, maps and objects that are one of them; else 0
    [[nodiscard]] const Value* find(std::string_view key) const; ///< in maps and objects with a map below
    void set(std::string_view key, Value value); ///< maps only, else nothing happens
    void set(const Value& key, Value value);
    bool erase(std::string_view key);
    [[nodiscard]] bool sameBlock(const Value& other) const; ///< the same map, list or text in memory

    /// Go's truth: not the zero value of its type.
    [[nodiscard]] bool truth() const;
    /// The type as Go's %T prints it: "map[string]interface {}".
    [[nodiscard]] std::string typeName() const;
    /// reflect.Kind's name: "map", "slice", "float64", "invalid".
    [[nodiscard]] std::string_view kindName() const;
    /// The value below an Object that is a named map, list or string; else itself.
    [[nodiscard]] Value underlying() const;

private:
    union Payload {
        bool b;
        std::int64_t i;
        double d;
        Block* block;
    };
    [[nodiscard]] bool isBlock() const { return m_type >= Type::String; }
    [[nodiscard]] static Value ofBlock(Type type, Block* block);

    Type m_type = Type::None;
    bool m_boxed = false;
    bool m_named = false;
    Payload m_u {};
};

/// Deep conversion to a manifest; functions become null. Depth is bounded: what lies deeper is null.
[[nodiscard]] manifest::Value toManifest(const Value& value);
/// reflect.DeepEqual.
[[nodiscard]] bool deepEqual(const Value& a, const Value& b);
[[nodiscard]] Value deepCopy(const Value& value);

/// A named Go type: chart metadata, the files of a chart, versions.
class Object
{
public:
    virtual ~Object() = default;
    [[nodiscard]] virtual std::string typeName() const = 0; ///< "chart.Metadata"
    [[nodiscard]] virtual std::string_view kindName() const { return "struct"; }
    /// A field, or none.
    [[nodiscard]] virtual Value field(std::string_view name) const;
    /// A method bound to this object, or null.
    [[nodiscard]] virtual FunctionPtr method(std::string_view name) const;
    /// The map, list or string that the type is, where it is not a struct.
    [[nodiscard]] virtual Value underlying() const { return {}; }
    /// As fmt prints it (Stringer); used where it is not empty.
    [[nodiscard]] virtual std::string print() const { return {}; }
    /// As an action prints it: that finds methods of the address too.
    [[nodiscard]] virtual std::string printedByAction() const { return print(); }
    /// The fields of a struct in Go's order, as fmt and encoding/json walk them.
    [[nodiscard]] virtual std::vector<std::pair<std::string, Value>> members() const { return {}; }
    [[nodiscard]] virtual std::vector<std::pair<std::string, Value>> jsonMembers() const { return {}; }
    /// Whether a map below can be passed as map[string]interface {}.
    [[nodiscard]] virtual bool isAnyMap() const { return true; }
    /// What encoding/json and YAML print; none = null.
    [[nodiscard]] virtual Value serialized() const { return underlying(); }
};

class Execution;

/// What a function gets: its arguments, already checked against its signature.
struct Call
{
    std::span<Value> arguments;
    Execution& execution;
    [[nodiscard]] const Value& operator[](std::size_t index) const { return arguments[index]; }
    [[nodiscard]] std::size_t size() const { return arguments.size(); }
    [[nodiscard]] const std::string& text(std::size_t index) const { return arguments[index].asString(); }
};

/// A Go function. The signature has one letter per parameter, "*" after the last makes it variadic:
/// a any, v reflect.Value (may be none), s string, i int, I int64, f float64, b bool, m map[string]any, l []any,
/// S []string, y []byte, t time.Time, d time.Duration, r rune, u uint32.
struct Function
{
    std::string name;
    std::string signature;
    std::function<Result<Value>(Call&)> call;
};

[[nodiscard]] inline FunctionPtr makeFunction(std::string name, std::string signature,
                                              std::function<Result<Value>(Call&)> call)
{
    return std::make_shared<const Function>(Function {std::move(name), std::move(signature), std::move(call)});
}

} // namespace core::gotemplate
