// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/authorization.h"

#include "core/base/strings.h"
#include "core/embedded/api_request.h"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>

namespace core::embedded {

using manifest::Array;
using manifest::Object;
using manifest::text;
using manifest::Value;

namespace {

constexpr std::string_view kAccountPrefix = "system:serviceaccount:";

Array arrayOf(const std::vector<std::string>& texts)
{
    Array out;
    for (const auto& entry : texts)
        out.emplace_back(entry);
    return out;
}

/// Whether a rule's list names `wanted` or everything.
bool names(const Value& rule, std::string_view list, std::string_view wanted)
{
    const auto& entries = manifest::array(rule, {list});
    return std::any_of(entries.begin(), entries.end(), [&](const Value& entry) {
        const auto* word = entry.if_string();
        return word != nullptr && (*word == "*" || *word == wanted);
    });
}

bool coversPath(const Value& rule, std::string_view path)
{
    const auto& entries = manifest::array(rule, {"nonResourceURLs"});
    return std::any_of(entries.begin(), entries.end(), [&](const Value& entry) {
        const auto* word = entry.if_string();
        if (word == nullptr)
            return false;
        const std::string_view pattern(*word);
        return pattern == path || (pattern.ends_with('*') && path.starts_with(pattern.substr(0, pattern.size() - 1)));
    });
}

bool covers(const Value& rule, const Action& action)
{
    if (!names(rule, "verbs", action.verb))
        return false;
    if (action.resource.empty())
        return coversPath(rule, action.path);
    if (!names(rule, "apiGroups", action.group))
        return false;
    const auto slash = action.resource.find('/');
    const bool anyParent = slash != std::string::npos && names(rule, "resources", "*" + action.resource.substr(slash));
    if (!anyParent && !names(rule, "resources", action.resource))
        return false;
    const auto& only = manifest::array(rule, {"resourceNames"});
    return only.empty() || std::any_of(only.begin(), only.end(), [&](const Value& entry) {
               return entry.is_string() && std::string_view(entry.get_string()) == action.name;
           });
}

bool isSubject(const Value& subject, const User& user, std::string_view nameSpace)
{
    const auto kind = text(subject, {"kind"});
    const auto name = text(subject, {"name"});
    if (kind == "User")
        return name == user.name || name == "*";
    if (kind == "Group")
        return user.isIn(name);
    if (kind != "ServiceAccount")
        return false;
    const auto own = text(subject, {"namespace"});
    return user.name == fmt::format("{}{}:{}", kAccountPrefix, own.empty() ? nameSpace : own, name);
}

std::string base64Url(std::string_view bytes)
{
    auto out = base64Encode(bytes);
    while (out.ends_with('='))
        out.pop_back();
    std::replace(out.begin(), out.end(), '+', '-');
    std::replace(out.begin(), out.end(), '/', '_');
    return out;
}

Result<std::string> fromBase64Url(std::string text)
{
    std::replace(text.begin(), text.end(), '-', '+');
    std::replace(text.begin(), text.end(), '_', '/');
    text.append((4 - text.size() % 4) % 4, '=');
    return base64Decode(text);
}

std::string signatureOf(std::string_view content, std::string_view key)
{
    std::array<unsigned char, 32> digest {};
    unsigned size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(content.data()),
         content.size(), digest.data(), &size);
    return base64Url({reinterpret_cast<const char*>(digest.data()), size});
}

} // namespace

bool User::isIn(std::string_view group) const
{
    return std::find(groups.begin(), groups.end(), group) != groups.end();
}

Value User::userInfo() const
{
    Object info {{"username", name}};
    if (!uid.empty())
        info["uid"] = uid;
    info["groups"] = arrayOf(groups);
    Object more;
    for (const auto& [key, values] : extra)
        more[key] = arrayOf(values);
    if (!more.empty())
        info["extra"] = std::move(more);
    return info;
}

UserPtr administrator()
{
    static const auto user =
        std::make_shared<const User>(User {"embedded-admin", {}, {"system:masters", "system:authenticated"}, {}});
    return user;
}

User serviceAccountUser(std::string_view nameSpace, std::string_view name, std::string_view uid)
{
    return {fmt::format("{}{}:{}", kAccountPrefix, nameSpace, name),
            std::string(uid),
            {"system:serviceaccounts", fmt::format("system:serviceaccounts:{}", nameSpace), "system:authenticated"},
            {}};
}

