// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/builtins.h"
#include "core/expr/meter.h"
#include "core/expr/time.h"
#include "core/expr/utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace core::expr {

std::shared_ptr<const RE2> compilePattern(const std::string& pattern)
{
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(std::int64_t {16} << 20);
    auto compiled = std::make_shared<const RE2>(pattern, options);
    if (!compiled->ok())
        raise("error parsing regexp: " + compiled->error());
    return compiled;
}

bool lessThan(const Value& a, const Value& b, const char* symbol)
{
    if (a.asInt() && b.asInt())
        return *a.asInt() < *b.asInt();
    if (a.isNumber() && b.isNumber())
        return a.number() < b.number();
    if (a.asString() && b.asString())
        return *a.asString() < *b.asString();
    if (a.asTime() && b.asTime())
        return a.asTime()->at < b.asTime()->at;
    if (a.asDuration() && b.asDuration())
        return *a.asDuration() < *b.asDuration();
    raise(fmt::format("invalid operation: {} {} {}", a.typeName(), symbol, b.typeName()));
}

namespace {

std::int64_t wrap(std::uint64_t value)
{
    return static_cast<std::int64_t>(value);
}
std::uint64_t bits(std::int64_t value)
{
    return static_cast<std::uint64_t>(value);
}

[[noreturn]] void mismatch(const Value& a, const char* symbol, const Value& b)
{
    raise(fmt::format("invalid operation: {} {} {}", a.typeName(), symbol, b.typeName()));
}

std::int64_t toInt(const Value& value)
{
    if (const auto* i = value.asInt())
        return *i;
    if (const auto* f = value.asFloat()) {
        if (!(*f > -9.3e18 && *f < 9.2e18))
            return INT64_MIN;
        return static_cast<std::int64_t>(*f);
    }
    raise(fmt::format("invalid operation: int({})", value.typeName()));
}

double toFloat(const Value& value)
{
    if (!value.isNumber())
        raise(fmt::format("invalid operation: float({})", value.typeName()));
    return value.number();
}

} // namespace

Value addValues(const Value& a, const Value& b, Meter& meter)
{
    if (a.asInt() && b.asInt())
        return wrap(bits(*a.asInt()) + bits(*b.asInt()));
    if (a.isNumber() && b.isNumber())
        return a.number() + b.number();
    if (a.asString() && b.asString()) {
        meter.bytes(a.asString()->size() + b.asString()->size());
        return *a.asString() + *b.asString();
    }
    if (a.asTime() && b.asDuration())
        return Time {
            TimePoint(Duration(wrap(bits(a.asTime()->at.time_since_epoch().count()) + bits(b.asDuration()->count())))),
            a.asTime()->zone};
    if (a.asDuration() && b.asTime())
        return addValues(b, a, meter);
    if (a.asDuration() && b.asDuration())
        return Duration(wrap(bits(a.asDuration()->count()) + bits(b.asDuration()->count())));
    mismatch(a, "+", b);
}

Value& MapBuilder::slot(const Value& key, bool* isNew)
{
    std::string id(1, static_cast<char>('a' + static_cast<int>(key.kind())));
    id += key.text();
    const auto [at, inserted] = m_index.try_emplace(std::move(id), m_map.items.size());
    if (inserted)
        m_map.items.emplace_back(key, Value {});
    if (isNew)
        *isNew = inserted;
    return m_map.items[at->second].second;
}

namespace {

/// Thrown to leave a chain at a nil.
struct ChainEnd
{
};

class Evaluator
{
public:
    Evaluator(const Env& env, const Limits& limits, TimePoint now)
        : m_env(env)
        , m_meter(limits)
        , m_now(now)
    {
    }

    Value eval(const Node& node)
    {
        m_meter.step();
        try {
            return dispatch(node);
        } catch (Failure& failure) {
            if (!failure.placed) {
                failure.at = node.at;
                failure.placed = true;
            }
            throw;
        }
    }

private:
    struct Scope
    {
        const Value* collection;
        std::size_t index = 0;
        Value accumulator;
    };

