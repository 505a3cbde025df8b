// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/diff/feature_pages.h"

#include "ui/base/page.h"
#include "ui/diff/diff_page.h"
#include "ui/editor/editor_page.h"
#include "ui/rollouts/canary_page.h"
#include "ui/rollouts/rollouts_page.h"

namespace ui {

void registerFeaturePages(PageRegistry& registry)
{
    registry.add<DiffPage>(PageKind::Diff);
    registry.add<EditorPage>(PageKind::Editor);
    registry.add<CanaryPage>(PageKind::Canary);
    registry.add<RolloutsPage>(PageKind::Rollouts);
}

} // namespace ui
