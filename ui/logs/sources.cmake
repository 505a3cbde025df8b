# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
list(APPEND ui_sources logs/ansi.cpp logs/containers.cpp logs/log_store.cpp logs/log_view.cpp logs/log_follower.cpp logs/logs_page.cpp logs/journal_model.cpp logs/journal_page.cpp)
