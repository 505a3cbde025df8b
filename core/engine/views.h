// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Inside the room: functions from the cluster's objects to what the views show. Pure.

#include "core/engine/engine.h"
#include "core/engine/reference_curves.h"
#include "core/engine/rollout_verdict.h"
#include "core/git/repository.h"
#include "core/gitops/clusters.h"
#include "core/gitops/comparison.h"
#include "core/manifest/builtin_types.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace core::engine {

/// Two sets of objects side by side; equal ones are left in, in sync. sameScope: namespaces count.
[[nodiscard]] std::vector<ResourceDiff> viewObjects(const std::vector<manifest::Value>& left,
                                                    const std::vector<manifest::Value>& right, bool sameScope);
/// What differs between two states of an object, for the audit log: [{"path", "from", "to"}], Secrets masked, without
/// what the server keeps for itself, bounded. Either may be null: a creation, a deletion.
[[nodiscard]] manifest::Array specChanges(const manifest::Value* before, const manifest::Value* after);
/// Adds to spec.ignoreDifferences.
void appendIgnoreRule(manifest::Value& application, const IgnoreRule& rule);
/// What stands at a path of a built-in type or of an OpenAPI schema; none where the path leads nowhere.
[[nodiscard]] std::optional<SchemaNode> schemaNode(const manifest::TypeNode& type,
                                                   const std::vector<std::string>& path);
[[nodiscard]] std::optional<SchemaNode> schemaNode(const manifest::Value& openApi,
                                                   const std::vector<std::string>& path);
/// References of a file of a source tree: see Engine::links().
[[nodiscard]] Result<std::vector<SourceLink>> sourceLinks(const git::Tree& tree, const std::string& path);

/// The manifest of an object in a source tree, for objects that nothing renders (a project, the notifications'
/// settings): the first YAML file, by path, that holds it as it stands. Within bounds: 2,000 files of 1 MB.
struct SourcePlace
{
    std::string file; ///< "" = nowhere
    std::string text;
    std::size_t document = 0;
};
[[nodiscard]] SourcePlace findManifest(const git::Tree& tree, const manifest::ResourceKey& key);

using CommitLookup = std::function<std::optional<git::Commit>(const std::string& repoUrl, const std::string& id)>;

struct ApplicationInput
{
    const manifest::Value& object;
    gitops::ComparisonPtr comparison; ///< null where it was not compared yet
    std::string cluster; ///< the own one's name
    std::string holdReason;
    CommitLookup commit;
    const std::vector<gitops::RegisteredCluster>* clusters = nullptr; ///< null: the own one only
};
/// Fills in where the nodes send traffic; `tree` are the nodes' live objects, in the same order.
void linkTraffic(std::vector<ResourceNode>& nodes, const std::vector<gitops::TreeNode>& tree);
[[nodiscard]] Application viewApplication(const ApplicationInput& input);
/// Unknown where it is no health status.
[[nodiscard]] Health healthOf(std::string_view name);
[[nodiscard]] AppDiff viewDiff(const gitops::Comparison& comparison, const git::TreePtr& tree);

struct ExperimentInput
{
    std::shared_ptr<const manifest::Value> object; ///< Experiment
    Trial trial;
    Objects children; ///< its ReplicaSets and AnalysisRuns
};

struct RolloutInput
{
    const manifest::Value& object; ///< Rollout
    std::vector<const manifest::Value*> replicaSets;
    std::vector<const manifest::Value*> analysisRuns;
    std::string application;
    std::vector<TimedValue> setWeights;
    std::vector<TimedValue> actualWeights;
    std::function<std::vector<TimedValue>(const std::string& analysisRun, const std::string& metric)> stableSeries;
    std::function<std::vector<TrafficSample>(const std::string& analysisRun, const std::string& metric)> trafficSeries;
    /// How long an analysis step takes; nullopt: it has no end of its own.
    std::function<std::optional<Duration>(const manifest::Value& analysis)> analysisLength;
    std::string gate; ///< what our own controller says that holds it
    TimePoint now;
    std::vector<ExperimentInput> experiments {}; ///< of its steps
    /// The same query asked of an experiment's baseline.
    std::function<std::vector<TimedValue>(const std::string& analysisRun, const std::string& metric)> baselineSeries {};
    std::function<Objects(const manifest::Value& replicaSet)> podsOf {};
};
[[nodiscard]] Rollout viewRollout(const RolloutInput& input);
/// What a view of a rollout was made of; the same again gives the same view.
struct RolloutInputs
{
    Objects objects; ///< the rollout and what it owns
    std::string application;
    std::string gate;
    std::string place; ///< name of its cluster
    std::size_t points = 0; ///< of its weights over time
    std::uint64_t curves = 0; ///< ReferenceCurves::version()
    friend bool operator==(const RolloutInputs&, const RolloutInputs&) = default;
};
/// The weights that a rollout wants and has now.
struct Weights
{
    int set = 0;
    int actual = 0;
};
[[nodiscard]] Weights weightsOf(const manifest::Value& rollout);
/// The one number of a measurement's value ("[0.99]", "0.99"); none for lists, NaN, texts.
[[nodiscard]] std::optional<double> singleNumber(std::string_view value);

[[nodiscard]] std::vector<Event> viewEvents(const std::vector<std::shared_ptr<const manifest::Value>>& events,
                                            std::size_t limit);
/// "9/9", "Running", "CrashLoopBackOff": what a card says under the name.
[[nodiscard]] std::string statusText(const manifest::Value& live);
[[nodiscard]] std::optional<TimePoint> timeAt(const manifest::Value& object, manifest::Path path);

} // namespace core::engine