    Value dispatch(const Node& node)
    {
        switch (node.kind) {
        case NodeKind::Literal:
            return node.value;
        case NodeKind::Identifier:
            return identifier(node.text);
        case NodeKind::EnvSelf:
            return environment();
        case NodeKind::Pointer:
            return pointer(node);
        case NodeKind::Unary:
            return unary(node);
        case NodeKind::Binary:
            return binary(node);
        case NodeKind::Chain:
            return chain(node);
        case NodeKind::Member:
            return member(node);
        case NodeKind::Slice:
            return slice(node);
        case NodeKind::Call:
            return call(node);
        case NodeKind::Builtin:
            return builtin(node);
        case NodeKind::Conditional:
            return eval(truth(eval(*node.kids[0])) ? *node.kids[1] : *node.kids[2]);
        case NodeKind::Let:
            return let(node);
        case NodeKind::Sequence:
            return sequence(node);
        case NodeKind::Array:
            return array(node);
        case NodeKind::Map:
            return map(node);
        }
        return {};
    }

    static bool nothing(const Value& value) { return value.isNil() || (value.asArray() && value.asArray()->nil); }
    static bool truth(const Value& value)
    {
        if (const auto* b = value.asBool())
            return *b;
        raise(fmt::format("interface conversion: interface {{}} is {}, not bool",
                          value.isNil() ? "nil" : value.typeName()));
    }
    static const std::string& stringOf(const Value& value)
    {
        if (const auto* s = value.asString())
            return *s;
        raise(fmt::format("interface conversion: interface {{}} is {}, not string",
                          value.isNil() ? "nil" : value.typeName()));
    }

    Value identifier(const std::string& name) const
    {
        for (auto at = m_variables.rbegin(); at != m_variables.rend(); ++at)
            if (*at->first == name)
                return at->second;
        const auto at = m_env.find(name);
        return at == m_env.end() ? Value {} : at->second;
    }

    Value environment()
    {
        m_meter.elements(m_env.size());
        Map map;
        for (const auto& [name, value] : m_env)
            map.items.emplace_back(name, value);
        return map;
    }

    Value pointer(const Node& node)
    {
        const Scope& scope = m_scopes.back();
        if (node.text == "index")
            return static_cast<std::int64_t>(scope.index);
        if (node.text == "acc")
            return scope.accumulator;
        return element(*scope.collection, scope.index);
    }

    static std::size_t lengthOf(const Value& collection)
    {
        if (const auto* array = collection.asArray())
            return array->items.size();
        if (const auto* map = collection.asMap())
            return map->items.size();
        if (const auto* bytes = collection.asBytes())
            return bytes->data.size();
        if (const auto* text = collection.asString())
            return text->size();
        raise(fmt::format("invalid argument for len (type {})", collection.typeName()));
    }
    static Value element(const Value& collection, std::size_t index)
    {
        if (const auto* array = collection.asArray())
            return array->items[index];
        if (const auto* bytes = collection.asBytes())
            return std::int64_t {static_cast<unsigned char>(bytes->data[index])};
        if (const auto* text = collection.asString())
            return std::int64_t {static_cast<unsigned char>((*text)[index])};
        raise("reflect: call of reflect.Value.Index on map Value");
    }

    Value unary(const Node& node)
    {
        const Value value = eval(*node.kids[0]);
        if (node.op == Op::Not)
            return !truth(value);
        if (const auto* i = value.asInt())
            return node.op == Op::Negate ? Value(wrap(0 - bits(*i))) : value;
        if (const auto* f = value.asFloat())
            return node.op == Op::Negate ? Value(-*f) : value;
        raise(fmt::format("invalid operation: {} {}", node.text, value.typeName()));
    }

    Value binary(const Node& node)
    {
        switch (node.op) {
        case Op::And:
        case Op::Or:
            return logic(node, node.op == Op::And);
        case Op::Coalesce: {
            Value left = eval(*node.kids[0]);
            return nothing(left) ? eval(*node.kids[1]) : left;
        }
        default:
            break;
        }
        const Value a = eval(*node.kids[0]);
        const Value b = eval(*node.kids[1]);
        return operate(node, a, b);
    }

    /// A literal on either side decides without the other being looked at, as the original's optimizer has it.
    Value logic(const Node& node, bool neutral)
    {
        for (const std::size_t i : {0U, 1U}) {
            const auto& side = *node.kids[i];
            if (const bool* constant = side.kind == NodeKind::Literal ? side.value.asBool() : nullptr)
                return *constant == neutral ? eval(*node.kids[1 - i]) : side.value;
        }
        Value left = eval(*node.kids[0]);
        return truth(left) == neutral ? eval(*node.kids[1]) : left;
    }

