// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifest/value.h"
#include "core/rollout/providers.h"

#include <QTest>

#include <map>

using namespace core;
using namespace core::rollout;
using manifest::text;
using manifest::Value;

namespace {

/// One measurement of a metric, with an answer that is given beforehand.
struct Asked
{
    HttpRequest request;
    Value measurement;
};

Asked ask(const std::string& metric, const std::string& answer, int status = 200,
          std::map<std::string, std::string> environment = {})
{
    Asked out;
    MeasureDeps deps;
    deps.http = [&](const HttpRequest& request, std::stop_token) -> Result<HttpResponse> {
        out.request = request;
        return HttpResponse {status, {}, answer};
    };
    deps.secret = [](const std::string& name, const std::string& key) -> Result<std::string> {
        return name + "-" + key;
    };
    deps.environment = [&](const char* name) { return environment[name]; };
    const auto now = parseRfc3339("2015-08-30T12:36:00Z").value();
    out.measurement = measure(manifest::Object {}, manifest::parseJson(metric).value(), {}, now, deps, {});
    return out;
}

std::string header(const HttpRequest& request, const std::string& wanted)
{
    for (const auto& [name, value] : request.headers)
        if (name == wanted)
            return value;
    return {};
}

const std::map<std::string, std::string> kAws {{"AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"},
                                               {"AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"},
                                               {"AWS_REGION", "us-east-1"}};

} // namespace

class TestRolloutProviders : public QObject
{
    Q_OBJECT

private slots:
    void datadogV2AsksForAFormula()
    {
        const auto asked =
            ask("{\"successCondition\":\"result < 0.5\",\"provider\":{\"datadog\":{\"apiVersion\":\"v2\","
                "\"interval\":\"10m\",\"aggregator\":\"sum\",\"formula\":\"a/b\",\"queries\":{\"a\":\"q1\","
                "\"b\":\"q2\"}}}}",
                "{\"data\":{\"attributes\":{\"columns\":[{\"type\":\"number\",\"values\":[0.25]}]}}}");
        QCOMPARE(text(asked.measurement, {"phase"}), std::string_view("Successful"));
        QCOMPARE(text(asked.measurement, {"value"}), std::string_view("0.25"));
        QCOMPARE(asked.request.url, std::string("datadog-address/api/v2/query/scalar"));
        QCOMPARE(header(asked.request, "DD-API-KEY"), std::string("datadog-api-key"));
        const auto body = manifest::parseJson(asked.request.body).value();
        QCOMPARE(text(body, {"data", "attributes", "formulas", "0", "formula"}), std::string_view("a/b"));
        QCOMPARE(manifest::integer(body, {"data", "attributes", "from"}), std::optional<std::int64_t>(1440937560000));
        QCOMPARE(manifest::integer(body, {"data", "attributes", "to"}), std::optional<std::int64_t>(1440938160000));
        QCOMPARE(text(body, {"data", "attributes", "queries", "1", "aggregator"}), std::string_view("sum"));
    }
    void datadogV2_data()
    {
        QTest::addColumn<QString>("datadog");
        QTest::addColumn<QString>("answer");
        QTest::addColumn<QString>("phase");
        QTest::addColumn<QString>("says");
        QTest::newRow("groups")
            << "\"query\":\"q\""
            << "{\"data\":{\"attributes\":{\"columns\":[{\"type\":\"group\",\"values\":[[\"env:a\"],[\"env:b\"]]},{"
               "\"type\":\"number\",\"values\":[1,2]}]}}}"
            << "Error"
            << "successCondition"; // a list is not less than a number
        QTest::newRow("nothing") << "\"query\":\"q\""
                                 << "{\"data\":{\"attributes\":{\"columns\":[]}}}"
                                 << "Error"
                                 << "no data returned";
        QTest::newRow("two queries without a formula") << "\"queries\":{\"a\":\"1\",\"b\":\"2\"}"
                                                       << "{}"
                                                       << "Error"
                                                       << "several queries need a formula";
        QTest::newRow("an unknown aggregator") << "\"query\":\"q\",\"aggregator\":\"most\""
                                               << "{}"
                                               << "Error"
                                               << "'most' is no aggregator";
        QTest::newRow("refused") << "\"query\":\"q\""
                                 << "{\"errors\":\"bad query\"}"
                                 << "Error"
                                 << "bad query";
    }
    void datadogV2()
    {
        QFETCH(QString, datadog);
        QFETCH(QString, answer);
        QFETCH(QString, phase);
        QFETCH(QString, says);
        const auto asked =
            ask("{\"successCondition\":\"result < 0.5\",\"provider\":{\"datadog\":{\"apiVersion\":\"v2\","
                    + datadog.toStdString() + "}}}",
                answer.toStdString());
        QCOMPARE(QString::fromStdString(std::string(text(asked.measurement, {"phase"}))), phase);
        const std::string message(text(asked.measurement, {"message"}));
        QVERIFY2(message.find(says.toStdString()) != std::string::npos, message.c_str());
    }
    void datadogTakesItsKeysFromTheEnvironment()
    {
        const auto asked =
            ask("{\"provider\":{\"datadog\":{\"query\":\"q\"}}}",
                "{\"series\":[{\"scope\":\"*\",\"pointlist\":[[1,2],[2,7]]}]}", 200,
                {{"DD_API_KEY", "k1"}, {"DD_APP_KEY", "k2"}, {"DD_ADDRESS", "https://api.datadoghq.eu"}});
        QCOMPARE(text(asked.measurement, {"value"}), std::string_view("7"));
        QVERIFY(asked.request.url.starts_with("https://api.datadoghq.eu/api/v1/query?query=q&from="));
        QCOMPARE(header(asked.request, "DD-APPLICATION-KEY"), std::string("k2"));
    }

