// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <tl/expected.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace core {

/// Why something could not be done: a code to branch on, and words for a person.
struct Error
{
    enum class Code : std::uint8_t {
        InvalidInput, ///< what was given does not parse or breaks a rule
        NotFound, ///< the thing named does not exist
        AlreadyExists,
        Conflict, ///< a precondition (resourceVersion, field manager) does not hold; read again and retry
        Forbidden, ///< known, but not allowed
        Unauthorized, ///< credentials missing or refused
        Invalid, ///< the API server's 422: the object breaks its schema
        Gone, ///< the API server's 410: the version asked for is compacted; list again
        TooManyRequests, ///< 429; retryAfterSeconds says when
        Unavailable, ///< cannot be reached, 5xx, time-out; worth trying again
        Timeout,
        Cancelled, ///< the caller's stop token was triggered
        Unsupported, ///< understood, but refused on purpose; the message says why
        LimitExceeded, ///< a bound on size, depth or count
        Io, ///< disk, database
        Internal, ///< our own mistake
    };

    Code code = Code::Internal;
    /// What was attempted, on what, then why it failed. One line (lists of causes may follow on further lines).
    std::string message;
    /// Where: "file.yaml:12:3", a resource key, a URL. Empty when the message says it all.
    std::string where {};
    /// What to do next, one sentence. May be empty.
    std::string hint {};
    /// HTTP status where an API answered, else 0.
    int httpStatus = 0;
    int retryAfterSeconds = 0;

    /// "where: message (hint)" for logs and stderr.
    [[nodiscard]] std::string text() const;
    /// The same error with "attempt: " before its message.
    [[nodiscard]] Error within(std::string_view attempt) const;

    friend bool operator==(const Error&, const Error&) = default;
};

[[nodiscard]] std::string_view name(Error::Code code);

/// A value or the reason why there is none. Becomes std::expected by changing this line.
template<class T = void>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(Error error)
{
    return tl::unexpected<Error>(std::move(error));
}
[[nodiscard]] inline tl::unexpected<Error> fail(Error::Code code, std::string message, std::string where = {},
                                                std::string hint = {})
{
    return tl::unexpected<Error>(Error {code, std::move(message), std::move(where), std::move(hint)});
}

} // namespace core

#define PH_CONCAT_INNER(a, b) a##b
#define PH_CONCAT(a, b) PH_CONCAT_INNER(a, b)
/// Returns the error of a Result<> expression from the enclosing function, or goes on.
#define PH_CHECK(expression)                                                                                           \
    do {                                                                                                               \
        if (auto phResult = (expression); !phResult)                                                                   \
            return ::tl::unexpected<::core::Error>(std::move(phResult).error());                                       \
    } while (false)
/// PH_TRY(auto value, call()): declares value, or returns call's error from the enclosing function.
#define PH_TRY(declaration, expression)                                                                                \
    auto PH_CONCAT(phTry, __LINE__) = (expression);                                                                    \
    if (!PH_CONCAT(phTry, __LINE__))                                                                                   \
        return ::tl::unexpected<::core::Error>(std::move(PH_CONCAT(phTry, __LINE__)).error());                         \
    declaration = std::move(*PH_CONCAT(phTry, __LINE__))