Refusal Action::refusal(const User& user) const
{
    Failure failure;
    failure.code = 403;
    failure.reason = "Forbidden";
    if (resource.empty()) {
        failure.message = fmt::format("forbidden: User \"{}\" cannot {} path \"{}\"", user.name, verb, path);
        return Refusal(std::move(failure));
    }
    const auto parent = resource.substr(0, resource.find('/'));
    const auto qualified = group.empty() ? parent : parent + "." + group;
    const auto scope =
        nameSpace.empty() ? std::string("at the cluster scope") : fmt::format("in the namespace \"{}\"", nameSpace);
    failure.message = fmt::format("{}{} is forbidden: User \"{}\" cannot {} resource \"{}\" in API group \"{}\" {}",
                                  qualified, name.empty() ? std::string() : fmt::format(" \"{}\"", name), user.name,
                                  verb, resource, group, scope);
    failure.name = name;
    failure.group = group;
    failure.kind = parent;
    return Refusal(std::move(failure));
}

Action actionOf(const ApiRequest& request)
{
    Action action;
    const auto& method = request.method;
    if (!request.resourcePath) {
        action.verb = lower(method);
        action.path = request.raw->path.substr(0, request.raw->path.find('?'));
        return action;
    }
    const bool one = !request.name.empty();
    if (method == "GET" || method == "HEAD")
        action.verb = request.isWatch() ? "watch" : one ? "get" : "list";
    else if (method == "POST")
        action.verb = "create";
    else if (method == "PUT")
        action.verb = "update";
    else if (method == "PATCH")
        action.verb = "patch";
    else
        action.verb = one ? "delete" : "deletecollection";
    action.group = request.group;
    action.resource = request.subresource.empty() ? request.plural : request.plural + "/" + request.subresource;
    action.name = request.name;
    // A namespace is in itself: its own roles may speak of it.
    action.nameSpace = request.group.empty() && request.plural == "namespaces" ? request.name : request.nameSpace;
    return action;
}

template<class Visit>
void Authorizer::visitRules(const User& user, std::string_view nameSpace, const Visit& visit) const
{
    const auto look = [&](const Value& binding, std::string_view kind) {
        const auto own = text(binding, {"metadata", "namespace"});
        const auto& subjects = manifest::array(binding, {"subjects"});
        const bool bound = std::any_of(subjects.begin(), subjects.end(),
                                       [&](const Value& subject) { return isSubject(subject, user, own); });
        if (!bound)
            return true;
        const bool local = text(binding, {"roleRef", "kind"}) == "Role";
        const auto role =
            m_store.get(local ? "rbac.authorization.k8s.io/roles" : "rbac.authorization.k8s.io/clusterroles",
                        local ? own : std::string_view(), text(binding, {"roleRef", "name"}));
        if (!role)
            return true;
        for (const auto& rule : manifest::array(role->value(), {"rules"})) {
            if (!visit(rule, binding, kind))
                return false;
        }
        return true;
    };
    for (const auto& binding : m_store.list("rbac.authorization.k8s.io/clusterrolebindings").items) {
        if (!look(binding->value(), "ClusterRoleBinding"))
            return;
    }
    if (nameSpace.empty())
        return;
    for (const auto& binding : m_store.list("rbac.authorization.k8s.io/rolebindings", nameSpace).items) {
        if (!look(binding->value(), "RoleBinding"))
            return;
    }
}

std::optional<std::string> Authorizer::allows(const User& user, const Action& action) const
{
    if (user.isIn("system:masters"))
        return std::string();
    std::optional<std::string> reason;
    visitRules(user, action.nameSpace, [&](const Value& rule, const Value& binding, std::string_view kind) {
        if (!covers(rule, action))
            return true;
        const auto own = text(binding, {"metadata", "namespace"});
        reason = fmt::format("RBAC: allowed by {} \"{}{}\" of {} \"{}\" to User \"{}\"", kind,
                             text(binding, {"metadata", "name"}), own.empty() ? std::string() : fmt::format("/{}", own),
                             text(binding, {"roleRef", "kind"}), text(binding, {"roleRef", "name"}), user.name);
        return false;
    });
    return reason;
}

