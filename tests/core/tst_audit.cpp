// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/audit_log.h"
#include "core/engine/timeline.h"

#include <QTemporaryDir>
#include <QTest>

#include <sqlite3.h>

#include <fstream>
#include <thread>

using namespace core;
using namespace core::engine;

namespace {

AuditEntry entry(const std::string& action)
{
    AuditEntry out;
    out.at = parseRfc3339("2026-03-01T10:00:00Z").value();
    out.who = "noor";
    out.action = action;
    out.object = "Application/argocd/ml-platform";
    out.result = "Succeeded";
    return out;
}

void execute(const std::string& path, const char* sql)
{
    sqlite3* handle = nullptr;
    QCOMPARE(sqlite3_open(path.c_str(), &handle), SQLITE_OK);
    QCOMPARE(sqlite3_exec(handle, sql, nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(handle);
}

} // namespace

class TestAudit : public QObject
{
    Q_OBJECT

private slots:
    void entriesFormAChainThatSurvivesARestart()
    {
        QTemporaryDir folder;
        const auto path = folder.path().toStdString() + "/state/audit.db";
        {
            auto log = AuditLog::open(path).value();
            for (const auto* action : {"sync", "rollback", "abort"})
                QVERIFY(log->append(entry(action)).has_value());
        }
        auto log = AuditLog::open(path).value();
        QVERIFY(log->append(entry("promote")).has_value());
        const auto entries = log->entries(10).value();
        QCOMPARE(entries.size(), std::size_t {4});
        QCOMPARE(entries.front().action, std::string("promote"));
        QCOMPARE(entries.front().id, std::int64_t {4});
        QCOMPARE(entries.front().hash, auditHash(entries[1].hash, entries.front()));
        QVERIFY(log->verify().has_value());
        QCOMPARE(log->entries(2)->size(), std::size_t {2});
    }

    void tamperingShows_data()
    {
        QTest::addColumn<QString>("sql");
        QTest::addColumn<QString>("named");
        QTest::newRow("changed") << "UPDATE audit SET who = 'eve' WHERE id = 2"
                                 << "entry 2";
        QTest::newRow("removed") << "DELETE FROM audit WHERE id = 2"
                                 << "entry 2";
        QTest::newRow("first removed") << "DELETE FROM audit WHERE id = 1"
                                       << "entry 1";
        QTest::newRow("swapped") << "UPDATE audit SET id = -1 WHERE id = 2; UPDATE audit SET id = 2 WHERE id = 3; "
                                    "UPDATE audit SET id = 3 WHERE id = -1"
                                 << "entry 2";
    }
    void tamperingShows()
    {
        QFETCH(QString, sql);
        QFETCH(QString, named);
        QTemporaryDir folder;
        const auto path = folder.path().toStdString() + "/audit.db";
        auto log = AuditLog::open(path).value();
        for (const auto* action : {"sync", "rollback", "abort"})
            QVERIFY(log->append(entry(action)).has_value());
        execute(path, sql.toUtf8().constData());
        const auto verdict = log->verify();
        QVERIFY(!verdict.has_value());
        QVERIFY2(verdict.error().message.find(named.toStdString()) != std::string::npos,
                 verdict.error().message.c_str());
    }

    void manyThreadsKeepOneChain()
    {
        QTemporaryDir folder;
        auto log = AuditLog::open(folder.path().toStdString() + "/audit.db").value();
        {
            std::vector<std::jthread> writers;
            for (int t = 0; t < 4; ++t)
                writers.emplace_back([&] {
                    for (int i = 0; i < 10; ++i)
                        (void)log->append(entry("sync"));
                });
        }
        QCOMPARE(log->entries(100)->size(), std::size_t {40});
        QVERIFY(log->verify().has_value());
    }

    void corruptDatabasesAreAClearError()
    {
        QTemporaryDir folder;
        const auto path = folder.path().toStdString() + "/audit.db";
        std::ofstream(path) << std::string(8192, 'x');
        const auto log = AuditLog::open(path);
        QVERIFY(!log.has_value());
        QCOMPARE(log.error().code, Error::Code::Io);
        QVERIFY(log.error().text().find("audit.db") != std::string::npos);
        QVERIFY(!log.error().hint.empty());
    }

    void timelinesKeepChangesOnly()
    {
        QTemporaryDir folder;
        const auto path = folder.path().toStdString() + "/engine.db";
        const auto start = parseRfc3339("2026-03-01T10:00:00Z").value();
        {
            auto timeline = Timeline::open(Database::open(path).value(), start).value();
            timeline->record("w", start, 0);
            timeline->record("w", start + std::chrono::seconds(1), 0);
            timeline->record("w", start + std::chrono::seconds(2), 10);
            timeline->remember("clock", 42);
        }
        auto timeline = Timeline::open(Database::open(path).value(), start + std::chrono::seconds(1)).value();
        QCOMPARE(timeline->points("w").size(), std::size_t {1}); // the older one was dropped
        QCOMPARE(timeline->points("w").front().value, 10.0);
        QCOMPARE(timeline->recall("clock", 0), std::int64_t {42});
        QCOMPARE(timeline->recall("other", 7), std::int64_t {7});
        QVERIFY(timeline->points("x").empty());
    }
};

QTEST_GUILESS_MAIN(TestAudit)
#include "tst_audit.moc"
