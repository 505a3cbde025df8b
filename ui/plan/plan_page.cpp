// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plan/plan_page.h"

#include "ui/base/bidi.h"
#include "ui/base/engine_bridge.h"
#include "ui/base/icons.h"
#include "ui/base/reasons.h"
#include "ui/base/run_task.h"
#include "ui/base/states.h"
#include "ui/base/style.h"
#include "ui/base/widgets.h"
#include "ui/base/words.h"
#include "ui/base/workbench.h"
#include "ui/editor/notice_bar.h"
#include "ui/plan/plan_model.h"
#include "ui/plan/sync_options.h"
#include "ui/rollouts/preview_view.h"

#include <QAction>
#include <QComboBox>
#include <QHeaderView>
#include <QLineEdit>
#include <QPushButton>
#include <QTableView>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>

namespace ui {

using core::engine::OperationPhase;

PlanPage::PlanPage(const PageContext& context, PageId id, QWidget* parent)
    : Page(context, std::move(id), parent)
    , m_model(new PlanModel(this))
    , m_timer(new QTimer(this))
{
    setObjectName(QStringLiteral("planPage"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    setupBar();
    setupBody();
    setupActions();
    setFocusProxy(m_table);
    m_timer->setSingleShot(true);
    m_timer->setInterval(200);
    connect(m_timer, &QTimer::timeout, this, &PlanPage::refresh);
    m_area->setState(StatefulArea::State::Loading);
    m_app = application(*bridge().snapshot());
    m_staged = parseStaged(this->id().argument);
    m_model->setSelectable(m_staged.empty() && rollback() == nullptr);
    if (rollback() != nullptr)
        m_prune->setChecked(true); // as Argo CD's rollback prunes
    loadDraft();
    retranslate();
    refresh();
    if (this->id().argument == QLatin1String("run"))
        m_reason->setFocus();
}

PlanPage::~PlanPage()
{
    m_stop.request_stop();
}

void PlanPage::setupBar()
{
    auto* bar = new PageBar(this);
    m_heading = new QLabel(bar);
    m_heading->setFont(uiFont(1.0, true));
    m_radius = new Badge(bar);
    m_radius->setObjectName(QStringLiteral("blastRadius"));
    m_summary = new TokenLabel(Token::Muted, bar);
    m_summary->setObjectName(QStringLiteral("planSummary"));
    m_prune = new Chip({}, bar);
    m_prune->setObjectName(QStringLiteral("prune"));
    m_prune->setCheckable(true);
    m_force = new Chip({}, bar);
    m_force->setObjectName(QStringLiteral("force"));
    m_force->setCheckable(true);
    m_hooks = new Chip({}, bar);
    m_hooks->setObjectName(QStringLiteral("hooks"));
    m_hooks->setCheckable(true);
    m_options = new SyncOptionsButton(bar);
    m_refresh = new QPushButton(bar);
    bar->addWidget(m_heading);
    bar->addWidget(m_radius);
    bar->addWidget(m_summary);
    bar->addStretch();
    bar->addWidget(m_prune);
    bar->addWidget(m_force);
    bar->addWidget(m_hooks);
    bar->addWidget(m_options);
    bar->addWidget(m_refresh);
    layout()->addWidget(bar);
    connect(m_prune, &Chip::toggled, this, &PlanPage::refresh);
    connect(m_force, &Chip::toggled, this, &PlanPage::refresh);
    connect(m_hooks, &Chip::toggled, this, &PlanPage::refresh);
    connect(m_options, &SyncOptionsButton::changed, this, &PlanPage::refresh);
    connect(m_refresh, &QPushButton::clicked, this, &PlanPage::refresh);
}

void PlanPage::setupBody()
{
    auto* body = new QWidget(this);
    auto* column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_blocked = new NoticeBar(Token::Warn, Token::WarnTint, body);
    m_blocked->setObjectName(QStringLiteral("blocked"));
    m_progress = new NoticeBar(Token::Progress, Token::ProgressTint, body);
    m_progress->setObjectName(QStringLiteral("progress"));
    m_terminate = m_progress->addButton(QStringLiteral("terminate"));
    setButtonRole(m_terminate, ButtonRole::Danger);
    m_undo = m_progress->addButton(QStringLiteral("undoSync"));
    m_draftBar = new NoticeBar(Token::Accent, Token::ProgressTint, body);
    m_draftBar->setObjectName(QStringLiteral("planDraft"));
    m_useDraft = m_draftBar->addButton(QStringLiteral("useDraft"));
    m_dropDraft = m_draftBar->addButton(QStringLiteral("dropDraft"));
    m_quota = new TokenLabel(Token::Muted, body);
    m_quota->setObjectName(QStringLiteral("planQuota"));
    m_quota->setWordWrap(true);
    m_quota->setContentsMargins(14, 6, 14, 6);
    m_problems = new QLabel(body);
    m_problems->setObjectName(QStringLiteral("planProblems"));
    m_problems->setWordWrap(true);
    m_problems->setTextFormat(Qt::RichText);
    m_problems->setContentsMargins(14, 8, 14, 8);
    m_rollouts = new RolloutChangesView(body);
    m_table = new QTableView(body);
    m_table->setObjectName(QStringLiteral("planTasks"));
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setModel(m_model);
    m_table->setItemDelegate(new PlanDelegate(m_table));
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(Theme::instance().rowHeight() + 2);
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeading | Qt::AlignVCenter);
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    const std::array widths {130, 260, 190, 90, 96};
    for (int i = 0; i < 5; ++i)
        m_table->setColumnWidth(i, widths[static_cast<std::size_t>(i)]);
    auto* foot = new QWidget(body);
    auto* footColumn = new QVBoxLayout(foot);
    footColumn->setContentsMargins(14, 10, 14, 12);
    setupChoices(foot);
    auto* row = new QHBoxLayout;
    footColumn->addLayout(row);
    m_reason = new QLineEdit(foot);
    m_reason->setObjectName(QStringLiteral("reason"));
    m_run = new QPushButton(foot);
    m_run->setObjectName(QStringLiteral("run"));
    setButtonRole(m_run, ButtonRole::Primary);
    row->addWidget(m_reason, 1);
    row->addWidget(m_run);
    row->addWidget(m_showDiff);
    row->addWidget(m_saveDraft);
    row->addWidget(m_export);
    column->addWidget(m_draftBar);
    column->addWidget(m_blocked);
    column->addWidget(m_progress);
    column->addWidget(m_quota);
    column->addWidget(m_table, 1);
    column->addWidget(m_rollouts);
    column->addWidget(m_problems);
    column->addWidget(foot);
    m_area = new StatefulArea(body, this);
    layout()->addWidget(m_area);

    connect(m_run, &QPushButton::clicked, this, &PlanPage::run);
    connect(m_reason, &QLineEdit::returnPressed, this, &PlanPage::run);
    connect(m_terminate, &QPushButton::clicked, this, &PlanPage::terminate);
    connect(m_undo, &QPushButton::clicked, this, &PlanPage::undo);
    connect(m_useDraft, &QPushButton::clicked, this, &PlanPage::useDraft);
    connect(m_dropDraft, &QPushButton::clicked, this, &PlanPage::discardDraft);
    connect(m_table, &QTableView::customContextMenuRequested, this, &PlanPage::taskMenu);
    connect(m_model, &PlanModel::leftOutChanged, this, [this] {
        showSummary();
        showOperation();
    });
    connect(&m_area->error(), &ErrorStrip::retryRequested, this, &PlanPage::refresh);
    connect(m_problems, &QLabel::linkActivated, this, [this](const QString& link) {
        workbench().open({PageKind::Editor, this->id().app, link});
    });
    connect(m_table, &QTableView::activated, this, [this](const QModelIndex& index) {
        if (const auto* task = m_model->task(index.row()))
            workbench().inspect(this->id().app, task->key);
    });
}

void PlanPage::setupActions()
{
    const auto add = [this](const char* name, const QKeySequence& key, auto slot) {
        auto* action = new QAction(this);
        action->setObjectName(QLatin1String(name));
        action->setShortcut(key);
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        connect(action, &QAction::triggered, this, slot);
        addAction(action);
        m_actions.append(action);
    };
    add("runPlan", Qt::CTRL | Qt::Key_Return, &PlanPage::run);
    add("terminateSync", {}, &PlanPage::terminate);
    add("planAgain", Qt::Key_F5, &PlanPage::refresh);
    add("leaveOut", Qt::Key_X, [this] { m_model->toggleLeftOut(m_table->currentIndex().row()); });
    add("taskLogs", Qt::Key_L, &PlanPage::openLogs);
    add("taskEvents", Qt::Key_E, &PlanPage::openEvents);
    add("savePlanDraft", QKeySequence::Save, &PlanPage::saveDraft);
    add("exportPlan", {}, &PlanPage::exportPlan);
    add("undoSync", {}, &PlanPage::undo);
}

QString PlanPage::title() const
{
    return id().argument.startsWith(QLatin1String("rollback:")) ? tr("Rollback") : tr("Plan");
}

QIcon PlanPage::icon() const
{
    return ui::icon(QLatin1String("plan"));
}

core::engine::SyncRequest PlanPage::request() const
{
    core::engine::SyncRequest request;
    request.prune = m_prune->isChecked();
    request.force = m_force->isChecked();
    request.reason = m_reason->text().trimmed().toStdString();
    if (const auto* entry = rollback()) {
        request.revision = entry->revision;
        request.applyOnly = !m_hooks->isChecked();
    } else {
        m_options->addTo(request);
    }
    return request;
}

bool PlanPage::running() const
{
    return m_app
        && (m_app->operation.phase == OperationPhase::Running || m_app->operation.phase == OperationPhase::Terminating);
}

const core::engine::HistoryEntry* PlanPage::rollback() const
{
    if (!m_app || !id().argument.startsWith(QLatin1String("rollback:")))
        return nullptr;
    const auto wanted = id().argument.mid(9).toLongLong();
    const auto found = std::ranges::find(m_app->history, wanted, &core::engine::HistoryEntry::id);
    return found == m_app->history.end() ? nullptr : &*found;
}

void PlanPage::refresh()
{
    if (!m_app)
        m_app = application(*bridge().snapshot());
    m_stop.request_stop();
    m_stop = {};
    const QString attempt = tr("Planning the sync of %1").arg(isolate(id().app.name));
    m_task.begin(attempt, id().app, bridge().snapshot()->at, [this] {
        m_stop.request_stop();
        showPlan(core::fail(core::Error::Code::Cancelled, "cancelled"));
    });
    runTask(
        this,
        [&engine = engine(), app = id().app, request = request(), staged = m_staged, stop = m_stop.get_token()] {
            return std::make_shared<core::Result<core::engine::Plan>>(
                staged.empty() ? engine.plan(app, request, stop) : engine.planStaged(app, staged, stop));
        },
        [this, stop = m_stop.get_token()](const std::shared_ptr<core::Result<core::engine::Plan>>& plan) {
            if (!stop.stop_requested())
                showPlan(std::move(*plan));
        });
}

void PlanPage::showPlan(core::Result<core::engine::Plan> plan)
{
    m_task.end();
    if (!plan) {
        m_area->showFailure(tr("Planning the sync of %1").arg(isolate(id().app.name)), plan.error(), !m_planned);
        m_planned = false;
        m_run->setEnabled(false);
        return;
    }
    m_planned = true;
    m_area->error().clear();
    const auto leftOut = m_model->leftOut();
    m_model->setPlan(std::move(*plan));
    m_model->setLeftOut(leftOut);
    m_model->setApplication(m_app);
    m_rollouts->setChanges(m_model->plan().rollouts, bridge().snapshot()->at);
    const bool nothing = m_model->rowCount() == 0 && !running();
    m_area->setState(nothing ? StatefulArea::State::Empty : StatefulArea::State::Content);
    showSummary();
    showOperation();
}

void PlanPage::showSummary()
{
    const core::engine::Plan& plan = m_model->plan();
    m_heading->setText(m_staged.empty() ? isolate(id().app.name) + u' ' + ltr(u'@' + shortRevision(plan.revision))
                                        : isolate(id().app.name) + QStringLiteral(" · ")
                               + withDigits(tr("%n staged field(s)", nullptr, static_cast<int>(m_staged.size()))));
    const bool high = plan.blastRadius >= kDangerousRadius;
    m_radius->setText(tr("blast radius %1")
                          .arg(ltr(number(qint64 {plan.blastRadius}) + QStringLiteral(" / ") + number(qint64 {100}))));
    m_radius->setTokens(high ? Token::Bad : Token::Muted, high ? Token::BadTint : Token::UnknownTint);
    const int ok = m_model->rowCount() - m_model->refused();
    QStringList parts {tr("dry run: %1 fine").arg(number(qint64 {ok}))};
    if (m_model->refused() > 0)
        parts.append(tr("%1 refused").arg(number(qint64 {m_model->refused()})));
    if (m_model->restarts() > 0)
        parts.append(m_model->pods() > 0
                         ? withDigits(tr("%n pod(s) restart", nullptr, static_cast<int>(m_model->pods())))
                         : tr("%1 restart pods").arg(number(qint64 {m_model->restarts()})));
    if (plan.estimate)
        parts.append(tr("takes about %1").arg(aboutText(*plan.estimate)));
    if (!m_model->leftOut().empty())
        parts.append(tr("%1 left out, no hooks").arg(number(static_cast<qint64>(m_model->leftOut().size()))));
    m_summary->setText(parts.join(QStringLiteral(" · ")));
    showQuotas();
    showChoices();
    m_blocked->setText(plan.blocked.empty() ? QString() : tr("It may not run now: %1").arg(reasonText(plan.blocked)));
    m_blocked->setVisible(!plan.blocked.empty());
    QStringList problems;
    for (const core::engine::Problem& problem : plan.problems) {
        const Token token = problem.severity == core::engine::Problem::Severity::Bad ? Token::Bad : Token::Warn;
        QString line = QStringLiteral("<span style=\"color:%1\">▲</span> %2")
                           .arg(color(token).name(), reasonText(problem.message).toHtmlEscaped());
        if (!problem.hint.empty())
            line += QStringLiteral(" <span style=\"color:%1\">%2</span>")
                        .arg(color(Token::Muted).name(), reasonText(problem.hint).toHtmlEscaped());
        if (!problem.file.empty())
            line += QStringLiteral(" <a href=\"%1#%2\" style=\"color:%4;text-decoration:none\">%3</a>")
                        .arg(qs(problem.file).toHtmlEscaped())
                        .arg(problem.line)
                        .arg(ltr(QStringLiteral("%1:%2").arg(qs(problem.file)).arg(problem.line)).toHtmlEscaped(),
                             color(Token::Accent).name());
        problems.append(line);
    }
    m_problems->setText(problems.join(QStringLiteral("<br>")));
    alignToLayout(*m_problems);
    m_problems->setVisible(!problems.isEmpty());
}

void PlanPage::setSnapshot(const core::engine::SnapshotPtr& snapshot)
{
    const core::engine::ApplicationPtr app = application(*snapshot);
    if (app == m_app)
        return;
    const bool wasRunning = running();
    const bool moved =
        app && m_app && (app->revision != m_app->revision || app->outOfSyncCount != m_app->outOfSyncCount);
    const bool first = !m_app;
    m_app = app;
    m_model->setApplication(app);
    showOperation();
    // While it runs, the plan that was started stays; its end stays as the report until something new appears.
    if (!running() && !wasRunning && moved && !first)
        m_timer->start();
}

void PlanPage::showOperation()
{
    const bool runs = running();
    const bool something = m_model->leftOut().empty() ? m_model->rowCount() > 0 : !m_model->chosen().empty();
    m_run->setEnabled(m_planned && !runs && m_model->plan().blocked.empty() && something && !m_stagedDone);
    showUndo();
    m_terminate->setVisible(runs);
    m_terminate->setEnabled(m_app && m_app->operation.phase == OperationPhase::Running);
    const QString text = reportText();
    m_progress->setText(text);
    m_progress->setVisible(!text.isEmpty());
}

void PlanPage::run()
{
    if (!m_run->isEnabled())
        return;
    const auto* back = rollback();
    const bool high = m_model->plan().blastRadius >= kDangerousRadius;
    if (!m_staged.empty() && !high)
        return startStaged(m_reason->text().trimmed().toStdString());
    if (!high && back == nullptr)
        return start(request());
    Question question;
    question.text =
        tr("The blast radius is %1 of 100: %2.").arg(number(qint64 {m_model->plan().blastRadius}), m_summary->text());
    if (back != nullptr) {
        question.title = tr("Roll %1 back to deployment %2?").arg(isolate(id().app.name), number(back->id));
        question.verb = tr("Roll back to %1").arg(number(back->id));
        if (m_app->autoSync)
            question.text += QLatin1Char('\n')
                + tr("Automated sync is switched off first, so that it does not bring the newer version again.");
    } else {
        question.title = tr("Sync %1?").arg(isolate(id().app.name));
        question.verb = tr("Sync %1").arg(isolate(id().app.name));
    }
    if (std::ranges::any_of(m_model->plan().tasks, [](const auto& task) { return !task.usedBy.empty(); }))
        question.text += QLatin1Char('\n') + tr("It prunes objects that others still use.");
    question.dangerous = true;
    question.wantsReason = m_reason->text().trimmed().isEmpty();
    if (high)
        question.typed = qs(id().app.name);
    workbench().ask(question, [this, request = request()](const QString& reason) mutable {
        if (!reason.isEmpty())
            request.reason = reason.toStdString();
        start(std::move(request));
    });
}

void PlanPage::start(core::engine::SyncRequest request)
{
    if (!m_staged.empty())
        return startStaged(request.reason);
    if (rollback() != nullptr)
        return startRollback(request);
    request.resources = m_model->chosen();
    workbench().run(
        tr("Sync %1").arg(isolate(id().app.name)),
        [&engine = engine(), app = id().app, request = std::move(request)] { return engine.sync(app, request); },
        [this] {
            m_reason->clear(); // it stands in the journal now
            discardDraft();
        });
}

void PlanPage::terminate()
{
    if (!running())
        return;
    workbench().run(tr("Terminate the sync of %1").arg(isolate(id().app.name)),
                    [&engine = engine(), app = id().app] { return engine.terminate(app); });
}

void PlanPage::retranslate()
{
    m_prune->setText(tr("prune"));
    m_prune->setToolTip(tr("Delete what is no longer in Git"));
    m_force->setText(tr("force"));
    m_force->setToolTip(tr("Delete and create again what cannot be changed"));
    m_hooks->setText(tr("hooks"));
    m_hooks->setToolTip(tr("Run the hooks as a sync does; Argo CD's rollback runs none"));
    m_options->retranslate();
    m_undo->setText(tr("Undo…"));
    m_showDiff->setText(tr("Show the diff"));
    m_saveDraft->setText(tr("Save as draft"));
    m_export->setText(tr("Export…"));
    m_draftBar->setText(tr("A draft of this plan is kept."));
    m_useDraft->setText(tr("Use it"));
    m_dropDraft->setText(tr("Discard draft"));
    m_pauseLabel->setText(tr("Keep automated sync off"));
    const QStringList pauses {tr("until I switch it on"), tr("for an hour"), tr("for four hours"), tr("for a day"),
                              tr("for a week")};
    for (int i = 0; i < m_pause->count(); ++i)
        m_pause->setItemText(i, pauses[i]);
    m_pause->setAccessibleName(m_pauseLabel->text());
    m_markBad->setText(m_app ? tr("mark %1 as bad").arg(ltr(shortRevision(m_app->revision))) : QString());
    m_markBad->setToolTip(tr("Automated sync never deploys a commit that is marked as bad"));
    m_refresh->setText(tr("Plan again"));
    m_terminate->setText(tr("Terminate"));
    m_reason->setPlaceholderText(tr("Reason, for the journal"));
    m_reason->setAccessibleName(tr("Reason"));
    m_run->setText(rollback() != nullptr ? tr("Roll back") : tr("Run the plan"));
    m_table->setAccessibleName(tr("Tasks of the plan"));
    m_rollouts->retranslate();
    m_area->empty().setText(tr("Nothing to do: the cluster is as Git wants it."));
    m_actions[0]->setText(tr("Run the plan"));
    m_actions[1]->setText(tr("Terminate the sync"));
    m_actions[2]->setText(tr("Plan again"));
    const QStringList more {tr("Leave this object out, or take it in"),
                            tr("Logs of its pods"),
                            tr("Events of this object"),
                            tr("Save the plan as a draft"),
                            tr("Export the plan…"),
                            tr("Undo this sync…")};
    for (int i = 0; i < more.size(); ++i)
        m_actions[3 + i]->setText(more[i]);
    showSummary();
    showOperation();
}

} // namespace ui
