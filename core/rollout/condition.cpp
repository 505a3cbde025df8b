// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollout/condition.h"

#include "core/expr/expr.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace core::rollout {

using expr::Function;
using expr::Kind;

namespace {

using Arguments = std::span<const expr::Value>;
using Answer = Result<expr::Value>;

void add(expr::Env& env, Function function)
{
    const std::string name = function.name;
    env[name] = std::make_shared<const Function>(std::move(function));
}

Answer asInt(Arguments arguments)
{
    const auto& value = arguments[0];
    if (value.asInt())
        return value;
    if (const auto* number = value.asFloat()) {
        if (!(*number >= -9223372036854775808.0 && *number < 9223372036854775808.0))
            return INT64_MIN;
        return static_cast<std::int64_t>(*number);
    }
    if (const auto* text = value.asString()) {
        if (const auto parsed = expr::parseGoInt(*text))
            return *parsed;
        return fail(Error::Code::InvalidInput, fmt::format("strconv.ParseInt: parsing \"{}\": invalid syntax", *text));
    }
    return fail(Error::Code::InvalidInput, fmt::format("asInt() not supported on type {}", value.typeName()));
}

Answer asFloat(Arguments arguments)
{
    const auto& value = arguments[0];
    if (value.isNumber())
        return value.number();
    if (const auto* text = value.asString()) {
        if (const auto parsed = expr::parseGoFloat(*text))
            return *parsed;
        return fail(Error::Code::InvalidInput,
                    fmt::format("strconv.ParseFloat: parsing \"{}\": invalid syntax", *text));
    }
    return fail(Error::Code::InvalidInput, fmt::format("asFloat() not supported on type {}", value.typeName()));
}

/// The names that a condition sees. isNil and default look at the whole result, whatever they are given.
expr::Env environment(const expr::Value* result)
{
    expr::Env env;
    add(env, {"asInt", {Kind::Unknown}, Kind::Int, asInt});
    add(env, {"asFloat", {Kind::Unknown}, Kind::Float, asFloat});
    add(env, {"isNaN", {Kind::Float}, Kind::Bool, [](Arguments a) -> Answer { return std::isnan(a[0].number()); }});
    add(env, {"isInf", {Kind::Float}, Kind::Bool, [](Arguments a) -> Answer { return std::isinf(a[0].number()); }});
    const expr::Value whole = result ? *result : expr::Value {};
    add(env, {"isNil", {Kind::Unknown}, Kind::Bool, [whole](Arguments) -> Answer { return whole.isNil(); }});
    add(env, {"default", {Kind::Unknown, Kind::Unknown}, Kind::Unknown, [whole](Arguments a) -> Answer {
                  return whole.isNil() ? a[1] : whole;
              }});
    if (result)
        env["result"] = *result;
    return env;
}

bool nilOrEmpty(const expr::Value& result)
{
    return result.isNil() || (result.asArray() && result.asArray()->items.empty());
}

} // namespace

expr::Value floatList(const std::vector<double>& values)
{
    expr::Array list;
    list.element = Kind::Float;
    list.items.assign(values.begin(), values.end());
    return list;
}

expr::Value resultFromJson(const manifest::Value& json)
{
    const auto value = expr::fromProviderJson(json);
    const auto* array = value.asArray();
    if (array && std::all_of(array->items.begin(), array->items.end(), [](const expr::Value& item) {
            return item.asFloat() != nullptr;
        })) {
        expr::Array list = *array;
        list.element = Kind::Float;
        return list;
    }
    return value;
}

Result<bool> evaluateCondition(std::string_view condition, const expr::Value& result, TimePoint now)
{
    const auto env = environment(&result);
    PH_TRY(const auto program, expr::compileStrict(condition, env));
    PH_TRY(const auto value, program.run(env, now));
    if (const bool* answer = value.asBool())
        return *answer;
    return fail(Error::Code::InvalidInput, fmt::format("expected bool, but got {}", value.typeName()));
}

Result<TimePoint> evaluateTime(std::string_view expression, TimePoint now)
{
    const auto env = environment(nullptr);
    PH_TRY(const auto program, expr::compileStrict(expression, env));
    PH_TRY(const auto value, program.run(env, now));
    if (const auto* time = value.asTime())
        return time->at;
    return fail(Error::Code::InvalidInput, fmt::format("expected time.Time, but got {}", value.typeName()));
}

