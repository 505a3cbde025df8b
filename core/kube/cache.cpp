// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kube/cache.h"

#include "core/base/log.h"
#include "core/kube/cache_store.h"
#include "core/kube/url.h"

#include <boost/json.hpp>

#include <condition_variable>
#include <random>

namespace core::kube {

using manifest::GroupKind;
using manifest::Value;

namespace {

const GroupKind kCrd {"apiextensions.k8s.io", "CustomResourceDefinition"};
constexpr std::chrono::minutes kDiscoveryPeriod {5};

bool has(const std::vector<std::string>& list, std::string_view text)
{
    return std::find(list.begin(), list.end(), text) != list.end();
}

bool watchable(const ResourceType& type)
{
    return has(type.verbs, "list") && has(type.verbs, "watch") && type.group != "events.k8s.io";
}

} // namespace

struct Cache::Private
{
    Private(std::shared_ptr<Client> c, Options o)
        : client(std::move(c))
        , options(std::move(o))
    {
    }

    /// One watched type, in one namespace where the options name them, and its thread.
    struct Watcher
    {
        ResourceType type;
        std::string nameSpace; ///< "" = all
        bool settled = false; ///< the first attempt has ended, well or not
        std::optional<Error> problem;
        std::jthread thread; ///< last member: ends before the others go
    };
    struct Listening
    {
        std::uint64_t id = 0;
        std::uint64_t since = 0; ///< wants changes from this number on
        std::shared_ptr<Listener> listener;
    };

    std::shared_ptr<Client> client;
    Options options;

    mutable std::mutex mutex; ///< guards all below
    std::condition_variable_any changed;
    CacheStore store;
    using Place = std::pair<GroupKind, std::string>; ///< type, namespace
    std::map<Place, std::shared_ptr<Watcher>> watchers;
    std::vector<std::shared_ptr<Watcher>> finished; ///< of removed types, joined at the end
    std::vector<Change> queue; ///< not delivered yet
    std::uint64_t enqueued = 0; ///< changes ever queued
    std::uint64_t delivered = 0;
    std::vector<Listening> listeners;
    std::uint64_t nextListener = 1;
    bool watchingAll = false;
    bool rediscover = false;

    std::mutex delivery; ///< held while listeners run
    std::thread::id deliverer;

    std::jthread dispatcher;
    std::jthread discoverer;

