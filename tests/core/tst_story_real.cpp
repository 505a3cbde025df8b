// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The story of the example platform on a real API server, through a kubeconfig, with our own controllers: waves, a
// canary that proves itself, a bad one that is undone, a rollback. Its waiting is cut to seconds; what a cluster would
// have beside the API server (volumes, metrics, KServe, Prometheus) is played by the test.
#include "core/base/paths.h"
#include "core/embedded/cluster.h"
#include "core/engine/engine.h"
#include "core/engine/example.h"
#include "core/kube/client.h"
#include "support/real_cluster.h"
#include "support/test_kubelet.h"

#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <regex>

using namespace core;
using namespace core::engine;
using manifest::Array;
using manifest::Object;
using manifest::Value;

namespace {

namespace fs = std::filesystem;

const AppId kApp {"argocd", "ml-platform"};
constexpr auto kVersionFile = "environments/production/kustomization.yaml";

/// Answers every instant query with one sample: the share of successes, or a latency where the query is a quantile.
class OneValuePrometheus : public QTcpServer
{
public:
    double successRate = 0.999;
    int asked = 0;

    OneValuePrometheus()
    {
        connect(this, &QTcpServer::newConnection, this, [this] {
            auto* socket = nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, [this, socket] {
                if (!socket->peek(65'536).contains("\r\n\r\n"))
                    return;
                const bool latency = socket->readAll().contains("histogram_quantile");
                ++asked;
                const auto body = fmt::format(R"({{"status":"success","data":{{"resultType":"vector","result":[)"
                                              R"({{"metric":{{}},"value":[1,"{}"]}}]}}}})",
                                              latency ? 0.1 : successRate);
                socket->write(QByteArray::fromStdString(fmt::format(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close"
                    "\r\n\r\n{}",
                    body.size(), body)));
                socket->disconnectFromHost();
            });
        });
    }
};

/// The example's files with minutes as seconds and Prometheus at another address.
void copyExample(const fs::path& from, const fs::path& to, const std::string& prometheus)
{
    for (const auto& entry : fs::recursive_directory_iterator(from)) {
        const auto target = to / fs::relative(entry.path(), from);
        if (entry.is_directory()) {
            fs::create_directories(target);
            continue;
        }
        auto text = paths::readFile(entry.path()).value();
        text = std::regex_replace(text, std::regex("(duration: |interval: )([0-9]+)m"), "$012s");
        text = std::regex_replace(text, std::regex("http://prometheus:9090"), prometheus);
        QVERIFY(paths::writeFileAtomically(target, text));
    }
}

ApplicationPtr application(Engine& engine)
{
    const auto snapshot = engine.snapshot();
    return snapshot->applications.empty() ? nullptr : snapshot->applications.front();
}

RolloutPtr canaryOf(Engine& engine)
{
    const auto snapshot = engine.snapshot();
    const auto found = std::ranges::find(snapshot->rollouts, false, [](const auto& row) { return row->kserve; });
    return found == snapshot->rollouts.end() ? nullptr : *found;
}

bool serves(Engine& engine, const std::string& image)
{
    const auto canary = canaryOf(engine);
    return canary && canary->phase == "Healthy"
        && std::ranges::any_of(canary->revisions, [&](const RolloutRevision& revision) {
               return revision.stable && !revision.images.empty() && revision.images.front() == image;
           });
}

Result<std::string> commitTag(Engine& engine, const std::string& tag)
{
    PH_TRY(auto file, engine.readFile(kApp, kVersionFile, {}));
    const auto at = file.text.find("newTag: ");
    file.text.replace(at, file.text.find('\n', at) - at, "newTag: " + tag);
    return engine.commitFile(kApp, kVersionFile, file.text, file.commit, "serve " + tag);
}

/// What stands in the way, for a failed wait.
std::string state(Engine& engine)
{
    std::string out;
    if (const auto app = application(engine)) {
        out += fmt::format("sync {}, health {}, operation: {}\n", static_cast<int>(app->sync),
                           static_cast<int>(app->health), app->operation.message);
        for (const auto& node : app->resources)
            if (node.health != Health::Healthy || node.sync != SyncState::Synced)
                out += fmt::format("  {} sync {} health {} {}\n", node.key.text(), static_cast<int>(node.sync),
                                   static_cast<int>(node.health.value_or(Health::Healthy)), node.healthMessage);
    }
    if (const auto canary = canaryOf(engine))
        out += fmt::format("rollout {} {} step {} weight {}\n", canary->phase, canary->message, canary->stepIndex,
                           canary->actualWeight);
    for (const auto& problem : *engine.snapshot()->problems)
        out += "  " + problem.message + "\n";
    return out;
}

} // namespace

class TestStoryReal : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void aClusterWithoutDefinitionsIsTold();
    void theWavesBringThePlatform();
    void aGoodVersionProvesItself();
    void aBadVersionIsUndone();
    void aRollbackGoesToTheVersionBefore();

private:
    /// Plays what no controller of this cluster does: metrics of the autoscalers, KServe.
    void playTheRest();
    bool settled();
    Value live(const manifest::GroupKind& kind, const std::string& name);

