// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "page_host.h"
#include "ui/base/access.h"
#include "ui/base/run_task.h"
#include "ui/base/states.h"
#include "ui/base/widgets.h"
#include "ui/lists/admin_page.h"
#include "ui/lists/lens_pages.h"
#include "ui/lists/problems_page.h"
#include "ui/lists/sets_page.h"
#include "ui/lists/window_calendar.h"
#include "ui/shell/inspector.h"

#include <QAbstractItemModelTester>
#include <QAccessible>
#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QTreeView>
#include <QTreeWidget>

namespace {

ui::CellRow row(const QString& id, const QString& text, std::vector<ui::CellRow> children = {})
{
    ui::CellRow made;
    made.id = id;
    made.cells = {{text}};
    made.children = std::move(children);
    return made;
}

QString cell(const QAbstractItemModel& model, int row, int column, const QModelIndex& parent = {})
{
    return ui::plain(model.index(row, column, parent).data().toString());
}

QAction* action(QObject& page, const char* name)
{
    return page.findChild<QAction*>(QLatin1String(name));
}

} // namespace

class TestLists : public QObject
{
    Q_OBJECT

private slots:
    void rowsChangeAsLittleAsTheyMust()
    {
        ui::CellsModel model;
        const QAbstractItemModelTester tester(&model);
        model.setTitles({QStringLiteral("Name")});
        model.setRows({row(QStringLiteral("a"), QStringLiteral("1")),
                       row(QStringLiteral("b"), QStringLiteral("2"), {row(QStringLiteral("x"), QStringLiteral("3"))}),
                       row(QStringLiteral("c"), QStringLiteral("4"))});
        const QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        const QSignalSpy removed(&model, &QAbstractItemModel::rowsRemoved);
        const QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        const QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        model.setRows({row(QStringLiteral("new"), QStringLiteral("0")), row(QStringLiteral("a"), QStringLiteral("1")),
                       row(QStringLiteral("b"), QStringLiteral("2"), {row(QStringLiteral("x"), QStringLiteral("33"))}),
                       row(QStringLiteral("c"), QStringLiteral("4"))});
        QCOMPARE(inserted.count(), 1);
        QCOMPARE(removed.count(), 0);
        QCOMPARE(changed.count(), 2); // the row and what is below it
        QCOMPARE(cell(model, 0, 0, model.index(2, 0)), QStringLiteral("33"));
        model.setRows({row(QStringLiteral("a"), QStringLiteral("1"))});
        QCOMPARE(model.rowCount(), 1);
        QCOMPARE(reset.count(), 0);
    }

    void aFilterKeepsTheParentsOfWhatMatches()
    {
        ui::CellsModel model;
        model.setTitles({QStringLiteral("Name")});
        model.setRows({row(QStringLiteral("a"), QStringLiteral("node one"),
                           {row(QStringLiteral("x"), QStringLiteral("pod alpha")),
                            row(QStringLiteral("y"), QStringLiteral("pod beta"))}),
                       row(QStringLiteral("b"), QStringLiteral("node two"))});
        ui::CellsFilter filter;
        filter.setSourceModel(&model);
        filter.setText(QStringLiteral("beta pod"));
        QCOMPARE(filter.rowCount(), 1);
        QCOMPARE(filter.rowCount(filter.index(0, 0)), 1);
        filter.setText(QStringLiteral("two"));
        QCOMPARE(cell(filter, 0, 0), QStringLiteral("node two"));
    }

    /// The sentence that a page is about is readable at every width; a width that somebody chose stays.
    void oneColumnTakesWhatTheOthersLeave()
    {
        support::PageHost<ui::ProblemsPage> host(ui::PageId {ui::PageKind::Problems, {}, {}}, {1400, 600});
        auto& header = *host.page->view().header();
        const auto whole = [&] {
            int width = 0;
            for (int i = 0; i < header.count(); ++i)
                width += header.sectionSize(i);
            return width;
        };
        QCOMPARE(whole(), header.width());
        const int object = header.sectionSize(1);
        QVERIFY(header.sectionSize(0) > 400);
        host.page->resize(940, 600);
        QTRY_VERIFY(header.width() < 1000);
        QVERIFY(header.sectionSize(0) >= 240);
        QVERIFY(header.sectionSize(1) < object);
        QVERIFY(whole() <= header.width());
        host.page->resize(500, 600); // scrolls
        QTRY_VERIFY(whole() > header.width());
        QVERIFY(header.sectionSize(0) >= 240);
        header.resizeSection(0, 310);
        host.page->resize(1400, 600);
        QTRY_COMPARE(header.sectionSize(1), object);
        QCOMPARE(header.sectionSize(0), 310);
    }

