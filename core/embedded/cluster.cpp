// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/cluster.h"

#include "core/base/paths.h"
#include "core/embedded/api_server.h"
#include "core/embedded/https_server.h"
#include "core/embedded/interferer.h"
#include "core/embedded/sim/resource_metrics.h"
#include "core/embedded/sim/simulation.h"
#include "core/embedded/snapshot.h"
#include "core/embedded/system_controllers.h"

#include <fmt/format.h>

#include <condition_variable>
#include <mutex>

namespace core::embedded {

namespace {

/// Whether a scenario's failures of requests come this way.
enum class Interference : std::uint8_t { Spared, Met };

/// A direct call into the API server.
class DirectTransport final : public kube::Transport
{
public:
    DirectTransport(std::shared_ptr<ApiServer> server, std::string name, Interference interference)
        : m_server(std::move(server))
        , m_name(std::move(name))
        , m_interference(interference)
    {
    }

    Result<kube::Response> send(const kube::Request& request, std::stop_token stop) override
    {
        if (auto answer = before(request, stop))
            return std::move(*answer);
        if (stop.stop_requested())
            return fail(Error::Code::Cancelled, fmt::format("{} {} was cancelled", request.method, request.path));
        return m_server->handle(request);
    }

    Result<kube::Response> stream(const kube::Request& request, const std::function<bool(std::string_view)>& onChunk,
                                  std::stop_token stop) override
    {
        if (auto answer = before(request, stop))
            return std::move(*answer);
        if (m_interference == Interference::Spared)
            return m_server->stream(request, onChunk, std::move(stop));
        bool cut = false;
        const auto began = std::chrono::steady_clock::now();
        auto response = m_server->stream(request, onChunk, std::move(stop), administrator(), [&] {
            const auto interferer = m_server->interferer();
            cut = interferer && interferer->cuts(request, administrator(), std::chrono::steady_clock::now() - began);
            return cut;
        });
        if (cut)
            return fail(Error::Code::Unavailable, "the connection was reset, as the scenario says", description());
        return response;
    }

    [[nodiscard]] std::string description() const override { return "embedded cluster " + m_name; }

private:
    /// The answer that a scenario gives in the server's place.
    std::optional<kube::Response> before(const kube::Request& request, const std::stop_token& stop)
    {
        const auto interferer = m_interference == Interference::Met ? m_server->interferer() : nullptr;
        if (!interferer)
            return std::nullopt;
        auto before = interferer->before(request, administrator());
        std::mutex mutex;
        std::unique_lock lock(mutex);
        std::condition_variable_any().wait_for(lock, stop, before.delay, [] { return false; });
        return std::move(before.answer);
    }

