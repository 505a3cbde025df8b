// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/builtins.h"
#include "core/expr/lexer.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

namespace core::expr {

namespace {

struct BinaryOperator
{
    int precedence;
    Op op;
    bool right = false;
};

const std::map<std::string_view, BinaryOperator>& binaryOperators()
{
    static const std::map<std::string_view, BinaryOperator> kTable {
        {"|", {0, Op::None}},
        {"or", {10, Op::Or}},
        {"||", {10, Op::Or}},
        {"and", {15, Op::And}},
        {"&&", {15, Op::And}},
        {"==", {20, Op::Equal}},
        {"!=", {20, Op::NotEqual}},
        {"<", {20, Op::Less}},
        {">", {20, Op::Greater}},
        {">=", {20, Op::GreaterEqual}},
        {"<=", {20, Op::LessEqual}},
        {"in", {20, Op::In}},
        {"matches", {20, Op::Matches}},
        {"contains", {20, Op::Contains}},
        {"startsWith", {20, Op::StartsWith}},
        {"endsWith", {20, Op::EndsWith}},
        {"..", {25, Op::Range}},
        {"+", {30, Op::Add}},
        {"-", {30, Op::Subtract}},
        {"*", {60, Op::Multiply}},
        {"/", {60, Op::Divide}},
        {"%", {60, Op::Modulo}},
        {"**", {100, Op::Power, true}},
        {"^", {100, Op::Power, true}},
        {"??", {500, Op::Coalesce}},
    };
    return kTable;
}

const BinaryOperator* binaryOperator(const Token& token)
{
    if (token.type != Token::Type::Operator)
        return nullptr;
    const auto at = binaryOperators().find(token.text);
    return at == binaryOperators().end() ? nullptr : &at->second;
}

bool isComparison(Op op)
{
    return op == Op::Less || op == Op::Greater || op == Op::LessEqual || op == Op::GreaterEqual;
}

bool isWord(std::string_view text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    });
}

NodePtr copyOf(const Node& node)
{
    auto copy = std::make_unique<Node>();
    copy->kind = node.kind;
    copy->op = node.op;
    copy->optional = node.optional;
    copy->method = node.method;
    copy->at = node.at;
    copy->text = node.text;
    copy->value = node.value;
    copy->builtin = node.builtin;
    copy->pattern = node.pattern;
    copy->depth = node.depth;
    for (const auto& kid : node.kids)
        copy->kids.push_back(kid ? copyOf(*kid) : nullptr);
    return copy;
}

class Parser
{
public:
    Parser(std::vector<Token> tokens, const ParseContext& context)
        : m_tokens(std::move(tokens))
        , m_context(context)
    {
    }

    NodePtr program()
    {
        auto node = sequence();
        if (current().type != Token::Type::End)
            unexpected();
        return node;
    }

private:
    using Type = Token::Type;

    /// Bounds the parser's own recursion.
    struct Nesting
    {
        explicit Nesting(Parser& parser)
            : m_parser(parser)
        {
            if (++m_parser.m_nesting > m_parser.m_context.limits->depth)
                throw Failure {"expression is nested too deeply", m_parser.current().at, true, true};
        }
        ~Nesting() { --m_parser.m_nesting; }
        Nesting(const Nesting&) = delete;
        Nesting& operator=(const Nesting&) = delete;
        Parser& m_parser;
    };

    [[nodiscard]] const Token& current() const { return m_tokens[m_index]; }
    void next()
    {
        if (m_index + 1 >= m_tokens.size())
            throw Failure {"unexpected end of expression", current().at, true};
        ++m_index;
    }
    [[noreturn]] static void failAt(const Token& token, std::string message)
    {
        throw Failure {std::move(message), token.at, true};
    }
    [[noreturn]] void unexpected() const { failAt(current(), "unexpected token " + current().describe()); }
    void expect(Type type, std::string_view text)
    {
        if (!current().is(type, text))
            unexpected();
        next();
    }

