// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/apps/query_helper.h"

#include "ui/apps/app_query.h"

#include <QAbstractItemView>
#include <QCompleter>
#include <QLineEdit>
#include <QStringListModel>
#include <QTimer>

namespace ui {

namespace {

constexpr qsizetype kMost = 12;

/// Where the word begins that ends the text.
qsizetype wordStart(const QString& text)
{
    qsizetype at = text.size();
    while (at > 0 && !text[at - 1].isSpace() && text[at - 1] != u'(' && text[at - 1] != u'"')
        --at;
    return at < text.size() && text[at] == u'-' ? at + 1 : at;
}

} // namespace

QueryHelper::QueryHelper(QLineEdit& edit, std::function<QStringList(const QString& field)> values)
    : QObject(&edit)
    , m_edit(edit)
    , m_values(std::move(values))
    , m_completer(new QCompleter(this))
    , m_model(new QStringListModel(this))
{
    m_completer->setModel(m_model);
    m_completer->setCompletionMode(QCompleter::UnfilteredPopupCompletion);
    m_completer->setWidget(&edit);
    connect(&edit, &QLineEdit::textEdited, this, &QueryHelper::offer);
    connect(m_completer, QOverload<const QString&>::of(&QCompleter::activated), this, &QueryHelper::insert);
}

QStringList QueryHelper::offers(const QString& text) const
{
    const QString word = text.mid(wordStart(text));
    QStringList out;
    const auto take = [&](const QString& given, const QString& offered) {
        if (out.size() < kMost && offered.startsWith(given, Qt::CaseInsensitive) && offered != given)
            out.append(offered);
    };
    if (const auto colon = word.indexOf(u':'); colon > 0) {
        const QString field = word.left(colon).toLower();
        const QStringList fixed = AppQuery::values(field);
        for (const QString& value : fixed.isEmpty() ? m_values(field) : fixed)
            take(word,
                 word.left(colon + 1) + (value.contains(u' ') ? QLatin1Char('"') + value + QLatin1Char('"') : value));
        return out;
    }
    if (word.isEmpty())
        return out;
    for (const QString& field : AppQuery::fields())
        take(word, field + u':');
    for (const QString& field : AppQuery::numberFields())
        take(word, field + u'>');
    return out;
}

void QueryHelper::offer()
{
    const QStringList found = offers(m_edit.text().left(m_edit.cursorPosition()));
    m_model->setStringList(found);
    if (found.isEmpty())
        return m_completer->popup()->hide();
    m_completer->complete();
}

void QueryHelper::insert(const QString& word)
{
    const QString before = m_edit.text().left(m_edit.cursorPosition());
    const QString head = before.left(wordStart(before));
    const bool finished = !word.endsWith(u':') && !word.endsWith(u'>');
    m_edit.setText(head + word + (finished ? QStringLiteral(" ") : QString())
                   + m_edit.text().mid(m_edit.cursorPosition()));
    m_edit.setCursorPosition(static_cast<int>((head + word).size()) + static_cast<int>(finished));
    if (!finished) // its values next, once the list of fields is gone
        QTimer::singleShot(0, this, &QueryHelper::offer);
}

} // namespace ui
