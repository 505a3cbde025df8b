// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <atomic>
#include <map>
#include <mutex>
#include <set>

namespace support {

namespace eng = core::engine;

/// An engine that shows what it is told to show, records the commands it is given and answers questions from data.
/// Commands and questions may come from any thread; the public maps are set up before use.
class FakeEngine final : public eng::Engine
{
public:
    explicit FakeEngine(eng::SnapshotPtr snapshot);

    /// Publishes to the subscribers, on the calling thread.
    void publish(const eng::SnapshotPtr& snapshot);
    /// Copies the snapshot, lets change() edit the copy with its version raised, and publishes it.
    void edit(const std::function<void(eng::Snapshot&)>& change);
    /// Everything asked for so far: "sync ml-production/llm-service", "act Rollout/ml-serving/x abort because", ...
    [[nodiscard]] std::vector<std::string> commands() const;
    /// The next commands and questions fail with this until it is cleared.
    void failWith(std::optional<core::Error> error);

    std::map<eng::AppId, eng::AppDiff> diffs;
    std::map<std::string, eng::AppDiff> textDiffs; ///< by text of the buffer; otherwise diffs' entry, unsaved
    std::map<eng::AppId, eng::Plan> plans;
    std::map<core::manifest::ResourceKey, eng::ResourceDetails> resourceDetails;
    std::map<core::manifest::ResourceKey, std::string> podLogs;
    std::vector<core::manifest::Value> liveObjects;
    std::map<std::string, std::string> fileTexts; ///< path -> text
    std::vector<eng::AuditEntry> auditEntries;
    std::map<std::string, std::vector<eng::SourceLink>> fileLinks; ///< path -> links
    std::map<std::string, std::string> oldTexts; ///< path -> text in every earlier commit
    eng::AppDiff comparison; ///< of any two sides
    eng::SetPreview setPreview;
    eng::RolloutPreview rolloutPreview;
    eng::GpuInventory gpuInventory;
    std::vector<eng::ModelRow> modelRows;
    eng::Administration admin;
    std::map<core::manifest::ResourceKey, std::vector<core::health::ResourceAction>> actions; ///< otherwise none
    eng::UsageTable usageTable; ///< empty: there is no metrics server
    std::atomic<bool> plansTakeLong = false; ///< until they are stopped
    std::atomic<bool> questionsTakeLong = false; ///< until this is false again
    std::set<std::string> denied; ///< AccessQuestion::text() of what is not allowed
    std::map<core::manifest::ResourceKey, eng::RemovalPlan> removalPlans; ///< otherwise the object alone goes
    std::map<core::manifest::GroupKind, eng::PrintedTable> printedTables;
    std::function<void(const core::Error&)> onForwardProblem; ///< of the last forwarded port
    /// Delivers lines to all that follow logs, on the calling thread.
    void writeLog(const core::manifest::ResourceKey& pod, const std::vector<std::string>& lines);
    [[nodiscard]] std::size_t followers() const;

