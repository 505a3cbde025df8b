# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
test(tst_service SOURCES core/tst_service.cpp LINK core_service core_embedded core_render OpenSSL::Crypto TIMEOUT 300)
target_compile_definitions(tst_service PRIVATE PACKAGING_DIR="${CMAKE_SOURCE_DIR}/packaging")
