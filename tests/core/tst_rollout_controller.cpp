// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/cluster.h"
#include "core/manifest/yaml.h"
#include "core/rollout/actions.h"
#include "core/rollout/controller.h"
#include "core/rollout/json.h"
#include "core/rollout/kserve.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <fmt/format.h>

#include <atomic>
#include <map>
#include <thread>

using namespace core;
using namespace core::rollout;
using manifest::find;
using manifest::Object;
using manifest::text;
using manifest::Value;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view kObjects =
    "apiVersion: v1\n"
    "kind: Namespace\n"
    "metadata: {name: ml}\n"
    "---\n"
    "apiVersion: v1\n"
    "kind: Service\n"
    "metadata: {name: demo-stable, namespace: ml}\n"
    "spec: {selector: {app: demo}, ports: [{port: 80}]}\n"
    "---\n"
    "apiVersion: v1\n"
    "kind: Service\n"
    "metadata: {name: demo-canary, namespace: ml}\n"
    "spec: {selector: {app: demo}, ports: [{port: 80}]}\n"
    "---\n"
    "apiVersion: networking.istio.io/v1\n"
    "kind: VirtualService\n"
    "metadata: {name: vs, namespace: ml}\n"
    "spec:\n"
    "  hosts: [demo]\n"
    "  http:\n"
    "  - name: primary\n"
    "    route:\n"
    "    - {destination: {host: demo-stable}, weight: 100}\n"
    "    - {destination: {host: demo-canary}, weight: 0}\n"
    "---\n"
    "apiVersion: argoproj.io/v1alpha1\n"
    "kind: AnalysisTemplate\n"
    "metadata: {name: rate, namespace: ml}\n"
    "spec:\n"
    "  args: [{name: service}]\n"
    "  metrics:\n"
    "  - name: rate\n"
    "    interval: 10s\n"
    "    count: 3\n"
    "    successCondition: result[0] >= 0.99\n"
    "    provider: {prometheus: {address: \"http://prometheus:9090\", query: 'rate{service=\"{{args.service}}\"}'}}\n"
    "---\n"
    "apiVersion: argoproj.io/v1alpha1\n"
    "kind: Rollout\n"
    "metadata: {name: demo, namespace: ml}\n"
    "spec:\n"
    "  replicas: 4\n"
    "  selector: {matchLabels: {app: demo}}\n"
    "  template:\n"
    "    metadata: {labels: {app: demo}}\n"
    "    spec: {containers: [{name: server, image: \"registry.example.com/inference:v1\"}]}\n"
    "  strategy:\n"
    "    canary:\n"
    "      canaryService: demo-canary\n"
    "      stableService: demo-stable\n"
    "      trafficRouting: {istio: {virtualService: {name: vs, routes: [primary]}}}\n"
    "      steps:\n"
    "      - setWeight: 25\n"
    "      - pause: {duration: 10m}\n"
    "      - analysis: {templates: [{templateName: rate}], args: [{name: service, value: demo-canary}]}\n"
    "      - setWeight: 50\n"
    "      - pause: {}\n"
    "      - setWeight: 100\n";

/// Passes requests on until a number of writes is reached, then nothing answers: a process killed in the middle.
class DyingTransport final : public kube::Transport
{
public:
    explicit DyingTransport(kube::TransportPtr inner)
        : m_inner(std::move(inner))
    {
    }
    Result<kube::Response> send(const kube::Request& request, std::stop_token stop) override
    {
        if (request.method != "GET" && request.method != "HEAD" && writesLeft >= 0 && writesLeft-- == 0) {
            writesLeft = 0;
            return fail(Error::Code::Unavailable, "killed");
        }
        return m_inner->send(request, stop);
    }
    Result<kube::Response> stream(const kube::Request& request, const std::function<bool(std::string_view)>& onChunk,
                                  std::stop_token stop) override
    {
        return m_inner->stream(request, onChunk, stop);
    }
    std::string description() const override { return m_inner->description(); }
    std::atomic<int> writesLeft {-1};

private:
    kube::TransportPtr m_inner;
};

/// A cluster in virtual time whose pods follow their ReplicaSets at once.
class Stage
{
public:
    Stage()
        : clock(std::make_shared<ManualClock>(parseRfc3339("2026-03-01T10:00:00Z").value()))
    {
        embedded::Cluster::Options options;
        options.clock = clock;
        options.simulate = false;
        auto opened = embedded::Cluster::open(std::move(options));
        if (!opened)
            qFatal("%s", opened.error().text().c_str());
        cluster = std::move(*opened);
        client = std::make_shared<kube::Client>(cluster->transport());
        const auto documents = manifest::parseYaml(kObjects, "test").value();
        for (const auto& document : documents)
            if (const auto created = client->create(document.value); !created)
                qFatal("%s", created.error().text().c_str());
    }

