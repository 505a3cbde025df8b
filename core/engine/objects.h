// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/manifest/value.h"

#include <memory>
#include <vector>

namespace core::engine {

/// Objects as the cluster's cache shares them.
using Objects = std::vector<std::shared_ptr<const manifest::Value>>;

} // namespace core::engine
