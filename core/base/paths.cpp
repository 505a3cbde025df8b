// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/paths.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>

namespace core::paths {

namespace fs = std::filesystem;

namespace {

fs::path below(const char* xdg, const char* fallback, const char* own)
{
    // NOLINTNEXTLINE(concurrency-mt-unsafe): the environment is not written after start
    if (const char* home = std::getenv("PILOTHOUSE_HOME"); home != nullptr && *home != '\0')
        return fs::path(home) / own;
    // NOLINTNEXTLINE(concurrency-mt-unsafe)
    if (const char* dir = std::getenv(xdg); dir != nullptr && *dir == '/')
        return fs::path(dir) / "pilothouse";
    // NOLINTNEXTLINE(concurrency-mt-unsafe)
    const char* home = std::getenv("HOME");
    return fs::path(home != nullptr ? home : "/") / fallback / "pilothouse";
}

} // namespace

fs::path config()
{
    return below("XDG_CONFIG_HOME", ".config", "config");
}
fs::path state()
{
    return below("XDG_STATE_HOME", ".local/state", "state");
}
fs::path cache()
{
    return below("XDG_CACHE_HOME", ".cache", "cache");
}
fs::path data()
{
    return below("XDG_DATA_HOME", ".local/share", "data");
}

Result<std::string> readFile(const fs::path& path, std::size_t limit)
{
    std::error_code ec;
    if (!fs::is_regular_file(path, ec))
        return fail(fs::exists(path, ec) ? Error::Code::InvalidInput : Error::Code::NotFound,
                    fs::exists(path, ec) ? "read: not a regular file" : "read: no such file", path.string());
    if (fs::file_size(path, ec) > limit)
        return fail(Error::Code::LimitExceeded, "read: the file is larger than " + std::to_string(limit) + " bytes",
                    path.string());
    std::ifstream in(path, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(in)), {});
    if (!in.good() && !in.eof())
        return fail(Error::Code::Io, "read: the disk reported an error", path.string());
    return text;
}

Result<> writeFileAtomically(const fs::path& path, std::string_view text, bool ownerOnly)
{
    std::error_code ec;
    if (path.has_parent_path())
        fs::create_directories(path.parent_path(), ec);
    std::random_device random;
    const fs::path temporary = path.string() + ".tmp" + std::to_string(random());
    {
        std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
        if (ownerOnly)
            fs::permissions(temporary, fs::perms::owner_read | fs::perms::owner_write, ec);
        out.write(text.data(), static_cast<std::streamsize>(text.size()));
        out.close();
        if (!out) {
            fs::remove(temporary, ec);
            return fail(Error::Code::Io, "write: the disk is full or the folder cannot be written", path.string(),
                        "free some space and try again");
        }
    }
    fs::rename(temporary, path, ec);
    if (ec) {
        const auto why = ec.message();
        fs::remove(temporary, ec);
        return fail(Error::Code::Io, "write: " + why, path.string());
    }
    return {};
}

} // namespace core::paths
