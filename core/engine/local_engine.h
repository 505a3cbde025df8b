// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/appset/controller.h"
#include "core/base/http.h"
#include "core/embedded/cluster.h"
#include "core/embedded/snapshot.h"
#include "core/engine/audit_log.h"
#include "core/engine/engine.h"
#include "core/engine/field_docs.h"
#include "core/engine/reference_curves.h"
#include "core/engine/sources.h"
#include "core/engine/timeline.h"
#include "core/engine/views.h"
#include "core/gitops/clusters.h"
#include "core/gitops/controller.h"
#include "core/kube/cache.h"
#include "core/kube/client.h"
#include "core/notify/controller.h"
#include "core/render/render.h"
#include "core/rollout/controller.h"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <set>
#include <stop_token>
#include <thread>

namespace core::engine {

/// The engine over one cluster: embedded, or real through a kubeconfig.
class LocalEngine final : public Engine
{
public:
    [[nodiscard]] static Result<std::unique_ptr<Engine>> open(Options options);
    [[nodiscard]] static Result<std::unique_ptr<Engine>> openSnapshot(const std::filesystem::path& file);
    ~LocalEngine() override;

    [[nodiscard]] SnapshotPtr snapshot() const override;
    [[nodiscard]] Subscription subscribe(std::function<void(const SnapshotPtr&)> callback) override;

    [[nodiscard]] Result<> refresh(const AppId& app, bool hard) override;
    [[nodiscard]] Result<> sync(const AppId& app, const SyncRequest& request) override;
    [[nodiscard]] Result<> terminate(const AppId& app) override;
    [[nodiscard]] Result<> rollback(const AppId& app, std::int64_t historyId, const RollbackOptions& options) override;
    [[nodiscard]] Result<> pauseAutoSync(const AppId& app, std::optional<TimePoint> until,
                                         const std::string& reason) override;
    [[nodiscard]] Result<> markRevision(const AppId& app, const std::string& revision,
                                        const std::optional<std::string>& whyBad) override;
    [[nodiscard]] Result<> setAutoSync(const AppId& app, bool enabled) override;
    [[nodiscard]] Result<> act(const ObjectRef& rollout, RolloutAction action, const std::string& reason) override;
    [[nodiscard]] Result<> undo(const ObjectRef& rollout, std::int64_t revision) override;
    [[nodiscard]] Result<> applyLive(const std::string& yaml) override;
    [[nodiscard]] Result<std::vector<AppliedObject>>
    applyManifests(const std::string& yaml, const std::string& nameSpace, bool dryRun, std::stop_token stop) override;
    [[nodiscard]] Result<> removeLive(const ObjectRef& object) override;
    [[nodiscard]] Result<> setClockRate(double rate) override;
    void setReadOnly(bool readOnly) override;
    [[nodiscard]] Result<> restart(const manifest::ResourceKey& key) override;
    [[nodiscard]] Result<> scale(const manifest::ResourceKey& key, std::int64_t replicas) override;
    [[nodiscard]] Result<> annotate(const manifest::ResourceKey& key, const std::string& annotation,
                                    const std::optional<std::string>& value) override;
    [[nodiscard]] Result<std::string> revertCommit(const AppId& app, const std::string& commit,
                                                   const std::string& reason) override;

