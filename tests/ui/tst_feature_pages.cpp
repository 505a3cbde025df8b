// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "page_host.h"
#include "ui/base/object_menu.h"
#include "ui/base/states.h"
#include "ui/base/widgets.h"
#include "ui/editor/notice_bar.h"
#include "ui/history/history_page.h"
#include "ui/logs/journal_model.h"
#include "ui/logs/journal_page.h"
#include "ui/logs/log_view.h"
#include "ui/logs/logs_page.h"
#include "ui/plan/plan_model.h"
#include "ui/plan/plan_page.h"
#include "ui/resources/objects_model.h"
#include "ui/resources/resources_page.h"

#include <QAbstractItemModelTester>
#include <QAccessible>
#include <QAction>
#include <QComboBox>
#include <QDialog>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTableView>
#include <QTableWidget>
#include <QToolButton>
#include <QTreeWidget>

namespace {

core::manifest::Value object(const char* json)
{
    return *core::manifest::parseJson(json);
}

std::vector<core::manifest::Value> someObjects()
{
    return {
        object(
            R"({"apiVersion":"v1","kind":"Pod","metadata":{"namespace":"ml","name":"a"},"status":{"phase":"Running"}})"),
        object(
            R"({"apiVersion":"v1","kind":"Secret","metadata":{"namespace":"ml","name":"s"},"data":{"token":"aHVudGVyMg=="}})"),
        object(R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"namespace":"ml","name":"d"},
                       "spec":{"replicas":3},"status":{"readyReplicas":2}})")};
}

void editApplication(support::FakeEngine& engine, const std::function<void(core::engine::Application&)>& change)
{
    engine.edit([&](core::engine::Snapshot& snapshot) {
        for (auto& app : snapshot.applications) {
            if (app->name != support::sampleApp().name)
                continue;
            auto copy = std::make_shared<core::engine::Application>(*app);
            change(*copy);
            app = copy;
        }
    });
}

ui::PageId planOf()
{
    return {ui::PageKind::Plan, support::sampleApp(), {}};
}

} // namespace

class TestFeaturePages : public QObject
{
    Q_OBJECT

private slots:
    // ---- plan

    void planShowsTasksInOrderWithRefusals()
    {
        support::PageHost<ui::PlanPage> host(planOf());
        auto* table = host.find<QTableView>("planTasks");
        QTRY_COMPARE(table->model()->rowCount(), 5);
        const QAbstractItemModelTester tester(table->model());
        const auto cell = [&](int row, int column) {
            return ui::plain(table->model()->index(row, column).data().toString());
        };
        QCOMPARE(cell(0, ui::PlanModel::Wave), QStringLiteral("PreSync · wave -1"));
        QCOMPARE(cell(2, ui::PlanModel::Resource), QStringLiteral("Rollout/inference-rollout"));
        QVERIFY(cell(2, ui::PlanModel::Action).contains(QStringLiteral("pods restart")));
        QVERIFY(cell(3, ui::PlanModel::Note).contains(QStringLiteral("quota")));
        QVERIFY(host.find<QLabel>("planSummary")->text().contains(QStringLiteral("1 refused")));
        QVERIFY(host.find<ui::Badge>("blastRadius")->text().contains(QStringLiteral("63")));
        QVERIFY(host.find<QLabel>("planProblems")->text().contains(QStringLiteral("memory.yaml")));
    }

    /// What an update of a Rollout will do is told with the plan, unasked.
    void thePlanTellsWhatItSetsGoingInARollout()
    {
        support::PageHost<ui::PlanPage> host(planOf());
        auto* changes = host.find<QWidget>("rolloutChanges");
        QTRY_VERIFY(changes->isVisible());
        const QString summary = ui::plain(host.find<QLabel>("previewSummary")->text());
        QVERIFY2(summary.contains(QStringLiteral("Git asks for"))
                     && summary.contains(ui::plain(ui::percent(30) + QStringLiteral(", ")))
                     && summary.contains(ui::plain(ui::percent(100) + u'.'))
                     && summary.contains(QStringLiteral("nvidia.com/gpu: up to 13, 3 more than now; 2 are free.")),
                 qPrintable(summary));
        QVERIFY(host.find<QLabel>("previewWarnings")->isVisible());
        QVERIFY(host.find<QLabel>("previewWarnings")->text().contains(QStringLiteral("Pending")));
        QVERIFY(!host.find<QWidget>("previewCharts")->isVisible());
        host.find<ui::Chip>("rolloutDetails")->setChecked(true);
        QVERIFY(host.find<QWidget>("previewCharts")->isVisible());
        QVERIFY(host.find<QTableWidget>("previewRows")->isVisible());
    }

    void aRunningSyncIsShownAndCanBeTerminated()
    {
        support::PageHost<ui::PlanPage> host(planOf());
        auto* table = host.find<QTableView>("planTasks");
        QTRY_COMPARE(table->model()->rowCount(), 5);
        QVERIFY(!host.find<QPushButton>("run")->isEnabled()); // the sample's sync runs
        editApplication(*host.engine, [](core::engine::Application& app) {
            for (auto& node : app.resources)
                if (node.key.kind == "Rollout") {
                    node.syncPhase = "Running";
                    node.syncMessage = "waits for a ready canary";
                }
        });
        QTRY_COMPARE(table->model()->index(2, ui::PlanModel::State).data().toString(), QStringLiteral("running"));
        QVERIFY(host.find<QWidget>("progress")->isVisible());
        QTest::mouseClick(host.find<QPushButton>("terminate"), Qt::LeftButton);
        const auto commands = host.engine->commands();
        QVERIFY(!commands.empty() && commands.back().find("terminate") == 0);
    }

    void runningAHighBlastRadiusWantsTheNameTyped()
    {
        support::PageHost<ui::PlanPage> host(planOf());
        editApplication(*host.engine, [](core::engine::Application& app) { app.operation = {}; });
        auto* run = host.find<QPushButton>("run");
        QTRY_VERIFY(run->isEnabled());
        QTest::keyClicks(host.find<QLineEdit>("reason"), QStringLiteral("new model"));
        QTest::mouseClick(run, Qt::LeftButton);
        QCOMPARE(host.workbench.questions.size(), std::size_t {1});
        QCOMPARE(host.workbench.questions.front().typed, QStringLiteral("llm-service"));
        QVERIFY(host.engine->commands().empty() || host.engine->commands().back().find("sync") != 0);
        host.workbench.answer = QString();
        QTest::mouseClick(run, Qt::LeftButton);
        QVERIFY(host.engine->commands().back().find("sync") == 0);
        QVERIFY(host.engine->commands().back().find("new model") != std::string::npos);
    }

