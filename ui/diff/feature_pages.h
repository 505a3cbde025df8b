// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace ui {

class PageRegistry;

/// Adds the pages of diff, plan, editor, rollouts, resources and logs.
void registerFeaturePages(PageRegistry& registry);

} // namespace ui
