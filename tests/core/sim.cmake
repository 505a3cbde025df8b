# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
test(tst_promql SOURCES core/tst_promql.cpp LINK core_embedded)
test(tst_simulation SOURCES core/tst_simulation.cpp LINK core_embedded)
test(tst_kube_curl SOURCES core/tst_kube_curl.cpp support/proxy_server.cpp LINK core_embedded)
test(tst_kube_exec SOURCES core/tst_kube_exec.cpp support/proxy_server.cpp LINK core_embedded OpenSSL::SSL)
test(tst_fork SOURCES core/tst_fork.cpp support/real_cluster.cpp LINK core_embedded)
test(tst_scenario SOURCES core/tst_scenario.cpp LINK core_embedded)
