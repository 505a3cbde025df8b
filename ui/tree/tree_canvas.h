// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/tree/tree_scene.h"

#include <QPixmap>
#include <QWidget>

#include <unordered_map>

class QPainterPath;
class QTimer;
class QVariantAnimation;

namespace ui {

/// Draws a TreeScene: zoom at the pointer, pan, minimap, keyboard walk along the edges. Only what is visible is drawn;
/// far out, cards become shapes and then dots.
class TreeCanvas : public QWidget
{
    Q_OBJECT

public:
    explicit TreeCanvas(QWidget* parent = nullptr);

    /// Keeps selection and view; the first scene (or one for another application) is fitted. Where only states and
    /// words changed, only their cards are painted. Cards that get another place move there within 150 ms; the one
    /// under the pointer stays where it is.
    void setScene(TreeScene scene, bool fitIt);
    [[nodiscard]] const TreeScene& scene() const { return m_scene; }
    void setNow(core::TimePoint now) { m_now = now; }
    [[nodiscard]] qreal zoom() const { return m_zoom; }
    void setZoom(qreal zoom, const QPointF& around);
    void fit();
    void zoomBy(qreal factor) { setZoom(m_zoom * factor, rect().center()); }
    void setMinimapVisible(bool visible);
    /// The whole scene, not only what is in sight, at full size. The picture keeps the canvas' look and direction.
    void paintWhole(QPainter& painter);
    [[nodiscard]] QSizeF wholeSize() const { return m_scene.size; }
    /// Index of the selected item, or -1.
    [[nodiscard]] int selected() const { return m_selected; }
    void select(int index, bool reveal = true);
    /// Marks items whose title or kind contains the text; returns how many.
    int setFind(const QString& text);
    [[nodiscard]] int findCount() const { return static_cast<int>(m_found.size()); }
    [[nodiscard]] int findPosition() const;
    void findNext(int direction);
    void nextProblem(int direction);
    [[nodiscard]] QRectF viewRect(int index) const; ///< of an item, in the widget, once it has come to rest
    [[nodiscard]] QRectF shownRect(int index) const; ///< where it is drawn at this moment
    [[nodiscard]] int itemAt(const QPointF& position) const;
    /// What a screen reader says of an item.
    [[nodiscard]] QString describe(int index) const;

signals:
    void zoomChanged(qreal zoom);
    void selectionChanged(int index);
    void activated(int index);
    void foldRequested(int index, bool fold);
    void menuRequested(int index, const QPoint& globalPosition);

protected:
    void paintEvent(QPaintEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool event(QEvent* event) override;

private:
    static constexpr qreal kCardsFrom = 0.5; ///< zoom from which cards have words
    /// All that is painted for a card: its border, and the stack behind it.
    [[nodiscard]] QRect withBorder(const QRectF& rect) const;
    [[nodiscard]] QRectF glyphRect(const QRectF& rect) const; ///< of the health, on a card
    [[nodiscard]] bool mirrored() const { return layoutDirection() == Qt::RightToLeft; }
    [[nodiscard]] QRectF mirroredRect(const QRectF& rect) const;
    [[nodiscard]] QRectF minimapRect() const;
    void clampOffset();
    void reveal(int index);
    void panTo(const QPointF& minimapPosition);
    [[nodiscard]] bool isMoved(const TreeScene& before) const;
    void updateChanged(const TreeScene& before);
    void startMoving(const TreeScene& before, const QPointF& offset, qreal zoom);
    void findAgain();
    void turnGlyphs();
    void hover(int index);
    void refreshMinimap(bool now);
    void paintScene(QPainter& painter, const QRegion& area) const;
    void paintEdges(QPainter& painter, const QRegion& area) const;
    [[nodiscard]] QLineF edgeLine(const QRectF& from, const QRectF& to) const;
    void addEdge(QPainterPath& path, const QLineF& line) const;
    void paintEdgeText(QPainter& painter, const QRectF& to, const QString& text) const;
    void paintLanes(QPainter& painter) const;
    void paintCard(QPainter& painter, int index, const QRectF& rect) const;
    void paintSmall(QPainter& painter, int index, const QRectF& rect) const;
    void paintMinimap(QPainter& painter) const;
    [[nodiscard]] QPixmap minimapPicture(const QSizeF& size) const;
    [[nodiscard]] QString laneAt(const QPointF& position) const; ///< words of the lane's head there
    void walk(int key);
    void step(int from, int direction, bool problems);

    TreeScene m_scene;
    core::TimePoint m_now;
    qreal m_zoom = 1;
    QPointF m_offset; ///< of the scene's origin in the widget
    int m_selected = -1;
    int m_hovered = -1;
    std::vector<int> m_found;
    QString m_findText;
    bool m_minimap = true;
    bool m_userMoved = false;
    bool m_panning = false;
    bool m_onMinimap = false;
    QPointF m_last;
    QTimer* m_turnTimer;
    qreal m_turn = 0;
    QTimer* m_minimapTimer;
    mutable QPixmap m_minimapPicture; ///< null: to be drawn again
    QVariantAnimation* m_moving;
    std::unordered_map<int, QRectF> m_from; ///< where items in motion were, in the widget
};

/// Makes nodes of the canvas visible to screen readers. Safe to call more than once.
void installTreeAccessibility();

} // namespace ui
