// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/percent_encoding.h"
#include "core/kube/client.h"

#include <string>
#include <string_view>

namespace core::kube {

using core::percentEncode;
/// The path of a collection (name empty) or an object, without query.
[[nodiscard]] std::string resourcePath(const ResourceType& type, std::string_view nameSpace, std::string_view name = {},
                                       std::string_view subresource = {});

/// Collects query parameters: `Query("a", "b").add("c", "d").text()` gives "?a=b&c=d".
class Query
{
public:
    Query& add(std::string_view name, std::string_view value);
    /// Only where the value is not empty.
    Query& addSet(std::string_view name, std::string_view value);
    [[nodiscard]] const std::string& text() const { return m_text; }

private:
    std::string m_text;
};

/// The typed error of a Status answer (or of any other body) with an HTTP error status.
[[nodiscard]] Error errorOf(const Response& response, std::string_view where);
/// The typed error of a Status object, as it comes in a watch's ERROR event.
[[nodiscard]] Error errorOf(const manifest::Value& status, int httpStatus, std::string_view where);

} // namespace core::kube
