// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/local_engine.h"

#include "core/base/log.h"
#include "core/base/paths.h"
#include "core/engine/connections.h"
#include "core/engine/example.h"
#include "core/engine/resources.h"
#include "core/kube/curl_transport.h"
#include "core/kube/kubeconfig.h"
#include "core/kube/rate_limit.h"

#include <boost/json.hpp>

#include <cmath>
#include <cstdlib>

namespace core::engine {

namespace fs = std::filesystem;

namespace {

struct Places
{
    fs::path state;
    fs::path cache;
    fs::path data;
};

Places placesOf(const fs::path& home)
{
    if (home.empty())
        return {paths::state(), paths::cache(), paths::data()};
    return {home / "state", home / "cache", home / "data"};
}

constexpr std::string_view kArgoNamespace = "argocd"; ///< where Argo CD keeps its settings

std::string loginName()
{
    for (const auto* name : {"USER", "LOGNAME", "USERNAME"})
        if (const char* value = std::getenv(name);
            value != nullptr && *value != '\0') // NOLINT(concurrency-mt-unsafe): read at start
            return value;
    return "local";
}

} // namespace

Result<std::unique_ptr<Engine>> Engine::open(Options options)
{
    return LocalEngine::open(std::move(options));
}

Result<std::unique_ptr<Engine>> LocalEngine::open(Options options)
{
    std::unique_ptr<LocalEngine> engine(new LocalEngine(std::move(options)));
    PH_CHECK(engine->start());
    return engine;
}

Result<std::unique_ptr<Engine>> LocalEngine::openSnapshot(const fs::path& file)
{
    PH_TRY(auto snapshot, embedded::readSnapshot(file));
    Options options;
    options.controllers = false;
    options.seedExample = false;
    std::unique_ptr<LocalEngine> engine(new LocalEngine(std::move(options)));
    // Files of earlier versions do not tell: then it is as old as the file.
    std::error_code ignored;
    const auto written = std::chrono::file_clock::to_sys(fs::last_write_time(file, ignored));
    engine->m_still =
        Still {std::make_shared<embedded::Snapshot>(std::move(snapshot)), file.filename().string(), {}, {}};
    engine->m_still->source = engine->m_still->snapshot->source;
    engine->m_still->takenAt =
        parseRfc3339(engine->m_still->snapshot->takenAt).value_or(std::chrono::time_point_cast<Duration>(written));
    engine->m_readOnly = true;
    PH_CHECK(engine->start());
    return engine;
}

LocalEngine::LocalEngine(Options options)
    : m_options(std::move(options))
    , m_user(m_options.user.empty() ? loginName() : m_options.user)
    , m_sent(std::make_shared<const std::vector<Notification>>())
{
    auto first = std::make_shared<Snapshot>();
    first->events = std::make_shared<const std::vector<Event>>();
    first->problems = std::make_shared<const std::vector<Problem>>();
    first->notifications = m_sent;
    m_snapshot = std::move(first);
}

LocalEngine::~LocalEngine()
{
    for (auto& thread : m_threads)
        thread.request_stop();
    if (m_clock)
        m_clock->wakeAll();
    m_wake.notify_all();
    m_threads.clear();
    m_followed.clear();
    m_clustersSubscription = {};
    m_cacheSubscription = {};
    rememberClock();
    m_notifications.reset();
    m_rollouts.reset();
    m_sets.reset();
    m_applications.reset();
    m_clusters.reset();
    m_cache.reset();
    m_client.reset();
    m_cluster.reset();
}

Result<> LocalEngine::start()
{
    const auto places = placesOf(m_options.home);
    PH_TRY(m_audit, AuditLog::open(places.state / "audit.db"));
    PH_TRY(auto database, Database::open(places.state / "engine.db"));
    const auto machineTime = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
    PH_TRY(m_timeline, Timeline::open(std::move(database), machineTime - std::chrono::days(14)));
    m_sources = std::make_unique<Sources>(places.cache / "repositories", reach());
    m_renderer = std::make_shared<render::Renderer>();
    // An embedded cluster whose clock ran faster goes on where it stopped: its time never runs backwards.
    const bool embedded = m_options.kubeconfig.empty();
    const TimePoint stored {m_still ? Duration() : Duration(m_timeline->recall("clock", 0))};
    m_clock = embedded ? std::make_shared<ScaledClock>(m_options.clockRate, std::max(machineTime, stored))
                       : std::make_shared<ScaledClock>();
    PH_CHECK(connect());
    if (m_cluster && !m_still)
        rememberClockRate();
    if (m_attached)
        m_clock->setRate(static_cast<double>(m_timeline->recall("clock-rate", 1'000)) / 1'000);
    m_cache = std::make_shared<kube::Cache>(m_client);
    m_cacheSubscription = m_cache->subscribe([this](const auto& changes) { onCacheChange(changes); });
    if (m_cluster && m_options.seedExample) {
        const auto resources = resourcesFolder(m_options.resources);
        const auto repository = places.data / "example" / "ml-platform-config";
        PH_CHECK(createExampleRepository(resources / "example" / "repository", repository));
        if (m_timeline->recall("example", 0) == 0) {
            PH_CHECK(createExampleObjects(*m_client, repository, {}));
            m_timeline->remember("example", 1);
        }
    }
    startControllers();
    return {};
}

Result<> LocalEngine::connect()
{
    m_connection.since = m_clock->now();
    if (m_options.kubeconfig.empty()) {
        embedded::Cluster::Options options;
        options.folder = placesOf(m_options.home).data / "cluster";
        options.clock = m_clock;
        if (m_still) { // in memory: whoever has the embedded cluster open is not touched
            options.folder.clear();
            options.simulate = false;
            options.snapshot = std::move(m_still->snapshot);
        }
        auto opened = embedded::Cluster::open(options);
        if (!opened && opened.error().code == Error::Code::Conflict && m_options.attach)
            return attach(options.folder / "kubeconfig");
        PH_TRY(m_cluster, std::move(opened));
        m_client = std::make_shared<kube::Client>(m_cluster->transport());
        if (m_still) {
            m_connection.name = m_still->name;
            return {};
        }
        m_connection.name = "embedded";
        m_connection.embedded = true;
        // kubectl may look at it; a port that cannot be had does not stop the program.
        if (auto served = m_cluster->serve(); served)
            m_connection.server = *served;
        else
            m_connection.problem = served.error().text();
        return {};
    }
    return connectTo(m_options.kubeconfig);
}

Result<> LocalEngine::connectTo(const fs::path& kubeconfig)
{
    PH_TRY(const auto config,
           kubeconfig == kStandardKubeconfig ? kube::Kubeconfig::standard() : kube::Kubeconfig::load(kubeconfig));
    PH_TRY(const auto access, config.access(m_options.context));
    m_client = std::make_shared<kube::Client>(kube::rateLimited(kube::curlTransport(access), {}));
    m_client->keepDiscovery(placesOf(m_options.home).cache / "discovery");
    m_fieldDocs = std::make_unique<FieldDocs>(m_client->transport());
    m_connection.name = access.context;
    m_connection.server = access.server;
    m_connection.production = soundsLikeProduction(access.context);
    m_insecure = access.insecure;
    return {};
}

/// The process that has the embedded cluster open runs its controllers and keeps its clock and its weights over time.
Result<> LocalEngine::attach(const fs::path& kubeconfig)
{
    m_attached = true;
    m_options.controllers = false;
    PH_CHECK(connectTo(kubeconfig));
    if (const auto version = m_client->serverVersion(); !version)
        return fail(version.error().within("speak to the process that has the embedded cluster open"));
    return {};
}

void LocalEngine::rememberClock()
{
    if (!m_timeline || !m_clock || m_attached || m_still)
        return;
    m_timeline->remember("clock", m_clock->now().time_since_epoch().count());
}

/// For programs that attach: it changes rarely, unlike the time.
void LocalEngine::rememberClockRate()
{
    m_timeline->remember("clock-rate", std::llround(m_clock->rate() * 1'000));
}

void LocalEngine::startControllers()
{
    gitops::Clusters::Options every;
    every.open = gitops::Clusters::Open::Always; // the boards show what runs there, whoever deployed it
    m_clusters = std::make_shared<gitops::Clusters>(m_client, m_cache, every);
    m_clustersSubscription = m_clusters->subscribe([this](const std::string&) { markDirty(); });
    gitops::ApplicationController::Deps deps;
    deps.client = m_client;
    deps.cache = m_cache;
    deps.clusters = m_clusters;
    deps.clock = m_clock;
    deps.renderer = m_renderer;
    deps.resolve = [this](const gitops::SourceRepository& source, const std::string& revision,
                          std::stop_token stop) -> Result<gitops::ResolvedSource> {
        PH_TRY(auto resolved, m_sources->resolve(source, revision, Sources::Fetch::IfMissing, stop));
        return gitops::ResolvedSource {std::move(resolved.tree), std::move(resolved.commit)};
    };
    deps.tags = [this](const gitops::SourceRepository& source, std::stop_token stop) {
        return m_sources->tags(source, stop);
    };
    deps.verify = [this](const gitops::SourceRepository& source, const std::string& revision, const std::string& commit,
                         git::SignedHistory history, const std::vector<std::string>& keys, std::stop_token stop) {
        return m_sources->verify(source, revision, commit, history, keys, std::move(stop));
    };
    deps.audit = [this](const gitops::AuditRecord& entry) {
        AuditEntry row;
        row.at = m_clock->now();
        row.who = entry.who.empty() ? "automated" : entry.who;
        row.action = entry.action;
        row.object = entry.object.empty() ? "Application/" + entry.nameSpace + "/" + entry.application : entry.object;
        row.toRevision = entry.revision;
        row.result = entry.result;
        if (auto written = m_audit->append(std::move(row)); !written)
            log::error("engine", written.error().text());
    };
    deps.changed = [this](const std::string& nameSpace, const std::string& name) {
        {
            const std::scoped_lock lock(m_mutex);
            m_dirtyApplications.insert({nameSpace, name});
            m_dirty = true;
        }
        m_wake.notify_all();
    };
    m_applications = std::make_unique<gitops::ApplicationController>(std::move(deps));
    makeSets();

    rollout::RolloutController::Deps rolloutDeps;
    rolloutDeps.client = m_client;
    rolloutDeps.cache = m_cache;
    rolloutDeps.clock = m_clock;
    rolloutDeps.http = httpSend();
    // Argo Rollouts' --aws-verify-target-group for who has no command line: the credentials are variables, too.
    const char* verify = std::getenv("ARGO_ROLLOUTS_AWS_VERIFY_TARGET_GROUP"); // NOLINT(concurrency-mt-unsafe)
    rolloutDeps.verifyLoadBalancers = verify && std::string_view(verify) == "true";
    m_rollouts = std::make_unique<rollout::RolloutController>(std::move(rolloutDeps));

    notify::NotificationController::Deps notifyDeps;
    notifyDeps.client = m_client;
    notifyDeps.cache = m_cache;
    notifyDeps.clock = m_clock;
    notifyDeps.http = httpSend();
    notifyDeps.sent = [this](const notify::NotificationController::Sent& sent) {
        constexpr std::size_t kKept = 200;
        {
            const std::scoped_lock lock(m_mutex);
            auto next = std::make_shared<std::vector<Notification>>();
            next->push_back(
                {sent.at, sent.application, sent.trigger, sent.destination, sent.text, sent.error.empty(), sent.error});
            next->insert(next->end(), m_sent->begin(),
                         m_sent->begin() + static_cast<std::ptrdiff_t>(std::min(m_sent->size(), kKept)));
            m_sent = std::move(next);
        }
        markDirty();
    };
    notifyDeps.commitMetadata = [this](const std::string& url, const std::string& project,
                                       const std::string& id) -> Result<notify::CommitMetadata> {
        PH_TRY(const auto commit, m_sources->commit({url, project}, id));
        return notify::CommitMetadata {
            commit.message, commit.author.name + " <" + commit.author.email + ">", TimePoint(commit.time), {}};
    };
    m_notifications = std::make_unique<notify::NotificationController>(std::move(notifyDeps));

    m_threads.emplace_back([this](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            const auto watched = m_cache->watchAll(stop);
            setConnection(watched ? Connection::State::Connected : Connection::State::Offline,
                          watched ? std::string {} : watched.error().text());
            if (watched)
                break;
            ScaledClock().sleepFor(std::chrono::seconds(3), stop);
        }
        if (!m_options.controllers || stop.stop_requested())
            return;
        std::jthread rollouts([this](const std::stop_token& inner) { m_rollouts->run(inner); });
        std::jthread notifications([this](const std::stop_token& inner) { m_notifications->run(inner); });
        std::jthread sets([this](const std::stop_token& inner) { m_sets->run(inner); });
        // The members' destructors of this scope end all of them when the applications' controller has ended.
        m_applications->run(stop);
    });
    m_threads.emplace_back([this](const std::stop_token& stop) { publish(stop); });
    m_threads.emplace_back([this](const std::stop_token& stop) { pollSources(stop); });
    if (m_options.controllers)
        m_threads.emplace_back([this](const std::stop_token& stop) { followReferences(stop); });
}

/// Only where our own controller measures: it sends the same requests to the same addresses.
void LocalEngine::followReferences(const std::stop_token& stop)
{
    ScaledClock machine;
    const auto http = httpSend();
    while (!stop.stop_requested()) {
        bool changed = false;
        const auto follow = [&](const manifest::Value& rollout, const Trial& trial, const Objects& children) {
            for (const auto& child : children)
                if (manifest::kind(*child) == "AnalysisRun")
                    changed = m_curves.follow(rollout, trial, *child, http, stop) || changed;
        };
        for (const auto& object : m_cache->list({"argoproj.io", "Rollout"})) {
            const auto children = m_cache->children(manifest::uid(*object));
            const auto experiments = experimentsOf(*m_cache, *object, children);
            // The Rollout's own runs measure beside the newest one.
            follow(*object, experiments.empty() ? Trial {} : experiments.back().trial, children);
            for (const auto& experiment : experiments)
                follow(*object, experiment.trial, experiment.children);
        }
        m_curves.keepOnly(m_cache->list({"argoproj.io", "AnalysisRun"}));
        if (changed)
            markDirty();
        machine.sleepFor(std::chrono::seconds(1), stop);
    }
}

/// Looks for new commits: often where the repository is on this machine, once a minute elsewhere.
void LocalEngine::pollSources(const std::stop_token& stop)
{
    ScaledClock machine;
    std::map<std::pair<gitops::SourceRepository, std::string>, std::string> heads;
    std::set<std::pair<gitops::SourceRepository, std::string>> followed;
    const auto dirty = [this] {
        const std::scoped_lock lock(m_mutex);
        return std::exchange(m_sourcesDirty, false);
    };
    for (int round = 0; !stop.stop_requested(); ++round) {
        bool changed = false;
        if (dirty())
            followed = polledSources();
        for (const auto& [source, revision] : followed) {
            const bool local = !Sources::localPath(source.url).empty();
            if (!local && round % 60 != 0)
                continue;
            const auto head = m_sources->head(source, revision, stop);
            if (!head)
                continue; // the comparison reports it on the application
            auto& known = heads[{source, revision}];
            if (!known.empty() && known != *head) {
                changed = true;
                if (!local)
                    (void)m_sources->resolve(source, revision, Sources::Fetch::Always, stop);
            }
            known = *head;
        }
        if (changed) {
            m_applications->sourcesChanged();
            m_sets->sourcesChanged();
        }
        rememberClock();
        endPauses();
        lookAtConnection();
        machine.sleepFor(std::chrono::seconds(1), stop);
    }
}

Sources::Reach LocalEngine::reach()
{
    return reachBySecrets([this] { return m_cache; }, std::string(kArgoNamespace));
}

HttpSend LocalEngine::httpSend()
{
    return [this, network = curlHttp()](const HttpRequest& request, std::stop_token stop) -> Result<HttpResponse> {
        const auto scheme = request.url.find("://");
        const auto host =
            scheme == std::string::npos ? std::string_view {} : std::string_view(request.url).substr(scheme + 3);
        const auto slash = host.find('/');
        const std::string path = slash == std::string_view::npos ? "/" : std::string(host.substr(slash));
        // On the embedded cluster the names of in-cluster services lead to its simulated Prometheus.
        if (m_cluster && host.starts_with("prometheus")) {
            kube::Request inner;
            inner.method = request.method;
            inner.path = path;
            inner.headers = request.headers;
            inner.body = request.body;
            auto answer = m_cluster->prometheus(inner);
            return HttpResponse {answer.status, std::move(answer.headers), std::move(answer.body)};
        }
        if (host.starts_with("console.pilothouse.internal"))
            return HttpResponse {200, {}, "{}"};
        return network(request, stop);
    };
}

void LocalEngine::onCacheChange(const std::vector<kube::Cache::Change>& changes)
{
    {
        const std::scoped_lock lock(m_mutex);
        for (const auto& change : changes) {
            const auto kind = manifest::kind(change.object());
            if (kind == "Event")
                m_eventsDirty = true;
            m_sourcesDirty = m_sourcesDirty || kind == "Application" || kind == "ApplicationSet";
            if (kind == "Application")
                m_dirtyApplications.insert(
                    {std::string(manifest::nameSpace(change.object())), std::string(manifest::name(change.object()))});
        }
        m_dirty = true;
    }
    for (const auto& change : changes)
        if (change.after)
            recordWeights({}, *change.after);
    m_wake.notify_all();
}

void LocalEngine::setConnection(Connection::State state, std::string problem, std::vector<std::string> missingKinds)
{
    {
        const std::scoped_lock lock(m_mutex);
        if (m_connection.state == state && m_connection.problem == problem && m_connection.missingKinds == missingKinds)
            return;
        if (m_connection.state != state)
            m_connection.since = m_clock->now();
        m_connection.state = state;
        m_connection.problem = std::move(problem);
        m_connection.missingKinds = std::move(missingKinds);
    }
    markDirty();
}

/// A cluster that no longer answers sends no change that could tell so.
void LocalEngine::lookAtConnection()
{
    {
        const std::scoped_lock lock(m_mutex);
        if (m_connection.state == Connection::State::Connecting)
            return;
    }
    if (m_cluster)
        if (const auto problem = m_cluster->writeProblem())
            return setConnection(Connection::State::Degraded, problem->text());
    const auto failing = m_cache->problems();
    const auto watched = m_cache->watchedTypes();
    if (watched == 0)
        return; // it was never reached; who tries to reach it tells
    const auto state = failing.empty() ? Connection::State::Connected
        : failing.size() == watched    ? Connection::State::Offline
                                       : Connection::State::Degraded;
    std::vector<std::string> missing;
    if (state == Connection::State::Degraded)
        for (const auto& [kind, error] : failing)
            missing.push_back(kind.group.empty() ? kind.kind : kind.kind + "." + kind.group);
    setConnection(state, failing.empty() ? std::string {} : failing.begin()->second.text(), std::move(missing));
}

void LocalEngine::markDirty()
{
    {
        const std::scoped_lock lock(m_mutex);
        m_dirty = true;
    }
    m_wake.notify_all();
}

SnapshotPtr LocalEngine::snapshot() const
{
    const std::scoped_lock lock(m_mutex);
    return m_snapshot;
}

Subscription::Subscription(std::function<void()> end)
    : m_end(std::move(end))
{
}

Subscription::Subscription(Subscription&& other) noexcept
    : m_end(std::exchange(other.m_end, {}))
{
}

Subscription& Subscription::operator=(Subscription&& other) noexcept
{
    if (this != &other) {
        if (m_end)
            m_end();
        m_end = std::exchange(other.m_end, {});
    }
    return *this;
}

Subscription::~Subscription()
{
    if (m_end)
        m_end();
}

Subscription LocalEngine::subscribe(std::function<void(const SnapshotPtr&)> callback)
{
    auto subscriber = std::make_shared<Subscriber>();
    subscriber->callback = std::move(callback);
    {
        const std::scoped_lock lock(m_mutex);
        m_subscribers.push_back(subscriber);
        m_dirty = true;
    }
    m_wake.notify_all();
    return Subscription([this, subscriber] {
        {
            const std::scoped_lock calling(subscriber->calling);
            subscriber->ended = true;
        }
        const std::scoped_lock lock(m_mutex);
        m_subscribers.remove(subscriber);
    });
}

void LocalEngine::publish(const std::stop_token& stop)
{
    while (!stop.stop_requested()) {
        {
            std::unique_lock lock(m_mutex);
            m_wake.wait(lock, stop, [this] { return m_dirty; });
            if (stop.stop_requested())
                return;
            m_dirty = false;
        }
        const auto begin = std::chrono::steady_clock::now();
        const auto next = build();
        const auto took = std::chrono::steady_clock::now() - begin;
        std::list<std::shared_ptr<Subscriber>> subscribers;
        {
            const std::scoped_lock lock(m_mutex);
            m_snapshot = next;
            subscribers = m_subscribers;
        }
        for (const auto& subscriber : subscribers) {
            const std::scoped_lock calling(subscriber->calling);
            if (!subscriber->ended)
                subscriber->callback(next);
        }
        // Where thousands change at once, no more than a third of a processor goes into telling so.
        const auto rest = std::max<std::chrono::steady_clock::duration>(std::chrono::milliseconds(30), 2 * took);
        std::unique_lock lock(m_mutex);
        m_wake.wait_for(lock, stop, rest, [] { return false; });
    }
}

void LocalEngine::record(const std::string& action, const std::string& object, const std::string& from,
                         const std::string& to, const Result<>& result, const std::string& reason,
                         manifest::Array changes)
{
    AuditEntry entry;
    entry.at = m_clock->now();
    entry.who = m_user;
    entry.action = action;
    entry.object = object;
    entry.fromRevision = from;
    entry.toRevision = to;
    entry.result = result ? "Succeeded" : "Failed: " + result.error().message;
    boost::json::object details;
    if (!reason.empty())
        details["reason"] = reason;
    if (!changes.empty())
        details["changes"] = std::move(changes);
    if (!details.empty())
        entry.details = manifest::toJson(manifest::Value(std::move(details)));
    if (auto written = m_audit->append(std::move(entry)); !written)
        log::error("engine", written.error().text());
}

Result<std::vector<AuditEntry>> LocalEngine::audit(std::size_t limit)
{
    return m_audit->entries(limit);
}
Result<> LocalEngine::verifyAudit()
{
    return m_audit->verify();
}

} // namespace core::engine
