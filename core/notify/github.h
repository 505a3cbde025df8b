// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/http.h"
#include "core/notify/evaluate.h"

#include <stop_token>

namespace core::notify {

/// A GitHub App's token for its own calls (RS256, ten minutes). InvalidInput where the private key cannot be read.
[[nodiscard]] Result<std::string> githubAppToken(const std::string& appId, const std::string& privateKeyPem,
                                                 TimePoint now);

/// Exchanges the app's token for one of an installation, which lives for an hour, at the API below `base`.
/// Error::httpStatus is GitHub's refusal.
[[nodiscard]] Result<std::string> githubInstallationToken(const std::string& base, const std::string& installation,
                                                          const std::string& appToken, const HttpSend& http,
                                                          std::stop_token stop);

/// Delivers by `service.github`: commit status, deployment with its status, comment on the commit's pull requests,
/// check run (section 8.6, block `github`). A comment with a tag is edited instead of repeated. Unsupported:
/// repositoryDispatch.
[[nodiscard]] Result<> sendToGithub(const Service& service, const Message& message, const manifest::Value& app,
                                    TimePoint now, const HttpSend& http, std::stop_token stop);

} // namespace core::notify
