// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gitops/executor.h"
#include "core/gitops/hooks.h"

#include <boost/json.hpp>

/// What a step does with hooks: leftovers, finalizers, delete policies (section 5.2).
namespace core::gitops {

using manifest::Value;

SyncStep::Outcome SyncStep::terminate()
{
    refreshRunning();
    bool errors = false;
    for (auto& task : m_tasks) {
        if (!task.plan->hook || task.pending())
            continue;
        if (!release(task)) {
            errors = true;
            continue;
        }
        const bool leftover = task.completed() && task.plan->hookDeletePolicies.contains("HookFailed");
        if (!task.running() && !leftover)
            continue;
        const auto object = live(*task.plan);
        std::string error;
        if (object
            && !remove(task.plan->key, task.plan->version, std::string(manifest::uid(*object)),
                       kube::Propagation::Background, &error)) {
            errors = true;
            task.hookPhase = "Error";
            task.message = error;
            continue;
        }
        task.hookPhase = "Failed";
        task.message = "Terminated";
    }
    return errors ? outcome("Error", "Operation termination had errors") : outcome("Failed", "Operation terminated");
}

/// Takes the hook finalizer off the live object. False: it could not be taken off, the task is in error.
bool SyncStep::release(Task& task)
{
    constexpr int kTries = 5;
    auto object = live(*task.plan);
    if (!object || !hasHookFinalizer(*object) || m_input.operation->dryRun)
        return true;
    const auto failed = [&](const Error& error) {
        task.hookPhase = "Error";
        task.message = "Failed to remove hook finalizer: " + error.message;
        return false;
    };
    const auto type = m_input.client->resolve(manifest::apiVersion(*object), manifest::kind(*object), m_input.stop);
    if (!type)
        return failed(type.error());
    Value current(*object);
    for (int i = 0; i < kTries; ++i) {
        manifest::Array rest;
        for (const auto& item : manifest::array(current, {"metadata", "finalizers"})) {
            if (!item.is_string() || item.get_string() != kHookFinalizer)
                rest.push_back(item);
        }
        const bool goes = rest.empty() && !manifest::text(current, {"metadata", "deletionTimestamp"}).empty();
        Value change = manifest::Object();
        manifest::ensure(change, {"metadata", "finalizers"}) = Value(std::move(rest));
        manifest::ensure(change, {"metadata", "resourceVersion"}) =
            boost::json::string(manifest::text(current, {"metadata", "resourceVersion"}));
        const auto written = m_input.client->patch(*type, task.plan->key.nameSpace, task.plan->key.name,
                                                   kube::PatchType::Merge, change, {}, m_input.stop);
        if (written && m_input.observe && !goes)
            m_input.observe(*written);
        if (written || written.error().code == Error::Code::NotFound)
            return true;
        if (written.error().code != Error::Code::Conflict || i + 1 == kTries)
            return failed(written.error());
        auto again = m_input.client->get(*type, task.plan->key.nameSpace, task.plan->key.name, m_input.stop);
        if (!again)
            return again.error().code == Error::Code::NotFound || failed(again.error());
        current = std::move(*again);
    }
    return true;
}

/// Lets go of the hooks that are done. False: one would vanish with its result not stored yet.
bool SyncStep::releaseCompleted()
{
    bool stored = true;
    for (auto& task : m_tasks) {
        if (!task.plan->hook || !task.completed())
            continue;
        const auto object = live(*task.plan);
        if (object && task.justCompleted && hasHookFinalizer(*object)
            && !manifest::text(*object, {"metadata", "deletionTimestamp"}).empty()) {
            m_wrote = true; // the result first, the finalizer in the next step
            stored = false;
            continue;
        }
        (void)release(task);
    }
    return stored;
}

/// Hooks of an earlier sync that are in the way of the wave's.
std::vector<SyncStep::Task*> SyncStep::oldHooks(const std::vector<Task*>& wave) const
{
    std::vector<Task*> list;
    for (auto* task : wave) {
        if (task->plan->hook && task->plan->hookDeletePolicies.contains("BeforeHookCreation") && live(*task->plan)
            && !isOurs(*task))
            list.push_back(task);
    }
    return list.empty() ? wave : list;
}

/// A hook that exists already and was created since the operation began was made by a run that was cut off.
bool SyncStep::isOurs(const Task& task) const
{
    if (!m_input.firstAttempt || !m_input.startedAt)
        return false;
    const auto object = live(*task.plan);
    if (!object)
        return false;
    const auto created = parseRfc3339(manifest::text(*object, {"metadata", "creationTimestamp"}));
    return created && *created >= *m_input.startedAt
        && manifest::text(*object, {"metadata", "deletionTimestamp"}).empty();
}

bool SyncStep::clearOldHooks(const std::vector<Task*>& wave, bool& failed)
{
    bool left = false;
    for (auto* task : wave) {
        if (!task->plan->hook || !task->plan->hookDeletePolicies.contains("BeforeHookCreation")
            || m_input.operation->dryRun)
            continue;
        const auto object = live(*task->plan);
        if (!object || isOurs(*task))
            continue;
        left = true;
        if (!release(*task)) {
            task->status = "SyncFailed";
            failed = true;
            continue;
        }
        if (!manifest::text(*object, {"metadata", "deletionTimestamp"}).empty())
            continue;
        std::string error;
        if (!remove(task->plan->key, task->plan->version, std::string(manifest::uid(*object)),
                    kube::Propagation::Background, &error)) {
            task->status = "SyncFailed";
            task->hookPhase = "Error";
            task->message = error;
            failed = true;
        }
    }
    return left;
}

void SyncStep::deleteHooks(std::string_view policy)
{
    for (const auto& task : m_tasks) {
        if (!task.plan->hook || task.pending() || m_input.operation->dryRun
            || !task.plan->hookDeletePolicies.contains(std::string(policy)))
            continue;
        const auto object = live(*task.plan);
        std::string error;
        if (object)
            (void)remove(task.plan->key, task.plan->version, std::string(manifest::uid(*object)),
                         kube::Propagation::Background, &error); // a leftover hook does not fail the sync
    }
}

} // namespace core::gitops
