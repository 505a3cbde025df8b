# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
test(tst_gotemplate SOURCES core/tst_gotemplate.cpp LINK core_gotemplate)
