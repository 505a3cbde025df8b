// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/terminal/terminal_screen.h"

#include <QAbstractScrollArea>

namespace ui {

/// A terminal's screen. Takes every key but Ctrl+Shift with another, Ctrl+Tab and Ctrl+PageUp/PageDown, which stay the
/// window's: Ctrl+Shift+C and V copy and paste, Shift+PageUp and PageDown scroll. Always from left to right.
class TerminalView : public QAbstractScrollArea
{
    Q_OBJECT

public:
    explicit TerminalView(QWidget* parent = nullptr);

    [[nodiscard]] TerminalScreen& screen() { return m_screen; }
    [[nodiscard]] const TerminalScreen& screen() const { return m_screen; }
    [[nodiscard]] QString selectedText() const;
    /// The screen as it reads, for tests and screen readers.
    [[nodiscard]] QString text() const;

public slots:
    void copy();
    void paste();

signals:
    void sizeChanged(int columns, int rows);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    bool focusNextPrevChild(bool) override { return false; } ///< Tab is the program's
    void changeEvent(QEvent* event) override;

private:
    [[nodiscard]] QSize cell() const;
    [[nodiscard]] QPoint placeAt(const QPoint& at) const; ///< column, row of the screen (negative: scrolled away)
    [[nodiscard]] int firstRow() const;
    void fit();
    void showChange();
    void paintLine(QPainter& painter, int row, int y) const;
    [[nodiscard]] bool selected(int column, int row) const;

    TerminalScreen m_screen;
    QPoint m_from, m_to; ///< of the selection
    bool m_selecting = false;
    bool m_hasSelection = false;
};

/// Tells screen readers what stands in a terminal. Safe to call more than once.
void installTerminalAccessibility();

} // namespace ui
