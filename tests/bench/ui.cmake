# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Built on demand only: ninja bench_ui (release preset), run under QT_QPA_PLATFORM=offscreen.
add_executable(bench_ui EXCLUDE_FROM_ALL bench/bench_ui.cpp)
target_include_directories(bench_ui PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(bench_ui PRIVATE ui ui_test_support build_flags)
