// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/health/customizations.h"

#include "core/health/lua_script.h"
#include "core/manifest/glob.h"
#include "core/manifest/yaml.h"

#include <boost/json.hpp>

namespace core::health {

namespace {

constexpr std::string_view kAll = "resource.customizations";
constexpr std::string_view kHealth = "resource.customizations.health.";
constexpr std::string_view kOpen = "resource.customizations.useOpenLibs.";

/// "apps_Deployment" -> "apps/Deployment"; a key without group stays.
std::string slashed(std::string_view key)
{
    std::string text(key);
    const auto at = text.rfind('_');
    if (at != std::string::npos)
        text[at] = '/';
    return text;
}

std::string keyText(const manifest::GroupKind& kind)
{
    return kind.group.empty() ? kind.kind : kind.group + "/" + kind.kind;
}

} // namespace

Result<Customizations> Customizations::parse(const manifest::Value& configMap)
{
    Customizations result;
    for (const auto& member : manifest::object(configMap, {"data"})) {
        const std::string_view key = member.key();
        if (!member.value().is_string())
            continue;
        const std::string_view text = member.value().get_string();
        if (key == kAll) {
            PH_TRY(const auto documents, manifest::parseYaml(text, kAll));
            for (const auto& document : documents) {
                for (const auto& entry : manifest::object(document.value, {})) {
                    const auto script = manifest::text(entry.value(), {"health.lua"});
                    if (!script.empty())
                        result.m_scripts[std::string(entry.key())] = {
                            std::string(script), manifest::flag(entry.value(), {"health.lua.useOpenLibs"})};
                }
            }
        }
    }
    for (const auto& member : manifest::object(configMap, {"data"})) {
        const std::string_view key = member.key();
        if (!member.value().is_string() || !key.starts_with(kHealth))
            continue;
        result.m_scripts[slashed(key.substr(kHealth.size()))].lua = std::string(member.value().get_string());
    }
    for (const auto& member : manifest::object(configMap, {"data"})) {
        const std::string_view key = member.key();
        if (!member.value().is_string() || !key.starts_with(kOpen) || member.value().get_string() != "true")
            continue;
        const auto found = result.m_scripts.find(slashed(key.substr(kOpen.size())));
        if (found != result.m_scripts.end())
            found->second.openLibraries = true;
    }
    return result;
}

std::optional<Assessment> Customizations::assess(const manifest::GroupKind& kind, const manifest::Value& live) const
{
    const auto key = keyText(kind);
    const auto* script = [&]() -> const Script* {
        if (const auto found = m_scripts.find(key); found != m_scripts.end())
            return &found->second;
        for (const auto& [pattern, candidate] : m_scripts) {
            if (pattern.find('*') != std::string::npos && manifest::globMatches(pattern, key))
                return &candidate;
        }
        return nullptr;
    }();
    if (!script)
        return std::nullopt;
    auto result = runHealthScript(script->lua, live, script->openLibraries ? LuaLibraries::Open : LuaLibraries::Few);
    if (!result)
        return Assessment {Status::Unknown, result.error().message};
    return *result;
}

} // namespace core::health
