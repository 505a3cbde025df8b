// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gitops/executor.h"

#include "core/gitops/apply.h"
#include "core/gitops/hooks.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <optional>
#include <thread>

namespace core::gitops {

namespace {

using manifest::Value;

std::string taskName(const SyncTask& task)
{
    return fmt::format("{}/{}/{}", task.key.group, task.key.kind, task.key.name);
}

/// "batch/Job/x and 2 more hooks", "/ConfigMap/y".
template<class Tasks>
std::string listText(const Tasks& tasks, std::string_view what)
{
    auto text = taskName(*tasks.front()->plan);
    if (tasks.size() > 1)
        text += fmt::format(" and {} more {}", tasks.size() - 1, what);
    return text;
}

std::vector<std::string> imagesOf(const Value& object)
{
    const auto* spec = manifest::find(object, {"spec", "template", "spec"});
    if (!spec)
        spec = manifest::find(object, {"spec", "jobTemplate", "spec", "template", "spec"});
    if (!spec)
        spec = manifest::find(object, {"spec"});
    std::vector<std::string> images;
    for (const auto* list : {"initContainers", "containers"}) {
        if (!spec)
            break;
        for (const auto& container : manifest::array(*spec, {list})) {
            if (const auto image = manifest::text(container, {"image"}); !image.empty())
                images.emplace_back(image);
        }
    }
    return images;
}

bool describes(const Value& result, const SyncTask& task)
{
    return manifest::text(result, {"kind"}) == task.key.kind && manifest::text(result, {"name"}) == task.key.name
        && manifest::text(result, {"group"}) == task.key.group
        && manifest::text(result, {"syncPhase"}) == gitops::name(task.phase)
        && (task.key.nameSpace.empty() || manifest::text(result, {"namespace"}) == task.key.nameSpace);
}

/// What a step waits for: hooks first.
template<class Tasks>
std::string runningText(Tasks tasks)
{
    std::stable_sort(tasks.begin(), tasks.end(),
                     [](const auto* a, const auto* b) { return a->plan->hook > b->plan->hook; });
    return tasks.front()->plan->hook ? "waiting for completion of hook " + listText(tasks, "hooks")
                                     : "waiting for healthy state of " + listText(tasks, "resources");
}

/// As the option says; foreground without one, as Argo CD has it. What holds nothing but data is gone at once then: the
/// garbage collector of a cluster takes seconds to find that nothing belongs to it, and would find what does as well.
kube::Propagation propagationOf(const SyncOperation& operation, const manifest::ResourceKey& key)
{
    const bool isData = key.group.empty() && (key.kind == "ConfigMap" || key.kind == "Secret");
    if (isData && !operation.hasOption("PrunePropagationPolicy=foreground")
        && !operation.hasOption("PrunePropagationPolicy=orphan"))
        return kube::Propagation::Background;
    if (operation.hasOption("PrunePropagationPolicy=background"))
        return kube::Propagation::Background;
    if (operation.hasOption("PrunePropagationPolicy=orphan"))
        return kube::Propagation::Orphan;
    return kube::Propagation::Foreground;
}

constexpr std::size_t kAtOnce = 8; ///< requests

/// Calls work(0) to work(count - 1), of many several at once; the time of a wave is the server's then.
void eachAtOnce(std::size_t count, const std::function<void(std::size_t)>& work)
{
    std::atomic<std::size_t> next = 0;
    const auto share = [&] {
        for (auto i = next++; i < count; i = next++)
            work(i);
    };
    std::vector<std::jthread> threads;
    if (count >= kAtOnce)
        for (std::size_t i = 1; i < kAtOnce; ++i)
            threads.emplace_back(share);
    share();
}

} // namespace

SyncStep::SyncStep(Input input, const manifest::Array& results)
    : m_input(std::move(input))
{
    std::vector<bool> taken(results.size(), false);
    for (const auto& planned : m_input.plan->tasks) {
        Task task;
        task.plan = &planned;
        for (std::size_t i = 0; i < results.size(); ++i) {
            if (!describes(results[i], planned))
                continue;
            taken[i] = true;
            task.order = i;
            task.status = manifest::text(results[i], {"status"});
            task.hookPhase = manifest::text(results[i], {"hookPhase"});
            task.message = manifest::text(results[i], {"message"});
        }
        m_tasks.push_back(std::move(task));
    }
    for (std::size_t i = 0; i < results.size(); ++i) {
        if (!taken[i])
            m_gone.emplace(i, results[i]);
    }
    m_nextOrder = results.size();
}

kube::ObjectPtr SyncStep::live(const SyncTask& task) const
{
    return m_input.cluster->get(task.key);
}

SyncStep::Outcome SyncStep::run()
{
    const bool first = std::all_of(m_tasks.begin(), m_tasks.end(), [](const Task& task) { return task.pending(); });
    if (!m_input.plan->blocked.empty())
        return outcome("Failed", m_input.plan->blocked);
    if (!m_input.plan->invalid.empty()) {
        for (auto& task : m_tasks) {
            if (!task.plan->invalid.empty()) {
                task.status = "SyncFailed";
                task.order = m_nextOrder++;
                task.message = task.plan->invalid;
            }
        }
        return outcome("Failed", m_input.plan->invalid);
    }
    if (!first)
        refreshRunning();
    const bool hooksOnly = !m_input.plan->multiStep;
    auto unfinished = waiting();
    if (hooksOnly)
        std::erase_if(unfinished, [](const Task* task) { return !task->plan->hook; });
    if (!unfinished.empty()) {
        return outcome("Running", runningText(unfinished));
    }
    const bool anyFailed = std::any_of(m_tasks.begin(), m_tasks.end(), [](const Task& task) {
        return task.failed() && task.plan->phase != Phase::SyncFail;
    });
    const auto next = nextWave();
    if (!anyFailed) {
        if (const auto going = terminating(); !going.empty())
            return outcome("Running", "waiting for deletion of " + listText(going, "resources"));
    }
    if (!releaseCompleted())
        return outcome("Running", "one or more tasks are running");
    if (anyFailed)
        return fail("one or more synchronization tasks completed unsuccessfully");
    if (next.empty()) {
        deleteHooks("HookSucceeded");
        return outcome("Succeeded", "successfully synced (no more tasks)");
    }
    const auto confirm = [&] {
        std::vector<Task*> list;
        const bool approved =
            m_input.pruneApproved && m_input.startedAt && *m_input.pruneApproved >= *m_input.startedAt;
        for (auto* task : next) {
            if (task->plan->confirmPrune && task->plan->pruneAllowed && !approved && !m_input.operation->dryRun)
                list.push_back(task);
        }
        return list;
    }();
    if (!confirm.empty())
        return outcome("Running", "waiting for pruning confirmation of " + listText(confirm, "resources"));
    const auto result = runWave(next);
    if (result == WaveResult::Waiting)
        return outcome("Running", "waiting for deletion of " + listText(oldHooks(next), "hooks"));
    if (result == WaveResult::Failed) {
        std::vector<Task*> running;
        std::copy_if(next.begin(), next.end(), std::back_inserter(running),
                     [](const Task* task) { return task->running(); });
        if (!running.empty())
            return outcome("Running", runningText(running));
        return fail("one or more objects failed to apply");
    }
    const bool anyHook = std::any_of(next.begin(), next.end(), [](const Task* task) { return task->plan->hook; });
    if (nextWave().empty() && !anyHook && !m_input.operation->dryRun) {
        deleteHooks("HookSucceeded");
        return outcome("Succeeded", "successfully synced (all tasks run)");
    }
    return outcome("Running", "one or more tasks are running");
}

void SyncStep::refreshRunning()
{
    for (auto& task : m_tasks) {
        if (!task.running())
            continue;
        refreshOne(task);
        task.justCompleted = !task.running();
    }
}

void SyncStep::refreshOne(Task& task)
{
    if (task.plan->action == SyncTask::Action::CreateNamespace) {
        task.hookPhase = "Succeeded";
        return;
    }
    const auto object = live(*task.plan);
    if (!object) {
        task.status = "SyncFailed";
        task.hookPhase = "Error";
        task.message = fmt::format("Resource {} is missing, it might have been deleted", taskName(*task.plan));
        return;
    }
    const auto health = health::assess(*object, m_input.customizations);
    if (task.plan->hook) {
        const auto status = health ? health->status : health::Status::Healthy;
        task.message = health ? health->message : task.plan->key.name + " created";
        if (status == health::Status::Healthy)
            task.hookPhase = "Succeeded";
        else if (status == health::Status::Degraded || status == health::Status::Unknown)
            task.hookPhase = "Failed";
        else if (task.message.empty())
            task.message = kubectlName(task.plan->key) + " created";
        return;
    }
    if (!health || health->status == health::Status::Healthy) {
        task.hookPhase = "Succeeded";
    } else if (health->status == health::Status::Degraded) {
        task.hookPhase = "Failed";
        task.message = health->message;
    }
}

std::vector<SyncStep::Task*> SyncStep::waiting()
{
    std::vector<Task*> list;
    for (auto& task : m_tasks) {
        if (task.running())
            list.push_back(&task);
    }
    return list;
}

std::vector<SyncStep::Task*> SyncStep::terminating()
{
    std::vector<Task*> list;
    for (auto& task : m_tasks) {
        if (task.status != "Pruned" || m_input.operation->dryRun)
            continue;
        const auto object = live(*task.plan);
        const auto* before = task.plan->live.get();
        if (object && before && manifest::uid(*object) == manifest::uid(*before))
            list.push_back(&task);
    }
    return list;
}

std::vector<SyncStep::Task*> SyncStep::nextWave()
{
    std::vector<Task*> list;
    for (auto& task : m_tasks) {
        if (!task.pending() || task.plan->phase == Phase::SyncFail)
            continue;
        if (!list.empty()
            && (list.front()->plan->phase != task.plan->phase || list.front()->plan->wave != task.plan->wave))
            break; // tasks are in order
        list.push_back(&task);
    }
    return list;
}

bool SyncStep::remove(const manifest::ResourceKey& key, const std::string& version, const std::string& uid,
                      kube::Propagation propagation, std::string* error)
{
    m_wrote = true;
    return send(key, version, uid, propagation, error);
}

/// What remove() does, on any thread.
bool SyncStep::send(const manifest::ResourceKey& key, const std::string& version, const std::string& uid,
                    kube::Propagation propagation, std::string* error) const
{
    const auto apiVersion = key.group.empty() ? version : key.group + "/" + version;
    const auto type = m_input.client->resolve(apiVersion, key.kind, m_input.stop);
    if (!type) {
        *error = type.error().message;
        return false;
    }
    kube::DeleteOptions options;
    options.propagation = propagation;
    options.uid = uid;
    const auto removed = m_input.client->remove(*type, key.nameSpace, key.name, options, m_input.stop);
    if (!removed && removed.error().code != Error::Code::NotFound) {
        *error = removed.error().message;
        return false;
    }
    return true;
}

bool SyncStep::runPrunes(const std::vector<Task*>& wave)
{
    bool ok = true;
    std::vector<Task*> due;
    for (auto* task : wave)
        if (task->plan->action == SyncTask::Action::Prune && task->plan->pruneAllowed && !m_input.operation->dryRun)
            due.push_back(task);
    std::map<const Task*, std::string> errors;
    for (const auto* task : due)
        errors[task] = {};
    m_wrote = m_wrote || !due.empty();
    eachAtOnce(due.size(), [&](std::size_t i) {
        const auto& plan = *due[i]->plan;
        (void)send(plan.key, plan.version, std::string(manifest::uid(*plan.live)),
                   propagationOf(*m_input.operation, plan.key), &errors.at(due[i]));
    });
    for (auto* task : wave) {
        if (task->plan->action != SyncTask::Action::Prune)
            continue;
        task->hookPhase = "Succeeded";
        task->order = m_nextOrder++;
        if (!task->plan->pruneAllowed) {
            task->status = "PruneSkipped";
            task->message = task->plan->note;
            continue;
        }
        task->status = "Pruned";
        task->message = m_input.operation->dryRun ? "pruned (dry run)" : "pruned";
        if (const auto error = errors.find(task); error != errors.end() && !error->second.empty()) {
            task->status = "SyncFailed";
            task->hookPhase = "Error";
            task->message = error->second;
            ok = false;
        }
    }
    return ok;
}

void SyncStep::runApply(Task& task)
{
    const auto& plan = *task.plan;
    const bool dryRun = m_input.operation->dryRun;
    task.order = m_nextOrder++;
    if (plan.hook && !dryRun && isOurs(task)) {
        task.status = "Synced";
        task.hookPhase = "Running";
        task.message = kubectlName(plan.key) + " created";
        return;
    }
    note(task,
         plan.action == SyncTask::Action::CreateNamespace
             ? writeNamespace(*m_input.client, plan.key.name, m_input.app->managedNamespaceMetadata, dryRun,
                              m_input.stop)
             : writeTask(*m_input.client, plan, m_input.app->ignoreDifferences, dryRun, m_input.stop));
}

void SyncStep::note(Task& task, Result<Written> written)
{
    const bool dryRun = m_input.operation->dryRun;
    m_wrote = m_wrote || !dryRun;
    if (!written) {
        task.status = "SyncFailed";
        task.hookPhase = "Failed";
        task.message = written.error().message;
        return;
    }
    task.status = "Synced";
    task.hookPhase = dryRun ? "Succeeded" : "Running";
    task.message = std::move(written->message);
    if (!dryRun && m_input.observe)
        m_input.observe(written->object);
}

/// Whether two objects of a wave may be written at once, as Argo CD does: they are of one kind, and no hooks.
bool SyncStep::isAlike(const Task& one, const Task& other)
{
    const auto isPlain = [](const Task& task) {
        return task.plan->action != SyncTask::Action::Prune && task.plan->action != SyncTask::Action::CreateNamespace
            && !task.plan->hook && task.plan->key.kind != "CustomResourceDefinition";
    };
    return isPlain(one) && isPlain(other) && one.plan->key.kind == other.plan->key.kind
        && one.plan->key.group == other.plan->key.group;
}

void SyncStep::runTogether(const std::vector<Task*>& tasks)
{
    std::vector<std::optional<Result<Written>>> all(tasks.size());
    eachAtOnce(tasks.size(), [&](std::size_t i) {
        if (!m_input.stop.stop_requested())
            all[i] = writeTask(*m_input.client, *tasks[i]->plan, m_input.app->ignoreDifferences,
                               m_input.operation->dryRun, m_input.stop);
    });
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        if (!all[i])
            continue;
        tasks[i]->order = m_nextOrder++;
        note(*tasks[i], std::move(*all[i]));
    }
}

