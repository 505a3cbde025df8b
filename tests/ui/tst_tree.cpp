// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "page_host.h"
#include "ui/base/theme.h"
#include "ui/base/widgets.h"
#include "ui/tree/compare_slot.h"
#include "ui/tree/tree_canvas.h"
#include "ui/tree/tree_page.h"
#include "ui/tree/tree_scene.h"

#include <QAccessible>
#include <QAction>
#include <QContextMenuEvent>
#include <QDropEvent>
#include <QFile>
#include <QLineEdit>
#include <QMenu>
#include <QMimeData>
#include <QPaintEvent>
#include <QRegularExpression>
#include <QTreeView>

using ui::buildTreeScene;
using ui::TreeOptions;

namespace {

core::engine::ApplicationPtr sample()
{
    for (const auto& app : support::sampleSnapshot().applications) {
        if (app->name == "llm-service")
            return app;
    }
    return nullptr;
}

int indexOf(const ui::TreeScene& scene, const QString& title)
{
    for (std::size_t i = 0; i < scene.items.size(); ++i) {
        if (scene.items[i].title == title)
            return static_cast<int>(i);
    }
    return -1;
}

/// What of a widget was painted since it was last cleared.
class PaintedRegion : public QObject
{
public:
    explicit PaintedRegion(QWidget& widget)
        : QObject(&widget)
    {
        widget.installEventFilter(this);
    }
    QRegion region;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override
    {
        if (event->type() == QEvent::Paint)
            region += static_cast<QPaintEvent*>(event)->region();
        return QObject::eventFilter(watched, event);
    }
};

} // namespace

class TestTree : public QObject
{
    Q_OBJECT

private slots:
    void childrenStandBesideTheirParent()
    {
        const auto scene = buildTreeScene(*sample(), {});
        const int rollout = indexOf(scene, QStringLiteral("inference-rollout"));
        const int canary = indexOf(scene, QStringLiteral("inference-v2"));
        QVERIFY(rollout > 0 && canary > 0);
        const auto& items = scene.items;
        QCOMPARE(items.at(static_cast<std::size_t>(canary)).parent, rollout);
        QVERIFY(items.at(static_cast<std::size_t>(canary)).rect.left()
                > items.at(static_cast<std::size_t>(rollout)).rect.right());
        for (std::size_t a = 0; a < items.size(); ++a) {
            for (std::size_t b = a + 1; b < items.size(); ++b)
                QVERIFY2(!items[a].rect.intersects(items[b].rect), "cards overlap");
        }
    }

    void podsAlikeShareACard()
    {
        const auto grouped = buildTreeScene(*sample(), {});
        QVERIFY(indexOf(grouped, QStringLiteral("3 × inference-v1")) > 0);
        TreeOptions options;
        options.group = false;
        const auto single = buildTreeScene(*sample(), options);
        QCOMPARE(single.items.size(), grouped.items.size() + 2);
    }

    void problemsOnlyKeepsTheWayToThem()
    {
        TreeOptions options;
        options.problemsOnly = true;
        const auto scene = buildTreeScene(*sample(), options);
        QVERIFY(indexOf(scene, QStringLiteral("inference-v2-x7k")) > 0);
        QVERIFY(indexOf(scene, QStringLiteral("inference-rollout")) > 0);
        QCOMPARE(indexOf(scene, QStringLiteral("model-cache")), -1);
    }

    void ringOfOwnersEnds()
    {
        auto app = *sample();
        for (auto& node : app.resources) {
            if (node.key.name == "inference-rollout")
                node.parents = {support::key("ReplicaSet", "inference-v2", "apps")};
        }
        QVERIFY(!buildTreeScene(app, {}).items.empty());
    }

