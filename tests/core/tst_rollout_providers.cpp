// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifest/resource.h"
#include "core/rollout/json_path.h"
#include "core/rollout/providers.h"

#include <QTemporaryDir>
#include <QTest>

#include <fmt/format.h>

#include <map>
#include <optional>

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
        if (name == "empty")
            return fail(Error::Code::NotFound, "key '" + key + "' does not exist in secret 'empty'");
        static const std::map<std::string, std::string> kKnown {{"influxdb-address", "http://influx/"},
                                                                {"influxdb-org", "o g"},
                                                                {"newrelic-account-id", "12"},
                                                                {"newrelic-region", "US"},
                                                                {"europe-account-id", "12"},
                                                                {"europe-region", "eu"}};
        const auto known = kKnown.find(name + "-" + key);
        if (key.starts_with("base-url"))
            return fail(Error::Code::NotFound, "none");
        return known == kKnown.end() ? name + "-" + key : known->second;
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

/// Services of AWS' own machines that hand out keys, each to who asks in its way.
std::optional<HttpResponse> fromTheMachine(const HttpRequest& request)
{
    const auto keys = [](const char* id) {
        return HttpResponse {
            200, {}, fmt::format("{{\"AccessKeyId\":\"{}\",\"SecretAccessKey\":\"s\",\"Token\":\"t\"}}", id)};
    };
    const std::string metadata = "http://169.254.169.254/latest/";
    if (request.url == "http://169.254.170.2/v2/keys")
        return keys("TASK");
    if (request.url == "http://169.254.170.23/v1/credentials")
        return header(request, "Authorization") == "pod" ? keys("POD") : HttpResponse {401, {}, {}};
    if (request.url == metadata + "api/token")
        return request.method == "PUT" ? HttpResponse {200, {}, "session"} : HttpResponse {405, {}, {}};
    if (!request.url.starts_with(metadata))
        return std::nullopt;
    if (header(request, "X-aws-ec2-metadata-token") != "session")
        return HttpResponse {401, {}, {}};
    if (request.url == metadata + "meta-data/iam/security-credentials/")
        return HttpResponse {200, {}, "node-role\n"};
    return request.url.ends_with("/node-role") ? keys("MACHINE") : HttpResponse {404, {}, {}};
}

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
        QTest::newRow("two queries without a formula")
            << "\"queries\":{\"a\":\"1\",\"b\":\"2\"}"
            << "{}"
            << "Error"
            << "When multiple queries are provided you must include a formula.";
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
            ask("{\"provider\":{\"prometheus\":{\"address\":\"https://aps-workspaces.us-east-1.amazonaws.com/"
                "workspaces/w\",\"query\":\"up\","
                "\"authentication\":{\"sigv4\":{\"region\":\"us-east-1\"}}}}}",
                "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}", 200, kAws);
        QCOMPARE(asked.request.url,
                 std::string("https://aps-workspaces.us-east-1.amazonaws.com/workspaces/w/api/v1/"
                             "query?query=up&time=1440938160.000"));
        QCOMPARE(header(asked.request, "X-Amz-Date"), std::string("20150830T123600Z"));
        QCOMPARE(header(asked.request, "Authorization"),
                 std::string("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/aps/aws4_request, "
                             "SignedHeaders=host;x-amz-date, "
                             "Signature=d62a54dabd2944a8630f791a87fb8e2ff3eb63170d637fa5b2a0497ec56a9ad8"));
    }

    /// Every provider's answers and refusals: `request` is a part of what was sent, `says` of the value or message.
    void answers_data()
    {
        QTest::addColumn<QByteArray>("metric");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<QByteArray>("phase");
        QTest::addColumn<QByteArray>("says");
        const auto row = [](const char* name, const char* metric, int status, const char* answer, const char* request,
                            const char* phase, const char* says) {
            QTest::newRow(name) << QByteArray(metric) << status << QByteArray(answer) << QByteArray(request)
                                << QByteArray(phase) << QByteArray(says);
        };
        // Prometheus
        row("prometheus: no address", "{\"provider\":{\"prometheus\":{\"query\":\"up\"}}}", 200, "", "", "Error",
            "prometheus address is not configured");
        row("prometheus: no URL", "{\"provider\":{\"prometheus\":{\"address\":\"prometheus:9090\",\"query\":\"up\"}}}",
            200, "", "", "Error", "prometheus address is not is url format");
        row("prometheus: negative timeout",
            "{\"provider\":{\"prometheus\":{\"address\":\"http://p\",\"query\":\"up\",\"timeout\":-1}}}", 200, "", "",
            "Error", "prometheus timeout should not be negative");
        row("prometheus: range",
            "{\"provider\":{\"prometheus\":{\"address\":\"http://"
            "p\",\"query\":\"up\",\"rangeQuery\":{\"start\":\"now() - "
            "duration(\\\"5m\\\")\",\"end\":\"now()\",\"step\":\"1m\"}}}}",
            200,
            "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"values\":[[1,\"1\"],[2,\"NaN\"]"
            "]}]}}",
            "query_range?query=up&start=1440937860.000&end=1440938160.000&step=60", "Successful", "[1,NaN]");
        row("prometheus: start is no time",
            "{\"provider\":{\"prometheus\":{\"address\":\"http://"
            "p\",\"query\":\"up\",\"rangeQuery\":{\"start\":\"1\",\"end\":\"now()\",\"step\":\"1m\"}}}}",
            200, "", "", "Error", "failed to parse rangeQuery.start as time: ");
        row("prometheus: step is no duration",
            "{\"provider\":{\"prometheus\":{\"address\":\"http://"
            "p\",\"query\":\"up\",\"rangeQuery\":{\"start\":\"now()\",\"end\":\"now()\",\"step\":\"1\"}}}}",
            200, "", "", "Error", "failed to parse rangeQuery.step as duration: ");
        row("prometheus: half of OAuth2",
            "{\"provider\":{\"prometheus\":{\"address\":\"http://"
            "p\",\"query\":\"up\",\"authentication\":{\"oauth2\":{\"tokenUrl\":\"http://t\",\"clientId\":\"c\"}}}}}",
            200, "", "", "Error", "missing mandatory parameter in metric for OAuth2 setup");
        row("prometheus: the last of two headers",
            "{\"provider\":{\"prometheus\":{\"address\":\"http://"
            "p\",\"query\":\"up\",\"headers\":[{\"key\":\"X-Scope\",\"value\":\"a\"},{\"key\":\"x-scope\",\"value\":"
            "\"b\"}]}}}",
            200, "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}", "x-scope: b",
            "Successful", "[]");
        // Web
        row("web: text is taken as it is",
            "{\"successCondition\":\"result > 1\",\"provider\":{\"web\":{\"url\":\"http://w\"}}}", 200, "<html>",
            "http://w", "Successful", "<html>");
        row("web: a text of JSON",
            "{\"successCondition\":\"result == "
            "\\\"ok\\\"\",\"provider\":{\"web\":{\"url\":\"http://w\",\"jsonPath\":\"{$.status}\"}}}",
            200, "{\"status\":\"ok\"}", "", "Successful", "\"ok\"");
        row("web: a filter",
            "{\"successCondition\":\"result < "
            "2\",\"provider\":{\"web\":{\"url\":\"http://w\",\"jsonPath\":\"{$.rows[?(@.name=='b')].value}\"}}}",
            200, "{\"rows\":[{\"name\":\"a\",\"value\":5},{\"name\":\"b\",\"value\":1.5}]}", "", "Successful", "1.5");
        row("web: nowhere", "{\"provider\":{\"web\":{\"url\":\"http://w\",\"jsonPath\":\"{$.a.b}\"}}}", 200,
            "{\"a\":{}}", "", "Error", "Could not find JSONPath in body: b is not found");
        row("web: nothing", "{\"provider\":{\"web\":{\"url\":\"http://w\",\"jsonPath\":\"{$.a[*]}\"}}}", 200,
            "{\"a\":[]}", "", "Error", "result of web metric produced no value");
        row("web: refused", "{\"provider\":{\"web\":{\"url\":\"http://w\"}}}", 301, "", "", "Error",
            "received non 2xx response code: 301");
        row("web: two bodies",
            "{\"provider\":{\"web\":{\"url\":\"http://w\",\"method\":\"POST\",\"body\":\"b\",\"jsonBody\":{}}}}", 200,
            "", "", "Error", "use either Body or JSONBody");
        row("web: a body with GET", "{\"provider\":{\"web\":{\"url\":\"http://w\",\"body\":\"b\"}}}", 200, "", "",
            "Error", "Body/JSONBody can only be used with POST or PUT");
        row("web: JSON's type wins",
            "{\"provider\":{\"web\":{\"url\":\"http://"
            "w\",\"method\":\"PUT\",\"jsonBody\":{\"a\":[1]},\"headers\":[{\"key\":\"content-type\",\"value\":\"text/"
            "plain\"}]}}}",
            200, "1", "PUT http://w Content-Type: application/json {\"a\":[1]}", "Successful", "1");
        // Graphite
        row("graphite: spaces go, names are sorted",
            "{\"successCondition\":\"result[0] < "
            "2\",\"provider\":{\"graphite\":{\"address\":\"http://g\",\"query\":\"target=sum( a.{b,c} "
            ")&from=-2min\"}}}",
            200, "[{\"datapoints\":[[null,1],[1.5,2],[\"2.5\",3]]},{\"datapoints\":[[9,1]]}]",
            "http://g/render?format=json&from=-2min&target=sum%28a.%7Bb%2Cc%7D%29", "Successful",
            "[1.500000,2.500000]");
        row("graphite: only nulls are an empty list",
            "{\"successCondition\":\"len(result) == "
            "0\",\"provider\":{\"graphite\":{\"address\":\"http://g\",\"query\":\"target=a\"}}}",
            200, "[{\"datapoints\":[[null,1]]}]", "", "Successful", "[]");
        row("graphite: nothing", "{\"provider\":{\"graphite\":{\"address\":\"http://g\",\"query\":\"target=a\"}}}", 200,
            "[]", "", "Error", "no values found");
        row("graphite: refused", "{\"provider\":{\"graphite\":{\"address\":\"http://g\",\"query\":\"target=a\"}}}", 400,
            "bad target", "", "Error", "error response: bad target");
        row("graphite: no pair", "{\"provider\":{\"graphite\":{\"address\":\"http://g\",\"query\":\"target=a\"}}}", 200,
            "[{\"datapoints\":[[1]]}]", "", "Error", "error unmarshaling data point");
        // InfluxDB
        row("influxdb: kinds by the annotation",
            "{\"successCondition\":\"result[0] == 5 and result[1] == nil and result[2] == "
            "7\",\"provider\":{\"influxdb\":{\"query\":\"q\"}}}",
            200,
            "#datatype,string,long,long\n#group,false,false,false\n#default,_result,,\n,result,table,_value\n"
            ",,0,5\n,,0,\n\n#datatype,string,long,long\n#group,false,false,false\n#default,_result,,7\n"
            ",result,table,_value\n,,1,\n",
            "http://influx/api/v2/query?org=o%20g", "Successful", "[5 <nil> 7]");
        row("influxdb: text is not a number",
            "{\"successCondition\":\"result[0] == \\\"5\\\"\",\"provider\":{\"influxdb\":{\"query\":\"q\"}}}", 200,
            "#datatype,string,string\n#group,false,false\n#default,,\n,result,_value\n,,\"5\"\n", "annotations",
            "Successful", "[5]");
        row("influxdb: an error table", "{\"provider\":{\"influxdb\":{\"query\":\"q\"}}}", 200,
            "#datatype,string,string\n#group,true,true\n#default,,\n,error,reference\n,no bucket,897\n", "", "Error",
            "no results returned from flux query");
        row("influxdb: without annotations", "{\"provider\":{\"influxdb\":{\"query\":\"q\"}}}", 200,
            ",result,_value\n,,5\n", "", "Error", "no results returned from flux query");
        row("influxdb: refused", "{\"provider\":{\"influxdb\":{\"query\":\"q\"}}}", 401,
            "{\"message\":\"unauthorized\"}", "", "Error", "HTTP 401: unauthorized");
        row("influxdb: an empty profile", "{\"provider\":{\"influxdb\":{\"query\":\"q\",\"profile\":\"empty\"}}}", 200,
            "", "", "Error", "authToken, org, or address not found");
        // New Relic
        row("newRelic: one row is a map",
            "{\"successCondition\":\"result.ok > 1\",\"provider\":{\"newRelic\":{\"query\":\"SELECT "
            "1\",\"timeout\":9}}}",
            200, "{\"data\":{\"actor\":{\"account\":{\"nrql\":{\"results\":[{\"z\":1,\"ok\":2}]}}}}}", "\"timeout\":9",
            "Successful", "{\"ok\":2,\"z\":1}");
        row("newRelic: rows are a list",
            "{\"successCondition\":\"result[1].ok == 3\",\"provider\":{\"newRelic\":{\"query\":\"q\"}}}", 200,
            "{\"data\":{\"actor\":{\"account\":{\"nrql\":{\"results\":[{\"ok\":2},{\"ok\":3}]}}}}}",
            "https://api.newrelic.com/graphql", "Successful", "[{\"ok\":2},{\"ok\":3}]");
        row("newRelic: an empty row", "{\"provider\":{\"newRelic\":{\"query\":\"q\"}}}", 200,
            "{\"data\":{\"actor\":{\"account\":{\"nrql\":{\"results\":[{}]}}}}}", "", "Error",
            "no results returned from NRQL query");
        row("newRelic: refused", "{\"provider\":{\"newRelic\":{\"query\":\"q\"}}}", 200,
            "{\"errors\":[{\"message\":\"NRQL Syntax Error\"}]}", "", "Error", "NRQL Syntax Error");
        row("newRelic: negative timeout", "{\"provider\":{\"newRelic\":{\"query\":\"q\",\"timeout\":-1}}}", 200, "", "",
            "Error", "timeout value needs to be a positive value");
        row("newRelic: Europe", "{\"provider\":{\"newRelic\":{\"query\":\"q\",\"profile\":\"europe\"}}}", 200,
            "{\"data\":{\"actor\":{\"account\":{\"nrql\":{\"results\":[{\"a\":1}]}}}}}",
            "https://api.eu.newrelic.com/graphql", "Successful", "{\"a\":1}");
        row("newRelic: an empty profile", "{\"provider\":{\"newRelic\":{\"query\":\"q\",\"profile\":\"empty\"}}}", 200,
            "", "", "Error", "account ID or personal API key not found");
        // Wavefront
        row("wavefront: the nearest point",
            "{\"successCondition\":\"result == "
            "2\",\"provider\":{\"wavefront\":{\"address\":\"w.example.com\",\"query\":\"ts(a)\"}}}",
            200, "{\"warnings\":\"slow\",\"timeseries\":[{\"data\":[[1440938100,1],[1440938161,2],[1440938300,3]]}]}",
            "&s=1440938160000&e=1440938160000&g=s&p=1&i=true&", "Successful", "2.00");
        row("wavefront: several series",
            "{\"successCondition\":\"len(result) == 2 and result[1] == "
            "0\",\"provider\":{\"wavefront\":{\"address\":\"w.example.com\",\"query\":\"ts(a)\"}}}",
            200, "{\"timeseries\":[{\"data\":[[1,1.005]]},{\"data\":[]}]}",
            "https://w.example.com/api/v2/chart/api?q=ts%28a%29", "Successful", "[1.00,0.00]");
        row("wavefront: nothing", "{\"provider\":{\"wavefront\":{\"address\":\"w.example.com\",\"query\":\"q\"}}}", 200,
            "{\"timeseries\":[]}", "", "Error", "No TimeSeries found in response from Wavefront");
        // SkyWalking
        row("skywalking",
            "{\"successCondition\":\"result.a[0].v < "
            "5\",\"provider\":{\"skywalking\":{\"address\":\"http://s\",\"query\":\"q\",\"interval\":\"3m\"}}}",
            200, "{\"data\":{\"b\":\"<\",\"a\":[{\"v\":4}]}}", "\"start\":\"2015-08-30 1233\"", "Successful",
            "{\"a\":[{\"v\":4}],\"b\":\"\\u003c\"}");
        row("skywalking: nothing",
            "{\"provider\":{\"skywalking\":{\"address\":\"http://s\",\"query\":\"q\",\"interval\":\"3m\"}}}", 200,
            "{\"data\":null}", "", "Error", "no results returned from SkyWalking query");
        row("skywalking: refused",
            "{\"provider\":{\"skywalking\":{\"address\":\"http://s\",\"query\":\"q\",\"interval\":\"3m\"}}}", 200,
            "{\"errors\":[{\"message\":\"bad\"}]}", "", "Error", "graphql: bad");
        // Datadog
        row("datadog: nothing of v1",
            "{\"successCondition\":\"default(result, 0) < 1\",\"provider\":{\"datadog\":{\"query\":\"q\"}}}", 200,
            "{\"series\":[]}", "", "Successful", "[]");
        row("datadog: nothing of v2",
            "{\"successCondition\":\"isNil(result)\",\"provider\":{\"datadog\":{\"apiVersion\":\"v2\",\"query\":\"q\"}}"
            "}",
            200, "{\"data\":{\"attributes\":{\"columns\":[{\"values\":[null]}]}}}", "\"formulas\":[]", "Successful",
            "[null]");
        row("datadog: errors of v2", "{\"provider\":{\"datadog\":{\"apiVersion\":\"v2\",\"query\":\"q\"}}}", 200,
            "{\"data\":{\"errors\":\"no metric\"}}", "", "Error", "There were errors in your query: no metric");
        row("datadog: refused", "{\"provider\":{\"datadog\":{\"query\":\"q\"}}}", 403, "no key", "", "Error",
            "received authentication error response code: 403 no key");
        row("datadog: failed", "{\"provider\":{\"datadog\":{\"query\":\"q\"}}}", 500, "down", "", "Error",
            "received non 2xx response code: 500 down");
        row("datadog: no query", "{\"provider\":{\"datadog\":{}}}", 200, "", "", "Error",
            "Must have either a query or queries");
        row("datadog: both",
            "{\"provider\":{\"datadog\":{\"apiVersion\":\"v2\",\"query\":\"q\",\"queries\":{\"a\":\"b\"}}}}", 200, "",
            "", "Error", "Cannot have both a query and queries");
        row("datadog: queries of v1", "{\"provider\":{\"datadog\":{\"queries\":{\"a\":\"b\"}}}}", 200, "", "", "Error",
            "API Version v1 only supports using the query parameter");
        row("datadog: a formula without queries", "{\"provider\":{\"datadog\":{\"query\":\"q\",\"formula\":\"a\"}}}",
            200, "", "", "Error", "Formula are only valid when queries are set");
        row("datadog: an aggregator of v1", "{\"provider\":{\"datadog\":{\"query\":\"q\",\"aggregator\":\"sum\"}}}",
            200, "", "", "Error", "Aggregator is not supported in v1");
        row("datadog: a timeout of nothing", "{\"provider\":{\"datadog\":{\"query\":\"q\",\"requestTimeout\":\"0s\"}}}",
            200, "", "", "Error", "Request timeout must be a positive duration");
        row("datadog: a timeout that is none",
            "{\"provider\":{\"datadog\":{\"query\":\"q\",\"requestTimeout\":\"soon\"}}}", 200, "", "", "Error",
            "Could not parse the request timeout");
        row("datadog: nameless in the namespace",
            "{\"provider\":{\"datadog\":{\"query\":\"q\",\"secretRef\":{\"namespaced\":true}}}}", 200, "", "", "Error",
            "secret name is required for namespaced credentials");
        row("datadog: no keys", "{\"provider\":{\"datadog\":{\"query\":\"q\",\"secretRef\":{\"name\":\"empty\"}}}}",
            200, "", "", "Error", "failed to find the credentials for datadog metrics provider");
        row("no provider", "{\"name\":\"m\",\"provider\":{}}", 200, "", "", "Error", "no valid provider in metric 'm'");
    }
    void answers()
    {
        QFETCH(QByteArray, metric);
        QFETCH(int, status);
        QFETCH(QByteArray, answer);
        QFETCH(QByteArray, request);
        QFETCH(QByteArray, phase);
        QFETCH(QByteArray, says);
        const auto asked = ask(metric.toStdString(), answer.toStdString(), status);
        const std::string said(phase == "Error" ? text(asked.measurement, {"message"})
                                                : text(asked.measurement, {"value"}));
        QCOMPARE(std::string(text(asked.measurement, {"phase"})) + ": " + said,
                 phase == "Error" && said.find(says.toStdString()) != std::string::npos
                     ? "Error: " + said
                     : phase.toStdString() + ": " + says.toStdString());
        std::string sent = asked.request.method + " " + asked.request.url;
        for (const auto& [name, value] : asked.request.headers)
            sent += " " + name + ": " + value;
        sent += " " + asked.request.body;
        QVERIFY2(sent.find(request.toStdString()) != std::string::npos, sent.c_str());
    }

    void metadataTellsWhatTheProviderSaid()
    {
        const auto wavefront =
            ask("{\"provider\":{\"wavefront\":{\"address\":\"w\",\"query\":\"q\"}}}",
                "{\"warnings\":\"slow\",\"timeseries\":[{\"data\":[[1440938161,2]]},{\"data\":[[1440938150,3]]}]}");
        QCOMPARE(
            manifest::toJson(*manifest::find(wavefront.measurement, {"metadata"})),
            std::string("{\"timestamps\":\"[1440938161,1440938150]\",\"drift\":\"[1,-10]\",\"warnings\":\"slow\"}"));
        const auto prometheus = ask(
            "{\"provider\":{\"prometheus\":{\"address\":\"http://p\",\"query\":\"up\"}}}",
            "{\"status\":\"success\",\"warnings\":[\"a\",\"b\"],\"data\":{\"resultType\":\"vector\",\"result\":[]}}");
        QCOMPARE(text(prometheus.measurement, {"metadata", "warnings"}), std::string_view("\"a\", \"b\""));
        const auto aws =
            ask("{\"successCondition\":\"result > 1\",\"provider\":{\"cloudWatch\":{\"metricDataQueries\":[]}}}",
                "{\"MetricDataResults\":[],\"Messages\":[{\"Code\":\"c\",\"Value\":\"v\"}]}", 200, kAws);
        QCOMPARE(text(aws.measurement, {"metadata", "messages"}), std::string_view("c: v"));
        QCOMPARE(text(aws.measurement, {"phase"}), std::string_view("Error"));
        QCOMPARE(text(aws.measurement, {"value"}), std::string_view("[]")); // kept, as the original keeps it
    }

    void aSecretThatIsNamedComesBeforeTheEnvironment()
    {
        const auto asked = ask("{\"provider\":{\"datadog\":{\"query\":\"q\",\"secretRef\":{\"name\":\"mine\"}}}}",
                               "{\"series\":[{\"pointlist\":[[1,2]]}]}", 200,
                               {{"DD_API_KEY", "k1"}, {"DD_APP_KEY", "k2"}, {"DD_ADDRESS", "https://x"}});
        QCOMPARE(header(asked.request, "DD-API-KEY"), std::string("mine-api-key"));
        QCOMPARE(asked.request.timeout, std::chrono::milliseconds(10'000));
    }

    void keysComeFromWhereAwsSdksLook_data()
    {
        QTest::addColumn<QByteArray>("sigv4");
        QTest::addColumn<QByteArray>("variables");
        QTest::addColumn<QByteArray>("credential"); // or why there is none
        QTest::newRow("a profile") << QByteArray("\"profile\":\"other\"") << QByteArray() << QByteArray("OTHER");
        QTest::newRow("a profile of the environment")
            << QByteArray() << QByteArray("AWS_PROFILE=other") << QByteArray("OTHER");
        QTest::newRow("the usual profile") << QByteArray() << QByteArray() << QByteArray("USUAL");
        QTest::newRow("no such profile") << QByteArray("\"profile\":\"none\"") << QByteArray()
                                         << QByteArray("AWS profile none has no keys in ");
        QTest::newRow("a role") << QByteArray("\"roleArn\":\"arn:r\"") << QByteArray() << QByteArray("ASSUMED");
        const QByteArray none = "AWS_SHARED_CREDENTIALS_FILE=/nowhere ";
        QTest::newRow("a container's") << QByteArray() << none + "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/keys"
                                       << QByteArray("TASK");
        QTest::newRow("a pod's identity") << QByteArray()
                                          << none
                + "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://169.254.170.23/v1/credentials "
                  "AWS_CONTAINER_AUTHORIZATION_TOKEN=pod"
                                          << QByteArray("POD");
        QTest::newRow("a stranger's address")
            << QByteArray() << none + "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://example.com/keys"
            << QByteArray("names example.com, which is not asked without TLS");
        QTest::newRow("a machine's role") << QByteArray() << none << QByteArray("MACHINE");
        QTest::newRow("nothing at all") << QByteArray() << none + "AWS_EC2_METADATA_DISABLED=true"
                                        << QByteArray("give its pod or machine a role");
        QTest::newRow("a web identity") << QByteArray()
                                        << QByteArray("AWS_ROLE_ARN=arn:r AWS_WEB_IDENTITY_TOKEN_FILE=token")
                                        << QByteArray("ASSUMED");
    }
    void keysComeFromWhereAwsSdksLook()
    {
        QFETCH(QByteArray, sigv4);
        QFETCH(QByteArray, variables);
        QFETCH(QByteArray, credential);
        const QTemporaryDir folder;
        const auto write = [&](const char* name, const QByteArray& content) {
            QFile file(folder.filePath(name));
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(content);
        };
        write("credentials",
              "[default]\naws_access_key_id = USUAL\naws_secret_access_key=s\n\n[other]\naws_access_key_id=OTHER\n"
              "aws_secret_access_key = s2\n");
        write("token", "a-token");
        std::map<std::string, std::string> environment {
            {"AWS_REGION", "us-east-1"}, {"AWS_SHARED_CREDENTIALS_FILE", folder.filePath("credentials").toStdString()}};
        for (const auto& pair : variables.split(' '))
            if (const auto at = pair.indexOf('='); at > 0)
                environment[pair.left(at).toStdString()] = pair.mid(at + 1).toStdString();
        if (environment.contains("AWS_WEB_IDENTITY_TOKEN_FILE"))
            environment["AWS_WEB_IDENTITY_TOKEN_FILE"] = folder.filePath("token").toStdString();
        MeasureDeps deps;
        HttpRequest last;
        deps.environment = [&](const char* name) { return environment[name]; };
        deps.http = [&](const HttpRequest& request, std::stop_token) -> Result<HttpResponse> {
            last = request;
            if (const auto handed = fromTheMachine(request))
                return *handed;
            if (!request.url.starts_with("https://sts.us-east-1.amazonaws.com/"))
                return HttpResponse {
                    200, {}, "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}"};
            const bool fromToken = request.body.find("WebIdentityToken=a-token") != std::string::npos;
            const bool fromKeys = header(request, "Authorization").find("Credential=USUAL/") != std::string::npos;
            return fromToken || fromKeys
                ? HttpResponse {200,
                                {},
                                "<R><AccessKeyId>ASSUMED</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
                                "<SessionToken>t</SessionToken></R>"}
                : HttpResponse {403, {}, "<Error><Code>AccessDenied</Code></Error>"};
        };
        const auto metric =
            manifest::parseJson("{\"provider\":{\"prometheus\":{\"address\":\"https://aps-workspaces.x/w\","
                                "\"query\":\"up\",\"authentication\":{\"sigv4\":{"
                                + sigv4.toStdString() + "}}}}}")
                .value();
        const auto measured =
            measure(manifest::Object {}, metric, {}, parseRfc3339("2015-08-30T12:36:00Z").value(), deps, {});
        if (text(measured, {"phase"}) == "Error") {
            const std::string message(text(measured, {"message"}));
            QVERIFY2(message.find(credential.toStdString()) != std::string::npos, message.c_str());
            return;
        }
        const auto signature = header(last, "Authorization");
        QVERIFY2(signature.find("Credential=" + credential.toStdString() + "/") != std::string::npos,
                 signature.c_str());
        const bool withToken = credential != "OTHER" && credential != "USUAL";
        QCOMPARE(header(last, "X-Amz-Security-Token"), std::string(withToken ? "t" : ""));
    }

    void jsonPath_data()
    {
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("expected"); // JSON of the first value, "none", or why not
        const auto row = [](const char* path, const char* expected) {
            QTest::newRow(path) << QByteArray(path) << QByteArray(expected);
        };
        row("{$}",
            "{\"a\":[{\"n\":\"x\",\"v\":1.0},{\"n\":\"y\",\"v\":2.5,\"on\":true},{\"n\":\"z "
            "w\"}],\"b\":{\"c.d\":7.0,\"e\":null}}");
        row("{.a[0].n}", "\"x\"");
        row("{$.a[-1].n}", "\"z w\"");
        row("{.a[1:].n}", "\"y\"");
        row("{.a[0:3:2].n}", "\"x\"");
        row("{.a[*].v}", "1");
        row("{.a[0,2].n}", "\"x\"");
        row("{.b['c.d']}", "c is not found"); // a quoted key is read as fields: its dot separates
        row("{.b.c\\.d}", "7");
        row("{..v}", "1");
        row("{.b.*}", "7");
        row("{.a[?(@.n==\"y\")].v}", "2.5");
        row("{.a[?(@.v>1.5)].n}", "v is not found"); // in the third of them
        row("{.a[?(@.n>'x')].v}", "2.5");
        row("{.a[?(@.v>1)].n}", "incompatible types for comparison");
        row("{.a[?(@.on)].n}", "\"y\"");
        row("{.a[?(@.on==true)].n}", "on is not found");
        row("{.a[?(@.n=='z w')].n}", "\"z w\"");
        row("{.a[?(@.n=='q')]}", "none");
        row("{range .a[*]}{.n}{end}", "\"x\"");
        row("{range .a[?(@.n=='q')]}{.n}{end}", "n is not found");
        row("{range .a[?(@.n=='q')]}{end}{.b.e}", "null");
        row("text {.a}", "\"text \"");
        row(".a", "\".a\"");
        row("{.x}", "x is not found");
        row("{.a[7]}", "array index out of bounds: index 7, length 3");
        row("{.b[0]}", "map[string]interface {} is not array or slice");
        row("{.a[x]}", "invalid array index x");
        row("{.a[0}", "unterminated array");
        row("{.a", "unclosed action");
        row("{.a....b}", "invalid multiple recursive descent");
        row("{end}", "not in range, nothing to end");
        row("{foo}", "unrecognized identifier foo");
        row("{.a[?(@.n=='x')}", "unclosed array expect ]");
        row("{.a[2:1]}", "starting index 2 is greater than ending index 1");
        row("{.a[0:2:0]}", "step must be > 0");
    }
    void jsonPath()
    {
        QFETCH(QByteArray, path);
        QFETCH(QByteArray, expected);
        const auto document = manifest::parseJson("{\"a\":[{\"n\":\"x\",\"v\":1},{\"n\":\"y\",\"v\":2.5,\"on\":true},{"
                                                  "\"n\":\"z w\"}],\"b\":{\"c.d\":7,\"e\":null}}")
                                  .value();
        const auto found = firstOfJsonPath(path.toStdString(), document);
        if (!found) {
            const std::string message = found.error().message;
            QVERIFY2(message.find(expected.toStdString()) != std::string::npos, message.c_str());
            return;
        }
        const auto wanted = manifest::parseJson(expected.toStdString());
        QVERIFY2(*found ? wanted && manifest::equal(**found, *wanted) : expected == "none",
                 *found ? manifest::toJson(**found).c_str() : "none");
    }

    void aJobIsWatchedUntilItEnds()
    {
        const auto run =
            manifest::parseJson(
                "{\"metadata\":{\"name\":\"r\",\"namespace\":\"n\",\"uid\":\"0b5c5f3e-6f0d-4a3c-9a59-0d1f2a3b4c5d\"},"
                "\"status\":{\"metricResults\":[{\"name\":\"a-metric-with-a-long-name-indeed\",\"count\":11}]}}")
                .value();
        const auto metric =
            manifest::parseJson(
                "{\"name\":\"a-metric-with-a-long-name-indeed\",\"provider\":{\"job\":{\"metadata\":{\"labels\":"
                "{\"l\":\"1\"}},\"spec\":{\"template\":{\"spec\":{}}}}}}")
                .value();
        auto now = parseRfc3339("2015-08-30T12:36:00Z").value();
        Value job;
        std::vector<Value> pods;
        MeasureDeps deps;
        deps.createJob = [&](const Value& made) -> Result<Value> {
            if (!job.is_null())
                return fail(Error::Code::AlreadyExists, "exists");
            return job = made;
        };
        deps.getJob = [&](const std::string&) -> Result<Value> { return job; };
        deps.jobPods = [&](const Value&) { return pods; };
        const auto started = measure(run, metric, {}, now, deps, {});
        QCOMPARE(manifest::name(job),
                 std::string_view("0b5c5f3e-6f0d-4a3c-9a59-0d1f2a3b4c5d.a-metric-with-a-long-na.12"));
        QCOMPARE(manifest::name(job).size(), std::size_t {63});
        for (const auto* at : {"metadata", "template"}) {
            const auto* labels = std::string_view(at) == "metadata"
                ? manifest::find(job, {"metadata", "labels"})
                : manifest::find(job, {"spec", "template", "metadata", "labels"});
            QVERIFY(labels && text(*labels, {"analysisrun.argoproj.io/uid"}) == manifest::uid(run));
        }
        QCOMPARE(text(job, {"metadata", "annotations", "analysisrun.argoproj.io/namespace"}), std::string_view("n"));
        QCOMPARE(text(started, {"resumeAt"}), std::string_view("2015-08-30T12:36:00Z"));
        QCOMPARE(text(measure(run, metric, {}, now, deps, {}), {"phase"}), std::string_view("Running")); // made before
        now += std::chrono::seconds(50);
        const auto again = measure(run, metric, started, now, deps, {});
        QCOMPARE(text(again, {"resumeAt"}), std::string_view("2015-08-30T12:37:00Z")); // the root of twice 50
        pods = {manifest::parseJson(
                    "{\"metadata\":{\"name\":\"p\"},\"status\":{\"initContainerStatuses\":[{\"name\":\"c\",\"state\":"
                    "{\"waiting\":{\"reason\":\"ErrImagePull\",\"message\":\"no such image\"}}}]}}")
                    .value()};
        const auto stuck = measure(run, metric, again, now, deps, {});
        QCOMPARE(text(stuck, {"phase"}), std::string_view("Inconclusive"));
        QCOMPARE(text(stuck, {"message"}),
                 std::string_view("Pod p, container c has terminal error (ErrImagePull): no such image"));
        job.as_object()["status"] =
            manifest::parseJson("{\"conditions\":[{\"type\":\"Failed\",\"status\":\"True\",\"message\":\"limit\"}]}")
                .value();
        QCOMPARE(text(measure(run, metric, again, now, deps, {}), {"phase"}), std::string_view("Failed"));
        job.as_object()["metadata"].as_object()["ownerReferences"].as_array()[0].as_object()["uid"] = "another";
        QCOMPARE(text(measure(run, metric, {}, now, deps, {}), {"message"}), std::string_view("exists"));
    }
};

QTEST_APPLESS_MAIN(TestRolloutProviders)
#include "tst_rollout_providers.moc"