SyncStep::WaveResult SyncStep::runWave(const std::vector<Task*>& wave)
{
    if (!runPrunes(wave))
        return WaveResult::Failed;
    bool failed = false;
    if (clearOldHooks(wave, failed))
        return failed ? WaveResult::Failed : WaveResult::Waiting;
    for (auto task = wave.begin(); task != wave.end();) {
        const auto end = std::find_if(task, wave.end(), [&](const Task* each) { return !isAlike(**task, *each); });
        if (end - task > 1)
            runTogether({task, end});
        else if ((*task)->plan->action != SyncTask::Action::Prune && !m_input.stop.stop_requested())
            runApply(**task);
        for (const auto next = std::max(end, task + 1); task != next; ++task)
            failed = failed || ((*task)->plan->action != SyncTask::Action::Prune && (*task)->failed());
    }
    return failed ? WaveResult::Failed : WaveResult::Done;
}

SyncStep::Outcome SyncStep::fail(std::string message)
{
    std::vector<Task*> hooks;
    for (auto& task : m_tasks) {
        if (task.plan->phase == Phase::SyncFail)
            hooks.push_back(&task);
    }
    const auto pending = std::any_of(hooks.begin(), hooks.end(), [](const Task* task) { return task->pending(); });
    if (!pending) {
        for (auto* task : hooks)
            (void)release(*task);
    }
    if (pending && !m_input.operation->dryRun) {
        std::vector<Task*> due;
        std::copy_if(hooks.begin(), hooks.end(), std::back_inserter(due),
                     [](const Task* task) { return task->pending(); });
        if (runWave(due) == WaveResult::Waiting)
            return outcome("Running", "waiting for deletion of " + listText(oldHooks(due), "hooks"));
        return outcome("Running", "waiting for completion of hook " + listText(due, "hooks"));
    }
    deleteHooks("HookFailed");
    std::vector<std::string> reasons;
    std::vector<std::string> hookReasons;
    for (const auto& task : m_tasks) {
        if (task.status == "SyncFailed" && !task.message.empty() && task.plan->phase != Phase::SyncFail)
            reasons.push_back(task.message);
        if (task.plan->phase == Phase::SyncFail && task.failed())
            hookReasons.push_back(task.message);
    }
    std::sort(reasons.begin(), reasons.end());
    reasons.erase(std::unique(reasons.begin(), reasons.end()), reasons.end());
    if (!reasons.empty())
        message += fmt::format(", reason: {}", fmt::join(reasons, ","));
    if (!hookReasons.empty())
        message += fmt::format("\none or more SyncFail hooks failed, reason: {}", fmt::join(hookReasons, ","));
    return outcome("Failed", std::move(message));
}

