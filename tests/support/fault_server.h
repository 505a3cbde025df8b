// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kube/transport.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace support {

/// What a client gets instead of the API server's answer.
struct Fault
{
    int status = 0; ///< with `body`; 0: the connection is closed where the answer should come
    std::string body;
    std::string retryAfter; ///< seconds, "" = no header
    bool cut = false; ///< the connection breaks in the middle of the body
    /// The request goes through all the same, and this many bytes of the answer's body come back; then the connection
    /// breaks (`cut`) or the answer ends as if that were all of it.
    std::optional<std::size_t> through {};
    std::chrono::milliseconds delay {}; ///< before the answer
};

/// Serves a transport over plain HTTP on 127.0.0.1, with faults. For tests.
class FaultServer
{
public:
    /// Asked for each request, on any thread; none: the request goes through.
    using Faults = std::function<std::optional<Fault>(const core::kube::Request&)>;

    explicit FaultServer(core::kube::TransportPtr behind);
    ~FaultServer();
    void setFaults(Faults faults);
    void dropAll(); ///< closes every connection, watches too
    [[nodiscard]] unsigned short port() const;
    /// A kubeconfig that leads here.
    [[nodiscard]] std::string kubeconfig() const;

private:
    struct Private;
    std::shared_ptr<Private> m_d;
};

/// As a server says it.
[[nodiscard]] Fault statusFault(int code, const std::string& reason, const std::string& message);

} // namespace support
