// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <QAbstractTableModel>

namespace ui {

/// The applications of one snapshot, one row each, in the order of the snapshot (by name).
class AppListModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Name, Health, Sync, Operation, Revision, Project, Cluster, Gpu, Age, ColumnCount };
    enum Role {
        SortRole = Qt::UserRole + 1, ///< number or text to sort by
        GlyphRole, ///< int of Glyph: the shape before the text
        TokenRole, ///< int of Token: colour of the text
        IdRole ///< "namespace/name"
    };

    using QAbstractTableModel::QAbstractTableModel;
    /// Compares by pointer and emits the smallest change.
    void setSnapshot(const core::engine::SnapshotPtr& snapshot);
    [[nodiscard]] core::engine::ApplicationPtr application(int row) const;
    [[nodiscard]] static core::engine::AppId idOf(const core::engine::Application& app);
    void retranslate();

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<core::engine::ApplicationPtr> m_apps;
    core::TimePoint m_now;
};

} // namespace ui
