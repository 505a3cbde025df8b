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

/// The Secret where one is named; else the environment where all three variables are set, else the usual Secret.
Result<Credentials> credentials(const Value& provider, const MeasureDeps& deps)
{
    const std::string named(text(provider, {"secretRef", "name"}));
    if (named.empty() && manifest::flag(provider, {"secretRef", "namespaced"}))
        return fail(Error::Code::InvalidInput, "secret name is required for namespaced credentials");
    Credentials out {aws::variable(awsContext(deps), "DD_API_KEY"), aws::variable(awsContext(deps), "DD_APP_KEY"),
                     aws::variable(awsContext(deps), "DD_ADDRESS")};
    if (named.empty() && !out.apiKey.empty() && !out.appKey.empty() && !out.address.empty())
        return out;
    const std::string secret = named.empty() ? "datadog" : named;
    const bool ownNamespace = manifest::flag(provider, {"secretRef", "namespaced"});
    const auto keyOf = [&](const char* key) {
        return (ownNamespace ? deps.secret(secret, key) : providerSecret(deps, secret, key)).value_or("");
    };
    out.apiKey = keyOf("api-key");
    out.appKey = keyOf("app-key");
    if (out.apiKey.empty() || out.appKey.empty())
        return fail(Error::Code::Unauthorized,
                    fmt::format("failed to find the credentials for datadog metrics provider: Secret {} with api-key "
                                "and app-key",
                                secret));
    out.address = keyOf("address");
    if (out.address.empty())
        out.address = "https://api.datadoghq.com";
    return out;
}

/// What is wrong with the fields; "" where nothing is.
std::string problemOf(const Value& provider, bool second)
{
    static constexpr std::string_view kAggregators[] {"",     "avg",        "min",  "max",    "sum",
                                                      "last", "percentile", "mean", "l2norm", "area"};
    const bool query = !text(provider, {"query"}).empty();
    const auto queries = manifest::object(provider, {"queries"}).size();
    const bool formula = !text(provider, {"formula"}).empty();
    const auto aggregator = text(provider, {"aggregator"});
    if (!query && queries == 0)
        return "Must have either a query or queries. Please review the Analysis Template.";
    if (query && queries > 0)
        return "Cannot have both a query and queries. Please review the Analysis Template.";
    if (!second && !query)
        return "Query is empty. API Version v1 only supports using the query parameter in your Analysis Template.";
    if (formula && queries == 0)
        return "Formula are only valid when queries are set. Please review the Analysis Template.";
    if (!formula && queries > 1)
        return "When multiple queries are provided you must include a formula.";
    if (!second && !aggregator.empty())
        return "Aggregator is not supported in v1. Please review the Analysis Template.";
    if (std::find(std::begin(kAggregators), std::end(kAggregators), aggregator) == std::end(kAggregators))
        return fmt::format("datadog: '{}' is no aggregator", aggregator);
    if (const auto given = text(provider, {"requestTimeout"}); !given.empty()) {
        const auto timeout = parseGoDuration(given);
        if (!timeout)
            return fmt::format("Could not parse the request timeout: {}. Please review the Analysis Template.",
                               timeout.error().message);
        if (*timeout <= Duration::zero())
            return "Request timeout must be a positive duration (e.g. 30s). Please review the Analysis Template.";
    }
    return {};
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

std::string emptyText(const Value& answer, bool second)
{
    const auto* rows = second ? find(answer, {"data", "attributes", "columns"}) : find(answer, {"series"});
    const auto* values = second && rows ? find(*rows, {"0", "values"}) : rows;
    return values ? manifest::toJson(*values) : "null";
}

Value scalarRequest(const Value& provider, std::int64_t from, std::int64_t to)
{
    std::string aggregator(text(provider, {"aggregator"}));
    if (aggregator.empty())
        aggregator = "last";
    Object given = manifest::object(provider, {"queries"});
    if (given.empty())
        given["query"] = text(provider, {"query"});
    Array queries;
    for (const auto& [name, query] : given)
        queries.push_back(
            Object {{"aggregator", aggregator}, {"data_source", "metrics"}, {"name", name}, {"query", query}});
    Array formulas;
    if (const auto formula = text(provider, {"formula"}); !formula.empty())
        formulas.push_back(Object {{"formula", formula}});
    return Object {{"data",
                    Object {{"type", "scalar_request"},
                            {"attributes",
                             Object {{"from", from * 1000},
                                     {"to", to * 1000},
                                     {"queries", std::move(queries)},
                                     {"formulas", std::move(formulas)}}}}}};
}

} // namespace

Result<Reading> datadog(const Value& provider, TimePoint now, const MeasureDeps& deps, std::stop_token stop)
{
    PH_TRY(const auto access, credentials(provider, deps));
    const bool second = text(provider, {"apiVersion"}) == "v2";
    if (auto problem = problemOf(provider, second); !problem.empty())
        return fail(Error::Code::InvalidInput, std::move(problem));
    Duration interval = std::chrono::minutes(5);
    if (const auto given = text(provider, {"interval"}); !given.empty()) {
        PH_TRY(interval, parseGoDuration(given));
    }
    const auto to = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
    const auto from = to - std::chrono::duration_cast<std::chrono::seconds>(interval).count();
    HttpRequest request;
    request.timeout = std::chrono::seconds(10);
    if (const auto timeout = parseGoDuration(text(provider, {"requestTimeout"})))
        request.timeout =
            std::max(std::chrono::milliseconds(1), std::chrono::duration_cast<std::chrono::milliseconds>(*timeout));
    request.headers = {
        {"Content-Type", "application/json"}, {"DD-API-KEY", access.apiKey}, {"DD-APPLICATION-KEY", access.appKey}};
    if (second) {
        request.method = "POST";
        request.url = trimSlash(access.address) + "/api/v2/query/scalar";
        request.body = manifest::toJson(scalarRequest(provider, from, to));
    } else {
        request.url = fmt::format("{}/api/v1/query?query={}&from={}&to={}", trimSlash(access.address),
                                  percentEncode(text(provider, {"query"})), from, to);
    }
    PH_TRY(const auto response, deps.http(request, stop));
    if (response.status == 401 || response.status == 403)
        return fail(Error::Code::Unauthorized,
                    fmt::format("received authentication error response code: {} {}", response.status, response.body));
    if (response.status != 200)
        return fail(Error::Code::Unavailable,
                    fmt::format("received non 2xx response code: {} {}", response.status, response.body));
    const auto parsed = manifest::parseJson(response.body);
    if (!parsed)
        return fail(Error::Code::InvalidInput, "Could not parse JSON body: " + parsed.error().message);
    for (const auto path : {manifest::Path {"data", "errors"}, manifest::Path {"errors"}})
        if (const auto error = text(*parsed, path); second && !error.empty())
            return fail(Error::Code::InvalidInput, fmt::format("There were errors in your query: {}", error));
    auto reading = second ? readV2(*parsed) : readV1(*parsed);
    if (reading.stored.empty()) // nothing: what stands there instead of numbers
        reading.stored = emptyText(*parsed, second);
    return reading;
}

} // namespace core::rollout
