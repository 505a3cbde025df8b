// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plan/plan_model.h"

#include "ui/base/bidi.h"
#include "ui/base/theme.h"
#include "ui/base/words.h"

#include <QKeyEvent>
#include <QMouseEvent>
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

std::int64_t PlanModel::pods() const
{
    std::int64_t sum = 0;
    for (const PlanTask& task : m_plan.tasks)
        sum += task.pods;
    return sum;
}

int PlanModel::done(const char* phase) const
{
    return static_cast<int>(
        std::ranges::count_if(m_live, [&](const auto& entry) { return entry.second.phase == phase; }));
}

void PlanModel::setLeftOut(std::set<core::manifest::ResourceKey> leftOut)
{
    std::erase_if(leftOut, [this](const auto& key) {
        return std::ranges::none_of(m_plan.tasks, [&](const PlanTask& task) { return task.key == key; });
    });
    if (leftOut == m_leftOut)
        return;
    m_leftOut = std::move(leftOut);
    if (rowCount() > 0)
        emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
    emit leftOutChanged();
}

void PlanModel::toggleLeftOut(int row)
{
    if (task(row) == nullptr || !m_selectable)
        return;
    auto leftOut = m_leftOut;
    if (leftOut.erase(task(row)->key) == 0)
        leftOut.insert(task(row)->key);
    setLeftOut(std::move(leftOut));
}

std::vector<core::manifest::ResourceKey> PlanModel::chosen() const
{
    std::vector<core::manifest::ResourceKey> out;
    if (m_leftOut.empty())
        return out;
    for (const PlanTask& task : m_plan.tasks)
        if (!m_leftOut.contains(task.key) && task.action != ResourceDiff::Action::Hook)
            out.push_back(task.key);
    return out;
}

Qt::ItemFlags PlanModel::flags(const QModelIndex& index) const
{
    const Qt::ItemFlags flags = QAbstractTableModel::flags(index);
    return index.column() == Resource ? flags | Qt::ItemIsUserCheckable : flags;
}

bool PlanModel::setData(const QModelIndex& index, const QVariant& value, int role)
{
    const PlanTask* at = task(index.row());
    if (role != Qt::CheckStateRole || index.column() != Resource || at == nullptr)
        return false;
    if ((value.value<Qt::CheckState>() == Qt::Checked) == m_leftOut.contains(at->key))
        toggleLeftOut(index.row());
    return true;
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
    if (state == nullptr && m_leftOut.contains(task(row)->key))
        return tr("left out");
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
    case Qt::CheckStateRole:
        return index.column() == Resource && m_selectable
            ? QVariant::fromValue(m_leftOut.contains(at->key) ? Qt::Unchecked : Qt::Checked)
            : QVariant();
    case Qt::ForegroundRole:
        if (index.column() == Note
            && (!at->dryRunError.empty() || (live(index.row()) && live(index.row())->phase == "SyncFailed")))
            return color(Token::Bad);
        if (m_leftOut.contains(at->key))
            return color(Token::Muted);
        if (index.column() == Note && !at->usedBy.empty())
            return color(Token::Warn);
        if (index.column() == Estimate || index.column() == Wave || index.column() == Note)
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
    case Action: {
        QStringList parts {actionText(at->action)};
        if (at->restartsPods)
            parts.append(at->pods > 0 ? withDigits(tr("%n pod(s) restart", nullptr, static_cast<int>(at->pods)))
                                      : tr("pods restart"));
        if (at->gpus != 0)
            parts.append(gpuChange(at->gpus));
        return parts.join(QStringLiteral(" · "));
    }
    case Estimate:
        return at->estimate ? aboutText(*at->estimate) : QString();
    case State:
        return stateText(index.row());
    case Note: {
        const Live* state = live(index.row());
        QStringList parts;
        for (const std::string& part : {at->dryRunError, state ? state->message : std::string(), at->note})
            if (!part.empty())
                parts.append(isolate(part));
        if (!at->usedBy.empty()) {
            constexpr std::size_t kMost = 3;
            QStringList users;
            for (std::size_t i = 0; i < std::min(at->usedBy.size(), kMost); ++i)
                users.append(shortKey(at->usedBy[i]));
            if (at->usedBy.size() > kMost)
                users.append(QStringLiteral("…"));
            parts.prepend(tr("still used by %1").arg(users.join(QStringLiteral(", "))));
        }
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
    case Estimate:
        return tr("Takes about");
    case State:
        return tr("State");
    case Note:
        return tr("Note");
    default:
        return {};
    }
}

QString aboutText(core::Duration length)
{
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(length).count();
    if (seconds < 100)
        return PlanModel::tr("%1 s").arg(number(std::max<qint64>(1, seconds)));
    if (seconds < 100 * 60)
        return PlanModel::tr("%1 min").arg(number(qint64 {(seconds + 30) / 60}));
    return PlanModel::tr("%1 h").arg(number(qint64 {(seconds + 1800) / 3600}));
}

namespace {

QRect boxOf(const QStyleOptionViewItem& option)
{
    return QStyle::visualRect(option.direction, option.rect,
                              QRect(option.rect.left() + 8, option.rect.center().y() - 6, 13, 13));
}

} // namespace

bool PlanDelegate::editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                               const QModelIndex& index)
{
    const bool click = event->type() == QEvent::MouseButtonRelease
        && boxOf(option).adjusted(-6, -6, 6, 6).contains(static_cast<QMouseEvent*>(event)->pos());
    const bool space = event->type() == QEvent::KeyPress && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Space;
    if (index.column() != PlanModel::Resource || (!click && !space))
        return CellDelegate::editorEvent(event, model, option, index);
    const bool checked = index.data(Qt::CheckStateRole).value<Qt::CheckState>() == Qt::Checked;
    return model->setData(index, QVariant::fromValue(checked ? Qt::Unchecked : Qt::Checked), Qt::CheckStateRole);
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
    } else if (index.column() == PlanModel::Resource) {
        if (option.state & QStyle::State_Selected)
            painter->fillRect(option.rect, color(Token::Selection));
        const QVariant checked = index.data(Qt::CheckStateRole);
        if (!checked.isValid()) {
            CellDelegate::paint(painter, option, index);
        } else {
            paintCheckBox(*painter, boxOf(option), checked.value<Qt::CheckState>() == Qt::Checked);
            QStyleOptionViewItem text(option);
            text.rect = option.direction == Qt::RightToLeft ? option.rect.adjusted(0, 0, -20, 0)
                                                            : option.rect.adjusted(20, 0, 0, 0);
            CellDelegate::paint(painter, text, index);
        }
    } else {
        CellDelegate::paint(painter, option, index);
    }
    if (index.row() > 0 && index.data(PlanModel::FirstOfWaveRole).toBool()) {
        painter->setPen(color(Token::Line));
        painter->drawLine(option.rect.topLeft(), option.rect.topRight());
    }
}

} // namespace ui
