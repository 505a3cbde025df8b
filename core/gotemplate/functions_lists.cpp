// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gotemplate/exec.h"
#include "core/gotemplate/format.h"
#include "core/gotemplate/functions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace core::gotemplate {

namespace {

using R = Result<Value>;

constexpr std::size_t kMaxItems = 4'000'000; // of a list that a function makes
constexpr std::string_view kNilPointer = "runtime error: invalid memory address or nil pointer dereference";

// The items of any Go slice; `verb` for the error of all else.
Result<std::vector<Value>> itemsOf(const Value& value, std::string_view verb, bool nilOk = false)
{
    const auto below = value.underlying();
    if (below.type() == Type::Bytes) {
        std::vector<Value> items;
        for (const char c : below.asString())
            items.push_back(Value::integer(static_cast<unsigned char>(c), Type::Uint8));
        return items;
    }
    if (below.isList())
        return below.items();
    if (value.isNil() && nilOk)
        return std::vector<Value> {};
    if (value.isNil())
        return fail(Error::Code::InvalidInput, std::string(kNilPointer));
    return fail(Error::Code::InvalidInput, fmt::format("Cannot {} type {}", verb, value.typeName()));
}

// As Go adds: over the end to the beginning.
std::int64_t wrappingSum(std::int64_t a, std::int64_t b)
{
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

R push(Call& c)
{
    PH_TRY(auto items, itemsOf(c[0], "push on"));
    items.push_back(c[1]);
    PH_CHECK(c.execution.work(items.size() / 16));
    return Value::list(std::move(items));
}

R prepend(Call& c)
{
    PH_TRY(auto items, itemsOf(c[0], "prepend on"));
    items.insert(items.begin(), c[1]);
    PH_CHECK(c.execution.work(items.size() / 16));
    return Value::list(std::move(items));
}

R first(Call& c)
{
    PH_TRY(const auto items, itemsOf(c[0], "find first on"));
    return items.empty() ? Value::nil() : items.front();
}

R last(Call& c)
{
    PH_TRY(const auto items, itemsOf(c[0], "find last on"));
    return items.empty() ? Value::nil() : items.back();
}

R rest(Call& c)
{
    PH_TRY(auto items, itemsOf(c[0], "find rest on"));
    if (!items.empty())
        items.erase(items.begin());
    return Value::list(std::move(items));
}

R initial(Call& c)
{
    PH_TRY(auto items, itemsOf(c[0], "find initial on"));
    if (!items.empty())
        items.pop_back();
    return Value::list(std::move(items));
}

R reverse(Call& c)
{
    PH_TRY(auto items, itemsOf(c[0], "find reverse on"));
    std::reverse(items.begin(), items.end());
    return Value::list(std::move(items));
}

R compact(Call& c)
{
    PH_TRY(auto items, itemsOf(c[0], "compact on"));
    std::erase_if(items, isEmpty);
    return Value::list(std::move(items));
}

// Values of the same scalar type and text are found by hash, others by comparison.
class Seen
{
public:
    /// The work that contains() will be.
    [[nodiscard]] std::size_t cost(const Value& value) const
    {
        const auto found = m_buckets.find(key(value));
        return found == m_buckets.end() ? 1 : found->second.size();
    }
    [[nodiscard]] bool contains(const Value& value) const
    {
        const auto found = m_buckets.find(key(value));
        return found != m_buckets.end()
            && std::any_of(found->second.begin(), found->second.end(),
                           [&](const Value& other) { return deepEqual(other, value); });
    }
    void add(const Value& value) { m_buckets[key(value)].push_back(value); }

private:
    static std::size_t key(const Value& value)
    {
        auto hash = static_cast<std::size_t>(value.isNil() ? Type::Nil : value.type());
        if (value.isString())
            hash ^= std::hash<std::string> {}(value.asString());
        else if (value.isInteger())
            hash ^= std::hash<std::int64_t> {}(value.asInt());
        else if (value.type() == Type::Float64)
            hash ^= std::hash<double> {}(value.asFloat());
        else
            hash ^= value.size() << 8U;
        return hash;
    }
    std::unordered_map<std::size_t, std::vector<Value>> m_buckets;
};

R uniq(Call& c)
{
    PH_TRY(const auto items, itemsOf(c[0], "find uniq on"));
    PH_CHECK(c.execution.weigh(c.arguments));
    std::vector<Value> kept;
    Seen seen;
    for (const auto& item : items) {
        PH_CHECK(c.execution.work(seen.cost(item)));
        if (seen.contains(item))
            continue;
        seen.add(item);
        kept.push_back(item);
    }
    return Value::list(std::move(kept));
}

R without(Call& c)
{
    PH_TRY(auto items, itemsOf(c[0], "find without on"));
    PH_CHECK(c.execution.weigh(c.arguments));
    PH_CHECK(c.execution.work(items.size() * c.size() / 4));
    std::erase_if(items, [&c](const Value& item) {
        return std::any_of(c.arguments.begin() + 1, c.arguments.end(),
                           [&item](const Value& other) { return deepEqual(item, other); });
    });
    return Value::list(std::move(items));
}

R has(Call& c)
{
    if (c[1].isNil())
        return Value::boolean(false);
    PH_TRY(const auto items, itemsOf(c[1], "find has on"));
    PH_CHECK(c.execution.weigh(c.arguments));
    return Value::boolean(
        std::any_of(items.begin(), items.end(), [&c](const Value& item) { return deepEqual(item, c[0]); }));
}

R slice(Call& c)
{
    const auto below = c[0].underlying();
    if (!below.isList()) {
        if (c[0].isNil())
            return refuse(std::string(kNilPointer));
        return refuse(fmt::format("list should be type of slice or array but {}", c[0].typeName()));
    }
    const auto size = static_cast<std::int64_t>(below.size());
    if (size == 0)
        return Value::nil();
    const auto from = c.size() > 1 ? integerOf(c[1]) : 0;
    const auto to = c.size() > 2 ? integerOf(c[2]) : size;
    if (from < 0 || from > to || to > size)
        return refuse("reflect.Value.Slice: slice index out of bounds");
    if (below.type() == Type::Bytes)
        return Value::text(
            Type::Bytes, below.asString().substr(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from)));
    return Value::list({below.items().begin() + from, below.items().begin() + to}, below.type());
}

R concat(Call& c)
{
    std::vector<Value> all;
    for (const auto& argument : c.arguments) {
        if (!argument.underlying().isList())
            return refuse(argument.isNil() ? std::string(kNilPointer)
                                           : fmt::format("Cannot concat type {} as list", argument.typeName()));
        if (all.size() + argument.underlying().size() > kMaxItems)
            return fail(Error::Code::LimitExceeded, "the list is too long");
        PH_CHECK(c.execution.work(argument.underlying().size() / 2));
        PH_TRY(const auto items, itemsOf(argument, "concat"));
        all.insert(all.end(), items.begin(), items.end());
    }
    return Value::list(std::move(all));
}

R chunk(Call& c)
{
    PH_TRY(const auto items, itemsOf(c[1], "chunk"));
    const auto size = c[0].asInt();
    if (size == 0 || (size < 0 && items.empty()))
        return refuse("runtime error: makeslice: len out of range");
    if (size < 0) {
        // One chunk of what is left over, where Go's arithmetic gives one.
        const auto left = static_cast<std::int64_t>(items.size());
        const auto count =
            static_cast<std::int64_t>(std::floor(static_cast<double>(left - 1) / static_cast<double>(size)) + 1);
        if (count < 0 || (count == 1 && left % size == 0))
            return refuse("runtime error: makeslice: len out of range");
        return Value::list(count == 1 ? std::vector<Value> {Value::list(items)} : std::vector<Value> {},
                           Type::ListList);
    }
    PH_CHECK(c.execution.work(items.size()));
    std::vector<Value> chunks;
    for (std::size_t at = 0; at < items.size(); at += static_cast<std::size_t>(size))
        chunks.push_back(Value::list(
            {items.begin() + static_cast<std::ptrdiff_t>(at),
             items.begin()
                 + static_cast<std::ptrdiff_t>(std::min(items.size(), at + static_cast<std::size_t>(size)))}));
    return Value::list(std::move(chunks), Type::ListList);
}

R list(Call& c)
{
    return Value::list({c.arguments.begin(), c.arguments.end()});
}

} // namespace