    NodePtr make(NodeKind kind, Position at, std::vector<NodePtr> kids = {})
    {
        auto node = std::make_unique<Node>();
        node->kind = kind;
        node->at = at;
        node->kids = std::move(kids);
        for (const auto& kid : node->kids)
            if (kid)
                node->depth = std::max(node->depth, kid->depth + 1);
        if (++m_nodes > m_context.limits->nodes)
            throw Failure {"compilation failed: expression exceeds maximum allowed nodes", at, true, true};
        if (node->depth > m_context.limits->depth)
            throw Failure {"expression is nested too deeply", at, true, true};
        return node;
    }
    template<class... Kids>
    NodePtr makeOf(NodeKind kind, Position at, Kids... kids)
    {
        std::vector<NodePtr> list;
        (list.push_back(std::move(kids)), ...);
        return make(kind, at, std::move(list));
    }
    NodePtr literal(const Token& token, Value value)
    {
        auto node = make(NodeKind::Literal, token.at);
        node->value = std::move(value);
        return node;
    }

    NodePtr sequence()
    {
        const auto at = current().at;
        std::vector<NodePtr> nodes;
        nodes.push_back(expression(0));
        while (current().isOperator(";")) {
            next();
            if (current().type == Type::End || current().isBracket(")") || current().isBracket("}"))
                break;
            nodes.push_back(expression(0));
        }
        if (nodes.size() == 1)
            return std::move(nodes.front());
        return make(NodeKind::Sequence, at, std::move(nodes));
    }

    NodePtr expression(int precedence)
    {
        const Nesting nesting(*this);
        if (precedence == 0) {
            if (current().isOperator("let"))
                return declaration();
            if (current().isOperator("if"))
                return conditionalIf();
        }
        auto left = primary();
        std::string_view before;
        while (current().type == Type::Operator) {
            const std::size_t mark = m_index;
            bool negate = false;
            const Token* token = &current();
            if (token->isOperator("not")) {
                if (m_index + 1 >= m_tokens.size())
                    break;
                const Token& following = m_tokens[m_index + 1];
                static constexpr std::string_view kNegatable[] {"in", "matches", "contains", "startsWith", "endsWith"};
                if (following.type != Type::Operator
                    || std::find(std::begin(kNegatable), std::end(kNegatable), following.text) == std::end(kNegatable))
                    break;
                negate = true;
                token = &following;
            }
            const BinaryOperator* op = binaryOperator(*token);
            if (!op || op->precedence < precedence) {
                m_index = mark;
                break;
            }
            m_index = static_cast<std::size_t>(token - m_tokens.data());
            const Token& opToken = *token;
            next();
            if (opToken.text == "|") {
                if (current().type != Type::Identifier)
                    unexpected();
                const Token& name = current();
                next();
                std::vector<NodePtr> arguments;
                arguments.push_back(std::move(left));
                left = postfix(call(name, std::move(arguments), true));
            } else {
                if (before == "??" && opToken.text != "??")
                    failAt(opToken,
                           fmt::format("Operator ({}) and coalesce expressions (?\?) cannot be mixed. Wrap either by "
                                       "parentheses.",
                                       opToken.text));
                if (isComparison(op->op)) {
                    left = comparison(std::move(left), opToken, *op);
                } else {
                    auto right = expression(op->right ? op->precedence : op->precedence + 1);
                    left = binary(opToken, *op, std::move(left), std::move(right));
                    if (negate) {
                        left = makeOf(NodeKind::Unary, opToken.at, std::move(left));
                        left->op = Op::Not;
                        left->text = "not";
                    }
                }
            }
            before = opToken.text;
        }
        if (precedence == 0)
            left = ternary(std::move(left));
        return left;
    }

    NodePtr binary(const Token& token, const BinaryOperator& op, NodePtr left, NodePtr right)
    {
        auto node = makeOf(NodeKind::Binary, token.at, std::move(left), std::move(right));
        node->op = op.op;
        node->text = token.text;
        return node;
    }

