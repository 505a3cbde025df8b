// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QStringList>

#include <functional>

class QCompleter;
class QLineEdit;
class QStringListModel;

namespace ui {

/// Offers fields and values while a query is typed; a choice replaces the word at the cursor.
class QueryHelper : public QObject
{
    Q_OBJECT

public:
    /// values: what occurs in a field whose values are no fixed set.
    QueryHelper(QLineEdit& edit, std::function<QStringList(const QString& field)> values);
    /// What may stand for the word at the end of a text.
    [[nodiscard]] QStringList offers(const QString& text) const;

private:
    void offer();
    void insert(const QString& word);

    QLineEdit& m_edit;
    std::function<QStringList(const QString&)> m_values;
    QCompleter* m_completer;
    QStringListModel* m_model;
};

} // namespace ui