    void aRollbackIsAPlanWithAReason()
    {
        auto engine = support::sampleEngine();
        support::PageHost<ui::PlanPage> host(
            std::move(engine), ui::PageId {ui::PageKind::Plan, support::sampleApp(), QStringLiteral("rollback:41")});
        QCOMPARE(host.page->title(), QStringLiteral("Rollback"));
        editApplication(*host.engine, [](core::engine::Application& app) { app.operation = {}; });
        auto* run = host.find<QPushButton>("run");
        QTRY_VERIFY(run->isEnabled());
        host.workbench.answer = QStringLiteral("the new model is worse");
        QTest::mouseClick(run, Qt::LeftButton);
        const auto& question = host.workbench.questions.back();
        QVERIFY(question.wantsReason && question.dangerous);
        QCOMPARE(question.typed, QStringLiteral("llm-service"));
        QVERIFY(question.text.contains(QStringLiteral("switched off")));
        const auto commands = host.engine->commands();
        QVERIFY(commands.size() >= 2);
        QCOMPARE(commands[commands.size() - 2],
                 std::string("pause-auto-sync argocd/llm-service because the new model is worse"));
        QCOMPARE(commands.back(), std::string("rollback argocd/llm-service to 41 because the new model is worse"));
    }

    void aRollbackHasItsOptions()
    {
        support::PageHost<ui::PlanPage> host(
            support::sampleEngine(),
            ui::PageId {ui::PageKind::Plan, support::sampleApp(), QStringLiteral("rollback:41")});
        editApplication(*host.engine, [](core::engine::Application& app) { app.operation = {}; });
        auto* run = host.find<QPushButton>("run");
        QTRY_VERIFY(run->isEnabled());
        QVERIFY(!host.find<QWidget>("syncOptions")->isVisible()); // a rollback has no other options
        QTest::mouseClick(host.find<ui::Chip>("prune"), Qt::LeftButton);
        QTest::mouseClick(host.find<ui::Chip>("hooks"), Qt::LeftButton);
        QTest::mouseClick(host.find<ui::Chip>("markBad"), Qt::LeftButton);
        auto* pause = host.find<QComboBox>("pauseAutoSync");
        QVERIFY(pause->isVisible());
        pause->setCurrentIndex(pause->findData(4));
        QTest::mouseClick(host.find<QPushButton>("showDiff"), Qt::LeftButton);
        QVERIFY(host.workbench.opened.back().argument.startsWith(QStringLiteral("live...git:9f8e7d6c")));
        QTRY_VERIFY(run->isEnabled());
        host.workbench.answer = QStringLiteral("worse");
        QTest::mouseClick(run, Qt::LeftButton);
        const auto commands = host.engine->commands();
        QVERIFY(commands.size() >= 3);
        const auto at = commands.end() - 3;
        QVERIFY2(at[0].starts_with("mark argocd/llm-service a1b2c3d4") && at[0].ends_with("bad because worse"),
                 at[0].c_str());
        QCOMPARE(at[1], std::string("pause-auto-sync argocd/llm-service until 2026-03-01T14:42:10Z because worse"));
        QCOMPARE(at[2], std::string("rollback argocd/llm-service to 41 no-prune hooks because worse"));
    }

    void aSyncHasArgosOptionsAndASelection()
    {
        auto engine = support::sampleEngine();
        engine->plans[support::sampleApp()].blastRadius = 10;
        support::PageHost<ui::PlanPage> host(std::move(engine), planOf());
        editApplication(*host.engine, [](core::engine::Application& app) { app.operation = {}; });
        auto* table = host.find<QTableView>("planTasks");
        auto* run = host.find<QPushButton>("run");
        QTRY_VERIFY(run->isEnabled());
        for (const char* option : {"optionApplyOnly", "PruneLast=true", "ServerSideApply=true"})
            host.find<QAction>(option)->trigger();
        QVERIFY(host.find<QToolButton>("syncOptions")->text().contains(QLatin1Char('3')));
        table->setCurrentIndex(table->model()->index(1, ui::PlanModel::Resource));
        table->setFocus();
        QTest::keyClick(table, Qt::Key_X);
        QCOMPARE(table->model()->index(1, ui::PlanModel::State).data().toString(), QStringLiteral("left out"));
        QVERIFY(host.find<QLabel>("planSummary")->text().contains(QStringLiteral("1 left out")));
        QTRY_VERIFY(run->isEnabled());
        QTest::mouseClick(run, Qt::LeftButton);
        const auto sync = host.engine->commands().back();
        QVERIFY2(sync.find("apply-only ServerSideApply=true PruneLast=true") != std::string::npos, sync.c_str());
        QVERIFY2(sync.find("Rollout") != std::string::npos, sync.c_str());
        QVERIFY2(sync.find(host.page->findChild<ui::PlanModel*>()->task(1)->key.text()) == std::string::npos,
                 sync.c_str());
    }

    void aPlanTellsWhatItCosts()
    {
        auto engine = support::sampleEngine();
        auto& plan = engine->plans[support::sampleApp()];
        plan.estimate = std::chrono::seconds(400);
        plan.quotas = {{"ResourceQuota/team", "ml-serving", "requests.nvidia.com/gpu", "8", "10", "8", true}};
        plan.tasks[2].pods = 6;
        plan.tasks[2].gpus = 2;
        plan.tasks[2].estimate = std::chrono::seconds(40);
        plan.tasks.back().usedBy = {core::manifest::ResourceKey {"apps", "Deployment", "ml-serving", "gateway"}};
        support::PageHost<ui::PlanPage> host(std::move(engine), planOf());
        auto* table = host.find<QTableView>("planTasks");
        QTRY_COMPARE(table->model()->rowCount(), 5);
        const auto cell = [&](int row, int column) {
            return ui::plain(table->model()->index(row, column).data().toString());
        };
        QVERIFY2(cell(2, ui::PlanModel::Action).contains(QStringLiteral("6 pod(s) restart · +2 GPU(s)")),
                 qPrintable(cell(2, ui::PlanModel::Action)));
        QCOMPARE(cell(2, ui::PlanModel::Estimate), QStringLiteral("40 s"));
        QVERIFY(cell(4, ui::PlanModel::Note).startsWith(QStringLiteral("still used by Deployment/gateway")));
        QVERIFY(ui::plain(host.find<QLabel>("planQuota")->text())
                    .contains(QStringLiteral("requests.nvidia.com/gpu: 8 → 10 of 8")));
        QVERIFY(ui::plain(host.find<QLabel>("planSummary")->text()).contains(QStringLiteral("takes about 7 min")));
        const QString exported = host.page->markdown();
        QVERIFY2(exported.contains(QStringLiteral("|40 s|"))
                     && exported.contains(QStringLiteral("requests.nvidia.com/gpu: 8 → 10 / 8 ✗")),
                 qPrintable(exported));
    }

