// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace support {

/// A proxy on 127.0.0.1 that speaks HTTP's CONNECT and SOCKS5, a thread a connection. For tests.
class ProxyServer
{
public:
    /// With credentials ("user:password"), CONNECT without them is answered with 407.
    explicit ProxyServer(std::string credentials = {});
    ~ProxyServer();
    /// "scheme://127.0.0.1:port", with the credentials that are given.
    [[nodiscard]] std::string url(const std::string& scheme, const std::string& credentials = {}) const;
    /// "how host:port" of what was connected, in order.
    [[nodiscard]] std::vector<std::string> connected() const;

private:
    struct Private;
    std::unique_ptr<Private> m_d;
};

} // namespace support
