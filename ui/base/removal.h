// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <QString>

#include <stop_token>

class QObject;

namespace ui {

class Workbench;

/// Asks what a deletion takes with it, tells it, and deletes the object when the user goes on. Nothing comes any more
/// once `owner` is gone.
void removeWithPlan(QObject* owner, core::engine::Engine& engine, Workbench& workbench,
                    const core::engine::ObjectRef& object, const std::stop_token& stop);
/// The same for many objects of the session's own cluster: one question with all their consequences. `subject`: "5
/// resources".
void removeManyWithPlan(QObject* owner, core::engine::Engine& engine, Workbench& workbench,
                        const std::vector<core::manifest::ResourceKey>& keys, const QString& subject,
                        const std::stop_token& stop);

} // namespace ui