    Value operate(const Node& node, const Value& a, const Value& b)
    {
        switch (node.op) {
        case Op::Equal:
            return equal(a, b);
        case Op::NotEqual:
            return !equal(a, b);
        case Op::Less:
            return lessThan(a, b, "<");
        case Op::Greater:
            return greater(a, b, ">");
        case Op::LessEqual:
            return atMost(a, b, "<=");
        case Op::GreaterEqual:
            return atLeast(a, b, ">=");
        case Op::In:
            return in(a, b);
        case Op::Matches:
            return matches(node, a, b);
        case Op::Contains:
        case Op::StartsWith:
        case Op::EndsWith:
            return textTest(node.op, a, b);
        case Op::Range:
            return range(a, b);
        default:
            return arithmetic(node.op, a, b);
        }
    }

    bool equal(const Value& a, const Value& b)
    {
        if (a.asArray() && b.asArray())
            m_meter.step(a.asArray()->items.size());
        return a.equals(b);
    }
    static bool greater(const Value& a, const Value& b, const char* symbol)
    {
        if (a.isNumber() && b.isNumber())
            return lessThan(b, a);
        if (a.kind() != b.kind())
            mismatch(a, symbol, b);
        return lessThan(b, a, symbol);
    }
    static bool atMost(const Value& a, const Value& b, const char* symbol)
    {
        if (a.asInt() && b.asInt())
            return *a.asInt() <= *b.asInt();
        if (a.isNumber() && b.isNumber())
            return a.number() <= b.number();
        if (a.kind() != b.kind())
            mismatch(a, symbol, b);
        return !lessThan(b, a, symbol);
    }
    static bool atLeast(const Value& a, const Value& b, const char* symbol)
    {
        if (a.asInt() && b.asInt())
            return *a.asInt() >= *b.asInt();
        if (a.isNumber() && b.isNumber())
            return a.number() >= b.number();
        if (a.kind() != b.kind())
            mismatch(a, symbol, b);
        return !lessThan(a, b, symbol);
    }

    bool in(const Value& needle, const Value& hay)
    {
        if (hay.isNil())
            return false;
        if (const auto* array = hay.asArray()) {
            m_meter.step(array->items.size());
            return std::any_of(array->items.begin(), array->items.end(),
                               [&](const Value& item) { return item.equals(needle); });
        }
        if (const auto* map = hay.asMap()) {
            m_meter.step(map->items.size() / 8);
            if (map->anyKeys)
                return map->findKey(needle) != nullptr;
            if (needle.isNil())
                return map->find(std::string_view {}) != nullptr;
            if (!needle.asString())
                raise(fmt::format("reflect.Value.MapIndex: value of type {} is not assignable to type string",
                                  needle.typeName()));
            return map->findKey(needle) != nullptr;
        }
        if (const auto* bytes = hay.asBytes()) {
            return needle.isNumber() && std::any_of(bytes->data.begin(), bytes->data.end(), [&](char c) {
                       return static_cast<double>(static_cast<unsigned char>(c)) == needle.number();
                   });
        }
        raise(fmt::format("operator \"in\" not defined on {}", hay.typeName()));
    }

    Value matches(const Node& node, const Value& a, const Value& b)
    {
        if (a.isNil() || b.isNil())
            return false;
        if (!a.asString() && !a.asBytes())
            raise(fmt::format("interface conversion: interface {{}} is {}, not []uint8", a.typeName()));
        const std::string& subject = a.asString() ? *a.asString() : a.asBytes()->data;
        m_meter.step(subject.size() / 16);
        if (node.pattern)
            return RE2::PartialMatch(subject, *node.pattern);
        m_meter.step(100);
        return RE2::PartialMatch(subject, *compilePattern(stringOf(b)));
    }

    static Value textTest(Op op, const Value& a, const Value& b)
    {
        if (a.isNil() || b.isNil())
            return false;
        const auto& text = stringOf(a);
        const auto& part = stringOf(b);
        if (op == Op::Contains)
            return text.find(part) != std::string::npos;
        return op == Op::StartsWith ? text.starts_with(part) : text.ends_with(part);
    }

