// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/engine/administration.h"
#include "core/engine/inventory.h"
#include "core/engine/rollout_preview.h"
#include "core/engine/snapshot.h"
#include "core/health/resource_actions.h"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace core::engine {

/// Ends a subscription; waits for a callback in progress.
class Subscription
{
public:
    Subscription() = default;
    explicit Subscription(std::function<void()> end);
    Subscription(Subscription&& other) noexcept;
    Subscription& operator=(Subscription&& other) noexcept;
    ~Subscription();

private:
    std::function<void()> m_end;
};

struct AppId
{
    std::string nameSpace;
    std::string name;
    friend auto operator<=>(const AppId&, const AppId&) = default;
};

/// A live object: of the session's own cluster, of the one that an application goes to, or of a registered one.
struct ObjectRef
{
    ObjectRef(manifest::ResourceKey object, std::optional<AppId> of = {}) // NOLINT: a key alone is a reference
        : key(std::move(object))
        , application(std::move(of))
    {
    }
    explicit ObjectRef(const Rollout& rollout)
        : key(rollout.key)
        , cluster(rollout.cluster)
    {
    }
    manifest::ResourceKey key;
    std::optional<AppId> application; ///< in whose cluster it is; none: in that of `cluster`
    std::string cluster; ///< the address of the cluster that it is in; "" = the session's own
};

struct SyncRequest
{
    std::string revision; ///< "" = the application's target
    bool prune = false;
    bool dryRun = false;
    bool force = false;
    bool replace = false;
    std::vector<manifest::ResourceKey> resources; ///< empty = all
    std::string reason; ///< for the audit log
    bool applyOnly = false; ///< hooks do not run
    std::vector<std::string> options; ///< "PruneLast=true": count before the application's own of the same name
    std::optional<std::int64_t> retryLimit; ///< none: as the application says
};

struct RollbackOptions
{
    RollbackOptions(std::string why = {}) // NOLINT: a reason alone is what most rollbacks have
        : reason(std::move(why))
    {
    }
    RollbackOptions(const char* why) // NOLINT: the same
        : reason(why)
    {
    }
    std::string reason;
    bool prune = true;
    bool hooks = false; ///< run them
};

/// One difference inside a resource.
struct FieldChange
{
    std::vector<std::string> path; ///< keys and indexes
    std::optional<manifest::Value> live; ///< none: only desired
    std::optional<manifest::Value> desired; ///< none: only live
    bool ignored = false; ///< does not count
    std::string
        reason; ///< "changed in Git", "changed live by kubectl-edit at …", "defaulted by the API server", ignore rule …
    std::string file; ///< that set the desired value
    std::size_t line = 0; ///< 1-based, 0 = unknown
    bool immutableField = false; ///< the API server refuses to change it: the object must be replaced
};

struct ResourceDiff
{
    enum class Action { None, Create, Patch, Prune, Replace, Hook };
    manifest::ResourceKey key;
    Action action = Action::None;
    bool outOfSync = false;
    bool restartsPods = false;
    int wave = 0;
    std::string liveYaml; ///< normalised for comparison, Secrets masked; "" where missing
    std::string desiredYaml; ///< predicted state after the sync, Secrets masked; "" where it would go
    std::vector<FieldChange> changes;
    std::string note; ///< "Prune=false keeps it", "not permitted in project ml-production" ...
    std::string lastAppliedYaml; ///< what was applied last, Secrets masked; "" where that is not known
    std::int64_t pods = 0; ///< that restart
    std::int64_t gpus = 0; ///< that it asks for more than now (fewer: negative), over all its pods
};

struct AppDiff
{
    std::string revision; ///< commit id, or the base commit of an overlay
    bool unsaved = false;
    std::vector<ResourceDiff> resources; ///< out of sync first, then by wave and key
    std::vector<Problem> problems; ///< findings before the sync
    std::optional<std::int64_t> freeGpus; ///< of the cluster; none where it has none, or they cannot be told
};

