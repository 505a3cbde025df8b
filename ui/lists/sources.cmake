# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
list(APPEND ui_sources lists/cells_model.cpp lists/listing_page.cpp lists/problems_page.cpp lists/lens_pages.cpp lists/model_lineage.cpp
    lists/admin_page.cpp lists/subscription_form.cpp lists/window_calendar.cpp lists/sets_page.cpp lists/list_pages.cpp)
