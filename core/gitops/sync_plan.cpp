// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gitops/sync_plan.h"

#include "core/base/strings.h"
#include "core/gitops/hooks.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

namespace core::gitops {

namespace {

using manifest::Value;

class Planner
{
public:
    explicit Planner(const PlanInput& input)
        : m_input(input)
        , m_app(*input.app)
        , m_operation(input.operation)
    {
    }

    SyncPlan run()
    {
        for (const auto& condition : m_input.comparison->conditions) {
            if (condition.type == "SharedResourceWarning" && m_operation.hasOption("FailOnSharedResource=true")
                && m_plan.blocked.empty())
                m_plan.blocked = "Shared resource found: " + condition.message;
        }
        for (const auto& state : m_input.comparison->resources)
            addTasks(state);
        addNamespace();
        mirrorPruneWaves();
        pruneLast();
        sortTasks();
        moveOwnersForward();
        checkTasks();
        if (!m_plan.tasks.empty()) {
            const auto& first = m_plan.tasks.front();
            const auto& last = m_plan.tasks.back();
            m_plan.multiStep = first.phase != last.phase || first.wave != last.wave;
        }
        return std::move(m_plan);
    }

private:
    [[nodiscard]] bool selected(const ResourceState& state) const
    {
        if (m_operation.resources.empty())
            return true;
        return state.selfReferenced
            && std::any_of(m_operation.resources.begin(), m_operation.resources.end(), [&](const auto& wanted) {
                   return wanted.group == state.key.group && wanted.kind == state.key.kind
                       && wanted.name == state.key.name
                       && (wanted.nameSpace.empty() || wanted.nameSpace == state.key.nameSpace);
               });
    }

    void addTasks(const ResourceState& state)
    {
        if (!state.hookTypes.empty() && (state.hookTypes[0] == "Skip" || state.hookTypes[0] == "Ignore"))
            return;
        if (state.hook) {
            addHookTasks(state);
            return;
        }
        if (!selected(state) || !state.selfReferenced)
            return;
        const bool outOfSync = !state.desired || !state.live || state.diff.outOfSync;
        if (m_operation.hasOption("ApplyOutOfSyncOnly=true") && !outOfSync)
            return;
        m_plan.tasks.push_back(state.desired ? applyTask(state) : pruneTask(state));
    }

    void addHookTasks(const ResourceState& state)
    {
        if (!m_operation.resources.empty() || m_operation.applyStrategy || !state.desired)
            return; // a live hook without target is left over, not pruned
        static constexpr std::array kPhases {std::pair {"PreSync", Phase::PreSync}, std::pair {"Sync", Phase::Sync},
                                             std::pair {"PostSync", Phase::PostSync},
                                             std::pair {"SyncFail", Phase::SyncFail}};
        for (const auto& [text, phase] : kPhases) {
            if (std::find(state.hookTypes.begin(), state.hookTypes.end(), text) == state.hookTypes.end())
                continue;
            auto task = applyTask(state);
            task.phase = phase;
            task.hook = true;
            task.hookType = text;
            task.action = SyncTask::Action::Hook;
            task.hookDeletePolicies = hookDeletePolicies(*state.desired);
            if (task.key.name.empty())
                nameHook(task);
            holdHook(task);
            m_plan.tasks.push_back(std::move(task));
        }
    }

    static void holdHook(SyncTask& task)
    {
        if (hasHookFinalizer(*task.target))
            return;
        Value copy(*task.target);
        auto& finalizers = manifest::ensure(copy, {"metadata", "finalizers"});
        if (!finalizers.is_array())
            finalizers = manifest::Array();
        finalizers.get_array().emplace_back(boost::json::string(kHookFinalizer));
        task.target = std::make_shared<Value>(std::move(copy));
    }