    Value get(std::string_view apiVersion, std::string_view kind, std::string_view name) const
    {
        const auto type = client->resolve(apiVersion, kind).value();
        return client->get(type, type.namespaced ? "ml" : "", name).value();
    }
    Value rollout() const { return get("argoproj.io/v1alpha1", "Rollout", "demo"); }
    std::vector<Value> list(const manifest::GroupKind& kind) const
    {
        const auto type = client->resolve(kind).value();
        return client->list(type, "ml").value().items;
    }

    void kubelet() const
    {
        const auto type = client->resolve(manifest::GroupKind {"apps", "ReplicaSet"}).value();
        const auto sets = client->list(type, "ml").value();
        for (const auto& set : sets.items) {
            const auto wanted = manifest::integer(set, {"spec", "replicas"}).value_or(0);
            if (manifest::integer(set, {"status", "availableReplicas"}).value_or(0) == wanted)
                continue;
            kube::WriteOptions options;
            options.subresource = "status";
            const auto patched = client->patch(
                type, "ml", manifest::name(set), kube::PatchType::Merge,
                Object {{"status",
                         Object {{"replicas", wanted}, {"readyReplicas", wanted}, {"availableReplicas", wanted}}}},
                options);
            if (!patched)
                qFatal("%s", patched.error().text().c_str());
        }
    }

    Result<HttpResponse> prometheus(const HttpRequest& request)
    {
        queries.push_back(request.url);
        HttpResponse response;
        response.status = 200;
        response.body = fmt::format(
            R"({{"status":"success","data":{{"resultType":"vector","result":[{{"metric":{{}},"value":[0,"{}"]}}]}}}})",
            rate);
        return response;
    }

    std::unique_ptr<RolloutController> controller(std::shared_ptr<kube::Client> through = {})
    {
        RolloutController::Deps deps;
        deps.client = through ? through : client;
        deps.clock = clock;
        deps.http = [this](const HttpRequest& request, std::stop_token) { return prometheus(request); };
        deps.event = [this](const RolloutEvent& event) { events.push_back(event.reason); };
        return std::make_unique<RolloutController>(std::move(deps));
    }

    /// Until nothing is written any more.
    void settle(RolloutController& controller) const
    {
        for (int pass = 0; pass < 100; ++pass) {
            kubelet();
            if (controller.reconcileAll() == 0 && pass > 1)
                return;
        }
        QFAIL("never settles");
    }
    void setImage(const std::string& image)
    {
        const auto changed = rollout::setImage(*client, {"argoproj.io", "Rollout", "ml", "demo"}, "server", image);
        QVERIFY2(changed, changed ? "" : changed.error().text().c_str());
    }
    std::vector<std::int64_t> weights() const
    {
        std::vector<std::int64_t> out;
        const auto service = get("networking.istio.io/v1", "VirtualService", "vs");
        for (const auto& target : manifest::array(service, {"spec", "http", "0", "route"}))
            out.push_back(manifest::integer(target, {"weight"}).value_or(-1));
        return out;
    }

    std::shared_ptr<ManualClock> clock;
    std::unique_ptr<embedded::Cluster> cluster;
    std::shared_ptr<kube::Client> client;
    std::vector<std::string> queries;
    std::vector<std::string> events;
    std::string rate = "0.999";
};

using Numbers = std::vector<std::int64_t>;

} // namespace

