// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim_stage.h"

using namespace core;
using manifest::Value;
using sim_stage::deployment;
using sim_stage::reasonOf;
using sim_stage::Stage;

class TestSimulation : public QObject
{
    Q_OBJECT

private slots:
    void deploymentBecomesReadyAndRolls();
    void failuresShowAsOnAClusterOfMachines_data();
    void failuresShowAsOnAClusterOfMachines();
    void tooFewGpus();
    void jobsEnd();
    void cronJobsStartJobs();
    void statefulSetsGoInOrder();
    void claimsAreBound();
    void inferenceServiceServesAndShifts();
    void routesDecideTheTraffic();
    void logsAreWritten();
    void ingressGetsAnAddress();
};

void TestSimulation::deploymentBecomesReadyAndRolls()
{
    Stage stage;
    stage.create(deployment("web", 3, "web:v1"));
    const auto complete = [&] {
        return reasonOf(stage.get("apps/v1", "Deployment", "web"), "Progressing") == "NewReplicaSetAvailable";
    };
    QVERIFY(stage.until(complete));
    QCOMPARE(stage.pods("app=web").size(), std::size_t {3});
    QVERIFY(!manifest::text(stage.pods("app=web").front(), {"status", "podIP"}).empty());
    stage.patch("apps/v1", "Deployment", "web",
                R"({"spec":{"template":{"spec":{"containers":[{"name":"main","image":"web:v2"}]}}}})");
    std::int64_t least = 99;
    QVERIFY(stage.until([&] {
        const auto now = stage.get("apps/v1", "Deployment", "web");
        least = std::min(least, manifest::integer(now, {"status", "availableReplicas"}).value_or(0));
        const auto pods = stage.pods("app=web");
        return pods.size() == 3
            && std::all_of(pods.begin(), pods.end(),
                           [](const Value& pod) {
                               return manifest::text(pod, {"spec", "containers", "0", "image"}) == "web:v2";
                           })
            && complete();
    }));
    QVERIFY(least >= 2);
    QCOMPARE(manifest::annotation(stage.get("apps/v1", "Deployment", "web"), "deployment.kubernetes.io/revision"),
             std::string_view("2"));
}

void TestSimulation::failuresShowAsOnAClusterOfMachines_data()
{
    QTest::addColumn<QString>("image");
    QTest::addColumn<QString>("behavior");
    QTest::addColumn<QString>("reason");
    QTest::newRow("pull") << "web:nopull"
                          << ""
                          << "ImagePullBackOff";
    QTest::newRow("crash") << "web:v1"
                           << "crash-loop"
                           << "CrashLoopBackOff";
    QTest::newRow("oom") << "web:oom-1"
                         << ""
                         << "CrashLoopBackOff";
    QTest::newRow("config") << "web:v1"
                            << "config-error"
                            << "CreateContainerConfigError";
}

void TestSimulation::failuresShowAsOnAClusterOfMachines()
{
    QFETCH(QString, image);
    QFETCH(QString, behavior);
    QFETCH(QString, reason);
    Stage stage;
    stage.create(deployment("web", 1, image.toStdString(),
                            behavior.isEmpty() ? ""
                                               : fmt::format(", annotations: {{sim.pilothouse.dev/behavior: {}}}",
                                                             behavior.toStdString())));
    QVERIFY(stage.until([&] {
        const auto pods = stage.pods("app=web");
        return pods.size() == 1
            && manifest::text(pods.front(), {"status", "containerStatuses", "0", "state", "waiting", "reason"})
            == reason.toStdString();
    }));
    QVERIFY(stage.until([&] {
        return reasonOf(stage.get("apps/v1", "Deployment", "web"), "Progressing") == "ProgressDeadlineExceeded";
    }));
}

void TestSimulation::tooFewGpus()
{
    Stage stage;
    stage.create(deployment("big", 25, "big:v1"));
    QVERIFY(stage.until([&] {
        const auto pods = stage.pods("app=big");
        const auto ready = std::count_if(pods.begin(), pods.end(), [](const Value& pod) {
            return manifest::text(pod, {"status", "phase"}) == "Running";
        });
        const auto waiting = std::count_if(pods.begin(), pods.end(), [](const Value& pod) {
            return reasonOf(pod, "PodScheduled") == "Unschedulable";
        });
        return ready == 24 && waiting == 1;
    }));
    stage.patch("apps/v1", "Deployment", "big", R"({"spec":{"replicas":24}})");
    QVERIFY(stage.until([&] {
        return manifest::integer(stage.get("apps/v1", "Deployment", "big"), {"status", "availableReplicas"}) == 24;
    }));
}

