// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/embedded/registry.h"
#include "core/embedded/status.h"
#include "core/embedded/store.h"
#include "core/manifest/quantity.h"

#include <map>
#include <string>

namespace core::embedded {

using Usage = std::map<std::string, manifest::Quantity, std::less<>>;

/// What one object counts against quotas: "pods", "requests.nvidia.com/gpu", "count/configmaps" ...
[[nodiscard]] Usage usageOf(const ResourceInfo& info, const manifest::Value& object);
/// What a namespace uses of the resources that `hard` names.
[[nodiscard]] Usage usageOfNamespace(const Store& store, const RegistryPtr& registry, std::string_view nameSpace,
                                     const manifest::Object& hard);

/// Limit ranges: fills in a pod's defaults, then checks the bounds.
[[nodiscard]] ApiResult<> admitLimits(const Store& store, const ResourceInfo& info, manifest::Value& object);
/// Resource quotas: whether the namespace may hold this new object too.
[[nodiscard]] ApiResult<> admitQuota(const Store& store, const RegistryPtr& registry, const ResourceInfo& info,
                                     const manifest::Value& object);

} // namespace core::embedded
