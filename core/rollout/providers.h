// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/http.h"
#include "core/manifest/value.h"

#include <functional>
#include <string>
#include <vector>

namespace core::rollout {

/// What measuring needs from outside.
struct MeasureDeps
{
    HttpSend http;
    /// A key of a Secret in the run's namespace.
    std::function<Result<std::string>(const std::string& secret, const std::string& key)> secret;
    /// The same in the controller's namespace, where providers' credentials lie; null: there is none.
    std::function<Result<std::string>(const std::string& secret, const std::string& key)> controllerSecret {};
    /// Jobs of the job provider; null functions: such metrics end in Error.
    std::function<Result<manifest::Value>(const std::string& name)> getJob {};
    std::function<Result<manifest::Value>(const manifest::Value& job)> createJob {};
    std::function<Result<>(const std::string& name)> deleteJob {};
    std::function<std::vector<manifest::Value>(const manifest::Value& job)> jobPods {}; ///< may be null
    std::string prometheusAddress {};
    /// Variables of the environment (credentials of AWS and Datadog); null: the process's own.
    std::function<std::string(const char* name)> environment {};
};

/// One measurement of a metric (arguments filled in): phase, value, message, startedAt, finishedAt, metadata.
/// `previous` is the measurement in flight that is resumed, or null. Secrets never stand in the result.
[[nodiscard]] manifest::Value measure(const manifest::Value& run, const manifest::Value& metric,
                                      const manifest::Value& previous, TimePoint now, const MeasureDeps& deps,
                                      std::stop_token stop);

/// Takes an AnalysisRun one step on: substitutes, validates, measures what is due, judges. Only status changes.
[[nodiscard]] manifest::Value advanceRun(const manifest::Value& run, TimePoint now, const MeasureDeps& deps,
                                         std::stop_token stop);

/// The query or URL of a metric as it is sent, secrets masked: for views.
[[nodiscard]] std::string queryText(const manifest::Value& run, const manifest::Value& metric);

} // namespace core::rollout
