// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifest/yaml.h"
#include "core/rollout/simulate.h"

#include <QTest>

using namespace core;
using namespace core::rollout;
using namespace std::chrono_literals;

namespace {

manifest::Value rolloutWith(const std::string& strategy, int replicas = 10)
{
    return manifest::parseYaml(
               "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: demo}\nspec:\n  "
               "replicas: "
                   + std::to_string(replicas)
                   + "\n  selector: {matchLabels: {app: demo}}\n  template:\n    metadata: {labels: "
                     "{app: demo}}\n    spec: {containers: [{name: server, image: x, resources: {limits: "
                     "{nvidia.com/gpu: 2}}}]}\n  strategy: "
                   + strategy + "\n",
               "test")
        .value()
        .front()
        .value;
}

std::vector<std::int64_t> weightsOf(const Simulation& simulation)
{
    std::vector<std::int64_t> out;
    for (const auto& moment : simulation.moments)
        if (out.empty() || out.back() != moment.weight)
            out.push_back(moment.weight);
    return out;
}

manifest::Value inferenceService(const std::string& steps)
{
    return manifest::parseYaml("apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata:\n  name: "
                               "llm\n  annotations: {rollouts.pilothouse.io/canary: '{\"steps\":"
                                   + steps
                                   + "}'}\nspec: {predictor: {minReplicas: 2, model: {modelFormat: {name: x}, "
                                     "resources: {limits: {nvidia.com/gpu: 2, cpu: 4}}}}}\n",
                               "test")
        .value()
        .front()
        .value;
}

const std::string kRouted = "{canary: {canaryService: c, stableService: s, trafficRouting: {istio: {virtualService: "
                            "{name: v}}}, steps: [{setWeight: 20}, {pause: {duration: 10m}}, {analysis: {templates: "
                            "[{templateName: t}]}}, {setWeight: 60}, {pause: {}}]}}";

} // namespace

class TestRolloutSimulate : public QObject
{
    Q_OBJECT

private slots:
    void aRoutedCanaryIsPlayed()
    {
        SimulationOptions options;
        options.templates = {
            manifest::parseYaml("apiVersion: argoproj.io/v1alpha1\nkind: AnalysisTemplate\nmetadata: {name: t}\nspec: "
                                "{metrics: [{name: m, interval: 1m, count: 6, provider: {web: {url: x}}}]}\n",
                                "t")
                .value()
                .front()
                .value};
        options.free = {{"nvidia.com/gpu", 10}};
        const auto played = simulate(rolloutWith(kRouted), options);
        QVERIFY2(played, played ? "" : played.error().text().c_str());
        QCOMPARE(weightsOf(*played), (std::vector<std::int64_t> {0, 20, 60, 100}));
        QCOMPARE(played->persons, 1);
        QCOMPARE(played->most, std::int64_t {20}); // stable stays whole until the end
        QCOMPARE(played->least, std::int64_t {10});
        QCOMPARE(played->peak.at("nvidia.com/gpu"), std::int64_t {40});
        // Pods three times, ten minutes of pause, five of analysis.
        QVERIFY2(played->length >= 16min + 30s && played->length < 17min,
                 std::to_string(played->length.count()).c_str());
        QVERIFY(played->settled >= played->length + 30s);
        QCOMPARE(played->warnings.size(), std::size_t {1});
        QVERIFY2(played->warnings[0].find("20 nvidia.com/gpu more than now, but 10 are free: 5 pods")
                     != std::string::npos,
                 played->warnings[0].c_str());
        QVERIFY2(played->warnings[0].find("step 4 (setWeight: 60)") != std::string::npos
                     || played->warnings[0].find("from step") != std::string::npos,
                 played->warnings[0].c_str());
        QCOMPARE(played->moments.front().canary, std::int64_t {0});
        QCOMPARE(played->moments.back().stable, std::int64_t {0});
        QCOMPARE(played->moments.back().what, std::string("done"));
    }

    void shrinkingTheStableVersionNeedsFewer()
    {
        std::string strategy = kRouted;
        strategy.replace(strategy.find("steps"), 0, "dynamicStableScale: true, ");
        const auto played = simulate(rolloutWith(strategy));
        QVERIFY2(played, played ? "" : played.error().text().c_str());
        QVERIFY2(played->most < 16, std::to_string(played->most).c_str());
        QVERIFY(played->warnings.size() == 1 && played->warnings[0].find("not at hand") != std::string::npos);
    }

