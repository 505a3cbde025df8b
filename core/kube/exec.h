// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kube/client.h"

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace core::kube {

struct ExecOptions
{
    std::string container; ///< "": the pod's default container
    std::vector<std::string> command; ///< program and arguments; no shell in between
    bool input = false; ///< send() will be used
    bool tty = false; ///< a terminal: both outputs come as one, resize() works
};

/// A program that runs in a container. Destroying it closes the connection (the program is not killed by that).
class ExecSession
{
public:
    struct Events
    {
        /// Bytes of standard output and standard error, as they come; UTF-8 may be cut anywhere.
        std::function<void(std::string_view)> output {}, errors {};
        /// Once, at the end: the exit code, or why there is none.
        std::function<void(Result<int>)> ended {};
    };
    virtual ~ExecSession() = default; ///< no callback runs or comes any more when it returns

    /// Bytes for standard input, in order. Ignored after the end.
    virtual void send(std::string_view bytes) = 0;
    virtual void closeInput() = 0;
    virtual void resize(int columns, int rows) = 0;
};

/// Starts a command in a container of a running pod (WebSocket, v5.channel.k8s.io or v4). Blocks until the server
/// accepts or refuses. The callbacks come from a thread of the session, one at a time; they must not destroy it.
/// Unsupported where this connection cannot carry it: the embedded cluster runs no containers.
[[nodiscard]] Result<std::unique_ptr<ExecSession>> exec(Client& client, std::string_view nameSpace,
                                                        std::string_view pod, const ExecOptions& options,
                                                        ExecSession::Events events, std::stop_token stop = {});

/// A port of this machine's loopback that leads to a port of a pod, until it is destroyed.
class PortForward
{
public:
    virtual ~PortForward() = default; ///< closes the port and its connections
    [[nodiscard]] virtual unsigned short localPort() const = 0;
};

/// Listens on 127.0.0.1 (localPort 0: any free one). Each accepted connection is a WebSocket of its own to the pod.
/// `onProblem` tells from a thread of the forward why a connection failed; it may be empty. A first connection is
/// tried at once, so that a wrong pod, missing rights or a server without port-forward is this call's error.
[[nodiscard]] Result<std::unique_ptr<PortForward>>
forwardPort(Client& client, std::string_view nameSpace, std::string_view pod, unsigned short podPort,
            unsigned short localPort, std::function<void(const Error&)> onProblem, std::stop_token stop = {});

} // namespace core::kube
