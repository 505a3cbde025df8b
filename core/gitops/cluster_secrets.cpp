// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/aws/aws.h"
#include "core/base/strings.h"
#include "core/gitops/clusters.h"
#include "core/manifest/secret.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace core::gitops {

namespace {

using manifest::text;
using manifest::Value;

constexpr std::string_view kSecretType = "argocd.argoproj.io/secret-type";

std::string withoutSlash(std::string server)
{
    while (server.ends_with('/'))
        server.pop_back();
    return server;
}

RegisteredCluster read(const Value& secret)
{
    RegisteredCluster cluster {manifest::secretText(secret, "name"),
                               withoutSlash(manifest::secretText(secret, "server")),
                               manifest::secretText(secret, "project"), secret};
    const auto namespaces = manifest::secretText(secret, "namespaces");
    for (const auto& item : split(namespaces, ',')) {
        if (const auto name = trim(item); !name.empty())
            cluster.namespaces.emplace_back(name);
    }
    cluster.clusterResources = manifest::secretText(secret, "clusterResources") == "true";
    return cluster;
}

Result<kube::ExecPlugin> pluginOf(const Value& config, const std::string& where)
{
    kube::ExecPlugin plugin;
    plugin.apiVersion = std::string(text(config, {"apiVersion"}));
    plugin.command = std::string(text(config, {"command"}));
    plugin.installHint = std::string(text(config, {"installHint"}));
    plugin.interactive = kube::ExecPlugin::Interactive::Never;
    plugin.provideClusterInfo = true;
    for (const auto& item : manifest::array(config, {"args"}))
        plugin.arguments.emplace_back(item.is_string() ? std::string_view(item.get_string()) : std::string_view());
    for (const auto& member : manifest::object(config, {"env"})) {
        if (member.value().is_string())
            plugin.environment.emplace_back(member.key(), member.value().get_string());
    }
    if (plugin.command.empty() || plugin.apiVersion.empty())
        return fail(Error::Code::InvalidInput, "execProviderConfig needs command and apiVersion", where);
    return plugin;
}

/// The bytes of a member that is written in base64.
Result<std::string> bytes(const Value& config, std::string_view key, const std::string& where)
{
    auto decoded = base64Decode(text(config, {"tlsClientConfig", key}));
    if (!decoded)
        return fail(Error::Code::InvalidInput, fmt::format("tlsClientConfig.{} is not base64", key), where);
    return std::move(*decoded);
}

} // namespace

std::vector<RegisteredCluster> registeredClusters(const std::vector<kube::ObjectPtr>& secrets,
                                                  std::string_view nameSpace, OwnCluster own)
{
    std::vector<RegisteredCluster> out;
    bool local = own == OwnCluster::Disabled;
    for (const auto& secret : secrets) {
        if (manifest::label(*secret, kSecretType) != "cluster" || manifest::nameSpace(*secret) != nameSpace)
            continue;
        auto cluster = read(*secret);
        if (cluster.server == kInClusterServer && own == OwnCluster::Disabled)
            continue;
        local = local || cluster.server == kInClusterServer;
        out.push_back(std::move(cluster));
    }
    if (!local)
        out.push_back({std::string(kInClusterName), std::string(kInClusterServer), {}, {}});
    std::stable_sort(out.begin(), out.end(),
                     [](const RegisteredCluster& a, const RegisteredCluster& b) { return a.name < b.name; });
    return out;
}

std::string RegisteredCluster::refuses(const manifest::ResourceKey& key) const
{
    if (namespaces.empty())
        return {};
    if (key.nameSpace.empty())
        return clusterResources
            ? std::string()
            : fmt::format("cluster level {} \"{}\" can not be managed when in namespaced mode", key.kind, key.name);
    const bool managed = std::find(namespaces.begin(), namespaces.end(), key.nameSpace) != namespaces.end();
    return managed ? std::string()
                   : fmt::format("namespace \"{}\" for {} \"{}\" is not managed", key.nameSpace, key.kind, key.name);
}

Result<const RegisteredCluster*> chooseCluster(const std::vector<RegisteredCluster>& clusters,
                                               const std::string& server, const std::string& name)
{
    const auto refused = [](std::string message) { return fail(Error::Code::InvalidInput, std::move(message)); };
    if (!name.empty() && !server.empty())
        return refused(
            fmt::format("application destination can't have both name and server defined: {} {}", name, server));
    if (name.empty() && server.empty())
        return refused("Destination server missing from app spec");
    if (name.empty()) {
        const auto found =
            std::find_if(clusters.begin(), clusters.end(),
                         [wanted = withoutSlash(server)](const auto& cluster) { return cluster.server == wanted; });
        if (found != clusters.end())
            return &*found;
        return refused(fmt::format(
            "error getting cluster by server \"{0}\": rpc error: code = NotFound desc = cluster \"{0}\" {1}", server,
            server == kInClusterServer ? "is disabled" : "not found"));
    }
    std::vector<std::string> servers;
    const RegisteredCluster* found = nullptr;
    for (const auto& cluster : clusters) {
        if (cluster.name != name)
            continue;
        servers.push_back(cluster.server);
        found = &cluster;
    }
    if (found == nullptr)
        return refused(fmt::format("there are no clusters with this name: {}", name));
    if (servers.size() > 1)
        return refused(
            fmt::format("there are {} clusters with the same name: [{}]", servers.size(), join(servers, " ")));
    return found;
}

