// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/printers.h"

#include "core/embedded/builtin_printers.h"
#include "core/manifest/resource.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <charconv>

namespace core::embedded {

using manifest::Array;
using manifest::Value;

namespace {

/// One step of a JSONPath.
struct Step
{
    enum class Kind : std::uint8_t { Field, Index, Each, Filter };
    Kind kind = Kind::Field;
    std::string name; ///< field, or the filter's field
    std::string wanted; ///< the filter's value as JSON
    std::size_t index = 0;
};

std::optional<Step> bracket(std::string_view text)
{
    if (text == "*")
        return Step {Step::Kind::Each, {}, {}, 0};
    if (text.size() >= 2 && (text.front() == '\'' || text.front() == '"'))
        return Step {Step::Kind::Field, std::string(text.substr(1, text.size() - 2)), {}, 0};
    if (text.starts_with("?(@.") && text.ends_with(")")) {
        const auto inner = text.substr(4, text.size() - 5);
        const auto equals = inner.find("==");
        if (equals == std::string_view::npos)
            return {};
        auto value = std::string(inner.substr(equals + 2));
        while (value.starts_with(' '))
            value.erase(0, 1);
        if (value.size() >= 2 && value.front() == '\'')
            value = "\"" + value.substr(1, value.size() - 2) + "\"";
        auto name = std::string(inner.substr(0, equals));
        while (name.ends_with(' '))
            name.pop_back();
        return Step {Step::Kind::Filter, std::move(name), std::move(value), 0};
    }
    std::size_t index = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), index);
    if (ec != std::errc {} || end != text.data() + text.size())
        return {};
    return Step {Step::Kind::Index, {}, {}, index};
}

std::optional<std::vector<Step>> parsePath(std::string_view path)
{
    std::vector<Step> steps;
    std::size_t at = 0;
    while (at < path.size()) {
        if (path[at] == '[') {
            std::size_t end = at + 1;
            char quote = 0;
            for (; end < path.size() && (quote != 0 || path[end] != ']'); ++end)
                if (path[end] == '\'' || path[end] == '"')
                    quote = quote == 0 ? path[end] : quote == path[end] ? '\0' : quote;
            if (end == path.size())
                return {};
            auto step = bracket(path.substr(at + 1, end - at - 1));
            if (!step)
                return {};
            steps.push_back(std::move(*step));
            at = end + 1;
            continue;
        }
        if (path[at] == '.')
            ++at;
        const auto end = std::min(path.find_first_of(".[", at), path.size());
        std::string name(path.substr(at, end - at));
        std::erase(name, '\\');
        if (!name.empty())
            steps.push_back({Step::Kind::Field, std::move(name), {}, 0});
        at = end;
    }
    return steps;
}

const Value* walk(const Value& value, const std::vector<Step>& steps, std::size_t at)
{
    if (at == steps.size())
        return &value;
    const auto& step = steps[at];
    if (step.kind == Step::Kind::Field) {
        const auto* object = value.if_object();
        const auto* next = object != nullptr ? object->if_contains(step.name) : nullptr;
        return next != nullptr ? walk(*next, steps, at + 1) : nullptr;
    }
    const auto* array = value.if_array();
    if (array == nullptr)
        return nullptr;
    if (step.kind == Step::Kind::Index)
        return step.index < array->size() ? walk((*array)[step.index], steps, at + 1) : nullptr;
    for (const auto& item : *array) {
        if (step.kind == Step::Kind::Filter) {
            const auto* object = item.if_object();
            const auto* field = object != nullptr ? object->if_contains(step.name) : nullptr;
            if (field == nullptr || manifest::toJson(*field) != step.wanted)
                continue;
        }
        if (const auto* found = walk(item, steps, at + 1))
            return found;
    }
    return nullptr;
}

Value customCell(const PrinterColumn& column, const Value& object, TimePoint now)
{
    const auto* value = jsonPathFirst(object, column.jsonPath);
    if (value == nullptr || value->is_null())
        return {};
    if (column.type == "integer" || column.type == "number")
        return value->is_number() ? *value : Value();
    if (column.type == "boolean")
        return value->is_bool() ? *value : Value();
    if (column.type == "date")
        return value->is_string() ? Value(boost::json::string(ageText(value->get_string(), now))) : Value();
    if (value->is_string())
        return *value;
    return boost::json::string(manifest::toJson(*value));
}

} // namespace

const Value* jsonPathFirst(const Value& object, std::string_view path)
{
    const auto steps = parsePath(path);
    return steps ? walk(object, *steps, 0) : nullptr;
}

std::string durationText(Duration duration)
{
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
    if (seconds < -1)
        return "<invalid>";
    if (seconds < 0)
        return "0s";
    const auto minutes = seconds / 60;
    const auto hours = minutes / 60;
    const auto days = hours / 24;
    const auto pair = [](std::int64_t a, char unitA, std::int64_t b, char unitB) {
        return b == 0 ? fmt::format("{}{}", a, unitA) : fmt::format("{}{}{}{}", a, unitA, b, unitB);
    };
    if (seconds < 120)
        return fmt::format("{}s", seconds);
    if (minutes < 10)
        return pair(minutes, 'm', seconds % 60, 's');
    if (minutes < 180)
        return fmt::format("{}m", minutes);
    if (hours < 8)
        return pair(hours, 'h', minutes % 60, 'm');
    if (hours < 48)
        return fmt::format("{}h", hours);
    if (hours < 192)
        return pair(days, 'd', hours % 24, 'h');
    if (days < 730)
        return fmt::format("{}d", days);
    if (days < 2920)
        return pair(days / 365, 'y', days % 365, 'd');
    return fmt::format("{}y", days / 365);
}

std::string ageText(std::string_view rfc3339, TimePoint now)
{
    const auto time = parseRfc3339(rfc3339);
    return time ? durationText(now - *time) : "<unknown>";
}

Printer printerOf(const ResourceInfo& info)
{
    if (auto builtin = info.custom ? std::nullopt : builtinPrinter(info.table))
        return std::move(*builtin);
    Printer printer;
    printer.columns.push_back({"Name", "string", "name", "Name must be unique within a namespace.", "", 0});
    auto rest = info.columns;
    if (!info.custom)
        rest = {{"Age", "date", "", "", ".metadata.creationTimestamp", 0}};
    for (auto& column : rest)
        if (column.description.empty())
            column.description =
                fmt::format("Custom resource definition column (in JSONPath format): {}", column.jsonPath);
    printer.columns.insert(printer.columns.end(), rest.begin(), rest.end());
    printer.cells = [rest = std::move(rest)](const Value& object, TimePoint now) {
        Array cells;
        cells.emplace_back(boost::json::string(manifest::name(object)));
        for (const auto& column : rest)
            cells.push_back(customCell(column, object, now));
        return cells;
    };
    return printer;
}

} // namespace core::embedded
