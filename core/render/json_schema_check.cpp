// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/gotemplate/go_text.h"
#include "core/render/json_schema_model.h"

#include <fmt/format.h>

#include <algorithm>

namespace core::render::schema {

namespace {

constexpr std::size_t kMaxSteps = 5'000'000;
constexpr std::size_t kMaxProblems = 10'000;

struct Problem
{
    enum class Kind : std::uint8_t { Leaf, Group, Reference };
    Kind kind = Kind::Leaf;
    std::string at {}; ///< pointer into the value
    std::string message {};
    std::vector<Problem> causes {};
};
using Found = std::optional<Problem>;

/// The schemas that the checking of a value went through.
struct Scope
{
    const Schema* schema = nullptr;
    std::string_view viaKeyword; ///< of a reference, or ""
    std::size_t depth = 0; ///< of the value: scopes of one value share it
    const Scope* parent = nullptr;

    [[nodiscard]] std::string keywords() const
    {
        std::string path;
        for (const auto* scope = this; scope->parent != nullptr; scope = scope->parent)
            path = (scope->viaKeyword.empty() ? scope->schema->location.substr(
                        std::min(scope->parent->schema->location.size(), scope->schema->location.size()))
                                              : "/" + std::string(scope->viaKeyword))
                + path;
        return path;
    }
};

/// What of a value no keyword has looked at yet.
struct Rest
{
    std::set<std::string_view> members {};
    std::set<std::size_t> items {};

    [[nodiscard]] bool isEmpty() const { return members.empty() && items.empty(); }
    void keepWhatIsIn(const Rest& other)
    {
        std::erase_if(members, [&other](std::string_view name) { return !other.members.contains(name); });
        std::erase_if(items, [&other](std::size_t index) { return !other.items.contains(index); });
    }
};

enum class Detail : std::uint8_t { Words, Validity };

class Checker
{
public:
    Checker(const Value& value, const std::stop_token& stop)
        : m_value(value)
        , m_stop(stop)
    {
    }

    Result<std::string> run(const Schema& schema)
    {
        const auto found = start(schema, m_value);
        if (m_failure)
            return fail(*m_failure);
        if (!found)
            return std::string();
        std::string text;
        for (const auto& cause : found->causes)
            print(cause, 0, text);
        return text;
    }

private:
    /// The check of one value by one schema.
    struct Visit
    {
        const Schema& schema;
        const Value& value;
        const Scope& scope;
        std::string at;
        Detail detail;
        Rest& rest;
        std::vector<Problem> problems {};

        [[nodiscard]] bool isDecided() const { return detail == Detail::Validity && !problems.empty(); }
        [[nodiscard]] const Value* keyword(std::string_view name) const { return schema.keywords->if_contains(name); }
        [[nodiscard]] std::optional<std::size_t> count(std::string_view name) const
        {
            const auto* held = keyword(name);
            if (held == nullptr || !held->is_number() || !isWhole(*held))
                return std::nullopt;
            return static_cast<std::size_t>(std::max(0.0L, number(*held)));
        }
        void add(Found found)
        {
            if (found)
                problems.push_back(std::move(*found));
        }
        void add(std::string message, std::vector<Problem> causes = {})
        {
            problems.push_back({Problem::Kind::Leaf, at, std::move(message), std::move(causes)});
        }
    };

    // A check with no memory of schemas above. The problem's causes are the schema's own.
    Found start(const Schema& schema, const Value& value)
    {
        const Scope scope {&schema, {}, 0, nullptr};
        Rest rest = restOf(value, schema, false);
        auto found = visit(schema, value, scope, {}, Detail::Words, rest);
        if (!found)
            return {};
        Problem whole;
        if (found->kind == Problem::Kind::Group)
            whole.causes = std::move(found->causes);
        else
            whole.causes.push_back(std::move(*found));
        return whole;
    }

