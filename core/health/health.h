// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/manifest/resource.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Is this live object healthy, and why (reference: Argo CD semantics, section 4). Pure functions, any thread.
namespace core::health {

class Customizations;

/// In the order of Argo CD, best first.
enum class Status : std::uint8_t { Healthy, Suspended, Progressing, Missing, Degraded, Unknown };

[[nodiscard]] std::string_view name(Status status);
[[nodiscard]] std::optional<Status> parseStatus(std::string_view text);
[[nodiscard]] constexpr bool isWorse(Status status, Status than)
{
    return status > than;
}

struct Assessment
{
    Status status = Status::Healthy;
    std::string message;
    friend bool operator==(const Assessment&, const Assessment&) = default;
};

/// The health of a live object: a user's script where one is configured, else the rule for its kind. Empty where the
/// kind has no health: such an object counts as healthy as soon as it exists.
[[nodiscard]] std::optional<Assessment> assess(const manifest::Value& live,
                                               const Customizations* customizations = nullptr);

} // namespace core::health
