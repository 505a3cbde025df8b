# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
list(APPEND ui_sources
    shell/application.cpp shell/desktop_scheme.cpp shell/pages.cpp shell/actions.cpp shell/feed_model.cpp
    shell/bottom_panel.cpp shell/navigator.cpp shell/page_tabs.cpp shell/inspector.cpp shell/inspector_why.cpp shell/why.cpp shell/palette.cpp shell/ask_dialog.cpp shell/connect_dialog.cpp shell/keyring.cpp
    shell/main_window.cpp shell/main_window_setup.cpp shell/main_window_actions.cpp
    shell/main_window_session.cpp shell/deep_link.cpp shell/layouts.cpp shell/shortcuts_dialog.cpp shell/alerts.cpp
    shell/desktop_alerts.cpp shell/environment.cpp shell/page_state.cpp shell/main_window_places.cpp shell/main_window_palette.cpp
    shell/session_host.cpp shell/colours_dialog.cpp)