    void aFinishedSyncIsAReportThatCanBeUndone()
    {
        support::PageHost<ui::PlanPage> host(planOf());
        auto* undo = host.find<QPushButton>("undoSync");
        QTRY_COMPARE(host.find<QTableView>("planTasks")->model()->rowCount(), 5);
        QVERIFY(!undo->isVisible());
        const auto end = [&](core::Duration ago) {
            const auto now = host.bridge.snapshot()->at;
            editApplication(*host.engine, [&](core::engine::Application& app) {
                app.operation.phase = core::engine::OperationPhase::Succeeded;
                app.operation.finishedAt = now - ago;
                app.operation.startedAt = now - ago - std::chrono::seconds(42);
            });
        };
        end(std::chrono::minutes(2));
        QTRY_VERIFY(undo->isVisible());
        const auto* bar = host.find<ui::NoticeBar>("progress");
        QVERIFY2(ui::plain(bar->text()).contains(QStringLiteral("took 42 s")), qPrintable(bar->text()));
        QTest::mouseClick(undo, Qt::LeftButton);
        QCOMPARE(host.workbench.opened.back(),
                 (ui::PageId {ui::PageKind::Plan, support::sampleApp(), QStringLiteral("rollback:41")}));
        end(ui::PlanPage::kUndoWindow + std::chrono::minutes(1));
        QTRY_VERIFY(!undo->isVisible());
    }

    void aPlanIsKeptAsADraft()
    {
        {
            support::PageHost<ui::PlanPage> host(planOf());
            QTRY_COMPARE(host.find<QTableView>("planTasks")->model()->rowCount(), 5);
            host.find<QAction>("PruneLast=true")->trigger();
            host.find<QLineEdit>("reason")->setText(QStringLiteral("tonight"));
            host.page->findChild<ui::PlanModel*>()->toggleLeftOut(1);
            QTest::mouseClick(host.find<QPushButton>("saveDraft"), Qt::LeftButton);
        }
        support::PageHost<ui::PlanPage> host(planOf());
        QTRY_VERIFY(host.find<QWidget>("planDraft")->isVisible());
        QTRY_COMPARE(host.find<QTableView>("planTasks")->model()->rowCount(), 5);
        QTest::mouseClick(host.find<QPushButton>("useDraft"), Qt::LeftButton);
        QCOMPARE(host.find<QLineEdit>("reason")->text(), QStringLiteral("tonight"));
        QVERIFY(host.find<QAction>("PruneLast=true")->isChecked());
        QCOMPARE(host.page->findChild<ui::PlanModel*>()->leftOut().size(), std::size_t {1});
        QTest::mouseClick(host.find<QPushButton>("dropDraft"), Qt::LeftButton);
        ui::workers().waitForDone();
        support::PageHost<ui::PlanPage> again(planOf());
        QTRY_COMPARE(again.find<QTableView>("planTasks")->model()->rowCount(), 5);
        ui::workers().waitForDone();
        QVERIFY(!again.find<QWidget>("planDraft")->isVisible());
    }

    void stagedFieldsAreAPlan()
    {
        const core::manifest::ResourceKey rollout {"argoproj.io", "Rollout", "ml-serving", "inference-rollout"};
        const core::engine::StagedField field {rollout, {"spec", "replicas"}};
        const QString argument = ui::stagedArgument({field});
        QCOMPARE(ui::parseStaged(argument), std::vector<core::engine::StagedField> {field});
        support::PageHost<ui::PlanPage> host(ui::PageId {ui::PageKind::Plan, support::sampleApp(), argument});
        editApplication(*host.engine, [](core::engine::Application& app) { app.operation = {}; });
        auto* run = host.find<QPushButton>("run");
        QTRY_VERIFY(run->isEnabled());
        host.find<QLineEdit>("reason")->setText(QStringLiteral("only the count"));
        host.workbench.answer = QString();
        QTest::mouseClick(run, Qt::LeftButton);
        QVERIFY(host.asked("sync argocd/llm-service staged 1 because only the count"));
        QVERIFY(!run->isEnabled()); // once
        QVERIFY(host.find<QWidget>("progress")->isVisible());
    }

    void anyTwoPointsOfTheTimelineAreCompared()
    {
        support::PageHost<ui::HistoryPage> host(ui::PageId {ui::PageKind::History, support::sampleApp(), {}});
        auto* view = host.find<QListView>("historyView");
        QTRY_COMPARE(view->model()->rowCount(), 7);
        host.engine->edit([](core::engine::Snapshot& snapshot) {
            auto events = *snapshot.events;
            core::engine::Event event = events.front();
            event.object = {"argoproj.io", "Rollout", "ml-serving", "inference-rollout"};
            event.reason = "RolloutAborted";
            event.message = "Rollout aborted update to revision 3";
            event.at = snapshot.at;
            event.warning = true;
            events.push_back(event);
            snapshot.events = std::make_shared<const std::vector<core::engine::Event>>(events);
        });
        QTRY_COMPARE(view->model()->rowCount(), 8);
        QVERIFY(ui::plain(view->model()->index(0, 0).data(Qt::AccessibleTextRole).toString())
                    .startsWith(QStringLiteral("canary aborted: inference-rollout")));
        auto* compare = host.find<QPushButton>("compareDeployments");
        auto* selection = view->selectionModel();
        selection->select(view->model()->index(0, 0), QItemSelectionModel::ClearAndSelect);
        selection->select(view->model()->index(7, 0), QItemSelectionModel::Select);
        QTRY_VERIFY(compare->isEnabled());
        QTest::mouseClick(compare, Qt::LeftButton);
        const QString argument = host.workbench.opened.back().argument;
        QVERIFY2(argument.startsWith(QStringLiteral("git:77aa66bb"))
                     && argument.contains(QStringLiteral("...git:a1b2")),
                 qPrintable(argument));
    }

