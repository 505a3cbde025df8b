// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plan/plan_model.h"

#include "ui/base/bidi.h"
#include "ui/base/theme.h"
#include "ui/base/words.h"

#include <QPainter>

#include <algorithm>

namespace ui {

using core::engine::PlanTask;
using core::engine::ResourceDiff;

void PlanModel::setPlan(core::engine::Plan plan)
{
    beginResetModel();
    m_plan = std::move(plan);
    endResetModel();
}

const PlanTask* PlanModel::task(int row) const
{
    return row >= 0 && row < rowCount() ? &m_plan.tasks[static_cast<std::size_t>(row)] : nullptr;
}

void PlanModel::setApplication(const core::engine::ApplicationPtr& app)
{
    std::map<core::manifest::ResourceKey, Live> live;
    const bool operation =
        app && app->operation.phase != core::engine::OperationPhase::None && app->operation.revision == m_plan.revision;
    if (operation)
        for (const auto& node : app->resources)
            if (!node.syncPhase.empty())
                live[node.key] = {node.syncPhase, node.syncMessage};
    const auto before = std::exchange(m_live, std::move(live));
    m_operation = operation;
    for (int row = 0; row < rowCount(); ++row) {
        const auto old = before.find(task(row)->key);
        const Live* now = this->live(row);
        const bool same = old == before.end() ? now == nullptr : now != nullptr && *now == old->second;
        if (!same)
            emit dataChanged(index(row, 0), index(row, ColumnCount - 1));
    }
}

const PlanModel::Live* PlanModel::live(int row) const
{
    const auto found = m_live.find(task(row)->key);
    return found == m_live.end() ? nullptr : &found->second;
}

int PlanModel::refused() const
{
    return static_cast<int>(
        std::ranges::count_if(m_plan.tasks, [](const PlanTask& task) { return !task.dryRunError.empty(); }));
}

int PlanModel::restarts() const
{
    return static_cast<int>(std::ranges::count_if(m_plan.tasks, &PlanTask::restartsPods));
}

int PlanModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_plan.tasks.size());
}

int PlanModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

bool PlanModel::firstOfWave(int row) const
{
    if (row == 0)
        return true;
    const PlanTask* before = task(row - 1);
    return before->phase != task(row)->phase || before->wave != task(row)->wave;
}

Glyph PlanModel::glyph(int row) const
{
    const Live* state = live(row);
    if (state == nullptr)
        return task(row)->dryRunError.empty() ? Glyph::Missing : Glyph::Degraded;
    if (state->phase == "SyncFailed")
        return Glyph::Degraded;
    if (state->phase == "Running" || state->phase == "Pending")
        return Glyph::Progressing;
    return state->phase == "PruneSkipped" ? Glyph::Suspended : Glyph::Healthy;
}

QString PlanModel::stateText(int row) const
{
    const Live* state = live(row);
    if (state == nullptr)
        return task(row)->dryRunError.empty() ? (m_operation ? tr("waits") : tr("planned")) : tr("refused");
    if (state->phase == "Pending")
        return tr("waits");
    if (state->phase == "Running")
        return tr("running");
    if (state->phase == "Synced")
        return tr("done");
    if (state->phase == "SyncFailed")
        return tr("failed");
    if (state->phase == "Pruned")
        return tr("pruned");
    if (state->phase == "PruneSkipped")
        return tr("not pruned");
    return isolate(state->phase);
}

QVariant PlanModel::data(const QModelIndex& index, int role) const
{
    const PlanTask* at = task(index.row());
    if (at == nullptr)
        return {};
    switch (role) {
    case GlyphRole:
        return static_cast<int>(glyph(index.row()));
    case FirstOfWaveRole:
        return firstOfWave(index.row());
    case ActionRole:
        return static_cast<int>(at->action);
    case RefusedRole:
        return !at->dryRunError.empty();
    case Qt::ForegroundRole:
        if (index.column() == Note
            && (!at->dryRunError.empty() || (live(index.row()) && live(index.row())->phase == "SyncFailed")))
            return color(Token::Bad);
        if (index.column() == Wave || index.column() == Note)
            return color(Token::Muted);
        return {};
    case Qt::DisplayRole:
    case Qt::ToolTipRole:
        break;
    default:
        return {};
    }
    switch (index.column()) {
    case Wave: {
        if (role == Qt::DisplayRole && !firstOfWave(index.row()))
            return {};
        const QString wave = tr("wave %1").arg(ltr(number(qint64 {at->wave})));
        return at->phase == "Sync" ? wave : isolate(at->phase) + QStringLiteral(" · ") + wave;
    }
    case Resource:
        return shortKey(at->key);
    case Action:
        return at->restartsPods ? actionText(at->action) + QStringLiteral(" · ") + tr("pods restart")
                                : actionText(at->action);
    case State:
        return stateText(index.row());
    case Note: {
        const Live* state = live(index.row());
        QStringList parts;
        for (const std::string& part : {at->dryRunError, state ? state->message : std::string(), at->note})
            if (!part.empty())
                parts.append(isolate(part));
        return parts.join(QStringLiteral(" · "));
    }
    default:
        return {};
    }
}

QVariant PlanModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Wave:
        return tr("Wave");
    case Resource:
        return tr("Resource");
    case Action:
        return tr("Action");
    case State:
        return tr("State");
    case Note:
        return tr("Note");
    default:
        return {};
    }
}

void PlanDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    if (index.column() == PlanModel::State) {
        painter->save();
        if (option.state & QStyle::State_Selected)
            painter->fillRect(option.rect, color(Token::Selection));
        const auto glyph = static_cast<Glyph>(index.data(PlanModel::GlyphRole).toInt());
        painter->setRenderHint(QPainter::Antialiasing);
        const Token ink = glyph == Glyph::Missing ? Token::Muted : tokenOf(glyph); // not begun is no warning
        paintGlyph(*painter,
                   QStyle::visualRect(option.direction, option.rect,
                                      QRect(option.rect.left() + 4, option.rect.center().y() - 7, 15, 15)),
                   glyph, color(ink));
        painter->setPen(color(ink));
        painter->setFont(uiFont());
        painter->drawText(QStyle::visualRect(option.direction, option.rect, option.rect.adjusted(26, 0, -4, 0)),
                          Qt::AlignVCenter | Qt::AlignAbsolute
                              | (option.direction == Qt::RightToLeft ? Qt::AlignRight : Qt::AlignLeft),
                          index.data().toString());
        painter->restore();
    } else {
        CellDelegate::paint(painter, option, index);
    }
    if (index.row() > 0 && index.data(PlanModel::FirstOfWaveRole).toBool()) {
        painter->setPen(color(Token::Line));
        painter->drawLine(option.rect.topLeft(), option.rect.topRight());
    }
}

} // namespace ui
