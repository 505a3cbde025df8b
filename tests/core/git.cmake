# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
test(tst_git SOURCES core/tst_git.cpp LINK core_git)
test(tst_git_ssh SOURCES core/tst_git_ssh.cpp LINK core_git Qt6::Network)
test(tst_git_https SOURCES core/tst_git_https.cpp support/git_https_server.cpp support/tls_server.cpp LINK core_engine OpenSSL::SSL)
