// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editor/code_editor.h"

#include "core/base/result.h"
#include "ui/base/bidi.h"
#include "ui/base/theme.h"
#include "ui/editor/yaml_highlighter.h"

#include <QHelpEvent>
#include <QPainter>
#include <QRegularExpression>
#include <QTextBlock>
#include <QTimer>
#include <QToolTip>

#include <algorithm>

namespace ui {

namespace {

constexpr int kIndent = 2;

class Gutter : public QWidget
{
public:
    explicit Gutter(CodeEditor& editor)
        : QWidget(&editor)
        , m_editor(editor)
    {
        setObjectName(QStringLiteral("gutter"));
        setCursor(Qt::ArrowCursor);
    }
    [[nodiscard]] QSize sizeHint() const override { return {m_editor.gutterWidth(), 0}; }

protected:
    void paintEvent(QPaintEvent* event) override { m_editor.paintGutter(event); }
    void mousePressEvent(QMouseEvent* event) override { m_editor.clickGutter(event->pos()); }
    bool event(QEvent* event) override
    {
        if (event->type() == QEvent::ToolTip) {
            const auto* help = static_cast<QHelpEvent*>(event);
            QToolTip::showText(help->globalPos(), m_editor.gutterToolTip(help->pos()), this);
            return true;
        }
        return QWidget::event(event);
    }

private:
    CodeEditor& m_editor;
};

} // namespace

EditorMark markOf(const core::Error& error)
{
    static const QRegularExpression place(QStringLiteral(":(\\d+)(?::(\\d+))?$")); // "file.yaml:12:3"
    const auto match = place.match(qs(error.where));
    EditorMark mark;
    if (match.hasMatch()) {
        mark.line = std::max(0, match.captured(1).toInt() - 1);
        mark.column = std::max(0, match.captured(2).toInt() - 1);
    }
    mark.message = qs(error.message);
    return mark;
}

CodeEditor::CodeEditor(QWidget* parent)
    : QPlainTextEdit(parent)
    , m_gutter(new Gutter(*this))
    , m_foldTimer(new QTimer(this))
{
    setObjectName(QStringLiteral("codeEditor"));
    setFrameShape(QFrame::NoFrame);
    setFont(monoFont());
    setLayoutDirection(Qt::LeftToRight);
    setLineWrapMode(QPlainTextEdit::NoWrap);
    QTextOption option = document()->defaultTextOption();
    option.setTextDirection(Qt::LeftToRight);
    option.setAlignment(Qt::AlignLeft);
    document()->setDefaultTextOption(option);
    document()->setDocumentMargin(4);
    setTabChangesFocus(false);
    setAccessibleName(tr("YAML text"));
    new YamlHighlighter(document());

    m_foldTimer->setSingleShot(true);
    m_foldTimer->setInterval(0);
    connect(m_foldTimer, &QTimer::timeout, this, &CodeEditor::findFolds);
    connect(document(), &QTextDocument::contentsChanged, m_foldTimer, qOverload<>(&QTimer::start));
    connect(this, &QPlainTextEdit::blockCountChanged, this, &CodeEditor::layOutGutter);
    connect(this, &QPlainTextEdit::updateRequest, this, &CodeEditor::updateGutter);
    connect(this, &QPlainTextEdit::cursorPositionChanged, this, [this] {
        unfoldAround(textCursor().blockNumber());
        highlight();
    });
    layOutGutter();
    highlight();
}

// ---- marks

void CodeEditor::setMarks(std::vector<EditorMark> marks)
{
    if (marks == m_marks)
        return;
    m_marks = std::move(marks);
    highlight();
    m_gutter->update();
}

QString CodeEditor::markText(int line) const
{
    QStringList messages;
    for (const EditorMark& mark : m_marks)
        if (mark.line == line)
            messages.append(mark.message);
    return messages.join(u'\n');
}

bool CodeEditor::onlyWarns(int line) const
{
    return std::ranges::none_of(m_marks, [&](const EditorMark& mark) { return mark.line == line && !mark.warning; });
}

void CodeEditor::highlight()
{
    QList<QTextEdit::ExtraSelection> selections;
    QTextEdit::ExtraSelection line;
    line.format.setBackground(color(Token::Selection));
    line.format.setProperty(QTextFormat::FullWidthSelection, true);
    line.cursor = textCursor();
    line.cursor.clearSelection();
    selections.append(line);
    for (const EditorMark& mark : m_marks) {
        const QTextBlock block = document()->findBlockByNumber(mark.line);
        if (!block.isValid())
            continue;
        QTextEdit::ExtraSelection wave;
        wave.format.setUnderlineStyle(QTextCharFormat::WaveUnderline);
        wave.format.setUnderlineColor(color(mark.warning ? Token::Warn : Token::Bad));
        wave.cursor = QTextCursor(block);
        const int last = std::max(block.length() - 1, 0);
        const int first = mark.column < last ? mark.column : 0;
        wave.cursor.setPosition(block.position() + first);
        wave.cursor.setPosition(block.position() + last, QTextCursor::KeepAnchor);
        selections.append(wave);
    }
    setExtraSelections(selections);
}

bool CodeEditor::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const QPoint position = viewport()->mapFrom(this, help->pos());
        const QString text = markText(cursorForPosition(position).blockNumber());
        QToolTip::showText(help->globalPos(), text, this);
        return true;
    }
    return QPlainTextEdit::event(event);
}

