# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
test(tst_canary_page SOURCES ui/tst_canary_page.cpp LINK ui ui_test_support)
