# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
list(APPEND ui_sources terminal/forward_dialog.cpp terminal/forward_list.cpp terminal/forwards_page.cpp
    terminal/terminal_page.cpp terminal/terminal_screen.cpp terminal/terminal_view.cpp)
