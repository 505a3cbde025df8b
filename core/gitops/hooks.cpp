// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gitops/hooks.h"

#include "core/base/strings.h"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace core::gitops {

using manifest::Value;

std::vector<std::string> annotationList(const Value& object, std::string_view key)
{
    std::vector<std::string> result;
    for (const auto& part : split(manifest::annotation(object, key), ',')) {
        if (const auto text = trim(part); !text.empty())
            result.emplace_back(text);
    }
    return result;
}

std::vector<std::string> hookTypes(const Value& object)
{
    static constexpr std::array<std::string_view, 6> kKnown {"PreSync",  "Sync",      "PostSync",
                                                             "SyncFail", "PreDelete", "PostDelete"};
    std::vector<std::string> result;
    const auto own = annotationList(object, "argocd.argoproj.io/hook");
    if (own.size() == 1 && own[0] == "Skip")
        return own;
    for (const auto& type : own) {
        if (std::find(kKnown.begin(), kKnown.end(), type) != kKnown.end()
            && std::find(result.begin(), result.end(), type) == result.end())
            result.push_back(type);
    }
    if (!result.empty())
        return result;
    const auto helm = annotationList(object, "helm.sh/hook");
    bool unknown = false;
    for (const auto& type : helm) {
        std::string mapped;
        if (type == "pre-install" || type == "pre-upgrade")
            mapped = "PreSync";
        else if (type == "post-install" || type == "post-upgrade")
            mapped = "PostSync";
        else if (type == "pre-delete")
            mapped = "PreDelete";
        else if (type == "post-delete")
            mapped = "PostDelete";
        else if (type == "crd-install")
            return {};
        else
            unknown = true;
        if (!mapped.empty() && std::find(result.begin(), result.end(), mapped) == result.end())
            result.push_back(mapped);
    }
    if (result.empty() && unknown)
        result.emplace_back("Ignore");
    return result;
}

std::set<std::string> hookDeletePolicies(const Value& object)
{
    std::set<std::string> result;
    for (const auto& policy : annotationList(object, "argocd.argoproj.io/hook-delete-policy")) {
        if (policy == "HookSucceeded" || policy == "HookFailed" || policy == "BeforeHookCreation")
            result.insert(policy);
    }
    for (const auto& policy : annotationList(object, "helm.sh/hook-delete-policy")) {
        if (policy == "hook-succeeded")
            result.insert("HookSucceeded");
        else if (policy == "hook-failed")
            result.insert("HookFailed");
        else if (policy == "before-hook-creation")
            result.insert("BeforeHookCreation");
    }
    if (result.empty())
        result.insert("BeforeHookCreation");
    return result;
}

bool hasHookFinalizer(const Value& object)
{
    const auto& finalizers = manifest::array(object, {"metadata", "finalizers"});
    return std::any_of(finalizers.begin(), finalizers.end(),
                       [](const Value& item) { return item.is_string() && item.get_string() == kHookFinalizer; });
}

int syncWave(const Value& object)
{
    for (const auto* key : {"argocd.argoproj.io/sync-wave", "helm.sh/hook-weight"}) {
        const auto text = trim(manifest::annotation(object, key));
        if (text.empty())
            continue;
        int wave = 0;
        const auto begin = text.data() + (text[0] == '+' ? 1 : 0);
        const auto [end, code] = std::from_chars(begin, text.data() + text.size(), wave);
        return code == std::errc {} && end == text.data() + text.size() ? wave : 0;
    }
    return 0;
}

std::set<std::string> syncOptions(const Value& object)
{
    const auto list = annotationList(object, "argocd.argoproj.io/sync-options");
    return {list.begin(), list.end()};
}

std::string trackingIdText(const std::string& instance, const manifest::ResourceKey& key)
{
    return instance + ":" + key.group + "/" + key.kind + ":" + key.nameSpace + "/" + key.name;
}

std::optional<TrackingId> trackingId(const Value& object)
{
    const auto text = manifest::annotation(object, kTrackingAnnotation);
    const auto first = text.find(':');
    const auto second = first == std::string_view::npos ? first : text.find(':', first + 1);
    if (second == std::string_view::npos)
        return std::nullopt;
    const auto kind = text.substr(first + 1, second - first - 1);
    const auto name = text.substr(second + 1);
    const auto kindSlash = kind.find('/');
    const auto nameSlash = name.find('/');
    if (kindSlash == std::string_view::npos || nameSlash == std::string_view::npos
        || kind.find('/', kindSlash + 1) != std::string_view::npos
        || name.find('/', nameSlash + 1) != std::string_view::npos)
        return std::nullopt;
    TrackingId id;
    id.instance = text.substr(0, first);
    id.key = {std::string(kind.substr(0, kindSlash)), std::string(kind.substr(kindSlash + 1)),
              std::string(name.substr(0, nameSlash)), std::string(name.substr(nameSlash + 1))};
    return id;
}

} // namespace core::gitops