    void keyboardFollowsTheEdges_data()
    {
        QTest::addColumn<bool>("mirrored");
        QTest::newRow("left to right") << false;
        QTest::newRow("right to left") << true;
    }
    void keyboardFollowsTheEdges()
    {
        QFETCH(bool, mirrored);
        ui::TreeCanvas canvas;
        canvas.setLayoutDirection(mirrored ? Qt::RightToLeft : Qt::LeftToRight);
        canvas.resize(900, 700);
        canvas.setScene(buildTreeScene(*sample(), {}), true);
        canvas.show();
        const auto title = [&] { return canvas.scene().items.at(static_cast<std::size_t>(canvas.selected())).title; };
        canvas.select(indexOf(canvas.scene(), QStringLiteral("inference-rollout")));
        QTest::keyClick(&canvas, mirrored ? Qt::Key_Left : Qt::Key_Right);
        QVERIFY(title().startsWith(QStringLiteral("inference-v")));
        QTest::keyClick(&canvas, mirrored ? Qt::Key_Right : Qt::Key_Left);
        QCOMPARE(title(), QStringLiteral("inference-rollout"));
        QTest::keyClick(&canvas, Qt::Key_E);
        QVERIFY(canvas.scene().items.at(static_cast<std::size_t>(canvas.selected())).problem);
        const QSignalSpy activated(&canvas, &ui::TreeCanvas::activated);
        QTest::keyClick(&canvas, Qt::Key_Return);
        QCOMPARE(activated.count(), 1);
    }

    void clickSelects()
    {
        ui::TreeCanvas canvas;
        canvas.resize(900, 700);
        canvas.setScene(buildTreeScene(*sample(), {}), true);
        canvas.show();
        const int wanted = indexOf(canvas.scene(), QStringLiteral("inference-v2-x7k"));
        QTest::mouseClick(&canvas, Qt::LeftButton, {}, canvas.viewRect(wanted).center().toPoint());
        QCOMPARE(canvas.selected(), wanted);
        canvas.setScene(buildTreeScene(*sample(), {}), false); // an update keeps the selection
        QCOMPARE(canvas.selected(), wanted);
    }

    void objectsMeetInTheComparison()
    {
        const support::ScratchHome home;
        support::PageHost<ui::TreePage> host({ui::PageKind::Tree, support::sampleApp(), {}});
        const auto manifest = [&](const char* name, const char* image) {
            core::engine::ResourceDetails details;
            details.liveYaml = std::string("apiVersion: v1\nkind: Pod\nmetadata:\n  name: ") + name
                + "\n  namespace: ml-serving\n  uid: u-" + name + "\nspec:\n  image: " + image + "\n";
            host.engine->resourceDetails[support::key("Pod", name)] = details;
        };
        manifest("inference-v2-x7k", "v2");
        manifest("llm-predictor-0", "v1");
        auto& canvas = host.page->canvas();
        auto* slot = host.find<ui::CompareSlot>("compareSlot");
        const auto choose = [&](const char* title) {
            canvas.select(indexOf(canvas.scene(), QLatin1String(title)));
            canvas.setFocus();
            QTest::keyClick(&canvas, Qt::Key_C);
        };
        choose("inference-v2-x7k");
        QVERIFY(ui::CompareSlot::content().has_value());
        QVERIFY2(slot->text().contains(QStringLiteral("inference-v2-x7k")), qPrintable(slot->text()));
        choose("llm-predictor-0");
        QTRY_COMPARE(host.workbench.opened.size(), std::size_t {1});
        QVERIFY(host.workbench.opened.front().kind == ui::PageKind::Diff);
        const QString sides = host.workbench.opened.front().argument;
        QVERIFY(!ui::CompareSlot::content().has_value());
        static const QRegularExpression paths(QStringLiteral("^path:(.+)\\.\\.\\.path:(.+)$"));
        const auto match = paths.match(sides);
        QVERIFY2(match.hasMatch(), qPrintable(sides));
        QFile other(match.captured(2));
        QVERIFY(other.open(QIODevice::ReadOnly));
        const QByteArray text = other.readAll();
        // It meets the first under that one's name, with what differs in sight.
        QVERIFY(text.contains("name: inference-v2-x7k") && text.contains("image: v1") && !text.contains("uid"));
        // Dropped onto each other as well; what is of two kinds is refused in words.
        const std::unique_ptr<QMimeData> mime(
            ui::mimeOf({support::sampleApp(), support::key("Pod", "inference-v2-x7k")}));
        const auto drop = [&](const char* title) {
            const QPointF at = canvas.viewRect(indexOf(canvas.scene(), QLatin1String(title))).center();
            QDragEnterEvent enter(at.toPoint(), Qt::CopyAction, mime.get(), Qt::LeftButton, {});
            QCoreApplication::sendEvent(&canvas, &enter);
            QDropEvent event(at, Qt::CopyAction, mime.get(), Qt::LeftButton, {});
            QCoreApplication::sendEvent(&canvas, &event);
        };
        drop("llm-predictor-0");
        QTRY_COMPARE(host.workbench.opened.size(), std::size_t {2});
        drop("model-cache");
        QTRY_COMPARE(host.workbench.reports.size(), std::size_t {1});
        QVERIFY2(host.workbench.reports.front().contains(QStringLiteral("nothing to compare")),
                 qPrintable(host.workbench.reports.front()));
    }