/// One side of a comparison of anything with anything.
struct DiffSide
{
    enum class Kind : std::uint8_t {
        Live, ///< the application's objects in the cluster
        LastApplied, ///< as they were applied last
        Revision, ///< rendered from its source
        Path, ///< a folder of this machine, rendered like the application's source, or a file of manifests
    };
    Kind kind = Kind::Live;
    AppId app; ///< not needed for a file of manifests
    std::string revision; ///< Revision: branch, tag, commit or "pull/7"; "" = the application's target
    std::string path; ///< Path
    std::string
        cluster {}; ///< Live: the address of a registered cluster, for the other side's objects as they are there
    friend bool operator==(const DiffSide&, const DiffSide&) = default;
};

/// An entry of an Application's spec.ignoreDifferences.
struct IgnoreRule
{
    std::string group;
    std::string kind;
    std::string nameSpace; ///< "" = any
    std::string name; ///< "" = any
    std::vector<std::string> jsonPointers;
    std::vector<std::string> jqPathExpressions;
    std::vector<std::string> managedFieldsManagers;
    friend bool operator==(const IgnoreRule&, const IgnoreRule&) = default;
};

/// A field that is to become as Git wants it while the rest of its object stays as it is.
struct StagedField
{
    manifest::ResourceKey key;
    std::vector<std::string> path; ///< of a FieldChange of diff()
    friend auto operator<=>(const StagedField&, const StagedField&) = default;
};

/// What is known about one place in a kind's schema.
struct SchemaField
{
    std::string name;
    std::string type; ///< "string", "integer", "boolean", "number", "quantity", "object", "map", "list of string" ...
    std::string description; ///< "" where the schema says nothing
    bool required = false;
};
struct SchemaNode
{
    std::string type;
    std::string description;
    std::string defaultValue; ///< as JSON, "" = none
    std::vector<std::string> values; ///< of an enumeration
    std::vector<SchemaField> fields; ///< of an object, by name
};

/// A reference from one file of a source to another.
struct SourceLink
{
    enum class Role : std::uint8_t { Base, Resource, Component, Patch, Generator, Values, Chart, Template, UsedBy };
    Role role = Role::Resource;
    std::string path; ///< that it leads to, in the repository
    std::size_t line = 0; ///< 1-based, in the file that was asked about; 0: the file as a whole
    friend bool operator==(const SourceLink&, const SourceLink&) = default;
};

/// A program that runs in a container and has a terminal. Destroying it closes the connection.
class Terminal
{
public:
    virtual ~Terminal() = default; ///< no callback runs or comes any more when it returns
    virtual void send(std::string_view bytes) = 0;
    virtual void resize(int columns, int rows) = 0;
};
struct TerminalEvents
{
    /// Bytes as they come, from a thread of the terminal; UTF-8 may be cut anywhere.
    std::function<void(std::string_view)> output;
    /// Once: the exit code, or why there is none.
    std::function<void(Result<int>)> ended;
};

/// A forwarded port; destroying it closes it.
class Forward
{
public:
    virtual ~Forward() = default;
    [[nodiscard]] virtual unsigned short localPort() const = 0;
    [[nodiscard]] virtual const manifest::ResourceKey& pod() const = 0; ///< that it leads to
};

struct PlanTask
{
    manifest::ResourceKey key;
    std::string phase; ///< PreSync, Sync, PostSync, SyncFail
    int wave = 0;
    ResourceDiff::Action action = ResourceDiff::Action::None;
    bool restartsPods = false;
    std::string note;
    std::string dryRunError; ///< the server's refusal
    std::int64_t pods = 0; ///< that restart
    std::int64_t gpus = 0; ///< that it asks for more than now
    std::optional<Duration> estimate; ///< until it is done or healthy; none where nothing tells it
    std::vector<manifest::ResourceKey> usedBy {}; ///< of what is pruned: objects that stay and name it
};

/// A limit of the cluster and what the plan does to it.
struct QuotaUse
{
    std::string name; ///< "ResourceQuota/team" or "" for what the nodes have
    std::string nameSpace;
    std::string resource; ///< "requests.nvidia.com/gpu", "pods" ...
    std::string used, after, hard; ///< quantities
    bool exceeded = false;
};

/// What a sync will set going in a Rollout.
struct RolloutChange
{
    manifest::ResourceKey rollout;
    RolloutPreview preview;
};

