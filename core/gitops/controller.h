// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/git/signature.h"
#include "core/git/tree.h"
#include "core/gitops/clusters.h"
#include "core/gitops/comparison.h"
#include "core/gitops/findings.h"
#include "core/gitops/sync_plan.h"
#include "core/health/customizations.h"
#include "core/kube/client.h"

#include <functional>
#include <memory>
#include <stop_token>

namespace core::gitops {

struct ResolvedSource
{
    git::TreePtr tree;
    std::string revision; ///< 40 hex digits
};

/// For the audit log.
struct AuditRecord
{
    std::string nameSpace, application;
    std::string who; ///< user, or "automated"
    std::string action; ///< "sync", "prune", "delete"
    std::string object; ///< resource key text, or ""
    std::string revision;
    std::string result; ///< "started", "Succeeded", "Failed: ..."
};

/// Reconciles the Applications of one cluster as Argo CD's controller does: refresh, compare, sync, heal, prune,
/// delete. Their objects may be in other clusters that are registered there. All state is in the cluster; a new
/// instance continues what a killed one left. Where Argo CD's own application controller runs in the cluster, this one
/// only compares, for the views, and writes nothing: operations, refresh annotations and spec patches that clients make
/// are for the other one (section 7.6).
class ApplicationController
{
public:
    struct Deps
    {
        std::shared_ptr<kube::Client> client;
        std::shared_ptr<kube::Cache> cache; ///< watches at least Applications, AppProjects and what they manage
        std::shared_ptr<Clusters> clusters {}; ///< over `client` and `cache`; null: the controller makes its own
        std::shared_ptr<Clock> clock;
        std::shared_ptr<render::Renderer> renderer;
        std::function<Result<ResolvedSource>(const SourceRepository& repository, const std::string& revision,
                                             std::stop_token stop)>
            resolve;
        /// All tags of a repository, for sources with a tagPrefix; may be empty.
        std::function<Result<std::vector<std::string>>(const SourceRepository& repository, std::stop_token stop)>
            tags {};
        /// Checks the signatures of a commit against keys in ASCII armour; empty: what needs them is refused.
        std::function<Result<std::vector<git::SignatureCheck>>(
            const SourceRepository& repository, const std::string& revision, const std::string& commit,
            git::SignedHistory history, const std::vector<std::string>& keys, std::stop_token stop)>
            verify {};
        std::function<void(const AuditRecord&)> audit {}; ///< may be empty
        /// An application's comparison or tree is new; from the controller's thread.
        std::function<void(const std::string& nameSpace, const std::string& name)> changed {};
        /// Whether this process looks after an application; empty: after all. After a change call sourcesChanged().
        std::function<bool(const std::string& nameSpace, const std::string& name)> owns {};
        std::string controllerNamespace = "argocd";
        Duration resync = std::chrono::seconds(120);
        Duration waveDelay = Duration::zero();
    };

    explicit ApplicationController(Deps deps);
    ~ApplicationController();

    /// Blocks until stop; call it from a thread of its own.
    void run(std::stop_token stop);
    /// Look at everything again soon. Any thread.
    void wake();
    /// Sources may have new commits: resolve and compare all applications again. Any thread.
    void sourcesChanged();
    void refresh(const std::string& nameSpace, const std::string& name); ///< any thread
    [[nodiscard]] bool observesOnly() const; ///< another controller reconciles here; any thread

    // Views; any thread.
    [[nodiscard]] ComparisonPtr comparison(const std::string& nameSpace, const std::string& name) const;
    /// Compares an application as if `tree` were its (first) source's tree. Touches nothing.
    [[nodiscard]] Result<Comparison> compareSource(const manifest::Value& application, const git::TreePtr& tree,
                                                   const std::string& revision, std::stop_token stop) const;
    /// What `.operation` would do now. Touches nothing.
    struct Preview
    {
        ComparisonPtr comparison;
        SyncPlan plan;
        std::string blocked; ///< sync window, running operation, comparison error; "" = may run
    };
    [[nodiscard]] Result<Preview> plan(const manifest::Value& application, const manifest::Value& operation,
                                       std::stop_token stop) const;
    /// Findings before a sync of a compared application.
    [[nodiscard]] std::vector<Finding> findings(const manifest::Value& application, const Comparison& comparison) const;
    /// Why automated sync does not act now; "" when it would or is off.
    [[nodiscard]] std::string holdReason(const manifest::Value& application) const;

private:
    struct Private;
    std::unique_ptr<Private> m_d;
};

} // namespace core::gitops
