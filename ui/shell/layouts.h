// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QStringList>

#include <optional>

namespace ui {

/// Named arrangements of the window's panels, kept in the settings.
struct PanelLayout
{
    QByteArray state; ///< QMainWindow::saveState()
    bool mirrored = false; ///< it was saved in a right-to-left window
};

[[nodiscard]] QStringList layoutNames();
[[nodiscard]] std::optional<PanelLayout> loadLayout(const QString& name);
void saveLayout(const QString& name, const PanelLayout& layout);
void removeLayout(const QString& name);

} // namespace ui
