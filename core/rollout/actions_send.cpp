// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollout/actions.h"
#include "core/rollout/json.h"
#include "core/rollout/kserve.h"

namespace core::rollout {

using manifest::find;
using manifest::text;
using manifest::Value;

namespace {

Result<Value> send(kube::Client& client, const kube::ResourceType& type, const manifest::ResourceKey& key,
                   const ActionPatch& patch, std::stop_token stop)
{
    kube::WriteOptions options;
    options.subresource = patch.subresource;
    auto sent = client.patch(type, key.nameSpace, key.name, patch.type, patch.patch, options, stop);
    // Definitions of Rollouts before 0.10 have no status of their own: there it is written with the rest.
    if (!sent && sent.error().code == Error::Code::NotFound && patch.subresource == "status")
        return client.patch(type, key.nameSpace, key.name, patch.type, patch.patch, {}, stop);
    return sent;
}

/// What holds the template: the Rollout, or what its workloadRef names.
struct TemplateOwner
{
    kube::ResourceType type;
    manifest::ResourceKey key;
    Value object;
};

Result<TemplateOwner> templateOwner(kube::Client& client, const kube::ResourceType& type,
                                    const manifest::ResourceKey& key, Value rollout, std::stop_token stop)
{
    const auto* reference = find(rollout, {"spec", "workloadRef"});
    if (!reference || !reference->is_object())
        return TemplateOwner {type, key, std::move(rollout)};
    PH_TRY(const auto workload, client.resolve(text(*reference, {"apiVersion"}), text(*reference, {"kind"}), stop));
    const manifest::ResourceKey named {workload.group, workload.kind, key.nameSpace,
                                       std::string(text(*reference, {"name"}))};
    PH_TRY(auto object, client.get(workload, named.nameSpace, named.name, stop));
    return TemplateOwner {workload, named, std::move(object)};
}

Result<> actOnService(kube::Client& client, const manifest::ResourceKey& key, Action action, std::stop_token stop)
{
    const char* word = action == Action::Promote || action == Action::SkipStep ? "promote"
        : action == Action::PromoteFull                                        ? "promote-full"
        : action == Action::Abort                                              ? "abort"
        : action == Action::Retry                                              ? "retry"
                                                                               : nullptr;
    if (word == nullptr)
        return fail(Error::Code::Unsupported, "an InferenceService is promoted, aborted or retried, nothing else",
                    key.text());
    PH_TRY(const auto type, client.resolve(key.groupKind(), stop));
    PH_TRY(const auto object, client.get(type, key.nameSpace, key.name, stop));
    if (!isKServeCanary(object))
        return fail(Error::Code::Unsupported, "no canary steps stand in its annotations", key.text());
    PH_TRY(const auto changed,
           client.patch(
               type, key.nameSpace, key.name, kube::PatchType::Merge,
               manifest::Object {{"metadata",
                                  manifest::Object {{"resourceVersion", text(object, {"metadata", "resourceVersion"})},
                                                    {"annotations", manifest::Object {{kKServeAction, word}}}}}},
               {}, stop));
    return {};
}

} // namespace

Result<> act(kube::Client& client, const manifest::ResourceKey& rollout, Action action, TimePoint now,
             const std::string& reason, std::stop_token stop)
{
    if (rollout.kind == "InferenceService")
        return actOnService(client, rollout, action, stop);
    PH_TRY(const auto type, client.resolve(manifest::GroupKind {"argoproj.io", "Rollout"}, stop));
    PH_TRY(auto object, client.get(type, rollout.nameSpace, rollout.name, stop));
    PH_TRY(auto patches, actionPatches(object, action, now, reason));
    for (auto& patch : patches) {
        if (text(patch.patch, {"metadata", "resourceVersion"}) != "")
            patch.patch.as_object()["metadata"].as_object()["resourceVersion"] =
                boost::json::string(text(object, {"metadata", "resourceVersion"}));
        PH_TRY(object, send(client, type, rollout, patch, stop));
    }
    return {};
}

Result<> undo(kube::Client& client, const manifest::ResourceKey& rollout, std::int64_t revision, std::stop_token stop)
{
    PH_TRY(const auto type, client.resolve(manifest::GroupKind {"argoproj.io", "Rollout"}, stop));
    PH_TRY(const auto sets, client.resolve(manifest::GroupKind {"apps", "ReplicaSet"}, stop));
    PH_TRY(const auto object, client.get(type, rollout.nameSpace, rollout.name, stop));
    PH_TRY(const auto list, client.list(sets, rollout.nameSpace, {}, stop));
    PH_TRY(const auto owner, templateOwner(client, type, rollout, object, stop));
    PH_TRY(const auto patch, undoPatch(object, list.items, revision, owner.key == rollout ? Value() : owner.object));
    PH_TRY(const auto changed, send(client, owner.type, owner.key, patch, stop));
    return {};
}

Result<> setImage(kube::Client& client, const manifest::ResourceKey& rollout, const std::string& container,
                  const std::string& image, std::stop_token stop)
{
    PH_TRY(const auto type, client.resolve(manifest::GroupKind {"argoproj.io", "Rollout"}, stop));
    for (int attempt = 0;; ++attempt) {
        PH_TRY(const auto object, client.get(type, rollout.nameSpace, rollout.name, stop));
        PH_TRY(const auto owner, templateOwner(client, type, rollout, object, stop));
        PH_TRY(const auto patch, setImagePatch(owner.object, container, image));
        const auto changed = send(client, owner.type, owner.key, patch, stop);
        if (changed)
            return {};
        if (attempt >= 4 || changed.error().code != Error::Code::Conflict)
            return fail(changed.error());
    }
}

} // namespace core::rollout