    NodePtr comparison(NodePtr left, const Token& first, const BinaryOperator& firstOp)
    {
        const Token* token = &first;
        const BinaryOperator* op = &firstOp;
        NodePtr root;
        while (true) {
            auto right = expression(op->precedence + 1);
            auto copy = copyOf(*right);
            m_nodes += 1;
            auto node = binary(*token, *op, std::move(left), std::move(right));
            if (root) {
                root = makeOf(NodeKind::Binary, token->at, std::move(root), std::move(node));
                root->op = Op::And;
                root->text = "&&";
            } else {
                root = std::move(node);
            }
            token = &current();
            op = binaryOperator(*token);
            if (!op || !isComparison(op->op))
                return root;
            left = std::move(copy);
            next();
        }
    }

    NodePtr ternary(NodePtr condition)
    {
        while (current().isOperator("?")) {
            const auto at = current().at;
            next();
            NodePtr yes;
            if (current().isOperator(":")) {
                yes = copyOf(*condition);
            } else {
                yes = expression(0);
                if (!current().isOperator(":"))
                    unexpected();
            }
            next();
            auto no = expression(0);
            condition = makeOf(NodeKind::Conditional, at, std::move(condition), std::move(yes), std::move(no));
        }
        return condition;
    }

    NodePtr declaration()
    {
        const auto at = current().at;
        next();
        const Token name = current();
        if (name.type != Type::Identifier)
            unexpected();
        next();
        expect(Type::Operator, "=");
        auto value = expression(0);
        expect(Type::Operator, ";");
        auto body = sequence();
        auto node = makeOf(NodeKind::Let, at, std::move(value), std::move(body));
        node->text = name.text;
        node->at = name.at;
        return node;
    }

    NodePtr conditionalIf()
    {
        const Nesting nesting(*this);
        const auto at = current().at;
        next();
        auto condition = expression(0);
        expect(Type::Bracket, "{");
        auto yes = sequence();
        expect(Type::Bracket, "}");
        expect(Type::Operator, "else");
        NodePtr no;
        if (current().isOperator("if")) {
            no = conditionalIf();
        } else {
            expect(Type::Bracket, "{");
            no = sequence();
            expect(Type::Bracket, "}");
        }
        return makeOf(NodeKind::Conditional, at, std::move(condition), std::move(yes), std::move(no));
    }

    NodePtr primary()
    {
        const Nesting nesting(*this);
        const Token token = current();
        if (token.type == Type::Operator) {
            Op op = Op::None;
            int precedence = 90;
            if (token.text == "not" || token.text == "!") {
                op = Op::Not;
                precedence = 50;
            } else if (token.text == "-") {
                op = Op::Negate;
            } else if (token.text == "+") {
                op = Op::Plus;
            }
            if (op != Op::None) {
                next();
                auto node = makeOf(NodeKind::Unary, token.at, expression(precedence));
                node->op = op;
                node->text = token.text;
                return postfix(std::move(node));
            }
        }
        if (token.isBracket("(")) {
            next();
            auto node = sequence();
            expect(Type::Bracket, ")");
            return postfix(std::move(node));
        }
        if (m_predicates > 0 && (token.isOperator("#") || token.isOperator("."))) {
            std::string name;
            if (token.isOperator("#")) {
                next();
                if (current().type == Type::Identifier) {
                    name = current().text;
                    next();
                }
            }
            auto node = make(NodeKind::Pointer, token.at);
            node->text = std::move(name);
            return postfix(std::move(node));
        }
        if (token.isOperator("::")) {
            next();
            const Token name = current();
            if (name.type != Type::Identifier)
                unexpected();
            next();
            return postfix(call(name, {}, false));
        }
        return secondary(token);
    }

    NodePtr secondary(const Token& token)
    {
        switch (token.type) {
        case Type::Identifier:
            next();
            if (token.text == "true")
                return literal(token, true);
            if (token.text == "false")
                return literal(token, false);
            if (token.text == "nil")
                return literal(token, {});
            if (current().isBracket("("))
                return postfix(call(token, {}, true));
            return postfix(identifier(token));
        case Type::Number:
            next();
            return number(token);
        case Type::String:
            next();
            return postfix(literal(token, token.text));
        case Type::Bytes:
            next();
            return postfix(literal(token, Bytes {token.text}));
        case Type::Bracket:
            if (token.text == "[")
                return postfix(array(token));
            if (token.text == "{")
                return postfix(map(token));
            break;
        default:
            break;
        }
        unexpected();
    }

