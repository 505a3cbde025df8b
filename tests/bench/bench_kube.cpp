// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/diff/diff.h"
#include "core/embedded/cluster.h"
#include "core/kube/cache.h"
#include "core/kube/curl_transport.h"
#include "core/kube/kubeconfig.h"
#include "core/manifest/yaml.h"
#include "support/real_cluster.h"

#include <QCoreApplication>
#include <QTemporaryDir>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <malloc.h>

#include <chrono>
#include <condition_variable>
#include <fstream>
#include <functional>
#include <mutex>
#include <thread>

/// The client and the embedded cluster beside kubectl and a real API server.
///   bench_kube [objects] [cached objects]
namespace {

using namespace core;
using manifest::Value;
using Watch = std::chrono::steady_clock;

double since(Watch::time_point start)
{
    return std::chrono::duration<double>(Watch::now() - start).count();
}

double timed(const std::function<void()>& work)
{
    const auto start = Watch::now();
    work();
    return since(start);
}

void check(const auto& result, std::string_view what)
{
    if (result)
        return;
    fmt::print(stderr, "{}: {}\n", what, result.error().text());
    std::exit(1);
}

/// A fifth each of Deployments, Services, ConfigMaps, ServiceAccounts and PodDisruptionBudgets.
std::string manifestsOf(int count, const std::string& image)
{
    std::string out;
    for (int i = 0; i < count / 5; ++i)
        out += fmt::format(R"(---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: m-{0}, namespace: default, labels: {{app: m-{0}}}}}
spec:
  replicas: 0
  selector: {{matchLabels: {{app: m-{0}}}}}
  template:
    metadata: {{labels: {{app: m-{0}}}}}
    spec:
      containers:
      - name: c
        image: registry.example.com/model:{1}
        env: [{{name: A, value: "1"}}, {{name: B, value: "2"}}]
        ports: [{{containerPort: 8080}}]
        resources: {{limits: {{cpu: 500m, memory: 1Gi}}, requests: {{cpu: 100m, memory: 512Mi}}}}
---
apiVersion: v1
kind: Service
metadata: {{name: m-{0}, namespace: default}}
spec: {{selector: {{app: m-{0}}}, ports: [{{port: 80, targetPort: 8080}}]}}
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: m-{0}, namespace: default}}
data: {{model: "{0}", image: "{1}"}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {{name: m-{0}, namespace: default}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {{name: m-{0}, namespace: default}}
spec: {{minAvailable: 1, selector: {{matchLabels: {{app: m-{0}}}}}}}
)",
                           i, image);
    return out;
}

std::vector<Value> objectsOf(const std::string& text)
{
    auto documents = manifest::parseYaml(text, "bench");
    check(documents, "manifests");
    std::vector<Value> out;
    for (auto& document : *documents)
        out.push_back(std::move(document.value));
    return out;
}

/// Work on all objects over eight connections.
void eachOverEight(const std::vector<Value>& objects, const std::function<void(const Value&)>& work)
{
    std::atomic<std::size_t> next = 0;
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] {
            for (auto at = next++; at < objects.size(); at = next++)
                work(objects[at]);
        });
    }
}

void row(std::string_view what, double ours, double kubectl = 0)
{
    if (kubectl > 0)
        fmt::print("| {:<58} | {:>9.3f} | {:>9.3f} | {:>6.1f}x |\n", what, ours, kubectl, kubectl / ours);
    else
        fmt::print("| {:<58} | {:>9.3f} | {:>9} | {:>7} |\n", what, ours, "", "");
    std::fflush(stdout);
}

