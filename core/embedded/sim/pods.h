// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/embedded/sim/behaviour.h"
#include "core/embedded/sim/world.h"

namespace core::embedded::sim {

/// How a pod behaves: as the scenario says, else from its annotations, labels and image tag.
[[nodiscard]] Behaviour behaviourOf(const World& world, const Value& pod);

} // namespace core::embedded::sim
