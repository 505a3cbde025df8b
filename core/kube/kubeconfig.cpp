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

} // namespace

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
    if (manifest::find(u, {"exec"}) != nullptr || manifest::find(u, {"auth-provider"}) != nullptr)
        return fail(Error::Code::Unsupported, fmt::format("user \"{}\" gets its credentials from a plugin", userName),
                    {}, "exec plugins are not run yet: use a token or a client certificate");
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
    access.impersonateUser = std::string(text(u, {"as"}));
    for (const auto& group : manifest::array(u, {"as-groups"})) {
        if (const auto* member = group.if_string())
            access.impersonateGroups.emplace_back(*member);
    }
    return access;
}

} // namespace core::kube