    void whatCanBeDoneIsInTheMenuAndUnderKeys()
    {
        support::PageHost<ui::TreePage> host({ui::PageKind::Tree, support::sampleApp(), {}});
        auto& canvas = host.page->canvas();
        const auto enabled = [&](const char* name) {
            return host.page->findChild<QAction*>(QLatin1String(name))->isEnabled();
        };
        host.page->setFocus(Qt::OtherFocusReason);
        QVERIFY(canvas.hasFocus());
        canvas.select(0); // the application itself
        QVERIFY(!enabled("logs") && !enabled("deleteObject"));
        canvas.select(indexOf(canvas.scene(), QStringLiteral("inference-v2-x7k")));
        QVERIFY(enabled("logs") && enabled("terminal") && !enabled("allLogs"));
        QTest::keyClick(&canvas, Qt::Key_L);
        QVERIFY(host.workbench.opened.back().kind == ui::PageKind::Logs);
        QCOMPARE(host.workbench.opened.back().argument, QStringLiteral("ml-serving/inference-v2-x7k"));
        QTest::keyClick(&canvas, Qt::Key_S);
        QVERIFY(host.workbench.opened.back().kind == ui::PageKind::Terminal);
        QTest::keyClick(&canvas, Qt::Key_Menu);
        QContextMenuEvent menu(QContextMenuEvent::Keyboard, {}, {});
        QCoreApplication::sendEvent(&canvas, &menu);
        auto* shown = host.page->findChild<QMenu*>(QStringLiteral("objectMenu"));
        QVERIFY(shown != nullptr);
        QVERIFY(shown->actions().contains(host.page->findChild<QAction*>(QStringLiteral("logs"))));
        shown->close();
        canvas.select(indexOf(canvas.scene(), QStringLiteral("inference-rollout")));
        QVERIFY(enabled("allLogs") && !enabled("logs"));
        QTest::keyClick(&canvas, Qt::Key_Delete);
        QTRY_COMPARE(host.workbench.questions.size(), std::size_t {1});
    }

    void findCountsAndSteps()
    {
        ui::TreeCanvas canvas;
        canvas.resize(900, 700);
        canvas.setScene(buildTreeScene(*sample(), {}), true);
        const int found = canvas.setFind(QStringLiteral("inference"));
        QVERIFY(found >= 4);
        canvas.findNext(1);
        QCOMPARE(canvas.findPosition(), 1);
        canvas.findNext(-1);
        QCOMPARE(canvas.findPosition(), found);
        QCOMPARE(canvas.setFind(QStringLiteral("nowhere")), 0);
    }