    [[nodiscard]] eng::SnapshotPtr snapshot() const override;
    [[nodiscard]] eng::Subscription subscribe(std::function<void(const eng::SnapshotPtr&)> callback) override;
    [[nodiscard]] core::Result<> refresh(const eng::AppId& app, bool hard) override;
    [[nodiscard]] core::Result<> sync(const eng::AppId& app, const eng::SyncRequest& request) override;
    [[nodiscard]] core::Result<> terminate(const eng::AppId& app) override;
    [[nodiscard]] core::Result<> rollback(const eng::AppId& app, std::int64_t historyId,
                                          const eng::RollbackOptions& options) override;
    [[nodiscard]] core::Result<> pauseAutoSync(const eng::AppId& app, std::optional<core::TimePoint> until,
                                               const std::string& reason) override;
    [[nodiscard]] core::Result<> markRevision(const eng::AppId& app, const std::string& revision,
                                              const std::optional<std::string>& whyBad) override;
    [[nodiscard]] core::Result<> setAutoSync(const eng::AppId& app, bool enabled) override;
    [[nodiscard]] core::Result<> act(const eng::ObjectRef& rollout, RolloutAction action,
                                     const std::string& reason) override;
    [[nodiscard]] core::Result<> undo(const eng::ObjectRef& rollout, std::int64_t revision) override;
    [[nodiscard]] core::Result<> applyLive(const std::string& yaml) override;
    [[nodiscard]] core::Result<std::vector<eng::AppliedObject>>
    applyManifests(const std::string& yaml, const std::string& nameSpace, bool dryRun, std::stop_token stop) override;
    [[nodiscard]] core::Result<> removeLive(const eng::ObjectRef& object) override;
    [[nodiscard]] core::Result<> setClockRate(double rate) override;
    void setReadOnly(bool readOnly) override;
    [[nodiscard]] core::Result<> restart(const core::manifest::ResourceKey& key) override;
    [[nodiscard]] core::Result<> scale(const core::manifest::ResourceKey& key, std::int64_t replicas) override;
    [[nodiscard]] core::Result<> annotate(const core::manifest::ResourceKey& key, const std::string& annotation,
                                          const std::optional<std::string>& value) override;
    [[nodiscard]] core::Result<std::string> revertCommit(const eng::AppId& app, const std::string& commit,
                                                         const std::string& reason) override;
    [[nodiscard]] core::Result<eng::RolloutPreview> previewRollout(const eng::ObjectRef& rollout,
                                                                   std::stop_token stop) override;
    [[nodiscard]] core::Result<eng::SetPreview> previewSet(const core::manifest::Value& applicationSet, bool manifests,
                                                           std::stop_token stop) override;
    [[nodiscard]] core::Result<eng::GpuInventory> gpus(std::stop_token stop) override;
    [[nodiscard]] core::Result<std::vector<eng::ModelRow>> models(std::stop_token stop) override;
    [[nodiscard]] core::Result<eng::Administration> administration(std::stop_token stop) override;
    [[nodiscard]] core::Result<> runObjectAction(const eng::ObjectRef& object, const std::string& action,
                                                 const core::health::ActionArguments& arguments) override;
    [[nodiscard]] core::Result<std::vector<core::health::ResourceAction>> objectActions(const eng::ObjectRef& object,
                                                                                        std::stop_token stop) override;
    [[nodiscard]] core::Result<eng::UsageTable> usage(std::stop_token stop) override;
    [[nodiscard]] core::Result<std::vector<eng::AccessAnswer>> access(const std::vector<eng::AccessQuestion>& questions,
                                                                      std::stop_token stop) override;
    [[nodiscard]] core::Result<eng::RemovalPlan> removalPlan(const eng::ObjectRef& object,
                                                             std::stop_token stop) override;
    [[nodiscard]] core::Result<eng::PrintedTable> printed(const core::manifest::GroupKind& kind,
                                                          const std::string& nameSpace, std::stop_token stop) override;
    [[nodiscard]] eng::Subscription followLogs(const std::vector<eng::LogSource>& sources,
                                               const eng::LogOptions& options,
                                               std::function<void(eng::LogChunk)> callback) override;
    /// Runs the command on this machine, in a terminal of its own.
    [[nodiscard]] core::Result<std::unique_ptr<eng::Terminal>>
    openTerminal(const eng::ObjectRef& pod, const std::string& container, const std::vector<std::string>& command,
                 eng::TerminalEvents events, std::stop_token stop) override;
    [[nodiscard]] core::Result<std::unique_ptr<eng::Forward>>
    forwardPort(const eng::ObjectRef& target, unsigned short port, unsigned short localPort,
                std::function<void(const core::Error&)> onProblem, std::stop_token stop) override;
    [[nodiscard]] core::Result<eng::AppDiff> diff(const eng::AppId& app, std::stop_token stop) override;
    [[nodiscard]] core::Result<eng::AppDiff> diffWithText(const eng::AppId& app, const std::string& path,
                                                          const std::string& text, std::stop_token stop) override;
    [[nodiscard]] core::Result<eng::AppDiff> compare(const eng::DiffSide& left, const eng::DiffSide& right,
                                                     std::stop_token stop) override;
    [[nodiscard]] core::Result<eng::AppDiff> diffIgnoring(const eng::AppId& app, const eng::IgnoreRule& rule,
                                                          std::stop_token stop) override;
    [[nodiscard]] core::Result<> addIgnoreRule(const eng::AppId& app, const eng::IgnoreRule& rule) override;
    [[nodiscard]] core::Result<eng::Plan> planStaged(const eng::AppId& app, const std::vector<eng::StagedField>& fields,
                                                     std::stop_token stop) override;
    [[nodiscard]] core::Result<> syncStaged(const eng::AppId& app, const std::vector<eng::StagedField>& fields,
                                            const std::string& reason) override;
    [[nodiscard]] core::Result<eng::SchemaNode> schema(const std::string& apiVersion, const std::string& kind,
                                                       const std::vector<std::string>& path) override;
    [[nodiscard]] core::Result<std::vector<eng::SourceLink>> links(const eng::AppId& app, const std::string& path,
                                                                   std::stop_token stop) override;
    [[nodiscard]] core::Result<eng::FileText> readFileAt(const eng::AppId& app, const std::string& path,
                                                         const std::string& commit, std::stop_token stop) override;
    [[nodiscard]] core::Result<eng::Plan> plan(const eng::AppId& app, const eng::SyncRequest& request,
                                               std::stop_token stop) override;
    [[nodiscard]] core::Result<eng::ResourceDetails>
    details(const eng::AppId& app, const core::manifest::ResourceKey& key, std::stop_token stop) override;
    [[nodiscard]] core::Result<std::string> logs(const eng::ObjectRef& pod, const std::string& container,
                                                 std::int64_t tailLines, std::stop_token stop) override;
    [[nodiscard]] core::Result<std::vector<core::manifest::Value>>
    objects(const core::manifest::GroupKind& kind, const std::string& nameSpace, std::stop_token stop) override;
    [[nodiscard]] core::Result<std::vector<eng::SourceFile>> files(const eng::AppId& app,
                                                                   std::stop_token stop) override;
    [[nodiscard]] core::Result<eng::FileText> readFile(const eng::AppId& app, const std::string& path,
                                                       std::stop_token stop) override;
    [[nodiscard]] core::Result<std::string> commitFile(const eng::AppId& app, const std::string& path,
                                                       const std::string& text, const std::string& baseCommit,
                                                       const std::string& message) override;
    [[nodiscard]] core::Result<std::vector<eng::AuditEntry>> audit(std::size_t limit) override;
    [[nodiscard]] core::Result<> verifyAudit() override;

private:
    [[nodiscard]] core::Result<> record(std::string command);
    [[nodiscard]] core::Result<> allowed() const;

