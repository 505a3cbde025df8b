// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/engine.h"
#include "core/git/repository.h"
#include "support/process_use.h"
#include "support/real_cluster.h"

#include <QCoreApplication>
#include <QTemporaryDir>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <thread>

/// An Application on a real API server, synced by a window's engine: 200 resources from nothing, then a commit that
/// patches 40 Deployments, creates 40 ConfigMaps and prunes 40; and 500 resources in six waves beside `kubectl apply`.
namespace {

using namespace core;
using namespace core::engine;
using Watch = std::chrono::steady_clock;

double since(Watch::time_point start)
{
    return std::chrono::duration<double>(Watch::now() - start).count();
}

template<class Answer>
auto checked(Answer answer, std::string_view what)
{
    if (answer)
        return answer;
    fmt::print(stderr, "{}: {}\n", what, answer.error().text());
    std::exit(1);
}

/// Forty each of Deployments (no pods: there is no kubelet), Services, ConfigMaps, ServiceAccounts and budgets.
git::Overlay workloads(const std::string& image, const std::string& configMaps)
{
    git::Overlay out;
    for (int i = 0; i < 40; ++i) {
        out.files[fmt::format("app/m-{}.yaml", i)] = fmt::format(R"(apiVersion: apps/v1
kind: Deployment
metadata: {{name: m-{0}, labels: {{app: m-{0}}}}}
spec:
  replicas: 0
  selector: {{matchLabels: {{app: m-{0}}}}}
  template:
    metadata: {{labels: {{app: m-{0}}}}}
    spec: {{containers: [{{name: c, image: "registry.example.com/model:{1}", ports: [{{containerPort: 8080}}]}}]}}
---
apiVersion: v1
kind: Service
metadata: {{name: m-{0}}}
spec: {{selector: {{app: m-{0}}}, ports: [{{port: 80, targetPort: 8080}}]}}
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: {2}-{0}}}
data: {{model: "{0}"}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {{name: m-{0}}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {{name: m-{0}}}
spec: {{minAvailable: 1, selector: {{matchLabels: {{app: m-{0}}}}}}}
)",
                                                                 i, image, configMaps);
    }
    return out;
}

std::string inWaves(const std::string& nameSpace)
{
    std::string out;
    for (int i = 0; i < 500; ++i)
        out +=
            fmt::format("---\n{{apiVersion: v1, kind: ConfigMap, metadata: {{name: c-{0}, namespace: {1}, annotations: "
                        "{{argocd.argoproj.io/sync-wave: '{2}'}}}}, data: {{a: '{0}'}}}}\n",
                        i, nameSpace, i % 6);
    return out;
}

struct Bench
{
    std::unique_ptr<Engine> engine;
    git::Repository repository;
    std::string folder;
    std::string head {};

    void commit(const git::Overlay& files)
    {
        head =
            *checked(repository.commitFiles("main", head, files, "change", {"bench", "bench@example.com"}), "commit");
    }
    void create(const std::string& name, const std::string& nameSpace) const
    {
        const auto text = fmt::format(
            "{{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {{name: {0}, namespace: argocd}}, spec: "
            "{{project: default, source: {{repoURL: '{1}', path: {0}, targetRevision: main}}, destination: {{server: "
            "'https://kubernetes.default.svc', namespace: {2}}}, syncPolicy: {{automated: {{prune: true}}}}}}}}",
            name, folder, nameSpace);
        checked(engine->applyManifests(text, {}, false, {}), "application");
    }
    /// Seconds until the application is at the newest commit.
    [[nodiscard]] double synced(const std::string& name) const
    {
        const auto start = Watch::now();
        while (since(start) < 300) {
            for (const auto& app : engine->snapshot()->applications)
                if (app->name == name && app->sync == SyncState::Synced && app->revision == head
                    && app->operation.phase == OperationPhase::Succeeded)
                    return since(start);
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
        fmt::print(stderr, "{} is not synced after five minutes\n", name);
        std::exit(1);
    }
};

} // namespace

int main(int argc, char** argv)
{
    const QCoreApplication application(argc, argv);
    QString whyNot;
    const auto real = support::RealCluster::start(whyNot);
    if (!real) {
        fmt::print("SKIPPED: {}\n", whyNot.toStdString());
        return 0;
    }
    checked(real->installDefinitions(), "definitions");
    const QTemporaryDir dir;
    const auto folder = dir.filePath("source").toStdString();
    Engine::Options options;
    options.home = dir.filePath("home").toStdString();
    options.kubeconfig = real->kubeconfig().toStdString();
    Bench bench {std::move(*checked(Engine::open(options), "engine")), *checked(git::Repository::init(folder), "git"),
                 folder};
    checked(bench.engine->applyManifests(
                "{apiVersion: v1, kind: Namespace, metadata: {name: argocd}}\n---\n{apiVersion: v1, "
                "kind: Namespace, metadata: {name: ml}}\n---\n{apiVersion: v1, kind: Namespace, "
                "metadata: {name: waves}}\n---\n{apiVersion: v1, kind: Namespace, metadata: {name: "
                "kubectl}}\n---\n{apiVersion: argoproj.io/v1alpha1, kind: AppProject, metadata: "
                "{name: default, namespace: argocd}, spec: {sourceRepos: ['*'], destinations: "
                "[{server: '*', namespace: '*'}], clusterResourceWhitelist: [{group: '*', kind: '*'}]}}",
                {}, false, {}),
            "set-up");
    bench.commit(workloads("1", "first"));
    std::this_thread::sleep_for(std::chrono::seconds(3)); // connected, and quiet
    bench.create("app", "ml");
    fmt::print("200 resources from the Application until Synced: {:.2f} s\n", bench.synced("app"));
    std::fflush(stdout);
    bench.commit(workloads("2", "second"));
    fmt::print("a commit (40 patched, 40 created, 40 pruned) until Synced: {:.2f} s; {:.0f} MB\n", bench.synced("app"),
               support::residentMegabytes());
    std::fflush(stdout);
    git::Overlay waves;
    waves.files["waves/all.yaml"] = inWaves("waves");
    bench.commit(waves);
    std::this_thread::sleep_for(std::chrono::seconds(3));
    bench.create("waves", "waves");
    const auto ours = bench.synced("waves");
    auto kubectl = real->kubectl();
    kubectl.patience = 600'000;
    const auto start = Watch::now();
    (void)kubectl.run({"apply", "-f", "-"}, QByteArray::fromStdString(inWaves("kubectl")));
    const auto theirs = since(start);
    fmt::print("500 resources in six waves: {:.2f} s, kubectl apply (no waves) {:.2f} s, {:.1f} times\n", ours, theirs,
               theirs / ours);
    return 0;
}
