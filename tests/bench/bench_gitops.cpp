// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/cluster.h"
#include "core/gitops/controller.h"
#include "core/gitops/project.h"
#include "core/kube/cache.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <mutex>
#include <thread>

/// Many applications on the embedded cluster: time until all are compared, cost of doing nothing, reaction to a commit
/// and to a live change, and a comparison of 350 applications with a branch.
///   bench_gitops [applications]
namespace {

using namespace core;
using manifest::Value;
using Watch = std::chrono::steady_clock;

double since(Watch::time_point start)
{
    return std::chrono::duration<double>(Watch::now() - start).count();
}

double processorSeconds()
{
    timespec time {};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

void check(const auto& result, const char* what)
{
    if (result)
        return;
    fmt::print(stderr, "{}: {}\n", what, result.error().text());
    std::exit(1);
}

git::TreePtr treeOf(int applications, const std::string& value)
{
    std::map<std::string, std::string> files;
    for (int i = 0; i < applications; ++i) {
        files[fmt::format("app-{}/kustomization.yaml", i)] = "resources: [all.yaml]\nnamePrefix: p-\n";
        files[fmt::format("app-{}/all.yaml", i)] = fmt::format(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c-{0}}}\ndata: {{a: '{1}'}}\n---\napiVersion: apps/v1\n"
            "kind: Deployment\nmetadata: {{name: d-{0}}}\nspec:\n  replicas: 2\n  selector: {{matchLabels: {{app: "
            "d-{0}}}}}\n"
            "  template:\n    metadata: {{labels: {{app: d-{0}}}}}\n    spec:\n      containers:\n      - name: c\n"
            "        image: registry.example.com/c:{1}\n        resources: {{limits: {{cpu: 500m, memory: "
            "1Gi}}}}\n---\n"
            "apiVersion: v1\nkind: Service\nmetadata: {{name: s-{0}}}\nspec: {{selector: {{app: d-{0}}}, ports: "
            "[{{port: "
            "80}}]}}\n",
            i, value);
    }
    return git::memoryTree(std::move(files));
}

} // namespace

int main(int argc, char** argv)
{
    const int applications = argc > 1 ? std::atoi(argv[1]) : 1000;
    embedded::Cluster::Options options;
    const auto clock = std::make_shared<ScaledClock>(1.0);
    options.clock = clock;
    options.simulate = false;
    auto cluster = embedded::Cluster::open(std::move(options));
    check(cluster, "cluster");
    auto client = std::make_shared<kube::Client>((*cluster)->transport());
    auto cache = std::make_shared<kube::Cache>(client);
    for (const auto* name : {"argocd", "ml"}) {
        Value object = {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", name}}}};
        check(client->create(object), name);
    }
    for (int i = 0; i < applications; ++i) {
        const auto path = fmt::format("app-{}", i);
        Value app = {{"apiVersion", "argoproj.io/v1alpha1"},
                     {"kind", "Application"},
                     {"metadata", {{"name", path}, {"namespace", "argocd"}}},
                     {"spec",
                      {{"project", "default"},
                       {"source", {{"repoURL", "R"}, {"path", path}, {"targetRevision", "main"}}},
                       {"destination", {{"server", gitops::kInClusterServer}, {"namespace", "ml"}}},
                       {"syncPolicy", {{"automated", manifest::Object()}}}}}};
        check(client->create(app), "application");
    }
    check(cache->watchAll({}), "watch");
    std::mutex mutex;
    auto tree = treeOf(applications, "1");
    std::string commit(40, '1');
    gitops::ApplicationController::Deps deps;
    deps.client = client;
    deps.cache = cache;
    deps.clock = clock;
    deps.renderer = std::make_shared<render::Renderer>();
    deps.resolve = [&](const gitops::SourceRepository&, const std::string&,
                       std::stop_token) -> Result<gitops::ResolvedSource> {
        const std::lock_guard lock(mutex);
        return gitops::ResolvedSource {tree, commit};
    };
    gitops::ApplicationController controller(deps);
    std::jthread thread([&](const std::stop_token& stop) { controller.run(stop); });
    const auto await = [&](const std::function<bool(const Value&)>& done) {
        const auto start = Watch::now();
        for (std::size_t missing = 1; missing > 0 && since(start) < 900;) {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            missing = 0;
            for (const auto& object : cache->list({"argoproj.io", "Application"})) {
                if (!done(*object)) {
                    ++missing;
                    break;
                }
            }
        }
        return since(start);
    };
    const auto synced = [&](const Value& app) {
        return manifest::text(app, {"status", "sync", "status"}) == "Synced"
            && manifest::text(app, {"status", "sync", "revision"}) == commit && !manifest::find(app, {"operation"});
    };
    fmt::print("{} applications, {} objects\n", applications, applications * 3);
    fmt::print("from nothing to all Synced: {:.2f} s\n", await(synced));
    std::this_thread::sleep_for(std::chrono::seconds(2));
    const auto before = processorSeconds();
    std::this_thread::sleep_for(std::chrono::seconds(5));
    fmt::print("doing nothing: {:.2f} % of a processor\n", (processorSeconds() - before) / 5 * 100);
    const auto type = client->resolve("v1", "ConfigMap");
    check(type, "type");
    auto start = Watch::now();
    const Value patch = {{"data", {{"a", "live"}}}};
    check(client->patch(*type, "ml", "p-c-0", kube::PatchType::Merge, patch), "patch");
    while (since(start) < 60) {
        const auto app = cache->get({"argoproj.io", "Application", "argocd", "app-0"});
        if (app && manifest::text(*app, {"status", "sync", "status"}) == "OutOfSync")
            break;
        std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    fmt::print("a live change until OutOfSync: {:.1f} ms\n", since(start) * 1000);
    const int compared = std::min(applications, 350);
    const auto branch = treeOf(applications, "2");
    start = Watch::now();
    std::size_t changed = 0;
    for (int i = 0; i < compared; ++i) {
        const auto app = cache->get({"argoproj.io", "Application", "argocd", fmt::format("app-{}", i)});
        const auto comparison = controller.compareSource(*app, branch, std::string(40, '2'), {});
        check(comparison, "comparison");
        for (const auto& state : comparison->resources)
            changed += state.diff.outOfSync ? 1 : 0;
    }
    fmt::print("{} applications against a branch: {:.3f} s, {} objects differ\n", compared, since(start), changed);
    {
        const std::lock_guard lock(mutex);
        tree = branch;
        commit = std::string(40, '2');
    }
    controller.sourcesChanged();
    fmt::print("a commit until all are Synced again: {:.2f} s\n", await(synced));
    thread.request_stop();
    return 0;
}