    static Rest restOf(const Value& value, const Schema& schema, bool callerAsks)
    {
        Rest rest;
        const bool allItems = schema.draft < 2020 ? schema.additionalItems != nullptr || schema.items != nullptr
                                                  : schema.items != nullptr;
        if (const auto* object = value.if_object(); object != nullptr && schema.additionalProperties == nullptr
            && (callerAsks || schema.unevaluatedProperties != nullptr)) {
            for (const auto& member : *object)
                rest.members.insert(member.key());
        } else if (const auto* array = value.if_array();
                   array != nullptr && !allItems && (callerAsks || schema.unevaluatedItems != nullptr)) {
            for (auto i = schema.tuple.size(); i < array->size(); ++i)
                rest.items.insert(i);
        }
        return rest;
    }

    bool goesOn()
    {
        if (m_failure)
            return false;
        ++m_steps;
        if (m_steps > kMaxSteps || m_written > kMaxProblems)
            m_failure = Error {Error::Code::LimitExceeded, "checking the values takes too many steps"};
        else if (m_steps % 256 == 0 && m_stop.stop_requested())
            m_failure = Error {Error::Code::Cancelled, "the render was cancelled"};
        return !m_failure;
    }

    Found visit(const Schema& schema, const Value& value, const Scope& scope, const std::string& at, Detail detail,
                Rest& rest)
    {
        if (!goesOn())
            return {};
        Visit v {schema, value, scope, at, detail, rest};
        const auto refused = [&v, this](const auto& words) -> Found {
            ++m_written;
            return Problem {Problem::Kind::Leaf,
                            v.detail == Detail::Words ? v.at : "",
                            v.detail == Detail::Words ? words() : std::string(),
                            {}};
        };
        if (schema.constant)
            return *schema.constant ? Found() : refused([] { return std::string("false schema"); });
        for (const auto* other = scope.parent; other != nullptr && other->depth == scope.depth; other = other->parent)
            if (other->schema == &schema)
                return refused([&] {
                    return fmt::format("both {} and {} resolve to {} causing reference cycle", scope.keywords(),
                                       other->keywords(), gotemplate::quote(schema.location));
                });
        // A schema before 2019-09 with a reference is that and its const.
        const bool isReference = schema.ref != nullptr && schema.draft < 2019;
        if (const auto* list = v.keyword("enum"); list != nullptr && list->is_array())
            m_steps += list->get_array().size();
        if (auto words = isReference ? wrongConstant(v) : plainProblem(v))
            return refused([&] { return std::move(*words); });
        if (isReference)
            return follow(v, *schema.ref, "$ref");
        if (schema.ref != nullptr)
            v.add(follow(v, *schema.ref, "$ref"));
        if (const auto* object = value.if_object())
            checkObject(v, *object);
        else if (const auto* array = value.if_array())
            checkArray(v, *array);
        else if (value.is_string())
            checkString(v, std::string(value.get_string()));
        else if (value.is_number())
            checkNumber(v);
        if (!v.isDecided()) {
            followDynamic(v);
            combine(v);
            checkRest(v);
        }
        m_written += v.problems.size();
        if (v.problems.empty())
            return {};
        if (v.problems.size() == 1)
            return std::move(v.problems.front());
        return Problem {Problem::Kind::Group, at, "validation failed", std::move(v.problems)};
    }

    static std::optional<std::string> wrongConstant(const Visit& v)
    {
        const auto* constant = v.schema.draft >= 6 ? v.keyword("const") : nullptr;
        if (constant == nullptr || manifest::equal(v.value, *constant))
            return std::nullopt;
        return constant->is_structured() ? "'const' failed" : "value must be " + shown(*constant);
    }