    void aBadRevisionIsMarkedAndAPauseRemembered()
    {
        support::PageHost<ui::HistoryPage> host(ui::PageId {ui::PageKind::History, support::sampleApp(), {}});
        auto* view = host.find<QListView>("historyView");
        QTRY_COMPARE(view->model()->rowCount(), 7);
        view->setCurrentIndex(view->model()->index(2, 0));
        host.workbench.answer = QStringLiteral("it forgets");
        QTest::mouseClick(host.find<QPushButton>("markBad"), Qt::LeftButton);
        QVERIFY(host.engine->commands().back().ends_with("bad because it forgets"));
        QVERIFY(!host.find<QWidget>("autoSyncPause")->isVisible());
        editApplication(*host.engine, [](core::engine::Application& app) {
            app.badRevisions[app.revision] = "it forgets";
            app.autoSync = false;
            app.autoSyncPause = core::engine::AutoSyncPause {std::nullopt, std::nullopt, "salma", "wrong model"};
        });
        QTRY_VERIFY(host.find<QWidget>("autoSyncPause")->isVisible());
        QVERIFY(host.find<ui::NoticeBar>("autoSyncPause")->text().contains(QStringLiteral("wrong model")));
        QTest::mouseClick(host.find<QPushButton>("resumeAutoSync"), Qt::LeftButton);
        QCOMPARE(host.engine->commands().back(), std::string("auto-sync argocd/llm-service on"));
        QTest::mouseClick(host.find<QPushButton>("markBad"), Qt::LeftButton);
        QVERIFY(host.engine->commands().back().ends_with(" good"));
    }

    void theTimelineMergesDeploymentsAndDeeds()
    {
        support::PageHost<ui::HistoryPage> host(ui::PageId {ui::PageKind::History, support::sampleApp(), {}});
        auto* view = host.find<QListView>("historyView");
        QTRY_COMPARE(view->model()->rowCount(), 7); // three deployments, four deeds
        const auto spoken = [&](int row) {
            return view->model()->index(row, 0).data(Qt::AccessibleTextRole).toString();
        };
        QVERIFY(spoken(0).startsWith(QStringLiteral("sync")));
        QVERIFY(spoken(2).contains(QStringLiteral("Deployment 42")));
        auto* back = host.find<QPushButton>("rollBack");
        auto* revert = host.find<QPushButton>("revertCommit");
        view->setCurrentIndex(view->model()->index(0, 0));
        QVERIFY(!back->isEnabled() && !revert->isEnabled()); // no deployment
        view->setCurrentIndex(view->model()->index(2, 0));
        QVERIFY(!back->isEnabled() && revert->isEnabled()); // what runs now
        host.workbench.answer = QStringLiteral("wrong model");
        QTest::mouseClick(revert, Qt::LeftButton);
        QVERIFY(host.engine->commands().back().find("revert argocd/llm-service a1b2c3") == 0);
        QTest::mouseClick(host.find<ui::Chip>("deploymentsOnly"), Qt::LeftButton);
        QCOMPARE(view->model()->rowCount(), 3);
        view->setCurrentIndex(view->model()->index(1, 0));
        QTest::mouseClick(back, Qt::LeftButton);
        QCOMPARE(host.workbench.opened.back(),
                 (ui::PageId {ui::PageKind::Plan, support::sampleApp(), QStringLiteral("rollback:41")}));
        host.engine->setReadOnly(true);
        QTRY_VERIFY(!back->isEnabled() && !revert->isEnabled());
    }

    void aBlockedPlanSaysWhyAndDoesNotRun()
    {
        auto engine = support::sampleEngine();
        engine->plans[support::sampleApp()].blocked = "sync window \"nights\" denies until 06:00";
        support::PageHost<ui::PlanPage> host(std::move(engine), planOf());
        editApplication(*host.engine, [](core::engine::Application& app) { app.operation = {}; });
        QTRY_VERIFY(host.find<QWidget>("blocked")->isVisible());
        QVERIFY(!host.find<QPushButton>("run")->isEnabled());
    }

    // ---- resources

    void objectsModelKeepsItsPromises()
    {
        ui::ObjectsModel model;
        const QAbstractItemModelTester tester(&model);
        const auto objects = someObjects();
        model.setObjects(objects, {});
        QCOMPARE(model.rowCount(), 3);
        const QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        model.setObjects(objects, {});
        QCOMPARE(reset.count(), 0);
        model.setObjects({}, {});
        QCOMPARE(model.rowCount(), 0);
        QCOMPARE(ui::plain(ui::statusOf(objects[2])), QStringLiteral("2/3"));
    }

    void secretsAreMasked()
    {
        const std::string yaml = ui::shownYaml(someObjects()[1]);
        QVERIFY(yaml.find("aHVudGVyMg") == std::string::npos);
        QVERIFY(yaml.find("token") != std::string::npos);
    }

    void filtersEditsAndDeletes()
    {
        auto engine = support::sampleEngine();
        engine->liveObjects = someObjects();
        support::PageHost<ui::ResourcesPage> host(std::move(engine), ui::PageId {ui::PageKind::Resources, {}, {}});
        auto* table = host.find<QTableView>("objects");
        QTRY_COMPARE(table->model()->rowCount(), 3);
        QTest::keyClicks(host.find<QLineEdit>("resourceSearch"), QStringLiteral("running"));
        QCOMPARE(table->model()->rowCount(), 1);
        host.find<QLineEdit>("resourceSearch")->clear();
        auto* kind = host.find<QComboBox>("kind");
        kind->setCurrentIndex(kind->findData(QStringLiteral("Secret")));
        QCOMPARE(table->model()->rowCount(), 1);
        table->setCurrentIndex(table->model()->index(0, 0));
        QVERIFY(!host.find<QPushButton>("editLive")->isEnabled()); // masked text must not be written back
        kind->setCurrentIndex(kind->findData(QStringLiteral("Deployment")));
        table->setCurrentIndex(table->model()->index(0, 0));
        auto* text = host.find<QPlainTextEdit>("manifest");
        QTRY_VERIFY(text->toPlainText().contains(QStringLiteral("replicas: 3")));
        QTest::mouseClick(host.find<QPushButton>("editLive"), Qt::LeftButton);
        QVERIFY(!text->isReadOnly());
        text->setPlainText(text->toPlainText().replace(QStringLiteral("replicas: 3"), QStringLiteral("replicas: 4")));
        QTest::mouseClick(host.find<QPushButton>("applyLive"), Qt::LeftButton);
        QVERIFY(!text->isReadOnly()); // what changes is shown first
        QVERIFY(ui::plain(host.workbench.questions.back().text).contains(QStringLiteral("replicas: 4")));
        QVERIFY(!ui::plain(host.workbench.questions.back().text).contains(QStringLiteral("kind:")));
        host.workbench.answer = QString();
        QTest::mouseClick(host.find<QPushButton>("applyLive"), Qt::LeftButton);
        QVERIFY(host.engine->commands().back().find("apply") != std::string::npos);
        QVERIFY(text->isReadOnly());
        host.workbench.answer.reset();
        host.workbench.questions.clear();
        const std::size_t before = host.engine->commands().size();
        QTest::mouseClick(host.find<QPushButton>("deleteLive"), Qt::LeftButton);
        QTRY_COMPARE(host.workbench.questions.size(), std::size_t {1});
        QCOMPARE(host.engine->commands().size(), before);
        host.workbench.answer = QString();
        QTest::mouseClick(host.find<QPushButton>("deleteLive"), Qt::LeftButton);
        QTRY_COMPARE(host.engine->commands().size(), before + 1);
        QVERIFY(host.engine->commands().back().find("Deployment") != std::string::npos);
    }

