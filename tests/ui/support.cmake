# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
# A fake engine with the data of the design's pictures, for the tests of every view.
add_library(ui_test_support STATIC support/fake_engine.cpp support/sample_data.cpp)
target_include_directories(ui_test_support PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(ui_test_support PUBLIC core_engine PRIVATE build_flags)
set_target_properties(ui_test_support PROPERTIES AUTOMOC OFF)
# ui_screenshots FOLDER: every view as PNG, for looking at and for the README.
add_executable(ui_screenshots ui/screenshots.cpp)
target_link_libraries(ui_screenshots PRIVATE ui ui_test_support build_flags)
