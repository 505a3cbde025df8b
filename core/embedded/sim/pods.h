// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/embedded/sim/world.h"

namespace core::embedded::sim {

/// How a pod behaves, from its annotations, labels and image tag.
struct Behaviour
{
    enum class Kind : std::uint8_t { Run, ImagePull, CrashLoop, Oom, NeverReady, Flap, Fail, ConfigError };
    Kind kind = Kind::Run;
    Duration readyAfter {};
    Duration runFor {}; ///< of pods that end
    double errorRate = 0.002;
    double latencyMs = 120;
};
[[nodiscard]] Behaviour behaviourOf(const Value& pod, const Simulation::Options& options);

} // namespace core::embedded::sim