    void screenReaderHearsTheNodes()
    {
        ui::TreeCanvas canvas;
        canvas.resize(900, 700);
        canvas.setScene(buildTreeScene(*sample(), {}), true);
        auto* interface = QAccessible::queryAccessibleInterface(&canvas);
        QVERIFY(interface != nullptr);
        QCOMPARE(interface->childCount(), static_cast<int>(canvas.scene().items.size()));
        const int index = indexOf(canvas.scene(), QStringLiteral("inference-v2-x7k"));
        const QString name = interface->child(index)->text(QAccessible::Name);
        QVERIFY(name.contains(QStringLiteral("inference-v2-x7k")));
        QVERIFY(name.contains(QStringLiteral("Degraded")));
        QVERIFY(name.contains(QStringLiteral("killed for memory")));
        canvas.select(index);
        QVERIFY(interface->child(index)->state().selected);
    }

    void wavesSayWhatTheyWaitFor()
    {
        TreeOptions options;
        options.arrange = TreeOptions::Arrange::Waves;
        auto app = *sample();
        const auto noteOf = [&](const ui::TreeScene& scene, const QString& title) {
            for (const auto& lane : scene.lanes)
                if (ui::plain(lane.title) == title)
                    return ui::plain(lane.note);
            return QString();
        };
        const auto running = buildTreeScene(app, options);
        QVERIFY(noteOf(running, QStringLiteral("Wave 3")).contains(QStringLiteral("canary v2 has no ready pod")));
        QCOMPARE(noteOf(running, QStringLiteral("Wave 5")), QStringLiteral("waits for wave 3"));
        app.operation = {};
        const auto idle = buildTreeScene(app, options);
        QVERIFY(noteOf(idle, QStringLiteral("Wave 5")).contains(QStringLiteral("HorizontalPodAutoscaler/inference")));
        QVERIFY(noteOf(idle, QStringLiteral("Wave 1")).contains(QStringLiteral("nothing in the way")));
        for (auto& node : app.resources)
            if (node.key.name == "model-cache") {
                node.syncPhase = "SyncFailed";
                node.syncMessage = "no storage class";
            }
        QVERIFY(noteOf(buildTreeScene(app, options), QStringLiteral("Wave 2"))
                    .contains(QStringLiteral("no storage class")));
    }

    void aWaveSaysHowLongItHasWaited()
    {
        support::PageHost<ui::TreePage> host({ui::PageKind::Tree, support::sampleApp(), {}});
        auto* arrange = host.find<ui::SegmentedBar>("treeArrange");
        arrange->setCurrent(1);
        emit arrange->currentChanged(1);
        const auto note = [&] {
            for (const auto& lane : host.page->canvas().scene().lanes)
                if (ui::plain(lane.title) == QStringLiteral("Wave 3"))
                    return ui::plain(lane.note);
            return QString();
        };
        const auto waitFor = [&](const char* what, std::chrono::seconds later) {
            host.engine->edit([&](core::engine::Snapshot& snapshot) {
                snapshot.at += later;
                for (auto& one : snapshot.applications) {
                    auto app = *one;
                    if (app.name == support::sampleApp().name)
                        app.operation.waitingFor = what;
                    one = std::make_shared<const core::engine::Application>(app);
                }
            });
        };
        waitFor("Job/migrate is running", std::chrono::seconds(1));
        QTRY_VERIFY2(note().endsWith(QStringLiteral("running (0:00)")), qPrintable(note()));
        waitFor("Job/migrate is running", std::chrono::seconds(130));
        QTRY_VERIFY2(note().endsWith(QStringLiteral("running (2:10)")), qPrintable(note()));
        waitFor("Job/check is running", std::chrono::seconds(5)); // something else: counted anew
        QTRY_VERIFY2(note().endsWith(QStringLiteral("check is running (0:00)")), qPrintable(note()));
    }