    Value range(const Value& a, const Value& b)
    {
        const std::int64_t from = toInt(a);
        const std::int64_t to = toInt(b);
        Array array;
        array.element = Kind::Int;
        if (to >= from) {
            const std::uint64_t size = bits(to) - bits(from) + 1;
            if (size == 0 || size > 2'000'000)
                m_meter.elements(SIZE_MAX);
            m_meter.elements(size);
            array.items.reserve(size);
            for (std::uint64_t i = 0; i < size; ++i)
                array.items.emplace_back(wrap(bits(from) + i));
        }
        array.element = Kind::Unknown;
        return array;
    }

    Value arithmetic(Op op, const Value& a, const Value& b)
    {
        const bool ints = a.asInt() && b.asInt();
        const bool numbers = a.isNumber() && b.isNumber();
        switch (op) {
        case Op::Add:
            return addValues(a, b, m_meter);
        case Op::Subtract:
            if (ints)
                return wrap(bits(*a.asInt()) - bits(*b.asInt()));
            if (numbers)
                return a.number() - b.number();
            if (a.asTime() && b.asTime())
                return Duration(a.asTime()->at - b.asTime()->at);
            if (a.asTime() && b.asDuration())
                return Time {a.asTime()->at - *b.asDuration(), a.asTime()->zone};
            if (a.asDuration() && b.asDuration())
                return Duration(wrap(bits(a.asDuration()->count()) - bits(b.asDuration()->count())));
            mismatch(a, "-", b);
        case Op::Multiply:
            if (ints)
                return wrap(bits(*a.asInt()) * bits(*b.asInt()));
            if (numbers)
                return a.number() * b.number();
            return times(a, b);
        case Op::Divide:
            if (!numbers)
                mismatch(a, "/", b);
            return a.number() / b.number();
        case Op::Power:
            return std::pow(toFloat(a), toFloat(b));
        case Op::Modulo:
            if (!ints)
                mismatch(a, "%", b);
            if (*b.asInt() == 0)
                raise("runtime error: integer divide by zero");
            return *b.asInt() == -1 ? std::int64_t {0} : *a.asInt() % *b.asInt();
        default:
            raise("unknown operator");
        }
    }

    static Value times(const Value& a, const Value& b)
    {
        if (a.asDuration() && b.asDuration())
            return Duration(wrap(bits(a.asDuration()->count()) * bits(b.asDuration()->count())));
        const Value& duration = a.asDuration() ? a : b;
        const Value& factor = a.asDuration() ? b : a;
        if (!duration.asDuration() || !factor.isNumber())
            mismatch(a, "*", b);
        if (const auto* i = factor.asInt())
            return Duration(wrap(bits(duration.asDuration()->count()) * bits(*i)));
        return static_cast<double>(duration.asDuration()->count()) * *factor.asFloat();
    }

    Value chain(const Node& node)
    {
        try {
            Value value = eval(*node.kids[0]);
            return nothing(value) ? Value {} : value;
        } catch (const ChainEnd&) {
            return {};
        }
    }

    Value member(const Node& node)
    {
        const Node& property = *node.kids[1];
        if (node.kids[0]->kind == NodeKind::EnvSelf && property.kind == NodeKind::Literal && property.value.asString())
            return fromEnv(*property.value.asString());
        const Value base = eval(*node.kids[0]);
        if (node.optional && base.isNil())
            throw ChainEnd {};
        return fetch(base, eval(property));
    }

    Value fromEnv(const std::string& name) const
    {
        const auto at = m_env.find(name);
        return at == m_env.end() ? Value {} : at->second;
    }

    static Value fetch(const Value& base, const Value& key)
    {
        if (base.isNil())
            raise(fmt::format("cannot fetch {} from <nil>", key.text()));
        if (const auto* map = base.asMap()) {
            const Value* found = nullptr;
            if (!map->anyKeys && !key.asString()) {
                if (!key.isNil())
                    raise(fmt::format("reflect.Value.MapIndex: value of type {} is not assignable to type string",
                                      key.typeName()));
                found = map->find(std::string_view {});
            } else {
                found = map->findKey(key);
            }
            if (!found && map->ofLists)
                return Array {{}, Kind::Unknown, true};
            return found ? *found : Value {};
        }
        if (base.asArray() || base.asString() || base.asBytes()) {
            std::int64_t index = toInt(key);
            const auto length = static_cast<std::int64_t>(lengthOf(base));
            if (index < 0)
                index = index < -length ? -1 : index + length;
            if (index < 0 || index >= length)
                raise(fmt::format("index out of range: {} (array length is {})", index, length));
            return element(base, static_cast<std::size_t>(index));
        }
        if (base.asFunction())
            raise("cannot fetch from a function");
        raise(fmt::format("cannot fetch {} from {}", key.text(), base.typeName()));
    }