void againstKubectl(const std::string& server, const kube::TransportPtr& transport, support::Kubectl kubectl, int count)
{
    kubectl.patience = 3'600'000;
    const auto first = manifestsOf(count, "1");
    const auto second = manifestsOf(count, "2");
    auto client = std::make_shared<kube::Client>(transport);
    check(client->discover(), "discovery");
    const auto run = [&](const QStringList& arguments, const std::string& input) {
        return timed([&] { (void)kubectl.run(arguments, QByteArray::fromStdString(input)); });
    };
    (void)run({"apply", "-f", "-"}, first);
    const auto kubectlDiff = run({"diff", "-f", "-"}, second);
    const auto kubectlApply = run({"apply", "-f", "-"}, second);
    const auto objects = objectsOf(second);
    kube::WriteOptions options;
    options.force = true;
    const auto applyAll = [&](bool dryRun) {
        auto with = options;
        with.dryRun = dryRun;
        return timed(
            [&] { eachOverEight(objects, [&](const Value& object) { check(client->apply(object, with), "apply"); }); });
    };
    (void)run({"apply", "-f", "-"}, first);
    row(fmt::format("{}: compare {} objects by server-side dry run (s)", server, count), applyAll(true), kubectlDiff);
    row(fmt::format("{}: apply {} objects (s)", server, count), applyAll(false), kubectlApply);
    kube::Cache cache(client);
    for (const auto* kind : {"Deployment", "Service", "ConfigMap", "ServiceAccount", "PodDisruptionBudget"}) {
        const manifest::GroupKind of {kind == std::string_view("Deployment")                ? "apps"
                                          : kind == std::string_view("PodDisruptionBudget") ? "policy"
                                                                                            : "",
                                      kind};
        check(cache.watch(*client->resolve(of), {}), kind);
    }
    row(fmt::format("{}: compare {} objects with the cache (s)", server, count), timed([&] {
            for (const auto& object : objects) {
                const auto live = cache.get(manifest::keyOf(object));
                (void)diff::compare(&object, live.get(), {});
            }
        }),
        kubectlDiff);
}

std::size_t residentBytes()
{
    malloc_trim(0); // what is free does not count
    std::ifstream file("/proc/self/statm");
    std::size_t total = 0;
    std::size_t resident = 0;
    file >> total >> resident;
    return resident * 4096;
}

/// Waits until the embedded cluster, in this very process, has looked at what it has.
void waitForQuiet()
{
    for (std::size_t last = 0, now = residentBytes(); now > last + (std::size_t {1} << 20); now = residentBytes()) {
        last = now;
        std::this_thread::sleep_for(std::chrono::seconds(2));
    }
}

std::unique_ptr<embedded::Cluster> openCluster(const std::filesystem::path& folder)
{
    embedded::Cluster::Options options;
    options.folder = folder;
    options.clock = std::make_shared<ScaledClock>();
    options.simulate = false;
    auto cluster = embedded::Cluster::open(options);
    check(cluster, "open the embedded cluster");
    return std::move(*cluster);
}

Value configMap(int number)
{
    auto object = *manifest::parseJson(fmt::format(
        R"({{"apiVersion":"v1","kind":"ConfigMap","metadata":{{"name":"c-{:06}","namespace":"default","labels":{{"app":"x"}}}},"data":{{"a":"{}","b":"some more text of a usual length"}}}})",
        number, number));
    return object;
}

void requestsPerSecond(const kube::TransportPtr& transport, std::string_view how)
{
    kube::Client client(transport);
    const auto type = *client.resolve("v1", "ConfigMap");
    constexpr int kCount = 2000;
    std::vector<Value> objects;
    for (int i = 0; i < kCount; ++i)
        objects.push_back(configMap(i));
    row(fmt::format("embedded, {}: create (requests/s)", how),
        kCount / timed([&] {
            eachOverEight(objects, [&](const Value& object) { check(client.create(object), "create"); });
        }));
    row(fmt::format("embedded, {}: get (requests/s)", how),
        kCount / timed([&] {
            eachOverEight(objects, [&](const Value& object) {
                check(client.get(type, "default", manifest::name(object)), "get");
            });
        }));
    row(fmt::format("embedded, {}: server-side apply (requests/s)", how),
        kCount / timed([&] {
            eachOverEight(objects, [&](const Value& object) {
                kube::WriteOptions force;
                force.force = true;
                check(client.apply(object, force), "apply");
            });
        }));
}

