// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gotemplate/ast.h"

#include <map>
#include <optional>

namespace core::gotemplate {

struct TemplateSet::Private
{
    Options options;
    std::map<std::string, const Tree*, std::less<>> trees;
    std::vector<ParsedTextPtr> texts;
    const Private* below = nullptr; ///< the set that `tpl` stands on

    void add(const ParsedTextPtr& parsed);
    [[nodiscard]] const Tree* find(std::string_view name) const;
};

/// One running template. Functions reach the set and the session through it.
class Execution
{
public:
    /// `pieces`: where the trace of `out` goes, or null.
    Execution(const TemplateSet::Private& set, Session& session, std::string& out,
              std::vector<Trace::Piece>* pieces = nullptr)
        : m_set(set)
        , m_session(session)
        , m_out(out)
        , m_pieces(pieces)
    {
    }

    [[nodiscard]] Result<> run(const Tree& tree, const Value& data);
    /// Helm's include and tpl.
    [[nodiscard]] Result<Value> include(const std::string& name, const Value& data);
    [[nodiscard]] Result<std::string> tpl(const std::string& text, const Value& data);
    /// Calls a function value with checked arguments, as the builtin `call` does.
    [[nodiscard]] Result<Value> apply(const Function& function, std::string_view name, std::vector<Value> arguments);
    [[nodiscard]] Session& session() { return m_session; }
    /// For functions that loop: counts work and honours cancellation.
    [[nodiscard]] Result<> work(std::size_t steps);
    /// For functions that walk values to their ends: counts what these hold, shared parts each time, and refuses what
    /// is too large.
    [[nodiscard]] Result<> weigh(std::span<const Value> values);

private:
    enum class Flow : std::uint8_t { Next, Break, Continue, Failed };
    class Walking;

    Flow walkList(const Value& dot, Nodes nodes);
    Flow walk(const Value& dot, const Node& node);
    Flow walkIfOrWith(const Value& dot, const Node& node);
    Flow walkRange(const Value& dot, const Node& node);
    Flow walkTemplate(const Value& dot, const Node& node);

    Value evalPipeline(const Value& dot, const Node& pipe);
    Value evalCommand(const Value& dot, const Node& command, const Value* final);
    Value evalField(const Value& dot, std::string_view name, const Node& node, Nodes arguments, const Value* final,
                    Value receiver);
    Value evalChain(const Value& dot, Value receiver, const Node& node, std::size_t first, Nodes arguments,
                    const Value* final);
    Value evalCall(const Value& dot, const Function& function, const Node& node, std::string_view name, Nodes arguments,
                   const Value* final);
    Value evalArgument(const Value& dot, char type, const Node& node);
    Value evalOperand(const Value& dot, const Node& node);
    Value checked(Value value, char type);
    bool nonFunction(Nodes arguments, const Value* final);
    Value& variable(std::string_view name);

    Value fail(std::string message, Error::Code code = Error::Code::InvalidInput);
    void trace(const Node& node, std::size_t firstRead);
    void traceInclude(const Node& node, std::size_t from, std::size_t firstRead);
    void traceRead(const Value& map, std::string_view key);
    bool print(const Node& action, const Value& value);
    bool step();
    bool afford(std::size_t cost);
    bool write(std::string_view text);
    bool enter();

    const TemplateSet::Private& m_set;
    Session& m_session;
    std::string& m_out;
    std::vector<Trace::Piece>* m_pieces;
    std::int32_t m_within = -1; ///< the read that a `with` or `range` around walks
    const Tree* m_tree = nullptr;
    const Node* m_at = nullptr;
    std::vector<std::pair<std::string_view, Value>> m_variables;
    std::optional<Error> m_failure;
};

/// The steps that a function may take for a value that it is given, and for one that it makes.
[[nodiscard]] std::size_t costOf(const Value& value);
[[nodiscard]] std::size_t costOfMaking(const Value& value);
/// The Go type that a letter of a signature stands for.
[[nodiscard]] std::string_view typeOfLetter(char letter);
/// Methods of time.Time and time.Duration.
[[nodiscard]] FunctionPtr timeMethod(const Value& receiver, std::string_view name);
/// Methods of Helm's chartutil.Values.
[[nodiscard]] FunctionPtr valuesMethod(const Value& receiver, std::string_view name);

} // namespace core::gotemplate
