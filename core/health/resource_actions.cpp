// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/health/resource_actions.h"

#include "core/health/lua_script.h"
#include "core/manifest/yaml.h"

#include <boost/json.hpp>

#include <algorithm>
#include <array>

namespace core::health {

using manifest::text;
using manifest::Value;

namespace {

constexpr std::string_view kAll = "resource.customizations";
constexpr std::string_view kActions = "resource.customizations.actions.";

std::string keyText(const manifest::GroupKind& kind)
{
    return kind.group.empty() ? kind.kind : kind.group + "/" + kind.kind;
}

/// "apps_Deployment" -> "apps/Deployment"; a key without group stays.
std::string slashed(std::string_view key)
{
    std::string text(key);
    if (const auto at = text.rfind('_'); at != std::string::npos)
        text[at] = '/';
    return text;
}

ResourceAction actionAt(std::string_view name, const Value& entry)
{
    ResourceAction action {std::string(name), std::string(text(entry, {"displayName"})),
                           manifest::flag(entry, {"disabled"})};
    for (const auto& parameter : manifest::array(entry, {"params"}))
        action.parameters.push_back(
            {std::string(text(parameter, {"name"})), std::string(text(parameter, {"default"}))});
    return action;
}

} // namespace

Result<ResourceActions::Scripts> ResourceActions::parseScripts(std::string_view text, const std::string& key)
{
    Scripts scripts;
    PH_TRY(const auto documents, manifest::parseYaml(text, key));
    for (const auto& document : documents) {
        scripts.discovery = manifest::text(document.value, {"discovery.lua"});
        scripts.merge = manifest::flag(document.value, {"mergeBuiltinActions"});
        for (const auto& definition : manifest::array(document.value, {"definitions"}))
            scripts.actions[std::string(manifest::text(definition, {"name"}))] =
                manifest::text(definition, {"action.lua"});
    }
    return scripts;
}

Result<ResourceActions> ResourceActions::parse(const Value& configMap)
{
    ResourceActions result;
    for (const auto& member : manifest::object(configMap, {"data"})) {
        if (member.key() != kAll || !member.value().is_string())
            continue;
        PH_TRY(const auto documents, manifest::parseYaml(member.value().get_string(), kAll));
        for (const auto& document : documents)
            for (const auto& entry : manifest::object(document.value, {})) {
                const auto actions = text(entry.value(), {"actions"});
                if (actions.empty())
                    continue;
                const std::string key(entry.key());
                PH_TRY(auto scripts, parseScripts(actions, key));
                result.m_scripts[key] = std::move(scripts);
            }
    }
    for (const auto& member : manifest::object(configMap, {"data"})) {
        const std::string_view key = member.key();
        if (!key.starts_with(kActions) || !member.value().is_string())
            continue;
        PH_TRY(auto scripts, parseScripts(member.value().get_string(), std::string(key)));
        result.m_scripts[slashed(key.substr(kActions.size()))] = std::move(scripts);
    }
    return result;
}

const ResourceActions::Scripts* ResourceActions::scriptsOf(const manifest::GroupKind& kind) const
{
    const auto found = m_scripts.find(keyText(kind));
    return found == m_scripts.end() ? nullptr : &found->second;
}

Result<std::vector<ResourceAction>> ResourceActions::discover(const Value& live) const
{
    const auto* scripts = scriptsOf(manifest::keyOf(live).groupKind());
    auto known = scripts == nullptr || scripts->merge ? builtinActions(live) : std::vector<ResourceAction>();
    if (scripts != nullptr && !scripts->discovery.empty()) {
        const std::array globals {LuaGlobal {"obj", &live}};
        PH_TRY(const auto told, runScript(scripts->discovery, "discovery.lua", globals, LuaLibraries::Few));
        for (const auto& member : manifest::object(told, {})) {
            std::erase_if(known, [&](const ResourceAction& action) { return action.name == member.key(); });
            known.push_back(actionAt(member.key(), member.value()));
        }
    }
    std::ranges::sort(known, {}, &ResourceAction::name);
    return known;
}

Result<std::vector<ActionEffect>> ResourceActions::run(const std::string& action, const Value& live,
                                                       const ActionArguments& arguments, TimePoint now) const
{
    const auto* scripts = scriptsOf(manifest::keyOf(live).groupKind());
    const auto script = scripts == nullptr ? decltype(scripts->actions.begin()) {} : scripts->actions.find(action);
    if (scripts == nullptr || script == scripts->actions.end())
        return runBuiltinAction(action, live, arguments, now);
    boost::json::object given;
    for (const auto& [name, value] : arguments)
        given[name] = boost::json::string(value);
    const Value parameters(std::move(given));
    const std::array globals {LuaGlobal {"obj", &live}, LuaGlobal {"actionParams", &parameters}};
    PH_TRY(auto made, runScript(script->second, "action.lua", globals, LuaLibraries::Few, &live));
    std::vector<ActionEffect> effects;
    if (!made.is_array()) {
        effects.push_back({false, std::move(made)});
        return effects;
    }
    for (auto& item : made.get_array()) {
        const auto operation = text(item, {"operation"});
        auto* resource = manifest::find(item, {"resource"});
        if ((operation != "patch" && operation != "create") || resource == nullptr || !resource->is_object())
            return fail(Error::Code::InvalidInput,
                        "the action's script must answer with an object, or with a list of operation (patch or create) "
                        "and resource");
        effects.push_back({operation == "create", std::move(*resource)});
    }
    return effects;
}

} // namespace core::health
