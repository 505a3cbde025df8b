// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Inside the room: the variables of section 8.2, once for expressions and once for templates.

#include "core/gotemplate/value.h"
#include "core/notify/evaluate.h"

namespace core::notify {

[[nodiscard]] expr::Env expressionEnv(const Config& config, const manifest::Value& app, const manifest::Value* project,
                                      const Surroundings& surroundings);
[[nodiscard]] gotemplate::Value templateData(const Config& config, const manifest::Value& app,
                                             const manifest::Value* project, const std::string& serviceType,
                                             const std::string& recipient, const Surroundings& surroundings);

/// "git@host:owner/name.git" -> "https://host/owner/name.git".
[[nodiscard]] std::string repoUrlToHttps(std::string_view url);
/// "https://host/owner/name.git" -> "owner/name".
[[nodiscard]] std::string fullNameByRepoUrl(std::string_view url);
[[nodiscard]] std::string queryEscape(std::string_view text);

} // namespace core::notify