    // Of type, const, enum and format the first that fails is all that is said.
    static std::optional<std::string> plainProblem(const Visit& v)
    {
        if (const auto* type = v.keyword("type")) {
            static constexpr std::string_view kTypes[] {"null",   "boolean", "number", "integer",
                                                        "string", "array",   "object"};
            const auto wants = [&](std::string_view name) {
                const auto* list = type->if_array();
                const auto is = [name](const Value& item) { return item.is_string() && item.get_string() == name; };
                return list == nullptr ? is(*type) : std::any_of(list->begin(), list->end(), is);
            };
            const auto have = typeName(v.value);
            if (!wants(have) && !(have == "number" && wants("integer") && isWhole(v.value))) {
                std::vector<std::string> names;
                for (const auto name : kTypes)
                    if (wants(name))
                        names.emplace_back(name);
                if (!names.empty())
                    return fmt::format("got {}, want {}", have, join(names, " or "));
            }
        }
        if (auto words = wrongConstant(v))
            return words;
        if (const auto* list = v.keyword("enum"); list != nullptr && list->is_array()) {
            const auto& options = list->get_array();
            if (std::none_of(options.begin(), options.end(),
                             [&v](const Value& option) { return manifest::equal(v.value, option); })) {
                std::vector<std::string> names;
                for (const auto& option : options)
                    names.push_back(shown(option));
                if (std::any_of(options.begin(), options.end(),
                                [](const Value& option) { return option.is_structured(); }))
                    return "'enum' failed";
                return (names.size() == 1 ? "value must be " : "value must be one of ") + join(names, ", ");
            }
        }
        if (!v.schema.format.empty() && v.value.is_string())
            if (const auto why = formatProblem(v.schema.format, std::string(v.value.get_string())); !why.empty())
                return fmt::format("{} is not valid {}: {}", shown(v.value), v.schema.format, why);
        return std::nullopt;
    }

    // The same value by another schema; what that looks at counts as looked at.
    Found same(Visit& v, const Schema& schema, Detail detail = Detail::Words, std::string_view viaKeyword = {})
    {
        const Scope scope {&schema, viaKeyword, v.scope.depth, &v.scope};
        auto rest = restOf(v.value, schema, !v.rest.isEmpty());
        auto found = visit(schema, v.value, scope, v.at, v.detail == Detail::Validity ? v.detail : detail, rest);
        if (!found)
            v.rest.keepWhatIsIn(rest);
        return found;
    }

    Found inner(Visit& v, const Schema& schema, const Value& value, std::string_view token)
    {
        const Scope scope {&schema, {}, v.scope.depth + 1, &v.scope};
        auto rest = restOf(value, schema, false);
        return visit(schema, value, scope, v.at + "/" + escapeToken(token), v.detail, rest);
    }

    Found follow(Visit& v, const Schema& target, std::string_view keyword)
    {
        auto found = same(v, target, Detail::Words, keyword);
        if (!found)
            return {};
        Problem problem {Problem::Kind::Reference, v.at, "validation failed", {}};
        if (found->kind == Problem::Kind::Group)
            problem.causes = std::move(found->causes);
        else
            problem.causes.push_back(std::move(*found));
        return problem;
    }

    // $recursiveRef and $dynamicRef lead to the outermost schema that offers itself.
    void followDynamic(Visit& v)
    {
        if (const auto* target = v.schema.recursiveRef) {
            if (target->recursiveAnchor)
                for (const auto* scope = &v.scope; scope != nullptr; scope = scope->parent)
                    if (scope->schema->resource->recursiveAnchor)
                        target = scope->schema;
            v.add(follow(v, *target, "$recursiveRef"));
        }
        if (const auto* target = v.schema.dynamicRef) {
            const auto& name = v.schema.dynamicName;
            if (!name.empty() && target->dynamicAnchor == name)
                for (const auto* scope = &v.scope; scope != nullptr; scope = scope->parent)
                    if (const auto found = scope->schema->resource->dynamicAnchors.find(name);
                        found != scope->schema->resource->dynamicAnchors.end())
                        target = found->second;
            v.add(follow(v, *target, "$dynamicRef"));
        }
    }

