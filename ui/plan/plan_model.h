// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "ui/base/glyphs.h"
#include "ui/diff/cell_delegate.h"

#include <QAbstractTableModel>

#include <map>
#include <set>
#include <vector>

namespace ui {

/// The tasks of a plan in the order of their execution, with what has become of each in a running sync.
class PlanModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Wave, Resource, Action, Estimate, State, Note, ColumnCount };
    enum Role { GlyphRole = Qt::UserRole, FirstOfWaveRole, ActionRole, RefusedRole };

    using QAbstractTableModel::QAbstractTableModel;

    void setPlan(core::engine::Plan plan);
    [[nodiscard]] const core::engine::Plan& plan() const { return m_plan; }
    [[nodiscard]] const core::engine::PlanTask* task(int row) const;
    /// Live states from the application's tree; only rows whose state changed are told.
    void setApplication(const core::engine::ApplicationPtr& app);

    /// Whether single tasks can be left out: not of a rollback, nor of staged fields.
    void setSelectable(bool selectable) { m_selectable = selectable; }
    /// Tasks that the user leaves out; only those of the plan's own count.
    void setLeftOut(std::set<core::manifest::ResourceKey> leftOut);
    [[nodiscard]] const std::set<core::manifest::ResourceKey>& leftOut() const { return m_leftOut; }
    void toggleLeftOut(int row);
    /// What runs where something is left out; empty: everything. Hooks never are: a selective sync runs none.
    [[nodiscard]] std::vector<core::manifest::ResourceKey> chosen() const;

    [[nodiscard]] int refused() const; ///< tasks that the server's dry run refused
    [[nodiscard]] int restarts() const;
    [[nodiscard]] std::int64_t pods() const; ///< that restart
    [[nodiscard]] int done(const char* phase) const; ///< tasks whose state is this

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

signals:
    void leftOutChanged();

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
    std::set<core::manifest::ResourceKey> m_leftOut;
    bool m_selectable = true;
    bool m_operation = false; ///< states are of an operation that runs or has run for this plan
};

/// Draws a line above each wave, actions as badges, states with their shape.
class PlanDelegate : public CellDelegate
{
    Q_OBJECT

public:
    using CellDelegate::CellDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    bool editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                     const QModelIndex& index) override;
};

/// "40 s", "5 min": about how long something takes.
[[nodiscard]] QString aboutText(core::Duration length);

} // namespace ui
