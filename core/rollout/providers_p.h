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
};

[[nodiscard]] std::string percentEncode(std::string_view text);
[[nodiscard]] std::string trimSlash(std::string_view address);

/// AWS_REGION, else AWS_DEFAULT_REGION; "" where neither is set.
[[nodiscard]] std::string awsRegion(const MeasureDeps& deps);
/// Signs a request as AWS wants it (Signature Version 4), with the credentials of the environment.
[[nodiscard]] Result<> signAws(HttpRequest& request, std::string_view service, std::string_view region, TimePoint now,
                               const MeasureDeps& deps);
[[nodiscard]] Result<Reading> cloudWatch(const manifest::Value& provider, TimePoint now, const MeasureDeps& deps,
                                         std::stop_token stop);
[[nodiscard]] Result<Reading> datadog(const manifest::Value& provider, TimePoint now, const MeasureDeps& deps,
                                      std::stop_token stop);
/// A measurement of the kayenta provider: started, or looked at again where `previous` is in flight.
[[nodiscard]] manifest::Value kayentaMeasurement(const manifest::Value& run, const manifest::Value& metric,
                                                 const manifest::Value& previous, TimePoint now,
                                                 const MeasureDeps& deps, std::stop_token stop);
/// A variable of the controller's environment; "" where it is not set.
[[nodiscard]] std::string environment(const MeasureDeps& deps, const char* name);

} // namespace core::rollout
