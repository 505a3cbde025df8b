// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/glyphs.h"

#include <QCoreApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPainterPath>

namespace ui {

namespace {

QPen strokePen(const QColor& colour, qreal width = 1.6)
{
    return {colour, width, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin};
}

// All shapes are drawn on a 16 x 16 grid.
void drawDegraded(QPainter& painter)
{
    QPainterPath path;
    path.moveTo(8, 2);
    path.lineTo(14.4, 13.4);
    path.lineTo(1.6, 13.4);
    path.closeSubpath();
    painter.drawPath(path);
    painter.drawLine(QPointF(8, 6.4), QPointF(8, 9.4));
    painter.drawPoint(QPointF(8, 11.5));
}

void drawOutOfSync(QPainter& painter)
{
    painter.drawArc(QRectF(2.2, 2.2, 11.6, 11.6), 20 * 16, 130 * 16);
    painter.drawArc(QRectF(2.2, 2.2, 11.6, 11.6), 200 * 16, 130 * 16);
    painter.drawPolyline(QPolygonF {{10.6, 5.6}, {13.6, 5.8}, {13.9, 2.6}});
    painter.drawPolyline(QPolygonF {{5.4, 10.4}, {2.4, 10.2}, {2.1, 13.4}});
}

void drawPrune(QPainter& painter)
{
    painter.drawLine(QPointF(2.4, 4.2), QPointF(13.6, 4.2));
    painter.drawPolyline(QPolygonF {{6, 4}, {6, 2.2}, {10, 2.2}, {10, 4}});
    painter.drawPolyline(QPolygonF {{3.8, 4.4}, {4.6, 13.8}, {11.4, 13.8}, {12.2, 4.4}});
    painter.drawLine(QPointF(6.6, 7), QPointF(6.9, 11));
    painter.drawLine(QPointF(9.4, 7), QPointF(9.1, 11));
}

void drawHook(QPainter& painter)
{
    painter.drawEllipse(QPointF(8, 3.4), 1.6, 1.6);
    painter.drawLine(QPointF(8, 5), QPointF(8, 13.8));
    painter.drawLine(QPointF(5.4, 7), QPointF(10.6, 7));
    painter.drawArc(QRectF(2.4, 3.6, 11.2, 10.2), 180 * 16, 180 * 16);
}

void drawUnknown(QPainter& painter)
{
    painter.drawEllipse(QPointF(8, 8), 6, 6);
    QPainterPath path;
    path.moveTo(6.2, 6.4);
    path.cubicTo(6.4, 4.2, 9.8, 4.2, 9.8, 6.4);
    path.cubicTo(9.8, 7.7, 8, 7.8, 8, 9.2);
    painter.drawPath(path);
    painter.drawPoint(QPointF(8, 11.2));
}

class GlyphEngine final : public QIconEngine
{
public:
    explicit GlyphEngine(Glyph glyph)
        : m_glyph(glyph)
    {
    }
    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override
    {
        paintGlyph(*painter, rect, m_glyph, color(mode == QIcon::Disabled ? Token::Muted : tokenOf(m_glyph)));
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override
    {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(), size), mode, state);
        return pixmap;
    }
    [[nodiscard]] QIconEngine* clone() const override { return new GlyphEngine(m_glyph); } // owned by QIcon
    QString key() const override { return QStringLiteral("pilothouse-glyph"); }

private:
    Glyph m_glyph;
};

} // namespace

Glyph glyphOf(core::engine::Health health)
{
    using core::engine::Health;
    switch (health) {
    case Health::Healthy:
        return Glyph::Healthy;
    case Health::Progressing:
        return Glyph::Progressing;
    case Health::Degraded:
        return Glyph::Degraded;
    case Health::Suspended:
        return Glyph::Suspended;
    case Health::Missing:
        return Glyph::Missing;
    case Health::Unknown:
        break;
    }
    return Glyph::Unknown;
}

Glyph glyphOf(core::engine::SyncState sync)
{
    using core::engine::SyncState;
    switch (sync) {
    case SyncState::Synced:
        return Glyph::Synced;
    case SyncState::OutOfSync:
        return Glyph::OutOfSync;
    case SyncState::Unknown:
        break;
    }
    return Glyph::Unknown;
}

Glyph glyphOf(core::engine::OperationPhase phase)
{
    using core::engine::OperationPhase;
    switch (phase) {
    case OperationPhase::None:
        return Glyph::None;
    case OperationPhase::Running:
    case OperationPhase::Terminating:
        return Glyph::Progressing;
    case OperationPhase::Succeeded:
        return Glyph::Healthy;
    case OperationPhase::Failed:
    case OperationPhase::Error:
        return Glyph::Degraded;
    }
    return Glyph::None;
}

