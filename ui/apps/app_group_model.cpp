// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/apps/app_group_model.h"

#include "ui/apps/app_list_model.h"
#include "ui/apps/facet_panel.h"
#include "ui/base/bidi.h"
#include "ui/base/glyphs.h"

#include <algorithm>
#include <map>

namespace ui {

namespace {

// internalId of a group's row; rows of applications carry the group's position + 1.
constexpr quintptr kGroupRow = 0;

} // namespace

AppGroupModel::AppGroupModel(AppFilterProxy& proxy, QObject* parent)
    : QAbstractItemModel(parent)
    , m_proxy(proxy)
{
    const auto again = [this] { rebuild(); };
    connect(&proxy, &QAbstractItemModel::rowsInserted, this, again);
    connect(&proxy, &QAbstractItemModel::rowsRemoved, this, again);
    connect(&proxy, &QAbstractItemModel::layoutChanged, this, again);
    connect(&proxy, &QAbstractItemModel::modelReset, this, again);
    connect(&proxy, &QAbstractItemModel::dataChanged, this, &AppGroupModel::onDataChanged);
    connect(&proxy, &QAbstractItemModel::headerDataChanged, this, &QAbstractItemModel::headerDataChanged);
}

void AppGroupModel::setFacet(std::optional<AppFilterProxy::Facet> facet)
{
    m_facet = facet;
    rebuild();
}

std::vector<AppGroupModel::Group> AppGroupModel::group() const
{
    if (!m_facet)
        return {};
    std::map<std::string, std::vector<int>> byValue;
    for (int row = 0; row < m_proxy.rowCount(); ++row)
        byValue[AppFilterProxy::valueOf(*m_proxy.application(m_proxy.index(row, 0)), *m_facet)].push_back(row);
    std::vector<Group> groups;
    for (auto& [value, rows] : byValue)
        groups.push_back({value, std::move(rows)});
    return groups;
}

void AppGroupModel::rebuild()
{
    if (!m_facet && m_groups.empty())
        return;
    beginResetModel();
    m_groups = group();
    endResetModel();
}

void AppGroupModel::onDataChanged(const QModelIndex& first, const QModelIndex& last)
{
    if (!m_facet)
        return;
    for (int row = first.row(); row <= last.row(); ++row) {
        const std::string value = AppFilterProxy::valueOf(*m_proxy.application(m_proxy.index(row, 0)), *m_facet);
        const QModelIndex mine = fromProxy(m_proxy.index(row, 0));
        if (!mine.isValid() || m_groups[mine.internalId() - 1].value != value)
            return rebuild();
        emit dataChanged(mine.siblingAtColumn(first.column()), mine.siblingAtColumn(last.column()));
    }
}

bool AppGroupModel::isGroup(const QModelIndex& index) const
{
    return index.isValid() && index.internalId() == kGroupRow;
}

QModelIndex AppGroupModel::toProxy(const QModelIndex& index) const
{
    if (!index.isValid() || isGroup(index))
        return {};
    const Group& group = m_groups[index.internalId() - 1];
    return m_proxy.index(group.rows[static_cast<std::size_t>(index.row())], index.column());
}

QModelIndex AppGroupModel::fromProxy(const QModelIndex& index) const
{
    for (std::size_t i = 0; i < m_groups.size(); ++i) {
        const auto& rows = m_groups[i].rows; // ascending
        const auto found = std::ranges::lower_bound(rows, index.row());
        if (found != rows.end() && *found == index.row())
            return createIndex(static_cast<int>(found - rows.begin()), index.column(), quintptr {i + 1});
    }
    return {};
}

QModelIndex AppGroupModel::index(int row, int column, const QModelIndex& parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column, parent.isValid() ? static_cast<quintptr>(parent.row()) + 1 : kGroupRow);
}

QModelIndex AppGroupModel::parent(const QModelIndex& child) const
{
    if (!child.isValid() || isGroup(child))
        return {};
    return createIndex(static_cast<int>(child.internalId()) - 1, 0, kGroupRow);
}

int AppGroupModel::rowCount(const QModelIndex& parent) const
{
    if (!parent.isValid())
        return static_cast<int>(m_groups.size());
    if (!isGroup(parent) || parent.column() != 0)
        return 0;
    return static_cast<int>(m_groups[static_cast<std::size_t>(parent.row())].rows.size());
}

int AppGroupModel::columnCount(const QModelIndex&) const
{
    return AppListModel::ColumnCount;
}

QVariant AppGroupModel::groupData(const Group& group, int column, int role) const
{
    if (column != 0)
        return role == AppListModel::TokenRole ? QVariant(static_cast<int>(Token::Text)) : QVariant();
    const QString count = number(static_cast<qint64>(group.rows.size()));
    switch (role) {
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole:
        return QStringLiteral("%1 (%2)").arg(facetValueText(*m_facet, group.value), count);
    case ValueRole:
        return qs(group.value);
    case Qt::FontRole:
        return uiFont(1, true);
    case AppListModel::TokenRole:
        return static_cast<int>(Token::Text);
    case AppListModel::GlyphRole:
        return static_cast<int>(facetValueGlyph(*m_facet, group.value));
    default:
        return {};
    }
}

QVariant AppGroupModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    if (isGroup(index))
        return groupData(m_groups[static_cast<std::size_t>(index.row())], index.column(), role);
    return toProxy(index).data(role);
}

QVariant AppGroupModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    return orientation == Qt::Horizontal
        ? static_cast<const QAbstractItemModel&>(m_proxy).headerData(section, orientation, role)
        : QVariant();
}

} // namespace ui
