// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/field_docs.h"
#include "core/engine/views.h"
#include "core/git/tree.h"
#include "core/manifest/yaml.h"

#include <QTest>

#include <boost/json.hpp>

using namespace core;
using namespace core::engine;
using manifest::Value;

namespace {

Value yaml(const std::string& text)
{
    return manifest::parseYaml(text, "test").value().front().value;
}

Value pausedRollout()
{
    return yaml(R"(
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: inference-rollout, namespace: ml-serving}
spec:
  replicas: 10
  strategy:
    canary:
      steps:
      - setWeight: 10
      - pause: {duration: 5m}
      - analysis: {templates: [{templateName: inference-success-rate}]}
      - setWeight: 50
      - pause: {}
      - setWeight: 100
status:
  phase: Paused
  message: CanaryPauseStep
  currentStepIndex: 1
  currentPodHash: new
  stableRS: old
  readyReplicas: 11
  pauseConditions: [{reason: CanaryPauseStep, startTime: "2026-03-01T10:00:00Z"}]
  canary: {weights: {canary: {weight: 10}}}
)");
}

} // namespace

class TestViews : public QObject
{
    Q_OBJECT

private slots:
    void setsOfObjectsAreComparedByKindAndName()
    {
        const auto here = yaml("{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: x, uid: '1', "
                               "resourceVersion: '9'}, data: {k: one}}");
        const auto there = yaml("{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: y}, data: {k: two}}");
        const auto only = yaml("{apiVersion: v1, kind: Service, metadata: {name: s, namespace: y}, spec: {ports: []}}");
        const auto apart = viewObjects({here}, {there, only}, false);
        QCOMPARE(apart.size(), std::size_t {2});
        const auto& map = apart.front().key.kind == "ConfigMap" ? apart.front() : apart.back();
        QCOMPARE(map.changes.size(), std::size_t {1}); // not the namespace, not what the server keeps
        QCOMPARE(map.changes.front().path, (std::vector<std::string> {"data", "k"}));
        QVERIFY(map.action == ResourceDiff::Action::Patch);
        const auto strict = viewObjects({here}, {there}, true);
        QCOMPARE(strict.size(), std::size_t {2});
        const auto same = viewObjects({here}, {here}, true);
        QVERIFY(!same.front().outOfSync);
    }

    void secretsStayMaskedInComparisons()
    {
        const auto a = yaml("{apiVersion: v1, kind: Secret, metadata: {name: s}, data: {k: c2VjcmV0}}");
        const auto b = yaml("{apiVersion: v1, kind: Secret, metadata: {name: s}, data: {k: b3RoZXI=}}");
        const auto diff = viewObjects({a}, {b}, true);
        QVERIFY(diff.front().outOfSync);
        for (const auto& text : {diff.front().liveYaml, diff.front().desiredYaml}) {
            QVERIFY(text.find("c2VjcmV0") == std::string::npos);
            QVERIFY(text.find("b3RoZXI=") == std::string::npos);
        }
    }

    void schemasAreRead()
    {
        const auto* deployment = manifest::builtinType("apps/v1", "Deployment");
        QVERIFY(deployment != nullptr);
        const auto container = schemaNode(*deployment, {"spec", "template", "spec", "containers", "0"});
        QVERIFY(container.has_value());
        QVERIFY(std::any_of(container->fields.begin(), container->fields.end(),
                            [](const SchemaField& field) { return field.name == "image" && field.type == "string"; }));
        QVERIFY(!schemaNode(*deployment, {"spec", "nonsense"}).has_value());
        const auto port = schemaNode(*deployment, {"spec", "template", "spec", "containers", "0", "ports", "0"});
        const auto named = [](const SchemaNode& node, const std::string& name) {
            return *std::find_if(node.fields.begin(), node.fields.end(),
                                 [&](const SchemaField& field) { return field.name == name; });
        };
        QVERIFY(named(*port, "containerPort").required);
        QVERIFY(!named(*port, "hostPort").required);
        QVERIFY(named(*port, "hostPort").description.starts_with("Number of port to expose on the host."));
        const auto replicas = schemaNode(*deployment, {"spec", "replicas"});
        QVERIFY2(replicas->description.starts_with("Number of desired pods."), replicas->description.c_str());
        const std::vector<std::string> policy {"spec", "template", "spec", "containers", "0", "imagePullPolicy"};
        QCOMPARE(schemaNode(*deployment, policy)->values,
                 (std::vector<std::string> {"Always", "IfNotPresent", "Never"}));
        const auto openApi = yaml("{type: object, properties: {spec: {type: object, required: [mode], properties: {"
                                  "mode: {type: string, description: how, enum: [a, b], default: a},"
                                  "items: {type: array, items: {type: object, properties: {x: {type: integer}}}}}}}}");
        const auto spec = schemaNode(openApi, {"spec"});
        QCOMPARE(spec->fields.size(), std::size_t {2});
        QCOMPARE(spec->fields[1].name, std::string("mode"));
        QVERIFY(spec->fields[1].required);
        const auto mode = schemaNode(openApi, {"spec", "mode"});
        QCOMPARE(mode->values, (std::vector<std::string> {"a", "b"}));
        QCOMPARE(mode->defaultValue, std::string("\"a\""));
        QCOMPARE(mode->description, std::string("how"));
        QCOMPARE(schemaNode(openApi, {"spec", "items", "3", "x"})->type, std::string("integer"));
    }