    void problemsLeadToTheirLine()
    {
        support::PageHost<ui::ProblemsPage> host(ui::PageId {ui::PageKind::Problems, {}, {}});
        auto& model = *host.page->view().model();
        QCOMPARE(model.rowCount(), 3);
        const QAbstractItemModelTester tester(&host.page->model());
        QVERIFY(cell(model, 0, 0).contains(QStringLiteral("killed for memory")));
        host.page->view().setCurrentIndex(model.index(0, 0));
        action(*host.page, "openFile")->trigger();
        QCOMPARE(host.workbench.opened.back(),
                 (ui::PageId {ui::PageKind::Editor, support::sampleApp(),
                              QStringLiteral("overlays/production/memory.yaml#7")}));
        host.page->view().setCurrentIndex(model.index(1, 0));
        QVERIFY(!action(*host.page, "openFile")->isEnabled());
        QVERIFY(action(*host.page, "openCanary")->isEnabled());
        QTest::keyClick(&host.page->view(), Qt::Key_Return);
        QVERIFY(host.workbench.inspected.has_value());
        QTest::mouseClick(host.find<ui::Chip>("severityBad"), Qt::LeftButton);
        QCOMPARE(model.rowCount(), 2);
        QTest::keyClicks(host.find<QLineEdit>("filter"), QStringLiteral("ranker"));
        QCOMPARE(model.rowCount(), 1);
    }

    void decisionsAreOnlyWhatWaitsForAPerson()
    {
        support::PageHost<ui::ProblemsPage> host(ui::PageId {ui::PageKind::Problems, {}, QStringLiteral("decisions")});
        QCOMPARE(host.page->view().model()->rowCount(), 1);
        // Decided where it stands: what cannot be undone is asked for first.
        const auto& rollout = *host.engine->snapshot()->rollouts.front();
        host.engine->edit([&](core::engine::Snapshot& snapshot) {
            auto problems = *snapshot.problems;
            std::erase_if(problems, [](const auto& problem) { return problem.needsDecision; });
            problems.push_back(
                {core::engine::Problem::Severity::Advice, rollout.application, rollout.key, "waits", "", "", 0, true});
            snapshot.problems = std::make_shared<const std::vector<core::engine::Problem>>(problems);
        });
        QTRY_VERIFY(cell(*host.page->view().model(), 0, 0).contains(QStringLiteral("waits")));
        host.page->view().setCurrentIndex(host.page->view().model()->index(0, 0));
        QVERIFY(action(*host.page, "promote")->isEnabled());
        QVERIFY(!action(*host.page, "autoSyncOn")->isEnabled());
        action(*host.page, "promote")->trigger();
        QVERIFY(host.engine->commands().back().find("promote") != std::string::npos);
        const auto asked = host.engine->commands().size();
        action(*host.page, "abort")->trigger();
        QCOMPARE(host.workbench.questions.size(), std::size_t {1});
        QVERIFY(host.workbench.questions.back().dangerous && host.engine->commands().size() == asked);
        action(*host.page, "plan")->trigger();
        QVERIFY(host.workbench.opened.back().kind == ui::PageKind::Plan);
        host.engine->edit([](core::engine::Snapshot& snapshot) {
            snapshot.problems = std::make_shared<const std::vector<core::engine::Problem>>();
        });
        QTRY_COMPARE(host.page->view().model()->rowCount(), 0);
        QTRY_VERIFY(host.page->findChild<ui::EmptyState*>(QStringLiteral("emptyState"))->isVisible());
    }

    void eventsAreFilteredAndLeadToLogs()
    {
        support::PageHost<ui::EventsPage> host(ui::PageId {ui::PageKind::Events, {}, {}});
        auto& model = *host.page->view().model();
        QCOMPARE(model.rowCount(), 4);
        QTest::mouseClick(host.find<ui::Chip>("warningsOnly"), Qt::LeftButton);
        QCOMPARE(model.rowCount(), 1);
        host.page->view().setCurrentIndex(model.index(0, 0));
        action(*host.page, "openLogs")->trigger();
        QCOMPARE(host.workbench.opened.back().argument, QStringLiteral("ml-serving/inference-v2-x7k"));
    }

