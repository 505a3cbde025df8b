// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <functional>
#include <memory>
#include <string>

namespace CLI {
class App;
}

namespace pilotctl {

/// Exit codes, documented in `pilotctl --help`.
enum Exit : int {
    kOk = 0,
    kFailed = 1, ///< what was asked for could not be done; the reason is on stderr
    kUsage = 2, ///< wrong words on the command line
    kDiffers = 3, ///< `app diff` found differences, `audit verify` a broken chain, `check` findings
    kTimedOut = 4, ///< `app wait` and `rollout get -w` with --timeout
};

enum class Format : std::uint8_t { Table, Json, Yaml };

/// What the commands share: options of the whole program and the engine, opened when the first command needs it.
class Context
{
public:
    Context();
    ~Context();

    std::string kubeconfig;
    std::string kubeContext;
    std::string argocdServer; ///< URL of an Argo CD API server to go through instead of a cluster
    bool argocdInsecure = false;
    std::string output = "table";
    double clockRate = 1.0;
    int exitCode = kOk;

    [[nodiscard]] Format format() const;
    /// Opens the engine and waits until every application was compared. Null after an error, which is printed.
    [[nodiscard]] core::engine::Engine* engine();
    /// Prints to stderr and sets the exit code.
    void fail(const core::Error& error);
    void fail(const std::string& message, int code = kFailed);
    /// "\n" and why the cluster does not work as it should, or "".
    [[nodiscard]] std::string connectionProblem() const;
    /// A line of progress, on stderr and only where that is a terminal (or always, for the story).
    void progress(const std::string& line) const;
    /// Waits for a snapshot that `done` likes. False where the time is up or a signal came.
    [[nodiscard]] bool waitFor(const std::function<bool(const core::engine::Snapshot&)>& done, double seconds);

private:
    [[nodiscard]] core::Result<std::unique_ptr<core::engine::Engine>> open() const;
    std::unique_ptr<core::engine::Engine> m_engine;
};

void addRender(CLI::App& program, Context& context);
void addEvaluate(CLI::App& program, Context& context);
void addApplications(CLI::App& program, Context& context);
void addApplicationSets(CLI::App& program, Context& context);
void addRollouts(CLI::App& program, Context& context);
void addApply(CLI::App& program, Context& context);
void addCluster(CLI::App& program, Context& context);
void addController(CLI::App& program, Context& context);
void addPolicies(CLI::App& program, Context& context);

} // namespace pilotctl
