// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/kube/url.h"

#include <charconv>

namespace core::kube {

namespace {

using Code = Error::Code;

Code codeOfStatus(int status)
{
    switch (status) {
    case 400:
    case 405:
    case 406:
    case 415:
        return Code::InvalidInput;
    case 401:
        return Code::Unauthorized;
    case 403:
        return Code::Forbidden;
    case 404:
        return Code::NotFound;
    case 409:
        return Code::Conflict;
    case 410:
        return Code::Gone;
    case 413:
        return Code::LimitExceeded;
    case 422:
        return Code::Invalid;
    case 429:
        return Code::TooManyRequests;
    case 504:
        return Code::Timeout;
    default:
        return status >= 500 ? Code::Unavailable : Code::InvalidInput;
    }
}

/// Clients branch on reason first, then on the code.
Code codeOf(std::string_view reason, int status)
{
    static const std::map<std::string_view, Code> reasons {
        {"AlreadyExists", Code::AlreadyExists},
        {"BadRequest", Code::InvalidInput},
        {"Conflict", Code::Conflict},
        {"Expired", Code::Gone},
        {"Forbidden", Code::Forbidden},
        {"Gone", Code::Gone},
        {"Invalid", Code::Invalid},
        {"NotFound", Code::NotFound},
        {"RequestEntityTooLarge", Code::LimitExceeded},
        {"ServerTimeout", Code::Timeout},
        {"ServiceUnavailable", Code::Unavailable},
        {"Timeout", Code::Timeout},
        {"TooManyRequests", Code::TooManyRequests},
        {"Unauthorized", Code::Unauthorized},
    };
    const auto it = reasons.find(reason);
    return it == reasons.end() ? codeOfStatus(status) : it->second;
}

std::string_view hintFor(Code code)
{
    switch (code) {
    case Code::Unauthorized:
        return "check the credentials of this cluster's kubeconfig user";
    case Code::Forbidden:
        return "ask the cluster's administrator for this right";
    case Code::TooManyRequests:
        return "the server is overloaded; the request is tried again";
    default:
        return {};
    }
}

} // namespace

Error errorOf(const manifest::Value& status, int httpStatus, std::string_view where)
{
    if (const auto code = manifest::integer(status, {"code"}); code && *code >= 100 && *code < 600)
        httpStatus = static_cast<int>(*code);
    Error error;
    error.code = codeOf(manifest::text(status, {"reason"}), httpStatus);
    error.message = std::string(manifest::text(status, {"message"}));
    if (error.message.empty())
        error.message = fmt::format("the server answered with status {}", httpStatus);
    error.where = std::string(where);
    error.hint = std::string(hintFor(error.code));
    error.httpStatus = httpStatus;
    if (const auto seconds = manifest::integer(status, {"details", "retryAfterSeconds"}))
        error.retryAfterSeconds = static_cast<int>(std::clamp<std::int64_t>(*seconds, 0, 3600));
    return error;
}

Error errorOf(const Response& response, std::string_view where)
{
    Error error;
    auto body = manifest::parseJson(response.body);
    if (body && manifest::text(*body, {"kind"}) == "Status") {
        error = errorOf(*body, response.status, where);
    } else {
        error.code = codeOfStatus(response.status);
        const auto text = trim(response.body);
        const bool presentable = !text.empty() && text.size() < 300 && text.front() != '<' && isValidUtf8(text);
        error.message =
            presentable ? std::string(text) : fmt::format("the server answered with status {}", response.status);
        error.where = std::string(where);
        error.hint = std::string(hintFor(error.code));
        error.httpStatus = response.status;
    }
    const auto after = response.header("retry-after");
    int seconds = 0;
    if (std::from_chars(after.data(), after.data() + after.size(), seconds).ec == std::errc {} && seconds >= 0)
        error.retryAfterSeconds = std::min(seconds, 3600);
    return error;
}

std::string Response::header(std::string_view name) const
{
    for (const auto& [key, value] : headers) {
        if (key == name)
            return value;
    }
    return {};
}

} // namespace core::kube
