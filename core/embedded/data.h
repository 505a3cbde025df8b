// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/manifest/value.h"

#include <vector>

namespace core::embedded::data {

/// The built-in resource types, in discovery order.
[[nodiscard]] const manifest::Array& resources();
/// CustomResourceDefinitions that a new cluster starts with (Argo CD, Argo Rollouts, KServe, Istio), as a client would
/// create them.
[[nodiscard]] std::vector<manifest::Value> customResourceDefinitions();

} // namespace core::embedded::data