namespace {

/// The region stands in the server's address (https://ID.gr7.eu-west-1.eks.amazonaws.com), else in the environment.
kube::AwsSignIn awsSignIn(const Value& config, std::string_view server)
{
    kube::AwsSignIn out;
    out.clusterName = text(config, {"clusterName"});
    out.roleArn = text(config, {"roleARN"});
    out.profile = text(config, {"profile"});
    const auto parts = split(server.substr(0, server.find('/', server.find("://") + 3)), '.');
    for (std::size_t i = 1; i + 1 < parts.size(); ++i)
        if (parts[i + 1] == "eks")
            out.region = parts[i];
    if (out.region.empty())
        out.region = aws::region({});
    return out;
}

} // namespace

Result<kube::Access> clusterAccess(const RegisteredCluster& cluster, ExecPlugins exec)
{
    const auto where =
        fmt::format("config of Secret {}/{}", manifest::nameSpace(cluster.secret), manifest::name(cluster.secret));
    const auto refused = [&](std::string why, Error::Code code = Error::Code::InvalidInput, std::string hint = {}) {
        return fail(code, std::move(why), where, std::move(hint));
    };
    kube::Access access;
    access.context = cluster.name;
    access.server = cluster.server;
    if (!access.server.starts_with("https://") && !access.server.starts_with("http://"))
        return refused("server is no http or https address");
    const auto written = manifest::secretText(cluster.secret, "config");
    if (written.empty())
        return access;
    const auto config = manifest::parseJson(written, where);
    if (!config || !config->is_object()) // the parser's words may quote what is secret
        return refused("failed to unmarshal cluster config: it is no JSON object");
    access.token = std::string(text(*config, {"bearerToken"}));
    access.username = std::string(text(*config, {"username"}));
    access.password = std::string(text(*config, {"password"}));
    access.proxyUrl = std::string(text(*config, {"proxyUrl"}));
    access.disableCompression = manifest::flag(*config, {"disableCompression"});
    access.insecure = manifest::flag(*config, {"tlsClientConfig", "insecure"});
    access.tlsServerName = std::string(text(*config, {"tlsClientConfig", "serverName"}));
    PH_TRY(access.caPem, bytes(*config, "caData", where));
    PH_TRY(access.clientCertificatePem, bytes(*config, "certData", where));
    PH_TRY(access.clientKeyPem, bytes(*config, "keyData", where));
    if (access.insecure && !access.caPem.empty())
        return refused("specifying a root certificates file with the insecure flag is not allowed");
    if (access.clientCertificatePem.empty() != access.clientKeyPem.empty())
        return refused("tlsClientConfig.certData and keyData go together");
    if (!access.token.empty() && !access.username.empty())
        return refused("username/password or bearer token may be set, but not both");
    if (const auto* plugin = manifest::find(*config, {"execProviderConfig"}); plugin && plugin->is_object()) {
        PH_TRY(access.exec, pluginOf(*plugin, where));
        if (exec == ExecPlugins::Refuse)
            return refused(fmt::format("execProviderConfig would run {} on this machine, which a Secret of a cluster "
                                       "does not decide",
                                       access.exec->command),
                           Error::Code::Unsupported,
                           "let pilotctl controller sync these applications, or use a bearer token");
    }
    if (const auto* aws = manifest::find(*config, {"awsAuthConfig"}); aws && aws->is_object()) {
        access.aws = awsSignIn(*aws, access.server);
        if (access.aws->clusterName.empty())
            return refused("awsAuthConfig has no clusterName");
        if (access.aws->region.empty())
            return refused("awsAuthConfig: the region is not known", Error::Code::InvalidInput,
                           "set AWS_REGION, or use the server's address at eks.amazonaws.com");
        if (exec == ExecPlugins::Refuse)
            return refused("awsAuthConfig would sign in with this machine's AWS keys, which a Secret of a cluster does "
                           "not decide",
                           Error::Code::Unsupported,
                           "let pilotctl controller sync these applications, or use a bearer token");
    }
    return access;
}

} // namespace core::gitops
