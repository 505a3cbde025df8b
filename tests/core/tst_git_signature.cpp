// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/git/signature.h"
#include "core/gitops/integrity.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace core;
using Verdict = git::SignatureCheck::Verdict;

/// Commits signed by the real git and gpg, in a home folder of the test's own.
class TestGitSignature : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    QString m_fingerprint;
    std::string m_key;

    [[nodiscard]] QString path(const char* name) const { return m_folder.filePath(name); }

    QString run(const QString& program, const QStringList& arguments)
    {
        QProcess process;
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert("GNUPGHOME", path("home"));
        environment.insert("HOME", m_folder.path());
        environment.insert("GIT_CONFIG_NOSYSTEM", "1");
        process.setProcessEnvironment(environment);
        process.setWorkingDirectory(QFile::exists(path("repo")) ? path("repo") : m_folder.path());
        process.start(program, arguments);
        if (!process.waitForFinished(60'000) || process.exitCode() != 0)
            qFatal("%s %s: %s", qPrintable(program), qPrintable(arguments.join(' ')),
                   process.readAllStandardError().constData());
        return QString::fromUtf8(process.readAllStandardOutput()).trimmed();
    }

    std::string commit(const QString& message, bool sign)
    {
        QStringList arguments {"-c",     "user.name=A",
                               "-c",     "user.email=a@example.com",
                               "-c",     "user.signingkey=" + m_fingerprint,
                               "commit", "--allow-empty",
                               "-m",     message};
        arguments << (sign ? "-S" : "--no-gpg-sign");
        run("git", arguments);
        return run("git", {"rev-parse", "HEAD"}).toStdString();
    }

    git::KeyRing ring(const std::vector<std::string>& keys)
    {
        static int count = 0;
        auto opened = git::KeyRing::open(path("ring").toStdString() + std::to_string(++count), keys);
        if (!opened)
            qFatal("%s", opened.error().text().c_str());
        return *opened;
    }

    std::vector<git::SignatureCheck> check(const std::string& revision, const std::string& id,
                                           git::SignedHistory history, const git::KeyRing& keys)
    {
        auto result = git::verifySignatures(path("repo").toStdString(), revision, id, history, keys);
        if (!result)
            qFatal("%s", result.error().text().c_str());
        return *result;
    }

private slots:
    void initTestCase()
    {
        if (QStandardPaths::findExecutable("gpg").isEmpty() || QStandardPaths::findExecutable("git").isEmpty())
            QSKIP("gpg and git are needed");
        QVERIFY(QDir().mkpath(path("home")));
        QFile::setPermissions(path("home"), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        run("gpg",
            {"--batch", "--pinentry-mode", "loopback", "--passphrase", "", "--quick-generate-key",
             "Signer <a@example.com>", "rsa2048", "sign", "never"});
        for (const auto& line : run("gpg", {"--list-keys", "--with-colons"}).split('\n')) {
            if (line.startsWith("fpr"))
                m_fingerprint = line.split(':').at(9);
        }
        m_key = run("gpg", {"--armor", "--export", m_fingerprint}).toStdString();
        run("git", {"init", "-q", "-b", "main", "repo"});
    }

    void cleanupTestCase() { QProcess::execute("gpgconf", {"--homedir", path("home"), "--kill", "all"}); }

    void verdicts()
    {
        const auto plain = commit("plain", false);
        const auto good = commit("good", true);
        const auto known = ring({m_key});
        const auto unsignedCheck = check("main", plain, git::SignedHistory::Head, known).at(0);
        QVERIFY(unsignedCheck.verdict == Verdict::Unsigned);
        const auto goodCheck = check("main", good, git::SignedHistory::Head, known).at(0);
        QVERIFY2(goodCheck.verdict == Verdict::Good, goodCheck.detail.c_str());
        QCOMPARE(QString::fromStdString(goodCheck.keyId), m_fingerprint.right(16));
        QCOMPARE(goodCheck.algorithm, std::string("RSA"));
        QVERIFY(check("main", good, git::SignedHistory::Head, ring({})).at(0).verdict == Verdict::Unknown);
    }

    void aChangedTextIsInvalid()
    {
        commit("to be changed", true);
        // The same signature over another message.
        const auto raw = run("git", {"cat-file", "commit", "HEAD"}).replace("to be changed", "changed") + "\n";
        QFile file(path("raw"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(raw.toUtf8());
        file.close();
        const auto id = run("git", {"hash-object", "-t", "commit", "-w", path("raw")}).toStdString();
        const auto result = check(id, id, git::SignedHistory::Head, ring({m_key})).at(0);
        QVERIFY(result.verdict == Verdict::Invalid);
        QVERIFY(!result.detail.empty());
    }

    void anAnnotatedTagCounts()
    {
        const auto plain = commit("released", false);
        run("git",
            {"-c", "user.name=A", "-c", "user.email=a@example.com", "tag", "-s", "-u", m_fingerprint, "-m", "v1",
             "v1"});
        run("git", {"-c", "user.name=A", "-c", "user.email=a@example.com", "tag", "-a", "--no-sign", "-m", "v2", "v2"});
        const auto keys = ring({m_key});
        QVERIFY(check("v1", plain, git::SignedHistory::Head, keys).at(0).verdict == Verdict::Good);
        QVERIFY(check("v2", plain, git::SignedHistory::Head, keys).at(0).verdict == Verdict::Unsigned);
        QVERIFY(check("main", plain, git::SignedHistory::Head, keys).at(0).verdict == Verdict::Unsigned);
    }

    void theHistoryIsWalkedBackToASeal()
    {
        commit("old and unsigned", false);
        commit("sealed\n\nArgocd-gpg-seal: what came before was reviewed", true);
        commit("a", true);
        const auto head = commit("b", true);
        const auto keys = ring({m_key});
        const auto checks = check("main", head, git::SignedHistory::All, keys);
        QCOMPARE(checks.size(), std::size_t(3));
        QVERIFY(
            std::all_of(checks.begin(), checks.end(), [](const auto& item) { return item.verdict == Verdict::Good; }));
        commit("forgotten", false);
        const auto next = commit("c", true);
        QVERIFY(check("main", next, git::SignedHistory::All, keys).back().verdict == Verdict::Unsigned);
    }

    void whatAPolicySays_data()
    {
        QTest::addColumn<int>("verdict");
        QTest::addColumn<QString>("allowed");
        QTest::addColumn<QString>("problem");
        QTest::newRow("good") << int(Verdict::Good) << "4AEE18F83AFDEB23"
                              << "";
        QTest::newRow("by the short id") << int(Verdict::Good) << "3afdeb23"
                                         << "";
        QTest::newRow("by the fingerprint") << int(Verdict::Good) << "5DE3E0509C47EA3CF04A42D34AEE18F83AFDEB23"
                                            << "";
        QTest::newRow("another key")
            << int(Verdict::Good) << "07E34825A909B250"
            << "Found good signature made with RSA key 4AEE18F83AFDEB23, but this key is not allowed in AppProject";
        QTest::newRow("too short to name a key")
            << int(Verdict::Good) << "23"
            << "Found good signature made with RSA key 4AEE18F83AFDEB23, but this key is not allowed in AppProject";
        QTest::newRow("unsigned") << int(Verdict::Unsigned) << "4AEE18F83AFDEB23"
                                  << "Target revision abc in Git is not signed, but a signature is required";
        QTest::newRow("invalid") << int(Verdict::Invalid) << "4AEE18F83AFDEB23"
                                 << "Found signature made with RSA key 4AEE18F83AFDEB23, but verification result was "
                                    "invalid: 'Bad signature'";
        QTest::newRow("unknown") << int(Verdict::Unknown) << "4AEE18F83AFDEB23"
                                 << "Could not verify commit signature on revision 'abc', check logs for more "
                                    "information.";
    }

    void whatAPolicySays()
    {
        QFETCH(int, verdict);
        QFETCH(QString, allowed);
        QFETCH(QString, problem);
        gitops::SignaturePolicy policy;
        policy.keys = {allowed.toStdString()};
        const git::SignatureCheck one {"abc", static_cast<Verdict>(verdict), "RSA", "4AEE18F83AFDEB23",
                                       "Bad signature"};
        QCOMPARE(QString::fromStdString(gitops::signatureProblem(policy, "abc", {one})), problem);
    }
};

QTEST_GUILESS_MAIN(TestGitSignature)
#include "tst_git_signature.moc"
