// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Rollouts on a real API server in real time, all runs of a test at once, each in a namespace of its own: our
// controller against what Argo Rollouts did, and our engine as the console of Argo Rollouts' own controller.
// ROLLOUT_RUNS=all plays every recorded run, ROLLOUT_RUNS=seed,restart these; ROLLOUT_RECORD writes down more of them.
#include "core/base/http.h"
#include "core/base/paths.h"
#include "core/engine/engine.h"
#include "core/manifest/yaml.h"
#include "core/rollout/actions.h"
#include "rollout_api_stages.h"
#include "support/real_cluster.h"
#include "support/test_kubelet.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>

#include <sys/prctl.h>

#include <csignal>
#include <filesystem>
#include <future>
#include <thread>

using namespace core;
using namespace std::chrono_literals;
using manifest::Array;
using manifest::Object;
using manifest::text;
using manifest::Value;

namespace {

using Names = std::vector<std::string>;
constexpr std::size_t kAtOnce = 10; ///< runs

/// Where Argo's controller works, and our engine passes on what a person does.
class ArgoStage final : public test::RealStage
{
public:
    ArgoStage(const Value& run, std::shared_ptr<kube::Client> client, kube::Cache& cache, engine::Engine& engine)
        : RealStage(run, "argo", std::move(client), cache)
        , m_engine(engine)
    {
    }

protected:
    Result<> verb(const std::string& words) override
    {
        using Act = engine::Engine::RolloutAction;
        const auto has = [&](std::string_view part) { return words.find(part) != std::string::npos; };
        if (has("undo"))
            return m_engine.undo(rolloutKey(), 0);
        if (has("restart"))
            return m_engine.restart(rolloutKey());
        return m_engine.act(rolloutKey(),
                            has("--full")                    ? Act::PromoteFull
                                : has("--skip-current-step") ? Act::SkipStep
                                : has("promote")             ? Act::Promote
                                : has("abort")               ? Act::Abort
                                                             : Act::Retry,
                            "test");
    }

private:
    engine::Engine& m_engine;
};

/// Where Argo's controller works, and a person types the words of its kubectl plugin.
class PluginStage final : public test::RealStage
{
public:
    PluginStage(const Value& run, std::shared_ptr<kube::Client> client, kube::Cache& cache, QString kubeconfig)
        : RealStage(run, "plugin", std::move(client), cache)
        , m_kubeconfig(std::move(kubeconfig))
    {
    }

protected:
    Result<> verb(const std::string& words) override
    {
        QProcess plugin;
        auto arguments = QString::fromStdString(words).split(' ');
        arguments << "--namespace" << QString::fromStdString(nameSpace()) << "--kubeconfig" << m_kubeconfig;
        plugin.start(support::peerProgram("kubectl-argo-rollouts"), arguments);
        if (!plugin.waitForFinished(60'000) || plugin.exitCode() != 0)
            return fail(Error::Code::Internal, words + ": " + plugin.readAllStandardError().toStdString());
        return {};
    }

private:
    QString m_kubeconfig;
};

/// The scripted Prometheus of all runs as a server on loopback.
class MetricServer final : public QThread
{
public:
    explicit MetricServer(const std::map<std::string, Value>& runs)
    {
        for (const auto& [name, run] : runs)
            m_scripts[name] = std::make_unique<test::ScriptedPrometheus>(run);
        start();
        while (m_port == 0)
            msleep(1);
    }
    ~MetricServer() override
    {
        quit();
        wait();
    }
    [[nodiscard]] std::string address() const { return fmt::format("http://127.0.0.1:{}", m_port.load()); }

protected:
    void run() override
    {
        QTcpServer server;
        QObject::connect(&server, &QTcpServer::newConnection, &server, [&] {
            while (auto* socket = server.nextPendingConnection())
                QObject::connect(socket, &QTcpSocket::readyRead, socket,
                                 [this, socket, asked = QByteArray()]() mutable {
                                     asked += socket->readAll();
                                     answer(*socket, asked);
                                 });
        });
        server.listen(QHostAddress::LocalHost);
        m_port = server.serverPort();
        exec();
    }

private:
    /// Go's client posts a form.
    void answer(QTcpSocket& socket, QByteArray& asked)
    {
        const auto head = asked.indexOf("\r\n\r\n");
        static const QRegularExpression kLength("content-length: (\\d+)", QRegularExpression::CaseInsensitiveOption);
        if (head < 0 || asked.size() < head + 4 + kLength.match(QString::fromUtf8(asked)).captured(1).toInt())
            return;
        HttpRequest request;
        request.url = "http://prometheus/api/v1/query?" + asked.mid(head + 4).toStdString();
        const auto script = m_scripts.find(test::ScriptedPrometheus::scenario(request));
        HttpResponse response;
        response.status = 404;
        if (script != m_scripts.end())
            response = script->second->answer(request).value();
        socket.write(QByteArray::fromStdString(
            fmt::format("HTTP/1.1 {} Answer\r\nContent-Type: application/json\r\nConnection: close\r\n"
                        "Content-Length: {}\r\n\r\n{}",
                        response.status, response.body.size(), response.body)));
        socket.disconnectFromHost();
        asked.clear();
    }

    std::map<std::string, std::unique_ptr<test::ScriptedPrometheus>> m_scripts;
    std::atomic<int> m_port {0};
};

/// A run that asks this Prometheus.
Value askingAt(const Value& run, const std::string& address)
{
    auto json = manifest::toJson(run);
    const std::string recorded = "http://127.0.0.1:19090";
    for (auto at = json.find(recorded); at != std::string::npos; at = json.find(recorded, at + address.size()))
        json.replace(at, recorded.size(), address);
    return manifest::parseJson(json).value();
}

} // namespace

class TestRolloutReal : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void cleanup();
    void ourControllerDoesWhatArgosDid();
    void argosControllerDoesWhatOurConsoleAsks();
    void argosControllerIsRecorded();

private:
    /// Runs until it is ready; what kept it from that, or "".
    QString startArgo(QProcess& argo) const;
    template<class Make>
    void playAll(const Names& names, test::Controller controller, const Make& make);

