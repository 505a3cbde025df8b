// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kube/exec_plugin.h"

#include "core/aws/aws.h"
#include "core/base/clock.h"
#include "core/base/process.h"
#include "core/base/strings.h"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <unistd.h>

namespace core::kube {

using manifest::Object;
using manifest::text;
using manifest::Value;

namespace {

bool isInteractive(const ExecPlugin& plugin)
{
    return plugin.interactive != ExecPlugin::Interactive::Never && ::isatty(STDIN_FILENO) == 1;
}

/// KUBERNETES_EXEC_INFO
std::string questionFor(const Access& access, bool interactive)
{
    Object spec {{"interactive", interactive}};
    if (access.exec->provideClusterInfo) {
        Object cluster {{"server", access.server}};
        if (!access.tlsServerName.empty())
            cluster["tls-server-name"] = access.tlsServerName;
        if (access.insecure)
            cluster["insecure-skip-tls-verify"] = true;
        if (!access.caPem.empty())
            cluster["certificate-authority-data"] = base64Encode(access.caPem);
        if (!access.proxyUrl.empty())
            cluster["proxy-url"] = access.proxyUrl;
        cluster["config"] = access.exec->clusterConfig;
        spec["cluster"] = std::move(cluster);
    }
    return manifest::toJson(
        Object {{"kind", "ExecCredential"}, {"apiVersion", access.exec->apiVersion}, {"spec", std::move(spec)}});
}

} // namespace

Result<PluginCredential> parsePluginAnswer(std::string_view output, const std::string& apiVersion,
                                           const std::string& where)
{
    const auto wrong = [&](std::string why) { return fail(Error::Code::Unauthorized, std::move(why), where); };
    const auto answer = manifest::parseJson(output);
    if (!answer || !answer->is_object() || text(*answer, {"kind"}) != "ExecCredential")
        return wrong("the credential plugin did not print an ExecCredential"); // its text may be secret
    if (text(*answer, {"apiVersion"}) != apiVersion)
        return wrong(
            fmt::format("the credential plugin is configured to use API version {}, plugin returned version {}",
                        apiVersion, text(*answer, {"apiVersion"})));
    if (manifest::find(*answer, {"status"}) == nullptr)
        return wrong("the credential plugin didn't return a status field");
    PluginCredential credential {std::string(text(*answer, {"status", "token"})),
                                 std::string(text(*answer, {"status", "clientCertificateData"})),
                                 std::string(text(*answer, {"status", "clientKeyData"})),
                                 {},
                                 0};
    if (credential.token.empty() && credential.certificatePem.empty() && credential.keyPem.empty())
        return wrong("the credential plugin didn't return a token or cert/key pair");
    if (credential.certificatePem.empty() != credential.keyPem.empty())
        return wrong("the credential plugin returned only certificate or key, not both");
    if (const auto end = text(*answer, {"status", "expirationTimestamp"}); !end.empty()) {
        const auto time = parseRfc3339(end);
        if (!time)
            return wrong("the credential plugin's expirationTimestamp is not a time");
        credential.expires = std::chrono::time_point_cast<std::chrono::system_clock::duration>(*time);
    }
    return credential;
}

PluginCredentials::PluginCredentials(Access access)
    : m_access(std::move(access))
{
}

Result<PluginCredential> PluginCredentials::current(std::stop_token stop)
{
    const std::scoped_lock lock(m_mutex); // others wait for the one that asks
    const bool expired = m_known && m_known->expires && *m_known->expires <= std::chrono::system_clock::now();
    if (m_known && !expired)
        return *m_known;
    PH_TRY(auto fresh, ask(std::move(stop)));
    fresh.serial = ++m_serial;
    m_known = fresh;
    return fresh;
}

void PluginCredentials::refused(const PluginCredential& credential)
{
    const std::scoped_lock lock(m_mutex);
    if (m_known && m_known->serial == credential.serial)
        m_known.reset();
}

/// The token of a cluster of Amazon's.
static Result<PluginCredential> signIn(const AwsSignIn& wanted, std::stop_token stop)
{
    const auto token = aws::clusterToken(wanted.clusterName, wanted.region, std::chrono::system_clock::now(),
                                         {curlHttp()}, {wanted.profile, wanted.roleArn}, std::move(stop));
    if (!token)
        return fail(token.error().within(fmt::format("sign in to the EKS cluster {}", wanted.clusterName)));
    return PluginCredential {token->token, {}, {}, token->expires};
}

Result<PluginCredential> PluginCredentials::ask(std::stop_token stop) const
{
    if (m_access.aws)
        return signIn(*m_access.aws, std::move(stop));
    const auto& plugin = *m_access.exec;
    const auto where = fmt::format("credential plugin {}", plugin.command);
    const bool interactive = isInteractive(plugin);
    if (plugin.interactive == ExecPlugin::Interactive::Always && !interactive)
        return fail(Error::Code::Unauthorized, "the plugin wants to ask in a terminal, and there is none", where,
                    "sign in with the cluster's own command line first, or run pilotctl in a terminal");
    ProcessOptions process;
    process.program = plugin.command;
    process.arguments = plugin.arguments;
    process.environment = plugin.environment;
    process.environment.emplace_back("KUBERNETES_EXEC_INFO", questionFor(m_access, interactive));
    process.inheritInput = interactive;
    if (interactive)
        process.timeout = std::chrono::minutes(5);
    auto outcome = runProcess(process, std::move(stop));
    if (!outcome && outcome.error().code == Error::Code::NotFound)
        return fail(Error::Code::Unauthorized, fmt::format("executable {} not found", plugin.command), where,
                    plugin.installHint);
    if (!outcome)
        return fail(outcome.error().within("get credentials"));
    if (outcome->exitCode != 0) {
        const auto words = outcome->errors.substr(0, 2000);
        return fail(Error::Code::Unauthorized,
                    fmt::format("the plugin ended with code {}: {}", outcome->exitCode, trim(words)), where);
    }
    return parsePluginAnswer(outcome->output, plugin.apiVersion, where);
}

} // namespace core::kube
