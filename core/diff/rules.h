// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/diff/diff.h"
#include "core/manifest/builtin_types.h"

/// Shared by this room's files.
namespace core::diff {

using manifest::Value;

/// Removes the value at a path of keys and indexes; missing parts are fine.
void removePath(Value& root, const std::vector<std::string>& path);
[[nodiscard]] const Value* at(const Value& root, const std::vector<std::string>& path);

/// The leaves in which two objects differ; list elements are paired by merge key where the type knows one.
[[nodiscard]] std::vector<FieldChange> leafChanges(const Value& live, const Value& predicted,
                                                   const manifest::TypeNode* type);
/// Fills in what the API server fills in, for the common built-in kinds.
void applyDefaults(Value& object);

} // namespace core::diff
