// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <functional>
#include <memory>
#include <string>

namespace support {

/// Accepts connections over TLS on a port of 127.0.0.1, with a certificate of its own.
class TlsServer
{
public:
    using Stream = boost::asio::ssl::stream<boost::asio::ip::tcp::socket>;

    /// `serve` has one connection, after its handshake, on a thread of its own; it returns when that is to be closed.
    explicit TlsServer(std::function<void(Stream&)> serve);
    ~TlsServer(); ///< closes all connections and joins
    TlsServer(const TlsServer&) = delete;
    TlsServer& operator=(const TlsServer&) = delete;

    [[nodiscard]] unsigned short port() const;
    [[nodiscard]] std::string authority() const; ///< PEM, of who signed the certificate

private:
    struct Private;
    std::unique_ptr<Private> m_d;
};

} // namespace support
