// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

namespace {

const QString kProgram = BINARY_DIR "/bin/pilotctl";

struct Outcome
{
    int code = -1;
    bool crashed = false;
    QString text;
};

Outcome run(const QString& program, const QStringList& arguments, const QString& home)
{
    QProcess process;
    auto environment = QProcessEnvironment::systemEnvironment();
    environment.insert("PILOTHOUSE_HOME", home);
    process.setProcessEnvironment(environment);
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(program, arguments);
    process.waitForFinished(120'000);
    return {process.exitCode(), process.exitStatus() == QProcess::CrashExit, QString::fromUtf8(process.readAll())};
}

} // namespace

/// The program on folders that are damaged or full: it says what is wrong and where, and loses nothing.
class TestBadHomes : public QObject
{
    Q_OBJECT

private slots:
    void damagedDatabases_data()
    {
        QTest::addColumn<QString>("file");
        for (const auto* file : {"state/audit.db", "state/engine.db", "data/cluster/cluster.db"})
            QTest::newRow(file) << QString(file);
    }

    void damagedDatabases()
    {
        QFETCH(const QString, file);
        const QTemporaryDir home;
        const auto path = home.filePath(file);
        QVERIFY(QDir().mkpath(QFileInfo(path).path()));
        const QByteArray garbage(8192, 'x');
        QFile damaged(path);
        QVERIFY(damaged.open(QFile::WriteOnly) && damaged.write(garbage) == garbage.size());
        damaged.close();
        const auto outcome = run(kProgram, {"app", "list"}, home.path());
        QVERIFY2(!outcome.crashed && outcome.code == 1, qPrintable(outcome.text));
        QVERIFY2(outcome.text.contains(path) && outcome.text.contains("move"), qPrintable(outcome.text));
        // What was there is left for who wants to mend it.
        QVERIFY(damaged.open(QFile::ReadOnly));
        QCOMPARE(damaged.readAll(), garbage);
    }

    void folderThatCannotBeWritten()
    {
        const QTemporaryDir home;
        QFile inTheWay(home.filePath("state"));
        QVERIFY(inTheWay.open(QFile::WriteOnly));
        const auto outcome = run(kProgram, {"app", "list"}, home.path());
        QVERIFY2(!outcome.crashed && outcome.code == 1, qPrintable(outcome.text));
        QVERIFY2(outcome.text.contains(home.filePath("state")), qPrintable(outcome.text));
    }

    void fullDisk_data()
    {
        QTest::addColumn<QString>("size");
        QTest::newRow("at the start") << "300k";
        QTest::newRow("in the middle of the sync") << "1m";
    }

    void fullDisk()
    {
        QFETCH(const QString, size);
        const QTemporaryDir home;
        // A file system of its own, gone with the process.
        const QString script = QStringLiteral("mount -t tmpfs -o size=%1 none \"$PILOTHOUSE_HOME\" || exit 99; "
                                              "exec %2 --clock-rate 60 app wait ml-platform --timeout 8")
                                   .arg(size, kProgram);
        const auto outcome = run("unshare", {"-Urm", "sh", "-c", script}, home.path());
        if (outcome.code == 99 || outcome.text.startsWith("unshare:"))
            QSKIP("file systems may not be mounted here");
        QVERIFY2(!outcome.crashed && (outcome.code == 1 || outcome.code == 4), qPrintable(outcome.text));
        QVERIFY2(outcome.text.contains("disk is full"), qPrintable(outcome.text));
        QVERIFY2(outcome.text.contains("cluster.db"), qPrintable(outcome.text));
        QVERIFY2(outcome.text.count('\n') < 6, qPrintable(outcome.text)); // said once, not by every write
    }
};

QTEST_GUILESS_MAIN(TestBadHomes)
#include "tst_bad_homes.moc"
