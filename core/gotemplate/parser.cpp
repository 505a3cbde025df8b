// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/gotemplate/ast.h"
#include "core/gotemplate/go_text.h"
#include "core/gotemplate/lexer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace core::gotemplate {

namespace {

constexpr int kMaxNesting = 1000; // fits any thread's stack, a sanitizer's frames as well

bool isEmpty(const std::vector<NodePtr>& nodes)
{
    return std::all_of(nodes.begin(), nodes.end(),
                       [](const NodePtr& node) { return node->kind == NodeKind::Text && trim(node->plain).empty(); });
}

/// Recursive descent over the tokens. After the first error every function returns at once.
class Parser
{
public:
    Parser(ParsedText& parsed, const Options& options)
        : m_parsed(parsed)
        , m_functions(*parsed.functions)
        , m_lexer(parsed.text, options.leftDelimiter, options.rightDelimiter)
    {
    }

    Result<> run()
    {
        auto tree = newTree(m_parsed.name);
        while (!m_failed && peek().type != Token::Eof) {
            if (peek().type == Token::LeftDelimiter) {
                const auto delimiter = next();
                const auto keyword = nextNonSpace();
                if (keyword.type == Token::Define) {
                    define();
                    continue;
                }
                backup(keyword);
                backup(delimiter);
            }
            auto node = textOrAction();
            if (node != nullptr && (node->kind == NodeKind::End || node->kind == NodeKind::Else))
                fail(std::string("unexpected ") + endName(*node));
            else if (node != nullptr)
                tree->root.push_back(std::move(node));
        }
        add(std::move(tree));
        if (m_failed)
            return core::fail(Error::Code::InvalidInput, m_message, fmt::format("{}:{}", m_parsed.name, m_errorLine));
        return {};
    }

private:
    static std::string endName(const Node& node) { return node.kind == NodeKind::End ? "{{end}}" : "{{else}}"; }

    std::unique_ptr<Tree> newTree(std::string name)
    {
        auto tree = std::make_unique<Tree>();
        tree->name = std::move(name);
        tree->source = &m_parsed;
        return tree;
    }

    void add(std::unique_ptr<Tree> tree)
    {
        tree->empty = isEmpty(tree->root);
        for (auto& other : m_parsed.trees) {
            if (other->name != tree->name)
                continue;
            if (other->empty)
                other = std::move(tree);
            else if (!tree->empty)
                fail(fmt::format("template: multiple definition of template {}", quote(tree->name)));
            return;
        }
        m_parsed.trees.push_back(std::move(tree));
    }

    void fail(const std::string& message)
    {
        if (m_failed)
            return;
        m_failed = true;
        m_errorLine = m_line;
        m_message = fmt::format("template: {}:{}: {}", m_parsed.name, m_line, message);
    }

    NodePtr make(NodeKind kind, const Item& item)
    {
        auto node = std::make_unique<Node>();
        ++m_parsed.nodes;
        node->kind = kind;
        node->position = static_cast<std::uint32_t>(item.position);
        node->line = static_cast<std::uint32_t>(item.line);
        return node;
    }

    Item next()
    {
        if (m_failed)
            return {Token::Eof, 0, "EOF", m_line};
        Item item;
        if (m_pending > 0)
            item = m_stack[--m_pending];
        else
            item = m_lexer.next();
        m_line = item.line;
        return item;
    }
    void backup(const Item& item)
    {
        if (m_pending < m_stack.size())
            m_stack[m_pending++] = item;
    }
    Item peek()
    {
        const auto item = next();
        backup(item);
        return item;
    }
    Item nextNonSpace()
    {
        while (true) {
            const auto item = next();
            if (item.type != Token::Space)
                return item;
        }
    }
    Item peekNonSpace()
    {
        const auto item = nextNonSpace();
        backup(item);
        return item;
    }

    static std::string describe(const Item& item)
    {
        if (item.type == Token::Eof)
            return "EOF";
        if (item.type == Token::Error)
            return std::string(item.text);
        if (item.type >= Token::Block || item.type == Token::Dot || item.type == Token::Nil)
            return fmt::format("<{}>", item.text);
        if (item.text.size() > 10)
            return quote(item.text.substr(0, 10)) + "...";
        return quote(item.text);
    }
    void unexpected(const Item& item, std::string_view context)
    {
        if (item.type == Token::Error) {
            std::string extra;
            if (m_actionLine != 0 && m_actionLine != item.line) {
                extra = fmt::format(" in action started at {}:{}", m_parsed.name, m_actionLine);
                if (item.text.ends_with(" action"))
                    extra = extra.substr(10);
            }
            fail(std::string(item.text) + extra);
            return;
        }
        fail(fmt::format("unexpected {} in {}", describe(item), context));
    }
    Item expect(Token type, std::string_view context)
    {
        const auto item = nextNonSpace();
        if (item.type != type)
            unexpected(item, context);
        return item;
    }

