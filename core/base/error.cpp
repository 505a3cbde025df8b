// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/result.h"

#include <array>

namespace core {

std::string Error::text() const
{
    std::string out;
    if (!where.empty())
        out = where + ": ";
    out += message;
    if (!hint.empty())
        out += " (" + hint + ")";
    return out;
}

Error Error::within(std::string_view attempt) const
{
    Error copy = *this;
    copy.message = std::string(attempt) + ": " + message;
    return copy;
}

std::string_view name(Error::Code code)
{
    static constexpr std::array<std::string_view, 16> kNames {
        "InvalidInput", "NotFound",        "AlreadyExists", "Conflict", "Forbidden", "Unauthorized", "Invalid",
        "Gone",         "TooManyRequests", "Unavailable",   "Timeout",  "Cancelled", "Unsupported",  "LimitExceeded",
        "Io",           "Internal"};
    return kNames.at(static_cast<std::size_t>(code));
}

} // namespace core
