// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "ui/base/glyphs.h"

#include <set>
#include <vector>

namespace ui {

/// What the desktop should tell a person who is not looking at the window.
struct Alert
{
    core::engine::AppId app;
    std::optional<core::manifest::ResourceKey> object;
    QString title;
    QString text;
    bool needsDecision = false;
    bool bad = false;
    bool rollout = false; ///< `object` is a rollout that waits: it can be promoted or aborted
    bool operation = false; ///< a sync failed: it can be planned again
};

/// Finds what is new and worth an interruption in each snapshot: new problems that are bad or wait for a decision,
/// operations that ended badly. What stood already in the first snapshot is not new. Many at once are told together.
class AlertFinder
{
public:
    [[nodiscard]] std::vector<Alert> next(const core::engine::Snapshot& snapshot);

private:
    std::set<std::string> m_known;
    bool m_first = true;
};

/// The worst state of all: what a tray icon carries. Degraded before Missing, Suspended (a decision is wanted),
/// OutOfSync, Progressing, Healthy; Unknown where the cluster cannot be reached.
[[nodiscard]] Glyph worstState(const core::engine::Snapshot& snapshot);
/// Of two connections' states, that which a person should see first.
[[nodiscard]] Glyph worse(Glyph a, Glyph b);

} // namespace ui