    void cloudWatchAsksForMetricData()
    {
        const std::string metric =
            "{\"successCondition\":\"all(result[0].Values, {# <= 0.01})\",\"provider\":{\"cloudWatch\":{\"interval\":"
            "\"30m\",\"metricDataQueries\":[{\"id\":\"rate\",\"expression\":\"errors / requests\"},{\"id\":\"errors\","
            "\"returnData\":false,\"metricStat\":{\"period\":300,\"stat\":\"Sum\",\"metric\":{\"namespace\":\"app\","
            "\"metricName\":\"errors\",\"dimensions\":[{\"name\":\"v\",\"value\":\"2\"}]}}}]}}}";
        const std::string answer = "{\"MetricDataResults\":[{\"Id\":\"rate\",\"Label\":\"rate\",\"StatusCode\":"
                                   "\"Complete\",\"Timestamps\":[1,2]"
                                   ",\"Values\":[0.01,0.005]}]}";
        const auto asked = ask(metric, answer, 200, kAws);
        QCOMPARE(text(asked.measurement, {"phase"}), std::string_view("Successful"));
        QCOMPARE(text(asked.measurement, {"value"}), std::string_view("[[0.01 0.005]]"));
        QCOMPARE(asked.request.url, std::string("https://monitoring.us-east-1.amazonaws.com/"));
        const auto body = manifest::parseJson(asked.request.body).value();
        QCOMPARE(text(body, {"MetricDataQueries", "1", "MetricStat", "Metric", "Dimensions", "0", "Name"}),
                 std::string_view("v"));
        QCOMPARE(manifest::integer(body, {"StartTime"}), std::optional<std::int64_t>(1440936360));
        const auto signature = header(asked.request, "Authorization");
        QVERIFY2(signature.starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/monitoring/"
                                       "aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-target, "),
                 signature.c_str());
        const auto refused = ask(metric, "{}", 200, {});
        QCOMPARE(text(refused.measurement, {"phase"}), std::string_view("Error"));
        QVERIFY(text(refused.measurement, {"message"}).find("AWS_REGION") != std::string_view::npos);
        const auto failed = ask(metric, "{\"__type\":\"AccessDenied\",\"message\":\"no\"}", 400, kAws);
        QVERIFY(text(failed.measurement, {"message"}).find("AccessDenied no") != std::string_view::npos);
    }

    void kayentaJudgesByItsScore_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<QByteArray>("phase");
        QTest::addColumn<QByteArray>("words"); // value or message
        const auto scored = [](const char* score) {
            return QByteArray("{\"complete\":true,\"result\":{\"judgeResult\":{\"score\":{\"score\":") + score + "}}}}";
        };
        QTest::newRow("pass") << scored("95.9") << QByteArray("Successful") << QByteArray("95");
        QTest::newRow("marginal") << scored("75") << QByteArray("Inconclusive") << QByteArray("75");
        QTest::newRow("fail") << scored("74") << QByteArray("Failed") << QByteArray("74");
        QTest::newRow("no score") << QByteArray("{\"complete\":true}") << QByteArray("Error")
                                  << QByteArray("Missing Score");
        QTest::newRow("no status") << QByteArray("{}") << QByteArray("Error") << QByteArray("Missing Complete Status");
        QTest::newRow("running") << QByteArray("{\"complete\":false}") << QByteArray("Running") << QByteArray();
    }
    void kayentaJudgesByItsScore()
    {
        QFETCH(QByteArray, answer);
        QFETCH(QByteArray, phase);
        QFETCH(QByteArray, words);
        const auto run = manifest::parseJson("{\"status\":{\"startedAt\":\"2015-08-30T12:00:00Z\"}}").value();
        const auto metric =
            manifest::parseJson(
                "{\"name\":\"k\",\"interval\":\"5m\",\"provider\":{\"kayenta\":{\"address\":\"http://k:8090/"
                "\",\"application\":"
                "\"a b\",\"canaryConfigName\":\"c\",\"metricsAccountName\":\"m\",\"configurationAccountName\":\"f\","
                "\"storageAccountName\":\"s\",\"threshold\":{\"pass\":95,\"marginal\":75},\"scopes\":[{\"name\":"
                "\"default\","
                "\"controlScope\":{\"scope\":\"v1\",\"region\":\"x\",\"step\":60},"
                "\"experimentScope\":{\"scope\":\"v2\",\"region\":\"x\",\"step\":60}}]}}}")
                .value();
        const auto now = parseRfc3339("2015-08-30T12:36:00Z").value();
        std::vector<HttpRequest> asked;
        MeasureDeps deps;
        deps.http = [&](const HttpRequest& request, std::stop_token) -> Result<HttpResponse> {
            asked.push_back(request);
            return HttpResponse {200,
                                 {},
                                 asked.size() == 1 ? "[{\"id\":\"no\",\"name\":\"d\"},{\"id\":\"id-1\",\"name\":\"c\"}]"
                                     : asked.size() == 2 ? "{\"canaryExecutionId\":\"e-1\"}"
                                                         : answer.toStdString()};
        };
        const auto started = measure(run, metric, {}, now, deps, {});
        QCOMPARE(text(started, {"phase"}), std::string_view("Running"));
        QCOMPARE(text(started, {"resumeAt"}), std::string_view("2015-08-30T12:36:15Z"));
        QCOMPARE(asked[0].url, std::string("http://k:8090/canaryConfig?application=a%20b&configurationAccountName=s"));
        QCOMPARE(asked[1].url,
                 std::string("http://k:8090/canary/id-1?application=a%20b&metricsAccountName=m&"
                             "configurationAccountName=f&storageAccountName=s"));
        const auto body = manifest::parseJson(asked[1].body).value();
        QCOMPARE(text(body, {"scopes", "default", "experimentScope", "start"}),
                 std::string_view("2015-08-30T12:31:00Z"));
        QCOMPARE(text(body, {"scopes", "default", "controlScope", "end"}), std::string_view("2015-08-30T12:36:00Z"));
        QCOMPARE(text(body, {"scopes", "default", "controlScope", "location"}), std::string_view("x"));
        QCOMPARE(manifest::integer(body, {"thresholds", "marginal"}), std::optional<std::int64_t>(75));

        const auto judged = measure(run, metric, started, now + std::chrono::seconds(15), deps, {});
        QCOMPARE(asked[2].url, std::string("http://k:8090/canary/e-1"));
        QCOMPARE(text(judged, {"phase"}), std::string_view(phase.data(), static_cast<std::size_t>(phase.size())));
        const auto said = phase == "Error" ? text(judged, {"message"}) : text(judged, {"value"});
        QCOMPARE(std::string(said), words.toStdString());
        QCOMPARE(manifest::find(judged, {"resumeAt"}) != nullptr, phase == "Running");
    }

    /// Amazon's managed Prometheus: the signature is checked against one that another implementation made.
    void prometheusIsAskedWithASignature()
    {
        const auto asked =
            ask("{\"provider\":{\"prometheus\":{\"address\":\"https://aps.example.com/w\",\"query\":\"up\","
                "\"authentication\":{\"sigv4\":{\"region\":\"us-east-1\"}}}}}",
                "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}", 200, kAws);
        QCOMPARE(asked.request.url, std::string("https://aps.example.com/w/api/v1/query?query=up&time=1440938160.000"));
        QCOMPARE(header(asked.request, "X-Amz-Date"), std::string("20150830T123600Z"));
        QCOMPARE(header(asked.request, "Authorization"),
                 std::string("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/aps/aws4_request, "
                             "SignedHeaders=host;x-amz-date, "
                             "Signature=a83f4067b4af24aef385f7b70c1a9eda63e351f76fcaa1034309b1906b9b8ac7"));
    }
};

QTEST_APPLESS_MAIN(TestRolloutProviders)
#include "tst_rollout_providers.moc"
