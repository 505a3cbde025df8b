// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/stable_curves.h"
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

} // namespace

class TestStableCurves : public QObject
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
        const auto metric = stableMetric(canary(), run, metricOf(run));
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
        QVERIFY(!stableMetric(canary(), run, metricOf(run)));
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
        StableCurves curves;
        const HttpSend http = [&](const HttpRequest& request, std::stop_token) -> Result<HttpResponse> {
            if (request.url.find("%2F") != std::string::npos) // the quotient
                return HttpResponse {200, {}, answerOf("0.98")};
            return HttpResponse {200, {}, answerOf(request.url.find("app-canary") != std::string::npos ? "2" : "18")};
        };
        const auto run = runWith("{name: s, value: app-canary}",
                                 "rate(good{s=\"{{args.s}}\"}[5m]) / rate(all{s=\"{{args.s}}\"}[5m])");
        QVERIFY(curves.follow(canary(), run, http, {}));
        const auto traffic = curves.traffic("shop", "run", "m");
        QCOMPARE(traffic.size(), std::size_t {2});
        QCOMPARE(traffic[0].stable, 18.0);
        QCOMPARE(traffic[0].canary, 2.0);
    }

    void eachMeasurementIsAskedForOnce()
    {
        StableCurves curves;
        std::vector<std::string> asked;
        const HttpSend http = [&](const HttpRequest& request, std::stop_token) -> Result<HttpResponse> {
            asked.push_back(request.url);
            return HttpResponse {200, {}, answerOf(asked.size() == 1 ? "0.98" : "NaN")};
        };
        auto run = runWith("{name: s, value: app-canary}", "x{s=\"{{args.s}}\"}");
        QVERIFY(curves.follow(canary(), run, http, {}));
        QCOMPARE(asked.size(), std::size_t {2});
        QVERIFY(asked[0].ends_with("query=x%7Bs%3D%22app%22%7D&time=1772359200.000"));
        QVERIFY(asked[1].ends_with("&time=1772359320.000"));
        const auto points = curves.points("shop", "run", "m");
        QCOMPARE(points.size(), std::size_t {1}); // NaN is no point
        QCOMPARE(points[0].value, 0.98);
        QCOMPARE(formatRfc3339(points[0].at), std::string("2026-03-01T10:00:00Z"));

        QVERIFY(!curves.follow(canary(), run, http, {}));
        manifest::ensure(run, {"metadata", "resourceVersion"}) = "2";
        QVERIFY(!curves.follow(canary(), run, http, {}));
        QCOMPARE(asked.size(), std::size_t {2});

        curves.keepOnly({std::make_shared<const Value>(run)});
        QCOMPARE(curves.points("shop", "run", "m").size(), std::size_t {1});
        curves.keepOnly({});
        QVERIFY(curves.points("shop", "run", "m").empty());
    }
    void aProviderThatIsAwayIsAskedAgainButNotForEver()
    {
        StableCurves curves;
        int asked = 0;
        bool away = true;
        const HttpSend http = [&](const HttpRequest&, std::stop_token) -> Result<HttpResponse> {
            ++asked;
            if (away)
                return fail(Error::Code::Unavailable, "no connection");
            return HttpResponse {200, {}, answerOf("1")};
        };
        const auto run = runWith("{name: s, value: app-canary}", "x{s=\"{{args.s}}\"}");
        QVERIFY(!curves.follow(canary(), run, http, {}));
        QCOMPARE(asked, 1);
        away = false;
        QVERIFY(curves.follow(canary(), run, http, {}));
        QCOMPARE(curves.points("shop", "run", "m").size(), std::size_t {2});

        StableCurves others;
        away = true;
        asked = 0;
        for (int i = 0; i < 20; ++i)
            QVERIFY(!others.follow(canary(), run, http, {}));
        QCOMPARE(asked, 6); // three times for each of two measurements
    }
};

QTEST_APPLESS_MAIN(TestStableCurves)
#include "tst_stable_curves.moc"
