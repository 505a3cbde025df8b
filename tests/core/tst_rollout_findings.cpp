// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifest/yaml.h"
#include "core/rollout/actions.h"
#include "core/rollout/findings.h"
#include "core/rollout/json.h"
#include "core/rollout/providers.h"

#include <QDir>
#include <QFile>
#include <QTest>

using namespace core;
using namespace core::rollout;
using manifest::Object;
using manifest::text;
using manifest::Value;

namespace {

std::vector<Value> parse(std::string_view yaml)
{
    std::vector<Value> objects;
    const auto documents = manifest::parseYaml(yaml, "test");
    if (!documents)
        return objects;
    for (const auto& document : *documents)
        objects.push_back(document.value);
    return objects;
}

const Finding* named(const std::vector<Finding>& findings, std::string_view part)
{
    for (const auto& finding : findings)
        if (finding.message.find(part) != std::string::npos)
            return &finding;
    return nullptr;
}

std::string joined(const std::vector<std::string>& path)
{
    std::string out;
    for (const auto& part : path)
        out += (out.empty() ? "" : ".") + part;
    return out;
}

constexpr std::string_view kTemplate = "apiVersion: argoproj.io/v1alpha1\n"
                                       "kind: AnalysisTemplate\n"
                                       "metadata: {name: rate}\n"
                                       "spec:\n"
                                       "  metrics:\n"
                                       "  - name: rate\n"
                                       "    interval: 1m\n"
                                       "    count: 3\n"
                                       "    successCondition: CONDITION\n"
                                       "    provider: {prometheus: {address: \"http://p:9090\", query: \"x\"}}\n";

std::vector<Value> withCondition(const std::string& condition)
{
    std::string yaml(kTemplate);
    yaml.replace(yaml.find("CONDITION"), 9, "'" + condition + "'");
    return parse(yaml);
}

} // namespace

class TestRolloutFindings : public QObject
{
    Q_OBJECT

private slots:
    void theSeedDocumentsTrapsAreFound()
    {
        const QDir dir(QStringLiteral(CONFORMANCE_DIR "/../seed"));
        const auto files = dir.entryList({QStringLiteral("*.txt")}, QDir::Files);
        if (files.isEmpty())
            QSKIP("the seed document is not here");
        QFile file(dir.filePath(files.first()));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const std::string document = file.readAll().toStdString();
        std::vector<Value> objects;
        // Manifests begin at "apiVersion:" and end where the document's own (Arabic) text goes on.
        std::string chunk;
        std::size_t at = 0;
        const auto flush = [&] {
            for (auto& object : parse(chunk))
                if (object.is_object() && !manifest::kind(object).empty())
                    objects.push_back(std::move(object));
            chunk.clear();
        };
        while (at < document.size()) {
            const auto end = std::min(document.find('\n', at), document.size());
            const auto line = document.substr(at, end - at);
            at = end + 1;
            if (line.starts_with("---") || (!line.empty() && static_cast<unsigned char>(line[0]) >= 0x80))
                flush();
            else if (!chunk.empty() || line.starts_with("apiVersion:"))
                chunk += line + "\n";
        }
        flush();
        QVERIFY(objects.size() > 5);
        const auto findings = findProblems(objects, {}, "ml-serving");
        const auto* missing = named(findings, "inference-latency");
        QVERIFY(missing);
        QCOMPARE(missing->key.kind, std::string("Rollout"));
        QCOMPARE(missing->path.back(), std::string("templateName"));
        const auto* gpu = named(findings, "nvidia.com/gpu");
        QVERIFY(gpu);
        QCOMPARE(gpu->key.kind, std::string("InferenceService"));
        QVERIFY(gpu->message.find("Limit must be set for non overcommitable resources") != std::string::npos);
    }

    void gpuRequestsNeedAnEqualLimit()
    {
        const auto findings = findProblems(parse("apiVersion: serving.kserve.io/v1beta1\n"
                                                 "kind: InferenceService\n"
                                                 "metadata: {name: llm}\n"
                                                 "spec: {predictor: {model: {resources: {requests: {nvidia.com/gpu: "
                                                 "\"2\", cpu: 1}, limits: {nvidia.com/gpu: \"1\"}}}}}\n"
                                                 "---\n"
                                                 "apiVersion: v1\n"
                                                 "kind: Pod\n"
                                                 "metadata: {name: fine}\n"
                                                 "spec: {containers: [{name: a, resources: {requests: {nvidia.com/gpu: "
                                                 "1}, limits: {nvidia.com/gpu: \"1\"}}}]}\n"));
        QCOMPARE(findings.size(), std::size_t {1});
        QCOMPARE(joined(findings[0].path), std::string("spec.predictor.model.resources.requests.nvidia.com/gpu"));
    }

