// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/http.h"

#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

/// What Amazon's services ask of their callers: keys, found where AWS's own SDKs look for them, and requests signed
/// with them (Signature Version 4).
namespace core::aws {

struct Context
{
    HttpSend http;
    /// Variables of the environment; null: the process's own.
    std::function<std::string(const char* name)> environment {};
};

/// Whose keys sign a request; both "" = the environment's own.
struct Identity
{
    std::string profile {}; ///< of the shared credentials file
    std::string roleArn {}; ///< a role to assume with them
};

[[nodiscard]] std::string variable(const Context& context, const char* name);
/// AWS_REGION, else AWS_DEFAULT_REGION; "" where neither is set.
[[nodiscard]] std::string region(const Context& context);
/// A service's address: the variable's, AWS_ENDPOINT_URL, else the one given. Without a slash at its end.
[[nodiscard]] std::string endpoint(const Context& context, const char* name, std::string otherwise);

/// Signs a request in its headers. Keys come from the environment, a web identity token, the shared credentials file, a
/// container's or pod's identity or the machine's role. Unauthorized where there are none, with what may be set.
[[nodiscard]] Result<> sign(HttpRequest& request, std::string_view service, std::string_view region, TimePoint now,
                            const Context& context, const Identity& identity, std::stop_token stop);

struct ClusterToken
{
    std::string token; ///< secret
    TimePoint expires;
};

/// The bearer token of an EKS cluster, as aws-iam-authenticator makes it: a signed question to the Security Token
/// Service, which the cluster asks in our place. Good for a quarter of an hour; `expires` is a minute before.
[[nodiscard]] Result<ClusterToken> clusterToken(const std::string& cluster, std::string_view region, TimePoint now,
                                                const Context& context, const Identity& identity, std::stop_token stop);

} // namespace core::aws
