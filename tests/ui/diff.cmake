# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
test(tst_diff_page SOURCES ui/tst_diff_page.cpp LINK ui ui_test_support)
# Not a test: pictures to look at.
add_executable(feature_shots EXCLUDE_FROM_ALL ui/feature_shots.cpp)
target_include_directories(feature_shots PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(feature_shots PRIVATE ui ui_test_support Qt6::Test build_flags)
target_compile_definitions(feature_shots PRIVATE SOURCE_DIR="${CMAKE_SOURCE_DIR}")
