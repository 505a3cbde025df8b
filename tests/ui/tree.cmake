# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
test(tst_tree SOURCES ui/tst_tree.cpp LINK ui ui_test_support)
