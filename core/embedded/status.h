// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/kube/transport.h"
#include "core/manifest/value.h"

#include <string>
#include <string_view>
#include <vector>

namespace core::embedded {

struct ResourceInfo;

/// One reason of a 422: reason is "FieldValueRequired", "FieldValueInvalid" ...
struct Cause
{
    std::string reason;
    std::string message;
    std::string field;
};
using Causes = std::vector<Cause>;

/// A metav1.Status that says why a request failed.
struct Failure
{
    int code = 500;
    std::string reason;
    std::string message;
    std::string name, group, kind, uid; ///< details
    bool details = true; ///< write details even where they are empty
    Causes causes;
    int retryAfterSeconds = 0;
    bool plainText = false; ///< "404 page not found"

    [[nodiscard]] manifest::Value status() const;
    [[nodiscard]] kube::Response response() const;
};

template<class T = void>
using ApiResult = tl::expected<T, Failure>;
using Refusal = tl::unexpected<Failure>;

[[nodiscard]] Refusal badRequest(std::string message);
[[nodiscard]] Refusal pageNotFound();
[[nodiscard]] Refusal unknownResource();
[[nodiscard]] Refusal methodNotAllowed();
[[nodiscard]] Refusal internalError(std::string_view message);
[[nodiscard]] Refusal notFound(const ResourceInfo& info, std::string_view name);
[[nodiscard]] Refusal alreadyExists(const ResourceInfo& info, std::string_view name, bool deleting = false);
[[nodiscard]] Refusal conflict(const ResourceInfo& info, std::string_view name, std::string_view why = {});
[[nodiscard]] Refusal forbidden(const ResourceInfo& info, std::string_view name, std::string_view why,
                                Causes causes = {});
[[nodiscard]] Refusal invalid(const ResourceInfo& info, std::string_view name, Causes causes);
/// 422 of the options of a request: kind is "PatchOptions" ...
[[nodiscard]] Refusal invalidOptions(std::string_view kind, Cause cause);
[[nodiscard]] Refusal unsupportedMedia(std::string_view accepted);
/// Server-side apply of what its type cannot hold: 500 without a reason, as the real server has it.
[[nodiscard]] Refusal untypedPatch(const ResourceInfo& info, std::string_view nameSpace, std::string_view name,
                                   std::string_view why);
[[nodiscard]] Refusal expired(std::string message);
/// What the store could not do.
[[nodiscard]] Refusal storeFailure(const Error& error, const ResourceInfo& info, std::string_view name);

// Causes of 422 as Kubernetes' validation words them.
[[nodiscard]] Cause required(std::string field, std::string_view detail = {});
[[nodiscard]] Cause invalidValue(std::string field, const manifest::Value& value, std::string_view detail);
[[nodiscard]] Cause notSupported(std::string field, std::string_view value, const std::vector<std::string>& supported);
[[nodiscard]] Cause forbiddenField(std::string field, std::string_view detail);
[[nodiscard]] Cause duplicate(std::string field, const manifest::Value& value);

/// Answers.
[[nodiscard]] kube::Response jsonResponse(int code, std::string body);
[[nodiscard]] kube::Response jsonResponse(int code, const manifest::Value& value);

} // namespace core::embedded

/// As PH_TRY and PH_CHECK, for ApiResult.
#define API_CHECK(expression)                                                                                          \
    do {                                                                                                               \
        if (auto apiResult = (expression); !apiResult)                                                                 \
            return ::tl::unexpected<::core::embedded::Failure>(std::move(apiResult).error());                          \
    } while (false)
#define API_TRY(declaration, expression)                                                                               \
    auto PH_CONCAT(apiTry, __LINE__) = (expression);                                                                   \
    if (!PH_CONCAT(apiTry, __LINE__))                                                                                  \
        return ::tl::unexpected<::core::embedded::Failure>(std::move(PH_CONCAT(apiTry, __LINE__)).error());            \
    declaration = std::move(*PH_CONCAT(apiTry, __LINE__))
