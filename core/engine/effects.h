// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Inside the room: what writing an object costs. Pure functions from objects to numbers.

#include "core/base/clock.h"
#include "core/engine/engine.h"
#include "core/engine/objects.h"
#include "core/manifest/quantity.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace core::engine {

/// How many pods an object runs when nothing is wrong; 0 for those that run none. `live` knows of autoscaled ones and
/// of a DaemonSet's nodes; it may be null.
[[nodiscard]] std::int64_t podsOf(const manifest::Value& object, const manifest::Value* live);
/// GPUs and other accelerators over all its pods.
[[nodiscard]] std::int64_t gpusOf(const manifest::Value& object, const manifest::Value* live);
/// What it counts for in a ResourceQuota: "pods", "requests.cpu", "limits.memory", "requests.nvidia.com/gpu",
/// "count/deployments.apps", "services" ...
[[nodiscard]] std::map<std::string, manifest::Quantity> demandOf(const manifest::Value& object,
                                                                 const manifest::Value* live);
/// How long it takes until the object is as wanted: what a Job took the last time, what a workload's rolling update
/// needs. None where nothing tells it.
[[nodiscard]] std::optional<Duration> estimateOf(const manifest::Value& wanted, const manifest::Value* live);
/// Whether the API server refuses to change the field of a live object of that kind.
[[nodiscard]] bool isImmutable(const manifest::GroupKind& kind, const std::vector<std::string>& path,
                               const manifest::Value* live);
/// The objects among `others` that name it: pods' volumes and environments, routes to a Service, accounts.
[[nodiscard]] std::vector<manifest::ResourceKey> usersOf(const manifest::ResourceKey& key, const Objects& others);

} // namespace core::engine
