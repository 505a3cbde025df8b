// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/health/health.h"

#include <functional>
#include <vector>

/// The rules per kind and what they share. Private to this room.
namespace core::health {

using manifest::Value;
using Rule = Assessment (*)(const Value& live);
/// A rule that may have nothing to say.
using OptionalRule = std::optional<Assessment> (*)(const Value& live);

/// One entry of status.conditions; texts live as long as the object.
struct ConditionView
{
    std::string_view type;
    std::string_view status;
    std::string_view reason;
    std::string_view message;
    std::optional<std::int64_t> observedGeneration;
    [[nodiscard]] bool isTrue() const { return status == "True"; }
    [[nodiscard]] bool isFalse() const { return status == "False"; }
};
[[nodiscard]] std::vector<ConditionView> conditionsOf(const Value& holder, manifest::Path path);
[[nodiscard]] std::vector<ConditionView> conditions(const Value& live); ///< status.conditions
[[nodiscard]] std::optional<ConditionView> condition(const Value& live, std::string_view type);

[[nodiscard]] Assessment healthy(std::string_view message = {});
[[nodiscard]] Assessment progressing(std::string_view message = {});
[[nodiscard]] Assessment degraded(std::string_view message = {});
[[nodiscard]] Assessment suspended(std::string_view message = {});
[[nodiscard]] Assessment unknown(std::string_view message = {});

/// The number at a path, 0 where there is none.
[[nodiscard]] std::int64_t number(const Value& live, manifest::Path path);
[[nodiscard]] bool generationIsAhead(const Value& live);
/// First Ready condition: False is Degraded, True is Healthy; else Progressing with the text given.
[[nodiscard]] Assessment readyRule(const Value& live, std::string_view waiting);

/// The rule of a kind, or nothing.
[[nodiscard]] OptionalRule findRule(const manifest::GroupKind& kind);
[[nodiscard]] OptionalRule workloadRule(const manifest::GroupKind& kind);
[[nodiscard]] OptionalRule coreRule(const manifest::GroupKind& kind);
[[nodiscard]] OptionalRule argoRule(const manifest::GroupKind& kind);
[[nodiscard]] OptionalRule servingRule(const manifest::GroupKind& kind);
[[nodiscard]] OptionalRule operatorRule(const manifest::GroupKind& kind);
[[nodiscard]] OptionalRule gatewayRule(const manifest::GroupKind& kind);
[[nodiscard]] OptionalRule platformRule(const manifest::GroupKind& kind);
[[nodiscard]] OptionalRule trainingRule(const manifest::GroupKind& kind);
[[nodiscard]] OptionalRule promoterRule(const manifest::GroupKind& kind);
[[nodiscard]] OptionalRule catalogRule(const manifest::GroupKind& kind);

} // namespace core::health
