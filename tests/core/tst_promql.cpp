// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/sim/prometheus_api.h"
#include "core/embedded/sim/promql.h"
#include "core/kube/url.h"
#include "core/manifest/value.h"

#include <QTest>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <cmath>

using namespace core;
using namespace core::embedded::sim;

namespace {

TimePoint at(double seconds)
{
    return TimePoint(std::chrono::nanoseconds(static_cast<std::int64_t>(seconds * 1e9)));
}

/// Ten minutes at 10 s: counters of 2/s and 1/s, one that is reset, a gauge and a histogram.
void fill(SeriesStore& store)
{
    for (int i = 0; i <= 60; ++i) {
        const double t = 1000 + i * 10;
        store.append({{"__name__", "req"}, {"s", "ok"}, {"pod", "a"}}, at(t), i * 20);
        store.append({{"__name__", "req"}, {"s", "err"}, {"pod", "a"}}, at(t), i * 10);
        store.append({{"__name__", "req"}, {"s", "ok"}, {"pod", "b"}}, at(t), i * 20);
        store.append({{"__name__", "reset"}}, at(t), (i % 30) * 10);
        store.append({{"__name__", "temp"}, {"pod", "a"}}, at(t), i);
        store.append({{"__name__", "quiet"}}, at(t), 0);
        store.append({{"__name__", "lat_bucket"}, {"le", "0.1"}}, at(t), i * 50);
        store.append({{"__name__", "lat_bucket"}, {"le", "0.5"}}, at(t), i * 90);
        store.append({{"__name__", "lat_bucket"}, {"le", "1"}}, at(t), i * 100);
        store.append({{"__name__", "lat_bucket"}, {"le", "+Inf"}}, at(t), i * 100);
    }
}

std::string printed(const promql::Result_& result)
{
    const auto number = [](double v) { return std::isnan(v) ? std::string("NaN") : fmt::format("{:.6g}", v); };
    if (const auto* scalar = std::get_if<double>(&result))
        return number(*scalar);
    const auto* vector = std::get_if<promql::Vector>(&result);
    if (vector == nullptr)
        return std::string(promql::typeName(result));
    std::vector<std::string> lines;
    for (const auto& point : *vector) {
        std::string line = "{";
        for (const auto& [name, value] : point.labels)
            line += (line.size() > 1 ? "," : "") + name + "=" + value;
        lines.push_back(line + "} " + number(point.value));
    }
    std::sort(lines.begin(), lines.end());
    return fmt::format("{}", fmt::join(lines, " | "));
}

} // namespace

class TestPromql : public QObject
{
    Q_OBJECT

private slots:
    void evaluates_data();
    void evaluates();
    void refuses_data();
    void refuses();
    void answersOverHttp();
    void forgetsTheOldest();
    void survivesNesting();
};

void TestPromql::evaluates_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* query, const char* expected) { QTest::newRow(query) << query << expected; };
    row("1 + 2 * 3", "7");
    row("2 ^ 3 ^ 2", "512");
    row("-2 ^ 2", "-4");
    row("7 % 4", "3");
    row("0 / 0", "NaN");
    row("1 > bool 2", "0");
    row("temp", "{__name__=temp,pod=a} 60");
    row("temp offset 1m", "{__name__=temp,pod=a} 54");
    row("missing", "");
    row("sum(rate(req[5m]))", "{} 5");
    row("sum by (s) (rate(req[5m]))", "{s=err} 1 | {s=ok} 4");
    row("sum(rate(req[5m])) without (pod)", "{s=err} 1 | {s=ok} 4");
    row("increase(req{s=\"err\"}[5m])", "{pod=a,s=err} 300");
    row("irate(req{s=\"err\"}[5m])", "{pod=a,s=err} 1");
    row("count(req)", "{} 3");
    row("count(req{s=~\"o.*\"})", "{} 2");
    row("count(req{s!~\"o.*\"})", "{} 1");
    row("count(req{s!=\"ok\"})", "{} 1");
    row("sum(rate(req{s=\"ok\"}[5m])) / sum(rate(req[5m]))", "{} 0.8");
    row("sum(rate(req{s=\"none\"}[5m])) / sum(rate(req[5m]))", "");
    row("rate(quiet[5m]) / rate(quiet[5m])", "{} NaN");
    row("histogram_quantile(0.5, rate(lat_bucket[5m]))", "{} 0.1");
    row("histogram_quantile(0.7, rate(lat_bucket[5m]))", "{} 0.3");
    row("histogram_quantile(0.99, sum(rate(lat_bucket[5m])) by (le))", "{} 0.95");
    row("histogram_quantile(1.5, rate(lat_bucket[5m]))", "{} inf");
    row("quantile(0.5, vector(3))", "{} 3");
    row("avg(req) > 100", "{} 1000");
    row("req > 700", "{__name__=req,pod=a,s=ok} 1200 | {__name__=req,pod=b,s=ok} 1200");
    row("req{s=\"ok\"} / on(pod) temp", "{pod=a} 20");
    row("req / on(pod) group_left temp", "{pod=a,s=err} 10 | {pod=a,s=ok} 20");
    row("req unless on(pod) temp", "{__name__=req,pod=b,s=ok} 1200");
    row("req{s=\"ok\"} and on(pod) temp", "{__name__=req,pod=a,s=ok} 1200");
    row("missing or vector(0)", "{} 0");
    row("scalar(temp) + 1", "61");
    row("scalar(req)", "NaN");
    row("clamp_max(temp, 10)", "{pod=a} 10");
    row("clamp_min(temp, 100)", "{pod=a} 100");
    row("abs(-temp)", "{pod=a} 60");
    row("absent(missing{x=\"y\"})", "{x=y} 1");
    row("topk(1, req)", "{__name__=req,pod=a,s=ok} 1200");
    row("max_over_time(temp[1m])", "{pod=a} 60");
    row("avg_over_time(temp[1m])", "{pod=a} 57.5");
    row("sum(req) by (s) # comment", "{s=err} 600 | {s=ok} 2400");
    // A counter that fell at 1300 and 1600 counts on: 29 steps of 10, then from 0.
    row("increase(reset[1m])", "{} 48");
}

