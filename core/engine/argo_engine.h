// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/argoapi/argo_client.h"
#include "core/engine/engine.h"

#include <condition_variable>
#include <list>
#include <map>
#include <mutex>
#include <thread>

namespace core::engine {

/// How to reach an Argo CD API server.
struct ArgoOptions
{
    kube::TransportPtr transport; ///< to its URL
    std::string rootPath; ///< server.rootpath
    std::string name; ///< for people: the server's address
    std::string token; ///< or:
    std::string username, password;
};

/// A session with Argo CD's API server instead of a cluster, for users who have no kubeconfig: shows the applications
/// and their trees as the server streams them, and syncs, rolls back, terminates and runs resource actions through it.
/// What the server's interface cannot do is refused as Unsupported, with the reason.
class ArgoEngine final : public Engine
{
public:
    /// [blocking] Logs in. Unauthorized where the server refuses.
    [[nodiscard]] static Result<std::unique_ptr<Engine>> open(ArgoOptions options);
    ~ArgoEngine() override;

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
    [[nodiscard]] Result<std::vector<SourceLink>> links(const AppId& app, const std::string& path,
                                                        std::stop_token stop) override;
    [[nodiscard]] Result<FileText> readFileAt(const AppId& app, const std::string& path, const std::string& commit,
                                              std::stop_token stop) override;
    [[nodiscard]] Result<FileText> readFile(const AppId& app, const std::string& path, std::stop_token stop) override;
    [[nodiscard]] Result<std::string> commitFile(const AppId& app, const std::string& path, const std::string& text,
                                                 const std::string& baseCommit, const std::string& message) override;
    [[nodiscard]] Result<std::vector<AuditEntry>> audit(std::size_t limit) override;
    [[nodiscard]] Result<> verifyAudit() override;

private:
    struct Subscriber
    {
        std::function<void(const SnapshotPtr&)> callback;
        std::mutex calling;
        bool ended = false;
    };
    /// Where an object stands: its application and its version.
    struct Place
    {
        argoapi::AppRef app;
        argoapi::ResourceRef object;
    };

    explicit ArgoEngine(ArgoOptions options);
    void run(const std::stop_token& stop);
    [[nodiscard]] Result<> listAll(const std::stop_token& stop);
    void take(const std::string& type, const manifest::Value& object, const std::stop_token& stop);
    void publish();
    void setConnection(Connection::State state, std::string problem);
    [[nodiscard]] Result<argoapi::AppRef> find(const AppId& app) const;
    [[nodiscard]] Result<> writable() const;
    [[nodiscard]] Result<std::vector<manifest::Value>> objectsOf(const DiffSide& side, std::stop_token stop);
    [[nodiscard]] Result<Place> placeOf(const ObjectRef& object) const;
    [[nodiscard]] Result<> runAction(const manifest::ResourceKey& key, const std::string& action,
                                     const std::vector<std::pair<std::string, std::string>>& parameters = {});

    ArgoOptions m_options;
    argoapi::ArgoClient m_client;
    mutable std::mutex m_mutex;
    SnapshotPtr m_snapshot;
    Connection m_connection;
    std::map<AppId, ApplicationPtr> m_applications;
    std::map<AppId, manifest::Value> m_objects;
    std::list<std::shared_ptr<Subscriber>> m_subscribers;
    std::stop_source m_stop;
    std::jthread m_thread;
};

} // namespace core::engine
