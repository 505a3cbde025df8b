// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <optional>
#include <string_view>

namespace core::embedded::sim {

/// How a pod behaves. Where a scenario says so, a failure begins and ends at times; else it is there from the pod's
/// first moment to its last.
struct Behaviour
{
    enum class Kind : std::uint8_t { Run, ImagePull, CrashLoop, Oom, NeverReady, Flap, Fail, ConfigError, SlowStart };
    Kind kind = Kind::Run;
    TimePoint from = TimePoint::min();
    TimePoint until = TimePoint::max();
    Duration readyAfter {}; ///< from running to ready
    Duration slowAfter = std::chrono::seconds(60); ///< the same of a slow start
    Duration runFor {}; ///< of pods that end
    Duration lives {}; ///< of containers that crash: from their start (or the failure's) to their end
    Duration period = std::chrono::seconds(30); ///< of flapping: how long ready, how long not
    int exitCode = 1;
    double errorRate = 0.002;
    double latencyMs = 120;

    [[nodiscard]] bool failing(TimePoint at) const { return at >= from && at < until; }
};

/// The kind of a word: run, image-pull, crash-loop, oom, never-ready, flap, fail, config-error, slow-start.
[[nodiscard]] std::optional<Behaviour::Kind> behaviourKind(std::string_view word);

} // namespace core::embedded::sim
