// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <QAbstractListModel>
#include <QStyledItemDelegate>

#include <memory>
#include <set>

namespace ui {

using AppDiffPtr = std::shared_ptr<const core::engine::AppDiff>;

/// The resources of a diff with what happens to each, and whether the user has reviewed it.
class ResourceDiffModel : public QAbstractListModel
{
    Q_OBJECT

public:
    enum Role { CountRole = Qt::UserRole, BadgeRole, ActionRole, OutOfSyncRole, GraveRole };

    using QAbstractListModel::QAbstractListModel;

    /// Rows that stay keep their persistent indexes.
    void setDiff(AppDiffPtr diff);
    [[nodiscard]] const AppDiffPtr& diff() const { return m_diff; }
    [[nodiscard]] const core::engine::ResourceDiff* resource(int row) const; ///< null outside
    [[nodiscard]] int rowOf(const core::manifest::ResourceKey& key) const; ///< -1 where missing

    void setReviewed(std::set<core::manifest::ResourceKey> reviewed);
    [[nodiscard]] const std::set<core::manifest::ResourceKey>& reviewed() const { return m_reviewed; }
    void toggleReviewed(int row);
    /// Resources that differ, and how many of them are reviewed.
    [[nodiscard]] int differing() const;
    [[nodiscard]] int reviewedCount() const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;

signals:
    void reviewedChanged();

private:
    AppDiffPtr m_diff;
    std::set<core::manifest::ResourceKey> m_reviewed;
};

/// Changes that count, "~3"; or keys of a Secret.
[[nodiscard]] QString changeCount(const core::engine::ResourceDiff& resource);

class ResourceDiffDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    bool editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                     const QModelIndex& index) override;
};

} // namespace ui
