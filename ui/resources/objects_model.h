// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <QAbstractTableModel>

#include <map>
#include <vector>

namespace ui {

/// Live objects of the cluster, any kind. Sort with a proxy on SortRole.
class ObjectsModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Kind, Namespace, Name, Status, Owner, Age, ColumnCount };
    enum Role { SortRole = Qt::UserRole };

    using QAbstractTableModel::QAbstractTableModel;

    /// Rows by key; what stays keeps its row, so that a selection survives.
    void setObjects(std::vector<core::manifest::Value> objects, core::TimePoint now);
    /// Shows the columns that the server prints for a kind instead of our own; an empty table: our own again. Objects
    /// that the table does not have keep their name and namespace.
    void setPrinted(const core::engine::PrintedTable& table, bool wide);
    /// Two columns more beside printed ones: what a pod or a node uses. Empty: none.
    void setUsage(core::engine::UsageTable usage);
    [[nodiscard]] bool printed() const { return !m_columns.empty(); }
    /// "" = any; "Service" of every group, "Service.serving.knative.dev" of one, "Service." of the core.
    [[nodiscard]] bool isOf(int row, const QString& kind) const;
    /// Whether a row is of the kind and a text stands in what it shows.
    [[nodiscard]] bool matches(int row, const QString& kind, const QString& text) const;
    [[nodiscard]] const core::manifest::Value* object(int row) const;
    [[nodiscard]] core::manifest::ResourceKey key(int row) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Entry
    {
        core::manifest::ResourceKey key;
        core::manifest::Value object;
        QString status;
        QString owner;
        std::optional<core::TimePoint> created;
    };
    [[nodiscard]] bool measured() const { return printed() && !m_usage.empty(); }
    [[nodiscard]] QVariant usageData(const Entry& entry, bool memory, int role) const;
    [[nodiscard]] QVariant printedData(const Entry& entry, int column, int role) const;

    struct PrintedColumn
    {
        std::size_t cell = 0; ///< in the rows of the table
        QString name;
        bool number = false;
        bool age = false; ///< sorted by time, not by its words
    };
    std::vector<PrintedColumn> m_columns;
    std::map<core::manifest::ResourceKey, std::vector<std::string>> m_cells;
    std::vector<Entry> m_entries;
    core::engine::UsageTable m_usage;
    core::TimePoint m_now;
};

/// A word or count that tells how an object is: "Running", "2/3", "Bound".
[[nodiscard]] QString statusOf(const core::manifest::Value& object);

/// The object as YAML for people: values of Secrets masked, managed fields left out.
[[nodiscard]] std::string shownYaml(const core::manifest::Value& object);

} // namespace ui
