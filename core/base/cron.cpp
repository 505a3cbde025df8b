// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/cron.h"

#include "core/base/strings.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace core {

namespace {

struct Field
{
    std::string_view name;
    int least, most;
};

constexpr std::array<std::string_view, 12> kMonths {"jan", "feb", "mar", "apr", "may", "jun",
                                                    "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> kDays {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

std::optional<int> numberOf(std::string_view text, const Field& field)
{
    int value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code == std::errc {} && end == text.data() + text.size())
        return value;
    const auto word = lower(text);
    for (std::size_t i = 0; field.name == "month" && i < kMonths.size(); ++i) {
        if (kMonths[i] == word)
            return static_cast<int>(i) + 1;
    }
    for (std::size_t i = 0; field.name == "day of week" && i < kDays.size(); ++i) {
        if (kDays[i] == word)
            return static_cast<int>(i);
    }
    return std::nullopt;
}

Result<std::uint64_t> parseField(std::string_view text, const Field& field)
{
    const auto bad = [&] {
        return fail(Error::Code::InvalidInput,
                    fmt::format("the {} '{}' of the schedule is not valid", field.name, text));
    };
    std::uint64_t bits = 0;
    for (const auto& part : split(text, ',')) {
        const auto slash = part.find('/');
        const auto range = std::string_view(part).substr(0, slash);
        int step = 1;
        int first = field.least;
        int last = field.most;
        if (slash != std::string::npos) {
            const auto parsed = numberOf(std::string_view(part).substr(slash + 1), field);
            if (!parsed || *parsed < 1)
                return bad();
            step = *parsed;
        }
        if (range != "*" && range != "?") {
            const auto dash = range.find('-');
            const auto from = numberOf(range.substr(0, dash), field);
            if (!from)
                return bad();
            first = *from;
            if (dash != std::string_view::npos) {
                const auto to = numberOf(range.substr(dash + 1), field);
                if (!to)
                    return bad();
                last = *to;
            } else if (slash == std::string::npos) {
                last = first;
            }
        }
        if (first < field.least || last > field.most || first > last)
            return bad();
        for (int value = first; value <= last; value += step)
            bits |= std::uint64_t {1} << value;
    }
    return bits;
}

bool has(std::uint64_t bits, unsigned value)
{
    return ((bits >> value) & 1U) != 0;
}

} // namespace

Result<Cron> Cron::parse(std::string_view schedule)
{
    std::vector<std::string> fields;
    for (auto& field : split(trim(schedule), ' ')) {
        if (!field.empty())
            fields.push_back(std::move(field));
    }
    if (fields.size() != 5)
        return fail(
            Error::Code::InvalidInput,
            fmt::format("cannot parse schedule '{}': expected exactly 5 fields, found {}", schedule, fields.size()));
    Cron cron;
    PH_TRY(cron.m_minutes, parseField(fields[0], {"minute", 0, 59}));
    PH_TRY(cron.m_hours, parseField(fields[1], {"hour", 0, 23}));
    PH_TRY(cron.m_days, parseField(fields[2], {"day of month", 1, 31}));
    PH_TRY(cron.m_months, parseField(fields[3], {"month", 1, 12}));
    PH_TRY(cron.m_weekdays, parseField(fields[4], {"day of week", 0, 6}));
    cron.m_anyDay = fields[2].starts_with('*') || fields[2].starts_with('?');
    cron.m_anyWeekday = fields[4].starts_with('*') || fields[4].starts_with('?');
    return cron;
}

std::optional<TimePoint> Cron::next(TimePoint time) const
{
    using namespace std::chrono;
    auto minute = floor<minutes>(time) + minutes(1);
    const auto limit = minute + days(366 * 5);
    while (minute < limit) {
        const auto day = floor<days>(minute);
        const year_month_day date(day);
        const bool dayHit = has(m_days, static_cast<unsigned>(date.day()));
        const bool weekdayHit = has(m_weekdays, weekday(day).c_encoding());
        const bool dateHit = m_anyDay || m_anyWeekday ? dayHit && weekdayHit : dayHit || weekdayHit;
        if (!has(m_months, static_cast<unsigned>(date.month())) || !dateHit) {
            minute = day + days(1);
            continue;
        }
        const auto inDay = minute - day;
        const auto hour = static_cast<unsigned>(duration_cast<hours>(inDay).count());
        if (!has(m_hours, hour)) {
            minute = day + hours(hour + 1);
            continue;
        }
        if (!has(m_minutes, static_cast<unsigned>((inDay % hours(1)).count()))) {
            minute += minutes(1);
            continue;
        }
        return TimePoint(minute);
    }
    return std::nullopt;
}

} // namespace core
