// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/editor/yaml_folding.h"

#include <QPlainTextEdit>

#include <functional>
#include <vector>

class QTimer;

namespace core {
struct Error;
}

namespace ui {

/// Something wrong at a place in the text.
struct EditorMark
{
    int line = 0; ///< 0-based
    int column = 0; ///< 0-based; the mark runs to the end of the line
    QString message;
    bool warning = false; ///< the text can be read, and the server may refuse it
    friend bool operator==(const EditorMark&, const EditorMark&) = default;
};

/// The place that an error of the parser names at the end of its `where`; the first line where it names none.
[[nodiscard]] EditorMark markOf(const core::Error& error);

/// A YAML editor: colours, line numbers, marks of errors, folding, indentation that follows. Every line is laid out
/// left to right, Arabic inside it by the bidirectional algorithm; nothing is ever inserted into the text for that.
class CodeEditor : public QPlainTextEdit
{
    Q_OBJECT

public:
    explicit CodeEditor(QWidget* parent = nullptr);

    void setMarks(std::vector<EditorMark> marks);
    [[nodiscard]] const std::vector<EditorMark>& marks() const { return m_marks; }

    [[nodiscard]] const std::vector<FoldRange>& folds() const { return m_folds; }
    [[nodiscard]] bool isFolded(int line) const;
    /// Folds or unfolds what begins at the line; nothing where nothing does.
    void toggleFold(int line);
    void foldAll();
    void unfoldAll();
    /// Puts "# " before the chosen lines, or takes it away where all have it.
    void toggleComment();
    /// Shows the line, unfolded, with the cursor in it.
    void goToLine(int line);

    /// While a list of completions is open, Enter, Tab and Escape belong to it.
    void setListOpen(std::function<bool()> isOpen) { m_listOpen = std::move(isOpen); }

    // What the gutter draws.
    [[nodiscard]] int gutterWidth() const;
    void paintGutter(QPaintEvent* event);
    void clickGutter(const QPoint& position);
    [[nodiscard]] QString gutterToolTip(const QPoint& position) const;

protected:
    bool event(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    [[nodiscard]] QTextBlock blockAt(int y) const;
    [[nodiscard]] const FoldRange* foldAt(int line) const;
    [[nodiscard]] QString markText(int line) const;
    [[nodiscard]] bool onlyWarns(int line) const;
    void findFolds();
    void setVisibleBelow(const FoldRange& fold, bool visible);
    void unfoldAround(int line);
    void highlight();
    void newLine();
    void indentLines(int by);
    void updateGutter(const QRect& rect, int dy);
    void layOutGutter();

    std::function<bool()> m_listOpen;
    QWidget* m_gutter;
    QTimer* m_foldTimer;
    std::vector<EditorMark> m_marks;
    std::vector<FoldRange> m_folds;
};

} // namespace ui