    void define()
    {
        const auto name = nextNonSpace();
        if (name.type != Token::String && name.type != Token::RawString)
            return unexpected(name, "define clause");
        const auto text = unquote(name.text);
        if (!text)
            return fail("invalid syntax");
        expect(Token::RightDelimiter, "define clause");
        body(*text, "define clause");
    }

    // The inside of define and block: a scope of its own.
    void body(const std::string& name, std::string_view context)
    {
        auto tree = newTree(name);
        std::vector<std::string> outer {"$"};
        outer.swap(m_variables);
        const int outerRange = std::exchange(m_rangeDepth, 0);
        NodePtr end;
        tree->root = itemList(end);
        if (end != nullptr && end->kind != NodeKind::End)
            fail(fmt::format("unexpected {} in {}", endName(*end), context));
        outer.swap(m_variables);
        m_rangeDepth = outerRange;
        add(std::move(tree));
    }

    std::vector<NodePtr> itemList(NodePtr& end)
    {
        std::vector<NodePtr> list;
        if (++m_nesting > kMaxNesting)
            fail("nesting too deep");
        while (!m_failed && peekNonSpace().type != Token::Eof) {
            auto node = textOrAction();
            if (node == nullptr)
                break;
            if (node->kind == NodeKind::End || node->kind == NodeKind::Else) {
                end = std::move(node);
                --m_nesting;
                return list;
            }
            list.push_back(std::move(node));
        }
        --m_nesting;
        fail("unexpected EOF");
        return list;
    }

    NodePtr textOrAction()
    {
        const auto item = nextNonSpace();
        if (item.type == Token::Text) {
            auto node = make(NodeKind::Text, item);
            node->plain = item.text;
            return node;
        }
        if (item.type == Token::LeftDelimiter) {
            m_actionLine = item.line;
            auto node = action();
            m_actionLine = 0;
            return m_failed ? nullptr : std::move(node);
        }
        unexpected(item, "input");
        return nullptr;
    }

    NodePtr action()
    {
        const auto item = nextNonSpace();
        switch (item.type) {
        case Token::Block:
        case Token::Template:
            return invocation(item.type == Token::Block);
        case Token::Break:
        case Token::Continue: {
            const bool isBreak = item.type == Token::Break;
            const std::string name = isBreak ? "{{break}}" : "{{continue}}";
            if (const auto after = nextNonSpace(); after.type != Token::RightDelimiter)
                unexpected(after, name);
            if (m_rangeDepth == 0)
                fail(name + " outside {{range}}");
            return make(isBreak ? NodeKind::Break : NodeKind::Continue, item);
        }
        case Token::Else: {
            const auto after = peekNonSpace();
            if (after.type == Token::If || after.type == Token::With)
                return make(NodeKind::Else, after);
            return make(NodeKind::Else, expect(Token::RightDelimiter, "else"));
        }
        case Token::End:
            return make(NodeKind::End, expect(Token::RightDelimiter, "end"));
        case Token::If:
            return control(NodeKind::If, "if");
        case Token::Range:
            return control(NodeKind::Range, "range");
        case Token::With:
            return control(NodeKind::With, "with");
        default:
            break;
        }
        backup(item);
        auto node = make(NodeKind::Action, item);
        node->pipe = pipeline("command", Token::RightDelimiter);
        return node;
    }

    NodePtr invocation(bool block)
    {
        const std::string_view context = block ? "block clause" : "template clause";
        const auto name = nextNonSpace();
        if (name.type != Token::String && name.type != Token::RawString) {
            unexpected(name, context);
            return nullptr;
        }
        const auto text = unquote(name.text);
        if (!text) {
            fail("invalid syntax");
            return nullptr;
        }
        auto node = make(NodeKind::Template, name);
        node->names.push_back(*text);
        const auto after = nextNonSpace();
        if (block || after.type != Token::RightDelimiter) {
            backup(after);
            node->pipe = pipeline(context, Token::RightDelimiter);
        }
        if (block && !m_failed)
            body(*text, context);
        return node;
    }

