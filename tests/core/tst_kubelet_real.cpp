// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/engine.h"
#include "support/real_kubelet.h"

#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <mutex>
#include <set>

using namespace core;
using namespace core::engine;

namespace {

const manifest::ResourceKey kPod {"", "Pod", "default", "real"};
const manifest::ResourceKey kDying {"", "Pod", "default", "dying"};

/// What a terminal wrote, and how it ended.
struct Screen
{
    std::mutex mutex;
    std::string text;
    std::optional<Result<int>> end;

    [[nodiscard]] bool shows(const char* part)
    {
        const std::scoped_lock lock(mutex);
        return text.find(part) != std::string::npos;
    }
    [[nodiscard]] bool showsBehind(const char* mark, const char* part)
    {
        const std::scoped_lock lock(mutex);
        const auto at = text.rfind(mark);
        return at != std::string::npos && text.find(part, at) != std::string::npos;
    }
    [[nodiscard]] bool ended()
    {
        const std::scoped_lock lock(mutex);
        return end.has_value();
    }
    [[nodiscard]] TerminalEvents events()
    {
        TerminalEvents out;
        out.output = [this](std::string_view bytes) {
            const std::scoped_lock lock(mutex);
            text += bytes;
        };
        out.ended = [this](const Result<int>& result) {
            const std::scoped_lock lock(mutex);
            end = result;
        };
        return out;
    }
};

/// Lines of followed logs by source.
struct Lines
{
    std::mutex mutex;
    std::map<std::size_t, std::vector<std::string>> all;
    std::map<std::size_t, std::optional<Error>> ended;

    void take(const LogChunk& chunk)
    {
        const std::scoped_lock lock(mutex);
        for (const auto& line : chunk.lines)
            all[chunk.source].push_back(line.text);
        if (chunk.ended)
            ended[chunk.source] = chunk.error;
    }
    [[nodiscard]] std::size_t count(std::size_t source)
    {
        const std::scoped_lock lock(mutex);
        return all[source].size();
    }
    [[nodiscard]] bool has(std::size_t source, const char* part)
    {
        const std::scoped_lock lock(mutex);
        return std::ranges::any_of(all[source], [&](const auto& line) { return line.find(part) != std::string::npos; });
    }
};

} // namespace

