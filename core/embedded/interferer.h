// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/embedded/api_request.h"
#include "core/embedded/sim/scenario.h"

#include <mutex>
#include <random>

namespace core::embedded {

/// What stands between clients and the API server: the failures of requests that a scenario scripts. Thread-safe.
class Interferer
{
public:
    Interferer(sim::RunningScenarioPtr scenario, std::shared_ptr<Clock> clock);

    struct Before
    {
        std::chrono::milliseconds delay {};
        std::optional<kube::Response> answer {}; ///< in place of the server's
    };
    [[nodiscard]] Before before(const kube::Request& request, const UserPtr& caller);
    /// Whether a watch or a followed log of this age breaks off.
    [[nodiscard]] bool cuts(const kube::Request& request, const UserPtr& caller,
                            std::chrono::steady_clock::duration age) const;

private:
    using Stage = sim::Scenario::RequestStage;
    [[nodiscard]] std::vector<const Stage*> stagesOf(const kube::Request& request, const UserPtr& caller) const;

    const sim::RunningScenarioPtr m_scenario;
    const std::shared_ptr<Clock> m_clock;
    std::mutex m_mutex;
    std::minstd_rand m_random;
};

} // namespace core::embedded