    void aBasicCanaryStaysWithinItsSurge()
    {
        const auto played = simulate(rolloutWith(
            "{canary: {maxSurge: 1, maxUnavailable: 0, steps: [{setWeight: 50}, {pause: {duration: 1h}}]}}", 4));
        QVERIFY2(played, played ? "" : played.error().text().c_str());
        QCOMPARE(played->most, std::int64_t {5});
        QCOMPARE(played->least, std::int64_t {4});
        QVERIFY(played->length > 1h && played->length < 1h + 5min);
    }

    void blueGreenDoublesThePods()
    {
        const auto played =
            simulate(rolloutWith("{blueGreen: {activeService: a, previewService: p, autoPromotionSeconds: 60}}", 3));
        QVERIFY2(played, played ? "" : played.error().text().c_str());
        QCOMPARE(weightsOf(*played), (std::vector<std::int64_t> {0, 100}));
        QCOMPARE(played->most, std::int64_t {6});
        QCOMPARE(played->persons, 0);
        QVERIFY(played->length > 90s && played->length < 100s);
    }

    void anInferenceServiceIsPlayedByTheSameSteps()
    {
        SimulationOptions options;
        options.free = {{"nvidia.com/gpu", 3}};
        options.templates = {
            manifest::parseYaml("apiVersion: argoproj.io/v1alpha1\nkind: AnalysisTemplate\nmetadata: {name: t}\nspec: "
                                "{metrics: [{name: m, interval: 1m, count: 6, provider: {web: {url: x}}}]}\n",
                                "t")
                .value()
                .front()
                .value};
        const auto played = simulate(inferenceService("[{\"setWeight\":10},{\"pause\":{\"duration\":\"5m\"}},"
                                                      "{\"analysis\":{\"templates\":[{\"templateName\":\"t\"}]}},"
                                                      "{\"setWeight\":50},{\"pause\":{}}]"),
                                     options);
        QVERIFY2(played, played ? "" : played.error().text().c_str());
        QCOMPARE(weightsOf(*played), (std::vector<std::int64_t> {0, 10, 50, 100}));
        QCOMPARE(played->persons, 1);
        QCOMPARE(played->least, std::int64_t {2});
        QCOMPARE(played->most, std::int64_t {4});
        QCOMPARE(played->peak.at("nvidia.com/gpu"), std::int64_t {8});
        QVERIFY2(played->length >= 10min + 30s && played->length < 11min, // pause, analysis, a pod's start
                 std::to_string(played->length.count()).c_str());
        QCOMPARE(played->warnings.size(), std::size_t {1});
        QVERIFY2(played->warnings[0].find("4 nvidia.com/gpu more than now, but 3 are free: 1 pods")
                     != std::string::npos,
                 played->warnings[0].c_str());
        QCOMPARE(played->moments.front().what, std::string("before the update"));
        QCOMPARE(played->moments.back().what, std::string("done"));
        QCOMPARE(played->moments.back().stable + played->moments.back().canary, std::int64_t {2});
        // No traffic before the new version's pods are ready.
        for (const auto& moment : played->moments)
            QVERIFY(moment.weight == 0 || moment.available == moment.stable + moment.canary);
    }

    void anInferenceServiceThatCannotBeDrivenIsRefused()
    {
        const auto played = simulate(inferenceService("[{\"setCanaryScale\":{\"replicas\":1}}]"));
        QVERIFY(!played);
        QVERIFY2(played.error().message.find("setWeight, pause and analysis") != std::string::npos,
                 played.error().message.c_str());
    }

    void anInvalidOneIsRefused()
    {
        const auto played = simulate(rolloutWith("{canary: {steps: [{setWeight: 200}]}}"));
        QVERIFY(!played);
        QVERIFY2(played.error().message.find("between 0 and 100") != std::string::npos, played.error().message.c_str());
    }
};

QTEST_GUILESS_MAIN(TestRolloutSimulate)
#include "tst_rollout_simulate.moc"
