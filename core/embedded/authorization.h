// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/embedded/status.h"
#include "core/embedded/store.h"
#include "core/manifest/value.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core::embedded {

struct ApiRequest;

/// Who asks: authentication.k8s.io UserInfo.
struct User
{
    std::string name;
    std::string uid {};
    std::vector<std::string> groups {};
    std::map<std::string, std::vector<std::string>> extra {};
    [[nodiscard]] bool isIn(std::string_view group) const;
    [[nodiscard]] manifest::Value userInfo() const;
};
using UserPtr = std::shared_ptr<const User>;

/// The holder of the embedded cluster's own token, and every caller within the process.
[[nodiscard]] UserPtr administrator();
/// With the groups that every service account is in.
[[nodiscard]] User serviceAccountUser(std::string_view nameSpace, std::string_view name, std::string_view uid = {});

/// What somebody wants to do: of a resource, or of a path where `resource` is empty.
struct Action
{
    std::string verb, group, resource; ///< "pods", "pods/log"
    std::string nameSpace, name;
    std::string path {};
    /// `pods is forbidden: User "x" cannot list resource "pods" in API group "" in the namespace "a"`
    [[nodiscard]] Refusal refusal(const User& user) const;
};
[[nodiscard]] Action actionOf(const ApiRequest& request);

/// RBAC over the stored roles and bindings; system:masters may do everything.
class Authorizer
{
public:
    explicit Authorizer(const Store& store)
        : m_store(store)
    {
    }
    /// Why it is allowed (may be empty), or nothing: it is not.
    [[nodiscard]] std::optional<std::string> allows(const User& user, const Action& action) const;
    /// The rules that hold for a user in a namespace, as PolicyRules.
    [[nodiscard]] manifest::Array rules(const User& user, std::string_view nameSpace) const;

private:
    /// Calls `visit(rule, binding)` for each rule that is bound to the user, until it returns false.
    template<class Visit>
    void visitRules(const User& user, std::string_view nameSpace, const Visit& visit) const;
    const Store& m_store;
};

/// The user whom the Impersonate-* headers name, if the caller may impersonate it; else the caller.
[[nodiscard]] ApiResult<UserPtr> impersonated(const ApiRequest& request, const UserPtr& caller,
                                              const Authorizer& authorizer);

/// Signed tokens of service accounts (JWT, HS256).
[[nodiscard]] std::string serviceAccountToken(const manifest::Value& account, std::string_view key,
                                              std::int64_t issuedAt, std::int64_t expires);
/// The account's user where the token is genuine, not expired and its account still the same.
[[nodiscard]] std::optional<User> userOfToken(std::string_view token, std::string_view key, std::int64_t now,
                                              const Store& store);

} // namespace core::embedded
