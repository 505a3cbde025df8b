// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/embedded/sim/promql.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <cmath>
#include <limits>

namespace core::embedded::sim::promql {

namespace {

struct Token
{
    enum class Kind : std::uint8_t { End, Name, Number, Text, Duration, Mark } kind = Kind::End;
    std::string text;
    std::size_t at = 0;
};

bool nameStart(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
}
bool digit(char c)
{
    return c >= '0' && c <= '9';
}

Error problem(std::size_t at, std::string_view text)
{
    return {Error::Code::InvalidInput, fmt::format("1:{}: parse error: {}", at + 1, text)};
}

Result<std::vector<Token>> scan(std::string_view in)
{
    std::vector<Token> out;
    std::size_t i = 0;
    while (i < in.size()) {
        const char c = in[i];
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            ++i;
        } else if (c == '#') {
            while (i < in.size() && in[i] != '\n')
                ++i;
        } else if (nameStart(c)) {
            const auto begin = i;
            while (i < in.size() && (nameStart(in[i]) || digit(in[i])))
                ++i;
            out.push_back({Token::Kind::Name, std::string(in.substr(begin, i - begin)), begin});
        } else if (digit(c) || (c == '.' && i + 1 < in.size() && digit(in[i + 1]))) {
            const auto begin = i;
            while (
                i < in.size()
                && (digit(in[i]) || in[i] == '.' || nameStart(in[i])
                    || ((in[i] == '+' || in[i] == '-') && (in[i - 1] == 'e' || in[i - 1] == 'E') && in[begin] != '0')))
                ++i;
            const std::string text(in.substr(begin, i - begin));
            char* end = nullptr;
            (void)std::strtod(text.c_str(), &end);
            if (*end == '\0')
                out.push_back({Token::Kind::Number, text, begin});
            else if (parseDuration(text))
                out.push_back({Token::Kind::Duration, text, begin});
            else
                return fail(problem(begin, fmt::format("bad number or duration syntax: \"{}\"", text)));
        } else if (c == '"' || c == '\'' || c == '`') {
            const auto begin = i++;
            std::string text;
            while (i < in.size() && in[i] != c) {
                if (in[i] == '\\' && c != '`' && i + 1 < in.size()) {
                    ++i;
                    text += in[i] == 'n' ? '\n' : in[i] == 't' ? '\t' : in[i];
                } else {
                    text += in[i];
                }
                ++i;
            }
            if (i >= in.size())
                return fail(problem(begin, "unterminated quoted string"));
            ++i;
            out.push_back({Token::Kind::Text, text, begin});
        } else {
            static constexpr std::string_view two[] = {"==", "!=", "<=", ">=", "=~", "!~"};
            const auto pair = in.substr(i, 2);
            const bool isPair = std::find(std::begin(two), std::end(two), pair) != std::end(two);
            const std::string text(in.substr(i, isPair ? 2 : 1));
            if (!isPair && std::string_view("(){}[],+-*/%^=<>").find(c) == std::string_view::npos)
                return fail(problem(i, fmt::format("unexpected character: '{}'", c)));
            out.push_back({Token::Kind::Mark, text, i});
            i += text.size();
        }
    }
    out.push_back({Token::Kind::End, {}, in.size()});
    return out;
}

template<class T>
NodePtr make(T content)
{
    auto node = std::make_unique<Node>();
    node->content = std::move(content);
    return node;
}

const std::set<std::string, std::less<>> kAggregations {"sum",    "avg",    "min",  "max",     "count", "quantile",
                                                        "stddev", "stdvar", "topk", "bottomk", "group"};

int precedence(std::string_view op)
{
    if (op == "or")
        return 1;
    if (op == "and" || op == "unless")
        return 2;
    if (op == "==" || op == "!=" || op == "<" || op == ">" || op == "<=" || op == ">=")
        return 3;
    if (op == "+" || op == "-")
        return 4;
    if (op == "*" || op == "/" || op == "%")
        return 5;
    return op == "^" ? 6 : 0;
}

class Parser
{
public:
    explicit Parser(std::vector<Token> tokens)
        : m_tokens(std::move(tokens))
    {
    }

    Result<NodePtr> whole()
    {
        PH_TRY(auto node, expression(1, 0));
        if (peek().kind != Token::Kind::End)
            return fail(unexpected());
        return node;
    }

private:
    static constexpr int kMaxDepth = 100;

    [[nodiscard]] const Token& peek() const { return m_tokens[m_at]; }
    [[nodiscard]] bool is(std::string_view text) const
    {
        return (peek().kind == Token::Kind::Mark || peek().kind == Token::Kind::Name) && peek().text == text;
    }
    bool take(std::string_view text)
    {
        if (!is(text))
            return false;
        ++m_at;
        return true;
    }
    [[nodiscard]] Error unexpected() const
    {
        if (peek().kind == Token::Kind::End)
            return problem(peek().at, "unexpected end of input");
        return problem(peek().at, fmt::format("unexpected \"{}\"", peek().text));
    }
    Result<> expect(std::string_view text)
    {
        if (!take(text))
            return fail(unexpected());
        return {};
    }