    void nameHook(SyncTask& task) const
    {
        const auto revision = m_input.revision.size() >= 8 ? m_input.revision.substr(0, 7) : m_input.revision;
        const auto started = parseRfc3339(m_input.startedAt);
        const auto seconds =
            started ? std::chrono::floor<std::chrono::seconds>(*started).time_since_epoch().count() : 0;
        Value copy(*task.target);
        task.key.name = fmt::format("{}{}-{}-{}", manifest::text(copy, {"metadata", "generateName"}), revision,
                                    lower(gitops::name(task.phase)), seconds);
        manifest::erase(copy, {"metadata", "generateName"});
        manifest::ensure(copy, {"metadata", "name"}) = boost::json::string(task.key.name);
        if (const auto own = instance(copy); !own.empty())
            manifest::setAnnotation(copy, kTrackingAnnotation, trackingIdText(own, task.key));
        task.target = std::make_shared<Value>(std::move(copy));
        task.live = nullptr;
    }

    static std::string instance(const Value& object)
    {
        const auto text = manifest::annotation(object, kTrackingAnnotation);
        return std::string(text.substr(0, text.find(':')));
    }

    [[nodiscard]] SyncTask applyTask(const ResourceState& state) const
    {
        SyncTask task;
        task.key = state.key;
        task.version = state.version;
        task.wave = state.wave;
        task.target = state.desired;
        task.live = state.live;
        task.modified = !state.live || state.diff.outOfSync;
        auto options = syncOptions(*state.desired);
        if (state.live && syncOptions(*state.live).contains("Replace=true"))
            options.insert("Replace=true");
        const auto has = [&](const char* option) { return options.contains(option) || m_operation.hasOption(option); };
        task.serverSide = has("ServerSideApply=true") && !options.contains("ServerSideApply=false");
        task.force = m_operation.force || options.contains("Force=true")
            || (state.live && syncOptions(*state.live).contains("Force=true"));
        task.migrate = !m_operation.hasOption("ClientSideApplyMigration=false");
        task.validate = !has("Validate=false");
        task.respectIgnore = m_operation.hasOption("RespectIgnoreDifferences=true");
        task.skipDryRun = has("SkipDryRunOnMissingResource=true");
        if (has("Replace=true"))
            task.action = state.live ? SyncTask::Action::Replace : SyncTask::Action::Create;
        return task;
    }

    [[nodiscard]] SyncTask pruneTask(const ResourceState& state) const
    {
        SyncTask task;
        task.key = state.key;
        task.version = state.version;
        task.wave = state.wave;
        task.live = state.live;
        task.action = SyncTask::Action::Prune;
        task.modified = true;
        const auto options = syncOptions(*state.live);
        std::string own;
        for (const auto& option : options) {
            if (option.starts_with("Prune="))
                own = option;
        }
        const auto says = [&](const char* option) {
            return own.empty() ? m_operation.hasOption(option) : own == option;
        };
        task.confirmPrune = says("Prune=confirm");
        if (!m_operation.prune) {
            task.pruneAllowed = false;
            task.note = "ignored (requires pruning)";
        } else if (says("Prune=false")) {
            task.pruneAllowed = false;
            task.note = "ignored (no prune)";
        }
        return task;
    }

    void addNamespace()
    {
        if (!m_operation.hasOption("CreateNamespace=true") || m_app.destinationNamespace.empty())
            return;
        for (const auto& task : m_plan.tasks) {
            if (task.target && task.key.group.empty() && task.key.kind == "Namespace"
                && task.key.name == m_app.destinationNamespace)
                return;
        }
        SyncTask task;
        task.key = {"", "Namespace", "", m_app.destinationNamespace};
        task.version = "v1";
        task.phase = Phase::PreSync;
        task.action = SyncTask::Action::CreateNamespace;
        task.modified = true;
        m_plan.tasks.push_back(std::move(task));
    }

    void mirrorPruneWaves()
    {
        std::set<int> distinct;
        for (const auto& task : m_plan.tasks) {
            if (task.action == SyncTask::Action::Prune)
                distinct.insert(task.wave);
        }
        const std::vector<int> waves(distinct.begin(), distinct.end());
        std::map<int, int> mirrored;
        for (std::size_t i = 0; i < waves.size(); ++i)
            mirrored[waves[i]] = waves[waves.size() - 1 - i];
        for (auto& task : m_plan.tasks) {
            if (task.action == SyncTask::Action::Prune)
                task.wave = mirrored[task.wave];
        }
    }