    std::shared_ptr<ApiServer> m_server;
    std::string m_name;
    const Interference m_interference;
};

} // namespace

struct Cluster::Private
{
    Options options;
    std::shared_ptr<ApiServer> server;
    kube::TransportPtr transport;
    std::unique_ptr<SystemControllers> controllers;
    std::shared_ptr<Simulation> simulation;
    std::mutex mutex; ///< of the members below
    std::unique_ptr<HttpsServer> https;
    std::filesystem::path kubeconfig;
    std::string url;
};

Cluster::Cluster(std::unique_ptr<Private> d)
    : m_d(std::move(d))
{
}

Cluster::~Cluster() = default;

Result<std::unique_ptr<Cluster>> Cluster::open(Options options)
{
    auto d = std::make_unique<Private>();
    d->options = std::move(options);
    if (!d->options.clock)
        return fail(Error::Code::Internal, "an embedded cluster needs a clock");
    Store::Options storeOptions;
    storeOptions.folder = d->options.folder;
    if (auto& snapshot = d->options.snapshot) {
        storeOptions.seeds = seedsOf(*snapshot);
        storeOptions.seedVersion = snapshot->version;
        snapshot.reset(); // the store has it now
    }
    PH_TRY(auto store, Store::open(storeOptions));
    ApiServer::Options serverOptions;
    serverOptions.store = std::move(store);
    serverOptions.clock = d->options.clock;
    PH_TRY(auto server, ApiServer::open(std::move(serverOptions)));
    d->server = std::move(server);
    d->transport = std::make_shared<DirectTransport>(d->server, d->options.name, Interference::Met);
    d->controllers = std::make_unique<SystemControllers>(*d->server);
    if (d->options.simulate) {
        Simulation::Options simulationOptions;
        simulationOptions.scenarioChanged = [server = std::weak_ptr<ApiServer>(d->server),
                                             clock = d->options.clock](const sim::RunningScenarioPtr& scenario) {
            if (const auto running = server.lock())
                running->setInterferer(scenario && !scenario->scenario.requests.empty()
                                           ? std::make_shared<Interferer>(scenario, clock)
                                           : nullptr);
        };
        const auto own = std::make_shared<DirectTransport>(d->server, d->options.name, Interference::Spared);
        PH_TRY(auto simulation, startSimulation(own, d->options.clock, std::move(simulationOptions)));
        d->simulation = std::move(simulation);
        d->server->setExtension([weak = std::weak_ptr<kube::Transport>(own), clock = d->options.clock](
                                    const kube::Request& request) -> std::optional<kube::Response> {
            const auto cluster = weak.lock(); // it holds the server
            return cluster ? sim::resourceMetrics(request, *cluster, clock->now()) : std::nullopt;
        });
        d->server->setLogSource(
            [weak = std::weak_ptr<Simulation>(d->simulation)](const ApiServer::LogRequest& request,
                                                              const std::function<bool(std::string_view)>& onText,
                                                              std::stop_token stop) -> Result<> {
                Simulation::LogRequest wanted {request.nameSpace, request.pod,      request.container,
                                               request.follow,    request.previous, request.timestamps};
                wanted.tailLines = request.tailLines.value_or(-1);
                wanted.since = request.since;
                const auto running = weak.lock();
                return running ? running->logs(wanted, onText, std::move(stop)) : Result<> {};
            });
    }
    return std::unique_ptr<Cluster>(new Cluster(std::move(d)));
}

kube::TransportPtr Cluster::transport() const
{
    return m_d->transport;
}

Clock& Cluster::clock() const
{
    return *m_d->options.clock;
}

Result<std::string> Cluster::serve(unsigned short port, const std::filesystem::path& kubeconfig)
{
    const std::lock_guard lock(m_d->mutex);
    if (m_d->https)
        return m_d->url;
    const auto& folder = m_d->options.folder;
    if (folder.empty() && kubeconfig.empty())
        return fail(Error::Code::InvalidInput, "a cluster in memory needs a path for its kubeconfig");
    PH_TRY(const auto credentials, folder.empty() ? generateCredentials() : loadCredentials(folder));
    PH_TRY(auto https, HttpsServer::start(m_d->server, credentials, port));
    const auto address = fmt::format("127.0.0.1:{}", https->port());
    const auto url = "https://" + address;
    const auto path = kubeconfig.empty() ? folder / "kubeconfig" : kubeconfig;
    PH_CHECK(paths::writeFileAtomically(path, kubeconfigText(credentials, url, m_d->options.name), true));
    m_d->server->setAddress(address);
    m_d->https = std::move(https);
    m_d->kubeconfig = path;
    m_d->url = url;
    return url;
}

std::filesystem::path Cluster::kubeconfigPath() const
{
    const std::lock_guard lock(m_d->mutex);
    return m_d->kubeconfig;
}

std::optional<Error> Cluster::writeProblem() const
{
    return m_d->server->store().writeProblem();
}

kube::Response Cluster::prometheus(const kube::Request& request) const
{
    if (m_d->simulation)
        return m_d->simulation->prometheus(request);
    return {503,
            {{"content-type", "application/json"}},
            R"({"status":"error","errorType":"unavailable","error":"the cluster runs without its simulation"})"};
}

} // namespace core::embedded
