// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/health/rule_table.h"

#include "core/base/strings.h"

#include <boost/json.hpp>

#include <algorithm>
#include <charconv>
#include <map>

namespace core::health {

namespace {

using Texts = std::vector<std::string>;

struct Test
{
    enum class Kind : std::uint8_t { Condition, NoCondition, OldCondition, Is, IsNot, Present, Absent, Compare, Stale };
    Kind kind = Kind::Condition;
    std::string name; ///< type of a condition, path of a field
    Texts values; ///< statuses, or values of the field; empty: any
    Texts reasons;
    bool exceptReasons = false;
    std::string relation; ///< "<", "==", "<>"
    std::string other; ///< path or number on the right
};

struct Line
{
    Status status = Status::Unknown;
    std::vector<Test> tests;
    std::string message;
};

struct Block
{
    std::string group, kind; ///< may be globs
    std::string place; ///< path of the conditions, "" = .status.conditions
    std::vector<Line> lines;
};

/// Words at blanks; 'quoted parts' stay together, without the quotes.
Texts words(std::string_view text)
{
    Texts result;
    std::string word;
    bool quoted = false;
    for (const char c : text) {
        if (c == '\'') {
            quoted = !quoted;
        } else if (c == ' ' && !quoted) {
            if (!word.empty())
                result.push_back(std::move(word));
            word.clear();
        } else {
            word += c;
        }
    }
    if (!word.empty())
        result.push_back(std::move(word));
    return result;
}

Test fieldTest(std::string_view word)
{
    Test test;
    for (const auto* relation : {"<>", "!=", "==", "<", "="}) {
        const auto at = word.find(relation);
        if (at == std::string_view::npos)
            continue;
        test.name = word.substr(0, at);
        const auto right = word.substr(at + std::string_view(relation).size());
        test.relation = relation;
        if (test.relation == "=" || test.relation == "!=") {
            test.kind = test.relation == "=" ? Test::Kind::Is : Test::Kind::IsNot;
            test.values = split(right, '|');
        } else {
            test.kind = Test::Kind::Compare;
            test.other = right;
        }
        return test;
    }
    test.kind = Test::Kind::Present;
    test.name = word;
    return test;
}

Test conditionTest(std::string_view word)
{
    Test test;
    const auto equals = word.find('=');
    test.name = word.substr(0, equals);
    if (equals == std::string_view::npos)
        return test;
    auto right = word.substr(equals + 1);
    const auto slash = right.find('/');
    test.values = split(right.substr(0, slash), '|');
    if (slash != std::string_view::npos) {
        right.remove_prefix(slash + 1);
        test.exceptReasons = right.starts_with('!');
        test.reasons = split(right.substr(test.exceptReasons ? 1 : 0), '|');
    }
    return test;
}

Test parseTest(std::string_view word)
{
    Test test;
    if (word == "stale") {
        test.kind = Test::Kind::Stale;
    } else if (word.starts_with("!.")) {
        test.kind = Test::Kind::Absent;
        test.name = word.substr(1);
    } else if (word.starts_with('.') || (word[0] >= '0' && word[0] <= '9')) {
        test = fieldTest(word);
    } else if (word.starts_with('!') || word.starts_with('@')) {
        test.kind = word[0] == '!' ? Test::Kind::NoCondition : Test::Kind::OldCondition;
        test.name = word.substr(1);
    } else {
        test = conditionTest(word);
    }
    return test;
}

std::optional<Line> parseLine(std::string_view text)
{
    const auto colon = text.find(" :");
    Line line;
    const auto parts = words(text.substr(0, colon));
    if (parts.empty())
        return std::nullopt;
    const auto status = parseStatus(parts[0]);
    if (!status)
        return std::nullopt;
    line.status = *status;
    for (std::size_t i = 1; i < parts.size(); ++i)
        line.tests.push_back(parseTest(parts[i]));
    if (colon != std::string_view::npos)
        line.message = trim(text.substr(colon + 2));
    return line;
}

std::vector<Block> parseBlocks()
{
    std::vector<Block> blocks;
    std::size_t first = 0; // of the block that lines go to
    for (const auto text : {dataPlatformRules(), infrastructureRules()}) {
        for (const auto& row : split(text, '\n')) {
            if (row.starts_with("= ")) {
                first = blocks.size();
                for (const auto& word : words(std::string_view(row).substr(2))) {
                    if (word.starts_with('@')) {
                        for (auto i = first; i < blocks.size(); ++i)
                            blocks[i].place = word.substr(1);
                        continue;
                    }
                    const auto slash = word.find('/');
                    for (auto& kind : split(std::string_view(word).substr(slash + 1), ','))
                        blocks.push_back({word.substr(0, slash), std::move(kind), {}, {}});
                }
            } else if (const auto line = parseLine(row)) {
                for (auto i = first; i < blocks.size(); ++i)
                    blocks[i].lines.push_back(*line);
            }
        }
    }
    return blocks;
}

bool matches(std::string_view pattern, std::string_view text)
{
    if (pattern == "*")
        return true;
    if (pattern.starts_with("*."))
        return text.ends_with(pattern.substr(1));
    return pattern == text;
}

const Block* blockOf(std::string_view group, std::string_view kind)
{
    static const auto kBlocks = parseBlocks();
    static const auto kExact = [] {
        std::map<std::pair<std::string_view, std::string_view>, const Block*> exact;
        for (const auto& block : kBlocks)
            exact.emplace(std::pair<std::string_view, std::string_view>(block.group, block.kind), &block);
        return exact;
    }();
    if (const auto found = kExact.find({group, kind}); found != kExact.end())
        return found->second;
    for (const auto& block : kBlocks) {
        const bool glob = block.group.starts_with('*') || block.kind == "*";
        if (glob && matches(block.group, group) && matches(block.kind, kind))
            return &block;
    }
    return nullptr;
}

class Judge
{
public:
    explicit Judge(const Value& live)
        : m_live(live)
    {
    }