    Result<std::vector<std::string>> labelList()
    {
        std::vector<std::string> out;
        PH_CHECK(expect("("));
        while (!take(")")) {
            if (peek().kind != Token::Kind::Name)
                return fail(unexpected());
            out.push_back(m_tokens[m_at++].text);
            if (!is(")"))
                PH_CHECK(expect(","));
        }
        return out;
    }

    Result<NodePtr> expression(int least, int depth)
    {
        if (depth > kMaxDepth)
            return fail(Error::Code::LimitExceeded, "parse error: the expression is nested too deeply");
        PH_TRY(auto left, unary(depth + 1));
        for (;;) {
            const auto op = peek().text;
            const int level = peek().kind == Token::Kind::Mark || peek().kind == Token::Kind::Name ? precedence(op) : 0;
            if (level < least || level == 0)
                return left;
            ++m_at;
            Binary binary;
            binary.op = op;
            binary.returnBool = take("bool");
            if (is("on") || is("ignoring")) {
                binary.on = is("on");
                ++m_at;
                PH_TRY(binary.labels, labelList());
                if (is("group_left") || is("group_right")) {
                    binary.group = is("group_left") ? Binary::Group::Left : Binary::Group::Right;
                    ++m_at;
                    if (is("(")) {
                        PH_TRY(binary.include, labelList());
                    }
                }
            }
            PH_TRY(binary.right, expression(op == "^" ? level : level + 1, depth + 1));
            binary.left = std::move(left);
            left = make(std::move(binary));
        }
    }

    Result<NodePtr> unary(int depth)
    {
        if (depth > kMaxDepth)
            return fail(Error::Code::LimitExceeded, "parse error: the expression is nested too deeply");
        if (take("-")) {
            PH_TRY(auto operand, expression(6, depth + 1));
            return make(Negation {std::move(operand)});
        }
        if (take("+"))
            return expression(6, depth + 1);
        PH_TRY(auto node, primary(depth + 1));
        return postfix(std::move(node));
    }

    Result<double> duration()
    {
        const auto value = peek().kind == Token::Kind::Duration ? parseDuration(peek().text)
            : peek().kind == Token::Kind::Number ? std::optional<double>(std::strtod(peek().text.c_str(), nullptr))
                                                 : std::nullopt;
        if (!value)
            return fail(unexpected());
        ++m_at;
        return *value;
    }

    Result<NodePtr> postfix(NodePtr node)
    {
        auto* selector = std::get_if<Selector>(&node->content);
        if (take("[")) {
            if (selector == nullptr)
                return fail(problem(peek().at, "ranges only allowed for vector selectors"));
            PH_TRY(selector->range, duration());
            if (!(selector->range > 0))
                return fail(problem(peek().at, "duration must be greater than 0"));
            PH_CHECK(expect("]"));
        }
        if (take("offset")) {
            if (selector == nullptr)
                return fail(
                    problem(peek().at,
                            "offset modifier must be preceded by an instant vector selector or range vector selector"));
            const bool negative = take("-");
            PH_TRY(const double by, duration());
            selector->offset = negative ? -by : by;
        }
        return node;
    }

    Result<NodePtr> primary(int depth)
    {
        const Token token = peek();
        if (token.kind == Token::Kind::Number) {
            ++m_at;
            return make(std::strtod(token.text.c_str(), nullptr));
        }
        if (token.kind == Token::Kind::Text) {
            ++m_at;
            return make(token.text);
        }
        if (take("(")) {
            PH_TRY(auto inner, expression(1, depth + 1));
            PH_CHECK(expect(")"));
            return inner;
        }
        if (is("{"))
            return selector({});
        if (token.kind != Token::Kind::Name)
            return fail(unexpected());
        const auto word = lower(token.text);
        ++m_at;
        if (word == "inf" || word == "nan")
            return make(word == "inf" ? std::numeric_limits<double>::infinity() : std::nan(""));
        if (kAggregations.contains(word) && (is("(") || is("by") || is("without")))
            return aggregation(word, depth);
        if (is("("))
            return call(token, depth);
        return selector(token.text);
    }

    Result<NodePtr> aggregation(const std::string& op, int depth)
    {
        Aggregation aggregation;
        aggregation.op = op;
        const auto grouping = [&]() -> Result<> {
            if (is("by") || is("without")) {
                aggregation.without = is("without");
                ++m_at;
                PH_TRY(aggregation.labels, labelList());
            }
            return {};
        };
        PH_CHECK(grouping());
        PH_CHECK(expect("("));
        PH_TRY(aggregation.operand, expression(1, depth + 1));
        if (op == "quantile" || op == "topk" || op == "bottomk") {
            PH_CHECK(expect(","));
            aggregation.parameter = std::move(aggregation.operand);
            PH_TRY(aggregation.operand, expression(1, depth + 1));
        }
        PH_CHECK(expect(")"));
        PH_CHECK(grouping());
        return make(std::move(aggregation));
    }