/// From the answer of a write until all of so many watchers have its event, in the middle of fifty writes.
void watchLatency(const kube::TransportPtr& transport, int watchers)
{
    kube::Client client(transport);
    const auto type = *client.resolve("v1", "ConfigMap");
    std::mutex mutex;
    std::condition_variable told;
    std::map<std::string, int> seen;
    std::vector<std::jthread> threads;
    kube::ListOptions options;
    const auto listed = client.list(type, "default");
    check(listed, "list");
    options.resourceVersion = listed->resourceVersion;
    for (int i = 0; i < watchers; ++i) {
        threads.emplace_back([&](const std::stop_token& stop) {
            kube::Client own(transport);
            (void)own.watch(
                type, "default", options,
                [&](const kube::WatchEvent& event) {
                    const std::scoped_lock lock(mutex);
                    ++seen[std::string(manifest::name(event.object))];
                    told.notify_all();
                    return !stop.stop_requested();
                },
                stop);
        });
    }
    std::this_thread::sleep_for(std::chrono::seconds(1));
    std::vector<double> times;
    for (int i = 0; i < 50; ++i) {
        const auto object = configMap(900'000 + i);
        check(client.create(object), "create");
        const auto start = Watch::now();
        std::unique_lock lock(mutex);
        told.wait_for(lock, std::chrono::seconds(10),
                      [&] { return seen[std::string(manifest::name(object))] == watchers; });
        times.push_back(since(start));
    }
    std::sort(times.begin(), times.end());
    row(fmt::format("embedded: event at all of {} watchers after a write (ms)", watchers), times[25] * 1000);
    for (auto& thread : threads)
        thread.request_stop();
}

void manyObjects(int count)
{
    const QTemporaryDir dir;
    const std::filesystem::path folder(dir.path().toStdString());
    {
        const auto cluster = openCluster(folder);
        kube::Client client(cluster->transport());
        for (int i = 0; i < count; ++i)
            check(client.create(configMap(i)), "create");
    }
    std::unique_ptr<embedded::Cluster> cluster;
    row(fmt::format("embedded: start with {} objects in the store (s)", count),
        timed([&] { cluster = openCluster(folder); }));
    auto client = std::make_shared<kube::Client>(cluster->transport());
    const auto type = *client->resolve("v1", "ConfigMap");
    std::size_t raw = 0;
    const auto listed = client->list(type, {});
    check(listed, "list");
    for (const auto& object : listed->items)
        raw += manifest::toJson(object).size();
    waitForQuiet();
    const auto before = residentBytes();
    kube::Cache cache(client);
    row(fmt::format("cache: first list of {} objects (s)", count),
        timed([&] { check(cache.watch(type, {}), "watch"); }));
    const auto grown = static_cast<double>(residentBytes() - before);
    row(fmt::format("cache: memory an object beyond its {} raw bytes (bytes)", raw / static_cast<std::size_t>(count)),
        (grown - static_cast<double>(raw)) / count);
}

} // namespace

int main(int argc, char** argv)
{
    const QCoreApplication application(argc, argv);
    const int count = argc > 1 ? std::stoi(argv[1]) : 200;
    const int many = argc > 2 ? std::stoi(argv[2]) : 100'000;
    fmt::print("| {:<58} | {:>9} | {:>9} | {:>7} |\n|{:-<60}|{:->11}|{:->11}|{:->9}|\n", "", "ours", "kubectl",
               "factor", "", "", "", "");
    const QTemporaryDir dir;
    {
        const auto cluster = openCluster(dir.filePath("cluster").toStdString());
        check(cluster->serve(), "serve");
        const auto kubeconfig = cluster->kubeconfigPath();
        const auto transport = kube::curlTransport(*kube::Kubeconfig::load(kubeconfig)->access());
        againstKubectl("embedded", transport,
                       {support::Kubectl::newest(), QString::fromStdString(kubeconfig.string()), dir.path(), {}},
                       count);
        requestsPerSecond(transport, "HTTPS");
        watchLatency(transport, 50);
    }
    {
        const auto cluster = openCluster({});
        requestsPerSecond(cluster->transport(), "in process");
    }
    manyObjects(many);
    QString whyNot;
    if (const auto real = support::RealCluster::start(whyNot))
        againstKubectl("real", real->transport(), real->kubectl(), count);
    else
        fmt::print("the real API server: {}\n", whyNot.toStdString());
    return 0;
}
