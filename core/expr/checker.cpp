// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/builtins.h"
#include "core/expr/node.h"
#include "core/expr/time.h"

#include <fmt/format.h>

#include <algorithm>

namespace core::expr {

namespace {

/// What is known of an expression before it runs.
struct Type
{
    Kind kind = Kind::Unknown;
    std::shared_ptr<const Type> element; ///< of lists and maps; null = Unknown
    FunctionPtr function;
    const BuiltinSpec* builtin = nullptr;
    bool anyKeys = false;
    bool isMethod = false;
    Kind result = Kind::Unknown; ///< of a method
    bool environment = false;

    [[nodiscard]] bool unknown() const { return kind == Kind::Unknown; }
    [[nodiscard]] bool number() const { return kind == Kind::Int || kind == Kind::Float; }
    [[nodiscard]] Type elementType() const { return element ? *element : Type {}; }
};

Type of(Kind kind)
{
    return {.kind = kind};
}
Type listOf(const Type& element)
{
    return {.kind = Kind::Array, .element = element.unknown() ? nullptr : std::make_shared<const Type>(element)};
}

Type typeOf(const Value& value)
{
    Type type = of(value.kind());
    if (const auto* array = value.asArray(); array && array->element != Kind::Unknown)
        type.element = std::make_shared<const Type>(of(array->element));
    if (const auto* map = value.asMap())
        type.anyKeys = map->anyKeys;
    type.function = value.asFunction();
    return type;
}

std::string nameOf(const Type& type)
{
    switch (type.kind) {
    case Kind::Unknown:
    case Kind::Nil:
        return "unknown";
    case Kind::Bool:
        return "bool";
    case Kind::Int:
        return "int";
    case Kind::Float:
        return "float64";
    case Kind::String:
        return "string";
    case Kind::Bytes:
        return "[]uint8";
    case Kind::Array:
        return type.element && type.element->kind == Kind::Float ? "[]float64" : "[]interface {}";
    case Kind::Map:
        return type.anyKeys ? "map[interface {}]interface {}" : "map[string]interface {}";
    case Kind::Time:
        return "time.Time";
    case Kind::Duration:
        return "time.Duration";
    case Kind::Function:
        return "func";
    }
    return {};
}

class Checker
{
public:
    explicit Checker(const Env* env)
        : m_env(env)
    {
    }

    Type visit(Node& node)
    {
        switch (node.kind) {
        case NodeKind::Literal:
            return of(node.value.kind());
        case NodeKind::Identifier:
            return identifier(node);
        case NodeKind::EnvSelf:
            return {.environment = true};
        case NodeKind::Pointer:
            return pointer(node);
        case NodeKind::Unary:
            return unary(node);
        case NodeKind::Binary:
            return binary(node);
        case NodeKind::Chain:
            return visit(*node.kids[0]);
        case NodeKind::Member:
            return member(node);
        case NodeKind::Slice:
            return slice(node);
        case NodeKind::Call:
            return call(node);
        case NodeKind::Builtin:
            return node.builtin->predicate ? predicateCall(node) : builtinCall(node);
        case NodeKind::Conditional:
            return conditional(node);
        case NodeKind::Let:
            return let(node);
        case NodeKind::Sequence: {
            Type last;
            for (auto& kid : node.kids)
                last = visit(*kid);
            return last;
        }
        case NodeKind::Array:
            return array(node);
        case NodeKind::Map:
            for (auto& kid : node.kids)
                visit(*kid);
            return of(Kind::Map);
        }
        return {};
    }

private:
    [[noreturn]] static void failAt(const Node& node, std::string message)
    {
        throw Failure {std::move(message), node.at, true};
    }

    Type named(const Node& node, std::string_view name, bool strict, bool builtins) const
    {
        if (m_env) {
            if (const auto at = m_env->find(name); at != m_env->end())
                return typeOf(at->second);
        }
        if (builtins) {
            if (const auto* builtin = findBuiltin(name))
                return {.kind = Kind::Function, .builtin = builtin};
        }
        if (m_env && strict)
            failAt(node, fmt::format("unknown name {}", name));
        return {};
    }

    Type identifier(const Node& node) const
    {
        for (auto at = m_variables.rbegin(); at != m_variables.rend(); ++at)
            if (at->first == node.text)
                return at->second;
        return named(node, node.text, true, true);
    }

