// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/render/kustomize_tables.h"

namespace core::render::kustomize {

/// Strategic merge as kyaml's merge2 does it, in place. False: the patch deletes the whole object.
[[nodiscard]] Result<bool> strategicMerge(Node& object, const Node& patch, const Schema& schema);

/// JSON 6902 as evanphx/json-patch v4 does it. `operations` is a list; the tree's numbers become floats on the way.
[[nodiscard]] Result<> jsonPatch6902(Node& object, const Value& operations);

} // namespace core::render::kustomize
