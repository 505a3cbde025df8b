// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Repositories over ssh, served by the machine's own sshd on loopback.
#include "core/git/repository.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

#include <pwd.h>
#include <unistd.h>

using namespace core;

class TestGitSsh : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        const QString sshd = QStandardPaths::findExecutable(QStringLiteral("sshd"), {QStringLiteral("/usr/sbin")});
        const QString keygen = QStandardPaths::findExecutable(QStringLiteral("ssh-keygen"));
        if (sshd.isEmpty() || keygen.isEmpty())
            QSKIP("sshd is not installed");
        if (geteuid() == 0)
            QVERIFY(QDir().mkpath(QStringLiteral("/run/sshd")));
        qputenv("HOME", m_home.path().toUtf8()); // where libgit2 looks for known_hosts
        QVERIFY(QDir(m_home.path()).mkdir(QStringLiteral(".ssh")));
        for (const char* name : {"host", "user", "other"})
            QCOMPARE(QProcess::execute(keygen,
                                       {QStringLiteral("-q"), QStringLiteral("-t"), QStringLiteral("ecdsa"),
                                        QStringLiteral("-m"), QStringLiteral("PEM"), QStringLiteral("-N"), QString(),
                                        QStringLiteral("-f"), path(name)}),
                     0);
        QTcpServer probe;
        QVERIFY(probe.listen(QHostAddress::LocalHost));
        m_port = probe.serverPort();
        probe.close();
        write("config",
              QStringLiteral("Port %1\nListenAddress 127.0.0.1\nHostKey %2\nAuthorizedKeysFile %3\nStrictModes no\n"
                             "UsePAM no\nPermitRootLogin yes\nPidFile none\n")
                  .arg(m_port)
                  .arg(path("host"), path("user.pub")));
        m_sshd.start(sshd, {QStringLiteral("-D"), QStringLiteral("-e"), QStringLiteral("-f"), path("config")});
        QVERIFY(m_sshd.waitForStarted());
        const auto answers = [this] {
            QTcpSocket socket;
            socket.connectToHost(QHostAddress(QHostAddress::LocalHost), m_port);
            return socket.waitForConnected(200);
        };
        QTRY_VERIFY_WITH_TIMEOUT(answers(), 10'000);

        auto repository = git::Repository::init(path("repository").toStdString()).value();
        git::Overlay files;
        files.files = {{"a.txt", "over ssh\n"}};
        m_commit = repository.commitFiles("main", {}, files, "one", {"a", "a@example.com"}).value();
    }

    void cleanupTestCase()
    {
        m_sshd.kill();
        m_sshd.waitForFinished();
    }

    void aHostThatNobodyKnows()
    {
        const auto fetched = fetch("user");
        QVERIFY(!fetched);
        QVERIFY2(fetched.error().message.find("not in ~/.ssh/known_hosts") != std::string::npos,
                 fetched.error().text().c_str());
    }

    void hostKeysOfTheSettings()
    {
        const auto keyOf = [this](const char* name) {
            QFile key(path(name));
            return key.open(QIODevice::ReadOnly) ? key.readAll().toStdString() : std::string();
        };
        const auto port = std::to_string(m_port);
        const auto known =
            "# as in argocd-ssh-known-hosts-cm\ngithub.example.com,[127.0.0.1]:" + port + " " + keyOf("host.pub");
        const auto fetched = fetch("user", known);
        QVERIFY2(fetched.has_value(), fetched ? "" : fetched.error().text().c_str());
        QCOMPARE(*fetched, m_commit);

        const auto changed = fetch("user", "127.0.0.1 " + keyOf("other.pub"));
        QVERIFY(!changed);
        QVERIFY2(changed.error().message.find("somebody may be in between") != std::string::npos,
                 changed.error().text().c_str());

        // Names that ssh-keygen hashed.
        write("hashed", QStringLiteral("127.0.0.1 ") + QString::fromStdString(keyOf("host.pub")));
        QCOMPARE(QProcess::execute(QStandardPaths::findExecutable(QStringLiteral("ssh-keygen")),
                                   {QStringLiteral("-q"), QStringLiteral("-H"), QStringLiteral("-f"), path("hashed")}),
                 0);
        const auto hashed = keyOf("hashed");
        QVERIFY(hashed.starts_with("|1|"));
        QVERIFY(fetch("user", hashed).has_value());
        QVERIFY(!fetch("user", "192.0.2.1 " + keyOf("host.pub")));
    }

    void fetchesWithAKey()
    {
        QFile key(path("host.pub"));
        QVERIFY(key.open(QIODevice::ReadOnly));
        write(".ssh/known_hosts", QStringLiteral("[127.0.0.1]:%1 ").arg(m_port) + QString::fromUtf8(key.readAll()));
        const auto fetched = fetch("user");
        QVERIFY2(fetched.has_value(), fetched ? "" : fetched.error().text().c_str());
        QCOMPARE(*fetched, m_commit);
    }

    void aKeyThatMayNot()
    {
        const auto fetched = fetch("other");
        QVERIFY(!fetched);
        QVERIFY2(fetched.error().code == Error::Code::Unauthorized || fetched.error().code == Error::Code::Unavailable,
                 fetched.error().text().c_str());
    }

private:
    [[nodiscard]] QString path(const char* name) const { return m_home.filePath(QLatin1String(name)); }
    void write(const char* name, const QString& text)
    {
        QFile file(path(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text.toUtf8());
    }
    /// The commit of main, fetched with a key.
    Result<std::string> fetch(const char* key, const std::string& knownHosts = {})
    {
        QFile file(path(key));
        if (!file.open(QIODevice::ReadOnly))
            return fail(Error::Code::Io, "no key");
        git::FetchOptions options;
        options.credentials = git::Credentials {{}, {}, {}, file.readAll().toStdString(), {}};
        options.knownHosts = knownHosts;
        const auto url = QStringLiteral("ssh://%1@127.0.0.1:%2%3")
                             .arg(QString::fromUtf8(getpwuid(geteuid())->pw_name))
                             .arg(m_port)
                             .arg(path("repository"));
        const QString folder = path("mirror") + QLatin1String(key);
        PH_TRY(auto mirror, git::Repository::mirror(folder.toStdString(), url.toStdString(), options));
        PH_CHECK(mirror.fetch(options));
        return mirror.resolve("main");
    }

    QTemporaryDir m_home;
    QProcess m_sshd;
    quint16 m_port = 0;
    std::string m_commit;
};

QTEST_GUILESS_MAIN(TestGitSsh)
#include "tst_git_ssh.moc"