    void nodesTellTheirGpus()
    {
        TreeOptions options;
        options.arrange = TreeOptions::Arrange::Nodes;
        options.nodeGpus = {{"gpu-node-1", {7, 8}}};
        const auto scene = buildTreeScene(*sample(), options);
        QVERIFY(std::ranges::any_of(scene.lanes, [](const ui::TreeLane& lane) {
            return ui::plain(lane.title) == QLatin1String("gpu-node-1")
                && ui::plain(lane.note).contains(QStringLiteral("1 here, 7 of 8 requested"));
        }));
    }

    void trafficGoesFromTheRouteToThePods()
    {
        auto app = *sample();
        const auto route = support::key("VirtualService", "inference", "networking.istio.io");
        const auto stable = support::key("Service", "inference-stable");
        const auto canary = support::key("Service", "inference-canary");
        core::engine::ResourceNode node;
        node.existsLive = true;
        node.key = stable;
        for (int i = 1; i <= 3; ++i)
            node.routesTo.push_back({support::key("Pod", "inference-v1-" + std::to_string(i)), {}});
        app.resources.push_back(node);
        node.key = route;
        node.routesTo = {{stable, 70}, {canary, 30}};
        app.resources.push_back(node);
        for (auto& other : app.resources)
            if (other.key == canary)
                other.routesTo = {{support::key("Pod", "inference-v2-x7k"), {}},
                                  {support::key("Pod", "inference-v1-1"), {}}};
        TreeOptions options;
        options.arrange = TreeOptions::Arrange::Traffic;
        const auto scene = buildTreeScene(app, options);
        const auto at = [&](const QString& title) {
            return scene.items.at(static_cast<std::size_t>(indexOf(scene, title)));
        };
        QCOMPARE(at(QStringLiteral("inference")).parent, 0);
        QCOMPARE(at(QStringLiteral("inference-stable")).edge, ui::percent(70));
        QCOMPARE(at(QStringLiteral("3 × inference-v1")).parent, indexOf(scene, QStringLiteral("inference-stable")));
        QCOMPARE(scene.links.size(), std::size_t {1}); // the canary's service reaches the stable pods too
        QCOMPARE(scene.links.front().from, indexOf(scene, QStringLiteral("inference-canary")));
        QCOMPARE(indexOf(scene, QStringLiteral("model-cache")), -1);
    }

    void theListIsTheSameTreeInRows()
    {
        support::PageHost<ui::TreePage> host(ui::PageId {ui::PageKind::Tree, support::sampleApp(), {}});
        host.find<ui::SegmentedBar>("treeArrange")->setCurrent(4);
        auto& model = *host.page->list().model();
        QCOMPARE(model.rowCount(), static_cast<int>(sample()->resources.size()));
        QVERIFY(host.page->list().isVisible());
        QTest::keyClicks(host.find<QLineEdit>("treeFind"), QStringLiteral("x7k"));
        QCOMPARE(model.rowCount(), 1);
        host.page->list().setFocus();
        host.page->list().setCurrentIndex(model.index(0, 0));
        QCOMPARE(host.workbench.inspected->name, std::string("inference-v2-x7k"));
        QTest::keyClick(&host.page->list(), Qt::Key_Return);
        QCOMPARE(host.workbench.opened.back().kind, ui::PageKind::Logs);
        host.find<QLineEdit>("treeFind")->clear();
        QTest::mouseClick(host.find<ui::Chip>("problemsOnly"), Qt::LeftButton);
        QVERIFY(model.rowCount() < static_cast<int>(sample()->resources.size()));
    }

