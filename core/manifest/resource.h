// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/manifest/value.h"

#include <compare>
#include <functional>
#include <string>
#include <string_view>

namespace core::manifest {

struct GroupKind
{
    std::string group; ///< "" for the core group
    std::string kind;
    friend auto operator<=>(const GroupKind&, const GroupKind&) = default;
};

/// Names one object of a cluster regardless of version. Argo CD's ResourceKey.
struct ResourceKey
{
    std::string group;
    std::string kind;
    std::string nameSpace; ///< "" for cluster-scoped objects
    std::string name;
    friend auto operator<=>(const ResourceKey&, const ResourceKey&) = default;
    /// "Deployment/llm", or with a namespace "Deployment/ml-serving/llm": for messages.
    [[nodiscard]] std::string text() const;
    [[nodiscard]] GroupKind groupKind() const { return {group, kind}; }
};

/// "apps/v1" -> {"apps", "v1"}; "v1" -> {"", "v1"}.
struct GroupVersion
{
    std::string group;
    std::string version;
    friend auto operator<=>(const GroupVersion&, const GroupVersion&) = default;
    [[nodiscard]] std::string text() const { return group.empty() ? version : group + "/" + version; }
};
[[nodiscard]] GroupVersion parseGroupVersion(std::string_view apiVersion);

/// Accessors of the fields that every Kubernetes object has; "" where missing.
[[nodiscard]] std::string_view apiVersion(const Value& object);
[[nodiscard]] std::string_view kind(const Value& object);
[[nodiscard]] std::string_view name(const Value& object);
[[nodiscard]] std::string_view nameSpace(const Value& object);
[[nodiscard]] std::string_view uid(const Value& object);
[[nodiscard]] std::string_view annotation(const Value& object, std::string_view key);
[[nodiscard]] std::string_view label(const Value& object, std::string_view key);
void setAnnotation(Value& object, std::string_view key, std::string_view value);
void setLabel(Value& object, std::string_view key, std::string_view value);
[[nodiscard]] ResourceKey keyOf(const Value& object);

} // namespace core::manifest

template<>
struct std::hash<core::manifest::ResourceKey>
{
    std::size_t operator()(const core::manifest::ResourceKey& key) const noexcept
    {
        std::size_t seed = 0;
        for (const auto* part : {&key.group, &key.kind, &key.nameSpace, &key.name})
            seed = seed * 1099511628211U + std::hash<std::string> {}(*part);
        return seed;
    }
};
