// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace core::service {

struct HttpQuestion
{
    std::string method;
    std::string path; ///< without the query
    std::map<std::string, std::string> headers; ///< names in lower case
    std::string body;
};

struct HttpReply
{
    int status = 200;
    std::string type = "text/plain; charset=utf-8";
    std::string body;
};

/// A small HTTP/1.1 server for probes, metrics and web hooks. Bodies (25 MiB), times (10 s) and connections (64) are
/// bounded. The handler is called from the server's thread, one question at a time.
class HttpServer
{
public:
    using Handler = std::function<HttpReply(const HttpQuestion&)>;
    /// Port 0: any free one. Unavailable where the address cannot be had.
    [[nodiscard]] static Result<std::unique_ptr<HttpServer>> start(const std::string& address, unsigned short port,
                                                                   Handler handler);
    ~HttpServer(); ///< ends connections and joins
    [[nodiscard]] unsigned short port() const;

private:
    struct Private;
    explicit HttpServer(std::unique_ptr<Private> d);
    std::unique_ptr<Private> m_d;
};

} // namespace core::service
