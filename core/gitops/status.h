// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gitops/comparison.h"

namespace core::gitops {

/// Writes a comparison into a status in Argo CD's schema (section 7.7). Conditions of the types that a refresh
/// evaluates are replaced; the others stay.
enum class HealthSource : std::uint8_t { Tree, Status }; ///< where clients find a resource's health
void writeComparison(manifest::Value& status, const Application& app, const manifest::Value& object,
                     const Comparison& comparison, TimePoint now, HealthSource source = HealthSource::Tree);
/// The target state could not be loaded: sync Unknown, what is live stays in view.
void writeFailure(manifest::Value& status, const Application& app, const Comparison& live,
                  const std::vector<Condition>& conditions, TimePoint now);
/// The spec is invalid: sync and health Unknown, no resources.
void writeInvalid(manifest::Value& status, const std::vector<Condition>& conditions, TimePoint now);
void mergeConditions(manifest::Value& status, const std::vector<Condition>& conditions,
                     const std::vector<std::string>& evaluated, TimePoint now);
void appendHistory(manifest::Value& status, const Application& app, const manifest::Value& operationState,
                   TimePoint now);
/// What the spec had when it was compared, for status.sync.comparedTo.
[[nodiscard]] manifest::Value comparedTo(const manifest::Value& object);

/// The commits of a syncResult or a status.sync, one per source.
[[nodiscard]] std::vector<std::string> revisionsOf(const manifest::Value& result);

} // namespace core::gitops
