// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/manifest/value.h"

namespace core::manifest {

/// RFC 7386 applied in place: null deletes, objects merge, all else replaces.
void mergePatch(Value& target, const Value& patch);
/// The smallest RFC 7386 patch that makes `to` of `from`; an empty object where they are equal.
[[nodiscard]] Value createMergePatch(const Value& from, const Value& to);
/// RFC 6902 with the dialect of Kubernetes' servers (evanphx/json-patch): `remove` of a missing path fails,
/// `add` at "-" appends. All or nothing: on an error the target is unchanged.
[[nodiscard]] Result<> jsonPatch(Value& target, const Value& operations);

} // namespace core::manifest
