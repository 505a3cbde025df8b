# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
test(tst_yaml SOURCES core/tst_yaml.cpp LINK core_manifest)