struct Plan
{
    std::string revision;
    std::vector<PlanTask> tasks; ///< in the order of execution
    std::string blocked; ///< why it may not run now (sync window, project, running operation), or ""
    std::vector<Problem> problems;
    int blastRadius = 0; ///< 0..100
    std::vector<RolloutChange> rollouts {}; ///< those that the sync gives another version, in the order of the tasks
    std::vector<QuotaUse> quotas {}; ///< those that change or would be exceeded
    std::optional<Duration> estimate {}; ///< of the whole; none where no task has one
};

struct ResourceDetails
{
    manifest::ResourceKey key;
    std::string liveYaml; ///< Secrets masked
    std::string desiredYaml;
    std::vector<Event> events;
    std::string reason; ///< why it is in its state, in sentences
    std::string file; ///< that gave it
    std::size_t line = 0;
};

struct SourceFile
{
    std::string path; ///< in the repository
    bool folder = false;
};

struct FileText
{
    std::string text;
    std::string commit; ///< base for saving
};

struct AuditEntry
{
    std::int64_t id = 0;
    TimePoint at;
    std::string who;
    std::string action; ///< "sync", "rollback", "promote", "abort", "commit", "edit" ...
    std::string object; ///< resource key text
    std::string fromRevision;
    std::string toRevision;
    std::string result; ///< "Succeeded", "Failed: …", "started"
    std::string details; ///< JSON
    std::string hash; ///< of this entry, chained to the one before
};

/// May this user do that? As SelfSubjectAccessReview asks it.
struct AccessQuestion
{
    std::string verb; ///< "get", "patch", "delete", "create" ...
    manifest::GroupKind kind;
    std::string subresource; ///< "log", "scale" ...
    std::string nameSpace;
    std::string name; ///< "" = all
    friend auto operator<=>(const AccessQuestion&, const AccessQuestion&) = default;
    /// "delete pods in ml-serving" with the kind for the resource: names the verb that is missing.
    [[nodiscard]] std::string text() const;
};

struct AccessAnswer
{
    bool allowed = false;
    std::string reason; ///< the server's; may be empty
};

/// What deleting an object takes with it.
struct RemovalPlan
{
    std::vector<manifest::ResourceKey> goes; ///< the object first, then all that it owns, in the order of ownership
    std::string recreatedBy; ///< application that would make it again, or owner that would; "" where it stays away
    std::string refusal; ///< of the server's dry run; "" where it would be taken
    std::vector<std::string> finalizers; ///< of the object: it stays until their controllers are done
};

/// The rows of a kind as the server prints them for kubectl.
struct PrintedTable
{
    struct Column
    {
        std::string name;
        bool wide = false; ///< for wide output only
        bool number = false;
    };
    std::vector<Column> columns;
    std::vector<std::pair<manifest::ResourceKey, std::vector<std::string>>> rows;
};

/// What a pod or a node uses now.
struct Usage
{
    std::int64_t milliCpu = 0;
    std::int64_t memory = 0; ///< bytes
    friend bool operator==(const Usage&, const Usage&) = default;
};
using UsageTable = std::map<manifest::ResourceKey, Usage>;

struct LogSource
{
    manifest::ResourceKey pod;
    std::string container; ///< "" = the only or default one
    std::optional<AppId> application {}; ///< in whose cluster the pod is; none: in the session's own
    friend auto operator<=>(const LogSource&, const LogSource&) = default;
};

struct LogOptions
{
    bool follow = true;
    bool previous = false; ///< of the container before its last restart
    std::int64_t tailLines = 1'000; ///< per source; 0 = all
    std::int64_t sinceSeconds = 0; ///< 0 = from the beginning
};

struct LogLine
{
    std::size_t source = 0; ///< index in the list asked for
    std::optional<TimePoint> at; ///< as the node wrote it down
    std::string text;
};

/// Part of followed logs: lines of one source in their order, or its end.
struct LogChunk
{
    std::size_t source = 0;
    std::vector<LogLine> lines;
    bool ended = false;
    std::optional<Error> error; ///< why it ended, where it did not simply end
};

/// What an ApplicationSet, as written in an editor or a file, would make of the cluster.
struct SetPreview
{
    struct Application
    {
        enum class Action { None, Create, Update, Delete, Invalid };
        std::string name;
        Action action = Action::None;
        std::string problem; ///< why it is invalid or cannot be changed, or why its manifests cannot be rendered
        manifest::Value object; ///< as generated; null where it is deleted
        manifest::Value patch; ///< what changes on the live one
        std::vector<manifest::Value> manifests; ///< where they were asked for
    };
    std::string error; ///< of generation, in Argo CD's words: nothing would happen then
    std::vector<Application> applications; ///< by name
};