void TestSimulation::cronJobsStartJobs()
{
    Stage stage;
    stage.create(R"(
apiVersion: batch/v1
kind: CronJob
metadata: {name: tick, namespace: default}
spec:
  schedule: "*/2 * * * *"
  successfulJobsHistoryLimit: 2
  jobTemplate:
    metadata: {labels: {made: "yes"}}
    spec:
      template:
        spec: {restartPolicy: Never, containers: [{name: c, image: "busybox:1"}]}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: asleep, namespace: default}
spec:
  schedule: "* * * * *"
  suspend: true
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: "busybox:1"}]}}}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: long, namespace: default}
spec:
  schedule: "* * * * *"
  concurrencyPolicy: Forbid
  jobTemplate:
    spec:
      template:
        metadata: {annotations: {sim.pilothouse.dev/duration: 1h}}
        spec: {restartPolicy: Never, containers: [{name: c, image: "busybox:1"}]}
)");
    const auto jobs = [&](std::string_view owner) {
        std::vector<std::string> names;
        const auto all = stage.client->list(*stage.client->resolve("batch/v1", "Job"), "default").value();
        for (const auto& job : all.items) {
            if (manifest::text(job, {"metadata", "ownerReferences", "0", "name"}) == owner)
                names.emplace_back(manifest::name(job));
        }
        return names;
    };
    // 1,780,000,000 s is 26 minutes and 40 seconds past an hour: the next even minute is 29,666,668.
    QVERIFY(stage.until([&] { return !jobs("tick").empty(); }, 150));
    QCOMPARE(jobs("tick").front(), std::string("tick-29666668"));
    const auto job = stage.get("batch/v1", "Job", "tick-29666668");
    QCOMPARE(manifest::label(job, "made"), std::string_view("yes"));
    QCOMPARE(manifest::annotation(job, "batch.kubernetes.io/cronjob-scheduled-timestamp"),
             std::string_view("2026-05-28T20:28:00Z"));
    const auto finished = [&] {
        return manifest::text(stage.get("batch/v1", "CronJob", "tick"), {"status", "lastScheduleTime"})
            == "2026-05-28T20:36:00Z"
            && jobs("tick").size() == 2;
    };
    QVERIFY(stage.until(finished, 700)); // the oldest successes are gone
    QVERIFY(!manifest::text(stage.get("batch/v1", "CronJob", "tick"), {"status", "lastSuccessfulTime"}).empty());
    QVERIFY(jobs("asleep").empty());
    QCOMPARE(jobs("long").size(), std::size_t {1});
    QCOMPARE(manifest::array(stage.get("batch/v1", "CronJob", "long"), {"status", "active"}).size(), std::size_t {1});
}

void TestSimulation::jobsEnd()
{
    Stage stage;
    const std::string job = R"(
apiVersion: batch/v1
kind: Job
metadata: {{name: {0}, namespace: default}}
spec:
  backoffLimit: 1
  template:
    metadata: {{annotations: {{sim.pilothouse.dev/behavior: {1}}}}}
    spec: {{restartPolicy: Never, containers: [{{name: c, image: "x:1"}}]}}
)";
    stage.create(fmt::format(fmt::runtime(job), "good", "run"));
    stage.create(fmt::format(fmt::runtime(job), "evil", "fail"));
    QVERIFY(stage.until(
        [&] { return reasonOf(stage.get("batch/v1", "Job", "good"), "Complete") == "CompletionsReached"; }));
    QVERIFY(stage.until(
        [&] { return reasonOf(stage.get("batch/v1", "Job", "evil"), "Failed") == "BackoffLimitExceeded"; }));
    QCOMPARE(manifest::integer(stage.get("batch/v1", "Job", "evil"), {"status", "failed"}),
             std::optional<std::int64_t>(2));
}

void TestSimulation::statefulSetsGoInOrder()
{
    Stage stage;
    stage.create(R"(
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: default}
spec:
  replicas: 2
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: c, image: "db:1"}]}
)");
    QVERIFY(stage.until([&] { return stage.pods("app=db").size() == 1; }));
    QVERIFY(stage.until([&] {
        return manifest::integer(stage.get("apps/v1", "StatefulSet", "db"), {"status", "readyReplicas"}) == 2;
    }));
    QCOMPARE(manifest::name(stage.pods("app=db").back()), std::string_view("db-1"));
}

void TestSimulation::claimsAreBound()
{
    Stage stage;
    stage.create(R"(
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: cache, namespace: default}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 5Gi}}}
)");
    QVERIFY(stage.until([&] {
        return manifest::text(stage.get("v1", "PersistentVolumeClaim", "cache"), {"status", "phase"}) == "Bound";
    }));
}

