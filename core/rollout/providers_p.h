// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Inside the room: what the metric providers share.

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

[[nodiscard]] std::string percentEncode(std::string_view text);
[[nodiscard]] std::string trimSlash(std::string_view address);

/// AWS_REGION, else AWS_DEFAULT_REGION; "" where neither is set.
[[nodiscard]] std::string awsRegion(const MeasureDeps& deps);
/// The service's address: the variable, AWS_ENDPOINT_URL, else the one given. Without a slash at its end.
[[nodiscard]] std::string awsEndpoint(const MeasureDeps& deps, const char* variable, std::string otherwise);
/// Whose credentials sign a request; both "" = the environment's own.
struct AwsIdentity
{
    std::string profile {}; ///< of the shared credentials file
    std::string roleArn {}; ///< a role to assume with them
};
/// Signs a request as AWS wants it (Signature Version 4). Credentials come from the environment, a web identity token
/// or the shared credentials file, as in AWS's SDKs.
[[nodiscard]] Result<> signAws(HttpRequest& request, std::string_view service, std::string_view region, TimePoint now,
                               const MeasureDeps& deps, const AwsIdentity& identity, std::stop_token stop);
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
