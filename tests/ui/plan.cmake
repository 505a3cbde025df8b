# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
test(tst_terminal SOURCES ui/tst_terminal.cpp LINK ui ui_test_support)
test(tst_feature_pages SOURCES ui/tst_feature_pages.cpp LINK ui ui_test_support)
