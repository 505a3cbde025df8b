# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Built on demand only: ninja bench_ui soak_ui (release preset), run under QT_QPA_PLATFORM=offscreen.
foreach(name bench_ui soak_ui)
    add_executable(${name} EXCLUDE_FROM_ALL bench/${name}.cpp)
    target_include_directories(${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
    target_link_libraries(${name} PRIVATE ui ui_test_support build_flags)
endforeach()
