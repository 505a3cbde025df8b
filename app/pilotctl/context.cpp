// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pilotctl/context.h"

#include "core/base/paths.h"
#include "core/engine/connections.h"

#include <unistd.h>

#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <mutex>

namespace pilotctl {

Context::Context() = default;
Context::~Context() = default;

Format Context::format() const
{
    return output == "json" ? Format::Json : output == "yaml" ? Format::Yaml : Format::Table;
}

void Context::fail(const core::Error& error)
{
    fail(error.text());
}

void Context::fail(const std::string& message, int code)
{
    std::fprintf(stderr, "pilotctl: %s\n", message.c_str());
    exitCode = code;
}

void Context::progress(const std::string& line) const
{
    static const bool kTerminal = isatty(STDERR_FILENO) != 0;
    if (kTerminal)
        std::fprintf(stderr, "%s\n", line.c_str());
}

std::string Context::connectionProblem() const
{
    const auto problem = m_engine ? m_engine->snapshot()->connection.problem : std::string {};
    return problem.empty() ? problem : "\n" + problem;
}

core::Result<std::unique_ptr<core::engine::Engine>> Context::open() const
{
    if (argocdServer.empty()) {
        core::engine::Engine::Options options;
        options.kubeconfig = kubeconfig;
        options.context = kubeContext;
        options.clockRate = clockRate;
        options.attach = true;
        return core::engine::Engine::open(std::move(options));
    }
    const char* token = std::getenv("ARGOCD_AUTH_TOKEN"); // as the argocd command has it
    if (token == nullptr || *token == '\0')
        return core::fail(core::Error::Code::Unauthorized, "ARGOCD_AUTH_TOKEN is not set", argocdServer,
                          "put an account's token into it (argocd account generate-token)");
    return core::engine::openArgoServer({argocdServer, argocdInsecure, token, {}, {}});
}

core::engine::Engine* Context::engine()
{
    if (m_engine)
        return m_engine.get();
    auto opened = open();
    if (!opened) {
        fail(opened.error());
        return nullptr;
    }
    m_engine = std::move(*opened);
    progress("waiting for the first comparison ...");
    (void)waitFor(
        [](const core::engine::Snapshot& snapshot) {
            return snapshot.connection.state != core::engine::Connection::State::Connecting
                && std::all_of(snapshot.applications.begin(), snapshot.applications.end(),
                               [](const auto& app) { return app->compared || !app->conditions.empty(); });
        },
        30);
    return m_engine.get();
}

namespace {

volatile std::sig_atomic_t interrupted = 0;
void onSignal(int)
{
    interrupted = 1;
}

} // namespace

bool Context::waitFor(const std::function<bool(const core::engine::Snapshot&)>& done, double seconds)
{
    std::signal(SIGINT, onSignal);
    std::signal(SIGTERM, onSignal);
    std::mutex mutex;
    std::condition_variable changed;
    core::engine::SnapshotPtr latest = m_engine->snapshot();
    const auto subscription = m_engine->subscribe([&](const core::engine::SnapshotPtr& snapshot) {
        {
            const std::scoped_lock lock(mutex);
            latest = snapshot;
        }
        changed.notify_all();
    });
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds > 0 ? seconds : 1e9);
    std::unique_lock lock(mutex);
    for (;;) {
        const auto snapshot = latest;
        lock.unlock();
        const bool reached = snapshot->version > 0 && done(*snapshot);
        lock.lock();
        if (reached)
            return true;
        if (interrupted != 0 || std::chrono::steady_clock::now() >= deadline)
            return false;
        changed.wait_for(lock, std::chrono::milliseconds(200));
    }
}

} // namespace pilotctl