    void customFieldsAreDescribed_data()
    {
        QTest::addColumn<std::string>("apiVersion");
        QTest::addColumn<std::string>("kind");
        QTest::addColumn<std::vector<std::string>>("path");
        QTest::addColumn<std::string>("word");
        using Path = std::vector<std::string>;
        QTest::newRow("Argo CD") << std::string("argoproj.io/v1alpha1") << std::string("Application")
                                 << Path {"spec", "syncPolicy", "automated", "prune"} << std::string("delete");
        QTest::newRow("Argo Rollouts") << std::string("argoproj.io/v1alpha1") << std::string("Rollout")
                                       << Path {"spec", "strategy", "canary", "dynamicStableScale"}
                                       << std::string("traffic");
        QTest::newRow("KServe") << std::string("serving.kserve.io/v1beta1") << std::string("InferenceService")
                                << Path {"spec", "predictor", "canaryTrafficPercent"} << std::string("traffic");
        QTest::newRow("Istio") << std::string("networking.istio.io/v1") << std::string("VirtualService")
                               << Path {"spec", "http", "0", "timeout"} << std::string("imeout");
    }
    void customFieldsAreDescribed()
    {
        QFETCH(const std::string, apiVersion);
        QFETCH(const std::string, kind);
        QFETCH(const std::vector<std::string>, path);
        QFETCH(const std::string, word);
        const auto* type = manifest::customType(apiVersion, kind);
        QVERIFY(type != nullptr);
        const auto node = schemaNode(*type, path);
        QVERIFY(node.has_value());
        QVERIFY2(node->description.find(word) != std::string::npos, node->description.c_str());
    }

    void fieldsAreDescribedAsTheServerDescribesThem()
    {
        const auto document = yaml(
            "components: {schemas: {"
            "io.k8s.apps.v1.Deployment: {type: object, x-kubernetes-group-version-kind: [{group: apps, version: v1, "
            "kind: Deployment}], properties: {spec: {description: what is wanted, allOf: [{$ref: "
            "'#/components/schemas/Spec'}]}, metadata: {allOf: [{$ref: '#/components/schemas/Meta'}]}}},"
            "Spec: {type: object, properties: {replicas: {type: integer, description: how many}, containers: {type: "
            "array, description: all, items: {default: {}, allOf: [{$ref: '#/components/schemas/Container'}]}}}},"
            "Container: {description: one of them, type: object, properties: {image: {type: string, description: "
            "its image}}},"
            "Meta: {description: about it, type: object, properties: {labels: {type: object, additionalProperties: "
            "{type: string, description: a label}}}},"
            "Loop: {allOf: [{$ref: '#/components/schemas/Loop'}], x-kubernetes-group-version-kind: [{group: '', "
            "version: v1, kind: Loop}]}}}");
        const auto described = [&](const std::vector<std::string>& path) {
            auto node = schemaNode(*manifest::builtinType("apps/v1", "Deployment"), {}).value();
            node.fields = {{"replicas", "integer", {}, false},
                           {"image", "string", "kept where the server says nothing", false},
                           {"metadata", "object", "replaced by the server's words", false}};
            describeFields(node, document, "apps/v1", "Deployment", path);
            return node;
        };
        QCOMPARE(described({"spec"}).description, std::string("what is wanted"));
        QCOMPARE(described({"spec"}).fields[0].description, std::string("how many"));
        QCOMPARE(described({"spec", "containers"}).description, std::string("all"));
        QCOMPARE(described({"spec", "containers"}).fields[1].description, std::string("its image"));
        QCOMPARE(described({"spec", "containers", "0"}).description, std::string("one of them"));
        QCOMPARE(described({"spec", "containers", "0", "image"}).description, std::string("its image"));
        QCOMPARE(described({"metadata"}).description, std::string("about it"));
        QCOMPARE(described({"metadata", "labels", "app"}).description, std::string("a label"));
        QCOMPARE(described({}).fields[1].description, std::string("kept where the server says nothing"));
        QCOMPARE(described({}).fields[2].description, std::string("about it"));
        QVERIFY(described({"spec", "nonsense"}).description.empty());
        SchemaNode node;
        describeFields(node, document, "v1", "Loop", {"a"}); // a reference to itself ends
        describeFields(node, yaml("{}"), "v1", "Pod", {"spec"});
        QVERIFY(node.description.empty());
    }