class TestRolloutController : public QObject
{
    Q_OBJECT

private slots:
    void aCanaryProvesItself()
    {
        Stage stage;
        const auto controller = stage.controller();
        stage.settle(*controller);
        QCOMPARE(text(stage.rollout(), {"status", "phase"}), std::string_view("Healthy"));
        stage.setImage("registry.example.com/inference:v2");
        stage.settle(*controller);
        QCOMPARE(text(stage.rollout(), {"status", "message"}), std::string_view("CanaryPauseStep"));
        QCOMPARE(stage.weights(), (Numbers {75, 25}));
        QVERIFY(controller->nextDue() <= stage.clock->now() + 10min + 2s);
        stage.clock->advance(10min + 1s);
        stage.settle(*controller);
        for (int i = 0; i < 4; ++i) {
            stage.clock->advance(11s);
            stage.settle(*controller);
        }
        QCOMPARE(stage.queries.size(), std::size_t {3});
        QVERIFY(stage.queries[0].find("demo-canary") != std::string::npos);
        QCOMPARE(manifest::integer(stage.rollout(), {"status", "currentStepIndex"}), std::optional<std::int64_t>(4));
        QCOMPARE(stage.weights(), (Numbers {50, 50}));
        const auto promoted =
            act(*stage.client, {"argoproj.io", "Rollout", "ml", "demo"}, Action::Promote, stage.clock->now());
        QVERIFY(promoted);
        stage.settle(*controller);
        const auto rollout = stage.rollout();
        QCOMPARE(text(rollout, {"status", "phase"}), std::string_view("Healthy"));
        QCOMPARE(text(rollout, {"status", "stableRS"}), text(rollout, {"status", "currentPodHash"}));
        QCOMPARE(stage.weights(), (Numbers {100, 0}));
        QVERIFY(std::count(stage.events.begin(), stage.events.end(), "RolloutStepCompleted") >= 5);
        stage.clock->advance(31s); // the old version goes after its delay
        stage.settle(*controller);
        std::int64_t pods = 0;
        for (const auto& set : stage.list({"apps", "ReplicaSet"}))
            pods += manifest::integer(set, {"spec", "replicas"}).value_or(0);
        QCOMPARE(pods, std::int64_t {4});
    }

    void aBadVersionIsRolledBackByItself()
    {
        Stage stage;
        const auto controller = stage.controller();
        stage.settle(*controller);
        stage.rate = "0.5";
        stage.setImage("registry.example.com/inference:v2");
        stage.settle(*controller);
        stage.clock->advance(10min + 1s);
        stage.settle(*controller);
        const auto rollout = stage.rollout();
        QCOMPARE(text(rollout, {"status", "phase"}), std::string_view("Degraded"));
        QVERIFY(text(rollout, {"status", "message"}).find("failed (1) > failureLimit (0)") != std::string_view::npos);
        QCOMPARE(stage.weights(), (Numbers {100, 0}));
        QVERIFY(std::count(stage.events.begin(), stage.events.end(), "RolloutAborted") == 1);
        stage.setImage("registry.example.com/inference:v1");
        stage.settle(*controller);
        QCOMPARE(text(stage.rollout(), {"status", "phase"}), std::string_view("Healthy"));
    }

    /// Whatever write a process dies before, the next one brings the same end.
    void aKilledControllerIsContinued()
    {
        Stage stage;
        {
            const auto controller = stage.controller();
            stage.settle(*controller);
        }
        stage.setImage("registry.example.com/inference:v2");
        const auto transport = std::make_shared<DyingTransport>(stage.cluster->transport());
        int lives = 0;
        for (int round = 0; round < 400; ++round) {
            transport->writesLeft = round % 3;
            const auto client = std::make_shared<kube::Client>(transport);
            const auto controller = stage.controller(client);
            stage.kubelet();
            (void)controller->reconcileAll();
            ++lives;
            stage.clock->advance(2s);
            const auto rollout = stage.rollout();
            if (manifest::integer(rollout, {"status", "currentStepIndex"}) == 4
                && text(rollout, {"status", "message"}) == "CanaryPauseStep")
                break;
            if (round == 20)
                stage.clock->advance(10min);
        }
        QVERIFY(lives > 5);
        QCOMPARE(text(stage.rollout(), {"status", "message"}), std::string_view("CanaryPauseStep"));
        QCOMPARE(manifest::integer(stage.rollout(), {"status", "currentStepIndex"}), std::optional<std::int64_t>(4));
        QCOMPARE(stage.weights(), (Numbers {50, 50}));
        QCOMPARE(stage.list({"argoproj.io", "AnalysisRun"}).size(), std::size_t {1});
        QCOMPARE(stage.list({"apps", "ReplicaSet"}).size(), std::size_t {2});
    }

