# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
test(tst_create SOURCES ui/tst_create.cpp LINK ui ui_test_support)
