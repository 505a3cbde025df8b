// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gitops/clusters.h"

#include "core/base/log.h"
#include "core/kube/curl_transport.h"
#include "core/kube/rate_limit.h"
#include "core/manifest/secret.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace core::gitops {

namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

constexpr auto kCollect = 1s; ///< how often what is no longer used is looked for

/// Whether two Secrets lead to the same place in the same way.
bool sameAccess(const RegisteredCluster& a, const RegisteredCluster& b)
{
    return a.server == b.server && a.namespaces == b.namespaces && a.clusterResources == b.clusterResources
        && manifest::secretText(a.secret, "config") == manifest::secretText(b.secret, "config");
}

bool sameCluster(const RegisteredCluster& a, const RegisteredCluster& b)
{
    return a.name == b.name && a.project == b.project && sameAccess(a, b);
}

} // namespace

/// One registered cluster that applications use. What is not const is guarded by Private::mutex.
struct Remote
{
    explicit Remote(RegisteredCluster cluster)
        : registered(std::move(cluster))
    {
    }

    const RegisteredCluster registered;
    Clusters::State state = Clusters::State::Connecting;
    std::string problem;
    std::string version;
    DestinationPtr destination; ///< set once it has answered
    Steady::time_point asked = Steady::now();
    std::jthread thread; ///< last: ends before what it writes
};
using RemotePtr = std::shared_ptr<Remote>;

struct Clusters::Private
{
    std::shared_ptr<kube::Cache> cache;
    Options options;
    DestinationPtr own;

    mutable std::mutex mutex; ///< guards what follows
    std::condition_variable_any changed;
    List list;
    std::map<std::string, RemotePtr> remotes; ///< by server
    std::vector<RemotePtr> closing; ///< stopped; joined by the collector
    std::vector<DestinationPtr> released; ///< ended by the collector when nobody else has them

    std::mutex calling; ///< held while listeners run
    std::map<std::uint64_t, std::function<void(const std::string&)>> listeners;
    std::uint64_t nextListener = 0;

    std::jthread collector;
    kube::Cache::Subscription subscription; ///< last: ends before what its callback uses

    void readSecrets();
    void close(RemotePtr remote); ///< mutex held
    RemotePtr open(const RegisteredCluster& cluster); ///< mutex held
    void run(Remote& remote, std::stop_token stop);
    void collect(std::stop_token stop);
    void tell(const std::string& server);
    void set(Remote& remote, State state, std::string problem, std::string version);
    [[nodiscard]] Reach reachOf(const Remote& remote) const; ///< mutex held
    void pause(std::chrono::milliseconds time, std::stop_token stop);
};

void Clusters::Private::tell(const std::string& server)
{
    const std::lock_guard lock(calling);
    for (const auto& [id, listener] : listeners)
        listener(server);
}

void Clusters::Private::pause(std::chrono::milliseconds time, std::stop_token stop)
{
    std::mutex local;
    std::condition_variable_any wake;
    std::unique_lock lock(local);
    wake.wait_for(lock, stop, time, [] { return false; });
}

/// What the Secrets say now; clusters that are reached in another way than before are opened anew when asked for.
void Clusters::Private::readSecrets()
{
    const auto settings = cache->get({"", "ConfigMap", options.nameSpace, "argocd-cm"});
    const bool disabled = settings && manifest::text(*settings, {"data", "cluster.inClusterEnabled"}) == "false";
    auto fresh = std::make_shared<const std::vector<RegisteredCluster>>(
        registeredClusters(cache->list({"", "Secret"}, options.nameSpace), options.nameSpace,
                           disabled ? OwnCluster::Disabled : OwnCluster::Enabled));
    {
        const std::lock_guard lock(mutex);
        if (list && std::equal(list->begin(), list->end(), fresh->begin(), fresh->end(), sameCluster))
            return;
        list = std::move(fresh);
        for (auto at = remotes.begin(); at != remotes.end();) {
            const bool same = std::any_of(list->begin(), list->end(), [&](const RegisteredCluster& cluster) {
                return sameAccess(cluster, at->second->registered);
            });
            if (!same)
                close(at->second);
            at = same ? std::next(at) : remotes.erase(at);
        }
        if (options.open == Open::Always)
            for (const auto& cluster : *list)
                if (cluster.server != kInClusterServer)
                    (void)open(cluster);
    }
    tell({});
}

void Clusters::Private::close(RemotePtr remote)
{
    remote->thread.request_stop();
    if (remote->destination)
        released.push_back(remote->destination);
    closing.push_back(std::move(remote));
    changed.notify_all();
}

