# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
test(tst_embedded_api SOURCES core/tst_embedded_api.cpp LINK core_embedded)