    Value slice(const Node& node)
    {
        const Value base = eval(*node.kids[0]);
        const auto length = static_cast<std::int64_t>(base.asMap() ? (raise("cannot slice map"), 0U) : lengthOf(base));
        const auto bound = [&](const NodePtr& kid, std::int64_t otherwise) {
            if (!kid)
                return otherwise;
            std::int64_t at = toInt(eval(*kid));
            if (at < 0)
                at = at < -length ? 0 : at + length;
            return std::min(at, length);
        };
        const auto from = bound(node.kids[1], 0);
        const auto to = bound(node.kids[2], length);
        const auto begin = static_cast<std::size_t>(std::min(from, to));
        const auto count = static_cast<std::size_t>(std::max<std::int64_t>(0, to - from));
        if (const auto* text = base.asString())
            return text->substr(begin, count);
        if (const auto* bytes = base.asBytes())
            return Bytes {bytes->data.substr(begin, count)};
        const auto& items = base.asArray()->items;
        m_meter.elements(count);
        Array out;
        out.element = base.asArray()->element;
        out.items.assign(items.begin() + static_cast<std::ptrdiff_t>(begin),
                         items.begin() + static_cast<std::ptrdiff_t>(begin + count));
        return out;
    }

    Value call(const Node& node)
    {
        const Node& callee = *node.kids[0];
        Value function;
        std::optional<Value> self;
        if (callee.kind == NodeKind::Member && callee.method) {
            self = eval(*callee.kids[0]);
            if (callee.optional && self->isNil())
                throw ChainEnd {};
            const auto& name = *callee.kids[1]->value.asString();
            if (!methodOf(self->kind(), name) && !isNamed(*self, name)) {
                function = fetch(*self, callee.kids[1]->value);
                self.reset();
            }
        } else {
            function = eval(callee);
        }
        std::vector<Value> arguments;
        for (std::size_t i = 1; i < node.kids.size(); ++i)
            arguments.push_back(eval(*node.kids[i]));
        if (self)
            return isNamed(*self, "String") ? self->text()
                                            : callMethod(*self, *callee.kids[1]->value.asString(), arguments);
        return callFunction(function, arguments);
    }

    static bool isNamed(const Value& value, std::string_view method)
    {
        return method == "String" && value.asMap() && value.asMap()->find("$name") != nullptr;
    }

    static Value callFunction(const Value& callee, const std::vector<Value>& arguments)
    {
        const auto function = callee.asFunction();
        if (callee.isNil())
            raise("invalid operation: cannot call nil");
        if (!function)
            raise(fmt::format("invalid operation: cannot call non-function of type {}", callee.typeName()));
        const auto wanted = function->parameters.size();
        if (arguments.size() < wanted || (arguments.size() > wanted && !function->variadic))
            raise(fmt::format("wrong number of arguments to call {}", function->name));
        for (std::size_t i = 0; i < wanted; ++i) {
            const Kind parameter = function->parameters[i];
            if (parameter != Kind::Unknown && arguments[i].kind() != parameter)
                raise(fmt::format("reflect: Call using {} as type of parameter {} of {}", arguments[i].typeName(),
                                  i + 1, function->name));
        }
        auto result = function->call(arguments);
        if (!result)
            raise(result.error().message);
        return std::move(*result);
    }

    Value let(const Node& node)
    {
        Value value = eval(*node.kids[0]);
        m_variables.emplace_back(&node.text, std::move(value));
        const VariableEnd end {*this};
        return eval(*node.kids[1]);
    }
    struct VariableEnd
    {
        Evaluator& self;
        ~VariableEnd() { self.m_variables.pop_back(); }
    };
    struct ScopeEnd
    {
        Evaluator& self;
        ~ScopeEnd() { self.m_scopes.pop_back(); }
    };

    Value sequence(const Node& node)
    {
        Value last;
        for (const auto& kid : node.kids)
            last = eval(*kid);
        return last;
    }

    Value array(const Node& node)
    {
        m_meter.elements(node.kids.size());
        Array out;
        out.items.reserve(node.kids.size());
        for (const auto& kid : node.kids)
            out.items.push_back(eval(*kid));
        return out;
    }

