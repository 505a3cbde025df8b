// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/manifest/value.h"

#include <optional>
#include <string>
#include <string_view>

namespace core::rollout {

/// FNV-1a of a text and a collision count, in the letters that Kubernetes puts into names.
[[nodiscard]] std::string safeHash(std::string_view text, std::optional<std::int64_t> collisionCount = {});
/// Of a pod template, over our own stable encoding (sorted keys, what is empty left out): the hash of a live Rollout is
/// read, never computed again.
[[nodiscard]] std::string templateHash(const manifest::Value& podTemplate, std::optional<std::int64_t> collisionCount);
/// Of canary.steps.
[[nodiscard]] std::string stepHash(const manifest::Value& rollout);
/// Equal but for the hash label and what is empty: whether a ReplicaSet belongs to a template.
[[nodiscard]] bool sameTemplate(const manifest::Value& a, const manifest::Value& b);

} // namespace core::rollout
