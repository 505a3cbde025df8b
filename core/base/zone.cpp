// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/cron.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace core {

namespace {

/// Reads big-endian numbers of a TZif file (RFC 8536); past the end it gives zeros.
class Reader
{
public:
    explicit Reader(std::string_view bytes)
        : m_bytes(bytes)
    {
    }
    std::int64_t number(std::size_t at, std::size_t width) const
    {
        if (at + width > m_bytes.size())
            return 0;
        std::uint64_t value = width == 4 && (static_cast<unsigned char>(m_bytes[at]) & 0x80U) ? ~std::uint64_t {0} : 0;
        for (std::size_t i = 0; i < width; ++i)
            value = (value << 8U) | static_cast<unsigned char>(m_bytes[at + i]);
        return static_cast<std::int64_t>(value);
    }
    std::size_t byte(std::size_t at) const { return at < m_bytes.size() ? static_cast<unsigned char>(m_bytes[at]) : 0; }
    std::size_t size() const { return m_bytes.size(); }

private:
    std::string_view m_bytes;
};

struct Header
{
    std::size_t isUtc, isStandard, leap, times, types, letters;
};

Header header(const Reader& file, std::size_t at)
{
    const auto count = [&](std::size_t index) {
        return static_cast<std::size_t>(std::max<std::int64_t>(0, file.number(at + 20 + 4 * index, 4)));
    };
    return {count(0), count(1), count(2), count(3), count(4), count(5)};
}

} // namespace

std::chrono::seconds zoneOffset(const std::string& zone, std::chrono::sys_seconds moment)
{
    static const std::filesystem::path kFolder = "/usr/share/zoneinfo";
    std::ifstream in(kFolder / zone, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (bytes.size() < 44 || bytes.size() > 1'000'000 || bytes.compare(0, 4, "TZif") != 0 || bytes[4] < '2')
        return std::chrono::seconds(0);
    const Reader file(bytes);
    const auto first = header(file, 0);
    const auto start =
        44 + first.times * 5 + first.types * 6 + first.letters + first.leap * 8 + first.isStandard + first.isUtc;
    const auto second = header(file, start);
    const auto times = start + 44;
    if (second.times > file.size() || second.types == 0 || second.types > 256)
        return std::chrono::seconds(0);
    const auto indexes = times + second.times * 8;
    const auto types = indexes + second.times;
    const auto wanted = moment.time_since_epoch().count();
    std::size_t type = 0;
    for (std::size_t i = 0; i < second.times && file.number(times + i * 8, 8) <= wanted; ++i)
        type = file.byte(indexes + i);
    return std::chrono::seconds(file.number(types + type * 6, 4));
}

} // namespace core
