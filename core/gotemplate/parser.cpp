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

bool isEmpty(Nodes nodes)
{
    return std::all_of(nodes.begin(), nodes.end(),
                       [](const Node* node) { return node->kind == NodeKind::Text && trim(node->plain).empty(); });
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
        const List root(*this);
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
                m_open.push_back(node);
        }
        tree->root = root.close();
        add(std::move(tree));
        if (m_failed)
            return core::fail(Error::Code::InvalidInput, m_message, fmt::format("{}:{}", m_parsed.name, line()));
        return {};
    }

private:
    static std::string endName(const Node& node) { return node.kind == NodeKind::End ? "{{end}}" : "{{else}}"; }

    /// Nodes that are collected on the parser's stack until it is known how many they are.
    class List
    {
    public:
        explicit List(Parser& parser)
            : m_parser(parser)
            , m_mark(parser.m_open.size())
        {
        }
        List(const List&) = delete;
        List& operator=(const List&) = delete;
        ~List() { m_parser.m_open.resize(m_mark); }
        [[nodiscard]] std::size_t size() const { return m_parser.m_open.size() - m_mark; }
        [[nodiscard]] Nodes close() const
        {
            return m_parser.kept(std::span<const NodePtr>(m_parser.m_open).subspan(m_mark));
        }

    private:
        Parser& m_parser;
        std::size_t m_mark;
    };

    /// A copy of a list that lives as long as the nodes.
    template<class T>
    [[nodiscard]] std::span<const T> kept(std::span<const T> list)
    {
        if (list.empty())
            return {};
        auto* const place = static_cast<T*>(m_parsed.memory.allocate(list.size_bytes(), alignof(T)));
        std::uninitialized_copy(list.begin(), list.end(), place);
        return {place, list.size()};
    }
    [[nodiscard]] std::string_view kept(const std::string& text)
    {
        const auto copy = kept(std::span<const char>(text));
        return {copy.data(), copy.size()};
    }
    [[nodiscard]] std::span<const std::string_view> name(std::string_view word)
    {
        return kept(std::span<const std::string_view>(&word, 1));
    }

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
        m_message = fmt::format("template: {}:{}: {}", m_parsed.name, line(), message);
    }
    [[nodiscard]] std::uint32_t line() const { return m_parsed.lineAt(m_at); }

    NodePtr make(NodeKind kind, const Item& item)
    {
        ++m_parsed.nodes;
        auto* const node = new (m_parsed.memory.allocate(sizeof(Node), alignof(Node))) Node {kind};
        node->position = item.position;
        return node;
    }

    Item next()
    {
        if (m_failed)
            return {Token::Eof, 0, "EOF"};
        Item item;
        if (m_pending > 0)
            item = m_stack[--m_pending];
        else
            item = m_lexer.next();
        m_at = item.position;
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
            const auto actionLine = m_isInAction ? m_parsed.lineAt(m_action) : 0;
            if (m_isInAction && actionLine != m_parsed.lineAt(item.position)) {
                extra = fmt::format(" in action started at {}:{}", m_parsed.name, actionLine);
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
        std::vector<std::string_view> outer {"$"};
        outer.swap(m_variables);
        const int outerRange = std::exchange(m_rangeDepth, 0);
        NodePtr end = nullptr;
        tree->root = itemList(end);
        if (end != nullptr && end->kind != NodeKind::End)
            fail(fmt::format("unexpected {} in {}", endName(*end), context));
        outer.swap(m_variables);
        m_rangeDepth = outerRange;
        add(std::move(tree));
    }

    Nodes itemList(NodePtr& end)
    {
        const List list(*this);
        if (++m_nesting > kMaxNesting)
            fail("nesting too deep");
        while (!m_failed && peekNonSpace().type != Token::Eof) {
            auto node = textOrAction();
            if (node == nullptr)
                break;
            if (node->kind == NodeKind::End || node->kind == NodeKind::Else) {
                end = node;
                --m_nesting;
                return list.close();
            }
            m_open.push_back(node);
        }
        --m_nesting;
        fail("unexpected EOF");
        return {};
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
            m_action = item.position;
            m_isInAction = true;
            auto* const node = action();
            m_isInAction = false;
            return m_failed ? nullptr : node;
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
        const auto title = nextNonSpace();
        if (title.type != Token::String && title.type != Token::RawString) {
            unexpected(title, context);
            return nullptr;
        }
        const auto text = unquote(title.text);
        if (!text) {
            fail("invalid syntax");
            return nullptr;
        }
        auto node = make(NodeKind::Template, title);
        node->names = name(kept(*text));
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
        }
        m_rangeDepth += kind == NodeKind::Range ? 1 : 0;
        NodePtr end = nullptr;
        node->children = itemList(end);
        m_rangeDepth -= kind == NodeKind::Range ? 1 : 0;
        if (end != nullptr && end->kind == NodeKind::Else) {
            node->hasElse = true;
            const auto after = peek();
            if ((kind == NodeKind::If && after.type == Token::If)
                || (kind == NodeKind::With && after.type == Token::With)) {
                (void)next();
                const NodePtr inner = control(kind, context);
                if (inner != nullptr)
                    node->declarations = kept(Nodes(&inner, 1));
            } else {
                node->declarations = itemList(end);
                if (end != nullptr && end->kind != NodeKind::End)
                    fail("expected end; found " + endName(*end));
            }
        }
        --m_nesting;
        m_variables.resize(variables);
        return m_failed ? nullptr : node;
    }

    // `$x :=`, `$x =`, `$i, $x :=` before a pipeline.
    void declarations(Node& pipe, std::string_view context)
    {
        const List declared(*this);
        declare(pipe, declared, context);
        pipe.declarations = declared.close();
    }

    void declare(Node& pipe, const List& declared, std::string_view context)
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
            node->names = name(variable.text);
            m_open.push_back(node);
            m_variables.push_back(variable.text);
            if (declares) {
                pipe.assign = after.type == Token::Assign;
                return;
            }
            if (context != "range" || declared.size() >= 2)
                return fail(fmt::format("too many declarations in {}", context));
            const auto type = peekNonSpace().type;
            if (type != Token::Variable && type != Token::RightDelimiter && type != Token::RightParen)
                return fail("range can only initialize variables");
        }
    }

    NodePtr pipeline(std::string_view context, Token end)
    {
        const auto start = peekNonSpace();
        auto* const pipe = make(NodeKind::Pipe, start);
        if (start.type == Token::Variable)
            declarations(*pipe, context);
        const List commands(*this);
        while (!m_failed) {
            const auto item = nextNonSpace();
            if (item.type == end) {
                pipe->children = commands.close();
                if (pipe->children.empty())
                    fail(fmt::format("missing value for {}", context));
                for (std::size_t i = 1; i < pipe->children.size(); ++i) {
                    const auto kind = pipe->children[i]->children.front()->kind;
                    if (kind >= NodeKind::Dot && kind <= NodeKind::String)
                        fail(fmt::format("non executable command in pipeline stage {}", i + 1));
                }
                return m_failed ? nullptr : pipe;
            }
            const bool operand =
                (item.type >= Token::String && item.type <= Token::Nil) || item.type == Token::LeftParen;
            if (!operand) {
                unexpected(item, context);
                return nullptr;
            }
            backup(item);
            auto* const node = command();
            if (node == nullptr)
                return nullptr;
            m_open.push_back(node);
        }
        return nullptr;
    }

    NodePtr command()
    {
        auto* const node = make(NodeKind::Command, peekNonSpace());
        const List arguments(*this);
        while (!m_failed) {
            if (auto* const argument = operand())
                m_open.push_back(argument);
            const auto item = next();
            if (item.type == Token::Space)
                continue;
            if (item.type == Token::RightDelimiter || item.type == Token::RightParen)
                backup(item);
            else if (item.type != Token::Pipe)
                unexpected(item, "operand");
            break;
        }
        node->children = arguments.close();
        if (node->children.empty())
            fail("empty command");
        return m_failed ? nullptr : node;
    }

    NodePtr operand()
    {
        auto* const node = term();
        if (node == nullptr)
            return node;
        const auto first = next();
        if (first.type != Token::Field) {
            backup(first);
            return node;
        }
        if (node->kind == NodeKind::Field || node->kind == NodeKind::Variable) {
            node->position = first.position;
            node->names = names(node->names[0], first);
            return node;
        }
        if (node->kind >= NodeKind::Dot && node->kind <= NodeKind::String) {
            backup(first);
            fail(fmt::format("unexpected . after term {}", quote(print(*node))));
            return nullptr;
        }
        auto* const chain = make(NodeKind::Chain, first);
        const NodePtr inner = node;
        chain->children = kept(Nodes(&inner, 1));
        chain->names = names({}, first);
        return chain;
    }

    // ".a.b" after an operand, of which the first is read.
    std::span<const std::string_view> names(std::string_view before, const Item& first)
    {
        m_words.clear();
        if (!before.empty())
            m_words.push_back(before);
        auto item = first;
        for (; item.type == Token::Field; item = next())
            m_words.push_back(item.text.substr(1));
        backup(item);
        return kept(std::span<const std::string_view>(m_words));
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
            node->names = name(item.text);
            if (std::find(m_variables.begin(), m_variables.end(), item.text) == m_variables.end())
                fail(fmt::format("undefined variable {}", quote(item.text)));
            return node;
        }
        case Token::Field: {
            auto node = make(NodeKind::Field, item);
            node->names = name(item.text.substr(1));
            return node;
        }
        case Token::Bool: {
            auto node = make(NodeKind::Bool, item);
            node->plain = item.text;
            literal(*node).value = Value::boolean(item.text == "true");
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
            literal(*node).value = Value::string(text.value_or(""));
            return node;
        }
        default:
            backup(item);
            return nullptr;
        }
    }

    Literal& literal(Node& node)
    {
        auto* const literal = new (m_parsed.memory.allocate(sizeof(Literal), alignof(Literal))) Literal;
        m_parsed.literals.push_back(literal);
        node.literal = literal;
        return *literal;
    }

    NodePtr number(const Item& item)
    {
        auto* const node = make(NodeKind::Number, item);
        auto& number = literal(*node);
        node->plain = item.text;
        if (item.type == Token::CharConstant) {
            const auto text = unquote(item.text);
            if (!text || text->empty()) {
                fail(fmt::format("malformed character constant: {}", item.text));
                return node;
            }
            number.integer = static_cast<std::int64_t>(decodeRune(*text, 0).code);
            number.number = static_cast<double>(number.integer);
            number.isInt = number.isUint = number.isFloat = true;
        } else if (item.type == Token::Complex || item.text.ends_with('i')) {
            fail(fmt::format("complex numbers are not supported: {}", item.text));
            return node;
        } else {
            integerOrFloat(item.text, number);
        }
        const bool hexInt = item.text.size() > 2 && item.text[0] == '0' && (item.text[1] | 0x20) == 'x'
            && item.text.find_first_of("pP") == std::string_view::npos;
        const bool looksFloat =
            item.text.find_first_of(".eEpP") != std::string_view::npos && item.text[0] != '\'' && !hexInt;
        if (number.isFloat && looksFloat)
            number.value = Value::number(number.number);
        else if (number.isInt)
            number.value = Value::integer(number.integer);
        return node;
    }

    void integerOrFloat(std::string_view text, Literal& literal)
    {
        const auto asInt = parseInt(text, 0);
        const auto asUint = parseUint(text, 0);
        literal.isUint = asUint.has_value() || (asInt && *asInt == 0);
        literal.isInt = asInt.has_value();
        literal.integer = asInt.value_or(0);
        if (asInt || asUint) {
            literal.isFloat = true;
            literal.number = asInt ? static_cast<double>(*asInt) : static_cast<double>(*asUint);
            return;
        }
        const auto asFloat = parseFloat(text);
        if (!asFloat)
            return fail("illegal number syntax: " + quote(text));
        if (text.find_first_of(".eEpP") == std::string_view::npos)
            return fail("integer overflow: " + quote(text));
        literal.isFloat = true;
        literal.number = *asFloat;
        if (*asFloat >= -9.2e18 && *asFloat <= 9.2e18
            && static_cast<double>(static_cast<std::int64_t>(*asFloat)) == *asFloat) {
            literal.isInt = true;
            literal.isUint = *asFloat >= 0;
            literal.integer = static_cast<std::int64_t>(*asFloat);
        }
    }

    ParsedText& m_parsed;
    const FunctionMap& m_functions;
    Lexer m_lexer;
    std::array<Item, 8> m_stack {};
    std::size_t m_pending = 0;
    std::vector<NodePtr> m_open; ///< of lists that are not complete
    std::vector<std::string_view> m_words;
    std::vector<std::string_view> m_variables {"$"};
    std::uint32_t m_at = 0; ///< where the last token stands
    std::uint32_t m_action = 0; ///< where the action begins that the parser is in
    bool m_isInAction = false;
    int m_rangeDepth = 0, m_nesting = 0;
    bool m_failed = false;
    std::string m_message;
};

