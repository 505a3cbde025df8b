// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plan/fleet_plan_page.h"

#include "ui/base/bidi.h"
#include "ui/base/engine_bridge.h"
#include "ui/base/icons.h"
#include "ui/base/run_task.h"
#include "ui/base/states.h"
#include "ui/base/style.h"
#include "ui/base/widgets.h"
#include "ui/base/words.h"
#include "ui/base/workbench.h"
#include "ui/plan/plan_page.h"

#include <QAction>
#include <QHeaderView>
#include <QLineEdit>
#include <QPushButton>
#include <QTreeView>
#include <QVBoxLayout>

#include <algorithm>

namespace ui {

namespace eng = core::engine;

FleetPlanPage::FleetPlanPage(const PageContext& context, PageId id, QWidget* parent)
    : Page(context, std::move(id), parent)
    , m_model(new FleetPlanModel(this))
    , m_table(new QTreeView(this))
    , m_area(new StatefulArea(m_table, this))
    , m_radius(new Badge(this))
    , m_summary(new TokenLabel(Token::Muted, this))
    , m_reason(new QLineEdit(this))
    , m_run(new QPushButton(this))
    , m_again(new QPushButton(this))
{
    setObjectName(QStringLiteral("fleetPlanPage"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    setupBars();
    setupTable();
    setupActions();
    setFocusProxy(m_table);
    retranslate();
    planAgain();
}

FleetPlanPage::~FleetPlanPage()
{
    m_stop.request_stop();
}

void FleetPlanPage::setupBars()
{
    auto* head = new PageBar(this);
    m_summary->setObjectName(QStringLiteral("fleetSummary"));
    m_radius->setObjectName(QStringLiteral("fleetRadius"));
    head->addWidget(m_radius);
    head->addWidget(m_summary, 1);
    head->addWidget(m_again);
    auto* foot = new PageBar(this);
    m_reason->setObjectName(QStringLiteral("fleetReason"));
    m_run->setObjectName(QStringLiteral("fleetRun"));
    setButtonRole(m_run, ButtonRole::Primary);
    foot->addWidget(m_reason, 1);
    foot->addWidget(m_run);
    auto* column = static_cast<QVBoxLayout*>(layout());
    column->addWidget(head);
    column->addWidget(m_area, 1);
    column->addWidget(foot);
}

void FleetPlanPage::setupTable()
{
    m_table->setObjectName(QStringLiteral("fleetTable"));
    m_table->setModel(m_model);
    m_table->setRootIsDecorated(false);
    m_table->setUniformRowHeights(true);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setAllColumnsShowFocus(true);
    m_table->header()->setStretchLastSection(true);
    m_table->setColumnWidth(FleetPlanModel::Application, 240);
    for (int column = FleetPlanModel::Creates; column < FleetPlanModel::State; ++column)
        m_table->setColumnWidth(column, 84);
    connect(m_table, &QTreeView::activated, this, [this](const QModelIndex& index) {
        workbench().open({PageKind::Plan, m_model->rows()[static_cast<std::size_t>(index.row())].app, {}});
    });
    connect(m_model, &FleetPlanModel::chosenChanged, this, &FleetPlanPage::showSummary);
}

void FleetPlanPage::setupActions()
{
    const auto add = [this](const char* name, const QKeySequence& keys, auto slot) {
        auto* action = new QAction(this);
        action->setObjectName(QLatin1String(name));
        action->setShortcut(keys);
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        connect(action, &QAction::triggered, this, slot);
        addAction(action);
        m_actions.append(action);
    };
    add("runFleetPlan", Qt::CTRL | Qt::Key_Return, &FleetPlanPage::run);
    add("planFleetAgain", Qt::Key_F5, &FleetPlanPage::planAgain);
    connect(m_run, &QPushButton::clicked, this, &FleetPlanPage::run);
    connect(m_again, &QPushButton::clicked, this, &FleetPlanPage::planAgain);
}

QString FleetPlanPage::title() const
{
    return tr("Combined plan");
}

QIcon FleetPlanPage::icon() const
{
    return ui::icon(QLatin1String("plan"));
}

void FleetPlanPage::setSnapshot(const eng::SnapshotPtr& snapshot)
{
    m_model->setSnapshot(*snapshot);
}

void FleetPlanPage::planAgain()
{
    std::vector<eng::AppId> apps;
    for (const QString& line : id().argument.split(u'\n', Qt::SkipEmptyParts))
        apps.push_back({line.section(u'/', 0, 0).toStdString(), line.section(u'/', 1).toStdString()});
    if (id().argument.isEmpty())
        for (const auto& app : engine().snapshot()->applications)
            if (app->sync == eng::SyncState::OutOfSync)
                apps.push_back({app->nameSpace, app->name});
    m_model->setApplications(apps);
    m_model->setSnapshot(*engine().snapshot());
    m_area->setState(apps.empty() ? StatefulArea::State::Empty : StatefulArea::State::Content);
    m_stop.request_stop();
    m_stop = {};
    m_planning = !apps.empty();
    showSummary();
    if (!m_planning)
        return m_task.end();
    m_task.begin(withDigits(tr("Planning %n application(s)", nullptr, static_cast<int>(apps.size()))), {},
                 bridge().snapshot()->at, [this] {
                     m_stop.request_stop();
                     m_planning = false;
                     m_task.end();
                     showSummary();
                 });
    planNext(0);
}

void FleetPlanPage::planNext(std::size_t index)
{
    const auto app = m_model->rows()[index].app;
    m_task.setProgress(QStringLiteral("%1/%2").arg(index).arg(m_model->rows().size()));
    runTask(
        this,
        [&engine = engine(), app, stop = m_stop.get_token()] {
            return std::make_shared<core::Result<eng::Plan>>(engine.plan(app, {}, stop));
        },
        [this, app, index, stop = m_stop.get_token()](const std::shared_ptr<core::Result<eng::Plan>>& plan) {
            if (stop.stop_requested())
                return;
            m_model->setPlan(app, std::move(*plan));
            m_planning = index + 1 < m_model->rows().size();
            showSummary();
            if (m_planning)
                planNext(index + 1);
            else
                m_task.end();
        });
}

void FleetPlanPage::showSummary()
{
    using Action = eng::ResourceDiff::Action;
    int apps = 0;
    int creates = 0;
    int changes = 0;
    int prunes = 0;
    int restarts = 0;
    int refused = 0;
    int radius = 0;
    for (const FleetPlanRow& row : m_model->rows()) {
        if (!row.chosen || !row.mayRun())
            continue;
        ++apps;
        creates += row.count(Action::Create);
        changes += row.count(Action::Patch) + row.count(Action::Replace);
        prunes += row.count(Action::Prune);
        restarts += row.restarts();
        refused += row.refused();
        radius += row.plan->blastRadius;
    }
    m_total = std::min(radius, 100);
    const bool high = m_total >= PlanPage::kDangerousRadius;
    m_radius->setText(
        tr("blast radius %1").arg(ltr(number(qint64 {m_total}) + QStringLiteral(" / ") + number(qint64 {100}))));
    m_radius->setTokens(high ? Token::Bad : Token::Muted, high ? Token::BadTint : Token::UnknownTint);
    QStringList parts {withDigits(tr("%n application(s)", nullptr, apps)),
                       tr("%1 create").arg(number(qint64 {creates})), tr("%1 change").arg(number(qint64 {changes})),
                       tr("%1 prune").arg(number(qint64 {prunes})),
                       tr("%1 restart pods").arg(number(qint64 {restarts}))};
    if (refused > 0)
        parts.append(tr("%1 refused").arg(number(qint64 {refused})));
    if (m_planning)
        parts.append(tr("still planning…"));
    m_summary->setText(parts.join(QStringLiteral(" · ")));
    m_run->setText(withDigits(tr("Sync %n application(s)", nullptr, apps)));
    m_run->setEnabled(apps > 0 && !m_planning);
}

void FleetPlanPage::run()
{
    if (!m_run->isEnabled())
        return;
    const std::string reason = m_reason->text().trimmed().toStdString();
    if (m_total < PlanPage::kDangerousRadius)
        return start(reason);
    Question question;
    question.title = m_run->text() + u'?';
    question.text = tr("The blast radius is %1 of 100: %2.").arg(number(qint64 {m_total}), m_summary->text());
    question.verb = m_run->text();
    question.dangerous = true;
    question.wantsReason = reason.empty();
    question.typed = tr("sync all");
    workbench().ask(question,
                    [this, reason](const QString& given) { start(given.isEmpty() ? reason : given.toStdString()); });
}

void FleetPlanPage::start(const std::string& reason)
{
    for (const FleetPlanRow& row : m_model->rows()) {
        if (!row.chosen || !row.mayRun())
            continue;
        eng::SyncRequest request;
        request.reason = reason;
        workbench().run(tr("Sync %1").arg(isolate(row.app.name)),
                        [&engine = engine(), app = row.app, request] { return engine.sync(app, request); });
    }
}

void FleetPlanPage::retranslate()
{
    m_table->setAccessibleName(tr("Applications of the plan"));
    m_again->setText(tr("Plan again"));
    m_reason->setPlaceholderText(tr("Reason, for the journal"));
    m_reason->setAccessibleName(tr("Reason"));
    m_area->empty().setText(tr("Every application is as Git wants it."));
    m_actions[0]->setText(tr("Run the combined plan"));
    m_actions[1]->setText(tr("Plan again"));
    showSummary();
}

} // namespace ui
