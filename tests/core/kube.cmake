# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
test(tst_kube_client SOURCES core/tst_kube_client.cpp LINK core_kube)
test(tst_kube_cache SOURCES core/tst_kube_cache.cpp LINK core_kube)
