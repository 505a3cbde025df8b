// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <QAbstractTableModel>

#include <set>

namespace ui {

/// The applications of one snapshot, one row each, in the order of the snapshot (by name).
class AppListModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column {
        Name,
        Health,
        Sync,
        Operation,
        Revision,
        Project,
        Cluster,
        Gpu,
        Age,
        Favourite,
        Namespace,
        Path,
        Target,
        AutoSync,
        Resources,
        Model,
        Folder,
        Repository,
        ColumnCount
    };
    enum Role {
        GlyphRole = Qt::UserRole + 1, ///< int of Glyph: the shape before the text
        TokenRole, ///< int of Token: colour of the text
        IdRole ///< "namespace/name"
    };

    using QAbstractTableModel::QAbstractTableModel;
    /// Compares by pointer and emits the smallest change.
    void setSnapshot(const core::engine::SnapshotPtr& snapshot);
    [[nodiscard]] core::engine::ApplicationPtr application(int row) const;
    [[nodiscard]] const core::engine::Application& at(int row) const { return *m_apps[static_cast<std::size_t>(row)]; }
    /// Below 0 where row a comes before row b in this column: worst first for states, by name and number otherwise.
    [[nodiscard]] int compare(int a, int b, int column) const;
    [[nodiscard]] core::TimePoint now() const { return m_now; }
    [[nodiscard]] const std::set<core::engine::AppId>& favourites() const { return m_favourites; }
    void setFavourites(std::set<core::engine::AppId> favourites);
    [[nodiscard]] static core::engine::AppId idOf(const core::engine::Application& app);
    /// What it serves: the image of the pods with the most GPUs, else its first image; "llama:v7".
    [[nodiscard]] static std::string modelOf(const core::engine::Application& app);
    /// The user moved applications between folders.
    void foldersChanged();
    void retranslate();

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<core::engine::ApplicationPtr> m_apps;
    std::set<core::engine::AppId> m_favourites;
    core::TimePoint m_now;
};

} // namespace ui
