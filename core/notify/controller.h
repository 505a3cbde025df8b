// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/http.h"
#include "core/kube/cache.h"
#include "core/notify/evaluate.h"

#include <functional>
#include <memory>
#include <stop_token>

namespace core::notify {

/// Sends what the triggers of argocd-notifications-cm say about the cluster's Applications, as Argo CD's notifications
/// controller does. A message is remembered in the cluster before it is sent and forgotten again when it fails: it is
/// retried after a failure, and never sent twice.
class NotificationController
{
public:
    /// One attempt, for the views.
    struct Sent
    {
        TimePoint at;
        std::string application;
        std::string trigger;
        std::string destination; ///< "service:recipient"
        std::string text;
        std::string error; ///< "" = delivered
    };
    struct Deps
    {
        std::shared_ptr<kube::Client> client;
        std::shared_ptr<kube::Cache> cache; ///< watches Applications, AppProjects, ConfigMaps and Secrets
        std::shared_ptr<Clock> clock;
        HttpSend http;
        std::function<void(const Sent&)> sent {}; ///< may be empty; from the controller's thread
        /// Of a commit of a repository, as the applications of a project reach it.
        std::function<Result<CommitMetadata>(const std::string& repoUrl, const std::string& project,
                                             const std::string& commit)>
            commitMetadata {};
        std::string nameSpace = "argocd";
    };

    explicit NotificationController(Deps deps);
    ~NotificationController();

    /// Blocks until stop; call it from a thread of its own.
    void run(std::stop_token stop);
    /// One pass over all applications: what run() does on a change and every minute.
    void reconcileAll(std::stop_token stop);
    /// What keeps messages from being sent, as of the last pass. Any thread.
    [[nodiscard]] std::vector<Finding> problems() const;

private:
    struct Private;
    std::unique_ptr<Private> m_d;
};

} // namespace core::notify
