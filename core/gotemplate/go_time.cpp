// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gotemplate/go_time.h"

#include "core/base/paths.h"
#include "core/base/strings.h"
#include "core/gotemplate/go_text.h"

#include <fmt/format.h>

#include <array>
#include <cstdlib>

namespace core::gotemplate {

namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 12> kMonths {"January",   "February", "March",    "April",
                                                    "May",       "June",     "July",     "August",
                                                    "September", "October",  "November", "December"};
constexpr std::array<std::string_view, 7> kDays {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                 "Thursday", "Friday", "Saturday"};

// What a layout is made of, longest first where one begins another.
constexpr std::array<std::string_view, 39> kTokens {
    "January", "Monday", "-07:00:00", "Z07:00:00", "-070000", "Z070000", "-07:00", "Z07:00", "-0700", "Z0700",
    "2006",    "Jan",    "Mon",       "MST",       "-07",     "Z07",     "002",    "__2",    "_2006", "_2",
    "01",      "02",     "03",        "04",        "05",      "06",      "15",     "PM",     "pm",    "1",
    "2",       "3",      "4",         "5",         ".0",      ",0",      ".9",     ",9",     ""};

struct Piece
{
    std::string_view before, token;
};

// The next token of a layout and the text before it; removes both.
Piece nextPiece(std::string_view& layout)
{
    for (std::size_t at = 0; at < layout.size(); ++at) {
        for (const auto token : kTokens) {
            if (token.empty() || !layout.substr(at).starts_with(token))
                continue;
            auto found = layout.substr(at, token.size());
            if (token == "Jan" || token == "Mon") {
                // "Month" is text, "January" was looked at before.
                if (at + 3 < layout.size() && layout[at + 3] >= 'a' && layout[at + 3] <= 'z')
                    continue;
            }
            if (token == "_2006") {
                const Piece piece {layout.substr(0, at + 1), layout.substr(at + 1, 4)};
                layout.remove_prefix(at + 5);
                return piece;
            }
            if (token[0] == '.' || token[0] == ',') {
                auto end = at + 1;
                while (end < layout.size() && layout[end] == token[1])
                    ++end;
                if (end < layout.size() && layout[end] >= '0' && layout[end] <= '9')
                    continue;
                // A fraction counts only after seconds, but zeros stand anywhere.
                found = layout.substr(at, end - at);
            }
            const Piece piece {layout.substr(0, at), found};
            layout.remove_prefix(at + found.size());
            return piece;
        }
    }
    const Piece piece {layout, {}};
    layout = {};
    return piece;
}

std::string offsetText(int seconds, std::string_view token)
{
    if (token[0] == 'Z' && seconds == 0)
        return "Z";
    const int minutes = std::abs(seconds) / 60;
    auto text = fmt::format("{}{:02}", seconds < 0 ? '-' : '+', minutes / 60);
    if (token.size() == 3)
        return text;
    text += fmt::format("{}{:02}", token.find(':') != std::string_view::npos ? ":" : "", minutes % 60);
    if (token.size() == 9 || token.size() == 7)
        text += fmt::format("{}{:02}", token.find(':') != std::string_view::npos ? ":" : "", std::abs(seconds) % 60);
    return text;
}

struct Fields
{
    std::int64_t year = 0;
    unsigned month = 0, day = 0, weekday = 0, yearDay = 0;
    std::int64_t hour = 0, minute = 0, second = 0, nano = 0;
};

Fields fieldsOf(const Value::Moment& moment)
{
    Fields f;
    // Go's zero time lies outside of what nanoseconds since 1970 can say.
    if (moment.time == TimePoint::min()) {
        f.year = 1;
        f.month = f.day = f.weekday = f.yearDay = 1;
        return f;
    }
    const auto whole = floor<seconds>(moment.time);
    const auto local = whole + seconds(moment.offsetSeconds); // seconds: the first days that nanoseconds can say fit
    const auto day = floor<days>(local);
    const year_month_day date(day);
    const auto rest = local - day;
    f.year = static_cast<int>(date.year());
    f.month = static_cast<unsigned>(date.month());
    f.day = static_cast<unsigned>(date.day());
    f.weekday = weekday(day).c_encoding();
    f.yearDay = static_cast<unsigned>((day - sys_days(date.year() / January / 1)).count() + 1);
    f.hour = duration_cast<hours>(rest).count();
    f.minute = duration_cast<minutes>(rest).count() % 60;
    f.second = rest.count() % 60;
    f.nano = (moment.time - time_point_cast<nanoseconds>(whole)).count();
    return f;
}

} // namespace

