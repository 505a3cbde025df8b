// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/time.h"

#include "core/expr/node.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>

namespace core::expr {

namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 12> kMonths {"January",   "February", "March",    "April",
                                                    "May",       "June",     "July",     "August",
                                                    "September", "October",  "November", "December"};
constexpr std::array<std::string_view, 7> kDays {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                 "Thursday", "Friday", "Saturday"};

struct Civil
{
    int year = 1, month = 1, day = 1, hour = 0, minute = 0, second = 0;
    std::int64_t nanos = 0;
    unsigned weekday = 0;
    Zone::Offset offset;
};

std::int64_t unixSeconds(TimePoint at)
{
    return floor<seconds>(at).time_since_epoch().count();
}

Zone::Offset offsetOf(const Time& time)
{
    return time.zone ? time.zone->at(unixSeconds(time.at)) : Zone::Offset {0, "UTC"};
}

Civil civilOf(const Time& time)
{
    Civil civil;
    civil.offset = offsetOf(time);
    const auto local = time.at + seconds(civil.offset.seconds);
    const auto day = floor<days>(local);
    const year_month_day date {day};
    const hh_mm_ss<nanoseconds> clock {duration_cast<nanoseconds>(local - day)};
    civil.year = static_cast<int>(date.year());
    civil.month = static_cast<int>(static_cast<unsigned>(date.month()));
    civil.day = static_cast<int>(static_cast<unsigned>(date.day()));
    civil.hour = static_cast<int>(clock.hours().count());
    civil.minute = static_cast<int>(clock.minutes().count());
    civil.second = static_cast<int>(clock.seconds().count());
    civil.nanos = clock.subseconds().count();
    civil.weekday = weekday {day}.c_encoding();
    return civil;
}

/// The next piece of a layout with its length; a piece of 0 length is literal text.
constexpr std::array<std::string_view, 30> kPieces {
    "January",   "Jan",    "Monday", "Mon", "MST", "2006", "Z07:00:00", "Z07:00", "Z0700", "Z07",
    "-07:00:00", "-07:00", "-0700",  "-07", "002", "01",   "02",        "03",     "04",    "05",
    "06",        "15",     "_2006",  "_2",  "PM",  "pm",   "1",         "2",      "3",     "4"};

std::string_view pieceAt(std::string_view layout)
{
    for (const auto piece : kPieces) {
        if (!layout.starts_with(piece))
            continue;
        if (piece == "_2006")
            return layout.substr(0, 1); // an underscore, then the year
        return layout.substr(0, piece.size());
    }
    if (layout.starts_with("5"))
        return layout.substr(0, 1);
    return {};
}

bool isFraction(std::string_view layout, std::size_t& length)
{
    if (layout.size() < 2 || (layout[0] != '.' && layout[0] != ',') || (layout[1] != '0' && layout[1] != '9'))
        return false;
    length = 1;
    while (length < layout.size() && layout[length] == layout[1])
        ++length;
    return length >= layout.size() || layout[length] < '0' || layout[length] > '9';
}

std::string zoneText(std::string_view piece, int offset)
{
    if (piece[0] == 'Z' && offset == 0)
        return "Z";
    const int magnitude = std::abs(offset);
    const int h = magnitude / 3600;
    const int m = magnitude / 60 % 60;
    std::string out = fmt::format("{}{:02}", offset < 0 ? '-' : '+', h);
    if (piece.find(':') != std::string_view::npos)
        out += fmt::format(":{:02}", m);
    else if (piece.size() == 5)
        out += fmt::format("{:02}", m);
    if (piece.size() >= 9)
        out += fmt::format(":{:02}", magnitude % 60);
    return out;
}

} // namespace

std::shared_ptr<const Zone> Zone::fixed(int offsetSeconds, std::string name)
{
    auto zone = std::make_shared<Zone>();
    zone->m_name = name;
    zone->m_offsets.push_back({offsetSeconds, std::move(name)});
    return zone;
}

Zone::Offset Zone::at(std::int64_t unixTime) const
{
    const auto after = std::upper_bound(m_transitions.begin(), m_transitions.end(), unixTime);
    return m_offsets[static_cast<std::size_t>(after - m_transitions.begin())];
}

