// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/appset/plan.h"
#include "core/appset/status.h"

namespace core::appset {

/// strategy.type RollingSync with a rollingSync (section 9.5); its steps may be empty.
[[nodiscard]] bool isRollingSync(const manifest::Value& applicationSet);

/// What a look at a progressive sync decides.
struct RollingSync
{
    manifest::Array applicationStatus; ///< for status.applicationStatus
    std::vector<Condition> conditions; ///< RolloutProgressing, InvalidRolloutConfig
    std::vector<manifest::Value> applications; ///< the desired ones without automated sync; some with an `operation`
};
/// `current`: the set's live Applications by name. Pure: the status that the set has now is the memory.
[[nodiscard]] RollingSync planRollingSync(const manifest::Value& applicationSet, std::vector<manifest::Value> desired,
                                          const Live& current, TimePoint now);

/// The next Application to delete where the set is deleted in reverse order; "" when none is left.
struct ReverseDeletion
{
    std::string next;
    bool waiting = false; ///< it is on its way out
};
[[nodiscard]] bool deletesInReverse(const manifest::Value& applicationSet);
[[nodiscard]] ReverseDeletion planReverseDeletion(const manifest::Value& applicationSet, const Live& current);

} // namespace core::appset
