// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gitops/integrity.h"

#include <fmt/format.h>

#include <algorithm>

namespace core::gitops {

namespace {

using Verdict = git::SignatureCheck::Verdict;

/// Keys are named by fingerprint, long or short id: the last digits count.
bool sameKey(std::string_view allowed, std::string_view used)
{
    constexpr std::size_t kShortest = 8;
    const auto digits = std::min(allowed.size(), used.size());
    if (digits < kShortest)
        return false;
    const auto a = allowed.substr(allowed.size() - digits);
    const auto b = used.substr(used.size() - digits);
    return std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
        const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; };
        return upper(x) == upper(y);
    });
}

class Impersonating final : public kube::Transport
{
public:
    Impersonating(kube::TransportPtr inner, std::string user)
        : m_inner(std::move(inner))
        , m_user(std::move(user))
    {
    }

    Result<kube::Response> send(const kube::Request& request, std::stop_token stop) override
    {
        return m_inner->send(as(request), std::move(stop));
    }

    Result<kube::Response> stream(const kube::Request& request, const std::function<bool(std::string_view)>& onChunk,
                                  std::stop_token stop) override
    {
        return m_inner->stream(as(request), onChunk, std::move(stop));
    }

    [[nodiscard]] std::string description() const override
    {
        return fmt::format("{} as {}", m_inner->description(), m_user);
    }

private:
    [[nodiscard]] kube::Request as(kube::Request request) const
    {
        request.headers.emplace_back("Impersonate-User", m_user);
        return request;
    }

    kube::TransportPtr m_inner;
    std::string m_user;
};

} // namespace

const SignaturePolicy* signaturePolicyFor(const Project& project, const std::string& repoUrl)
{
    const SignaturePolicy* found = nullptr;
    for (const auto& policy : project.signaturePolicies) {
        if (repoIsListed(policy.repos, repoUrl))
            found = &policy;
    }
    return found;
}

std::string signatureProblem(const SignaturePolicy& policy, const std::string& revision,
                             const std::vector<git::SignatureCheck>& checks)
{
    for (const auto& check : checks) {
        const auto& where = checks.size() > 1 ? check.object : revision;
        switch (check.verdict) {
        case Verdict::Unsigned:
            return fmt::format("Target revision {} in Git is not signed, but a signature is required", where);
        case Verdict::Unknown:
            return fmt::format("Could not verify commit signature on revision '{}', check logs for more information.",
                               where);
        case Verdict::Invalid:
            return fmt::format("Found signature made with {} key {}, but verification result was invalid: '{}'",
                               check.algorithm, check.keyId, check.detail);
        case Verdict::Good:
            if (std::none_of(policy.keys.begin(), policy.keys.end(),
                             [&](const std::string& key) { return sameKey(key, check.keyId); }))
                return fmt::format(
                    "Found good signature made with {} key {}, but this key is not allowed in AppProject",
                    check.algorithm, check.keyId);
        }
    }
    return {};
}

Result<std::string> impersonatedUser(const Project& project, const std::string& server, const std::string& nameSpace)
{
    for (const auto& item : project.serviceAccounts) {
        if (!globMatches(item.server, server) || !globMatches(item.nameSpace, nameSpace))
            continue;
        const auto colon = item.account.find(':');
        const auto own = colon == std::string::npos ? nameSpace : item.account.substr(0, colon);
        const auto name = colon == std::string::npos ? item.account : item.account.substr(colon + 1);
        if (name.empty())
            break;
        return fmt::format("system:serviceaccount:{}:{}", own, name);
    }
    return fail(
        Error::Code::NotFound,
        fmt::format("no matching service account found for destination server {} and namespace {}", server, nameSpace),
        "AppProject/" + project.name, "add it to spec.destinationServiceAccounts");
}

kube::TransportPtr impersonating(kube::TransportPtr inner, std::string user)
{
    return std::make_shared<Impersonating>(std::move(inner), std::move(user));
}

} // namespace core::gitops
