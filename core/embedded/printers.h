// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/embedded/registry.h"

#include <functional>
#include <vector>

namespace core::embedded {

/// The columns that kubectl get shows of a type, and one object's cells.
struct Printer
{
    std::vector<PrinterColumn> columns;
    std::function<manifest::Array(const manifest::Value& object, TimePoint now)> cells;
};
[[nodiscard]] Printer printerOf(const ResourceInfo& info);

/// "95s", "4m5s", "3h4m" ...: how long ago a time was; "<unknown>" where the text is no time.
[[nodiscard]] std::string ageText(std::string_view rfc3339, TimePoint now);
[[nodiscard]] std::string durationText(Duration duration);
/// The first value at a JSONPath of a printer column, or nullptr.
[[nodiscard]] const manifest::Value* jsonPathFirst(const manifest::Value& object, std::string_view path);

} // namespace core::embedded
