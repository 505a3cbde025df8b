# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
test(tst_audit SOURCES core/tst_audit.cpp LINK core_engine SQLite::SQLite3)
test(tst_views SOURCES core/tst_views.cpp LINK core_engine SQLite::SQLite3)
test(tst_engine SOURCES core/tst_engine.cpp LINK core_engine TIMEOUT 600)
