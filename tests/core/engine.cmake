# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
test(tst_audit SOURCES core/tst_audit.cpp LINK core_engine SQLite::SQLite3)
test(tst_stable_curves SOURCES core/tst_stable_curves.cpp LINK core_engine SQLite::SQLite3)
test(tst_views SOURCES core/tst_views.cpp LINK core_engine SQLite::SQLite3)
test(tst_inventory SOURCES core/tst_inventory.cpp LINK core_engine)
test(tst_engine_operations SOURCES core/tst_engine_operations.cpp LINK core_engine TIMEOUT 600)
test(tst_engine SOURCES core/tst_engine.cpp LINK core_engine TIMEOUT 600)
test(tst_restart SOURCES core/tst_restart.cpp LINK core_git core_kube TIMEOUT 600)
test(tst_bad_homes SOURCES core/tst_bad_homes.cpp LINK core_base)
add_dependencies(tst_restart pilotctl)
add_dependencies(tst_bad_homes pilotctl)
add_executable(bench_story EXCLUDE_FROM_ALL bench/bench_story.cpp)
target_link_libraries(bench_story PRIVATE core_engine build_flags)
