// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <QString>

#include <optional>

namespace ui {

class AccessGate;
class Workbench;

/// What may be asked of a rollout in its state; the reason where it may not.
[[nodiscard]] std::optional<QString> whyNot(const core::engine::Rollout& rollout,
                                            core::engine::Engine::RolloutAction action);
/// "Promote inference-rollout": names the attempt in errors and buttons.
/// The same, and what the user may not do: "" where it may be done. Other clusters are not asked beforehand.
[[nodiscard]] QString whyNot(const core::engine::Rollout& rollout, core::engine::Engine::RolloutAction action,
                             AccessGate& gate);
[[nodiscard]] QString actionName(core::engine::Engine::RolloutAction action);
/// Asks where it is dangerous or wants a reason, then tells the engine.
void actOn(core::engine::Engine& engine, Workbench& workbench, const core::engine::Rollout& rollout,
           core::engine::Engine::RolloutAction action);
/// Back to the template of an earlier revision, after a question.
void undoTo(core::engine::Engine& engine, Workbench& workbench, const core::engine::Rollout& rollout,
            std::int64_t revision);

} // namespace ui