    void aKindShowsTheColumnsThatTheServerPrints()
    {
        auto engine = support::sampleEngine();
        engine->liveObjects = someObjects();
        const core::manifest::ResourceKey deployment {"apps", "Deployment", "ml", "d"};
        engine->printedTables[deployment.groupKind()] = {
            {{"Name", false, false}, {"Ready", false, false}, {"Up-to-date", false, true}, {"Images", true, false}},
            {{deployment, {"d", "2/3", "3", "registry/x:v1"}}}};
        support::PageHost<ui::ResourcesPage> host(std::move(engine), ui::PageId {ui::PageKind::Resources, {}, {}});
        auto* table = host.find<QTableView>("objects");
        QTRY_COMPARE(table->model()->rowCount(), 3);
        auto* kind = host.find<QComboBox>("kind");
        kind->setCurrentIndex(kind->findData(QStringLiteral("Deployment")));
        QTRY_COMPARE(table->model()->columnCount(), 4); // namespace and what is not wide
        QCOMPARE(table->model()->headerData(2, Qt::Horizontal).toString(), QStringLiteral("Ready"));
        QCOMPARE(ui::plain(table->model()->index(0, 2).data().toString()), QStringLiteral("2/3"));
        QTest::mouseClick(host.find<ui::Chip>("wide"), Qt::LeftButton);
        QTRY_COMPARE(table->model()->columnCount(), 5);
        kind->setCurrentIndex(0);
        QTRY_COMPARE(table->model()->columnCount(), static_cast<int>(ui::ObjectsModel::ColumnCount));
        QCOMPARE(table->model()->rowCount(), 3);
    }

