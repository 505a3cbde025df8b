// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/snapshot.h"
#include "ui/base/theme.h"
#include "ui/diff/cell_delegate.h"

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>

#include <vector>

namespace ui {

/// Every rollout of every cluster of the session, for the board.
class RolloutsModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Name, Cluster, Application, Phase, Step, Weight, Waiting, Trend, ColumnCount };
    enum Role { SortRole = Qt::UserRole, GlyphRole, TrendRole, AttentionRole, TintRole };

    using QAbstractTableModel::QAbstractTableModel;

    void setSnapshot(const core::engine::SnapshotPtr& snapshot);
    [[nodiscard]] core::engine::RolloutPtr rollout(int row) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] QVariant text(const core::engine::Rollout& rollout, int column) const;
    [[nodiscard]] bool silent(const core::engine::Rollout& rollout) const;
    [[nodiscard]] Token tint(const core::engine::Rollout& rollout) const;
    std::vector<core::engine::RolloutPtr> m_rollouts;
    std::vector<core::engine::OtherCluster> m_clusters;
};

/// Draws the state's shape beside the name, the cluster in its colour and the trend as a small line.
class RolloutDelegate : public CellDelegate
{
    Q_OBJECT

public:
    using CellDelegate::CellDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

} // namespace ui