    [[nodiscard]] Result<AppDiff> diff(const AppId& app, std::stop_token stop) override;
    [[nodiscard]] Result<AppDiff> diffWithText(const AppId& app, const std::string& path, const std::string& text,
                                               std::stop_token stop) override;
    [[nodiscard]] Result<AppDiff> compare(const DiffSide& left, const DiffSide& right, std::stop_token stop) override;
    [[nodiscard]] Result<AppDiff> diffIgnoring(const AppId& app, const IgnoreRule& rule, std::stop_token stop) override;
    [[nodiscard]] Result<> addIgnoreRule(const AppId& app, const IgnoreRule& rule) override;
    [[nodiscard]] Result<Plan> planStaged(const AppId& app, const std::vector<StagedField>& fields,
                                          std::stop_token stop) override;
    [[nodiscard]] Result<> syncStaged(const AppId& app, const std::vector<StagedField>& fields,
                                      const std::string& reason) override;
    [[nodiscard]] Result<SchemaNode> schema(const std::string& apiVersion, const std::string& kind,
                                            const std::vector<std::string>& path) override;
    [[nodiscard]] Result<std::vector<SourceLink>> links(const AppId& app, const std::string& path,
                                                        std::stop_token stop) override;
    [[nodiscard]] Result<FileText> readFileAt(const AppId& app, const std::string& path, const std::string& commit,
                                              std::stop_token stop) override;
    [[nodiscard]] Result<Plan> plan(const AppId& app, const SyncRequest& request, std::stop_token stop) override;
    [[nodiscard]] Result<ResourceDetails> details(const AppId& app, const manifest::ResourceKey& key,
                                                  std::stop_token stop) override;
    [[nodiscard]] Result<std::string> logs(const ObjectRef& pod, const std::string& container, std::int64_t tailLines,
                                           std::stop_token stop) override;
    [[nodiscard]] Result<std::vector<manifest::Value>>
    objects(const manifest::GroupKind& kind, const std::string& nameSpace, std::stop_token stop) override;
    [[nodiscard]] Result<GpuInventory> gpus(std::stop_token stop) override;
    [[nodiscard]] Result<std::vector<ModelRow>> models(std::stop_token stop) override;
    [[nodiscard]] Result<Administration> administration(std::stop_token stop) override;
    [[nodiscard]] Result<> runObjectAction(const ObjectRef& object, const std::string& action,
                                           const health::ActionArguments& arguments) override;
    [[nodiscard]] Result<std::vector<health::ResourceAction>> objectActions(const ObjectRef& object,
                                                                            std::stop_token stop) override;
    [[nodiscard]] Result<UsageTable> usage(std::stop_token stop) override;
    [[nodiscard]] Result<std::vector<AccessAnswer>> access(const std::vector<AccessQuestion>& questions,
                                                           std::stop_token stop) override;
    [[nodiscard]] Result<RemovalPlan> removalPlan(const ObjectRef& object, std::stop_token stop) override;
    [[nodiscard]] Result<PrintedTable> printed(const manifest::GroupKind& kind, const std::string& nameSpace,
                                               std::stop_token stop) override;
    [[nodiscard]] Result<std::unique_ptr<Terminal>> openTerminal(const ObjectRef& pod, const std::string& container,
                                                                 const std::vector<std::string>& command,
                                                                 TerminalEvents events, std::stop_token stop) override;
    [[nodiscard]] Result<std::unique_ptr<Forward>> forwardPort(const ObjectRef& target, unsigned short port,
                                                               unsigned short localPort,
                                                               std::function<void(const Error&)> onProblem,
                                                               std::stop_token stop) override;
    [[nodiscard]] Subscription followLogs(const std::vector<LogSource>& sources, const LogOptions& options,
                                          std::function<void(LogChunk)> callback) override;
    [[nodiscard]] Result<RolloutPreview> previewRollout(const ObjectRef& rollout, std::stop_token stop) override;
    [[nodiscard]] Result<SetPreview> previewSet(const manifest::Value& applicationSet, bool manifests,
                                                std::stop_token stop) override;
    [[nodiscard]] Result<std::vector<SourceFile>> files(const AppId& app, std::stop_token stop) override;
    [[nodiscard]] Result<FileText> readFile(const AppId& app, const std::string& path, std::stop_token stop) override;
    [[nodiscard]] Result<std::string> commitFile(const AppId& app, const std::string& path, const std::string& text,
                                                 const std::string& baseCommit, const std::string& message) override;
    [[nodiscard]] Result<std::vector<AuditEntry>> audit(std::size_t limit) override;
    [[nodiscard]] Result<> verifyAudit() override;

private:
    /// What an Application's first source is.
    struct SourceInfo
    {
        manifest::Value object;
        gitops::Source source;
        std::string branch; ///< never empty
        [[nodiscard]] gitops::SourceRepository repository() const;
    };

