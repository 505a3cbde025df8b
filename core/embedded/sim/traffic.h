// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/embedded/sim/series.h"
#include "core/embedded/sim/world.h"

namespace core::embedded::sim {

/// Sends simulated requests through VirtualServices and Services to ready pods, and records what Prometheus would have
/// scraped. step() is for the simulation's thread; prometheus() for any.
class Traffic
{
public:
    explicit Traffic(const Simulation::Options& options);
    /// Makes up for the time since the last call, sample by sample; returns when the next one is due.
    TimePoint step(World& world, TimePoint now);
    [[nodiscard]] kube::Response prometheus(const kube::Request& request, TimePoint now) const;

private:
    void sample(World& world, TimePoint at);
    void count(const std::string& nameSpace, const std::string& service, World& world, double requests, TimePoint at);
    void add(Labels labels, double amount, TimePoint at);

    Simulation::Options m_options;
    TimePoint m_next {};
    std::map<Labels, double> m_counters;
    SeriesStore m_store;
};

} // namespace core::embedded::sim
