// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/connections.h"

#include "core/engine/argo_engine.h"
#include "core/engine/local_engine.h"
#include "core/kube/curl_transport.h"
#include "core/kube/kubeconfig.h"

namespace core::engine {

bool soundsLikeProduction(const std::string& name)
{
    return name.find("prod") != std::string::npos;
}

Result<std::vector<ConnectionChoice>> connectionChoices(const std::filesystem::path& kubeconfig)
{
    PH_TRY(const auto config, kubeconfig.empty() ? kube::Kubeconfig::standard() : kube::Kubeconfig::load(kubeconfig));
    std::vector<ConnectionChoice> out;
    for (const auto& name : config.contexts()) {
        ConnectionChoice choice;
        choice.context = name;
        choice.current = name == config.currentContext();
        choice.production = soundsLikeProduction(name);
        if (const auto access = config.access(name))
            choice.server = access->server;
        else
            choice.problem = access.error().text();
        out.push_back(std::move(choice));
    }
    return out;
}

Result<std::unique_ptr<Engine>> openArgoServer(const ArgoLogin& login)
{
    kube::Access access;
    access.server = login.server.find("://") == std::string::npos ? "https://" + login.server : login.server;
    access.insecure = login.insecure;
    if (!access.server.starts_with("https://") && !access.server.starts_with("http://"))
        return fail(Error::Code::InvalidInput, "this is no address of an Argo CD server", login.server,
                    "give its address as for the browser: https://argocd.example.com");
    PH_TRY(
        auto engine,
        ArgoEngine::open({kube::curlTransport(access), {}, login.server, login.token, login.username, login.password}));
    return engine;
}

Result<std::unique_ptr<Engine>> openSnapshot(const std::filesystem::path& file)
{
    return LocalEngine::openSnapshot(file);
}

} // namespace core::engine
