# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
find_package(Qt6 6.4 REQUIRED COMPONENTS Network)
test(tst_rollout_condition SOURCES core/tst_rollout_condition.cpp LINK core_rollout)
test(tst_rollout_rules SOURCES core/tst_rollout_rules.cpp LINK core_rollout)
test(tst_rollout_runs SOURCES core/tst_rollout_runs.cpp core/rollout_replay.cpp core/rollout_api_stages.cpp
    LINK core_rollout core_embedded)
test(tst_rollout_real SOURCES core/tst_rollout_real.cpp core/rollout_replay.cpp core/rollout_api_stages.cpp
    support/real_cluster.cpp support/kubelet_logs.cpp support/tls_server.cpp support/test_kubelet.cpp LINK core_engine core_rollout core_embedded Qt6::Network)
test(tst_rollout_controller SOURCES core/tst_rollout_controller.cpp LINK core_rollout core_embedded)
test(tst_rollout_findings SOURCES core/tst_rollout_findings.cpp LINK core_rollout)
test(tst_rollout_properties SOURCES core/tst_rollout_properties.cpp core/rollout_replay.cpp LINK core_rollout)
test(tst_rollout_features SOURCES core/tst_rollout_features.cpp core/rollout_replay.cpp LINK core_rollout)
test(tst_rollout_prometheus SOURCES core/tst_rollout_prometheus.cpp LINK core_rollout core_embedded Qt6::Network)
test(tst_rollout_simulate SOURCES core/tst_rollout_simulate.cpp LINK core_rollout)
test(tst_rollout_verdict SOURCES core/tst_rollout_verdict.cpp LINK core_rollout)
test(tst_rollout_validation SOURCES core/tst_rollout_validation.cpp core/rollout_replay.cpp LINK core_rollout)
test(tst_rollout_providers SOURCES core/tst_rollout_providers.cpp LINK core_rollout)
test(tst_rollout_load_balancers SOURCES core/tst_rollout_load_balancers.cpp core/elb_server.cpp
    core/rollout_replay.cpp LINK core_rollout Qt6::Network)
