// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gotemplate/exec.h"
#include "core/gotemplate/format.h"
#include "core/gotemplate/functions.h"

#include <fmt/format.h>

#include <algorithm>

namespace core::gotemplate {

namespace {

using R = Result<Value>;

constexpr std::size_t kMaxDepth = 200;

// mergo: fills what is empty in `to`; with `overwrite`, what is in `from` wins, empty or not.
R merge(Execution& execution, Value to, const Value& from, bool overwrite, std::size_t depth)
{
    if (depth > kMaxDepth)
        return fail(Error::Code::LimitExceeded, "the maps are nested too deep");
    const auto entries = from.entries();
    PH_CHECK(execution.work(1 + entries.size()));
    for (const auto& [key, value] : entries) {
        const auto* present = to.find(key.asString());
        if (value.isNil()) {
            if (overwrite)
                to.set(key, value);
            continue;
        }
        const bool twoMaps = present != nullptr && present->type() == Type::Map && value.type() == Type::Map;
        if (twoMaps && !present->sameBlock(value)) {
            PH_TRY(auto merged, merge(execution, *present, value, overwrite, depth + 1));
            (void)merged;
        }
        const bool isFilled = present != nullptr && !isEmpty(*present);
        if (!isFilled || (overwrite && !twoMaps))
            to.set(key, value);
    }
    return to;
}

R mergeAll(Call& c, bool overwrite)
{
    // A nil map is made where there is something to put into it.
    auto target = c[0];
    for (std::size_t i = 1; i < c.size(); ++i) {
        if (c[i].isNil())
            continue;
        if (target.isNil())
            target = Value::map();
        PH_TRY(auto merged, merge(c.execution, target, c[i], overwrite, 0));
        (void)merged;
    }
    return target;
}

R dig(Call& c)
{
    if (c.size() < 3)
        return refuse("dig needs at least three arguments");
    Value at = c[c.size() - 1].underlying();
    // .Values itself has a type name of its own, which the function does not take.
    if (!at.isMap() || at.isHelmValues())
        return refuse(fmt::format("interface conversion: interface {{}} is {}, not map[string]interface {{}}",
                                  at.isNil() ? "nil" : c[c.size() - 1].typeName()));
    const auto& otherwise = c[c.size() - 2];
    for (std::size_t i = 0; i + 2 < c.size(); ++i) {
        if (!c[i].isString())
            return refuse(fmt::format("interface conversion: interface {{}} is {}, not string", c[i].typeName()));
        const auto* next = at.find(c[i].asString());
        if (next == nullptr)
            return otherwise;
        if (i + 3 == c.size())
            return *next;
        const auto below = next->underlying();
        if (!below.isMap())
            return refuse(fmt::format("interface conversion: interface {{}} is {}, not map[string]interface {{}}",
                                      next->isNil() ? "nil" : next->typeName()));
        at = below;
    }
    return otherwise;
}

} // namespace

void addDictFunctions(FunctionMap& map)
{
    map.add("dict", "a*", [](Call& c) -> R {
        PH_CHECK(c.execution.work(c.size() * c.size() / 256)); // keys come in any order into a sorted map
        auto result = Value::map();
        for (std::size_t i = 0; i < c.size(); i += 2)
            result.set(textOf(c[i]), i + 1 < c.size() ? c[i + 1] : Value::string(""));
        return result;
    });
    map.add("get", "ms", [](Call& c) -> R {
        const auto* found = c[0].find(c.text(1));
        return found != nullptr ? *found : Value::string("");
    });
    map.add("set", "msa", [](Call& c) -> R {
        if (!c[0].isMap())
            return refuse("assignment to entry in nil map");
        Value target = c[0];
        target.set(c[1], c[2]);
        return target;
    });
    map.add("unset", "ms", [](Call& c) -> R {
        Value target = c[0];
        target.erase(c.text(1));
        return target;
    });
    map.add("hasKey", "ms", [](Call& c) -> R { return Value::boolean(c[0].find(c.text(1)) != nullptr); });
    map.add("pluck", "sm*", [](Call& c) -> R {
        std::vector<Value> found;
        for (std::size_t i = 1; i < c.size(); ++i)
            if (const auto* value = c[i].find(c.text(0)))
                found.push_back(*value);
        return Value::list(std::move(found));
    });
    map.add("keys", "m*", [](Call& c) -> R {
        std::vector<Value> keys;
        for (const auto& argument : c.arguments)
            for (const auto& [key, value] : argument.entries())
                keys.push_back(key);
        return Value::list(std::move(keys), Type::StringList);
    });
    map.add("values", "m", [](Call& c) -> R {
        std::vector<Value> values;
        for (const auto& [key, value] : c[0].entries())
            values.push_back(value);
        return Value::list(std::move(values));
    });
    map.add("pick", "ms*", [](Call& c) -> R {
        auto result = Value::map();
        for (std::size_t i = 1; i < c.size(); ++i)
            if (const auto* value = c[0].find(c.text(i)))
                result.set(c[i], *value);
        return result;
    });
    map.add("omit", "ms*", [](Call& c) -> R {
        PH_CHECK(c.execution.work(c[0].size() * c.size() / 16));
        auto result = Value::map();
        for (const auto& [key, value] : c[0].entries()) {
            const auto& name = key.asString();
            if (std::none_of(c.arguments.begin() + 1, c.arguments.end(),
                             [&name](const Value& other) { return other.asString() == name; }))
                result.set(key, value);
        }
        return result;
    });
    for (const auto* name : {"merge", "mustMerge"})
        map.add(name, "mm*", [](Call& c) { return mergeAll(c, false); });
    for (const auto* name : {"mergeOverwrite", "mustMergeOverwrite"})
        map.add(name, "mm*", [](Call& c) { return mergeAll(c, true); });
    map.add("dig", "a*", dig);
    for (const auto* name : {"deepCopy", "mustDeepCopy"})
        map.add(name, "a", [](Call& c) -> R {
            if (c[0].isNil())
                return refuse("reflect: call of reflect.Value.Type on zero Value");
            PH_CHECK(c.execution.weigh(c.arguments));
            return deepCopy(c[0]);
        });
    map.add("deepEqual", "aa", [](Call& c) -> R {
        PH_CHECK(c.execution.weigh(c.arguments));
        return Value::boolean(deepEqual(c[0], c[1]));
    });

    // Defaults and reflection.
    map.add("default", "aa*", [](Call& c) -> R { return c.size() < 2 || isEmpty(c[1]) ? c[0] : c[1]; });
    map.add("empty", "a", [](Call& c) -> R { return Value::boolean(isEmpty(c[0])); });
    map.add("coalesce", "a*", [](Call& c) -> R {
        const auto found = std::find_if_not(c.arguments.begin(), c.arguments.end(), isEmpty);
        return found == c.arguments.end() ? Value::nil() : *found;
    });
    map.add("all", "a*",
            [](Call& c) -> R { return Value::boolean(std::none_of(c.arguments.begin(), c.arguments.end(), isEmpty)); });
    map.add("any", "a*",
            [](Call& c) -> R { return Value::boolean(!std::all_of(c.arguments.begin(), c.arguments.end(), isEmpty)); });
    map.add("ternary", "aab", [](Call& c) -> R { return c[2].asBool() ? c[0] : c[1]; });
    map.add("typeOf", "a", [](Call& c) -> R { return Value::string(c[0].typeName()); });
    map.add("typeIs", "sa", [](Call& c) -> R { return Value::boolean(c[1].typeName() == c.text(0)); });
    map.add("typeIsLike", "sa", [](Call& c) -> R {
        const auto type = c[1].typeName();
        return Value::boolean(type == c.text(0) || type == "*" + c.text(0));
    });
    map.add("kindOf", "a", [](Call& c) -> R { return Value::string(std::string(c[0].kindName())); });
    map.add("kindIs", "sa", [](Call& c) -> R { return Value::boolean(c[1].kindName() == c.text(0)); });
}

} // namespace core::gotemplate