    mutable std::mutex m_mutex;
    eng::SnapshotPtr m_snapshot;
    std::map<int, std::function<void(const eng::SnapshotPtr&)>> m_callbacks;
    struct Follower
    {
        std::vector<eng::LogSource> sources;
        std::function<void(eng::LogChunk)> callback;
    };
    std::map<int, Follower> m_followers;
    int m_nextCallback = 0;
    std::vector<std::string> m_commands;
    std::optional<core::Error> m_error;
};

/// An empty, connected snapshot with nothing null.
[[nodiscard]] eng::Snapshot emptySnapshot();
/// The platform of the design's pictures: llm-service with a failing canary, embeddings, ranker, feature-store, ...
[[nodiscard]] eng::Snapshot sampleSnapshot();
/// An engine over sampleSnapshot() with answers to every question about llm-service.
[[nodiscard]] std::unique_ptr<FakeEngine> sampleEngine();
[[nodiscard]] eng::AppId sampleApp(); ///< llm-service
/// count applications in every state, for measures.
[[nodiscard]] eng::Snapshot manyApplications(int count);
/// One application with count nodes: Deployments, ReplicaSets, Pods.
[[nodiscard]] eng::Snapshot bigTree(int count);
[[nodiscard]] core::manifest::ResourceKey key(std::string kind, std::string name, std::string group = {},
                                              std::string nameSpace = "ml-serving");

} // namespace support
