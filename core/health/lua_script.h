// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/health/health.h"

#include <span>

namespace core::health {

enum class LuaLibraries : std::uint8_t { Few, Open };

/// Runs a health script on an object within bounds of time and memory. Errors: InvalidInput (the script's own words),
/// LimitExceeded.
[[nodiscard]] Result<Assessment> runHealthScript(const std::string& script, const manifest::Value& object,
                                                 LuaLibraries libraries);

/// What a script sees under a name.
struct LuaGlobal
{
    const char* name;
    const manifest::Value* value;
};
/// Runs any other script of Argo CD within the same bounds; its result must be a table. `like`: the value that the
/// result is made from, which tells whether an empty table is a list or an object (null: a list).
[[nodiscard]] Result<manifest::Value> runScript(const std::string& script, const char* chunk,
                                                std::span<const LuaGlobal> globals, LuaLibraries libraries,
                                                const manifest::Value* like = nullptr);

} // namespace core::health
