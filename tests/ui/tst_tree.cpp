// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/fake_engine.h"
#include "ui/tree/tree_canvas.h"
#include "ui/tree/tree_scene.h"

#include <QAccessible>
#include <QSignalSpy>
#include <QTest>

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
