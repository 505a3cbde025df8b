// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kube/kubeconfig.h"
#include "core/kube/transport.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace core::kube {

/// One open WebSocket. Thread-safe.
class WebSocket
{
public:
    struct Events
    {
        std::function<void(std::string_view)> message {}; ///< binary messages, whole
        /// Once: the other side closed it (no error), or it broke.
        std::function<void(Result<>)> closed {};
    };
    virtual ~WebSocket() = default; ///< closes; no callback runs or comes when it returns

    [[nodiscard]] virtual const std::string& protocol() const = 0;
    /// Begins to deliver events, from a thread of the socket. Messages before it are kept.
    virtual void start(Events events) = 0;
    virtual void send(std::string message) = 0;
    /// Bytes given to send() that are not on the wire yet.
    [[nodiscard]] virtual std::size_t pending() const = 0;
};

/// What a Transport is, besides, when it can open WebSockets.
class WebSocketTransport
{
public:
    virtual ~WebSocketTransport() = default;
    /// `protocols` in order of preference. A refusal by the server is the typed error of its answer.
    [[nodiscard]] virtual Result<std::unique_ptr<WebSocket>>
    openWebSocket(const std::string& path, const std::vector<std::string>& protocols, std::stop_token stop) = 0;
};

/// Connects with an access; `headers` hold its credentials. Through the proxy (http:// or socks5://) that the access or
/// the environment (https_proxy, all_proxy, no_proxy) names.
[[nodiscard]] Result<std::unique_ptr<WebSocket>>
connectWebSocket(const Access& access, const std::string& path, const std::vector<std::string>& protocols,
                 const std::vector<std::pair<std::string, std::string>>& headers, std::stop_token stop);

} // namespace core::kube
