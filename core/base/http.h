// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace core {

/// A plain HTTP exchange with any server: metric providers, web hooks, chart repositories.
struct HttpRequest
{
    std::string method = "GET";
    std::string url;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::chrono::milliseconds timeout {30'000};
    bool insecureSkipTlsVerify = false;
    std::size_t maxResponseBytes = std::size_t {32} << 20;
};

struct HttpResponse
{
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers; ///< names in lower case
    std::string body;
};

/// An HTTP error status is a response; an Error means that no answer came. Thread-safe, blocking, honours stop.
/// Injected wherever the engine speaks HTTP, so that tests and the embedded cluster's Prometheus can answer.
using HttpSend = std::function<Result<HttpResponse>(const HttpRequest&, std::stop_token)>;

/// Over libcurl; http and https only, follows up to 5 redirects.
[[nodiscard]] HttpSend curlHttp();

} // namespace core