    Value map(const Node& node)
    {
        m_meter.elements(node.kids.size() / 2);
        MapBuilder out(false);
        for (std::size_t i = 0; i + 1 < node.kids.size(); i += 2) {
            const Value key = eval(*node.kids[i]);
            Value value = eval(*node.kids[i + 1]);
            if (!key.asString())
                stringOf(key);
            bool isNew = false;
            auto& slot = out.slot(key, &isNew);
            if (isNew)
                slot = std::move(value);
        }
        return out.take();
    }

    Value builtin(const Node& node)
    {
        if (node.builtin->predicate)
            return predicate(node);
        std::vector<Value> arguments;
        arguments.reserve(node.kids.size());
        for (const auto& kid : node.kids)
            arguments.push_back(eval(*kid));
        return callBuiltin(*node.builtin, arguments, m_meter, m_now);
    }

    Value predicate(const Node& node)
    {
        const Value collection = eval(*node.kids[0]);
        const std::size_t size = lengthOf(collection);
        const Node* test = node.kids.size() > 1 ? node.kids[1].get() : nullptr;
        if (node.builtin->id == Builtin::Reduce)
            return reduce(node, collection, size);
        if (node.builtin->id == Builtin::SortBy)
            return sortBy(node, collection, size);
        m_scopes.push_back({&collection, 0, {}});
        const ScopeEnd end {*this};
        const auto at = [&](std::size_t i) {
            m_scopes.back().index = i;
            return test ? eval(*test) : element(collection, i);
        };
        switch (node.builtin->id) {
        case Builtin::All:
            for (std::size_t i = 0; i < size; ++i)
                if (!truth(at(i)))
                    return false;
            return true;
        case Builtin::None:
        case Builtin::Any:
            for (std::size_t i = 0; i < size; ++i)
                if (truth(at(i)))
                    return node.builtin->id == Builtin::Any;
            return node.builtin->id == Builtin::None;
        case Builtin::One: {
            std::size_t count = 0;
            for (std::size_t i = 0; i < size; ++i)
                count += truth(at(i)) ? 1 : 0;
            return count == 1;
        }
        case Builtin::Count: {
            std::int64_t count = 0;
            for (std::size_t i = 0; i < size; ++i)
                count += truth(at(i)) ? 1 : 0;
            return count;
        }
        case Builtin::Filter: {
            Array out;
            for (std::size_t i = 0; i < size; ++i)
                if (truth(at(i)))
                    out.items.push_back(element(collection, i));
            m_meter.elements(out.items.size());
            if (collection.asArray())
                out.element = collection.asArray()->element;
            return out;
        }
        case Builtin::Map: {
            Array out;
            for (std::size_t i = 0; i < size; ++i) {
                out.items.push_back(at(i));
                if (i % 1024 == 1023)
                    m_meter.step(1024);
            }
            m_meter.elements(out.items.size());
            return out;
        }
        case Builtin::Sum: {
            Value total = 0;
            for (std::size_t i = 0; i < size; ++i)
                total = addValues(total, at(i), m_meter);
            m_meter.step(size);
            return total;
        }
        case Builtin::GroupBy: {
            MapBuilder out(true);
            std::vector<std::pair<Value, Array>> groups;
            std::map<std::string, std::size_t> index;
            for (std::size_t i = 0; i < size; ++i) {
                const Value key = at(i);
                std::string id(1, static_cast<char>('a' + static_cast<int>(key.kind())));
                id += key.text();
                const auto [found, isNew] = index.try_emplace(std::move(id), groups.size());
                if (isNew)
                    groups.emplace_back(key, Array {});
                groups[found->second].second.items.push_back(element(collection, i));
            }
            m_meter.elements(size);
            for (auto& [key, group] : groups)
                out.slot(key) = std::move(group);
            Map map = out.take();
            map.ofLists = true;
            return map;
        }
        default:
            return search(node.builtin->id, collection, size, at);
        }
    }

    template<class At>
    static Value search(Builtin id, const Value& collection, std::size_t size, At at)
    {
        const bool last = id == Builtin::FindLast || id == Builtin::FindLastIndex;
        const bool index = id == Builtin::FindIndex || id == Builtin::FindLastIndex;
        for (std::size_t n = 0; n < size; ++n) {
            const std::size_t i = last ? size - 1 - n : n;
            if (truth(at(i)))
                return index ? Value(static_cast<std::int64_t>(i)) : element(collection, i);
        }
        return {};
    }

