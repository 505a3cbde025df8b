// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/clock.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>

namespace core {

using namespace std::chrono;

void Clock::sleepFor(Duration duration, std::stop_token stop)
{
    const auto deadline = now() + duration;
    while (!stop.stop_requested() && now() < deadline)
        waitUntil(deadline, stop);
}

ScaledClock::ScaledClock(double rate)
    : ScaledClock(rate, time_point_cast<nanoseconds>(system_clock::now()))
{
}

ScaledClock::ScaledClock(double rate, TimePoint start)
    : m_rate(rate > 0 ? rate : 1.0)
    , m_base(start)
    , m_steadyBase(steady_clock::now())
{
}

TimePoint ScaledClock::nowLocked() const
{
    const auto elapsed = duration_cast<nanoseconds>(steady_clock::now() - m_steadyBase);
    return m_base + nanoseconds(static_cast<std::int64_t>(static_cast<double>(elapsed.count()) * m_rate));
}

TimePoint ScaledClock::now() const
{
    const std::scoped_lock lock(m_mutex);
    return nowLocked();
}

void ScaledClock::waitUntil(TimePoint deadline, std::stop_token stop)
{
    waitUntil(deadline, std::move(stop), ticket());
}

std::uint64_t ScaledClock::ticket() const
{
    const std::scoped_lock lock(m_mutex);
    return m_generation;
}

void ScaledClock::waitUntil(TimePoint deadline, std::stop_token stop, std::uint64_t generation)
{
    std::unique_lock lock(m_mutex);
    const auto left = deadline - nowLocked();
    if (left <= Duration::zero())
        return;
    // A deadline far away is waited for in pieces: the steady clock's range is finite.
    const double real = std::min(static_cast<double>(left.count()) / m_rate, 3600e9);
    m_changed.wait_for(lock, stop, nanoseconds(static_cast<std::int64_t>(real) + 1),
                       [&] { return m_generation != generation; });
}

void ScaledClock::wakeAll()
{
    {
        const std::scoped_lock lock(m_mutex);
        ++m_generation;
    }
    m_changed.notify_all();
}

void ScaledClock::setRate(double rate)
{
    if (!(rate > 0))
        return;
    {
        const std::scoped_lock lock(m_mutex);
        m_base = nowLocked();
        m_steadyBase = steady_clock::now();
        m_rate = rate;
        ++m_generation;
    }
    m_changed.notify_all();
}

double ScaledClock::rate() const
{
    const std::scoped_lock lock(m_mutex);
    return m_rate;
}

ManualClock::ManualClock(TimePoint start)
    : m_now(start)
{
}

TimePoint ManualClock::now() const
{
    const std::scoped_lock lock(m_mutex);
    return m_now;
}

void ManualClock::waitUntil(TimePoint deadline, std::stop_token stop)
{
    waitUntil(deadline, std::move(stop), ticket());
}

std::uint64_t ManualClock::ticket() const
{
    const std::scoped_lock lock(m_mutex);
    return m_generation;
}

void ManualClock::waitUntil(TimePoint deadline, std::stop_token stop, std::uint64_t generation)
{
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, stop, [&] { return m_now >= deadline || m_generation != generation; });
}

void ManualClock::wakeAll()
{
    {
        const std::scoped_lock lock(m_mutex);
        ++m_generation;
    }
    m_changed.notify_all();
}

void ManualClock::advance(Duration by)
{
    {
        const std::scoped_lock lock(m_mutex);
        m_now += by;
    }
    m_changed.notify_all();
}

void ManualClock::set(TimePoint to)
{
    {
        const std::scoped_lock lock(m_mutex);
        m_now = to;
    }
    m_changed.notify_all();
}

namespace {

std::string formatSeconds(TimePoint time)
{
    const auto day = floor<days>(time);
    const year_month_day date(day);
    const hh_mm_ss clock(floor<seconds>(time - day));
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                       clock.minutes().count(), clock.seconds().count());
}

/// A cursor over ASCII digits and marks of a time.
struct Scanner
{
    std::string_view text;
    std::size_t at = 0;
    bool ok = true;

    int digits(int count)
    {
        int value = 0;
        for (int i = 0; i < count; ++i) {
            if (at >= text.size() || text[at] < '0' || text[at] > '9') {
                ok = false;
                return 0;
            }
            value = value * 10 + (text[at++] - '0');
        }
        return value;
    }
    void expect(std::string_view anyOf)
    {
        if (at >= text.size() || anyOf.find(text[at]) == std::string_view::npos)
            ok = false;
        else
            ++at;
    }
    [[nodiscard]] char peek() const { return at < text.size() ? text[at] : '\0'; }
};

} // namespace

std::string formatRfc3339(TimePoint time)
{
    return formatSeconds(time) + "Z";
}

std::string formatRfc3339Micro(TimePoint time)
{
    const auto fraction = floor<microseconds>(time) - floor<seconds>(time);
    return fmt::format("{}.{:06}Z", formatSeconds(time), fraction.count());
}

