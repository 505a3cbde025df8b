# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
test(tst_applicationsets SOURCES core/tst_applicationsets.cpp core/appset_world.cpp LINK core_appset core_embedded TIMEOUT 300)
test(tst_appset SOURCES core/tst_appset.cpp core/appset_world.cpp LINK core_appset core_embedded TIMEOUT 300)
