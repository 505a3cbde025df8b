// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/snapshot.h"
#include "ui/base/theme.h"

#include <QIcon>
#include <QRectF>
#include <QString>

class QPainter;

namespace ui {

/// The shapes of states: a shape first, a colour second, the same everywhere.
enum class Glyph {
    None,
    Healthy, ///< circle with a check
    Degraded, ///< triangle
    Progressing, ///< open ring
    Suspended, ///< circle with two bars
    Missing, ///< dashed circle
    Unknown, ///< circle with a question mark
    Synced, ///< two bars
    OutOfSync, ///< two arrows in a circle
    Prune, ///< bin
    Hook, ///< anchor
};

[[nodiscard]] Glyph glyphOf(core::engine::Health health);
[[nodiscard]] Glyph glyphOf(core::engine::SyncState sync);
[[nodiscard]] Glyph glyphOf(core::engine::OperationPhase phase);
/// Colour of a shape.
[[nodiscard]] Token tokenOf(Glyph glyph);
/// Quiet background in the colour of a shape.
[[nodiscard]] Token tintOf(Glyph glyph);
/// Translated name for screen readers, legends and tooltips.
[[nodiscard]] QString glyphName(Glyph glyph);

/// Draws the shape as vectors into the largest square centred in rect. turn: 0..1, position of the progress ring.
void paintGlyph(QPainter& painter, const QRectF& rect, Glyph glyph, const QColor& colour, qreal turn = 0);
/// The same in the glyph's own colour.
void paintGlyph(QPainter& painter, const QRectF& rect, Glyph glyph);
/// An icon that paints itself: follows the theme and any scale factor.
[[nodiscard]] QIcon glyphIcon(Glyph glyph);

} // namespace ui