    void manyAreChosenAndKeptWhileOthersComeAndGo()
    {
        auto engine = support::sampleEngine();
        engine->liveObjects = someObjects();
        support::PageHost<ui::ResourcesPage> host(std::move(engine), ui::PageId {ui::PageKind::Resources, {}, {}});
        auto* table = host.find<QTableView>("objects");
        QTRY_COMPARE(table->model()->rowCount(), 3);
        table->selectAll();
        QVERIFY(!host.find<QPushButton>("editLive")->isVisible());
        // Another object appears: the selection stays what it was.
        host.engine->liveObjects.push_back(*core::manifest::parseJson(
            R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"new","namespace":"other"}})"));
        QAction* again = nullptr;
        for (QAction* action : host.page->actions())
            again = action->shortcut() == QKeySequence(Qt::Key_F5) ? action : again;
        again->trigger();
        QTRY_COMPARE(table->model()->rowCount(), 4);
        QCOMPARE(table->selectionModel()->selectedRows().size(), 3);
        host.workbench.answer = QString();
        QTest::mouseClick(host.find<QPushButton>("deleteLive"), Qt::LeftButton);
        QTRY_COMPARE(host.workbench.questions.size(), std::size_t {1});
        QCOMPARE(host.workbench.questions.back().typed, QStringLiteral("3"));
        QVERIFY(ui::plain(host.workbench.questions.back().text).contains(QStringLiteral("Deployment/d")));
        const auto removed = [&] {
            const auto all = host.engine->commands();
            return std::ranges::count_if(all, [](const std::string& each) { return each.starts_with("remove "); });
        };
        QTRY_COMPARE(removed(), 3);
        auto* space = host.find<QComboBox>("namespace");
        space->setCurrentIndex(space->findData(QStringLiteral("other")));
        QCOMPARE(table->model()->rowCount(), 1);
    }

    void actionsOfAnObjectAreOfferedAndRun()
    {
        auto engine = support::sampleEngine();
        engine->liveObjects = someObjects();
        const core::manifest::ResourceKey deployment {"apps", "Deployment", "ml", "d"};
        engine->actions[deployment] = {{"pause", {}, true, {}},
                                       {"restart", {}, false, {}},
                                       {"scale", {}, false, {{"replicas", "3"}}},
                                       {"terminate", {}, false, {}},
                                       {"warm-up", "Warm the cache", false, {}}};
        support::PageHost<ui::ResourcesPage> host(
            std::move(engine), ui::PageId {ui::PageKind::Resources, {}, QStringLiteral("Deployment/ml/d")});
        QTRY_VERIFY(host.find<QPushButton>("moreActions")->isVisible());
        auto* menu = host.find<ui::ObjectMenu>("objectActions");
        QTRY_COMPARE(menu->actions().size(), 5);
        QVERIFY(!menu->actions().at(0)->isEnabled());
        QVERIFY(!menu->actions().at(0)->toolTip().isEmpty());
        menu->actions().at(1)->trigger();
        QCOMPARE(host.engine->commands().back(), std::string("action restart of Deployment/ml/d"));
        QTRY_COMPARE(menu->actions().size(), 5);
        menu->actions().at(2)->trigger(); // wants a number
        auto* dialog = host.page->findChild<QDialog*>(QStringLiteral("actionDialog"));
        QVERIFY(dialog != nullptr);
        auto* field = dialog->findChild<QLineEdit*>(QStringLiteral("parameter-replicas"));
        QCOMPARE(field->text(), QStringLiteral("3"));
        QTest::keyClicks(field, QStringLiteral("5"));
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(host.engine->commands().back(), std::string("action scale of Deployment/ml/d replicas=5"));
        QTRY_COMPARE(menu->actions().size(), 5);
        menu->actions().at(3)->trigger(); // asks first, and is declined
        QCOMPARE(host.workbench.questions.size(), std::size_t {1});
        QCOMPARE(host.engine->commands().back(), std::string("action scale of Deployment/ml/d replicas=5"));
        QCOMPARE(ui::plain(menu->actions().at(4)->text()), QStringLiteral("Warm the cache"));
        host.engine->setReadOnly(true);
        QTRY_VERIFY(!menu->actions().at(1)->isEnabled());
    }

    void whatPodsUseStandsBesideThem()
    {
        auto engine = support::sampleEngine();
        engine->liveObjects = someObjects();
        const core::manifest::ResourceKey pod {"", "Pod", "ml", "a"};
        engine->printedTables[pod.groupKind()] = {{{"Name", false, false}, {"Ready", false, false}},
                                                  {{pod, {"a", "1/1"}}}};
        engine->usageTable[pod] = {250, 512LL << 20};
        support::PageHost<ui::ResourcesPage> host(std::move(engine), ui::PageId {ui::PageKind::Resources, {}, {}});
        auto* table = host.find<QTableView>("objects");
        QTRY_COMPARE(table->model()->rowCount(), 3);
        auto* kind = host.find<QComboBox>("kind");
        kind->setCurrentIndex(kind->findData(QStringLiteral("Pod")));
        QTRY_COMPARE(table->model()->columnCount(), 5);
        QCOMPARE(ui::plain(table->model()->index(0, 3).data().toString()), QStringLiteral("250 m"));
        QCOMPARE(ui::plain(table->model()->index(0, 4).data().toString()), QStringLiteral("512 Mi"));
    }

    void kindsOfOneNameAreToldApart()
    {
        auto engine = support::sampleEngine();
        engine->liveObjects = {
            object(R"({"apiVersion":"v1","kind":"Service","metadata":{"namespace":"ml","name":"a"}})"),
            object(
                R"({"apiVersion":"serving.knative.dev/v1","kind":"Service","metadata":{"namespace":"ml","name":"b"}})")};
        support::PageHost<ui::ResourcesPage> host(std::move(engine), ui::PageId {ui::PageKind::Resources, {}, {}});
        auto* table = host.find<QTableView>("objects");
        QTRY_COMPARE(table->model()->rowCount(), 2);
        auto* kind = host.find<QComboBox>("kind");
        QCOMPARE(kind->count(), 3);
        kind->setCurrentIndex(1);
        QCOMPARE(table->model()->rowCount(), 1);
        QCOMPARE(ui::plain(table->model()->index(0, ui::ObjectsModel::Name).data().toString()), QStringLiteral("a"));
        kind->setCurrentIndex(2);
        QCOMPARE(table->model()->rowCount(), 1);
    }

    void noColumnIsCrushed()
    {
        support::PageHost<ui::ResourcesPage> host(ui::PageId {ui::PageKind::Resources, {}, {}}, QSize(760, 500));
        auto* table = host.find<QTableView>("objects");
        QTRY_VERIFY(table->model()->rowCount() > 0);
        QTRY_VERIFY(table->columnWidth(ui::ObjectsModel::Name) >= 180);
        host.page->resize(1600, 500);
        QTRY_VERIFY(table->columnWidth(ui::ObjectsModel::Name) > 180); // what is left goes to the name
        QCOMPARE(table->horizontalHeader()->length(), table->horizontalHeader()->width());
    }

    void scalesRestartsAndPlansADeletion()
    {
        auto engine = support::sampleEngine();
        engine->liveObjects = someObjects();
        const core::manifest::ResourceKey deployment {"apps", "Deployment", "ml", "d"};
        engine->removalPlans[deployment] = {
            {deployment, {"apps", "ReplicaSet", "ml", "d-1"}, {"", "Pod", "ml", "d-1-a"}}, "llm", {}, {}};
        engine->denied.insert("delete Pod in ml");
        support::PageHost<ui::ResourcesPage> host(
            std::move(engine), ui::PageId {ui::PageKind::Resources, {}, QStringLiteral("Deployment/ml/d")});
        QTRY_VERIFY(host.find<QPushButton>("scale")->isVisible()); // opened for this object
        host.workbench.answer = QString();
        auto* scale = host.find<QPushButton>("scale");
        QVERIFY(!scale->isEnabled()); // as many as there are
        host.find<QSpinBox>("replicas")->setValue(5);
        QTRY_VERIFY(scale->isEnabled());
        QTest::mouseClick(scale, Qt::LeftButton);
        QCOMPARE(host.engine->commands().back(), std::string("scale Deployment/ml/d to 5"));
        QTest::mouseClick(host.find<QPushButton>("restart"), Qt::LeftButton);
        QCOMPARE(host.engine->commands().back(), std::string("restart Deployment/ml/d"));
        QTest::mouseClick(host.find<QPushButton>("deleteLive"), Qt::LeftButton);
        QTRY_COMPARE(host.engine->commands().back(), std::string("remove Deployment/ml/d"));
        const QString plan = ui::plain(host.workbench.questions.back().text);
        QVERIFY(plan.contains(QStringLiteral("1 × Pod")) && plan.contains(QStringLiteral("llm makes it again")));
        auto* table = host.find<QTableView>("objects");
        for (int row = 0; row < table->model()->rowCount(); ++row)
            if (table->model()->index(row, 0).data().toString() == QLatin1String("Pod"))
                table->setCurrentIndex(table->model()->index(row, 0));
        QTRY_VERIFY(!host.find<QPushButton>("deleteLive")->isEnabled());
        QVERIFY(ui::plain(host.find<QPushButton>("deleteLive")->toolTip()).contains(QStringLiteral("delete Pod")));
        host.engine->setReadOnly(true);
        QTRY_VERIFY(!host.find<QPushButton>("editLive")->isEnabled());
    }

    // ---- logs

    void cleansControlSequences()
    {
        QCOMPARE(ui::cleaned(u"\x1b[31merror\x1b[0m done\x07"), QStringLiteral("error done"));
        QCOMPARE(ui::cleaned(u"\x1b["), QString());
        QVERIFY(ui::levelOf(u"2026 ERROR x") == ui::LogLevel::Error);
        QVERIFY(ui::levelOf(u"plain") == ui::LogLevel::None);
    }

    void coloursOfTheTerminalBecomeOurs()
    {
        const auto text =
            ui::parseAnsi(u"a \x1b[1;31mred\x1b[0m \x1b[38;5;46mgreen\x1b[39m \x1b[38;2;0;0;255mblue\x1b[m end");
        QCOMPARE(text.text, QStringLiteral("a red green blue end"));
        QCOMPARE(text.spans.size(), std::size_t {3});
        QVERIFY(text.spans[0].ink == ui::Token::Bad && text.spans[0].bold);
        QCOMPARE(text.text.mid(text.spans[0].start, text.spans[0].length), QStringLiteral("red"));
        QVERIFY(text.spans[1].ink == ui::Token::Ok && !text.spans[1].bold);
        QVERIFY(text.spans[2].ink == ui::Token::Progress);
        QCOMPARE(ui::parseAnsi(u"\x1b]0;title\x07shown").text, QStringLiteral("shown"));
        QCOMPARE(ui::parseAnsi(u"\x1b[38;5m\x1b[999999999999m\x1b[;;;mx").text, QStringLiteral("x"));
    }

    void linesOfManySourcesStandInTheOrderOfTime()
    {
        ui::LogStore store;
        store.add({ui::makeEntry("b1", 10, 1), ui::makeEntry("b2", 30, 1)});
        store.add({ui::makeEntry("a1", 5, 0), ui::makeEntry("a2", 10, 0), ui::makeEntry("a3", 40, 0)});
        QByteArray order;
        for (std::size_t i = 0; i < store.size(); ++i)
            order += store.entry(i).text + ' ';
        QCOMPARE(order, QByteArray("a1 b1 a2 b2 a3 "));
        ui::LogFilter filter;
        filter.pattern = QRegularExpression(QStringLiteral("2$"));
        store.setFilter(filter);
        QVERIFY(!store.scan(1'000));
        QCOMPARE(store.shownCount(), std::size_t {2});
        store.add({ui::makeEntry("c2", 20, 2)}); // late: looked at again from there on
        store.scan(1'000);
        QCOMPARE(store.shownCount(), std::size_t {3});
        QCOMPARE(store.shown(1).text, QByteArray("c2"));
    }

    void theOldestLinesGoWhenThereAreTooMany()
    {
        ui::LogStore store;
        ui::LogFilter filter;
        filter.least = ui::LogLevel::Error;
        store.setFilter(filter);
        std::vector<ui::LogEntry> entries;
        for (std::size_t i = 0; i < ui::LogStore::kMostLines + 10; ++i) {
            ui::LogEntry entry;
            entry.at = static_cast<qint64>(i);
            entry.level = i % 1'000 == 0 ? ui::LogLevel::Error : ui::LogLevel::None;
            entries.push_back(entry);
        }
        store.add(std::move(entries));
        while (store.scan(100'000)) { }
        QCOMPARE(store.size(), ui::LogStore::kMostLines);
        QCOMPARE(store.dropped(), std::uint64_t {10});
        QCOMPARE(store.shownCount(), ui::LogStore::kMostLines / 1'000);
        QCOMPARE(store.shown(0).at, qint64 {1'000});
    }

    void followsALogAndFiltersIt()
    {
        auto engine = support::sampleEngine();
        const auto pod = support::key("Pod", "inference-v2-x7k");
        engine->podLogs[pod] = "info start\nerror: out of memory\ninfo end\n";
        support::PageHost<ui::LogsPage> host(
            std::move(engine),
            ui::PageId {ui::PageKind::Logs, support::sampleApp(), QStringLiteral("ml-serving/inference-v2-x7k")});
        auto* view = host.find<ui::LogView>("logView");
        QTRY_COMPARE(view->lineCount(), std::size_t {3});
        auto* filter = host.find<QLineEdit>("logFilter");
        QTest::keyClicks(filter, QStringLiteral("^error"));
        QCOMPARE(view->shownCount(), std::size_t {1});
        QTest::keyClicks(filter, QStringLiteral("("));
        QCOMPARE(view->shownCount(), std::size_t {0}); // taken as text
        filter->clear();
        QCOMPARE(view->shownCount(), std::size_t {3});
        QVERIFY(host.find<QComboBox>("pods")->count() >= 5);
        host.engine->writeLog(pod, {"warning: almost", "error: again"});
        QTRY_COMPARE(view->lineCount(), std::size_t {5});
        host.find<QComboBox>("logLevel")->setCurrentIndex(3);
        QTRY_COMPARE(view->shownCount(), std::size_t {2});
        view->setFocus();
        QTest::keyClick(view, Qt::Key_Home);
        auto* interface = QAccessible::queryAccessibleInterface(view);
        QCOMPARE(interface->role(), QAccessible::List);
        QCOMPARE(interface->text(QAccessible::Value), QStringLiteral("error: out of memory"));
        QTest::keyClick(view, Qt::Key_Down, Qt::ShiftModifier); // a range to copy
        QCOMPARE(view->selectedText(), QStringLiteral("error: out of memory\nerror: again"));
        QTest::keyClick(view, Qt::Key_Escape);
        QCOMPARE(view->selectedText(), view->text());
        QVERIFY(!view->grab().isNull());
        QTest::mouseClick(host.find<ui::Chip>("previous"), Qt::LeftButton);
        QTRY_COMPARE(host.engine->commands().back(), std::string("follow inference-v2-x7k previous"));
    }

    void containersAreChosenFromWhatThePodHas()
    {
        auto engine = support::sampleEngine();
        const auto pod = support::key("Pod", "inference-v2-x7k");
        engine->podLogs[pod] = "one\n";
        std::erase_if(engine->liveObjects,
                      [&](const core::manifest::Value& object) { return core::manifest::keyOf(object) == pod; });
        engine->liveObjects.push_back(*core::manifest::parseJson(
            R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"inference-v2-x7k","namespace":"ml-serving"},)"
            R"("spec":{"containers":[{"name":"inference"},{"name":"istio-proxy"}],"initContainers":[{"name":"fetch"}]}})"));
        support::PageHost<ui::LogsPage> host(
            std::move(engine),
            ui::PageId {ui::PageKind::Logs, support::sampleApp(), QStringLiteral("ml-serving/inference-v2-x7k")});
        auto* view = host.find<ui::LogView>("logView");
        auto* box = host.find<QComboBox>("container");
        QTRY_COMPARE(box->count(), 5); // the default one, every one, and three names
        QTRY_COMPARE(view->lineCount(), std::size_t {1});
        QCOMPARE(box->itemData(4).toString(), QStringLiteral("fetch"));
        box->setCurrentIndex(1);
        QTRY_COMPARE(host.engine->followers(), std::size_t {3});
        QTRY_COMPARE(view->lineCount(), std::size_t {3});
        box->setCurrentIndex(box->findData(QStringLiteral("istio-proxy")));
        QTRY_COMPARE(host.engine->followers(), std::size_t {1});
        QTRY_COMPARE(view->lineCount(), std::size_t {1});
    }

    void logsOfAWorkloadAreMerged()
    {
        auto engine = support::sampleEngine();
        for (const char* name : {"inference-v1-1", "inference-v1-2", "inference-v1-3"})
            engine->podLogs[support::key("Pod", name)] = std::string(name) + " ready\n";
        support::PageHost<ui::LogsPage> host(std::move(engine),
                                             ui::PageId {ui::PageKind::Logs, support::sampleApp(),
                                                         QStringLiteral("Rollout/ml-serving/inference-rollout")});
        auto* view = host.find<ui::LogView>("logView");
        QTRY_COMPARE(view->lineCount(), std::size_t {5}); // three pods and the two lines of the canary's
        QTRY_COMPARE(host.engine->followers(), std::size_t {4});
        // A pod that appears is followed too, and what stands stays.
        const auto fresh = support::key("Pod", "inference-v2-new");
        host.engine->podLogs[fresh] = "hello\n";
        editApplication(*host.engine, [&](core::engine::Application& app) {
            core::engine::ResourceNode node;
            node.key = fresh;
            node.parents = {support::key("ReplicaSet", "inference-v2", "apps")};
            app.resources.push_back(node);
        });
        QTRY_COMPARE(view->lineCount(), std::size_t {6});
        QTRY_COMPARE(host.engine->followers(), std::size_t {5});
        host.find<QComboBox>("pods")->setCurrentIndex(0); // all pods of the application
        QTRY_VERIFY(host.engine->followers() > 5);
        QVERIFY(host.page->findChild<ui::ErrorStrip*>() != nullptr);
    }

    // ---- journal

    void journalModelPutsNewEntriesFirst()
    {
        const auto engine = support::sampleEngine();
        ui::JournalModel model;
        const QAbstractItemModelTester tester(&model);
        auto entries = engine->auditEntries;
        model.setEntries(entries);
        QCOMPARE(model.rowCount(), static_cast<int>(entries.size()));
        auto newer = entries.front();
        newer.id += 1;
        newer.who = "omar";
        entries.push_back(newer);
        const QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        model.setEntries(entries);
        QCOMPARE(inserted.count(), 1);
        QCOMPARE(ui::plain(model.index(0, ui::JournalModel::Who).data().toString()), QStringLiteral("omar"));
    }

    /// An entry tells why, and what it changed field by field; both are searched.
    void journalShowsWhatAnActionChanged()
    {
        auto engine = support::sampleEngine();
        core::engine::AuditEntry edit;
        edit.id = 1'000;
        edit.at = engine->snapshot()->at;
        edit.who = "salma";
        edit.action = "edit";
        edit.object = "Deployment/ml-serving/gateway";
        edit.result = "Succeeded";
        edit.details =
            R"({"reason":"too slow","changes":[{"path":["spec","replicas"],"from":"2","to":"5"},{"path":["spec","paused"],"from":null,"to":"true"}]})";
        core::engine::AuditEntry sync = edit;
        sync.id = 1'001;
        sync.action = "rollback";
        sync.object = "Application/argocd/llm-service";
        sync.fromRevision = std::string(40, 'a');
        sync.toRevision = std::string(40, 'b');
        sync.details.clear();
        engine->auditEntries.push_back(edit);
        engine->auditEntries.push_back(sync);
        support::PageHost<ui::JournalPage> host(std::move(engine), ui::PageId {ui::PageKind::Journal, {}, {}});
        auto* table = host.find<QTableView>("journal");
        QTRY_VERIFY(table->model()->rowCount() > 1);
        auto* search = host.find<QLineEdit>("journalSearch");
        QTest::keyClicks(search, QStringLiteral("too slow"));
        QCOMPARE(table->model()->rowCount(), 1);
        table->setCurrentIndex(table->model()->index(0, 0));
        auto* changes = host.find<QTreeWidget>("journalChanges");
        QVERIFY(changes->isVisible());
        QCOMPARE(changes->topLevelItemCount(), 2);
        QCOMPARE(ui::plain(changes->topLevelItem(0)->text(0)), QStringLiteral("spec.replicas"));
        QCOMPARE(ui::plain(changes->topLevelItem(0)->text(2)), QStringLiteral("5"));
        QCOMPARE(changes->topLevelItem(1)->text(1), QStringLiteral("—"));
        QVERIFY(host.find<QLabel>("journalReason")->text().contains(QStringLiteral("too slow")));
        QVERIFY(!host.find<QPushButton>("journalCompare")->isVisible());
        search->setText(QStringLiteral("bbbbbbbbbbbbbbbb"));
        QCOMPARE(table->model()->rowCount(), 1);
        table->setCurrentIndex(table->model()->index(0, 0));
        QTest::mouseClick(host.find<QPushButton>("journalCompare"), Qt::LeftButton);
        QVERIFY(host.workbench.opened.back().argument.startsWith(QStringLiteral("git:aaaa")));
        QVERIFY(host.workbench.opened.back().argument.endsWith(QStringLiteral("bbbb")));
    }

    void journalIsSearchedAndChecked()
    {
        support::PageHost<ui::JournalPage> host(ui::PageId {ui::PageKind::Journal, {}, {}});
        auto* table = host.find<QTableView>("journal");
        QTRY_COMPARE(table->model()->rowCount(), 4);
        QTest::keyClicks(host.find<QLineEdit>("journalSearch"), QStringLiteral("omar"));
        QCOMPARE(table->model()->rowCount(), 1);
        QTest::mouseClick(host.find<QPushButton>("verifyJournal"), Qt::LeftButton);
        QTRY_COMPARE(host.find<ui::Badge>("journalVerdict")->text(), QStringLiteral("unbroken"));
        host.engine->failWith(core::Error {core::Error::Code::InvalidInput, "entry 3 does not fit"});
        QTest::mouseClick(host.find<QPushButton>("verifyJournal"), Qt::LeftButton);
        QTRY_COMPARE(host.find<ui::Badge>("journalVerdict")->text(), QStringLiteral("broken"));
    }

private:
    support::ScratchHome m_home;
};

QTEST_MAIN(TestFeaturePages)
#include "tst_feature_pages.moc"
