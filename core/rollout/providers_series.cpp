// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/expr/expr.h"
#include "core/rollout/condition.h"
#include "core/rollout/providers_p.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <map>

namespace core::rollout {

using manifest::Array;
using manifest::find;
using manifest::Object;
using manifest::text;
using manifest::Value;

namespace {

/// Go's url.ParseQuery: what cannot be decoded is left out.
std::map<std::string, std::vector<std::string>> queryValues(std::string_view query)
{
    const auto decoded = [](std::string_view text) -> std::optional<std::string> {
        std::string out;
        for (std::size_t i = 0; i < text.size(); ++i) {
            unsigned code = 0;
            if (text[i] == '%') {
                const auto hex = text.substr(i + 1, 2);
                const auto read = std::from_chars(hex.data(), hex.data() + hex.size(), code, 16);
                if (hex.size() < 2 || read.ptr != hex.data() + 2)
                    return {};
                i += 2;
                out += static_cast<char>(code);
            } else {
                out += text[i] == '+' ? ' ' : text[i];
            }
        }
        return out;
    };
    std::map<std::string, std::vector<std::string>> out;
    for (const auto& pair : split(query, '&')) {
        const auto equals = pair.find('=');
        const auto name = decoded(std::string_view(pair).substr(0, equals));
        const auto value =
            decoded(equals == std::string::npos ? std::string_view() : std::string_view(pair).substr(equals + 1));
        if (name && value && !pair.empty() && pair.find(';') == std::string::npos)
            out[*name].push_back(*value);
    }
    return out;
}

std::string list(const std::vector<std::string>& items)
{
    std::string out = "[";
    for (const auto& item : items)
        out += (out.size() > 1 ? "," : "") + item;
    return out + "]";
}

/// A cell of an annotated CSV by its column's datatype.
Result<expr::Value> influxValue(const std::string& cell, std::string_view type)
{
    if (cell.empty())
        return expr::Value();
    if (type == "string")
        return expr::Value(cell);
    if (type == "boolean")
        return expr::Value(lower(cell) != "false");
    if (type == "long" || type == "unsignedLong") {
        const auto number = expr::parseGoInt(cell);
        return number ? Result<expr::Value>(expr::Value(*number))
                      : fail(Error::Code::InvalidInput, fmt::format("'{}' is no {}", cell, type));
    }
    if (type == "double") {
        const auto number = expr::parseGoFloat(cell);
        return number ? Result<expr::Value>(expr::Value(*number))
                      : fail(Error::Code::InvalidInput, fmt::format("'{}' is no {}", cell, type));
    }
    if (type.starts_with("dateTime")) {
        PH_TRY(const auto at, parseRfc3339(cell));
        return expr::Value(expr::Time {at, nullptr});
    }
    if (type == "duration") {
        PH_TRY(const auto duration, parseGoDuration(cell));
        return expr::Value(duration);
    }
    if (type == "base64Binary") {
        PH_TRY(auto bytes, base64Decode(cell));
        return expr::Value(expr::Bytes {std::move(bytes)});
    }
    return fail(Error::Code::InvalidInput, fmt::format("_value has unknown data type {}", type));
}

/// One row of a CSV (RFC 4180); `at` moves behind it.
std::vector<std::string> csvRow(std::string_view text, std::size_t& at)
{
    std::vector<std::string> cells(1);
    bool quoted = false;
    for (; at < text.size(); ++at) {
        const char c = text[at];
        if (quoted) {
            if (c == '"' && at + 1 < text.size() && text[at + 1] == '"')
                cells.back() += text[++at];
            else if (c == '"')
                quoted = false;
            else
                cells.back() += c;
        } else if (c == '"' && cells.back().empty()) {
            quoted = true;
        } else if (c == ',') {
            cells.emplace_back();
        } else if (c == '\n') {
            ++at;
            break;
        } else if (c != '\r' || at + 1 >= text.size() || text[at + 1] != '\n') {
            cells.back() += c;
        }
    }
    return cells;
}

/// The _value of each record of Flux's annotated CSV, in order; ends where the answer is not what it should be, as the
/// original's client does.
std::vector<expr::Value> fluxValues(std::string_view csv)
{
    std::vector<expr::Value> out;
    std::vector<std::string> types;
    std::vector<std::string> defaults;
    std::size_t column = 0; // 0: the row of names is still to come
    bool annotations = false;
    for (std::size_t at = 0; at < csv.size();) {
        const auto row = csvRow(csv, at);
        if (row.size() <= 1)
            continue;
        if (row[0].starts_with('#')) {
            if (!std::exchange(annotations, true)) {
                types.clear();
                defaults.assign(row.size(), {});
                column = 0;
            }
            if (row[0] == "#datatype")
                types = row;
            else if (row[0] == "#default")
                defaults = row;
            continue;
        }
        if (types.size() != row.size() || defaults.size() != row.size())
            break;
        if (std::exchange(annotations, false)) {
            if (row[1] == "error")
                break;
            const auto named = std::find(row.begin() + 1, row.end(), "_value");
            column = named == row.end() ? row.size() : static_cast<std::size_t>(named - row.begin());
            continue;
        }
        if (column == row.size()) {
            out.emplace_back();
            continue;
        }
        auto value = influxValue(row[column].empty() ? defaults[column] : row[column], types[column]);
        if (!value)
            break;
        out.push_back(std::move(*value));
    }
    return out;
}

} // namespace

Result<Reading> graphite(const Value& provider, const MeasureDeps& deps, std::stop_token stop)
{
    std::string query;
    for (const char c : text(provider, {"query"}))
        if (!std::isspace(static_cast<unsigned char>(c)))
            query += c;
    auto values = queryValues(query);
    values["format"] = {"json"};
    HttpRequest request;
    request.timeout = std::chrono::seconds(10);
    request.url = trimSlash(text(provider, {"address"})) + "/render?";
    for (const auto& [name, all] : values)
        for (const auto& value : all)
            request.url += (request.url.ends_with('?') ? "" : "&") + percentEncode(name) + "=" + percentEncode(value);
    PH_TRY(const auto response, deps.http(request, stop));
    if (response.status >= 400)
        return fail(Error::Code::Unavailable, "error response: " + response.body);
    PH_TRY(const auto parsed, manifest::parseJson(response.body, "Graphite's answer"));
    const auto* targets = parsed.if_array();
    const Array& points = targets && !targets->empty() ? manifest::array(targets->front(), {"datapoints"}) : Array {};
    if (points.empty())
        return fail(Error::Code::NotFound, "no values found");
    Reading reading;
    std::vector<double> numbers;
    std::vector<std::string> stored;
    for (const auto& point : points) {
        const auto* pair = point.if_array();
        if (!pair || pair->size() != 2)
            return fail(Error::Code::InvalidInput, "error unmarshaling data point: " + manifest::toJson(point));
        const auto& value = pair->front();
        if (value.is_null())
            continue;
        const auto number = value.is_number() ? std::optional(value.to_number<double>())
            : value.is_string()               ? expr::parseGoFloat(value.get_string())
                                              : std::nullopt;
        if (!number)
            return fail(Error::Code::InvalidInput, "error unmarshaling value: " + manifest::toJson(point));
        numbers.push_back(*number);
        stored.push_back(fmt::format("{:.6f}", *number));
    }
    reading.result = floatList(numbers);
    reading.stored = list(stored);
    reading.keptOnError = true;
    return reading;
}

Result<Reading> influxdb(const Value& provider, const MeasureDeps& deps, std::stop_token stop)
{
    const std::string profile =
        text(provider, {"profile"}).empty() ? "influxdb" : std::string(text(provider, {"profile"}));
    const auto field = [&](const char* key) { return providerSecret(deps, profile, key); };
    const auto address = field("address");
    if (!address && address.error().code != Error::Code::NotFound)
        return fail(address.error());
    const auto token = field("authToken");
    const auto org = field("org");
    if (address.value_or("").empty() || token.value_or("").empty() || org.value_or("").empty())
        return fail(Error::Code::InvalidInput,
                    fmt::format("authToken, org, or address not found in Secret {}", profile));
    HttpRequest request;
    request.method = "POST";
    request.url = trimSlash(*address) + "/api/v2/query?org=" + percentEncode(*org);
    request.headers = {
        {"Authorization", "Token " + *token}, {"Content-Type", "application/json"}, {"Accept", "text/csv"}};
    request.body = manifest::toJson(Value(Object {
        {"dialect",
         Object {{"annotations", Array {"datatype", "group", "default"}}, {"delimiter", ","}, {"header", true}}},
        {"query", text(provider, {"query"})},
        {"type", "flux"}}));
    PH_TRY(const auto response, deps.http(request, stop));
    if (response.status / 100 != 2) {
        const auto said = manifest::parseJson(response.body);
        return fail(Error::Code::Unavailable,
                    fmt::format("HTTP {}: {}", response.status,
                                said ? text(*said, {"message"}) : std::string_view(response.body)));
    }
    auto values = fluxValues(response.body);
    if (values.empty())
        return fail(Error::Code::NotFound, "no results returned from flux query");
    Reading reading;
    reading.stored = "[";
    for (const auto& value : values)
        reading.stored += (reading.stored.size() > 1 ? " " : "") + value.text();
    reading.stored += "]";
    expr::Array result;
    result.items = std::move(values);
    reading.result = std::move(result);
    return reading;
}

Result<Reading> newRelic(const Value& provider, const MeasureDeps& deps, std::stop_token stop)
{
    const std::string profile =
        text(provider, {"profile"}).empty() ? "newrelic" : std::string(text(provider, {"profile"}));
    const auto key = providerSecret(deps, profile, "personal-api-key");
    if (!key && key.error().code != Error::Code::NotFound)
        return fail(key.error());
    const auto account = providerSecret(deps, profile, "account-id");
    if (key.value_or("").empty() || account.value_or("").empty())
        return fail(Error::Code::InvalidInput,
                    fmt::format("account ID or personal API key not found in Secret {}", profile));
    const auto region = lower(providerSecret(deps, profile, "region").value_or("us"));
    const auto base = providerSecret(deps, profile, "base-url-nerdgraph");
    static const std::map<std::string, std::string> kRegions {{"us", "https://api.newrelic.com/graphql"},
                                                              {"eu", "https://api.eu.newrelic.com/graphql"},
                                                              {"staging", "https://staging-api.newrelic.com/graphql"},
                                                              {"local", "http://localhost:3000/graphql"}};
    if (!kRegions.contains(region))
        return fail(Error::Code::InvalidInput, fmt::format("unknown region: {}", region));
    const auto accountId = expr::parseGoInt(*account);
    if (!accountId)
        return fail(Error::Code::InvalidInput, "could not parse account ID: it is not a number");
    const auto timeout = manifest::integer(provider, {"timeout"}).value_or(5);
    if (timeout < 0)
        return fail(Error::Code::InvalidInput, "timeout value needs to be a positive value");
    HttpRequest request;
    request.method = "POST";
    request.url = base ? *base : kRegions.at(region);
    request.headers = {{"Content-Type", "application/json"}, {"Api-Key", *key}};
    request.body = manifest::toJson(Value(
        Object {{"query",
                 "query($query: Nrql!, $accountId: Int!, $timeout: Seconds!) { actor { account(id: $accountId) { "
                 "nrql(query: $query, timeout: $timeout) { results } } } }"},
                {"variables",
                 Object {{"accountId", *accountId}, {"query", text(provider, {"query"})}, {"timeout", timeout}}}}));
    PH_TRY(const auto response, deps.http(request, stop));
    PH_TRY(const auto parsed, manifest::parseJson(response.body, "New Relic's answer"));
    for (const auto& error : manifest::array(parsed, {"errors"}))
        return fail(Error::Code::Unavailable, std::string(text(error, {"message"})));
    if (response.status / 100 != 2)
        return fail(Error::Code::Unavailable, fmt::format("{} response returned", response.status));
    const auto& results = manifest::array(parsed, {"data", "actor", "account", "nrql", "results"});
    if (results.empty() || (results.size() == 1 && results.front().is_object() && results.front().get_object().empty()))
        return fail(Error::Code::NotFound, "no results returned from NRQL query");
    const Value whole = results.size() == 1 ? results.front() : Value(results);
    return Reading {expr::fromProviderJson(whole), manifest::toSortedJson(whole)};
}

Result<Reading> wavefront(const Value& provider, TimePoint now, const MeasureDeps& deps, std::stop_token stop)
{
    const std::string address(text(provider, {"address"}));
    const auto token = providerSecret(deps, "wavefront-api-tokens", address);
    if (!token)
        return fail(token.error().code,
                    fmt::format("API token not found: Secret wavefront-api-tokens, key {}: {}", address,
                                token.error().message));
    const auto at = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
    HttpRequest request;
    // Start and end are one moment: without "i" nothing would lie in it.
    request.url = fmt::format("https://{}/api/v2/chart/api?q={}&s={}&e={}&g=s&p=1&i=true&autoEvents=false&"
                              "listmode=false&strict=false&includeObsoleteMetrics=false",
                              address, percentEncode(text(provider, {"query"})), at * 1000, at * 1000);
    request.headers = {{"Authorization", "Bearer " + *token}};
    PH_TRY(const auto response, deps.http(request, stop));
    PH_TRY(const auto parsed, manifest::parseJson(response.body, "Wavefront's answer"));
    if (response.status / 100 != 2)
        return fail(Error::Code::Unavailable,
                    fmt::format("server returned {}: {}", response.status, text(parsed, {"message"})));
    const auto& series = manifest::array(parsed, {"timeseries"});
    if (series.empty())
        return fail(Error::Code::NotFound, "No TimeSeries found in response from Wavefront");
    std::vector<double> values;
    std::vector<std::string> stored, times, drifts;
    for (const auto& each : series) {
        double value = 0, time = 0, drift = std::numeric_limits<double>::infinity();
        for (const auto& point : manifest::array(each, {"data"}))
            if (const auto* pair = point.if_array();
                pair && pair->size() > 1 && (*pair)[0].is_number() && (*pair)[1].is_number()) {
                const double away = (*pair)[0].to_number<double>() - static_cast<double>(at);
                if (std::fabs(away) < std::fabs(drift)) {
                    drift = away;
                    time = (*pair)[0].to_number<double>();
                    value = (*pair)[1].to_number<double>();
                }
            }
        values.push_back(value);
        stored.push_back(fmt::format("{:.2f}", value));
        times.push_back(fmt::format("{:.0f}", std::trunc(time)));
        drifts.push_back(std::isinf(drift) ? "none" : fmt::format("{:.0f}", std::trunc(drift)));
    }
    Reading reading;
    const bool one = values.size() == 1;
    reading.result = one ? expr::Value(values[0]) : floatList(values);
    reading.stored = one ? stored[0] : list(stored);
    reading.metadata = {{"timestamps", one ? times[0] : list(times)}, {"drift", one ? drifts[0] : list(drifts)}};
    if (const auto warnings = text(parsed, {"warnings"}); !warnings.empty())
        reading.metadata["warnings"] = warnings;
    return reading;
}

Result<Reading> skywalking(const Value& provider, TimePoint now, const MeasureDeps& deps, std::stop_token stop)
{
    PH_TRY(const auto interval, parseGoDuration(text(provider, {"interval"})));
    const auto minute = [](TimePoint time) {
        const auto whole = formatRfc3339(time); // 2026-03-01T10:00:00Z
        return whole.substr(0, 10) + " " + whole.substr(11, 2) + whole.substr(14, 2);
    };
    HttpRequest request;
    request.method = "POST";
    request.url = trimSlash(text(provider, {"address"})) + "/graphql";
    request.headers = {{"Content-Type", "application/json"}};
    request.body = manifest::toJson(Value(
        Object {{"query", text(provider, {"query"})},
                {"variables",
                 Object {{"duration",
                          Object {{"start", minute(now - interval)}, {"end", minute(now)}, {"step", "MINUTE"}}}}}}));
    PH_TRY(const auto response, deps.http(request, stop));
    PH_TRY(const auto parsed, manifest::parseJson(response.body, "SkyWalking's answer"));
    for (const auto& error : manifest::array(parsed, {"errors"}))
        return fail(Error::Code::Unavailable, fmt::format("graphql: {}", text(error, {"message"})));
    if (response.status / 100 != 2)
        return fail(Error::Code::Unavailable,
                    fmt::format("graphql: server returned a non-200 status code: {}", response.status));
    const auto* data = find(parsed, {"data"});
    if (!data || data->is_null())
        return fail(Error::Code::NotFound, "no results returned from SkyWalking query");
    return Reading {expr::fromProviderJson(*data), manifest::toSortedJson(*data)};
}

} // namespace core::rollout
