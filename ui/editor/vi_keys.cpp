// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editor/vi_keys.h"

#include <QKeyEvent>
#include <QPlainTextEdit>
#include <QTextBlock>

#include <algorithm>

namespace ui {

namespace {

constexpr int kMostCount = 10'000;

} // namespace

ViKeys::ViKeys(QPlainTextEdit& editor)
    : QObject(&editor)
    , m_editor(editor)
{
    editor.installEventFilter(this);
}

void ViKeys::setEnabled(bool enabled)
{
    m_enabled = enabled;
    m_count = 0;
    m_pending.clear();
    setMode(Mode::Normal);
}

void ViKeys::setMode(Mode mode)
{
    m_mode = mode;
    const bool block = m_enabled && mode == Mode::Normal;
    m_editor.setCursorWidth(block ? m_editor.fontMetrics().horizontalAdvance(u'm') : 1);
    m_editor.viewport()->update();
    emit modeChanged();
}

bool ViKeys::eventFilter(QObject* watched, QEvent* event)
{
    if (!m_enabled || (event->type() != QEvent::KeyPress && event->type() != QEvent::ShortcutOverride))
        return QObject::eventFilter(watched, event);
    const auto& key = *static_cast<QKeyEvent*>(event);
    const bool plain = (key.modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier)) == 0;
    const bool escape =
        key.key() == Qt::Key_Escape || (key.key() == Qt::Key_BracketLeft && key.modifiers() == Qt::ControlModifier);
    if (m_mode == Mode::Insert && !escape)
        return QObject::eventFilter(watched, event);
    if (!plain && !escape && !(key.key() == Qt::Key_R && key.modifiers() == Qt::ControlModifier))
        return QObject::eventFilter(watched, event); // the window's own
    if (event->type() == QEvent::ShortcutOverride) {
        event->accept(); // no single-key shortcut of the window takes it
        return true;
    }
    if (escape) {
        m_count = 0;
        m_pending.clear();
        if (m_mode == Mode::Insert)
            m_editor.moveCursor(m_editor.textCursor().atBlockStart() ? QTextCursor::NoMove : QTextCursor::Left);
        setMode(Mode::Normal);
        return true;
    }
    return press(key);
}

bool ViKeys::press(const QKeyEvent& key)
{
    if (key.key() == Qt::Key_R && key.modifiers() == Qt::ControlModifier) {
        m_editor.redo();
        return true;
    }
    const QString text = key.text();
    if (text.isEmpty() || !text.front().isPrint())
        return key.key() != Qt::Key_Tab && key.key() != Qt::Key_Backtab && key.key() < Qt::Key_Home; // arrows stay
    if (!m_pending.isEmpty())
        return pressPending(text);
    if (text.front().isDigit() && (text != QLatin1String("0") || m_count > 0)) {
        m_count = std::min(m_count * 10 + text.front().digitValue(), kMostCount);
        return true;
    }
    if (QStringLiteral("dcygrZ<>").contains(text)) {
        m_pending = text;
        return true;
    }
    QTextCursor cursor = m_editor.textCursor();
    if (moveBy(text, cursor, QTextCursor::MoveAnchor)) {
        m_editor.setTextCursor(cursor);
    } else if (QStringLiteral("iaIAoO").contains(text)) {
        insertAt(text);
    } else {
        edit(text);
    }
    m_count = 0;
    return true;
}

bool ViKeys::pressPending(const QString& text)
{
    const QString first = m_pending;
    if (text.front().isDigit() && (text != QLatin1String("0"))) {
        m_count = std::min(m_count * 10 + text.front().digitValue(), kMostCount);
        return true;
    }
    m_pending.clear();
    QTextCursor cursor = m_editor.textCursor();
    if (first == QLatin1String("g") && text == QLatin1String("g")) {
        const int line = std::clamp(count() - 1, 0, m_editor.blockCount() - 1);
        m_editor.setTextCursor(QTextCursor(m_editor.document()->findBlockByNumber(line)));
    } else if (first == QLatin1String("Z") && text == first) {
        emit saveRequested();
    } else if (first == QLatin1String("r") && !m_editor.isReadOnly() && !cursor.atBlockEnd()) {
        cursor.deleteChar();
        cursor.insertText(text);
        cursor.movePosition(QTextCursor::Left);
        m_editor.setTextCursor(cursor);
    } else if (text == first) {
        operateLines(first.front());
    } else if (QStringLiteral("dcy").contains(first)) {
        operate(first.front(), text);
    }
    m_count = 0;
    return true;
}

