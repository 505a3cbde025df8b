// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rollouts/rollouts_page.h"

#include "ui/base/access.h"
#include "ui/base/bidi.h"
#include "ui/base/engine_bridge.h"
#include "ui/base/flexible_column.h"
#include "ui/base/icons.h"
#include "ui/base/states.h"
#include "ui/base/widgets.h"
#include "ui/base/words.h"
#include "ui/base/workbench.h"
#include "ui/rollouts/rollout_charts.h"
#include "ui/rollouts/rollout_commands.h"
#include "ui/rollouts/rollouts_model.h"

#include <QAction>
#include <QHeaderView>
#include <QLineEdit>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace ui {

namespace {

core::engine::AppId appOf(const core::engine::Snapshot& snapshot, const core::engine::Rollout& rollout)
{
    for (const auto& app : snapshot.applications)
        if (app->name == rollout.application)
            return {app->nameSpace, app->name};
    return {};
}

/// Rollouts in which every word stands somewhere: name, application, cluster, state, what it waits for.
class RolloutsFilter : public QSortFilterProxyModel
{
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;
    void setWords(const QString& text)
    {
        m_words = text.split(u' ', Qt::SkipEmptyParts);
        invalidateFilter();
    }

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override
    {
        return std::ranges::all_of(m_words, [&](const QString& word) {
            for (int column = 0; column < RolloutsModel::ColumnCount; ++column)
                if (plain(sourceModel()->index(row, column, parent).data().toString())
                        .contains(word, Qt::CaseInsensitive))
                    return true;
            return false;
        });
    }

private:
    QStringList m_words;
};

} // namespace

RolloutsPage::RolloutsPage(const PageContext& context, PageId id, QWidget* parent)
    : Page(context, std::move(id), parent)
    , m_model(new RolloutsModel(this))
    , m_sorted(new RolloutsFilter(this))
    , m_gate(new AccessGate(bridge(), this))
{
    setObjectName(QStringLiteral("rolloutsPage"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    auto* bar = new PageBar(this);
    m_search = new QLineEdit(bar);
    m_search->setObjectName(QStringLiteral("rolloutFilter"));
    m_search->setClearButtonEnabled(true);
    m_search->setMaximumWidth(320);
    bar->addWidget(m_search, 1);
    m_count = new TokenLabel(Token::Muted, bar);
    m_count->setObjectName(QStringLiteral("rolloutCount"));
    bar->addWidget(m_count);
    bar->addStretch();
    layout->addWidget(bar);
    m_sorted->setSourceModel(m_model);
    m_sorted->setSortRole(RolloutsModel::SortRole);
    m_sorted->setDynamicSortFilter(true);
    m_table = new QTableView(this);
    m_table->setObjectName(QStringLiteral("rollouts"));
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setModel(m_sorted);
    m_table->setItemDelegate(new RolloutDelegate(m_table));
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setShowGrid(false);
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(RolloutsModel::Phase, Qt::AscendingOrder);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(Theme::instance().rowHeight() + 4);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeading | Qt::AlignVCenter);
    m_table->setWordWrap(false);
    m_table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    const std::array widths {200, 130, 140, 100, 64, 70, 240, 150};
    for (int column = 0; column < RolloutsModel::ColumnCount; ++column)
        m_table->setColumnWidth(column, widths[static_cast<std::size_t>(column)]);
    FlexibleColumn::install(*m_table->horizontalHeader(), RolloutsModel::Waiting, 200);
    m_table->setContextMenuPolicy(Qt::ActionsContextMenu);
    m_area = new StatefulArea(m_table, this);
    layout->addWidget(m_area, 1);
    connect(m_search, &QLineEdit::textChanged, this, [this](const QString& text) {
        static_cast<RolloutsFilter*>(m_sorted)->setWords(text);
        updateCount();
    });
    connect(m_gate, &AccessGate::changed, this, &RolloutsPage::updateActions);
    connect(m_table, &QTableView::activated, this, &RolloutsPage::open);
    connect(m_table, &QTableView::doubleClicked, this, &RolloutsPage::open);
    setFocusProxy(m_table);
    setupActions();
    retranslate();
}

QString RolloutsPage::title() const
{
    return tr("Rollouts");
}

QIcon RolloutsPage::icon() const
{
    return ui::icon(QLatin1String("canary"));
}

core::engine::RolloutPtr RolloutsPage::current() const
{
    return m_model->rollout(m_sorted->mapToSource(m_table->currentIndex()).row());
}

void RolloutsPage::open(const QModelIndex& index)
{
    if (const auto rollout = m_model->rollout(m_sorted->mapToSource(index).row()))
        workbench().open(
            {PageKind::Canary, appOf(*bridge().snapshot(), *rollout), rolloutArgument(rollout->key, rollout->cluster)});
}

void RolloutsPage::setupActions()
{
    using Action = core::engine::Engine::RolloutAction;
    for (const Action what : {Action::Promote, Action::PromoteFull, Action::SkipStep, Action::Pause, Action::Abort,
                              Action::Retry, Action::Restart}) {
        auto* action = new QAction(this);
        action->setData(static_cast<int>(what));
        connect(action, &QAction::triggered, this, [this, what] {
            if (const auto rollout = current())
                actOn(engine(), workbench(), *rollout, what);
        });
        m_actions.append(action);
    }
    m_table->addActions(m_actions);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentChanged, this, &RolloutsPage::updateActions);
    auto* find = new QAction(this);
    find->setShortcut(QKeySequence(Qt::Key_Slash));
    find->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(find, &QAction::triggered, this, [this] { m_search->setFocus(Qt::ShortcutFocusReason); });
    addAction(find);
}

