// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/sim/simulation.h"

#include "core/base/log.h"
#include "core/embedded/sim/cron_jobs.h"
#include "core/embedded/sim/logs.h"
#include "core/embedded/sim/traffic.h"
#include "core/embedded/sim/world.h"

#include <boost/json.hpp>

#include <algorithm>
#include <chrono>
#include <thread>

namespace core::embedded {

using namespace sim;
using manifest::text;

struct Simulation::Private
{
    std::shared_ptr<Clock> clock;
    std::shared_ptr<kube::Client> client;
    Options options;
    std::unique_ptr<kube::Cache> cache;
    std::unique_ptr<World> world;
    std::unique_ptr<Traffic> traffic;
    std::atomic<bool> dirty = true;
    kube::Cache::Subscription subscription;
    std::jthread thread;
    std::string scenarioVersion; ///< of the ConfigMap that was looked at last: uid and resourceVersion

    void lookForScenario();
    void run(std::stop_token stop);
    void rest(std::chrono::steady_clock::duration took, const std::stop_token& stop) const;
    void pass(std::stop_token stop);
};

/// A scenario begins when its ConfigMap is first seen; a restart goes on with it.
void Simulation::Private::lookForScenario()
{
    const auto map = world->get("", "ConfigMap", kScenarioNamespace, kScenarioName);
    const auto version =
        map ? fmt::format("{} {}", manifest::uid(*map), text(*map, {"metadata", "resourceVersion"})) : std::string();
    if (version == scenarioVersion)
        return;
    scenarioVersion = version;
    RunningScenarioPtr next;
    std::string problem;
    if (map) {
        auto parsed = parseScenario(text(*map, {"data", kScenarioKey}), kScenarioKey);
        if (parsed)
            next = std::make_shared<const RunningScenario>(RunningScenario {
                std::move(*parsed), timeOf(*map, {"metadata", "annotations", kScenarioBegan}, world->now)});
        else
            problem = parsed.error().text();
    }
    world->scenario = next;
    if (options.scenarioChanged)
        options.scenarioChanged(next);
    if (!map)
        return;
    log::info("sim", problem.empty() ? "plays scenario " + next->scenario.name : problem);
    Object annotations {{kScenarioProblem, problem.empty() ? Value(nullptr) : Value(problem)}};
    if (next)
        annotations[kScenarioBegan] = formatRfc3339(next->began);
    world->patch(*map, Object {{"metadata", Object {{"annotations", std::move(annotations)}}}});
}

/// Looks at everything and acts. A pass that changes something causes the next, by the cache's news of it.
void Simulation::Private::pass(std::stop_token stop)
{
    world->stop = stop;
    world->beginPass(clock->now());
    lookForScenario();
    if (world->scenario)
        world->wakeAt(world->scenario->nextChange(world->now));
    using Controller = void (*)(World&);
    static constexpr Controller controllers[] = {ensureNodes,    runInferenceServices, runAutoscalers, runDeployments,
                                                 runReplicaSets, runStatefulSets,      runDaemonSets,  runCronJobs,
                                                 runJobs,        runVolumes,           runNodes,       runScheduler,
                                                 runPods,        runServices,          runBudgets};
    for (const auto controller : controllers) {
        if (stop.stop_requested())
            return;
        controller(*world);
    }
}

/// With ten thousand objects a pass takes long enough to stand in the way of who makes them: others run first.
void Simulation::Private::rest(std::chrono::steady_clock::duration took, const std::stop_token& stop) const
{
    using namespace std::chrono_literals;
    if (took < 10ms)
        return;
    const auto end = std::chrono::steady_clock::now() + std::min<std::chrono::steady_clock::duration>(2 * took, 500ms);
    while (!stop.stop_requested() && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(5ms);
}

void Simulation::Private::run(std::stop_token stop)
{
    auto nextPass = TimePoint {};
    while (!stop.stop_requested()) {
        const auto ticket = clock->ticket();
        const auto now = clock->now();
        if (dirty.exchange(false) || now >= nextPass) {
            const auto begin = std::chrono::steady_clock::now();
            pass(stop);
            nextPass = world->nextWake();
            rest(std::chrono::steady_clock::now() - begin, stop);
        }
        const auto nextSample = traffic->step(*world, clock->now());
        if (!dirty)
            clock->waitUntil(std::min(nextPass, nextSample), stop, ticket);
    }
}

Simulation::Simulation(std::unique_ptr<Private> d)
    : m_d(std::move(d))
{
}

Simulation::~Simulation()
{
    m_d->thread.request_stop();
    m_d->clock->wakeAll();
    if (m_d->thread.joinable())
        m_d->thread.join();
}

Result<std::unique_ptr<Simulation>> startSimulation(kube::TransportPtr transport, std::shared_ptr<Clock> clock,
                                                    Simulation::Options options)
{
    auto d = std::make_unique<Simulation::Private>();
    d->clock = std::move(clock);
    d->options = options;
    d->client = std::make_shared<kube::Client>(std::move(transport));
    d->cache = std::make_unique<kube::Cache>(d->client);
    d->world = std::make_unique<World>(d->client, *d->cache, options);
    d->traffic = std::make_unique<Traffic>(options);
    d->subscription = d->cache->subscribe([p = d.get()](const auto& changes) {
        const bool matters = std::any_of(changes.begin(), changes.end(),
                                         [](const auto& change) { return manifest::kind(change.object()) != "Event"; });
        if (matters && !p->dirty.exchange(true))
            p->clock->wakeAll();
    });
    static const std::pair<const char*, const char*> kinds[] = {{"", "Node"},
                                                                {"", "Pod"},
                                                                {"", "Service"},
                                                                {"", "PersistentVolumeClaim"},
                                                                {"", "PersistentVolume"},
                                                                {"", "ConfigMap"},
                                                                {"", "Secret"},
                                                                {"", "Event"},
                                                                {"apps", "Deployment"},
                                                                {"apps", "ReplicaSet"},
                                                                {"apps", "StatefulSet"},
                                                                {"apps", "DaemonSet"},
                                                                {"apps", "ControllerRevision"},
                                                                {"batch", "Job"},
                                                                {"batch", "CronJob"},
                                                                {"discovery.k8s.io", "EndpointSlice"},
                                                                {"storage.k8s.io", "StorageClass"},
                                                                {"policy", "PodDisruptionBudget"},
                                                                {"autoscaling", "HorizontalPodAutoscaler"},
                                                                {"argoproj.io", "Rollout"},
                                                                {"networking.istio.io", "VirtualService"},
                                                                {"networking.k8s.io", "Ingress"},
                                                                {"networking.k8s.io", "IngressClass"},
                                                                {"serving.kserve.io", "InferenceService"}};
    for (const auto& [group, kind] : kinds) {
        const auto type = d->client->resolve(manifest::GroupKind {group, kind});
        if (!type) {
            log::warning("sim", type.error().text());
            continue;
        }
        PH_CHECK(d->cache->watch(*type, {}));
    }
    d->thread = std::jthread([p = d.get()](std::stop_token stop) { p->run(stop); });
    return std::unique_ptr<Simulation>(new Simulation(std::move(d)));
}

kube::Response Simulation::prometheus(const kube::Request& request) const
{
    return m_d->traffic->prometheus(request, m_d->clock->now());
}

Result<> Simulation::logs(const LogRequest& request, const std::function<bool(std::string_view)>& onText,
                          std::stop_token stop) const
{
    const auto podNow = [&] { return m_d->world->get("", "Pod", request.nameSpace, request.pod); };
    return sim::printLog(podNow, *m_d->clock, request, onText, stop);
}

} // namespace core::embedded
