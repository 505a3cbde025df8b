// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/appset/forge.h"

#include "core/base/strings.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace core::appset {

using manifest::find;
using manifest::text;
using manifest::Value;

namespace {

constexpr int kMostPages = 500;

struct Description
{
    std::string_view key; ///< in the generator
    ForgeKind kind;
    std::string_view address; ///< where the block names no api
    std::string_view root; ///< of the API below a block's api
};

constexpr Description kForges[] {
    {"github", ForgeKind::GitHub, "https://api.github.com", ""},
    {"gitlab", ForgeKind::GitLab, "https://gitlab.com", "/api/v4"},
    {"gitea", ForgeKind::Gitea, "", "/api/v1"},
    {"bitbucketServer", ForgeKind::BitbucketServer, "", "/rest/api/1.0"},
    {"bitbucket", ForgeKind::BitbucketCloud, "https://api.bitbucket.org/2.0", ""},
    {"azuredevops", ForgeKind::AzureDevOps, "https://dev.azure.com", ""},
    {"azureDevOps", ForgeKind::AzureDevOps, "https://dev.azure.com", ""},
};

const Description& describe(ForgeKind kind)
{
    return *std::find_if(std::begin(kForges), std::end(kForges),
                         [&](const Description& forge) { return forge.kind == kind; });
}

/// The value of the Authorization header that a block's credentials make.
Result<std::pair<std::string, std::string>> authorization(ForgeKind kind, const Value& block, const Inputs& inputs,
                                                          const std::string& nameSpace)
{
    const auto basic = [](std::string_view user, const std::string& password) {
        return std::pair<std::string, std::string>("Authorization",
                                                   "Basic " + base64Encode(fmt::format("{}:{}", user, password)));
    };
    if (const std::string name(text(block, {"appSecretName"})); kind == ForgeKind::GitHub && !name.empty()) {
        const auto secret = inputs.object ? inputs.object("Secret", inputs.nameSpace, name) : nullptr;
        if (!secret)
            return fail(Error::Code::NotFound,
                        fmt::format("error getting GitHub app secret {}: there is no such Secret in {}", name,
                                    inputs.nameSpace),
                        {}, "It has githubAppID, githubAppInstallationID and githubAppPrivateKey.");
        if (!inputs.githubToken)
            return fail(Error::Code::Unsupported, "GitHub Apps cannot be asked from here");
        PH_TRY(const auto token, inputs.githubToken(*secret, inputs.stop));
        return std::pair<std::string, std::string>("Authorization", "Bearer " + token);
    }
    if (const auto* reference = find(block, {"bearerToken", "tokenRef"})) {
        PH_TRY(const auto token, referencedSecret(inputs, nameSpace, reference));
        return std::pair<std::string, std::string>("Authorization", "Bearer " + token);
    }
    if (const auto* reference = find(block, {"basicAuth", "passwordRef"})) {
        PH_TRY(const auto password, referencedSecret(inputs, nameSpace, reference));
        return basic(text(block, {"basicAuth", "username"}), password);
    }
    if (const auto* reference = find(block, {"appPasswordRef"})) {
        PH_TRY(const auto password, referencedSecret(inputs, nameSpace, reference));
        return basic(text(block, {"user"}), password);
    }
    const auto* reference = find(
        block, {kind == ForgeKind::AzureDevOps && find(block, {"accessTokenRef"}) ? "accessTokenRef" : "tokenRef"});
    PH_TRY(const auto token, referencedSecret(inputs, nameSpace, reference));
    if (token.empty())
        return std::pair<std::string, std::string>();
    switch (kind) {
    case ForgeKind::GitLab:
        return std::pair<std::string, std::string>("PRIVATE-TOKEN", token);
    case ForgeKind::Gitea:
        return std::pair<std::string, std::string>("Authorization", "token " + token);
    case ForgeKind::AzureDevOps:
        return basic("", token);
    default:
        return std::pair<std::string, std::string>("Authorization", "Bearer " + token);
    }
}

std::string header(const HttpResponse& answer, std::string_view name)
{
    for (const auto& [key, value] : answer.headers) {
        if (key == name)
            return value;
    }
    return {};
}

std::string origin(std::string_view url)
{
    const auto scheme = url.find("://");
    if (scheme == std::string_view::npos)
        return {};
    return lower(url.substr(0, std::min(url.find('/', scheme + 3), url.size())));
}

/// The address with rel="next" of a Link header.
std::string linkedNext(std::string_view links)
{
    for (const auto& part : split(links, ',')) {
        const auto open = part.find('<');
        const auto close = part.find('>');
        if (open != std::string::npos && close != std::string::npos
            && part.find("rel=\"next\"", close) != std::string::npos)
            return part.substr(open + 1, close - open - 1);
    }
    return {};
}

} // namespace

Result<std::string> secretText(const Inputs& inputs, const std::string& nameSpace, const std::string& secret,
                               const std::string& key)
{
    const auto object = inputs.object("Secret", nameSpace, secret);
    if (!object)
        return fail(Error::Code::NotFound,
                    fmt::format("error fetching secret {}/{}: Secret \"{}\" not found", nameSpace, secret, secret));
    if (const auto* plain = find(*object, {"stringData", key}); plain && plain->is_string())
        return std::string(plain->get_string());
    const auto* data = find(*object, {"data", key});
    if (!data || !data->is_string())
        return fail(Error::Code::NotFound,
                    fmt::format("key \"{}\" in secret \"{}/{}\" not found", key, nameSpace, secret));
    return base64Decode(data->get_string());
}

