// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kube/kubeconfig.h"

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

namespace core::kube {

/// What a credential plugin answered. Secret: never print it.
struct PluginCredential
{
    std::string token;
    std::string certificatePem, keyPem;
    std::optional<std::chrono::system_clock::time_point> expires {};
    std::uint64_t serial = 0; ///< tells one answer from another
};

/// Runs the exec plugin of a kubeconfig user (client.authentication.k8s.io/v1 and v1beta1), or signs in to AWS in its
/// place, keeps the answer in memory until it expires or a server refuses it, and asks once however many want it.
/// Thread-safe.
class PluginCredentials
{
public:
    explicit PluginCredentials(Access access); ///< access.exec or access.aws is set

    /// Blocks while the plugin runs. Unauthorized with the plugin's own words where it fails; the plugin's installHint
    /// is the hint where the program is missing.
    [[nodiscard]] Result<PluginCredential> current(std::stop_token stop);
    /// A server answered 401 to this credential: the next current() asks the plugin again.
    void refused(const PluginCredential& credential);

private:
    [[nodiscard]] Result<PluginCredential> ask(std::stop_token stop) const;

    const Access m_access;
    std::mutex m_mutex;
    std::optional<PluginCredential> m_known;
    std::uint64_t m_serial = 0;
};

/// The credential of a plugin's standard output, checked against the apiVersion that it was asked with.
[[nodiscard]] Result<PluginCredential> parsePluginAnswer(std::string_view output, const std::string& apiVersion,
                                                         const std::string& where);

} // namespace core::kube
