// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/embedded/authorization.h"
#include "core/embedded/registry.h"
#include "core/embedded/store.h"
#include "core/kube/transport.h"

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace core::embedded {

struct ApiRequest;
class Interferer;

/// One running watch: texts of events, ready to be sent. Not thread-safe.
class WatchSession
{
public:
    virtual ~WatchSession() = default;
    /// What is ready now, "" where nothing is. After ended() nothing more comes.
    [[nodiscard]] virtual std::string poll() = 0;
    [[nodiscard]] virtual bool ended() const = 0;
    /// Waits until poll() may have something, or until `deadline`.
    virtual void wait(std::chrono::steady_clock::time_point deadline, std::stop_token stop) = 0;
    [[nodiscard]] virtual const std::string& table() const = 0; ///< whose events it shows
};

/// The API machinery over a store: what a Kubernetes API server answers to requests. Thread-safe. Who asks is the
/// administrator unless told otherwise; impersonation and RBAC hold for everybody.
class ApiServer
{
public:
    struct Options
    {
        std::unique_ptr<Store> store; ///< required
        std::shared_ptr<Clock> clock; ///< required
        std::string version = "v1.33.1+embedded";
        std::size_t maxBodyBytes = 3145728;
    };
    /// Fills an empty store with what every cluster has: namespaces, priority classes, CRDs ...
    [[nodiscard]] static Result<std::unique_ptr<ApiServer>> open(Options options);
    ~ApiServer();

    [[nodiscard]] kube::Response handle(const kube::Request& request, const UserPtr& caller = administrator());
    /// Watches and followed logs: blocks as kube::Transport::stream does. Anything else is answered by handle(). Where
    /// `broken` is given, a watch ends when that says so; it is asked at least once a second.
    [[nodiscard]] kube::Response stream(const kube::Request& request,
                                        const std::function<bool(std::string_view)>& onChunk, std::stop_token stop,
                                        const UserPtr& caller = administrator(),
                                        const std::function<bool()>& broken = {});
    /// For servers that do not want to block: a session, or the response that says why there is none.
    [[nodiscard]] std::unique_ptr<WatchSession> watch(const kube::Request& request, kube::Response& refusal,
                                                      const UserPtr& caller = administrator());
    /// The user of a service account's token that this server has signed; null: it is not one.
    [[nodiscard]] UserPtr userOf(std::string_view token) const;
    /// What tokens are signed with. Without a call, tokens end with the process.
    void setTokenKey(std::string key);
    [[nodiscard]] static bool isWatch(const kube::Request& request);
    [[nodiscard]] static bool isFollowedLog(const kube::Request& request);

    [[nodiscard]] Store& store() const;
    [[nodiscard]] RegistryPtr registry() const;
    [[nodiscard]] Clock& clock() const;
    /// Shown in discovery; set when the HTTPS server knows its port.
    void setAddress(std::string hostAndPort);

    /// What only a node could answer: a container's log. Writes text through onText while it is true, or returns in a
    /// kubelet's words why not. Without one, pods have empty logs.
    struct LogRequest
    {
        std::string nameSpace, pod, container;
        bool follow = false, previous = false, timestamps = false;
        std::optional<std::int64_t> tailLines;
        std::optional<TimePoint> since;
    };
    using LogSource = std::function<Result<>(const LogRequest&, const std::function<bool(std::string_view)>& onText,
                                             std::stop_token)>;
    void setLogSource(LogSource source);
    /// Answers requests below /apis/GROUP that the store knows nothing of (metrics.k8s.io); may return nothing.
    using Extension = std::function<std::optional<kube::Response>(const kube::Request&)>;
    void setExtension(Extension extension);

    /// What stands between clients and this server; null: nothing. Whoever serves clients asks it.
    void setInterferer(std::shared_ptr<Interferer> interferer);
    [[nodiscard]] std::shared_ptr<Interferer> interferer() const;

    struct Private;

private:
    explicit ApiServer(std::unique_ptr<Private> d);
    std::unique_ptr<Private> m_d;
};

} // namespace core::embedded
