// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/appset/generators.h"
#include "core/base/percent_encoding.h"

#include <memory>

namespace core::appset {

/// One value of a Secret. NotFound names the Secret and the key.
[[nodiscard]] Result<std::string> secretText(const Inputs& inputs, const std::string& nameSpace,
                                             const std::string& secret, const std::string& key);
/// What a reference {secretName, key} of a provider names; "" where there is no reference.
[[nodiscard]] Result<std::string> referencedSecret(const Inputs& inputs, const std::string& nameSpace,
                                                   const manifest::Value* reference);

enum class ForgeKind : std::uint8_t { GitHub, GitLab, Gitea, BitbucketServer, BitbucketCloud, AzureDevOps };

/// The REST API of one forge as one provider's block configures it.
class ForgeApi
{
public:
    /// `block`: {api, tokenRef | bearerToken | basicAuth | appPasswordRef, insecure ...}. Forbidden where the address
    /// is not among those that the controller allows; Unsupported for credentials that we do not have.
    [[nodiscard]] static Result<ForgeApi> open(ForgeKind kind, const manifest::Value& block, const Inputs& inputs,
                                               const std::string& nameSpace);

    [[nodiscard]] ForgeKind kind() const { return m_kind; }
    /// One document. NotFound for HTTP 404; other refusals name status and address.
    [[nodiscard]] Result<manifest::Value> get(const std::string& path) const;
    /// All elements of a list, over its pages.
    [[nodiscard]] Result<manifest::Array> all(const std::string& path) const;

private:
    ForgeApi(const Inputs& inputs)
        : m_inputs(&inputs)
    {
    }
    [[nodiscard]] Result<HttpResponse> send(const std::string& url) const;
    [[nodiscard]] std::string nextPage(const std::string& url, const HttpResponse& answer,
                                       const manifest::Value& body) const;

    const Inputs* m_inputs;
    ForgeKind m_kind = ForgeKind::GitHub;
    std::string m_base; ///< without a slash at the end
    std::vector<std::pair<std::string, std::string>> m_headers;
    bool m_insecure = false;
};

/// The provider's block of a scmProvider or pullRequest generator. InvalidInput where there is none that we know.
[[nodiscard]] Result<std::pair<ForgeKind, const manifest::Value*>> forgeOf(const manifest::Value& generator,
                                                                           std::string_view what);

} // namespace core::appset
