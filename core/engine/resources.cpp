// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/resources.h"

#include <cstdlib>

namespace core::engine {

std::filesystem::path resourcesFolder(const std::filesystem::path& given)
{
    if (!given.empty())
        return given;
    if (const char* folder = std::getenv("PILOTHOUSE_RESOURCES");
        folder != nullptr && *folder != '\0') // NOLINT(concurrency-mt-unsafe): read at start
        return folder;
    std::error_code ec;
    for (const std::filesystem::path candidate : {PILOTHOUSE_INSTALLED_RESOURCES, PILOTHOUSE_SOURCE_RESOURCES})
        if (std::filesystem::is_directory(candidate / "example", ec))
            return candidate;
    return PILOTHOUSE_SOURCE_RESOURCES;
}

} // namespace core::engine
