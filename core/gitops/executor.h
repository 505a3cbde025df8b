// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gitops/compare.h"
#include "core/gitops/sync_plan.h"
#include "core/kube/client.h"

#include <map>

namespace core::gitops {

struct Written;

/// One step of a running sync (section 5.4): looks at what was done before (the results in the operation's state),
/// at the live objects, and does what is due. Re-entrant: all memory is in `results`.
class SyncStep
{
public:
    struct Input
    {
        const Application* app = nullptr;
        const SyncPlan* plan = nullptr;
        const SyncOperation* operation = nullptr;
        const ClusterView* cluster = nullptr;
        const health::Customizations* customizations = nullptr;
        kube::Client* client = nullptr;
        std::function<void(const manifest::Value&)> observe; ///< own writes, into the cache
        std::optional<TimePoint> startedAt; ///< of the operation
        bool firstAttempt = true; ///< no retry yet: hooks made since startedAt are ours
        std::optional<TimePoint> pruneApproved; ///< annotation deletion-approved of the application
        std::stop_token stop;
    };
    struct Outcome
    {
        std::string phase; ///< Running, Succeeded, Failed, Error
        std::string message;
        manifest::Array results; ///< syncResult.resources
        bool wrote = false; ///< something was written: persist, then step again at once
    };

    SyncStep(Input input, const manifest::Array& results);
    [[nodiscard]] Outcome run();
    /// Ends a terminated operation: running hooks are deleted.
    [[nodiscard]] Outcome terminate();

private:
    struct Task
    {
        const SyncTask* plan = nullptr;
        std::string status; ///< "" = not run yet
        std::string hookPhase;
        std::string message;
        std::size_t order = 0; ///< of the result in the list
        bool justCompleted = false; ///< in this step: not stored yet
        [[nodiscard]] bool pending() const { return status.empty(); }
        [[nodiscard]] bool running() const { return hookPhase == "Running"; }
        [[nodiscard]] bool completed() const { return !pending() && !running(); }
        [[nodiscard]] bool failed() const { return hookPhase == "Failed" || hookPhase == "Error"; }
    };

    [[nodiscard]] kube::ObjectPtr live(const SyncTask& task) const;
    void refreshRunning();
    void refreshOne(Task& task);
    [[nodiscard]] std::vector<Task*> waiting();
    [[nodiscard]] std::vector<Task*> terminating();
    [[nodiscard]] std::vector<Task*> nextWave();
    [[nodiscard]] std::vector<Task*> oldHooks(const std::vector<Task*>& wave) const;
    enum class WaveResult { Done, Failed, Waiting };
    [[nodiscard]] WaveResult runWave(const std::vector<Task*>& wave);
    [[nodiscard]] bool runPrunes(const std::vector<Task*>& wave);
    [[nodiscard]] bool clearOldHooks(const std::vector<Task*>& wave, bool& failed);
    void runApply(Task& task);
    [[nodiscard]] static bool isAlike(const Task& one, const Task& other);
    void runTogether(const std::vector<Task*>& tasks);
    void note(Task& task, Result<Written> written);
    [[nodiscard]] bool isOurs(const Task& task) const;
    [[nodiscard]] bool release(Task& task);
    [[nodiscard]] bool releaseCompleted();
    void deleteHooks(std::string_view policy);
    [[nodiscard]] bool remove(const manifest::ResourceKey& key, const std::string& version, const std::string& uid,
                              kube::Propagation propagation, std::string* error);
    [[nodiscard]] bool send(const manifest::ResourceKey& key, const std::string& version, const std::string& uid,
                            kube::Propagation propagation, std::string* error) const;
    [[nodiscard]] Outcome fail(std::string message);
    [[nodiscard]] Outcome outcome(std::string phase, std::string message);
    [[nodiscard]] manifest::Array resultList() const;

    Input m_input;
    std::vector<Task> m_tasks;
    std::map<std::size_t, manifest::Value> m_gone; ///< results whose task is no more: what was pruned
    std::size_t m_nextOrder = 0;
    bool m_wrote = false;
};

} // namespace core::gitops
