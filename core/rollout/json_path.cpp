// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollout/json_path.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>

namespace core::rollout {

using manifest::Value;

namespace {

constexpr std::size_t kMostValues = 1'000'000;
constexpr int kDeepest = 100;

enum class Kind : std::uint8_t { List, Literal, Field, Slice, Filter, Wildcard, Recursive, Union, Identifier };

struct Bound
{
    bool known = false;
    bool derived = false; ///< of [n], which ends at n + 1
    std::int64_t value = 0;
};

struct Node
{
    Kind kind = Kind::List;
    std::string text {}; ///< a field's name, a filter's operator, an identifier
    Value literal {};
    std::array<Bound, 3> bounds {};
    std::vector<Node> nodes {}; ///< of a list; the lists of a union; left and right of a filter
};

bool isTerminator(char c)
{
    return c == '\0' || std::string_view(" \t\r\n.,[]$@{}").find(c) != std::string_view::npos;
}
bool isWordCharacter(char c)
{
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
        || static_cast<unsigned char>(c) >= 0x80;
}

class Parser
{
public:
    Parser(std::string_view input, int depth)
        : m_input(input)
        , m_depth(depth)
    {
    }

    /// Text, and actions in braces.
    Result<Node> parse()
    {
        Node root;
        while (m_at < m_input.size()) {
            const auto open = std::min(m_input.find('{', m_at), m_input.size());
            if (open > m_at)
                root.nodes.push_back(
                    {.kind = Kind::Literal, .literal = boost::json::string(m_input.substr(m_at, open - m_at))});
            m_at = open;
            if (m_at == m_input.size())
                break;
            ++m_at;
            Node list;
            PH_CHECK(parseAction(list));
            root.nodes.push_back(std::move(list));
        }
        return root;
    }

private:
    [[nodiscard]] char peek() const { return m_at < m_input.size() ? m_input[m_at] : '\0'; }

    static Result<> refuse(std::string why) { return fail(Error::Code::InvalidInput, std::move(why)); }

    /// What stands in braces of its own: part of an index or of a filter.
    [[nodiscard]] Result<Node> parsePart(std::string_view text) const
    {
        if (m_depth >= kDeepest)
            return fail(Error::Code::LimitExceeded, "the JSONPath's parts stand too deep in each other");
        const std::string braced = "{" + std::string(text) + "}";
        PH_TRY(auto root, Parser(braced, m_depth + 1).parse());
        return std::move(root.nodes.front());
    }

    Result<> parseAction(Node& list)
    {
        while (true) {
            const auto rest = m_input.substr(m_at);
            const char c = peek();
            if (c == '}') {
                ++m_at;
                return {};
            }
            if (rest.starts_with("[?(")) {
                PH_CHECK(parseFilter(list));
            } else if (rest.starts_with("..")) {
                PH_CHECK(parseRecursive(list));
            } else if (c == '\0' || c == '\r' || c == '\n') {
                return refuse("unclosed action");
            } else if (c == ' ' || c == '@' || c == '$') {
                ++m_at;
            } else if (c == '[') {
                PH_CHECK(parseIndex(list));
            } else if (c == '"' || c == '\'') {
                PH_CHECK(parseQuoted(list, c));
            } else if (c == '.') {
                ++m_at;
                parseField(list);
            } else if (c == '+' || c == '-' || (c >= '0' && c <= '9')) {
                PH_CHECK(parseNumber(list));
            } else if (isWordCharacter(c)) {
                const auto begin = m_at;
                while (!isTerminator(peek()))
                    ++m_at;
                const auto word = m_input.substr(begin, m_at - begin);
                if (word == "true" || word == "false")
                    list.nodes.push_back({.kind = Kind::Literal, .literal = word == "true"});
                else
                    list.nodes.push_back({.kind = Kind::Identifier, .text = std::string(word)});
            } else {
                return refuse(fmt::format("unrecognized character in action: '{}'", c));
            }
        }
    }

