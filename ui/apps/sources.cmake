# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
list(APPEND ui_sources apps/app_list_model.cpp apps/app_filter_proxy.cpp apps/app_delegate.cpp apps/apps_page.cpp
    apps/app_board.cpp apps/app_summary.cpp apps/app_query.cpp apps/app_group_model.cpp apps/app_views.cpp apps/facet_panel.cpp apps/apps_page_views.cpp
    apps/apps_page_bulk.cpp apps/app_folders.cpp apps/query_helper.cpp)
