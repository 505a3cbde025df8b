// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/http.h"
#include "core/kube/cache.h"

#include <functional>
#include <memory>
#include <stop_token>
#include <string>

namespace core::rollout {

/// For the audit log: what the controller did to a Rollout by itself.
struct RolloutEvent
{
    manifest::ResourceKey rollout;
    bool warning = false;
    std::string reason; ///< RolloutAborted, RolloutStepCompleted, TrafficWeightUpdated ...
    std::string message;
};

/// Reconciles the Rollouts and AnalysisRuns of one cluster as Argo Rollouts' controller does. All state is in the
/// cluster: a new instance continues what a killed one left.
class RolloutController
{
public:
    struct Deps
    {
        std::shared_ptr<kube::Client> client;
        std::shared_ptr<kube::Cache> cache; ///< null: every pass lists what it needs through the client
        std::shared_ptr<Clock> clock;
        HttpSend http; ///< metric providers
        std::function<void(const RolloutEvent&)> event {}; ///< may be empty; from the controller's thread
        std::string prometheusAddress {}; ///< where a metric names none
        /// Argo Rollouts' --rollout-resync: run() looks at everything this often, and a scale-down delay after an abort
        /// that is longer is not waited for.
        Duration resync = std::chrono::minutes(15);
        /// Argo Rollouts' --aws-verify-target-group: a weight of ALB counts when AWS's load balancer carries it.
        bool verifyLoadBalancers = false;
        /// Variables of the environment (credentials of AWS and Datadog); null: the process's own.
        std::function<std::string(const char* name)> environment {};
    };

    explicit RolloutController(Deps deps);
    ~RolloutController();

    /// Blocks until stop; call it from a thread of its own. Driven by the cache's changes and by due times.
    void run(std::stop_token stop);
    /// Looks at every Rollout and AnalysisRun once. Returns how many writes it made, so that tests in virtual time can
    /// call it until nothing changes. Not while run() is in progress.
    [[nodiscard]] std::size_t reconcileAll(std::stop_token stop = {});
    /// When something falls due by itself; TimePoint::max() when nothing does. After reconcileAll().
    [[nodiscard]] TimePoint nextDue() const;
    /// The gate that held a Rollout when it was last looked at, in words; "" where nothing does. Any thread.
    [[nodiscard]] std::string waitingFor(const manifest::ResourceKey& rollout) const;
    /// Look at everything again soon. Any thread.
    void wake();

private:
    struct Private;
    std::unique_ptr<Private> m_d;
};

} // namespace core::rollout