Judgement judge(std::string_view successCondition, std::string_view failureCondition, const expr::Value& result,
                TimePoint now)
{
    std::optional<bool> success;
    std::optional<bool> failure;
    const auto evaluate = [&](std::string_view condition, std::string_view which,
                              std::optional<bool>& out) -> std::optional<Judgement> {
        if (condition.empty())
            return {};
        const auto answer = evaluateCondition(condition, result, now);
        if (answer) {
            out = *answer;
            return {};
        }
        const std::string why = nilOrEmpty(result)
            ? "metric result is nil or empty: no data returned from the metric provider"
            : answer.error().message;
        return Judgement {"Error", fmt::format("could not evaluate {} \"{}\": {}", which, condition, why)};
    };
    if (auto error = evaluate(successCondition, "successCondition", success))
        return *error;
    if (auto error = evaluate(failureCondition, "failureCondition", failure))
        return *error;
    if (failure.value_or(false))
        return {"Failed", {}};
    if (success)
        return {*success ? "Successful" : failure ? "Inconclusive" : "Failed", {}};
    return {"Successful", {}};
}

std::optional<Error> checkCondition(std::string_view condition, ResultKind kind)
{
    expr::Value sample;
    if (kind == ResultKind::Float) {
        sample = 1.0;
    } else if (kind == ResultKind::FloatList) {
        sample = floatList({1.0});
    } else {
        // An untyped value: what a map gives. The condition is compiled with `result` read from it.
        auto env = environment(nullptr);
        add(env, {"untypedResult", {}, Kind::Unknown, [](Arguments) -> Answer { return expr::Value {}; }});
        const auto program = expr::compileStrict("let result = untypedResult(); " + std::string(condition), env);
        return program ? std::nullopt : std::optional(program.error());
    }
    const auto env = environment(&sample);
    const auto program = expr::compileStrict(condition, env);
    if (!program)
        return program.error();
    const auto value = program->run(env);
    if (value && !value->asBool())
        return Error {Error::Code::InvalidInput, fmt::format("expected bool, but got {}", value->typeName())};
    return {};
}

namespace {

/// What is compared before `at` is how many values there are: a call of len or count.
bool comparesACount(std::string_view condition, std::size_t at)
{
    auto left = condition.substr(0, at);
    left = left.substr(0, left.find_last_not_of(' ') + 1);
    if (left.empty() || left.back() != ')')
        return false;
    int depth = 0;
    for (std::size_t i = left.size(); i-- > 0;) {
        depth += left[i] == ')' ? 1 : left[i] == '(' ? -1 : 0;
        if (depth == 0)
            return left.substr(0, i).ends_with("len") || left.substr(0, i).ends_with("count");
    }
    return false;
}

} // namespace

std::vector<ConditionThreshold> thresholds(std::string_view condition)
{
    std::vector<ConditionThreshold> found;
    const auto isOperand = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == ']' || c == ')' || c == '#' || c == '.';
    };
    for (std::size_t at = 0; at < condition.size(); ++at) {
        const char c = condition[at];
        if (c == '"' || c == '\'') {
            const auto end = condition.find(c, at + 1);
            if (end == std::string_view::npos)
                break;
            at = end;
            continue;
        }
        if (c != '<' && c != '>' && !(c == '=' && condition.substr(at, 2) == "=="))
            continue;
        const std::size_t size = condition.substr(at + 1, 1) == "=" ? 2 : 1;
        const std::string sign(condition.substr(at, size));
        std::size_t right = at + size;
        while (right < condition.size() && condition[right] == ' ')
            ++right;
        std::size_t end = right;
        while (end < condition.size()
               && (isOperand(condition[end])
                   || ((condition[end] == '-' || condition[end] == '+')
                       && (end == right || (condition[end - 1] | 0x20) == 'e'))))
            ++end;
        while (end > right && (condition[end - 1] == ')' || condition[end - 1] == ']'))
            --end;
        if (const auto value = expr::parseGoFloat(condition.substr(right, end - right));
            value && std::isfinite(*value)) {
            if (!comparesACount(condition, at))
                found.push_back({sign, *value});
        } else {
            std::size_t left = at;
            while (left > 0 && condition[left - 1] == ' ')
                --left;
            std::size_t start = left;
            while (start > 0
                   && (std::isdigit(static_cast<unsigned char>(condition[start - 1])) || condition[start - 1] == '.'))
                --start;
            if (const auto mirrored = expr::parseGoFloat(condition.substr(start, left - start));
                mirrored && start < left)
                found.push_back({sign[0] == '<'       ? ">" + sign.substr(1)
                                     : sign[0] == '>' ? "<" + sign.substr(1)
                                                      : sign,
                                 *mirrored});
        }
        at += size - 1;
    }
    return found;
}

} // namespace core::rollout
