// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/appset/params.h"

#include "core/gotemplate/format.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace core::appset {

using manifest::Object;
using manifest::Value;

namespace {

gotemplate::Value typedValue(const Value& value, const std::set<std::string>& typed, const std::string& path)
{
    using gotemplate::Type;
    if (value.is_object()) {
        auto map = gotemplate::Value::map(typed.contains(path) ? Type::StringMap : Type::Map);
        for (const auto& member : value.get_object())
            map.set(std::string_view(member.key()),
                    typedValue(member.value(), typed,
                               path.empty() ? std::string(member.key()) : path + "." + std::string(member.key())));
        return map;
    }
    if (value.is_array() && typed.contains(path)) {
        std::vector<std::string> texts;
        for (const auto& item : value.get_array())
            texts.emplace_back(item.is_string() ? std::string_view(item.get_string()) : std::string_view());
        return gotemplate::Value::strings(texts);
    }
    return gotemplate::Value::from(value, gotemplate::Numbers::AllFloat);
}

void flattenInto(const Value& value, const std::set<std::string>& typed, const std::string& path,
                 std::map<std::string, std::string>& out)
{
    const auto below = [&](std::string_view key) {
        return path.empty() ? std::string(key) : path + "." + std::string(key);
    };
    if (value.is_object() && !typed.contains(path)) {
        for (const auto& member : value.get_object())
            flattenInto(member.value(), typed, below(member.key()), out);
    } else if (value.is_array() && !typed.contains(path)) {
        for (std::size_t i = 0; i < value.get_array().size(); ++i)
            flattenInto(value.get_array()[i], typed, below(std::to_string(i)), out);
    } else {
        out[path] = gotemplate::printed(typedValue(value, typed, path));
    }
}

void overlayObject(Object& into, const Object& from)
{
    for (const auto& member : from) {
        auto* mine = into.if_contains(member.key());
        if (mine && mine->is_object() && member.value().is_object())
            overlayObject(mine->get_object(), member.value().get_object());
        else
            into[member.key()] = member.value();
    }
}

std::map<std::string, std::string> texts(const Params& params)
{
    std::map<std::string, std::string> out;
    for (const auto& member : params.values)
        out.emplace(std::string(member.key()), printed(member.value()));
    return out;
}

Params fromTexts(const std::map<std::string, std::string>& texts)
{
    Params out;
    for (const auto& [key, text] : texts)
        out.values[key] = boost::json::string(text);
    return out;
}

} // namespace

gotemplate::Value templateData(const Params& params)
{
    return typedValue(params.values, params.typed, {});
}

std::string printed(const Value& value)
{
    return gotemplate::printed(gotemplate::Value::from(value, gotemplate::Numbers::AllFloat));
}

std::map<std::string, std::string> flatten(const Params& params)
{
    std::map<std::string, std::string> out;
    for (const auto& member : params.values)
        flattenInto(member.value(), params.typed, std::string(member.key()), out);
    return out;
}

std::map<std::string, std::string> flatten(const Object& object)
{
    return flatten(Params {object, {}});
}

void overlay(Params& into, const Params& from)
{
    overlayObject(into.values, from.values);
    into.typed.insert(from.typed.begin(), from.typed.end());
}

Result<Params> combineTexts(const Params& a, const Params& b)
{
    auto all = texts(a);
    for (auto& [key, text] : texts(b)) {
        const auto [place, isNew] = all.emplace(key, text);
        if (!isNew && place->second != text)
            return fail(
                Error::Code::InvalidInput,
                fmt::format("found duplicate key {} with different value, a: {} ,b: {}", key, place->second, text));
    }
    return fromTexts(all);
}

Params overrideTexts(const Params& a, const Params& b)
{
    auto all = texts(a);
    for (auto& [key, text] : texts(b))
        all[key] = text;
    return fromTexts(all);
}

} // namespace core::appset