    std::vector<std::shared_ptr<Watcher>> start(const ResourceType& type); ///< empty: the options leave it out
    std::shared_ptr<Watcher> startIn(const ResourceType& type, const std::string& nameSpace); ///< mutex held
    void run(const std::shared_ptr<Watcher>& watcher, std::stop_token stop);
    Result<> probe(const Watcher& watcher, std::stop_token stop) const;
    Result<std::string> relist(Watcher& watcher, std::stop_token stop);
    Result<> follow(Watcher& watcher, std::string& version, bool& moved, std::stop_token stop);
    std::uint64_t recovered = 0; ///< how often the server answered again; under mutex
    std::chrono::steady_clock::time_point recoveredAt;
    void settle(Watcher& watcher, std::optional<Error> problem);
    bool gone(const Watcher& watcher, std::stop_token stop);
    void enqueue(std::vector<Change> changes); ///< mutex held
    void dispatch(std::stop_token stop);
    void discoverLoop(std::stop_token stop);
    Result<> startAll(std::stop_token stop);
    bool pause(std::chrono::milliseconds duration, std::stop_token stop);
};

bool Cache::Private::pause(std::chrono::milliseconds duration, std::stop_token stop)
{
    std::mutex local;
    std::condition_variable_any wake;
    std::unique_lock lock(local);
    wake.wait_for(lock, stop, duration, [] { return false; });
    return !stop.stop_requested();
}

void Cache::Private::enqueue(std::vector<Change> changes)
{
    if (changes.empty())
        return;
    for (const auto& change : changes) {
        if (watchingAll && manifest::kind(change.object()) == kCrd.kind)
            rediscover = true;
    }
    enqueued += changes.size();
    if (queue.empty())
        queue = std::move(changes);
    else
        std::move(changes.begin(), changes.end(), std::back_inserter(queue));
    changed.notify_all();
}

void Cache::Private::dispatch(std::stop_token stop)
{
    while (!stop.stop_requested()) {
        std::vector<Change> batch;
        std::uint64_t first = 0;
        {
            std::unique_lock lock(mutex);
            if (!changed.wait(lock, stop, [&] { return !queue.empty(); }))
                return;
            batch = std::exchange(queue, {});
            first = enqueued - batch.size();
        }
        const std::scoped_lock running(delivery);
        std::vector<Listening> targets;
        {
            const std::scoped_lock lock(mutex);
            targets = listeners;
            deliverer = std::this_thread::get_id();
        }
        for (const auto& target : targets) {
            if (target.since <= first) {
                (*target.listener)(batch);
            } else if (target.since < first + batch.size()) {
                const auto skip = static_cast<std::ptrdiff_t>(target.since - first);
                (*target.listener)({batch.begin() + skip, batch.end()});
            }
        }
        {
            const std::scoped_lock lock(mutex);
            deliverer = {};
            delivered = first + batch.size();
        }
        changed.notify_all();
    }
}

void Cache::Private::settle(Watcher& watcher, std::optional<Error> problem)
{
    {
        const std::scoped_lock lock(mutex);
        if (problem && !watcher.problem)
            log::warning("kube", fmt::format("{}: {}", watcher.type.plural, problem->text()));
        // Not at each success: where lists are answered and watches are not, types would wake each other for ever.
        const auto now = std::chrono::steady_clock::now();
        if (!problem && watcher.problem && now - recoveredAt > options.firstBackoff * 5) {
            ++recovered;
            recoveredAt = now;
        }
        watcher.problem = std::move(problem);
        watcher.settled = true;
    }
    changed.notify_all();
}

/// Whether the server answers at all: one object, not the pages behind it.
Result<> Cache::Private::probe(const Watcher& watcher, std::stop_token stop) const
{
    Request request;
    request.path = resourcePath(watcher.type, watcher.nameSpace) + Query().add("limit", "1").text();
    request.headers = {{"accept", "application/json"}};
    PH_TRY(const Response response, client->transport()->send(request, std::move(stop)));
    if (response.status != 200)
        return fail(errorOf(response, request.path));
    return {};
}

Result<std::string> Cache::Private::relist(Watcher& watcher, std::stop_token stop)
{
    std::vector<ObjectPtr> list;
    const auto take = [&](const std::vector<manifest::Value>& items, bool first) {
        if (first)
            list.clear();
        std::transform(items.begin(), items.end(), std::back_inserter(list), compacted);
    };
    PH_TRY(auto version, client->listPages(watcher.type, watcher.nameSpace, {}, take, std::move(stop)));
    const std::scoped_lock lock(mutex);
    std::vector<Change> changes;
    store.replaceAll(watcher.type.groupKind(), watcher.nameSpace, list, version, changes);
    enqueue(std::move(changes));
    return version;
}

Result<> Cache::Private::follow(Watcher& watcher, std::string& version, bool& moved, std::stop_token stop)
{
    ListOptions from;
    from.resourceVersion = version;
    return client->watch(
        watcher.type, watcher.nameSpace, from,
        [&](WatchEvent event) {
            if (const auto seen = manifest::text(event.object, {"metadata", "resourceVersion"}); !seen.empty())
                version = std::string(seen);
            moved = true;
            const std::scoped_lock lock(mutex);
            watcher.problem.reset();
            if (event.type != WatchEvent::Type::Bookmark) {
                std::vector<Change> changes;
                store.apply(watcher.type.groupKind(), event, changes);
                enqueue(std::move(changes));
            }
            return true;
        },
        stop);
}

/// Whether the server has stopped serving the type (its CRD was deleted).
bool Cache::Private::gone(const Watcher& watcher, std::stop_token stop)
{
    client->invalidateDiscovery();
    const auto types = client->discover(stop);
    return types && std::none_of(types->begin(), types->end(), [&](const ResourceType& type) {
               return type.groupKind() == watcher.type.groupKind() && type.version == watcher.type.version;
           });
}

void Cache::Private::run(const std::shared_ptr<Watcher>& watcher, std::stop_token stop)
{
    std::minstd_rand random(std::random_device {}());
    auto backoff = options.firstBackoff;
    std::string version; // empty: list first
    while (!stop.stop_requested()) {
        Result<> outcome;
        bool moved = false;
        bool failing = false;
        {
            const std::scoped_lock lock(mutex);
            failing = watcher->problem.has_value();
        }
        if (failing && !version.empty()) { // a watch says nothing until something happens
            outcome = probe(*watcher, stop);
            if (outcome)
                settle(*watcher, std::nullopt);
        }
        if (outcome && version.empty()) {
            auto listed = relist(*watcher, stop);
            if (listed) {
                version = *listed;
                moved = true;
                settle(*watcher, std::nullopt);
            } else {
                outcome = fail(listed.error());
            }
        }
        if (outcome && !version.empty()) {
            const auto began = std::chrono::steady_clock::now();
            bool event = false;
            outcome = follow(*watcher, version, event, stop);
            moved = event || std::chrono::steady_clock::now() - began > std::chrono::seconds(5);
        }
        if (stop.stop_requested())
            return;
        if (moved)
            backoff = options.firstBackoff;
        if (outcome && moved)
            continue; // the stream ended in its time: go on from where it was
        if (!outcome && outcome.error().code == Error::Code::Gone) {
            version.clear();
            if (moved)
                continue;
        } else if (!outcome) {
            if (outcome.error().code == Error::Code::NotFound && gone(*watcher, stop)) {
                const std::scoped_lock lock(mutex);
                std::vector<Change> changes;
                store.removeAll(watcher->type.groupKind(), changes);
                enqueue(std::move(changes));
                const auto it = watchers.find({watcher->type.groupKind(), watcher->nameSpace});
                if (it != watchers.end() && it->second == watcher) {
                    finished.push_back(watcher);
                    watchers.erase(it);
                }
                watcher->problem = outcome.error();
                watcher->settled = true;
                changed.notify_all();
                return;
            }
            settle(*watcher, outcome.error());
            if (outcome.error().code == Error::Code::Forbidden || outcome.error().code == Error::Code::Unauthorized)
                backoff = options.longestBackoff;
        }
        if (!outcome && outcome.error().retryAfterSeconds > 0) // the server's own wish
            backoff = std::clamp<std::chrono::milliseconds>(std::chrono::seconds(outcome.error().retryAfterSeconds),
                                                            backoff, options.longestBackoff);
        const std::uniform_int_distribution<std::int64_t> jitter(backoff.count() * 3 / 4, backoff.count() * 5 / 4);
        // Where the server answers one type again, the others do not wait any longer.
        std::unique_lock lock(mutex);
        const auto recoveries = recovered;
        const bool answers = changed.wait_for(
            lock, stop, std::chrono::milliseconds(std::uniform_int_distribution<std::int64_t>(jitter.param())(random)),
            [&] { return recovered != recoveries; });
        if (answers) {
            backoff = options.firstBackoff;
            continue;
        }
        backoff = std::min(backoff * 2, options.longestBackoff);
    }
}

std::vector<std::shared_ptr<Cache::Private::Watcher>> Cache::Private::start(const ResourceType& type)
{
    const std::scoped_lock lock(mutex);
    if (options.namespaces.empty())
        return {startIn(type, {})};
    std::vector<std::shared_ptr<Watcher>> started;
    if (!type.namespaced) {
        if (options.clusterResources)
            started.push_back(startIn(type, {}));
        return started;
    }
    for (const auto& nameSpace : options.namespaces)
        started.push_back(startIn(type, nameSpace));
    return started;
}

std::shared_ptr<Cache::Private::Watcher> Cache::Private::startIn(const ResourceType& type, const std::string& nameSpace)
{
    auto& slot = watchers[{type.groupKind(), nameSpace}];
    if (!slot) {
        slot = std::make_shared<Watcher>();
        slot->type = type;
        slot->nameSpace = nameSpace;
        // The thread may end the watcher's registration, so it holds the watcher itself.
        slot->thread = std::jthread([this, weak = std::weak_ptr<Watcher>(slot)](std::stop_token stop) {
            if (auto watcher = weak.lock())
                run(watcher, stop);
        });
    }
    return slot;
}

Result<> Cache::Private::startAll(std::stop_token stop)
{
    auto types = client->keptDiscovery();
    if (types) { // may be old: good enough to begin with
        const std::scoped_lock lock(mutex);
        rediscover = true;
        changed.notify_all();
    } else {
        client->invalidateDiscovery();
        PH_TRY(types, client->discover(stop));
    }
    std::set<GroupKind> seen;
    std::vector<std::shared_ptr<Watcher>> started;
    for (const auto& type : *types) {
        if (!watchable(type) || !seen.insert(type.groupKind()).second)
            continue;
        for (auto& watcher : start(type))
            started.push_back(std::move(watcher));
    }
    std::unique_lock lock(mutex);
    changed.wait(lock, stop, [&] {
        return std::all_of(started.begin(), started.end(), [](const auto& watcher) { return watcher->settled; });
    });
    if (stop.stop_requested())
        return fail(Error::Code::Cancelled, "cancelled while reading the cluster's objects");
    return {};
}

/// After a change of a CustomResourceDefinition, and now and then anyway, looks for types that are served anew.
void Cache::Private::discoverLoop(std::stop_token stop)
{
    while (!stop.stop_requested()) {
        {
            std::unique_lock lock(mutex);
            changed.wait_for(lock, stop, kDiscoveryPeriod, [&] { return rediscover; });
            rediscover = false;
        }
        if (stop.stop_requested())
            return;
        if (auto done = startAll(stop); !done && done.error().code != Error::Code::Cancelled) {
            pause(options.firstBackoff, stop);
            const std::scoped_lock lock(mutex);
            rediscover = true;
        }
    }
}

Cache::Cache(std::shared_ptr<Client> client)
    : Cache(std::move(client), Options {})
{
}

Cache::Cache(std::shared_ptr<Client> client, Options options)
    : m_d(std::make_unique<Private>(std::move(client), std::move(options)))
{
    m_d->dispatcher = std::jthread([d = m_d.get()](std::stop_token stop) { d->dispatch(stop); });
}

Cache::~Cache()
{
    m_d->discoverer.request_stop();
    m_d->dispatcher.request_stop();
    m_d->changed.notify_all();
    if (m_d->discoverer.joinable())
        m_d->discoverer.join();
    std::vector<std::shared_ptr<Private::Watcher>> ending;
    {
        const std::scoped_lock lock(m_d->mutex);
        for (auto& [place, watcher] : m_d->watchers)
            ending.push_back(watcher);
        ending.insert(ending.end(), m_d->finished.begin(), m_d->finished.end());
    }
    for (auto& watcher : ending)
        watcher->thread.request_stop();
    for (auto& watcher : ending) {
        if (watcher->thread.joinable())
            watcher->thread.join();
    }
    if (m_d->dispatcher.joinable())
        m_d->dispatcher.join();
}

Result<> Cache::watch(const ResourceType& type, std::stop_token stop)
{
    const auto started = m_d->start(type);
    if (started.empty())
        return fail(Error::Code::Forbidden, type.plural + " have no namespace, and only namespaces are watched");
    std::unique_lock lock(m_d->mutex);
    for (const auto& watcher : started) {
        m_d->changed.wait(lock, stop, [&] { return watcher->settled; });
        if (!watcher->settled)
            return fail(Error::Code::Cancelled, "cancelled while reading " + type.plural);
        if (watcher->problem)
            return fail(*watcher->problem);
    }
    return {};
}

Result<> Cache::watchAll(std::stop_token stop)
{
    {
        const std::scoped_lock lock(m_d->mutex);
        if (!m_d->watchingAll) {
            m_d->watchingAll = true;
            m_d->discoverer = std::jthread([d = m_d.get()](std::stop_token inner) { d->discoverLoop(inner); });
        }
    }
    return m_d->startAll(stop);
}

ObjectPtr Cache::get(const manifest::ResourceKey& key) const
{
    const std::scoped_lock lock(m_d->mutex);
    return m_d->store.get(key);
}

std::vector<ObjectPtr> Cache::list(const GroupKind& groupKind, std::string_view nameSpace) const
{
    const std::scoped_lock lock(m_d->mutex);
    return m_d->store.list(groupKind, nameSpace);
}

std::vector<ObjectPtr> Cache::all() const
{
    const std::scoped_lock lock(m_d->mutex);
    return m_d->store.all();
}

std::vector<ObjectPtr> Cache::children(std::string_view ownerUid) const
{
    const std::scoped_lock lock(m_d->mutex);
    return m_d->store.children(ownerUid);
}

std::vector<ResourceType> Cache::types() const
{
    const std::scoped_lock lock(m_d->mutex);
    std::vector<ResourceType> out;
    for (const auto& [place, watcher] : m_d->watchers) {
        if (out.empty() || out.back().groupKind() != place.first) // those of one type follow each other
            out.push_back(watcher->type);
    }
    return out;
}

void Cache::observe(const Value& written)
{
    const std::scoped_lock lock(m_d->mutex);
    std::vector<Change> changes;
    m_d->store.observe(written, changes);
    m_d->enqueue(std::move(changes));
}

std::map<GroupKind, Error> Cache::problems() const
{
    const std::scoped_lock lock(m_d->mutex);
    std::map<GroupKind, Error> out;
    for (const auto& [place, watcher] : m_d->watchers) {
        if (watcher->problem)
            out.emplace(place.first, *watcher->problem);
    }
    return out;
}

std::size_t Cache::watchedTypes() const
{
    return types().size();
}

Cache::Subscription Cache::subscribe(Listener listener)
{
    const std::scoped_lock lock(m_d->mutex);
    const auto id = m_d->nextListener++;
    m_d->listeners.push_back({id, m_d->enqueued, std::make_shared<Listener>(std::move(listener))});
    return Subscription([d = m_d.get(), id] {
        bool inside = false;
        {
            const std::scoped_lock inner(d->mutex);
            std::erase_if(d->listeners, [&](const auto& entry) { return entry.id == id; });
            inside = d->deliverer == std::this_thread::get_id();
        }
        if (!inside) // a callback in progress ends before the listener's owner goes
            const std::scoped_lock running(d->delivery);
    });
}

void Cache::flush()
{
    std::unique_lock lock(m_d->mutex);
    if (m_d->deliverer == std::this_thread::get_id())
        return;
    const auto until = m_d->enqueued;
    m_d->changed.wait(lock,
                      [&] { return m_d->delivered >= until || m_d->dispatcher.get_stop_token().stop_requested(); });
}

Cache::Subscription::Subscription(std::function<void()> end)
    : m_end(std::move(end))
{
}

Cache::Subscription::Subscription(Subscription&& other) noexcept
    : m_end(std::exchange(other.m_end, nullptr))
{
}

Cache::Subscription& Cache::Subscription::operator=(Subscription&& other) noexcept
{
    if (this != &other) {
        if (m_end)
            m_end();
        m_end = std::exchange(other.m_end, nullptr);
    }
    return *this;
}

Cache::Subscription::~Subscription()
{
    if (m_end)
        m_end();
}

} // namespace core::kube
