// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gotemplate/exec.h"

#include "core/gotemplate/format.h"
#include "core/gotemplate/go_text.h"

#include <fmt/format.h>

#include <array>

namespace core::gotemplate {

namespace {

constexpr std::size_t kMaxStack = std::size_t {4} << 20;
constexpr int kMaxIncludes = 1000; // of one name, as in Helm
constexpr std::size_t kMaxMessage = std::size_t {1} << 18; // of an error, to which each level of templates adds

std::uintptr_t stackAddress()
{
    return reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
}

bool canBeNil(char type)
{
    return type == 'a' || type == 'v' || type == 'm' || type == 'l' || type == 'S' || type == 'y';
}

std::string_view receiverType(const Value& value, std::string& buffer)
{
    if (value.boxed() || value.type() == Type::Nil)
        return "interface {}";
    buffer = value.typeName();
    return buffer;
}

} // namespace

std::string_view typeOfLetter(char letter)
{
    switch (letter) {
    case 's':
        return "string";
    case 'i':
        return "int";
    case 'I':
        return "int64";
    case 'r':
        return "int32";
    case 'u':
        return "uint32";
    case 'f':
        return "float64";
    case 'b':
        return "bool";
    case 'm':
        return "map[string]interface {}";
    case 'l':
        return "[]interface {}";
    case 'S':
        return "[]string";
    case 'y':
        return "[]uint8";
    case 't':
        return "time.Time";
    case 'd':
        return "time.Duration";
    case 'v':
        return "reflect.Value";
    default:
        return "interface {}";
    }
}

void TemplateSet::Private::add(const ParsedTextPtr& parsed)
{
    for (const auto& tree : parsed->trees) {
        auto& slot = trees[tree->name];
        if (slot == nullptr || !tree->empty)
            slot = tree.get();
    }
    texts.push_back(parsed);
}

const Tree* TemplateSet::Private::find(std::string_view name) const
{
    for (const auto* set = this; set != nullptr; set = set->below)
        if (const auto found = set->trees.find(name); found != set->trees.end())
            return found->second;
    return nullptr;
}

Value Execution::fail(std::string message, Error::Code code)
{
    if (!m_failure) {
        const auto where = location(*m_tree->source, m_at == nullptr ? 0 : m_at->position);
        if (m_at != nullptr && message.size() < kMaxMessage)
            message = fmt::format("template: {}: executing {} at <{}>: {}", where, quote(m_tree->name),
                                  gotemplate::print(*m_at), message);
        m_failure = Error {code, std::move(message), where};
    }
    return {};
}

bool Execution::step()
{
    if ((++m_session.steps & 255U) != 0)
        return true;
    if (m_session.stop.stop_requested())
        fail("cancelled", Error::Code::Cancelled);
    else if (m_session.steps > m_session.limits.steps)
        fail("the template takes too many steps", Error::Code::LimitExceeded);
    return !m_failure;
}

// Steps beyond those that are counted one by one.
bool Execution::afford(std::size_t cost)
{
    if (cost == 0)
        return true;
    if (auto done = work(cost); !done)
        fail(std::move(done).error().message, done.error().code);
    return !m_failure;
}

Result<> Execution::work(std::size_t steps)
{
    m_session.steps += steps;
    if (m_session.stop.stop_requested())
        return core::fail(Error::Code::Cancelled, "cancelled");
    if (m_session.steps > m_session.limits.steps)
        return core::fail(Error::Code::LimitExceeded, "the template takes too many steps");
    return {};
}

bool Execution::write(std::string_view text)
{
    m_session.outputBytes += text.size();
    if (m_session.outputBytes > m_session.limits.outputBytes) {
        fail("the output is too large", Error::Code::LimitExceeded);
        return false;
    }
    m_out += text;
    return true;
}

bool Execution::enter()
{
    const auto here = stackAddress();
    if (m_session.stackBase == 0)
        m_session.stackBase = here;
    const auto used = here > m_session.stackBase ? here - m_session.stackBase : m_session.stackBase - here;
    return ++m_session.depth <= m_session.limits.depth && used <= kMaxStack;
}

/// For the time of a `with` or `range`: what its pipeline read is what the fields inside belong to.
class Execution::Walking
{
public:
    explicit Walking(Execution& execution)
        : m_execution(execution)
        , m_outer(execution.m_within)
        , m_reads(execution.m_session.trace == nullptr ? 0 : execution.m_session.trace->reads.size())
    {
    }
    Walking(const Walking&) = delete;
    Walking& operator=(const Walking&) = delete;
    ~Walking() { m_execution.m_within = m_outer; }
    void enter() const
    {
        const auto* trace = m_execution.m_session.trace;
        if (trace != nullptr && trace->reads.size() > m_reads)
            m_execution.m_within = static_cast<std::int32_t>(trace->reads.size() - 1);
    }

private:
    Execution& m_execution;
    std::int32_t m_outer;
    std::size_t m_reads;
};

Result<> Execution::run(const Tree& tree, const Value& data)
{
    m_tree = &tree;
    const bool entered = enter();
    if (!entered)
        fail("exceeded maximum template depth", Error::Code::LimitExceeded);
    const auto dot = data.type() == Type::Nil ? Value() : data.withBox(false);
    m_variables.emplace_back("$", dot);
    if (!m_failure)
        walkList(dot, tree.root);
    --m_session.depth;
    if (m_failure)
        return tl::unexpected<Error>(std::move(*m_failure));
    return {};
}

Execution::Flow Execution::walkList(const Value& dot, Nodes nodes)
{
    for (const auto* node : nodes)
        if (const auto flow = walk(dot, *node); flow != Flow::Next)
            return flow;
    return Flow::Next;
}

Execution::Flow Execution::walk(const Value& dot, const Node& node)
{
    m_at = &node;
    if (!step())
        return Flow::Failed;
    switch (node.kind) {
    case NodeKind::Text:
        if (m_pieces != nullptr)
            trace(node, m_session.trace->reads.size());
        return write(node.plain) ? Flow::Next : Flow::Failed;
    case NodeKind::Action: {
        const auto firstRead = m_pieces == nullptr ? 0 : m_session.trace->reads.size();
        if (m_pieces != nullptr)
            m_session.lastInclude = Value();
        const auto value = evalPipeline(dot, *node.pipe);
        if (m_failure)
            return Flow::Failed;
        if (!node.pipe->declarations.empty())
            return Flow::Next;
        m_at = &node;
        const auto from = m_out.size();
        if (m_pieces != nullptr)
            trace(node, firstRead);
        if (!print(node, value))
            return Flow::Failed;
        if (m_pieces != nullptr && m_session.lastInclude.size() > 0)
            traceInclude(node, from, firstRead);
        return Flow::Next;
    }
    case NodeKind::Break:
        return Flow::Break;
    case NodeKind::Continue:
        return Flow::Continue;
    case NodeKind::If:
    case NodeKind::With:
        return walkIfOrWith(dot, node);
    case NodeKind::Range:
        return walkRange(dot, node);
    case NodeKind::Template:
        return walkTemplate(dot, node);
    default:
        return Flow::Next;
    }
}

// What an action prints.
bool Execution::print(const Node& action, const Value& value)
{
    if (value.isString())
        return write(value.asString());
    if (value.isNone())
        return write("<no value>");
    if (value.type() == Type::Function) {
        fail(fmt::format("can't print {} of type {}", gotemplate::print(action), value.typeName()));
        return false;
    }
    if (const auto* object = value.asObject())
        if (const auto text = object->printedByAction(); !text.empty())
            return write(text);
    if (auto weighed = weigh({&value, 1}); !weighed) {
        fail(weighed.error().message, weighed.error().code);
        return false;
    }
    auto text = printed(value);
    if (value.type() == Type::Object && text.starts_with("&{"))
        text.erase(0, 1); // an action prints what a pointer leads to
    return write(text);
}

Execution::Flow Execution::walkIfOrWith(const Value& dot, const Node& node)
{
    const auto mark = m_variables.size();
    const Walking walking(*this);
    const auto value = evalPipeline(dot, *node.pipe);
    if (m_failure)
        return Flow::Failed;
    if (node.kind == NodeKind::With)
        walking.enter();
    auto flow = Flow::Next;
    if (value.truth())
        flow = walkList(node.kind == NodeKind::With ? value : dot, node.children);
    else if (node.hasElse)
        flow = walkList(dot, node.declarations);
    m_variables.resize(mark);
    return flow;
}

Execution::Flow Execution::walkRange(const Value& dot, const Node& node)
{
    const auto outer = m_variables.size();
    const Walking walking(*this);
    auto value = evalPipeline(dot, *node.pipe);
    if (m_failure)
        return Flow::Failed;
    walking.enter();
    if (value.type() == Type::Object) {
        const auto below = value.underlying();
        if (below.isNone()) {
            fail(fmt::format("range can't iterate over {}", printed(value)));
            return Flow::Failed;
        }
        value = below;
    }
    const auto& declared = node.pipe->declarations;
    const auto mark = m_variables.size();
    bool stopped = false;
    auto result = Flow::Next;
    const auto once = [&](const Value& index, const Value& element) {
        if (declared.size() == 1) {
            if (node.pipe->assign)
                variable(declared[0]->names[0]) = element;
            else
                m_variables[mark - 1].second = element;
        } else if (declared.size() > 1) {
            if (node.pipe->assign) {
                variable(declared[0]->names[0]) = index;
                variable(declared[1]->names[0]) = element;
            } else {
                m_variables[mark - 1].second = element;
                m_variables[mark - 2].second = index;
            }
        }
        const auto flow = step() ? walkList(element, node.children) : Flow::Failed;
        m_variables.resize(mark);
        stopped = flow == Flow::Break || flow == Flow::Failed;
        if (flow == Flow::Failed)
            result = flow;
    };
    bool any = true;
    if (value.isInteger()) {
        if (declared.size() > 1) {
            fail(fmt::format("can't use {} to iterate over more than one variable", printed(value)));
            return Flow::Failed;
        }
        any = value.asInt() > 0;
        for (std::int64_t i = 0; i < value.asInt() && !stopped; ++i)
            once({}, Value::integer(i, value.type()));
    } else if (value.type() == Type::Bytes) {
        any = value.size() > 0;
        for (std::size_t i = 0; i < value.size() && !stopped; ++i)
            once(Value::integer(static_cast<std::int64_t>(i)),
                 Value::integer(static_cast<unsigned char>(value.asString()[i]), Type::Uint8));
    } else if (value.isList()) {
        any = value.size() > 0;
        for (std::size_t i = 0; i < value.size() && !stopped; ++i)
            once(Value::integer(static_cast<std::int64_t>(i)), value.items()[i]);
    } else if (value.isMap()) {
        // The body may change the map; Go walks what was there at the start.
        const auto entries = value.entries();
        any = !entries.empty();
        for (auto entry = entries.begin(); entry != entries.end() && !stopped; ++entry)
            once(entry->first, entry->second);
    } else if (value.isNil()) {
        any = false;
    } else {
        fail(fmt::format("range can't iterate over {}", printed(value)));
        return Flow::Failed;
    }
    if (!any && node.hasElse)
        result = walkList(dot, node.declarations);
    m_variables.resize(outer);
    return result;
}

Execution::Flow Execution::walkTemplate(const Value& dot, const Node& node)
{
    const auto* tree = m_set.find(node.names[0]);
    if (tree == nullptr) {
        fail(fmt::format("template {} not defined", quote(node.names[0])));
        return Flow::Failed;
    }
    Value data;
    if (node.pipe != nullptr) {
        data = evalPipeline(dot, *node.pipe);
        if (m_failure)
            return Flow::Failed;
    }
    Execution inner(m_set, m_session, m_out, m_pieces);
    inner.m_within = m_within;
    if (auto done = inner.run(*tree, data); !done) {
        m_failure = std::move(done).error();
        return Flow::Failed;
    }
    return Flow::Next;
}

Value& Execution::variable(std::string_view name)
{
    for (auto i = m_variables.size(); i-- > 0;)
        if (m_variables[i].first == name)
            return m_variables[i].second;
    // The parser knows a name already in the pipeline that declares it.
    fail(fmt::format("undefined variable: {}", name));
    static thread_local Value nowhere;
    return nowhere = Value();
}

Value Execution::evalPipeline(const Value& dot, const Node& pipe)
{
    m_at = &pipe;
    Value value;
    bool first = true;
    for (const auto* command : pipe.children) {
        value = evalCommand(dot, *command, first ? nullptr : &value);
        if (m_failure)
            return {};
        first = false;
        if (value.type() == Type::Nil)
            value = Value();
        value.setBoxed(false);
    }
    for (const auto* declared : pipe.declarations) {
        if (pipe.assign)
            variable(declared->names[0]) = value;
        else
            m_variables.emplace_back(declared->names[0], value);
    }
    return m_failure ? Value() : value;
}

bool Execution::nonFunction(Nodes arguments, const Value* final)
{
    if (arguments.size() <= 1 && final == nullptr)
        return true;
    fail(fmt::format("can't give argument to non-function {}", gotemplate::print(*arguments[0])));
    return false;
}

Value Execution::evalCommand(const Value& dot, const Node& command, const Value* final)
{
    const auto arguments = command.children;
    const auto& word = *arguments[0];
    switch (word.kind) {
    case NodeKind::Field:
        m_at = &word;
        return evalChain(dot, dot, word, 0, arguments, final);
    case NodeKind::Chain: {
        m_at = &word;
        if (word.children[0]->kind == NodeKind::Nil)
            return fail("indirection through explicit nil in " + gotemplate::print(word));
        auto receiver = evalArgument(dot, '\0', *word.children[0]);
        return m_failure ? Value() : evalChain(dot, std::move(receiver), word, 0, arguments, final);
    }
    case NodeKind::Identifier:
        m_at = &word;
        return evalCall(dot, *word.function, command, word.function->name, arguments.subspan(1), final);
    case NodeKind::Pipe:
        return nonFunction(arguments, final) ? evalPipeline(dot, word) : Value();
    case NodeKind::Variable:
        m_at = &word;
        if (word.names.size() == 1)
            return nonFunction(arguments, final) ? variable(word.names[0]) : Value();
        if (auto value = variable(word.names[0]); !m_failure)
            return evalChain(dot, std::move(value), word, 1, arguments, final);
        return {};
    default:
        break;
    }
    m_at = &word;
    if (!nonFunction(arguments, final))
        return {};
    if (word.kind == NodeKind::Nil)
        return fail("nil is not a command");
    return evalOperand(dot, word);
}

Value Execution::evalOperand(const Value& dot, const Node& node)
{
    m_at = &node;
    switch (node.kind) {
    case NodeKind::Dot:
        return dot;
    case NodeKind::Number:
        return node.literal->value.isNone() ? fail(fmt::format("{} overflows int", node.plain)) : node.literal->value;
    default:
        return node.literal == nullptr ? Value() : node.literal->value;
    }
}

Value Execution::evalChain(const Value& dot, Value receiver, const Node& node, std::size_t first, Nodes arguments,
                           const Value* final)
{
    const auto count = node.names.size();
    for (auto i = first; i < count; ++i) {
        const bool last = i + 1 == count;
        // Most steps are plain look-ups.
        if (receiver.type() == Type::Map && arguments.size() <= 1 && final == nullptr) {
            if (const auto* found = receiver.find(node.names[i])) {
                if (last && m_session.trace != nullptr)
                    traceRead(receiver, node.names[i]);
                receiver = Value(*found);
                continue;
            }
            if (!receiver.isHelmValues() && m_set.options.missingKey == MissingKey::Zero) {
                receiver = Value::nil();
                continue;
            }
        }
        receiver = evalField(dot, node.names[i], node, last ? arguments : Nodes {}, last ? final : nullptr,
                             std::move(receiver));
        if (m_failure)
            return {};
    }
    return receiver;
}

Value Execution::evalField(const Value& dot, std::string_view name, const Node& node, Nodes arguments,
                           const Value* final, Value receiver)
{
    const auto missing = m_set.options.missingKey;
    if (receiver.isNone()) {
        if (missing == MissingKey::Error)
            return fail(fmt::format("nil data; no entry for key {}", quote(name)));
        return {};
    }
    std::string buffer;
    if (receiver.type() == Type::Nil)
        return fail(fmt::format("nil pointer evaluating interface {{}}.{}", name));
    FunctionPtr method;
    if (const auto* object = receiver.asObject())
        method = object->method(name);
    else if (receiver.isHelmValues())
        method = valuesMethod(receiver, name);
    else if (receiver.type() == Type::Time || receiver.type() == Type::Duration || receiver.type() == Type::Error)
        method = timeMethod(receiver, name);
    const auto rest = arguments.empty() ? arguments : arguments.subspan(1);
    if (method)
        return evalCall(dot, *method, node, name, rest, final);
    const bool hasArguments = !rest.empty() || final != nullptr;
    if (const auto* object = receiver.asObject()) {
        auto field = object->field(name);
        if (!field.isNone()) {
            if (hasArguments)
                return fail(fmt::format("{} has arguments but cannot be invoked as function", name));
            return field;
        }
    }
    const auto below = receiver.underlying();
    if (below.isMap()) {
        if (hasArguments)
            return fail(fmt::format("{} is not a method but has arguments", name));
        if (const auto* found = below.find(name))
            return *found;
        switch (missing) {
        case MissingKey::Default:
            return {};
        case MissingKey::Zero:
            return below.type() == Type::StringMap ? Value::string({}) : Value::nil();
        case MissingKey::Error:
            return fail(fmt::format("map has no entry for key {}", quote(name)));
        }
    }
    return fail(fmt::format("can't evaluate field {} in type {}", name, receiverType(receiver, buffer)));
}

Value Execution::checked(Value value, char type)
{
    if (value.isNone()) {
        if (type == '\0' || type == 'v')
            return value;
        if (canBeNil(type))
            return Value::nil();
        return fail(fmt::format("invalid value; expected {}", typeOfLetter(type)));
    }
    const auto is = value.type();
    bool fits = false;
    switch (type) {
    case '\0':
    case 'a':
    case 'v':
        return value;
    case 's':
        fits = is == Type::String;
        break;
    case 'i':
        fits = is == Type::Int;
        break;
    case 'I':
        fits = is == Type::Int64;
        break;
    case 'r':
        fits = is == Type::Int32;
        break;
    case 'f':
        fits = is == Type::Float64;
        break;
    case 'b':
        fits = is == Type::Bool;
        break;
    case 'l':
        fits = is == Type::List;
        break;
    case 'S':
        fits = is == Type::StringList;
        break;
    case 'y':
        fits = is == Type::Bytes;
        break;
    case 't':
        fits = is == Type::Time;
        break;
    case 'd':
        fits = is == Type::Duration;
        break;
    case 'm': {
        auto below = value.underlying();
        if (below.type() == Type::Map && (is != Type::Object || value.asObject()->isAnyMap()))
            return below.withoutName();
        break;
    }
    default:
        break;
    }
    if (fits)
        return value;
    std::string buffer;
    return fail(fmt::format("wrong type for value; expected {}; got {}", typeOfLetter(type),
                            is == Type::Nil ? std::string("interface {}") : value.typeName()));
}

Value Execution::evalArgument(const Value& dot, char type, const Node& node)
{
    m_at = &node;
    Value value;
    switch (node.kind) {
    case NodeKind::Dot:
        return checked(dot, type);
    case NodeKind::Nil:
        if (type == '\0' || canBeNil(type))
            return type == 'v' ? Value() : Value::nil();
        return fail(fmt::format("cannot assign nil to {}", typeOfLetter(type)));
    case NodeKind::Field:
        value = evalChain(dot, dot, node, 0, {}, nullptr);
        break;
    case NodeKind::Variable:
        value = variable(node.names[0]);
        if (!m_failure && node.names.size() > 1)
            value = evalChain(dot, std::move(value), node, 1, {}, nullptr);
        break;
    case NodeKind::Pipe:
        value = evalPipeline(dot, node);
        break;
    case NodeKind::Identifier:
        value = evalCall(dot, *node.function, node, node.function->name, {}, nullptr);
        break;
    case NodeKind::Chain: {
        if (node.children[0]->kind == NodeKind::Nil)
            return fail("indirection through explicit nil in " + gotemplate::print(node));
        auto receiver = evalArgument(dot, '\0', *node.children[0]);
        if (!m_failure)
            value = evalChain(dot, std::move(receiver), node, 0, {}, nullptr);
        break;
    }
    default: {
        const auto expected = [&](std::string_view what) {
            return fail(fmt::format("expected {}; found {}", what, gotemplate::print(node)));
        };
        switch (type) {
        case '\0':
        case 'a':
        case 'v':
            return evalOperand(dot, node);
        case 's':
            return node.kind == NodeKind::String ? node.literal->value : expected("string");
        case 'b':
            return node.kind == NodeKind::Bool ? node.literal->value : expected("bool");
        case 'i':
        case 'I':
        case 'd':
        case 'r':
            if (node.kind != NodeKind::Number || !node.literal->isInt)
                return expected("integer");
            return Value::integer(node.literal->integer,
                                  type == 'i'       ? Type::Int
                                      : type == 'I' ? Type::Int64
                                      : type == 'd' ? Type::Duration
                                                    : Type::Int32);
        case 'u': // which no value is: only literals fit
            if (node.kind != NodeKind::Number || !node.literal->isUint)
                return expected("unsigned integer");
            return Value::integer(static_cast<std::uint32_t>(node.literal->integer));
        case 'f':
            return node.kind == NodeKind::Number && node.literal->isFloat ? Value::number(node.literal->number)
                                                                          : expected("float");
        default:
            return fail(fmt::format("can't handle {} for arg of type {}", gotemplate::print(node), typeOfLetter(type)));
        }
    }
    }
    return m_failure ? Value() : checked(std::move(value), type);
}

Value Execution::evalCall(const Value& dot, const Function& function, const Node& node, std::string_view name,
                          Nodes arguments, const Value* final)
{
    if (!step())
        return {};
    std::string_view signature = function.signature;
    const bool variadic = signature.ends_with('*');
    if (variadic)
        signature.remove_suffix(1);
    const auto given = arguments.size() + (final != nullptr ? 1 : 0);
    const auto fixed = variadic ? signature.size() - 1 : signature.size();
    if (variadic ? given < fixed : given != fixed)
        return fail(fmt::format("wrong number of args for {}: want {}{} got {}", name, variadic ? "at least " : "",
                                fixed, variadic ? arguments.size() : given));
    const auto letter = [&](std::size_t i) { return signature[std::min(i, signature.size() - 1)]; };
    if (!function.call) {
        // and, or: stop at the first argument that decides.
        const bool isOr = name == "or";
        Value value;
        for (const auto* argument : arguments) {
            value = evalArgument(dot, 'v', *argument);
            if (m_failure || value.truth() == isOr)
                return value;
        }
        return final != nullptr ? *final : value;
    }
    constexpr std::size_t kInline = 6;
    std::array<Value, kInline> few;
    std::vector<Value> many;
    if (given > kInline)
        many.resize(given);
    const std::span<Value> values = given > kInline ? std::span<Value>(many) : std::span<Value>(few.data(), given);
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        values[i] = evalArgument(dot, letter(i), *arguments[i]);
        if (m_failure)
            return {};
    }
    if (final != nullptr) {
        values.back() = checked(*final, letter(given - 1));
        if (m_failure)
            return {};
    }
    std::size_t cost = 0;
    for (const auto& value : values)
        cost += costOf(value);
    if (!afford(cost))
        return {};
    Call call {values, *this};
    auto result = function.call(call);
    if (!result) {
        m_at = &node;
        auto error = std::move(result).error();
        fail(fmt::format("error calling {}: {}", name, error.message),
             error.code == Error::Code::Cancelled || error.code == Error::Code::LimitExceeded
                 ? error.code
                 : Error::Code::InvalidInput);
        return {};
    }
    if (result->size() > m_session.limits.textBytes && result->isString())
        return fail("the text is too large", Error::Code::LimitExceeded);
    return afford(costOfMaking(*result)) ? std::move(*result) : Value();
}

