// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/health/health.h"

namespace core::health {

enum class LuaLibraries : std::uint8_t { Few, Open };

/// Runs a health script on an object within bounds of time and memory. Errors: InvalidInput (the script's own words),
/// LimitExceeded.
[[nodiscard]] Result<Assessment> runHealthScript(const std::string& script, const manifest::Value& object,
                                                 LuaLibraries libraries);

} // namespace core::health
