// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <QString>

namespace ui {

/// The fixed vocabulary of the engine, translated.
[[nodiscard]] QString healthText(core::engine::Health health);
[[nodiscard]] QString syncText(core::engine::SyncState sync);
[[nodiscard]] QString phaseText(core::engine::OperationPhase phase);
[[nodiscard]] QString actionText(core::engine::ResourceDiff::Action action);
/// "+2 GPUs", "−1 GPU".
[[nodiscard]] QString gpuChange(std::int64_t gpus);
/// "Kind/name", isolated: for sentences and labels.
[[nodiscard]] QString shortKey(const core::manifest::ResourceKey& key);
/// Which registered clusters do not answer, and why; "" where all do. `only`: the address of the one that counts.
[[nodiscard]] QString silentClusters(const core::engine::Snapshot& snapshot, const std::string& only = {});
/// What was tried, where, why it failed, what to do: ready for an error strip.
[[nodiscard]] QString errorText(const core::Error& error);
[[nodiscard]] QString errorCodeText(core::Error::Code code);
/// The journal's verbs for people; others are shown as they are.
[[nodiscard]] QString deedText(const std::string& action);
[[nodiscard]] QString deedResultText(const std::string& result);

} // namespace ui
