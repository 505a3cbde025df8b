// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/apps/app_filter_proxy.h"

#include <QAbstractItemModel>

#include <optional>
#include <vector>

namespace ui {

/// The rows of the filter proxy below one row for each value of a facet; without a facet just the rows. Groups are made
/// anew when rows come, go or change their group.
class AppGroupModel : public QAbstractItemModel
{
    Q_OBJECT

public:
    static constexpr int ValueRole = Qt::UserRole + 100; ///< of a group's row: the facet's value

    explicit AppGroupModel(AppFilterProxy& proxy, QObject* parent = nullptr);
    void setFacet(std::optional<AppFilterProxy::Facet> facet);
    [[nodiscard]] std::optional<AppFilterProxy::Facet> facet() const { return m_facet; }
    /// The proxy's index of an application's row; invalid for a group's.
    [[nodiscard]] QModelIndex toProxy(const QModelIndex& index) const;
    [[nodiscard]] QModelIndex fromProxy(const QModelIndex& index) const;
    [[nodiscard]] bool isGroup(const QModelIndex& index) const;

    [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex& child) const override;
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Group
    {
        std::string value;
        std::vector<int> rows; ///< of the proxy
        friend bool operator==(const Group&, const Group&) = default;
    };
    [[nodiscard]] std::vector<Group> group() const;
    void rebuild();
    void onDataChanged(const QModelIndex& first, const QModelIndex& last);
    [[nodiscard]] QVariant groupData(const Group& group, int column, int role) const;

    AppFilterProxy& m_proxy;
    std::optional<AppFilterProxy::Facet> m_facet;
    std::vector<Group> m_groups;
};

} // namespace ui
