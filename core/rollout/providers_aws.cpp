// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/expr/expr.h"
#include "core/rollout/providers_p.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <optional>
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

std::string awsEndpoint(const MeasureDeps& deps, const char* variable, std::string otherwise)
{
    for (const char* name : {variable, "AWS_ENDPOINT_URL"})
        if (auto given = environment(deps, name); !given.empty())
            return trimSlash(given);
    return otherwise;
}

namespace {

struct Credentials
{
    std::string id {}, secret {}, token {};
};

/// What stands between an element's tags.
std::string element(std::string_view xml, std::string_view name)
{
    const auto open = fmt::format("<{}>", name);
    const auto begin = xml.find(open);
    const auto end = xml.find(fmt::format("</{}>", name));
    return begin == std::string_view::npos || end == std::string_view::npos || end < begin
        ? std::string()
        : std::string(xml.substr(begin + open.size(), end - begin - open.size()));
}

/// A profile of the shared credentials file.
Result<Credentials> sharedCredentials(const std::string& profile, const MeasureDeps& deps)
{
    auto path = environment(deps, "AWS_SHARED_CREDENTIALS_FILE");
    if (path.empty())
        path = environment(deps, "HOME") + "/.aws/credentials";
    std::ifstream file(path);
    Credentials out;
    bool here = false;
    for (std::string line; std::getline(file, line);) {
        const auto text = trim(line);
        if (text.starts_with('['))
            here = text == fmt::format("[{}]", profile);
        const auto equals = text.find('=');
        if (!here || equals == std::string_view::npos)
            continue;
        const auto key = trim(text.substr(0, equals));
        const std::string value(trim(text.substr(equals + 1)));
        if (key == "aws_access_key_id")
            out.id = value;
        else if (key == "aws_secret_access_key")
            out.secret = value;
        else if (key == "aws_session_token")
            out.token = value;
    }
    if (out.id.empty() || out.secret.empty())
        return fail(Error::Code::Unauthorized, fmt::format("AWS profile {} has no keys in {}", profile, path));
    return out;
}

/// Asks the Security Token Service for the keys of a role.
Result<Credentials> assumed(HttpRequest request, const MeasureDeps& deps, std::stop_token stop)
{
    PH_TRY(const auto response, deps.http(request, stop));
    Credentials out {element(response.body, "AccessKeyId"), element(response.body, "SecretAccessKey"),
                     element(response.body, "SessionToken")};
    if (response.status / 100 != 2 || out.id.empty() || out.secret.empty())
        return fail(Error::Code::Unauthorized,
                    fmt::format("AWS does not give the role's credentials: HTTP {}: {} {}", response.status,
                                element(response.body, "Code"), element(response.body, "Message")));
    return out;
}

HttpRequest stsRequest(std::string_view action, std::string_view role, std::string_view region, const MeasureDeps& deps)
{
    auto session = environment(deps, "AWS_ROLE_SESSION_NAME");
    if (session.empty())
        session = "pilothouse";
    HttpRequest request;
    request.method = "POST";
    request.url = awsEndpoint(deps, "AWS_ENDPOINT_URL_STS", fmt::format("https://sts.{}.amazonaws.com", region)) + "/";
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
    request.body = fmt::format("Action={}&Version=2011-06-15&RoleArn={}&RoleSessionName={}", action,
                               percentEncode(role), percentEncode(session));
    return request;
}

/// Keys as the machine's own services hand them out.
Result<Credentials> handedOut(const HttpRequest& request, const MeasureDeps& deps, const std::stop_token& stop)
{
    PH_TRY(const auto response, deps.http(request, stop));
    const auto parsed = manifest::parseJson(response.body);
    Credentials out;
    if (parsed && response.status == 200)
        out = {std::string(text(*parsed, {"AccessKeyId"})), std::string(text(*parsed, {"SecretAccessKey"})),
               std::string(text(*parsed, {"Token"}))};
    if (out.id.empty() || out.secret.empty())
        return fail(Error::Code::Unauthorized,
                    fmt::format("{} gives no AWS credentials: HTTP {}", request.url, response.status));
    return out;
}

/// Of a task of ECS or a pod with a Pod Identity; none: this is neither.
std::optional<Result<Credentials>> containerCredentials(const MeasureDeps& deps, const std::stop_token& stop)
{
    HttpRequest request;
    const auto relative = environment(deps, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    request.url =
        relative.empty() ? environment(deps, "AWS_CONTAINER_CREDENTIALS_FULL_URI") : "http://169.254.170.2" + relative;
    if (request.url.empty())
        return std::nullopt;
    const auto host = partsOf(request.url).host;
    const auto name = host.substr(0, host.starts_with('[') ? host.find(']') + 1 : host.find(':'));
    static constexpr std::string_view kPlain[] {"169.254.170.2", "169.254.170.23", "[fd00:ec2::23]",
                                                "127.0.0.1",     "localhost",      "[::1]"};
    if (!request.url.starts_with("https://")
        && std::find(std::begin(kPlain), std::end(kPlain), name) == std::end(kPlain))
        return fail(Error::Code::Forbidden,
                    fmt::format("AWS_CONTAINER_CREDENTIALS_FULL_URI names {}, which is not asked without TLS", name));
    auto token = environment(deps, "AWS_CONTAINER_AUTHORIZATION_TOKEN");
    if (const auto path = environment(deps, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"); !path.empty()) {
        std::ifstream file(path);
        if (!std::getline(file, token))
            return fail(Error::Code::Unauthorized, fmt::format("the AWS authorization token {} cannot be read", path));
    }
    if (!token.empty())
        request.headers.emplace_back("Authorization", token);
    request.timeout = std::chrono::seconds(5);
    return handedOut(request, deps, stop);
}

/// Of the machine's own role (IMDSv2). Outside of AWS nobody answers, so the wait is short.
Result<Credentials> instanceCredentials(const MeasureDeps& deps, const std::stop_token& stop)
{
    auto base = trimSlash(environment(deps, "AWS_EC2_METADATA_SERVICE_ENDPOINT"));
    if (base.empty())
        base = "http://169.254.169.254";
    HttpRequest request;
    request.method = "PUT";
    request.url = base + "/latest/api/token";
    request.headers = {{"X-aws-ec2-metadata-token-ttl-seconds", "21600"}};
    request.timeout = std::chrono::seconds(1);
    PH_TRY(const auto token, deps.http(request, stop));
    request.method = "GET";
    request.headers.clear();
    if (token.status == 200)
        request.headers.emplace_back("X-aws-ec2-metadata-token", std::string(trim(token.body)));
    request.url = base + "/latest/meta-data/iam/security-credentials/";
    PH_TRY(const auto roles, deps.http(request, stop));
    const auto role = trim(std::string_view(roles.body).substr(0, roles.body.find('\n')));
    if (roles.status != 200 || role.empty())
        return fail(Error::Code::Unauthorized, fmt::format("this machine has no role in AWS: HTTP {}", roles.status));
    request.url += role;
    return handedOut(request, deps, stop);
}

/// Where AWS' own programs look, in their order.
Result<Credentials> findCredentials(const std::string& profile, std::string_view region, const MeasureDeps& deps,
                                    std::stop_token stop)
{
    if (!profile.empty())
        return sharedCredentials(profile, deps);
    Credentials out {environment(deps, "AWS_ACCESS_KEY_ID"), environment(deps, "AWS_SECRET_ACCESS_KEY"),
                     environment(deps, "AWS_SESSION_TOKEN")};
    if (!out.id.empty() && !out.secret.empty())
        return out;
    const auto tokenFile = environment(deps, "AWS_WEB_IDENTITY_TOKEN_FILE");
    const auto role = environment(deps, "AWS_ROLE_ARN");
    if (!tokenFile.empty() && !role.empty()) {
        std::ifstream file(tokenFile);
        std::string token;
        if (!std::getline(file, token))
            return fail(Error::Code::Unauthorized,
                        fmt::format("the AWS web identity token {} cannot be read", tokenFile));
        auto request = stsRequest("AssumeRoleWithWebIdentity", role, region, deps);
        request.body += "&WebIdentityToken=" + percentEncode(token);
        return assumed(std::move(request), deps, stop);
    }
    const auto named = environment(deps, "AWS_PROFILE");
    if (auto shared = sharedCredentials(named.empty() ? "default" : named, deps))
        return shared;
    if (auto ofContainer = containerCredentials(deps, stop))
        return std::move(*ofContainer);
    if (lower(environment(deps, "AWS_EC2_METADATA_DISABLED")) != "true")
        if (auto ofMachine = instanceCredentials(deps, stop))
            return ofMachine;
    return fail(Error::Code::Unauthorized,
                "AWS credentials are missing: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (or AWS_PROFILE) for the "
                "controller, or give its pod or machine a role");
}

void sign(HttpRequest& request, std::string_view service, std::string_view region, TimePoint now,
          const Credentials& keys)
{
    std::string stamp; // 20260301T100000Z
    for (const char c : formatRfc3339(std::chrono::floor<std::chrono::seconds>(now)))
        if (c != '-' && c != ':')
            stamp += c;
    const auto day = stamp.substr(0, 8);
    const auto parts = partsOf(request.url);
    request.headers.emplace_back("X-Amz-Date", stamp);
    if (!keys.token.empty())
        request.headers.emplace_back("X-Amz-Security-Token", keys.token);
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
    auto key = keyedHash("AWS4" + keys.secret, day);
    for (const std::string_view part : {region, service, std::string_view("aws4_request")})
        key = keyedHash(key, part);
    request.headers.emplace_back("Authorization",
                                 fmt::format("AWS4-HMAC-SHA256 Credential={}/{}, SignedHeaders={}, Signature={}",
                                             keys.id, scope, names, hexOf(keyedHash(key, toSign))));
}

} // namespace

Result<> signAws(HttpRequest& request, std::string_view service, std::string_view region, TimePoint now,
                 const MeasureDeps& deps, const AwsIdentity& identity, std::stop_token stop)
{
    PH_TRY(auto keys, findCredentials(identity.profile, region, deps, stop));
    if (!identity.roleArn.empty()) {
        auto asked = stsRequest("AssumeRole", identity.roleArn, region, deps);
        sign(asked, "sts", region, now, keys);
        PH_TRY(keys, assumed(std::move(asked), deps, stop));
    }
    sign(request, service, region, now, keys);
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
    request.url =
        awsEndpoint(deps, "AWS_ENDPOINT_URL_CLOUDWATCH", fmt::format("https://monitoring.{}.amazonaws.com", region))
        + "/";
    request.headers = {{"Content-Type", "application/x-amz-json-1.0"},
                       {"X-Amz-Target", "GraniteServiceVersion20100801.GetMetricData"}};
    request.body = manifest::toJson(Value(Object {
        {"StartTime", seconds(now - interval)}, {"EndTime", seconds(now)}, {"MetricDataQueries", std::move(queries)}}));
    PH_CHECK(signAws(request, "monitoring", region, now, deps, {}, stop));
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