std::string formatTime(const Value::Moment& moment, std::string_view layout)
{
    const auto f = fieldsOf(moment);
    std::string out;
    const auto twelve = f.hour % 12 == 0 ? 12 : f.hour % 12;
    while (!layout.empty()) {
        const auto [before, token] = nextPiece(layout);
        out += before;
        if (token.empty())
            continue;
        if (token == "2006")
            out += fmt::format("{:04}", f.year);
        else if (token == "06")
            out += fmt::format("{:02}", f.year % 100);
        else if (token == "January")
            out += kMonths[f.month - 1];
        else if (token == "Jan")
            out += kMonths[f.month - 1].substr(0, 3);
        else if (token == "01")
            out += fmt::format("{:02}", f.month);
        else if (token == "1")
            out += fmt::format("{}", f.month);
        else if (token == "Monday")
            out += kDays[f.weekday];
        else if (token == "Mon")
            out += kDays[f.weekday].substr(0, 3);
        else if (token == "02")
            out += fmt::format("{:02}", f.day);
        else if (token == "_2")
            out += fmt::format("{:2}", f.day);
        else if (token == "2")
            out += fmt::format("{}", f.day);
        else if (token == "002")
            out += fmt::format("{:03}", f.yearDay);
        else if (token == "__2")
            out += fmt::format("{:3}", f.yearDay);
        else if (token == "15")
            out += fmt::format("{:02}", f.hour);
        else if (token == "03")
            out += fmt::format("{:02}", twelve);
        else if (token == "3")
            out += fmt::format("{}", twelve);
        else if (token == "04")
            out += fmt::format("{:02}", f.minute);
        else if (token == "4")
            out += fmt::format("{}", f.minute);
        else if (token == "05")
            out += fmt::format("{:02}", f.second);
        else if (token == "5")
            out += fmt::format("{}", f.second);
        else if (token == "PM")
            out += f.hour >= 12 ? "PM" : "AM";
        else if (token == "pm")
            out += f.hour >= 12 ? "pm" : "am";
        else if (token == "MST")
            out += moment.zone.empty() ? offsetText(moment.offsetSeconds, "-0700") : moment.zone;
        else if (token[0] == '.' || token[0] == ',') {
            auto digits = fmt::format("{:09}", f.nano).substr(0, token.size() - 1);
            if (token[1] == '9') {
                while (!digits.empty() && digits.back() == '0')
                    digits.pop_back();
                if (digits.empty())
                    continue;
            }
            out += token[0] + digits;
        } else {
            out += offsetText(moment.offsetSeconds, token);
        }
    }
    return out;
}