    void modelsShowTheirVersionsAndShares()
    {
        support::PageHost<ui::ModelsPage> host(ui::PageId {ui::PageKind::Models, {}, {}});
        auto& model = *host.page->view().model();
        QTRY_COMPARE(model.rowCount(), 3);
        const QModelIndex service = model.index(0, 0);
        QCOMPARE(cell(model, 0, 0), QStringLiteral("llm"));
        QCOMPARE(model.rowCount(service), 2);
        QVERIFY(cell(model, 1, 3, service).contains(QStringLiteral("asked for")));
        QVERIFY(cell(model, 1, 2, service).contains(QStringLiteral("v2.1.0")));
        QVERIFY(cell(model, 1, 6).contains(QStringLiteral("Serverless mode only")));
        host.page->view().setCurrentIndex(model.index(1, 0, service));
        action(*host.page, "openCanary")->trigger();
        QCOMPARE(host.workbench.opened.back().kind, ui::PageKind::Canary);
        // A screen reader hears the state with the name.
        auto* interface = QAccessible::queryAccessibleInterface(&host.page->view());
        QVERIFY(interface != nullptr);
        QCOMPARE(interface->text(QAccessible::Name), QStringLiteral("Models"));
        QCOMPARE(service.data(Qt::AccessibleTextRole).toString(), QStringLiteral("llm, Progressing"));
    }

    void versionsStandBesideTheirEnvironments()
    {
        const auto served = [](const char* cluster, const char* nameSpace, std::vector<core::engine::ModelLane> lanes) {
            core::engine::ModelRow row;
            row.key = {"serving.kserve.io", "InferenceService", nameSpace, "llm"};
            row.clusterName = cluster;
            row.model = "llm";
            row.lanes = std::move(lanes);
            return row;
        };
        auto engine = support::sampleEngine();
        engine->modelRows = {
            served("one", "production",
                   {{"a", "v2", "s3://m/llm/v2", 100, 70, false}, {"b", "v10", "s3://m/llm/v10", 30, 30, true}}),
            served("one", "staging", {{"c", "v10", "s3://m/llm/v10", 100, 100, false}}),
            served("one", "edge", {{"d", "v2", "s3://m/llm/v2", 100, 100, false}})};
        support::PageHost<ui::ModelsPage> host(std::move(engine), ui::PageId {ui::PageKind::Models, {}, {}});
        auto& model = *host.page->view().model();
        QTRY_COMPARE(model.rowCount(), 3);
        host.find<ui::SegmentedBar>("modelTabs")->setCurrent(1);
        QCOMPARE(model.columnCount(), 5); // the model, three environments, the URI
        QCOMPARE(model.rowCount(), 1);
        QCOMPARE(cell(model, 0, 1), QStringLiteral("v2"));
        QCOMPARE(cell(model, 0, 2), ui::plain(QStringLiteral("v10 %1 · v2 %2").arg(ui::percent(30), ui::percent(70))));
        QVERIFY(ui::plain(model.index(0, 1).data(Qt::ToolTipRole).toString()).contains(QStringLiteral("v10")));
        const QModelIndex llm = model.index(0, 0);
        QCOMPARE(model.rowCount(llm), 2);
        QCOMPARE(cell(model, 0, 0, llm), QStringLiteral("v10")); // newest first, counted and not spelt
        QCOMPARE(cell(model, 1, 4, llm), QStringLiteral("s3://m/llm/v2"));
        host.page->view().setCurrentIndex(model.index(1, 0, llm));
        QVERIFY(!action(*host.page, "openCanary")->isEnabled());
        QTest::keyClick(&host.page->view(), Qt::Key_Return); // leads nowhere, and breaks nothing
    }

    void accountsShowTheirTokens()
    {
        support::PageHost<ui::AdminPage> host(ui::PageId {ui::PageKind::Administration, {}, {}});
        auto& model = *host.page->view().model();
        QTRY_COMPARE(model.rowCount(), 2);
        host.find<ui::SegmentedBar>("adminTabs")->setCurrent(ui::AdminPage::Accounts);
        QCOMPARE(cell(model, 0, 0), QStringLiteral("admin"));
        QVERIFY(cell(model, 1, 5).contains(QStringLiteral("expired")));
        QCOMPARE(model.rowCount(model.index(1, 0)), 1);
        host.find<ui::SegmentedBar>("adminTabs")->setCurrent(ui::AdminPage::Projects);
        host.page->view().setCurrentIndex(model.index(0, 0));
        action(*host.page, "deleteObject")->trigger();
        QTRY_COMPARE(host.workbench.questions.size(), std::size_t {1});
    }