    Result<> parseRecursive(Node& list)
    {
        if (!list.nodes.empty() && list.nodes.back().kind == Kind::Recursive)
            return refuse("invalid multiple recursive descent");
        m_at += 2;
        list.nodes.push_back({.kind = Kind::Recursive});
        if (isWordCharacter(peek()))
            parseField(list);
        return {};
    }

    void parseField(Node& list)
    {
        std::string name;
        while (!isTerminator(peek())) {
            if (peek() == '\\') { // whatever follows belongs to the name
                ++m_at;
                if (m_at == m_input.size())
                    break;
            }
            name += m_input[m_at++];
        }
        if (name == "*")
            list.nodes.push_back({.kind = Kind::Wildcard});
        else
            list.nodes.push_back({.kind = Kind::Field, .text = std::move(name)});
    }

    Result<> parseNumber(Node& list)
    {
        const auto begin = m_at++;
        while (peek() == '.' || (peek() >= '0' && peek() <= '9'))
            ++m_at;
        auto digits = m_input.substr(begin, m_at - begin);
        const auto written = digits;
        if (digits.starts_with('+'))
            digits.remove_prefix(1);
        std::int64_t whole = 0;
        double number = 0;
        const char* end = digits.data() + digits.size();
        if (const auto read = std::from_chars(digits.data(), end, whole); read.ec == std::errc {} && read.ptr == end)
            list.nodes.push_back({.kind = Kind::Literal, .literal = whole});
        else if (const auto real = std::from_chars(digits.data(), end, number);
                 real.ec == std::errc {} && real.ptr == end)
            list.nodes.push_back({.kind = Kind::Literal, .literal = number});
        else
            return refuse(fmt::format("cannot parse number {}", written));
        return {};
    }

    Result<> parseQuoted(Node& list, char quote)
    {
        std::string text;
        for (++m_at; peek() != quote; ++m_at) {
            if (m_at >= m_input.size() || peek() == '\n')
                return refuse("unterminated quoted string");
            if (peek() == '\\' && m_at + 1 < m_input.size()) {
                const char c = m_input[++m_at];
                static constexpr std::string_view kNames = "nrtabfv0";
                static constexpr std::string_view kMeant("\n\r\t\a\b\f\v\0", 8);
                const auto known = kNames.find(c);
                text += known == std::string_view::npos ? c : kMeant[known];
            } else {
                text += peek();
            }
        }
        ++m_at;
        list.nodes.push_back({.kind = Kind::Literal, .literal = boost::json::string(text)});
        return {};
    }

    Result<> parseIndex(Node& list)
    {
        const auto close = m_input.find(']', m_at);
        if (close == std::string_view::npos || m_input.substr(m_at, close - m_at).find('\n') != std::string_view::npos)
            return refuse("unterminated array");
        std::string inner(m_input.substr(m_at + 1, close - m_at - 1));
        m_at = close + 1;
        if (inner == "*")
            inner = ":";
        if (inner.find(',') != std::string::npos) {
            Node made {.kind = Kind::Union};
            for (std::string_view rest = inner;;) {
                const auto comma = rest.find(',');
                auto part = rest.substr(0, comma);
                while (part.starts_with(' '))
                    part.remove_prefix(1);
                while (part.ends_with(' '))
                    part.remove_suffix(1);
                PH_TRY(auto node, parsePart("[" + std::string(part) + "]"));
                made.nodes.push_back(std::move(node));
                if (comma == std::string_view::npos)
                    break;
                rest.remove_prefix(comma + 1);
            }
            list.nodes.push_back(std::move(made));
            return {};
        }
        static const re2::RE2 kKey("'([^']*)'");
        if (std::string key; re2::RE2::PartialMatch(inner, kKey, &key)) {
            PH_TRY(auto node, parsePart("." + key));
            for (auto& each : node.nodes)
                list.nodes.push_back(std::move(each));
            return {};
        }
        return parseSlice(list, inner);
    }

