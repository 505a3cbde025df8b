// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/helm_chart.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

namespace core::render::helm {

namespace {

constexpr std::size_t kMaxUnpacked = std::size_t {100} << 20;
constexpr std::size_t kMaxFile = std::size_t {5} << 20;
constexpr std::size_t kMaxEntries = 20'000;

struct ArchiveCloser
{
    void operator()(archive* handle) const noexcept { archive_read_free(handle); }
};

} // namespace

Result<std::vector<File>> unpack(std::string_view bytes, std::string_view name, const std::stop_token& stop,
                                 Packed what)
{
    const bool isChart = what == Packed::Chart;
    const auto bad = [&](Error::Code code, std::string_view why) {
        return fail(code, fmt::format("{} {}: {}", isChart ? "chart archive" : "archive", name, why),
                    std::string(name));
    };
    const std::unique_ptr<archive, ArchiveCloser> reader(archive_read_new());
    archive_read_support_filter_gzip(reader.get());
    archive_read_support_format_tar(reader.get());
    if (archive_read_open_memory(reader.get(), bytes.data(), bytes.size()) != ARCHIVE_OK)
        return bad(Error::Code::InvalidInput, "not a gzip-compressed tar archive");
    std::vector<File> files;
    std::size_t total = 0;
    std::size_t entries = 0;
    archive_entry* entry = nullptr;
    while (true) {
        const int status = archive_read_next_header(reader.get(), &entry);
        if (status == ARCHIVE_EOF)
            break;
        if (status < ARCHIVE_WARN)
            return bad(Error::Code::InvalidInput, "cannot be read");
        if (++entries > kMaxEntries)
            return bad(Error::Code::LimitExceeded, "too many entries");
        if (archive_entry_filetype(entry) != AE_IFREG)
            continue;
        const char* path = archive_entry_pathname(entry);
        std::string full = path == nullptr ? "" : path;
        for (auto& c : full)
            if (c == '\\')
                c = '/';
        const auto slash = full.find('/');
        if (isChart && slash == std::string::npos)
            return bad(Error::Code::InvalidInput, "chart illegally contains content outside the base directory");
        if (full.starts_with('/'))
            return bad(Error::Code::Forbidden,
                       isChart ? "chart illegally contains absolute paths" : "it holds an absolute path");
        PH_TRY(const auto normal, git::normalPath(isChart ? full.substr(slash + 1) : full));
        if (full.starts_with("..") || normal.empty())
            return bad(Error::Code::Forbidden,
                       isChart ? "chart illegally references parent directory" : "it leads out of its folder");
        File file {normal, {}};
        char buffer[16384];
        while (true) {
            if (stop.stop_requested())
                return fail(Error::Code::Cancelled, "the render was cancelled");
            const auto size = archive_read_data(reader.get(), buffer, sizeof buffer);
            if (size < 0)
                return bad(Error::Code::InvalidInput, "cannot be read");
            if (size == 0)
                break;
            total += static_cast<std::size_t>(size);
            if (file.data.size() + static_cast<std::size_t>(size) > kMaxFile || total > kMaxUnpacked)
                return bad(Error::Code::LimitExceeded, "too large when unpacked");
            file.data.append(buffer, static_cast<std::size_t>(size));
        }
        files.push_back(std::move(file));
    }
    if (files.empty())
        return bad(Error::Code::InvalidInput, isChart ? "no files in chart archive" : "no files in it");
    return files;
}

} // namespace core::render::helm
