// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/aws/aws_p.h"
#include "core/base/percent_encoding.h"
#include "core/base/strings.h"
#include "core/manifest/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <optional>

namespace core::aws {

using manifest::text;

std::string variable(const Context& context, const char* name)
{
    if (context.environment)
        return context.environment(name);
    const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): nothing here changes the environment
    return value ? value : "";
}

namespace {

std::string withoutSlash(std::string address)
{
    while (address.ends_with('/'))
        address.pop_back();
    return address;
}

} // namespace

std::string region(const Context& context)
{
    auto out = variable(context, "AWS_REGION");
    return out.empty() ? variable(context, "AWS_DEFAULT_REGION") : out;
}

std::string tokenService(std::string_view area)
{
    return fmt::format("https://sts.{}.amazonaws.com{}", area, area.starts_with("cn-") ? ".cn" : "");
}

std::string endpoint(const Context& context, const char* name, std::string otherwise)
{
    for (const char* each : {name, "AWS_ENDPOINT_URL"})
        if (auto given = variable(context, each); !given.empty())
            return withoutSlash(std::move(given));
    return otherwise;
}

namespace {

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
Result<Credentials> sharedCredentials(const std::string& profile, const Context& context)
{
    auto path = variable(context, "AWS_SHARED_CREDENTIALS_FILE");
    if (path.empty())
        path = variable(context, "HOME") + "/.aws/credentials";
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
Result<Credentials> assumed(HttpRequest request, const Context& context, std::stop_token stop)
{
    PH_TRY(const auto response, context.http(request, stop));
    Credentials out {element(response.body, "AccessKeyId"), element(response.body, "SecretAccessKey"),
                     element(response.body, "SessionToken")};
    if (response.status / 100 != 2 || out.id.empty() || out.secret.empty())
        return fail(Error::Code::Unauthorized,
                    fmt::format("AWS does not give the role's credentials: HTTP {}: {} {}", response.status,
                                element(response.body, "Code"), element(response.body, "Message")));
    return out;
}

HttpRequest stsRequest(std::string_view action, std::string_view role, std::string_view area, const Context& context)
{
    auto session = variable(context, "AWS_ROLE_SESSION_NAME");
    if (session.empty())
        session = "pilothouse";
    HttpRequest request;
    request.method = "POST";
    request.url = endpoint(context, "AWS_ENDPOINT_URL_STS", tokenService(area)) + "/";
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
    request.body = fmt::format("Action={}&Version=2011-06-15&RoleArn={}&RoleSessionName={}", action,
                               percentEncode(role), percentEncode(session));
    return request;
}

/// Keys as the machine's own services hand them out.
Result<Credentials> handedOut(const HttpRequest& request, const Context& context, const std::stop_token& stop)
{
    PH_TRY(const auto response, context.http(request, stop));
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
std::optional<Result<Credentials>> containerCredentials(const Context& context, const std::stop_token& stop)
{
    HttpRequest request;
    const auto relative = variable(context, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    request.url =
        relative.empty() ? variable(context, "AWS_CONTAINER_CREDENTIALS_FULL_URI") : "http://169.254.170.2" + relative;
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
    auto token = variable(context, "AWS_CONTAINER_AUTHORIZATION_TOKEN");
    if (const auto path = variable(context, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"); !path.empty()) {
        std::ifstream file(path);
        if (!std::getline(file, token))
            return fail(Error::Code::Unauthorized, fmt::format("the AWS authorization token {} cannot be read", path));
    }
    if (!token.empty())
        request.headers.emplace_back("Authorization", token);
    request.timeout = std::chrono::seconds(5);
    return handedOut(request, context, stop);
}

/// Of the machine's own role (IMDSv2). Outside of AWS nobody answers, so the wait is short.
Result<Credentials> instanceCredentials(const Context& context, const std::stop_token& stop)
{
    auto base = withoutSlash(variable(context, "AWS_EC2_METADATA_SERVICE_ENDPOINT"));
    if (base.empty())
        base = "http://169.254.169.254";
    HttpRequest request;
    request.method = "PUT";
    request.url = base + "/latest/api/token";
    request.headers = {{"X-aws-ec2-metadata-token-ttl-seconds", "21600"}};
    request.timeout = std::chrono::seconds(1);
    PH_TRY(const auto token, context.http(request, stop));
    request.method = "GET";
    request.headers.clear();
    if (token.status == 200)
        request.headers.emplace_back("X-aws-ec2-metadata-token", std::string(trim(token.body)));
    request.url = base + "/latest/meta-data/iam/security-credentials/";
    PH_TRY(const auto roles, context.http(request, stop));
    const auto role = trim(std::string_view(roles.body).substr(0, roles.body.find('\n')));
    if (roles.status != 200 || role.empty())
        return fail(Error::Code::Unauthorized, fmt::format("this machine has no role in AWS: HTTP {}", roles.status));
    request.url += role;
    return handedOut(request, context, stop);
}

/// Where AWS' own programs look, in their order.
Result<Credentials> findCredentials(const std::string& profile, std::string_view area, const Context& context,
                                    std::stop_token stop)
{
    if (!profile.empty())
        return sharedCredentials(profile, context);
    Credentials out {variable(context, "AWS_ACCESS_KEY_ID"), variable(context, "AWS_SECRET_ACCESS_KEY"),
                     variable(context, "AWS_SESSION_TOKEN")};
    if (!out.id.empty() && !out.secret.empty())
        return out;
    const auto tokenFile = variable(context, "AWS_WEB_IDENTITY_TOKEN_FILE");
    const auto role = variable(context, "AWS_ROLE_ARN");
    if (!tokenFile.empty() && !role.empty()) {
        std::ifstream file(tokenFile);
        std::string token;
        if (!std::getline(file, token))
            return fail(Error::Code::Unauthorized,
                        fmt::format("the AWS web identity token {} cannot be read", tokenFile));
        auto request = stsRequest("AssumeRoleWithWebIdentity", role, area, context);
        request.body += "&WebIdentityToken=" + percentEncode(token);
        return assumed(std::move(request), context, stop);
    }
    const auto named = variable(context, "AWS_PROFILE");
    if (auto shared = sharedCredentials(named.empty() ? "default" : named, context))
        return shared;
    if (auto ofContainer = containerCredentials(context, stop))
        return std::move(*ofContainer);
    if (lower(variable(context, "AWS_EC2_METADATA_DISABLED")) != "true")
        if (auto ofMachine = instanceCredentials(context, stop))
            return ofMachine;
    return fail(Error::Code::Unauthorized,
                "AWS credentials are missing: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (or AWS_PROFILE) for the "
                "controller, or give its pod or machine a role");
}

} // namespace

Result<Credentials> credentials(const Identity& identity, std::string_view area, TimePoint now, const Context& context,
                                const std::stop_token& stop)
{
    PH_TRY(auto keys, findCredentials(identity.profile, area, context, stop));
    if (identity.roleArn.empty())
        return keys;
    auto asked = stsRequest("AssumeRole", identity.roleArn, area, context);
    signWith(keys, asked, "sts", area, now);
    return assumed(std::move(asked), context, stop);
}

} // namespace core::aws
