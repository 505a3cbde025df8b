// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/definitions.h"

#include "core/base/strings.h"
#include "core/embedded/api_server_p.h"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace core::embedded {

using manifest::Array;
using manifest::Object;
using manifest::Value;

namespace {

Value condition(std::string_view type, bool holds, std::string_view reason, std::string_view message,
                std::string_view now)
{
    return Object {{"type", boost::json::string(type)},
                   {"status", holds ? "True" : "False"},
                   {"lastTransitionTime", boost::json::string(now)},
                   {"reason", boost::json::string(reason)},
                   {"message", boost::json::string(message)}};
}

void fillNames(Value& spec)
{
    const auto kind = std::string(manifest::text(spec, {"names", "kind"}));
    if (manifest::text(spec, {"names", "singular"}).empty())
        manifest::ensure(spec, {"names", "singular"}) = boost::json::string(lower(kind));
    if (manifest::text(spec, {"names", "listKind"}).empty())
        manifest::ensure(spec, {"names", "listKind"}) = boost::json::string(kind + "List");
    if (manifest::find(spec, {"conversion"}) == nullptr)
        manifest::ensure(spec, {"conversion", "strategy"}) = "None";
}

/// "" or the reason and message of a clash with another type of the group.
std::pair<std::string, std::string> clash(const Value& spec, const Registry& registry)
{
    const auto group = manifest::text(spec, {"group"});
    for (const auto& other : registry.tables()) {
        if (other->group != group)
            continue;
        const bool same = other->plural == manifest::text(spec, {"names", "plural"});
        if (same)
            continue; // itself
        if (other->kind == manifest::text(spec, {"names", "kind"}))
            return {"KindConflict", fmt::format("\"{}\" is already in use", other->kind)};
        if (other->singular == manifest::text(spec, {"names", "singular"}))
            return {"SingularConflict", fmt::format("\"{}\" is already in use", other->singular)};
    }
    return {};
}

} // namespace

void completeDefinition(const ResourceInfo& info, Value& object, const Value* current, const RegistryPtr& registry,
                        std::string_view now)
{
    if (info.kind != "CustomResourceDefinition" || info.group != "apiextensions.k8s.io")
        return;
    auto& spec = manifest::ensure(object, {"spec"});
    if (!spec.is_object())
        return;
    fillNames(spec);
    if (manifest::find(object, {"metadata", "deletionTimestamp"}) != nullptr)
        return;
    auto& status = manifest::ensure(object, {"status"});
    if (current != nullptr && manifest::find(*current, {"status", "conditions"}) != nullptr) {
        manifest::ensure(status, {"acceptedNames"}) = *manifest::find(spec, {"names"});
    } else {
        addFinalizer(object, kDefinitionFinalizer);
        const auto [reason, message] = clash(spec, *registry);
        const bool accepted = reason.empty();
        Array conditions;
        conditions.push_back(condition("NamesAccepted", accepted, accepted ? "NoConflicts" : reason,
                                       accepted ? "no conflicts found" : message, now));
        conditions.push_back(condition("Established", accepted, accepted ? "InitialNamesAccepted" : "NotAccepted",
                                       accepted ? "the initial names have been accepted" : "not all names are accepted",
                                       now));
        Value next =
            Object {{"conditions", std::move(conditions)},
                    {"acceptedNames",
                     accepted ? *manifest::find(spec, {"names"}) : Value(Object {{"plural", ""}, {"kind", ""}})}};
        manifest::ensure(object, {"status"}) = std::move(next);
    }
    Array stored = manifest::array(object, {"status", "storedVersions"});
    for (const auto& version : manifest::array(object, {"spec", "versions"})) {
        if (!manifest::flag(version, {"storage"}))
            continue;
        const auto* name = manifest::find(version, {"name"});
        if (name != nullptr && std::find(stored.begin(), stored.end(), *name) == stored.end())
            stored.push_back(*name);
    }
    manifest::ensure(object, {"status", "storedVersions"}) = std::move(stored);
}

} // namespace core::embedded
