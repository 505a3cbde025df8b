// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

#include <vector>

class QLineEdit;
class QListWidget;
class QPlainTextEdit;

namespace ui {

struct Snippet
{
    const char* name; ///< what people look for: "Deployment", "container with GPU"
    const char* text; ///< ${name} marks what is to be filled in
};
[[nodiscard]] const std::vector<Snippet>& snippets();

/// Inserts at the cursor, indented as the line is, with the first mark selected; one step of undo.
void insertSnippet(QPlainTextEdit& editor, const QString& text);
/// Selects the next ${mark} behind the cursor; false where none is left.
bool selectNextMark(QPlainTextEdit& editor);

/// Type to find a snippet, Enter to take it.
class SnippetPalette : public QDialog
{
    Q_OBJECT

public:
    explicit SnippetPalette(QPlainTextEdit& editor, QWidget* parent);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void filter(const QString& text);
    void take();

    QPlainTextEdit& m_editor;
    QLineEdit* m_search;
    QListWidget* m_list;
    QPlainTextEdit* m_shown;
};

} // namespace ui
