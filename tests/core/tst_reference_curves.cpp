// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/reference_curves.h"
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

Value canary()
{
    return yaml("metadata: {name: r, namespace: shop}\n"
                "spec: {strategy: {canary: {canaryService: app-canary, stableService: app}}}\n"
                "status: {currentPodHash: '777', stableRS: '555'}\n");
}

Value runWith(const std::string& args, const std::string& query)
{
    return yaml("metadata: {name: run, namespace: shop, resourceVersion: '1'}\n"
                "spec:\n"
                "  args: ["
                + args
                + "]\n"
                  "  metrics:\n"
                  "  - name: m\n"
                  "    successCondition: result[0] > 0.9\n"
                  "    provider: {prometheus: {address: 'http://p:9090', query: '"
                + query
                + "'}}\n"
                  "status:\n"
                  "  metricResults:\n"
                  "  - name: m\n"
                  "    measurements:\n"
                  "    - {phase: Successful, value: '[1]', finishedAt: '2026-03-01T10:00:00Z'}\n"
                  "    - {phase: Error, finishedAt: '2026-03-01T10:01:00Z'}\n"
                  "    - {phase: Failed, value: '[0.5]', finishedAt: '2026-03-01T10:02:00Z'}\n");
}

const Value& metricOf(const Value& run)
{
    return manifest::array(run, {"spec", "metrics"}).front();
}

std::string answerOf(const std::string& value)
{
    return "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{},\"value\":[1,\""
        + value + "\"]}]}}";
}

/// A canary whose second step is an experiment of both versions.
Value trying()
{
    return yaml("metadata: {name: r, namespace: shop}\n"
                "spec:\n"
                "  strategy:\n"
                "    canary:\n"
                "      canaryService: app-canary\n"
                "      stableService: app\n"
                "      steps:\n"
                "      - setWeight: 10\n"
                "      - experiment:\n"
                "          templates: [{name: old, specRef: stable}, {name: new, specRef: canary}]\n"
                "status: {currentPodHash: '777', stableRS: '555'}\n");
}

Value experimentNamed(const std::string& name)
{
    return yaml("metadata:\n"
                "  name: "
                + name
                + "\n"
                  "  labels: {rollouts-pod-template-hash: '777'}\n"
                  "  annotations: {rollout.argoproj.io/revision: '2'}\n"
                  "status: {templateStatuses: [{name: old, serviceName: old-service}, {name: new}]}\n");
}

Objects setsOfTheExperiment()
{
    const auto set = [](const std::string& entry, const std::string& hash) {
        return std::make_shared<const Value>(
            yaml("kind: ReplicaSet\n"
                 "metadata:\n"
                 "  labels: {rollouts-pod-template-hash: '"
                 + hash + "'}\n  annotations: {experiment.argoproj.io/template-name: " + entry + "}\n"));
    };
    return {set("old", "old1"), set("new", "new1")};
}

} // namespace

