// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/rollout/condition.h"
#include "core/rollout/providers_p.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <utility>

namespace core::rollout {

using manifest::Array;
using manifest::find;
using manifest::Object;
using manifest::text;
using manifest::Value;

namespace {

std::string bytesOf(const std::string& hex)
{
    std::string out;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        out += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    return out;
}

/// HMAC with SHA-256, in bytes.
std::string keyedHash(std::string key, std::string_view message)
{
    constexpr std::size_t kBlock = 64;
    if (key.size() > kBlock)
        key = bytesOf(sha256Hex(key));
    key.resize(kBlock, '\0');
    std::string inner;
    std::string outer;
    for (const char c : key) {
        inner += static_cast<char>(c ^ 0x36);
        outer += static_cast<char>(c ^ 0x5c);
    }
    return bytesOf(sha256Hex(outer + bytesOf(sha256Hex(inner + std::string(message)))));
}

std::string hexOf(std::string_view bytes)
{
    std::string out;
    for (const char c : bytes)
        out += fmt::format("{:02x}", static_cast<unsigned char>(c));
    return out;
}

struct UrlParts
{
    std::string host, path, query;
};

UrlParts partsOf(const std::string& url)
{
    UrlParts out;
    const auto begin = url.find("://") == std::string::npos ? 0 : url.find("://") + 3;
    const auto slash = std::min(url.find('/', begin), url.find('?', begin));
    out.host = url.substr(begin, slash == std::string::npos ? std::string::npos : slash - begin);
    const auto question = url.find('?', begin);
    if (slash != std::string::npos)
        out.path = url.substr(slash, question == std::string::npos ? std::string::npos : question - slash);
    if (out.path.empty())
        out.path = "/";
    if (question != std::string::npos) {
        auto pairs = split(url.substr(question + 1), '&');
        std::sort(pairs.begin(), pairs.end());
        for (const auto& pair : pairs)
            out.query += (out.query.empty() ? "" : "&") + pair + (pair.find('=') == std::string::npos ? "=" : "");
    }
    return out;
}

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

std::string environment(const MeasureDeps& deps, const char* name)
{
    if (deps.environment)
        return deps.environment(name);
    const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): nothing here changes the environment
    return value ? value : "";
}

std::string awsRegion(const MeasureDeps& deps)
{
    auto region = environment(deps, "AWS_REGION");
    return region.empty() ? environment(deps, "AWS_DEFAULT_REGION") : region;
}

Result<> signAws(HttpRequest& request, std::string_view service, std::string_view region, TimePoint now,
                 const MeasureDeps& deps)
{
    const auto id = environment(deps, "AWS_ACCESS_KEY_ID");
    const auto secret = environment(deps, "AWS_SECRET_ACCESS_KEY");
    if (id.empty() || secret.empty())
        return fail(Error::Code::Unauthorized,
                    "AWS credentials are missing: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY for the controller");
    std::string stamp; // 20260301T100000Z
    for (const char c : formatRfc3339(std::chrono::floor<std::chrono::seconds>(now)))
        if (c != '-' && c != ':')
            stamp += c;
    const auto day = stamp.substr(0, 8);
    const auto parts = partsOf(request.url);
    request.headers.emplace_back("X-Amz-Date", stamp);
    if (const auto token = environment(deps, "AWS_SESSION_TOKEN"); !token.empty())
        request.headers.emplace_back("X-Amz-Security-Token", token);
    std::map<std::string, std::string> headers {{"host", parts.host}};
    for (const auto& [name, value] : request.headers)
        headers[lower(name)] = std::string(trim(value));
    std::string canonical = request.method + "\n" + parts.path + "\n" + parts.query + "\n";
    std::string names;
    for (const auto& [name, value] : headers) {
        canonical += name + ":" + value + "\n";
        names += (names.empty() ? "" : ";") + name;
    }
    canonical += "\n" + names + "\n" + sha256Hex(request.body);
    const auto scope = fmt::format("{}/{}/{}/aws4_request", day, region, service);
    const auto toSign = fmt::format("AWS4-HMAC-SHA256\n{}\n{}\n{}", stamp, scope, sha256Hex(canonical));
    auto key = keyedHash("AWS4" + secret, day);
    for (const std::string_view part : {region, service, std::string_view("aws4_request")})
        key = keyedHash(key, part);
    request.headers.emplace_back("Authorization",
                                 fmt::format("AWS4-HMAC-SHA256 Credential={}/{}, SignedHeaders={}, Signature={}", id,
                                             scope, names, hexOf(keyedHash(key, toSign))));
    return {};
}

Result<Reading> cloudWatch(const Value& provider, TimePoint now, const MeasureDeps& deps, std::stop_token stop)
{
    Duration interval = std::chrono::minutes(5);
    if (const auto given = text(provider, {"interval"}); !given.empty()) {
        PH_TRY(interval, parseGoDuration(given));
    }
    const auto region = awsRegion(deps);
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
    request.url = fmt::format("https://monitoring.{}.amazonaws.com/", region);
    request.headers = {{"Content-Type", "application/x-amz-json-1.0"},
                       {"X-Amz-Target", "GraniteServiceVersion20100801.GetMetricData"}};
    request.body = manifest::toJson(Value(Object {
        {"StartTime", seconds(now - interval)}, {"EndTime", seconds(now)}, {"MetricDataQueries", std::move(queries)}}));
    PH_CHECK(signAws(request, "monitoring", region, now, deps));
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
    const auto typed = resultFromJson(Object {{"x", results}});
    return Reading {*typed.asMap()->find(std::string_view("x")), stored + "]"};
}

} // namespace core::rollout