Result<TimePoint> parseRfc3339(std::string_view text)
{
    Scanner in {text};
    const int y = in.digits(4);
    in.expect("-");
    const int mo = in.digits(2);
    in.expect("-");
    const int d = in.digits(2);
    in.expect("Tt ");
    const int h = in.digits(2);
    in.expect(":");
    const int mi = in.digits(2);
    in.expect(":");
    const int s = in.digits(2);
    std::int64_t nanos = 0;
    if (in.ok && in.peek() == '.') {
        ++in.at;
        std::int64_t unit = 100'000'000;
        const auto begin = in.at;
        for (; in.peek() >= '0' && in.peek() <= '9'; ++in.at) {
            nanos += (in.peek() - '0') * unit;
            unit /= 10;
        }
        in.ok = in.at > begin;
    }
    int offset = 0;
    if (in.peek() == 'Z' || in.peek() == 'z') {
        ++in.at;
    } else {
        const int sign = in.peek() == '-' ? -1 : 1;
        in.expect("+-");
        const int oh = in.digits(2);
        in.expect(":");
        const int om = in.digits(2);
        in.ok = in.ok && oh <= 23 && om <= 59;
        offset = sign * (oh * 60 + om);
    }
    const year_month_day date {year {y}, month {static_cast<unsigned>(mo)}, day {static_cast<unsigned>(d)}};
    // Nanoseconds since 1970 in 64 bits reach from 1678 to 2261.
    if (!in.ok || in.at != text.size() || !date.ok() || h > 23 || mi > 59 || s > 60 || y < 1678 || y > 2261)
        return fail(Error::Code::InvalidInput, fmt::format("\"{}\" is not an RFC 3339 time", text), {},
                    "write it like 2026-03-01T10:00:00Z");
    return TimePoint(sys_days(date)) + hours(h) + minutes(mi) + seconds(s) + nanoseconds(nanos) - minutes(offset);
}

Result<Duration> parseGoDuration(std::string_view text)
{
    const auto bad = [&] {
        return fail(Error::Code::InvalidInput, fmt::format("time: invalid duration \"{}\"", text), {},
                    "write it like 90s, 5m or 1h30m");
    };
    std::string_view rest = text;
    bool negative = false;
    if (!rest.empty() && (rest[0] == '-' || rest[0] == '+')) {
        negative = rest[0] == '-';
        rest.remove_prefix(1);
    }
    if (rest == "0")
        return Duration::zero();
    if (rest.empty())
        return bad();
    struct Unit
    {
        std::string_view name;
        std::int64_t nanos;
    };
    static constexpr std::array<Unit, 8> kUnits {{{"ns", 1},
                                                  {"us", 1'000},
                                                  {"\u00b5s", 1'000},
                                                  {"\u03bcs", 1'000},
                                                  {"ms", 1'000'000},
                                                  {"s", 1'000'000'000},
                                                  {"m", 60'000'000'000},
                                                  {"h", 3'600'000'000'000}}};
    __extension__ using Wide = __int128;
    Wide total = 0;
    while (!rest.empty()) {
        Wide whole = 0;
        Wide fraction = 0;
        Wide scale = 1;
        bool any = false;
        std::size_t i = 0;
        for (; i < rest.size() && rest[i] >= '0' && rest[i] <= '9'; ++i) {
            whole = whole * 10 + (rest[i] - '0');
            any = true;
            if (whole > std::numeric_limits<std::int64_t>::max())
                return bad();
        }
        if (i < rest.size() && rest[i] == '.') {
            for (++i; i < rest.size() && rest[i] >= '0' && rest[i] <= '9'; ++i) {
                any = true;
                if (scale < 1'000'000'000'000'000) {
                    fraction = fraction * 10 + (rest[i] - '0');
                    scale *= 10;
                }
            }
        }
        if (!any)
            return bad();
        rest.remove_prefix(i);
        std::size_t n = 0;
        while (n < rest.size() && rest[n] != '.' && (rest[n] < '0' || rest[n] > '9'))
            ++n;
        const auto unitName = rest.substr(0, n);
        const auto* unit =
            std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& u) { return u.name == unitName; });
        if (unit == kUnits.end())
            return bad();
        rest.remove_prefix(n);
        total += whole * unit->nanos + fraction * unit->nanos / scale;
        if (total > std::numeric_limits<std::int64_t>::max())
            return bad();
    }
    return Duration(static_cast<std::int64_t>(negative ? -total : total));
}

std::string formatGoDuration(Duration duration)
{
    const auto nanos = duration.count();
    if (nanos == 0)
        return "0s";
    const bool negative = nanos < 0;
    const auto u = negative ? 0 - static_cast<std::uint64_t>(nanos) : static_cast<std::uint64_t>(nanos);
    const auto decimal = [](std::uint64_t value, std::uint64_t unit, std::string_view suffix) {
        std::string text = std::to_string(value / unit);
        if (auto part = value % unit) {
            std::string digits;
            for (auto p = unit / 10; p > 0; p /= 10)
                digits += static_cast<char>('0' + part / p % 10);
            digits.erase(digits.find_last_not_of('0') + 1);
            text += "." + digits;
        }
        return text + std::string(suffix);
    };
    std::string out;
    if (u < 1'000) {
        out = fmt::format("{}ns", u);
    } else if (u < 1'000'000) {
        out = decimal(u, 1'000, "\u00b5s");
    } else if (u < 1'000'000'000) {
        out = decimal(u, 1'000'000, "ms");
    } else {
        const auto h = u / 3'600'000'000'000;
        const auto m = u / 60'000'000'000 % 60;
        if (h > 0)
            out += fmt::format("{}h", h);
        if (h > 0 || m > 0)
            out += fmt::format("{}m", m);
        out += decimal(u % 60'000'000'000, 1'000'000'000, "s");
    }
    return negative ? "-" + out : out;
}

} // namespace core
