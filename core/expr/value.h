// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace core::expr {

class Value;

/// What the compiler knows about a value. Unknown is anything; it is checked when run.
enum class Kind : std::uint8_t { Unknown, Nil, Bool, Int, Float, String, Bytes, Array, Map, Time, Duration, Function };

struct Array
{
    std::vector<Value> items;
    Kind element = Kind::Unknown; ///< of a typed list (a provider's list of floats), else Unknown
    bool nil = false; ///< Go's nil slice: what a map of lists gives for a missing key
};
using ArrayPtr = std::shared_ptr<const Array>;

/// Keys may be of any kind (groupBy makes such maps); those that come from JSON are strings. In order of insertion.
struct Map
{
    std::vector<std::pair<Value, Value>> items;
    bool anyKeys = false; ///< false: keys are strings
    bool ofLists = false; ///< what is missing reads as an empty list (groupBy)
    [[nodiscard]] const Value* find(std::string_view key) const;
    [[nodiscard]] const Value* findKey(const Value& key) const;
    void set(Value key, Value value);
};
using MapPtr = std::shared_ptr<const Map>;

struct Bytes
{
    std::string data;
    friend bool operator==(const Bytes&, const Bytes&) = default;
};

class Zone;
struct Time
{
    TimePoint at;
    std::shared_ptr<const Zone> zone; ///< null = UTC
};

/// A function that the host offers to expressions. Arguments are checked against the parameters before the call.
struct Function
{
    std::string name;
    std::vector<Kind> parameters;
    Kind result = Kind::Unknown;
    std::function<Result<Value>(std::span<const Value>)> call;
    bool variadic = false; ///< any number of further arguments of any kind
};
using FunctionPtr = std::shared_ptr<const Function>;

/// A value of the expression language. Integers and floats are kept apart.
class Value
{
public:
    using Nil = std::monostate;
    Value() = default;
    Value(bool value)
        : m_data(value)
    {
    } // NOLINT: values convert as Go's any does
    Value(std::int64_t value)
        : m_data(value)
    {
    }
    Value(int value)
        : m_data(std::int64_t {value})
    {
    }
    Value(double value)
        : m_data(value)
    {
    }
    Value(std::string value)
        : m_data(std::make_shared<const std::string>(std::move(value)))
    {
    }
    Value(std::string_view value)
        : Value(std::string(value))
    {
    }
    Value(const char* value)
        : Value(std::string(value))
    {
    }
    Value(Bytes value)
        : m_data(std::make_shared<const Bytes>(std::move(value)))
    {
    }
    Value(ArrayPtr value)
        : m_data(std::move(value))
    {
    }
    Value(MapPtr value)
        : m_data(std::move(value))
    {
    }
    Value(Array value)
        : m_data(std::make_shared<const Array>(std::move(value)))
    {
    }
    Value(Map value)
        : m_data(std::make_shared<const Map>(std::move(value)))
    {
    }
    Value(Time value)
        : m_data(std::move(value))
    {
    }
    Value(Duration value)
        : m_data(value)
    {
    }
    Value(FunctionPtr value)
        : m_data(std::move(value))
    {
    }

    [[nodiscard]] Kind kind() const;
    [[nodiscard]] bool isNil() const { return m_data.index() == 0; }
    [[nodiscard]] bool isNumber() const { return kind() == Kind::Int || kind() == Kind::Float; }
    [[nodiscard]] const bool* asBool() const { return std::get_if<bool>(&m_data); }
    [[nodiscard]] const std::int64_t* asInt() const { return std::get_if<std::int64_t>(&m_data); }
    [[nodiscard]] const double* asFloat() const { return std::get_if<double>(&m_data); }
    [[nodiscard]] const std::string* asString() const;
    [[nodiscard]] const Bytes* asBytes() const;
    [[nodiscard]] const Array* asArray() const;
    [[nodiscard]] const Map* asMap() const;
    [[nodiscard]] const Time* asTime() const { return std::get_if<Time>(&m_data); }
    [[nodiscard]] const Duration* asDuration() const { return std::get_if<Duration>(&m_data); }
    [[nodiscard]] FunctionPtr asFunction() const;
    /// Any number as a float; 0 for what is none.
    [[nodiscard]] double number() const;

    /// Go's name of the kind as messages show it: "int", "float64", "[]interface {}", "<nil>".
    [[nodiscard]] std::string typeName() const;
    /// Go's %v: "<nil>", "[1 2]", "map[a:1]", "1e+21", "1h30m0s".
    [[nodiscard]] std::string text() const;
    /// ==, as the language has it.
    [[nodiscard]] bool equals(const Value& other) const;
    /// Go's reflect.DeepEqual: kinds count, NaN differs from itself.
    [[nodiscard]] bool deepEquals(const Value& other) const;

private:
    std::variant<Nil, bool, std::int64_t, double, std::shared_ptr<const std::string>, std::shared_ptr<const Bytes>,
                 ArrayPtr, MapPtr, Time, Duration, FunctionPtr>
        m_data;
};

/// The variables that an expression sees.
using Env = std::map<std::string, Value, std::less<>>;

/// Go's %v of a float: shortest text that reads back, exponent below 1e-4 and from 1e21 on.
[[nodiscard]] std::string formatGoFloat(double value);
/// As Go's encoding/json prints a float.
[[nodiscard]] std::string formatJsonFloat(double value);
/// Go's strconv.ParseFloat and ParseInt(base 10); nothing on a syntax error or out of range.
[[nodiscard]] std::optional<double> parseGoFloat(std::string_view text);
[[nodiscard]] std::optional<std::int64_t> parseGoInt(std::string_view text);

} // namespace core::expr
