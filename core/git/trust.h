// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Inside the room only: whether a server is the one that it says it is.

#include <string>
#include <string_view>

namespace core::git {

/// Whether one of the authorities (PEM text, any number) signed the certificate (DER), it is valid now and it is for
/// this host. A certificate that stands among them itself is trusted as well.
[[nodiscard]] bool trustsCertificate(std::string_view der, const std::string& host, const std::string& authorities);

enum class HostKey {
    Known,
    Unknown,
    Changed, ///< the host is listed, with other keys only
};
/// Looks a raw host key up in lines of OpenSSH's known_hosts, hashed names included. Ports of the lines are not
/// compared: libgit2 tells the name only.
[[nodiscard]] HostKey lookUpHostKey(std::string_view rawKey, std::string_view host, std::string_view knownHosts);

} // namespace core::git