    NodePtr control(NodeKind kind, std::string_view context)
    {
        const auto variables = m_variables.size();
        auto node = make(kind, peekNonSpace());
        if (++m_nesting > kMaxNesting)
            fail("nesting too deep");
        node->pipe = pipeline(context, Token::RightDelimiter);
        if (node->pipe != nullptr) {
            node->position = node->pipe->position;
            node->line = node->pipe->line;
        }
        m_rangeDepth += kind == NodeKind::Range ? 1 : 0;
        NodePtr end;
        node->children = itemList(end);
        m_rangeDepth -= kind == NodeKind::Range ? 1 : 0;
        if (end != nullptr && end->kind == NodeKind::Else) {
            node->hasElse = true;
            const auto after = peek();
            if ((kind == NodeKind::If && after.type == Token::If)
                || (kind == NodeKind::With && after.type == Token::With)) {
                (void)next();
                auto inner = control(kind, context);
                if (inner != nullptr)
                    node->declarations.push_back(std::move(inner));
            } else {
                node->declarations = itemList(end);
                if (end != nullptr && end->kind != NodeKind::End)
                    fail("expected end; found " + endName(*end));
            }
        }
        --m_nesting;
        m_variables.resize(variables);
        return m_failed ? nullptr : std::move(node);
    }

    // `$x :=`, `$x =`, `$i, $x :=` before a pipeline.
    void declarations(Node& pipe, std::string_view context)
    {
        while (!m_failed) {
            const auto variable = peekNonSpace();
            if (variable.type != Token::Variable)
                return;
            (void)next();
            const auto adjacent = peek();
            const auto after = peekNonSpace();
            const bool declares = after.type == Token::Assign || after.type == Token::Declare;
            const bool comma = after.type == Token::Char && after.text == ",";
            if (!declares && !comma) {
                if (adjacent.type == Token::Space) {
                    // peekNonSpace dropped the space: it parts the variable from its arguments.
                    backup(adjacent);
                }
                backup(variable);
                return;
            }
            (void)nextNonSpace();
            auto node = make(NodeKind::Variable, variable);
            node->names.emplace_back(variable.text);
            pipe.declarations.push_back(std::move(node));
            m_variables.emplace_back(variable.text);
            if (declares) {
                pipe.assign = after.type == Token::Assign;
                return;
            }
            if (context != "range" || pipe.declarations.size() >= 2)
                return fail(fmt::format("too many declarations in {}", context));
            const auto type = peekNonSpace().type;
            if (type != Token::Variable && type != Token::RightDelimiter && type != Token::RightParen)
                return fail("range can only initialize variables");
        }
    }

    NodePtr pipeline(std::string_view context, Token end)
    {
        auto pipe = make(NodeKind::Pipe, peekNonSpace());
        declarations(*pipe, context);
        while (!m_failed) {
            const auto item = nextNonSpace();
            if (item.type == end) {
                if (pipe->children.empty())
                    fail(fmt::format("missing value for {}", context));
                for (std::size_t i = 1; i < pipe->children.size(); ++i) {
                    const auto kind = pipe->children[i]->children.front()->kind;
                    if (kind >= NodeKind::Dot && kind <= NodeKind::String)
                        fail(fmt::format("non executable command in pipeline stage {}", i + 1));
                }
                return m_failed ? nullptr : std::move(pipe);
            }
            const bool operand =
                (item.type >= Token::String && item.type <= Token::Nil) || item.type == Token::LeftParen;
            if (!operand) {
                unexpected(item, context);
                return nullptr;
            }
            backup(item);
            auto node = command();
            if (node == nullptr)
                return nullptr;
            pipe->children.push_back(std::move(node));
        }
        return nullptr;
    }

    NodePtr command()
    {
        auto node = make(NodeKind::Command, peekNonSpace());
        while (!m_failed) {
            (void)peekNonSpace();
            if (auto argument = operand())
                node->children.push_back(std::move(argument));
            const auto item = next();
            if (item.type == Token::Space)
                continue;
            if (item.type == Token::RightDelimiter || item.type == Token::RightParen)
                backup(item);
            else if (item.type != Token::Pipe)
                unexpected(item, "operand");
            break;
        }
        if (node->children.empty())
            fail("empty command");
        return m_failed ? nullptr : std::move(node);
    }

    NodePtr operand()
    {
        auto node = term();
        if (node == nullptr || peek().type != Token::Field)
            return node;
        const auto first = peek();
        if (node->kind == NodeKind::Field || node->kind == NodeKind::Variable) {
            node->position = static_cast<std::uint32_t>(first.position);
            names(node->names);
            return node;
        }
        if (node->kind >= NodeKind::Dot && node->kind <= NodeKind::String) {
            fail(fmt::format("unexpected . after term {}", quote(print(*node))));
            return nullptr;
        }
        auto chain = make(NodeKind::Chain, first);
        chain->children.push_back(std::move(node));
        names(chain->names);
        return chain;
    }

