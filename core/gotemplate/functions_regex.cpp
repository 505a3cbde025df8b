// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gotemplate/bounds.h"
#include "core/gotemplate/exec.h"
#include "core/gotemplate/functions.h"
#include "core/gotemplate/go_text.h"

#include <re2/re2.h>

#include <algorithm>
#include <ctime>
#include <unordered_map>

namespace core::gotemplate {

namespace {

constexpr std::size_t kMaxText = std::size_t {16} << 20;
constexpr std::size_t kMaxPattern = std::size_t {64} << 10;
constexpr std::size_t kMaxMatches = 1'000'000;
constexpr std::size_t kMaxKept = 32; // compiled expressions; each may take 8 MiB
// Of one search: letters by instructions, of which RE2 looks at each pair at worst.
constexpr std::size_t kMaxSearch = std::size_t {1} << 31;
constexpr std::size_t kSmall = 4096; // texts that need no looking after
constexpr std::uint64_t kMaxMicroseconds = 5'000'000; // of all searches of one call
constexpr std::size_t kStepsPerMicrosecond = 2;

std::string regexError(const RE2& regex)
{
    return goRegexMessage(regex.error(), regex.error_arg());
}

Result<std::shared_ptr<const RE2>> compiled(const std::string& pattern)
{
    if (pattern.size() > kMaxPattern)
        return fail(Error::Code::LimitExceeded, "the regular expression is too large");
    thread_local std::unordered_map<std::string, std::shared_ptr<const RE2>> cache;
    if (cache.size() > kMaxKept)
        cache.clear();
    auto& slot = cache[pattern];
    if (!slot) {
        RE2::Options options;
        options.set_log_errors(false);
        options.set_max_mem(8 << 20);
        slot = std::make_shared<const RE2>(pattern, options);
    }
    return slot;
}

struct Match
{
    std::vector<re2::StringPiece> groups;
    std::size_t start = 0, end = 0;
};

struct Matches
{
    std::vector<Match> all;
    std::uint64_t microseconds = 0;
};

std::uint64_t workedMicroseconds()
{
    timespec time {};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000U + static_cast<std::uint64_t>(time.tv_nsec) / 1000U;
}

Result<Matches> search(const RE2& regex, const std::string& text, std::int64_t limit, const std::atomic<bool>& isLeft)
{
    Matches found;
    auto& all = found.all;
    const auto groups = static_cast<std::size_t>(regex.NumberOfCapturingGroups()) + 1;
    const bool isTimed = text.size() > kSmall;
    const auto start = isTimed ? workedMicroseconds() : 0;
    std::size_t at = 0;
    std::ptrdiff_t previousEnd = -1;
    while (at <= text.size() && (limit < 0 || static_cast<std::int64_t>(all.size()) < limit)) {
        Match match;
        match.groups.resize(groups);
        const bool isFound =
            regex.Match(text, at, text.size(), RE2::UNANCHORED, match.groups.data(), static_cast<int>(groups));
        if (isTimed)
            found.microseconds = workedMicroseconds() - start;
        if (isLeft || found.microseconds > kMaxMicroseconds || all.size() * groups > kMaxMatches)
            return fail(Error::Code::LimitExceeded, "the search takes too long");
        if (!isFound)
            break;
        match.start = static_cast<std::size_t>(match.groups[0].data() - text.data());
        match.end = match.start + match.groups[0].size();
        const bool empty = match.start == match.end;
        const bool accept = !(empty && static_cast<std::ptrdiff_t>(match.start) == previousEnd);
        at = match.end;
        if (empty)
            at += match.end < text.size() ? decodeRune(text, match.end).size : 1;
        previousEnd = static_cast<std::ptrdiff_t>(match.end);
        if (accept)
            all.push_back(std::move(match));
    }
    return found;
}

/// The matches in a text, as Go finds them.
Result<std::vector<Match>> matches(Execution& execution, const std::shared_ptr<const RE2>& regex, const Value& text,
                                   std::int64_t limit)
{
    const auto size = text.asString().size();
    if (size > kMaxSearch / static_cast<std::size_t>(std::max(1, regex->ProgramSize())))
        return fail(Error::Code::LimitExceeded, "the text is too large for the regular expression");
    Result<Matches> found;
    if (size <= kSmall)
        found = search(*regex, text.asString(), limit, false);
    else
        found = awaited<Matches>(execution.session().stop,
                                 [regex, text, limit](const std::atomic<bool>& isLeft) -> Result<Matches> {
                                     return search(*regex, text.asString(), limit, isLeft);
                                 });
    PH_CHECK(found);
    PH_CHECK(execution.work(found->all.size() + found->microseconds * kStepsPerMicrosecond));
    return std::move(found->all);
}

// Go's Expand: $1, ${1}, $name, ${name}, $$.
void expand(std::string& to, const std::string& pattern, const RE2& regex, const Match& match)
{
    for (std::size_t at = 0; at < pattern.size();) {
        if (pattern[at] != '$') {
            to += pattern[at++];
            continue;
        }
        if (at + 1 < pattern.size() && pattern[at + 1] == '$') {
            to += '$';
            at += 2;
            continue;
        }
        const bool brace = at + 1 < pattern.size() && pattern[at + 1] == '{';
        auto end = at + (brace ? 2 : 1);
        const auto start = end;
        while (end < pattern.size()
               && (std::isalnum(static_cast<unsigned char>(pattern[end])) != 0 || pattern[end] == '_'))
            ++end;
        if (end == start || (brace && (end >= pattern.size() || pattern[end] != '}'))) {
            to += pattern[at++];
            continue;
        }
        const auto name = pattern.substr(start, end - start);
        at = end + (brace ? 1 : 0);
        std::optional<std::uint64_t> number = parseUint(name, 10);
        if (!number) {
            const auto& named = regex.NamedCapturingGroups();
            if (const auto found = named.find(name); found != named.end())
                number = static_cast<std::uint64_t>(found->second);
        }
        if (number && *number < match.groups.size())
            to.append(match.groups[*number].data() == nullptr ? "" : match.groups[*number].data(),
                      match.groups[*number].size());
    }
}

using Regex = std::shared_ptr<const RE2>;

Result<Value> replaceRegex(const Regex& regex, Call& c, bool literal)
{
    const auto& text = c.text(1);
    const auto& with = c.text(2);
    PH_TRY(const auto found, matches(c.execution, regex, c[1], -1));
    const auto references = static_cast<std::size_t>(std::count(with.begin(), with.end(), '$'));
    std::string result;
    std::size_t at = 0;
    for (const auto& match : found) {
        result.append(text, at, match.start - at);
        if (literal)
            result += with;
        else if (references > 0 && match.end - match.start > kMaxText / references)
            return fail(Error::Code::LimitExceeded, "the text is too large");
        else
            expand(result, with, *regex, match);
        at = match.end;
        if (result.size() > kMaxText)
            return fail(Error::Code::LimitExceeded, "the text is too large");
    }
    result.append(text, at, std::string::npos);
    return Value::string(std::move(result));
}

} // namespace

void addRegexFunctions(FunctionMap& map)
{
    using R = Result<Value>;
    using Body = R (*)(const Regex&, Call&);
    // Each with its must twin; the plain form of all but regexMatch panics on a bad pattern.
    const auto both = [&map](const std::string& name, const std::string& signature, Body body) {
        map.add("mustR" + name.substr(1), signature, [body](Call& c) -> R {
            PH_TRY(const auto regex, compiled(c.text(0)));
            return regex->ok() ? body(regex, c) : refuse(regexError(*regex));
        });
        map.add(name, signature, [body, name](Call& c) -> R {
            PH_TRY(const auto regex, compiled(c.text(0)));
            if (regex->ok())
                return body(regex, c);
            if (name == "regexMatch")
                return Value::boolean(false);
            if (name == "regexFind")
                return refuse("regexp: Compile(" + quote(c.text(0)) + "): " + regexError(*regex));
            return refuse("regexp: Compile(`" + c.text(0) + "`): " + regexError(*regex));
        });
    };
    both("regexMatch", "ss", [](const Regex& r, Call& c) -> R {
        PH_TRY(const auto found, matches(c.execution, r, c[1], 1));
        return Value::boolean(!found.empty());
    });
    both("regexFind", "ss", [](const Regex& r, Call& c) -> R {
        PH_TRY(const auto found, matches(c.execution, r, c[1], 1));
        return Value::string(found.empty() ? "" : c.text(1).substr(found[0].start, found[0].end - found[0].start));
    });
    both("regexFindAll", "ssi", [](const Regex& r, Call& c) -> R {
        PH_TRY(const auto found, matches(c.execution, r, c[1], c[2].asInt()));
        std::vector<std::string> all;
        for (const auto& match : found)
            all.push_back(c.text(1).substr(match.start, match.end - match.start));
        return Value::strings(all);
    });
    both("regexReplaceAll", "sss", [](const Regex& r, Call& c) { return replaceRegex(r, c, false); });
    both("regexReplaceAllLiteral", "sss", [](const Regex& r, Call& c) { return replaceRegex(r, c, true); });
    both("regexSplit", "ssi", [](const Regex& r, Call& c) -> R {
        const auto limit = c[2].asInt();
        if (limit == 0)
            return Value::strings({});
        const auto& text = c.text(1);
        if (!c.text(0).empty() && text.empty())
            return Value::strings({""});
        std::vector<std::string> parts;
        std::size_t begin = 0;
        std::size_t end = 0;
        PH_TRY(const auto found, matches(c.execution, r, c[1], limit));
        for (const auto& match : found) {
            if (limit > 0 && static_cast<std::int64_t>(parts.size()) == limit - 1)
                break;
            end = match.start;
            if (match.end != 0)
                parts.push_back(text.substr(begin, end - begin));
            begin = match.end;
        }
        if (end != text.size())
            parts.push_back(text.substr(begin));
        return Value::strings(parts);
    });
    map.add("regexQuoteMeta", "s", [](Call& c) -> R {
        std::string result;
        for (const char ch : c.text(0)) {
            if (std::string_view(R"(\.+*?()|[]{}^$)").find(ch) != std::string_view::npos)
                result += '\\';
            result += ch;
        }
        return Value::string(std::move(result));
    });
}

} // namespace core::gotemplate
