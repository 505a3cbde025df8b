# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
list(APPEND ui_sources resources/objects_model.cpp resources/resources_page.cpp resources/resources_verbs.cpp)
