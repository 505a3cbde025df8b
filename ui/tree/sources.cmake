# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
list(APPEND ui_sources tree/tree_scene.cpp tree/tree_canvas.cpp tree/tree_canvas_paint.cpp tree/tree_canvas_scene.cpp tree/tree_accessible.cpp
    tree/tree_page.cpp tree/tree_page_list.cpp tree/tree_page_compare.cpp tree/tree_page_objects.cpp tree/compare_slot.cpp)
