// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/bidi.h"
#include "ui/base/glyphs.h"
#include "ui/base/reasons.h"
#include "ui/base/words.h"
#include "ui/plan/fleet_plan_page.h"

#include <algorithm>
#include <array>

namespace ui {

namespace eng = core::engine;
using Action = eng::ResourceDiff::Action;

int FleetPlanRow::count(Action action) const
{
    return plan ? static_cast<int>(std::ranges::count(plan->tasks, action, &eng::PlanTask::action)) : 0;
}

int FleetPlanRow::restarts() const
{
    return plan ? static_cast<int>(std::ranges::count_if(plan->tasks, &eng::PlanTask::restartsPods)) : 0;
}

int FleetPlanRow::refused() const
{
    return plan ? static_cast<int>(
               std::ranges::count_if(plan->tasks, [](const eng::PlanTask& task) { return !task.dryRunError.empty(); }))
                : 0;
}

bool FleetPlanRow::mayRun() const
{
    return plan && plan->blocked.empty() && !plan->tasks.empty();
}

void FleetPlanModel::setApplications(const std::vector<eng::AppId>& apps)
{
    beginResetModel();
    m_rows.clear();
    for (const auto& app : apps)
        m_rows.push_back({app, std::nullopt, std::nullopt, true, eng::OperationPhase::None});
    endResetModel();
}

void FleetPlanModel::setPlan(const eng::AppId& app, core::Result<eng::Plan> plan)
{
    const auto found = std::ranges::find(m_rows, app, &FleetPlanRow::app);
    if (found == m_rows.end())
        return;
    if (plan)
        found->plan = std::move(*plan);
    else
        found->error = plan.error();
    const int row = static_cast<int>(found - m_rows.begin());
    emit dataChanged(index(row, 0), index(row, ColumnCount - 1));
}

void FleetPlanModel::setSnapshot(const eng::Snapshot& snapshot)
{
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        const auto app = std::ranges::find_if(snapshot.applications, [&](const eng::ApplicationPtr& one) {
            return one->name == m_rows[i].app.name && one->nameSpace == m_rows[i].app.nameSpace;
        });
        if (app == snapshot.applications.end() || (*app)->operation.phase == m_rows[i].phase)
            continue;
        m_rows[i].phase = (*app)->operation.phase;
        const auto cell = index(static_cast<int>(i), State);
        emit dataChanged(cell, cell);
    }
}

int FleetPlanModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int FleetPlanModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(ColumnCount);
}

QString FleetPlanModel::stateText(const FleetPlanRow& row) const
{
    if (row.error)
        return isolate(row.error->message);
    if (!row.plan)
        return tr("planning…");
    if (row.phase == eng::OperationPhase::Running || row.phase == eng::OperationPhase::Terminating)
        return phaseText(row.phase);
    if (!row.plan->blocked.empty())
        return tr("may not run now: %1").arg(reasonText(row.plan->blocked));
    if (row.plan->tasks.empty())
        return tr("nothing to do");
    return row.refused() > 0 ? tr("the server refuses a part") : tr("ready");
}

QVariant FleetPlanModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const FleetPlanRow& row = m_rows[static_cast<std::size_t>(index.row())];
    if (role == Qt::CheckStateRole && index.column() == Application)
        return row.chosen ? Qt::Checked : Qt::Unchecked;
    if (role == Qt::DecorationRole && index.column() == State)
        return glyphIcon(row.error || row.refused() > 0  ? Glyph::Degraded
                             : !row.plan                 ? Glyph::Progressing
                             : row.plan->blocked.empty() ? glyphOf(row.phase)
                                                         : Glyph::Suspended);
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole)
        return {};
    const auto count = [&](int value) { return !row.plan ? QString() : number(qint64 {value}); };
    switch (index.column()) {
    case Application:
        return qs(row.app.name);
    case Creates:
        return count(row.count(Action::Create));
    case Changes:
        return count(row.count(Action::Patch) + row.count(Action::Replace));
    case Prunes:
        return count(row.count(Action::Prune));
    case Restarts:
        return count(row.restarts());
    case Refused:
        return count(row.refused());
    case Radius:
        return count(row.plan ? row.plan->blastRadius : 0);
    default:
        return stateText(row);
    }
}

QVariant FleetPlanModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    const std::array titles {tr("Application"), tr("create"),  tr("change"),       tr("prune"),
                             tr("restarts"),    tr("refused"), tr("blast radius"), tr("State")};
    return titles.at(static_cast<std::size_t>(section));
}

bool FleetPlanModel::setData(const QModelIndex& index, const QVariant& value, int role)
{
    if (role != Qt::CheckStateRole || index.column() != Application || !index.isValid())
        return false;
    m_rows[static_cast<std::size_t>(index.row())].chosen = value.toInt() == Qt::Checked;
    emit dataChanged(index, index);
    emit chosenChanged();
    return true;
}

Qt::ItemFlags FleetPlanModel::flags(const QModelIndex& index) const
{
    const auto given = QAbstractTableModel::flags(index);
    return index.column() == Application ? given | Qt::ItemIsUserCheckable : given;
}

} // namespace ui
