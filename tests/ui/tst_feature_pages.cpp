// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "page_host.h"
#include "ui/base/widgets.h"
#include "ui/logs/journal_model.h"
#include "ui/logs/journal_page.h"
#include "ui/logs/log_view.h"
#include "ui/logs/logs_page.h"
#include "ui/plan/plan_model.h"
#include "ui/plan/plan_page.h"
#include "ui/resources/objects_model.h"
#include "ui/resources/resources_page.h"

#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTableView>

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
        QVERIFY(host.engine->commands().back().find("apply") != std::string::npos);
        QVERIFY(text->isReadOnly());
        const std::size_t before = host.engine->commands().size();
        QTest::mouseClick(host.find<QPushButton>("deleteLive"), Qt::LeftButton);
        QCOMPARE(host.engine->commands().size(), before);
        host.workbench.answer = QString();
        QTest::mouseClick(host.find<QPushButton>("deleteLive"), Qt::LeftButton);
        QCOMPARE(host.engine->commands().size(), before + 1);
        QVERIFY(host.engine->commands().back().find("Deployment") != std::string::npos);
    }

    // ---- logs

    void cleansControlSequences()
    {
        QCOMPARE(ui::cleaned(u"\x1b[31merror\x1b[0m done\x07"), QStringLiteral("error done"));
        QCOMPARE(ui::cleaned(u"\x1b["), QString());
        QVERIFY(ui::levelOf(u"2026 ERROR x") == ui::LogLevel::Error);
        QVERIFY(ui::levelOf(u"plain") == ui::LogLevel::None);
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
