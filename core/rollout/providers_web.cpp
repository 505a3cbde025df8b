// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/expr/expr.h"
#include "core/rollout/condition.h"
#include "core/rollout/json_path.h"
#include "core/rollout/providers_p.h"

#include <fmt/format.h>

#include <cmath>
#include <tuple>

namespace core::rollout {

using manifest::Array;
using manifest::find;
using manifest::Object;
using manifest::text;
using manifest::Value;

namespace {

Result<std::string> bearer(const Value& authentication, const HttpSend& http, std::stop_token stop)
{
    const auto tokenUrl = text(authentication, {"oauth2", "tokenUrl"});
    if (tokenUrl.empty())
        return std::string();
    const std::string client(text(authentication, {"oauth2", "clientId"}));
    const std::string secret(text(authentication, {"oauth2", "clientSecret"}));
    if (client.empty() || secret.empty())
        return fail(Error::Code::InvalidInput, "missing mandatory parameter in metric for OAuth2 setup");
    HttpRequest request;
    request.method = "POST";
    request.url = tokenUrl;
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                       {"Authorization", "Basic " + base64Encode(client + ":" + secret)}};
    request.body = "grant_type=client_credentials";
    std::string scopes;
    for (const auto& scope : manifest::array(authentication, {"oauth2", "scopes"}))
        if (scope.is_string())
            scopes += (scopes.empty() ? "" : " ") + std::string(scope.get_string());
    if (!scopes.empty())
        request.body += "&scope=" + percentEncode(scopes);
    PH_TRY(const auto response, http(request, stop));
    PH_TRY(const auto body, manifest::parseJson(response.body, "the token endpoint's answer"));
    const auto token = text(body, {"access_token"});
    if (response.status / 100 != 2 || token.empty())
        return fail(Error::Code::Unauthorized, fmt::format("oauth2: cannot fetch token: HTTP {}", response.status));
    return std::string(token);
}

/// As Go's Header.Set: of two headers of a name, the last one.
void setHeader(HttpRequest& request, std::string_view name, std::string value)
{
    std::erase_if(request.headers, [&](const auto& known) { return lower(known.first) == lower(name); });
    request.headers.emplace_back(name, std::move(value));
}

void addHeaders(HttpRequest& request, const Value& provider)
{
    for (const auto& header : manifest::array(provider, {"headers"}))
        setHeader(request, text(header, {"key"}), std::string(text(header, {"value"})));
    const auto user = text(provider, {"authentication", "basicAuth", "username"});
    if (!user.empty())
        setHeader(request, "Authorization",
                  "Basic "
                      + base64Encode(std::string(user) + ":"
                                     + std::string(text(provider, {"authentication", "basicAuth", "password"}))));
    request.insecureSkipTlsVerify = manifest::flag(provider, {"insecure"});
}

Result<> authorize(HttpRequest& request, const Value& provider, const MeasureDeps& deps, std::stop_token stop)
{
    const auto* authentication = find(provider, {"authentication"});
    if (!authentication)
        return {};
    PH_TRY(const auto token, bearer(*authentication, deps.http, stop));
    if (!token.empty())
        setHeader(request, "Authorization", "Bearer " + token);
    return {};
}

} // namespace