    void filesOfASourceLeadToEachOther()
    {
        const auto tree = git::memoryTree({
            {"base/kustomization.yaml", "resources:\n- deployment.yaml\n"},
            {"base/deployment.yaml", "kind: Deployment\n"},
            {"prod/kustomization.yaml",
             "resources:\n- ../base\npatches:\n- path: memory.yaml\n"
             "- patch: |-\n    a: b\nconfigMapGenerator:\n- name: c\n  files:\n"
             "  - key=config.txt\n"},
            {"prod/memory.yaml", "a: 1\n"},
            {"prod/config.txt", "x"},
            {"chart/Chart.yaml", "name: c\n"},
            {"chart/values.yaml", "a: 1\n"},
            {"chart/templates/d.yaml", "{{ .Values.a }}\n"},
        });
        using Role = SourceLink::Role;
        const auto has = [](const std::vector<SourceLink>& links, const SourceLink& wanted) {
            return std::find(links.begin(), links.end(), wanted) != links.end();
        };
        const auto prod = sourceLinks(*tree, "prod/kustomization.yaml").value();
        QVERIFY(has(prod, {Role::Base, "base/kustomization.yaml", 2}));
        QVERIFY(has(prod, {Role::Patch, "prod/memory.yaml", 4}));
        QVERIFY(has(prod, {Role::Generator, "prod/config.txt", 10}));
        QCOMPARE(prod.size(), std::size_t {3});
        const auto base = sourceLinks(*tree, "base/kustomization.yaml").value();
        QVERIFY(has(base, {Role::Resource, "base/deployment.yaml", 2}));
        QVERIFY(has(base, {Role::UsedBy, "prod/kustomization.yaml", 0}));
        const auto values = sourceLinks(*tree, "chart/values.yaml").value();
        QVERIFY(has(values, {Role::Chart, "chart/Chart.yaml", 0}));
        QVERIFY(has(values, {Role::Template, "chart/templates/d.yaml", 0}));
    }

    void singleNumbers()
    {
        QCOMPARE(singleNumber("[0.99]"), std::optional<double>(0.99));
        QCOMPARE(singleNumber("12"), std::optional<double>(12));
        QVERIFY(!singleNumber("[1,2]"));
        QVERIFY(!singleNumber("NaN"));
        QVERIFY(!singleNumber("[]"));
        QVERIFY(!singleNumber("text"));
    }

    void aPausedRolloutSaysUntilWhen()
    {
        const auto object = pausedRollout();
        const auto now = parseRfc3339("2026-03-01T10:01:00Z").value();
        const auto view = viewRollout({object, {}, {}, "ml-platform", {}, {}, {}, {}, {}, {}, now});
        QCOMPARE(view.steps.size(), std::size_t {6});
        QCOMPARE(view.steps[0].text, std::string("10 %"));
        QCOMPARE(view.steps[1].text, std::string("5m"));
        QVERIFY(view.steps[0].state == RolloutStep::State::Done);
        QVERIFY(view.steps[1].state == RolloutStep::State::Current);
        QVERIFY(view.steps[2].state == RolloutStep::State::Ahead);
        QCOMPARE(formatRfc3339(*view.pauseUntil), std::string("2026-03-01T10:05:00Z"));
        QCOMPARE(view.waitingFor, std::string("paused until 2026-03-01T10:05:00Z"));
        QCOMPARE(view.setWeight, 10);
        QCOMPARE(view.actualWeight, 10);
        QVERIFY(!view.eta); // a pause without end lies ahead
    }

