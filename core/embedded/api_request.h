// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/percent_encoding.h"
#include "core/embedded/authorization.h"
#include "core/embedded/status.h"
#include "core/kube/transport.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core::embedded {

/// A request taken apart: its path, its query and what the answer should look like.
struct ApiRequest
{
    enum class Form : std::uint8_t { Plain, Table, Metadata, MetadataList };

    const kube::Request* raw = nullptr;
    UserPtr user; ///< who asks; set when the request is admitted
    std::string_view method;
    std::vector<std::string> path; ///< decoded segments
    std::vector<std::pair<std::string, std::string>> query;

    // Of a resource path.
    bool resourcePath = false;
    std::string group, version, nameSpace, plural, name, subresource;

    [[nodiscard]] static ApiResult<ApiRequest> parse(const kube::Request& request);

    [[nodiscard]] std::string_view parameter(std::string_view name) const; ///< "" where there is none
    [[nodiscard]] bool has(std::string_view name) const;
    [[nodiscard]] bool flag(std::string_view name) const; ///< "1", "true", or present and empty
    /// A parameter that must be an integer: 400 with the reason otherwise.
    [[nodiscard]] ApiResult<std::optional<std::int64_t>> integer(std::string_view name) const;
    [[nodiscard]] std::string_view header(std::string_view lowerCaseName) const;
    /// Content-Type without parameters, "" where there is none.
    [[nodiscard]] std::string_view contentType() const;
    [[nodiscard]] Form form() const;
    /// fieldManager, or the User-Agent up to its slash.
    [[nodiscard]] std::string manager() const;
    [[nodiscard]] bool isWatch() const { return method == "GET" && name.empty() && flag("watch"); }
};

/// Bytes that are no UTF-8 become U+FFFD, as in all that Go writes as JSON.
[[nodiscard]] std::string percentDecoded(std::string_view text, UrlPart part);

} // namespace core::embedded