    Result<NodePtr> call(const Token& name, int depth)
    {
        static const std::map<std::string, std::pair<std::size_t, std::size_t>, std::less<>> functions {
            {"rate", {1, 1}},
            {"irate", {1, 1}},
            {"increase", {1, 1}},
            {"delta", {1, 1}},
            {"avg_over_time", {1, 1}},
            {"min_over_time", {1, 1}},
            {"max_over_time", {1, 1}},
            {"sum_over_time", {1, 1}},
            {"count_over_time", {1, 1}},
            {"last_over_time", {1, 1}},
            {"histogram_quantile", {2, 2}},
            {"scalar", {1, 1}},
            {"vector", {1, 1}},
            {"abs", {1, 1}},
            {"ceil", {1, 1}},
            {"floor", {1, 1}},
            {"round", {1, 2}},
            {"sqrt", {1, 1}},
            {"exp", {1, 1}},
            {"ln", {1, 1}},
            {"clamp_min", {2, 2}},
            {"clamp_max", {2, 2}},
            {"clamp", {3, 3}},
            {"absent", {1, 1}},
            {"time", {0, 0}},
            {"sort", {1, 1}},
            {"sort_desc", {1, 1}}};
        const auto known = functions.find(name.text);
        if (known == functions.end())
            return fail(problem(name.at, fmt::format("unknown function with name \"{}\"", name.text)));
        Call call;
        call.function = name.text;
        PH_CHECK(expect("("));
        while (!take(")")) {
            PH_TRY(auto argument, expression(1, depth + 1));
            call.arguments.push_back(std::move(argument));
            if (!is(")"))
                PH_CHECK(expect(","));
        }
        const auto [least, most] = known->second;
        if (call.arguments.size() < least || call.arguments.size() > most)
            return fail(problem(name.at,
                                fmt::format("expected {} argument(s) in call to \"{}\", got {}", least, name.text,
                                            call.arguments.size())));
        return make(std::move(call));
    }

    Result<NodePtr> selector(const std::string& name)
    {
        Selector selector;
        if (!name.empty())
            selector.matchers.push_back({"__name__", Matcher::Kind::Equal, name});
        const auto begin = peek().at;
        if (take("{")) {
            while (!take("}")) {
                if (peek().kind != Token::Kind::Name)
                    return fail(unexpected());
                Matcher matcher;
                matcher.label = m_tokens[m_at++].text;
                static const std::map<std::string, Matcher::Kind, std::less<>> kinds {{"=", Matcher::Kind::Equal},
                                                                                      {"!=", Matcher::Kind::NotEqual},
                                                                                      {"=~", Matcher::Kind::Match},
                                                                                      {"!~", Matcher::Kind::NoMatch}};
                const auto kind = kinds.find(peek().text);
                if (peek().kind != Token::Kind::Mark || kind == kinds.end())
                    return fail(unexpected());
                matcher.kind = kind->second;
                ++m_at;
                if (peek().kind != Token::Kind::Text)
                    return fail(unexpected());
                matcher.value = m_tokens[m_at++].text;
                if (matcher.kind == Matcher::Kind::Match || matcher.kind == Matcher::Kind::NoMatch) {
                    const re2::RE2 pattern(matcher.value, re2::RE2::Quiet);
                    if (!pattern.ok())
                        return fail(problem(begin, "error parsing regexp: " + pattern.error()));
                }
                selector.matchers.push_back(std::move(matcher));
                if (!is("}"))
                    PH_CHECK(expect(","));
            }
        }
        const bool narrow = std::any_of(selector.matchers.begin(), selector.matchers.end(),
                                        [](const Matcher& m) { return !matchesAll({m}, {}); });
        if (!narrow)
            return fail(problem(begin, "vector selector must contain at least one non-empty matcher"));
        return make(std::move(selector));
    }

    std::vector<Token> m_tokens;
    std::size_t m_at = 0;
};

} // namespace

std::optional<double> parseDuration(std::string_view text)
{
    static constexpr std::pair<std::string_view, double> units[] = {
        {"ms", 0.001}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}, {"w", 604800}, {"y", 31536000}};
    double total = 0;
    if (text.empty())
        return std::nullopt;
    while (!text.empty()) {
        std::size_t digits = 0;
        double amount = 0;
        while (digits < text.size() && digit(text[digits]))
            amount = amount * 10 + (text[digits++] - '0');
        if (digits == 0)
            return std::nullopt;
        text.remove_prefix(digits);
        const auto unit =
            std::find_if(std::begin(units), std::end(units), [&](const auto& u) { return text.starts_with(u.first); });
        if (unit == std::end(units))
            return std::nullopt;
        total += amount * unit->second;
        text.remove_prefix(unit->first.size());
    }
    return total;
}

Result<NodePtr> parse(std::string_view query)
{
    if (query.size() > 64 * 1024)
        return fail(Error::Code::LimitExceeded, "parse error: the query is too long");
    PH_TRY(auto tokens, scan(query));
    if (tokens.size() == 1)
        return fail(Error::Code::InvalidInput, "unknown position: parse error: no expression found in input");
    return Parser(std::move(tokens)).whole();
}

} // namespace core::embedded::sim::promql