void RolloutsPage::updateActions()
{
    using Action = core::engine::Engine::RolloutAction;
    const auto rollout = current();
    for (QAction* action : std::as_const(m_actions)) {
        const QString why =
            rollout ? whyNot(*rollout, static_cast<Action>(action->data().toInt()), *m_gate) : QString();
        action->setEnabled(rollout && why.isEmpty());
        action->setToolTip(why.isEmpty() ? action->text() : why);
    }
}

void RolloutsPage::updateCount()
{
    qint64 waiting = 0;
    for (int row = 0; row < m_sorted->rowCount(); ++row)
        waiting += attentionOf(*m_model->rollout(m_sorted->mapToSource(m_sorted->index(row, 0)).row()))
                <= Attention::WaitsForDecision
            ? 1
            : 0;
    m_count->setText(tr("%n rollout(s)", nullptr, m_sorted->rowCount()) + QStringLiteral(" · ")
                     + tr("%n need(s) a person", nullptr, static_cast<int>(waiting)));
}

void RolloutsPage::setSnapshot(const core::engine::SnapshotPtr& snapshot)
{
    m_model->setSnapshot(snapshot);
    updateCount();
    updateActions(); // what is of use changes with the rollout's state
    m_table->setColumnHidden(RolloutsModel::Cluster, snapshot->clusters.empty());
    m_area->stale().showText(silentClusters(*snapshot));
    m_area->setState(m_model->rowCount() == 0 ? StatefulArea::State::Empty : StatefulArea::State::Content);
}

void RolloutsPage::retranslate()
{
    using Action = core::engine::Engine::RolloutAction;
    for (QAction* action : std::as_const(m_actions))
        action->setText(actionName(static_cast<Action>(action->data().toInt())));
    m_table->setAccessibleName(tr("Rollouts"));
    m_search->setPlaceholderText(tr("Filter by name, application, state…"));
    m_search->setAccessibleName(m_search->placeholderText());
    m_area->empty().setText(tr("No rollout in any cluster yet."));
    setSnapshot(bridge().snapshot());
}

} // namespace ui