    void theEndIsWhenAllStepsHaveTakenTheirTime()
    {
        auto object = pausedRollout();
        const auto now = parseRfc3339("2026-03-01T10:01:00Z").value();
        const auto steps =
            yaml("[{setWeight: 10}, {pause: {duration: 5m}}, {analysis: {templates: [{templateName: t}]}}, "
                 "{setWeight: 50}, {pause: {duration: 10m}}]");
        manifest::ensure(object, {"spec", "strategy", "canary", "steps"}) = steps;
        std::optional<Duration> length = std::chrono::minutes(4);
        RolloutInput input {object, {}, {}, {}, {}, {}, {}, {}, [&](const Value&) { return length; }, {}, now};
        QCOMPARE(formatRfc3339(*viewRollout(input).eta), std::string("2026-03-01T10:19:00Z")); // 10:05 + 4m + 10m
        length = {};
        QVERIFY(!viewRollout(input).eta);
        // It stands at a pause that only a person ends.
        manifest::ensure(object, {"spec", "strategy", "canary", "steps"}) = yaml("[{setWeight: 10}, {pause: {}}]");
        QVERIFY(!viewRollout(input).eta);
    }

    /// The runs of a step's experiment are metrics of the rollout; one that measures the baseline is told apart.
    void anExperimentsRunsAreShown()
    {
        auto object = pausedRollout();
        manifest::ensure(object, {"status", "currentPodHash"}) = "777";
        const auto run = [](const std::string& name, const std::string& hash) {
            return std::make_shared<const manifest::Value>(
                yaml("kind: AnalysisRun\n"
                     "metadata: {name: "
                     + name
                     + "}\n"
                       "spec: {args: [{name: hash, value: "
                     + hash
                     + "}], metrics: [{name: rate, provider: {prometheus: {query: 'x{h=\"{{args.hash}}\"}'}}}]}\n"
                       "status: {metricResults: [{name: rate, measurements: [{value: '[0.9]', phase: Successful, "
                       "finishedAt: '2026-03-01T10:00:30Z'}]}]}\n"));
        };
        const auto experiment = std::make_shared<const manifest::Value>(
            yaml("kind: Experiment\nmetadata: {name: e, labels: {rollouts-pod-template-hash: '777'}}\n"));
        RolloutInput input {object, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}};
        input.experiments = {{experiment, {{{"new1", {}}}, {"old1", {}}}, {run("a", "new1"), run("b", "old1")}}};
        input.baselineSeries = [](const std::string& name, const std::string&) {
            return name == "a" ? std::vector<TimedValue> {{{}, 0.8}} : std::vector<TimedValue> {};
        };
        const auto view = viewRollout(input);
        QCOMPARE(view.metrics.size(), std::size_t {2});
        QCOMPARE(view.metrics[0].analysisRun, std::string("a"));
        QVERIFY(!view.metrics[0].ofBaseline);
        QCOMPARE(view.metrics[0].baseline.size(), std::size_t {1});
        QVERIFY(view.metrics[1].ofBaseline);
        manifest::ensure(object, {"status", "currentPodHash"}) = "888"; // a newer version is on its way
        QVERIFY(viewRollout(input).metrics.empty());
    }

    void theShareOfTheRequestsIsTheMeasuredWeight()
    {
        auto object = pausedRollout();
        manifest::ensure(object, {"status", "currentPodHash"}) = ""; // every run is of the version on its way
        const auto run =
            yaml("kind: AnalysisRun\nmetadata: {name: a}\nspec: {metrics: [{name: rate}, {name: errors}]}\n");
        RolloutInput input {object, {}, {&run}, {}, {}, {}, {}, {}, {}, {}, {}};
        const TimePoint at {std::chrono::seconds(60)};
        input.trafficSeries = [&](const std::string&, const std::string& metric) -> std::vector<TrafficSample> {
            if (metric == "errors")
                return {{at, 1, 1}}; // measured at the same time: told once
            return {{at + std::chrono::seconds(30), 0, 0}, {at, 75, 25}}; // none came at the end
        };
        const auto view = viewRollout(input);
        QCOMPARE(view.measuredWeights.size(), std::size_t {1});
        QCOMPARE(view.measuredWeights[0].value, 25.0);
        input.trafficSeries = {};
        QVERIFY(viewRollout(input).measuredWeights.empty());
    }

    void revisionsHaveTheirPods()
    {
        const auto object = pausedRollout();
        const auto set = yaml("kind: ReplicaSet\nmetadata: {name: s}\n");
        const auto pod = [](const std::string& name, const std::string& ready) {
            return std::make_shared<const manifest::Value>(yaml("apiVersion: v1\nkind: Pod\nmetadata: {name: " + name
                                                                + "}\nstatus: {phase: Running, conditions: "
                                                                  "[{type: Ready, status: '"
                                                                + ready + "'}]}\n"));
        };
        RolloutInput input {object, {&set}, {}, {}, {}, {}, {}, {}, {}, {}, {}};
        input.podsOf = [&](const manifest::Value& of) {
            return &of == &set ? Objects {pod("b", "False"), pod("a", "True")} : Objects {};
        };
        const auto view = viewRollout(input);
        QCOMPARE(view.revisions.front().pods,
                 (std::vector<RevisionPod> {{"a", true, "Running"}, {"b", false, "Running"}}));
    }

    void whatHoldsItIsSaid()
    {
        auto object = pausedRollout();
        manifest::erase(object, {"status", "pauseConditions"});
        manifest::ensure(object, {"status", "currentStepIndex"}) = 0;
        manifest::ensure(object, {"status", "message"}) = "more replicas need to be updated";
        RolloutInput input {object, {}, {}, {}, {}, {}, {}, {}, {}, "VirtualService vs is not there", {}};
        QCOMPARE(viewRollout(input).waitingFor, std::string("VirtualService vs is not there"));
        input.gate.clear();
        QCOMPARE(viewRollout(input).waitingFor, std::string("more replicas need to be updated"));
        manifest::ensure(object, {"status", "canary", "weights", "verified"}) = true;
        QCOMPARE(viewRollout(input).waitingFor, std::string("more replicas need to be updated"));
        manifest::ensure(object, {"status", "canary", "weights", "verified"}) = false;
        QCOMPARE(viewRollout(input).waitingFor, std::string("the load balancer has not confirmed the weight yet"));
    }

    void theStatisticsSeeWhatIsWorse_data()
    {
        QTest::addColumn<double>("canary");
        QTest::addColumn<bool>("withTraffic");
        QTest::addColumn<int>("opinion");
        QTest::addColumn<bool>("inRequests");
        using Opinion = MetricVerdict::Opinion;
        QTest::newRow("as good") << 0.99 << true << static_cast<int>(Opinion::NotWorse) << true;
        QTest::newRow("worse") << 0.9 << true << static_cast<int>(Opinion::Worse) << true;
        QTest::newRow("worse by ranks") << 0.9 << false << static_cast<int>(Opinion::Worse) << false;
    }
    void theStatisticsSeeWhatIsWorse()
    {
        QFETCH(double, canary);
        QFETCH(bool, withTraffic);
        QFETCH(int, opinion);
        QFETCH(bool, inRequests);
        MetricEvidence evidence {"success-rate", {{">=", 0.95, true}}, {}, {}, {}};
        QVERIFY(!verdictOf(evidence));
        auto at = parseRfc3339("2026-03-01T10:00:00Z").value();
        for (int i = 0; i < 30; ++i, at += std::chrono::minutes(1)) {
            evidence.measurements.push_back({at, canary + 0.001 * (i % 3), {}, "Successful", {}});
            evidence.stable.push_back({at, 0.99 + 0.001 * (i % 3)});
            if (withTraffic)
                evidence.traffic.push_back({at, 90, 10});
        }
        const auto verdict = verdictOf(evidence);
        QVERIFY(verdict);
        QCOMPARE(static_cast<int>(verdict->opinion), opinion);
        QCOMPARE(verdict->inRequests, inRequests);
        QVERIFY(verdict->sure > 0.9);
        evidence.thresholds.clear(); // nothing says which way is better
        QVERIFY(!verdictOf(evidence));
    }
    void tooLittleIsUndecidedAndSaysHowMuchMoreItTakes()
    {
        MetricEvidence evidence {"errors", {{"<", 0.05, true}}, {}, {}, {}};
        auto at = parseRfc3339("2026-03-01T10:00:00Z").value();
        for (int i = 0; i < 3; ++i, at += std::chrono::minutes(1)) {
            evidence.measurements.push_back({at, 0.02, {}, "Successful", {}});
            evidence.stable.push_back({at, 0.02});
            evidence.traffic.push_back({at, 2, 0.5});
        }
        const auto verdict = verdictOf(evidence);
        QVERIFY(verdict);
        QVERIFY(verdict->opinion == MetricVerdict::Opinion::Undecided);
        QVERIFY(verdict->inRequests && verdict->needed && *verdict->needed > 0);
    }

    void anAbortExplainsItself()
    {
        auto object = pausedRollout();
        manifest::ensure(object, {"status", "abort"}) = true;
        manifest::ensure(object, {"status", "message"}) = "RolloutAborted: metric failed";
        manifest::erase(object, {"status", "pauseConditions"});
        const auto run = yaml(R"(
apiVersion: argoproj.io/v1alpha1
kind: AnalysisRun
metadata: {name: run-1, namespace: ml-serving, creationTimestamp: "2026-03-01T10:05:00Z", labels: {rollouts-pod-template-hash: new}}
spec:
  args: [{name: service-name, value: inference-canary}, {name: key, valueFrom: {secretKeyRef: {name: s, key: k}}}]
  metrics:
  - name: success-rate
    successCondition: result[0] >= 0.99
    failureCondition: default(result[0], 1) < 0.5
    failureLimit: 2
    provider: {prometheus: {query: 'rate(x{service="{{args.service-name}}",k="{{args.key}}"}[5m])'}}
status:
  metricResults:
  - name: success-rate
    phase: Failed
    failed: 3
    measurements:
    - {phase: Failed, value: "[0.91]", startedAt: "2026-03-01T10:05:01Z", finishedAt: "2026-03-01T10:05:02Z"}
)");
        const auto view = viewRollout({object, {}, {&run}, {}, {}, {}, {}, {}, {}, {}, {}});
        QCOMPARE(view.setWeight, 0);
        QVERIFY(view.steps[1].state == RolloutStep::State::Failed);
        QCOMPARE(view.metrics.size(), std::size_t {1});
        QCOMPARE(view.metrics[0].thresholds.size(), std::size_t {2});
        QCOMPARE(view.metrics[0].thresholds[0].comparison, std::string(">="));
        QCOMPARE(view.metrics[0].thresholds[0].value, 0.99);
        QVERIFY(view.metrics[0].thresholds[0].success);
        QCOMPARE(view.metrics[0].thresholds[1].value, 0.5);
        QVERIFY(!view.metrics[0].thresholds[1].success);
        QCOMPARE(view.metrics[0].query, std::string(R"(rate(x{service="inference-canary",k="{{args.key}}"}[5m]))"));
        QCOMPARE(view.metrics[0].measurements[0].value, std::optional<double>(0.91));
        QCOMPARE(view.abortCauses.size(), std::size_t {3});
        QVERIFY(view.abortCauses[1].find("success-rate") != std::string::npos);
        QVERIFY(view.abortCauses[2].find("0.91") != std::string::npos);
    }

    void statusTexts_data()
    {
        QTest::addColumn<QString>("object");
        QTest::addColumn<QString>("expected");
        QTest::newRow("deployment") << "{kind: Deployment, spec: {replicas: 3}, status: {readyReplicas: 1}}"
                                    << "1/3";
        QTest::newRow("pod") << "{kind: Pod, status: {phase: Running}}"
                             << "Running";
        QTest::newRow("crash") << "{kind: Pod, status: {phase: Running, containerStatuses: [{state: {waiting: {reason: "
                                  "CrashLoopBackOff}}}]}}"
                               << "CrashLoopBackOff";
        QTest::newRow("going") << "{kind: Pod, metadata: {deletionTimestamp: x}, status: {phase: Running}}"
                               << "Terminating";
        QTest::newRow("empty") << "{kind: ConfigMap}"
                               << "";
    }
    void statusTexts()
    {
        QFETCH(QString, object);
        QFETCH(QString, expected);
        QCOMPARE(QString::fromStdString(statusText(yaml(object.toStdString()))), expected);
    }

    void trafficFollowsSelectorsAndRoutes()
    {
        std::vector<gitops::TreeNode> tree;
        std::vector<ResourceNode> nodes;
        const auto add = [&](const std::string& text) {
            gitops::TreeNode node;
            node.live = std::make_shared<const Value>(yaml(text));
            node.key = manifest::keyOf(*node.live);
            ResourceNode shown;
            shown.key = node.key;
            tree.push_back(node);
            nodes.push_back(shown);
            return nodes.size() - 1;
        };
        const std::string pod = "apiVersion: v1\nkind: Pod\nmetadata: {namespace: ml, name: ";
        const auto service = add("apiVersion: v1\nkind: Service\nmetadata: {namespace: ml, name: stable}\n"
                                 "spec: {selector: {app: x, hash: a}}\n");
        add("apiVersion: v1\nkind: Service\nmetadata: {namespace: ml, name: canary}\nspec: {selector: {app: y}}\n");
        const auto mine = add(pod + "one, labels: {app: x, hash: a}}\n");
        add(pod + "two, labels: {app: x, hash: b}}\n");
        add("apiVersion: v1\nkind: Pod\nmetadata: {namespace: other, name: three, labels: {app: x, hash: a}}\n");
        const auto route = add("apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {namespace: ml, "
                               "name: v}\nspec: {http: [{route: [{destination: {host: stable}, weight: 70}, "
                               "{destination: {host: canary.ml.svc.cluster.local}, weight: 30}]}]}\n");
        const auto gateway =
            add("apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {namespace: ml, "
                "name: h}\nspec: {rules: [{backendRefs: [{name: stable, weight: 3}, {name: canary}]}]}\n");
        const auto ingress = add("apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {namespace: ml, name: i}\n"
                                 "spec: {rules: [{http: {paths: [{backend: {service: {name: stable}}}]}}]}\n");
        linkTraffic(nodes, tree);
        QCOMPARE(nodes[service].routesTo.size(), std::size_t {1});
        QCOMPARE(nodes[service].routesTo.front().key, nodes[mine].key);
        QCOMPARE(nodes[route].routesTo.size(), std::size_t {2});
        QCOMPARE(nodes[route].routesTo[0].weight, std::optional<int>(70));
        QCOMPARE(nodes[route].routesTo[1].key.name, std::string("canary"));
        QCOMPARE(nodes[gateway].routesTo[0].weight, std::optional<int>(75));
        QCOMPARE(nodes[ingress].routesTo.front().key, nodes[service].key);
        QVERIFY(!nodes[ingress].routesTo.front().weight);
    }

    void applicationsShowTheirStatusBeforeTheFirstComparison()
    {
        const auto object = yaml(R"(
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: a, namespace: argocd, creationTimestamp: "2026-03-01T10:00:00Z"}
spec: {project: p, source: {repoURL: /r, path: x, targetRevision: main}, destination: {namespace: n}, syncPolicy: {automated: {prune: true}}}
status:
  sync: {status: OutOfSync, revision: abc}
  health: {status: Progressing}
  operationState: {phase: Running, message: "waiting for healthy state of apps/Deployment/x", operation: {initiatedBy: {automated: true}},
    syncResult: {resources: [{kind: Deployment, name: x, hookPhase: Running}, {kind: Service, name: y, status: Synced}]}}
  history: [{id: 0, revision: r0}, {id: 1, revision: r1, initiatedBy: {username: noor}}]
  conditions: [{type: SyncError, message: m}]
)");
        const auto view = viewApplication({object, nullptr, "embedded", {}, {}});
        QVERIFY(view.sync == SyncState::OutOfSync);
        QVERIFY(view.health == Health::Progressing);
        QVERIFY(view.operation.phase == OperationPhase::Running);
        QCOMPARE(view.operation.initiatedBy, std::string("automated"));
        QCOMPARE(view.operation.waitingFor, std::string("waiting for healthy state of apps/Deployment/x"));
        QCOMPARE(view.operation.done, std::size_t {1});
        QCOMPARE(view.operation.total, std::size_t {2});
        QCOMPARE(view.history.front().id, std::int64_t {1});
        QCOMPARE(view.history.front().initiatedBy, std::string("noor"));
        QCOMPARE(view.conditions.front().type, std::string("SyncError"));
        QVERIFY(view.autoSync && view.prune && !view.selfHeal);
    }
};

QTEST_GUILESS_MAIN(TestViews)
#include "tst_views.moc"
