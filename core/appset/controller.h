// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/appset/plan.h"
#include "core/base/http.h"
#include "core/kube/cache.h"

#include <functional>
#include <memory>
#include <stop_token>

namespace core::appset {

/// Reconciles the ApplicationSets of one cluster as Argo CD's applicationset-controller does: generates Applications,
/// creates, updates and deletes them, rolls them out step by step. All state is in the cluster.
class ApplicationSetController
{
public:
    struct Deps
    {
        std::shared_ptr<kube::Client> client;
        std::shared_ptr<kube::Cache> cache; ///< watches ApplicationSets, Applications, AppProjects, Secrets, ConfigMaps
        std::shared_ptr<Clock> clock;
        std::function<Result<gitops::ResolvedSource>(const gitops::SourceRepository& repository,
                                                     const std::string& revision, std::stop_token stop)>
            resolve;
        HttpSend http;
        std::function<Result<std::string>(const manifest::Value& secret, std::stop_token stop)>
            githubToken {}; ///< Inputs::githubToken
        std::string nameSpace = "argocd"; ///< Argo CD's own
        /// Whether this process looks after an ApplicationSet; empty: after all. Any thread.
        std::function<bool(const std::string& nameSpace, const std::string& name)> owns {};
        /// After each pass over one set; from the controller's thread. May be empty.
        std::function<void(const std::string& nameSpace, const std::string& name, bool failed, Duration took)> done {};
    };

    explicit ApplicationSetController(Deps deps);
    ~ApplicationSetController();

    /// Blocks until stop; call it from a thread of its own.
    void run(std::stop_token stop);
    /// Look at everything again soon. Any thread.
    void wake();
    /// Repositories may have new commits: sets that read one are generated again. Any thread.
    void sourcesChanged();

    /// What an ApplicationSet, as written here, would make of the cluster now. Touches nothing; any thread.
    struct Preview
    {
        Generated generated;
        std::map<std::string, std::string> problems; ///< by Application
        std::vector<Change> changes; ///< none where generated.error is set
        Live live; ///< before
    };
    [[nodiscard]] Preview preview(const manifest::Value& applicationSet, std::stop_token stop) const;

private:
    struct Private;
    std::unique_ptr<Private> m_d;
};

} // namespace core::appset