std::shared_ptr<const Zone> Zone::find(const std::string& name)
{
    if (name.empty() || name == "UTC")
        return fixed(0, "UTC");
    if (name.find("..") != std::string::npos || name[0] == '/' || name[0] == '\\')
        return nullptr;
    std::ifstream file(std::filesystem::path("/usr/share/zoneinfo") / name, std::ios::binary);
    std::string data((std::istreambuf_iterator<char>(file)), {});
    const auto number = [&](std::size_t at, std::size_t size) {
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < size && at + i < data.size(); ++i)
            value = value << 8U | static_cast<unsigned char>(data[at + i]);
        return size == 4 ? std::int64_t {static_cast<std::int32_t>(static_cast<std::uint32_t>(value))}
                         : static_cast<std::int64_t>(value);
    };
    if (data.size() < 44 || data.compare(0, 4, "TZif") != 0)
        return nullptr;
    const auto count = [&](std::size_t header, std::size_t i) {
        return static_cast<std::size_t>(std::max<std::int64_t>(0, number(header + 20 + 4 * i, 4)));
    };
    std::size_t header = 0;
    std::size_t width = 4;
    if (data[4] >= '2') { // skip the 32-bit part
        header = 44 + count(0, 3) * 5 + count(0, 4) * 6 + count(0, 5) + count(0, 2) * 8 + count(0, 1) + count(0, 0);
        width = 8;
    }
    if (header + 44 > data.size())
        return nullptr;
    const std::size_t transitions = count(header, 3);
    const std::size_t types = count(header, 4);
    const std::size_t names = count(header, 5);
    const std::size_t start = header + 44;
    const std::size_t indexes = start + transitions * width;
    const std::size_t infos = indexes + transitions;
    const std::size_t texts = infos + types * 6;
    if (types == 0 || texts + names > data.size())
        return nullptr;
    auto zone = std::make_shared<Zone>();
    zone->m_name = name;
    const auto offset = [&](std::size_t type) {
        type = std::min(type, types - 1);
        const std::size_t text = static_cast<unsigned char>(data[infos + type * 6 + 5]);
        return Offset {static_cast<int>(number(infos + type * 6, 4)),
                       text < names ? std::string(data.c_str() + texts + text) : std::string()};
    };
    zone->m_offsets.push_back(offset(0));
    for (std::size_t i = 0; i < transitions; ++i) {
        zone->m_transitions.push_back(number(start + i * width, width));
        zone->m_offsets.push_back(offset(static_cast<unsigned char>(data[indexes + i])));
    }
    return zone;
}

std::string formatGoTime(const Time& time, std::string_view layout)
{
    const Civil c = civilOf(time);
    std::string out;
    while (!layout.empty()) {
        std::size_t length = 0;
        if (isFraction(layout, length)) {
            std::string digits = fmt::format("{:09}", c.nanos).substr(0, std::min<std::size_t>(9, length - 1));
            if (layout[1] == '9')
                while (!digits.empty() && digits.back() == '0')
                    digits.pop_back();
            if (!digits.empty())
                out += layout[0] + digits;
            layout.remove_prefix(length);
            continue;
        }
        const auto piece = pieceAt(layout);
        if (piece.empty()) {
            out += layout[0];
            layout.remove_prefix(1);
            continue;
        }
        const int twelve = c.hour % 12 == 0 ? 12 : c.hour % 12;
        const auto month = kMonths[static_cast<std::size_t>(c.month - 1)];
        const auto day = kDays[c.weekday];
        if (piece == "January")
            out += month;
        else if (piece == "Jan")
            out += month.substr(0, 3);
        else if (piece == "Monday")
            out += day;
        else if (piece == "Mon")
            out += day.substr(0, 3);
        else if (piece == "MST")
            out += c.offset.name;
        else if (piece == "2006")
            out += fmt::format("{:04}", c.year);
        else if (piece == "06")
            out += fmt::format("{:02}", c.year % 100);
        else if (piece == "01")
            out += fmt::format("{:02}", c.month);
        else if (piece == "1")
            out += std::to_string(c.month);
        else if (piece == "02")
            out += fmt::format("{:02}", c.day);
        else if (piece == "_2")
            out += fmt::format("{:2}", c.day);
        else if (piece == "2")
            out += std::to_string(c.day);
        else if (piece == "002")
            out += fmt::format(
                "{:03}", (sys_days {year {c.year} / c.month / c.day} - sys_days {year {c.year} / 1 / 1}).count() + 1);
        else if (piece == "15")
            out += fmt::format("{:02}", c.hour);
        else if (piece == "03")
            out += fmt::format("{:02}", twelve);
        else if (piece == "3")
            out += std::to_string(twelve);
        else if (piece == "04")
            out += fmt::format("{:02}", c.minute);
        else if (piece == "4")
            out += std::to_string(c.minute);
        else if (piece == "05")
            out += fmt::format("{:02}", c.second);
        else if (piece == "5")
            out += std::to_string(c.second);
        else if (piece == "PM")
            out += c.hour >= 12 ? "PM" : "AM";
        else if (piece == "pm")
            out += c.hour >= 12 ? "pm" : "am";
        else if (piece == "_")
            out += '_';
        else
            out += zoneText(piece, c.offset.seconds);
        layout.remove_prefix(piece.size());
    }
    return out;
}

