// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/lists/problems_page.h"

#include "ui/base/bidi.h"
#include "ui/base/engine_bridge.h"
#include "ui/base/icons.h"
#include "ui/base/reasons.h"
#include "ui/base/states.h"
#include "ui/base/style.h"
#include "ui/base/widgets.h"
#include "ui/base/words.h"
#include "ui/base/workbench.h"

#include <QAction>
#include <QToolButton>

#include <algorithm>

namespace ui {

namespace eng = core::engine;

namespace {

Glyph glyphOf(eng::Problem::Severity severity)
{
    switch (severity) {
    case eng::Problem::Severity::Bad:
        return Glyph::Degraded;
    case eng::Problem::Severity::Warning:
        return Glyph::OutOfSync;
    case eng::Problem::Severity::Advice:
        break;
    }
    return Glyph::Unknown;
}

QString placeOf(const eng::Problem& problem)
{
    if (problem.file.empty())
        return {};
    return ltr(problem.line > 0 ? QStringLiteral("%1:%2").arg(qs(problem.file)).arg(problem.line) : qs(problem.file));
}

} // namespace

ProblemsPage::ProblemsPage(const PageContext& context, PageId id, QWidget* parent)
    : ListingPage(context, std::move(id), parent, "problemsPage")
{
    const std::array names {"severityBad", "severityWarning", "severityAdvice"};
    for (std::size_t i = 0; i < m_severities.size(); ++i) {
        auto* chip = new Chip({}, &bar());
        chip->setObjectName(QLatin1String(names.at(i)));
        chip->setCheckable(true);
        chip->setChecked(true);
        chip->setVisible(!decisions());
        bar().addWidget(chip);
        connect(chip, &Chip::toggled, this, [this] { fill(*bridge().snapshot()); });
        m_severities.at(i) = chip;
    }
    bar().addStretch();
    setupActions();
    if (decisions())
        setupDecisions();
    retranslate();
}

void ProblemsPage::setupActions()
{
    m_openFile = addRowAction("openFile", QKeySequence(Qt::Key_F4), [this](const CellRow& row) {
        workbench().open({PageKind::Editor, row.app, row.target});
    });
    m_openTree = addRowAction("openTree", {}, [this](const CellRow& row) {
        workbench().open({PageKind::Tree, row.app, {}});
        workbench().inspect(row.app, row.key);
    });
    m_openDiff = addRowAction("openDiff", {}, [this](const CellRow& row) {
        workbench().open({PageKind::Diff, row.app, {}});
    });
    m_openCanary = addRowAction("openCanary", {}, [this](const CellRow& row) {
        workbench().open({PageKind::Canary, row.app, row.key ? rolloutArgument(*row.key, row.cluster) : QString()});
    });
}

void ProblemsPage::setupDecisions()
{
    using Action = eng::Engine::RolloutAction;
    m_plan = addRowAction("plan", {}, [this](const CellRow& row) { workbench().open({PageKind::Plan, row.app, {}}); });
    m_autoSync = addRowAction("autoSyncOn", {}, [this](const CellRow& row) {
        workbench().run(tr("Turn automated sync of %1 on").arg(isolate(row.app.name)),
                        [&engine = engine(), app = row.app] { return engine.setAutoSync(app, true); });
    });
    m_promote = addRowAction("promote", QKeySequence(Qt::CTRL | Qt::Key_Return), [this](const CellRow& row) {
        if (const auto rollout = rolloutOf(row))
            workbench().run(
                tr("Promote %1").arg(shortKey(rollout->key)),
                [&engine = engine(), ref = eng::ObjectRef(*rollout)] { return engine.act(ref, Action::Promote, {}); });
    });
    m_abort = addRowAction("abort", QKeySequence(Qt::Key_Delete), [this](const CellRow& row) {
        const auto rollout = rolloutOf(row);
        if (!rollout)
            return;
        Question question;
        question.title = tr("Abort %1?").arg(shortKey(rollout->key));
        question.text = tr("All traffic goes back to the stable version and the canary is scaled down.");
        question.verb = tr("Abort the rollout");
        question.dangerous = true;
        question.wantsReason = true;
        workbench().ask(question,
                        [this, ref = eng::ObjectRef(*rollout), attempt = question.verb](const QString& reason) {
                            workbench().run(attempt, [&engine = engine(), ref, text = reason.toStdString()] {
                                return engine.act(ref, Action::Abort, text);
                            });
                        });
    });
    for (QAction* action : {m_promote, m_abort, m_plan, m_autoSync}) {
        auto* button = new QToolButton(&bar());
        button->setDefaultAction(action);
        button->setToolButtonStyle(Qt::ToolButtonTextOnly);
        button->setProperty("pilothouseFramed", true);
        setButtonRole(button, action == m_abort ? ButtonRole::Danger : ButtonRole::Normal);
        bar().addWidget(button);
    }
}

eng::RolloutPtr ProblemsPage::rolloutOf(const CellRow& row) const
{
    const auto snapshot = bridge().snapshot();
    const auto found = std::ranges::find_if(snapshot->rollouts, [&](const auto& rollout) {
        return row.key && rollout->key == *row.key && rollout->cluster == row.cluster;
    });
    return found == snapshot->rollouts.end() ? nullptr : *found;
}

QString ProblemsPage::title() const
{
    return decisions() ? tr("Needs a decision") : tr("Problems");
}

QIcon ProblemsPage::icon() const
{
    return ui::icon(decisions() ? QLatin1String("decision") : QLatin1String("problem"));
}

void ProblemsPage::setSnapshot(const eng::SnapshotPtr& snapshot)
{
    if (m_shown != snapshot->problems)
        fill(*snapshot);
}

void ProblemsPage::fill(const eng::Snapshot& snapshot)
{
    m_shown = snapshot.problems;
    std::vector<CellRow> rows;
    std::map<QString, int> seen;
    for (const auto& problem : *snapshot.problems) {
        const std::size_t rank = 2 - static_cast<std::size_t>(problem.severity);
        if (decisions() ? !problem.needsDecision : !m_severities.at(rank)->isChecked())
            continue;
        CellRow row;
        row.app = appNamed(snapshot, problem.application);
        row.key = problem.object;
        row.cluster = problem.cluster;
        row.target = problem.file.empty() ? QString() : QStringLiteral("%1#%2").arg(qs(problem.file)).arg(problem.line);
        row.id = qs(problem.application + '|' + (problem.object ? problem.object->text() : "") + '|' + problem.message);
        if (const int again = seen[row.id]++; again > 0)
            row.id += QStringLiteral("|%1").arg(again);
        row.cells = {
            {reasonText(problem.message), glyphOf(problem.severity), Token::Text, false, static_cast<int>(rank)},
            {problem.object ? shortKey(*problem.object) : QString()},
            {isolate(problem.application), Glyph::None, Token::Muted},
            {reasonText(problem.hint), Glyph::None, Token::Muted},
            {placeOf(problem), Glyph::None, Token::Accent, true}};
        rows.push_back(std::move(row));
    }
    showRows(std::move(rows));
}

void ProblemsPage::activate(const CellRow& row)
{
    if (!row.target.isEmpty() && !row.app.name.empty())
        return workbench().open({PageKind::Editor, row.app, row.target});
    if (!row.app.name.empty())
        workbench().inspect(row.app, row.key);
}

void ProblemsPage::updateActions()
{
    const CellRow* row = current();
    const bool app = row != nullptr && !row->app.name.empty();
    m_openFile->setEnabled(app && !row->target.isEmpty());
    m_openTree->setEnabled(app);
    m_openDiff->setEnabled(app);
    m_openCanary->setEnabled(app && row->key && (row->key->kind == "Rollout" || row->key->kind == "InferenceService"));
    if (m_plan == nullptr)
        return;
    const auto rollout = row == nullptr ? nullptr : rolloutOf(*row);
    m_plan->setEnabled(app);
    m_autoSync->setEnabled(app && !rollout);
    m_promote->setEnabled(rollout && !rollout->aborted);
    m_abort->setEnabled(rollout && !rollout->aborted);
}

QString ProblemsPage::countText(int shown) const
{
    return decisions() ? tr("%n decision(s)", nullptr, shown) : tr("%n problem(s)", nullptr, shown);
}

void ProblemsPage::retranslate()
{
    setColumns({{tr("Problem"), 300, true},
                {tr("Object"), 200},
                {tr("Application"), 130},
                {tr("What to do"), 280},
                {tr("Where"), 220}});
    const std::array words {tr("Failures"), tr("Warnings"), tr("Advice")};
    for (std::size_t i = 0; i < m_severities.size(); ++i)
        m_severities.at(i)->setText(words.at(i));
    view().setAccessibleName(title());
    setFilterHint(tr("Filter the problems…"));
    setEmptyText(decisions() ? tr("Nothing waits for a decision.") : tr("No problem is known."));
    m_openFile->setText(tr("Open the file at the line"));
    m_openTree->setText(tr("Show in the tree"));
    m_openDiff->setText(tr("Compare with Git"));
    m_openCanary->setText(tr("Open the canary"));
    if (m_plan != nullptr) {
        m_plan->setText(tr("Plan a sync"));
        m_autoSync->setText(tr("Turn automated sync on"));
        m_promote->setText(tr("Promote"));
        m_abort->setText(tr("Abort…"));
    }
    fill(*bridge().snapshot());
}

EventsPage::EventsPage(const PageContext& context, PageId id, QWidget* parent)
    : ListingPage(context, std::move(id), parent, "eventsPage")
    , m_warnings(new Chip({}, &bar()))
    , m_openTree(addRowAction("openTree", {},
                              [this](const CellRow& row) {
                                  workbench().open({PageKind::Tree, row.app, {}});
                                  workbench().inspect(row.app, row.key);
                              }))
    , m_openLogs(addRowAction("openLogs", {}, [this](const CellRow& row) {
        workbench().open({PageKind::Logs, row.app, qs(row.key->nameSpace + "/" + row.key->name)});
    }))
{
    m_warnings->setObjectName(QStringLiteral("warningsOnly"));
    m_warnings->setCheckable(true);
    bar().addWidget(m_warnings);
    bar().addStretch();
    connect(m_warnings, &Chip::toggled, this, [this] { fill(*bridge().snapshot()); });
    retranslate();
}

QString EventsPage::title() const
{
    return tr("Events");
}

QIcon EventsPage::icon() const
{
    return ui::icon(QLatin1String("bell"));
}

void EventsPage::setSnapshot(const eng::SnapshotPtr& snapshot)
{
    if (m_shown != snapshot->events)
        fill(*snapshot);
}

void EventsPage::fill(const eng::Snapshot& snapshot)
{
    m_shown = snapshot.events;
    std::vector<CellRow> rows;
    rows.reserve(snapshot.events->size());
    std::map<std::string, eng::AppId> apps;
    for (const auto& app : snapshot.applications)
        apps.emplace(app->name, eng::AppId {app->nameSpace, app->name});
    std::map<QString, int> seen;
    for (const auto& event : *snapshot.events) {
        if ((m_warnings->isChecked() && !event.warning)
            || (!id().app.name.empty() && event.application != id().app.name))
            continue;
        CellRow row;
        if (const auto app = apps.find(event.application); app != apps.end())
            row.app = app->second;
        row.key = event.object;
        row.id = qs(event.object.text() + '|' + event.reason + '|' + event.message);
        if (const int again = seen[row.id]++; again > 0)
            row.id += QStringLiteral("|%1").arg(again);
        row.cells = {{clockTime(event.at), Glyph::None, Token::Muted, true,
                      static_cast<qlonglong>(event.at.time_since_epoch().count()), exactTime(event.at)},
                     {isolate(event.reason), event.warning ? Glyph::Degraded : Glyph::Healthy},
                     {shortKey(event.object)},
                     {isolate(event.message)},
                     {event.count > 1 ? number(qint64 {event.count}) : QString(), Glyph::None, Token::Muted, false,
                      static_cast<qlonglong>(event.count)},
                     {isolate(event.application), Glyph::None, Token::Muted}};
        rows.push_back(std::move(row));
    }
    showRows(std::move(rows));
}

void EventsPage::activate(const CellRow& row)
{
    if (!row.app.name.empty())
        workbench().inspect(row.app, row.key);
}

void EventsPage::updateActions()
{
    const CellRow* row = current();
    m_openTree->setEnabled(row != nullptr && !row->app.name.empty());
    m_openLogs->setEnabled(row != nullptr && row->key && row->key->kind == "Pod" && row->key->group.empty());
}

QString EventsPage::countText(int shown) const
{
    return tr("%n event(s)", nullptr, shown);
}

void EventsPage::retranslate()
{
    setColumns({{tr("Time"), 90},
                {tr("Reason"), 170},
                {tr("Object"), 230},
                {tr("Message"), 340, true},
                {tr("Count"), 60},
                {tr("Application"), 130}});
    m_warnings->setText(tr("Warnings only"));
    view().setAccessibleName(tr("Events"));
    setFilterHint(tr("Filter the events…"));
    setEmptyText(tr("Nothing has happened yet."));
    m_openTree->setText(tr("Show in the tree"));
    m_openLogs->setText(tr("Logs"));
    fill(*bridge().snapshot());
}

} // namespace ui