    static std::vector<std::string> missing(const manifest::Object& object, const Value* names)
    {
        std::vector<std::string> list;
        if (names != nullptr && names->is_array())
            for (const auto& name : names->get_array())
                if (name.is_string() && !object.contains(name.get_string()))
                    list.emplace_back(name.get_string());
        return list;
    }

    // {"a": ["b"]}: who has a has b, too.
    static void checkRequirements(Visit& v, const manifest::Object& object, std::string_view keyword)
    {
        const auto* held = v.keyword(keyword);
        if (held == nullptr || !held->is_object())
            return;
        for (const auto& member : held->get_object())
            if (object.contains(member.key()))
                if (const auto names = missing(object, &member.value()); !names.empty())
                    v.add(
                        fmt::format("properties {} required, if {} exists", quotedList(names), inQuotes(member.key())));
    }

    static void checkCount(Visit& v, std::size_t have, std::string_view least, std::string_view most)
    {
        const auto say = [&](std::string_view keyword, std::size_t want) {
            v.add(fmt::format("{}: got {}, want {}", keyword, grouped(std::to_string(have)),
                              grouped(std::to_string(want))));
        };
        if (const auto want = v.count(least); want && have < *want)
            say(least, *want);
        if (const auto want = v.count(most); want && have > *want)
            say(most, *want);
    }

    void checkObject(Visit& v, const manifest::Object& object)
    {
        const auto& schema = v.schema;
        checkCount(v, object.size(), "minProperties", "maxProperties");
        if (const auto names = missing(object, v.keyword("required")); names.size() == 1)
            v.add("missing property " + inQuotes(names.front()));
        else if (!names.empty())
            v.add("missing properties " + quotedList(names));
        if (v.isDecided())
            return;
        checkRequirements(v, object, "dependencies");
        for (const auto& [name, dependent] : schema.dependencies)
            if (object.contains(name))
                v.add(same(v, *dependent));
        std::vector<std::string> refused;
        for (const auto& member : object) {
            if (v.isDecided())
                return;
            if (checkMember(v, member.key(), member.value(), refused))
                v.rest.members.erase(member.key());
        }
        if (!refused.empty())
            v.add(fmt::format("additional properties {} not allowed", quotedList(refused)));
        if (schema.propertyNames != nullptr)
            for (const auto& member : object)
                if (auto found = start(*schema.propertyNames, Value(member.key())))
                    v.add(fmt::format("invalid propertyName {}", inQuotes(member.key())), std::move(found->causes));
        for (const auto& [name, dependent] : schema.dependentSchemas)
            if (object.contains(name))
                v.add(same(v, *dependent));
        if (schema.draft >= 2019)
            checkRequirements(v, object, "dependentRequired");
    }

    // Whether a keyword was about the member.
    bool checkMember(Visit& v, std::string_view name, const Value& value, std::vector<std::string>& refused)
    {
        const auto& schema = v.schema;
        bool isKnown = false;
        if (const auto property = schema.properties.find(name); property != schema.properties.end()) {
            isKnown = true;
            v.add(inner(v, *property->second, value, name));
        }
        for (const auto& [regex, pattern] : schema.patternProperties) {
            if (!goesOn())
                return false;
            if (!RE2::PartialMatch(re2::StringPiece(name.data(), name.size()), *regex))
                continue;
            isKnown = true;
            v.add(inner(v, *pattern, value, name));
        }
        if (isKnown || schema.additionalProperties == nullptr)
            return isKnown;
        if (v.keyword("additionalProperties")->is_bool()) {
            if (schema.additionalProperties->constant == false)
                refused.emplace_back(name);
        } else {
            v.add(inner(v, *schema.additionalProperties, value, name));
        }
        return true;
    }

