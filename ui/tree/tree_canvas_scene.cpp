// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
// How one scene follows another on the canvas: what is painted again, what moves, what stays under the pointer.
#include "ui/base/run_task.h"
#include "ui/base/theme.h"
#include "ui/tree/tree_canvas.h"

#include <QTimer>
#include <QVariantAnimation>

#include <algorithm>
#include <map>

namespace ui {

namespace {

constexpr std::size_t kDisposeElsewhere = 5'000;
constexpr std::size_t kMostMoving = 2'000; ///< in sight at once; more would stutter

/// What makes a card the same one in the next scene.
using Identity = std::pair<std::optional<core::manifest::ResourceKey>, QString>;

Identity identity(const TreeItem& item)
{
    return {item.key, item.group};
}

int indexOf(const TreeScene& scene, const Identity& wanted)
{
    const auto found =
        std::ranges::find_if(scene.items, [&](const TreeItem& item) { return identity(item) == wanted; });
    return found == scene.items.end() ? -1 : static_cast<int>(found - scene.items.begin());
}

bool looksAlike(const TreeItem& a, const TreeItem& b)
{
    return a.health == b.health && a.mark == b.mark && a.problem == b.problem && a.folded == b.folded
        && a.count == b.count && a.title == b.title && a.subtitle == b.subtitle;
}

QRectF between(const QRectF& from, const QRectF& to, qreal done)
{
    const auto part = [&](qreal a, qreal b) { return a + (b - a) * done; };
    return {part(from.x(), to.x()), part(from.y(), to.y()), part(from.width(), to.width()),
            part(from.height(), to.height())};
}

bool isEqual(const TreeLane& a, const TreeLane& b)
{
    return a.x == b.x && a.title == b.title && a.note == b.note;
}

bool isEqual(const TreeLink& a, const TreeLink& b)
{
    return a.from == b.from && a.to == b.to && a.text == b.text;
}

} // namespace

void TreeCanvas::setScene(TreeScene scene, bool fitIt)
{
    const auto of = [&](int index) {
        return index < 0 ? std::nullopt : std::optional(identity(m_scene.items.at(static_cast<std::size_t>(index))));
    };
    const auto selected = of(m_selected);
    const auto hovered = of(m_hovered);
    const QPointF held = m_hovered < 0 ? QPointF() : viewRect(m_hovered).topLeft();
    const QPointF offset = m_offset;
    const qreal zoom = m_zoom;
    std::swap(m_scene, scene); // `scene` is the one before from here on
    const bool moved = isMoved(scene);
    if (moved) { // else the indices hold
        m_selected = selected ? indexOf(m_scene, *selected) : -1;
        m_hovered = hovered ? indexOf(m_scene, *hovered) : -1;
    }
    const auto found = m_found;
    findAgain();
    if (fitIt || (!m_userMoved && m_hovered < 0 && scene.size != m_scene.size)) {
        fit();
    } else if (moved && m_hovered >= 0 && !m_scene.items.at(static_cast<std::size_t>(m_hovered)).rect.isEmpty()) {
        m_offset += held - viewRect(m_hovered).topLeft();
    }
    if (moved || fitIt || found != m_found) {
        if (moved && !fitIt)
            startMoving(scene, offset, zoom);
        refreshMinimap(true);
        update();
    } else {
        updateChanged(scene);
    }
    if (scene.items.size() > kDisposeElsewhere) // tens of thousands of texts take longer to free than a frame may
        workers().start([gone = std::make_shared<TreeScene>(std::move(scene))]() mutable { gone.reset(); });
}

/// Whether anything stands elsewhere, or other cards stand there.
bool TreeCanvas::isMoved(const TreeScene& before) const
{
    return m_scene.size != before.size || m_scene.edges != before.edges
        || !std::ranges::equal(m_scene.items, before.items, [](const TreeItem& a, const TreeItem& b) {
               return a.rect == b.rect && a.parent == b.parent && a.key == b.key && a.group == b.group;
           });
}

void TreeCanvas::updateChanged(const TreeScene& before)
{
    const auto sameLane = [](const TreeLane& a, const TreeLane& b) { return isEqual(a, b); };
    const auto sameLink = [](const TreeLink& a, const TreeLink& b) { return isEqual(a, b); };
    bool all = !m_from.empty() || !std::ranges::equal(m_scene.lanes, before.lanes, sameLane)
        || !std::ranges::equal(m_scene.links, before.links, sameLink);
    bool minimap = false;
    for (std::size_t i = 0; i < m_scene.items.size(); ++i) {
        const auto& item = m_scene.items[i];
        const auto& old = before.items[i];
        minimap = minimap || item.problem != old.problem || (item.problem && item.health != old.health);
        if (item.rect.isEmpty() || all)
            continue;
        all = item.edge != old.edge;
        const QRect place = withBorder(viewRect(static_cast<int>(i)));
        if (place.intersects(rect()) && !looksAlike(item, old))
            update(place);
    }
    if (all)
        update();
    if (minimap)
        refreshMinimap(false);
}

/// Lets what is in sight go to its new place, unless the user wants no motion.
void TreeCanvas::startMoving(const TreeScene& before, const QPointF& offset, qreal zoom)
{
    const auto moving = std::exchange(m_from, {});
    const qreal done = m_moving->currentValue().toReal();
    m_moving->stop();
    if (Theme::instance().reducedMotion() || !isVisible())
        return;
    std::map<Identity, QRectF> places;
    const QRectF sight = QRectF(rect()).adjusted(-width(), -height(), width(), height());
    for (std::size_t i = 0; i < before.items.size() && places.size() < kMostMoving; ++i) {
        QRectF rect = before.items[i].rect;
        if (rect.isEmpty())
            continue;
        if (mirrored())
            rect.moveLeft(before.size.width() - rect.right());
        rect = {offset + rect.topLeft() * zoom, rect.size() * zoom};
        if (const auto from = moving.find(static_cast<int>(i)); from != moving.end())
            rect = between(from->second, rect, done);
        if (sight.intersects(rect))
            places.emplace(identity(before.items[i]), rect);
    }
    for (std::size_t i = 0; i < m_scene.items.size(); ++i) {
        const QRectF to = viewRect(static_cast<int>(i));
        if (m_scene.items[i].rect.isEmpty() || !sight.intersects(to))
            continue;
        if (const auto from = places.find(identity(m_scene.items[i])); from != places.end() && from->second != to)
            m_from.emplace(static_cast<int>(i), from->second);
    }
    if (!m_from.empty())
        m_moving->start();
}

QRectF TreeCanvas::shownRect(int index) const
{
    const QRectF to = viewRect(index);
    const auto from = m_from.find(index);
    return from == m_from.end() ? to : between(from->second, to, m_moving->currentValue().toReal());
}

/// Turns the rings of what is on its way, and paints nothing else.
void TreeCanvas::turnGlyphs()
{
    if (Theme::instance().reducedMotion() || !isVisible() || m_zoom < kCardsFrom)
        return;
    m_turn = m_turn >= 1 ? 0 : m_turn + 0.04;
    for (std::size_t i = 0; i < m_scene.items.size(); ++i) {
        if (m_scene.items[i].health != Glyph::Progressing || m_scene.items[i].rect.isEmpty())
            continue;
        if (const QRect place = glyphRect(viewRect(static_cast<int>(i))).toAlignedRect(); place.intersects(rect()))
            update(place);
    }
}

/// A storm of events draws the map twice a second.
void TreeCanvas::refreshMinimap(bool now)
{
    if (!now) {
        if (!m_minimapTimer->isActive())
            m_minimapTimer->start();
        return;
    }
    m_minimapTimer->stop();
    m_minimapPicture = {};
    update(minimapRect().toAlignedRect());
}

} // namespace ui
