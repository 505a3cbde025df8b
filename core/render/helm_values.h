// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gotemplate/value.h"

#include <functional>
#include <string>
#include <string_view>

namespace core::render::helm {

using gotemplate::Value;

enum class SetKind : std::uint8_t { Typed, String, Json, File };
using ReadFile = std::function<Result<std::string>(const std::string& path)>;

/// One --set, --set-string, --set-json or --set-file argument applied to values.
[[nodiscard]] Result<> applySet(Value& values, std::string_view text, SetKind kind, const ReadFile& readFile = {});

/// A values file: the mapping of its first document, or an empty one. `name` is for errors.
[[nodiscard]] Result<Value> parseValues(std::string_view text, std::string_view name);

/// Later values files over earlier ones: maps merge, all else (null too) replaces.
void mergeOver(Value& base, const Value& over);

/// Fills `dst` with what only `src` has. Without `merge`, a null in dst deletes. As Helm does, both may change.
void coalesceTables(Value dst, Value src, bool merge);
void coalesceGlobals(Value dst, const Value& src);

/// The value at a dotted path, or nullptr.
[[nodiscard]] const Value* at(const Value& values, std::string_view path);

} // namespace core::render::helm
