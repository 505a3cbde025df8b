// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Inside the room: what the metric providers share.

#include "core/aws/aws.h"
#include "core/base/percent_encoding.h"
#include "core/expr/value.h"
#include "core/rollout/json.h"
#include "core/rollout/providers.h"

namespace core::rollout {

/// What a provider hands to the conditions, and how it is kept in the measurement.
struct Reading
{
    expr::Value result;
    std::string stored;
    manifest::Object metadata {};
    bool unconditional = false; ///< Successful whatever the conditions say
    bool keptOnError = false; ///< the value is kept though the conditions cannot be evaluated
};

[[nodiscard]] std::string trimSlash(std::string_view address);

/// How Amazon's services are asked here.
[[nodiscard]] inline aws::Context awsContext(const MeasureDeps& deps)
{
    return {deps.http, deps.environment};
}
[[nodiscard]] Result<Reading> prometheus(const manifest::Value& provider, TimePoint now, const MeasureDeps& deps,
                                         std::stop_token stop);
[[nodiscard]] Result<Reading> web(const manifest::Value& provider, const MeasureDeps& deps, std::stop_token stop);
[[nodiscard]] Result<Reading> graphite(const manifest::Value& provider, const MeasureDeps& deps, std::stop_token stop);
[[nodiscard]] Result<Reading> influxdb(const manifest::Value& provider, const MeasureDeps& deps, std::stop_token stop);
[[nodiscard]] Result<Reading> newRelic(const manifest::Value& provider, const MeasureDeps& deps, std::stop_token stop);
[[nodiscard]] Result<Reading> wavefront(const manifest::Value& provider, TimePoint now, const MeasureDeps& deps,
                                        std::stop_token stop);
[[nodiscard]] Result<Reading> skywalking(const manifest::Value& provider, TimePoint now, const MeasureDeps& deps,
                                         std::stop_token stop);
/// A measurement of the job provider: a Job is made, or looked at again where `previous` is in flight.
[[nodiscard]] manifest::Value jobMeasurement(const manifest::Value& run, const manifest::Value& metric,
                                             const manifest::Value& previous, TimePoint now, const MeasureDeps& deps);
[[nodiscard]] Result<Reading> cloudWatch(const manifest::Value& provider, TimePoint now, const MeasureDeps& deps,
                                         std::stop_token stop);
[[nodiscard]] Result<Reading> datadog(const manifest::Value& provider, TimePoint now, const MeasureDeps& deps,
                                      std::stop_token stop);
/// A measurement of the kayenta provider: started, or looked at again where `previous` is in flight.
[[nodiscard]] manifest::Value kayentaMeasurement(const manifest::Value& run, const manifest::Value& metric,
                                                 const manifest::Value& previous, TimePoint now,
                                                 const MeasureDeps& deps, std::stop_token stop);
/// A key of a Secret with a provider's credentials: in the controller's namespace, else in the run's.
[[nodiscard]] Result<std::string> providerSecret(const MeasureDeps& deps, const std::string& secret,
                                                 const std::string& key);
/// A variable of the controller's environment; "" where it is not set.
[[nodiscard]] std::string environment(const MeasureDeps& deps, const char* name);

} // namespace core::rollout