    static Result<> parseSlice(Node& list, const std::string& inner)
    {
        static const re2::RE2 kSlice("(-?[\\d]*)(:-?[\\d]*)?(:-?[\\d]*)?");
        std::array<std::string, 3> parts;
        if (!re2::RE2::FullMatch(inner, kSlice, &parts[0], &parts[1], &parts[2]))
            return refuse(fmt::format("invalid array index {}", inner));
        Node made {.kind = Kind::Slice};
        for (std::size_t i = 0; i < parts.size(); ++i) {
            auto& bound = made.bounds[i];
            const auto digits = std::string_view(parts[i]).substr(i > 0 && !parts[i].empty() ? 1 : 0);
            if (parts[i].empty() && i == 1)
                bound = {true, true, made.bounds[0].value + 1};
            if (digits.empty())
                continue;
            bound.known = true;
            const char* end = digits.data() + digits.size();
            if (const auto read = std::from_chars(digits.data(), end, bound.value);
                read.ec != std::errc {} || read.ptr != end)
                return refuse(fmt::format("array index {} is not a number", digits));
        }
        list.nodes.push_back(std::move(made));
        return {};
    }

    Result<> parseFilter(Node& list)
    {
        m_at += 3;
        const auto begin = m_at;
        char quote = '\0';
        bool closed = false;
        for (; !closed; ++m_at) {
            if (m_at >= m_input.size() || peek() == '\n')
                return refuse("unterminated filter");
            const char c = peek();
            if (quote == '\0' && (c == '"' || c == '\''))
                quote = c;
            else if (c == quote && m_input[m_at - 1] != '\\')
                quote = '\0';
            else if (c == ')' && quote == '\0')
                closed = true;
        }
        if (peek() != ']')
            return refuse("unclosed array expect ]");
        const std::string inner(m_input.substr(begin, m_at - 1 - begin));
        ++m_at;
        static const re2::RE2 kComparison("^([^!<>=]+)([!<>=]+)(.+?)$");
        Node made {.kind = Kind::Filter};
        std::string left = inner;
        std::string right;
        if (!re2::RE2::FullMatch(inner, kComparison, &left, &made.text, &right))
            made.text = "exists";
        PH_TRY(auto leftNode, parsePart(left));
        PH_TRY(auto rightNode, parsePart(right));
        made.nodes.push_back(std::move(leftNode));
        made.nodes.push_back(std::move(rightNode));
        list.nodes.push_back(std::move(made));
        return {};
    }

    std::string_view m_input;
    std::size_t m_at = 0;
    int m_depth;
};

using Values = std::vector<const Value*>;

std::string_view kindName(const Value& value)
{
    return value.is_string() ? "string"
        : value.is_bool()    ? "bool"
        : value.is_object()  ? "map[string]interface {}"
                             : "float64";
}

class Evaluator
{
public:
    /// The values of each node in turn, ranges walked: the first of them is enough.
    Result<Values> find(const Value& document, const std::vector<Node>& nodes)
    {
        PH_TRY(const auto end, results({&document}, nodes, 0));
        (void)end;
        return std::move(m_found);
    }

private:
    static bool isWord(const Node& node, std::string_view word)
    {
        return node.kind == Kind::List && !node.nodes.empty() && node.nodes.front().kind == Kind::Identifier
            && node.nodes.front().text == word;
    }

