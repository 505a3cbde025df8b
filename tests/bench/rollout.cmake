# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Built on demand only: ninja bench_rollout
add_executable(bench_rollout EXCLUDE_FROM_ALL bench/bench_rollout.cpp core/rollout_replay.cpp core/rollout_api_stages.cpp)
target_include_directories(bench_rollout PRIVATE ${CMAKE_SOURCE_DIR}/tests ${CMAKE_SOURCE_DIR}/tests/core)
target_compile_definitions(bench_rollout PRIVATE CONFORMANCE_DIR="${CMAKE_SOURCE_DIR}/../shared/conformance"
    TEST_DATA="${CMAKE_SOURCE_DIR}/tests/data")
target_link_libraries(bench_rollout PRIVATE core_rollout core_embedded build_flags)
# Its types only.
target_include_directories(bench_rollout PRIVATE $<TARGET_PROPERTY:core_engine,INTERFACE_INCLUDE_DIRECTORIES>)