    void checkArray(Visit& v, const manifest::Array& array)
    {
        const auto& schema = v.schema;
        checkCount(v, array.size(), "minItems", "maxItems");
        if (const auto* unique = v.keyword("uniqueItems"); unique != nullptr && *unique == Value(true))
            checkUnique(v, array);
        const auto listed = std::min(array.size(), schema.tuple.size());
        for (std::size_t i = 0; i < listed; ++i)
            v.add(inner(v, *schema.tuple[i], array[i], std::to_string(i)));
        const auto* others = schema.items != nullptr ? schema.items : schema.additionalItems;
        if (others != nullptr && others == schema.additionalItems && v.keyword("additionalItems")->is_bool()) {
            if (others->constant == false && listed != array.size())
                v.add(fmt::format("last {} additionalItem(s) not allowed",
                                  grouped(std::to_string(array.size() - listed))));
        } else if (others != nullptr) {
            for (auto i = listed; i < array.size(); ++i)
                v.add(inner(v, *others, array[i], std::to_string(i)));
        }
        if (schema.contains != nullptr)
            checkContains(v, array);
    }

    void checkUnique(Visit& v, const manifest::Array& array)
    {
        for (std::size_t i = 1; i < array.size(); ++i)
            for (std::size_t j = 0; j < i; ++j) {
                if (!goesOn())
                    return;
                if (manifest::equal(array[i], array[j])) {
                    v.add(fmt::format("items at {} and {} are equal", j, i));
                    return;
                }
            }
    }

    void checkContains(Visit& v, const manifest::Array& array)
    {
        std::vector<Problem> causes;
        std::vector<std::size_t> matched;
        for (std::size_t i = 0; i < array.size(); ++i) {
            if (auto found = inner(v, *v.schema.contains, array[i], std::to_string(i))) {
                causes.push_back(std::move(*found));
                continue;
            }
            matched.push_back(i);
            if (v.schema.draft >= 2020)
                v.rest.items.erase(i);
        }
        const bool hasBounds = v.schema.draft >= 2019;
        const auto least = hasBounds ? v.count("minContains") : std::nullopt;
        const auto most = hasBounds ? v.count("maxContains").value_or(array.size()) : array.size();
        if (least && matched.size() < *least)
            v.add(fmt::format("min {} items required to match contains schema, but {}", *least,
                              matched.empty() ? std::string("none matched")
                                              : fmt::format("matched {} items at {}", matched.size(), spaced(matched))),
                  std::move(causes));
        else if (!least && matched.empty())
            v.add("no items match contains schema", std::move(causes));
        if (matched.size() > most)
            v.add(fmt::format("max {} items required to match contains schema, but matched {} items at {}", most,
                              matched.size(), spaced(matched)));
    }

    static void checkString(Visit& v, const std::string& text)
    {
        if (v.keyword("minLength") != nullptr || v.keyword("maxLength") != nullptr)
            checkCount(v, gotemplate::runeCount(text), "minLength", "maxLength");
        if (v.schema.pattern != nullptr && !RE2::PartialMatch(text, *v.schema.pattern))
            v.add(fmt::format("{} does not match pattern {}", inQuotes(text), inQuotes(v.schema.pattern->pattern())));
    }

    static void checkNumber(Visit& v)
    {
        const auto have = number(v.value);
        const auto limit = [&v](std::string_view name) -> const Value* {
            const auto* held = v.keyword(name);
            return held != nullptr && held->is_number() ? held : nullptr;
        };
        const auto say = [&v](std::string_view keyword, const Value& want) {
            v.add(fmt::format("{}: got {}, want {}", keyword, shownNumber(v.value), shownNumber(want)));
        };
        // Draft 4 says by a flag that the bound beside it is exclusive.
        const auto isExclusive = [&v](std::string_view name) {
            const auto* held = v.keyword(name);
            return held != nullptr && *held == Value(true);
        };
        const auto* low = limit("minimum");
        const auto* high = limit("maximum");
        const auto* above = isExclusive("exclusiveMinimum") ? std::exchange(low, nullptr) : limit("exclusiveMinimum");
        const auto* below = isExclusive("exclusiveMaximum") ? std::exchange(high, nullptr) : limit("exclusiveMaximum");
        if (low != nullptr && have < number(*low))
            say("minimum", *low);
        if (high != nullptr && have > number(*high))
            say("maximum", *high);
        if (above != nullptr && have <= number(*above))
            say("exclusiveMinimum", *above);
        if (below != nullptr && have >= number(*below))
            say("exclusiveMaximum", *below);
        if (const auto* of = limit("multipleOf"); of != nullptr && !isMultiple(v.value, *of))
            say("multipleOf", *of);
    }