Token tokenOf(Glyph glyph)
{
    switch (glyph) {
    case Glyph::Healthy:
    case Glyph::Synced:
        return Token::Ok;
    case Glyph::Degraded:
    case Glyph::Prune:
        return Token::Bad;
    case Glyph::Progressing:
        return Token::Progress;
    case Glyph::Suspended:
        return Token::Suspended;
    case Glyph::Missing:
    case Glyph::OutOfSync:
        return Token::Warn;
    case Glyph::Hook:
        return Token::Muted;
    case Glyph::None:
    case Glyph::Unknown:
        break;
    }
    return Token::Unknown;
}

Token tintOf(Glyph glyph)
{
    switch (tokenOf(glyph)) {
    case Token::Ok:
        return Token::OkTint;
    case Token::Bad:
        return Token::BadTint;
    case Token::Warn:
        return Token::WarnTint;
    case Token::Progress:
        return Token::ProgressTint;
    case Token::Suspended:
        return Token::SuspendedTint;
    default:
        return Token::UnknownTint;
    }
}

QString glyphName(Glyph glyph)
{
    const auto name = [](const char* text) { return QCoreApplication::translate("ui::Glyph", text); };
    switch (glyph) {
    case Glyph::None:
        return {};
    case Glyph::Healthy:
        return name(QT_TRANSLATE_NOOP("ui::Glyph", "Healthy"));
    case Glyph::Degraded:
        return name(QT_TRANSLATE_NOOP("ui::Glyph", "Degraded"));
    case Glyph::Progressing:
        return name(QT_TRANSLATE_NOOP("ui::Glyph", "Progressing"));
    case Glyph::Suspended:
        return name(QT_TRANSLATE_NOOP("ui::Glyph", "Suspended"));
    case Glyph::Missing:
        return name(QT_TRANSLATE_NOOP("ui::Glyph", "Missing"));
    case Glyph::Unknown:
        return name(QT_TRANSLATE_NOOP("ui::Glyph", "Unknown"));
    case Glyph::Synced:
        return name(QT_TRANSLATE_NOOP("ui::Glyph", "Synced"));
    case Glyph::OutOfSync:
        return name(QT_TRANSLATE_NOOP("ui::Glyph", "Out of sync"));
    case Glyph::Prune:
        return name(QT_TRANSLATE_NOOP("ui::Glyph", "Needs pruning"));
    case Glyph::Hook:
        return name(QT_TRANSLATE_NOOP("ui::Glyph", "Hook"));
    }
    return {};
}

void paintGlyph(QPainter& painter, const QRectF& rect, Glyph glyph, const QColor& colour, qreal turn)
{
    if (glyph == Glyph::None)
        return;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const qreal side = std::min(rect.width(), rect.height());
    painter.translate(rect.center() - QPointF(side / 2, side / 2));
    painter.scale(side / 16, side / 16);
    painter.setPen(strokePen(colour));
    painter.setBrush(Qt::NoBrush);
    const QRectF circle(2, 2, 12, 12);
    switch (glyph) {
    case Glyph::Healthy:
        painter.drawEllipse(circle);
        painter.drawPolyline(QPolygonF {{5.4, 8.2}, {7.2, 10}, {10.6, 6.4}});
        break;
    case Glyph::Degraded:
        drawDegraded(painter);
        break;
    case Glyph::Progressing:
        painter.drawArc(circle, qRound((100 - turn * 360) * 16), 260 * 16);
        break;
    case Glyph::Suspended:
        painter.drawEllipse(circle);
        painter.drawLine(QPointF(6.4, 6), QPointF(6.4, 10));
        painter.drawLine(QPointF(9.6, 6), QPointF(9.6, 10));
        break;
    case Glyph::Missing: {
        QPen pen = strokePen(colour);
        pen.setCapStyle(Qt::FlatCap);
        pen.setDashPattern({1.9, 1.65});
        painter.setPen(pen);
        painter.drawEllipse(circle);
        break;
    }
    case Glyph::Unknown:
        drawUnknown(painter);
        break;
    case Glyph::Synced:
        painter.setPen(strokePen(colour, 2));
        painter.drawLine(QPointF(3, 6), QPointF(13, 6));
        painter.drawLine(QPointF(3, 10), QPointF(13, 10));
        break;
    case Glyph::OutOfSync:
        drawOutOfSync(painter);
        break;
    case Glyph::Prune:
        drawPrune(painter);
        break;
    case Glyph::Hook:
        drawHook(painter);
        break;
    case Glyph::None:
        break;
    }
    painter.restore();
}

void paintGlyph(QPainter& painter, const QRectF& rect, Glyph glyph)
{
    paintGlyph(painter, rect, glyph, color(tokenOf(glyph)));
}

QIcon glyphIcon(Glyph glyph)
{
    return QIcon(new GlyphEngine(glyph)); // owned by QIcon
}

} // namespace ui
