// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/http.h"

namespace core {

/// Whom to trust and how to show who one is, besides what the machine has. PEM; never printed.
struct HttpTls
{
    std::string certificate, key; ///< of the client
    std::string authorities; ///< trusted besides the machine's
    std::string proxy {}; ///< address, or ""
};

/// curlHttp() with these.
[[nodiscard]] HttpSend curlHttp(HttpTls tls);

} // namespace core
