// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/embedded/api_server_p.h"
#include "core/manifest/resource.h"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace core::embedded {

using manifest::Array;
using manifest::Object;
using manifest::Value;

namespace {

Array list(std::initializer_list<std::string_view> texts)
{
    Array out;
    for (const auto text : texts)
        out.emplace_back(boost::json::string(text));
    return out;
}

Value user()
{
    return Object {{"username", "embedded-admin"}, {"groups", list({"system:masters", "system:authenticated"})}};
}

/// Everything is allowed to who has the token: the caller is cluster admin.
Value reviewStatus(const std::string& kind)
{
    if (kind == "SelfSubjectReview")
        return Object {{"userInfo", user()}};
    if (kind == "SelfSubjectRulesReview") {
        Array resources;
        resources.push_back(
            Value(Object {{"verbs", list({"*"})}, {"apiGroups", list({"*"})}, {"resources", list({"*"})}}));
        Array others;
        others.push_back(Value(Object {{"verbs", list({"*"})}, {"nonResourceURLs", list({"*"})}}));
        return Object {
            {"resourceRules", std::move(resources)}, {"nonResourceRules", std::move(others)}, {"incomplete", false}};
    }
    if (kind == "TokenReview")
        return Object {{"authenticated", false}, {"user", Object()}};
    return Object {{"allowed", true}, {"reason", "the holder of the embedded cluster's token is its administrator"}};
}

} // namespace

ApiResult<kube::Response> ApiServer::Private::review(const ApiRequest& request, const ResourcePtr& info)
{
    if (request.method != "POST")
        return methodNotAllowed();
    API_TRY(auto object, decodeBody(request, maxBodyBytes));
    if (!object.is_object())
        return badRequest("the body must be an object");
    if (request.subresource == "token") {
        API_TRY(const auto account, load(*info, request));
        const auto seconds = manifest::integer(object, {"spec", "expirationSeconds"}).value_or(3600);
        manifest::ensure(object, {"status"}) =
            Object {{"token", boost::json::string("embedded." + newUuid())},
                    {"expirationTimestamp",
                     boost::json::string(formatRfc3339(
                         clock->now() + std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, 31'536'000))))}};
        return jsonResponse(201, object);
    }
    const auto target = std::string(manifest::text(object, {"target", "name"}));
    if (request.subresource == "binding" || info->kind == "Binding") {
        const auto pods = registry()->find("", "v1", "pods");
        WriteContext context;
        context.info = pods;
        context.request = &request;
        context.manager = request.manager();
        const auto name = request.subresource == "binding" ? request.name : std::string(manifest::name(object));
        API_TRY(
            const auto bound,
            updateObject(context, request.nameSpace, name, "binding", [&](const Value& current) -> ApiResult<Value> {
                if (!manifest::text(current, {"spec", "nodeName"}).empty())
                    return conflict(*pods, name,
                                    fmt::format("pod {} is already assigned to node \"{}\"", name,
                                                manifest::text(current, {"spec", "nodeName"})));
                Value next = current;
                manifest::ensure(next, {"spec", "nodeName"}) = boost::json::string(target);
                return next;
            }));
        return jsonResponse(201,
                            Value(Object {{"kind", "Status"},
                                          {"apiVersion", "v1"},
                                          {"metadata", Object()},
                                          {"status", "Success"},
                                          {"code", 201}}));
    }
    if (!info->allows("create"))
        return methodNotAllowed();
    auto& members = object.get_object();
    members["kind"] = boost::json::string(info->kind);
    members["apiVersion"] = boost::json::string(info->apiVersion());
    manifest::ensure(object, {"metadata"});
    if (!manifest::find(object, {"metadata"})->is_object())
        manifest::ensure(object, {"metadata"}) = Object();
    manifest::ensure(object, {"status"}) = reviewStatus(info->kind);
    return jsonResponse(201, object);
}

} // namespace core::embedded
