# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
test(tst_embedded_api SOURCES core/tst_embedded_api.cpp LINK core_embedded)
test(tst_embedded_apply SOURCES core/tst_embedded_apply.cpp LINK core_embedded)
test(tst_strategic SOURCES core/tst_strategic.cpp LINK core_manifest)
test(tst_embedded_admission SOURCES core/tst_embedded_admission.cpp LINK core_embedded)
test(tst_embedded_server SOURCES core/tst_embedded_server.cpp LINK core_embedded)
test(tst_embedded_custom SOURCES core/tst_embedded_custom.cpp LINK core_embedded)
# Against a real API server (tests/peers/install kubernetes, Debian's etcd-server); skipped where it is not installed.
test(tst_real_cluster SOURCES core/tst_real_cluster.cpp support/real_cluster.cpp support/kubelet_logs.cpp support/tls_server.cpp support/test_kubelet.cpp LINK core_embedded)
test(tst_embedded_rbac SOURCES core/tst_embedded_rbac.cpp LINK core_embedded)
test(tst_kube_both SOURCES core/tst_kube_both.cpp support/real_cluster.cpp LINK core_embedded)
test(tst_kube_faults SOURCES core/tst_kube_faults.cpp support/fault_server.cpp support/real_cluster.cpp
    LINK core_embedded TIMEOUT 600)
test(tst_apply_peer SOURCES core/tst_apply_peer.cpp support/real_cluster.cpp LINK core_embedded)
test(tst_kubectl_peer SOURCES core/tst_kubectl_peer.cpp support/real_cluster.cpp support/kubelet_logs.cpp support/tls_server.cpp support/test_kubelet.cpp LINK core_embedded
    TIMEOUT 900)
test(tst_story_real SOURCES core/tst_story_real.cpp support/real_cluster.cpp support/kubelet_logs.cpp support/tls_server.cpp support/test_kubelet.cpp
    LINK core_engine core_embedded Qt6::Network TIMEOUT 600)
