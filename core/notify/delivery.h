// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/http.h"
#include "core/notify/evaluate.h"

namespace core::notify {

/// The HTTP requests that carry a message to a recipient (section 8.6). Pure. Unsupported for services that have none
/// here, with the reason.
[[nodiscard]] Result<std::vector<HttpRequest>> requestsFor(const Service& service, const std::string& recipient,
                                                           const Message& message, const Due& due,
                                                           const manifest::Value& app, TimePoint now);

/// Sends them in turn; an answer outside 2xx is an error.
[[nodiscard]] Result<> deliver(const std::vector<HttpRequest>& requests, const HttpSend& send, std::stop_token stop);

/// The services that can be delivered to.
[[nodiscard]] bool isSupported(std::string_view serviceType);

} // namespace core::notify
