// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/apps/app_filter_proxy.h"

#include "ui/apps/app_folders.h"
#include "ui/apps/app_list_model.h"
#include "ui/base/bidi.h"

#include <algorithm>

namespace ui {

namespace eng = core::engine;

namespace {

const AppListModel& source(const AppFilterProxy& proxy)
{
    return *static_cast<const AppListModel*>(proxy.sourceModel());
}

const char* onOff(bool on)
{
    return on ? "on" : "off";
}

} // namespace

AppFilterProxy::AppFilterProxy(QObject* parent)
    : QSortFilterProxyModel(parent)
{
    setDynamicSortFilter(true);
}

void AppFilterProxy::setQuery(const QString& query)
{
    if (query == m_text)
        return;
    m_text = query;
    m_query = AppQuery::parse(query);
    invalidateFilter();
}

std::string AppFilterProxy::valueOf(const eng::Application& app, Facet facet)
{
    constexpr std::array healths {"Unknown", "Healthy", "Progressing", "Degraded", "Suspended", "Missing"};
    constexpr std::array syncs {"Unknown", "Synced", "OutOfSync"};
    constexpr std::array phases {"None", "Running", "Succeeded", "Failed", "Error", "Terminating"};
    switch (facet) {
    case Facet::Health:
        return healths.at(static_cast<std::size_t>(app.health));
    case Facet::Sync:
        return syncs.at(static_cast<std::size_t>(app.sync));
    case Facet::Operation:
        return phases.at(static_cast<std::size_t>(app.operation.phase));
    case Facet::Project:
        return app.project;
    case Facet::Cluster:
        return app.cluster;
    case Facet::Namespace:
        return app.destinationNamespace;
    case Facet::AutoSync:
        return onOff(app.autoSync);
    case Facet::Folder:
        return folderOf(AppListModel::idOf(app));
    case Facet::Repository:
        return app.repoUrl;
    case Facet::Branch:
        return app.targetRevision.empty() ? "HEAD" : app.targetRevision;
    case Facet::Condition:
        return app.conditions.empty() ? std::string() : app.conditions.front().type;
    case Facet::Model:
        return AppListModel::modelOf(app);
    case Facet::Gpus:
        return app.gpus == 0 ? "0" : app.gpus < 4 ? "1-3" : app.gpus <= 8 ? "4-8" : "9+";
    case Facet::SelfHeal:
        return onOff(app.selfHeal);
    case Facet::Prune:
        return onOff(app.prune);
    case Facet::ControlNamespace:
        return app.nameSpace;
    }
    return {};
}

void AppFilterProxy::toggle(Facet facet, const std::string& value)
{
    auto& values = m_chosen[facet];
    if (values.erase(value) == 0)
        values.insert(value);
    if (values.empty())
        m_chosen.erase(facet);
    invalidateFilter();
}

bool AppFilterProxy::isOn(Facet facet, const std::string& value) const
{
    const auto found = m_chosen.find(facet);
    return found != m_chosen.end() && found->second.contains(value);
}

void AppFilterProxy::setChosen(std::map<Facet, std::set<std::string>> chosen)
{
    m_chosen = std::move(chosen);
    std::erase_if(m_chosen, [](const auto& entry) { return entry.second.empty(); });
    invalidateFilter();
}

int AppFilterProxy::misfits(const eng::Application& app, Facet& misfit) const
{
    int count = 0;
    for (const auto& [facet, values] : m_chosen) {
        if (values.contains(valueOf(app, facet)))
            continue;
        misfit = facet;
        if (++count > 1)
            break; // no facet would show it
    }
    return count;
}

AppFilterProxy::Counts AppFilterProxy::counts(Facet facet) const
{
    return counts(std::vector {facet}).front();
}

std::vector<AppFilterProxy::Counts> AppFilterProxy::counts(const std::vector<Facet>& facets) const
{
    std::vector<Counts> counted(facets.size());
    const auto& model = source(*this);
    const QueryContext with = context();
    for (int row = 0; row < model.rowCount(); ++row) {
        const auto& app = model.at(row);
        Facet misfit {};
        const int apart = misfits(app, misfit);
        if (apart > 1 || !m_query.matches(app, with))
            continue;
        // One that misses in a single facet is shown by another choice there, and there alone.
        for (std::size_t i = 0; i < facets.size(); ++i)
            if (apart == 0 || facets[i] == misfit)
                ++counted[i][valueOf(app, facets[i])];
    }
    // What is chosen stays in sight, so that it can be taken back.
    for (std::size_t i = 0; i < facets.size(); ++i)
        if (const auto found = m_chosen.find(facets[i]); found != m_chosen.end())
            for (const std::string& value : found->second)
                counted[i].try_emplace(value, 0);
    return counted;
}

void AppFilterProxy::clear()
{
    m_chosen.clear();
    m_text.clear();
    m_query = {};
    invalidateFilter();
}

bool AppFilterProxy::isFiltering() const
{
    return !m_chosen.empty() || !m_query.isEmpty();
}

eng::ApplicationPtr AppFilterProxy::application(const QModelIndex& index) const
{
    return index.isValid() ? source(*this).application(mapToSource(index).row()) : nullptr;
}

QueryContext AppFilterProxy::context() const
{
    return {source(*this).now(), &source(*this).favourites()};
}

bool AppFilterProxy::filterAcceptsRow(int row, const QModelIndex&) const
{
    const auto& app = source(*this).at(row);
    Facet misfit {};
    return misfits(app, misfit) == 0 && m_query.matches(app, context());
}

void AppFilterProxy::setSortKeys(std::vector<SortKey> keys)
{
    std::erase_if(keys, [](const SortKey& key) { return key.column < 0 || key.column >= AppListModel::ColumnCount; });
    if (keys.empty())
        keys.push_back({AppListModel::Name, Qt::AscendingOrder});
    m_keys = std::move(keys);
    // The orders of the single keys are told by lessThan(); sort() itself always ascends.
    if (sortColumn() == m_keys.front().column)
        invalidate();
    else
        sort(m_keys.front().column, Qt::AscendingOrder);
    emit headerDataChanged(Qt::Horizontal, 0, AppListModel::ColumnCount - 1);
}

void AppFilterProxy::sortBy(int column, Extend extend)
{
    const auto turned = [](Qt::SortOrder order) {
        return order == Qt::AscendingOrder ? Qt::DescendingOrder : Qt::AscendingOrder;
    };
    std::vector<SortKey> keys = m_keys;
    const auto found = std::ranges::find(keys, column, &SortKey::column);
    if (extend == Extend::Yes) {
        if (found != keys.end())
            found->order = turned(found->order);
        else
            keys.push_back({column, Qt::AscendingOrder});
    } else {
        const bool again = keys.size() == 1 && found != keys.end();
        keys = {{column, again ? turned(found->order) : Qt::AscendingOrder}};
    }
    setSortKeys(std::move(keys));
}

bool AppFilterProxy::lessThan(const QModelIndex& left, const QModelIndex& right) const
{
    const auto& model = source(*this);
    for (const SortKey& key : m_keys) {
        const int order = model.compare(left.row(), right.row(), key.column);
        if (order != 0)
            return key.order == Qt::AscendingOrder ? order < 0 : order > 0;
    }
    return left.row() < right.row();
}

QVariant AppFilterProxy::headerData(int section, Qt::Orientation orientation, int role) const
{
    const QVariant given = QSortFilterProxyModel::headerData(section, orientation, role);
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return given;
    const auto found = std::ranges::find(m_keys, section, &SortKey::column);
    if (found == m_keys.end())
        return given;
    QString text =
        given.toString() + (found->order == Qt::AscendingOrder ? QStringLiteral(" ▲") : QStringLiteral(" ▼"));
    if (m_keys.size() > 1)
        text += number(qint64 {found - m_keys.begin()} + 1);
    return text;
}

} // namespace ui