    Type pointer(const Node& node) const
    {
        if (m_scopes.empty())
            failAt(node, "cannot use pointer accessor outside predicate");
        const auto& scope = m_scopes.back();
        if (node.text.empty()) {
            if (scope.collection.unknown())
                return {};
            return scope.collection.elementType();
        }
        if (node.text == "index")
            return of(Kind::Int);
        if (node.text == "acc" && scope.accumulates)
            return {};
        failAt(node, fmt::format("unknown pointer #{}", node.text));
    }

    Type unary(Node& node)
    {
        const Type type = visit(*node.kids[0]);
        if (type.unknown())
            return node.op == Op::Not ? of(Kind::Bool) : Type {};
        if (node.op == Op::Not ? type.kind == Kind::Bool : type.number())
            return type;
        failAt(node, fmt::format("invalid operation: {} (mismatched type {})", node.text, nameOf(type)));
    }

    template<class... Tests>
    static bool either(const Type& l, const Type& r, Tests... tests)
    {
        if (l.unknown() && r.unknown())
            return true;
        if (l.unknown() && (tests(r) || ...))
            return true;
        return r.unknown() && (tests(l) || ...);
    }
    static bool comparable(const Type& l, const Type& r)
    {
        if (l.unknown() || r.unknown() || l.kind == Kind::Nil || r.kind == Kind::Nil)
            return true;
        if (l.number() && r.number())
            return true;
        return l.kind == r.kind || (l.kind == Kind::Bytes && r.kind == Kind::Array)
            || (l.kind == Kind::Array && r.kind == Kind::Bytes);
    }

    Type binary(Node& node)
    {
        const Type l = visit(*node.kids[0]);
        const Type r = visit(*node.kids[1]);
        const auto is = [](Kind kind) { return [kind](const Type& type) { return type.kind == kind; }; };
        const auto isNumber = [](const Type& type) { return type.number(); };
        const auto both = [&](Kind kind) { return l.kind == kind && r.kind == kind; };
        const bool numbers = l.number() && r.number();
        const auto combined = [&] { return of(l.kind == Kind::Int && r.kind == Kind::Int ? Kind::Int : Kind::Float); };
        switch (node.op) {
        case Op::Equal:
        case Op::NotEqual:
            if (comparable(l, r))
                return of(Kind::Bool);
            break;
        case Op::Or:
        case Op::And:
            if (both(Kind::Bool) || either(l, r, is(Kind::Bool)))
                return of(Kind::Bool);
            break;
        case Op::Less:
        case Op::Greater:
        case Op::LessEqual:
        case Op::GreaterEqual:
            if (numbers || both(Kind::String) || both(Kind::Time) || both(Kind::Duration)
                || either(l, r, isNumber, is(Kind::String), is(Kind::Time), is(Kind::Duration)))
                return of(Kind::Bool);
            break;
        case Op::Subtract:
            if (numbers)
                return combined();
            if (both(Kind::Time) || both(Kind::Duration))
                return of(Kind::Duration);
            if (l.kind == Kind::Time && r.kind == Kind::Duration)
                return of(Kind::Time);
            if (either(l, r, isNumber, is(Kind::Time), is(Kind::Duration)))
                return {};
            break;
        case Op::Divide:
        case Op::Power:
            if (numbers || either(l, r, isNumber))
                return of(Kind::Float);
            break;
        case Op::Multiply:
            if (numbers)
                return combined();
            if ((l.number() && r.kind == Kind::Duration) || (l.kind == Kind::Duration && r.number()))
                return of(Kind::Duration);
            if (both(Kind::Duration))
                return of(Kind::Duration);
            if (either(l, r, isNumber, is(Kind::Duration)))
                return {};
            break;
        case Op::Modulo:
            if (both(Kind::Int) || either(l, r, is(Kind::Int))) {
                const auto& divisor = *node.kids[1];
                if (divisor.kind == NodeKind::Literal && node.kids[0]->kind == NodeKind::Literal
                    && divisor.value.asInt() && *divisor.value.asInt() == 0)
                    failAt(node, "integer divide by zero");
                return of(Kind::Int);
            }
            break;
        case Op::Add:
            if (numbers)
                return combined();
            if (both(Kind::String))
                return of(Kind::String);
            if (l.kind == Kind::Time && r.kind == Kind::Duration)
                return of(Kind::Time);
            if (l.kind == Kind::Duration && r.kind == Kind::Time)
                return of(Kind::Time);
            if (both(Kind::Duration))
                return of(Kind::Duration);
            if (either(l, r, isNumber, is(Kind::String), is(Kind::Time), is(Kind::Duration)))
                return {};
            break;
        case Op::In:
            if (in(node, l, r))
                return of(Kind::Bool);
            break;
        case Op::Matches:
            if (const auto& pattern = *node.kids[1]; pattern.kind == NodeKind::Literal && pattern.value.asString()) {
                try {
                    node.pattern = compilePattern(*pattern.value.asString());
                } catch (Failure& failure) {
                    failAt(pattern, failure.message);
                }
            }
            if (((l.kind == Kind::String || l.kind == Kind::Bytes) && r.kind == Kind::String)
                || either(l, r, is(Kind::String)))
                return of(Kind::Bool);
            break;
        case Op::Contains:
        case Op::StartsWith:
        case Op::EndsWith:
            if (both(Kind::String) || either(l, r, is(Kind::String)))
                return of(Kind::Bool);
            break;
        case Op::Range:
            if (both(Kind::Int) || either(l, r, is(Kind::Int)))
                return listOf(of(Kind::Int));
            break;
        case Op::Coalesce:
            if (l.kind == Kind::Nil)
                return r;
            if (r.kind == Kind::Nil || (l.kind == r.kind && !l.unknown()))
                return l;
            return {};
        default:
            break;
        }
        failAt(node,
               fmt::format("invalid operation: {} (mismatched types {} and {})", node.text, nameOf(l), nameOf(r)));
    }