    void anInferenceServiceIsDrivenByTheSameSteps_data()
    {
        QTest::addColumn<bool>("good");
        QTest::newRow("good") << true;
        QTest::newRow("bad") << false;
    }
    void anInferenceServiceIsDrivenByTheSameSteps()
    {
        QFETCH(bool, good);
        Stage stage;
        stage.rate = good ? "1" : "0.2";
        const auto type = stage.client->resolve(manifest::GroupKind {"serving.kserve.io", "InferenceService"}).value();
        const std::string steps =
            "{\"steps\":[{\"setWeight\":20},{\"pause\":{\"duration\":\"5m\"}},{\"analysis\":{\"templates\":[{"
            "\"templateName\":\"rate\"}],\"args\":[{\"name\":\"service\",\"value\":\"llm\"}]}},{\"setWeight\":60}]}";
        const Value service = Object {
            {"apiVersion", type.apiVersion()},
            {"kind", "InferenceService"},
            {"metadata",
             Object {{"name", "llm"}, {"namespace", "ml"}, {"annotations", Object {{kKServeCanary, steps}}}}},
            {"spec",
             Object {{"predictor",
                      Object {{"model",
                               Object {{"modelFormat", Object {{"name", "pytorch"}}}, {"storageUri", "s3://m/1"}}}}}}}};
        QVERIFY(stage.client->create(service));
        const auto beReady = [&] {
            const auto made = stage.client->get(type, "ml", "llm").value();
            kube::WriteOptions options;
            options.subresource = "status";
            const Value status = Object {
                {"status",
                 Object {{"conditions", manifest::Array {Value(Object {{"type", "Ready"}, {"status", "True"}})}},
                         {"observedGeneration", manifest::integer(made, {"metadata", "generation"}).value_or(1)}}}};
            QVERIFY(stage.client->patch(type, "ml", "llm", kube::PatchType::Merge, status, options));
        };
        const auto controller = stage.controller();
        const auto settle = [&] {
            for (int i = 0; i < 20; ++i) {
                beReady();
                (void)controller->reconcileAll();
            }
        };
        const auto percent = [&] {
            return manifest::integer(stage.client->get(type, "ml", "llm").value(),
                                     {"spec", "predictor", "canaryTrafficPercent"});
        };
        const auto state = [&] { return kserveStatus(stage.client->get(type, "ml", "llm").value()); };
        settle();
        QCOMPARE(text(state(), {"phase"}), std::string_view("Healthy"));
        QVERIFY(stage.client->patch(
            type, "ml", "llm", kube::PatchType::Merge,
            manifest::parseJson("{\"spec\":{\"predictor\":{\"model\":{\"storageUri\":\"s3://m/2\"}}}}").value()));
        (void)controller->reconcileAll();
        QCOMPARE(percent(), std::optional<std::int64_t>(0)); // before anything is ready
        settle();
        QCOMPARE(percent(), std::optional<std::int64_t>(20));
        QCOMPARE(text(state(), {"phase"}), std::string_view("Paused"));
        const auto shown = kserveAsRollout(stage.client->get(type, "ml", "llm").value());
        QCOMPARE(manifest::kind(shown), std::string_view("InferenceService"));
        QCOMPARE(manifest::integer(shown, {"status", "canary", "weights", "canary", "weight"}),
                 std::optional<std::int64_t>(20));
        QCOMPARE(manifest::integer(shown, {"status", "currentStepIndex"}), std::optional<std::int64_t>(1));
        QCOMPARE(manifest::array(shown, {"status", "pauseConditions"}).size(), std::size_t {1});
        QCOMPARE(manifest::array(shown, {"spec", "strategy", "canary", "steps"}).size(), std::size_t {4});
        const manifest::ResourceKey key {"serving.kserve.io", "InferenceService", "ml", "llm"};
        const auto refused = act(*stage.client, key, Action::Restart, stage.clock->now());
        QVERIFY(!refused && refused.error().code == Error::Code::Unsupported);
        if (good)
            QVERIFY(act(*stage.client, key, Action::Promote, stage.clock->now())); // a person ends the pause
        else
            stage.clock->advance(5min + 1s);
        for (int i = 0; i < 5; ++i) {
            settle();
            stage.clock->advance(11s);
        }
        if (good) {
            QCOMPARE(percent(), std::optional<std::int64_t> {}); // all traffic
            QCOMPARE(text(state(), {"phase"}), std::string_view("Healthy"));
        } else {
            QCOMPARE(percent(), std::optional<std::int64_t>(0));
            QCOMPARE(text(state(), {"phase"}), std::string_view("Degraded"));
            QVERIFY(text(state(), {"message"}).find("failed (1) > failureLimit (0)") != std::string_view::npos);
        }
    }