Result<Reading> prometheus(const Value& provider, TimePoint now, const MeasureDeps& deps, std::stop_token stop)
{
    std::string address(text(provider, {"address"}));
    if (address.empty())
        address = deps.prometheusAddress;
    if (address.empty())
        address = aws::variable(awsContext(deps), "ARGO_ROLLOUTS_PROMETHEUS_ADDRESS");
    if (address.empty())
        return fail(Error::Code::InvalidInput, "prometheus address is not configured");
    if (!address.starts_with("http://") && !address.starts_with("https://"))
        return fail(Error::Code::InvalidInput, fmt::format("prometheus address is not is url format: '{}'", address));
    if (manifest::integer(provider, {"timeout"}).value_or(0) < 0)
        return fail(Error::Code::InvalidInput, "prometheus timeout should not be negative");
    HttpRequest request;
    const std::string query(text(provider, {"query"}));
    const double seconds = static_cast<double>(now.time_since_epoch().count()) / 1e9;
    if (const auto* range = find(provider, {"rangeQuery"}); range && range->is_object()) {
        const auto start = evaluateTime(text(*range, {"start"}), now);
        const auto end = evaluateTime(text(*range, {"end"}), now);
        const auto step = parseGoDuration(text(*range, {"step"}));
        for (const auto& [field, kind, wrong] : {std::tuple {"start", "time", start ? nullptr : &start.error()},
                                                 std::tuple {"end", "time", end ? nullptr : &end.error()},
                                                 std::tuple {"step", "duration", step ? nullptr : &step.error()}})
            if (wrong)
                return fail(wrong->code,
                            fmt::format("failed to parse rangeQuery.{} as {}: {}", field, kind, wrong->message));
        const auto at = [](TimePoint time) { return static_cast<double>(time.time_since_epoch().count()) / 1e9; };
        request.url = fmt::format("{}/api/v1/query_range?query={}&start={:.3f}&end={:.3f}&step={}", trimSlash(address),
                                  percentEncode(query), at(*start), at(*end), static_cast<double>(step->count()) / 1e9);
    } else {
        request.url =
            fmt::format("{}/api/v1/query?query={}&time={:.3f}", trimSlash(address), percentEncode(query), seconds);
    }
    if (const auto timeout = manifest::integer(provider, {"timeout"}); timeout && *timeout > 0)
        request.timeout = std::chrono::seconds(*timeout);
    addHeaders(request, provider);
    PH_CHECK(authorize(request, provider, deps, stop));
    // Amazon's managed Prometheus is known by its address.
    if (const auto* sigv4 = find(provider, {"authentication", "sigv4"});
        sigv4 && sigv4->is_object() && address.find("aps-workspaces") != std::string::npos) {
        const auto region = text(*sigv4, {"region"});
        PH_CHECK(aws::sign(request, "aps", region.empty() ? aws::region(awsContext(deps)) : std::string(region), now,
                           awsContext(deps),
                           {std::string(text(*sigv4, {"profile"})), std::string(text(*sigv4, {"roleArn"}))}, stop));
    }
    PH_TRY(const auto response, deps.http(request, stop));
    const auto parsed = manifest::parseJson(response.body);
    if (response.status / 100 == 5 && (!parsed || text(*parsed, {"status"}) != "error"))
        return fail(Error::Code::Unavailable, fmt::format("server_error: server error: {}", response.status));
    if (!parsed)
        return fail(Error::Code::InvalidInput,
                    response.status / 100 == 2 ? "bad_response: " + parsed.error().message
                                               : fmt::format("client_error: client error: {}", response.status));
    if (text(*parsed, {"status"}) != "success")
        return fail(Error::Code::InvalidInput,
                    fmt::format("{}: {}", text(*parsed, {"errorType"}), text(*parsed, {"error"})));
    Reading reading;
    reading.metadata["ResolvedPrometheusQuery"] = query;
    if (const auto& warnings = manifest::array(*parsed, {"warnings"}); !warnings.empty()) {
        std::string all;
        for (const auto& warning : warnings)
            if (warning.is_string())
                all += (all.empty() ? "\"" : ", \"") + std::string(warning.get_string()) + "\"";
        reading.metadata["warnings"] = all;
    }
    const auto type = text(*parsed, {"data", "resultType"});
    const auto sample = [](const Value& pair) -> double {
        const auto* array = pair.if_array();
        if (!array || array->size() < 2)
            return std::nan("");
        const auto* number = (*array)[1].if_string();
        return number                 ? expr::parseGoFloat(*number).value_or(std::nan(""))
            : (*array)[1].is_number() ? (*array)[1].to_number<double>()
                                      : std::nan("");
    };
    if (type == "scalar") {
        const double value = sample(*find(*parsed, {"data", "result"}));
        reading.result = value;
        reading.stored = expr::formatGoFloat(value);
        return reading;
    }
    std::vector<double> values;
    if (type == "vector") {
        for (const auto& series : manifest::array(*parsed, {"data", "result"}))
            if (const auto* value = find(series, {"value"}))
                values.push_back(sample(*value));
    } else if (type == "matrix") {
        for (const auto& series : manifest::array(*parsed, {"data", "result"}))
            for (const auto& value : manifest::array(series, {"values"}))
                values.push_back(sample(value));
    } else {
        return fail(Error::Code::Unsupported, "Prometheus metric type not supported");
    }
    reading.result = floatList(values);
    reading.stored = "[";
    for (const double value : values)
        reading.stored += (reading.stored.size() > 1 ? "," : "") + expr::formatGoFloat(value);
    reading.stored += "]";
    return reading;
}

Result<Reading> web(const Value& provider, const MeasureDeps& deps, std::stop_token stop)
{
    HttpRequest request;
    request.method = text(provider, {"method"}).empty() ? "GET" : std::string(text(provider, {"method"}));
    request.url = text(provider, {"url"});
    const auto seconds = manifest::integer(provider, {"timeoutSeconds"}).value_or(0);
    request.timeout = std::chrono::seconds(seconds > 0 ? seconds : 10);
    request.body = text(provider, {"body"});
    const auto* json = find(provider, {"jsonBody"});
    const bool hasJson = json && !json->is_null();
    if (hasJson && !request.body.empty())
        return fail(Error::Code::InvalidInput, "use either Body or JSONBody; both cannot exists for WebMetric payload");
    if (hasJson)
        request.body = manifest::toJson(*json);
    if (!request.body.empty() && request.method == "GET")
        return fail(Error::Code::InvalidInput,
                    "Body/JSONBody can only be used with POST or PUT WebMetric Method types");
    addHeaders(request, provider);
    if (hasJson)
        setHeader(request, "Content-Type", "application/json");
    PH_CHECK(authorize(request, provider, deps, stop));
    PH_TRY(const auto response, deps.http(request, stop));
    if (response.status < 200 || response.status > 299)
        return fail(Error::Code::Unavailable, fmt::format("received non 2xx response code: {}", response.status));
    Reading reading;
    const auto parsed = manifest::parseJson(response.body);
    if (!parsed) { // whatever the conditions say, as in the original
        reading.stored = response.body;
        reading.unconditional = true;
        return reading;
    }
    const auto path = text(provider, {"jsonPath"});
    const auto found = firstOfJsonPath(path.empty() ? "{$}" : path, *parsed);
    if (!found)
        return fail(found.error().code, "Could not find JSONPath in body: " + found.error().message);
    if (!*found)
        return fail(Error::Code::NotFound, "result of web metric produced no value");
    reading.result = expr::fromProviderJson(**found);
    reading.stored = manifest::toSortedJson(**found);
    return reading;
}

} // namespace core::rollout