    void conditionsAreChecked()
    {
        QVERIFY(findProblems(withCondition("result[0] >= 0.99")).empty());
        QVERIFY(findProblems(withCondition("result >= 0.99")).empty()); // a scalar query may give it
        const auto wrong = findProblems(withCondition("result[0] >= \"x\""));
        QCOMPARE(wrong.size(), std::size_t {1});
        QCOMPARE(joined(wrong[0].path), std::string("spec.metrics.0.successCondition"));
        QVERIFY(!findProblems(withCondition("resutl[0] >= 1")).empty());
        QVERIFY(findProblems(withCondition("result[0] >= {{args.limit}}")).empty());
    }

    /// Templates are looked at where they are used: through experiments, from the cluster, with the use's arguments.
    void analysesAreLookedAtWhereTheyAreUsed_data()
    {
        QTest::addColumn<QByteArray>("step"); // of a canary
        QTest::addColumn<QByteArray>("condition"); // of ClusterAnalysisTemplate shared, which stands in the cluster
        QTest::addColumn<QByteArray>("path"); // of the finding; "" = there is none
        QTest::addColumn<QByteArray>("message");
        const QByteArray direct = "{analysis: {templates: [{templateName: shared, clusterScope: true}], args: ARGS}}";
        const QByteArray nested = "{analysis: {templates: [{templateName: outer}], args: ARGS}}";
        const QByteArray tried = "{experiment: {templates: [{name: a, specRef: canary}], analyses: [{name: x, "
                                 "templateName: shared, clusterScope: true, args: ARGS}]}}";
        const auto with = [](QByteArray step, const char* args) { return step.replace("ARGS", args); };
        const char* one = "[{name: limit, value: \"0.9\"}]";
        const QByteArray at = "spec.strategy.canary.steps.0.";
        const QByteArray wrong = "cannot be evaluated";
        QTest::newRow("fine") << with(direct, one) << QByteArray("result[0] >= {{args.limit}}") << QByteArray()
                              << QByteArray();
        QTest::newRow("type") << with(direct, one) << QByteArray("result[0] >= \"x\"") << at + "analysis" << wrong;
        QTest::newRow("type by argument") << with(direct, "[{name: limit, value: high}]")
                                          << QByteArray("result[0] >= {{args.limit}}") << at + "analysis" << wrong;
        QTest::newRow("NaN by argument") << with(direct, one) << QByteArray("!(result[0] < {{args.limit}})")
                                         << at + "analysis" << QByteArray("passes when its query answers NaN");
        QTest::newRow("nested") << with(nested, one) << QByteArray("result[0] >= \"x\"") << at + "analysis" << wrong;
        QTest::newRow("experiment") << with(tried, one) << QByteArray("result[0] >= \"x\"")
                                    << at + "experiment.analyses.0" << wrong;
        QTest::newRow("experiment, fine")
            << with(tried, one) << QByteArray("result[0] >= 1") << QByteArray() << QByteArray();
        QTest::newRow("experiment, nowhere")
            << QByteArray("{experiment: {templates: [{name: a, specRef: canary}], "
                          "analyses: [{name: x, templateName: shared}]}}")
            << QByteArray("result[0] >= 1") << at + "experiment.analyses.0.templateName"
            << QByteArray("names AnalysisTemplate shared that is nowhere");
        QTest::newRow("no value") << with(direct, "[]") << QByteArray("result[0] >= 1") << at + "analysis"
                                  << QByteArray("cannot start: args.limit was not resolved");
        QTest::newRow("a secret's value")
            << with(direct, "[{name: limit, valueFrom: {secretKeyRef: {name: a, key: b}}}]")
            << QByteArray("result[0] >= {{args.limit}}") << QByteArray() << QByteArray();
        QTest::newRow("a field of the status")
            << with(direct, "[{name: limit, valueFrom: {fieldRef: {fieldPath: status.x}}}]")
            << QByteArray("result[0] >= {{args.limit}}") << QByteArray() << QByteArray();
        QTest::newRow("dry run") << with(direct, "[{name: limit, value: \"1\"}], dryRun: [{metricName: \"r.*\"}]")
                                 << QByteArray("result[0] >= \"x\"") << at + "analysis" << wrong;
        QTest::newRow("dry run of no metric")
            << with(direct, "[{name: limit, value: \"1\"}], dryRun: [{metricName: other}]")
            << QByteArray("result[0] >= 1") << at + "analysis"
            << QByteArray("will end in Error: dryRun[0]: Rule didn't match any metric name(s)");
    }
    void analysesAreLookedAtWhereTheyAreUsed()
    {
        QFETCH(QByteArray, step);
        QFETCH(QByteArray, condition);
        QFETCH(QByteArray, path);
        QFETCH(QByteArray, message);
        auto shared = withCondition(condition.toStdString()).front();
        manifest::ensure(shared, {"kind"}) = "ClusterAnalysisTemplate";
        manifest::ensure(shared, {"metadata", "name"}) = "shared";
        manifest::ensure(shared, {"spec", "args"}) = manifest::Array {Object {{"name", "limit"}}};
        const auto outer = parse("apiVersion: argoproj.io/v1alpha1\n"
                                 "kind: AnalysisTemplate\n"
                                 "metadata: {name: outer, namespace: shop}\n"
                                 "spec: {templates: [{templateName: shared, clusterScope: true}]}\n");
        const auto rollout =
            parse("apiVersion: argoproj.io/v1alpha1\n"
                  "kind: Rollout\n"
                  "metadata: {name: r, namespace: shop}\n"
                  "spec:\n"
                  "  selector: {matchLabels: {app: r}}\n"
                  "  template: {metadata: {labels: {app: r}}, spec: {containers: [{name: c, image: i}]}}\n"
                  "  strategy: {canary: {steps: ["
                  + step.toStdString() + "]}}\n");
        const auto findings = findProblems(rollout, {shared, outer.front()});
        QCOMPARE(findings.size(), path.isEmpty() ? std::size_t {0} : std::size_t {1});
        if (path.isEmpty())
            return;
        QCOMPARE(joined(findings[0].path), path.toStdString());
        QVERIFY2(findings[0].message.find(message.toStdString()) != std::string::npos, findings[0].message.c_str());
    }
    void aRuleOfNoMetricEndsTheRun_data()
    {
        QTest::addColumn<QByteArray>("field");
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("message");
        const QByteArray wrong = "Analysis spec invalid: ";
        QTest::newRow("dry run") << QByteArray("dryRun") << QByteArray("other")
                                 << wrong + "dryRun[0]: Rule didn't match any metric name(s)";
        QTest::newRow("retention") << QByteArray("measurementRetention") << QByteArray("other")
                                   << wrong + "measurementRetention[0]: Rule didn't match any metric name(s)";
        QTest::newRow("part of a name") << QByteArray("dryRun") << QByteArray("at") << QByteArray();
    }
    void aRuleOfNoMetricEndsTheRun()
    {
        QFETCH(QByteArray, field);
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, message);
        auto run = withCondition("result[0] >= 1").front();
        manifest::ensure(run, {"kind"}) = "AnalysisRun";
        manifest::ensure(run, {"spec", field.toStdString()}) =
            manifest::Array {Object {{"metricName", name.toStdString()}}};
        MeasureDeps deps;
        deps.http = [](const HttpRequest&, std::stop_token) -> Result<HttpResponse> {
            return fail(Error::Code::Unavailable, "nobody there");
        };
        const auto next = advanceRun(run, parseRfc3339("2026-03-01T10:00:00Z").value(), deps, {});
        QCOMPARE(text(next, {"status", "phase"}) == "Error", !message.isEmpty());
        QCOMPARE(std::string(text(next, {"status", "message"})), message.toStdString());
    }

    /// What the manifests' own templates say is told there, and once.
    void aTemplateOfTheManifestsIsToldOnce()
    {
        auto objects = withCondition("result[0] >= \"x\"");
        const auto rollout =
            parse("apiVersion: argoproj.io/v1alpha1\n"
                  "kind: Rollout\n"
                  "metadata: {name: r}\n"
                  "spec:\n"
                  "  selector: {matchLabels: {app: r}}\n"
                  "  template: {metadata: {labels: {app: r}}, spec: {containers: [{name: c, image: i}]}}\n"
                  "  strategy: {canary: {steps: [{analysis: {templates: [{templateName: rate}]}}]}}\n");
        objects.push_back(rollout.front());
        const auto findings = findProblems(objects, objects, "shop");
        QCOMPARE(findings.size(), std::size_t {1});
        QCOMPARE(findings[0].key.kind, std::string("AnalysisTemplate"));
    }

    void whatPassesByNotANumberIsFound_data()
    {
        QTest::addColumn<QByteArray>("success");
        QTest::addColumn<QByteArray>("failure");
        QTest::addColumn<QByteArray>("field"); // "" = nothing is found
        QTest::newRow("fails by NaN") << QByteArray("result[0] >= 0.99") << QByteArray() << QByteArray();
        QTest::newRow("negated") << QByteArray("!(result[0] < 0.99)") << QByteArray() << QByteArray("successCondition");
        QTest::newRow("scalar") << QByteArray("not (result < 0.99)") << QByteArray() << QByteArray("successCondition");
        QTest::newRow("failure only") << QByteArray() << QByteArray("result[0] > 0.05")
                                      << QByteArray("failureCondition");
        QTest::newRow("inconclusive") << QByteArray("result[0] <= 0.05") << QByteArray("result[0] > 0.1")
                                      << QByteArray();
        QTest::newRow("on purpose") << QByteArray("isNaN(result[0]) || result[0] >= 0.99") << QByteArray()
                                    << QByteArray();
        QTest::newRow("measures only") << QByteArray() << QByteArray() << QByteArray();
    }
    void whatPassesByNotANumberIsFound()
    {
        QFETCH(QByteArray, success);
        QFETCH(QByteArray, failure);
        QFETCH(QByteArray, field);
        auto objects = withCondition("CONDITION");
        auto& metric = manifest::ensure(objects.front(), {"spec", "metrics"}).get_array().front().get_object();
        metric.erase("successCondition");
        for (const auto& [name, text] : {std::pair {"successCondition", success}, {"failureCondition", failure}})
            if (!text.isEmpty())
                metric[name] = text.toStdString();
        const auto findings = findProblems(objects);
        QCOMPARE(findings.size(), field.isEmpty() ? std::size_t {0} : std::size_t {1});
        if (field.isEmpty())
            return;
        QCOMPARE(findings[0].path.back(), field.toStdString());
        QCOMPARE(findings[0].message,
                 "metric rate of AnalysisTemplate rate passes when its query answers NaN: "
                     + (success.isEmpty() ? failure : success).toStdString());
        QVERIFY(findings[0].hint.find("isNaN") != std::string::npos);
    }

    void invalidRolloutsAreExplained_data()
    {
        QTest::addColumn<QByteArray>("step");
        QTest::addColumn<QByteArray>("part");
        QTest::newRow("weight") << QByteArray("setWeight: 120") << QByteArray("between 0 and 100");
        QTest::newRow("pause") << QByteArray("pause: {duration: 1z}") << QByteArray("Duration");
        QTest::newRow("two") << QByteArray("{setWeight: 1, pause: {}}") << QByteArray("Step must have one");
        QTest::newRow("scale") << QByteArray("setCanaryScale: {weight: 1}") << QByteArray("TrafficRouting");
        QTest::newRow("plugin") << QByteArray("plugin: {name: x}") << QByteArray("plugin");
    }
    void invalidRolloutsAreExplained()
    {
        QFETCH(QByteArray, step);
        QFETCH(QByteArray, part);
        const auto rollout = parse("apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: demo}\nspec:\n  "
                                   "selector: {matchLabels: {a: b}}\n"
                                   "  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: "
                                   "i}]}}\n  strategy:\n    canary:\n      steps:\n      - "
                                   + step.toStdString() + "\n");
        QCOMPARE(rollout.size(), std::size_t {1});
        const auto problem = validateRollout(rollout[0]);
        QVERIFY2(problem.find(part.toStdString()) != std::string::npos, problem.c_str());
    }

    void aWorkloadThatHoldsTheTemplateIsPatched_data()
    {
        QTest::addColumn<QByteArray>("owner");
        QTest::addColumn<QByteArray>("image");
        QTest::addColumn<QByteArray>("undo");
        QTest::newRow("Deployment") << QByteArray("{metadata: {resourceVersion: \"9\"}, spec: {template: {spec: "
                                                  "{containers: [{name: c, image: a}]}}}}")
                                    << QByteArray("/spec/template/spec/containers/0/image")
                                    << QByteArray("/spec/template");
        QTest::newRow("PodTemplate") << QByteArray("{metadata: {resourceVersion: \"9\"}, template: {spec: {containers: "
                                                   "[{name: c, image: a}]}}}")
                                     << QByteArray("/template/spec/containers/0/image") << QByteArray("/template");
    }
    void aWorkloadThatHoldsTheTemplateIsPatched()
    {
        QFETCH(QByteArray, owner);
        QFETCH(QByteArray, image);
        QFETCH(QByteArray, undo);
        const auto workload = parse(owner.toStdString()).front();
        const auto changed = setImagePatch(workload, "c", "b");
        QVERIFY(changed);
        QCOMPARE(text(changed->patch, {"0", "value"}), std::string_view("9")); // the precondition
        QCOMPARE(std::string(text(changed->patch, {"1", "path"})), image.toStdString());
        QVERIFY(!setImagePatch(workload, "other", "b"));
        const auto rollout = parse("{metadata: {name: demo, uid: u, resourceVersion: \"7\", annotations: "
                                   "{rollout.argoproj.io/revision: \"2\"}}, spec: {workloadRef: {name: w}}}")
                                 .front();
        const auto set = parse("{metadata: {ownerReferences: [{uid: u}], annotations: {rollout.argoproj.io/revision: "
                               "\"1\"}}, spec: {template: {metadata: {labels: {rollouts-pod-template-hash: h}}}}}")
                             .front();
        const auto back = undoPatch(rollout, {set}, 0, workload);
        QVERIFY(back);
        QCOMPARE(text(back->patch, {"0", "value"}), std::string_view("9"));
        QCOMPARE(std::string(text(back->patch, {"1", "path"})), undo.toStdString());
        QVERIFY(manifest::toJson(back->patch).find("rollouts-pod-template-hash") == std::string::npos);
    }

    void whatIsPromotedAndPausedIsOnlyResumed()
    {
        const auto rollout =
            parse("{metadata: {name: demo}, spec: {paused: true}, status: {currentPodHash: a, stableRS: "
                  "a}}")
                .front();
        const auto patches = actionPatches(rollout, Action::PromoteFull, {});
        QVERIFY(patches);
        QCOMPARE(patches->size(), std::size_t {1});
        QCOMPARE(manifest::toJson(patches->front().patch), std::string("{\"spec\":{\"paused\":false}}"));
    }

    void patchesCarryTheResourceVersion()
    {
        const Value rollout = manifest::parseJson(R"({"metadata":{"name":"demo","resourceVersion":"7"},
            "spec":{"strategy":{"canary":{"steps":[{"setWeight":1},{"pause":{}}]}}},
            "status":{"currentStepIndex":1,"currentPodHash":"b","stableRS":"a","controllerPause":true,"pauseConditions":[{"reason":"CanaryPauseStep"}]}})")
                                  .value();
        const auto promote = actionPatches(rollout, Action::Promote, {});
        QVERIFY(promote);
        QCOMPARE(promote->size(), std::size_t {1});
        QCOMPARE(promote->front().subresource, std::string("status"));
        QCOMPARE(manifest::toJson(promote->front().patch),
                 std::string(R"({"metadata":{"resourceVersion":"7"},"status":{"pauseConditions":null}})"));
        QVERIFY(!actionPatches(rollout, Action::Retry, {}));
        const auto skip = actionPatches(rollout, Action::SkipStep, {});
        QCOMPARE(manifest::integer(skip->front().patch, {"status", "currentStepIndex"}),
                 std::optional<std::int64_t>(2));
    }
};

QTEST_GUILESS_MAIN(TestRolloutFindings)
#include "tst_rollout_findings.moc"