    /// The example's Rollout on the simulated cluster: pods, traffic and Prometheus are the simulation's.
    void theExampleProvesItselfOnTheSimulation()
    {
        const auto clock = std::make_shared<ManualClock>(parseRfc3339("2026-03-01T10:00:00Z").value());
        embedded::Cluster::Options options;
        options.clock = clock;
        auto opened = embedded::Cluster::open(std::move(options));
        QVERIFY(opened);
        const auto cluster = std::move(*opened);
        const auto client = std::make_shared<kube::Client>(cluster->transport());
        const Value nameSpace =
            Object {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", Object {{"name", "ml-serving"}}}};
        QVERIFY(client->create(nameSpace));
        const QDir dir(QStringLiteral(SOURCE_DIR "/resources/example/repository/rollouts/inference"));
        for (const auto& name : dir.entryList({QStringLiteral("*.yaml")}, QDir::Files)) {
            QFile file(dir.filePath(name));
            QVERIFY(file.open(QIODevice::ReadOnly));
            const auto documents = manifest::parseYaml(file.readAll().toStdString(), name.toStdString());
            QVERIFY(documents);
            for (auto document : *documents) {
                if (manifest::kind(document.value) == "Kustomization")
                    continue;
                objectAt(document.value, {"metadata"})["namespace"] = "ml-serving";
                const auto created = client->create(document.value);
                QVERIFY2(created, created ? "" : created.error().text().c_str());
            }
        }
        RolloutController::Deps deps;
        deps.client = client;
        deps.cache = std::make_shared<kube::Cache>(client);
        deps.clock = clock;
        deps.http = [&](const HttpRequest& request, std::stop_token) -> Result<HttpResponse> {
            kube::Request inner;
            inner.method = request.method;
            inner.path = request.url.substr(request.url.find("/api/"));
            const auto answer = cluster->prometheus(inner);
            return HttpResponse {answer.status, answer.headers, answer.body};
        };
        RolloutController controller(std::move(deps));
        std::jthread loop([&](std::stop_token stop) { controller.run(stop); });
        const auto type = client->resolve(manifest::GroupKind {"argoproj.io", "Rollout"}).value();
        std::string name;
        const auto rollout = [&] {
            const auto list = client->list(type, "ml-serving").value();
            return list.items.empty() ? Value {} : list.items.front();
        };
        name = manifest::name(rollout());
        const auto state = [&] {
            clock->advance(12s);
            const auto now = rollout();
            return fmt::format("{} {}", text(now, {"status", "phase"}),
                               text(now, {"status", "stableRS"}) == text(now, {"status", "currentPodHash"}));
        };
        QTRY_COMPARE_WITH_TIMEOUT(state(), std::string("Healthy true"), 30'000);
        const std::string container(text(rollout(), {"spec", "template", "spec", "containers", "0", "name"}));
        const auto changed =
            rollout::setImage(*client, {"argoproj.io", "Rollout", "ml-serving", name}, container, "inference:v3");
        QVERIFY2(changed, changed ? "" : changed.error().text().c_str());
        QTRY_VERIFY_WITH_TIMEOUT(state() != "Healthy true", 20'000);
        const auto finished = [&] {
            const auto now = state();
            return now == "Healthy true" || now.starts_with("Degraded");
        };
        QTRY_VERIFY_WITH_TIMEOUT(finished(), 60'000);
        QCOMPARE(state(), std::string("Healthy true"));
        const auto runs =
            client->list(client->resolve(manifest::GroupKind {"argoproj.io", "AnalysisRun"}).value(), "ml-serving")
                .value();
        QCOMPARE(runs.items.size(), std::size_t {2});
        for (const auto& run : runs.items)
            QCOMPARE(text(run, {"status", "phase"}), std::string_view("Successful"));
        loop.request_stop();
        loop.join();
    }

    void theLoopFollowsTheCluster()
    {
        Stage stage;
        RolloutController::Deps deps;
        deps.client = stage.client;
        deps.cache = std::make_shared<kube::Cache>(stage.client);
        deps.clock = stage.clock;
        deps.http = [&](const HttpRequest& request, std::stop_token) { return stage.prometheus(request); };
        RolloutController controller(std::move(deps));
        std::jthread loop([&](std::stop_token stop) { controller.run(stop); });
        const auto phase = [&] {
            stage.kubelet();
            stage.clock->advance(100ms);
            return std::string(text(stage.rollout(), {"status", "phase"}));
        };
        QTRY_COMPARE_WITH_TIMEOUT(phase(), std::string("Healthy"), 20'000);
        stage.setImage("registry.example.com/inference:v2");
        QTRY_COMPARE_WITH_TIMEOUT(phase(), std::string("Paused"), 20'000);
        QCOMPARE(stage.weights(), (Numbers {75, 25}));
        loop.request_stop();
        loop.join();
    }
};

QTEST_GUILESS_MAIN(TestRolloutController)
#include "tst_rollout_controller.moc"