    void pruneLast()
    {
        int highest = 0;
        for (const auto& task : m_plan.tasks) {
            if (task.phase == Phase::Sync)
                highest = std::max(highest, task.wave);
        }
        for (auto& task : m_plan.tasks) {
            if (task.action == SyncTask::Action::Prune
                && (m_operation.hasOption("PruneLast=true") || syncOptions(*task.live).contains("PruneLast=true")))
                task.wave = highest + 1;
        }
    }

    void sortTasks()
    {
        std::stable_sort(m_plan.tasks.begin(), m_plan.tasks.end(), [](const SyncTask& a, const SyncTask& b) {
            const auto rankA = kindRank(a.key.kind);
            const auto rankB = kindRank(b.key.kind);
            return std::tie(a.phase, a.wave, rankA, a.key.name) < std::tie(b.phase, b.wave, rankB, b.key.name);
        });
    }

    /// A Namespace goes before the first task that lives in it, a CRD before the first object of its kind.
    void moveOwnersForward()
    {
        auto& tasks = m_plan.tasks;
        for (std::size_t i = 0; i < tasks.size(); ++i) {
            if (!tasks[i].target)
                continue;
            const bool isNamespace = tasks[i].key.group.empty() && tasks[i].key.kind == "Namespace";
            const bool isDefinition = tasks[i].key.kind == "CustomResourceDefinition";
            if (!isNamespace && !isDefinition)
                continue;
            const auto group = manifest::text(*tasks[i].target, {"spec", "group"});
            const auto kind = manifest::text(*tasks[i].target, {"spec", "names", "kind"});
            for (std::size_t j = 0; j < i; ++j) {
                const bool before = isNamespace ? tasks[j].key.nameSpace == tasks[i].key.name
                                                : tasks[j].key.group == group && tasks[j].key.kind == kind;
                if (!before)
                    continue;
                auto moved = std::move(tasks[i]);
                moved.phase = tasks[j].phase;
                moved.wave = tasks[j].wave;
                tasks.erase(tasks.begin() + static_cast<std::ptrdiff_t>(i));
                tasks.insert(tasks.begin() + static_cast<std::ptrdiff_t>(j), std::move(moved));
                break;
            }
        }
    }

    [[nodiscard]] bool definedHere(const SyncTask& task) const
    {
        return std::any_of(m_plan.tasks.begin(), m_plan.tasks.end(), [&](const SyncTask& other) {
            return other.target && other.key.kind == "CustomResourceDefinition"
                && manifest::text(*other.target, {"spec", "group"}) == task.key.group
                && manifest::text(*other.target, {"spec", "names", "kind"}) == task.key.kind;
        });
    }

    void checkTasks()
    {
        std::set<std::string> reasons;
        for (auto& task : m_plan.tasks) {
            const auto apiVersion = task.key.group.empty() ? task.version : task.key.group + "/" + task.version;
            if (m_input.served && !m_input.served(apiVersion, task.key.kind)) {
                if (task.skipDryRun || definedHere(task)) {
                    task.skipDryRun = true;
                } else {
                    task.invalid =
                        fmt::format("The Kubernetes API could not find {}/{} for requested resource {}/{}. "
                                    "Make sure the \"{}\" CRD is installed on the destination cluster.",
                                    task.key.group, task.key.kind, task.key.nameSpace, task.key.name, task.key.kind);
                    reasons.insert(fmt::format("failed to discover server resources for group version {}: the server "
                                               "could not find the requested resource",
                                               apiVersion));
                    continue;
                }
            }
            task.invalid = refusal(task);
            if (!task.invalid.empty())
                reasons.insert(task.invalid);
        }
        if (!reasons.empty())
            m_plan.invalid =
                fmt::format("one or more synchronization tasks are not valid: {}", fmt::join(reasons, "; "));
    }