    std::optional<Assessment> run(const Block& block)
    {
        if (block.place.empty())
            m_conditions = conditions(m_live);
        else if (const auto* holder = at(block.place))
            m_conditions = conditionsOf(*holder, {});
        for (const auto& line : block.lines) {
            m_found = nullptr;
            if (std::all_of(line.tests.begin(), line.tests.end(), [&](const Test& test) { return holds(test); }))
                return Assessment {line.status, fill(line.message)};
        }
        return std::nullopt;
    }

private:
    [[nodiscard]] const Value* at(std::string_view path) const
    {
        const auto* value = &m_live;
        for (const auto& part : split(path.substr(1), '.')) {
            value = manifest::find(*value, {part}); // list elements by their index
            if (!value)
                return nullptr;
        }
        return value;
    }

    [[nodiscard]] std::string textAt(std::string_view path) const
    {
        const auto* value = at(path);
        if (!value || value->is_null())
            return {};
        if (value->is_string())
            return std::string(value->get_string());
        if (const auto* list = value->if_array()) {
            std::string joined;
            for (const auto& item : *list) {
                if (item.is_string())
                    joined += (joined.empty() ? "" : ", ") + std::string(item.get_string());
            }
            return joined;
        }
        return value->is_object() ? std::string() : manifest::toJson(*value);
    }

    [[nodiscard]] bool present(std::string_view path) const
    {
        const auto* value = at(path);
        if (!value || value->is_null())
            return false;
        if (const auto* object = value->if_object())
            return !object->empty();
        if (const auto* list = value->if_array())
            return !list->empty();
        return !value->is_string() || !value->get_string().empty();
    }

    [[nodiscard]] std::int64_t numberAt(std::string_view text) const
    {
        if (text.starts_with('.')) {
            const auto* value = at(text);
            return value ? manifest::integer(*value, {}).value_or(0) : 0;
        }
        std::int64_t number = 0;
        std::from_chars(text.data(), text.data() + text.size(), number);
        return number;
    }