class TestReferenceCurves : public QObject
{
    Q_OBJECT

private slots:
    void theStableVersionIsAskedFor_data()
    {
        QTest::addColumn<QString>("args");
        QTest::addColumn<QString>("query");
        QTest::addColumn<QString>("expected"); // empty: it cannot be told
        QTest::newRow("service") << "{name: s, value: app-canary}"
                                 << "rate(app{s=\"{{args.s}}\"}[5m])"
                                 << "rate(app{s=\"app\"}[5m])";
        QTest::newRow("host") << "{name: s, value: app-canary.shop.svc}"
                              << "x{h=\"{{ args.s }}\"}"
                              << "x{h=\"app.shop.svc\"}";
        QTest::newRow("pod hash") << "{name: hash, value: \"777\"}, {name: space, value: shop}"
                                  << "x{h=\"{{args.hash}}\",n=\"{{args.space}}\"}"
                                  << "x{h=\"555\",n=\"shop\"}";
        QTest::newRow("another name that begins alike") << "{name: s, value: app-canary-2}"
                                                        << "x{s=\"{{args.s}}\"}"
                                                        << "";
        QTest::newRow("not used") << "{name: s, value: app-canary}"
                                  << "x"
                                  << "";
        QTest::newRow("both by arguments") << "{name: s, value: app-canary}, {name: t, value: app}"
                                           << "x{s=\"{{args.s}}\"}/x{s=\"{{args.t}}\"}"
                                           << "";
        QTest::newRow("both, one written out") << "{name: s, value: app-canary}"
                                               << "x{s=\"{{args.s}}\"}/x{s=\"app\"}"
                                               << "";
        QTest::newRow("the stable one is of another metric") << "{name: s, value: app-canary}, {name: t, value: app}"
                                                             << "x{s=\"{{args.s}}\"}"
                                                             << "x{s=\"app\"}";
        QTest::newRow("a secret") << "{name: s, value: app-canary}, {name: k, valueFrom: {secretKeyRef: {name: a, "
                                     "key: b}}}"
                                  << "x{s=\"{{args.s}}\"}"
                                  << "";
    }
    void theStableVersionIsAskedFor()
    {
        QFETCH(QString, args);
        QFETCH(QString, query);
        QFETCH(QString, expected);
        const auto run = runWith(args.toStdString(), query.toStdString());
        const auto metric = referenceMetric(Reference::Stable, canary(), {}, run, metricOf(run));
        QCOMPARE(metric.has_value(), !expected.isEmpty());
        if (!metric)
            return;
        QCOMPARE(std::string(manifest::text(*metric, {"provider", "prometheus", "query"})), expected.toStdString());
        QVERIFY(manifest::find(*metric, {"successCondition"}) == nullptr);
    }
    void afterPromotionThereIsNothingToCompare()
    {
        auto run = runWith("{name: s, value: app-canary}", "x{s=\"{{args.s}}\"}");
        manifest::ensure(run, {"metadata", "labels", "rollout-type"}) = "PostPromotion";
        QVERIFY(!referenceMetric(Reference::Stable, canary(), {}, run, metricOf(run)));
    }

