# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
test(tst_lists SOURCES ui/tst_lists.cpp LINK ui ui_test_support)