    void gpusAddUpAndNameWhoHoldsThem()
    {
        support::PageHost<ui::GpusPage> host(ui::PageId {ui::PageKind::Gpus, {}, {}});
        auto& model = *host.page->view().model();
        QTRY_COMPARE(model.rowCount(), 4); // three nodes and what waits
        QCOMPARE(cell(model, 0, 3), QStringLiteral("8"));
        QCOMPARE(cell(model, 0, 4), QStringLiteral("0"));
        QCOMPARE(cell(model, 1, 4), QStringLiteral("5"));
        QCOMPARE(cell(model, 2, 4), QStringLiteral("0")); // cordoned
        QCOMPARE(model.rowCount(model.index(0, 0)), 2);
        QVERIFY(cell(model, 0, 5, model.index(3, 0)).contains(QStringLiteral("Insufficient")));
        QTest::mouseClick(host.find<ui::Chip>("freeOnly"), Qt::LeftButton);
        QCOMPARE(model.rowCount(), 2);
    }

    void aQuestionThatIsForbiddenIsAStateOfThePage()
    {
        auto engine = support::sampleEngine();
        engine->failWith(core::Error {core::Error::Code::Forbidden, "nodes is forbidden: cannot list nodes"});
        support::PageHost<ui::GpusPage> host(std::move(engine), ui::PageId {ui::PageKind::Gpus, {}, {}});
        QTRY_VERIFY(host.page->findChild<ui::EmptyState*>(QStringLiteral("forbiddenState"))->isVisible());
        QVERIFY(!host.page->findChild<ui::ErrorStrip*>()->isVisible());
        host.engine->failWith(std::nullopt);
        host.engine->edit([](core::engine::Snapshot&) {});
        QTRY_VERIFY_WITH_TIMEOUT(host.page->view().model()->rowCount() == 4, 5'000);
        host.engine->failWith(core::Error {core::Error::Code::Unavailable, "connection refused"});
        host.engine->edit([](core::engine::Snapshot&) {});
        QTRY_VERIFY_WITH_TIMEOUT(host.page->findChild<ui::ErrorStrip*>()->isVisible(), 5'000);
        QCOMPARE(host.page->view().model()->rowCount(), 4); // what was known stays
    }

    void administrationHasItsTabs()
    {
        support::PageHost<ui::AdminPage> host(ui::PageId {ui::PageKind::Administration, {}, {}});
        auto& model = *host.page->view().model();
        QTRY_COMPARE(model.rowCount(), 2);
        auto* tabs = host.find<ui::SegmentedBar>("adminTabs");
        const std::array expected {2, 2, 2, 2, 2, 2, 2};
        for (int tab = 0; tab < ui::AdminPage::TabCount; ++tab) {
            tabs->setCurrent(tab);
            QCOMPARE(model.rowCount(), expected.at(static_cast<std::size_t>(tab)));
        }
        QVERIFY(!host.find<QPushButton>("newObject")->isVisible()); // windows are a part of projects
        tabs->setCurrent(ui::AdminPage::Repositories);
        QTest::mouseClick(host.find<QPushButton>("newObject"), Qt::LeftButton);
        QCOMPARE(host.workbench.opened.back().kind, ui::PageKind::Create);
        QCOMPARE(host.workbench.opened.back().argument, QStringLiteral("repository"));
        tabs->setCurrent(ui::AdminPage::Projects);
        host.page->view().setCurrentIndex(model.index(0, 0));
        QTest::keyClick(&host.page->view(), Qt::Key_F2);
        QCOMPARE(host.workbench.opened.back().kind, ui::PageKind::Resources);
        QCOMPARE(host.workbench.opened.back().argument, QStringLiteral("AppProject/argocd/ml-production"));
    }

    void subscriptionsAreMadeAndRemoved()
    {
        support::PageHost<ui::AdminPage> host(ui::PageId {ui::PageKind::Administration, {}, {}});
        auto& model = *host.page->view().model();
        QTRY_COMPARE(model.rowCount(), 2);
        host.find<ui::SegmentedBar>("adminTabs")->setCurrent(ui::AdminPage::Subscriptions);
        auto* owner = host.find<QComboBox>("subscriptionOwner");
        owner->setCurrentIndex(owner->findText(QStringLiteral("llm-service"), Qt::MatchContains));
        host.find<QComboBox>("subscriptionTrigger")->setCurrentText(QStringLiteral("on-health-degraded"));
        host.find<QComboBox>("subscriptionService")->setCurrentText(QStringLiteral("slack"));
        auto* add = host.find<QPushButton>("subscribe");
        QVERIFY(!add->isEnabled());
        QTest::keyClicks(host.find<QLineEdit>("subscriptionRecipients"), QStringLiteral("sre"));
        QTest::mouseClick(add, Qt::LeftButton);
        QCOMPARE(host.engine->commands().back(),
                 std::string("annotate Application/argocd/llm-service "
                             "notifications.argoproj.io/subscribe.on-health-degraded.slack=ml-oncall;ml-platform;sre"));
        for (int i = 0; i < model.rowCount(); ++i)
            if (cell(model, i, 0).contains(QStringLiteral("llm-service")))
                host.page->view().setCurrentIndex(model.index(i, 0));
        host.workbench.answer = QString();
        QTest::keyClick(&host.page->view(), Qt::Key_Delete);
        QVERIFY(host.engine->commands().back().ends_with("slack-"));
    }

    void whatMayNotBeDoneIsGreyedWithTheMissingVerb()
    {
        auto engine = support::sampleEngine();
        engine->denied.insert("patch Application.argoproj.io in argocd");
        support::PageHost<ui::AdminPage> host(std::move(engine), ui::PageId {ui::PageKind::Administration, {}, {}});
        auto& model = *host.page->view().model();
        QTRY_COMPARE(model.rowCount(), 2);
        host.find<ui::SegmentedBar>("adminTabs")->setCurrent(ui::AdminPage::Subscriptions);
        host.page->view().setCurrentIndex(model.index(0, 0));
        auto* remove = action(*host.page, "unsubscribe");
        QTRY_VERIFY(!remove->isEnabled());
        QVERIFY(ui::plain(remove->toolTip()).contains(QStringLiteral("patch Application.argoproj.io in argocd")));
    }

    void readOnlyGreysWithoutAsking()
    {
        const auto engine = support::sampleEngine();
        ui::EngineBridge bridge(*engine);
        ui::AccessGate gate(bridge, nullptr);
        const core::engine::AccessQuestion write {"delete", {"", "Pod"}, {}, "ml", {}};
        const core::engine::AccessQuestion read {"get", {"", "Pod"}, {}, "ml", {}};
        QVERIFY(gate.whyNot(write).isEmpty());
        const QSignalSpy changed(&gate, &ui::AccessGate::changed);
        engine->setReadOnly(true);
        QTRY_VERIFY(!gate.whyNot(write).isEmpty());
        QVERIFY(gate.whyNot(read).isEmpty());
        QVERIFY(changed.count() >= 1);
        ui::workers().waitForDone();
    }

    /// What a set makes is seen down to the manifests, follows the text, and is applied when asked.
    void anApplicationSetIsPreviewedDownToItsManifests()
    {
        auto engine = support::sampleEngine();
        const auto object = [](const char* json) { return *core::manifest::parseJson(json); };
        engine->liveObjects = {object(R"({"apiVersion":"argoproj.io/v1alpha1","kind":"ApplicationSet",
            "metadata":{"name":"teams","namespace":"argocd","uid":"1"},"spec":{"goTemplate":true}})")};
        using Application = core::engine::SetPreview::Application;
        Application made;
        made.name = "team-a";
        made.action = Application::Action::Create;
        made.object = object(R"({"kind":"Application","metadata":{"name":"team-a"}})");
        made.manifests = {
            object(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"settings","namespace":"a"}})")};
        Application gone;
        gone.name = "team-b";
        gone.action = Application::Action::Delete;
        engine->setPreview.applications = {made, gone};
        support::PageHost<ui::SetsPage> host(std::move(engine), {ui::PageKind::ApplicationSets, {}, {}});
        auto* tree = host.find<QTreeWidget>("setTree");
        QTRY_COMPARE(tree->topLevelItemCount(), 2);
        QVERIFY(!host.find<QPlainTextEdit>("setText")->toPlainText().contains(QStringLiteral("uid")));
        QCOMPARE(host.find<QLabel>("setSummary")->text(), QStringLiteral("creates 1 · deletes 1"));
        QCOMPARE(tree->topLevelItem(0)->childCount(), 1);
        tree->setCurrentItem(tree->topLevelItem(0)->child(0));
        QVERIFY(host.find<QPlainTextEdit>("setShown")->toPlainText().contains(QStringLiteral("kind: ConfigMap")));
        host.engine->setPreview = {};
        host.engine->setPreview.error = "no generator";
        host.find<QPlainTextEdit>("setText")->appendPlainText(QStringLiteral("# changed"));
        QVERIFY(host.page->isModified());
        auto* error = host.page->findChild<ui::ErrorStrip*>();
        QTRY_VERIFY(error->isVisible() && error->details().contains(QStringLiteral("no generator")));
        host.workbench.answer = QString();
        QTest::mouseClick(host.find<QPushButton>("applySet"), Qt::LeftButton);
        const auto commands = host.engine->commands();
        QVERIFY(std::ranges::any_of(commands, [](const auto& line) { return line.starts_with("create apiVersion"); }));
    }

    /// Why is it Degraded, why is it OutOfSync: from the application to the pod and to the line in Git, step by step.
    void theInspectorLeadsToTheCause()
    {
        auto engine = support::sampleEngine();
        support::FakeWorkbench workbench;
        ui::Inspector inspector(*engine, workbench);
        inspector.setSnapshot(engine->snapshot());
        inspector.show(support::sampleApp(), std::nullopt);
        inspector.resize(320, 700);
        inspector.QWidget::show();
        auto* chain = inspector.findChild<QLabel*>(QStringLiteral("inspectorChain"));
        const auto said = [&] {
            return ui::plain(chain->text())
                .remove(QRegularExpression(QStringLiteral("<[^>]*>")))
                .remove(QChar(0x200B)); // where a long path may go on in the next line
        };
        QVERIFY(chain->isVisible());
        const auto at = [&](const char* text) { return said().indexOf(QLatin1String(text)); };
        QVERIFY2(at("Rollout/inference-rollout is Degraded") >= 0
                     && at("Rollout/inference-rollout is Degraded") < at("ReplicaSet/inference-v2 is Degraded")
                     && at("ReplicaSet/inference-v2 is Degraded") < at("Pod/inference-v2-x7k is Degraded (OOMKilled)"),
                 qPrintable(said()));
        QVERIFY(at("Service/old is in the cluster and no longer in Git") > 0);
        QVERIFY(at("HorizontalPodAutoscaler/inference is in Git and not in the cluster") > 0);
        QTRY_VERIFY(at("spec.template.spec.containers[0].image: changed in Git") > 0);
        inspector.resize(280, 700); // a long path does not make the cards wider than the panel
        QTest::qWait(50);
        QVERIFY(chain->mapTo(&inspector, QPoint(chain->width(), 0)).x() <= inspector.width());
        emit chain->linkActivated(QStringLiteral("2")); // the pod
        QCOMPARE(workbench.inspected->kind, std::string("Pod"));
        emit chain->linkActivated(QStringLiteral("diff"));
        QCOMPARE(workbench.opened.back().kind, ui::PageKind::Diff);
        ui::workers().waitForDone();
    }

    void theCalendarIsReadAloud()
    {
        support::PageHost<ui::AdminPage> host(ui::PageId {ui::PageKind::Administration, {}, {}});
        QTRY_COMPARE(host.page->view().model()->rowCount(), 2);
        host.find<ui::SegmentedBar>("adminTabs")->setCurrent(ui::AdminPage::Windows);
        auto* calendar = host.find<ui::WindowCalendar>("windowCalendar");
        QVERIFY(calendar->isVisible());
        auto* interface = QAccessible::queryAccessibleInterface(calendar);
        QCOMPARE(interface->role(), QAccessible::Chart);
        const QString value = interface->text(QAccessible::Value);
        QVERIFY(value.contains(QStringLiteral("0 18 * * *")));
        QVERIFY(value.contains(QStringLiteral("opens")));
        QVERIFY(!calendar->grab().isNull());
    }
};

QTEST_MAIN(TestLists)
#include "tst_lists.moc"
