// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/fake_engine.h"
#include "ui/apps/app_filter_proxy.h"
#include "ui/apps/app_list_model.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

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

    void worstHealthSortsFirst()
    {
        AppListModel model;
        AppFilterProxy proxy;
        proxy.setSourceModel(&model);
        model.setSnapshot(shared(support::sampleSnapshot()));
        proxy.sort(AppListModel::Health);
        QCOMPARE(proxy.application(proxy.index(0, 0))->name, std::string("llm-service"));
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
