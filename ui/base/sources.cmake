# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
list(APPEND ui_sources
    base/access.cpp base/preferences.cpp base/reasons.cpp base/theme.cpp base/style.cpp base/style_metrics.cpp base/glyphs.cpp base/icons.cpp
    base/bidi.cpp base/object_menu.cpp base/removal.cpp base/words.cpp
    base/engine_bridge.cpp base/export.cpp base/flexible_column.cpp base/page.cpp base/plain_text.cpp base/run_task.cpp base/saved_key.cpp base/states.cpp base/tasks.cpp base/widgets.cpp base/wrap_layout.cpp base/window_actions.cpp base/custom_palette.cpp)
