// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/embedded/sim/series.h"

#include <memory>
#include <optional>
#include <set>
#include <variant>

namespace core::embedded::sim::promql {

struct Node;
using NodePtr = std::unique_ptr<Node>;

struct Selector
{
    std::vector<Matcher> matchers;
    double range = 0; ///< seconds; 0 for an instant selector
    double offset = 0;
};
struct Call
{
    std::string function;
    std::vector<NodePtr> arguments;
};
struct Aggregation
{
    std::string op;
    bool without = false;
    std::vector<std::string> labels;
    NodePtr parameter; ///< of quantile, topk, bottomk
    NodePtr operand;
};
struct Binary
{
    std::string op;
    bool returnBool = false;
    bool on = false; ///< labels are of on(), else of ignoring()
    std::vector<std::string> labels;
    enum class Group : std::uint8_t { None, Left, Right } group = Group::None;
    std::vector<std::string> include; ///< labels taken over from the "one" side
    NodePtr left, right;
};
struct Negation
{
    NodePtr operand;
};

struct Node
{
    std::variant<double, std::string, Selector, Call, Aggregation, Binary, Negation> content;
};

/// Error messages are made like Prometheus': "1:5: parse error: ...".
[[nodiscard]] Result<NodePtr> parse(std::string_view query);
/// A duration as PromQL writes it ("5m", "1h30m", "300ms"), in seconds.
[[nodiscard]] std::optional<double> parseDuration(std::string_view text);

struct Point
{
    Labels labels;
    double value = 0;
};
using Vector = std::vector<Point>;
using RangeVector = std::vector<Series>;
using Result_ = std::variant<double, std::string, Vector, RangeVector>;

[[nodiscard]] Result<Result_> evaluate(const Node& node, const SeriesStore& store, double at);
/// "scalar", "string", "vector", "matrix".
[[nodiscard]] std::string_view typeName(const Result_& result);

} // namespace core::embedded::sim::promql