Result<Value> Execution::apply(const Function& function, std::string_view name, std::vector<Value> arguments)
{
    std::string_view signature = function.signature;
    const bool variadic = signature.ends_with('*');
    if (variadic)
        signature.remove_suffix(1);
    const auto fixed = variadic ? signature.size() - 1 : signature.size();
    if (variadic ? arguments.size() < fixed : arguments.size() != fixed)
        return core::fail(Error::Code::InvalidInput,
                          fmt::format("wrong number of args for {}: got {} want {}{}", name, arguments.size(),
                                      variadic ? "at least " : "", fixed));
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const auto type = signature[std::min(i, signature.size() - 1)];
        auto& argument = arguments[i];
        if (argument.isInteger() && (type == 'i' || type == 'I'))
            argument = Value::integer(argument.asInt(), type == 'i' ? Type::Int : Type::Int64);
        Execution probe(m_set, m_session, m_out);
        probe.m_tree = m_tree;
        argument = probe.checked(std::move(argument), type);
        if (probe.m_failure)
            return core::fail(Error::Code::InvalidInput, fmt::format("arg {}: {}", i, probe.m_failure->message));
    }
    if (!function.call)
        return core::fail(Error::Code::InvalidInput, fmt::format("{} cannot be called", name));
    Call call {arguments, *this};
    return function.call(call);
}

