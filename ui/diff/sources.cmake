# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
list(APPEND ui_sources diff/diff_document.cpp diff/yaml_path.cpp diff/diff_view.cpp diff/diff_view_paint.cpp diff/diff_ruler.cpp diff/resource_diff_model.cpp
    diff/field_change_model.cpp diff/cell_delegate.cpp diff/feature_pages.cpp diff/diff_page.cpp diff/diff_page_actions.cpp diff/diff_page_compare.cpp
    diff/diff_page_review.cpp diff/diff_sides.cpp diff/diff_review.cpp diff/ignore_dialog.cpp)