    // ".a.b" after an operand.
    void names(std::vector<std::string>& list)
    {
        constexpr std::size_t kUsual = 4;
        list.reserve(kUsual);
        for (auto item = next();; item = next()) {
            if (item.type != Token::Field)
                return backup(item);
            list.emplace_back(item.text.substr(1));
        }
    }

    NodePtr term()
    {
        const auto item = nextNonSpace();
        switch (item.type) {
        case Token::Identifier: {
            auto node = make(NodeKind::Identifier, item);
            node->plain = item.text;
            const auto* function = m_functions.find(item.text);
            if (function == nullptr)
                fail(fmt::format("function {} not defined", quote(item.text)));
            else
                node->function = function->get();
            return node;
        }
        case Token::Dot:
            return make(NodeKind::Dot, item);
        case Token::Nil:
            return make(NodeKind::Nil, item);
        case Token::Variable: {
            auto node = make(NodeKind::Variable, item);
            node->names.emplace_back(item.text);
            if (std::find(m_variables.begin(), m_variables.end(), item.text) == m_variables.end())
                fail(fmt::format("undefined variable {}", quote(item.text)));
            return node;
        }
        case Token::Field: {
            auto node = make(NodeKind::Field, item);
            node->names.emplace_back(item.text.substr(1));
            return node;
        }
        case Token::Bool: {
            auto node = make(NodeKind::Bool, item);
            node->plain = item.text;
            node->value = Value::boolean(item.text == "true");
            return node;
        }
        case Token::CharConstant:
        case Token::Number:
        case Token::Complex:
            return number(item);
        case Token::LeftParen: {
            if (++m_nesting > kMaxNesting)
                fail("max expression depth exceeded");
            auto node = pipeline("parenthesized pipeline", Token::RightParen);
            --m_nesting;
            return node;
        }
        case Token::String:
        case Token::RawString: {
            auto node = make(NodeKind::String, item);
            node->plain = item.text;
            auto text = unquote(item.text);
            if (!text)
                fail("invalid syntax");
            node->value = Value::string(text.value_or(""));
            return node;
        }
        default:
            backup(item);
            return nullptr;
        }
    }

    NodePtr number(const Item& item)
    {
        auto node = make(NodeKind::Number, item);
        node->plain = item.text;
        if (item.type == Token::CharConstant) {
            const auto text = unquote(item.text);
            if (!text || text->empty()) {
                fail(fmt::format("malformed character constant: {}", item.text));
                return node;
            }
            node->integer = static_cast<std::int64_t>(decodeRune(*text, 0).code);
            node->number = static_cast<double>(node->integer);
            node->isInt = node->isUint = node->isFloat = true;
        } else if (item.type == Token::Complex || item.text.ends_with('i')) {
            fail(fmt::format("complex numbers are not supported: {}", item.text));
            return node;
        } else {
            integerOrFloat(*node);
        }
        const bool hexInt = item.text.size() > 2 && item.text[0] == '0' && (item.text[1] | 0x20) == 'x'
            && item.text.find_first_of("pP") == std::string_view::npos;
        const bool looksFloat =
            item.text.find_first_of(".eEpP") != std::string_view::npos && item.text[0] != '\'' && !hexInt;
        if (node->isFloat && looksFloat)
            node->value = Value::number(node->number);
        else if (node->isInt)
            node->value = Value::integer(node->integer);
        return node;
    }

    void integerOrFloat(Node& node)
    {
        const auto text = node.plain;
        const auto asInt = parseInt(text, 0);
        const auto asUint = parseUint(text, 0);
        node.isUint = asUint.has_value() || (asInt && *asInt == 0);
        node.isInt = asInt.has_value();
        node.integer = asInt.value_or(0);
        if (asInt || asUint) {
            node.isFloat = true;
            node.number = asInt ? static_cast<double>(*asInt) : static_cast<double>(*asUint);
            return;
        }
        const auto asFloat = parseFloat(text);
        if (!asFloat)
            return fail("illegal number syntax: " + quote(text));
        if (text.find_first_of(".eEpP") == std::string_view::npos)
            return fail("integer overflow: " + quote(text));
        node.isFloat = true;
        node.number = *asFloat;
        if (*asFloat >= -9.2e18 && *asFloat <= 9.2e18
            && static_cast<double>(static_cast<std::int64_t>(*asFloat)) == *asFloat) {
            node.isInt = true;
            node.isUint = *asFloat >= 0;
            node.integer = static_cast<std::int64_t>(*asFloat);
        }
    }