namespace {

/// Reads one layout against a text.
class TimeReader
{
public:
    TimeReader(std::string_view text, std::string_view layout)
        : m_text(text)
        , m_layout(layout)
    {
    }

    std::optional<Time> read(const std::shared_ptr<const Zone>& zone)
    {
        while (!m_layout.empty()) {
            std::size_t length = 0;
            if (isFraction(m_layout, length)) {
                const bool optional = m_layout[1] == '9';
                m_layout.remove_prefix(length);
                if (!fraction(optional))
                    return {};
                continue;
            }
            const auto piece = pieceAt(m_layout);
            if (piece.empty()) {
                if (m_layout[0] == ' ') {
                    while (m_text.starts_with(' '))
                        m_text.remove_prefix(1);
                } else if (!m_text.starts_with(m_layout[0])) {
                    return {};
                } else {
                    m_text.remove_prefix(1);
                }
                m_layout.remove_prefix(1);
                continue;
            }
            m_layout.remove_prefix(piece.size());
            if (!element(piece))
                return {};
        }
        return m_text.empty() ? result(zone) : std::nullopt;
    }

private:
    bool number(int& out, std::size_t least, std::size_t most)
    {
        std::size_t n = 0;
        int value = 0;
        while (n < most && n < m_text.size() && m_text[n] >= '0' && m_text[n] <= '9')
            value = value * 10 + (m_text[n++] - '0');
        if (n < least)
            return false;
        m_text.remove_prefix(n);
        out = value;
        return true;
    }
    template<class Names>
    bool name(const Names& names, std::size_t letters, int& out)
    {
        for (std::size_t i = 0; i < names.size(); ++i) {
            const auto wanted = names[i].substr(0, letters);
            if (m_text.size() >= wanted.size()
                && std::equal(wanted.begin(), wanted.end(), m_text.begin(),
                              [](char a, char b) { return (a | 0x20) == (b | 0x20); })) {
                m_text.remove_prefix(wanted.size());
                out = static_cast<int>(i);
                return true;
            }
        }
        return false;
    }
    bool fraction(bool optional)
    {
        if (m_text.empty() || (m_text[0] != '.' && m_text[0] != ','))
            return optional;
        std::size_t n = 1;
        std::int64_t value = 0;
        std::int64_t scale = 1'000'000'000;
        while (n < m_text.size() && m_text[n] >= '0' && m_text[n] <= '9') {
            if (scale > 1) {
                value = value * 10 + (m_text[n] - '0');
                scale /= 10;
            }
            ++n;
        }
        if (n == 1)
            return false;
        m_text.remove_prefix(n);
        m_civil.nanos = value * scale;
        return true;
    }
    bool offset(std::string_view piece)
    {
        if (piece[0] == 'Z' && m_text.starts_with('Z')) {
            m_text.remove_prefix(1);
            m_offset = 0;
            m_utc = true;
            return true;
        }
        if (m_text.empty() || (m_text[0] != '+' && m_text[0] != '-'))
            return false;
        const int sign = m_text[0] == '-' ? -1 : 1;
        m_text.remove_prefix(1);
        int h = 0;
        int m = 0;
        if (!number(h, 2, 2))
            return false;
        if (piece.size() > 3) {
            if (piece.find(':') != std::string_view::npos) {
                if (!m_text.starts_with(':'))
                    return false;
                m_text.remove_prefix(1);
            }
            if (!number(m, 2, 2))
                return false;
        }
        if (h > 24 || m > 60)
            return false;
        m_offset = sign * (h * 3600 + m * 60);
        return true;
    }
    bool zoneName()
    {
        std::size_t n = 0;
        while (n < m_text.size() && m_text[n] >= 'A' && m_text[n] <= 'Z')
            ++n;
        if (n < 3 || n > 5)
            return false;
        m_zoneName = std::string(m_text.substr(0, n));
        m_text.remove_prefix(n);
        return true;
    }

