// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kube/kubeconfig.h"

#include "core/base/paths.h"
#include "core/base/strings.h"
#include "core/manifest/yaml.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <cstdlib>

namespace core::kube {

using manifest::text;
using manifest::Value;

namespace {

/// The content of X-data (base64), else of the file X.
Result<std::string> pem(const Value& value, const std::string& member, const std::filesystem::path& folder)
{
    if (const auto data = text(value, {member + "-data"}); !data.empty())
        return base64Decode(data);
    const std::filesystem::path file(std::string(text(value, {member})));
    if (file.empty())
        return std::string();
    return paths::readFile(file.is_absolute() ? file : folder / file, std::size_t {1} << 20);
}

Result<ExecPlugin> pluginOf(const Value& exec, const Value& cluster, const std::filesystem::path& folder,
                            std::string_view user)
{
    using Interactive = ExecPlugin::Interactive;
    const auto wrong = [&](std::string_view why) {
        return fail(Error::Code::InvalidInput, fmt::format("user \"{}\": exec plugin: {}", user, why));
    };
    ExecPlugin plugin;
    plugin.apiVersion = std::string(text(exec, {"apiVersion"}));
    plugin.command = std::string(text(exec, {"command"}));
    if (plugin.command.empty())
        return wrong("command must be specified");
    const bool first = plugin.apiVersion == "client.authentication.k8s.io/v1beta1";
    if (!first && plugin.apiVersion != "client.authentication.k8s.io/v1")
        return wrong(fmt::format("apiVersion \"{}\" is not known (client.authentication.k8s.io/v1 or v1beta1)",
                                 plugin.apiVersion));
    if (plugin.command.find('/') != std::string::npos && std::filesystem::path(plugin.command).is_relative())
        plugin.command = (folder / plugin.command).string();
    for (const auto& argument : manifest::array(exec, {"args"})) {
        if (const auto* word = argument.if_string())
            plugin.arguments.emplace_back(*word);
    }
    for (const auto& variable : manifest::array(exec, {"env"}))
        plugin.environment.emplace_back(text(variable, {"name"}), text(variable, {"value"}));
    plugin.installHint = std::string(text(exec, {"installHint"}));
    plugin.provideClusterInfo = manifest::flag(exec, {"provideClusterInfo"});
    const auto mode = text(exec, {"interactiveMode"});
    if (mode == "Never")
        plugin.interactive = Interactive::Never;
    else if (mode == "Always")
        plugin.interactive = Interactive::Always;
    else if (mode != "IfAvailable" && !(mode.empty() && first))
        return wrong("interactiveMode must be Never, IfAvailable or Always");
    for (const auto& extension : manifest::array(cluster, {"extensions"})) {
        const auto* content = manifest::find(extension, {"extension"});
        if (content != nullptr && text(extension, {"name"}) == "client.authentication.k8s.io/exec")
            plugin.clusterConfig = *content;
    }
    return plugin;
}

/// oidc's id-token as a bearer token; kubectl knows no other provider any more either.
Result<std::string> providerToken(const Value& provider, std::string_view user)
{
    const auto token = text(provider, {"config", "id-token"});
    if (text(provider, {"name"}) == "oidc" && !token.empty())
        return std::string(token);
    return fail(
        Error::Code::Unsupported,
        fmt::format("user \"{}\" gets its credentials from the auth provider \"{}\"", user, text(provider, {"name"})),
        {}, "use the exec plugin of this provider");
}

} // namespace

Result<Access> inClusterAccess(const std::filesystem::path& account)
{
    const char* host = std::getenv("KUBERNETES_SERVICE_HOST");
    const char* port = std::getenv("KUBERNETES_SERVICE_PORT");
    if (host == nullptr || port == nullptr || *host == '\0' || *port == '\0')
        return fail(Error::Code::NotFound,
                    "not in a cluster: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set");
    const std::string name(host);
    Access access;
    access.context = "in-cluster";
    access.server = name.find(':') == std::string::npos ? fmt::format("https://{}:{}", name, port)
                                                        : fmt::format("https://[{}]:{}", name, port);
    access.tokenFile = account / "token";
    PH_CHECK(paths::readFile(access.tokenFile, std::size_t {1} << 20)); // say it now where it is missing
    PH_TRY(access.caPem, paths::readFile(account / "ca.crt", std::size_t {1} << 20));
    if (const auto space = paths::readFile(account / "namespace", 1024); space && !trim(*space).empty())
        access.nameSpace = std::string(trim(*space));
    return access;
}

Result<> Kubeconfig::add(const std::filesystem::path& file)
{
    PH_TRY(const auto content, paths::readFile(file, std::size_t {16} << 20));
    PH_TRY(const auto documents, manifest::parseYaml(content, file.string()));
    if (documents.empty())
        return {};
    const auto& root = documents.front().value;
    if (!root.is_object())
        return fail(Error::Code::InvalidInput, "a kubeconfig is a map", file.string());
    if (m_current.empty())
        m_current = std::string(text(root, {"current-context"}));
    const auto folder = std::filesystem::absolute(file).parent_path();
    const auto take = [&](std::string_view list, std::string_view member, auto& into) {
        std::map<std::string, Entry> own; // of doubled names in one file the later wins
        for (const auto& entry : manifest::array(root, {list})) {
            if (const auto* value = manifest::find(entry, {member}); value != nullptr && value->is_object())
                own[std::string(text(entry, {"name"}))] = {*value, folder};
        }
        into.merge(std::map<std::string, Entry, std::less<>>(own.begin(), own.end()));
    };
    take("clusters", "cluster", m_clusters);
    take("users", "user", m_users);
    take("contexts", "context", m_contexts);
    return {};
}

Result<Kubeconfig> Kubeconfig::load(const std::filesystem::path& file)
{
    Kubeconfig config;
    PH_CHECK(config.add(file));
    return config;
}

Result<Kubeconfig> Kubeconfig::merge(const std::vector<std::filesystem::path>& files)
{
    Kubeconfig config;
    for (const auto& file : files) {
        std::error_code ignored;
        if (!file.empty() && std::filesystem::exists(file, ignored))
            PH_CHECK(config.add(file));
    }
    return config;
}

Result<Kubeconfig> Kubeconfig::standard()
{
    std::vector<std::filesystem::path> files;
    if (const char* list = std::getenv("KUBECONFIG"); list != nullptr && *list != '\0') {
        for (const auto& file : split(list, ':'))
            files.emplace_back(file);
    } else if (const char* home = std::getenv("HOME")) {
        files.push_back(std::filesystem::path(home) / ".kube" / "config");
    }
    return merge(files);
}

std::vector<std::string> Kubeconfig::contexts() const
{
    std::vector<std::string> out;
    for (const auto& [name, entry] : m_contexts)
        out.push_back(name);
    return out;
}

Result<Access> Kubeconfig::access(std::string_view context) const
{
    const auto name = context.empty() ? m_current : std::string(context);
    const auto at = m_contexts.find(name);
    if (at == m_contexts.end())
        return fail(Error::Code::NotFound, fmt::format("context \"{}\" does not exist", name), {},
                    "choose one of the kubeconfig's contexts");
    const auto clusterName = text(at->second.value, {"cluster"});
    const auto cluster = m_clusters.find(clusterName);
    if (cluster == m_clusters.end())
        return fail(Error::Code::NotFound,
                    fmt::format("cluster \"{}\" of context \"{}\" does not exist", clusterName, name));
    Access access;
    access.context = name;
    if (const auto space = text(at->second.value, {"namespace"}); !space.empty())
        access.nameSpace = std::string(space);
    const auto& c = cluster->second.value;
    access.server = std::string(text(c, {"server"}));
    if (access.server.empty())
        return fail(Error::Code::InvalidInput, fmt::format("cluster \"{}\" has no server", clusterName));
    access.insecure = manifest::flag(c, {"insecure-skip-tls-verify"});
    access.tlsServerName = std::string(text(c, {"tls-server-name"}));
    access.proxyUrl = std::string(text(c, {"proxy-url"}));
    access.disableCompression = manifest::flag(c, {"disable-compression"});
    PH_TRY(access.caPem, pem(c, "certificate-authority", cluster->second.folder));
    if (access.insecure && !access.caPem.empty())
        return fail(
            Error::Code::InvalidInput,
            fmt::format("cluster \"{}\": insecure-skip-tls-verify and a certificate authority exclude each other",
                        clusterName));
    const auto userName = text(at->second.value, {"user"});
    if (userName.empty())
        return access;
    const auto user = m_users.find(userName);
    if (user == m_users.end())
        return fail(Error::Code::NotFound, fmt::format("user \"{}\" of context \"{}\" does not exist", userName, name));
    const auto& u = user->second.value;
    PH_TRY(access.clientCertificatePem, pem(u, "client-certificate", user->second.folder));
    PH_TRY(access.clientKeyPem, pem(u, "client-key", user->second.folder));
    if (access.clientCertificatePem.empty() != access.clientKeyPem.empty())
        return fail(Error::Code::InvalidInput,
                    fmt::format("user \"{}\": a client certificate and its key go together", userName));
    access.token = std::string(text(u, {"token"}));
    if (const std::filesystem::path file(std::string(text(u, {"tokenFile"}))); access.token.empty() && !file.empty())
        access.tokenFile = file.is_absolute() ? file : user->second.folder / file;
    access.username = std::string(text(u, {"username"}));
    access.password = std::string(text(u, {"password"}));
    if (!access.username.empty() && (!access.token.empty() || !access.tokenFile.empty()))
        return fail(Error::Code::InvalidInput,
                    fmt::format("user \"{}\": more than one authentication method", userName));
    if (const auto* provider = manifest::find(u, {"auth-provider"}); provider != nullptr && access.token.empty()) {
        PH_TRY(access.token, providerToken(*provider, userName));
    }
    if (const auto* exec = manifest::find(u, {"exec"})) {
        PH_TRY(access.exec, pluginOf(*exec, c, user->second.folder, userName));
    }
    access.impersonateUser = std::string(text(u, {"as"}));
    access.impersonateUid = std::string(text(u, {"as-uid"}));
    for (const auto& [key, values] : manifest::object(u, {"as-user-extra"})) {
        auto& into = access.impersonateExtra[std::string(key)];
        for (const auto& value : values.is_array() ? values.get_array() : manifest::Array())
            into.emplace_back(value.is_string() ? std::string_view(value.get_string()) : std::string_view());
    }
    for (const auto& group : manifest::array(u, {"as-groups"})) {
        if (const auto* member = group.if_string())
            access.impersonateGroups.emplace_back(*member);
    }
    return access;
}

} // namespace core::kube
