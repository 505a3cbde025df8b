// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/repository_access.h"

#include "core/base/strings.h"
#include "core/gitops/project.h"
#include "core/manifest/secret.h"
#include "core/notify/github.h"

#include <fmt/format.h>

#include <algorithm>

namespace core::engine {

namespace {

using manifest::secretText;
using manifest::text;
using manifest::Value;

constexpr std::string_view kSecretType = "argocd.argoproj.io/secret-type";
constexpr auto kTokenLife = std::chrono::minutes(50); ///< GitHub's installation tokens live for an hour
constexpr auto kAppNumbers = "0123456789";

bool hasCredentials(const Value& secret)
{
    constexpr std::string_view kKeys[] {"username",
                                        "password",
                                        "bearerToken",
                                        "sshPrivateKey",
                                        "tlsClientCertData",
                                        "githubAppPrivateKey",
                                        "gcpServiceAccountKey",
                                        "useAzureWorkloadIdentity"};
    return std::any_of(std::begin(kKeys), std::end(kKeys), [&](auto key) { return !secretText(secret, key).empty(); });
}

void takeCredentials(RepositoryAccess& out, const Value& secret)
{
    const auto get = [&](std::string_view key) { return secretText(secret, key); };
    out.secret = manifest::keyOf(secret).nameSpace + "/" + std::string(manifest::name(secret));
    out.credentials.username = get("username");
    out.credentials.password = get("password");
    out.credentials.bearerToken = get("bearerToken");
    out.credentials.sshPrivateKey = get("sshPrivateKey");
    if (auto key = get("githubAppPrivateKey"); !key.empty())
        out.githubApp = RepositoryAccess::GithubApp {get("githubAppID"), get("githubAppInstallationID"), std::move(key),
                                                     get("githubAppEnterpriseBaseUrl")};
    out.tlsClientCert = get("tlsClientCertData");
    out.tlsClientKey = get("tlsClientCertKey");
    if (!get("gcpServiceAccountKey").empty())
        out.unsupported = "a Google service account's key (gcpServiceAccountKey)";
    else if (get("useAzureWorkloadIdentity") == "true")
        out.unsupported = "Azure's workload identity (useAzureWorkloadIdentity)";
}

/// What holds for the connection rather than for the person.
void takeSettings(RepositoryAccess& out, const Value& secret)
{
    const auto is = [&](std::string_view key) { return secretText(secret, key) == "true"; };
    out.insecure = out.insecure || is("insecure") || is("insecureIgnoreHostKey");
    if (out.proxy.empty())
        out.proxy = secretText(secret, "proxy");
}

const Value* ownSecret(const std::string& url, const std::string& project, const Objects& secrets)
{
    const Value* found = nullptr;
    for (const auto& secret : secrets) {
        if (manifest::label(*secret, kSecretType) != "repository"
            || gitops::normalizeGitUrl(secretText(*secret, "url")) != url)
            continue;
        const auto owner = secretText(*secret, "project");
        if (owner == project)
            return secret.get();
        if (owner.empty())
            found = secret.get();
    }
    return found;
}

/// As Argo CD compares: any beginning, but here of whole host names, so that nobody's "git.example.com.elsewhere" gets
/// the password of git.example.com.
bool isBelow(std::string_view url, std::string_view beginning)
{
    if (beginning.empty() || !url.starts_with(beginning))
        return false;
    const auto scheme = beginning.find("://");
    const bool hostOnly =
        beginning.find('/', scheme == std::string_view::npos ? 0 : scheme + 3) == std::string_view::npos;
    return !hostOnly || url.size() == beginning.size() || url[beginning.size()] == '/';
}

const Value* templateSecret(const std::string& url, const Objects& secrets)
{
    const Value* found = nullptr;
    std::size_t longest = 0;
    for (const auto& secret : secrets) {
        if (manifest::label(*secret, kSecretType) != "repo-creds")
            continue;
        const auto beginning = gitops::normalizeGitUrl(secretText(*secret, "url"));
        if (beginning.size() > longest && isBelow(url, beginning)) {
            longest = beginning.size();
            found = secret.get();
        }
    }
    return found;
}

/// The host of an address without user and port.
std::string hostOf(std::string_view url)
{
    const auto scheme = url.find("://");
    auto host = scheme == std::string_view::npos ? url : url.substr(scheme + 3);
    host = host.substr(0, host.find('/'));
    if (const auto at = host.rfind('@'); at != std::string_view::npos)
        host = host.substr(at + 1);
    if (host.starts_with('['))
        return std::string(host.substr(1, host.find(']') - 1));
    return std::string(host.substr(0, host.find(':')));
}

} // namespace

std::string chartRepository(std::string_view name, const Objects& secrets)
{
    std::string found;
    for (const auto& secret : secrets) {
        if (manifest::label(*secret, kSecretType) != "repository" || secretText(*secret, "type") != "helm"
            || secretText(*secret, "name") != name)
            continue;
        if (secretText(*secret, "project").empty())
            return secretText(*secret, "url");
        if (found.empty())
            found = secretText(*secret, "url");
    }
    return found;
}

RepositoryAccess repositoryAccess(const gitops::SourceRepository& repository, const Objects& secrets,
                                  const Objects& configMaps)
{
    RepositoryAccess out;
    const auto wanted = gitops::normalizeGitUrl(repository.url);
    const auto* own = ownSecret(wanted, repository.project, secrets);
    if (own != nullptr) {
        takeSettings(out, *own);
        if (hasCredentials(*own))
            takeCredentials(out, *own);
    }
    if (const auto* shared = out.secret.empty() ? templateSecret(wanted, secrets) : nullptr) {
        takeSettings(out, *shared);
        takeCredentials(out, *shared);
    }
    for (const auto& map : configMaps) {
        if (manifest::name(*map) == "argocd-tls-certs-cm")
            out.authorities = text(*map, {"data", hostOf(repository.url)});
        else if (manifest::name(*map) == "argocd-ssh-known-hosts-cm")
            out.knownHosts = text(*map, {"data", "ssh_known_hosts"});
    }
    return out;
}

RepositoryKeys::RepositoryKeys(HttpSend http, std::shared_ptr<const Clock> clock)
    : m_http(std::move(http))
    , m_clock(std::move(clock))
{
}

Result<git::FetchOptions> RepositoryKeys::forGit(const RepositoryAccess& access, const std::string& url,
                                                 std::stop_token stop)
{
    if (!access.unsupported.empty() || (!access.tlsClientCert.empty() && access.credentials.password.empty()))
        return fail(
            Error::Code::Unsupported,
            fmt::format("the Secret {} has {}, which Git repositories cannot be fetched with here", access.secret,
                        access.unsupported.empty() ? "a client certificate (tlsClientCertData)" : access.unsupported),
            url, "give it a username and a password or token, or an sshPrivateKey");
    git::FetchOptions out;
    out.insecureSkipTlsVerify = access.insecure;
    out.authorities = access.authorities;
    out.knownHosts = access.knownHosts;
    out.proxy = access.proxy;
    if (!access.secret.empty())
        out.credentials = access.credentials;
    if (access.githubApp) {
        PH_TRY(const auto token, githubToken(*access.githubApp, url, stop));
        out.credentials = git::Credentials {"x-access-token", token, {}, {}, {}};
    }
    out.stop = std::move(stop);
    return out;
}

Result<std::string> RepositoryKeys::githubToken(const Value& secret, std::stop_token stop)
{
    RepositoryAccess access;
    takeCredentials(access, secret);
    if (!access.githubApp)
        return fail(Error::Code::InvalidInput, "there is no githubAppPrivateKey", "Secret " + access.secret,
                    "it has githubAppID, githubAppInstallationID and githubAppPrivateKey");
    return githubToken(*access.githubApp, "Secret " + access.secret, std::move(stop));
}

Result<std::string> RepositoryKeys::githubToken(const RepositoryAccess::GithubApp& app, const std::string& url,
                                                std::stop_token stop)
{
    auto base = app.enterpriseUrl.empty() ? std::string("https://api.github.com") : app.enterpriseUrl;
    while (base.ends_with('/'))
        base.pop_back();
    if (app.installation.empty() || app.installation.find_first_not_of(kAppNumbers) != std::string::npos)
        return fail(Error::Code::InvalidInput, "githubAppInstallationID is no number", url,
                    "take it from the address of the app's installation page");
    const auto key = app.id + '\n' + app.installation + '\n' + base;
    const auto now = m_clock->now();
    {
        const std::scoped_lock lock(m_mutex);
        if (const auto it = m_tokens.find(key); it != m_tokens.end() && it->second.until > now)
            return it->second.text;
    }
    PH_TRY(const auto appToken, notify::githubAppToken(app.id, app.privateKey, now));
    auto token = notify::githubInstallationToken(base, app.installation, appToken, m_http, std::move(stop));
    if (!token) {
        auto error = token.error().within(fmt::format("sign in for {} as the GitHub App {}", url, app.id));
        if (error.httpStatus == 401)
            error.code = Error::Code::Unauthorized;
        if (error.hint.empty())
            error.hint = "look at the app's id, installation and private key";
        return tl::unexpected(std::move(error));
    }
    const std::scoped_lock lock(m_mutex);
    m_tokens[key] = {*token, now + kTokenLife};
    return token;
}

} // namespace core::engine