    bool element(std::string_view piece)
    {
        int value = 0;
        auto& c = m_civil;
        if (piece == "January" || piece == "Jan") {
            if (!name(kMonths, piece == "Jan" ? 3 : std::string_view::npos, value))
                return false;
            c.month = value + 1;
            return true;
        }
        if (piece == "Monday" || piece == "Mon")
            return name(kDays, piece == "Mon" ? 3 : std::string_view::npos, value);
        if (piece == "MST")
            return zoneName();
        if (piece == "2006")
            return number(c.year, 4, 4);
        if (piece == "06") {
            if (!number(value, 2, 2))
                return false;
            c.year = value >= 69 ? value + 1900 : value + 2000;
            return true;
        }
        if (piece == "01" || piece == "1")
            return number(c.month, piece.size(), 2) && c.month >= 1 && c.month <= 12;
        if (piece == "_2") {
            if (m_text.starts_with(' '))
                m_text.remove_prefix(1);
            return number(c.day, 1, 2);
        }
        if (piece == "02" || piece == "2")
            return number(c.day, piece.size(), 2) && c.day >= 1 && c.day <= 31;
        if (piece == "002") {
            if (!number(value, 3, 3) || value < 1 || value > 366)
                return false;
            m_yearDay = value;
            return true;
        }
        if (piece == "15")
            return number(c.hour, 1, 2) && c.hour < 24;
        if (piece == "03" || piece == "3")
            return number(c.hour, piece.size(), 2) && c.hour <= 12;
        if (piece == "04" || piece == "4")
            return number(c.minute, piece.size(), 2) && c.minute < 60;
        if (piece == "05" || piece == "5") {
            if (!number(c.second, piece.size(), 2) || c.second >= 60)
                return false;
            std::size_t length = 0;
            if (m_text.size() > 1 && (m_text[0] == '.' || m_text[0] == ',') && m_text[1] >= '0' && m_text[1] <= '9'
                && !isFraction(m_layout, length))
                return fraction(true); // a fraction may follow the seconds even where the layout has none
            return true;
        }
        if (piece == "PM" || piece == "pm") {
            if (m_text.size() < 2)
                return false;
            const char first = static_cast<char>(m_text[0] | 0x20);
            if ((first != 'a' && first != 'p') || (m_text[1] | 0x20) != 'm')
                return false;
            m_half = first;
            m_text.remove_prefix(2);
            return true;
        }
        if (piece == "_") {
            if (!m_text.starts_with('_'))
                return false;
            m_text.remove_prefix(1);
            return true;
        }
        return offset(piece);
    }

    std::optional<Time> result(const std::shared_ptr<const Zone>& zone)
    {
        auto& c = m_civil;
        if (m_half == 'p' && c.hour < 12)
            c.hour += 12;
        else if (m_half == 'a' && c.hour == 12)
            c.hour = 0;
        sys_days day;
        if (m_yearDay) {
            day = sys_days {year {c.year} / 1 / 1} + days {*m_yearDay - 1};
        } else {
            const year_month_day date = year {c.year} / month {static_cast<unsigned>(c.month)}
                / std::chrono::day {static_cast<unsigned>(c.day)};
            if (!date.ok())
                return {};
            day = sys_days {date};
        }
        if (c.year < 1678 || c.year > 2261)
            return {}; // beyond what a 64-bit count of nanoseconds holds
        const auto local = day + hours(c.hour) + minutes(c.minute) + seconds(c.second) + nanoseconds(c.nanos);
        Time time;
        if (m_offset) {
            time.at = local - seconds(*m_offset);
            if (!m_utc) {
                if (zone && zone->at(unixSeconds(time.at)).seconds == *m_offset)
                    time.zone = zone;
                else if (*m_offset != 0 || zone)
                    time.zone = Zone::fixed(*m_offset, m_zoneName);
            }
            return time;
        }
        time.zone = m_zoneName == "UTC" ? nullptr : zone;
        if (time.zone) {
            const std::int64_t wall = floor<seconds>(local).time_since_epoch().count();
            int offset = time.zone->at(wall).seconds;
            offset = time.zone->at(wall - offset).seconds;
            time.at = local - seconds(offset);
        } else {
            time.at = local;
        }
        return time;
    }