    NodePtr identifier(const Token& token)
    {
        auto node = make(token.text == "$env" ? NodeKind::EnvSelf : NodeKind::Identifier, token.at);
        node->text = token.text;
        return node;
    }

    NodePtr number(const Token& token)
    {
        std::string text;
        std::copy_if(token.text.begin(), token.text.end(), std::back_inserter(text), [](char c) { return c != '_'; });
        const auto bad = [&](std::string_view what, std::string_view why) {
            failAt(token, fmt::format("invalid {} literal: parsing \"{}\": {}", what, text, why));
        };
        const char second = text.size() > 1 && text[0] == '0' ? static_cast<char>(text[1] | 0x20) : '\0';
        const int base = second == 'x' ? 16 : second == 'o' ? 8 : second == 'b' ? 2 : 10;
        if (base != 16 && text.find_first_of(".eE") != std::string::npos) {
            const auto value = parseGoFloat(text);
            if (!value || base != 10)
                bad("float", "invalid syntax");
            return literal(token, *value);
        }
        const char* begin = text.data() + (base == 10 ? 0 : 2);
        const char* end = text.data() + text.size();
        std::int64_t value = 0;
        const auto result = std::from_chars(begin, end, value, base);
        if (result.ec == std::errc::result_out_of_range)
            bad("integer", "value out of range");
        if (result.ec != std::errc {} || result.ptr != end)
            bad("integer", "invalid syntax");
        return literal(token, value);
    }

    NodePtr call(const Token& name, std::vector<NodePtr> arguments, bool mayBeOverridden)
    {
        const bool overridden =
            mayBeOverridden && m_context.env && m_context.env->find(name.text) != m_context.env->end();
        const BuiltinSpec* builtin = overridden ? nullptr : findBuiltin(name.text);
        if (builtin && builtin->predicate) {
            predicateArguments(*builtin, arguments);
        } else {
            argumentList(arguments);
        }
        NodePtr node;
        if (builtin) {
            node = make(NodeKind::Builtin, name.at, std::move(arguments));
            node->builtin = builtin;
            node->text = name.text;
        } else {
            arguments.insert(arguments.begin(), identifier(name));
            node = make(NodeKind::Call, name.at, std::move(arguments));
        }
        return node;
    }

    void argumentList(std::vector<NodePtr>& arguments)
    {
        const std::size_t given = arguments.size();
        expect(Type::Bracket, "(");
        while (!current().isBracket(")")) {
            if (arguments.size() > given) {
                expect(Type::Operator, ",");
                if (current().isBracket(")"))
                    break;
            }
            arguments.push_back(expression(0));
        }
        next();
    }

    void predicateArguments(const BuiltinSpec& builtin, std::vector<NodePtr>& arguments)
    {
        expect(Type::Bracket, "(");
        if (arguments.empty())
            arguments.push_back(expression(0));
        else if (!current().isBracket(")"))
            m_piped = true;
        const bool piped = std::exchange(m_piped, false);
        const auto separator = [&](bool first) {
            if (first && piped)
                return true;
            if (current().isOperator(",")) {
                next();
                return !current().isBracket(")");
            }
            return false;
        };
        bool first = true;
        if (separator(first)) {
            arguments.push_back(predicate());
            first = false;
        } else if (!builtin.predicateOptional) {
            unexpected();
        }
        if (!first && builtin.third && separator(false))
            arguments.push_back(expression(0));
        if (current().isOperator(","))
            next();
        expect(Type::Bracket, ")");
    }

    NodePtr predicate()
    {
        const bool block = current().isBracket("{");
        if (block)
            next();
        ++m_predicates;
        NodePtr node;
        if (block) {
            node = sequence();
        } else {
            node = expression(0);
            if (current().isOperator(";"))
                failAt(current(), "wrap predicate with brackets { and }");
        }
        --m_predicates;
        if (block)
            expect(Type::Bracket, "}");
        return node;
    }

