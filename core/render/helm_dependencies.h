// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/render/helm_chart.h"
#include "core/render/render.h"

namespace core::render::helm {

/// Names of dependencies that are not in charts/.
[[nodiscard]] std::vector<std::string> missingCharts(const Chart& chart);

/// What `helm dependency build` does, for the charts that are missing: in the versions of Chart.lock, which has to be
/// of these dependencies; without one the newest that fit. Charts at file:// come from the tree that the chart is in,
/// the others through request.helm.fetch, which has to be there.
[[nodiscard]] Result<> buildDependencies(Chart& chart, const Request& request, const std::stop_token& stop);

} // namespace core::render::helm
