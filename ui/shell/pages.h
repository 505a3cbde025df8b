// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace ui {

class PageRegistry;

/// Adds every feature's pages. One line per feature in pages.cpp.
void registerPages(PageRegistry& registry);

} // namespace ui
