// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/expr/expr.h"
#include "core/rollout/providers_p.h"

#include <fmt/format.h>

#include <utility>

namespace core::rollout {

using manifest::Array;
using manifest::find;
using manifest::Object;
using manifest::text;
using manifest::Value;

namespace {

Value queryOf(const Value& given)
{
    Object out {{"Id", text(given, {"id"})}};
    static constexpr std::string_view kTexts[][2] {{"expression", "Expression"}, {"label", "Label"}};
    for (const auto& [from, to] : kTexts)
        if (const auto value = text(given, {from}); !value.empty())
            out[to] = value;
    if (const auto* period = find(given, {"period"}))
        out["Period"] = intOrText(*period);
    if (const auto* wanted = find(given, {"returnData"}))
        out["ReturnData"] = *wanted;
    if (const auto* stat = find(given, {"metricStat"})) {
        Array dimensions;
        for (const auto& dimension : manifest::array(*stat, {"metric", "dimensions"}))
            dimensions.push_back(Object {{"Name", text(dimension, {"name"})}, {"Value", text(dimension, {"value"})}});
        Object metric {{"MetricName", text(*stat, {"metric", "metricName"})}, {"Dimensions", std::move(dimensions)}};
        if (const auto space = text(*stat, {"metric", "namespace"}); !space.empty())
            metric["Namespace"] = space;
        const auto* period = find(*stat, {"period"});
        Object made {{"Metric", std::move(metric)},
                     {"Period", period ? intOrText(*period) : 0},
                     {"Stat", text(*stat, {"stat"})}};
        if (const auto unit = text(*stat, {"unit"}); !unit.empty())
            made["Unit"] = unit;
        out["MetricStat"] = std::move(made);
    }
    return out;
}

} // namespace

Result<Reading> cloudWatch(const Value& provider, TimePoint now, const MeasureDeps& deps, std::stop_token stop)
{
    Duration interval = std::chrono::minutes(5);
    if (const auto given = text(provider, {"interval"}); !given.empty()) {
        PH_TRY(interval, parseGoDuration(given));
    }
    const auto region = aws::region(awsContext(deps));
    if (region.empty())
        return fail(Error::Code::InvalidInput, "cloudWatch: AWS_REGION is not set for the controller");
    Array queries;
    for (const auto& query : manifest::array(provider, {"metricDataQueries"}))
        queries.push_back(queryOf(query));
    const auto seconds = [](TimePoint at) {
        return std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch()).count();
    };
    HttpRequest request;
    request.method = "POST";
    request.url = aws::endpoint(awsContext(deps), "AWS_ENDPOINT_URL_CLOUDWATCH",
                                fmt::format("https://monitoring.{}.amazonaws.com", region))
        + "/";
    request.headers = {{"Content-Type", "application/x-amz-json-1.0"},
                       {"X-Amz-Target", "GraniteServiceVersion20100801.GetMetricData"}};
    request.body = manifest::toJson(Value(Object {
        {"StartTime", seconds(now - interval)}, {"EndTime", seconds(now)}, {"MetricDataQueries", std::move(queries)}}));
    PH_CHECK(aws::sign(request, "monitoring", region, now, awsContext(deps), {}, stop));
    PH_TRY(const auto response, deps.http(request, stop));
    PH_TRY(const auto parsed, manifest::parseJson(response.body, "CloudWatch's answer"));
    if (response.status / 100 != 2)
        return fail(Error::Code::Unavailable,
                    fmt::format("cloudWatch: HTTP {}: {} {}", response.status, text(parsed, {"__type"}),
                                text(parsed, {"message"})));
    const auto& results = manifest::array(parsed, {"MetricDataResults"});
    std::string stored = "[";
    for (const auto& result : results) {
        stored += stored.size() > 1 ? " [" : "[";
        bool first = true;
        for (const auto& value : manifest::array(result, {"Values"}))
            if (value.is_number())
                stored += (std::exchange(first, false) ? "" : " ") + expr::formatGoFloat(value.to_number<double>());
        stored += "]";
    }
    Reading reading {expr::fromProviderJson(Value(results)), stored + "]"};
    reading.keptOnError = true;
    std::string messages;
    for (const auto& message : manifest::array(parsed, {"Messages"}))
        messages +=
            fmt::format("{}{}: {}", messages.empty() ? "" : "; ", text(message, {"Code"}), text(message, {"Value"}));
    if (!messages.empty())
        reading.metadata["messages"] = messages;
    return reading;
}

} // namespace core::rollout