// ---- folding

void CodeEditor::findFolds()
{
    QStringList lines;
    lines.reserve(blockCount());
    for (QTextBlock block = document()->firstBlock(); block.isValid(); block = block.next())
        lines.append(block.text());
    m_folds = yamlFolds(lines);
    m_gutter->update();
}

const FoldRange* CodeEditor::foldAt(int line) const
{
    const auto fold = std::ranges::lower_bound(m_folds, line, {}, &FoldRange::first);
    return fold != m_folds.end() && fold->first == line ? &*fold : nullptr;
}

bool CodeEditor::isFolded(int line) const
{
    if (foldAt(line) == nullptr)
        return false;
    const QTextBlock next = document()->findBlockByNumber(line + 1);
    return next.isValid() && !next.isVisible();
}

void CodeEditor::setVisibleBelow(const FoldRange& fold, bool visible)
{
    QTextBlock block = document()->findBlockByNumber(fold.first + 1);
    const int from = block.position();
    int to = from;
    for (; block.isValid() && block.blockNumber() <= fold.last; block = block.next()) {
        block.setVisible(visible);
        block.setLineCount(visible ? 1 : 0);
        to = block.position() + block.length();
    }
    document()->markContentsDirty(from, to - from);
    // Folds inside one that opens stay as they look: open.
    if (!visible && textCursor().blockNumber() > fold.first && textCursor().blockNumber() <= fold.last)
        setTextCursor(QTextCursor(document()->findBlockByNumber(fold.first)));
    viewport()->update();
    m_gutter->update();
}

void CodeEditor::toggleFold(int line)
{
    if (m_foldTimer->isActive()) {
        m_foldTimer->stop();
        findFolds();
    }
    if (const FoldRange* fold = foldAt(line))
        setVisibleBelow(*fold, isFolded(line));
}

void CodeEditor::foldAll()
{
    findFolds();
    int end = -1;
    for (const FoldRange& fold : m_folds) {
        if (fold.first > end) {
            setVisibleBelow(fold, false);
            end = fold.last;
        }
    }
}

void CodeEditor::unfoldAll()
{
    for (const FoldRange& fold : m_folds)
        setVisibleBelow(fold, true);
}

void CodeEditor::unfoldAround(int line)
{
    if (document()->findBlockByNumber(line).isVisible())
        return;
    for (const FoldRange& fold : m_folds)
        if (fold.first < line && line <= fold.last)
            setVisibleBelow(fold, true);
}

void CodeEditor::goToLine(int line)
{
    const QTextBlock block = document()->findBlockByNumber(std::clamp(line, 0, blockCount() - 1));
    unfoldAround(block.blockNumber());
    setTextCursor(QTextCursor(block));
    centerCursor();
}

// ---- typing

