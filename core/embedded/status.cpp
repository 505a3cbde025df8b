// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/status.h"

#include "core/embedded/registry.h"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace core::embedded {

using manifest::Array;
using manifest::Object;
using manifest::Value;

namespace {

boost::json::string str(std::string_view text)
{
    return boost::json::string(text);
}

Failure about(const ResourceInfo& info, std::string_view name, int code, std::string reason, std::string message)
{
    Failure failure;
    failure.code = code;
    failure.reason = std::move(reason);
    failure.message = std::move(message);
    failure.name = name;
    failure.group = info.group;
    failure.kind = info.plural;
    return failure;
}

std::string qualified(const ResourceInfo& info)
{
    return info.group.empty() ? info.plural : info.plural + "." + info.group;
}

Failure plain(int code, std::string reason, std::string message)
{
    Failure failure;
    failure.code = code;
    failure.reason = std::move(reason);
    failure.message = std::move(message);
    failure.details = false;
    return failure;
}

std::string shown(const Value& value)
{
    return manifest::toJson(value);
}

} // namespace

Value Failure::status() const
{
    Object object {{"kind", "Status"},
                   {"apiVersion", "v1"},
                   {"metadata", Object()},
                   {"status", "Failure"},
                   {"message", str(message)}};
    if (!reason.empty())
        object["reason"] = str(reason);
    Object inner;
    const auto add = [&](std::string_view key, const std::string& value) {
        if (!value.empty())
            inner[key] = str(value);
    };
    add("name", name);
    add("group", group);
    add("kind", kind);
    add("uid", uid);
    if (!causes.empty()) {
        Array list;
        for (const auto& cause : causes) {
            Object item {{"reason", str(cause.reason)}, {"message", str(cause.message)}};
            if (!cause.field.empty())
                item["field"] = str(cause.field);
            list.emplace_back(std::move(item));
        }
        inner["causes"] = std::move(list);
    }
    if (retryAfterSeconds > 0)
        inner["retryAfterSeconds"] = retryAfterSeconds;
    if (details || !inner.empty())
        object["details"] = std::move(inner);
    object["code"] = code;
    return object;
}

kube::Response Failure::response() const
{
    if (plainText)
        return {code, {{"content-type", "text/plain; charset=utf-8"}, {"x-content-type-options", "nosniff"}}, message};
    auto response = jsonResponse(code, status());
    if (retryAfterSeconds > 0)
        response.headers.emplace_back("retry-after", std::to_string(retryAfterSeconds));
    return response;
}

Refusal badRequest(std::string message)
{
    return Refusal(plain(400, "BadRequest", std::move(message)));
}

Refusal pageNotFound()
{
    auto failure = plain(404, "NotFound", "404 page not found\n");
    failure.plainText = true;
    return Refusal(std::move(failure));
}

Refusal unknownResource()
{
    auto failure = plain(404, "NotFound", "the server could not find the requested resource");
    failure.details = true;
    return Refusal(std::move(failure));
}