    ParsedText& m_parsed;
    const FunctionMap& m_functions;
    Lexer m_lexer;
    std::array<Item, 8> m_stack {};
    std::size_t m_pending = 0;
    std::vector<std::string> m_variables {"$"};
    std::size_t m_line = 1, m_actionLine = 0, m_errorLine = 0;
    int m_rangeDepth = 0, m_nesting = 0;
    bool m_failed = false;
    std::string m_message;
};

void printJoined(std::string& to, const std::vector<NodePtr>& nodes, std::string_view separator)
{
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        if (i > 0)
            to += separator;
        const bool group = nodes[i]->kind == NodeKind::Pipe;
        to += group ? "(" : "";
        to += print(*nodes[i]);
        to += group ? ")" : "";
    }
}

std::string printList(const std::vector<NodePtr>& nodes)
{
    std::string text;
    for (const auto& node : nodes)
        text += print(*node);
    return text;
}

} // namespace

std::string print(const Node& node)
{
    std::string text;
    switch (node.kind) {
    case NodeKind::Text:
        return std::string(node.plain);
    case NodeKind::Action:
        return "{{" + print(*node.pipe) + "}}";
    case NodeKind::If:
    case NodeKind::With:
    case NodeKind::Range:
        text = fmt::format("{{{{{} {}}}}}{}",
                           node.kind == NodeKind::If         ? "if"
                               : node.kind == NodeKind::With ? "with"
                                                             : "range",
                           print(*node.pipe), printList(node.children));
        if (node.hasElse)
            text += "{{else}}" + printList(node.declarations);
        return text + "{{end}}";
    case NodeKind::Template:
        return "{{template " + quote(node.names[0]) + (node.pipe ? " " + print(*node.pipe) : "") + "}}";
    case NodeKind::Break:
        return "{{break}}";
    case NodeKind::Continue:
        return "{{continue}}";
    case NodeKind::End:
        return "{{end}}";
    case NodeKind::Else:
        return "{{else}}";
    case NodeKind::Pipe:
        if (!node.declarations.empty()) {
            printJoined(text, node.declarations, ", ");
            text += node.assign ? " = " : " := ";
        }
        for (std::size_t i = 0; i < node.children.size(); ++i)
            text += (i > 0 ? " | " : "") + print(*node.children[i]);
        return text;
    case NodeKind::Command:
        printJoined(text, node.children, " ");
        return text;
    case NodeKind::Field:
        for (const auto& name : node.names)
            text += "." + name;
        return text;
    case NodeKind::Variable:
        return join(node.names, ".");
    case NodeKind::Chain:
        printJoined(text, node.children, "");
        for (const auto& name : node.names)
            text += "." + name;
        return text;
    case NodeKind::Dot:
        return ".";
    case NodeKind::Nil:
        return "nil";
    case NodeKind::Identifier:
    case NodeKind::Bool:
    case NodeKind::Number:
    case NodeKind::String:
        return std::string(node.plain);
    }
    return text;
}

std::string location(const ParsedText& source, std::size_t position)
{
    const auto before = std::string_view(source.text).substr(0, position);
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const auto newline = before.rfind('\n');
    const auto column = newline == std::string_view::npos ? position : position - newline - 1;
    return fmt::format("{}:{}:{}", source.name, line, column);
}

Result<ParsedTextPtr> parseText(std::string name, std::string text, const Options& options)
{
    auto parsed = std::make_shared<ParsedText>();
    parsed->name = std::move(name);
    parsed->text = std::move(text);
    parsed->functions = options.functions ? options.functions : FunctionMap::sprig();
    if (parsed->text.size() > (std::size_t {64} << 20))
        return fail(Error::Code::LimitExceeded, "template: " + parsed->name + ": text is too long", parsed->name);
    PH_CHECK(Parser(*parsed, options).run());
    return ParsedTextPtr(std::move(parsed));
}

bool isParsedFrom(const ParsedText& parsed, std::string_view name, std::string_view text)
{
    return parsed.name == name && parsed.text == text;
}

std::size_t memoryBytes(const ParsedText& parsed)
{
    return sizeof parsed + parsed.name.size() + parsed.text.size() + parsed.nodes * sizeof(Node);
}

} // namespace core::gotemplate
