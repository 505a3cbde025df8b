// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kube/transport.h"
#include "core/manifest/value.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

/// Argo CD through its API server (reference: Argo CD semantics, section 10), for users who have no kubeconfig.
namespace core::argoapi {

/// Which application is meant. With `project` a missing one is NotFound; without it the server says Forbidden.
struct AppRef
{
    std::string name;
    std::string nameSpace; ///< "" = the controller's
    std::string project;
};

struct ListQuery
{
    std::vector<std::string> projects;
    std::string selector; ///< of labels
    std::string repo;
    std::string name;
    std::string resourceVersion;
    std::string fields; ///< "items.metadata.name,items.status.sync.status"; "" = all
};

enum class Refresh : std::uint8_t { No, Normal, Hard }; ///< waits until the controller has done it

/// One object of an application.
struct ResourceRef
{
    std::string group, version, kind, nameSpace, name;
};

struct ManagedResource
{
    ResourceRef key;
    manifest::Value target, live; ///< null where absent; Secrets masked by the server
    manifest::Value normalizedLive, predictedLive; ///< the difference to show
    bool modified = false;
};

struct Action
{
    std::string name;
    std::string displayName;
    bool disabled = false;
    std::vector<std::string> parameters;
};

struct LogQuery
{
    std::string pod; ///< or by owner: `owner`
    ResourceRef owner;
    std::string nameSpace;
    std::string container;
    bool follow = false, previous = false;
    std::optional<std::int64_t> tailLines, sinceSeconds;
    std::string filter; ///< substring; leading "!" inverts
};

struct LogLine
{
    std::string pod, time, content;
};

/// A client of one API server. Thread-safe. Errors: Unauthorized (401), Forbidden (403), NotFound, InvalidInput (400,
/// with the server's words), Unavailable (5xx and where no answer comes); `message` is what the server wrote.
class ArgoClient
{
public:
    /// `transport` leads to the server (kube::curlTransport with its URL and certificates); `rootPath` as in
    /// server.rootpath, "" or "/argo-cd".
    explicit ArgoClient(kube::TransportPtr transport, std::string rootPath = {});
    ~ArgoClient();

    /// Fetches a token for name and password and uses it from now on.
    [[nodiscard]] Result<> login(const std::string& username, const std::string& password, std::stop_token stop = {});
    void useToken(std::string token);
    [[nodiscard]] Result<> logout(std::stop_token stop = {});
    /// {loggedIn, username, iss, groups}
    [[nodiscard]] Result<manifest::Value> userInfo(std::stop_token stop = {});
    [[nodiscard]] Result<std::string> version(std::stop_token stop = {}); ///< "v3.5.7"
    [[nodiscard]] Result<manifest::Value> settings(std::stop_token stop = {});
    /// GET of another service (reference 10.7): "projects", "clusters", "account" ...
    [[nodiscard]] Result<manifest::Value> read(const std::string& service, std::stop_token stop = {});
    [[nodiscard]] Result<bool> canI(const std::string& resource, const std::string& action, const std::string& object,
                                    std::stop_token stop = {});

    [[nodiscard]] Result<std::vector<manifest::Value>> applications(const ListQuery& query, std::stop_token stop = {});
    [[nodiscard]] Result<manifest::Value> application(const AppRef& app, Refresh refresh, std::stop_token stop = {});
    [[nodiscard]] Result<manifest::Value> create(const manifest::Value& application, bool upsert,
                                                 std::stop_token stop = {});
    /// A JSON merge patch of the Application.
    [[nodiscard]] Result<manifest::Value> patch(const AppRef& app, const manifest::Value& change,
                                                std::stop_token stop = {});
    enum class Cascade : std::uint8_t { None, Foreground, Background };
    [[nodiscard]] Result<> remove(const AppRef& app, Cascade cascade, std::stop_token stop = {});
    /// Blocks: delivers ADDED, MODIFIED, DELETED until the stream ends, stop, or onEvent returns false. The server
    /// drops events of slow readers: list again after a reconnect.
    [[nodiscard]] Result<>
    watch(const ListQuery& query,
          const std::function<bool(const std::string& type, const manifest::Value& app)>& onEvent,
          std::stop_token stop);

    [[nodiscard]] Result<manifest::Value> resourceTree(const AppRef& app, std::stop_token stop = {});
    [[nodiscard]] Result<std::vector<ManagedResource>> managedResources(const AppRef& app, std::stop_token stop = {});
    /// The rendered objects of a revision ("" = the target).
    [[nodiscard]] Result<std::vector<manifest::Value>> manifests(const AppRef& app, const std::string& revision,
                                                                 std::stop_token stop = {});
    [[nodiscard]] Result<manifest::Value> resource(const AppRef& app, const ResourceRef& object,
                                                   std::stop_token stop = {});
    [[nodiscard]] Result<std::vector<manifest::Value>> events(const AppRef& app, std::stop_token stop = {});
    [[nodiscard]] Result<manifest::Value> revisionMetadata(const AppRef& app, const std::string& revision,
                                                           std::stop_token stop = {});
    [[nodiscard]] Result<manifest::Value> syncWindows(const AppRef& app, std::stop_token stop = {});

    /// `request`: {revision, prune, dryRun, strategy, resources, syncOptions {items} ...}; what it leaves out is taken
    /// from the application's policy.
    [[nodiscard]] Result<manifest::Value> sync(const AppRef& app, const manifest::Value& request,
                                               std::stop_token stop = {});
    [[nodiscard]] Result<manifest::Value> rollback(const AppRef& app, std::int64_t historyId, bool prune, bool dryRun,
                                                   std::stop_token stop = {});
    [[nodiscard]] Result<> terminate(const AppRef& app, std::stop_token stop = {});

    [[nodiscard]] Result<std::vector<Action>> actions(const AppRef& app, const ResourceRef& object,
                                                      std::stop_token stop = {});
    [[nodiscard]] Result<> runAction(const AppRef& app, const ResourceRef& object, const std::string& action,
                                     const std::vector<std::pair<std::string, std::string>>& parameters,
                                     std::stop_token stop = {});
    /// Blocks until the logs end (without follow), stop, or onLine returns false.
    [[nodiscard]] Result<> logs(const AppRef& app, const LogQuery& query,
                                const std::function<bool(const LogLine&)>& onLine, std::stop_token stop);

private:
    struct Private;
    std::unique_ptr<Private> m_d;
};

} // namespace core::argoapi