void printJoined(std::string& to, Nodes nodes, std::string_view separator)
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

std::string printList(Nodes nodes)
{
    std::string text;
    for (const auto* node : nodes)
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
            text.append(".").append(name);
        return text;
    case NodeKind::Variable:
        for (const auto& name : node.names)
            text.append(text.empty() ? "" : ".").append(name);
        return text;
    case NodeKind::Chain:
        printJoined(text, node.children, "");
        for (const auto& name : node.names)
            text.append(".").append(name);
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

std::uint32_t ParsedText::lineAt(std::size_t position) const
{
    std::call_once(m_linesFound, [this] {
        m_lines.push_back(0);
        for (auto at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1))
            m_lines.push_back(static_cast<std::uint32_t>(at + 1));
    });
    return static_cast<std::uint32_t>(std::upper_bound(m_lines.begin(), m_lines.end(), position) - m_lines.begin());
}

std::string location(const ParsedText& source, std::size_t position)
{
    const auto before = std::string_view(source.text).substr(0, position);
    const auto newline = before.rfind('\n');
    const auto column = newline == std::string_view::npos ? position : position - newline - 1;
    return fmt::format("{}:{}:{}", source.name, source.lineAt(position), column);
}

Result<ParsedTextPtr> parseText(std::string name, std::string&& text, const Options& options)
{
    auto parsed = std::make_shared<ParsedText>();
    parsed->name = std::move(name);
    parsed->functions = options.functions ? options.functions : FunctionMap::sprig();
    if (text.size() > (std::size_t {64} << 20))
        return fail(Error::Code::LimitExceeded, "template: " + parsed->name + ": text is too long", parsed->name);
    parsed->text = std::move(text);
    if (auto done = Parser(*parsed, options).run(); !done) {
        text = std::move(parsed->text);
        return tl::unexpected<Error>(std::move(done).error());
    }
    return ParsedTextPtr(std::move(parsed));
}

const std::string& textOf(const ParsedText& parsed)
{
    return parsed.text;
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
