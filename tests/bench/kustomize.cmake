# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Built on demand only: ninja bench_render
add_executable(bench_render EXCLUDE_FROM_ALL bench/bench_render.cpp)
find_library(MIMALLOC mimalloc)
if(MIMALLOC AND NOT CMAKE_CXX_FLAGS MATCHES "sanitize" AND NOT PILOTHOUSE_FUZZ)
    target_link_libraries(bench_render PRIVATE ${MIMALLOC}) # as pilotctl has it
endif()
target_link_libraries(bench_render PRIVATE core_render PkgConfig::yaml fmt::fmt build_flags)
