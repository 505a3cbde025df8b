// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/embedded/sim/series.h"
#include "core/kube/transport.h"

namespace core::embedded::sim {

/// Prometheus' HTTP API over a store: /api/v1/query, query_range, series, labels, label/NAME/values; GET and POST.
[[nodiscard]] kube::Response prometheusAnswer(const SeriesStore& store, const kube::Request& request, TimePoint now);

} // namespace core::embedded::sim
