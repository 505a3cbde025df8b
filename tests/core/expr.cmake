# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
test(tst_expr SOURCES core/tst_expr.cpp LINK core_expr core_manifest)
