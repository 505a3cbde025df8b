// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/manifest/value.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The life of an AnalysisRun, as functions of its object and the time. Pure; AnalysisRuns are values as they stand in
/// the cluster.
namespace core::rollout {

struct MetricTask
{
    std::string metric;
    bool resume = false; ///< goes on with the measurement in flight
};
/// Which metrics are measured now.
[[nodiscard]] std::vector<MetricTask> dueTasks(const manifest::Value& run, TimePoint now);
/// spec.terminate, or a metric that is no dry run has failed.
[[nodiscard]] bool isTerminating(const manifest::Value& run);

/// Writes a new measurement, or the state of the one in flight, into status.metricResults and counts it.
void recordMeasurement(manifest::Value& run, std::string_view metric, manifest::Value measurement, bool resume);

struct LimitBreach
{
    std::string phase; ///< "" when no limit is passed
    std::string reason;
};
[[nodiscard]] LimitBreach passedLimit(const manifest::Value& metric, const manifest::Value& result);
[[nodiscard]] std::string assessMetric(const manifest::Value& metric, const manifest::Value& result, bool terminating);
/// Sets the phases of metrics and run, message, summaries, startedAt and completedAt.
void assessRun(manifest::Value& run, TimePoint now);

[[nodiscard]] std::optional<TimePoint> nextLook(const manifest::Value& run, TimePoint now);
[[nodiscard]] bool ttlExpired(const manifest::Value& run, TimePoint now);
[[nodiscard]] bool isWorse(std::string_view than, std::string_view phase);
[[nodiscard]] bool isCompletedPhase(std::string_view phase);

struct MetricProblem
{
    std::int64_t metric = 0; ///< -1: all of them
    std::string reason;
};
/// The first thing that is wrong with the metrics of a template or run.
[[nodiscard]] std::optional<MetricProblem> validateMetrics(const manifest::Array& metrics);
/// The first dryRun or measurementRetention rule of a run's spec that matches none of its metrics, in words; "" where
/// there is none.
[[nodiscard]] std::string unmatchedRule(const manifest::Value& spec);
/// Keeps the newest measurements of each metric (10, or measurementRetention's limit).
void trimMeasurements(manifest::Value& run);

/// {{args.NAME}} replaced in plain text; NotFound-like errors as Argo words them.
[[nodiscard]] Result<std::string> substituteArgs(std::string_view text, const manifest::Array& args);
/// The same inside a metric: every text of it.
[[nodiscard]] Result<manifest::Value> substituteMetric(const manifest::Value& metric, const manifest::Array& args);
/// The use site's args over those that the templates declare.
[[nodiscard]] Result<manifest::Array> mergeArgs(const manifest::Array& incoming, const manifest::Array& declared);
/// A field of a Rollout as an arg's text: `metadata...` by the rules of the downward API, else walked through its JSON.
[[nodiscard]] Result<std::string> argFieldText(const manifest::Value& rollout, std::string_view path);
/// The walk alone.
[[nodiscard]] Result<std::string> fieldRefText(const manifest::Value& rollout, std::string_view path);

} // namespace core::rollout