void TestPromql::evaluates()
{
    QFETCH(QString, query);
    QFETCH(QString, expected);
    SeriesStore store(std::chrono::hours(1));
    fill(store);
    const auto node = promql::parse(query.toStdString());
    QVERIFY2(node, node ? "" : node.error().message.c_str());
    const auto result = promql::evaluate(**node, store, 1600);
    QVERIFY2(result, result ? "" : result.error().message.c_str());
    QCOMPARE(QString::fromStdString(printed(*result)), expected);
}

void TestPromql::refuses_data()
{
    QTest::addColumn<QString>("query");
    for (const char* query : {"", "sum(", "req[5m", "req{", "req{a}", "{}", "{a=\"\"}", "nofunction(req)", "rate(req)",
                              "1 +", "req{a=~\"(\"}", "\"open", "1 and 2", "sum(req) by", "rate(req[5q])", "1 == 2",
                              "req / on(pod) req", ")", "\x01"})
        QTest::newRow(query) << query;
}

void TestPromql::refuses()
{
    QFETCH(QString, query);
    SeriesStore store(std::chrono::hours(1));
    fill(store);
    const auto node = promql::parse(query.toStdString());
    QVERIFY(!node || !promql::evaluate(**node, store, 1600));
}

void TestPromql::answersOverHttp()
{
    SeriesStore store(std::chrono::hours(1));
    fill(store);
    const auto ask = [&](const std::string& path) {
        kube::Request request;
        request.path = path;
        return prometheusAnswer(store, request, at(1600));
    };
    const auto one = ask("/api/v1/query?query=" + kube::percentEncode("sum(rate(req[5m]))"));
    QCOMPARE(one.status, 200);
    QCOMPARE(one.body,
             std::string(
                 R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1600,"5"]}]}})"));
    const auto range = ask("/api/v1/query_range?query=temp&start=1000&end=1020&step=10s");
    const auto parsed = manifest::parseJson(range.body);
    QCOMPARE(manifest::text(*parsed, {"data", "resultType"}), std::string_view("matrix"));
    QCOMPARE(manifest::array(*parsed, {"data", "result", "0", "values"}).size(), std::size_t {3});
    QCOMPARE(manifest::text(*parsed, {"data", "result", "0", "values", "2", "1"}), std::string_view("2"));
    QCOMPARE(ask("/api/v1/label/s/values").body, std::string(R"({"status":"success","data":["err","ok"]})"));
    const auto wrong = ask("/api/v1/query?query=sum(");
    QCOMPARE(wrong.status, 400);
    QCOMPARE(manifest::text(*manifest::parseJson(wrong.body), {"errorType"}), std::string_view("bad_data"));
    QCOMPARE(ask("/api/v1/query?query=" + kube::percentEncode("1 == 2")).status, 422);
    QCOMPARE(ask("/api/v1/query_range?query=temp&start=0&end=99999999&step=1").status, 400);
    QCOMPARE(ask("/api/v1/nonsense").status, 404);
}

void TestPromql::forgetsTheOldest()
{
    SeriesStore store(std::chrono::minutes(5));
    fill(store);
    const auto series = store.select({{"__name__", Matcher::Kind::Equal, "temp"}}, 0, 5000);
    QCOMPARE(series.size(), std::size_t {1});
    QCOMPARE(series.front().samples.front().at, 1300.0);
    QCOMPARE(series.front().samples.back().at, 1600.0);
}

void TestPromql::survivesNesting()
{
    QVERIFY(!promql::parse(std::string(60'000, '(')));
    QVERIFY(!promql::parse(std::string(60'000, '-') + "1"));
    QVERIFY(!promql::parse(std::string(100'000, '1')));
}

QTEST_GUILESS_MAIN(TestPromql)
#include "tst_promql.moc"
