// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/engine.h"
#include "core/git/repository.h"
#include "core/manifest/yaml.h"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <thread>

/// The whole engine of a window over the embedded cluster, with many applications of one Git repository: time until
/// all are synced, the cost of doing nothing, and how long a person, a commit and a drift wait for their answer, with
/// and without a round over all applications beside them.
///   bench_fleet [applications] [repository secrets]
namespace {

using namespace core;
using namespace core::engine;
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

double residentMegabytes()
{
    std::ifstream file("/proc/self/status");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("VmRSS:"))
            return std::strtod(line.c_str() + 6, nullptr) / 1024;
    return 0;
}

void check(const auto& result, const char* what)
{
    if (result)
        return;
    fmt::print(stderr, "{}: {}\n", what, result.error().text());
    std::exit(1);
}

std::string manifestOf(int application, const std::string& value)
{
    return fmt::format("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c-{0}}}\ndata: {{a: '{1}'}}\n---\n"
                       "apiVersion: v1\nkind: Service\nmetadata: {{name: s-{0}}}\nspec: {{selector: {{app: d-{0}}}, "
                       "ports: [{{port: 80}}]}}\n",
                       application, value);
}

struct Bench
{
    std::unique_ptr<Engine> engine;
    int applications;

    [[nodiscard]] ApplicationPtr app(int index) const
    {
        const auto snapshot = engine->snapshot();
        const auto name = fmt::format("app-{:05}", index);
        const auto found = std::ranges::lower_bound(snapshot->applications, name, {}, &Application::name);
        return found != snapshot->applications.end() && (*found)->name == name ? *found : nullptr;
    }
    static bool synced(const ApplicationPtr& app, const std::string& commit)
    {
        return app && app->compared && app->sync == SyncState::Synced && app->revision == commit
            && app->operation.phase != OperationPhase::Running;
    }
    template<class Done>
    static double until(Done done, double most = 1'800)
    {
        const auto start = Watch::now();
        while (!done() && since(start) < most)
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        return since(start);
    }
    [[nodiscard]] double allSynced(const std::string& commit) const
    {
        return until([&] {
            const auto snapshot = engine->snapshot();
            return snapshot->applications.size() == static_cast<std::size_t>(applications)
                && std::ranges::all_of(snapshot->applications,
                                       [&](const ApplicationPtr& each) { return synced(each, commit); });
        });
    }
    void idle(const char* what) const
    {
        std::this_thread::sleep_for(std::chrono::seconds(3));
        const auto before = processorSeconds();
        std::this_thread::sleep_for(std::chrono::seconds(10));
        fmt::print("{}: {:.2f} % of a processor, {:.0f} MB\n", what, (processorSeconds() - before) / 10 * 100,
                   residentMegabytes());
    }
};

std::string applicationsYaml(int from, int to, const std::string& repository)
{
    std::string out;
    for (int i = from; i < to; ++i)
        out +=
            fmt::format("---\n{{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {{name: app-{0:05}, "
                        "namespace: argocd}}, spec: {{project: default, source: {{repoURL: '{1}', path: app-{0:05}, "
                        "targetRevision: main}}, destination: {{server: 'https://kubernetes.default.svc', namespace: "
                        "ml}}, syncPolicy: {{automated: {{selfHeal: true}}}}}}}}\n",
                        i, repository);
    return out;
}

std::string commit(git::Repository& repository, const std::string& parent, int application, const std::string& value)
{
    const auto made = repository.commitFiles(
        "main", parent, {{{fmt::format("app-{:05}/all.yaml", application), manifestOf(application, value)}}, {}},
        "change", {"bench", "bench@example.com"});
    check(made, "commit");
    return *made;
}

} // namespace

int main(int argc, char** argv)
{
    const int applications = argc > 1 ? std::atoi(argv[1]) : 1'000;
    const int secrets = argc > 2 ? std::atoi(argv[2]) : 50;
    const auto folder = std::filesystem::temp_directory_path() / fmt::format("bench_fleet.{}", ::getpid());
    auto repository = git::Repository::init(folder / "source");
    check(repository, "repository");
    git::Overlay files;
    for (int i = 0; i < applications; ++i)
        files.files[fmt::format("app-{:05}/all.yaml", i)] = manifestOf(i, "1");
    auto head = repository->commitFiles("main", {}, files, "begin", {"bench", "bench@example.com"});
    check(head, "commit");
    Engine::Options options;
    options.home = folder / "home";
    options.seedExample = false;
    auto engine = Engine::open(options);
    check(engine, "engine");
    Bench bench {std::move(*engine), applications};
    std::string setUp = "{apiVersion: v1, kind: Namespace, metadata: {name: argocd}}\n---\n{apiVersion: v1, kind: "
                        "Namespace, metadata: {name: ml}}\n";
    for (int i = 0; i < secrets; ++i)
        setUp +=
            fmt::format("---\n{{apiVersion: v1, kind: Secret, metadata: {{name: repo-{0}, namespace: argocd, labels: "
                        "{{argocd.argoproj.io/secret-type: repository}}}}, stringData: {{url: "
                        "'https://git.example.com/team/{0}.git', username: u, password: p}}}}\n",
                        i);
    check(bench.engine->applyManifests(setUp, {}, false, {}), "set-up");
    const auto source = (folder / "source").string();
    const auto start = Watch::now();
    constexpr int kAtOnce = 250;
    for (int i = 0; i < applications; i += kAtOnce)
        check(bench.engine->applyManifests(applicationsYaml(i, std::min(applications, i + kAtOnce), source), {}, false,
                                           {}),
              "applications");
    fmt::print("{} applications, {} repository secrets: created in {:.1f} s\n", applications, secrets, since(start));
    // Somebody syncs one while all others are on their way.
    const auto asked = Watch::now();
    const int middle = applications / 2;
    const AppId id {"argocd", fmt::format("app-{:05}", middle)};
    const bool early = !Bench::synced(bench.app(middle), *head);
    check(bench.engine->refresh(id, false), "refresh");
    (void)Bench::until([&] { return Bench::synced(bench.app(middle), *head); });
    fmt::print("one that somebody asks for {}: {:.2f} s\n", early ? "in the crowd" : "(all were done)", since(asked));
    (void)bench.allSynced(*head);
    fmt::print("all Synced after {:.1f} s\n", since(start));
    bench.idle("doing nothing");

    const int last = applications - 1;
    *head = commit(*repository, *head, last, "2");
    fmt::print("a commit until its application is Synced: {:.2f} s\n",
               Bench::until([&] { return Bench::synced(bench.app(last), *head); }));
    fmt::print("until all have looked at it: {:.2f} s\n", bench.allSynced(*head));
    bench.idle("after it");
    const auto reconciled = bench.app(0)->reconciledAt;
    std::this_thread::sleep_for(std::chrono::milliseconds(1'100)); // its time has whole seconds
    const auto again = Watch::now();
    check(bench.engine->refresh({"argocd", "app-00000"}, false), "refresh");
    (void)Bench::until([&] { return bench.app(0)->reconciledAt != reconciled; }, 60);
    fmt::print("a refresh: {:.1f} ms\n", since(again) * 1'000);
    bench.engine.reset();
    std::filesystem::remove_all(folder);
    return 0;
}
