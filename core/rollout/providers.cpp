// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/manifest/resource.h"
#include "core/rollout/analysis.h"
#include "core/rollout/condition.h"
#include "core/rollout/json.h"
#include "core/rollout/providers_p.h"

#include <fmt/format.h>

#include <cmath>
#include <set>

namespace core::rollout {

using manifest::Array;
using manifest::find;
using manifest::Object;
using manifest::text;
using manifest::Value;

std::string percentEncode(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) || c == '-' || c == '_' || c == '.' || c == '~')
            out += c;
        else
            out += fmt::format("%{:02X}", byte);
    }
    return out;
}

std::string trimSlash(std::string_view address)
{
    while (address.ends_with('/'))
        address.remove_suffix(1);
    return std::string(address);
}

namespace {

Result<std::string> bearer(const Value& authentication, const HttpSend& http, std::stop_token stop)
{
    const auto tokenUrl = text(authentication, {"oauth2", "tokenUrl"});
    if (tokenUrl.empty())
        return std::string();
    HttpRequest request;
    request.method = "POST";
    request.url = tokenUrl;
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                       {"Authorization",
                        "Basic "
                            + base64Encode(std::string(text(authentication, {"oauth2", "clientId"})) + ":"
                                           + std::string(text(authentication, {"oauth2", "clientSecret"})))}};
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

void addHeaders(HttpRequest& request, const Value& provider)
{
    for (const auto& header : manifest::array(provider, {"headers"}))
        request.headers.emplace_back(text(header, {"key"}), text(header, {"value"}));
    const auto user = text(provider, {"authentication", "basicAuth", "username"});
    if (!user.empty())
        request.headers.emplace_back(
            "Authorization",
            "Basic "
                + base64Encode(std::string(user) + ":"
                               + std::string(text(provider, {"authentication", "basicAuth", "password"}))));
    request.insecureSkipTlsVerify = manifest::flag(provider, {"insecure"});
}

Result<> authorize(HttpRequest& request, const Value& provider, TimePoint now, const MeasureDeps& deps,
                   std::stop_token stop)
{
    if (const auto region = text(provider, {"authentication", "sigv4", "region"}); !region.empty())
        return signAws(request, "aps", region, now, deps);
    const auto* authentication = find(provider, {"authentication"});
    if (!authentication)
        return {};
    PH_TRY(const auto token, bearer(*authentication, deps.http, stop));
    if (!token.empty())
        request.headers.emplace_back("Authorization", "Bearer " + token);
    return {};
}

Result<Reading> prometheus(const Value& provider, TimePoint now, const MeasureDeps& deps, std::stop_token stop)
{
    std::string address(text(provider, {"address"}));
    if (address.empty())
        address = deps.prometheusAddress;
    if (!address.starts_with("http://") && !address.starts_with("https://"))
        return fail(Error::Code::InvalidInput, fmt::format("prometheus address is not is url format: '{}'", address));
    HttpRequest request;
    const std::string query(text(provider, {"query"}));
    const double seconds = static_cast<double>(now.time_since_epoch().count()) / 1e9;
    if (const auto* range = find(provider, {"rangeQuery"}); range && range->is_object()) {
        PH_TRY(const auto start, evaluateTime(text(*range, {"start"}), now));
        PH_TRY(const auto end, evaluateTime(text(*range, {"end"}), now));
        PH_TRY(const auto step, parseGoDuration(text(*range, {"step"})));
        const auto at = [](TimePoint time) { return static_cast<double>(time.time_since_epoch().count()) / 1e9; };
        request.url = fmt::format("{}/api/v1/query_range?query={}&start={:.3f}&end={:.3f}&step={}", trimSlash(address),
                                  percentEncode(query), at(start), at(end), static_cast<double>(step.count()) / 1e9);
    } else {
        request.url =
            fmt::format("{}/api/v1/query?query={}&time={:.3f}", trimSlash(address), percentEncode(query), seconds);
    }
    if (const auto timeout = manifest::integer(provider, {"timeout"}); timeout && *timeout > 0)
        request.timeout = std::chrono::seconds(*timeout);
    addHeaders(request, provider);
    PH_CHECK(authorize(request, provider, now, deps, stop));
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
                all += (all.empty() ? "" : ", ") + std::string(warning.get_string());
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

Result<Reading> web(const Value& provider, TimePoint now, const MeasureDeps& deps, std::stop_token stop)
{
    HttpRequest request;
    request.method = text(provider, {"method"}).empty() ? "GET" : std::string(text(provider, {"method"}));
    request.url = text(provider, {"url"});
    request.timeout =
        std::chrono::seconds(std::max<std::int64_t>(1, manifest::integer(provider, {"timeoutSeconds"}).value_or(10)));
    request.body = text(provider, {"body"});
    if (const auto* json = find(provider, {"jsonBody"}); json && !json->is_null()) {
        if (!request.body.empty())
            return fail(Error::Code::InvalidInput,
                        "use either Body or JSONBody; both cannot exists for WebMetric payload");
        request.body = manifest::toJson(*json);
        request.headers.emplace_back("Content-Type", "application/json");
    }
    if (!request.body.empty() && request.method == "GET")
        return fail(Error::Code::InvalidInput,
                    "Body/JSONBody can only be used with POST or PUT WebMetric Method types");
    addHeaders(request, provider);
    PH_CHECK(authorize(request, provider, now, deps, stop));
    PH_TRY(const auto response, deps.http(request, stop));
    if (response.status < 200 || response.status > 299)
        return fail(Error::Code::Unavailable, fmt::format("received non 2xx response code: {}", response.status));
    Reading reading;
    auto parsed = manifest::parseJson(response.body);
    if (!parsed) {
        if (!text(provider, {"jsonPath"}).empty())
            return fail(Error::Code::InvalidInput, "Could not parse JSON body: " + parsed.error().message);
        reading.result = response.body;
        reading.stored = response.body;
        return reading;
    }
    const auto path = text(provider, {"jsonPath"});
    PH_TRY(const Value* found, jsonPath(*parsed, path.empty() ? "{$}" : path));
    if (!found)
        return fail(Error::Code::NotFound, fmt::format("Could not find JSONPath in body: {} is not found", path));
    reading.result = expr::Value();
    reading.result = [&] {
        const auto all = resultFromJson(Object {{"x", *found}});
        return *all.asMap()->find(std::string_view("x"));
    }();
    reading.stored = found->is_string() ? std::string(found->get_string()) : manifest::toJson(*found);
    return reading;
}

Result<Reading> graphite(const Value& provider, const MeasureDeps& deps, std::stop_token stop)
{
    std::string query;
    for (const char c : text(provider, {"query"}))
        if (!std::isspace(static_cast<unsigned char>(c)))
            query += c;
    HttpRequest request;
    request.url = trimSlash(text(provider, {"address"})) + "/render?" + query + "&format=json";
    PH_TRY(const auto response, deps.http(request, stop));
    if (response.status >= 400)
        return fail(Error::Code::Unavailable, fmt::format("{}", response.status));
    PH_TRY(const auto parsed, manifest::parseJson(response.body, "Graphite's answer"));
    std::vector<double> values;
    if (const auto* targets = parsed.if_array(); targets && !targets->empty())
        for (const auto& point : manifest::array(targets->front(), {"datapoints"}))
            if (const auto* pair = point.if_array(); pair && !pair->empty() && (*pair)[0].is_number())
                values.push_back((*pair)[0].to_number<double>());
    if (values.empty())
        return fail(Error::Code::NotFound, "no values found");
    Reading reading;
    reading.result = floatList(values);
    reading.stored = "[";
    for (const double value : values)
        reading.stored += fmt::format("{}{:.6f}", reading.stored.size() > 1 ? "," : "", value);
    reading.stored += "]";
    return reading;
}

Result<Reading> influxdb(const Value& provider, const MeasureDeps& deps, std::stop_token stop)
{
    const std::string profile =
        text(provider, {"profile"}).empty() ? "influxdb" : std::string(text(provider, {"profile"}));
    PH_TRY(const auto address, deps.secret(profile, "address"));
    PH_TRY(const auto token, deps.secret(profile, "authToken"));
    PH_TRY(const auto org, deps.secret(profile, "org"));
    HttpRequest request;
    request.method = "POST";
    request.url = trimSlash(address) + "/api/v2/query?org=" + percentEncode(org);
    request.headers = {
        {"Authorization", "Token " + token}, {"Content-Type", "application/vnd.flux"}, {"Accept", "application/csv"}};
    request.body = text(provider, {"query"});
    PH_TRY(const auto response, deps.http(request, stop));
    if (response.status / 100 != 2)
        return fail(Error::Code::Unavailable, fmt::format("received non 2xx response code: {}", response.status));
    expr::Array values;
    std::string stored = "[";
    std::size_t column = std::string::npos;
    for (const auto& line : split(response.body, '\n')) {
        const std::string row(trim(line));
        if (row.empty()) {
            column = std::string::npos;
            continue;
        }
        if (row[0] == '#')
            continue;
        const auto cells = split(row, ',');
        if (column == std::string::npos) {
            for (std::size_t i = 0; i < cells.size(); ++i)
                if (cells[i] == "_value")
                    column = i;
            continue;
        }
        if (column >= cells.size())
            continue;
        const auto number = expr::parseGoFloat(cells[column]);
        values.items.push_back(number ? expr::Value(*number) : expr::Value(cells[column]));
        stored += (stored.size() > 1 ? " " : "") + cells[column];
    }
    if (values.items.empty())
        return fail(Error::Code::NotFound, "no values found");
    return Reading {std::move(values), stored + "]"};
}

Result<Reading> newRelic(const Value& provider, const MeasureDeps& deps, std::stop_token stop)
{
    const std::string profile =
        text(provider, {"profile"}).empty() ? "newrelic" : std::string(text(provider, {"profile"}));
    PH_TRY(const auto key, deps.secret(profile, "personal-api-key"));
    PH_TRY(const auto account, deps.secret(profile, "account-id"));
    const auto region = deps.secret(profile, "region");
    const auto base = deps.secret(profile, "base-url-nerdgraph");
    HttpRequest request;
    request.method = "POST";
    request.url = base && !base->empty()        ? *base
        : region && lower(*region) == "eu"      ? "https://api.eu.newrelic.com/graphql"
        : region && lower(*region) == "staging" ? "https://staging-api.newrelic.com/graphql"
                                                : "https://api.newrelic.com/graphql";
    request.headers = {{"Content-Type", "application/json"}, {"Api-Key", key}};
    request.timeout =
        std::chrono::seconds(std::max<std::int64_t>(1, manifest::integer(provider, {"timeout"}).value_or(5)));
    const auto accountId = expr::parseGoInt(account);
    if (!accountId)
        return fail(Error::Code::InvalidInput, "account-id of the New Relic profile is not a number");
    request.body = manifest::toJson(
        Value(Object {{"query",
                       "query($accountId: Int!, $query: Nrql!) { actor { account(id: $accountId) { nrql(query: $query) "
                       "{ results } } } }"},
                      {"variables", Object {{"accountId", *accountId}, {"query", text(provider, {"query"})}}}}));
    PH_TRY(const auto response, deps.http(request, stop));
    PH_TRY(const auto parsed, manifest::parseJson(response.body, "New Relic's answer"));
    const auto& results = manifest::array(parsed, {"data", "actor", "account", "nrql", "results"});
    if (response.status / 100 != 2 || results.empty())
        return fail(Error::Code::NotFound, "no results returned from NRQL query");
    const Value whole = results.size() == 1 ? results.front() : Value(results);
    const auto typed = resultFromJson(Object {{"x", whole}});
    return Reading {*typed.asMap()->find(std::string_view("x")), manifest::toJson(whole)};
}

Result<Reading> wavefront(const Value& provider, TimePoint now, const MeasureDeps& deps, std::stop_token stop)
{
    const std::string address(text(provider, {"address"}));
    PH_TRY(const auto token, deps.secret("wavefront-api-tokens", address));
    const auto at = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
    HttpRequest request;
    request.url = fmt::format("https://{}/api/v2/chart/api?q={}&s={}&g=s&strict=true", address,
                              percentEncode(text(provider, {"query"})), at);
    request.headers = {{"Authorization", "Bearer " + token}};
    PH_TRY(const auto response, deps.http(request, stop));
    PH_TRY(const auto parsed, manifest::parseJson(response.body, "Wavefront's answer"));
    std::vector<double> values;
    for (const auto& series : manifest::array(parsed, {"timeseries"})) {
        double best = 0;
        double distance = -1;
        for (const auto& point : manifest::array(series, {"data"}))
            if (const auto* pair = point.if_array();
                pair && pair->size() > 1 && (*pair)[0].is_number() && (*pair)[1].is_number()) {
                const double away = std::fabs((*pair)[0].to_number<double>() - static_cast<double>(at) / 1000);
                if (distance < 0 || away < distance) {
                    distance = away;
                    best = (*pair)[1].to_number<double>();
                }
            }
        if (distance >= 0)
            values.push_back(best);
    }
    if (values.empty())
        return fail(Error::Code::NotFound, "No TimeSeries found in response from Wavefront");
    Reading reading;
    if (values.size() == 1) {
        reading.result = values[0];
        reading.stored = fmt::format("{:.2f}", values[0]);
    } else {
        reading.result = floatList(values);
        reading.stored = "[";
        for (const double value : values)
            reading.stored += fmt::format("{}{:.2f}", reading.stored.size() > 1 ? "," : "", value);
        reading.stored += "]";
    }
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
    const auto* data = find(parsed, {"data"});
    if (response.status / 100 != 2 || !data || data->is_null())
        return fail(Error::Code::NotFound, "no values found");
    return Reading {resultFromJson(*data), manifest::toJson(*data)};
}

/// Asynchronous: a Job is made, and looked at until it ends.
Value jobMeasurement(const Value& run, const Value& metric, const Value& previous, TimePoint now,
                     const MeasureDeps& deps)
{
    const std::string stamp = formatRfc3339(now);
    Value measurement = previous.is_object() ? previous : Value(Object {{"phase", "Running"}, {"startedAt", stamp}});
    auto& fields = measurement.get_object();
    const auto finish = [&](std::string_view phase, std::string message) {
        fields["phase"] = boost::json::string(phase);
        fields["finishedAt"] = stamp;
        fields.erase("resumeAt");
        if (!message.empty())
            fields["message"] = std::move(message);
        return measurement;
    };
    if (!deps.createJob || !deps.getJob)
        return finish("Error", "Jobs cannot be made here");
    const auto resumeLater = [&] {
        const auto started = parseRfc3339(text(measurement, {"startedAt"})).value_or(now);
        const double elapsed = std::max(0.0, static_cast<double>((now - started).count()) / 1e9);
        fields["resumeAt"] =
            formatRfc3339(now + std::chrono::seconds(1 + static_cast<std::int64_t>(std::sqrt(2 * elapsed))));
        return measurement;
    };
    if (!previous.is_object()) {
        const auto* result = [&]() -> const Value* {
            for (const auto& candidate : manifest::array(run, {"status", "metricResults"}))
                if (text(candidate, {"name"}) == text(metric, {"name"}))
                    return &candidate;
            return nullptr;
        }();
        const auto number = result
            ? manifest::integer(*result, {"count"}).value_or(0) + manifest::integer(*result, {"error"}).value_or(0) + 1
            : 1;
        std::string name = fmt::format("{}.{}.{}", manifest::uid(run), text(metric, {"name"}), number);
        name.resize(std::min<std::size_t>(name.size(), 63));
        Value job = Object {{"apiVersion", "batch/v1"},
                            {"kind", "Job"},
                            {"metadata", manifest::object(metric, {"provider", "job", "metadata"})},
                            {"spec", manifest::object(metric, {"provider", "job", "spec"})}};
        auto& metadata = objectAt(job, {"metadata"});
        metadata["name"] = name;
        metadata["namespace"] = boost::json::string(manifest::nameSpace(run));
        metadata["ownerReferences"] = Array {Value(Object {{"apiVersion", "argoproj.io/v1alpha1"},
                                                           {"kind", "AnalysisRun"},
                                                           {"name", manifest::name(run)},
                                                           {"uid", manifest::uid(run)},
                                                           {"controller", true},
                                                           {"blockOwnerDeletion", true}})};
        objectAt(job, {"metadata", "annotations"})["analysisrun.argoproj.io/name"] =
            boost::json::string(manifest::name(run));
        objectAt(job, {"metadata", "annotations"})["analysisrun.argoproj.io/metric-name"] =
            boost::json::string(text(metric, {"name"}));
        const auto created = deps.createJob(job);
        if (!created && created.error().code != Error::Code::AlreadyExists)
            return finish("Error", created.error().message);
        fields["metadata"] = Object {{"job-name", name}, {"job-namespace", manifest::nameSpace(run)}};
        return resumeLater();
    }
    const std::string name(text(previous, {"metadata", "job-name"}));
    if (isTerminating(run)) {
        if (deps.deleteJob)
            (void)deps.deleteJob(name);
        return finish("Inconclusive", "Metric Terminated");
    }
    const auto job = deps.getJob(name);
    if (!job)
        return job.error().code == Error::Code::NotFound ? finish("Error", job.error().message) : resumeLater();
    for (const auto& known : manifest::array(*job, {"status", "conditions"})) {
        if (text(known, {"status"}) != "True")
            continue;
        if (text(known, {"type"}) == "Complete")
            return finish("Successful", {});
        if (text(known, {"type"}) == "Failed")
            return finish("Failed", std::string(text(known, {"message"})));
    }
    return resumeLater();
}

std::string masked(std::string message, const std::set<std::string>& secrets)
{
    for (const auto& secret : secrets)
        for (auto at = message.find(secret); !secret.empty() && at != std::string::npos;
             at = message.find(secret, at + 5))
            message.replace(at, secret.size(), "*****");
    return message;
}

/// The run's args with secrets read (or, without `deps`, masked).
Result<Array> resolvedArgs(const Value& run, const MeasureDeps* deps, std::set<std::string>& secrets)
{
    Array args = manifest::array(run, {"spec", "args"});
    for (auto& arg : args) {
        const auto* reference = find(arg, {"valueFrom", "secretKeyRef"});
        if (!reference || !reference->is_object())
            continue;
        std::string value = deps ? "" : "*****";
        if (deps) {
            PH_TRY(value,
                   deps->secret(std::string(text(*reference, {"name"})), std::string(text(*reference, {"key"}))));
            secrets.insert(value);
        }
        arg.get_object()["value"] = value;
    }
    return args;
}

} // namespace

Value measure(const Value& run, const Value& metric, const Value& previous, TimePoint now, const MeasureDeps& deps,
              std::stop_token stop)
{
    const auto* provider = find(metric, {"provider"});
    if (provider && find(*provider, {"job"}))
        return jobMeasurement(run, metric, previous, now, deps);
    if (provider && find(*provider, {"kayenta"}))
        return kayentaMeasurement(run, metric, previous, now, deps, stop);
    const std::string stamp = formatRfc3339(now);
    Object measurement {{"startedAt", stamp}, {"finishedAt", stamp}};
    Result<Reading> reading =
        fail(Error::Code::Unsupported, "no valid provider in metric '" + std::string(text(metric, {"name"})) + "'");
    const auto config = [&](std::string_view name) { return provider ? find(*provider, {name}) : nullptr; };
    if (const auto* found = config("prometheus"))
        reading = prometheus(*found, now, deps, stop);
    else if (const auto* webMetric = config("web"))
        reading = web(*webMetric, now, deps, stop);
    else if (const auto* graphiteMetric = config("graphite"))
        reading = graphite(*graphiteMetric, deps, stop);
    else if (const auto* datadogMetric = config("datadog"))
        reading = datadog(*datadogMetric, now, deps, stop);
    else if (const auto* awsMetric = config("cloudWatch"))
        reading = cloudWatch(*awsMetric, now, deps, stop);
    else if (const auto* influxMetric = config("influxdb"))
        reading = influxdb(*influxMetric, deps, stop);
    else if (const auto* relicMetric = config("newRelic"))
        reading = newRelic(*relicMetric, deps, stop);
    else if (const auto* wavefrontMetric = config("wavefront"))
        reading = wavefront(*wavefrontMetric, now, deps, stop);
    else if (const auto* skyMetric = config("skywalking"))
        reading = skywalking(*skyMetric, now, deps, stop);
    if (!reading) {
        measurement["phase"] = "Error";
        measurement["message"] = reading.error().message;
        return measurement;
    }
    const auto verdict =
        judge(text(metric, {"successCondition"}), text(metric, {"failureCondition"}), reading->result, now);
    measurement["phase"] = verdict.phase;
    if (!verdict.message.empty())
        measurement["message"] = verdict.message;
    if (verdict.phase != "Error")
        measurement["value"] = reading->stored;
    reading->metadata.erase("ResolvedPrometheusQuery");
    if (!reading->metadata.empty())
        measurement["metadata"] = std::move(reading->metadata);
    return measurement;
}

std::string queryText(const Value& run, const Value& metric)
{
    std::set<std::string> secrets;
    const auto args = resolvedArgs(run, nullptr, secrets);
    const auto filled = args ? substituteMetric(metric, *args) : Result<Value>(metric);
    const Value& shown = filled ? *filled : metric;
    for (const auto& [name, provider] : manifest::object(shown, {"provider"}))
        for (const std::string_view field : {"query", "url"})
            if (const auto found = text(provider, {field}); !found.empty())
                return std::string(found);
    return {};
}

Value advanceRun(const Value& original, TimePoint now, const MeasureDeps& deps, std::stop_token stop)
{
    Value run = original;
    if (isCompletedPhase(text(run, {"status", "phase"})))
        return run;
    const auto refuse = [&](const std::string& message) {
        auto& status = objectAt(run, {"status"});
        status["phase"] = "Error";
        status["message"] = message;
        if (text(run, {"status", "startedAt"}).empty())
            objectAt(run, {"status"})["startedAt"] = formatRfc3339(now);
        objectAt(run, {"status"})["completedAt"] = formatRfc3339(now);
        return run;
    };
    std::set<std::string> secrets;
    const auto args = resolvedArgs(run, &deps, secrets);
    if (!args)
        return refuse("Unable to resolve metric arguments: " + args.error().message);
    std::vector<std::pair<std::string, Value>> metrics;
    Array checked;
    for (const auto& metric : manifest::array(run, {"spec", "metrics"})) {
        auto filled = substituteMetric(metric, *args);
        if (!filled)
            return refuse("Unable to resolve metric arguments: " + filled.error().message);
        checked.push_back(*filled);
        metrics.emplace_back(std::string(text(metric, {"name"})), std::move(*filled));
    }
    if (const auto problem = validateMetrics(checked))
        return refuse(fmt::format("Analysis spec invalid: {}{}",
                                  problem->metric >= 0 ? fmt::format("metrics[{}]: ", problem->metric) : "",
                                  problem->reason));
    if (const auto rule = unmatchedRule(*find(run, {"spec"})); !rule.empty())
        return refuse("Analysis spec invalid: " + rule);
    // Rules use the metrics with their arguments filled in.
    Value effective = run;
    objectAt(effective, {"spec"})["metrics"] = checked;
    if (text(effective, {"status", "startedAt"}).empty())
        objectAt(effective, {"status"})["startedAt"] = formatRfc3339(now);
    for (const auto& task : dueTasks(effective, now)) {
        if (stop.stop_requested())
            return original;
        const auto metric =
            std::find_if(metrics.begin(), metrics.end(), [&](const auto& m) { return m.first == task.metric; });
        if (metric == metrics.end())
            continue;
        Value previous;
        if (task.resume)
            for (const auto& result : manifest::array(effective, {"status", "metricResults"}))
                if (text(result, {"name"}) == task.metric && !manifest::array(result, {"measurements"}).empty())
                    previous = manifest::array(result, {"measurements"}).back();
        auto measurement = measure(effective, metric->second, previous, now, deps, stop);
        if (stop.stop_requested())
            return original;
        if (const auto message = text(measurement, {"message"}); !message.empty())
            measurement.get_object()["message"] = masked(std::string(message), secrets);
        recordMeasurement(effective, task.metric, std::move(measurement), task.resume);
        const auto query = queryText(run,
                                     *std::find_if(manifest::array(run, {"spec", "metrics"}).begin(),
                                                   manifest::array(run, {"spec", "metrics"}).end(),
                                                   [&](const Value& m) { return text(m, {"name"}) == task.metric; }));
        if (find(metric->second, {"provider", "prometheus"}))
            for (auto& result : arrayAt(effective, {"status", "metricResults"}))
                if (text(result, {"name"}) == task.metric)
                    objectAt(result, {"metadata"})["ResolvedPrometheusQuery"] = query;
    }
    assessRun(effective, now);
    trimMeasurements(effective);
    run.get_object()["status"] = *find(effective, {"status"});
    return run;
}

Result<const Value*> jsonPath(const Value& root, std::string_view path)
{
    if (path.starts_with('{') && path.ends_with('}'))
        path = path.substr(1, path.size() - 2);
    if (path.starts_with('$'))
        path.remove_prefix(1);
    const Value* at = &root;
    while (!path.empty()) {
        std::string key;
        bool quoted = false;
        if (path[0] == '.') {
            path.remove_prefix(1);
            std::size_t n = 0;
            while (n < path.size() && path[n] != '.' && path[n] != '[') {
                if (path[n] == '\\' && n + 1 < path.size())
                    ++n;
                key += path[n++];
            }
            path.remove_prefix(n);
            if (key.empty())
                return fail(Error::Code::Unsupported, "recursive descent is not supported in a JSONPath");
            quoted = true;
        } else if (path[0] == '[') {
            const auto close = path.find(']');
            if (close == std::string_view::npos)
                return fail(Error::Code::InvalidInput, "unterminated array in a JSONPath");
            auto inner = path.substr(1, close - 1);
            path.remove_prefix(close + 1);
            if (inner.size() >= 2 && (inner[0] == '\'' || inner[0] == '"')) {
                quoted = true;
                inner = inner.substr(1, inner.size() - 2);
            }
            key = inner;
        } else {
            return fail(Error::Code::InvalidInput, fmt::format("cannot read the JSONPath at '{}'", path));
        }
        if (const auto* array = at->if_array()) {
            if (key == "*") {
                if (array->empty())
                    return nullptr;
                at = &array->front();
                continue;
            }
            auto index = expr::parseGoInt(key);
            if (quoted || !index)
                return fail(Error::Code::Unsupported, fmt::format("'{}' is not supported in a JSONPath", key));
            if (*index < 0)
                *index += static_cast<std::int64_t>(array->size());
            if (*index < 0 || static_cast<std::size_t>(*index) >= array->size())
                return nullptr;
            at = &(*array)[static_cast<std::size_t>(*index)];
            continue;
        }
        const auto* object = at->if_object();
        if (!object)
            return nullptr;
        if (key == "*" && !object->empty()) {
            at = &object->begin()->value();
            continue;
        }
        at = object->if_contains(key);
        if (!at)
            return nullptr;
    }
    return at;
}

} // namespace core::rollout
