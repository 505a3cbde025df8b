// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <QStringList>

#include <string>
#include <vector>

namespace ui {

/// Folders of applications: the user's own order, beside projects and clusters, kept among the preferences. GUI thread.
[[nodiscard]] const std::string& folderOf(const core::engine::AppId& app); ///< "" = in none
void moveToFolder(const std::vector<core::engine::AppId>& apps, const std::string& folder); ///< "" = out of all
[[nodiscard]] QStringList folderNames();
/// Reads them anew; the first use does so by itself.
void loadFolders();

} // namespace ui
