// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/manifest/resource.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// What the engine publishes: immutable, versioned, shared. Parts that did not change between two snapshots keep their
/// pointer, so a reader finds what changed by comparing pointers. All texts are UTF-8; words for people are English
/// reasons from the engine (as Argo CD and Kubernetes write them); the ui translates the fixed vocabulary.
namespace core::engine {

enum class Health : std::uint8_t { Unknown, Healthy, Progressing, Degraded, Suspended, Missing };
enum class SyncState : std::uint8_t { Unknown, Synced, OutOfSync };
enum class OperationPhase : std::uint8_t { None, Running, Succeeded, Failed, Error, Terminating };

struct Condition
{
    std::string type; ///< "SyncError", "ComparisonError", "InvalidSpecError", ...
    std::string message;
    std::optional<TimePoint> since;
};

/// Where an object sends traffic: a Service to pods, an Ingress to Services ...
struct TrafficTarget
{
    manifest::ResourceKey key; ///< of a node of the same application
    std::optional<int> weight; ///< percent, where the route splits
    friend bool operator==(const TrafficTarget&, const TrafficTarget&) = default;
};

/// One node of an application's tree: a managed resource, or a descendant of one.
struct ResourceNode
{
    manifest::ResourceKey key;
    std::string version;
    std::string uid; ///< "" where it does not exist live
    std::vector<manifest::ResourceKey> parents; ///< empty: child of the application
    bool managed = false; ///< in Git, or tracked by the application
    bool hook = false;
    std::string hookType; ///< "PreSync" ...
    int wave = 0;
    bool existsInGit = false;
    bool existsLive = false;
    bool requiresPruning = false;
    SyncState sync = SyncState::Unknown;
    std::optional<Health> health; ///< none for kinds without health
    std::string healthMessage; ///< why, in one sentence
    std::string statusText; ///< "9/9", "Running", "CrashLoopBackOff", "rev 3 canary": short, for the card
    std::optional<TimePoint> createdAt;
    std::vector<std::string> images;
    std::string nodeName; ///< pods: where it runs
    std::int64_t gpus = 0; ///< pods: requested GPUs and other accelerators
    std::vector<TrafficTarget> routesTo;
    std::string syncMessage; ///< result of the last or running sync for it
    std::string syncPhase; ///< "", "Pending", "Running", "Synced", "SyncFailed", "Pruned", "PruneSkipped"
};

struct HistoryEntry
{
    std::int64_t id = 0;
    std::string revision;
    std::string summary; ///< first line of the commit
    std::string author;
    std::optional<TimePoint> commitTime;
    std::optional<TimePoint> deployStartedAt;
    std::optional<TimePoint> deployedAt;
    std::string initiatedBy; ///< user name, or "automated"
};

struct OperationState
{
    OperationPhase phase = OperationPhase::None;
    std::string message;
    std::string revision;
    std::string initiatedBy;
    std::optional<TimePoint> startedAt;
    std::optional<TimePoint> finishedAt;
    std::int64_t retryCount = 0;
    int wave = 0; ///< of the running sync
    std::string waitingFor; ///< "wave 3 waits for Rollout/inference-rollout: …", "" when nothing is waited for
    std::size_t done = 0; ///< tasks finished
    std::size_t total = 0;
};

/// Automated sync that somebody switched off for a while.
struct AutoSyncPause
{
    std::optional<TimePoint> until; ///< none: until somebody switches it on again
    std::optional<TimePoint> since;
    std::string by;
    std::string reason;
    friend bool operator==(const AutoSyncPause&, const AutoSyncPause&) = default;
};

struct Application
{
    std::string name;
    std::string nameSpace;
    std::string project;
    std::string cluster; ///< destination, for people
    bool elsewhere = false; ///< its objects are in another cluster than the session's own
    std::string destinationNamespace;
    std::string repoUrl;
    std::string path;
    std::string targetRevision;
    std::string revision; ///< last compared commit id
    std::string revisionSummary;
    SyncState sync = SyncState::Unknown;
    Health health = Health::Unknown;
    std::string healthMessage;
    OperationState operation;
    std::vector<Condition> conditions;
    bool compared = false; ///< this engine has compared it; before that the status is what the cluster had stored
    bool autoSync = false;
    bool selfHeal = false;
    bool prune = false;
    std::string holdReason; ///< why automated sync does not act now, "" when it would or is off
    std::optional<TimePoint> createdAt;
    std::optional<TimePoint> reconciledAt;
    std::vector<ResourceNode> resources; ///< the whole tree, parents before children
    std::vector<HistoryEntry> history; ///< newest first
    std::size_t outOfSyncCount = 0;
    std::vector<std::string> images;
    std::int64_t gpus = 0;
    std::optional<AutoSyncPause> autoSyncPause; ///< while automated sync is off
    std::map<std::string, std::string> badRevisions; ///< commit -> why automated sync must not deploy it
};
using ApplicationPtr = std::shared_ptr<const Application>;

struct TimedValue
{
    TimePoint at;
    double value = 0;
};

struct RolloutStep
{
    enum class Kind : std::uint8_t {
        SetWeight,
        Pause,
        SetCanaryScale,
        Analysis,
        Experiment,
        SetHeaderRoute,
        SetMirrorRoute,
        Plugin
    };
    Kind kind = Kind::SetWeight;
    std::string text; ///< "10 %", "5m", "inference-success-rate"
    std::optional<int> weight;
    std::optional<Duration> pause; ///< none for a pause without end
    enum class State : std::uint8_t { Done, Current, Ahead, Failed, Skipped };
    State state = State::Ahead;
};

struct Measurement
{
    TimePoint at;
    std::optional<double> value; ///< none where the answer was not one number
    std::string text; ///< the value as recorded
    std::string phase; ///< Successful, Failed, Inconclusive, Error
    std::string message;
};

/// A comparison of an analysis condition with a constant, e.g. result[0] >= 0.99, for drawing the limit.
struct Threshold
{
    std::string comparison; ///< ">=", "<" ...
    double value = 0;
    bool success = true; ///< from successCondition, else from failureCondition
};

struct Metric
{
    std::string name;
    std::string analysisRun;
    std::string phase;
    std::string successCondition;
    std::string failureCondition;
    std::vector<Threshold> thresholds;
    std::string query; ///< as sent, arguments filled in; secrets masked
    std::string provider;
    std::vector<Measurement> measurements; ///< oldest first
    std::vector<TimedValue> stable; ///< the same query for the stable version, where it can be told; may be empty
    std::vector<TimedValue> baseline; ///< the same query for an experiment's baseline, where there is one
    bool ofBaseline = false; ///< an experiment's run that measures the baseline itself: so do the measurements
    std::int64_t failureLimit = 0;
    std::int64_t failed = 0;
    std::int64_t successful = 0;
    std::int64_t inconclusive = 0;
    std::int64_t errors = 0;
    std::string message;
};

/// An advisory, statistical opinion on the new version against the stable one by what one metric measured of both;
/// beside the rule's verdict, decides nothing.
struct MetricVerdict
{
    enum class Opinion : std::uint8_t { Undecided, NotWorse, Worse };
    std::string metric;
    Opinion opinion = Opinion::Undecided;
    double sure = 0.5; ///< 0..1, of what the data points to now
    std::optional<std::int64_t> needed; ///< until it is decided; unset: unknown
    bool inRequests = false; ///< needed counts requests of the new version, else measurements
};

struct RevisionPod
{
    std::string name;
    bool ready = false;
    std::string status; ///< "Running", "CrashLoopBackOff" ...
    friend bool operator==(const RevisionPod&, const RevisionPod&) = default;
};

struct RolloutRevision
{
    std::int64_t number = 0;
    std::string replicaSet;
    std::string podHash;
    std::vector<std::string> images;
    bool stable = false;
    bool canary = false;
    std::int64_t desired = 0;
    std::int64_t ready = 0;
    std::optional<TimePoint> createdAt;
    std::vector<RevisionPod> pods {}; ///< by name, at most 100
};

struct Rollout
{
    manifest::ResourceKey key;
    std::string cluster; ///< address of the cluster it is in; "" = the session's own
    std::string clusterName; ///< the same for people; never empty
    std::string application; ///< name of the application it belongs to, or ""
    bool kserve = false; ///< an InferenceService with canaryTrafficPercent
    std::string strategy; ///< "Canary", "BlueGreen"
    std::string phase; ///< Healthy, Progressing, Paused, Degraded, …
    std::string message; ///< status.message
    std::string waitingFor; ///< where is it, why is it waiting, in one sentence
    bool aborted = false;
    bool paused = false;
    std::vector<std::string> abortCauses; ///< the chain, outermost first
    int stepIndex = 0;
    std::vector<RolloutStep> steps;
    std::optional<TimePoint> pauseUntil; ///< end of the running pause
    std::optional<TimePoint> eta;
    int setWeight = 0;
    int actualWeight = 0;
    std::vector<TimedValue> setWeights; ///< changes over time, oldest first
    std::vector<TimedValue> actualWeights; ///< as the status records them
    std::vector<TimedValue> measuredWeights; ///< percent of the requests, where a metric's query counts them
    std::vector<RolloutRevision> revisions; ///< newest first
    std::vector<Metric> metrics;
    std::vector<MetricVerdict> verdicts; ///< of the metrics that can be compared with the stable version
    std::int64_t desired = 0;
    std::int64_t ready = 0;
    std::int64_t available = 0;
    std::optional<TimePoint> startedAt;
};
using RolloutPtr = std::shared_ptr<const Rollout>;

struct Event
{
    TimePoint at;
    manifest::ResourceKey object;
    bool warning = false;
    std::string reason;
    std::string message;
    std::int64_t count = 1;
    std::string application; ///< "" when none
    std::string cluster {}; ///< address of the cluster it is of; "" = the session's own
};

/// Something that a person should look at: failing application, paused rollout, example document's finding ...
struct Problem
{
    enum class Severity : std::uint8_t { Advice, Warning, Bad };
    Severity severity = Severity::Warning;
    std::string application;
    std::optional<manifest::ResourceKey> object;
    std::string message;
    std::string hint; ///< what to do
    std::string file; ///< in the source repository, may be ""
    std::size_t line = 0;
    bool needsDecision = false; ///< belongs into the decision inbox
    std::string cluster {}; ///< address of the cluster that `object` is in; "" = the session's own
    friend bool operator==(const Problem&, const Problem&) = default;
};

struct Notification
{
    TimePoint at;
    std::string application;
    std::string trigger;
    std::string destination;
    std::string text;
    bool delivered = false;
    std::string error;
};

struct Connection
{
    std::string name;
    std::string server;
    enum class State : std::uint8_t { Connecting, Connected, Degraded, Offline };
    State state = State::Connecting;
    std::string problem; ///< why it is not Connected
    std::vector<std::string> missingKinds; ///< "Secret", "Rollout.argoproj.io": what cannot be read while the rest can
    bool embedded = false;
    bool production = false; ///< drawn with the red line
    bool readOnly = false; ///< commands that write are refused
    std::optional<TimePoint> since; ///< of the state
};

/// A cluster that is registered beside the session's own; one that does not answer takes nothing from the others.
struct OtherCluster
{
    std::string name;
    std::string server;
    Connection::State state = Connection::State::Connecting;
    std::string problem; ///< why it is not Connected
    friend bool operator==(const OtherCluster&, const OtherCluster&) = default;
};

struct Snapshot
{
    std::uint64_t version = 0;
    TimePoint at; ///< on the engine's clock
    double clockRate = 1.0; ///< of the embedded cluster's clock; 0 where the clock cannot be set
    Connection connection;
    std::vector<ApplicationPtr> applications; ///< by name
    std::vector<OtherCluster> clusters; ///< the registered ones, by name
    std::vector<RolloutPtr> rollouts; ///< of all clusters, the own one's first; by cluster and key
    std::shared_ptr<const std::vector<Event>> events; ///< newest first, at most 2,000; never null
    std::shared_ptr<const std::vector<Problem>> problems; ///< worst first; never null
    std::shared_ptr<const std::vector<Notification>> notifications; ///< newest first; never null
};
using SnapshotPtr = std::shared_ptr<const Snapshot>;

} // namespace core::engine