/// What applying a manifest did, or would do, to its object.
struct AppliedObject
{
    enum class Outcome : std::uint8_t { Created, Changed, Unchanged };
    manifest::ResourceKey key;
    Outcome outcome = Outcome::Unchanged;
};

/// The engine of one window: a session with one cluster, its controllers and caches. Everything is asynchronous inside;
/// the functions below may be called from any thread. Those marked [blocking] may take long: call them from a worker.
class Engine
{
public:
    static constexpr auto kStandardKubeconfig = "default";
    struct Options
    {
        std::filesystem::path home; ///< "" = base paths (PILOTHOUSE_HOME / XDG)
        /// "" = the embedded cluster; kStandardKubeconfig = KUBECONFIG's files, or ~/.kube/config.
        std::string kubeconfig;
        std::string context;
        bool controllers = true; ///< run our own controllers
        /// Embedded: where another process has the cluster open, work through that process; its controllers run.
        /// Otherwise that is an error (Conflict).
        bool attach = false;
        bool seedExample = true; ///< embedded: create the example platform on a first start
        std::filesystem::path resources; ///< "" = found beside the program or in the source tree
        double clockRate = 1.0;
        std::string user; ///< for the audit log; "" = the login name
    };

    [[nodiscard]] static Result<std::unique_ptr<Engine>> open(Options options); ///< [blocking], milliseconds
    virtual ~Engine() = default;

    [[nodiscard]] virtual SnapshotPtr snapshot() const = 0;
    /// Called on an engine thread with each new snapshot, at most every 30 ms.
    [[nodiscard]] virtual Subscription subscribe(std::function<void(const SnapshotPtr&)> callback) = 0;

    // Commands. They return when the request is accepted or refused; progress shows in snapshots.
    [[nodiscard]] virtual Result<> refresh(const AppId& app, bool hard) = 0;
    [[nodiscard]] virtual Result<> sync(const AppId& app, const SyncRequest& request) = 0;
    [[nodiscard]] virtual Result<> terminate(const AppId& app) = 0;
    [[nodiscard]] virtual Result<> rollback(const AppId& app, std::int64_t historyId,
                                            const RollbackOptions& options) = 0;
    /// Switching it on also ends a pause.
    [[nodiscard]] virtual Result<> setAutoSync(const AppId& app, bool enabled) = 0;
    /// Switches automated sync off and remembers for how long and why. When the time has come, an engine that runs
    /// controllers switches it on again; until then, and without a time, the problems remind of it.
    [[nodiscard]] virtual Result<> pauseAutoSync(const AppId& app, std::optional<TimePoint> until,
                                                 const std::string& reason) = 0;
    /// Keeps automated sync from deploying a commit; none: it may again. Pilothouse's own controller heeds it.
    [[nodiscard]] virtual Result<> markRevision(const AppId& app, const std::string& revision,
                                                const std::optional<std::string>& whyBad) = 0;
    enum class RolloutAction { Promote, PromoteFull, SkipStep, Pause, Resume, Abort, Retry, Restart };
    /// In a registered cluster it is written for the controller that runs there. [blocking] while that cluster is being
    /// connected to; Unavailable where it does not answer.
    [[nodiscard]] virtual Result<> act(const ObjectRef& rollout, RolloutAction action, const std::string& reason) = 0;
    [[nodiscard]] virtual Result<> undo(const ObjectRef& rollout, std::int64_t revision) = 0;
    /// Replaces a live object by edited YAML (with its resourceVersion as precondition where it is given).
    [[nodiscard]] virtual Result<> applyLive(const std::string& yaml) = 0;
    /// Creates or changes the objects of one or more YAML documents by server-side apply, namespaces and definitions
    /// first; `nameSpace` for those that name none. `dryRun`: the server is only asked. Ends at the first object that
    /// is refused: the error names it, its place and what was written before it. [blocking]
    [[nodiscard]] virtual Result<std::vector<AppliedObject>>
    applyManifests(const std::string& yaml, const std::string& nameSpace, bool dryRun, std::stop_token stop) = 0;
    [[nodiscard]] virtual Result<> removeLive(const ObjectRef& object) = 0;
    [[nodiscard]] virtual Result<> setClockRate(double rate) = 0; ///< Unsupported on a real cluster
    /// Read-only: every command of this interface that writes is refused as Forbidden. Controllers go on.
    virtual void setReadOnly(bool readOnly) = 0;
    /// New pods for a Deployment, StatefulSet, DaemonSet or Rollout, as `kubectl rollout restart` makes them; a Pod is
    /// deleted, for its owner to replace. Unsupported for other kinds.
    [[nodiscard]] virtual Result<> restart(const manifest::ResourceKey& key) = 0;
    [[nodiscard]] virtual Result<> scale(const manifest::ResourceKey& key, std::int64_t replicas) = 0;
    /// Sets an annotation of a live object, or removes it (none).
    [[nodiscard]] virtual Result<> annotate(const manifest::ResourceKey& key, const std::string& annotation,
                                            const std::optional<std::string>& value) = 0;
    /// Runs one of objectActions().
    [[nodiscard]] virtual Result<> runObjectAction(const ObjectRef& object, const std::string& action,
                                                   const health::ActionArguments& arguments) = 0;
    /// Commits the inverse of a commit on the application's branch; answers the new commit. Conflict where it does not
    /// apply. [blocking]
    [[nodiscard]] virtual Result<std::string> revertCommit(const AppId& app, const std::string& commit,
                                                           const std::string& reason) = 0;

