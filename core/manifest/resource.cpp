// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifest/resource.h"

#include <boost/json.hpp>

namespace core::manifest {

std::string ResourceKey::text() const
{
    return kind + "/" + (nameSpace.empty() ? "" : nameSpace + "/") + name;
}

GroupVersion parseGroupVersion(std::string_view apiVersion)
{
    const auto slash = apiVersion.find('/');
    if (slash == std::string_view::npos)
        return {{}, std::string(apiVersion)};
    return {std::string(apiVersion.substr(0, slash)), std::string(apiVersion.substr(slash + 1))};
}

std::string_view apiVersion(const Value& object)
{
    return text(object, {"apiVersion"});
}
std::string_view kind(const Value& object)
{
    return text(object, {"kind"});
}
std::string_view name(const Value& object)
{
    return text(object, {"metadata", "name"});
}
std::string_view nameSpace(const Value& object)
{
    return text(object, {"metadata", "namespace"});
}
std::string_view uid(const Value& object)
{
    return text(object, {"metadata", "uid"});
}
std::string_view annotation(const Value& object, std::string_view key)
{
    return text(object, {"metadata", "annotations", key});
}
std::string_view label(const Value& object, std::string_view key)
{
    return text(object, {"metadata", "labels", key});
}

void setAnnotation(Value& object, std::string_view key, std::string_view value)
{
    ensure(object, {"metadata", "annotations", key}) = boost::json::string(value);
}

void setLabel(Value& object, std::string_view key, std::string_view value)
{
    ensure(object, {"metadata", "labels", key}) = boost::json::string(value);
}

ResourceKey keyOf(const Value& object)
{
    return {parseGroupVersion(apiVersion(object)).group, std::string(kind(object)), std::string(nameSpace(object)),
            std::string(name(object))};
}

} // namespace core::manifest
