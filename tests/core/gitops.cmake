# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
test(tst_gitops SOURCES core/tst_gitops.cpp LINK core_gitops)
