// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <filesystem>
#include <string_view>

namespace core::log {

enum class Level { Debug, Info, Warning, Error };

/// Sends log lines to a rotating file (5 files of 4 MiB) below the state folder. Without a call, logging is silent.
[[nodiscard]] Result<> openFile(const std::filesystem::path& path, Level level);
/// Sends log lines to stderr as well.
void alsoToStderr(Level level);
/// May be called from any thread. Secrets' values never belong in a line.
void write(Level level, std::string_view room, std::string_view text);

inline void debug(std::string_view room, std::string_view text)
{
    write(Level::Debug, room, text);
}
inline void info(std::string_view room, std::string_view text)
{
    write(Level::Info, room, text);
}
inline void warning(std::string_view room, std::string_view text)
{
    write(Level::Warning, room, text);
}
inline void error(std::string_view room, std::string_view text)
{
    write(Level::Error, room, text);
}

} // namespace core::log