Result<Value> parseTime(std::string_view layout, std::string_view text)
{
    const auto whole = layout;
    const auto all = text;
    const auto bad = [&](std::string_view rest, std::string_view token) {
        return fail(Error::Code::InvalidInput,
                    fmt::format("parsing time {} as {}: cannot parse {} as {}", quote(all), quote(whole), quote(rest),
                                quote(token)));
    };
    std::int64_t year = 0;
    std::int64_t month = 1;
    std::int64_t day = 1;
    std::int64_t hour = 0;
    std::int64_t minute = 0;
    std::int64_t second = 0;
    std::int64_t nano = 0;
    std::int64_t yearDay = 0;
    int offset = 0;
    bool afternoon = false;
    bool morning = false;
    std::string zone = "UTC";
    const auto number = [&text](std::size_t least, std::size_t most, std::int64_t& to) {
        std::size_t size = 0;
        while (size < most && size < text.size() && text[size] >= '0' && text[size] <= '9')
            ++size;
        if (size < least || size == 0)
            return false;
        to = parseInt(text.substr(0, size), 10).value_or(0);
        text.remove_prefix(size);
        return true;
    };
    const auto word = [&text](const auto& words, std::size_t length, std::int64_t& to) {
        for (std::size_t i = 0; i < words.size(); ++i) {
            const auto name = length == 0 ? words[i] : words[i].substr(0, length);
            if (lower(text.substr(0, name.size())) == lower(name)) {
                to = static_cast<std::int64_t>(i);
                text.remove_prefix(name.size());
                return true;
            }
        }
        return false;
    };
    while (true) {
        const auto [before, token] = nextPiece(layout);
        for (std::size_t i = 0; i < before.size(); ++i) {
            if (text.empty() || text[0] != before[i])
                return bad(text, before.substr(i));
            text.remove_prefix(1);
        }
        if (token.empty()) {
            if (!text.empty())
                return fail(Error::Code::InvalidInput,
                            fmt::format("parsing time {}: extra text: {}", quote(all), quote(text)));
            break;
        }
        const auto rest = text;
        bool good = true;
        std::int64_t ignored = 0;
        if (token == "2006") {
            good = number(4, 4, year);
        } else if (token == "06") {
            good = number(2, 2, year);
            year += year >= 69 ? 1900 : 2000;
        } else if (token == "January" || token == "Jan") {
            good = word(kMonths, token == "Jan" ? 3 : 0, month);
            ++month;
        } else if (token == "01" || token == "1") {
            good = number(token.size(), 2, month);
        } else if (token == "Monday" || token == "Mon") {
            good = word(kDays, token == "Mon" ? 3 : 0, ignored);
        } else if (token == "02" || token == "_2" || token == "2") {
            if (token == "_2" && text.starts_with(' '))
                text.remove_prefix(1);
            good = number(token == "02" ? 2 : 1, 2, day);
        } else if (token == "002") {
            good = number(3, 3, yearDay);
        } else if (token == "15" || token == "03" || token == "3") {
            good = number(token == "3" ? 1 : 2, 2, hour);
        } else if (token == "04" || token == "4") {
            good = number(token.size(), 2, minute);
        } else if (token == "05" || token == "5") {
            good = number(token.size(), 2, second);
            // A fraction is read even where the layout has none.
            if (good && text.size() > 1 && (text[0] == '.' || text[0] == ',') && text[1] >= '0' && text[1] <= '9'
                && !(layout.starts_with(".0") || layout.starts_with(",0") || layout.starts_with(".9")
                     || layout.starts_with(",9"))) {
                text.remove_prefix(1);
                std::int64_t scale = 100'000'000;
                while (!text.empty() && text[0] >= '0' && text[0] <= '9') {
                    nano += (text[0] - '0') * scale;
                    scale /= 10;
                    text.remove_prefix(1);
                }
            }
        } else if (token == "PM" || token == "pm") {
            const auto half = lower(text.substr(0, 2));
            good = half == "am" || half == "pm";
            afternoon = half == "pm";
            morning = half == "am";
            if (good)
                text.remove_prefix(2);
        } else if (token == "MST") {
            std::size_t size = 0;
            while (size < text.size() && size < 5 && text[size] >= 'A' && text[size] <= 'Z')
                ++size;
            good = size >= 3;
            zone = std::string(text.substr(0, size));
            text.remove_prefix(size);
        } else if (token[0] == '.' || token[0] == ',') {
            if (token[1] == '9' && (text.empty() || (text[0] != '.' && text[0] != ',')))
                continue;
            good = !text.empty() && (text[0] == '.' || text[0] == ',');
            std::int64_t scale = 100'000'000;
            if (good)
                text.remove_prefix(1);
            std::size_t count = 0;
            while (good && !text.empty() && text[0] >= '0' && text[0] <= '9'
                   && (token[1] == '9' || count < token.size() - 1)) {
                nano += (text[0] - '0') * scale;
                scale /= 10;
                ++count;
                text.remove_prefix(1);
            }
            good = good && (token[1] == '9' || count == token.size() - 1);
        } else if (token[0] == 'Z' && text.starts_with('Z')) {
            text.remove_prefix(1);
        } else {
            good = text.size() >= 3 && (text[0] == '+' || text[0] == '-');
            const int sign = good && text[0] == '-' ? -1 : 1;
            std::int64_t h = 0;
            std::int64_t m = 0;
            if (good)
                text.remove_prefix(1);
            good = good && number(2, 2, h);
            if (good && token.size() > 3) {
                if (token.find(':') != std::string_view::npos) {
                    good = text.starts_with(':');
                    text.remove_prefix(good ? 1 : 0);
                }
                good = good && number(2, 2, m);
            }
            offset = sign * static_cast<int>(h * 3600 + m * 60);
            zone = offset == 0 ? "UTC" : "";
        }
        if (!good)
            return bad(rest, token);
    }
    if (afternoon && hour < 12)
        hour += 12;
    if (morning && hour == 12)
        hour = 0;
    const year_month_day date {std::chrono::year(static_cast<int>(year)),
                               std::chrono::month(static_cast<unsigned>(month)),
                               std::chrono::day(static_cast<unsigned>(day))};
    const auto range = [&all](std::string_view what) {
        return fail(Error::Code::InvalidInput, fmt::format("parsing time {}: {} out of range", quote(all), what));
    };
    if (month < 1 || month > 12)
        return range("month");
    if (!date.ok())
        return range("day");
    if (hour > 23)
        return range("hour");
    if (minute > 59)
        return range("minute");
    if (second > 59)
        return range("second");
    if (year < 1678 || year > 2261)
        return Value::time(TimePoint::min(), zone, offset);
    auto start = sys_days(date);
    if (yearDay > 0)
        start = sys_days(date.year() / January / 1) + days(yearDay - 1);
    return Value::time(TimePoint(start) + hours(hour) + minutes(minute) + seconds(second) + nanoseconds(nano)
                           - seconds(offset),
                       zone, offset);
}

