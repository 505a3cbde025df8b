// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/manifest/resource.h"

namespace ui {

/// A key in what is kept on disk or in a page's argument.
[[nodiscard]] core::manifest::Value savedKey(const core::manifest::ResourceKey& key);
/// What is missing in `value` is empty in the key.
[[nodiscard]] core::manifest::ResourceKey keyFromSaved(const core::manifest::Value& value);

} // namespace ui
