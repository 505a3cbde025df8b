// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/manifest/value.h"

#include <string>

namespace core::rollout {

/// "path: Invalid value: VALUE: why", as Kubernetes words what is wrong with a field.
[[nodiscard]] std::string invalidValue(std::string_view path, const manifest::Value& value, std::string_view why);

/// What is wrong with a Rollout's workloadRef, `workload` being what it names (null where that is nowhere); "" where
/// there is none or nothing is wrong.
[[nodiscard]] std::string workloadProblem(const manifest::Value& rollout, const manifest::Value& workload);

/// Whether a field of the metadata is one that the downward API offers.
[[nodiscard]] bool isDownwardPath(std::string_view path);

} // namespace core::rollout
