// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/render/kustomize_tables.h"

namespace core::render::kustomize {

/// Field specs that the OpenAPI definitions of custom types (`crds`) ask for.
[[nodiscard]] Result<Config> configOfCrds(const Value& definitions);

/// "generator" or "transformer" for the built-in plugins, "" for all else.
[[nodiscard]] std::string_view builtinPlugin(const Gvk& gvk);

} // namespace core::render::kustomize
