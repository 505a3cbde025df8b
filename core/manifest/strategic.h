// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/manifest/builtin_types.h"
#include "core/manifest/value.h"

namespace core::manifest {

/// Strategic merge patch as API servers apply it, directives included ($patch, $setElementOrder/F,
/// $deleteFromPrimitiveList/F, $retainKeys). `type` (builtinType(apiVersion, kind)) holds the merge keys; nullptr means
/// that every list replaces. All or nothing: on an error the target is unchanged.
/// InvalidInput is a patch of a bad form (400), Invalid one that does not fit (500 of real servers, in their words).
[[nodiscard]] Result<> strategicMerge(Value& target, const Value& patch, const TypeNode* type);

struct StrategicDiffOptions
{
    bool ignoreDeletions = false;
    bool ignoreChanges = false; ///< changes and additions
};
/// The patch that makes `to` of `from`; an empty object where they are equal.
[[nodiscard]] Result<Value> createStrategicPatch(const Value& from, const Value& to, const TypeNode* type,
                                                 StrategicDiffOptions options = {});
/// kubectl apply's patch: what left `original` (the last applied manifest) goes, what `modified` sets is laid over
/// `current`. Empty object: nothing to do.
[[nodiscard]] Result<Value> createThreeWayStrategicPatch(const Value& original, const Value& modified,
                                                         const Value& current, const TypeNode* type);
/// The same for kinds without merge keys (custom resources): an RFC 7386 patch.
[[nodiscard]] Value createThreeWayMergePatch(const Value& original, const Value& modified, const Value& current);

/// As Go's %v prints it: map[a:1 b:[x y]].
[[nodiscard]] std::string goText(const Value& value);

} // namespace core::manifest
