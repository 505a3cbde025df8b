# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
test(tst_gitops SOURCES core/tst_gitops.cpp LINK core_gitops)
test(tst_argocd_scenarios SOURCES core/tst_argocd_scenarios.cpp core/argocd_world.cpp support/real_cluster.cpp
    support/kubelet_logs.cpp support/tls_server.cpp support/test_kubelet.cpp LINK core_gitops core_embedded PkgConfig::re2 TIMEOUT 600)
test(tst_gitops_lifecycle SOURCES core/tst_gitops_lifecycle.cpp core/argocd_world.cpp LINK core_gitops core_embedded PkgConfig::re2 TIMEOUT 300)
test(tst_aws SOURCES core/tst_aws.cpp LINK core_gitops core_aws)
test(tst_gitops_clusters SOURCES core/tst_gitops_clusters.cpp core/fleet.cpp support/real_cluster.cpp LINK core_gitops core_embedded TIMEOUT 300)
test(tst_gitops_sources SOURCES core/tst_gitops_sources.cpp LINK core_gitops)
test(tst_rbac SOURCES core/tst_rbac.cpp LINK core_gitops)
test(tst_git_signature SOURCES core/tst_git_signature.cpp LINK core_git core_gitops)
test(tst_client_apply_peer SOURCES core/tst_client_apply_peer.cpp support/real_cluster.cpp LINK core_gitops core_embedded)
