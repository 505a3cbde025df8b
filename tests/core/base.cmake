# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
test(tst_base SOURCES core/tst_base.cpp LINK core_base)
test(tst_value SOURCES core/tst_value.cpp LINK core_manifest)