SyncStep::Outcome SyncStep::outcome(std::string phase, std::string message)
{
    return {std::move(phase), std::move(message), resultList(), m_wrote};
}

manifest::Array SyncStep::resultList() const
{
    auto ordered = m_gone;
    for (const auto& task : m_tasks) {
        if (task.pending())
            continue;
        manifest::Object item;
        const auto& plan = *task.plan;
        item.emplace("group", plan.key.group);
        item.emplace("version", plan.version);
        item.emplace("kind", plan.key.kind);
        const bool cluster = plan.key.nameSpace.empty() && plan.action != SyncTask::Action::CreateNamespace;
        item.emplace("namespace", cluster ? m_input.app->destinationNamespace : plan.key.nameSpace);
        item.emplace("name", plan.key.name);
        item.emplace("status", task.status);
        item.emplace("message", task.message);
        if (plan.hook)
            item.emplace("hookType", plan.hookType);
        if (!task.hookPhase.empty())
            item.emplace("hookPhase", task.hookPhase);
        item.emplace("syncPhase", boost::json::string(gitops::name(plan.phase)));
        if (plan.target) {
            manifest::Array images;
            for (const auto& image : imagesOf(*plan.target))
                images.emplace_back(boost::json::string(image));
            if (!images.empty())
                item.emplace("images", std::move(images));
        }
        ordered.insert_or_assign(task.order, Value(std::move(item)));
    }
    manifest::Array list;
    for (auto& [order, item] : ordered)
        list.push_back(std::move(item));
    return list;
}

} // namespace core::gitops