Result<Value> inZone(TimePoint time, const std::string& zone)
{
    if (zone.empty() || zone == "UTC" || zone == "Local")
        return Value::time(time);
    if (zone.find("..") != std::string::npos || zone.front() == '/' || zone.find('\\') != std::string::npos)
        return fail(Error::Code::NotFound, "unknown time zone " + zone);
    const auto data = paths::readFile("/usr/share/zoneinfo/" + zone, std::size_t {1} << 20);
    if (!data || data->size() < 44 || !data->starts_with("TZif"))
        return fail(Error::Code::NotFound, "unknown time zone " + zone);
    const auto big = [&](std::size_t at, std::size_t size) {
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < size; ++i)
            value = (value << 8U) | (at + i < data->size() ? static_cast<unsigned char>((*data)[at + i]) : 0U);
        return value;
    };
    // The second block has 64-bit times; it follows the first.
    const auto blockSize = [&](std::size_t at, std::size_t width) {
        return 44 + big(at + 32, 4) * (width + 1) + big(at + 36, 4) * 6 + big(at + 40, 4)
            + big(at + 28, 4) * (width + 4) + big(at + 24, 4) + big(at + 20, 4);
    };
    const bool second = (*data)[4] >= '2';
    const std::size_t start = second ? blockSize(0, 4) : 0;
    const std::size_t width = second ? 8 : 4;
    const auto count = big(start + 32, 4);
    const auto types = big(start + 36, 4);
    const auto timesAt = start + 44;
    const auto indexesAt = timesAt + count * width;
    const auto typesAt = indexesAt + count;
    const auto namesAt = typesAt + types * 6;
    if (namesAt > data->size() || types == 0)
        return fail(Error::Code::NotFound, "unknown time zone " + zone);
    const auto now = floor<seconds>(time).time_since_epoch().count();
    std::uint64_t type = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
        auto at = static_cast<std::int64_t>(big(timesAt + i * width, width));
        if (width == 4)
            at = static_cast<std::int32_t>(at);
        if (at > now)
            break;
        type = big(indexesAt + i, 1);
    }
    const auto offset = static_cast<std::int32_t>(big(typesAt + type * 6, 4));
    const auto nameAt = namesAt + big(typesAt + type * 6 + 5, 1);
    std::string name;
    for (auto at = nameAt; at < data->size() && (*data)[at] != '\0'; ++at)
        name += (*data)[at];
    return Value::time(time, name, offset);
}

} // namespace core::gotemplate
