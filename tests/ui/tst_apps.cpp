// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "page_host.h"
#include "ui/apps/app_board.h"
#include "ui/apps/app_filter_proxy.h"
#include "ui/apps/app_folders.h"
#include "ui/apps/app_group_model.h"
#include "ui/apps/app_list_model.h"
#include "ui/apps/app_summary.h"
#include "ui/apps/app_views.h"
#include "ui/apps/apps_page.h"
#include "ui/apps/query_helper.h"
#include "ui/base/bidi.h"
#include "ui/base/preferences.h"
#include "ui/base/states.h"
#include "ui/base/widgets.h"
#include "ui/lists/cells_model.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QCompleter>
#include <QFile>
#include <QInputDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QTest>
#include <QTreeView>

using ui::AppFilterProxy;
using ui::AppListModel;

namespace {

core::engine::SnapshotPtr shared(core::engine::Snapshot snapshot)
{
    return std::make_shared<const core::engine::Snapshot>(std::move(snapshot));
}

} // namespace

class TestApps : public QObject
{
    Q_OBJECT

private slots:
    void changedStatusUpdatesOnlyItsRow()
    {
        AppListModel model;
        const QAbstractItemModelTester tester(&model);
        auto snapshot = support::sampleSnapshot();
        model.setSnapshot(shared(snapshot));
        QCOMPARE(model.rowCount(), 7);
        const QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        const QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        auto app = *snapshot.applications[1];
        app.health = core::engine::Health::Degraded;
        snapshot.applications[1] = std::make_shared<const core::engine::Application>(app);
        model.setSnapshot(shared(snapshot));
        QCOMPARE(changed.count(), 1);
        QCOMPARE(changed.first().first().toModelIndex().row(), 1);
        QCOMPARE(reset.count(), 0);
    }

    void rowsComeAndGoWithoutReset()
    {
        AppListModel model;
        const QAbstractItemModelTester tester(&model);
        auto snapshot = support::sampleSnapshot();
        model.setSnapshot(shared(snapshot));
        const QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        const QSignalSpy removed(&model, &QAbstractItemModel::rowsRemoved);
        auto fewer = snapshot;
        fewer.applications.erase(fewer.applications.begin() + 2, fewer.applications.begin() + 4);
        model.setSnapshot(shared(fewer));
        QCOMPARE(model.rowCount(), 5);
        QCOMPARE(removed.count(), 1);
        model.setSnapshot(shared(snapshot));
        QCOMPARE(model.rowCount(), 7);
        for (int row = 0; row < 7; ++row)
            QCOMPARE(model.application(row), snapshot.applications.at(static_cast<std::size_t>(row)));
        QCOMPARE(reset.count(), 0);
    }

    void queryFilters_data()
    {
        QTest::addColumn<QString>("query");
        QTest::addColumn<int>("rows");
        QTest::newRow("nothing") << QString() << 7;
        QTest::newRow("word") << QStringLiteral("llm") << 1;
        QTest::newRow("health") << QStringLiteral("health:degraded") << 1;
        QTest::newRow("sync") << QStringLiteral("sync:outofsync") << 3;
        QTest::newRow("two words") << QStringLiteral("project:ml-production sync:synced") << 2;
        QTest::newRow("without") << QStringLiteral("-project:ml-production") << 3;
        QTest::newRow("regex") << QStringLiteral("/^(ranker|whisper)$/") << 2;
        QTest::newRow("broken regex shows nothing") << QStringLiteral("/(/") << 0;
        QTest::newRow("no match") << QStringLiteral("zzz") << 0;
        QTest::newRow("or") << QStringLiteral("ranker or whisper") << 2;
        QTest::newRow("or binds weaker") << QStringLiteral("health:degraded sync:outofsync or whisper") << 2;
        QTest::newRow("brackets") << QStringLiteral("(ranker or llm) sync:outofsync") << 2;
        QTest::newRow("not") << QStringLiteral("not project:ml-production") << 3;
        QTest::newRow("field regex") << QStringLiteral("project:/^ml-prod/") << 4;
        QTest::newRow("number") << QStringLiteral("gpu>0 gpu<=1") << 1;
        QTest::newRow("quoted") << QStringLiteral("\"llm-service\"") << 1;
        QTest::newRow("open bracket") << QStringLiteral("(ranker") << 1;
        QTest::newRow("stray bracket") << QStringLiteral("ranker ) llm") << 0;
        QTest::newRow("only an operator") << QStringLiteral("or") << 7;
    }
    void queryFilters()
    {
        QFETCH(QString, query);
        AppListModel model;
        AppFilterProxy proxy;
        proxy.setSourceModel(&model);
        const QAbstractItemModelTester tester(&proxy);
        model.setSnapshot(shared(support::sampleSnapshot()));
        proxy.setQuery(query);
        QTEST(proxy.rowCount(), "rows");
    }

