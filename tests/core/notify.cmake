# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
test(tst_notify SOURCES core/tst_notify.cpp LINK core_notify)
