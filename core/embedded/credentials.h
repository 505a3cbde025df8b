// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <filesystem>
#include <string>

namespace core::embedded {

/// What a server on loopback needs to be trusted by its clients, and they by it. All PEM.
struct Credentials
{
    std::string authority; ///< CA certificate
    std::string certificate; ///< of the server, for 127.0.0.1, ::1, localhost, kubernetes
    std::string key;
    std::string token; ///< random, 256 bits
};

/// Freshly generated.
[[nodiscard]] Result<Credentials> generateCredentials();
/// Those kept in a folder; generated and written (owner only) where there are none, or where they are about to end.
[[nodiscard]] Result<Credentials> loadCredentials(const std::filesystem::path& folder);
/// A kubeconfig with one context.
[[nodiscard]] std::string kubeconfigText(const Credentials& credentials, const std::string& url,
                                         const std::string& name);

} // namespace core::embedded