    [[nodiscard]] const ConditionView* find(const Test& test) const
    {
        const auto listed = [](const Texts& list, std::string_view text) {
            return std::find(list.begin(), list.end(), text) != list.end();
        };
        const auto fits = [&](const Texts& reasons, std::string_view reason) {
            return listed(reasons, reason) || (!reason.empty() && listed(reasons, "*"));
        };
        for (const auto& view : m_conditions) {
            if (test.name != "*" && test.name != view.type)
                continue;
            if (!test.values.empty() && !listed(test.values, view.status))
                continue;
            if (!test.reasons.empty() && fits(test.reasons, view.reason) == test.exceptReasons)
                continue;
            return &view;
        }
        return nullptr;
    }

    bool holds(const Test& test)
    {
        const auto generation = manifest::integer(m_live, {"metadata", "generation"});
        switch (test.kind) {
        case Test::Kind::Condition:
            if (const auto* view = find(test)) {
                m_found = view;
                return true;
            }
            return false;
        case Test::Kind::NoCondition:
            return find(test) == nullptr;
        case Test::Kind::OldCondition: {
            const auto* view = find(test);
            return view && view->observedGeneration && generation && *view->observedGeneration != *generation;
        }
        case Test::Kind::Is:
        case Test::Kind::IsNot: {
            const auto is = std::find(test.values.begin(), test.values.end(), textAt(test.name)) != test.values.end();
            return is == (test.kind == Test::Kind::Is);
        }
        case Test::Kind::Present:
            return present(test.name);
        case Test::Kind::Absent:
            return !present(test.name);
        case Test::Kind::Compare: {
            const auto left = numberAt(test.name);
            const auto right = numberAt(test.other);
            return test.relation == "<" ? left < right : (left == right) == (test.relation == "==");
        }
        case Test::Kind::Stale: {
            const auto observed = manifest::integer(m_live, {"status", "observedGeneration"});
            return observed && generation && *observed != *generation;
        }
        }
        return false;
    }

    [[nodiscard]] std::string valueOf(std::string_view name) const
    {
        if (name == "m")
            return m_found ? std::string(m_found->message) : std::string();
        if (name == "r")
            return m_found ? std::string(m_found->reason) : std::string();
        if (name == "t")
            return m_found ? std::string(m_found->type) : std::string();
        if (name == "Kind")
            return std::string(manifest::kind(m_live));
        if (name == "kind")
            return lower(manifest::kind(m_live));
        if (!name.starts_with('.'))
            return std::string(name);
        const auto colon = name.find(':');
        auto text = textAt(name.substr(0, colon));
        if (colon != std::string_view::npos)
            text.resize(std::min(text.size(), static_cast<std::size_t>(numberAt(name.substr(colon + 1)))));
        return text;
    }

    [[nodiscard]] std::string fill(std::string_view message) const
    {
        std::string result;
        while (!message.empty()) {
            const auto open = message.find('{');
            const auto close = open == std::string_view::npos ? open : message.find('}', open);
            result += message.substr(0, close == std::string_view::npos ? message.size() : open);
            if (close == std::string_view::npos)
                break;
            for (const auto& choice : split(message.substr(open + 1, close - open - 1), '|')) {
                if (auto text = valueOf(choice); !text.empty()) {
                    result += text;
                    break;
                }
            }
            message.remove_prefix(close + 1);
        }
        return result;
    }

    const Value& m_live;
    std::vector<ConditionView> m_conditions;
    const ConditionView* m_found = nullptr;
};

} // namespace

bool tableKnows(const manifest::GroupKind& kind)
{
    return blockOf(kind.group, kind.kind) != nullptr;
}

std::optional<Assessment> tableVerdict(const Value& live)
{
    const auto key = manifest::keyOf(live);
    const auto* block = blockOf(key.group, key.kind);
    return block ? Judge(live).run(*block) : std::nullopt;
}

} // namespace core::health
