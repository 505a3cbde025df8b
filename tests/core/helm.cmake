# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
test(tst_helm SOURCES core/tst_helm.cpp LINK core_render)
test(tst_helm_conformance SOURCES core/tst_helm_conformance.cpp LINK core_render)
test(tst_gotemplate_peer SOURCES core/tst_gotemplate_peer.cpp LINK core_render)
test(tst_helm_cases SOURCES core/tst_helm_cases.cpp LINK core_render)
test(tst_helm_peer SOURCES core/tst_helm_peer.cpp LINK core_render)
test(tst_helm_generated SOURCES core/tst_helm_generated.cpp support/chart_generator.cpp
    support/library_chart_generator.cpp LINK core_render)
test(tst_helm_origins SOURCES core/tst_helm_origins.cpp LINK core_render)
test(tst_helm_heads SOURCES core/tst_helm_heads.cpp LINK core_render)
test(tst_json_schema SOURCES core/tst_json_schema.cpp support/schema_generator.cpp LINK core_render)
find_package(Qt6 6.4 REQUIRED COMPONENTS Network)
test(tst_helm_repository SOURCES core/tst_helm_repository.cpp LINK core_render Qt6::Network)
test(tst_pilotctl_start SOURCES core/tst_pilotctl_start.cpp)
add_dependencies(tst_pilotctl_start pilotctl)
# Against the peer: tests/bench/helm_against_peer
add_executable(bench_helm EXCLUDE_FROM_ALL bench/bench_helm.cpp)
target_link_libraries(bench_helm PRIVATE core_render build_flags)