    static bool in(const Node& node, const Type& l, const Type& r)
    {
        if (r.kind == Kind::Map) {
            if (!l.unknown() && l.kind != Kind::String && !r.anyKeys)
                failAt(node, fmt::format("cannot use {} as type string in map key", nameOf(l)));
            return true;
        }
        if (r.kind == Kind::Array) {
            if (!comparable(l, r.elementType()))
                failAt(node, fmt::format("cannot use {} as type {} in array", nameOf(l), nameOf(r.elementType())));
            return true;
        }
        if (r.kind == Kind::Bytes)
            return l.unknown() || l.number();
        return r.unknown() || (l.unknown() && r.kind == Kind::String);
    }

    Type member(Node& node)
    {
        auto& baseNode = *node.kids[0];
        auto& propertyNode = *node.kids[1];
        const std::string* name = propertyNode.kind == NodeKind::Literal ? propertyNode.value.asString() : nullptr;
        if (baseNode.kind == NodeKind::EnvSelf) {
            if (name)
                return named(node, *name, !node.optional, false);
            return {}; // what selects from the environment is not looked at
        }
        const Type base = visit(baseNode);
        const Type property = visit(propertyNode);
        if (base.unknown())
            return {};
        if (name) {
            if (base.kind == Kind::Nil)
                failAt(node, fmt::format("type nil has no field {}", *name));
            if (const auto method = methodOf(base.kind, *name))
                return {.kind = Kind::Function, .isMethod = true, .result = *method};
        }
        if (base.kind == Kind::Map) {
            if (!property.unknown() && property.kind != Kind::String && !base.anyKeys)
                failAt(node, fmt::format("cannot use {} to get an element from {}", nameOf(property), nameOf(base)));
            return base.elementType();
        }
        if (base.kind == Kind::Array || base.kind == Kind::Bytes) {
            if (!property.unknown() && property.kind != Kind::Int)
                failAt(node,
                       fmt::format("array elements can only be selected using an integer (got {})", nameOf(property)));
            return base.kind == Kind::Bytes ? of(Kind::Int) : base.elementType();
        }
        if (name)
            failAt(node, fmt::format("type {} has no {} {}", nameOf(base), node.method ? "method" : "field", *name));
        failAt(node, fmt::format("type {}[{}] is undefined", nameOf(base), nameOf(property)));
    }

    Type slice(Node& node)
    {
        const Type base = visit(*node.kids[0]);
        if (node.kids[0]->kind == NodeKind::EnvSelf)
            return {};
        if (!base.unknown() && base.kind != Kind::String && base.kind != Kind::Array && base.kind != Kind::Bytes)
            failAt(node, fmt::format("cannot slice {}", nameOf(base)));
        for (const std::size_t i : {1U, 2U}) {
            if (!node.kids[i])
                continue;
            const Type bound = visit(*node.kids[i]);
            if (!bound.unknown() && bound.kind != Kind::Int)
                failAt(*node.kids[i], fmt::format("non-integer slice index {}", nameOf(bound)));
        }
        return base;
    }