/// Moves the cursor by a motion; false where it is none.
bool ViKeys::moveBy(const QString& text, QTextCursor& cursor, QTextCursor::MoveMode how) const
{
    const auto by = [&](QTextCursor::MoveOperation operation) { return cursor.movePosition(operation, how, count()); };
    const auto block = cursor.block();
    switch (text.front().unicode()) {
    case 'h':
        cursor.setPosition(std::max(block.position(), cursor.position() - count()), how);
        return true;
    case 'l':
    case ' ':
        cursor.setPosition(std::min(block.position() + block.length() - 1, cursor.position() + count()), how);
        return true;
    case 'j':
        by(QTextCursor::Down);
        return true;
    case 'k':
        by(QTextCursor::Up);
        return true;
    case 'w':
        by(QTextCursor::NextWord);
        return true;
    case 'b':
        by(QTextCursor::PreviousWord);
        return true;
    case 'e':
        by(QTextCursor::EndOfWord);
        return true;
    case '0':
        cursor.movePosition(QTextCursor::StartOfBlock, how);
        return true;
    case '^': {
        const QString line = block.text();
        const auto first = std::find_if(line.begin(), line.end(), [](QChar c) { return c != u' '; });
        cursor.setPosition(block.position() + static_cast<int>(first - line.begin()), how);
        return true;
    }
    case '$':
        cursor.movePosition(QTextCursor::EndOfBlock, how);
        return true;
    case 'G': {
        const int last = m_editor.blockCount() - 1;
        const int line = m_count > 0 ? std::min(m_count - 1, last) : last;
        cursor.setPosition(m_editor.document()->findBlockByNumber(line).position(), how);
        return true;
    }
    default:
        return false;
    }
}

void ViKeys::insertAt(const QString& text)
{
    if (m_editor.isReadOnly())
        return;
    QTextCursor cursor = m_editor.textCursor();
    const QString line = cursor.block().text();
    const auto indent = std::find_if(line.begin(), line.end(), [](QChar c) { return c != u' '; }) - line.begin();
    switch (text.front().unicode()) {
    case 'a':
        if (!cursor.atBlockEnd())
            cursor.movePosition(QTextCursor::Right);
        break;
    case 'I':
        cursor.setPosition(cursor.block().position() + static_cast<int>(indent));
        break;
    case 'A':
        cursor.movePosition(QTextCursor::EndOfBlock);
        break;
    case 'o':
        cursor.movePosition(QTextCursor::EndOfBlock);
        cursor.insertText(u'\n' + QString(indent, u' '));
        break;
    case 'O':
        cursor.movePosition(QTextCursor::StartOfBlock);
        cursor.insertText(QString(indent, u' ') + u'\n');
        cursor.movePosition(QTextCursor::Left);
        break;
    default:
        break;
    }
    m_editor.setTextCursor(cursor);
    setMode(Mode::Insert);
}

void ViKeys::operate(QChar operation, const QString& motion)
{
    QTextCursor cursor = m_editor.textCursor();
    // cw changes the word and leaves the space behind it, as vi does.
    const QString by = operation == u'c' && motion == QLatin1String("w") ? QStringLiteral("e") : motion;
    if (!moveBy(by, cursor, QTextCursor::KeepAnchor))
        return;
    m_register = cursor.selectedText().replace(QChar::ParagraphSeparator, u'\n');
    m_lines = false;
    if (operation == u'y' || m_editor.isReadOnly())
        return;
    cursor.removeSelectedText();
    m_editor.setTextCursor(cursor);
    if (operation == u'c')
        setMode(Mode::Insert);
}