RemotePtr Clusters::Private::open(const RegisteredCluster& cluster)
{
    auto& remote = remotes[cluster.server];
    if (!remote) {
        remote = std::make_shared<Remote>(cluster);
        remote->thread = std::jthread([this, r = remote.get()](std::stop_token stop) { run(*r, std::move(stop)); });
    }
    remote->asked = Steady::now();
    return remote;
}

void Clusters::Private::set(Remote& remote, State state, std::string problem, std::string version)
{
    {
        const std::lock_guard lock(mutex);
        if (!version.empty())
            remote.version = std::move(version);
        if (remote.state == state && remote.problem == problem)
            return;
        if (state == State::Failed && remote.state != State::Failed)
            log::warning("gitops", problem);
        else if (state == State::Connected && remote.state == State::Failed)
            log::info("gitops", remote.registered.server + " answers again");
        remote.state = state;
        remote.problem = std::move(problem);
    }
    changed.notify_all();
    tell(remote.registered.server);
}

/// Connects, then looks from time to time whether the cluster still answers.
void Clusters::Private::run(Remote& remote, std::stop_token stop)
{
    const auto& server = remote.registered.server;
    std::optional<Error::Code> known; // of the failure that is told already: its words differ in milliseconds only
    const auto failed = [&](const Error& error) {
        if (known == error.code)
            return;
        known = error.code;
        set(remote, State::Failed,
            fmt::format("failed to get cluster info for \"{}\": error synchronizing cache state : {}", server,
                        error.code == Error::Code::Unauthorized
                            ? "the server has asked for the client to provide credentials"
                            : error.text()),
            {});
    };
    auto access = clusterAccess(remote.registered, options.exec);
    if (!access)
        return failed(access.error()); // until the Secret is another
    const auto client =
        std::make_shared<kube::Client>(kube::rateLimited(kube::curlTransport(std::move(*access)), kube::RateLimit {}));
    kube::Cache::Options waits;
    waits.firstBackoff = options.firstPause;
    waits.longestBackoff = options.longestPause;
    waits.namespaces = remote.registered.namespaces;
    waits.clusterResources = remote.registered.clusterResources;
    const auto there = std::make_shared<const Destination>(
        Destination {server, client, std::make_shared<kube::Cache>(client, std::move(waits))});
    auto wait = options.firstPause;
    bool listed = false;
    while (!stop.stop_requested()) {
        const auto version = client->serverVersion(stop);
        std::optional<Error> problem;
        if (!version) {
            problem = version.error();
        } else if (!listed) {
            if (const auto watched = there->cache->watchAll(stop); !watched)
                problem = watched.error();
        }
        if (stop.stop_requested())
            return;
        const auto failing = there->cache->problems();
        if (!problem && failing.size() == there->cache->watchedTypes())
            problem = failing.empty() ? Error {Error::Code::Unavailable, "it serves nothing that can be watched"}
                                      : failing.begin()->second;
        if (problem) {
            failed(*problem);
            pause(wait, stop);
            wait = std::min(wait * 2, options.longestPause);
            continue;
        }
        if (!listed) {
            const std::lock_guard lock(mutex);
            remote.destination = there;
        }
        listed = true;
        known.reset();
        wait = options.firstPause;
        set(remote, State::Connected, {}, std::string(manifest::text(*version, {"gitVersion"})));
        pause(options.look, stop);
    }
}

/// Ends what nobody uses: threads that are told to stop, clusters without applications, caches without readers.
void Clusters::Private::collect(std::stop_token stop)
{
    while (!stop.stop_requested()) {
        std::vector<RemotePtr> ended;
        std::vector<DestinationPtr> unused;
        std::vector<std::string> idle;
        {
            std::unique_lock lock(mutex);
            changed.wait_for(lock, stop, kCollect, [&] { return !closing.empty(); });
            const auto now = Steady::now();
            for (auto at = remotes.begin(); at != remotes.end();) {
                const bool old = options.open == Open::WhenAsked && now - at->second->asked > options.closeAfter;
                if (old) {
                    idle.push_back(at->first);
                    close(at->second);
                }
                at = old ? remotes.erase(at) : std::next(at);
            }
            ended.swap(closing);
        }
        ended.clear(); // joins their threads, so that only readers hold the caches
        {
            const std::lock_guard lock(mutex);
            const auto kept = std::partition(released.begin(), released.end(),
                                             [](const DestinationPtr& each) { return each.use_count() > 1; });
            unused.assign(std::make_move_iterator(kept), std::make_move_iterator(released.end()));
            released.erase(kept, released.end());
        }
        unused.clear();
        for (const auto& server : idle) {
            log::info("gitops", server + " is closed: no application goes there");
            tell(server);
        }
    }
}