    void anExperimentsVersionsAreFound()
    {
        const auto trial = trialOf(trying(), experimentNamed("r-777-2-1"), setsOfTheExperiment());
        QCOMPARE(trial.baseline.hash, std::string("old1"));
        QCOMPARE(trial.baseline.service, std::string("old-service"));
        QCOMPARE(trial.canaries.size(), std::size_t {1});
        QCOMPARE(trial.canaries[0].hash, std::string("new1"));
        QCOMPARE(trialOf(trying(), experimentNamed("r-777-2-1-3"), setsOfTheExperiment()).baseline.hash,
                 std::string("old1"));
        for (const auto* other : {"r-777-2-0", "r-777-2-7", "r-777-2-x", "by-hand"})
            QVERIFY(trialOf(trying(), experimentNamed(other), setsOfTheExperiment()).baseline.hash.empty());
    }
    void theBaselineIsAskedFor_data()
    {
        QTest::addColumn<QString>("args");
        QTest::addColumn<QString>("stable"); // what the value becomes; empty: it cannot be told
        QTest::addColumn<QString>("baseline");
        QTest::newRow("the experiment's canary") << "{name: s, value: new1}"
                                                 << "555"
                                                 << "old1";
        QTest::newRow("the rollout's canary") << "{name: s, value: \"777\"}"
                                              << "555"
                                              << "old1";
        QTest::newRow("its Service") << "{name: s, value: app-canary.shop.svc}"
                                     << "app.shop.svc"
                                     << "old-service.shop.svc";
        QTest::newRow("the baseline itself") << "{name: s, value: old1}"
                                             << ""
                                             << "";
        QTest::newRow("the stable version") << "{name: s, value: \"555\"}"
                                            << ""
                                            << "";
    }
    void theBaselineIsAskedFor()
    {
        QFETCH(QString, args);
        QFETCH(QString, stable);
        QFETCH(QString, baseline);
        const auto trial = trialOf(trying(), experimentNamed("r-777-2-1"), setsOfTheExperiment());
        const auto run = runWith(args.toStdString(), "x{s=\"{{args.s}}\"}");
        for (const auto& [reference, wanted] :
             {std::pair {Reference::Stable, stable}, std::pair {Reference::Baseline, baseline}}) {
            const auto metric = referenceMetric(reference, trying(), trial, run, metricOf(run));
            QCOMPARE(metric ? QString::fromStdString(
                         std::string(manifest::text(*metric, {"provider", "prometheus", "query"})))
                            : QString(),
                     wanted.isEmpty() ? QString() : "x{s=\"" + wanted + "\"}");
        }
    }
    void aQueryForTheBaselineIsKnown()
    {
        const auto trial = trialOf(trying(), experimentNamed("r-777-2-1"), setsOfTheExperiment());
        QVERIFY(asksBaseline("rate(x{hash=\"old1\"}[5m])", trial));
        QVERIFY(asksBaseline("http://old-service.shop.svc/health", trial));
        QVERIFY(!asksBaseline("rate(x{hash=\"old12\"}[5m])", trial));
        QVERIFY(!asksBaseline("rate(x{hash=\"new1\"}[5m])", trial));
        QVERIFY(!asksBaseline("x{hash=\"new1\"} / x{hash=\"old1\"}", trial)); // a comparison
        QVERIFY(!asksBaseline("rate(x[5m])", {}));
    }
    void bothReferencesAreFollowed()
    {
        ReferenceCurves curves;
        const HttpSend http = [&](const HttpRequest& request, std::stop_token) -> Result<HttpResponse> {
            return HttpResponse {200, {}, answerOf(request.url.find("old1") != std::string::npos ? "0.97" : "0.98")};
        };
        const auto run = runWith("{name: s, value: new1}", "x{s=\"{{args.s}}\"}");
        QVERIFY(curves.follow(trying(), {}, run, http, {}) == false); // nobody knows what new1 is
        const auto trial = trialOf(trying(), experimentNamed("r-777-2-1"), setsOfTheExperiment());
        QVERIFY(curves.follow(trying(), trial, run, http, {})); // though the run did not change
        const auto baseline = curves.points(Reference::Baseline, "shop", "run", "m");
        QCOMPARE(baseline.size(), std::size_t {2});
        QCOMPARE(baseline[0].value, 0.97);
        const auto stable = curves.points(Reference::Stable, "shop", "run", "m");
        QCOMPARE(stable.size(), std::size_t {2});
        QCOMPARE(stable[0].value, 0.98);
        curves.keepOnly({});
        QVERIFY(curves.points(Reference::Baseline, "shop", "run", "m").empty());
    }

    void theTrafficIsWhatARateIsDividedBy_data()
    {
        QTest::addColumn<QString>("query");
        QTest::addColumn<QString>("expected");
        QTest::newRow("rates") << "sum(rate(a{x=\"/\"}[5m])) / sum(rate(a[5m]))"
                               << "sum(rate(a[5m]))";
        QTest::newRow("inside") << "sum(rate(a[5m]) / rate(b[5m]))"
                                << "";
        QTest::newRow("no rate") << "a / b"
                                 << "";
        QTest::newRow("more than a quotient") << "1 - rate(a[5m]) / rate(b[5m])"
                                              << "";
        QTest::newRow("twice") << "rate(a[5m]) / rate(b[5m]) / rate(c[5m])"
                               << "";
        QTest::newRow("broken") << "rate(a[5m]) / rate(b{x=\"[5m])"
                                << "";
    }
    void theTrafficIsWhatARateIsDividedBy()
    {
        QFETCH(QString, query);
        QFETCH(QString, expected);
        QCOMPARE(QString::fromStdString(trafficQuery(query.toStdString())), expected);
    }
    void bothVersionsTrafficIsAskedFor()
    {
        ReferenceCurves curves;
        const HttpSend http = [&](const HttpRequest& request, std::stop_token) -> Result<HttpResponse> {
            if (request.url.find("%2F") != std::string::npos) // the quotient
                return HttpResponse {200, {}, answerOf("0.98")};
            return HttpResponse {200, {}, answerOf(request.url.find("app-canary") != std::string::npos ? "2" : "18")};
        };
        const auto run = runWith("{name: s, value: app-canary}",
                                 "rate(good{s=\"{{args.s}}\"}[5m]) / rate(all{s=\"{{args.s}}\"}[5m])");
        QVERIFY(curves.follow(canary(), {}, run, http, {}));
        const auto traffic = curves.traffic("shop", "run", "m");
        QCOMPARE(traffic.size(), std::size_t {2});
        QCOMPARE(traffic[0].stable, 18.0);
        QCOMPARE(traffic[0].canary, 2.0);
    }

