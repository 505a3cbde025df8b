# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
test(tst_health SOURCES core/tst_health.cpp LINK core_health)
test(tst_resource_actions SOURCES core/tst_resource_actions.cpp LINK core_health)
