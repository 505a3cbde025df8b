// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/accounts.h"

#include "core/base/strings.h"
#include "core/manifest/secret.h"

#include <boost/json.hpp>

#include <algorithm>

namespace core::engine {

using manifest::text;
using manifest::Value;

namespace {

constexpr std::string_view kAccounts = "accounts.";

std::optional<TimePoint> timeOf(const Value& token, const char* field)
{
    const auto seconds = manifest::integer(token, {field});
    return seconds && *seconds > 0 ? std::optional(TimePoint(std::chrono::seconds(*seconds))) : std::nullopt;
}

std::vector<AdminToken> tokensOf(const Value& secret, const std::string& key)
{
    std::vector<AdminToken> out;
    const auto list = manifest::parseJson(manifest::secretText(secret, key), key);
    for (const auto& token : list ? manifest::array(*list, {}) : boost::json::array())
        out.push_back({std::string(text(token, {"id"})), timeOf(token, "iat"), timeOf(token, "exp")});
    return out;
}

std::vector<std::string> wordsOf(std::string_view list)
{
    std::vector<std::string> out;
    for (const auto& word : split(list, ','))
        if (!trim(word).empty())
            out.emplace_back(trim(word));
    return out;
}

AdminAccount& accountNamed(std::vector<AdminAccount>& accounts, const manifest::ResourceKey& key,
                           const std::string& name)
{
    const auto found = std::ranges::find(accounts, name, &AdminAccount::name);
    if (found != accounts.end())
        return *found;
    accounts.push_back({key, name, true, true, {}, {}, {}});
    return accounts.back();
}

void addAccounts(std::vector<AdminAccount>& out, const Value& settings)
{
    const auto key = manifest::keyOf(settings);
    accountNamed(out, key, "admin").capabilities = {"login"};
    for (const auto& member : manifest::object(settings, {"data"})) {
        const std::string_view name = member.key();
        if (!member.value().is_string())
            continue;
        const std::string_view value = member.value().get_string();
        if (name == "admin.enabled")
            accountNamed(out, key, "admin").enabled = value != "false";
        if (!name.starts_with(kAccounts))
            continue;
        const auto rest = name.substr(kAccounts.size());
        const auto dot = rest.find('.');
        auto& account = accountNamed(out, key, std::string(rest.substr(0, dot)));
        if (dot == std::string_view::npos)
            account.capabilities = wordsOf(value);
        else if (rest.substr(dot + 1) == "enabled")
            account.enabled = value != "false";
    }
}

/// Lines "g, subject, role:name" of the policies; subjects without an account are users and groups of a sign-on.
void addRoles(std::vector<AdminAccount>& out, const Value& policies)
{
    const auto key = manifest::keyOf(policies);
    for (const auto& member : manifest::object(policies, {"data"})) {
        const std::string_view name = member.key();
        if (!name.starts_with("policy.") || !name.ends_with("csv") || !member.value().is_string())
            continue;
        for (const auto& line : split(std::string_view(member.value().get_string()), '\n')) {
            const auto parts = wordsOf(line);
            if (parts.size() != 3 || parts[0] != "g" || parts[1].starts_with("role:") || parts[1].starts_with("proj:"))
                continue;
            const bool known = std::ranges::find(out, parts[1], &AdminAccount::name) != out.end();
            auto& account = accountNamed(out, key, parts[1]);
            account.local = account.local && known;
            account.roles.push_back(parts[2]);
        }
    }
}

} // namespace

std::vector<AdminAccount> viewAccounts(const AdminInput& input)
{
    std::vector<AdminAccount> out;
    for (const auto& map : input.configMaps)
        if (manifest::name(*map) == "argocd-cm")
            addAccounts(out, *map);
    if (!out.empty())
        out.front().roles.emplace_back("role:admin"); // built in
    for (const auto& map : input.configMaps)
        if (manifest::name(*map) == "argocd-rbac-cm")
            addRoles(out, *map);
    for (const auto& secret : input.secrets) {
        if (manifest::name(*secret) != "argocd-secret")
            continue;
        for (auto& account : out)
            if (account.local)
                account.tokens = tokensOf(
                    *secret, account.name == "admin" ? "admin.tokens" : "accounts." + account.name + ".tokens");
    }
    std::ranges::stable_sort(out, [](const AdminAccount& a, const AdminAccount& b) {
        return std::tie(b.local, a.name) < std::tie(a.local, b.name);
    });
    return out;
}

} // namespace core::engine
