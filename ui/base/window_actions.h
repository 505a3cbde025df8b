// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMenu>
#include <QWidget>

#include <initializer_list>

namespace ui {

/// The window's action of that name, for a page's own menu: the same words, keys and reasons as in the window's menus.
/// Null where no window has it (a page by itself).
[[nodiscard]] QAction* windowAction(const QWidget& page, const char* id);
/// Adds those that there are; "" is a line between two groups.
void addWindowActions(QMenu& menu, const QWidget& page, std::initializer_list<const char*> ids);

} // namespace ui
