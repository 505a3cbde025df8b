// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/embedded/api_server_p.h"
#include "core/manifest/resource.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace core::embedded {

using manifest::Array;
using manifest::Object;
using manifest::Value;

namespace {

/// What a SubjectAccessReview asks for.
Action actionOf(const Value& spec)
{
    const auto of = [&](std::string_view field) {
        return std::string(manifest::text(spec, {"resourceAttributes", field}));
    };
    Action action;
    if (const auto* path = manifest::find(spec, {"nonResourceAttributes"})) {
        action.verb = std::string(manifest::text(*path, {"verb"}));
        action.path = std::string(manifest::text(*path, {"path"}));
        return action;
    }
    action = {of("verb"), of("group"), of("resource"), of("namespace"), of("name")};
    if (const auto subresource = of("subresource"); !subresource.empty())
        action.resource += "/" + subresource;
    return action;
}

/// The user whom a SubjectAccessReview asks about.
User userOfSpec(const Value& spec)
{
    User user {std::string(manifest::text(spec, {"user"})), std::string(manifest::text(spec, {"uid"})), {}, {}};
    for (const auto& group : manifest::array(spec, {"groups"})) {
        if (const auto* name = group.if_string())
            user.groups.emplace_back(*name);
    }
    return user;
}

Value rulesStatus(const manifest::Array& rules)
{
    Array resources;
    Array others;
    for (const auto& rule : rules) {
        auto& into = manifest::find(rule, {"nonResourceURLs"}) != nullptr ? others : resources;
        into.push_back(rule);
    }
    return Object {
        {"resourceRules", std::move(resources)}, {"nonResourceRules", std::move(others)}, {"incomplete", false}};
}

} // namespace

UserPtr ApiServer::Private::userOf(std::string_view token) const
{
    std::string key;
    {
        const std::lock_guard lock(mutex);
        key = tokenKey;
    }
    const auto seconds = std::chrono::floor<std::chrono::seconds>(clock->now()).time_since_epoch().count();
    auto user = userOfToken(token, key, seconds, *store);
    return user ? std::make_shared<const User>(std::move(*user)) : nullptr;
}

Value ApiServer::Private::reviewStatus(const ApiRequest& request, const ResourcePtr& info, const Value& question) const
{
    const Authorizer authorizer(*store);
    const Value spec = manifest::object(question, {"spec"});
    if (info->kind == "SelfSubjectReview")
        return Object {{"userInfo", request.user->userInfo()}};
    if (info->kind == "SelfSubjectRulesReview")
        return rulesStatus(authorizer.rules(*request.user, manifest::text(spec, {"namespace"})));
    if (info->kind == "TokenReview") {
        const auto user = userOf(manifest::text(spec, {"token"}));
        return Object {{"authenticated", user != nullptr}, {"user", user ? user->userInfo() : Value(Object())}};
    }
    auto action = actionOf(spec);
    if (info->kind == "LocalSubjectAccessReview")
        action.nameSpace = request.nameSpace;
    const bool self = info->kind == "SelfSubjectAccessReview";
    const auto reason = authorizer.allows(self ? *request.user : userOfSpec(spec), action);
    Object status {{"allowed", reason.has_value()}};
    if (reason && !reason->empty())
        status["reason"] = *reason;
    return status;
}

ApiResult<kube::Response> ApiServer::Private::issueToken(const ApiRequest& request, const ResourcePtr& info,
                                                         Value question)
{
    API_TRY(const auto account, load(*info, request));
    const auto wanted = manifest::integer(question, {"spec", "expirationSeconds"}).value_or(3600);
    constexpr std::int64_t kLeast = 600;
    constexpr std::int64_t kMost = std::int64_t {1} << 32;
    ResourceInfo tokens;
    tokens.group = "authentication.k8s.io";
    tokens.kind = "TokenRequest";
    if (wanted < kLeast || wanted > kMost)
        return invalid(tokens, {},
                       {{"FieldValueInvalid",
                         fmt::format("Invalid value: {}: may not specify a duration {}", wanted,
                                     wanted < kLeast ? "less than 10 minutes" : "larger than 2^32 seconds"),
                         "spec.expirationSeconds"}});
    const auto from = std::chrono::floor<std::chrono::seconds>(clock->now());
    const auto until = from + std::chrono::seconds(std::min<std::int64_t>(wanted, 31'536'000));
    std::string key;
    {
        const std::lock_guard lock(mutex);
        key = tokenKey;
    }
    manifest::ensure(question, {"status"}) = Object {
        {"token",
         serviceAccountToken(account->value(), key, from.time_since_epoch().count(), until.time_since_epoch().count())},
        {"expirationTimestamp", formatRfc3339(until)}};
    return jsonResponse(201, question);
}

ApiResult<kube::Response> ApiServer::Private::bind(const ApiRequest& request, const ResourcePtr& info,
                                                   const Value& binding)
{
    const auto target = std::string(manifest::text(binding, {"target", "name"}));
    const auto pods = registry()->find("", "v1", "pods");
    WriteContext context;
    context.info = pods;
    context.request = &request;
    context.manager = request.manager();
    const auto name = info->kind == "Binding" ? std::string(manifest::name(binding)) : request.name;
    API_CHECK(updateObject(context, request.nameSpace, name, "binding", [&](const Value& current) -> ApiResult<Value> {
        if (!manifest::text(current, {"spec", "nodeName"}).empty())
            return conflict(*pods, name,
                            fmt::format("pod {} is already assigned to node \"{}\"", name,
                                        manifest::text(current, {"spec", "nodeName"})));
        Value next = current;
        manifest::ensure(next, {"spec", "nodeName"}) = boost::json::string(target);
        return next;
    }));
    return jsonResponse(
        201,
        Value(Object {
            {"kind", "Status"}, {"apiVersion", "v1"}, {"metadata", Object()}, {"status", "Success"}, {"code", 201}}));
}

ApiResult<kube::Response> ApiServer::Private::review(const ApiRequest& request, const ResourcePtr& info)
{
    if (request.method != "POST")
        return methodNotAllowed();
    API_TRY(auto object, decodeBody(request, maxBodyBytes));
    if (!object.is_object())
        return badRequest("the body must be an object");
    if (request.subresource == "token")
        return issueToken(request, info, std::move(object));
    if (request.subresource == "binding" || info->kind == "Binding")
        return bind(request, info, object);
    if (!info->allows("create"))
        return methodNotAllowed();
    auto& members = object.get_object();
    members["kind"] = boost::json::string(info->kind);
    members["apiVersion"] = boost::json::string(info->apiVersion());
    manifest::ensure(object, {"metadata"});
    if (!manifest::find(object, {"metadata"})->is_object())
        manifest::ensure(object, {"metadata"}) = Object();
    manifest::ensure(object, {"status"}) = reviewStatus(request, info, object);
    return jsonResponse(201, object);
}

} // namespace core::embedded
