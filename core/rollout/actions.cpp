// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollout/actions.h"

#include "core/rollout/json.h"
#include "core/rollout/replicas.h"

#include <fmt/format.h>

namespace core::rollout {

using manifest::Array;
using manifest::find;
using manifest::Object;
using manifest::text;
using manifest::Value;

namespace {

/// With the resourceVersion, so that it does not act on a step that has passed meanwhile.
ActionPatch merge(const Value& rollout, std::string subresource, std::string_view section, Object fields)
{
    Object patch;
    if (const auto version = text(rollout, {"metadata", "resourceVersion"}); !version.empty())
        patch["metadata"] = Object {{"resourceVersion", version}};
    patch[section] = std::move(fields);
    return {std::move(subresource), kube::PatchType::Merge, Value(std::move(patch))};
}

bool fullyPromoted(const Value& rollout)
{
    const auto current = text(rollout, {"status", "currentPodHash"});
    return !current.empty() && current == text(rollout, {"status", "stableRS"});
}

std::string nameOf(const Value& rollout)
{
    return std::string(manifest::name(rollout));
}

Result<std::vector<ActionPatch>> promote(const Value& rollout)
{
    const bool paused = manifest::flag(rollout, {"spec", "paused"});
    const bool hasPauses = !manifest::array(rollout, {"status", "pauseConditions"}).empty();
    const auto index = currentStepIndex(rollout);
    const auto steps = canarySteps(rollout).size();
    const bool inconclusive =
        text(rollout, {"status", "canary", "currentStepAnalysisRunStatus", "status"}) == "Inconclusive" && hasPauses
        && manifest::flag(rollout, {"status", "controllerPause"});
    std::vector<ActionPatch> patches;
    Object status {{"pauseConditions", nullptr}};
    const auto next = index ? std::min(*index + 1, steps) : 0;
    if (inconclusive && index) {
        status["controllerPause"] = false;
        status["currentStepIndex"] = static_cast<std::int64_t>(next);
        patches.push_back(merge(rollout, "status", "status", std::move(status)));
    } else if (hasPauses) {
        patches.push_back(merge(rollout, "status", "status", std::move(status)));
    } else if (index && !fullyPromoted(rollout) && *index < steps) {
        status["currentStepIndex"] = static_cast<std::int64_t>(next);
        patches.push_back(merge(rollout, "status", "status", std::move(status)));
    }
    if (paused)
        patches.push_back(merge(rollout, {}, "spec", {{"paused", false}}));
    if (patches.empty())
        return fail(Error::Code::Unsupported, fmt::format("rollout '{}' has nothing to promote", nameOf(rollout)));
    return patches;
}

} // namespace

Result<std::vector<ActionPatch>> actionPatches(const Value& rollout, Action action, TimePoint now, const std::string&)
{
    std::vector<ActionPatch> patches;
    const auto refuse = [&](std::string_view why) {
        return fail(Error::Code::Unsupported, fmt::format("rollout '{}' {}", nameOf(rollout), why));
    };
    const bool aborted = manifest::flag(rollout, {"status", "abort"});
    switch (action) {
    case Action::Promote:
        return promote(rollout);
    case Action::PromoteFull:
        if (!fullyPromoted(rollout))
            patches.push_back(merge(rollout, "status", "status", {{"promoteFull", true}}));
        if (manifest::flag(rollout, {"spec", "paused"}))
            patches.push_back(merge(rollout, {}, "spec", {{"paused", false}}));
        if (patches.empty())
            return refuse("is fully promoted already");
        return patches;
    case Action::SkipStep: {
        const auto index = currentStepIndex(rollout);
        if (!index)
            return refuse("has no steps");
        if (*index >= canarySteps(rollout).size())
            return refuse("has done all its steps");
        patches.push_back(
            merge(rollout, "status", "status",
                  {{"pauseConditions", nullptr}, {"currentStepIndex", static_cast<std::int64_t>(*index + 1)}}));
        return patches;
    }
    case Action::Pause:
        if (manifest::flag(rollout, {"spec", "paused"}))
            return refuse("is paused already");
        patches.push_back(merge(rollout, {}, "spec", {{"paused", true}}));
        return patches;
    case Action::Resume:
        if (!manifest::flag(rollout, {"spec", "paused"}))
            return refuse("is not paused by a person");
        patches.push_back(merge(rollout, {}, "spec", {{"paused", false}}));
        return patches;
    case Action::Abort:
        if (aborted)
            return refuse("is aborted already");
        patches.push_back(merge(rollout, "status", "status", {{"abort", true}}));
        return patches;
    case Action::Retry:
        if (!aborted)
            return refuse("is not aborted");
        patches.push_back(merge(rollout, "status", "status", {{"abort", false}}));
        return patches;
    case Action::Restart:
        patches.push_back(merge(rollout, {}, "spec", {{"restartAt", formatRfc3339(now)}}));
        return patches;
    }
    return refuse("cannot do that");
}

Result<ActionPatch> undoPatch(const Value& rollout, const std::vector<Value>& replicaSets, std::int64_t revision,
                              const Value& workload)
{
    const auto& changed = workload.is_object() ? workload : rollout;
    const auto revisionOf = [](const Value& object) {
        std::int64_t number = 0;
        const auto digits = manifest::annotation(object, "rollout.argoproj.io/revision");
        std::from_chars(digits.data(), digits.data() + digits.size(), number);
        return number;
    };
    const std::int64_t current = revisionOf(rollout);
    const Value* target = nullptr;
    for (const auto& rs : replicaSets) {
        bool owned = false;
        for (const auto& owner : manifest::array(rs, {"metadata", "ownerReferences"}))
            owned = owned || text(owner, {"uid"}) == manifest::uid(rollout);
        const auto number = revisionOf(rs);
        if (!owned || number == 0)
            continue;
        if (revision != 0 ? number == revision : number < current && (!target || number > revisionOf(*target)))
            target = &rs;
    }
    if (!target)
        return fail(Error::Code::NotFound,
                    revision != 0 ? fmt::format("unable to find revision {} of rollout '{}'", revision, nameOf(rollout))
                                  : fmt::format("no revision before the current one of rollout '{}'", nameOf(rollout)));
    if (revisionOf(*target) == current)
        return fail(Error::Code::Unsupported,
                    fmt::format("rollout '{}' runs revision {} already", nameOf(rollout), current));
    const auto* found = find(*target, {"spec", "template"});
    Value podTemplate = found ? *found : Value(Object {});
    manifest::erase(podTemplate, {"metadata", "labels", "rollouts-pod-template-hash"});
    manifest::erase(podTemplate, {"metadata", "creationTimestamp"});
    Array operations;
    if (const auto version = text(changed, {"metadata", "resourceVersion"}); !version.empty())
        operations.push_back(Object {{"op", "test"}, {"path", "/metadata/resourceVersion"}, {"value", version}});
    operations.push_back(Object {{"op", "replace"},
                                 {"path", changed.get_object().contains("template") ? "/template" : "/spec/template"},
                                 {"value", std::move(podTemplate)}});
    return ActionPatch {{}, kube::PatchType::Json, Value(std::move(operations))};
}

Result<ActionPatch> setImagePatch(const Value& owner, const std::string& container, const std::string& image)
{
    Array operations;
    if (const auto version = text(owner, {"metadata", "resourceVersion"}); !version.empty())
        operations.push_back(Object {{"op", "test"}, {"path", "/metadata/resourceVersion"}, {"value", version}});
    const bool plain = owner.is_object() && owner.get_object().contains("template"); // a PodTemplate
    bool found = false;
    for (const std::string_view list : {"initContainers", "containers", "ephemeralContainers"}) {
        const auto& containers = plain ? manifest::array(owner, {"template", "spec", list})
                                       : manifest::array(owner, {"spec", "template", "spec", list});
        for (std::size_t i = 0; i < containers.size(); ++i) {
            if (container != "*" && text(containers[i], {"name"}) != container)
                continue;
            found = true;
            operations.push_back(
                Object {{"op", "replace"},
                        {"path", fmt::format("{}/template/spec/{}/{}/image", plain ? "" : "/spec", list, i)},
                        {"value", image}});
        }
    }
    if (!found)
        return fail(Error::Code::NotFound, fmt::format("unable to find container named \"{}\"", container));
    return ActionPatch {{}, kube::PatchType::Json, Value(std::move(operations))};
}

} // namespace core::rollout