void CodeEditor::keyPressEvent(QKeyEvent* event)
{
    if (m_listOpen && m_listOpen()) {
        for (const auto key : {Qt::Key_Return, Qt::Key_Enter, Qt::Key_Tab, Qt::Key_Backtab, Qt::Key_Escape})
            if (event->key() == key)
                return event->ignore();
    }
    const Qt::KeyboardModifiers modifiers = event->modifiers() & ~Qt::KeypadModifier;
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && modifiers == Qt::NoModifier
        && !isReadOnly())
        return newLine();
    if (event->key() == Qt::Key_Tab && modifiers == Qt::NoModifier && !isReadOnly())
        return indentLines(kIndent);
    if (event->key() == Qt::Key_Backtab && !isReadOnly())
        return indentLines(-kIndent);
    if (event->key() == Qt::Key_BracketLeft && modifiers == (Qt::ControlModifier | Qt::ShiftModifier))
        return toggleFold(textCursor().blockNumber());
    if (event->key() == Qt::Key_Minus && modifiers == (Qt::ControlModifier | Qt::AltModifier))
        return foldAll();
    if (event->key() == Qt::Key_Plus && modifiers == (Qt::ControlModifier | Qt::AltModifier))
        return unfoldAll();
    QPlainTextEdit::keyPressEvent(event);
}

void CodeEditor::newLine()
{
    QTextCursor cursor = textCursor();
    const QString before = cursor.block().text().left(cursor.positionInBlock());
    int indent = 0;
    while (indent < before.size() && before[indent] == u' ')
        ++indent;
    const QString content = before.trimmed();
    if (content.startsWith(QLatin1String("- ")) && content.endsWith(u':'))
        indent += 2 * kIndent;
    else if (content.endsWith(u':') || content.endsWith(u'|') || content.endsWith(QLatin1String("|-"))
             || content.endsWith(QLatin1String(": >")) || content.startsWith(QLatin1String("- ")))
        indent += kIndent;
    cursor.insertText(u'\n' + QString(indent, u' '));
    setTextCursor(cursor);
    ensureCursorVisible();
}

void CodeEditor::indentLines(int by)
{
    QTextCursor cursor = textCursor();
    if (by > 0 && !cursor.hasSelection()) {
        cursor.insertText(QString(by - cursor.positionInBlock() % by, u' '));
        return;
    }
    const int first = document()->findBlock(cursor.selectionStart()).blockNumber();
    const int last = document()->findBlock(cursor.selectionEnd()).blockNumber();
    cursor.beginEditBlock();
    for (int line = first; line <= last; ++line) {
        QTextCursor at(document()->findBlockByNumber(line));
        if (by > 0) {
            at.insertText(QString(by, u' '));
            continue;
        }
        for (int i = 0; i < -by && at.block().text().startsWith(u' '); ++i)
            at.deleteChar();
    }
    cursor.endEditBlock();
}

void CodeEditor::toggleComment()
{
    if (isReadOnly())
        return;
    QTextCursor cursor = textCursor();
    const int first = document()->findBlock(cursor.selectionStart()).blockNumber();
    int last = document()->findBlock(cursor.selectionEnd()).blockNumber();
    if (last > first && document()->findBlock(cursor.selectionEnd()).position() == cursor.selectionEnd())
        --last; // a selection of whole lines ends in front of the next one
    bool all = true;
    qsizetype column = -1;
    for (int line = first; line <= last; ++line) {
        const QString text = document()->findBlockByNumber(line).text();
        if (text.trimmed().isEmpty())
            continue;
        all = all && text.trimmed().startsWith(u'#');
        const qsizetype indent = text.indexOf(text.trimmed().at(0));
        column = column < 0 ? indent : std::min(column, indent);
    }
    if (column < 0)
        return;
    cursor.beginEditBlock();
    for (int line = first; line <= last; ++line) {
        const QTextBlock block = document()->findBlockByNumber(line);
        if (block.text().trimmed().isEmpty())
            continue;
        QTextCursor at(block);
        if (!all) {
            at.setPosition(block.position() + static_cast<int>(column));
            at.insertText(QStringLiteral("# "));
            continue;
        }
        const auto mark = block.text().indexOf(u'#');
        at.setPosition(block.position() + static_cast<int>(mark));
        at.deleteChar();
        if (block.text().mid(mark).startsWith(u' '))
            at.deleteChar();
    }
    cursor.endEditBlock();
}

void CodeEditor::changeEvent(QEvent* event)
{
    QPlainTextEdit::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        setAccessibleName(tr("YAML text"));
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        highlight();
        layOutGutter();
    }
}

} // namespace ui