    QTemporaryDir m_home;
    OneValuePrometheus m_prometheus;
    std::unique_ptr<support::RealCluster> m_real;
    std::unique_ptr<support::TestKubelet> m_kubelet;
    std::shared_ptr<kube::Client> m_client;
    std::unique_ptr<Engine> m_engine;
};

void TestStoryReal::initTestCase()
{
    QString whyNot;
    support::RealCluster::Options options;
    options.controllers += ",-horizontal-pod-autoscaler-controller"; // it would tell that there are no metrics
    m_real = support::RealCluster::start(whyNot, options);
    if (!m_real)
        QSKIP(qPrintable(whyNot));
    QVERIFY(m_prometheus.listen(QHostAddress::LocalHost));
    m_kubelet = std::make_unique<support::TestKubelet>(m_real->transport());
    m_client = std::make_shared<kube::Client>(m_real->transport());
    Engine::Options engine;
    engine.home = m_home.filePath("home").toStdString();
    engine.resources = SOURCE_DIR "/resources";
    engine.kubeconfig = m_real->kubeconfig().toStdString();
    m_engine = Engine::open(engine).value();
}

void TestStoryReal::aClusterWithoutDefinitionsIsTold()
{
    const auto told = [&] {
        const auto snapshot = m_engine->snapshot();
        return std::ranges::any_of(*snapshot->problems, [](const Problem& problem) {
            return problem.message.find("applications.argoproj.io") != std::string::npos && !problem.hint.empty();
        });
    };
    QTRY_VERIFY_WITH_TIMEOUT(told(), 30'000);
    const auto installed = m_real->installDefinitions();
    QVERIFY2(installed, installed ? "" : installed.error().text().c_str());
    QTRY_VERIFY_WITH_TIMEOUT(!told(), 30'000);
}

void TestStoryReal::theWavesBringThePlatform()
{
    const Value volume = Object {{"apiVersion", "v1"},
                                 {"kind", "PersistentVolume"},
                                 {"metadata", Object {{"name", "disk"}}},
                                 {"spec",
                                  Object {{"capacity", Object {{"storage", "200Gi"}}},
                                          {"accessModes", Array {"ReadWriteOnce"}},
                                          {"hostPath", Object {{"path", "/nowhere"}}}}}};
    QVERIFY(m_client->create(volume));
    const fs::path templates = m_home.filePath("templates").toStdString();
    fs::create_directories(templates);
    copyExample(SOURCE_DIR "/resources/example/repository", templates,
                fmt::format("http://127.0.0.1:{}", m_prometheus.serverPort()));
    const fs::path repository = m_home.filePath("repository").toStdString();
    QVERIFY(createExampleRepository(templates, repository));
    QTRY_VERIFY_WITH_TIMEOUT((m_client->invalidateDiscovery(), createExampleObjects(*m_client, repository, {})),
                             30'000);
    for (int i = 0; i < 1'200 && !settled(); ++i)
        QTest::qWait(100);
    QVERIFY2(settled(), state(*m_engine).c_str());
    // Each wave came after the one before.
    std::string last;
    for (const auto& [kind, name] : std::vector<std::pair<manifest::GroupKind, std::string>> {
             {{"", "Secret"}, "model-credentials"},
             {{"", "PersistentVolumeClaim"}, "model-cache"},
             {{"", "Service"}, "inference-service"},
             {{"apps", "Deployment"}, "inference"},
             {{"autoscaling", "HorizontalPodAutoscaler"}, "inference-hpa"}}) {
        const auto created = std::string(manifest::text(live(kind, name), {"metadata", "creationTimestamp"}));
        QVERIFY2(created >= last, (name + " " + created + " after " + last).c_str());
        last = created;
    }
    QVERIFY(serves(*m_engine, "inference:v2"));
}

void TestStoryReal::aGoodVersionProvesItself()
{
    const auto committed = commitTag(*m_engine, "v3");
    QVERIFY2(committed, committed ? "" : committed.error().text().c_str());
    // The editor explains built-in fields in the server's own words.
    const auto replicas = m_engine->schema("apps/v1", "Deployment", {"spec", "replicas"});
    QVERIFY(replicas.has_value());
    QVERIFY2(replicas->description.find("pods") != std::string::npos, replicas->description.c_str());
    const auto container = m_engine->schema("v1", "Pod", {"spec", "containers"});
    QVERIFY(std::ranges::all_of(container->fields, [](const auto& field) { return !field.description.empty(); }));
    QTRY_VERIFY2_WITH_TIMEOUT(canaryOf(*m_engine)->actualWeight == 10, state(*m_engine).c_str(), 60'000);
    const auto weightOfCanary = manifest::integer(live({"networking.istio.io", "VirtualService"}, "inference-vsvc"),
                                                  {"spec", "http", "0", "route", "1", "weight"});
    QVERIFY(weightOfCanary.value_or(0) >= 10);
    for (int i = 0; i < 1'200 && !serves(*m_engine, "inference:v3"); ++i) {
        playTheRest();
        QTest::qWait(100);
    }
    QVERIFY2(serves(*m_engine, "inference:v3"), state(*m_engine).c_str());
    QVERIFY(m_prometheus.asked >= 10); // both analyses measured five times
    const auto runs = m_engine->objects({"argoproj.io", "AnalysisRun"}, "ml-serving", {}).value();
    QVERIFY(runs.size() >= 2);
    for (const auto& run : runs)
        QCOMPARE(manifest::text(run, {"status", "phase"}), std::string_view("Successful"));
}

void TestStoryReal::aBadVersionIsUndone()
{
    m_prometheus.successRate = 0.5;
    QVERIFY(commitTag(*m_engine, "v4").has_value());
    QTRY_VERIFY2_WITH_TIMEOUT(canaryOf(*m_engine)->aborted, state(*m_engine).c_str(), 90'000);
    QTRY_VERIFY2_WITH_TIMEOUT(canaryOf(*m_engine)->actualWeight == 0, state(*m_engine).c_str(), 30'000);
    QVERIFY(canaryOf(*m_engine)->abortCauses.size() >= 2);
    const auto vsvc = live({"networking.istio.io", "VirtualService"}, "inference-vsvc");
    QCOMPARE(manifest::integer(vsvc, {"spec", "http", "0", "route", "0", "weight"}), std::optional<std::int64_t>(100));
    QTRY_COMPARE_WITH_TIMEOUT(application(*m_engine)->health, Health::Degraded, 30'000);
}

void TestStoryReal::aRollbackGoesToTheVersionBefore()
{
    QVERIFY(!m_engine->rollback(kApp, application(*m_engine)->history.back().id, "bad").has_value()); // automated
    QVERIFY(m_engine->setAutoSync(kApp, false).has_value());
    const auto history = application(*m_engine)->history;
    QVERIFY(history.size() >= 3);
    const auto rolledBack = m_engine->rollback(kApp, history[1].id, "v4 fails its analysis");
    QVERIFY2(rolledBack, rolledBack ? "" : rolledBack.error().text().c_str());
    for (int i = 0; i < 600 && !serves(*m_engine, "inference:v3"); ++i)
        QTest::qWait(100);
    QVERIFY2(serves(*m_engine, "inference:v3"), state(*m_engine).c_str());
    QVERIFY(!canaryOf(*m_engine)->aborted);
    QVERIFY(m_engine->verifyAudit().has_value());
}

Value TestStoryReal::live(const manifest::GroupKind& kind, const std::string& name)
{
    const auto type = m_client->resolve(kind);
    auto object = type ? m_client->get(*type, "ml-serving", name) : Result<Value>(fail(type.error()));
    return object ? std::move(*object) : Value(Object {});
}

void TestStoryReal::playTheRest()
{
    const auto condition = [](const char* type) {
        return Object {{"type", type},
                       {"status", "True"},
                       {"reason", "Played"},
                       {"message", ""},
                       {"lastTransitionTime", "2026-01-01T00:00:00Z"}};
    };
    const auto play = [&](const manifest::GroupKind& kind, const std::string& name, Object status) {
        const auto type = m_client->resolve(kind);
        if (!type)
            return;
        kube::WriteOptions options;
        options.subresource = "status";
        (void)m_client->patch(*type, "ml-serving", name, kube::PatchType::Merge, Object {{"status", std::move(status)}},
                              options);
    };
    for (const auto* name : {"inference-hpa", "llm-service"})
        play({"autoscaling", "HorizontalPodAutoscaler"}, name,
             {{"currentReplicas", 2},
              {"desiredReplicas", 2},
              {"conditions", Array {condition("AbleToScale"), condition("ScalingActive")}}});
    play({"serving.kserve.io", "InferenceService"}, "llm-service",
         {{"conditions", Array {condition("IngressReady"), condition("PredictorReady"), condition("Ready")}}});
}

bool TestStoryReal::settled()
{
    const auto app = application(*m_engine);
    if (!app)
        return false;
    playTheRest();
    return app->compared && app->sync == SyncState::Synced && app->health == Health::Healthy;
}

QTEST_GUILESS_MAIN(TestStoryReal)
#include "tst_story_real.moc"
