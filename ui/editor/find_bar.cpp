// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editor/find_bar.h"

#include "ui/base/bidi.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QToolButton>

namespace ui {

FindBar::FindBar(QPlainTextEdit& editor, QWidget* parent)
    : QFrame(parent)
    , m_editor(editor)
    , m_text(new QLineEdit(this))
    , m_count(new QLabel(this))
    , m_previous(new QToolButton(this))
    , m_next(new QToolButton(this))
    , m_close(new QToolButton(this))
{
    setObjectName(QStringLiteral("findBar"));
    m_text->setObjectName(QStringLiteral("findText"));
    m_text->installEventFilter(this);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(8, 4, 8, 4);
    for (QWidget* widget :
         {static_cast<QWidget*>(m_text), static_cast<QWidget*>(m_count), static_cast<QWidget*>(m_previous),
          static_cast<QWidget*>(m_next), static_cast<QWidget*>(m_close)})
        layout->addWidget(widget);
    layout->setStretch(0, 1);
    connect(m_text, &QLineEdit::textChanged, this, [this] {
        // Searching while typing starts again where the match began.
        QTextCursor cursor = m_editor.textCursor();
        cursor.setPosition(cursor.selectionStart());
        m_editor.setTextCursor(cursor);
        find(Direction::Forward);
    });
    connect(m_next, &QToolButton::clicked, this, [this] { find(Direction::Forward); });
    connect(m_previous, &QToolButton::clicked, this, [this] { find(Direction::Backward); });
    connect(m_close, &QToolButton::clicked, this, &FindBar::dismiss);
    retranslate();
    hide();
}

void FindBar::open()
{
    const QString selected = m_editor.textCursor().selectedText();
    if (!selected.isEmpty() && !selected.contains(QChar::ParagraphSeparator))
        m_text->setText(selected);
    show();
    m_text->setFocus();
    m_text->selectAll();
    count();
}

void FindBar::find(Direction direction)
{
    const QString text = m_text->text();
    const auto flags = direction == Direction::Backward ? QTextDocument::FindBackward : QTextDocument::FindFlags();
    if (!text.isEmpty() && !m_editor.find(text, flags)) {
        QTextCursor cursor = m_editor.textCursor();
        const QTextCursor before = cursor;
        cursor.movePosition(direction == Direction::Backward ? QTextCursor::End : QTextCursor::Start);
        m_editor.setTextCursor(cursor);
        if (!m_editor.find(text, flags))
            m_editor.setTextCursor(before);
    }
    count();
}

void FindBar::count()
{
    const QString text = m_text->text();
    const auto matches = text.isEmpty() ? 0 : m_editor.toPlainText().count(text, Qt::CaseInsensitive);
    m_count->setText(text.isEmpty() ? QString() : tr("%n match(es)", nullptr, static_cast<int>(matches)));
}

void FindBar::dismiss()
{
    hide();
    m_editor.setFocus();
}

bool FindBar::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_Escape) {
            dismiss();
            return true;
        }
        if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
            find(key->modifiers() & Qt::ShiftModifier ? Direction::Backward : Direction::Forward);
            return true;
        }
    }
    return QFrame::eventFilter(watched, event);
}

void FindBar::changeEvent(QEvent* event)
{
    QFrame::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

void FindBar::retranslate()
{
    m_text->setPlaceholderText(tr("Find…"));
    m_text->setAccessibleName(tr("Text to find"));
    m_previous->setText(tr("Previous"));
    m_next->setText(tr("Next"));
    m_close->setText(tr("Close"));
    count();
}

} // namespace ui
