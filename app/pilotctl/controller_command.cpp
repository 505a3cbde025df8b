// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/paths.h"
#include "core/kube/curl_transport.h"
#include "core/kube/kubeconfig.h"
#include "core/kube/rate_limit.h"
#include "core/service/controller_service.h"
#include "pilotctl/context.h"

#include <CLI/CLI.hpp>

#include <csignal>
#include <cstdio>
#include <thread>

namespace pilotctl {

namespace {

struct ControllerFlags
{
    std::string nameSpace = "argocd";
    std::string address = "0.0.0.0";
    std::string identity;
    unsigned short port = 8080;
    bool verifyTargetGroup = false;
};

volatile std::sig_atomic_t ended = 0;
void onSignal(int)
{
    ended = 1;
}

/// Of the kubeconfig that is named; in a pod the cluster that it runs in; else of the user's own kubeconfig.
core::Result<core::kube::Access> access(const Context& context)
{
    if (context.kubeconfig.empty()) {
        if (context.kubeContext.empty()) {
            auto own = core::kube::inClusterAccess();
            if (own || own.error().code != core::Error::Code::NotFound)
                return own;
        }
        PH_TRY(const auto config, core::kube::Kubeconfig::standard());
        return config.access(context.kubeContext);
    }
    PH_TRY(const auto config, core::kube::Kubeconfig::load(context.kubeconfig));
    return config.access(context.kubeContext);
}

void run(Context& context, const ControllerFlags& flags)
{
    const auto cluster = access(context);
    if (!cluster)
        return context.fail(cluster.error());
    core::service::ControllerService::Deps deps;
    deps.client =
        std::make_shared<core::kube::Client>(core::kube::rateLimited(core::kube::curlTransport(*cluster), {}));
    deps.clock = std::make_shared<core::ScaledClock>();
    deps.http = core::curlHttp();
    core::service::ControllerService::Options options;
    options.nameSpace = flags.nameSpace;
    options.identity = flags.identity;
    options.cacheFolder = core::paths::cache() / "repositories";
    options.address = flags.address;
    options.port = flags.port;
    options.verifyLoadBalancers = flags.verifyTargetGroup;
    const auto service = core::service::ControllerService::create(std::move(deps), std::move(options));
    if (!service)
        return context.fail(service.error());
    std::signal(SIGINT, onSignal);
    std::signal(SIGTERM, onSignal);
    std::fprintf(stderr, "controllers of %s; probes, metrics and web hooks on port %u\n", cluster->server.c_str(),
                 static_cast<unsigned>((*service)->port()));
    std::jthread thread([&service](std::stop_token stop) { (*service)->run(std::move(stop)); });
    while (ended == 0)
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    std::fputs("stopping: the leases are given up\n", stderr);
}

} // namespace

void addController(CLI::App& program, Context& context)
{
    auto flags = std::make_shared<ControllerFlags>();
    auto* command = program.add_subcommand(
        "controller", "Run the controllers as a service on a cluster, any number of replicas, until SIGTERM");
    command->add_option("--namespace", flags->nameSpace, "namespace of Argo CD's objects and of the leases");
    command->add_option("--address", flags->address, "address of /healthz, /readyz, /metrics and /api/webhook");
    command->add_option("--port", flags->port, "its port");
    command->add_option("--identity", flags->identity, "name of this replica (default: host and a random part)");
    command->add_flag("--aws-verify-target-group", flags->verifyTargetGroup,
                      "let a weight of ALB count when AWS's load balancer carries it (needs AWS credentials)");
    command->callback([flags, &context] { run(context, *flags); });
}

} // namespace pilotctl