/// Terminals, logs and forwarded ports against a real kubelet and real containers.
class TestKubeletReal : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        QString whyNot;
        support::RealCluster::Options options;
        options.apiServerArguments = {"--kubelet-preferred-address-types=InternalIP"};
        m_cluster = support::RealCluster::start(whyNot, options);
        if (m_cluster)
            m_node = support::RealKubelet::start(*m_cluster, whyNot);
        if (!m_node)
            QSKIP(qPrintable(whyNot));
        m_port = support::freePort();
        const auto container = [](const char* name, const QString& rest) {
            return QString("  - {name: %1, imagePullPolicy: Never, %2}\n").arg(name, rest);
        };
        const auto pod = [](const char* name, const QString& containers) {
            return QString(
                       "---\napiVersion: v1\nkind: Pod\nmetadata: {name: %1, namespace: default, labels: {app: %1}}\n"
                       "spec:\n  nodeName: real-node\n  hostNetwork: true\n  automountServiceAccountToken: false\n"
                       "  enableServiceLinks: false\n  terminationGracePeriodSeconds: 1\n  containers:\n%2")
                .arg(name, containers);
        };
        const QString objects =
            pod("real",
                container("web",
                          QString("image: 'localhost/pod:1', command: [/pod, serve, '%1'], "
                                  "ports: [{name: http, containerPort: %1}]")
                              .arg(m_port))
                    + container("talker", "image: 'localhost/pod:1', command: [/pod, talk]")
                    + container("shell", "image: 'localhost/shell:1', command: [/bin/sleep, '100000']"))
            + pod("dying", container("dying", "image: 'localhost/pod:1', command: [/pod, die]"))
            + "---\napiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: default}\n"
              "spec: {selector: {app: real}, ports: [{port: 80, targetPort: http}]}\n";
        const auto kubectl = m_cluster->kubectl();
        const auto made = kubectl.run({"apply", "-f", "-"}, objects.toUtf8());
        QVERIFY2(made.contains("pod/real created"), qPrintable(made));
        Engine::Options engine;
        engine.home = m_home.path().toStdString();
        engine.kubeconfig = m_cluster->kubeconfig().toStdString();
        engine.controllers = false;
        engine.resources = SOURCE_DIR "/resources";
        engine.user = "noor";
        auto opened = Engine::open(engine);
        QVERIFY2(opened, opened ? "" : opened.error().text().c_str());
        m_engine = std::move(*opened);
        const auto running = [&](const char* name) {
            const auto pods = m_engine->objects({"", "Pod"}, "default", {});
            for (const auto& each : pods ? *pods : std::vector<manifest::Value>())
                for (const auto& status : manifest::array(each, {"status", "containerStatuses"}))
                    if (manifest::text(status, {"name"}) == name)
                        return manifest::find(status, {"state", "running"}) != nullptr;
            return false;
        };
        for (const char* name : {"web", "talker", "shell"})
            QTRY_VERIFY2_WITH_TIMEOUT(running(name), qPrintable(kubectl.run({"describe", "pod", "real"}).right(1'500)),
                                      60'000);
    }

    void cleanupTestCase()
    {
        m_engine.reset();
        if (m_node) // the kubelet ends the containers; it takes them with it otherwise
            m_cluster->kubectl().run({"delete", "pod", "real", "dying", "--timeout=30s"});
    }

    void logsAreFollowedMergedAndLimited()
    {
        Lines lines;
        LogOptions options;
        options.tailLines = 2;
        auto following = m_engine->followLogs({{kPod, "talker"}, {kPod, "web"}}, options,
                                              [&](const LogChunk& chunk) { lines.take(chunk); });
        QTRY_VERIFY_WITH_TIMEOUT(lines.count(0) >= 8, 30'000); // goes on
        QTRY_VERIFY_WITH_TIMEOUT(lines.has(0, "\x1b[31mERROR every fifth"), 30'000); // of the error stream, coloured
        {
            const std::scoped_lock lock(lines.mutex);
            QVERIFY(!lines.all[0].front().starts_with("INFO line 1 "));
            QVERIFY(lines.ended.empty());
        }
        following = Subscription();
        Lines last;
        options.follow = false;
        options.tailLines = 0;
        options.sinceSeconds = 2;
        auto since =
            m_engine->followLogs({{kPod, "talker"}}, options, [&](const LogChunk& chunk) { last.take(chunk); });
        QTRY_VERIFY_WITH_TIMEOUT(!last.ended.empty(), 30'000);
        QVERIFY2(last.count(0) >= 1 && last.count(0) <= 8, qPrintable(QString::number(last.count(0))));
    }

    void theLogBeforeTheRestart()
    {
        const auto previous = [&] {
            Lines lines;
            LogOptions options;
            options.previous = true;
            options.follow = false;
            auto reading =
                m_engine->followLogs({{kDying, "dying"}}, options, [&](const LogChunk& chunk) { lines.take(chunk); });
            for (int wait = 0; wait < 100 && !lines.has(0, "FATAL"); ++wait)
                QTest::qWait(50);
            return lines.has(0, "FATAL this is the end");
        };
        QTRY_VERIFY_WITH_TIMEOUT(previous(), 60'000);
    }

    void aContainerThatIsNotThere()
    {
        Lines lines;
        auto reading = m_engine->followLogs({{kPod, "nobody"}}, {}, [&](const LogChunk& chunk) { lines.take(chunk); });
        QTRY_VERIFY_WITH_TIMEOUT(!lines.ended.empty(), 30'000);
        QVERIFY(lines.ended[0]);
        QVERIFY2(lines.ended[0]->message.find("nobody") != std::string::npos, lines.ended[0]->message.c_str());
        Screen screen;
        const auto terminal = m_engine->openTerminal(kPod, "nobody", {"/bin/sh"}, screen.events(), {});
        QVERIFY(!terminal || (QTest::qWaitFor([&] { return screen.ended(); }, 20'000) && !*screen.end));
    }

    void aShellIsTypedIntoAndResized()
    {
        Screen screen;
        auto terminal = m_engine->openTerminal(kPod, "shell", {"/bin/bash", "--norc"}, screen.events(), {});
        QVERIFY2(terminal, terminal ? "" : terminal.error().text().c_str());
        (*terminal)->resize(97, 31);
        (*terminal)->send("stty size; echo ma''rk\r");
        QTRY_VERIFY_WITH_TIMEOUT(screen.shows("31 97") && screen.shows("mark"), 20'000);
        (*terminal)->resize(120, 40);
        (*terminal)->send("stty size\r");
        QTRY_VERIFY_WITH_TIMEOUT(screen.shows("40 120"), 20'000);
        // Ctrl+C throws away what was typed ahead of it, and so may the shell before its next prompt: each waits for
        // the one before.
        (*terminal)->send("echo as''leep; sleep 1000\r");
        QTRY_VERIFY_WITH_TIMEOUT(screen.shows("asleep"), 20'000);
        (*terminal)->send("\x03");
        QTRY_VERIFY_WITH_TIMEOUT(screen.showsBehind("^C", "# "), 20'000);
        (*terminal)->send("echo aw''ake\r");
        QTRY_VERIFY_WITH_TIMEOUT(screen.shows("awake"), 20'000);
        (*terminal)->send("exit 7\r");
        QTRY_VERIFY_WITH_TIMEOUT(screen.ended(), 20'000);
        QVERIFY(*screen.end);
        QCOMPARE(**screen.end, 7);
        QCOMPARE(m_engine->audit(1)->front().action, std::string("exec"));
    }

    void vimEdits()
    {
        {
            Screen probe;
            auto asked = m_engine->openTerminal(kPod, "shell", {"/bin/sh", "-c", "command -v vim"}, probe.events(), {});
            QVERIFY(asked);
            QTRY_VERIFY_WITH_TIMEOUT(probe.ended(), 20'000);
            if (!*probe.end || **probe.end != 0)
                QSKIP("this machine had no vim when tests/peers/install made the image");
        }
        Screen screen;
        auto terminal = m_engine->openTerminal(kPod, "shell", {"vim", "-u", "NONE", "/tmp/text"}, screen.events(), {});
        QVERIFY2(terminal, terminal ? "" : terminal.error().text().c_str());
        (*terminal)->resize(80, 24);
        QTRY_VERIFY_WITH_TIMEOUT(screen.shows("~"), 20'000); // lines that are not there
        (*terminal)->send("iwritten in vim\x1b");
        (*terminal)->send(":wq\r");
        QTRY_VERIFY_WITH_TIMEOUT(screen.ended(), 20'000);
        QVERIFY(*screen.end);
        QCOMPARE(**screen.end, 0);
        Screen after;
        auto reader = m_engine->openTerminal(kPod, "shell", {"cat", "/tmp/text"}, after.events(), {});
        QVERIFY(reader);
        QTRY_VERIFY_WITH_TIMEOUT(after.ended() && after.shows("written in vim"), 20'000);
    }

    void portsLeadToThePodAndThroughTheService()
    {
        const auto ask = [](unsigned short port) {
            QTcpSocket socket;
            socket.connectToHost("127.0.0.1", port);
            socket.waitForConnected(5'000);
            socket.write("GET / HTTP/1.0\r\n\r\n");
            QByteArray text;
            while (socket.waitForReadyRead(5'000))
                text += socket.readAll();
            return text;
        };
        std::mutex mutex;
        std::string problem;
        const auto onProblem = [&](const Error& error) {
            const std::scoped_lock lock(mutex);
            problem = error.text();
        };
        auto direct = m_engine->forwardPort(kPod, m_port, 0, onProblem, {});
        QVERIFY2(direct, direct ? "" : direct.error().text().c_str());
        for (int again = 0; again < 3; ++again) // each connection is a stream of its own
            QVERIFY2(ask((*direct)->localPort()).contains("hello from the pod"), problem.c_str());
        auto through =
            m_engine->forwardPort(manifest::ResourceKey {"", "Service", "default", "web"}, 80, 0, onProblem, {});
        QVERIFY2(through, through ? "" : through.error().text().c_str());
        QCOMPARE((*through)->pod(), kPod);
        QVERIFY2(ask((*through)->localPort()).contains("hello from the pod"), problem.c_str());
        auto closed = m_engine->forwardPort(kPod, support::freePort(), 0, onProblem, {});
        QVERIFY(closed);
        QVERIFY(!ask((*closed)->localPort()).contains("hello"));
        QTRY_VERIFY_WITH_TIMEOUT(
            [&] {
                const std::scoped_lock lock(mutex);
                return problem.find("refused") != std::string::npos;
            }(),
            20'000);
    }

private:
    QTemporaryDir m_home;
    std::unique_ptr<support::RealCluster> m_cluster;
    std::unique_ptr<support::RealKubelet> m_node;
    std::unique_ptr<Engine> m_engine;
    unsigned short m_port = 0;
};

QTEST_GUILESS_MAIN(TestKubeletReal)
#include "tst_kubelet_real.moc"
