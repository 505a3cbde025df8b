// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/kube/transport.h"

namespace core::kube {

/// A bucket of tokens, one for each request. client-go's own is 5 a second and a burst of 10, kubectl's 50 and 300;
/// API servers fence themselves today (priority and fairness, 429), so that this one only stops a run-away loop.
struct RateLimit
{
    double perSecond = 1'000; ///< > 0
    int burst = 2'000; ///< >= 1
};

/// Lets requests wait for their token before `inner` sends them; a watch takes one when it starts. A wait that is
/// stopped is Cancelled. Thread-safe; who came first goes first.
[[nodiscard]] TransportPtr rateLimited(TransportPtr inner, RateLimit limit,
                                       std::shared_ptr<Clock> clock = std::make_shared<ScaledClock>());

} // namespace core::kube