Array Authorizer::rules(const User& user, std::string_view nameSpace) const
{
    Array out;
    visitRules(user, nameSpace, [&](const Value& rule, const Value&, std::string_view) {
        out.push_back(rule);
        return true;
    });
    return out;
}

ApiResult<UserPtr> impersonated(const ApiRequest& request, const UserPtr& caller, const Authorizer& authorizer)
{
    User user;
    bool asked = false;
    for (const auto& [name, value] : request.raw->headers) {
        const auto header = lower(name);
        if (!header.starts_with("impersonate-"))
            continue;
        asked = true;
        if (header == "impersonate-user")
            user.name = value;
        else if (header == "impersonate-uid")
            user.uid = value;
        else if (header == "impersonate-group")
            user.groups.push_back(value);
        else if (header.starts_with("impersonate-extra-"))
            user.extra[percentDecoded(header.substr(18), UrlPart::Path)].push_back(value);
    }
    if (!asked)
        return caller;
    if (user.name.empty())
        return badRequest("requested impersonation without impersonating a user");
    const auto may = [&](std::string resource, std::string nameSpace, std::string name) -> ApiResult<> {
        const Action action {"impersonate", {}, std::move(resource), std::move(nameSpace), std::move(name)};
        if (!authorizer.allows(*caller, action))
            return action.refusal(*caller);
        return {};
    };
    if (const auto parts = split(user.name, ':'); user.name.starts_with(kAccountPrefix) && parts.size() == 4) {
        API_CHECK(may("serviceaccounts", parts[2], parts[3]));
        if (user.groups.empty())
            user.groups = serviceAccountUser(parts[2], parts[3]).groups;
    } else {
        API_CHECK(may("users", {}, user.name));
    }
    for (const auto& group : user.groups)
        API_CHECK(may("groups", {}, group));
    const bool anonymous = user.name == "system:anonymous" || user.isIn("system:unauthenticated");
    if (!anonymous && !user.isIn("system:authenticated"))
        user.groups.emplace_back("system:authenticated");
    return std::make_shared<const User>(std::move(user));
}

std::string serviceAccountToken(const Value& account, std::string_view key, std::int64_t issuedAt, std::int64_t expires)
{
    const auto nameSpace = text(account, {"metadata", "namespace"});
    const auto name = text(account, {"metadata", "name"});
    const Value claims =
        Object {{"aud", Array {"https://kubernetes.default.svc"}},
                {"exp", expires},
                {"iat", issuedAt},
                {"iss", "https://kubernetes.default.svc"},
                {"kubernetes.io",
                 Object {{"namespace", nameSpace},
                         {"serviceaccount", Object {{"name", name}, {"uid", text(account, {"metadata", "uid"})}}}}},
                {"nbf", issuedAt},
                {"sub", fmt::format("{}{}:{}", kAccountPrefix, nameSpace, name)}};
    const auto content = base64Url(R"({"alg":"HS256","typ":"JWT"})") + "." + base64Url(manifest::toJson(claims));
    return content + "." + signatureOf(content, key);
}

std::optional<User> userOfToken(std::string_view token, std::string_view key, std::int64_t now, const Store& store)
{
    const auto last = token.rfind('.');
    if (key.empty() || token.size() > 8192 || last == std::string_view::npos)
        return {};
    const auto content = token.substr(0, last);
    const auto expected = signatureOf(content, key);
    const auto given = token.substr(last + 1);
    if (given.size() != expected.size() || CRYPTO_memcmp(given.data(), expected.data(), given.size()) != 0)
        return {};
    const auto json = fromBase64Url(std::string(content.substr(std::min(content.find('.') + 1, content.size()))));
    const auto claims = json ? manifest::parseJson(*json) : Result<Value>(fail(json.error()));
    if (!claims || manifest::integer(*claims, {"exp"}).value_or(0) <= now)
        return {};
    const auto nameSpace = text(*claims, {"kubernetes.io", "namespace"});
    const auto name = text(*claims, {"kubernetes.io", "serviceaccount", "name"});
    const auto uid = text(*claims, {"kubernetes.io", "serviceaccount", "uid"});
    const auto account = store.get("/serviceaccounts", nameSpace, name);
    if (!account || text(account->value(), {"metadata", "uid"}) != uid)
        return {};
    return serviceAccountUser(nameSpace, name, uid);
}

} // namespace core::embedded
