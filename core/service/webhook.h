// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/manifest/resource.h"
#include "core/service/http_server.h"

#include <string>
#include <vector>

/// Web hooks of Git hosts (reference: Argo CD semantics, section 7.2). Pure functions.
namespace core::service {

/// One push, or one change of a pull request.
struct GitEvent
{
    std::vector<std::string> urls; ///< all forms that the host names
    std::string revision; ///< branch or tag, without refs/
    bool tag = false;
    bool defaultBranch = false; ///< HEAD moved with it
    bool pullRequest = false;
    bool filesKnown = false;
    std::vector<std::string> files; ///< changed
};

/// Reads a request as GitHub, GitLab, Gitea, Gogs, Bitbucket and Bitbucket Server send it. The Secret is argocd-secret:
/// webhook.github.secret, webhook.gitlab.secret, webhook.gogs.secret (Gitea, too), webhook.bitbucket.uuid,
/// webhook.bitbucketserver.secret. Unauthorized where the signature is wrong or the host's secret is not set;
/// Unsupported for unknown senders. Events of no interest give an empty list.
[[nodiscard]] Result<std::vector<GitEvent>> readWebhook(const HttpQuestion& request, const manifest::Value* secret);

/// Whether the event may change what an Application renders: repository, revision, and where the host lists the files
/// also the annotation manifest-generate-paths.
[[nodiscard]] bool concernsApplication(const GitEvent& event, const manifest::Value& application);
/// Whether an ApplicationSet's generators read what the event changed.
[[nodiscard]] bool concernsSet(const GitEvent& event, const manifest::Value& applicationSet);
/// Whether two addresses lead to one repository: scheme, user, port, ".git" and case do not count.
[[nodiscard]] bool sameRepository(std::string_view a, std::string_view b);

} // namespace core::service
