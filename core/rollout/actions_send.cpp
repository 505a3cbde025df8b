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
    return client.patch(type, key.nameSpace, key.name, patch.type, patch.patch, options, stop);
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
    PH_TRY(const auto patch, undoPatch(object, list.items, revision));
    if (const auto* reference = find(object, {"spec", "workloadRef"}); reference && reference->is_object()) {
        const auto name = text(*reference, {"name"});
        PH_TRY(const auto workload, client.resolve(text(*reference, {"apiVersion"}), text(*reference, {"kind"}), stop));
        PH_TRY(
            const auto changed,
            send(client, workload, {workload.group, workload.kind, rollout.nameSpace, std::string(name)}, patch, stop));
        return {};
    }
    PH_TRY(const auto changed, send(client, type, rollout, patch, stop));
    return {};
}

Result<> setImage(kube::Client& client, const manifest::ResourceKey& rollout, const std::string& container,
                  const std::string& image, std::stop_token stop)
{
    PH_TRY(const auto type, client.resolve(manifest::GroupKind {"argoproj.io", "Rollout"}, stop));
    for (int attempt = 0;; ++attempt) {
        PH_TRY(const auto object, client.get(type, rollout.nameSpace, rollout.name, stop));
        PH_TRY(const auto patch, setImagePatch(object, container, image));
        const auto changed = send(client, type, rollout, patch, stop);
        if (changed)
            return {};
        if (attempt >= 4 || changed.error().code != Error::Code::Conflict)
            return fail(changed.error());
    }
}

} // namespace core::rollout