    explicit LocalEngine(Options options);
    [[nodiscard]] Result<> start();
    [[nodiscard]] Result<> connect();
    [[nodiscard]] Result<> connectTo(const std::filesystem::path& kubeconfig);
    [[nodiscard]] Result<> attach(const std::filesystem::path& kubeconfig);
    void rememberClock();
    void rememberClockRate();
    void startControllers();
    void makeSets();
    /// Repositories and revisions that Applications and ApplicationSets follow.
    [[nodiscard]] std::set<std::pair<gitops::SourceRepository, std::string>> polledSources() const;
    void pollSources(const std::stop_token& stop);
    void publish(const std::stop_token& stop);
    /// Asks Prometheus for the stable version's values beside what the analyses measured.
    void followReferences(const std::stop_token& stop);
    /// The Experiments among what a Rollout owns, oldest first.
    [[nodiscard]] static std::vector<ExperimentInput>
    experimentsOf(const kube::Cache& cache, const manifest::Value& rollout, const Objects& children);
    [[nodiscard]] SnapshotPtr build();
    void buildApplications(Snapshot& next);
    void buildRollouts(Snapshot& next);
    void buildEvents(Snapshot& next);
    /// Notices clusters that were opened and closed; their events and rollouts belong to the snapshot.
    void followClusters(Snapshot& next);
    [[nodiscard]] kube::Cache::Subscription follow(const gitops::Destination& destination);
    /// A cluster as the snapshot names it.
    struct Place
    {
        std::string server; ///< "" = the own one
        std::string name;
        const kube::Cache& cache;
    };
    /// The one before where nothing of it changed.
    [[nodiscard]] RolloutPtr rolloutView(const Place& place, const kube::ObjectPtr& object, TimePoint now);
    void recordWeights(const std::string& cluster, const manifest::Value& object);
    void buildProblems(Snapshot& next);
    void onCacheChange(const std::vector<kube::Cache::Change>& changes);
    void markDirty();
    void setConnection(Connection::State state, std::string problem, std::vector<std::string> missingKinds = {});
    void lookAtConnection();
    [[nodiscard]] HttpSend httpSend();
    /// How the sources are reached: by Argo CD's Secrets and ConfigMaps in its namespace.
    [[nodiscard]] Sources::Reach reach();
    /// Where an object is. [blocking] while its cluster is being connected to; Unavailable where it does not answer.
    [[nodiscard]] Result<gitops::DestinationPtr> clusterOf(const std::optional<AppId>& application,
                                                           std::stop_token stop) const;
    [[nodiscard]] Result<gitops::DestinationPtr> clusterOf(const ObjectRef& object, std::stop_token stop) const;
    /// "now" for the controllers of a cluster: only the own one may have a clock of ours.
    [[nodiscard]] TimePoint timeIn(const gitops::Destination& cluster) const;
    [[nodiscard]] Result<manifest::Value> applicationObject(const AppId& app, std::stop_token stop = {}) const;
    [[nodiscard]] Result<SourceInfo> sourceOf(const AppId& app, std::stop_token stop) const;
    /// The objects of one side of a comparison.
    [[nodiscard]] Result<std::vector<manifest::Value>> objectsOf(const DiffSide& side, std::stop_token stop) const;
    /// The live objects with the staged fields set as Git wants them.
    [[nodiscard]] Result<std::vector<manifest::Value>>
    stagedObjects(const AppId& app, const std::vector<StagedField>& fields, std::stop_token stop) const;
    /// Reads the Application, lets `change` edit it, writes it back with its resourceVersion; again on a conflict.
    /// `changes`: takes what the edit did, for the audit log.
    [[nodiscard]] Result<> editApplication(const AppId& app, const std::function<Result<>(manifest::Value&)>& change,
                                           manifest::Array* changes = nullptr);
    [[nodiscard]] Result<manifest::Value> operationFor(const manifest::Value& object, const SyncRequest& request,
                                                       std::stop_token stop);
    /// With the scripts of argocd-cm.
    [[nodiscard]] Result<health::ResourceActions> resourceActions() const;
    /// Forbidden in read-only mode.
    [[nodiscard]] Result<> mayWrite() const;
    /// Applications by their objects in that cluster.
    [[nodiscard]] OwnerOf ownerLookup(const std::string& cluster) const;
    struct Opened
    {
        std::string server; ///< "" = the own one
        std::string name;
        gitops::DestinationPtr destination;
    };
    /// The clusters that have answered, the own one first.
    [[nodiscard]] std::vector<Opened> opened() const;
    [[nodiscard]] Result<AccessAnswer> review(const AccessQuestion& question, const std::stop_token& stop);
    /// `changes`: what specChanges() says of the object, for entries that write one.
    void record(const std::string& action, const std::string& object, const std::string& from, const std::string& to,
                const Result<>& result, const std::string& reason, manifest::Array changes = {});
    [[nodiscard]] std::optional<git::Commit> commitInfo(const gitops::SourceRepository& source, const std::string& id);
    [[nodiscard]] std::vector<Problem> locate(const std::string& application, const gitops::Comparison& comparison,
                                              const git::TreePtr& tree,
                                              const std::vector<gitops::Finding>& findings) const;
    void placeInLive(Problem& problem, std::vector<std::string> path) const;
    [[nodiscard]] std::vector<gitops::Finding> findingsOf(const manifest::Value& object,
                                                          const gitops::Comparison& comparison) const;
    /// An update of a Rollout (null: a new one) to what is wanted, played beforehand. `templates` come before those of
    /// the cluster.
    [[nodiscard]] Result<RolloutPreview> playUpdate(const kube::Cache& cluster, const manifest::Value* live,
                                                    manifest::Value wanted,
                                                    std::vector<manifest::Value> templates) const;
    /// The updates that begin when these objects are written to that cluster.
    [[nodiscard]] std::vector<RolloutChange> rolloutChanges(const kube::Cache& cluster,
                                                            const std::vector<manifest::Value>& written) const;
    /// What a plan costs: pods, GPUs, quotas, time, and what still names what it prunes.
    void addEffects(Plan& out, const gitops::SyncPlan& plan, const kube::Cache& cluster) const;
    void endPauses();
    /// Of a registered cluster, by its address; the own one's is kInClusterServer.
    [[nodiscard]] Result<std::shared_ptr<kube::Cache>> cacheOf(const std::string& server, std::stop_token stop) const;
    void buildPlanTasks(Plan& out, const gitops::ApplicationController::Preview& preview, kube::Client* client,
                        std::stop_token stop) const;

