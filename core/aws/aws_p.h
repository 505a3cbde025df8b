// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/aws/aws.h"

namespace core::aws {

struct Credentials ///< secret
{
    std::string id {}, secret {}, token {};
};

struct UrlParts
{
    std::string host, path, query; ///< the query in the order of its names
};

/// "https://sts.eu-west-1.amazonaws.com": the Security Token Service of a region.
[[nodiscard]] std::string tokenService(std::string_view region);
[[nodiscard]] UrlParts partsOf(const std::string& url);
/// The keys of an identity; a role is assumed by asking the Security Token Service.
[[nodiscard]] Result<Credentials> credentials(const Identity& identity, std::string_view region, TimePoint now,
                                              const Context& context, const std::stop_token& stop);
void signWith(const Credentials& keys, HttpRequest& request, std::string_view service, std::string_view region,
              TimePoint now);
/// The same in the address, for who gets no more than that; the headers of the request are part of what is signed.
[[nodiscard]] std::string signedUrl(const Credentials& keys, const HttpRequest& request, std::string_view service,
                                    std::string_view region, TimePoint now, int seconds);

} // namespace core::aws
