// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/manifest/value.h"

#include <string>
#include <string_view>

namespace core::manifest {

/// A value of a Secret in clear: `stringData` before `data`, as the API server merges them; "" where it is missing or
/// no base64.
[[nodiscard]] std::string secretText(const Value& secret, std::string_view key);

} // namespace core::manifest
