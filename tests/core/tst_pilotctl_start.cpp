// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

/// Small renders take as long as the program takes to start, and that as long as its libraries take to load.
class TestPilotctlStart : public QObject
{
    Q_OBJECT

private slots:
    void loadsTheLibrariesOfTheSystemOnly()
    {
        QProcess process;
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert("LD_TRACE_LOADED_OBJECTS", "1"); // the dynamic linker tells what it would load
        process.setProcessEnvironment(environment);
        process.start(BINARY_DIR "/bin/pilotctl", QStringList());
        QVERIFY(process.waitForFinished());
        const auto loaded = QString::fromUtf8(process.readAllStandardOutput());
        if (!loaded.contains("=>") || loaded.contains("san.so"))
            QSKIP("a system or build whose libraries are others");
        for (const auto& line : loaded.split('\n', Qt::SkipEmptyParts)) {
            const auto name = line.trimmed().section(' ', 0, 0);
            QVERIFY2(name.startsWith("linux-vdso") || name.startsWith("libmimalloc.so") || name.startsWith("libm.so")
                         || name.startsWith("libc.so") || name.contains("/ld-linux"),
                     qPrintable(name + " is loaded: see app/CMakeLists.txt"));
        }
    }
};

QTEST_GUILESS_MAIN(TestPilotctlStart)
#include "tst_pilotctl_start.moc"
