// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QToolButton;

namespace ui {

/// Finds text in an editor: Enter next, Shift+Enter previous, Escape closes.
class FindBar : public QFrame
{
    Q_OBJECT

public:
    explicit FindBar(QPlainTextEdit& editor, QWidget* parent = nullptr);
    /// Shows the bar, with the editor's selection as the text to find.
    void open();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    enum class Direction { Forward, Backward };
    void find(Direction direction);
    void count();
    void dismiss();
    void retranslate();

    QPlainTextEdit& m_editor;
    QLineEdit* m_text;
    QLabel* m_count;
    QToolButton* m_previous;
    QToolButton* m_next;
    QToolButton* m_close;
};

} // namespace ui
