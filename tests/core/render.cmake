# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
test(tst_kustomize SOURCES core/tst_kustomize.cpp LINK core_render)
test(tst_kustomize_conformance SOURCES core/tst_kustomize_conformance.cpp LINK core_render)
test(tst_kustomize_peer SOURCES core/tst_kustomize_peer.cpp support/kustomize_generator.cpp LINK core_render)
test(tst_kustomize_kept SOURCES core/tst_kustomize_kept.cpp support/kustomize_generator.cpp LINK core_render core_git)
test(tst_kustomize_errors SOURCES core/tst_kustomize_errors.cpp support/kustomize_generator.cpp LINK core_render)
test(tst_provenance SOURCES core/tst_provenance.cpp support/kustomize_generator.cpp LINK core_render)
