# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Built on demand only: ninja bench_kube
add_executable(bench_kube EXCLUDE_FROM_ALL bench/bench_kube.cpp support/real_cluster.cpp)
target_include_directories(bench_kube PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(bench_kube PRIVATE core_diff core_embedded Qt6::Core build_flags)
