// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <QTextCursor>

class QKeyEvent;
class QPlainTextEdit;

namespace ui {

/// The keys of vi over an editor, for who wants them: moving, counts, operators d, c and y with motions, o, x, r, J, p,
/// u, >>, <<; / and : are asked of the page. Off, it does nothing.
class ViKeys : public QObject
{
    Q_OBJECT

public:
    explicit ViKeys(QPlainTextEdit& editor);
    void setEnabled(bool enabled);
    [[nodiscard]] bool isEnabled() const { return m_enabled; }
    enum class Mode { Normal, Insert };
    [[nodiscard]] Mode mode() const { return m_mode; }

signals:
    void modeChanged();
    void saveRequested(); ///< ZZ, :w
    void findRequested(); ///< "/"
    void commandRequested(); ///< ":"

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void setMode(Mode mode);
    bool press(const QKeyEvent& key);
    bool pressPending(const QString& text);
    bool moveBy(const QString& text, QTextCursor& cursor, QTextCursor::MoveMode how) const;
    void insertAt(const QString& text);
    void operate(QChar operation, const QString& motion);
    void operateLines(QChar operation);
    void edit(const QString& text);
    void paste(bool before);
    [[nodiscard]] int count() const { return m_count == 0 ? 1 : m_count; }

    QPlainTextEdit& m_editor;
    bool m_enabled = false;
    Mode m_mode = Mode::Normal;
    int m_count = 0;
    QString m_pending; ///< "d", "g", "r" ...: keys that wait for another
    QString m_register;
    bool m_lines = false; ///< the register holds whole lines
};

} // namespace ui