    [[nodiscard]] std::string refusal(const SyncTask& task) const
    {
        if (!m_input.project)
            return {};
        const auto scope = task.key.nameSpace.empty() ? Scope::Cluster : Scope::Namespaced;
        if (!m_input.project->permitsKind(task.key.groupKind(), task.key.name, scope))
            return fmt::format("resource {}:{} is not permitted in project {}", task.key.group, task.key.kind,
                               m_input.project->name);
        if (scope == Scope::Namespaced
            && !m_input.project->permitsDestination(m_input.comparison->cluster, task.key.nameSpace))
            return fmt::format("namespace {} is not permitted in project '{}'", task.key.nameSpace,
                               m_input.project->name);
        return {};
    }

    const PlanInput& m_input;
    const Application& m_app;
    const SyncOperation& m_operation;
    SyncPlan m_plan;
};

} // namespace

std::string_view name(Phase phase)
{
    switch (phase) {
    case Phase::PreSync:
        return "PreSync";
    case Phase::Sync:
        return "Sync";
    case Phase::PostSync:
        return "PostSync";
    case Phase::SyncFail:
        break;
    }
    return "SyncFail";
}

int kindRank(std::string_view kind)
{
    static constexpr std::array<std::string_view, 35> kOrder {"Namespace",
                                                              "NetworkPolicy",
                                                              "ResourceQuota",
                                                              "LimitRange",
                                                              "PodSecurityPolicy",
                                                              "PodDisruptionBudget",
                                                              "ServiceAccount",
                                                              "Secret",
                                                              "SecretList",
                                                              "ConfigMap",
                                                              "StorageClass",
                                                              "PersistentVolume",
                                                              "PersistentVolumeClaim",
                                                              "CustomResourceDefinition",
                                                              "ClusterRole",
                                                              "ClusterRoleList",
                                                              "ClusterRoleBinding",
                                                              "ClusterRoleBindingList",
                                                              "Role",
                                                              "RoleList",
                                                              "RoleBinding",
                                                              "RoleBindingList",
                                                              "Service",
                                                              "DaemonSet",
                                                              "Pod",
                                                              "ReplicationController",
                                                              "ReplicaSet",
                                                              "Deployment",
                                                              "HorizontalPodAutoscaler",
                                                              "StatefulSet",
                                                              "Job",
                                                              "CronJob",
                                                              "IngressClass",
                                                              "Ingress",
                                                              "APIService"};
    const auto found = std::find(kOrder.begin(), kOrder.end(), kind);
    return static_cast<int>(found - kOrder.begin());
}

bool SyncOperation::hasOption(std::string_view option) const
{
    return std::find(syncOptions.begin(), syncOptions.end(), option) != syncOptions.end();
}

SyncOperation parseOperation(const Value& operation)
{
    SyncOperation result;
    const auto* found = manifest::find(operation, {"sync"});
    const Value none = manifest::Object();
    const auto& sync = found ? *found : none;
    result.revision = manifest::text(sync, {"revision"});
    result.prune = manifest::flag(sync, {"prune"});
    result.dryRun = manifest::flag(sync, {"dryRun"});
    const auto* apply = manifest::find(sync, {"syncStrategy", "apply"});
    const auto* hook = manifest::find(sync, {"syncStrategy", "hook"});
    result.applyStrategy = apply && apply->is_object() && !(hook && hook->is_object());
    result.force = manifest::flag(sync, {"syncStrategy", "apply", "force"})
        || manifest::flag(sync, {"syncStrategy", "hook", "force"});
    for (const auto& option : manifest::array(sync, {"syncOptions"})) {
        if (option.is_string())
            result.syncOptions.emplace_back(option.get_string());
    }
    for (const auto& item : manifest::array(sync, {"resources"}))
        result.resources.push_back(
            {std::string(manifest::text(item, {"group"})), std::string(manifest::text(item, {"kind"})),
             std::string(manifest::text(item, {"name"})), std::string(manifest::text(item, {"namespace"}))});
    result.automated = manifest::flag(operation, {"initiatedBy", "automated"});
    return result;
}

SyncPlan planSync(const PlanInput& input)
{
    return Planner(input).run();
}

} // namespace core::gitops