Result<Value> Execution::include(const std::string& name, const Value& data)
{
    const auto* tree = m_set.find(name);
    if (tree == nullptr)
        return core::fail(Error::Code::InvalidInput,
                          fmt::format("template: no template {} associated with template \"gotpl\"", quote(name)));
    auto& count = m_session.included[name];
    if (count > kMaxIncludes)
        return core::fail(
            Error::Code::InvalidInput,
            fmt::format("rendering template has a nested reference name: {}: unable to execute template", name));
    ++count;
    std::string text;
    std::vector<Trace::Piece> pieces;
    Execution inner(m_set, m_session, text, m_session.trace == nullptr ? nullptr : &pieces);
    inner.m_within = m_within;
    auto done = inner.run(*tree, data);
    --m_session.included[name];
    if (!done)
        return tl::unexpected<Error>(std::move(done).error());
    auto value = Value::string(std::move(text));
    if (m_session.trace != nullptr) {
        m_session.lastInclude = value;
        m_session.lastPieces = std::move(pieces);
    }
    return value;
}

Result<std::string> Execution::tpl(const std::string& text, const Value& data)
{
    auto& parsed = m_session.parsed[text];
    if (!parsed) {
        PH_CHECK(work(64 + text.size()));
        auto options = m_set.options;
        auto result = parseText("gotpl", std::string(text), options);
        if (!result)
            return core::fail(result.error().code,
                              fmt::format("cannot parse template {}: {}", quote(text), result.error().message));
        parsed = std::move(*result);
    }
    TemplateSet::Private overlay;
    overlay.options = m_set.options;
    overlay.below = &m_set;
    overlay.add(parsed);
    std::string out;
    const auto* tree = overlay.find("gotpl");
    if (auto done = Execution(overlay, m_session, out).run(*tree, data); !done) {
        auto error = std::move(done).error();
        if (error.message.size() < kMaxMessage)
            error.message = fmt::format("error during tpl function execution for {}: {}", quote(text), error.message);
        return core::fail(error.code, std::move(error.message));
    }
    for (std::size_t at = 0; (at = out.find("<no value>", at)) != std::string::npos;)
        out.erase(at, 10);
    return out;
}

