# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Built on demand only: ninja bench_gitops
add_executable(bench_gitops EXCLUDE_FROM_ALL bench/bench_gitops.cpp)
target_link_libraries(bench_gitops PRIVATE core_gitops core_embedded build_flags)
# The same for a window's whole engine: ninja bench_fleet
add_executable(bench_fleet EXCLUDE_FROM_ALL bench/bench_fleet.cpp)
target_link_libraries(bench_fleet PRIVATE core_engine build_flags)
# On a real API server: ninja bench_sync
add_executable(bench_sync EXCLUDE_FROM_ALL bench/bench_sync.cpp support/real_cluster.cpp)
target_include_directories(bench_sync PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(bench_sync PRIVATE core_engine core_embedded Qt6::Core build_flags)
