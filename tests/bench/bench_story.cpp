// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
// bench_story: what a user waits for in the first story, and what kubectl takes for the same on the same cluster.
#include "core/engine/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

using namespace core;
using namespace core::engine;
using Timer = std::chrono::steady_clock;

namespace {

const AppId kApp {"argocd", "ml-platform"};
constexpr auto kVersionFile = "environments/production/kustomization.yaml";

double millis(Timer::time_point since)
{
    return std::chrono::duration<double, std::milli>(Timer::now() - since).count();
}

ApplicationPtr application(Engine& engine)
{
    const auto snapshot = engine.snapshot();
    return snapshot->applications.empty() ? nullptr : snapshot->applications.front();
}

template<class Condition>
bool until(Condition condition)
{
    for (const auto start = Timer::now(); millis(start) < 60'000;) {
        if (condition())
            return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
}

/// From the start of the desktop program to its first painted window, or 0 where it was not built.
double firstPaint(const std::filesystem::path& home)
{
    std::error_code ec;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", ec).parent_path() / "pilothouse";
    if (!std::filesystem::exists(program, ec))
        return 0;
    const auto line = "QT_QPA_PLATFORM=offscreen PILOTHOUSE_HOME=" + home.string() + " " + program.string()
        + " --first-paint 2>/dev/null";
    const auto start = Timer::now();
    auto* const pipe = popen(line.c_str(), "r"); // NOLINT(cert-env33-c): a path of our own
    if (pipe == nullptr)
        return 0;
    const bool painted = std::fgetc(pipe) == 'p';
    const auto took = millis(start);
    pclose(pipe);
    return painted ? took : 0;
}

void row(const char* what, double ours, double theirs, const char* tool)
{
    if (theirs > 0)
        std::printf("%-44s %10.1f ms %10.1f ms  %-18s %6.1fx\n", what, ours, theirs, tool, theirs / ours);
    else
        std::printf("%-44s %10.1f ms\n", what, ours);
}

/// Wall time of a shell command, or 0 where it is not to be had (diff's exit 1 is an answer).
double command(const std::string& line)
{
    if (std::system("command -v kubectl >/dev/null 2>&1") != 0) // NOLINT(concurrency-mt-unsafe,cert-env33-c)
        return 0;
    const auto start = Timer::now();
    const int code = std::system((line + " >/dev/null 2>&1").c_str()); // NOLINT(concurrency-mt-unsafe,cert-env33-c)
    return code == 0 || code == 256 ? millis(start) : 0;
}

double residentMegabytes()
{
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;)
        if (word == "VmRSS:") {
            double kilobytes = 0;
            status >> kilobytes;
            return kilobytes / 1024;
        }
    return 0;
}

} // namespace

int main()
{
    const auto home =
        std::filesystem::temp_directory_path() / fmt::format("pilothouse-bench-{}", std::random_device {}());
    Engine::Options options;
    options.home = home;
    options.clockRate = 60;
    const auto start = Timer::now();
    auto opened = Engine::open(options);
    if (!opened) {
        std::fprintf(stderr, "%s\n", opened.error().text().c_str());
        return 1;
    }
    auto& engine = **opened;
    const auto openTime = millis(start);
    if (!until([&] { return application(engine) && application(engine)->compared; }))
        return 1;
    const auto compared = millis(start);
    const auto done = until([&] {
        const auto app = application(engine);
        return app->sync == SyncState::Synced && app->health == Health::Healthy;
    });
    const auto synced = millis(start);
    const auto repository = home / "data" / "example" / "ml-platform-config";
    const auto folder = (repository / "environments" / "production").string();
    const auto kubectl = "kubectl --kubeconfig " + (home / "data" / "cluster" / "kubeconfig").string();

    auto file = engine.readFile(kApp, kVersionFile, {}).value();
    double keystroke = 0;
    constexpr int kStrokes = 20;
    for (int i = 0; i < kStrokes; ++i) {
        auto text = file.text;
        text.replace(text.find("newTag: v2"), 10, fmt::format("newTag: v{}", 100 + i));
        const auto at = Timer::now();
        if (!engine.diffWithText(kApp, kVersionFile, text, {}))
            return 1;
        keystroke += millis(at) / kStrokes;
    }
    const auto kustomize = command("kubectl kustomize " + folder);
    const auto diff = command(kubectl + " diff -k " + folder);
    const auto apply = command(kubectl + " apply --server-side --force-conflicts -k " + folder);

    auto text = file.text;
    text.replace(text.find("newTag: v2"), 10, "newTag: v3");
    file = engine.readFile(kApp, kVersionFile, {}).value();
    const auto commit = Timer::now();
    if (!engine.commitFile(kApp, kVersionFile, text, file.commit, "v3"))
        return 1;
    const auto applied = until([&] {
        const auto snapshot = engine.snapshot();
        return !snapshot->rollouts.empty() && !snapshot->rollouts.front()->revisions.empty()
            && snapshot->rollouts.front()->revisions.front().images.front() == "inference:v3";
    });
    const auto commitTime = millis(commit);

    const auto windows = std::filesystem::temp_directory_path() / (home.filename().string() + "-window");
    const auto firstStart = firstPaint(windows);
    const auto nextStart = firstPaint(windows);
    std::filesystem::remove_all(windows);

    std::printf("%-44s %13s %13s\n", "", "Pilothouse", "otherwise");
    row("start to first paint, on a new home", firstStart, 0, "");
    row("start to first paint, again", nextStart, 0, "");
    row("open the engine", openTime, 0, "");
    row("first start to first comparison", compared, 0, "");
    row(done ? "first start to Synced and Healthy (clock 60x)" : "NOT REACHED: Synced and Healthy", synced, 0, "");
    row("keystroke to rendered diff of the application", keystroke, diff, "kubectl diff -k");
    row("render alone, beside it", keystroke, kustomize, "kubectl kustomize");
    row(applied ? "commit to the canary's new ReplicaSet" : "NOT REACHED: new ReplicaSet", commitTime, apply,
        "kubectl apply -k");
    std::printf("%-44s %10.1f MB\n", "memory at rest, with the embedded cluster", residentMegabytes());
    opened->reset();
    std::error_code ec;
    std::filesystem::remove_all(home, ec);
    return done && applied ? 0 : 1;
}
