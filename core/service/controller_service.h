// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/http.h"
#include "core/kube/client.h"
#include "core/service/http_server.h"

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>

namespace core::service {

/// Our controllers as a service (`pilotctl controller`): Applications are shared by all replicas, ApplicationSets,
/// Rollouts and notifications are looked after by the one that leads. Where a controller of Argo's own runs in the
/// cluster, ours of the same kind stands back. All state is in the cluster.
class ControllerService
{
public:
    struct Options
    {
        std::string nameSpace = "argocd"; ///< of Argo CD's objects, and of the Leases
        std::string identity; ///< of this replica; "" = host and a random part
        std::filesystem::path cacheFolder; ///< mirrors of repositories
        std::string address = "0.0.0.0";
        unsigned short port = 8080; ///< 0: any free one
        bool verifyLoadBalancers = false; ///< as Argo Rollouts' --aws-verify-target-group
        Duration leaseDuration = std::chrono::seconds(15);
        Duration renewDeadline = std::chrono::seconds(10);
        Duration renewEvery = std::chrono::seconds(2);
    };
    struct Deps
    {
        std::shared_ptr<kube::Client> client;
        std::shared_ptr<Clock> clock;
        HttpSend http;
    };

    /// Opens the port. Nothing runs yet.
    [[nodiscard]] static Result<std::unique_ptr<ControllerService>> create(Deps deps, Options options);
    ~ControllerService();

    /// Blocks until stop, then ends the controllers and gives up the Leases, so that others go on at once.
    void run(std::stop_token stop);
    /// As run(), but when it ends the Leases stay as they are: what a process that dies leaves. For tests.
    void runAndDie(std::stop_token stop);

    [[nodiscard]] unsigned short port() const;
    [[nodiscard]] bool leads() const;
    [[nodiscard]] bool owns(const std::string& nameSpace, const std::string& application) const;
    /// What the port answers: /healthz, /readyz, /metrics, /api/webhook.
    [[nodiscard]] HttpReply answer(const HttpQuestion& question);

private:
    struct Private;
    explicit ControllerService(std::unique_ptr<Private> d);
    std::unique_ptr<Private> m_d;
};

} // namespace core::service