Result<std::string> referencedSecret(const Inputs& inputs, const std::string& nameSpace, const Value* reference)
{
    if (!reference || !reference->is_object())
        return std::string {};
    return secretText(inputs, nameSpace, std::string(text(*reference, {"secretName"})),
                      std::string(text(*reference, {"key"})));
}

Result<std::pair<ForgeKind, const Value*>> forgeOf(const Value& generator, std::string_view what)
{
    for (const auto& forge : kForges) {
        if (const auto* block = find(generator, {forge.key}); block && block->is_object())
            return std::pair(forge.kind, block);
    }
    if (find(generator, {"awsCodeCommit"}))
        return fail(Error::Code::Unsupported, "AWS CodeCommit is not supported: it takes requests signed by AWS only");
    return fail(Error::Code::InvalidInput, fmt::format("no {} provider implementation configured", what));
}

Result<ForgeApi> ForgeApi::open(ForgeKind kind, const Value& block, const Inputs& inputs, const std::string& nameSpace)
{
    if (!inputs.scmProviders)
        return fail(Error::Code::Forbidden, "scm providers are disabled");
    ForgeApi out(inputs);
    out.m_kind = kind;
    const auto& forge = describe(kind);
    std::string address(text(block, {"api"}));
    const auto& allowed = inputs.allowedScmProviders;
    if (!address.empty() && !allowed.empty() && std::find(allowed.begin(), allowed.end(), address) == allowed.end())
        return fail(
            Error::Code::Forbidden,
            fmt::format("scm provider not allowed: scm provider \"{}\" not allowed, must use one of the following: "
                        "{}",
                        address, join(allowed, ", ")));
    if (address.empty())
        address = forge.address;
    if (address.empty())
        return fail(Error::Code::InvalidInput, fmt::format("{}: the address of the API (api) is missing", forge.key));
    while (address.ends_with('/'))
        address.pop_back();
    // Some write the API's root, some the server's.
    if (kind == ForgeKind::BitbucketServer && address.ends_with("/rest"))
        address.resize(address.size() - 5);
    if (!address.ends_with(forge.root))
        address += forge.root;
    out.m_base = std::move(address);
    out.m_insecure = manifest::flag(block, {"insecure"});
    PH_TRY(auto credentials, authorization(kind, block, inputs, nameSpace));
    out.m_headers = {{"Accept", "application/json"}};
    if (!credentials.first.empty())
        out.m_headers.push_back(std::move(credentials));
    return out;
}

Result<HttpResponse> ForgeApi::send(const std::string& url) const
{
    HttpRequest request;
    request.url = url;
    request.headers = m_headers;
    request.insecureSkipTlsVerify = m_insecure;
    PH_TRY(auto answer, m_inputs->http(request, m_inputs->stop));
    if (answer.status == 404)
        return fail(Error::Code::NotFound, "the forge answered HTTP 404", url);
    if (answer.status < 200 || answer.status > 299)
        return fail(answer.status == 401 || answer.status == 403 ? Error::Code::Unauthorized : Error::Code::Unavailable,
                    fmt::format("the forge answered HTTP {}", answer.status), url);
    return answer;
}

Result<Value> ForgeApi::get(const std::string& path) const
{
    const auto url = m_base + path;
    PH_TRY(const auto answer, send(url));
    return manifest::parseJson(answer.body, url);
}

std::string ForgeApi::nextPage(const std::string& url, const HttpResponse& answer, const Value& body) const
{
    if (m_kind == ForgeKind::BitbucketCloud)
        return std::string(text(body, {"next"}));
    if (m_kind == ForgeKind::BitbucketServer) {
        const auto next = manifest::integer(body, {"nextPageStart"});
        if (manifest::flag(body, {"isLastPage"}, true) || !next)
            return {};
        const auto start = url.find("&start=");
        return fmt::format("{}&start={}", url.substr(0, start), *next);
    }
    return linkedNext(header(answer, "link"));
}

Result<manifest::Array> ForgeApi::all(const std::string& path) const
{
    manifest::Array out;
    auto url = m_base + path;
    for (int page = 0; !url.empty(); ++page) {
        if (page == kMostPages)
            return fail(Error::Code::LimitExceeded, fmt::format("the forge's list has more than {} pages", kMostPages),
                        url);
        PH_TRY(const auto answer, send(url));
        PH_TRY(const auto body, manifest::parseJson(answer.body, url));
        const auto& items = body.is_array() ? body.get_array()
            : find(body, {"values"})        ? manifest::array(body, {"values"})
                                            : manifest::array(body, {"value"});
        out.insert(out.end(), items.begin(), items.end());
        auto next = nextPage(url, answer, body);
        // The credentials go to the configured server only.
        if (!next.empty() && origin(next) != origin(m_base))
            return fail(Error::Code::Forbidden, "the forge's next page lies on another server", next);
        url = std::move(next);
    }
    return out;
}

} // namespace core::appset
