// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QColor>
#include <QObject>
#include <QPoint>
#include <QString>

#include <deque>
#include <memory>
#include <optional>
#include <vector>

class QKeyEvent;

namespace ui {

/// One place of a terminal's screen.
struct TerminalCell
{
    QString text; ///< a character with its combining marks; "" where nothing was written
    int width = 1; ///< 2: covers the next place too
    std::optional<QColor> ink, ground; ///< none: the terminal's own
    bool bold = false, italic = false, underline = false, strike = false, reverse = false;
};
using TerminalLine = std::vector<TerminalCell>;

/// What a program wrote to its terminal (xterm's sequences, read by libvterm), and the bytes that keys and the mouse
/// send back. Row 0 is the first of the screen; rows before it are what scrolled away, at most 10,000. GUI thread.
class TerminalScreen : public QObject
{
    Q_OBJECT

public:
    TerminalScreen(int columns, int rows, QObject* parent = nullptr);
    ~TerminalScreen() override;

    void feed(const QByteArray& bytes);
    void resize(int columns, int rows);
    [[nodiscard]] int columns() const { return m_columns; }
    [[nodiscard]] int rows() const { return m_rows; }
    [[nodiscard]] int scrolledAway() const { return static_cast<int>(m_history.size()); }
    /// row: -scrolledAway() .. rows() - 1
    [[nodiscard]] TerminalLine line(int row) const;
    [[nodiscard]] QString text(int row) const; ///< without spaces at the end
    [[nodiscard]] QPoint cursor() const { return m_cursor; } ///< column, row
    [[nodiscard]] bool cursorVisible() const { return m_cursorVisible; }
    [[nodiscard]] bool wantsMouse() const { return m_mouse != 0; }
    /// False where the key means nothing to a terminal.
    bool key(const QKeyEvent& event);
    void paste(const QString& text); ///< bracketed where the program asked for that
    void mouse(const QPoint& place, Qt::MouseButton button, bool pressed, Qt::KeyboardModifiers modifiers);
    void mouseMoved(const QPoint& place, Qt::KeyboardModifiers modifiers);

signals:
    void output(const QByteArray& bytes); ///< for the program
    void changed();
    void titleChanged(const QString& title);
    void bell();

private:
    struct Machine; ///< libvterm's
    [[nodiscard]] TerminalCell cellAt(int column, int row) const;

    std::unique_ptr<Machine> m_machine;
    std::deque<TerminalLine> m_history;
    int m_columns;
    int m_rows;
    QPoint m_cursor;
    bool m_cursorVisible = true;
    int m_mouse = 0;
    QByteArray m_title;
    bool m_feeding = false;
    bool m_dirty = false;
};

} // namespace ui
