// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "ui/base/glyphs.h"
#include "ui/diff/cell_delegate.h"

#include <QAbstractTableModel>

#include <map>

namespace ui {

/// The tasks of a plan in the order of their execution, with what has become of each in a running sync.
class PlanModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Wave, Resource, Action, State, Note, ColumnCount };
    enum Role { GlyphRole = Qt::UserRole, FirstOfWaveRole, ActionRole, RefusedRole };

    using QAbstractTableModel::QAbstractTableModel;

    void setPlan(core::engine::Plan plan);
    [[nodiscard]] const core::engine::Plan& plan() const { return m_plan; }
    [[nodiscard]] const core::engine::PlanTask* task(int row) const;
    /// Live states from the application's tree; only rows whose state changed are told.
    void setApplication(const core::engine::ApplicationPtr& app);

    [[nodiscard]] int refused() const; ///< tasks that the server's dry run refused
    [[nodiscard]] int restarts() const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Live
    {
        std::string phase;
        std::string message;
        friend bool operator==(const Live&, const Live&) = default;
    };
    [[nodiscard]] const Live* live(int row) const;
    [[nodiscard]] QString stateText(int row) const;
    [[nodiscard]] Glyph glyph(int row) const;
    [[nodiscard]] bool firstOfWave(int row) const;

    core::engine::Plan m_plan;
    std::map<core::manifest::ResourceKey, Live> m_live;
    bool m_operation = false; ///< states are of an operation that runs or has run for this plan
};

/// Draws a line above each wave, actions as badges, states with their shape.
class PlanDelegate : public CellDelegate
{
    Q_OBJECT

public:
    using CellDelegate::CellDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

} // namespace ui
