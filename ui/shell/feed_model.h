// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "ui/base/glyphs.h"

#include <QAbstractTableModel>

namespace ui {

/// One line of the lists at the bottom of the window.
struct FeedRow
{
    core::TimePoint at;
    Glyph glyph = Glyph::None;
    QString object;
    QString text;
    QString more; ///< third column, may be empty
    core::engine::AppId app;
    std::optional<core::manifest::ResourceKey> key;
    bool running = false; ///< an operation that can be ended
    int task = 0; ///< of TaskList; 0: an operation of the cluster's
    friend bool operator==(const FeedRow&, const FeedRow&) = default;
};

/// Time, shape, object, words: events, operations, problems, notices. Newest (or worst) first.
class FeedModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Time, Shape, Object, Text, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;
    /// Keeps what stands; new rows at the front are inserted, so nothing jumps.
    void setRows(std::vector<FeedRow> rows);
    [[nodiscard]] const FeedRow& row(int index) const { return m_rows.at(static_cast<std::size_t>(index)); }
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<FeedRow> m_rows;
};

[[nodiscard]] std::vector<FeedRow> eventRows(const core::engine::Snapshot& snapshot);
/// What runs in this window first, then the applications' operations.
[[nodiscard]] std::vector<FeedRow> operationRows(const core::engine::Snapshot& snapshot);
[[nodiscard]] std::vector<FeedRow> problemRows(const core::engine::Snapshot& snapshot);
[[nodiscard]] std::vector<FeedRow> notificationRows(const core::engine::Snapshot& snapshot);

} // namespace ui
