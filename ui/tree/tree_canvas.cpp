// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/tree_canvas.h"

#include "ui/base/bidi.h"
#include "ui/base/theme.h"

#include <QAccessible>
#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QTimer>
#include <QToolTip>
#include <QVariantAnimation>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace ui {

TreeCanvas::TreeCanvas(QWidget* parent)
    : QWidget(parent)
    , m_turnTimer(new QTimer(this))
    , m_minimapTimer(new QTimer(this))
    , m_moving(new QVariantAnimation(this))
{
    installTreeAccessibility();
    setObjectName(QStringLiteral("treeCanvas"));
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setMinimumSize(200, 120);
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        m_minimapPicture = {};
        update();
    });
    m_turnTimer->setInterval(80);
    connect(m_turnTimer, &QTimer::timeout, this, &TreeCanvas::turnGlyphs);
    m_turnTimer->start();
    m_minimapTimer->setSingleShot(true);
    m_minimapTimer->setInterval(400);
    connect(m_minimapTimer, &QTimer::timeout, this, [this] { refreshMinimap(true); });
    m_moving->setDuration(140);
    m_moving->setEasingCurve(QEasingCurve::OutCubic);
    m_moving->setStartValue(0.0);
    m_moving->setEndValue(1.0);
    connect(m_moving, &QVariantAnimation::valueChanged, this, [this] { update(); });
    connect(m_moving, &QVariantAnimation::finished, this, [this] {
        m_from.clear();
        update();
    });
}

QRectF TreeCanvas::mirroredRect(const QRectF& rect) const
{
    if (!mirrored())
        return rect;
    return {m_scene.size.width() - rect.right(), rect.top(), rect.width(), rect.height()};
}

QRectF TreeCanvas::viewRect(int index) const
{
    const QRectF rect = mirroredRect(m_scene.items.at(static_cast<std::size_t>(index)).rect);
    return {m_offset + rect.topLeft() * m_zoom, rect.size() * m_zoom};
}

int TreeCanvas::itemAt(const QPointF& position) const
{
    for (std::size_t i = 0; i < m_scene.items.size(); ++i) {
        if (!m_scene.items[i].rect.isEmpty() && viewRect(static_cast<int>(i)).contains(position))
            return static_cast<int>(i);
    }
    return -1;
}

void TreeCanvas::fit()
{
    m_userMoved = false;
    if (m_scene.size.isEmpty() || width() <= 0)
        return;
    const qreal wanted = std::min(width() / m_scene.size.width(), height() / m_scene.size.height());
    // A tall tree is not shrunk to dust: it starts at the top, readable.
    m_zoom = std::clamp(wanted, 0.7, 1.0);
    m_offset = {(width() - m_scene.size.width() * m_zoom) / 2, (height() - m_scene.size.height() * m_zoom) / 2};
    if (mirrored())
        m_offset.setX(std::min(m_offset.x(), width() - m_scene.size.width() * m_zoom));
    else
        m_offset.setX(std::max(0.0, m_offset.x()));
    m_offset.setY(std::max(0.0, m_offset.y()));
    emit zoomChanged(m_zoom);
    update();
}

void TreeCanvas::clampOffset()
{
    const QSizeF size = m_scene.size * m_zoom;
    const qreal keep = 80;
    m_offset.setX(std::clamp(m_offset.x(), std::min(keep - size.width(), width() - keep), width() - keep));
    m_offset.setY(std::clamp(m_offset.y(), std::min(keep - size.height(), height() - keep), height() - keep));
}

void TreeCanvas::setZoom(qreal zoom, const QPointF& around)
{
    const qreal next = std::clamp(zoom, 0.05, 3.0);
    m_offset = around - (around - m_offset) * (next / m_zoom);
    m_zoom = next;
    m_userMoved = true;
    clampOffset();
    emit zoomChanged(m_zoom);
    update();
}

void TreeCanvas::setMinimapVisible(bool visible)
{
    m_minimap = visible;
    update();
}

void TreeCanvas::reveal(int index)
{
    const QRectF rect = viewRect(index);
    const QRectF area = QRectF(this->rect()).adjusted(24, 24, -24, -24);
    QPointF move;
    if (rect.left() < area.left())
        move.setX(area.left() - rect.left());
    else if (rect.right() > area.right())
        move.setX(area.right() - rect.right());
    if (rect.top() < area.top())
        move.setY(area.top() - rect.top());
    else if (rect.bottom() > area.bottom())
        move.setY(area.bottom() - rect.bottom());
    if (!move.isNull()) {
        m_offset += move;
        m_userMoved = true;
    }
}

void TreeCanvas::select(int index, bool revealIt)
{
    if (index >= static_cast<int>(m_scene.items.size()))
        return;
    if (index >= 0 && revealIt)
        reveal(index);
    if (index != m_selected) {
        m_selected = index;
        emit selectionChanged(index);
        if (QAccessible::isActive() && index >= 0) {
            QAccessibleEvent event(this, QAccessible::Focus);
            event.setChild(index);
            QAccessible::updateAccessibility(&event);
        }
    }
    update();
}