    std::string_view m_text;
    std::string_view m_layout;
    Civil m_civil;
    std::optional<int> m_offset;
    std::optional<int> m_yearDay;
    std::string m_zoneName;
    char m_half = 0;
    bool m_utc = false;
};

} // namespace

std::optional<Time> parseGoTime(std::string_view text, std::string_view layout, const std::shared_ptr<const Zone>& zone)
{
    return TimeReader(text, layout).read(zone);
}

std::optional<Time> parseAnyTime(std::string_view text)
{
    static constexpr std::array<std::string_view, 10> kLayouts {
        "2006-01-02",
        "15:04:05",
        "2006-01-02 15:04:05",
        "2006-01-02T15:04:05Z07:00",
        "02 Jan 06 15:04 MST",
        "Monday, 02-Jan-06 15:04:05 MST",
        "Mon, 02 Jan 2006 15:04:05 MST",
        "02 Jan 06 15:04 -0700",
        "Mon, 02 Jan 2006 15:04:05 -0700",
        "2006-01-02T15:04:05.999999999Z07:00",
    };
    for (const auto layout : kLayouts)
        if (auto time = parseGoTime(text, layout, nullptr))
            return time;
    return {};
}

std::optional<Kind> methodOf(Kind kind, std::string_view name)
{
    static const std::map<std::string_view, Kind> kTime {
        {"Year", Kind::Int},        {"Month", Kind::Unknown}, {"Day", Kind::Int},        {"Hour", Kind::Int},
        {"Minute", Kind::Int},      {"Second", Kind::Int},    {"Nanosecond", Kind::Int}, {"YearDay", Kind::Int},
        {"Unix", Kind::Int},        {"UnixMilli", Kind::Int}, {"UnixMicro", Kind::Int},  {"UnixNano", Kind::Int},
        {"Weekday", Kind::Unknown}, {"Format", Kind::String}, {"Add", Kind::Time},       {"Sub", Kind::Duration},
        {"Before", Kind::Bool},     {"After", Kind::Bool},    {"Equal", Kind::Bool},     {"IsZero", Kind::Bool},
        {"UTC", Kind::Time},        {"Local", Kind::Time},    {"String", Kind::String},  {"AddDate", Kind::Time},
        {"Truncate", Kind::Time},   {"Compare", Kind::Int},   {"In", Kind::Time},        {"Round", Kind::Time},
    };
    static const std::map<std::string_view, Kind> kDuration {
        {"Hours", Kind::Float},       {"Minutes", Kind::Float},   {"Seconds", Kind::Float}, {"Milliseconds", Kind::Int},
        {"Microseconds", Kind::Int},  {"Nanoseconds", Kind::Int}, {"String", Kind::String}, {"Abs", Kind::Duration},
        {"Truncate", Kind::Duration}, {"Round", Kind::Duration},
    };
    const auto& table = kind == Kind::Time ? kTime : kDuration;
    if (kind != Kind::Time && kind != Kind::Duration)
        return {};
    const auto at = table.find(name);
    return at == table.end() ? std::nullopt : std::optional(at->second);
}

namespace {

/// Months, weekdays and zones are numbers or names that print as names: a map holding both keeps them simple here.
Value named(std::string_view name, std::int64_t number)
{
    Map map;
    map.set("$name", std::string(name));
    map.set("$number", number);
    return map;
}

const Duration& durationArgument(std::span<const Value> arguments)
{
    if (arguments.empty() || !arguments[0].asDuration())
        raise("reflect: call using wrong argument: expected time.Duration");
    return *arguments[0].asDuration();
}
const Time& timeArgument(std::span<const Value> arguments)
{
    if (arguments.empty() || !arguments[0].asTime())
        raise("reflect: call using wrong argument: expected time.Time");
    return *arguments[0].asTime();
}

Value durationMethod(const Duration& d, std::string_view name, std::span<const Value> arguments)
{
    const auto count = d.count();
    if (name == "Hours")
        return static_cast<double>(count) / 3.6e12;
    if (name == "Minutes")
        return static_cast<double>(count) / 6e10;
    if (name == "Seconds")
        return static_cast<double>(count) / 1e9;
    if (name == "Milliseconds")
        return std::int64_t {count / 1'000'000};
    if (name == "Microseconds")
        return std::int64_t {count / 1000};
    if (name == "Nanoseconds")
        return std::int64_t {count};
    if (name == "String")
        return formatGoDuration(d);
    if (name == "Abs")
        return Duration(count < 0 ? (count == INT64_MIN ? INT64_MAX : -count) : count);
    const auto unit = durationArgument(arguments).count();
    if (unit <= 0)
        return d;
    const auto rest = count % unit;
    if (name == "Truncate")
        return Duration(count - rest);
    const auto half = std::abs(rest) >= unit - std::abs(rest) ? (rest < 0 ? -unit : unit) : 0;
    return Duration(count - rest + half);
}

} // namespace

