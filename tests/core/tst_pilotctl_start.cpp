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

    /// `explain` is asked about a folder, or about the one where one stands.
    void explainsAFieldOfAFolder()
    {
        const QTemporaryDir folder;
        QFile file(folder.filePath("kustomization.yaml"));
        QVERIFY(file.open(QFile::WriteOnly));
        file.write("namePrefix: my-\nconfigMapGenerator:\n- name: c\n  literals: [a=1]\n  options: "
                   "{disableNameSuffixHash: true}\n");
        file.close();
        const auto ask = [&](const QStringList& words) {
            QProcess process;
            process.setWorkingDirectory(folder.path());
            process.start(BINARY_DIR "/bin/pilotctl", QStringList {"explain"} + words);
            process.waitForFinished();
            return QString::fromUtf8(process.readAllStandardOutput() + process.readAllStandardError()).trimmed();
        };
        const auto here = ask({"ConfigMap/my-c", "metadata.name"});
        // Outside of a repository files are named from the root of the file system.
        QVERIFY2(here.startsWith("/") && here.contains("kustomization.yaml:1  namePrefix"), qPrintable(here));
        QCOMPARE(ask({".", "ConfigMap/my-c", "metadata.name"}), here);
        QVERIFY(ask({"ConfigMap/my-c", "data.b"}).contains("has no field data.b"));
        QVERIFY(ask({"ConfigMap/my-c"}).contains("2 required"));
        QVERIFY(ask({"nowhere", "ConfigMap/my-c", "data.a"}).contains("nowhere"));
    }
};

QTEST_GUILESS_MAIN(TestPilotctlStart)
#include "tst_pilotctl_start.moc"