    /// Appends to m_found; answers the index after the "end" that closed this level, or the number of nodes.
    Result<std::size_t> results(const Values& at, const std::vector<Node>& nodes, std::size_t begin, int inRange = 0)
    {
        if (inRange > kDeepest)
            return fail(Error::Code::LimitExceeded, "the JSONPath's ranges stand too deep in each other");
        for (std::size_t i = begin; i < nodes.size(); ++i) {
            if (isWord(nodes[i], "end")) {
                if (inRange == 0)
                    return fail(Error::Code::InvalidInput, "not in range, nothing to end");
                return i + 1;
            }
            if (!isWord(nodes[i], "range")) {
                PH_TRY(auto values, walk(at, nodes[i]));
                m_found.insert(m_found.end(), values.begin(), values.end());
                PH_CHECK(bounded(m_found));
                continue;
            }
            Values over = at;
            for (std::size_t part = 1; part < nodes[i].nodes.size(); ++part) {
                PH_TRY(over, walk(over, nodes[i].nodes[part]));
            }
            std::size_t after = nodes.size();
            if (over.empty()) // only to learn where it ends
                over.push_back(&m_null);
            for (const auto* value : over) {
                PH_TRY(after, results({value}, nodes, i + 1, inRange + 1));
            }
            i = after - 1;
        }
        return nodes.size();
    }

    static Result<> bounded(const Values& values)
    {
        if (values.size() > kMostValues)
            return fail(Error::Code::LimitExceeded, "the JSONPath finds more than a million values");
        return {};
    }

    Result<Values> walk(const Values& in, const Node& node)
    {
        switch (node.kind) {
        case Kind::List:
            return walkAll(in, node.nodes);
        case Kind::Literal:
            return Values(node.literal.is_string() ? 1 : in.size(), &node.literal);
        case Kind::Field:
            return field(in, node.text);
        case Kind::Slice:
            return slice(in, node);
        case Kind::Filter:
            return filter(in, node);
        case Kind::Wildcard:
            return children(in);
        case Kind::Recursive: {
            Values out;
            PH_CHECK(descend(in, out));
            return out;
        }
        case Kind::Union: {
            Values out;
            for (const auto& each : node.nodes) {
                PH_TRY(const auto values, walk(in, each));
                out.insert(out.end(), values.begin(), values.end());
            }
            PH_CHECK(bounded(out));
            return out;
        }
        case Kind::Identifier:
            break;
        }
        return fail(Error::Code::InvalidInput, fmt::format("unrecognized identifier {}", node.text));
    }

    Result<Values> walkAll(Values at, const std::vector<Node>& nodes)
    {
        for (const auto& node : nodes) {
            PH_TRY(at, walk(at, node));
        }
        return at;
    }

    static Result<Values> field(const Values& in, const std::string& name)
    {
        Values out;
        for (const auto* value : in)
            if (const auto* object = value->if_object())
                if (const auto* found = object->if_contains(name))
                    out.push_back(found);
        if (out.empty() && !in.empty())
            return fail(Error::Code::NotFound, fmt::format("{} is not found", name));
        return out;
    }

    static Result<Values> children(const Values& in)
    {
        Values out;
        for (const auto* value : in) {
            if (const auto* object = value->if_object())
                for (const auto& member : *object)
                    out.push_back(&member.value());
            if (const auto* array = value->if_array())
                for (const auto& item : *array)
                    out.push_back(&item);
        }
        PH_CHECK(bounded(out));
        return out;
    }

    static Result<> descend(const Values& in, Values& out)
    {
        for (const auto* value : in) {
            PH_TRY(const auto inside, children({value}));
            if (inside.empty())
                continue;
            out.push_back(value);
            PH_CHECK(bounded(out));
            PH_CHECK(descend(inside, out));
        }
        return {};
    }

    static Result<Values> slice(const Values& in, const Node& node)
    {
        Values out;
        for (const auto* value : in) {
            if (value->is_null())
                continue;
            const auto* array = value->if_array();
            if (!array)
                return fail(Error::Code::InvalidInput, fmt::format("{} is not array or slice", kindName(*value)));
            const auto length = static_cast<std::int64_t>(array->size());
            auto [begin, end, step] = node.bounds;
            if (begin.value < 0)
                begin.value += length;
            if (!end.known)
                end.value = length;
            if (end.value < 0 || (end.value == 0 && end.derived))
                end.value += length;
            if (begin.value == end.value)
                return out;
            if (begin.value < 0 || begin.value >= length || end.value < 0 || end.value > length)
                return fail(Error::Code::NotFound,
                            fmt::format("array index out of bounds: index {}, length {}",
                                        begin.value < 0 || begin.value >= length ? begin.value : end.value - 1,
                                        length));
            if (begin.value > end.value)
                return fail(Error::Code::InvalidInput,
                            fmt::format("starting index {} is greater than ending index {}", begin.value, end.value));
            if (step.known && step.value <= 0)
                return fail(Error::Code::InvalidInput, "step must be > 0");
            const auto by = step.known ? std::min(step.value, length) : 1;
            for (auto i = begin.value; i < end.value; i += by)
                out.push_back(&(*array)[static_cast<std::size_t>(i)]);
        }
        return out;
    }