Clusters::Reach Clusters::Private::reachOf(const Remote& remote) const
{
    return {remote.state, remote.destination, remote.registered.server, remote.problem};
}

Clusters::Clusters(std::shared_ptr<kube::Client> client, std::shared_ptr<kube::Cache> cache, Options options)
    : m_d(std::make_unique<Private>())
{
    m_d->cache = cache;
    m_d->options = std::move(options);
    m_d->own = std::make_shared<const Destination>(
        Destination {std::string(kInClusterServer), std::move(client), std::move(cache)});
    m_d->subscription = m_d->cache->subscribe([d = m_d.get()](const std::vector<kube::Cache::Change>& changes) {
        const bool concerns = std::any_of(changes.begin(), changes.end(), [&](const kube::Cache::Change& change) {
            const auto& object = change.object();
            const auto kind = manifest::kind(object);
            if (manifest::nameSpace(object) != d->options.nameSpace)
                return false;
            return (kind == "ConfigMap" && manifest::name(object) == "argocd-cm")
                || (kind == "Secret"
                    && (manifest::label(object, "argocd.argoproj.io/secret-type") == "cluster"
                        || (change.before
                            && manifest::label(*change.before, "argocd.argoproj.io/secret-type") == "cluster")));
        });
        if (concerns)
            d->readSecrets();
    });
    m_d->readSecrets();
    m_d->collector = std::jthread([d = m_d.get()](std::stop_token stop) { d->collect(std::move(stop)); });
}

Clusters::~Clusters()
{
    m_d->subscription = {};
    m_d->collector.request_stop();
    m_d->collector.join();
    for (const auto& [server, remote] : m_d->remotes)
        remote->thread.request_stop();
    m_d->remotes.clear();
    m_d->closing.clear();
}

Clusters::List Clusters::registered() const
{
    const std::lock_guard lock(m_d->mutex);
    return m_d->list;
}

const DestinationPtr& Clusters::own() const
{
    return m_d->own;
}

Result<Clusters::Reach> Clusters::reach(const Application& app)
{
    const auto list = registered();
    PH_TRY(const auto* cluster, chooseCluster(*list, app.server, app.clusterName));
    if (cluster->server == kInClusterServer)
        return Reach {State::Connected, m_d->own, cluster->server, {}};
    const std::lock_guard lock(m_d->mutex);
    return m_d->reachOf(*m_d->open(*cluster));
}

Result<DestinationPtr> Clusters::wait(const Application& app, std::stop_token stop)
{
    for (;;) {
        PH_TRY(auto there, reach(app));
        if (there.state == State::Connected)
            return std::move(there.destination);
        if (there.state == State::Failed)
            return fail(Error::Code::Unavailable, std::move(there.problem));
        std::unique_lock lock(m_d->mutex);
        m_d->changed.wait_for(lock, stop, kCollect, [] { return false; });
        if (stop.stop_requested())
            return fail(Error::Code::Cancelled, "cancelled while connecting to the destination");
    }
}

DestinationPtr Clusters::find(const Application& app) const
{
    const auto list = registered();
    const auto cluster = chooseCluster(*list, app.server, app.clusterName);
    if (!cluster)
        return nullptr;
    if ((*cluster)->server == kInClusterServer)
        return m_d->own;
    const std::lock_guard lock(m_d->mutex);
    const auto found = m_d->remotes.find((*cluster)->server);
    return found == m_d->remotes.end() ? nullptr : found->second->destination;
}

std::vector<DestinationPtr> Clusters::destinations() const
{
    std::vector<DestinationPtr> out {m_d->own};
    const std::lock_guard lock(m_d->mutex);
    for (const auto& [server, remote] : m_d->remotes) {
        if (remote->destination)
            out.push_back(remote->destination);
    }
    return out;
}

std::map<std::string, Clusters::Status> Clusters::statuses() const
{
    const std::lock_guard lock(m_d->mutex);
    std::map<std::string, Status> out;
    for (const auto& [server, remote] : m_d->remotes)
        out.emplace(server, Status {remote->state, remote->problem, remote->version});
    return out;
}

kube::Cache::Subscription Clusters::subscribe(std::function<void(const std::string& server)> listener)
{
    const std::lock_guard lock(m_d->calling);
    const auto id = m_d->nextListener++;
    m_d->listeners.emplace(id, std::move(listener));
    return kube::Cache::Subscription([d = m_d.get(), id] {
        const std::lock_guard calling(d->calling); // a callback in progress ends first
        d->listeners.erase(id);
    });
}

} // namespace core::gitops