    void combine(Visit& v)
    {
        const auto& schema = v.schema;
        if (schema.negated != nullptr && !same(v, *schema.negated, Detail::Validity))
            v.add("'not' failed");
        std::vector<Problem> causes;
        for (const auto* part : schema.allOf)
            if (auto found = same(v, *part))
                causes.push_back(std::move(*found));
        if (!causes.empty())
            v.add("'allOf' failed", std::move(causes));
        checkAny(v);
        checkOne(v);
        if (schema.condition == nullptr)
            return;
        const auto* branch = same(v, *schema.condition, Detail::Validity) ? schema.otherwise : schema.then;
        if (branch != nullptr)
            v.add(same(v, *branch));
    }

    void checkAny(Visit& v)
    {
        std::vector<Problem> causes;
        bool matched = v.schema.anyOf.empty();
        for (const auto* part : v.schema.anyOf) {
            if (auto found = same(v, *part)) {
                causes.push_back(std::move(*found));
                continue;
            }
            matched = true;
            if (v.rest.isEmpty()) // else each tells what it looks at
                break;
        }
        if (!matched)
            v.add("'anyOf' failed", std::move(causes));
    }

    void checkOne(Visit& v)
    {
        std::vector<Problem> causes;
        std::optional<std::size_t> matched;
        for (std::size_t i = 0; i < v.schema.oneOf.size(); ++i) {
            auto found = same(v, *v.schema.oneOf[i], matched ? Detail::Validity : Detail::Words);
            if (found) {
                if (!matched)
                    causes.push_back(std::move(*found));
            } else if (matched) {
                v.add(fmt::format("'oneOf' failed, subschemas {}, {} matched", *matched, i));
                return;
            } else {
                matched = i;
            }
        }
        if (!matched && !v.schema.oneOf.empty())
            v.add("'oneOf' failed, none matched", std::move(causes));
    }

    void checkRest(Visit& v)
    {
        if (const auto* object = v.value.if_object(); object != nullptr && v.schema.unevaluatedProperties != nullptr)
            for (const auto name : std::exchange(v.rest.members, {}))
                v.add(inner(v, *v.schema.unevaluatedProperties, object->at(name), name));
        if (const auto* array = v.value.if_array(); array != nullptr && v.schema.unevaluatedItems != nullptr)
            for (const auto index : std::exchange(v.rest.items, {}))
                v.add(inner(v, *v.schema.unevaluatedItems, (*array)[index], std::to_string(index)));
    }

    static void print(const Problem& problem, std::size_t depth, std::string& text)
    {
        // A reference with one cause tells nothing that the cause does not.
        const bool isSilent = problem.kind == Problem::Kind::Reference && problem.causes.size() == 1;
        if (!isSilent)
            text += fmt::format("{}{}- at {}: {}", text.empty() ? "" : "\n", std::string(2 * depth, ' '),
                                inQuotes(problem.at), problem.message);
        for (const auto& cause : problem.causes)
            print(cause, isSilent ? depth : depth + 1, text);
    }

    const Value& m_value;
    const std::stop_token& m_stop;
    std::size_t m_steps = 0;
    std::size_t m_written = 0;
    std::optional<Error> m_failure;
};

} // namespace

Result<std::string> check(const Schema& schema, const Value& value, const std::stop_token& stop)
{
    return Checker(value, stop).run(schema);
}

} // namespace core::render::schema
