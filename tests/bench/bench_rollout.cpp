// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/snapshot.h"
#include "core/manifest/yaml.h"
#include "core/rollout/actions.h"
#include "core/rollout/plan.h"
#include "core/rollout/simulate.h"
#include "rollout_api_stages.h"

#include <fmt/format.h>
#include <malloc.h>
#include <time.h>

#include <chrono>

/// A pass over a thousand Rollouts on the embedded cluster, a whole rollout of ten steps in virtual time, and the
/// memory of a day of measurements.
///   bench_rollout [rollouts]
namespace {

using namespace core;
using manifest::Object;
using manifest::Value;
using Watch = std::chrono::steady_clock;

double milliseconds(Watch::time_point start)
{
    return std::chrono::duration<double, std::milli>(Watch::now() - start).count();
}

/// Of this thread alone: the embedded cluster's own controllers, and other programs, work beside it.
double cpuMilliseconds()
{
    timespec now {};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

constexpr std::string_view kRollout =
    "apiVersion: argoproj.io/v1alpha1\n"
    "kind: Rollout\n"
    "metadata: {name: NAME, namespace: default}\n"
    "spec:\n"
    "  replicas: 10\n"
    "  selector: {matchLabels: {app: NAME}}\n"
    "  template:\n"
    "    metadata: {labels: {app: NAME}}\n"
    "    spec: {containers: [{name: server, image: 'registry.example.com/inference:TAG'}]}\n"
    "  strategy:\n"
    "    canary:\n"
    "      steps: [{setWeight: 10}, {pause: {duration: 5m}}, {setWeight: 20}, {pause: {duration: 5m}}, {setWeight: "
    "40}, "
    "{pause: {duration: 5m}}, {setWeight: 60}, {pause: {duration: 5m}}, {setWeight: 80}, {pause: {duration: 5m}}]\n";

Value rolloutNamed(const std::string& name, const std::string& tag)
{
    std::string text(kRollout);
    for (const auto& [hole, value] : {std::pair<std::string, std::string> {"NAME", name}, {"TAG", tag}})
        for (auto at = text.find(hole); at != std::string::npos; at = text.find(hole, at + value.size()))
            text.replace(at, hole.size(), value);
    return manifest::parseYaml(text, "bench")->front().value;
}

void check(const auto& result, const char* what)
{
    if (result)
        return;
    fmt::print(stderr, "{}: {}\n", what, result.error().text());
    std::exit(1);
}

/// All pods become available at once.
void readyPods(kube::Client& client)
{
    const auto type = client.resolve("apps/v1", "ReplicaSet").value();
    const auto sets = client.list(type, "default").value();
    for (const auto& set : sets.items) {
        const auto wanted = manifest::integer(set, {"spec", "replicas"}).value_or(0);
        if (manifest::integer(set, {"status", "availableReplicas"}).value_or(0) == wanted)
            continue;
        kube::WriteOptions options;
        options.subresource = "status";
        check(client.patch(
                  type, "default", manifest::name(set), kube::PatchType::Merge,
                  Object {{"status",
                           Object {{"replicas", wanted}, {"readyReplicas", wanted}, {"availableReplicas", wanted}}}},
                  options),
              "make pods ready");
    }
}

void thousandRollouts(int count)
{
    embedded::Cluster::Options options;
    const auto clock = std::make_shared<ManualClock>(parseRfc3339("2026-03-01T10:00:00Z").value());
    options.clock = clock;
    options.simulate = false;
    const auto cluster = embedded::Cluster::open(std::move(options)).value();
    const auto client = std::make_shared<kube::Client>(cluster->transport());
    const auto cache = std::make_shared<kube::Cache>(client);
    check(cache->watchAll({}), "watch");
    for (int i = 0; i < count; ++i)
        check(client->create(rolloutNamed(fmt::format("r-{}", i), "v1")), "create");
    rollout::RolloutController::Deps deps;
    deps.client = client;
    deps.cache = cache;
    deps.clock = clock;
    rollout::RolloutController controller(std::move(deps));
    const auto settle = [&] {
        for (int pass = 0; pass < 60; ++pass) {
            cache->flush();
            const auto writes = controller.reconcileAll();
            readyPods(*client);
            if (writes == 0 && pass > 1)
                return;
        }
    };
    settle();
    for (int i = 0; i < count; ++i)
        check(rollout::setImage(*client, {"argoproj.io", "Rollout", "default", fmt::format("r-{}", i)}, "server",
                                "registry.example.com/inference:v2"),
              "set image");
    settle();
    constexpr int kPasses = 5;
    const auto start = cpuMilliseconds();
    std::size_t writes = 0;
    for (int i = 0; i < kPasses; ++i)
        writes += controller.reconcileAll();
    const auto pass = (cpuMilliseconds() - start) / kPasses;
    fmt::print("a pass over {} rollouts in the middle of a canary: {:.1f} ms, {:.3f} ms each ({} writes), CPU time\n",
               count, pass, pass / count, writes);

    rollout::Observed observed;
    const auto type = client->resolve("argoproj.io/v1alpha1", "Rollout").value();
    observed.rollout = client->get(type, "default", "r-0").value();
    for (const auto& set : cache->children(manifest::uid(observed.rollout)))
        observed.replicaSets.push_back(*set);
    const auto planning = cpuMilliseconds();
    for (int i = 0; i < 1000; ++i)
        writes += rollout::planRollout(observed, clock->now()).writes.size();
    fmt::print("the planner alone: {:.1f} us a rollout, CPU time\n", cpuMilliseconds() - planning);
}

void wholeRollout()
{
    const auto rollout = rolloutNamed("demo", "v1");
    const auto start = Watch::now();
    const auto played = rollout::simulate(rollout);
    check(played, "simulate");
    fmt::print("a preview of ten steps, {} min of virtual time: {:.1f} ms\n",
               std::chrono::duration_cast<std::chrono::minutes>(played->settled).count(), milliseconds(start));
    const auto runs = test::recordedRuns();
    const auto seed = runs.find("seed");
    if (seed == runs.end())
        return;
    const auto began = Watch::now();
    test::EmbeddedStage stage(seed->second);
    const auto wrong = test::replay(seed->second, stage, test::Controller::Ours);
    fmt::print("the seed's rollout in virtual time on the embedded cluster: {:.0f} ms{}\n", milliseconds(began), wrong);
}

/// Three metrics, one measurement a minute for a day, with the stable version beside them.
void dayOfMeasurements()
{
    const auto before = mallinfo2().uordblks;
    auto at = parseRfc3339("2026-03-01T00:00:00Z").value();
    engine::Rollout rollout;
    for (int m = 0; m < 3; ++m) {
        engine::Metric metric;
        metric.name = fmt::format("metric-{}", m);
        for (int i = 0; i < 24 * 60; ++i) {
            const auto when = at + std::chrono::minutes(i);
            metric.measurements.push_back({when, 0.99, "[0.9912345678901234]", "Successful", {}});
            metric.stable.push_back({when, 0.99});
        }
        rollout.metrics.push_back(std::move(metric));
    }
    fmt::print("a day of measurements, three metrics once a minute: {} KiB\n", (mallinfo2().uordblks - before) / 1024);
}

} // namespace

int main(int argc, char** argv)
{
    wholeRollout();
    dayOfMeasurements();
    thousandRollouts(argc > 1 ? std::atoi(argv[1]) : 1000);
}
