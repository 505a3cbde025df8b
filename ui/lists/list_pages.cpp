// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/lists/list_pages.h"

#include "ui/lists/admin_page.h"
#include "ui/lists/lens_pages.h"
#include "ui/lists/problems_page.h"
#include "ui/lists/sets_page.h"

namespace ui {

void registerListPages(PageRegistry& registry)
{
    registry.add<ProblemsPage>(PageKind::Problems);
    registry.add<EventsPage>(PageKind::Events);
    registry.add<ModelsPage>(PageKind::Models);
    registry.add<GpusPage>(PageKind::Gpus);
    registry.add<AdminPage>(PageKind::Administration);
    registry.add<SetsPage>(PageKind::ApplicationSets);
}

} // namespace ui