    void queriesSayWhatIsWrong_data()
    {
        QTest::addColumn<QString>("query");
        QTest::addColumn<QString>("told");
        QTest::newRow("fine") << QStringLiteral("health:degraded or (gpu>0 -project:ml)") << QString();
        QTest::newRow("field") << QStringLiteral("helth:degraded") << QStringLiteral("Did you mean health:?");
        QTest::newRow("no field like it") << QStringLiteral("quux:1") << QStringLiteral("there are: health,");
        QTest::newRow("address") << QStringLiteral("https://example.com") << QString();
        QTest::newRow("quoted") << QStringLiteral("\"a:b\"") << QString();
        QTest::newRow("value") << QStringLiteral("health:degradet") << QStringLiteral("Did you mean degraded?");
        QTest::newRow("no value like it") << QStringLiteral("sync:zzzzzzzz") << QStringLiteral("sync: can be: synced");
        QTest::newRow("number") << QStringLiteral("gpu>many") << QStringLiteral("a number is expected");
        QTest::newRow("compared") << QStringLiteral("name>3") << QStringLiteral("cannot be compared");
        QTest::newRow("regex") << QStringLiteral("/a(b/") << QStringLiteral("is not valid at character");
        QTest::newRow("open") << QStringLiteral("(llm") << QStringLiteral("A closing bracket is missing");
        QTest::newRow("close") << QStringLiteral("llm )") << QStringLiteral("too many");
        QTest::newRow("quotes") << QStringLiteral("\"llm") << QStringLiteral("quotation mark is missing");
    }
    void queriesSayWhatIsWrong()
    {
        QFETCH(QString, query);
        QFETCH(QString, told);
        const QString problem = ui::plain(ui::AppQuery::parse(query).problem());
        QVERIFY2(told.isEmpty() ? problem.isEmpty() : problem.contains(told), qPrintable(problem));
    }

    void theQueryIsHelpedAlong()
    {
        const support::ScratchHome home;
        support::PageHost<ui::AppsPage> host({ui::PageKind::Applications, {}, {}});
        auto* filter = host.find<QLineEdit>("appFilter");
        auto* problem = host.find<QLabel>("queryProblem");
        QVERIFY(!problem->isVisible());
        filter->setFocus();
        QTest::keyClicks(filter, QStringLiteral("helth:degraded"));
        QVERIFY(problem->isVisible());
        filter->clear();
        QVERIFY(!problem->isVisible());
        const ui::QueryHelper& helper = *filter->findChild<ui::QueryHelper*>();
        QCOMPARE(helper.offers(QStringLiteral("llm -he")), QStringList {QStringLiteral("health:")});
        QCOMPARE(helper.offers(QStringLiteral("health:deg")), QStringList {QStringLiteral("health:degraded")});
        QVERIFY(helper.offers(QStringLiteral("project:")).contains(QStringLiteral("project:ml-production")));
        QVERIFY(helper.offers(QStringLiteral("llm ")).isEmpty());
        // Typed, chosen and taken by the keys alone.
        QTest::keyClicks(filter, QStringLiteral("llm hea"));
        auto* popup = filter->findChild<ui::QueryHelper*>()->findChild<QCompleter*>()->popup();
        QTRY_VERIFY(popup->isVisible());
        QTest::keyClick(popup, Qt::Key_Down);
        QTest::keyClick(popup, Qt::Key_Return);
        QCOMPARE(filter->text(), QStringLiteral("llm health:"));
        // What was typed is there after a crash.
        QTRY_VERIFY(QString::fromUtf8(ui::preferences()->value(QStringLiteral("apps/lastView")).toByteArray())
                        .contains(QStringLiteral("llm health:")));
    }

