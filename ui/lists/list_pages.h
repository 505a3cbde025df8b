// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace ui {

class PageRegistry;

/// Adds problems, events, models, GPUs and administration.
void registerListPages(PageRegistry& registry);

} // namespace ui
