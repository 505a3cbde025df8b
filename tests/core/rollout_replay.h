// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/http.h"
#include "rollout_traces.h"

#include <mutex>

namespace test {

/// Where a recorded run is played again.
class RunStage
{
public:
    virtual ~RunStage() = default;
    virtual RolloutTraces& traces() = 0;
    /// Does what a person did: an entry of the run's steps. Why it failed, or "".
    virtual std::string act(const Value& action) = 0;
    /// A tenth of a second passes. Whether anything changed.
    virtual bool tick() = 0;
    /// Ticks that a machine under load may be late; none in virtual time.
    [[nodiscard]] virtual int patience() const { return 0; }
};

/// Whose controller works on the stage: ours goes on where the original stops half way (see the data's README).
enum class Controller : std::uint8_t { Ours, Argos };

/// --rollout-resync of the controller that was recorded.
constexpr auto kRecordedResync = std::chrono::seconds(2);

/// The object of a run as it is created: with the scenario's name in its queries.
Value runObject(const Value& run, const Value& object, std::string_view nameSpace);

/// What the plugin's undo is told to go back to; 0 where it is told nothing.
std::int64_t revisionIn(const std::string& words);

/// Plays all steps; what differs from the recording, one line each, "" where nothing does.
std::string replay(const Value& run, RunStage& stage, Controller controller);

/// The recorded runs by their names; empty where the data is not here.
std::map<std::string, Value> recordedRuns();

/// More of them, of specs that are not often seen, in tests/data/rollout-runs: recorded by tst_rollout_real.
std::map<std::string, Value> ownRuns();

/// Plays all steps, and returns the run with what was seen.
Value recorded(Value run, RunStage& stage);

/// Prometheus by the book of a run: each query answers its values in turn. Any thread.
class ScriptedPrometheus
{
public:
    explicit ScriptedPrometheus(const Value& run)
        : m_run(run)
    {
    }
    Result<HttpResponse> answer(const HttpRequest& request);
    /// "NAME" of the query "scenario:NAME:METRIC" in a request; "" where it is another one.
    static std::string scenario(const HttpRequest& request);

private:
    const Value& m_run;
    std::mutex m_mutex; ///< guards m_asked
    std::map<std::string, std::size_t> m_asked;
};

} // namespace test
