// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Scenario files: what pods, nodes and requests do while one is played, and after it.
#include "core/base/paths.h"
#include "core/embedded/sim/scenario.h"
#include "core/kube/curl_transport.h"
#include "core/kube/kubeconfig.h"
#include "sim_stage.h"

#include <QTemporaryDir>

#include <thread>

using namespace core;
using namespace core::embedded::sim;
using manifest::Value;
using sim_stage::deployment;
using sim_stage::reasonOf;
using sim_stage::Stage;

namespace {

const kube::ResourceType kPods {"", "v1", "Pod", "pods"};
const kube::ResourceType kConfigMaps {"", "v1", "ConfigMap", "configmaps"};
const kube::ResourceType kNodes {"", "v1", "Node", "nodes", false};

std::string scenario(const std::string& stages)
{
    return "apiVersion: sim.pilothouse.dev/v1\nkind: Scenario\nmetadata: {name: test}\nspec:\n  stages:\n" + stages;
}

void play(Stage& stage, const std::string& stages)
{
    if (const auto started = startScenario(*stage.client, scenario(stages), "test.yaml"); !started)
        qFatal("%s", started.error().text().c_str());
    const auto began = [&] {
        const auto map = stage.client->get(kConfigMaps, kScenarioNamespace, kScenarioName);
        return map && !manifest::annotation(*map, kScenarioBegan).empty();
    };
    if (!QTest::qWaitFor(began, 5'000))
        qFatal("the scenario does not begin");
}

Value theContainer(const Stage& stage, const std::string& app)
{
    const auto pods = stage.pods("app=" + app);
    const auto* found = pods.empty() ? nullptr : manifest::find(pods.front(), {"status", "containerStatuses", "0"});
    return found != nullptr ? *found : Value(nullptr);
}

std::string waitingReason(const Stage& stage, const std::string& app)
{
    return std::string(manifest::text(theContainer(stage, app), {"state", "waiting", "reason"}));
}

bool isReady(const Stage& stage, const std::string& app)
{
    return manifest::flag(theContainer(stage, app), {"ready"});
}

/// Messages of the events with a reason.
std::vector<std::string> events(const Stage& stage, const std::string& reason)
{
    std::vector<std::string> out;
    const auto all = stage.client->list(*stage.client->resolve("v1", "Event"), "default");
    for (const auto& event : all->items) {
        if (manifest::text(event, {"reason"}) == reason)
            out.emplace_back(manifest::text(event, {"message"}));
    }
    return out;
}

bool contains(const std::vector<std::string>& texts, const std::string& part)
{
    return std::any_of(texts.begin(), texts.end(),
                       [&](const std::string& text) { return text.find(part) != std::string::npos; });
}

} // namespace

class TestScenario : public QObject
{
    Q_OBJECT

private slots:
    void mistakesAreFound_data();
    void mistakesAreFound();
    void theExampleIsGood();
    void imagesAreMissingForAWhile();
    void containersCrashFromSomeMomentOn_data();
    void containersCrashFromSomeMomentOn();
    void readinessFlapsAndStartsAreSlow();
    void gpusAreShort();
    void nodesAreLostAndComeBack();
    void requestsFail();
    void watchesBreakOff();
    void aBrokenScenarioSaysSo();
};

void TestScenario::mistakesAreFound_data()
{
    QTest::addColumn<QByteArray>("stages");
    QTest::addColumn<QByteArray>("where");
    QTest::addColumn<QByteArray>("message");
    QTest::newRow("fine") << QByteArray("  - {pods: {}, behavior: oom, lives: 1m}\n") << QByteArray() << QByteArray();
    QTest::newRow("unknown behaviour") << QByteArray("  - pods: {}\n    behavior: explode\n") << QByteArray("7")
                                       << QByteArray("must be one of image-pull");
    QTest::newRow("unknown field") << QByteArray("  - pods: {}\n    behavior: oom\n    colour: red\n")
                                   << QByteArray("8") << QByteArray("spec.stages.0.colour: is not known here");
    QTest::newRow("duration") << QByteArray("  - pods: {}\n    from: soon\n    behavior: oom\n") << QByteArray("7")
                              << QByteArray("must be a duration");
    QTest::newRow("two subjects") << QByteArray("  - {pods: {}, nodes: {}, behavior: lost}\n") << QByteArray("6")
                                  << QByteArray("must be about one of");
    QTest::newRow("share") << QByteArray("  - requests:\n      share: 2\n    behavior: error\n") << QByteArray("7")
                           << QByteArray("must be a number from 0 to 1");
    QTest::newRow("no delay") << QByteArray("  - requests: {}\n    behavior: slow\n") << QByteArray("6")
                              << QByteArray("says nothing of delay");
    QTest::newRow("second stage") << QByteArray("  - {nodes: {}, behavior: lost}\n  - {nodes: {}, behavior: gpus}\n")
                                  << QByteArray("7") << QByteArray("says nothing of gpus");
    QTest::newRow("not YAML") << QByteArray("  - {nodes: [}\n") << QByteArray("6") << QByteArray();
}

void TestScenario::mistakesAreFound()
{
    QFETCH(QByteArray, stages);
    QFETCH(QByteArray, where);
    QFETCH(QByteArray, message);
    const auto parsed = parseScenario(scenario(stages.toStdString()), "evening.yaml");
    if (where.isEmpty()) {
        QVERIFY(parsed);
        return;
    }
    QVERIFY(!parsed);
    QVERIFY2(QByteArray::fromStdString(parsed.error().where).startsWith("evening.yaml:" + where),
             parsed.error().where.c_str());
    QVERIFY2(QByteArray::fromStdString(parsed.error().message).contains(message), parsed.error().message.c_str());
}

void TestScenario::theExampleIsGood()
{
    const auto file = SOURCE_DIR "/resources/example/scenarios/bad-evening.yaml";
    const auto text = paths::readFile(file);
    QVERIFY(text);
    const auto parsed = parseScenario(*text, file);
    QVERIFY2(parsed, parsed ? "" : parsed.error().text().c_str());
    QCOMPARE(parsed->pods.size(), std::size_t {4});
    QCOMPARE(parsed->pods.at(1).behaviour.lives, Duration(std::chrono::seconds(40)));
    QCOMPARE(parsed->nodes.size(), std::size_t {2});
    QCOMPARE(parsed->requests.size(), std::size_t {3});
    QCOMPARE(parsed->requests.front().until, Duration(std::chrono::minutes(51)));
}

void TestScenario::imagesAreMissingForAWhile()
{
    Stage stage;
    play(stage, "  - {pods: {image: 'web:*'}, behavior: image-pull, for: 2m}\n");
    stage.create(deployment("web", 1, "web:v1"));
    stage.create(deployment("other", 1, "other:v1"));
    QVERIFY(stage.until([&] { return waitingReason(stage, "web") == "ErrImagePull"; }));
    QVERIFY(stage.until([&] { return waitingReason(stage, "web") == "ImagePullBackOff"; }));
    QVERIFY(
        QString::fromStdString(std::string(manifest::text(theContainer(stage, "web"), {"state", "waiting", "message"})))
            .startsWith("Back-off pulling image \"web:v1\": ErrImagePull: rpc error: code = NotFound"));
    QVERIFY(contains(events(stage, "Failed"), "Error: ErrImagePull"));
    QVERIFY(contains(events(stage, "BackOff"), "Back-off pulling image \"web:v1\""));
    QVERIFY(stage.until([&] { return isReady(stage, "other"); }));
    QVERIFY(stage.until([&] { return isReady(stage, "web"); }, 500)); // at the next attempt after that
    QCOMPARE(manifest::integer(theContainer(stage, "web"), {"restartCount"}), std::optional<std::int64_t>(0));
}

void TestScenario::containersCrashFromSomeMomentOn_data()
{
    QTest::addColumn<QString>("behaviour");
    QTest::addColumn<int>("exitCode");
    QTest::addColumn<QString>("reason");
    QTest::newRow("crash") << "crash-loop, exitCode: 3" << 3 << "Error";
    QTest::newRow("oom") << "oom, lives: 5s" << 137 << "OOMKilled";
}

void TestScenario::containersCrashFromSomeMomentOn()
{
    QFETCH(QString, behaviour);
    QFETCH(int, exitCode);
    QFETCH(QString, reason);
    Stage stage;
    play(stage,
         "  - {pods: {selector: {matchLabels: {app: web}}}, from: 60s, for: 90s, behavior: " + behaviour.toStdString()
             + "}\n");
    stage.create(deployment("web", 1, "web:v1"));
    QVERIFY(stage.until([&] { return isReady(stage, "web"); }, 50));
    QVERIFY(stage.until([&] { return waitingReason(stage, "web") == "CrashLoopBackOff"; }, 100));
    const auto container = theContainer(stage, "web");
    QCOMPARE(manifest::integer(container, {"lastState", "terminated", "exitCode"}),
             std::optional<std::int64_t>(exitCode));
    QCOMPARE(manifest::text(container, {"lastState", "terminated", "reason"}), std::string_view(reason.toStdString()));
    const auto message = std::string(manifest::text(container, {"state", "waiting", "message"}));
    const auto times = manifest::integer(container, {"restartCount"}).value_or(0);
    QVERIFY(times >= 1); // the first restart is at once
    const auto wanted = fmt::format("back-off {}s restarting failed container=main pod=web-", 10 << (times - 1));
    QVERIFY2(message.starts_with(wanted), message.c_str());
    QVERIFY(contains(events(stage, "BackOff"), "Back-off restarting failed container main in pod web-"));
    QVERIFY(stage.until([&] { return isReady(stage, "web"); }, 300)); // over: the next start succeeds
    QVERIFY(manifest::integer(theContainer(stage, "web"), {"restartCount"}).value_or(0) >= 2);
    const auto restarts = manifest::integer(theContainer(stage, "web"), {"restartCount"});
    QVERIFY(stopScenario(*stage.client));
    QVERIFY(!stage.until([&] { return !isReady(stage, "web"); }, 20));
    QCOMPARE(manifest::integer(theContainer(stage, "web"), {"restartCount"}), restarts);
}

void TestScenario::readinessFlapsAndStartsAreSlow()
{
    Stage stage;
    play(stage,
         "  - {pods: {name: 'web-*'}, from: 60s, for: 100s, behavior: flap, period: 20s}\n"
         "  - {pods: {name: 'slow-*'}, behavior: slow-start, readyAfter: 4m}\n");
    stage.create(deployment("web", 1, "web:v1"));
    stage.create(deployment("slow", 1, "web:v1"));
    QVERIFY(stage.until([&] { return isReady(stage, "web"); }, 50));
    for (const bool ready : {false, true, false, true}) // what breaks is broken at once
        QVERIFY(stage.until([&] { return isReady(stage, "web") == ready; }, 90));
    QVERIFY(contains(events(stage, "Unhealthy"), "Readiness probe failed: HTTP probe failed with statuscode: 503"));
    QVERIFY(!isReady(stage, "slow"));
    QVERIFY(stage.until([&] { return isReady(stage, "slow"); }, 300));
    QVERIFY(isReady(stage, "web"));
}

void TestScenario::gpusAreShort()
{
    Stage stage;
    play(stage, "  - {nodes: {name: '*'}, behavior: gpus, gpus: 0, for: 60s}\n");
    QVERIFY(stage.until([&] {
        const auto node = stage.client->get(kNodes, {}, "sim-3");
        return node && manifest::text(*node, {"status", "allocatable", "nvidia.com/gpu"}) == "0";
    }));
    stage.create(deployment("big", 1, "big:v1"));
    QVERIFY(stage.until([&] {
        const auto pods = stage.pods("app=big");
        return pods.size() == 1 && reasonOf(pods.front(), "PodScheduled") == "Unschedulable";
    }));
    const std::string words = "0/3 nodes are available: 3 Insufficient nvidia.com/gpu. preemption: 0/3 nodes are "
                              "available: 3 No preemption victims found for incoming pod.";
    QCOMPARE(events(stage, "FailedScheduling"), std::vector<std::string> {words});
    QVERIFY(stage.until([&] { return isReady(stage, "big"); }));
    const auto node = *stage.client->get(kNodes, {}, "sim-3");
    QCOMPARE(manifest::text(node, {"status", "allocatable", "nvidia.com/gpu"}), std::string_view("8"));
}

void TestScenario::nodesAreLostAndComeBack()
{
    Stage stage;
    stage.create(R"(
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent, namespace: default}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {containers: [{name: c, image: "agent:1"}]}
)");
    stage.create(deployment("web", 3, "web:v1"));
    const auto readyOn = [&](const std::string& app, bool onLost) {
        const auto pods = stage.pods("app=" + app);
        return std::count_if(pods.begin(), pods.end(), [&](const Value& pod) {
            for (const auto& condition : manifest::array(pod, {"status", "conditions"})) {
                if (manifest::text(condition, {"type"}) == "Ready" && manifest::text(condition, {"status"}) == "True")
                    return (manifest::text(pod, {"spec", "nodeName"}) == "sim-2") == onLost;
            }
            return false;
        });
    };
    QVERIFY(stage.until([&] { return readyOn("web", true) == 1 && readyOn("web", false) == 2; }));
    QVERIFY(stage.until([&] { return readyOn("agent", true) == 1; }));
    play(stage, "  - {nodes: {name: sim-2}, behavior: lost, for: 10m}\n");
    QVERIFY(!stage.until([&] { return readyOn("web", true) == 0; }, 45));
    QVERIFY(stage.until([&] { return readyOn("web", true) == 0; }, 100));
    const auto node = *stage.client->get(kNodes, {}, "sim-2");
    QCOMPARE(reasonOf(node, "Ready"), std::string("NodeStatusUnknown"));
    QCOMPARE(manifest::text(node, {"spec", "taints", "1", "effect"}), std::string_view("NoExecute"));
    QCOMPARE(stage.pods("app=web").size(), std::size_t {3}); // for tolerationSeconds nothing moves
    QVERIFY(!stage.until([&] { return stage.pods("app=web").size() > 3; }, 250));
    QVERIFY(stage.until([&] { return readyOn("web", false) == 3; }, 200));
    QCOMPARE(stage.pods("app=web").size(), std::size_t {4}); // nobody can confirm the end of the one on the lost node
    QVERIFY(contains(events(stage, "TaintManagerEviction"), "Marking for deletion Pod default/web-"));
    QCOMPARE(stage.pods("app=agent").size(), std::size_t {3}); // daemons stay
    QVERIFY(stage.until([&] { return stage.pods("app=web").size() == 3 && readyOn("agent", true) == 1; }, 600));
    QCOMPARE(reasonOf(*stage.client->get(kNodes, {}, "sim-2"), "Ready"), std::string("KubeletReady"));
    QVERIFY(manifest::array(*stage.client->get(kNodes, {}, "sim-2"), {"spec", "taints"}).empty());
}

void TestScenario::requestsFail()
{
    Stage stage;
    play(stage,
         "  - {requests: {verbs: [list], resources: [pods]}, behavior: error, status: 503, message: no leader}\n"
         "  - {requests: {verbs: [get], resources: [nodes], share: 0.5}, behavior: error}\n"
         "  - {requests: {resources: [secrets]}, behavior: slow, delay: 300ms}\n"
         "  - {requests: {verbs: ['*'], resources: [configmaps]}, behavior: error, status: 403}\n");
    const auto refused = [&] { return !stage.client->list(kPods, "default"); };
    QTRY_VERIFY(refused());
    const auto error = stage.client->list(kPods, "default").error();
    QCOMPARE(error.httpStatus, 503);
    QCOMPARE(error.message, std::string("no leader"));
    QVERIFY(stage.client->get(kPods, "default", "none").error().code == Error::Code::NotFound); // another verb
    int failed = 0;
    for (int i = 0; i < 200; ++i)
        failed += stage.client->get(kNodes, {}, "sim-1") ? 0 : 1;
    QVERIFY2(failed > 60 && failed < 140, std::to_string(failed).c_str());
    const auto began = std::chrono::steady_clock::now();
    QVERIFY(stage.client->list({"", "v1", "Secret", "secrets"}, "default"));
    QVERIFY(std::chrono::steady_clock::now() - began >= std::chrono::milliseconds(300));
    QVERIFY(!stage.client->list(kConfigMaps, "default"));
    QVERIFY(stopScenario(*stage.client)); // itself a request about a ConfigMap
    QTRY_VERIFY(stage.client->list(kPods, "default"));
    QVERIFY(stage.client->list(kConfigMaps, "default"));
}

void TestScenario::watchesBreakOff()
{
    Stage stage;
    const QTemporaryDir folder;
    const auto file = folder.filePath("kubeconfig").toStdString();
    QVERIFY(stage.cluster->serve(0, file));
    kube::Client remote(kube::curlTransport(*kube::Kubeconfig::load(file)->access()));
    play(stage, "  - {requests: {resources: [configmaps]}, behavior: cut, after: 100ms}\n");
    for (auto* client : {stage.client.get(), &remote}) {
        const auto ended = client->watch(kConfigMaps, "default", {}, [](const kube::WatchEvent&) { return true; }, {});
        QVERIFY(!ended); // would block for minutes
        QCOMPARE(ended.error().code, Error::Code::Unavailable);
    }
}

void TestScenario::aBrokenScenarioSaysSo()
{
    Stage stage;
    const auto refused = startScenario(*stage.client, "kind: Scenario\n", "evening.yaml");
    QVERIFY(!refused);
    QCOMPARE(refused.error().where, std::string("evening.yaml:1"));
    // As somebody could write it with kubectl.
    stage.create("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: scenario, namespace: kube-system}\n"
                 "data: {scenario.yaml: 'kind: Something'}\n");
    QTRY_VERIFY(
        !manifest::annotation(*stage.client->get(kConfigMaps, kScenarioNamespace, kScenarioName), kScenarioProblem)
             .empty());
    QVERIFY(stopScenario(*stage.client));
    QVERIFY(stopScenario(*stage.client)); // nothing is played: no error
}

QTEST_GUILESS_MAIN(TestScenario)
#include "tst_scenario.moc"
