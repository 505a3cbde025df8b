// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/kube/transport.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace core::embedded::sim {
struct RunningScenario;
}

namespace core::embedded {

/// The controllers, nodes, workloads, traffic and metrics of an embedded cluster. Everything goes through the
/// cluster's API, timed by its clock. Pods are steered by annotations of their template (or labels, or their image's
/// tag): sim.pilothouse.dev/behavior = run | image-pull | crash-loop | oom | never-ready | flap | fail | config-error,
/// sim.pilothouse.dev/ready-after, /duration (Go durations), /error-rate (0..1), /latency-ms. A tag that holds
/// "nopull", "crash" or "oom" selects that behaviour; one that holds "bad" raises the error rate, "slow" the latency.
/// A scenario (scenario.h) goes before all these.
class Simulation
{
public:
    struct Options
    {
        int nodes = 3;
        int gpusPerNode = 8;
        Duration pull = std::chrono::seconds(2); ///< from scheduled to image pulled
        Duration start = std::chrono::seconds(1); ///< from pulled to running
        Duration ready = std::chrono::seconds(4); ///< from running to ready
        Duration sampleStep = std::chrono::seconds(5);
        Duration retention = std::chrono::hours(6);
        /// Told, from a thread of the simulation, when a scenario begins; null when it is over.
        std::function<void(std::shared_ptr<const sim::RunningScenario>)> scenarioChanged {};
    };

    ~Simulation(); ///< stops and joins
    Simulation(const Simulation&) = delete;
    Simulation& operator=(const Simulation&) = delete;

    /// The simulated Prometheus: /api/v1/query, query_range, series, labels, label/NAME/values.
    [[nodiscard]] kube::Response prometheus(const kube::Request& request) const;

    struct LogRequest
    {
        std::string nameSpace;
        std::string pod;
        std::string container;
        bool follow = false;
        bool previous = false;
        bool timestamps = false;
        std::int64_t tailLines = -1; ///< -1: all
        std::optional<TimePoint> since {};
    };
    /// What a container printed up to now, and with follow until it ends or stop; see sim/logs.h.
    [[nodiscard]] Result<> logs(const LogRequest& request, const std::function<bool(std::string_view)>& onText,
                                std::stop_token stop) const;

private:
    friend Result<std::unique_ptr<Simulation>> startSimulation(kube::TransportPtr, std::shared_ptr<Clock>, Options);
    struct Private;
    explicit Simulation(std::unique_ptr<Private> d);
    std::unique_ptr<Private> m_d;
};

[[nodiscard]] Result<std::unique_ptr<Simulation>>
startSimulation(kube::TransportPtr transport, std::shared_ptr<Clock> clock, Simulation::Options options);

} // namespace core::embedded
