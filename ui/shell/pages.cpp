// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/pages.h"

#include "ui/apps/apps_page.h"
#include "ui/base/page.h"
#include "ui/diff/feature_pages.h"
#include "ui/history/history_page.h"
#include "ui/lists/list_pages.h"
#include "ui/tree/tree_page.h"

namespace ui {

void registerPages(PageRegistry& registry)
{
    registry.add<AppsPage>(PageKind::Applications);
    registry.add<TreePage>(PageKind::Tree);
    registry.add<HistoryPage>(PageKind::History);
    registerFeaturePages(registry);
    registerListPages(registry);
}

} // namespace ui
