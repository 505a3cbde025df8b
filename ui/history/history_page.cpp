// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/history/history_page.h"

#include "ui/base/access.h"
#include "ui/base/bidi.h"
#include "ui/base/engine_bridge.h"
#include "ui/base/icons.h"
#include "ui/base/run_task.h"
#include "ui/base/states.h"
#include "ui/base/style.h"
#include "ui/base/widgets.h"
#include "ui/base/workbench.h"
#include "ui/editor/notice_bar.h"

#include <QAction>
#include <QListView>
#include <QPushButton>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>
#include <set>

namespace ui {

namespace eng = core::engine;

HistoryPage::HistoryPage(const PageContext& context, PageId id, QWidget* parent)
    : Page(context, std::move(id), parent)
    , m_model(new HistoryModel(this))
    , m_view(new QListView(this))
    , m_area(new StatefulArea(m_view, this))
    , m_note(new TokenLabel(Token::Muted, this))
    , m_deploymentsOnly(new Chip({}, this))
    , m_rollBack(new QPushButton(this))
    , m_revert(new QPushButton(this))
    , m_compare(new QPushButton(this))
    , m_mark(new QPushButton(this))
    , m_pause(new NoticeBar(Token::Warn, Token::WarnTint, this))
    , m_resume(m_pause->addButton(QStringLiteral("resumeAutoSync")))
    , m_action(new QAction(this))
    , m_revertAction(new QAction(this))
    , m_compareAction(new QAction(this))
    , m_markAction(new QAction(this))
    , m_gate(new AccessGate(bridge(), this))
    , m_timer(new QTimer(this))
{
    setObjectName(QStringLiteral("historyPage"));
    m_view->setObjectName(QStringLiteral("historyView"));
    m_view->setModel(m_model);
    m_view->setItemDelegate(timelineDelegate(m_view));
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setMouseTracking(true);
    m_view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    setupBar();
    m_pause->setObjectName(QStringLiteral("autoSyncPause"));
    layout->addWidget(m_pause);
    layout->addWidget(m_area, 1);
    m_area->setState(StatefulArea::State::Loading);
    m_action->setIcon(ui::icon(QLatin1String("undo")));
    m_action->setObjectName(QStringLiteral("rollBackAction"));
    m_revertAction->setObjectName(QStringLiteral("revertAction"));
    m_compareAction->setObjectName(QStringLiteral("compareAction"));
    m_compareAction->setShortcut(Qt::Key_D);
    m_markAction->setObjectName(QStringLiteral("markBadAction"));
    for (QAction* action : {m_compareAction, m_markAction}) {
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        addAction(action);
    }
    connect(m_compareAction, &QAction::triggered, this, &HistoryPage::compare);
    connect(m_markAction, &QAction::triggered, this, &HistoryPage::markBad);
    connect(m_view->selectionModel(), &QItemSelectionModel::selectionChanged, this, &HistoryPage::updateButtons);
    connect(m_resume, &QPushButton::clicked, this, [this] {
        workbench().run(tr("Switch automated sync of %1 on").arg(isolate(this->id().app.name)),
                        [&engine = engine(), app = this->id().app] { return engine.setAutoSync(app, true); });
    });
    m_timer->setSingleShot(true);
    m_timer->setInterval(1'000);
    connect(m_timer, &QTimer::timeout, this, &HistoryPage::reload);
    connect(m_action, &QAction::triggered, this, &HistoryPage::rollBack);
    connect(m_revertAction, &QAction::triggered, this, &HistoryPage::revert);
    connect(m_gate, &AccessGate::changed, this, &HistoryPage::updateButtons);
    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this, &HistoryPage::updateButtons);
    connect(m_model, &QAbstractItemModel::modelReset, this, &HistoryPage::updateButtons);
    connect(m_view, &QListView::activated, this, &HistoryPage::rollBack);
    setFocusProxy(m_view);
    retranslate();
    reload();
}

void HistoryPage::setupBar()
{
    m_rollBack->setObjectName(QStringLiteral("rollBack"));
    setButtonRole(m_rollBack, ButtonRole::Danger);
    m_revert->setObjectName(QStringLiteral("revertCommit"));
    m_compare->setObjectName(QStringLiteral("compareDeployments"));
    m_mark->setObjectName(QStringLiteral("markBad"));
    connect(m_compare, &QPushButton::clicked, this, &HistoryPage::compare);
    connect(m_mark, &QPushButton::clicked, this, &HistoryPage::markBad);
    m_deploymentsOnly->setObjectName(QStringLiteral("deploymentsOnly"));
    m_deploymentsOnly->setCheckable(true);
    auto* bar = new PageBar(this);
    bar->addWidget(m_note);
    bar->addStretch();
    bar->addWidget(m_deploymentsOnly);
    bar->addWidget(m_compare);
    bar->addWidget(m_mark);
    bar->addWidget(m_revert);
    bar->addWidget(m_rollBack);
    static_cast<QVBoxLayout*>(layout())->addWidget(bar);
    connect(m_rollBack, &QPushButton::clicked, this, &HistoryPage::rollBack);
    connect(m_revert, &QPushButton::clicked, this, &HistoryPage::revert);
    connect(m_deploymentsOnly, &Chip::toggled, m_model, &HistoryModel::setDeploymentsOnly);
}

QString HistoryPage::title() const
{
    return tr("History");
}

QIcon HistoryPage::icon() const
{
    return ui::icon(QLatin1String("history"));
}

QList<QAction*> HistoryPage::actions() const
{
    return {m_action, m_revertAction, m_compareAction, m_markAction};
}

void HistoryPage::retranslate()
{
    m_view->setAccessibleName(tr("Timeline"));
    m_note->setText(tr("Choose a deployment, or two points to compare."));
    m_resume->setText(tr("Switch it on"));
    showPause();
    m_deploymentsOnly->setText(tr("Deployments only"));
    m_area->empty().setText(tr("Nothing was deployed yet. The first sync makes the first entry."));
    m_revert->setText(tr("Revert in Git…"));
    m_revertAction->setText(tr("Revert the commit in Git…"));
    updateButtons();
    m_view->viewport()->update();
}

void HistoryPage::rethemed()
{
    m_view->viewport()->update();
}

void HistoryPage::setSnapshot(const eng::SnapshotPtr& snapshot)
{
    m_app = application(*snapshot);
    m_model->setHistory(m_app ? m_app->history : std::vector<eng::HistoryEntry>(), snapshot->at);
    m_model->setEvents(*snapshot->events, id().app.name);
    m_model->setBadRevisions(m_app ? m_app->badRevisions : std::map<std::string, std::string>());
    m_area->setState(m_model->rowCount() == 0 ? StatefulArea::State::Empty : StatefulArea::State::Content);
    showPause();
    updateButtons();
    if (!m_timer->isActive())
        m_timer->start();
}

/// What was done to the application and to what belongs to it.
void HistoryPage::reload()
{
    constexpr std::size_t kMost = 2'000;
    if (m_running)
        return;
    m_running = true;
    runTask(
        this,
        [&engine = engine()] {
            return std::make_shared<core::Result<std::vector<eng::AuditEntry>>>(engine.audit(kMost));
        },
        [this](const std::shared_ptr<core::Result<std::vector<eng::AuditEntry>>>& entries) {
            m_running = false;
            if (!*entries) {
                m_area->error().showError(tr("Reading the journal"), entries->error());
                return;
            }
            m_area->error().clear();
            std::set<std::string> mine {"Application/" + id().app.nameSpace + "/" + id().app.name};
            if (m_app)
                for (const auto& node : m_app->resources)
                    mine.insert(node.key.text());
            std::erase_if(**entries, [&](const eng::AuditEntry& entry) { return !mine.contains(entry.object); });
            m_model->setActions(std::move(**entries));
            m_area->setState(m_model->rowCount() == 0 ? StatefulArea::State::Empty : StatefulArea::State::Content);
        });
}

const eng::HistoryEntry* HistoryPage::chosen() const
{
    const QModelIndex current = m_view->currentIndex();
    if (!current.isValid() || current.row() >= m_model->rowCount())
        return nullptr;
    const auto& entry = m_model->entry(current.row());
    return entry.deployment ? &*entry.deployment : nullptr;
}

void HistoryPage::updateButtons()
{
    const auto* entry = chosen();
    const bool earlier = entry != nullptr && m_view->currentIndex().row() != m_model->currentRow();
    const QString denied = m_gate->whyNot({"patch", {"argoproj.io", "Application"}, {}, id().app.nameSpace, {}});
    m_rollBack->setEnabled(earlier && denied.isEmpty());
    m_action->setEnabled(m_rollBack->isEnabled());
    const QString text = earlier ? tr("Roll back to %1…").arg(number(entry->id)) : tr("Roll back…");
    m_rollBack->setText(text);
    m_action->setText(text);
    m_rollBack->setToolTip(!earlier ? tr("Choose an earlier deployment first.") : denied);
    const auto rows = selectedRows();
    const bool two = rows.size() == 2;
    m_compare->setEnabled(two || rows.size() == 1);
    m_compareAction->setEnabled(m_compare->isEnabled());
    m_compare->setText(two ? tr("Compare both") : tr("Compare with live"));
    m_compareAction->setText(m_compare->text());
    const bool bad = entry != nullptr && m_model->badRevisions().contains(entry->revision);
    m_mark->setEnabled(entry != nullptr && denied.isEmpty());
    m_markAction->setEnabled(m_mark->isEnabled());
    m_mark->setText(bad ? tr("No longer bad") : tr("Mark as bad…"));
    m_markAction->setText(m_mark->text());
    m_mark->setToolTip(denied.isEmpty() ? tr("Automated sync never deploys a commit that is marked as bad") : denied);
    const bool readOnly = bridge().snapshot()->connection.readOnly;
    m_revert->setEnabled(entry != nullptr && !readOnly);
    m_revertAction->setEnabled(m_revert->isEnabled());
    m_revert->setToolTip(readOnly ? denied : QString());
}

/// A rollback is a plan like any other: what it would change is seen before it runs.
void HistoryPage::rollBack()
{
    if (m_rollBack->isEnabled())
        workbench().open({PageKind::Plan, id().app, QStringLiteral("rollback:%1").arg(chosen()->id)});
}

QList<int> HistoryPage::selectedRows() const
{
    QList<int> rows;
    for (const QModelIndex& index : m_view->selectionModel()->selectedIndexes())
        rows.append(index.row());
    std::ranges::sort(rows);
    return rows;
}

/// Two points: the older on the left. One: what was deployed then against what runs now.
void HistoryPage::compare()
{
    const auto rows = selectedRows();
    if (rows.isEmpty() || rows.size() > 2)
        return;
    const QString older = qs(m_model->revisionAt(rows.back()));
    const QString newer = qs(m_model->revisionAt(rows.front()));
    if (older.isEmpty() || newer.isEmpty())
        return workbench().report(tr("Compare"),
                                  {core::Error::Code::NotFound, "what was deployed then is older than the history",
                                   id().app.name, "choose a later point", 0, 0});
    workbench().open({PageKind::Diff, id().app,
                      rows.size() == 2 ? QStringLiteral("git:%1...git:%2").arg(older, newer)
                                       : QStringLiteral("git:%1...live").arg(older)});
}

void HistoryPage::markBad()
{
    if (!m_mark->isEnabled())
        return;
    const auto app = id().app;
    const auto revision = chosen()->revision;
    const auto mark = [this, app, revision](std::optional<std::string> why) {
        workbench().run(why ? tr("Mark %1 as bad").arg(ltr(shortRevision(revision)))
                            : tr("Unmark %1").arg(ltr(shortRevision(revision))),
                        [&engine = engine(), app, revision, why] { return engine.markRevision(app, revision, why); });
    };
    if (m_model->badRevisions().contains(revision))
        return mark(std::nullopt);
    Question question;
    question.title = tr("Mark %1 as bad?").arg(ltr(shortRevision(revision)));
    question.text =
        tr("Automated sync does not deploy it again, until the mark is taken away or Git moves on. A sync by "
           "hand still can.");
    question.verb = tr("Mark as bad");
    question.wantsReason = true;
    workbench().ask(question, [mark](const QString& reason) { mark(reason.toStdString()); });
}

void HistoryPage::showPause()
{
    const auto* pause = m_app && m_app->autoSyncPause ? &*m_app->autoSyncPause : nullptr;
    m_pause->setVisible(pause != nullptr);
    if (pause == nullptr)
        return;
    QString text = pause->until ? tr("Automated sync is paused until %1.").arg(exactTime(*pause->until))
                                : tr("Automated sync is off until somebody switches it on.");
    if (!pause->reason.empty())
        text += u' ' + isolate(pause->reason);
    if (!pause->by.empty())
        text += u' ' + tr("By %1.").arg(isolate(pause->by));
    m_pause->setText(text);
}

void HistoryPage::revert()
{
    if (!m_revert->isEnabled())
        return;
    const auto entry = *chosen();
    const auto app = id().app;
    Question question;
    question.title = tr("Revert %1 in Git?").arg(ltr(shortRevision(entry.revision)));
    question.text = tr("A commit that undoes %1 is written on the branch of %2. Automated sync then deploys it.")
                        .arg(isolate(entry.summary), isolate(app.name));
    question.verb = tr("Revert the commit");
    question.dangerous = true;
    question.wantsReason = true;
    workbench().ask(question, [this, app, entry](const QString& reason) {
        workbench().run(tr("Revert %1 in Git").arg(ltr(shortRevision(entry.revision))),
                        [&engine = engine(), app, commit = entry.revision, text = reason.toStdString()] {
                            return engine.revertCommit(app, commit, text).map([](const std::string&) {});
                        });
    });
}

} // namespace ui
