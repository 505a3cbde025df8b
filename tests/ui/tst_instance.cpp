// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pilothouse/instance.h"

#include <QTemporaryDir>
#include <QtTest>

class TestInstance : public QObject
{
    Q_OBJECT

private slots:
    void aSecondStartHandsOver()
    {
        const QTemporaryDir home;
        Instance later(home.path());
        QVERIFY(!later.handOver(QStringLiteral("pilothouse://journal")));
        Instance first(home.path());
        first.listen();
        const QSignalSpy received(&first, &Instance::messageReceived);
        QVERIFY(later.handOver(QStringLiteral("pilothouse://journal")));
        QTRY_COMPARE(received.count(), 1);
        QCOMPARE(received.first().first().toString(), QStringLiteral("pilothouse://journal"));
    }

    void othersAreNotAsked()
    {
        const QTemporaryDir home;
        Instance first(home.path());
        first.listen();
        Instance other(home.path() + QStringLiteral("/other"));
        QVERIFY(!other.handOver(QStringLiteral("pilothouse://journal")));
    }
};

QTEST_GUILESS_MAIN(TestInstance)
#include "tst_instance.moc"
