// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gitops/comparison.h"
#include "core/gitops/project.h"

namespace core::gitops {

struct Settings;

enum class Phase : std::uint8_t { PreSync, Sync, PostSync, SyncFail };
[[nodiscard]] std::string_view name(Phase phase);

/// One object in one phase.
struct SyncTask
{
    enum class Action : std::uint8_t { Apply, Create, Replace, Prune, Hook, CreateNamespace };
    manifest::ResourceKey key; ///< name of generateName hooks already made
    std::string version;
    Phase phase = Phase::Sync;
    int wave = 0;
    Action action = Action::Apply;
    bool hook = false;
    std::string hookType;
    std::set<std::string> hookDeletePolicies; ///< HookSucceeded, HookFailed, BeforeHookCreation
    kube::ObjectPtr target; ///< null for prunes
    kube::ObjectPtr live;
    bool modified = false; ///< apply would change it
    bool serverSide = false;
    bool force = false;
    bool migrate = true; ///< server-side apply takes over what client-side applies own
    bool validate = true;
    bool pruneAllowed = true; ///< false: PruneSkipped with `note`
    bool confirmPrune = false;
    bool respectIgnore = false; ///< keep ignored live values
    bool skipDryRun = false; ///< its kind is not served yet
    std::string note; ///< "ignored (no prune)" ...
    std::string invalid; ///< why it may not run at all: kind unknown, not permitted
};

struct SyncOperation
{
    std::string revision;
    bool prune = false;
    bool dryRun = false;
    bool force = false;
    bool applyStrategy = false; ///< strategy `apply`: no hooks
    std::vector<std::string> syncOptions;
    struct Selector
    {
        std::string group, kind, name, nameSpace;
    };
    std::vector<Selector> resources;
    bool automated = false;
    [[nodiscard]] bool hasOption(std::string_view option) const;
};
[[nodiscard]] SyncOperation parseOperation(const manifest::Value& operation);

struct SyncPlan
{
    std::vector<SyncTask> tasks; ///< in the order of execution
    bool multiStep = false; ///< several phases or waves
    std::string invalid; ///< "one or more synchronization tasks are not valid: ..." or ""
    std::string blocked; ///< a shared resource, a comparison error: the operation must not run
};

struct PlanInput
{
    const Application* app = nullptr;
    const Project* project = nullptr;
    const Comparison* comparison = nullptr;
    SyncOperation operation;
    std::string revision;
    std::string startedAt; ///< of the operation, RFC 3339: names generateName hooks
    /// Whether the cluster serves a kind in this version.
    std::function<bool(std::string_view apiVersion, std::string_view kind)> served;
};

/// Pure: which objects, in which order, and how. Section 5.
[[nodiscard]] SyncPlan planSync(const PlanInput& input);

/// Order of kinds inside a wave (section 5.3).
[[nodiscard]] int kindRank(std::string_view kind);

struct AutoSyncDecision
{
    bool sync = false;
    manifest::Value operation; ///< to be written to `.operation`
    std::optional<Condition> condition; ///< SyncError
    std::optional<Duration> retryIn; ///< self-heal waits
    std::string reason; ///< why not, for people; "" when it syncs, or automation is off
};
/// Section 5.10. `object` is the Application as stored; windows are the caller's business. `settings` null: defaults.
[[nodiscard]] AutoSyncDecision decideAutoSync(const Application& app, const manifest::Value& object,
                                              const Comparison& comparison, TimePoint now,
                                              const Settings* settings = nullptr);

} // namespace core::gitops
