// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/diff/feature_pages.h"

#include "ui/base/page.h"
#include "ui/create/create_page.h"
#include "ui/diff/diff_page.h"
#include "ui/editor/editor_page.h"
#include "ui/logs/journal_page.h"
#include "ui/logs/logs_page.h"
#include "ui/plan/fleet_plan_page.h"
#include "ui/plan/plan_page.h"
#include "ui/resources/resources_page.h"
#include "ui/rollouts/canary_page.h"
#include "ui/rollouts/rollouts_page.h"
#include "ui/terminal/forwards_page.h"
#include "ui/terminal/terminal_page.h"

namespace ui {

void registerFeaturePages(PageRegistry& registry)
{
    registry.add<DiffPage>(PageKind::Diff);
    // Without an application: one plan over several.
    registry.add(PageKind::Plan, [](const PageContext& context, const PageId& id, QWidget* parent) -> Page* {
        if (id.app.name.empty())
            return new FleetPlanPage(context, id, parent);
        return new PlanPage(context, id, parent);
    });
    registry.add<EditorPage>(PageKind::Editor);
    registry.add<CanaryPage>(PageKind::Canary);
    registry.add<RolloutsPage>(PageKind::Rollouts);
    registry.add<ResourcesPage>(PageKind::Resources);
    registry.add<LogsPage>(PageKind::Logs);
    registry.add<TerminalPage>(PageKind::Terminal);
    registry.add<ForwardsPage>(PageKind::Forwards);
    registry.add<CreatePage>(PageKind::Create);
    if (!registry.has(PageKind::Journal))
        registry.add<JournalPage>(PageKind::Journal);
}

} // namespace ui