void ViKeys::operateLines(QChar operation)
{
    QTextCursor cursor = m_editor.textCursor();
    const int first = cursor.blockNumber();
    const int last = std::min(first + count() - 1, m_editor.blockCount() - 1);
    if (operation == u'<' || operation == u'>') {
        cursor.beginEditBlock();
        for (int line = first; line <= last && !m_editor.isReadOnly(); ++line) {
            QTextCursor at(m_editor.document()->findBlockByNumber(line));
            for (int i = 0; i < 2; ++i) {
                if (operation == u'>')
                    at.insertText(QStringLiteral(" "));
                else if (at.block().text().startsWith(u' '))
                    at.deleteChar();
            }
        }
        cursor.endEditBlock();
        return;
    }
    QStringList lines;
    for (int line = first; line <= last; ++line)
        lines.append(m_editor.document()->findBlockByNumber(line).text());
    m_register = lines.join(u'\n') + u'\n';
    m_lines = true;
    if (operation == u'y' || m_editor.isReadOnly())
        return;
    const auto begin = m_editor.document()->findBlockByNumber(first);
    const auto end = m_editor.document()->findBlockByNumber(last);
    cursor.setPosition(begin.position());
    if (operation == u'c') {
        cursor.setPosition(end.position() + end.length() - 1, QTextCursor::KeepAnchor);
        cursor.removeSelectedText();
        m_editor.setTextCursor(cursor);
        return setMode(Mode::Insert);
    }
    if (end.next().isValid())
        cursor.setPosition(end.next().position(), QTextCursor::KeepAnchor);
    else { // the last line goes with the break before it
        cursor.setPosition(std::max(0, begin.position() - 1));
        cursor.setPosition(end.position() + end.length() - 1, QTextCursor::KeepAnchor);
    }
    cursor.removeSelectedText();
    cursor.movePosition(QTextCursor::StartOfBlock);
    m_editor.setTextCursor(cursor);
}

void ViKeys::edit(const QString& text)
{
    if (text == QLatin1String("/"))
        return emit findRequested();
    if (text == QLatin1String(":"))
        return emit commandRequested();
    if (m_editor.isReadOnly())
        return;
    QTextCursor cursor = m_editor.textCursor();
    switch (text.front().unicode()) {
    case 'x':
        operate(u'd', QStringLiteral("l"));
        break;
    case 'D':
        operate(u'd', QStringLiteral("$"));
        break;
    case 'C':
        operate(u'c', QStringLiteral("$"));
        break;
    case 'u':
        for (int i = 0; i < count(); ++i)
            m_editor.undo();
        break;
    case 'p':
    case 'P':
        paste(text == QLatin1String("P"));
        break;
    case 'J': {
        const auto next = cursor.block().next();
        if (!next.isValid())
            break;
        cursor.beginEditBlock();
        cursor.movePosition(QTextCursor::EndOfBlock);
        cursor.deleteChar();
        while (!cursor.atBlockEnd() && cursor.block().text().at(cursor.positionInBlock()) == u' ')
            cursor.deleteChar();
        cursor.insertText(QStringLiteral(" "));
        cursor.endEditBlock();
        m_editor.setTextCursor(cursor);
        break;
    }
    default:
        break;
    }
}

void ViKeys::paste(bool before)
{
    QTextCursor cursor = m_editor.textCursor();
    cursor.beginEditBlock();
    if (m_lines) {
        QString text = m_register.repeated(count());
        if (before || cursor.block().next().isValid()) {
            cursor.setPosition(before ? cursor.block().position() : cursor.block().next().position());
        } else {
            cursor.movePosition(QTextCursor::EndOfBlock);
            text = u'\n' + text.chopped(1);
        }
        const int at = cursor.position() + (text.startsWith(u'\n') ? 1 : 0);
        cursor.insertText(text);
        cursor.setPosition(at);
    } else {
        if (!before && !cursor.atBlockEnd())
            cursor.movePosition(QTextCursor::Right);
        cursor.insertText(m_register.repeated(count()));
        cursor.movePosition(QTextCursor::Left);
    }
    cursor.endEditBlock();
    m_editor.setTextCursor(cursor);
}

} // namespace ui
