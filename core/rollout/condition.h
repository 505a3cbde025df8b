// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/expr/value.h"
#include "core/manifest/value.h"

#include <optional>
#include <string>
#include <string_view>

namespace core::rollout {

/// A metric's result as a provider hands it over, from JSON: numbers become floats, a list of numbers the typed list of
/// floats that Prometheus gives; what lies inside other lists and in objects is untyped.
[[nodiscard]] expr::Value resultFromJson(const manifest::Value& json);
/// A typed list of floats.
[[nodiscard]] expr::Value floatList(const std::vector<double>& values);

/// A success or failure condition against a result: true, false, or why it cannot be evaluated (Error::where is
/// "line:column" in the condition). Compiled against the result's actual kind, as Argo Rollouts does.
[[nodiscard]] Result<bool> evaluateCondition(std::string_view condition, const expr::Value& result, TimePoint now = {});
/// rangeQuery's start and end.
[[nodiscard]] Result<TimePoint> evaluateTime(std::string_view expression, TimePoint now);

struct Judgement
{
    std::string phase; ///< Successful, Failed, Inconclusive, Error
    std::string message; ///< of an Error
};
/// Both conditions ("" = none) to a measurement's phase.
[[nodiscard]] Judgement judge(std::string_view successCondition, std::string_view failureCondition,
                              const expr::Value& result, TimePoint now = {});

/// What is wrong with a condition for every result of the kind; nothing where it compiles. Used before a rollout
/// starts.
enum class ResultKind : std::uint8_t { Float, FloatList, Untyped };
[[nodiscard]] std::optional<Error> checkCondition(std::string_view condition, ResultKind kind);

/// A comparison of the result with a constant that a condition contains, for charts: "result[0] >= 0.99". How many
/// values there are ("len(result) > 0") is none.
struct ConditionThreshold
{
    std::string comparison; ///< ">=", "<" ...
    double value = 0;
};
[[nodiscard]] std::vector<ConditionThreshold> thresholds(std::string_view condition);

} // namespace core::rollout
