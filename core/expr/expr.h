// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/expr/value.h"

#include <boost/json/value.hpp>

#include <memory>
#include <string_view>

/// The expression language of analysis conditions and notification triggers: what expr-lang/expr 1.17 accepts and
/// gives, with bounds on size, depth, steps and memory, so that any text and any data end in a value or an error.
namespace core::expr {

struct Limits
{
    std::size_t nodes = 10'000;
    std::size_t depth = 700;
    std::size_t elements = 1'000'000; ///< list elements made in one run
    std::size_t bytes = std::size_t {64} << 20; ///< text made in one run
    std::size_t steps = 20'000'000; ///< evaluated nodes in one run
};

struct Node;

/// A compiled expression. Immutable; may be run by several threads at once.
class Program
{
public:
    /// `now` answers now(). Error::where is "line:column" in the expression.
    [[nodiscard]] Result<Value> run(const Env& env, TimePoint now = {}) const;

private:
    friend Result<Program> compileProgram(std::string_view, const Env*, const Limits&);
    std::shared_ptr<const Node> m_root;
    Limits m_limits;
};

/// Checked against the kinds of the variables in env, as analysis conditions are: unknown names and operators on
/// mismatched kinds do not compile. Error::where is "line:column".
[[nodiscard]] Result<Program> compileStrict(std::string_view text, const Env& env, const Limits& limits = {});
/// Without knowledge of the variables, as notification triggers are: unknown names are nil, kinds are checked when run.
[[nodiscard]] Result<Program> compileDynamic(std::string_view text, const Limits& limits = {});

/// Integers stay integers, floats floats (as an API server's objects are read).
[[nodiscard]] Value fromJson(const boost::json::value& json);
/// All numbers become floats (as Go decodes a metric provider's answer).
[[nodiscard]] Value fromProviderJson(const boost::json::value& json);
/// Times and durations become text; NaN and infinities become text; functions become null.
[[nodiscard]] boost::json::value toJson(const Value& value);

} // namespace core::expr
