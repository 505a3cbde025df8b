// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/notify/evaluate.h"

#include <stop_token>

namespace core::notify {

/// One message for an SMTP server.
struct Mail
{
    std::string host;
    std::uint16_t port = 25; ///< 465: TLS from the start; else STARTTLS where the server offers it
    std::string username, password;
    bool insecureSkipTlsVerify = false;
    std::string from;
    std::vector<std::string> to;
    std::string subject;
    std::string body;
    bool html = false;
};

/// The mail that carries a message (section 8.6: `service.email`, block `email`); recipients are separated by commas.
/// InvalidInput names what the service lacks, or an address that is none.
[[nodiscard]] Result<Mail> mailFor(const Service& service, const std::string& recipient, const Message& message);
/// The whole text with headers, lines ended by CRLF. Nothing in the fields can add a header.
[[nodiscard]] std::string mailText(const Mail& mail, TimePoint now);
/// Hands it to the server; Unavailable with the server's words where it refuses. Ends within 30 s, and on stop.
[[nodiscard]] Result<> sendMail(const Mail& mail, TimePoint now, std::stop_token stop);

} // namespace core::notify