    // Questions, all [blocking].
    [[nodiscard]] virtual Result<AppDiff> diff(const AppId& app, std::stop_token stop) = 0;
    /// The diff as it would be if `text` stood in the file at `path` of the source repository.
    [[nodiscard]] virtual Result<AppDiff> diffWithText(const AppId& app, const std::string& path,
                                                       const std::string& text, std::stop_token stop) = 0;
    /// left stands on the side of the live state, right on that of the desired one. Objects meet by group, kind and
    /// name; the namespace counts between sides of one application only.
    [[nodiscard]] virtual Result<AppDiff> compare(const DiffSide& left, const DiffSide& right,
                                                  std::stop_token stop) = 0;
    /// diff() as it would be if the application ignored this as well.
    [[nodiscard]] virtual Result<AppDiff> diffIgnoring(const AppId& app, const IgnoreRule& rule,
                                                       std::stop_token stop) = 0;
    /// Adds the rule to the Application in the cluster.
    [[nodiscard]] virtual Result<> addIgnoreRule(const AppId& app, const IgnoreRule& rule) = 0;
    /// What syncStaged() would do, tried by the server (dry run).
    [[nodiscard]] virtual Result<Plan> planStaged(const AppId& app, const std::vector<StagedField>& fields,
                                                  std::stop_token stop) = 0;
    [[nodiscard]] virtual Result<> syncStaged(const AppId& app, const std::vector<StagedField>& fields,
                                              const std::string& reason) = 0;
    /// What may stand at a field path of a kind ("spec", "containers", "0"): built-in kinds, and custom ones whose
    /// definitions are in the cluster. NotFound where nothing is known.
    [[nodiscard]] virtual Result<SchemaNode> schema(const std::string& apiVersion, const std::string& kind,
                                                    const std::vector<std::string>& path) = 0;
    [[nodiscard]] virtual Result<Plan> plan(const AppId& app, const SyncRequest& request, std::stop_token stop) = 0;
    [[nodiscard]] virtual Result<ResourceDetails> details(const AppId& app, const manifest::ResourceKey& key,
                                                          std::stop_token stop) = 0;
    [[nodiscard]] virtual Result<std::string> logs(const ObjectRef& pod, const std::string& container,
                                                   std::int64_t tailLines, std::stop_token stop) = 0;
    /// Any live objects of a kind ("" = every kind), for resource tables.
    [[nodiscard]] virtual Result<std::vector<manifest::Value>>
    objects(const manifest::GroupKind& kind, const std::string& nameSpace, std::stop_token stop) = 0;