    void severalAreComparedMovedExportedAndDeleted()
    {
        const support::ScratchHome home;
        support::PageHost<ui::AppsPage> host({ui::PageKind::Applications, {}, {}});
        auto* table = host.find<QTreeView>("appTable");
        auto* bar = host.find<QWidget>("selectionBar");
        const auto action = [&](const char* id) { return host.page->findChild<QAction*>(QLatin1String(id)); };
        const auto choose = [&](const QString& query) {
            auto view = host.page->view();
            view.query = query;
            host.page->setView(view);
            table->setFocus();
            QTest::keyClick(table, Qt::Key_A, Qt::ControlModifier);
        };
        choose(QStringLiteral("llm"));
        QVERIFY(!bar->isVisible());
        QVERIFY(!action("compareSelected")->isEnabled());
        choose(QStringLiteral("ranker or whisper"));
        QVERIFY(bar->isVisible());
        QVERIFY(action("compareSelected")->isEnabled());
        action("compareSelected")->trigger();
        QVERIFY(host.workbench.opened.back().kind == ui::PageKind::Diff);
        QCOMPARE(host.workbench.opened.back().argument, QStringLiteral("live...live@argocd/whisper"));
        // A folder, which the list can be narrowed to and grouped by.
        action("moveToFolder")->trigger();
        auto* dialog = host.page->findChild<QInputDialog*>(QStringLiteral("folderName"));
        QVERIFY(dialog != nullptr);
        dialog->setTextValue(QStringLiteral("speech / كلام"));
        dialog->accept();
        QCOMPARE(ui::folderNames(), QStringList {QStringLiteral("speech / كلام")});
        choose(QStringLiteral("folder:speech"));
        QCOMPARE(table->model()->rowCount(), 2);
        auto view = host.page->view();
        view.query.clear();
        view.group = AppFilterProxy::Facet::Folder;
        host.page->setView(view);
        QCOMPARE(table->model()->rowCount(), 2); // the folder, and those in none
        view.group.reset();
        view.facets = {{AppFilterProxy::Facet::Folder, {"speech / كلام"}}};
        host.page->setView(view);
        QCOMPARE(table->model()->rowCount(), 2);
        // A chip tells of it and takes it away.
        auto* chips = host.find<QWidget>("chosenFacets");
        QVERIFY(chips->isVisible());
        QTest::mouseClick(chips->findChildren<ui::Chip*>().first(), Qt::LeftButton);
        QVERIFY(!chips->isVisible());
        QCOMPARE(table->model()->rowCount(), 7);
        choose(QStringLiteral("ranker or whisper"));
        const QString path = qEnvironmentVariable("PILOTHOUSE_HOME") + QStringLiteral("/out.csv");
        QVERIFY(host.page->writeCsv(path));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto lines = QString::fromUtf8(file.readAll()).split(QStringLiteral("\r\n"), Qt::SkipEmptyParts);
        QCOMPARE(lines.size(), 3);
        QVERIFY2(lines[0].contains(QStringLiteral("Name,Health,Sync")), qPrintable(lines[0]));
        QVERIFY2(lines[1].contains(QStringLiteral("ranker,")), qPrintable(lines[1]));
        QVERIFY(!host.page->writeCsv(path + QStringLiteral("/no/such/folder.csv")));
        // One question for all of them.
        QTest::keyClick(table, Qt::Key_Delete);
        QTRY_COMPARE(host.workbench.questions.size(), std::size_t {1});
        QVERIFY(host.workbench.questions.back().dangerous);
        QCOMPARE(host.workbench.questions.back().typed, QStringLiteral("delete 2"));
    }

