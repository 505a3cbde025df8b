// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <map>
#include <string>
#include <vector>

class QComboBox;

namespace ui {

/// Names of the containers of pods: the regular ones first, then those of the start, then those that debug.
using ContainerNames = std::map<core::manifest::ResourceKey, std::vector<std::string>>;

/// [blocking] Pods that cannot be read are left out.
[[nodiscard]] ContainerNames containersOf(core::engine::Engine& engine,
                                          const std::vector<core::engine::LogSource>& pods, std::stop_token stop);

/// What a choice of a container may be, beside a name.
inline constexpr auto kEveryContainer = "*";
/// Shows "the default container", every one where there are several, and all names; what was chosen stays.
void showContainers(QComboBox& box, const ContainerNames& known, bool offerEvery);

} // namespace ui
