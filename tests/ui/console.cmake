# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
test(tst_console SOURCES ui/tst_console.cpp LINK ui ui_test_support)
test(tst_tasks SOURCES ui/tst_tasks.cpp LINK ui ui_test_support)
test(tst_instance SOURCES ui/tst_instance.cpp ${CMAKE_SOURCE_DIR}/app/pilothouse/instance.cpp LINK Qt6::Network)
target_include_directories(tst_instance PRIVATE ${CMAKE_SOURCE_DIR}/app)
test(tst_languages SOURCES ui/tst_languages.cpp LINK ui ui_test_support)
test(tst_scale SOURCES ui/tst_scale.cpp LINK ui)
