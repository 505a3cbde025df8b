# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
list(APPEND ui_sources apps/app_list_model.cpp apps/app_filter_proxy.cpp apps/app_delegate.cpp apps/apps_page.cpp)