    void groupsOpenAndClose()
    {
        support::PageHost<ui::TreePage> host(ui::PageId {ui::PageKind::Tree, support::sampleApp(), {}});
        auto& canvas = host.page->canvas();
        canvas.select(indexOf(canvas.scene(), QStringLiteral("3 × inference-v1")));
        QTest::keyClick(&canvas, Qt::Key_Plus);
        QCOMPARE(indexOf(canvas.scene(), QStringLiteral("3 × inference-v1")), -1);
        canvas.select(indexOf(canvas.scene(), QStringLiteral("inference-v1-2")));
        QTest::keyClick(&canvas, Qt::Key_Minus);
        QVERIFY(indexOf(canvas.scene(), QStringLiteral("3 × inference-v1")) > 0);
        canvas.select(indexOf(canvas.scene(), QStringLiteral("inference-rollout")));
        QTest::keyClick(&canvas, Qt::Key_Minus);
        QCOMPARE(indexOf(canvas.scene(), QStringLiteral("inference-v2")), -1);
        QTest::keyClick(&canvas, Qt::Key_Plus);
        QVERIFY(indexOf(canvas.scene(), QStringLiteral("inference-v2")) > 0);
    }

    void picturesHoldTheWholeTree_data()
    {
        QTest::addColumn<QString>("ending");
        QTest::addColumn<QByteArray>("begins");
        QTest::newRow("png") << "png" << QByteArray("\x89PNG");
        QTest::newRow("svg") << "svg" << QByteArray("<?xml");
        QTest::newRow("pdf") << "pdf" << QByteArray("%PDF");
    }
    void picturesHoldTheWholeTree()
    {
        QFETCH(QString, ending);
        QFETCH(QByteArray, begins);
        support::PageHost<ui::TreePage> host(ui::PageId {ui::PageKind::Tree, support::sampleApp(), {}}, {500, 200});
        const QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("tree.") + ending);
        QVERIFY(host.page->writePicture(path).has_value());
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray content = file.readAll();
        QVERIFY(content.startsWith(begins));
        if (ending == QLatin1String("svg")) // what the small window does not show is there too
            QVERIFY(content.contains("HorizontalPodAutoscaler"));
        if (ending == QLatin1String("png"))
            QVERIFY(QImage(path).height() >= host.page->canvas().wholeSize().height());
        const auto refused = host.page->writePicture(QStringLiteral("/nowhere/at/all.") + ending);
        QVERIFY(!refused.has_value());
    }

    void eventsFasterThanLayoutsCostOneLayout()
    {
        auto engine = std::make_unique<support::FakeEngine>(
            std::make_shared<const core::engine::Snapshot>(support::bigTree(5'000)));
        const auto app = engine->snapshot()->applications.front();
        support::PageHost<ui::TreePage> host(std::move(engine),
                                             ui::PageId {ui::PageKind::Tree, {app->nameSpace, app->name}, {}});
        auto& canvas = host.page->canvas();
        QTRY_VERIFY(!canvas.scene().items.empty());
        for (int i = 1; i <= 40; ++i)
            host.engine->edit([&](core::engine::Snapshot& snapshot) {
                auto copy = std::make_shared<core::engine::Application>(*snapshot.applications.front());
                copy->resources.front().statusText = std::to_string(i);
                copy->resources.front().managed = false;
                snapshot.applications.front() = copy;
            });
        QTRY_VERIFY(canvas.scene().items.at(1).subtitle.contains(QStringLiteral("40")));
    }

    /// What events change is painted, and nothing beside it.
    void anEventPaintsItsCardOnly()
    {
        ui::Theme::instance().setReducedMotion(true); // rings that turn are painted as well
        ui::TreeCanvas canvas;
        canvas.resize(900, 700);
        auto scene = buildTreeScene(*sample(), {});
        canvas.setScene(scene, true);
        canvas.show();
        QVERIFY(QTest::qWaitForWindowExposed(&canvas));
        QTest::qWait(50);
        PaintedRegion painted(canvas);
        const int pod = indexOf(scene, QStringLiteral("inference-v2-x7k"));
        auto& item = scene.items.at(static_cast<std::size_t>(pod));
        item.subtitle += QStringLiteral("!");
        canvas.setScene(scene, false);
        QTRY_VERIFY(!painted.region.isEmpty());
        const QRect card = canvas.viewRect(pod).toAlignedRect();
        QVERIFY(painted.region.contains(card.center()));
        QVERIFY(card.adjusted(-16, -16, 16, 16).contains(painted.region.boundingRect()));
        painted.region = {};
        canvas.setScene(scene, false); // nothing changed
        QTest::qWait(50);
        QVERIFY(painted.region.isEmpty());
        item.rect.translate(0, 6);
        canvas.setScene(scene, false);
        QTRY_VERIFY(painted.region.contains(canvas.viewRect(0).center().toPoint()));
    }

    void cardsGoToTheirPlaceAndTheOneUnderThePointerStays()
    {
        ui::Theme::instance().setReducedMotion(false);
        ui::TreeCanvas canvas;
        canvas.resize(900, 700);
        TreeOptions options;
        canvas.setScene(buildTreeScene(*sample(), options), true);
        canvas.show();
        QVERIFY(QTest::qWaitForWindowExposed(&canvas));
        const int rollout = indexOf(canvas.scene(), QStringLiteral("inference-rollout"));
        using Identity = std::pair<std::optional<core::manifest::ResourceKey>, QString>;
        std::map<Identity, QRectF> before;
        for (std::size_t i = 0; i < canvas.scene().items.size(); ++i) {
            const auto& item = canvas.scene().items[i];
            before[{item.key, item.group}] = canvas.viewRect(static_cast<int>(i));
        }
        options.folded.insert(*canvas.scene().items.at(static_cast<std::size_t>(rollout)).key);
        canvas.setScene(buildTreeScene(*sample(), options), false);
        int moved = 0;
        for (std::size_t i = 0; i < canvas.scene().items.size(); ++i) {
            const auto& item = canvas.scene().items[i];
            const QRectF from = before.at({item.key, item.group});
            moved += canvas.viewRect(static_cast<int>(i)) != from ? 1 : 0;
            QCOMPARE(canvas.shownRect(static_cast<int>(i)), from);
        }
        QVERIFY(moved > 0);
        const int after = indexOf(canvas.scene(), QStringLiteral("inference-rollout"));
        for (std::size_t i = 0; i < canvas.scene().items.size(); ++i)
            QTRY_COMPARE(canvas.shownRect(static_cast<int>(i)), canvas.viewRect(static_cast<int>(i)));

        QTest::mouseMove(&canvas, canvas.viewRect(after).center().toPoint());
        const QRectF held = canvas.viewRect(after);
        options.folded.clear();
        canvas.setScene(buildTreeScene(*sample(), options), false);
        const int again = indexOf(canvas.scene(), QStringLiteral("inference-rollout"));
        QCOMPARE(canvas.viewRect(again).topLeft(), held.topLeft());
        ui::Theme::instance().setReducedMotion(true);
        canvas.setScene(buildTreeScene(*sample(), {}), false);
        options.folded.insert(*canvas.scene().items.at(static_cast<std::size_t>(again)).key);
        canvas.setScene(buildTreeScene(*sample(), options), false);
        QCOMPARE(canvas.shownRect(0), canvas.viewRect(0));
        ui::Theme::instance().setReducedMotion(false);
    }

    void tenThousandNodes()
    {
        const auto snapshot = support::bigTree(10'000);
        TreeOptions options;
        options.group = false;
        const auto scene = buildTreeScene(*snapshot.applications.front(), options);
        QCOMPARE(scene.items.size(), std::size_t {10'001});
        ui::TreeCanvas canvas;
        canvas.resize(1200, 800);
        canvas.setScene(scene, true);
        QVERIFY(!canvas.grab().isNull());
        canvas.setZoom(0.1, {600, 400});
        QVERIFY(!canvas.grab().isNull());
    }
};

QTEST_MAIN(TestTree)
#include "tst_tree.moc"
