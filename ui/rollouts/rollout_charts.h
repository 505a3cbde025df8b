// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/snapshot.h"
#include "ui/rollouts/chart_data.h"

#include <QString>

#include <optional>

namespace ui {

/// The charts of a rollout: its weight, then each metric by name with everything that was measured for it.
[[nodiscard]] ChartSet chartsOf(const core::engine::Rollout& rollout, const std::vector<core::engine::Event>& events,
                                core::TimePoint now);

/// "≥ 0.99", isolated left to right so that it is never drawn as its mirror.
[[nodiscard]] QString limitText(const core::engine::Threshold& threshold);

/// How likely the rollout needs a person: lower comes first.
enum class Attention { Failed, WaitsForDecision, Paused, Running, Fine };
[[nodiscard]] Attention attentionOf(const core::engine::Rollout& rollout);

/// The last measurement of a metric that has a value, "0.9961"; "" where there is none.
[[nodiscard]] QString lastValue(const core::engine::Metric& metric);
/// The statistics' opinion that is furthest from "not worse"; null where there is none.
[[nodiscard]] const core::engine::MetricVerdict* worstVerdict(const core::engine::Rollout& rollout);
/// "not worse, 99 % sure", "undecided, 87 % sure · needs about 1200 more requests".
[[nodiscard]] QString verdictText(const core::engine::MetricVerdict& verdict);
/// Whether an Experiment's baseline was measured beside the new version.
[[nodiscard]] bool hasBaseline(const core::engine::Rollout& rollout);
/// Failures that may still come before the metric fails; none: any number of them.
[[nodiscard]] std::optional<qint64> failuresLeft(const core::engine::Metric& metric);
[[nodiscard]] bool isOver(const core::engine::Metric& metric);
/// "v2.1.0" of "registry.example.com/inference:v2.1.0"; the number of the revision where there is no image.
[[nodiscard]] QString versionOf(const core::engine::RolloutRevision& revision);

} // namespace ui
