// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/pages.h"

#include "ui/base/page.h"

namespace ui {

void registerPages(PageRegistry&) { }

} // namespace ui