int TreeCanvas::setFind(const QString& text)
{
    m_findText = text;
    findAgain();
    update();
    return static_cast<int>(m_found.size());
}

void TreeCanvas::findAgain()
{
    m_found.clear();
    const QString& text = m_findText;
    if (!text.isEmpty()) {
        for (std::size_t i = 0; i < m_scene.items.size(); ++i) {
            const auto& item = m_scene.items[i];
            if (!item.rect.isEmpty()
                && (item.title.contains(text, Qt::CaseInsensitive)
                    || plain(item.subtitle).contains(text, Qt::CaseInsensitive)))
                m_found.push_back(static_cast<int>(i));
        }
    }
}

int TreeCanvas::findPosition() const
{
    const auto at = std::ranges::find(m_found, m_selected);
    return at == m_found.end() ? 0 : static_cast<int>(at - m_found.begin()) + 1;
}

void TreeCanvas::findNext(int direction)
{
    if (m_found.empty())
        return;
    const int count = static_cast<int>(m_found.size());
    const int position = findPosition() - 1;
    const int next = position < 0 ? (direction > 0 ? 0 : count - 1) : (position + direction + count) % count;
    select(m_found.at(static_cast<std::size_t>(next)));
}

void TreeCanvas::nextProblem(int direction)
{
    const int count = static_cast<int>(m_scene.items.size());
    for (int i = 1; i <= count; ++i) {
        const int at = ((std::max(m_selected, 0) + direction * i) % count + count) % count;
        const auto& item = m_scene.items.at(static_cast<std::size_t>(at));
        if (item.problem && !item.rect.isEmpty()) {
            select(at);
            return;
        }
    }
}

void TreeCanvas::walk(int key)
{
    auto& items = m_scene.items;
    if (items.empty())
        return;
    if (m_selected < 0) {
        select(items.front().rect.isEmpty() ? (items.size() > 1 ? 1 : -1) : 0);
        return;
    }
    const int deeper = mirrored() ? Qt::Key_Left : Qt::Key_Right;
    const int shallower = mirrored() ? Qt::Key_Right : Qt::Key_Left;
    const auto& from = items.at(static_cast<std::size_t>(m_selected));
    if (m_scene.edges && key == shallower) {
        if (from.parent >= 0)
            select(from.parent);
        return;
    }
    if (m_scene.edges && key == deeper) {
        int best = -1;
        qreal distance = 0;
        for (std::size_t i = 0; i < items.size(); ++i) {
            const qreal d = std::abs(items[i].rect.center().y() - from.rect.center().y());
            if (items[i].parent == m_selected && (best < 0 || d < distance)) {
                best = static_cast<int>(i);
                distance = d;
            }
        }
        if (best >= 0)
            select(best);
        return;
    }
    // Up and down stay in the column; in lanes, the sides go to the nearest card of the next lane.
    const bool vertical = key == Qt::Key_Up || key == Qt::Key_Down;
    const qreal sign = key == Qt::Key_Down || key == deeper ? 1 : -1;
    int best = -1;
    qreal distance = 0;
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (items[i].rect.isEmpty() || static_cast<int>(i) == m_selected)
            continue;
        const QPointF delta = items[i].rect.center() - from.rect.center();
        const qreal along = (vertical ? delta.y() : delta.x()) * sign;
        const qreal across = std::abs(vertical ? delta.x() : delta.y());
        if (along <= 1 || (vertical && across > 1))
            continue;
        const qreal d = along + across * 2;
        if (best < 0 || d < distance) {
            best = static_cast<int>(i);
            distance = d;
        }
    }
    if (best >= 0)
        select(best);
}

void TreeCanvas::keyPressEvent(QKeyEvent* event)
{
    switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Right:
    case Qt::Key_Up:
    case Qt::Key_Down:
        walk(event->key());
        return;
    case Qt::Key_Home:
        select(0);
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_selected >= 0)
            emit activated(m_selected);
        return;
    case Qt::Key_Space:
        if (m_selected >= 0)
            emit selectionChanged(m_selected);
        return;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        if (event->modifiers().testFlag(Qt::ControlModifier))
            zoomBy(1.2);
        else if (m_selected >= 0)
            emit foldRequested(m_selected, false);
        return;
    case Qt::Key_Minus:
        if (event->modifiers().testFlag(Qt::ControlModifier))
            zoomBy(1 / 1.2);
        else if (m_selected >= 0)
            emit foldRequested(m_selected, true);
        return;
    case Qt::Key_0:
        fit();
        return;
    case Qt::Key_E:
        nextProblem(event->modifiers().testFlag(Qt::ShiftModifier) ? -1 : 1);
        return;
    default:
        QWidget::keyPressEvent(event);
    }
}

void TreeCanvas::wheelEvent(QWheelEvent* event)
{
    if (!event->pixelDelta().isNull() && !event->modifiers().testFlag(Qt::ControlModifier)) {
        m_offset += event->pixelDelta();
        m_userMoved = true;
        clampOffset();
        update();
    } else {
        setZoom(m_zoom * std::pow(1.0015, event->angleDelta().y()), event->position());
    }
    event->accept();
}