Value callMethod(const Value& object, std::string_view name, std::span<const Value> arguments)
{
    if (const auto* duration = object.asDuration())
        return durationMethod(*duration, name, arguments);
    const Time& time = *object.asTime();
    const Civil c = civilOf(time);
    const auto nanos = time.at.time_since_epoch().count();
    if (name == "Year")
        return c.year;
    if (name == "Month")
        return named(kMonths[static_cast<std::size_t>(c.month - 1)], c.month);
    if (name == "Weekday")
        return named(kDays[c.weekday], c.weekday);
    if (name == "Day")
        return c.day;
    if (name == "Hour")
        return c.hour;
    if (name == "Minute")
        return c.minute;
    if (name == "Second")
        return c.second;
    if (name == "Nanosecond")
        return std::int64_t {c.nanos};
    if (name == "YearDay")
        return std::int64_t {(sys_days {year {c.year} / c.month / c.day} - sys_days {year {c.year} / 1 / 1}).count()
                             + 1};
    if (name == "Unix")
        return unixSeconds(time.at);
    if (name == "UnixMilli")
        return std::int64_t {floor<milliseconds>(time.at).time_since_epoch().count()};
    if (name == "UnixMicro")
        return std::int64_t {floor<microseconds>(time.at).time_since_epoch().count()};
    if (name == "UnixNano")
        return std::int64_t {nanos};
    if (name == "Format") {
        if (arguments.empty() || !arguments[0].asString())
            raise("reflect: call using wrong argument: expected string");
        return formatGoTime(time, *arguments[0].asString());
    }
    if (name == "Add")
        return Time {
            TimePoint(nanoseconds(static_cast<std::int64_t>(
                static_cast<std::uint64_t>(nanos) + static_cast<std::uint64_t>(durationArgument(arguments).count())))),
            time.zone};
    if (name == "Sub")
        return Duration(time.at - timeArgument(arguments).at);
    if (name == "Before")
        return time.at < timeArgument(arguments).at;
    if (name == "After")
        return time.at > timeArgument(arguments).at;
    if (name == "Equal")
        return time.at == timeArgument(arguments).at;
    if (name == "Compare") {
        const auto& other = timeArgument(arguments);
        return time.at < other.at ? -1 : time.at > other.at ? 1 : 0;
    }
    if (name == "IsZero")
        return false;
    if (name == "UTC" || name == "Local")
        return Time {time.at, nullptr};
    if (name == "String")
        return formatGoTime(time, "2006-01-02 15:04:05.999999999 -0700 MST");
    if (name == "AddDate") {
        if (arguments.size() != 3 || !arguments[0].asInt() || !arguments[1].asInt() || !arguments[2].asInt())
            raise("reflect: call using wrong arguments: expected three integers");
        for (const auto& argument : arguments)
            if (std::abs(*argument.asInt()) > 100'000)
                raise("date out of range");
        const auto target = year_month_day {year {c.year}, month {static_cast<unsigned>(c.month)}, day {1}}
            + years(static_cast<int>(*arguments[0].asInt())) + months(static_cast<int>(*arguments[1].asInt()));
        const auto date = sys_days {target} + days(c.day - 1 + *arguments[2].asInt());
        const int y = static_cast<int>(year_month_day {date}.year());
        if (y < 1678 || y > 2261)
            raise("date out of range");
        const auto local = date + hours(c.hour) + minutes(c.minute) + seconds(c.second) + nanoseconds(c.nanos);
        return Time {local - seconds(c.offset.seconds), time.zone};
    }
    if (name == "Truncate" || name == "Round") {
        const auto unit = durationArgument(arguments).count();
        if (unit <= 0)
            return time;
        auto rest = nanos % unit;
        if (rest < 0)
            rest += unit;
        const auto up = name == "Round" && rest >= unit - rest ? unit : 0;
        return Time {TimePoint(nanoseconds(nanos - rest + up)), time.zone};
    }
    raise(fmt::format("cannot call {} of time.Time", name));
}

} // namespace core::expr
