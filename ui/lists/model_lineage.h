// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/inventory.h"
#include "ui/lists/cells_model.h"

#include <vector>

namespace ui {

/// Which version of each model is where: a column per environment (a namespace of a cluster), a row per model, and
/// below it one per version, newest first, with its share in each environment and where it is stored.
struct ModelLineage
{
    QStringList environments; ///< titles of their columns
    std::vector<CellRow> rows; ///< cells: the model or version, then one per environment, then the URI
};
[[nodiscard]] ModelLineage lineageOf(const std::vector<core::engine::ModelRow>& models);

} // namespace ui
