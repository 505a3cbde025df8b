// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/kube/client.h"

#include <cstdint>
#include <string>
#include <vector>

/// What a person does to a Rollout, as the patches that the kubectl plugin of Argo Rollouts sends, with the
/// resourceVersion as precondition: right for our own controller and for Argo's.
namespace core::rollout {

enum class Action : std::uint8_t { Promote, PromoteFull, SkipStep, Pause, Resume, Abort, Retry, Restart };

struct ActionPatch
{
    std::string subresource; ///< "" or "status"
    kube::PatchType type = kube::PatchType::Merge;
    manifest::Value patch;
};

/// The patches of an action, in their order. Unsupported with the reason where the Rollout's state has no use for it.
[[nodiscard]] Result<std::vector<ActionPatch>> actionPatches(const manifest::Value& rollout, Action action,
                                                             TimePoint now, const std::string& reason = {});
/// Back to the template of a revision (0: the one before the current), as a JSON patch on the Rollout or, where one is
/// given, on the workload that its workloadRef names.
[[nodiscard]] Result<ActionPatch> undoPatch(const manifest::Value& rollout,
                                            const std::vector<manifest::Value>& replicaSets, std::int64_t revision,
                                            const manifest::Value& workload = {});
/// Another image for a container ("*": all) of a Rollout, or of the workload that has its template.
[[nodiscard]] Result<ActionPatch> setImagePatch(const manifest::Value& owner, const std::string& container,
                                                const std::string& image);

/// Reads the Rollout, and sends the patches. Conflict where it changed meanwhile. An InferenceService that is driven by
/// steps gets the annotation that the controller carries out: promote (also for a skipped step), promote-full, abort,
/// retry.
[[nodiscard]] Result<> act(kube::Client& client, const manifest::ResourceKey& rollout, Action action, TimePoint now,
                           const std::string& reason = {}, std::stop_token stop = {});
[[nodiscard]] Result<> undo(kube::Client& client, const manifest::ResourceKey& rollout, std::int64_t revision,
                            std::stop_token stop = {});
[[nodiscard]] Result<> setImage(kube::Client& client, const manifest::ResourceKey& rollout,
                                const std::string& container, const std::string& image, std::stop_token stop = {});

} // namespace core::rollout