    Value reduce(const Node& node, const Value& collection, std::size_t size)
    {
        std::size_t first = 0;
        Value start;
        if (node.kids.size() > 2) {
            start = eval(*node.kids[2]);
        } else {
            if (size == 0)
                raise("reduce of empty array with no initial value");
            start = element(collection, 0);
            first = 1;
        }
        m_scopes.push_back({&collection, 0, std::move(start)});
        const ScopeEnd end {*this};
        for (std::size_t i = first; i < size; ++i) {
            m_scopes.back().index = i;
            Value next = eval(*node.kids[1]);
            m_scopes.back().accumulator = std::move(next);
        }
        return m_scopes.back().accumulator;
    }

    Value sortBy(const Node& node, const Value& collection, std::size_t size)
    {
        bool descending = false;
        if (node.kids.size() > 2) {
            const Value order = eval(*node.kids[2]);
            const auto& text = stringOf(order);
            if (text != "asc" && text != "desc")
                raise("unknown order, use asc or desc");
            descending = text == "desc";
        }
        std::vector<std::pair<Value, Value>> rows;
        m_meter.elements(size);
        m_scopes.push_back({&collection, 0, {}});
        {
            const ScopeEnd end {*this};
            for (std::size_t i = 0; i < size; ++i) {
                m_scopes.back().index = i;
                Value key = eval(*node.kids[1]);
                rows.emplace_back(std::move(key), element(collection, i));
            }
        }
        m_meter.step(size * 8);
        for (std::size_t i = 1; i < rows.size();
             ++i) // so that no comparison fails, or contradicts itself, while sorting
            (void)lessThan(rows[i - 1].first, rows[i].first);
        std::stable_sort(rows.begin(), rows.end(), [&](const auto& a, const auto& b) {
            return descending ? ordered(b.first, a.first) : ordered(a.first, b.first);
        });
        Array out;
        for (auto& row : rows)
            out.items.push_back(std::move(row.second));
        return out;
    }

    /// A strict weak order also with NaN among the numbers: NaN comes last.
    static bool ordered(const Value& a, const Value& b)
    {
        if (a.isNumber() && b.isNumber()) {
            const bool aNan = std::isnan(a.number());
            const bool bNan = std::isnan(b.number());
            if (aNan || bNan)
                return !aNan && bNan;
            if (a.kind() != b.kind())
                return a.number() < b.number();
        }
        return lessThan(a, b);
    }

    const Env& m_env;
    Meter m_meter;
    TimePoint m_now;
    std::vector<std::pair<const std::string*, Value>> m_variables;
    std::vector<Scope> m_scopes;
};

Error errorOf(const Failure& failure)
{
    Error error {failure.limit ? Error::Code::LimitExceeded : Error::Code::InvalidInput, failure.message};
    if (failure.placed)
        error.where = fmt::format("{}:{}", failure.at.line, failure.at.column);
    return error;
}

} // namespace

Result<Program> compileProgram(std::string_view text, const Env* env, const Limits& limits)
{
    if (text.size() > (std::size_t {1} << 20))
        return fail(Error::Code::LimitExceeded, "expression is longer than 1 MiB");
    Program program;
    program.m_limits = limits;
    try {
        const ParseContext context {env, &program.m_limits};
        auto root = parse(text, context);
        check(*root, env);
        program.m_root = std::move(root);
    } catch (const Failure& failure) {
        return fail(errorOf(failure));
    }
    return program;
}

Result<Program> compileStrict(std::string_view text, const Env& env, const Limits& limits)
{
    return compileProgram(text, &env, limits);
}
Result<Program> compileDynamic(std::string_view text, const Limits& limits)
{
    return compileProgram(text, nullptr, limits);
}

Result<Value> Program::run(const Env& env, TimePoint now) const
{
    if (!m_root)
        return fail(Error::Code::InvalidInput, "empty expression");
    try {
        return Evaluator(env, m_limits, now).eval(*m_root);
    } catch (const Failure& failure) {
        return fail(errorOf(failure));
    } catch (const ChainEnd&) {
        return Value {};
    } catch (const std::bad_alloc&) {
        return fail(Error::Code::LimitExceeded, "out of memory");
    }
}

} // namespace core::expr
