// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/sim/world.h"

#include <boost/json.hpp>

namespace core::embedded::sim {

using manifest::integer;
using manifest::text;

namespace {

std::int64_t numberOf(const Value& revision)
{
    return integer(revision, {"revision"}).value_or(0);
}

Value revisionOf(const Value& owner, const std::string& name, const std::string& hash, std::int64_t number)
{
    Value podTemplate = *manifest::find(owner, {"spec", "template"});
    podTemplate.as_object()["$patch"] = "replace"; // what an undo sends as it is
    Object labels = manifest::object(podTemplate, {"metadata", "labels"});
    labels[manifest::kind(owner) == "DaemonSet" ? "controller-revision-hash" : "controller.kubernetes.io/hash"] = hash;
    return Object {{"apiVersion", "apps/v1"},
                   {"kind", "ControllerRevision"},
                   {"metadata",
                    Object {{"name", name},
                            {"namespace", manifest::nameSpace(owner)},
                            {"labels", std::move(labels)},
                            {"annotations", manifest::object(owner, {"metadata", "annotations"})},
                            {"ownerReferences", Array {Value(ownerReference(owner))}}}},
                   {"data", Object {{"spec", Object {{"template", std::move(podTemplate)}}}}},
                   {"revision", number}};
}

/// Beyond the limit the oldest go that no pod runs.
void forget(World& world, const Value& owner, std::vector<ObjectPtr> revisions, const std::string& current)
{
    const auto limit = static_cast<std::size_t>(
        std::max<std::int64_t>(0, integer(owner, {"spec", "revisionHistoryLimit"}).value_or(10)));
    const auto pods = world.children(owner, "Pod");
    std::erase_if(revisions, [&](const ObjectPtr& revision) {
        const auto name = manifest::name(*revision);
        return name == current || std::any_of(pods.begin(), pods.end(), [&](const ObjectPtr& pod) {
                   const auto runs = manifest::label(*pod, "controller-revision-hash");
                   return !runs.empty() && name.ends_with(runs);
               });
    });
    std::sort(revisions.begin(), revisions.end(),
              [](const ObjectPtr& a, const ObjectPtr& b) { return numberOf(*a) > numberOf(*b); });
    for (std::size_t i = limit; i < revisions.size(); ++i)
        world.remove(*revisions[i]);
}

} // namespace

std::string keepRevision(World& world, const Value& owner)
{
    const auto hash = shortHash(*manifest::find(owner, {"spec", "template"}));
    const auto name = fmt::format("{}-{}", manifest::name(owner), hash);
    auto revisions = world.children(owner, "ControllerRevision");
    ObjectPtr mine;
    std::int64_t highest = 0;
    for (const auto& revision : revisions) {
        if (manifest::name(*revision) == name)
            mine = revision;
        else
            highest = std::max(highest, numberOf(*revision));
    }
    if (!mine)
        (void)world.create(revisionOf(owner, name, hash, highest + 1));
    else if (numberOf(*mine) <= highest)
        world.patch(*mine, Object {{"revision", highest + 1}});
    forget(world, owner, std::move(revisions), name);
    return hash;
}

} // namespace core::embedded::sim
