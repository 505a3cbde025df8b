// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/embedded/credentials.h"

#include <memory>

namespace core::embedded {

class ApiServer;

/// Serves an ApiServer on 127.0.0.1 over TLS to who has the token. HTTP/1.1 with keep-alive; sizes of requests and the
/// number of connections are bounded.
class HttpsServer
{
public:
    /// Port 0: any free one. Unavailable where the port is taken.
    [[nodiscard]] static Result<std::unique_ptr<HttpsServer>>
    start(std::shared_ptr<ApiServer> api, const Credentials& credentials, unsigned short port);
    ~HttpsServer(); ///< ends connections and joins
    [[nodiscard]] unsigned short port() const;

private:
    struct Private;
    explicit HttpsServer(std::unique_ptr<Private> d);
    std::unique_ptr<Private> m_d;
};

} // namespace core::embedded
