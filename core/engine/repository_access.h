// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/http.h"
#include "core/engine/objects.h"
#include "core/git/repository.h"
#include "core/gitops/application.h"
#include "core/manifest/resource.h"

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

/// How repositories are reached, from what Argo CD keeps in its namespace (its "declarative setup"): Secrets labelled
/// argocd.argoproj.io/secret-type: repository and repo-creds, and the ConfigMaps argocd-tls-certs-cm and
/// argocd-ssh-known-hosts-cm.
namespace core::engine {

/// Never printed: holds secrets in clear.
struct RepositoryAccess
{
    std::string secret; ///< namespace/name of the Secret that has the credentials; "" = none
    git::Credentials credentials;
    struct GithubApp
    {
        std::string id, installation, privateKey, enterpriseUrl;
    };
    std::optional<GithubApp> githubApp;
    std::string tlsClientCert, tlsClientKey; ///< PEM
    std::string unsupported; ///< what the Secret asks for that does not exist here: a Google key, Azure's identity
    bool insecure = false;
    std::string authorities; ///< PEM, for the host of the address
    std::string knownHosts;
    std::string proxy;
};

/// A repository's own Secret (the same address by gitops::normalizeGitUrl; one of the project goes before one without a
/// project, and one of another project is nobody else's) and, where that has no credentials, the repo-creds whose
/// address is the longest beginning of this one (whole host names only).
[[nodiscard]] RepositoryAccess repositoryAccess(const gitops::SourceRepository& repository, const Objects& secrets,
                                                const Objects& configMaps);

/// The address of the Helm repository of this name, from its Secret (one without a project goes before one with); ""
/// where there is none.
[[nodiscard]] std::string chartRepository(std::string_view name, const Objects& secrets);

/// Turns access into what the git and Helm rooms take; fetches and keeps the tokens of GitHub Apps. Thread-safe.
class RepositoryKeys
{
public:
    /// The clock is the machine's: GitHub compares times.
    RepositoryKeys(HttpSend http, std::shared_ptr<const Clock> clock);

    /// Unsupported names the Secret and what it asks for; errors of GitHub name the app and the address.
    [[nodiscard]] Result<git::FetchOptions> forGit(const RepositoryAccess& access, const std::string& url,
                                                   std::stop_token stop);

    /// A token for the GitHub App that a Secret holds; InvalidInput with the Secret's name where it holds none.
    [[nodiscard]] Result<std::string> githubToken(const manifest::Value& secret, std::stop_token stop);

private:
    struct Token
    {
        std::string text;
        TimePoint until;
    };
    [[nodiscard]] Result<std::string> githubToken(const RepositoryAccess::GithubApp& app, const std::string& url,
                                                  std::stop_token stop);

    HttpSend m_http;
    std::shared_ptr<const Clock> m_clock;
    std::mutex m_mutex;
    std::map<std::string, Token> m_tokens; ///< by app, installation and server
};

} // namespace core::engine