QRectF TreeCanvas::minimapRect() const
{
    if (!m_minimap || m_scene.size.isEmpty())
        return {};
    const qreal scale = std::min(140 / m_scene.size.width(), 78 / m_scene.size.height());
    const QSizeF size(m_scene.size.width() * scale + 12, m_scene.size.height() * scale + 12);
    const qreal x = mirrored() ? 12 : width() - size.width() - 12;
    return {QPointF(x, height() - size.height() - 12), size};
}

void TreeCanvas::panTo(const QPointF& position)
{
    const QRectF inner = minimapRect().adjusted(6, 6, -6, -6);
    const qreal scale = inner.width() / m_scene.size.width();
    m_offset = QRectF(rect()).center() - (position - inner.topLeft()) / scale * m_zoom;
    m_userMoved = true;
    clampOffset();
    update();
}

void TreeCanvas::mousePressEvent(QMouseEvent* event)
{
    m_last = event->position();
    if (minimapRect().contains(m_last)) {
        m_onMinimap = true;
        panTo(m_last);
        return;
    }
    const int index = itemAt(m_last);
    if (event->button() == Qt::LeftButton && index >= 0)
        select(index, false);
    else if (event->button() != Qt::RightButton)
        m_panning = true;
}

void TreeCanvas::mouseMoveEvent(QMouseEvent* event)
{
    const QPointF position = event->position();
    if (m_onMinimap) {
        panTo(position);
    } else if (m_panning) {
        m_offset += position - m_last;
        m_userMoved = true;
        clampOffset();
        update();
    } else if (const int index = itemAt(position); index != m_hovered) {
        hover(index);
    }
    m_last = position;
}

void TreeCanvas::hover(int index)
{
    for (const int changed : {m_hovered, index})
        if (changed >= 0)
            update(withBorder(viewRect(changed)));
    m_hovered = index;
    setCursor(index >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
}

void TreeCanvas::leaveEvent(QEvent*)
{
    hover(-1);
}

void TreeCanvas::mouseReleaseEvent(QMouseEvent*)
{
    m_panning = false;
    m_onMinimap = false;
}

void TreeCanvas::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (const int index = itemAt(event->position()); index >= 0)
        emit activated(index);
}

void TreeCanvas::contextMenuEvent(QContextMenuEvent* event)
{
    const int index = event->reason() == QContextMenuEvent::Keyboard ? m_selected : itemAt(event->pos());
    if (index < 0)
        return;
    select(index, false);
    emit menuRequested(index,
                       event->reason() == QContextMenuEvent::Keyboard ? mapToGlobal(viewRect(index).center().toPoint())
                                                                      : event->globalPos());
}

void TreeCanvas::resizeEvent(QResizeEvent*)
{
    if (!m_userMoved)
        fit();
    else
        clampOffset();
}

void TreeCanvas::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LayoutDirectionChange) {
        m_minimapPicture = {};
        fit();
    }
}

QString TreeCanvas::laneAt(const QPointF& position) const
{
    for (const auto& lane : m_scene.lanes) {
        const QRectF head = mirroredRect({lane.x, 20, 184, 84});
        if (QRectF(m_offset + head.topLeft() * m_zoom, head.size() * m_zoom).contains(position))
            return lane.title + QStringLiteral("\n") + lane.note;
    }
    return {};
}

QString TreeCanvas::describe(int index) const
{
    const auto& item = m_scene.items.at(static_cast<std::size_t>(index));
    QStringList parts {item.title, plain(item.subtitle), glyphName(item.health)};
    if (item.mark != Glyph::None)
        parts << glyphName(item.mark);
    if (!item.reason.isEmpty())
        parts << item.reason;
    if (!item.edge.isEmpty())
        parts << plain(item.edge);
    for (const auto& lane : m_scene.lanes)
        if (qFuzzyCompare(lane.x, item.rect.left()))
            parts << plain(lane.title) << plain(lane.note);
    return parts.join(QStringLiteral(", "));
}

bool TreeCanvas::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const int index = itemAt(help->pos());
        if (const QString lane = laneAt(help->pos()); index < 0 && !lane.isEmpty()) {
            QToolTip::showText(help->globalPos(), lane, this);
            return true;
        }
        if (index < 0) {
            QToolTip::hideText();
            return true;
        }
        const auto& item = m_scene.items.at(static_cast<std::size_t>(index));
        QString text =
            QStringLiteral("<b>%1</b><br>%2<br>%3")
                .arg(isolate(item.title.toHtmlEscaped()), item.subtitle.toHtmlEscaped(), glyphName(item.health));
        if (item.mark != Glyph::None)
            text += QStringLiteral(" · ") + glyphName(item.mark);
        if (!item.reason.isEmpty())
            text += QStringLiteral("<br>") + isolate(item.reason.toHtmlEscaped());
        if (item.createdAt)
            text += QStringLiteral("<br>") + exactTime(*item.createdAt);
        QToolTip::showText(help->globalPos(), text, this, viewRect(index).toRect());
        return true;
    }
    return QWidget::event(event);
}

} // namespace ui
