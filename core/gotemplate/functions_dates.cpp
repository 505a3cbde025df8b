// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gotemplate/exec.h"
#include "core/gotemplate/format.h"
#include "core/gotemplate/functions.h"
#include "core/gotemplate/go_text.h"
#include "core/gotemplate/go_time.h"

#include <fmt/format.h>

#include <cmath>

namespace core::gotemplate {

namespace {

using R = Result<Value>;
using namespace std::chrono;

// Sprig takes a time, seconds since 1970, or (for all else) now.
TimePoint timeOf(const Value& value, Call& call)
{
    if (value.type() == Type::Time)
        return value.asTime().time;
    if (value.type() == Type::Int || value.type() == Type::Int64 || value.type() == Type::Int32)
        return TimePoint(seconds(value.asInt()));
    return call.execution.session().now;
}

R dateIn(Call& call, const std::string& layout, const Value& when, const std::string& zone)
{
    const auto time = timeOf(when, call);
    auto local = inZone(time, zone);
    if (!local)
        local = Value::time(time);
    if (time == TimePoint::min())
        return Value::string(formatTime(Value::time(time).asTime(), layout));
    return Value::string(formatTime(local->asTime(), layout));
}

R modify(Call& call, bool must)
{
    const auto by = parseGoDuration(call.text(0));
    if (!by)
        return must ? refuse("time: invalid duration " + quote(call.text(0))) : R(call[1]);
    const auto& moment = call[1].asTime();
    return Value::time(moment.time + *by, moment.zone, moment.offsetSeconds);
}

std::string rounded(Duration duration)
{
    const bool negative = duration.count() < 0;
    const auto s = std::abs(duration_cast<seconds>(duration).count());
    constexpr std::int64_t minute = 60;
    constexpr std::int64_t hour = 3600;
    constexpr std::int64_t day = 24 * hour;
    const std::pair<std::int64_t, const char*> units[] = {{365 * day, "y"}, {30 * day, "mo"}, {day, "d"},
                                                          {hour, "h"},      {minute, "m"},    {1, "s"}};
    for (const auto& [size, name] : units)
        if (s >= size && !(size == 1 && s == 0))
            return fmt::format("{}{}{}", negative ? "-" : "", s / size, name);
    return "0s";
}

} // namespace

FunctionPtr timeMethod(const Value& receiver, std::string_view name)
{
    const auto bind = [&](const char* signature, std::function<Result<Value>(Call&)> call) {
        return makeFunction(std::string(name), signature, std::move(call));
    };
    if (receiver.type() == Type::Error)
        return name == "Error" ? bind("", [receiver](Call&) -> R { return Value::string(receiver.asString()); })
                               : nullptr;
    if (receiver.type() == Type::Duration) {
        const auto d = receiver.asInt();
        const auto number = [&bind](double value) {
            return bind("", [value](Call&) -> R { return Value::number(value); });
        };
        if (name == "Seconds")
            return number(static_cast<double>(d) / 1e9);
        if (name == "Minutes")
            return number(static_cast<double>(d) / 60e9);
        if (name == "Hours")
            return number(static_cast<double>(d) / 3600e9);
        if (name == "String")
            return bind("", [d](Call&) -> R { return Value::string(formatGoDuration(Duration(d))); });
        if (name == "Milliseconds")
            return bind("", [d](Call&) -> R { return Value::integer(d / 1'000'000, Type::Int64); });
        if (name == "Nanoseconds")
            return bind("", [d](Call&) -> R { return Value::integer(d, Type::Int64); });
        return nullptr;
    }
    const auto field = [&](const char* layout, Type type = Type::Int) {
        const auto value = parseInt(formatTime(receiver.asTime(), layout), 10).value_or(0);
        return bind("", [value, type](Call&) -> R { return Value::integer(value, type); });
    };
    const auto time = receiver.asTime().time;
    if (name == "Format")
        return bind("s", [receiver](Call& c) -> R { return Value::string(formatTime(receiver.asTime(), c.text(0))); });
    if (name == "Unix")
        return bind("", [time](Call&) -> R {
            return Value::integer(floor<seconds>(time).time_since_epoch().count(), Type::Int64);
        });
    if (name == "UnixNano")
        return bind("", [time](Call&) -> R { return Value::integer(time.time_since_epoch().count(), Type::Int64); });
    if (name == "UnixMilli")
        return bind("", [time](Call&) -> R {
            return Value::integer(floor<milliseconds>(time).time_since_epoch().count(), Type::Int64);
        });
    if (name == "String")
        return bind("", [receiver](Call&) -> R { return Value::string(printTime(receiver)); });
    if (name == "Year")
        return field("2006");
    if (name == "Month")
        return bind("", [receiver](Call&) -> R { return Value::string(formatTime(receiver.asTime(), "January")); });
    if (name == "Weekday")
        return bind("", [receiver](Call&) -> R { return Value::string(formatTime(receiver.asTime(), "Monday")); });
    if (name == "Day")
        return field("2");
    if (name == "YearDay")
        return field("002");
    if (name == "Hour")
        return field("15");
    if (name == "Minute")
        return field("4");
    if (name == "Second")
        return field("5");
    if (name == "UTC" || name == "Local")
        return bind("", [time](Call&) -> R { return Value::time(time); });
    if (name == "IsZero")
        return bind("", [time](Call&) -> R { return Value::boolean(time == TimePoint::min()); });
    if (name == "Add")
        return bind("d", [receiver](Call& c) -> R {
            const auto& moment = receiver.asTime();
            return Value::time(moment.time + Duration(c[0].asInt()), moment.zone, moment.offsetSeconds);
        });
    if (name == "Sub")
        return bind(
            "t", [time](Call& c) -> R { return Value::integer((time - c[0].asTime().time).count(), Type::Duration); });
    if (name == "Before")
        return bind("t", [time](Call& c) -> R { return Value::boolean(time < c[0].asTime().time); });
    if (name == "After")
        return bind("t", [time](Call& c) -> R { return Value::boolean(time > c[0].asTime().time); });
    if (name == "Equal")
        return bind("t", [time](Call& c) -> R { return Value::boolean(time == c[0].asTime().time); });
    if (name == "AddDate")
        return bind("iii", [receiver](Call& c) -> R {
            const auto& moment = receiver.asTime();
            const auto day = floor<days>(moment.time);
            const year_month_day date(day);
            const auto months = static_cast<int>(date.year()) * 12
                + static_cast<int>(static_cast<unsigned>(date.month())) - 1 + static_cast<int>(c[0].asInt()) * 12
                + static_cast<int>(c[1].asInt());
            const auto to = sys_days(year(months / 12) / month(static_cast<unsigned>(months % 12 + 1)) / 1)
                + days(static_cast<int>(static_cast<unsigned>(date.day())) - 1 + c[2].asInt());
            return Value::time(TimePoint(to) + (moment.time - day), moment.zone, moment.offsetSeconds);
        });
    return nullptr;
}

void addDateFunctions(FunctionMap& map)
{
    map.add("now", "", [](Call& c) -> R { return Value::time(c.execution.session().now); });
    map.add("date", "sa", [](Call& c) { return dateIn(c, c.text(0), c[1], "Local"); });
    for (const auto* name : {"dateInZone", "date_in_zone"})
        map.add(name, "sas", [](Call& c) { return dateIn(c, c.text(0), c[1], c.text(2)); });
    map.add("htmlDate", "a", [](Call& c) { return dateIn(c, "2006-01-02", c[0], "Local"); });
    map.add("htmlDateInZone", "as", [](Call& c) { return dateIn(c, "2006-01-02", c[0], c.text(1)); });
    for (const auto* name : {"dateModify", "date_modify"})
        map.add(name, "st", [](Call& c) { return modify(c, false); });
    for (const auto* name : {"mustDateModify", "must_date_modify"})
        map.add(name, "st", [](Call& c) { return modify(c, true); });
    map.add("toDate", "ss", [](Call& c) -> R {
        auto time = parseTime(c.text(0), c.text(1));
        return time ? *time : Value::time(TimePoint::min());
    });
    map.add("mustToDate", "ss", [](Call& c) { return parseTime(c.text(0), c.text(1)); });
    map.add("unixEpoch", "t", [](Call& c) -> R {
        return Value::string(std::to_string(floor<seconds>(c[0].asTime().time).time_since_epoch().count()));
    });
    map.add("ago", "a", [](Call& c) -> R {
        const auto now = c.execution.session().now;
        const auto span = floor<seconds>(now - timeOf(c[0], c) + milliseconds(500));
        return Value::string(formatGoDuration(span));
    });
    map.add("duration", "a", [](Call& c) -> R {
        std::int64_t n = 0;
        if (c[0].isString())
            n = parseInt(c.text(0), 10).value_or(0);
        else if (c[0].type() == Type::Int64)
            n = c[0].asInt();
        return Value::string(formatGoDuration(seconds(n)));
    });
    map.add("durationRound", "a", [](Call& c) -> R {
        Duration duration {};
        if (c[0].isString())
            duration = parseGoDuration(c.text(0)).value_or(Duration {});
        else if (c[0].type() == Type::Int64)
            duration = Duration(c[0].asInt());
        else if (c[0].type() == Type::Time)
            duration = c.execution.session().now - c[0].asTime().time;
        return Value::string(rounded(duration));
    });
}

} // namespace core::gotemplate