    void eachMeasurementIsAskedForOnce()
    {
        ReferenceCurves curves;
        std::vector<std::string> asked;
        const HttpSend http = [&](const HttpRequest& request, std::stop_token) -> Result<HttpResponse> {
            asked.push_back(request.url);
            return HttpResponse {200, {}, answerOf(asked.size() == 1 ? "0.98" : "NaN")};
        };
        auto run = runWith("{name: s, value: app-canary}", "x{s=\"{{args.s}}\"}");
        QVERIFY(curves.follow(canary(), {}, run, http, {}));
        QCOMPARE(asked.size(), std::size_t {2});
        QVERIFY(asked[0].ends_with("query=x%7Bs%3D%22app%22%7D&time=1772359200.000"));
        QVERIFY(asked[1].ends_with("&time=1772359320.000"));
        const auto points = curves.points(Reference::Stable, "shop", "run", "m");
        QCOMPARE(points.size(), std::size_t {1}); // NaN is no point
        QCOMPARE(points[0].value, 0.98);
        QCOMPARE(formatRfc3339(points[0].at), std::string("2026-03-01T10:00:00Z"));

        QVERIFY(!curves.follow(canary(), {}, run, http, {}));
        manifest::ensure(run, {"metadata", "resourceVersion"}) = "2";
        QVERIFY(!curves.follow(canary(), {}, run, http, {}));
        QCOMPARE(asked.size(), std::size_t {2});

        curves.keepOnly({std::make_shared<const Value>(run)});
        QCOMPARE(curves.points(Reference::Stable, "shop", "run", "m").size(), std::size_t {1});
        curves.keepOnly({});
        QVERIFY(curves.points(Reference::Stable, "shop", "run", "m").empty());
    }
    void aProviderThatIsAwayIsAskedAgainButNotForEver()
    {
        ReferenceCurves curves;
        int asked = 0;
        bool away = true;
        const HttpSend http = [&](const HttpRequest&, std::stop_token) -> Result<HttpResponse> {
            ++asked;
            if (away)
                return fail(Error::Code::Unavailable, "no connection");
            return HttpResponse {200, {}, answerOf("1")};
        };
        const auto run = runWith("{name: s, value: app-canary}", "x{s=\"{{args.s}}\"}");
        QVERIFY(!curves.follow(canary(), {}, run, http, {}));
        QCOMPARE(asked, 1);
        away = false;
        QVERIFY(curves.follow(canary(), {}, run, http, {}));
        QCOMPARE(curves.points(Reference::Stable, "shop", "run", "m").size(), std::size_t {2});

        ReferenceCurves others;
        away = true;
        asked = 0;
        for (int i = 0; i < 20; ++i)
            QVERIFY(!others.follow(canary(), {}, run, http, {}));
        QCOMPARE(asked, 6); // three times for each of two measurements
    }
};

QTEST_APPLESS_MAIN(TestReferenceCurves)
#include "tst_reference_curves.moc"