Refusal methodNotAllowed()
{
    auto failure = plain(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
    failure.details = true;
    return Refusal(std::move(failure));
}

Refusal internalError(std::string_view message)
{
    return Refusal(plain(500, "InternalError", fmt::format("Internal error occurred: {}", message)));
}

Refusal notFound(const ResourceInfo& info, std::string_view name)
{
    return Refusal(about(info, name, 404, "NotFound", fmt::format("{} \"{}\" not found", qualified(info), name)));
}

Refusal alreadyExists(const ResourceInfo& info, std::string_view name, bool deleting)
{
    return Refusal(about(
        info, name, 409, "AlreadyExists",
        fmt::format("{}{} \"{}\" already exists", deleting ? "object is being deleted: " : "", qualified(info), name)));
}

Refusal conflict(const ResourceInfo& info, std::string_view name, std::string_view why)
{
    if (why.empty())
        why = "the object has been modified; please apply your changes to the latest version and try again";
    return Refusal(about(info, name, 409, "Conflict",
                         fmt::format("Operation cannot be fulfilled on {} \"{}\": {}", qualified(info), name, why)));
}

Refusal forbidden(const ResourceInfo& info, std::string_view name, std::string_view why, Causes causes)
{
    auto failure = about(info, name, 403, "Forbidden",
                         name.empty() ? fmt::format("{} is forbidden: {}", qualified(info), why)
                                      : fmt::format("{} \"{}\" is forbidden: {}", qualified(info), name, why));
    failure.causes = std::move(causes);
    return Refusal(std::move(failure));
}

Refusal invalid(const ResourceInfo& info, std::string_view name, Causes causes)
{
    std::string text;
    for (const auto& cause : causes) {
        if (!text.empty())
            text += ", ";
        text += cause.field.empty() ? cause.message : fmt::format("{}: {}", cause.field, cause.message);
    }
    if (causes.size() > 1)
        text = "[" + text + "]";
    const auto kind = info.group.empty() ? info.kind : info.kind + "." + info.group;
    auto failure = about(info, name, 422, "Invalid", fmt::format("{} \"{}\" is invalid: {}", kind, name, text));
    failure.kind = info.kind;
    failure.causes = std::move(causes);
    return Refusal(std::move(failure));
}

Refusal invalidOptions(std::string_view kind, Cause cause)
{
    Failure failure;
    failure.code = 422;
    failure.reason = "Invalid";
    failure.message = fmt::format("{}.meta.k8s.io \"\" is invalid: {}: {}", kind, cause.field, cause.message);
    failure.group = "meta.k8s.io";
    failure.kind = kind;
    failure.causes.push_back(std::move(cause));
    return Refusal(std::move(failure));
}

Refusal unsupportedMedia(std::string_view accepted)
{
    return Refusal(plain(
        415, "UnsupportedMediaType",
        fmt::format("the body of the request was in an unknown format - accepted media types include: {}", accepted)));
}

Refusal untypedPatch(const ResourceInfo& info, std::string_view nameSpace, std::string_view name, std::string_view why)
{
    return Refusal(plain(500, {},
                         fmt::format("failed to create typed patch object ({}/{}; {}/{}, Kind={}): {}", nameSpace, name,
                                     info.group, info.version, info.kind, why)));
}

Refusal expired(std::string message)
{
    return Refusal(plain(410, "Expired", std::move(message)));
}

Refusal storeFailure(const Error& error, const ResourceInfo& info, std::string_view name)
{
    switch (error.code) {
    case Error::Code::AlreadyExists:
        return alreadyExists(info, name);
    case Error::Code::Conflict:
        return conflict(info, name);
    case Error::Code::NotFound:
        return notFound(info, name);
    case Error::Code::Gone:
        return expired(error.message);
    default:
        return internalError(error.text());
    }
}

Cause required(std::string field, std::string_view detail)
{
    return {"FieldValueRequired", detail.empty() ? "Required value" : fmt::format("Required value: {}", detail),
            std::move(field)};
}

Cause invalidValue(std::string field, const Value& value, std::string_view detail)
{
    return {"FieldValueInvalid", fmt::format("Invalid value: {}: {}", shown(value), detail), std::move(field)};
}

Cause notSupported(std::string field, std::string_view value, const std::vector<std::string>& supported)
{
    return {"FieldValueNotSupported",
            fmt::format("Unsupported value: \"{}\": supported values: \"{}\"", value, fmt::join(supported, "\", \"")),
            std::move(field)};
}

Cause forbiddenField(std::string field, std::string_view detail)
{
    return {"FieldValueForbidden", fmt::format("Forbidden: {}", detail), std::move(field)};
}

Cause duplicate(std::string field, const Value& value)
{
    return {"FieldValueDuplicate", fmt::format("Duplicate value: {}", shown(value)), std::move(field)};
}

kube::Response jsonResponse(int code, std::string body)
{
    body += '\n';
    return {code, {{"content-type", "application/json"}, {"cache-control", "no-cache, private"}}, std::move(body)};
}

kube::Response jsonResponse(int code, const Value& value)
{
    return jsonResponse(code, boost::json::serialize(value));
}

} // namespace core::embedded
