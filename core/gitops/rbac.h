// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/manifest/value.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace core::gitops {

/// Who may do what, as Argo CD's API server decides it (section 6.8). Immutable once read; any thread.
class Rbac
{
public:
    /// `config`: the ConfigMap `argocd-rbac-cm`, null: a fresh install's. `projects`: the AppProjects. Never fails:
    /// lines that cannot be read are left out and named in problems().
    [[nodiscard]] static Rbac parse(const manifest::Value* config, const std::vector<manifest::Value>& projects);

    struct Subject
    {
        std::string user; ///< "admin", the token's `sub`, or "proj:<project>:<role>"
        std::vector<std::string> groups;
    };
    struct Request
    {
        std::string resource; ///< "applications", "logs", "projects" ...
        std::string action; ///< "get", "sync", "action/apps/Deployment/restart" ...
        std::string object; ///< "<project>/<app>", "<project>/<namespace>/<app>", a project, a server URL ...
    };
    struct Decision
    {
        bool allowed = false;
        std::string reason; ///< the line that decided and where it stands, or that none permits it
    };
    [[nodiscard]] Decision may(const Subject& subject, const Request& request) const;
    [[nodiscard]] const std::vector<std::string>& problems() const;

private:
    struct Data;
    explicit Rbac(std::shared_ptr<const Data> data);
    std::shared_ptr<const Data> m_d;
};

/// The object that requests about an application name (section 6.8).
[[nodiscard]] std::string rbacObject(std::string_view project, std::string_view nameSpace, std::string_view name,
                                     std::string_view controllerNamespace);

} // namespace core::gitops
