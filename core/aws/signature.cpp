// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/aws/aws_p.h"
#include "core/base/percent_encoding.h"
#include "core/base/strings.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace core::aws {

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

std::string stampOf(TimePoint now) ///< 20260301T100000Z
{
    std::string out;
    for (const char c : formatRfc3339(std::chrono::floor<std::chrono::seconds>(now)))
        if (c != '-' && c != ':')
            out += c;
    return out;
}

struct Signed
{
    std::map<std::string, std::string> headers; ///< with their names in lower case

    explicit Signed(const HttpRequest& request)
        : headers {{"host", partsOf(request.url).host}}
    {
        for (const auto& [name, value] : request.headers)
            headers[lower(name)] = std::string(trim(value));
    }
    [[nodiscard]] std::string names() const
    {
        std::string out;
        for (const auto& [name, value] : headers)
            out += (out.empty() ? "" : ";") + name;
        return out;
    }
    [[nodiscard]] std::string signature(const Credentials& keys, const HttpRequest& request, const std::string& stamp,
                                        const std::string& scope) const
    {
        const auto parts = partsOf(request.url);
        std::string canonical = request.method + "\n" + parts.path + "\n" + parts.query + "\n";
        for (const auto& [name, value] : headers)
            canonical += name + ":" + value + "\n";
        canonical += "\n" + names() + "\n" + sha256Hex(request.body);
        auto key = "AWS4" + keys.secret;
        for (const auto& part : split(scope, '/'))
            key = keyedHash(key, part);
        return hexOf(keyedHash(key, fmt::format("AWS4-HMAC-SHA256\n{}\n{}\n{}", stamp, scope, sha256Hex(canonical))));
    }
};

std::string scopeOf(const std::string& stamp, std::string_view area, std::string_view service)
{
    return fmt::format("{}/{}/{}/aws4_request", stamp.substr(0, 8), area, service);
}

} // namespace

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

void signWith(const Credentials& keys, HttpRequest& request, std::string_view service, std::string_view area,
              TimePoint now)
{
    const auto stamp = stampOf(now);
    const auto scope = scopeOf(stamp, area, service);
    request.headers.emplace_back("X-Amz-Date", stamp);
    if (!keys.token.empty())
        request.headers.emplace_back("X-Amz-Security-Token", keys.token);
    const Signed what(request);
    request.headers.emplace_back("Authorization",
                                 fmt::format("AWS4-HMAC-SHA256 Credential={}/{}, SignedHeaders={}, Signature={}",
                                             keys.id, scope, what.names(),
                                             what.signature(keys, request, stamp, scope)));
}

std::string signedUrl(const Credentials& keys, const HttpRequest& request, std::string_view service,
                      std::string_view area, TimePoint now, int seconds)
{
    const auto stamp = stampOf(now);
    const auto scope = scopeOf(stamp, area, service);
    const Signed what(request);
    auto asked = request;
    asked.url += fmt::format("{}X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={}&X-Amz-Date={}&X-Amz-Expires={}",
                             request.url.find('?') == std::string::npos ? "?" : "&",
                             percentEncode(keys.id + "/" + scope), stamp, seconds);
    if (!keys.token.empty())
        asked.url += "&X-Amz-Security-Token=" + percentEncode(keys.token);
    asked.url += "&X-Amz-SignedHeaders=" + percentEncode(what.names());
    return asked.url + "&X-Amz-Signature=" + what.signature(keys, asked, stamp, scope);
}

Result<> sign(HttpRequest& request, std::string_view service, std::string_view area, TimePoint now,
              const Context& context, const Identity& identity, std::stop_token stop)
{
    PH_TRY(const auto keys, credentials(identity, area, now, context, stop));
    signWith(keys, request, service, area, now);
    return {};
}

Result<ClusterToken> clusterToken(const std::string& cluster, std::string_view area, TimePoint now,
                                  const Context& context, const Identity& identity, std::stop_token stop)
{
    PH_TRY(const auto keys, credentials(identity, area, now, context, stop));
    HttpRequest request;
    // The address that the cluster is told to ask; it takes AWS's own only.
    request.url = tokenService(area) + "/?Action=GetCallerIdentity&Version=2011-06-15";
    request.headers = {{"x-k8s-aws-id", cluster}};
    const auto url = signedUrl(keys, request, "sts", area, now, 60);
    auto encoded = base64Encode(url);
    std::replace(encoded.begin(), encoded.end(), '+', '-');
    std::replace(encoded.begin(), encoded.end(), '/', '_');
    while (encoded.ends_with('='))
        encoded.pop_back();
    return ClusterToken {"k8s-aws-v1." + encoded, now + std::chrono::minutes(14)};
}

} // namespace core::aws