void addListFunctions(FunctionMap& map)
{
    const auto both = [&map](std::string name, const char* signature, R (*body)(Call&)) {
        map.add(name, signature, body);
        name[0] = static_cast<char>(name[0] - 'a' + 'A');
        map.add("must" + name, signature, body);
    };
    map.add("list", "a*", list);
    map.add("tuple", "a*", list);
    both("append", "aa", push);
    both("push", "aa", push);
    both("prepend", "aa", prepend);
    both("first", "a", first);
    both("last", "a", last);
    both("rest", "a", rest);
    both("initial", "a", initial);
    both("reverse", "a", reverse);
    both("compact", "a", compact);
    both("uniq", "a", uniq);
    both("without", "aa*", without);
    both("has", "aa", has);
    both("slice", "aa*", slice);
    both("chunk", "ia", chunk);
    map.add("concat", "a*", concat);
    map.add("until", "i", [](Call& c) -> R {
        const auto count = c[0].asInt();
        constexpr auto kMost = static_cast<std::int64_t>(kMaxItems);
        if (count > kMost || count < -kMost)
            return fail(Error::Code::LimitExceeded, "the list is too long");
        const auto size = count < 0 ? -count : count;
        PH_CHECK(c.execution.work(static_cast<std::size_t>(size)));
        std::vector<Value> items;
        for (std::int64_t i = 0; i < size; ++i)
            items.push_back(Value::integer(count < 0 ? -i : i));
        return Value::list(std::move(items), Type::IntList);
    });
    map.add("untilStep", "iii", [](Call& c) -> R {
        const auto start = c[0].asInt();
        const auto stop = c[1].asInt();
        const auto step = c[2].asInt();
        std::vector<Value> items;
        for (auto i = start; step != 0 && (step > 0 ? i < stop : i > stop); i = wrappingSum(i, step)) {
            items.push_back(Value::integer(i));
            if (items.size() > kMaxItems)
                return fail(Error::Code::LimitExceeded, "the list is too long");
        }
        PH_CHECK(c.execution.work(items.size()));
        return Value::list(std::move(items), Type::IntList);
    });
    map.add("seq", "i*", [](Call& c) -> R {
        std::int64_t from = 1;
        std::int64_t step = 1;
        std::int64_t to = 0;
        if (c.size() == 1) {
            to = c[0].asInt();
        } else if (c.size() == 2) {
            from = c[0].asInt();
            to = c[1].asInt();
        } else if (c.size() == 3) {
            from = c[0].asInt();
            step = c[1].asInt();
            to = c[2].asInt();
        } else {
            return Value::string("");
        }
        if (c.size() < 3)
            step = to < from ? -1 : 1;
        else if (step == 0 || (to > from && step < 0) || (to < from && step > 0))
            return Value::string("");
        std::string text;
        for (auto i = from; step > 0 ? i <= to : i >= to; i = wrappingSum(i, step)) {
            text += (text.empty() ? "" : " ") + std::to_string(i);
            if (text.size() > (std::size_t {16} << 20))
                return fail(Error::Code::LimitExceeded, "the text is too large");
        }
        return Value::string(std::move(text));
    });
}

} // namespace core::gotemplate
