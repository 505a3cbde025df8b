// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/embedded/sim/behaviour.h"
#include "core/embedded/sim/world.h"

namespace core::embedded::sim {

/// How a pod behaves: as the scenario says, else from its annotations, labels and image tag.
[[nodiscard]] Behaviour behaviourOf(const World& world, const Value& pod);

/// How far a pod's init containers are: one after the other, each for a second; those that restart always (sidecars)
/// let the next begin once they run.
struct Initialisation
{
    Array statuses; ///< initContainerStatuses
    TimePoint until {}; ///< when the pod's containers may begin
    std::string incomplete; ///< names, "" = all are done
};
[[nodiscard]] Initialisation initialise(World& world, const Value& pod, TimePoint begin);
/// Sidecars end with the containers that they serve.
void endSidecars(Array& statuses, TimePoint at);

// States of containers, as their status has them.
[[nodiscard]] Object waitingState(std::string_view reason, std::string_view message = {});
[[nodiscard]] Object runningState(TimePoint from);
[[nodiscard]] Object terminatedState(TimePoint from, TimePoint to, int code, std::string_view reason);
[[nodiscard]] std::string containerId(const Value& pod, std::string_view container);
[[nodiscard]] std::string imageId(std::string_view image);

} // namespace core::embedded::sim