    void columnsAndSortingByTheKeyboard()
    {
        const support::ScratchHome home;
        support::PageHost<ui::AppsPage> host({ui::PageKind::Applications, {}, {}});
        auto* table = host.find<QTreeView>("appTable");
        table->setFocus();
        QTest::keyClick(table, Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
        auto* menu = host.page->findChild<QMenu*>(QStringLiteral("columnsMenu"));
        QVERIFY(menu != nullptr && menu->isVisible());
        const auto entry = [](const QMenu& of, const QString& text) {
            const auto all = of.actions();
            const auto found = std::ranges::find(all, text, &QAction::text);
            return found == all.end() ? nullptr : *found;
        };
        entry(*menu, QStringLiteral("Path"))->trigger();
        QVERIFY(!table->isColumnHidden(AppListModel::Path));
        entry(*entry(*menu, QStringLiteral("Sort by"))->menu(), QStringLiteral("Health"))->trigger();
        entry(*entry(*menu, QStringLiteral("And then by"))->menu(), QStringLiteral("GPU"))->trigger();
        const auto keys = host.page->view().sort;
        QCOMPARE(keys.size(), std::size_t {2});
        QCOMPARE(keys[0].column, int {AppListModel::Health});
        QCOMPARE(keys[1].column, int {AppListModel::Gpu});
        menu->close();
    }

    void aClusterOutOfReachIsNotCalledEmpty()
    {
        const support::ScratchHome home;
        support::PageHost<ui::AppsPage> host({ui::PageKind::Applications, {}, {}});
        host.engine->edit([](core::engine::Snapshot& snapshot) {
            snapshot.applications.clear();
            snapshot.connection.state = core::engine::Connection::State::Offline;
        });
        auto* empty = host.page->findChild<ui::EmptyState*>(QStringLiteral("emptyState"));
        QTRY_VERIFY(empty->isVisible());
        const auto labels = empty->findChildren<QLabel*>();
        QVERIFY(std::ranges::any_of(
            labels, [](const QLabel* label) { return label->text().contains(QStringLiteral("cannot be reached")); }));
        const auto buttons = empty->findChildren<QPushButton*>();
        QVERIFY(std::ranges::none_of(buttons, [](const QPushButton* button) { return button->isVisible(); }));
    }

    void worstHealthSortsFirst()
    {
        AppListModel model;
        AppFilterProxy proxy;
        proxy.setSourceModel(&model);
        model.setSnapshot(shared(support::sampleSnapshot()));
        proxy.setSortKeys({{AppListModel::Health, Qt::AscendingOrder}});
        QCOMPARE(proxy.application(proxy.index(0, 0))->name, std::string("llm-service"));
    }

    void sortsBySeveralColumns()
    {
        AppListModel model;
        AppFilterProxy proxy;
        proxy.setSourceModel(&model);
        model.setSnapshot(shared(support::manyApplications(60)));
        proxy.sortBy(AppListModel::Project, AppFilterProxy::Extend::No);
        proxy.sortBy(AppListModel::Health, AppFilterProxy::Extend::Yes);
        proxy.sortBy(AppListModel::Name, AppFilterProxy::Extend::Yes);
        proxy.sortBy(AppListModel::Name, AppFilterProxy::Extend::Yes); // turned around
        const QAbstractItemModel& shown = proxy;
        QVERIFY(shown.headerData(AppListModel::Health, Qt::Horizontal).toString().endsWith(QStringLiteral("▲2")));
        for (int row = 1; row < proxy.rowCount(); ++row) {
            const auto a = proxy.mapToSource(proxy.index(row - 1, 0)).row();
            const auto b = proxy.mapToSource(proxy.index(row, 0)).row();
            const auto key = [&](int at) {
                return std::tuple(model.at(at).project, model.compare(at, 0, AppListModel::Health));
            };
            QVERIFY(model.at(a).project <= model.at(b).project);
            if (model.at(a).project == model.at(b).project) {
                QVERIFY(model.compare(a, b, AppListModel::Health) <= 0);
                if (key(a) == key(b) && model.compare(a, b, AppListModel::Health) == 0)
                    QVERIFY(model.at(a).name > model.at(b).name);
            }
        }
    }

    void facetsCountWhatTheyWouldShow()
    {
        AppListModel model;
        AppFilterProxy proxy;
        proxy.setSourceModel(&model);
        model.setSnapshot(shared(support::sampleSnapshot()));
        using Facet = AppFilterProxy::Facet;
        proxy.toggle(Facet::Sync, "OutOfSync");
        const auto health = proxy.counts(Facet::Health);
        int sum = 0;
        for (const auto& [value, count] : health)
            sum += count;
        QCOMPARE(sum, proxy.rowCount()); // the other facets hold
        int all = 0;
        for (const auto& [value, count] : proxy.counts(Facet::Sync))
            all += count;
        QCOMPARE(all, 7); // its own does not
        for (const auto facet : AppFilterProxy::kFacets) {
            int counted = 0;
            for (const auto& [value, count] : proxy.counts(facet))
                counted += count;
            QCOMPARE(counted, facet == Facet::Sync ? 7 : proxy.rowCount());
        }
        proxy.toggle(Facet::Health, "Degraded");
        QCOMPARE(proxy.rowCount(), health.at("Degraded"));
        proxy.setQuery(QStringLiteral("zzz"));
        QCOMPARE(proxy.counts(Facet::Health).at("Degraded"), 0); // chosen ones stay in sight
    }

    void groupsFollowTheRows()
    {
        AppListModel model;
        AppFilterProxy proxy;
        proxy.setSourceModel(&model);
        ui::AppGroupModel groups(proxy);
        const QAbstractItemModelTester tester(&groups);
        auto snapshot = support::sampleSnapshot();
        model.setSnapshot(shared(snapshot));
        groups.setFacet(AppFilterProxy::Facet::Project);
        QVERIFY(groups.rowCount() >= 2);
        const auto total = [&] {
            int rows = 0;
            for (int i = 0; i < groups.rowCount(); ++i)
                rows += groups.rowCount(groups.index(i, 0));
            return rows;
        };
        QCOMPARE(total(), 7);
        QVERIFY(groups.isGroup(groups.index(0, 0)));
        const auto child = groups.index(0, 0, groups.index(0, 0));
        QCOMPARE(groups.fromProxy(groups.toProxy(child)), child);
        proxy.setQuery(QStringLiteral("llm"));
        QCOMPARE(total(), 1);
        proxy.setQuery({});
        auto moved = *snapshot.applications[0];
        moved.project = "another";
        const int before = groups.rowCount();
        snapshot.applications[0] = std::make_shared<const core::engine::Application>(moved);
        model.setSnapshot(shared(snapshot));
        QCOMPARE(groups.rowCount(), before + 1);
        groups.setFacet(std::nullopt);
        QCOMPARE(groups.rowCount(), 0);
    }

    void favouritesSortFirstAndAreAskedFor()
    {
        AppListModel model;
        AppFilterProxy proxy;
        proxy.setSourceModel(&model);
        model.setSnapshot(shared(support::sampleSnapshot()));
        model.setFavourites({{"argocd", "whisper"}});
        proxy.setSortKeys({{AppListModel::Favourite, Qt::AscendingOrder}});
        QCOMPARE(proxy.application(proxy.index(0, 0))->name, std::string("whisper"));
        proxy.setQuery(QStringLiteral("is:favourite"));
        QCOMPARE(proxy.rowCount(), 1);
    }

    void viewsComeBackAsTheyWere()
    {
        ui::AppView view;
        view.query = QStringLiteral("health:degraded \"ن\"");
        view.facets = {{AppFilterProxy::Facet::Project, {"a", "b/c"}}};
        view.sort = {{AppListModel::Health, Qt::DescendingOrder}, {AppListModel::Name, Qt::AscendingOrder}};
        view.group = AppFilterProxy::Facet::Cluster;
        view.hidden = {3, 5};
        view.header = QByteArray("\x00\xff", 2);
        view.kind = 1;
        const auto again = ui::appViewFromJson(ui::toJson(view));
        QVERIFY(again.has_value());
        QCOMPARE(again->query, view.query);
        QVERIFY(again->facets == view.facets);
        QVERIFY(again->sort == view.sort);
        QVERIFY(again->group == view.group);
        QCOMPARE(again->hidden, view.hidden);
        QCOMPARE(again->header, view.header);
        QCOMPARE(again->kind, 1);
        QVERIFY(!ui::appViewFromJson("[]"));
        QVERIFY(!ui::appViewFromJson("{"));
        const auto odd = ui::appViewFromJson("{\"group\":99,\"hidden\":[0,-1,1000],\"facets\":{\"77\":[\"x\"]}}");
        QVERIFY(odd && !odd->group && odd->hidden.empty() && odd->facets.empty());
    }

    void theListIsArrangedAndActedOn()
    {
        const support::ScratchHome home;
        support::PageHost<ui::AppsPage> host({ui::PageKind::Applications, {}, {}});
        auto* table = host.find<QTreeView>("appTable");
        QCOMPARE(table->model()->rowCount(), 7);
        table->setFocus();
        QTest::keyClick(table, Qt::Key_A, Qt::ControlModifier);
        // Several at once go through one plan.
        QTest::keyClick(table, Qt::Key_Return, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(host.workbench.opened.size(), std::size_t {1});
        QVERIFY(host.workbench.opened.front().kind == ui::PageKind::Plan);
        QCOMPARE(host.workbench.opened.front().argument.split(u'\n').size(), 7);
        // Grouped, the selection stays.
        auto view = host.page->view();
        view.group = AppFilterProxy::Facet::Health;
        host.page->setView(view);
        QTest::keyClick(table, Qt::Key_Return, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(host.workbench.opened.back().argument.split(u'\n').size(), 7);
        QVERIFY(table->model()->rowCount() > 1);
        QVERIFY(table->model()->rowCount() < 7);
        ui::saveAppView(QStringLiteral("mine"), host.page->view());
        QCOMPARE(ui::appViewNames(), QStringList {QStringLiteral("mine")});
        view.group.reset();
        view.query = QStringLiteral("llm");
        host.page->setView(view);
        QCOMPARE(table->model()->rowCount(), 1);
        host.page->setView(*ui::loadAppView(QStringLiteral("mine")));
        QVERIFY(host.page->view().query.isEmpty());
        QVERIFY(table->model()->rowCount() > 1);
        QVERIFY(table->model()->rowCount() < 7);
    }

    void boardSortsByNeed()
    {
        support::PageHost<ui::AppsPage> host(ui::PageId {});
        auto* board = host.page->findChild<ui::AppBoard*>();
        QVERIFY(board != nullptr);
        host.page->findChild<ui::SegmentedBar*>(QStringLiteral("appView"))->setCurrent(2);
        emit host.page->findChild<ui::SegmentedBar*>(QStringLiteral("appView"))->currentChanged(2);
        QTRY_VERIFY(board->isVisible());
        int cards = 0;
        for (const auto column : ui::AppBoard::kColumns) {
            auto* list = board->list(column);
            cards += list->model()->rowCount();
            for (int row = 0; row < list->model()->rowCount(); ++row) {
                const auto index = ui::AppBoard::toFilter(list->model()->index(row, 0));
                const auto* proxy = qobject_cast<const ui::AppFilterProxy*>(index.model());
                QVERIFY(proxy != nullptr);
                QCOMPARE(ui::AppBoard::columnOf(*proxy->application(index)), column);
            }
        }
        QCOMPARE(cards, 7); // each application once
        // A card moves when its application changes; the filter holds here too.
        auto* broken = board->list(ui::AppBoard::Column::Broken);
        const int before = broken->model()->rowCount();
        host.engine->edit([](core::engine::Snapshot& snapshot) {
            for (auto& one : snapshot.applications) {
                auto app = *one;
                app.health = core::engine::Health::Degraded;
                one = std::make_shared<const core::engine::Application>(app);
            }
        });
        QTRY_COMPARE(broken->model()->rowCount(), 7);
        QVERIFY(before < 7);
        // By keys: into the column, to a card, open it.
        broken->setFocus(Qt::TabFocusReason);
        QTRY_VERIFY(broken->currentIndex().isValid());
        QTest::keyClick(broken, Qt::Key_Return);
        QTRY_COMPARE(host.workbench.opened.back().kind, ui::PageKind::Tree);
        QTest::keyClick(broken, Qt::Key_Right);
        QCOMPARE(board->active(), board->list(ui::AppBoard::Column::OutOfSync));
    }

    void summaryCountsAndNarrows()
    {
        support::PageHost<ui::AppsPage> host(ui::PageId {});
        auto* kind = host.page->findChild<ui::SegmentedBar*>(QStringLiteral("appView"));
        kind->setCurrent(3);
        emit kind->currentChanged(3);
        auto* summary = host.page->findChild<ui::AppSummary*>();
        QTRY_VERIFY(summary->isVisible() && summary->counts().rowCount() > 3);
        const auto health = summary->counts().index(0, 0);
        int counted = 0;
        for (int row = 0; row < summary->counts().rowCount(health); ++row)
            counted += summary->counts().row(summary->counts().index(row, 1, health))->cells[1].sort.toInt();
        QCOMPARE(counted, 7);
        const auto first = summary->counts().index(0, 0, health);
        const int wanted = summary->counts().row(first)->cells[1].sort.toInt();
        summary->setCurrentIndex(first);
        QTest::keyClick(summary, Qt::Key_Return);
        auto* table = host.page->findChild<QTreeView*>(QStringLiteral("appTable"));
        QTRY_COMPARE(table->model()->rowCount(), wanted);
        QTRY_COMPARE(summary->counts().rowCount(summary->counts().index(0, 0)), 1);
    }

    void tenThousandRows()
    {
        AppListModel model;
        AppFilterProxy proxy;
        proxy.setSourceModel(&model);
        model.setSnapshot(shared(support::manyApplications(10'000)));
        QCOMPARE(proxy.rowCount(), 10'000);
        proxy.setQuery(QStringLiteral("health:degraded project:project-3"));
        QVERIFY(proxy.rowCount() > 0);
        QVERIFY(proxy.rowCount() < 1'000);
    }
};

QTEST_MAIN(TestApps)
#include "tst_apps.moc"
