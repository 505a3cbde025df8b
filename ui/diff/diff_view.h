// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/diff/diff_document.h"

#include <QAbstractScrollArea>
#include <QHash>

namespace ui {

class DiffRuler;

/// Paints a DiffDocument, only the rows in sight: 50,000 lines scroll as smoothly as 50. Always left to right.
/// Keys: n and p walk the changes, arrows the rows, Enter unfolds ten lines (with Shift all), Ctrl+C copies.
class DiffView : public QAbstractScrollArea
{
    Q_OBJECT

public:
    explicit DiffView(QWidget* parent = nullptr);

    /// Keeps the place where the new document is a version of the old one.
    void setDocument(DiffDocument document);
    [[nodiscard]] const DiffDocument& document() const { return m_document; }
    void setLayoutMode(DiffDocument::Layout layout);
    /// How the rows are laid out for documents set later, too.
    [[nodiscard]] DiffDocument::Layout layoutMode() const { return m_layout; }

    [[nodiscard]] int currentRow() const { return m_current; } ///< -1 when empty
    void setCurrentRow(int row);
    /// Index of the change that the current row is in or after, -1 before the first.
    [[nodiscard]] int currentChange() const;
    void goToChange(int change);
    void nextChange();
    void previousChange();
    void expandAll();
    void collapseAll();
    [[nodiscard]] QRect rowRect(int row) const; ///< in the viewport
    /// Text of the selected rows with their signs, as Ctrl+C gives it.
    [[nodiscard]] QString selectedText() const;

signals:
    void currentRowChanged(int row);
    void layoutChanged();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void changeEvent(QEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    enum class Extend { No, Yes };

    [[nodiscard]] int rowHeight() const;
    [[nodiscard]] int rowAt(int y) const;
    [[nodiscard]] int numberWidth() const;
    [[nodiscard]] int textStart() const; ///< of a column, from its left
    void moveTo(int row, Extend extend);
    void reveal(int row);
    void expandFold(int row, int lines);
    void updateScrollBars();
    void describeCurrentRow();
    void paintRow(QPainter& painter, int row, const QRect& rect);
    void paintFold(QPainter& painter, const DiffDocument::Row& row, const QRect& rect);
    void paintSide(QPainter& painter, const QRect& rect, int number, std::string_view text, bool changed,
                   const std::vector<core::diff::ByteRange>& words, bool removedSide);
    void paintUnified(QPainter& painter, const DiffDocument::Row& row, const QRect& rect);
    void paintText(QPainter& painter, const QRect& rect, std::string_view text,
                   const std::vector<core::diff::ByteRange>& words, const QColor& wordColour);
    void paintNumber(QPainter& painter, const QRect& rect, int number);
    void copy();

    DiffDocument m_document;
    DiffDocument::Layout m_layout = DiffDocument::Layout::Split;
    DiffRuler* m_ruler;
    int m_current = -1;
    int m_anchor = -1;
    QHash<int, QString> m_foldPaths; ///< of this layout
};

} // namespace ui
