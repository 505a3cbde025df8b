// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <QAbstractTableModel>

#include <vector>

namespace ui {

/// The audit log, newest first.
class JournalModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { At, Who, Action, Object, From, To, Result, ColumnCount };
    enum Role { SearchRole = Qt::UserRole }; ///< what is shown, and for the result what is kept beside it

    using QAbstractTableModel::QAbstractTableModel;

    /// Newer entries are put before the ones shown.
    void setEntries(std::vector<core::engine::AuditEntry> entries);
    [[nodiscard]] const core::engine::AuditEntry* entry(int row) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<core::engine::AuditEntry> m_entries;
};

} // namespace ui
