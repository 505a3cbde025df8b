// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollout/condition.h"
#include "core/rollout/providers_p.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace core::rollout {

using manifest::Array;
using manifest::find;
using manifest::Object;
using manifest::text;
using manifest::Value;

namespace {

struct Credentials
{
    std::string apiKey, appKey, address;
};

/// The environment where all three variables are set, else the Secret.
Result<Credentials> credentials(const Value& provider, const MeasureDeps& deps)
{
    Credentials out {environment(deps, "DD_API_KEY"), environment(deps, "DD_APP_KEY"), environment(deps, "DD_ADDRESS")};
    if (!out.apiKey.empty() && !out.appKey.empty() && !out.address.empty())
        return out;
    const auto named = text(provider, {"secretRef", "name"});
    const std::string secret(named.empty() ? "datadog" : named);
    PH_TRY(out.apiKey, deps.secret(secret, "api-key"));
    PH_TRY(out.appKey, deps.secret(secret, "app-key"));
    out.address = deps.secret(secret, "address").value_or(std::string());
    if (out.address.empty())
        out.address = "https://api.datadoghq.com";
    return out;
}

Reading readingOf(const std::vector<double>& values, std::string groups)
{
    Reading reading;
    if (values.size() == 1) {
        reading.result = values[0];
        reading.stored = expr::formatGoFloat(values[0]);
    } else if (!values.empty()) {
        reading.result = floatList(values);
        reading.stored = "[";
        for (const double value : values)
            reading.stored += (reading.stored.size() > 1 ? "," : "") + expr::formatGoFloat(value);
        reading.stored += "]";
        reading.metadata["groups"] = std::move(groups);
    }
    return reading;
}

/// The newest point of each series.
Reading readV1(const Value& answer)
{
    std::vector<double> values;
    std::string groups;
    for (const auto& series : manifest::array(answer, {"series"})) {
        const auto& points = manifest::array(series, {"pointlist"});
        for (std::size_t i = points.size(); i-- > 0;)
            if (const auto* pair = points[i].if_array(); pair && pair->size() > 1 && (*pair)[1].is_number()) {
                values.push_back((*pair)[1].to_number<double>());
                groups += (groups.empty() ? "" : ",") + std::string(text(series, {"scope"}));
                break;
            }
    }
    return readingOf(values, std::move(groups));
}

/// The column of numbers, and beside it the columns that say which group each number is of.
Reading readV2(const Value& answer)
{
    std::vector<double> values;
    std::string groups;
    bool found = false;
    for (const auto& column : manifest::array(answer, {"data", "attributes", "columns"})) {
        const auto& cells = manifest::array(column, {"values"});
        if (text(column, {"type"}) == "group") {
            for (const auto& cell : cells)
                for (const auto& name : cell.is_array() ? cell.get_array() : Array {cell})
                    if (name.is_string())
                        groups += (groups.empty() ? "" : ",") + std::string(name.get_string());
        } else if (!std::exchange(found, true)) {
            for (const auto& cell : cells)
                if (cell.is_number())
                    values.push_back(cell.to_number<double>());
        }
    }
    return readingOf(values, std::move(groups));
}

Result<Value> scalarRequest(const Value& provider, std::int64_t from, std::int64_t to)
{
    static constexpr std::string_view kAggregators[] {"avg",        "min",  "max",    "sum", "last",
                                                      "percentile", "mean", "l2norm", "area"};
    std::string aggregator(text(provider, {"aggregator"}));
    if (aggregator.empty())
        aggregator = "last";
    if (std::find(std::begin(kAggregators), std::end(kAggregators), aggregator) == std::end(kAggregators))
        return fail(Error::Code::InvalidInput, fmt::format("datadog: '{}' is no aggregator", aggregator));
    Object given = manifest::object(provider, {"queries"});
    if (given.empty() && !text(provider, {"query"}).empty())
        given["query"] = text(provider, {"query"});
    std::string formula(text(provider, {"formula"}));
    if (given.empty() || (given.size() > 1 && formula.empty()))
        return fail(Error::Code::InvalidInput,
                    given.empty() ? "datadog: the metric has no query" : "datadog: several queries need a formula");
    if (formula.empty())
        formula = given.begin()->key();
    Array queries;
    for (const auto& [name, query] : given)
        queries.push_back(
            Object {{"aggregator", aggregator}, {"data_source", "metrics"}, {"name", name}, {"query", query}});
    return Value(Object {{"data",
                          Object {{"type", "scalar_request"},
                                  {"attributes",
                                   Object {{"from", from * 1000},
                                           {"to", to * 1000},
                                           {"queries", std::move(queries)},
                                           {"formulas", Array {Value(Object {{"formula", formula}})}}}}}}});
}

} // namespace

Result<Reading> datadog(const Value& provider, TimePoint now, const MeasureDeps& deps, std::stop_token stop)
{
    PH_TRY(const auto access, credentials(provider, deps));
    Duration interval = std::chrono::minutes(5);
    if (const auto given = text(provider, {"interval"}); !given.empty()) {
        PH_TRY(interval, parseGoDuration(given));
    }
    const auto to = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
    const auto from = to - std::chrono::duration_cast<std::chrono::seconds>(interval).count();
    const bool second = text(provider, {"apiVersion"}) == "v2";
    HttpRequest request;
    request.timeout = std::chrono::seconds(10);
    request.headers = {
        {"Content-Type", "application/json"}, {"DD-API-KEY", access.apiKey}, {"DD-APPLICATION-KEY", access.appKey}};
    if (second) {
        PH_TRY(const auto body, scalarRequest(provider, from, to));
        request.method = "POST";
        request.url = trimSlash(access.address) + "/api/v2/query/scalar";
        request.body = manifest::toJson(body);
    } else {
        request.url = fmt::format("{}/api/v1/query?query={}&from={}&to={}", trimSlash(access.address),
                                  percentEncode(text(provider, {"query"})), from, to);
    }
    PH_TRY(const auto response, deps.http(request, stop));
    if (response.status == 401 || response.status == 403)
        return fail(Error::Code::Unauthorized,
                    fmt::format("received authentication error response code: {}", response.status));
    if (response.status / 100 != 2)
        return fail(Error::Code::Unavailable, fmt::format("received non 2xx response code: {}", response.status));
    PH_TRY(const auto parsed, manifest::parseJson(response.body, "Datadog's answer"));
    if (const auto error = text(parsed, {"errors"}); second && !error.empty())
        return fail(Error::Code::InvalidInput, std::string(error));
    return second ? readV2(parsed) : readV1(parsed);
}

} // namespace core::rollout