    NodePtr array(const Token& token)
    {
        expect(Type::Bracket, "[");
        std::vector<NodePtr> items;
        while (!current().isBracket("]")) {
            if (!items.empty()) {
                expect(Type::Operator, ",");
                if (current().isBracket("]"))
                    break;
            }
            items.push_back(expression(0));
        }
        next();
        return make(NodeKind::Array, token.at, std::move(items));
    }

    NodePtr map(const Token& token)
    {
        expect(Type::Bracket, "{");
        std::vector<NodePtr> items;
        while (!current().isBracket("}")) {
            if (!items.empty()) {
                expect(Type::Operator, ",");
                if (current().isBracket("}"))
                    break;
                if (current().isOperator(","))
                    unexpected();
            }
            const Token key = current();
            NodePtr keyNode;
            if (key.type == Type::Number || key.type == Type::String || key.type == Type::Identifier) {
                next();
                keyNode = literal(key, key.text);
            } else if (key.isBracket("(")) {
                keyNode = expression(0);
            } else {
                failAt(key,
                       "a map key must be a quoted string, a number, a identifier, or an expression enclosed in "
                       "parentheses (unexpected token "
                           + key.describe() + ")");
            }
            expect(Type::Operator, ":");
            items.push_back(std::move(keyNode));
            items.push_back(expression(0));
        }
        next();
        return make(NodeKind::Map, token.at, std::move(items));
    }

    NodePtr postfix(NodePtr node)
    {
        while (true) {
            const Token token = current();
            const bool optional = token.isOperator("?.");
            if (token.isOperator(".") || optional) {
                next();
                if (optional && current().isBracket("[")) {
                    next();
                    node = index(std::move(node), true, token);
                    continue;
                }
                const Token name = current();
                next();
                if (name.type != Type::Identifier && !(name.type == Type::Operator && isWord(name.text)))
                    failAt(name, "expected name");
                const bool chained = unwrap(node);
                auto member = makeOf(NodeKind::Member, name.at, std::move(node), literal(name, name.text));
                member->optional = optional;
                if (current().isBracket("(")) {
                    member->method = true;
                    std::vector<NodePtr> arguments;
                    arguments.push_back(std::move(member));
                    argumentList(arguments);
                    node = make(NodeKind::Call, name.at, std::move(arguments));
                } else {
                    node = std::move(member);
                }
                if (chained || optional)
                    node = makeOf(NodeKind::Chain, token.at, std::move(node));
            } else if (token.isBracket("[")) {
                next();
                node = index(std::move(node), false, token);
            } else if (token.isBracket("(") && node->kind == NodeKind::Call) {
                std::vector<NodePtr> arguments;
                arguments.push_back(std::move(node));
                argumentList(arguments);
                node = make(NodeKind::Call, token.at, std::move(arguments));
            } else {
                return node;
            }
        }
    }

    /// Takes a chain's inside out, so that the whole of it stops at a nil.
    static bool unwrap(NodePtr& node)
    {
        if (node->kind != NodeKind::Chain)
            return false;
        auto inner = std::move(node->kids.front());
        node = std::move(inner);
        return true;
    }

    /// After "[".
    NodePtr index(NodePtr node, bool optional, const Token& token)
    {
        NodePtr from;
        if (!current().isOperator(":"))
            from = expression(0);
        if (current().isOperator(":")) {
            next();
            NodePtr to;
            if (!current().isBracket("]"))
                to = expression(0);
            expect(Type::Bracket, "]");
            return makeOf(NodeKind::Slice, token.at, std::move(node), std::move(from), std::move(to));
        }
        expect(Type::Bracket, "]");
        const bool chained = unwrap(node);
        node = makeOf(NodeKind::Member, token.at, std::move(node), std::move(from));
        node->optional = optional;
        if (chained || optional)
            node = makeOf(NodeKind::Chain, token.at, std::move(node));
        return node;
    }

    std::vector<Token> m_tokens;
    const ParseContext& m_context;
    std::size_t m_index = 0;
    std::size_t m_nesting = 0;
    std::size_t m_nodes = 0;
    int m_predicates = 0;
    bool m_piped = false;
};

} // namespace

NodePtr parse(std::string_view text, const ParseContext& context)
{
    return Parser(lex(text), context).program();
}

} // namespace core::expr
