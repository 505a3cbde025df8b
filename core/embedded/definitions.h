// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/embedded/registry.h"

#include <string_view>

namespace core::embedded {

/// What the CRD controller of a cluster would write: accepted names, Established, stored versions, the clean-up
/// finalizer. Does nothing for other kinds.
void completeDefinition(const ResourceInfo& info, manifest::Value& object, const manifest::Value* current,
                        const RegistryPtr& registry, std::string_view now);

inline constexpr std::string_view kDefinitionFinalizer = "customresourcecleanup.apiextensions.k8s.io";

} // namespace core::embedded
