// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/apps/app_query.h"

#include <QSortFilterProxyModel>

#include <array>
#include <map>
#include <optional>
#include <set>

namespace ui {

/// Sorts and filters the applications: by a query (see AppQuery) and by facets.
class AppFilterProxy : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    /// What the applications can be counted and chosen by.
    /// Saved views keep their numbers: further ones come last.
    enum class Facet {
        Health,
        Sync,
        Operation,
        Project,
        Cluster,
        Namespace,
        AutoSync,
        Folder,
        Repository,
        Branch,
        Condition,
        Model,
        Gpus,
        SelfHeal,
        Prune,
        ControlNamespace,
    };
    static constexpr std::array kFacets {
        Facet::Health,   Facet::Sync,     Facet::Operation,  Facet::Project,         Facet::Cluster,   Facet::Namespace,
        Facet::AutoSync, Facet::Folder,   Facet::Repository, Facet::Branch,          Facet::Condition, Facet::Model,
        Facet::Gpus,     Facet::SelfHeal, Facet::Prune,      Facet::ControlNamespace};
    struct SortKey
    {
        int column = 0;
        Qt::SortOrder order = Qt::AscendingOrder;
        friend bool operator==(const SortKey&, const SortKey&) = default;
    };

    explicit AppFilterProxy(QObject* parent = nullptr);
    void setQuery(const QString& query);
    [[nodiscard]] const QString& query() const { return m_text; }
    [[nodiscard]] const QString& queryProblem() const { return m_query.problem(); }
    /// The value of an application in a facet, as it is counted: "Degraded", "ml-production", "on".
    [[nodiscard]] static std::string valueOf(const core::engine::Application& app, Facet facet);
    void toggle(Facet facet, const std::string& value);
    [[nodiscard]] bool isOn(Facet facet, const std::string& value) const;
    [[nodiscard]] const std::map<Facet, std::set<std::string>>& chosen() const { return m_chosen; }
    void setChosen(std::map<Facet, std::set<std::string>> chosen);
    /// How many applications each value would show, given the query and the other facets.
    using Counts = std::map<std::string, int>;
    [[nodiscard]] Counts counts(Facet facet) const;
    /// The same for several facets in one pass over the applications; in their order.
    [[nodiscard]] std::vector<Counts> counts(const std::vector<Facet>& facets) const;
    void clear();
    [[nodiscard]] bool isFiltering() const;
    [[nodiscard]] core::engine::ApplicationPtr application(const QModelIndex& index) const;

    /// First the worst by the first key, then by the next. Never empty: falls back to the name.
    void setSortKeys(std::vector<SortKey> keys);
    [[nodiscard]] const std::vector<SortKey>& sortKeys() const { return m_keys; }
    /// What a click on a header does: sorts by the column alone, or turns its order around; extend adds it as a further
    /// key.
    enum class Extend { No, Yes };
    void sortBy(int column, Extend extend);

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
    [[nodiscard]] bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    /// How many of the chosen facets do not fit; `misfit`: the last of them.
    [[nodiscard]] int misfits(const core::engine::Application& app, Facet& misfit) const;
    [[nodiscard]] QueryContext context() const;

    QString m_text;
    AppQuery m_query;
    std::map<Facet, std::set<std::string>> m_chosen; ///< no empty sets
    std::vector<SortKey> m_keys {SortKey {}};
};

} // namespace ui
