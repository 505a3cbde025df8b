// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/render/helm_chart.h"

namespace core::render::helm {

/// Checks values against values.schema.json of a chart and of the charts below it.
[[nodiscard]] Result<> validateSchemas(const Chart& chart, const Value& values, const std::stop_token& stop);

} // namespace core::render::helm