TemplateSet::TemplateSet(Options options)
    : m_d(std::make_unique<Private>())
{
    if (!options.functions)
        options.functions = FunctionMap::sprig();
    m_d->options = std::move(options);
}
TemplateSet::~TemplateSet() = default;
TemplateSet::TemplateSet(TemplateSet&&) noexcept = default;
TemplateSet& TemplateSet::operator=(TemplateSet&&) noexcept = default;

Result<> TemplateSet::parse(std::string name, std::string text)
{
    PH_TRY(const auto parsed, parseText(std::move(name), std::move(text), m_d->options));
    m_d->add(parsed);
    return {};
}

void TemplateSet::add(const ParsedTextPtr& parsed)
{
    m_d->add(parsed);
}

bool TemplateSet::has(std::string_view name) const
{
    return m_d->find(name) != nullptr;
}

std::vector<std::string> TemplateSet::names() const
{
    std::vector<std::string> names;
    for (const auto& [name, tree] : m_d->trees)
        names.push_back(name);
    return names;
}

const Options& TemplateSet::options() const
{
    return m_d->options;
}

Result<std::string> TemplateSet::execute(std::string_view name, const Value& data, Session& session) const
{
    const auto* tree = m_d->find(name);
    if (tree == nullptr)
        return fail(Error::Code::NotFound, fmt::format("template: {} is not defined", quote(name)));
    session.stackBase = 0;
    session.depth = 0;
    std::string out;
    out.reserve(tree->source->text.size());
    PH_CHECK(Execution(*m_d, session, out).run(*tree, data));
    return out;
}

Result<std::string> TemplateSet::execute(std::string_view name, const Value& data) const
{
    Session session;
    return execute(name, data, session);
}

Result<std::string> TemplateSet::execute(std::string_view name, const Value& data, Session& session, Trace& trace) const
{
    const auto* tree = m_d->find(name);
    if (tree == nullptr)
        return fail(Error::Code::NotFound, fmt::format("template: {} is not defined", quote(name)));
    session.stackBase = 0;
    session.depth = 0;
    session.trace = &trace;
    std::string out;
    auto done = Execution(*m_d, session, out, &trace.pieces).run(*tree, data);
    session.trace = nullptr;
    session.lastInclude = Value();
    PH_CHECK(std::move(done));
    return out;
}

} // namespace core::gotemplate