    QTemporaryDir m_home;
    std::map<std::string, Value> m_runs;
    std::unique_ptr<support::RealCluster> m_real;
    std::unique_ptr<support::TestKubelet> m_kubelet;
    std::shared_ptr<kube::Client> m_client;
    std::shared_ptr<kube::Cache> m_cache;
};

void TestRolloutReal::initTestCase()
{
    m_runs = test::recordedRuns();
    m_runs.merge(test::ownRuns());
    // What the run needs and Argo Rollouts ships.
    const std::filesystem::path definitions = CONFORMANCE_DIR "/kustomize-real/argo-rollouts/input/manifests/crds";
    if (!std::filesystem::exists(definitions))
        QSKIP("the conformance data is not here");
    QString whyNot;
    m_real = support::RealCluster::start(whyNot);
    if (!m_real)
        QSKIP(qPrintable(whyNot));
    m_kubelet = std::make_unique<support::TestKubelet>(m_real->transport());
    m_client = std::make_shared<kube::Client>(m_real->transport());
    auto objects = test::routerDefinitions();
    for (const auto& file : std::filesystem::directory_iterator(definitions))
        if (file.path().filename().string().find("-crd.") != std::string::npos)
            objects.push_back(manifest::parseYaml(paths::readFile(file.path(), std::size_t {8} << 20U).value(),
                                                  file.path().filename().string())
                                  ->front()
                                  .value);
    for (const auto& object : objects) {
        const auto created = m_client->create(object);
        QVERIFY2(created, created ? "" : created.error().text().c_str());
    }
    m_cache = std::make_shared<kube::Cache>(m_client);
    for (const auto& [group, kind] : test::RealStage::kinds()) {
        std::optional<kube::ResourceType> type;
        QTRY_VERIFY_WITH_TIMEOUT((m_client->invalidateDiscovery(),
                                  [&] {
                                      const auto found = m_client->resolve(manifest::GroupKind {group, kind});
                                      type = found ? std::optional(*found) : std::nullopt;
                                      return type.has_value();
                                  }()),
                                 20'000);
        QVERIFY(m_cache->watch(*type, {}));
    }
}

/// Nothing is left for the next test's controller.
void TestRolloutReal::cleanup()
{
    if (!m_client)
        return;
    for (const auto& kind :
         {manifest::GroupKind {"argoproj.io", "Rollout"}, manifest::GroupKind {"apps", "Deployment"}}) {
        const auto type = m_client->resolve(kind).value();
        const auto present = m_client->list(type, "").value();
        for (const auto& object : present.items) {
            const auto gone = m_client->remove(type, manifest::nameSpace(object), manifest::name(object));
            QVERIFY2(gone || gone.error().code == Error::Code::NotFound, gone ? "" : gone.error().text().c_str());
        }
    }
    const auto pods = m_client->resolve("v1", "Pod").value();
    QTRY_VERIFY_WITH_TIMEOUT(m_client->list(pods, "").value().items.empty(), 60'000);
}

template<class Make>
void TestRolloutReal::playAll(const Names& names, test::Controller controller, const Make& make)
{
    std::string wrong;
    for (auto next = names.begin(); next != names.end();) { // more at once, and a busy machine passes for a quiet one
        std::map<std::string, std::future<std::string>> playing;
        for (; next != names.end() && playing.size() < kAtOnce; ++next)
            playing[*next] = std::async(std::launch::async, [&, &run = m_runs.at(*next)] {
                try {
                    const auto stage = make(run);
                    return test::replay(run, *stage, controller);
                } catch (const std::exception& error) {
                    return std::string(error.what());
                }
            });
        for (auto& [name, played] : playing)
            if (const auto difference = played.get(); !difference.empty())
                wrong += "\n" + name + difference;
    }
    QVERIFY2(wrong.empty(), wrong.c_str());
}

void TestRolloutReal::ourControllerDoesWhatArgosDid()
{
    Names names {
        "abort-retry", "analysis-fails", "background-analysis", "blue-green", "image-missing", "istio-steps", "restart",
        "seed",        "subsets",        "surge-zero"};
    if (const auto wanted = qEnvironmentVariable("ROLLOUT_RUNS"); !wanted.isEmpty()) {
        names.clear();
        for (const auto& [name, run] : m_runs)
            if (wanted == "all" || wanted.split(',').contains(QString::fromStdString(name)))
                names.push_back(name);
    }
    std::map<std::string, std::unique_ptr<test::ScriptedPrometheus>> metrics;
    for (const auto& [name, run] : m_runs)
        metrics[name] = std::make_unique<test::ScriptedPrometheus>(run);
    rollout::RolloutController::Deps deps;
    deps.client = m_client;
    deps.cache = m_cache;
    deps.clock = std::make_shared<ScaledClock>();
    deps.resync = test::kRecordedResync;
    deps.http = [&](const HttpRequest& request, std::stop_token) -> Result<HttpResponse> {
        const auto script = metrics.find(test::ScriptedPrometheus::scenario(request));
        if (script == metrics.end())
            return fail(Error::Code::Unavailable, "no such server");
        return script->second->answer(request);
    };
    rollout::RolloutController controller(std::move(deps));
    const std::jthread thread([&](std::stop_token stop) { controller.run(stop); });
    playAll(names, test::Controller::Ours,
            [&](const Value& run) { return std::make_unique<test::RealStage>(run, "ours", m_client, *m_cache); });
}

QString TestRolloutReal::startArgo(QProcess& argo) const
{
    const auto program = support::peerProgram("rollouts-controller");
    if (program.isEmpty())
        return "Argo Rollouts is not installed: tests/peers/install argo-rollouts";
    const auto port = [] { return QString::number(support::freePort()); };
    const auto health = port();
    argo.setStandardErrorFile(m_real->folder() + "/rollouts-controller.log");
    argo.setStandardOutputFile(QProcess::nullDevice());
    argo.setChildProcessModifier([] { ::prctl(PR_SET_PDEATHSIG, SIGKILL); }); // a killed test leaves none behind
    argo.start(program,
               {"--kubeconfig", m_real->kubeconfig(), "--leader-elect=false", "--healthzPort", health, "--metricsPort",
                port(), "--rollout-resync", QString::number(test::kRecordedResync.count()), "--istio-api-version", "v1",
                "--loglevel", "warn"});
    const auto healthy = [&] {
        HttpRequest request;
        request.url = "http://127.0.0.1:" + health.toStdString() + "/healthz";
        const auto response = curlHttp()(request, {});
        return response && response->status == 200;
    };
    if (!argo.waitForStarted() || !QTest::qWaitFor(healthy, 60'000))
        return "Argo Rollouts' controller does not get ready";
    return {};
}

void TestRolloutReal::argosControllerDoesWhatOurConsoleAsks()
{
    QProcess argo;
    if (const auto whyNot = startArgo(argo); !whyNot.isEmpty())
        QSKIP(qPrintable(whyNot));
    engine::Engine::Options options;
    options.home = m_home.path().toStdString();
    options.kubeconfig = m_real->kubeconfig().toStdString();
    options.controllers = false;
    auto opened = engine::Engine::open(options);
    QVERIFY2(opened, opened ? "" : opened.error().text().c_str());
    const auto& engine = *opened;
    playAll({"abort-retry", "istio-steps", "promote-full", "replicas-only", "restart", "third-version", "undo-midway"},
            test::Controller::Argos,
            [&](const Value& run) { return std::make_unique<ArgoStage>(run, m_client, *m_cache, *engine); });

    // No recorded run goes back by the plugin's undo.
    Value object = manifest::array(m_runs.at("restart"), {"objects"}).front();
    manifest::erase(object, {"spec", "strategy", "canary", "steps"});
    const Value run = Object {{"name", "undo"}, {"objects", Array {object}}, {"metrics", Object {}}};
    ArgoStage stage(run, m_client, *m_cache, *engine);
    const auto serves = [&](std::string_view version) {
        stage.tick();
        const auto& rollout = stage.traces().rollout();
        return text(rollout, {"status", "phase"}) == "Healthy"
            && stage.traces().version(text(rollout, {"status", "stableRS"})) == version;
    };
    QTRY_VERIFY_WITH_TIMEOUT(serves("v1"), 40'000);
    QCOMPARE(stage.act(Object {{"image", "v2"}}), std::string());
    QTRY_VERIFY_WITH_TIMEOUT(serves("v2"), 40'000);
    QCOMPARE(stage.act(Object {{"plugin", Array {"undo", "demo"}}}), std::string());
    QTRY_VERIFY_WITH_TIMEOUT(serves("v1"), 40'000);
    argo.kill();
    argo.waitForFinished();
}

/// ROLLOUT_RECORD=all (or names) writes the states and traces of tests/data/rollout-runs anew, from what Argo's
/// controller does with their objects and steps.
void TestRolloutReal::argosControllerIsRecorded()
{
    const auto wanted = qEnvironmentVariable("ROLLOUT_RECORD");
    if (wanted.isEmpty())
        QSKIP("ROLLOUT_RECORD is not set");
    QProcess argo;
    QCOMPARE(startArgo(argo), QString());
    auto runs = test::ownRuns();
    std::erase_if(runs, [&](const auto& run) {
        return wanted != "all" && !wanted.split(',').contains(QString::fromStdString(run.first));
    });
    const MetricServer metrics(runs);
    std::string wrong;
    for (auto next = runs.begin(); next != runs.end();) {
        std::map<std::string, std::future<std::string>> playing;
        for (; next != runs.end() && playing.size() < kAtOnce; ++next)
            playing[next->first] = std::async(std::launch::async, [&, &name = next->first, &run = next->second] {
                try {
                    const auto asking = askingAt(run, metrics.address());
                    PluginStage stage(asking, m_client, *m_cache, m_real->kubeconfig());
                    const auto seen = manifest::toJson(test::recorded(run, stage));
                    const auto written =
                        paths::writeFileAtomically(TEST_DATA "/rollout-runs/" + name + ".json", seen + "\n");
                    return written ? std::string() : written.error().text();
                } catch (const std::exception& error) {
                    return std::string(error.what());
                }
            });
        for (auto& [name, played] : playing)
            if (const auto why = played.get(); !why.empty())
                wrong += name + ": " + why + "\n";
        cleanup();
    }
    QVERIFY2(wrong.empty(), wrong.c_str());
    argo.kill();
    argo.waitForFinished();
}

int main(int argc, char** argv)
{
    qputenv("QTEST_FUNCTION_TIMEOUT", "5400000"); // all runs are one function, in real time
    const QCoreApplication application(argc, argv);
    TestRolloutReal test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_rollout_real.moc"
