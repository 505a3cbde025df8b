# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
test(tst_text_diff SOURCES core/tst_text_diff.cpp LINK core_diff)
test(tst_diff SOURCES core/tst_diff.cpp LINK core_diff)
