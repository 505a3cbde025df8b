# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
test(tst_argo_client SOURCES core/tst_argo_client.cpp core/argo_server.cpp LINK core_argoapi Qt6::Network)
test(tst_argo_engine SOURCES core/tst_argo_engine.cpp core/argo_server.cpp LINK core_engine Qt6::Network)