    Type call(Node& node)
    {
        const Type callee = visit(*node.kids[0]);
        if (callee.environment)
            failAt(node, "map[string]interface {} is not callable");
        if (callee.unknown())
            return {}; // nor are the arguments of a function that is not known
        std::vector<Type> arguments;
        for (std::size_t i = 1; i < node.kids.size(); ++i)
            arguments.push_back(visit(*node.kids[i]));
        if (callee.kind != Kind::Function)
            failAt(node, fmt::format("{} is not callable", nameOf(callee)));
        if (callee.isMethod)
            return of(callee.result);
        if (!callee.function)
            return {};
        const auto& function = *callee.function;
        const auto wanted = function.parameters.size();
        if (arguments.size() < wanted)
            failAt(node, fmt::format("not enough arguments to call {}", function.name));
        if (arguments.size() > wanted && !function.variadic)
            failAt(node, fmt::format("too many arguments to call {}", function.name));
        for (std::size_t i = 0; i < wanted; ++i) {
            const Kind parameter = function.parameters[i];
            if (parameter == Kind::Unknown || arguments[i].unknown() || arguments[i].kind == parameter)
                continue;
            if (parameter == Kind::Float && arguments[i].kind == Kind::Int && toFloatLiterals(*node.kids[i + 1]))
                continue;
            failAt(*node.kids[i + 1],
                   fmt::format("cannot use {} as argument (type {}) to call {} ", nameOf(arguments[i]),
                               nameOf(of(parameter)), function.name));
        }
        return of(function.result);
    }

    /// Integer literals given for a float parameter become floats; false where a variable is in the way.
    static bool toFloatLiterals(Node& node)
    {
        if (node.kind == NodeKind::Literal && node.value.asInt()) {
            node.value = static_cast<double>(*node.value.asInt());
            return true;
        }
        if (node.kind == NodeKind::Unary)
            return toFloatLiterals(*node.kids[0]);
        if (node.kind == NodeKind::Binary && (node.op == Op::Add || node.op == Op::Subtract || node.op == Op::Multiply))
            return toFloatLiterals(*node.kids[0]) && toFloatLiterals(*node.kids[1]);
        return false;
    }

    Type conditional(Node& node)
    {
        const Type condition = visit(*node.kids[0]);
        if (!condition.unknown() && condition.kind != Kind::Bool)
            failAt(*node.kids[0], fmt::format("non-bool expression (type {}) used as condition", nameOf(condition)));
        const Type yes = visit(*node.kids[1]);
        const Type no = visit(*node.kids[2]);
        if (yes.kind == Kind::Nil && no.kind != Kind::Nil)
            return no;
        if (no.kind == Kind::Nil || (yes.kind == no.kind && yes.kind != Kind::Array && yes.kind != Kind::Function))
            return yes;
        if (yes.kind == Kind::Array && no.kind == Kind::Array)
            return yes.elementType().kind == no.elementType().kind ? yes : of(Kind::Array);
        return {};
    }

    Type let(Node& node)
    {
        if (m_env && m_env->find(node.text) != m_env->end())
            failAt(node, fmt::format("cannot redeclare {}", node.text));
        if (findBuiltin(node.text))
            failAt(node, fmt::format("cannot redeclare builtin {}", node.text));
        if (std::any_of(m_variables.begin(), m_variables.end(), [&](const auto& v) { return v.first == node.text; }))
            failAt(node, fmt::format("cannot redeclare variable {}", node.text));
        const Type value = visit(*node.kids[0]);
        m_variables.emplace_back(node.text, value);
        const Type result = visit(*node.kids[1]);
        m_variables.pop_back();
        return result;
    }

    Type array(Node& node)
    {
        std::optional<Type> common;
        bool same = true;
        for (auto& kid : node.kids) {
            const Type type = visit(*kid);
            if (!common)
                common = type;
            else if (common->kind != type.kind || type.kind == Kind::Array)
                same = false;
        }
        return same && common && common->kind != Kind::Nil ? listOf(*common) : of(Kind::Array);
    }

