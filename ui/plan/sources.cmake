# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
list(APPEND ui_sources plan/plan_model.cpp plan/plan_page.cpp plan/plan_page_choices.cpp plan/plan_page_report.cpp plan/sync_options.cpp plan/fleet_plan_model.cpp plan/fleet_plan_page.cpp)
