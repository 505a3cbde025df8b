# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
test(tst_notify SOURCES core/tst_notify.cpp LINK core_notify)
test(tst_notify_email SOURCES core/tst_notify_email.cpp LINK core_notify core_embedded)