    /// A cluster that stands still: what a snapshot file holds.
    struct Still
    {
        std::shared_ptr<embedded::Snapshot> snapshot; ///< until the cluster has it
        std::string name; ///< of the file
        std::string source;
        TimePoint takenAt;
    };

    Options m_options;
    std::optional<Still> m_still;
    bool m_attached = false; ///< to the process that has the embedded cluster open
    bool m_insecure = false; ///< nobody checks who the server is
    std::string m_user;
    std::shared_ptr<ScaledClock> m_clock;
    std::unique_ptr<embedded::Cluster> m_cluster; ///< null on a real cluster
    std::shared_ptr<kube::Client> m_client;
    std::shared_ptr<kube::Cache> m_cache;
    std::shared_ptr<gitops::Clusters> m_clusters; ///< m_client's and m_cache's, and the registered ones
    std::shared_ptr<render::Renderer> m_renderer;
    std::unique_ptr<Sources> m_sources;
    std::unique_ptr<FieldDocs> m_fieldDocs; ///< of a real server: its words count before ours
    std::unique_ptr<AuditLog> m_audit;
    std::unique_ptr<Timeline> m_timeline;
    ReferenceCurves m_curves;
    std::unique_ptr<gitops::ApplicationController> m_applications;
    std::unique_ptr<appset::ApplicationSetController> m_sets;
    std::unique_ptr<rollout::RolloutController> m_rollouts;
    std::unique_ptr<notify::NotificationController> m_notifications;

    mutable std::mutex m_mutex; ///< guards all below
    std::condition_variable_any m_wake;
    bool m_dirty = true;
    bool m_eventsDirty = true;
    bool m_sourcesDirty = true; ///< other repositories or revisions may be followed
    std::set<AppId> m_dirtyApplications;
    SnapshotPtr m_snapshot;
    Connection m_connection;
    std::shared_ptr<const std::vector<Notification>> m_sent;
    std::map<std::pair<gitops::SourceRepository, std::string>, git::Commit> m_commits;
    std::map<AccessQuestion, std::pair<AccessAnswer, std::chrono::steady_clock::time_point>> m_access;
    std::atomic<bool> m_readOnly = false;
    struct Findings
    {
        ApplicationPtr application; ///< that was looked at
        std::vector<Problem> shown {}; ///< that its status tells
        gitops::ComparisonPtr comparison {};
        git::TreePtr tree {}; ///< of its source; null where that could not be read
        std::vector<Problem> problems {}; ///< found in the comparison
    };
    void lookAt(const Application& app, Findings& known);
    void readApplicationProblems(const std::vector<ApplicationPtr>& applications);
    /// Of which applications, and what they have.
    std::pair<std::vector<ApplicationPtr>, std::vector<Problem>> m_applicationProblems; ///< publisher's thread only
    std::map<AppId, Findings> m_findings; ///< publisher's thread only
    std::map<manifest::ResourceKey, SourcePlace> m_places; ///< in these trees; publisher's thread only

    struct Subscriber
    {
        std::mutex calling; ///< held while the callback runs
        std::function<void(const SnapshotPtr&)> callback;
        bool ended = false;
    };
    std::list<std::shared_ptr<Subscriber>> m_subscribers;

    kube::Cache::Subscription m_cacheSubscription;
    kube::Cache::Subscription m_clustersSubscription;
    struct Followed
    {
        gitops::DestinationPtr destination;
        kube::Cache::Subscription subscription;
    };
    std::map<std::string, Followed> m_followed; ///< other clusters, by server; publisher's thread only
    struct KnownRollout
    {
        RolloutPtr view;
        RolloutInputs inputs;
        TimePoint shown; ///< of the last snapshot that has it
    };
    using Located = std::pair<std::string, manifest::ResourceKey>; ///< server ("" = the own cluster) and key
    std::map<Located, KnownRollout> m_rolloutViews; ///< publisher's thread only
    void own(const AppId& id, const ApplicationPtr& app);
    std::map<Located, std::string> m_owners; ///< application of an object; publisher's thread only
    std::map<AppId, std::vector<Located>> m_owned; ///< the same the other way round
    std::vector<std::jthread> m_threads; ///< last: ended first
};

} // namespace core::engine
