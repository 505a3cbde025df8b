// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/bidi.h"
#include "ui/base/engine_bridge.h"
#include "ui/base/export.h"
#include "ui/base/reasons.h"
#include "ui/base/words.h"
#include "ui/base/workbench.h"
#include "ui/editor/notice_bar.h"
#include "ui/plan/plan_model.h"
#include "ui/plan/plan_page.h"
#include "ui/rollouts/preview_view.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QMenu>
#include <QPushButton>
#include <QTableView>

#include <algorithm>
#include <set>

// The run of a plan: what it tells while it runs and when it has ended, and the ways from there.

namespace ui {

using core::engine::OperationPhase;
using core::manifest::ResourceKey;

QString PlanPage::reportText() const
{
    if (m_stagedDone)
        return tr("The staged fields are written.");
    if (!m_staged.empty() || !m_app || m_app->operation.phase == OperationPhase::None)
        return {};
    const core::engine::OperationState& operation = m_app->operation;
    const bool runs = running();
    QStringList parts;
    if (!runs && operation.revision != m_model->plan().revision && !operation.revision.empty())
        parts.append(tr("Last sync, to %1").arg(ltr(shortRevision(operation.revision))));
    parts.append(phaseText(operation.phase));
    if (const int done = m_model->done("Synced") + m_model->done("Pruned"); !runs && done > 0)
        parts.append(tr("%1 done").arg(number(qint64 {done})));
    if (operation.total > 0 && runs)
        parts.append(
            tr("%1 of %2 done")
                .arg(number(static_cast<qint64>(operation.done)), number(static_cast<qint64>(operation.total))));
    if (const int failed = m_model->done("SyncFailed"); failed > 0)
        parts.append(tr("%1 failed").arg(number(qint64 {failed})));
    if (operation.startedAt) {
        const auto end = operation.finishedAt.value_or(bridge().snapshot()->at);
        if (end > *operation.startedAt && !runs)
            parts.append(tr("took %1").arg(aboutText(end - *operation.startedAt)));
    }
    if (operation.retryCount > 0)
        parts.append(withDigits(tr("%n retries", nullptr, static_cast<int>(operation.retryCount))));
    if (runs && !operation.waitingFor.empty())
        parts.append(reasonText(operation.waitingFor));
    else if (!operation.message.empty())
        parts.append(reasonText(operation.message));
    if (!runs && operation.phase != OperationPhase::None && !operation.initiatedBy.empty())
        parts.append(tr("by %1").arg(isolate(operation.initiatedBy)));
    return parts.join(QStringLiteral(" · "));
}

/// A while after a sync has ended its way back is one click away.
void PlanPage::showUndo()
{
    const bool ended = m_app && m_app->operation.phase == OperationPhase::Succeeded && m_app->operation.finishedAt
        && m_app->operation.revision == m_model->plan().revision && m_app->history.size() > 1
        && m_app->history.front().revision == m_app->operation.revision
        && m_app->history[1].revision != m_app->operation.revision && m_staged.empty();
    const auto until = ended ? *m_app->operation.finishedAt + kUndoWindow : core::TimePoint();
    const bool open = ended && until > bridge().snapshot()->at;
    m_undo->setVisible(open);
    m_actions.back()->setEnabled(open);
    if (open)
        m_undo->setToolTip(tr("Plans the way back to deployment %1. Offered until %2; later from the history.")
                               .arg(number(m_app->history[1].id), clockTime(until)));
}

void PlanPage::undo()
{
    if (m_app && m_app->history.size() > 1)
        workbench().open({PageKind::Plan, id().app, QStringLiteral("rollback:%1").arg(m_app->history[1].id)});
}

QString PlanPage::markdown() const
{
    const auto& plan = m_model->plan();
    const auto cell = [](QString text) { return plain(text).replace(u'|', QStringLiteral("\\|")); };
    QString text =
        QStringLiteral("# %1 %2 @ %3\n\n")
            .arg(rollback() != nullptr ? tr("Rollback") : tr("Plan"), qs(id().app.name), shortRevision(plan.revision));
    QStringList facts {tr("blast radius %1").arg(QStringLiteral("%1 / 100").arg(plan.blastRadius))};
    if (!plan.blocked.empty())
        facts.append(tr("It may not run now: %1").arg(reasonText(plan.blocked)));
    if (m_model->refused() > 0)
        facts.append(tr("%1 refused").arg(m_model->refused()));
    if (plan.estimate)
        facts.append(tr("takes about %1").arg(aboutText(*plan.estimate)));
    if (const QString report = reportText(); !report.isEmpty())
        facts.append(report);
    for (const auto& quota : plan.quotas)
        facts.append(QStringLiteral("%1 %2: %3 → %4 / %5%6")
                         .arg(qs(quota.name), qs(quota.resource), qs(quota.used), qs(quota.after), qs(quota.hard),
                              quota.exceeded ? QStringLiteral(" ✗") : QString()));
    for (const QString& fact : facts)
        text += QStringLiteral("- ") + plain(fact) + u'\n';
    text += QStringLiteral("\n|");
    for (int column = 0; column < PlanModel::ColumnCount; ++column)
        text += cell(m_model->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString()) + u'|';
    text += QStringLiteral("\n|") + QStringLiteral("---|").repeated(PlanModel::ColumnCount) + u'\n';
    for (int row = 0; row < m_model->rowCount(); ++row) {
        text += u'|';
        for (int column = 0; column < PlanModel::ColumnCount; ++column)
            text += cell(m_model->index(row, column).data().toString()) + u'|';
        text += u'\n';
    }
    for (const auto& change : plan.rollouts)
        text += QStringLiteral("\n**%1**: ").arg(plain(shortKey(change.rollout)))
            + plain(PreviewView::summaryOf(change.preview)) + u'\n';
    for (const auto& problem : plan.problems)
        text += QStringLiteral("\n- ") + plain(reasonText(problem.message));
    return text + u'\n';
}

void PlanPage::exportPlan()
{
    exportDocument(*this, workbench(), tr("Export the plan"), qs(id().app.name) + QStringLiteral("-plan"),
                   QStringLiteral("exportDialog"), [this] { return markdown(); });
}

void PlanPage::taskMenu(const QPoint& at)
{
    const int row = m_table->indexAt(at).row();
    const auto* task = m_model->task(row);
    if (task == nullptr)
        return;
    m_table->setCurrentIndex(m_model->index(row, 0));
    auto* menu = new QMenu(m_table);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (QAction* action : m_actions) {
        const QString name = action->objectName();
        if (name == QLatin1String("leaveOut") || name == QLatin1String("taskLogs")
            || name == QLatin1String("taskEvents"))
            menu->addAction(action);
    }
    connect(menu->addAction(tr("Only this one")), &QAction::triggered, this, [this, key = task->key] {
        std::set<ResourceKey> others;
        for (const auto& other : m_model->plan().tasks)
            if (other.key != key)
                others.insert(other.key);
        m_model->setLeftOut(std::move(others));
    });
    connect(menu->addAction(tr("Everything")), &QAction::triggered, this, [this] { m_model->setLeftOut({}); });
    connect(menu->addAction(tr("Copy the name")), &QAction::triggered, this,
            [name = qs(task->key.name)] { QGuiApplication::clipboard()->setText(name); });
    menu->popup(m_table->viewport()->mapToGlobal(at));
}

void PlanPage::openLogs()
{
    const auto* task = m_model->task(m_table->currentIndex().row());
    if (task == nullptr || !m_app)
        return;
    // Parents stand before children: one walk finds all that it owns.
    std::set<ResourceKey> family {task->key};
    for (const auto& node : m_app->resources) {
        if (std::ranges::any_of(node.parents, [&](const auto& parent) { return family.contains(parent); }))
            family.insert(node.key);
        if (node.key.kind == "Pod" && family.contains(node.key))
            return workbench().open({PageKind::Logs, id().app, qs(node.key.nameSpace + "/" + node.key.name)});
    }
    workbench().inspect(id().app, task->key);
}

void PlanPage::openEvents()
{
    if (const auto* task = m_model->task(m_table->currentIndex().row()))
        workbench().inspect(id().app, task->key);
}

} // namespace ui