void TestSimulation::inferenceServiceServesAndShifts()
{
    Stage stage;
    stage.create(R"(
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata: {name: llm, namespace: default}
spec:
  predictor:
    minReplicas: 2
    model: {modelFormat: {name: pytorch}, storageUri: "s3://models/1", resources: {limits: {nvidia.com/gpu: 1}}}
)");
    const auto ready = [&] {
        const auto service = stage.get("serving.kserve.io/v1beta1", "InferenceService", "llm");
        for (const auto& condition : manifest::array(service, {"status", "conditions"})) {
            if (manifest::text(condition, {"type"}) == "Ready")
                return manifest::text(condition, {"status"}) == "True";
        }
        return false;
    };
    QVERIFY(stage.until(ready));
    stage.patch("serving.kserve.io/v1beta1", "InferenceService", "llm",
                R"({"spec":{"predictor":{"canaryTrafficPercent":20,"model":{"storageUri":"s3://models/2"}}}})");
    QVERIFY(stage.until([&] {
        const auto service = stage.get("serving.kserve.io/v1beta1", "InferenceService", "llm");
        return manifest::integer(service, {"status", "components", "predictor", "traffic", "0", "percent"}) == 20
            && ready();
    }));
    QCOMPARE(stage.pods("serving.kserve.io/inferenceservice=llm").size(), std::size_t {4});
    stage.patch("serving.kserve.io/v1beta1", "InferenceService", "llm",
                R"({"spec":{"predictor":{"canaryTrafficPercent":null}}})");
    QVERIFY(stage.until([&] { return stage.pods("serving.kserve.io/inferenceservice=llm").size() == 2 && ready(); }));
}

void TestSimulation::routesDecideTheTraffic()
{
    Stage stage;
    stage.create(deployment("stable", 2, "inference:v2") + "---" + deployment("canary", 1, "inference:v3-bad") + R"(
---
apiVersion: v1
kind: Service
metadata: {name: stable, namespace: default}
spec: {selector: {app: stable}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: canary, namespace: default}
spec: {selector: {app: canary}, ports: [{port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: route, namespace: default}
spec:
  hosts: [x]
  http:
  - route:
    - {destination: {host: stable}, weight: 90}
    - {destination: {host: canary}, weight: 10}
)");
    QVERIFY(stage.until([&] {
        return !stage.query(R"(rate(inference_requests_total{service="canary",status="error"}[1m]))").empty();
    }));
    for (int i = 0; i < 70; ++i) {
        stage.clock->advance(std::chrono::seconds(5));
        QTest::qWait(3);
    }
    const auto share = std::stod(stage.query(
        R"(sum(rate(inference_requests_total{service="canary"}[2m])) / sum(rate(inference_requests_total{service=~"canary|stable"}[2m])))"));
    QVERIFY2(std::abs(share - 0.1) < 0.02, std::to_string(share).c_str());
    const auto good = std::stod(stage.query(
        R"(sum(rate(inference_requests_total{service="stable",status="success"}[2m])) / sum(rate(inference_requests_total{service="stable"}[2m])))"));
    const auto bad = std::stod(stage.query(
        R"(sum(rate(inference_requests_total{service="canary",status="success"}[2m])) / sum(rate(inference_requests_total{service="canary"}[2m])))"));
    QVERIFY(good > 0.99);
    QVERIFY(bad < 0.95);
    const auto latency = std::stod(stage.query(
        R"(histogram_quantile(0.99, sum(rate(inference_request_duration_seconds_bucket{service="stable"}[5m])) by (le)))"));
    QVERIFY(latency > 0.1 && latency < 0.5);
}

void TestSimulation::logsAreWritten()
{
    Stage stage;
    stage.create(deployment("web", 1, "web:v1"));
    QVERIFY(stage.until([&] {
        return manifest::integer(stage.get("apps/v1", "Deployment", "web"), {"status", "readyReplicas"}) == 1;
    }));
    stage.clock->advance(std::chrono::minutes(2));
    std::string text;
    kube::Client::LogOptions options;
    options.tailLines = 3;
    const std::string pod(manifest::name(stage.pods("app=web").front()));
    QVERIFY(stage.client->logs("default", pod, options,
                               [&](std::string_view part) {
                                   text += part;
                                   return true;
                               },
                               {}));
    QCOMPARE(std::count(text.begin(), text.end(), '\n'), std::ptrdiff_t {3});
    QVERIFY(text.find("predict") != std::string::npos);
}

void TestSimulation::ingressGetsAnAddress()
{
    Stage stage;
    stage.create(R"(
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: front, namespace: default}
spec:
  ingressClassName: nginx
  defaultBackend: {service: {name: x, port: {number: 80}}}
)");
    QVERIFY(stage.until([&] {
        return !manifest::text(stage.get("networking.k8s.io/v1", "Ingress", "front"),
                               {"status", "loadBalancer", "ingress", "0", "ip"})
                    .empty();
    }));
}

QTEST_GUILESS_MAIN(TestSimulation)
#include "tst_simulation.moc"
