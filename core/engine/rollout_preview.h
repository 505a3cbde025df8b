// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rollout/simulate.h"

namespace core::engine {

/// What an update of a Rollout will do, before anything is deployed.
struct RolloutPreview
{
    rollout::Simulation simulation;
    bool pending = false; ///< Git asks for another template than the live one: this update comes with the next sync
    std::map<std::string, std::int64_t> free; ///< extended resources that no pod of the cluster holds now
};

} // namespace core::engine
