// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/bidi.h"
#include "ui/base/theme.h"
#include "ui/tree/tree_canvas.h"

#include <QPainter>
#include <QPainterPath>

namespace ui {

namespace {

constexpr qreal kShapesFrom = 0.22; ///< below: dots

QFont scaled(QFont font, qreal zoom)
{
    if (font.pixelSize() > 0)
        font.setPixelSize(std::max(1, qRound(font.pixelSize() * zoom)));
    else
        font.setPointSizeF(std::max(1.0, font.pointSizeF() * zoom));
    return font;
}

} // namespace

QRect TreeCanvas::withBorder(const QRectF& rect) const
{
    const qreal stack = 2 + 3 * m_zoom;
    return rect.adjusted(-stack, -2, stack, stack).toAlignedRect();
}

QRectF TreeCanvas::glyphRect(const QRectF& rect) const
{
    const qreal side = 16 * m_zoom;
    const qreal x = mirrored() ? rect.right() - 12 * m_zoom - side : rect.left() + 12 * m_zoom;
    return {x, rect.top() + 9 * m_zoom, side, side};
}

void TreeCanvas::paintEvent(QPaintEvent* event)
{
    QPainter painter(this);
    painter.fillRect(event->rect(), color(Token::Bg));
    painter.setRenderHint(QPainter::Antialiasing);
    paintScene(painter, event->region());
    paintMinimap(painter);
    if (hasFocus() && m_selected < 0) {
        painter.setPen(QPen(color(Token::Accent), 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(rect().adjusted(1, 1, -1, -1));
    }
}

void TreeCanvas::paintScene(QPainter& painter, const QRegion& area) const
{
    if (m_scene.edges)
        paintEdges(painter, area);
    paintLanes(painter);
    for (std::size_t i = 0; i < m_scene.items.size(); ++i) {
        const auto& item = m_scene.items[i];
        if (item.rect.isEmpty())
            continue;
        const QRectF rect = shownRect(static_cast<int>(i));
        if (!area.intersects(withBorder(rect)))
            continue;
        if (m_zoom >= kCardsFrom)
            paintCard(painter, static_cast<int>(i), rect);
        else
            paintSmall(painter, static_cast<int>(i), rect);
    }
}

void TreeCanvas::paintWhole(QPainter& painter)
{
    const QPointF offset = std::exchange(m_offset, QPointF());
    const qreal zoom = std::exchange(m_zoom, 1.0);
    const int selected = std::exchange(m_selected, -1);
    const QRectF all(QPointF(), m_scene.size);
    m_moving->stop();
    m_from.clear();
    painter.setLayoutDirection(layoutDirection());
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(all, color(Token::Bg));
    paintScene(painter, all.toAlignedRect());
    m_offset = offset;
    m_zoom = zoom;
    m_selected = selected;
}

/// From the side of one card to the side of the other.
QLineF TreeCanvas::edgeLine(const QRectF& from, const QRectF& to) const
{
    const bool rtl = mirrored();
    return {{rtl ? from.left() : from.right(), from.center().y()}, {rtl ? to.right() : to.left(), to.center().y()}};
}

void TreeCanvas::addEdge(QPainterPath& path, const QLineF& line) const
{
    const QPointF start = line.p1();
    const QPointF end = line.p2();
    path.moveTo(start);
    if (m_zoom < kShapesFrom || std::abs(start.y() - end.y()) < 1) {
        path.lineTo(end);
    } else {
        const qreal middle = (start.x() + end.x()) / 2;
        path.cubicTo({middle, start.y()}, {middle, end.y()}, end);
    }
}

void TreeCanvas::paintEdges(QPainter& painter, const QRegion& area) const
{
    QPainterPath path;
    for (std::size_t i = 1; i < m_scene.items.size(); ++i) {
        const auto& item = m_scene.items[i];
        if (item.parent < 0)
            continue;
        const QLineF line = edgeLine(shownRect(item.parent), shownRect(static_cast<int>(i)));
        // Cards cover no edge, so one that is painted again needs none of the thousands that pass beside it.
        if (area.intersects(QRectF(line.p1(), line.p2()).normalized().adjusted(-1, -1, 1, 1).toAlignedRect()))
            addEdge(path, line);
    }
    for (const auto& link : m_scene.links)
        addEdge(path, edgeLine(shownRect(link.from), shownRect(link.to)));
    painter.setPen(QPen(color(Token::Line), m_zoom < kShapesFrom ? 1 : 1.4));
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(path);
    if (m_zoom < kCardsFrom)
        return;
    for (std::size_t i = 1; i < m_scene.items.size(); ++i)
        if (const auto& item = m_scene.items[i]; !item.edge.isEmpty() && item.parent >= 0)
            paintEdgeText(painter, shownRect(static_cast<int>(i)), item.edge);
    for (const auto& link : m_scene.links)
        if (!link.text.isEmpty())
            paintEdgeText(painter, shownRect(link.to), link.text);
}

/// Stands at the card that the edge leads to, on the colour of the canvas.
void TreeCanvas::paintEdgeText(QPainter& painter, const QRectF& to, const QString& text) const
{
    painter.setFont(scaled(uiFont(0.88), m_zoom));
    const qreal wide = painter.fontMetrics().horizontalAdvance(text) + 6;
    const qreal high = painter.fontMetrics().height();
    const qreal x = mirrored() ? to.right() + 4 : to.left() - wide - 4;
    const QRectF place(x, to.center().y() - high / 2, wide, high);
    painter.fillRect(place, color(Token::Bg));
    painter.setPen(color(Token::Muted));
    painter.drawText(place, Qt::AlignCenter, text);
}

void TreeCanvas::paintLanes(QPainter& painter) const
{
    for (const auto& lane : m_scene.lanes) {
        const QRectF head = mirroredRect({lane.x, 20, 184, 82});
        const QRectF view(m_offset + head.topLeft() * m_zoom, head.size() * m_zoom);
        painter.setFont(scaled(uiFont(1, true), m_zoom));
        painter.setPen(color(Token::Text));
        painter.drawText(view, static_cast<int>(Qt::AlignTop | Qt::AlignLeft), lane.title);
        painter.setFont(scaled(uiFont(0.88), m_zoom));
        painter.setPen(color(Token::Muted));
        painter.drawText(view.adjusted(0, 22 * m_zoom, 0, 0),
                         static_cast<int>(Qt::AlignTop | Qt::AlignLeft | Qt::TextWordWrap), lane.note);
    }
}

void TreeCanvas::paintCard(QPainter& painter, int index, const QRectF& rect) const
{
    const auto& item = m_scene.items.at(static_cast<std::size_t>(index));
    const bool rtl = mirrored();
    const bool found = std::ranges::binary_search(m_found, index);
    const bool faded = !m_findText.isEmpty() && !found;
    const qreal z = m_zoom;
    painter.save();
    if (faded)
        painter.setOpacity(0.35);
    const bool bad = item.health == Glyph::Degraded;
    QColor border = color(bad ? Token::Bad : Token::Line);
    qreal wide = 1;
    if (index == m_selected) {
        border = color(Token::Accent);
        wide = 2;
    } else if (found) {
        border = color(Token::Warn);
        wide = 2;
    }
    if (item.count > 1) { // a stack of cards behind
        painter.setPen(QPen(color(Token::Line), 1));
        painter.setBrush(color(Token::Raised));
        painter.drawRoundedRect(rect.translated(rtl ? -3 * z : 3 * z, 3 * z), 8 * z, 8 * z);
    }
    painter.setPen(QPen(border, wide));
    painter.setBrush(color(index == m_hovered ? Token::Hover : Token::Raised));
    painter.drawRoundedRect(rect.adjusted(wide / 2, wide / 2, -wide / 2, -wide / 2), 8 * z, 8 * z);
    QPainterPath clip;
    clip.addRoundedRect(rect, 8 * z, 8 * z);
    painter.save();
    painter.setClipPath(clip);
    painter.fillRect(rtl ? QRectF(rect.right() - 4 * z, rect.top(), 4 * z, rect.height())
                         : QRectF(rect.left(), rect.top(), 4 * z, rect.height()),
                     color(tokenOf(item.health)));
    painter.restore();

    const qreal glyphSize = 16 * z;
    const auto at = [&](qreal x) { return rtl ? rect.right() - x * z - glyphSize : rect.left() + x * z; };
    paintGlyph(painter, glyphRect(rect), item.health, color(tokenOf(item.health)),
               item.health == Glyph::Progressing ? m_turn : 0);
    qreal end = 8;
    if (item.mark != Glyph::None) {
        paintGlyph(painter, {at(184 - 16 - 8), rect.top() + 9 * z, glyphSize, glyphSize}, item.mark);
        end = 28;
    }
    const QRectF words =
        rtl ? rect.adjusted(end * z, 6 * z, -35 * z, -5 * z) : rect.adjusted(35 * z, 6 * z, -end * z, -5 * z);
    const auto side = static_cast<int>(Qt::AlignLeft);
    painter.setFont(scaled(uiFont(0.96, true), z));
    painter.setPen(color(Token::Text));
    painter.drawText(words, side | Qt::AlignTop,
                     painter.fontMetrics().elidedText(ltr(item.title), Qt::ElideMiddle, qRound(words.width())));
    painter.setFont(scaled(uiFont(0.88), z));
    painter.setPen(color(Token::Muted));
    QString subtitle = item.subtitle;
    if (item.folded)
        subtitle += QStringLiteral(" …");
    painter.drawText(words, side | Qt::AlignBottom,
                     painter.fontMetrics().elidedText(subtitle, Qt::ElideRight, qRound(words.width())));
    painter.restore();
}

void TreeCanvas::paintSmall(QPainter& painter, int index, const QRectF& rect) const
{
    const auto& item = m_scene.items.at(static_cast<std::size_t>(index));
    const QColor colour = color(tokenOf(item.health));
    if (m_zoom >= kShapesFrom) {
        painter.setPen(QPen(color(index == m_selected ? Token::Accent : Token::Line), index == m_selected ? 2 : 1));
        painter.setBrush(color(Token::Raised));
        painter.drawRoundedRect(rect, 3, 3);
        const qreal side = std::min(rect.height() - 2, 16.0);
        paintGlyph(painter, QRectF(rect.center() - QPointF(side / 2, side / 2), QSizeF(side, side)), item.health);
        return;
    }
    const qreal side = std::max(3.0, rect.height() * 0.6);
    if (item.problem) // shape beside colour at every level
        painter.fillRect(QRectF(rect.center() - QPointF(side / 2, side / 2), QSizeF(side, side)), colour);
    else {
        painter.setPen(Qt::NoPen);
        painter.setBrush(colour);
        painter.drawEllipse(rect.center(), side / 2.4, side / 2.4);
    }
    if (index == m_selected) {
        painter.setPen(QPen(color(Token::Accent), 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(rect);
    }
}

/// Not drawn for each frame: a frame of a great tree must not visit every node of it.
QPixmap TreeCanvas::minimapPicture(const QSizeF& size) const
{
    const qreal ratio = devicePixelRatioF();
    QPixmap picture((size * ratio).toSize() + QSize(1, 1));
    picture.setDevicePixelRatio(ratio);
    picture.fill(Qt::transparent);
    QPainter painter(&picture);
    const qreal scale = size.width() / m_scene.size.width();
    const std::size_t stride = std::max<std::size_t>(1, m_scene.items.size() / 2000);
    for (std::size_t i = 0; i < m_scene.items.size(); ++i) {
        const auto& item = m_scene.items[i];
        if (item.rect.isEmpty() || (!item.problem && i % stride != 0))
            continue;
        const QRectF rect = mirroredRect(item.rect);
        QColor colour = color(item.problem ? tokenOf(item.health) : Token::Muted);
        colour.setAlphaF(item.problem ? 1 : 0.45F);
        painter.fillRect(
            QRectF(rect.topLeft() * scale,
                   QSizeF(std::max(1.5, rect.width() * scale), std::max(1.0, rect.height() * scale * 0.7))),
            colour);
    }
    return picture;
}

void TreeCanvas::paintMinimap(QPainter& painter) const
{
    const QRectF map = minimapRect();
    if (map.isEmpty() || m_scene.items.size() < 2)
        return;
    painter.setPen(QPen(color(Token::Line), 1));
    painter.setBrush(color(Token::Surface));
    painter.drawRoundedRect(map, 6, 6);
    const QRectF inner = map.adjusted(6, 6, -6, -6);
    const qreal scale = inner.width() / m_scene.size.width();
    if (m_minimapPicture.isNull())
        m_minimapPicture = minimapPicture(inner.size());
    painter.drawPixmap(inner.topLeft(), m_minimapPicture);
    QRectF view(inner.topLeft() - m_offset / m_zoom * scale, QSizeF(width(), height()) / m_zoom * scale);
    view = view.intersected(map.adjusted(2, 2, -2, -2));
    painter.setPen(QPen(color(Token::Accent), 1.4));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(view);
}

} // namespace ui
