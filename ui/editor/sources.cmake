# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
list(APPEND ui_sources editor/yaml_tokens.cpp editor/yaml_highlighter.cpp editor/yaml_folding.cpp editor/code_editor.cpp
    editor/code_editor_gutter.cpp editor/find_bar.cpp editor/drafts.cpp
    editor/notice_bar.cpp editor/source_tree_model.cpp editor/editor_page.cpp editor/editor_page_setup.cpp editor/editor_page_save.cpp
    editor/editor_page_assist.cpp editor/editor_assist.cpp editor/yaml_place.cpp editor/values_form.cpp editor/snippets.cpp editor/vi_keys.cpp editor/yaml_lint.cpp editor/editor_page_beside.cpp)
