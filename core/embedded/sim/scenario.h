// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/embedded/sim/behaviour.h"
#include "core/manifest/value.h"

#include <memory>
#include <string>
#include <vector>

namespace core::kube {
class Client;
}

namespace core::embedded::sim {

/// What goes wrong in an embedded cluster, and when. A YAML document, each stage of which is about pods, nodes or
/// requests; all that a stage's subject names must hold, names and images are globs, times are Go durations:
///
///     apiVersion: sim.pilothouse.dev/v1
///     kind: Scenario
///     metadata: {name: bad-evening}
///     spec:
///       seed: 7                      # of what happens by chance; default 1
///       stages:
///       - name: the new image is gone
///         from: 30s                  # since the scenario began; default 0s
///         for: 5m                    # default: for ever
///         pods: {namespace: serving, name: "llm-*", image: "*:v2", selector: {matchLabels: {app: llm}}}
///         behavior: image-pull       # crash-loop, oom, slow-start, never-ready, flap, config-error, fail
///         lives: 20s                 # crash-loop, oom: how long a container runs; default 3s, oom 8s
///         exitCode: 2                # crash-loop: default 1
///         readyAfter: 2m             # slow-start: default 60s
///         period: 30s                # flap: ready for as long as not
///       - nodes: {name: sim-2}
///         behavior: lost             # the kubelet falls silent
///       - nodes: {name: "*"}
///         behavior: gpus             # the device plugin offers fewer GPUs
///         gpus: 0
///       - requests: {verbs: [get, list], resources: [pods], namespace: serving, user: "*", share: 0.3}
///         behavior: error            # share: of all such requests, by chance; default 1
///         status: 503                # 400 to 599; default 500
///         message: etcdserver: no leader
///         retryAfter: 2s
///       - requests: {resources: [pods/log]}
///         behavior: slow
///         delay: 3s
///       - requests: {resources: ["*"]}
///         behavior: cut              # watches and followed logs break off
///         after: 20s                 # default 10s
///
/// Of several stages about one thing the first decides that holds at the time. Requests are those of clients; the
/// cluster's own controllers are spared, and so are requests about the scenario itself.
struct Scenario
{
    struct Stage
    {
        std::string name; ///< or "stage 3"
        Duration from {};
        Duration until = Duration::max();
        [[nodiscard]] bool holds(Duration since) const { return since >= from && since < until; }
    };
    struct PodStage : Stage
    {
        std::string nameSpace = "*", pod = "*", image = "*";
        manifest::Value selector {}; ///< null: all
        Behaviour behaviour {}; ///< `from` and `until` are of a running scenario
    };
    struct NodeStage : Stage
    {
        std::string node = "*";
        bool lost = false;
        std::optional<int> gpus {};
    };
    struct RequestStage : Stage
    {
        std::vector<std::string> verbs {"*"}, resources {"*"};
        std::string nameSpace = "*", user = "*";
        double share = 1;
        int status = 0; ///< 0: no error
        std::string message {};
        Duration retryAfter {}, delay {};
        std::optional<Duration> cutAfter {};
    };
    std::string name;
    unsigned seed = 1;
    std::vector<PodStage> pods;
    std::vector<NodeStage> nodes;
    std::vector<RequestStage> requests;
};

/// InvalidInput with where = "source:line".
[[nodiscard]] Result<Scenario> parseScenario(std::string_view yaml, std::string_view source);

/// A scenario under way.
struct RunningScenario
{
    Scenario scenario;
    TimePoint began {};
    /// The stage that decides about a pod: one that holds, else the last that is over (its traces stay), else the next;
    /// null: none is about it.
    [[nodiscard]] const Scenario::PodStage* stageOf(const manifest::Value& pod, TimePoint now) const;
    [[nodiscard]] const Scenario::NodeStage* stageOf(std::string_view node, TimePoint now) const;
    /// When the next stage begins or ends after `now`.
    [[nodiscard]] TimePoint nextChange(TimePoint now) const;
    [[nodiscard]] TimePoint at(Duration since) const;
};
using RunningScenarioPtr = std::shared_ptr<const RunningScenario>;

/// The ConfigMap kube-system/scenario is what a cluster plays: its text under `scenario.yaml`. The simulation writes
/// when it began into kScenarioBegan, and into kScenarioProblem why it cannot be played.
inline constexpr const char* kScenarioName = "scenario";
inline constexpr const char* kScenarioNamespace = "kube-system";
inline constexpr const char* kScenarioKey = "scenario.yaml";
inline constexpr const char* kScenarioBegan = "sim.pilothouse.dev/began";
inline constexpr const char* kScenarioProblem = "sim.pilothouse.dev/problem";

/// Plays a scenario on an embedded cluster, from its beginning, in place of another one. It outlives the process.
[[nodiscard]] Result<> startScenario(kube::Client& client, std::string_view yaml, std::string_view source,
                                     std::stop_token stop = {});
/// Everything works again, as soon as it would on machines. No error where nothing is played.
[[nodiscard]] Result<> stopScenario(kube::Client& client, std::stop_token stop = {});

} // namespace core::embedded::sim
