# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
test(tst_notify SOURCES core/tst_notify.cpp LINK core_notify)
test(tst_notify_email SOURCES core/tst_notify_email.cpp LINK core_notify core_embedded)
test(tst_notify_github SOURCES core/tst_notify_github.cpp LINK core_notify OpenSSL::Crypto)
test(tst_notify_alertmanager SOURCES core/tst_notify_alertmanager.cpp LINK core_notify Qt6::Network)
