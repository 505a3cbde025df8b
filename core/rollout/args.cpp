// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/expr/value.h"
#include "core/rollout/analysis.h"
#include "core/rollout/json.h"

#include <fmt/format.h>

#include <charconv>
#include <map>

namespace core::rollout {

using manifest::Array;
using manifest::find;
using manifest::Object;
using manifest::text;
using manifest::Value;

Result<std::string> substituteArgs(std::string_view input, const Array& args)
{
    for (const auto& arg : args)
        if (const auto* value = find(arg, {"value"}); !value || !value->is_string())
            return fail(Error::Code::InvalidInput,
                        fmt::format("argument \"{}\" was not supplied", text(arg, {"name"})));
    std::string out;
    while (true) {
        const auto open = input.find("{{");
        if (open == std::string_view::npos)
            return out.append(input);
        out += input.substr(0, open);
        input.remove_prefix(open);
        const auto close = input.find("}}");
        if (close == std::string_view::npos)
            return fail(Error::Code::InvalidInput,
                        fmt::format("Cannot find end tag=\"}}}}\" in the template \"{}\"", input));
        const auto tag = input.substr(2, close - 2);
        const auto name = trim(tag);
        const Value* arg = nullptr;
        for (const auto& candidate : args)
            if (name.starts_with("args.") && text(candidate, {"name"}) == name.substr(5))
                arg = &candidate;
        if (!arg)
            return fail(Error::Code::InvalidInput, fmt::format("failed to resolve {{{{{}}}}}", tag));
        out += find(*arg, {"value"})->get_string();
        input.remove_prefix(close + 2);
    }
}

Result<Value> substituteMetric(const Value& metric, const Array& args)
{
    if (const auto* string = metric.if_string()) {
        PH_TRY(auto replaced, substituteArgs(*string, args));
        return Value(boost::json::string(replaced));
    }
    if (const auto* array = metric.if_array()) {
        Array out;
        for (const auto& item : *array) {
            PH_TRY(auto replaced, substituteMetric(item, args));
            out.push_back(std::move(replaced));
        }
        return Value(std::move(out));
    }
    if (const auto* object = metric.if_object()) {
        Object out;
        for (const auto& [key, item] : *object) {
            PH_TRY(auto newKey, substituteArgs(key, args));
            PH_TRY(auto replaced, substituteMetric(item, args));
            out[newKey] = std::move(replaced);
        }
        return Value(std::move(out));
    }
    return metric;
}

Result<Array> mergeArgs(const Array& incoming, const Array& declared)
{
    Array out = declared;
    for (auto& arg : out) {
        for (const auto& given : incoming) {
            if (text(given, {"name"}) != text(arg, {"name"}))
                continue;
            for (const auto* field : {"value", "valueFrom"})
                if (const auto* value = find(given, {field}); value && !value->is_null())
                    arg.as_object()[field] = *value;
        }
        const auto* value = find(arg, {"value"});
        const auto* from = find(arg, {"valueFrom"});
        if ((!value || value->is_null()) && (!from || from->is_null()))
            return fail(Error::Code::InvalidInput, fmt::format("args.{} was not resolved", text(arg, {"name"})));
    }
    return out;
}

namespace {

std::string primitiveText(const Value& value)
{
    if (const auto* string = value.if_string())
        return std::string(*string);
    if (const auto* flag = value.if_bool())
        return *flag ? "true" : "false";
    return expr::formatGoFloat(value.to_number<double>());
}

/// As the downward API prints labels: sorted, one on a line.
std::string mapText(const manifest::Object& map)
{
    std::map<std::string, std::string> lines;
    for (const auto& [key, value] : map)
        lines[key] = manifest::toJson(value);
    std::string out;
    for (const auto& [key, value] : lines)
        out += fmt::format("{}{}={}", out.empty() ? "" : "\n", key, value);
    return out;
}

} // namespace

Result<std::string> argFieldText(const Value& rollout, std::string_view path)
{
    if (!path.starts_with("metadata"))
        return fieldRefText(rollout, path);
    const auto bad = [&] { return fail(Error::Code::InvalidInput, fmt::format("invalid path {} in rollout", path)); };
    if (path == "metadata.name" || path == "metadata.namespace" || path == "metadata.uid")
        return std::string(text(rollout, {"metadata", path.substr(9)}));
    for (const std::string_view field : {"labels", "annotations"}) {
        const std::string prefix = "metadata." + std::string(field);
        if (!path.starts_with(prefix))
            continue;
        auto rest = path.substr(prefix.size());
        if (rest.empty()) // all of them
            return mapText(manifest::object(rollout, {"metadata", field}));
        if (rest.starts_with('[') && rest.ends_with(']') && rest.size() > 4 && (rest[1] == '\'' || rest[1] == '"'))
            return std::string(text(rollout, {"metadata", field, rest.substr(2, rest.size() - 4)}));
    }
    return bad();
}

Result<std::string> fieldRefText(const Value& rollout, std::string_view path)
{
    std::vector<std::string> sections;
    std::string part;
    for (const char c : path) {
        if (c == '.' || c == '[' || c == ']') {
            if (!part.empty())
                sections.push_back(std::exchange(part, {}));
        } else {
            part += c;
        }
    }
    if (!part.empty())
        sections.push_back(part);
    const auto bad = [&] { return fail(Error::Code::InvalidInput, fmt::format("invalid path {} in rollout", path)); };
    const Value* at = &rollout;
    for (const auto& section : sections) {
        if (const auto* object = at->if_object()) {
            at = object->if_contains(section);
            if (!at)
                return bad();
            continue;
        }
        if (const auto* array = at->if_array()) {
            std::size_t index = 0;
            const auto result = std::from_chars(section.data(), section.data() + section.size(), index);
            if (result.ec != std::errc {} || result.ptr != section.data() + section.size())
                return fail(Error::Code::InvalidInput, fmt::format("invalid index '{}'", section));
            if (index >= array->size())
                return fail(Error::Code::InvalidInput, fmt::format("index {} out of range", section));
            at = &(*array)[index];
            continue;
        }
        return bad();
    }
    if (at->is_null())
        return bad();
    if (at->is_object() || at->is_array())
        return fail(Error::Code::InvalidInput, fmt::format("path {} in rollout is not a primitive", path));
    return primitiveText(*at);
}

} // namespace core::rollout