    Result<Values> filter(const Values& in, const Node& node)
    {
        Values out;
        for (const auto* value : in) {
            const auto* array = value->if_array();
            if (!array)
                return fail(Error::Code::InvalidInput,
                            fmt::format("{} is not array or slice and cannot be filtered", kindName(*value)));
            for (const auto& item : *array) {
                const auto left = walk({&item}, node.nodes[0]);
                if (node.text == "exists") {
                    if (left && !left->empty())
                        out.push_back(&item);
                    continue;
                }
                if (!left)
                    return fail(left.error());
                if (left->empty())
                    continue;
                PH_TRY(const auto right, walk({&item}, node.nodes[1]));
                if (right.empty() && left->size() == 1)
                    continue;
                if (left->size() > 1 || right.size() > 1)
                    return fail(Error::Code::InvalidInput, "can only compare one element at a time");
                PH_TRY(const bool passes, compare(*left->front(), node.text, *right.front()));
                if (passes)
                    out.push_back(&item);
            }
        }
        return out;
    }

    /// As Go's templates compare: kinds do not mix, and a whole number that is written is none of the document's.
    static Result<bool> compare(const Value& left, const std::string& how, const Value& right)
    {
        static constexpr std::array<std::string_view, 6> kKnown {"==", "!=", "<", "<=", ">", ">="};
        if (std::find(kKnown.begin(), kKnown.end(), how) == kKnown.end())
            return fail(Error::Code::InvalidInput, fmt::format("unrecognized filter operator {}", how));
        const bool comparable = left.kind() == right.kind() && !left.is_null() && !left.is_object() && !left.is_array();
        if (!comparable)
            return fail(Error::Code::InvalidInput, "incompatible types for comparison");
        if (left.is_bool() && how != "==" && how != "!=")
            return fail(Error::Code::InvalidInput, "invalid type for comparison");
        const auto order = [&]() -> std::partial_ordering {
            if (left.is_string())
                return std::string_view(left.get_string()) <=> std::string_view(right.get_string());
            if (left.is_bool())
                return left.get_bool() == right.get_bool() ? std::partial_ordering::equivalent
                                                           : std::partial_ordering::less;
            return left.to_number<double>() <=> right.to_number<double>();
        }();
        if (how == "==" || how == "!=")
            return (order == std::partial_ordering::equivalent) == (how == "==");
        if (how == "<" || how == "<=")
            return how == "<" ? order < 0 : order <= 0;
        return how == ">" ? order > 0 : order >= 0;
    }

    Values m_found;
    Value m_null;
};

/// Go reads every number of a document as a float.
void makeFloats(Value& value)
{
    if (auto* object = value.if_object())
        for (auto& member : *object)
            makeFloats(member.value());
    else if (auto* array = value.if_array())
        for (auto& item : *array)
            makeFloats(item);
    else if (value.is_int64() || value.is_uint64())
        value = value.to_number<double>();
}

} // namespace

Result<std::optional<Value>> firstOfJsonPath(std::string_view path, const Value& document)
{
    PH_TRY(const auto root, Parser(path, 0).parse());
    Value floats = document;
    makeFloats(floats);
    PH_TRY(const auto found, Evaluator().find(floats, root.nodes));
    if (found.empty())
        return std::optional<Value>();
    return std::optional<Value>(*found.front());
}

} // namespace core::rollout
