// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/manifest/resource.h"

#include <string>
#include <vector>

namespace core::appset {

/// One entry of status.conditions.
struct Condition
{
    std::string type; ///< ErrorOccurred, ParametersGenerated, ResourcesUpToDate, RolloutProgressing ...
    bool holds = false;
    std::string reason;
    std::string message;
};

/// Puts conditions into a status, sorted by type; lastTransitionTime moves only where something changed.
void setConditions(manifest::Value& status, const std::vector<Condition>& conditions, TimePoint now);
void removeCondition(manifest::Value& status, std::string_view type);
/// The three conditions of a pass that found an error. `generated`: the parameters themselves are in order.
[[nodiscard]] std::vector<Condition> failureConditions(const std::string& reason, const std::string& message,
                                                       bool generated);
[[nodiscard]] std::vector<Condition> successConditions();
/// status.resources and resourcesCount of the Applications that the set has.
void setResources(manifest::Value& status, const std::vector<manifest::Value>& applications);

} // namespace core::appset
