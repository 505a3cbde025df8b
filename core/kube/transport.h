// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace core::kube {

struct Request
{
    std::string method = "GET";
    std::string path; ///< with query, percent-encoded: "/api/v1/namespaces/x/pods?watch=true"
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::chrono::milliseconds timeout {30'000}; ///< zero: none (watches, logs)
};

struct Response
{
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers; ///< names in lower case
    std::string body; ///< empty for streams
    [[nodiscard]] std::string header(std::string_view name) const;
};

/// Carries HTTP-shaped requests to one Kubernetes API: over libcurl, or by a direct call into an embedded cluster.
/// An HTTP error status is a Response; an Error means that no answer came. Thread-safe.
class Transport
{
public:
    virtual ~Transport() = default;
    [[nodiscard]] virtual Result<Response> send(const Request& request, std::stop_token stop) = 0;
    /// Blocks until the stream ends, `stop` is requested, or `onChunk` returns false. A status other than 200 is
    /// returned with its body and no chunk is delivered. Chunks arrive on the calling thread or one that the call waits
    /// for.
    [[nodiscard]] virtual Result<Response>
    stream(const Request& request, const std::function<bool(std::string_view)>& onChunk, std::stop_token stop) = 0;
    /// For messages: "https://127.0.0.1:6443", "embedded cluster demo".
    [[nodiscard]] virtual std::string description() const = 0;
};
using TransportPtr = std::shared_ptr<Transport>;

} // namespace core::kube
