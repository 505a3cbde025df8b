// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <QString>

#include <set>
#include <vector>

namespace ui {

/// The argument of a plan page that writes these fields only.
[[nodiscard]] QString stagedArgument(const std::set<core::engine::StagedField>& fields);
/// Empty for every other argument.
[[nodiscard]] std::vector<core::engine::StagedField> parseStaged(const QString& argument);

} // namespace ui