    Type predicateCall(Node& node)
    {
        const auto& spec = *node.builtin;
        const Type collection = visit(*node.kids[0]);
        if (!collection.unknown() && collection.kind != Kind::Array && collection.kind != Kind::Bytes)
            failAt(*node.kids[0], fmt::format("builtin {} takes only array (got {})", spec.name, nameOf(collection)));
        Type inner;
        if (node.kids.size() > 1) {
            m_scopes.push_back({collection, spec.id == Builtin::Reduce});
            inner = visit(*node.kids[1]);
            m_scopes.pop_back();
        }
        if (node.kids.size() > 2)
            visit(*node.kids[2]);
        const auto needBool = [&] {
            if (node.kids.size() > 1 && !inner.unknown() && inner.kind != Kind::Bool)
                failAt(*node.kids[1], fmt::format("predicate should return boolean (got {})", nameOf(inner)));
        };
        switch (spec.id) {
        case Builtin::All:
        case Builtin::None:
        case Builtin::Any:
        case Builtin::One:
            needBool();
            return of(Kind::Bool);
        case Builtin::Filter:
            needBool();
            return listOf(collection.elementType());
        case Builtin::Map:
            return listOf(inner);
        case Builtin::Count:
            needBool();
            return of(Kind::Int);
        case Builtin::Sum:
            return node.kids.size() > 1 ? inner : collection.elementType();
        case Builtin::Find:
        case Builtin::FindLast:
            needBool();
            return collection.elementType();
        case Builtin::FindIndex:
        case Builtin::FindLastIndex:
            needBool();
            return of(Kind::Int);
        case Builtin::GroupBy:
            return {.kind = Kind::Map,
                    .element = std::make_shared<const Type>(listOf(collection.elementType())),
                    .anyKeys = true};
        case Builtin::SortBy:
            return of(Kind::Array);
        default:
            return inner;
        }
    }

    static bool fits(Takes takes, const Type& type)
    {
        if (type.unknown())
            return true;
        switch (takes) {
        case Takes::Anything:
            return true;
        case Takes::String:
            return type.kind == Kind::String;
        case Takes::Int:
            return type.kind == Kind::Int;
        case Takes::Number:
            return type.number();
        case Takes::NumberOrText:
            return type.number() || type.kind == Kind::String || type.kind == Kind::Duration;
        case Takes::List:
            return type.kind == Kind::Array || type.kind == Kind::Bytes;
        case Takes::Lengthy:
            return type.kind == Kind::Array || type.kind == Kind::Bytes || type.kind == Kind::Map
                || type.kind == Kind::String;
        case Takes::MapOnly:
            return type.kind == Kind::Map;
        case Takes::Indexable:
            return type.kind == Kind::Array || type.kind == Kind::Bytes || type.kind == Kind::Map;
        case Takes::ListOrNumber:
            return type.kind == Kind::Array || type.number();
        }
        return true;
    }

    Type builtinCall(Node& node)
    {
        const auto& spec = *node.builtin;
        std::vector<Type> arguments;
        for (auto& kid : node.kids)
            arguments.push_back(visit(*kid));
        if (static_cast<int>(arguments.size()) < spec.least)
            failAt(node, fmt::format("not enough arguments to call {}", spec.name));
        if (spec.most >= 0 && static_cast<int>(arguments.size()) > spec.most)
            failAt(node, fmt::format("too many arguments to call {}", spec.name));
        for (std::size_t i = 0; i < arguments.size(); ++i) {
            const Takes takes = spec.takes[std::min<std::size_t>(i, 2)];
            if (!fits(takes, arguments[i]))
                failAt(*node.kids[i],
                       fmt::format("invalid argument for {} (type {})", spec.name, nameOf(arguments[i])));
        }
        switch (spec.id) {
        case Builtin::Abs:
            return arguments[0];
        case Builtin::First:
        case Builtin::Last:
            return arguments[0].elementType();
        case Builtin::Get: {
            const Type& base = arguments[0];
            if (base.kind == Kind::Array && !arguments[1].unknown() && arguments[1].kind != Kind::Int)
                failAt(*node.kids[1], fmt::format("non-integer slice index {}", nameOf(arguments[1])));
            if (base.kind == Kind::Map && !base.anyKeys && !arguments[1].unknown() && arguments[1].kind != Kind::String)
                failAt(*node.kids[1],
                       fmt::format("cannot use {} to get an element from {}", nameOf(arguments[1]), nameOf(base)));
            return base.elementType();
        }
        case Builtin::Take:
        case Builtin::Reverse:
        case Builtin::Uniq:
        case Builtin::Sort:
            return of(Kind::Array);
        default:
            return of(spec.result);
        }
    }

    struct Scope
    {
        Type collection;
        bool accumulates = false;
    };
    const Env* m_env;
    std::vector<std::pair<std::string, Type>> m_variables;
    std::vector<Scope> m_scopes;
};

} // namespace

void check(Node& root, const Env* env)
{
    Checker(env).visit(root);
}

} // namespace core::expr