    [[nodiscard]] virtual Result<GpuInventory> gpus(std::stop_token stop) = 0;
    [[nodiscard]] virtual Result<std::vector<ModelRow>> models(std::stop_token stop) = 0;
    [[nodiscard]] virtual Result<Administration> administration(std::stop_token stop) = 0;
    /// Argo CD's resource actions of a live object, those of users' scripts included; by name.
    [[nodiscard]] virtual Result<std::vector<health::ResourceAction>> objectActions(const ObjectRef& object,
                                                                                    std::stop_token stop) = 0;
    /// What the pods and nodes of the session's own cluster use, as its metrics server measures it; Unsupported where
    /// there is none.
    [[nodiscard]] virtual Result<UsageTable> usage(std::stop_token stop) = 0;
    /// One answer per question, in their order. Answers are kept for half a minute.
    [[nodiscard]] virtual Result<std::vector<AccessAnswer>> access(const std::vector<AccessQuestion>& questions,
                                                                   std::stop_token stop) = 0;
    [[nodiscard]] virtual Result<RemovalPlan> removalPlan(const ObjectRef& object, std::stop_token stop) = 0;
    [[nodiscard]] virtual Result<PrintedTable> printed(const manifest::GroupKind& kind, const std::string& nameSpace,
                                                       std::stop_token stop) = 0;
    /// Reads the logs of many containers at once, each on a thread of the engine; at most 100 sources, the others end
    /// with LimitExceeded. The callback comes from these threads, one at a time per source.
    [[nodiscard]] virtual Subscription followLogs(const std::vector<LogSource>& sources, const LogOptions& options,
                                                  std::function<void(LogChunk)> callback) = 0;

    /// Plays an update of a Rollout by the manifest that its application asks for (the live one where none does)
    /// against the cluster's free GPUs; touches nothing. InvalidInput with the reason where it would be refused.
    [[nodiscard]] virtual Result<RolloutPreview> previewRollout(const ObjectRef& rollout, std::stop_token stop) = 0;
    /// Runs a command with a terminal in a container of a running pod, as `kubectl exec -it`; [blocking] until it runs.
    /// container "": the pod's default one. Unsupported on the embedded cluster, whose pods run nothing.
    [[nodiscard]] virtual Result<std::unique_ptr<Terminal>>
    openTerminal(const ObjectRef& pod, const std::string& container, const std::vector<std::string>& command,
                 TerminalEvents events, std::stop_token stop) = 0;
    /// A port of this machine's loopback (0: any free one) that leads to a port of a Pod, or of a ready pod behind a
    /// Service (its port, not the target's). `onProblem` tells from a thread of the forward why a connection failed.
    [[nodiscard]] virtual Result<std::unique_ptr<Forward>> forwardPort(const ObjectRef& target, unsigned short port,
                                                                       unsigned short localPort,
                                                                       std::function<void(const Error&)> onProblem,
                                                                       std::stop_token stop) = 0;

    /// Touches nothing; [blocking]. `manifests`: render the sources of what is created or updated, too.
    [[nodiscard]] virtual Result<SetPreview> previewSet(const manifest::Value& applicationSet, bool manifests,
                                                        std::stop_token stop) = 0;

    // The source repository of an application, all [blocking].
    [[nodiscard]] virtual Result<std::vector<SourceFile>> files(const AppId& app, std::stop_token stop) = 0;
    [[nodiscard]] virtual Result<FileText> readFile(const AppId& app, const std::string& path,
                                                    std::stop_token stop) = 0;
    /// Where the file leads (kustomization: bases, patches, generators; Chart.yaml and values: templates and each
    /// other) and which files lead to it, within the source.
    [[nodiscard]] virtual Result<std::vector<SourceLink>> links(const AppId& app, const std::string& path,
                                                                std::stop_token stop) = 0;
    /// The file as it was in a commit.
    [[nodiscard]] virtual Result<FileText> readFileAt(const AppId& app, const std::string& path,
                                                      const std::string& commit, std::stop_token stop) = 0;
    /// Commits on the application's branch; Conflict where the branch moved since `baseCommit` and the file changed
    /// with it.
    [[nodiscard]] virtual Result<std::string> commitFile(const AppId& app, const std::string& path,
                                                         const std::string& text, const std::string& baseCommit,
                                                         const std::string& message) = 0;

    [[nodiscard]] virtual Result<std::vector<AuditEntry>> audit(std::size_t limit) = 0;
    [[nodiscard]] virtual Result<> verifyAudit() = 0; ///< names the first entry that does not fit
};

} // namespace core::engine
