// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/render/helm_chart.h"

#include <functional>

namespace core::render::helm {

/// Reads a file of a location (render/helm_repository.h). Empty: nothing is fetched.
using FetchTree =
    std::function<Result<git::TreePtr>(const std::string& location, const std::string& version, std::stop_token stop)>;

/// Checks values against values.schema.json of a chart and of the charts below it. What those refer to at http and
/// https addresses is fetched, and kept with the schema.
[[nodiscard]] Result<> validateSchemas(const Chart& chart, const Value& values, const FetchTree& fetch,
                                       const std::stop_token& stop);

} // namespace core::render::helm
