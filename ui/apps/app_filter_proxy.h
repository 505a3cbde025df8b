// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <QRegularExpression>
#include <QSortFilterProxyModel>

#include <set>

namespace ui {

/// Sorts and filters the applications: by words of a query and by facets.
/// A query is words (all must occur in name, project, path, image or revision), with "health:degraded",
/// "sync:outofsync", "project:x", "cluster:x", "-word" to leave out, and /regular expression/ over the name.
class AppFilterProxy : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    explicit AppFilterProxy(QObject* parent = nullptr);
    void setQuery(const QString& query);
    [[nodiscard]] const QString& query() const { return m_query; }
    void toggle(core::engine::Health health);
    void toggle(core::engine::SyncState sync);
    [[nodiscard]] bool isOn(core::engine::Health health) const { return m_health.contains(health); }
    [[nodiscard]] bool isOn(core::engine::SyncState sync) const { return m_sync.contains(sync); }
    void clear();
    [[nodiscard]] bool isFiltering() const;
    [[nodiscard]] core::engine::ApplicationPtr application(const QModelIndex& index) const;

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
    [[nodiscard]] bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

private:
    [[nodiscard]] bool matches(const core::engine::Application& app) const;

    QString m_query;
    QStringList m_words;
    QRegularExpression m_regex;
    std::set<core::engine::Health> m_health;
    std::set<core::engine::SyncState> m_sync;
};

} // namespace ui
