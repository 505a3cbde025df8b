// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/pages.h"

#include "ui/base/page.h"
#include "ui/diff/feature_pages.h"

namespace ui {

void registerPages(PageRegistry& registry)
{
    registerFeaturePages(registry);
}

} // namespace ui
