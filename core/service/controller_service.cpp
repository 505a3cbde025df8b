// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/service/controller_service.h"

#include "core/appset/controller.h"
#include "core/base/log.h"
#include "core/base/strings.h"
#include "core/engine/foreign_controllers.h"
#include "core/engine/repository_access.h"
#include "core/engine/sources.h"
#include "core/gitops/controller.h"
#include "core/notify/controller.h"
#include "core/render/render.h"
#include "core/rollout/controller.h"
#include "core/service/metrics.h"
#include "core/service/shards.h"
#include "core/service/webhook.h"

#include <boost/asio/ip/host_name.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

namespace core::service {

using manifest::Value;

namespace {

constexpr auto kPollSources = std::chrono::seconds(60);

std::string newIdentity()
{
    boost::system::error_code error;
    const auto host = boost::asio::ip::host_name(error);
    return (error || host.empty() ? std::string("pilothouse") : host) + "-" + newUuid().substr(0, 8);
}

/// A controller with the thread that it runs on: made when it is to run, gone when it is not.
template<class Controller>
class Slot
{
public:
    template<class Make>
    void run(bool wanted, const Make& make)
    {
        if (wanted == running())
            return;
        if (!wanted)
            return stop();
        std::shared_ptr<Controller> made = make();
        const std::lock_guard lock(m_mutex);
        m_controller = made;
        m_thread = std::jthread([made](std::stop_token token) { made->run(std::move(token)); });
    }
    void stop()
    {
        m_thread = {}; // asks it to stop and joins
        const std::lock_guard lock(m_mutex);
        m_controller.reset();
    }
    [[nodiscard]] bool running() const { return current() != nullptr; }
    [[nodiscard]] std::shared_ptr<Controller> current() const
    {
        const std::lock_guard lock(m_mutex);
        return m_controller;
    }

private:
    mutable std::mutex m_mutex;
    std::shared_ptr<Controller> m_controller;
    std::jthread m_thread;
};

} // namespace

struct ControllerService::Private
{
    Private(Deps given, Options wanted)
        : deps(std::move(given))
        , options(std::move(wanted))
        , cache(std::make_shared<kube::Cache>(deps.client))
        , renderer(std::make_shared<render::Renderer>())
        , sources(options.cacheFolder, engine::reachBySecrets([this] { return cache; }, options.nameSpace))
        , shards(deps.client, deps.clock, shardOptions())
        , leader(deps.client, deps.clock, leaderOptions())
    {
    }

    [[nodiscard]] Shards::Options shardOptions() const;
    [[nodiscard]] Lease::Options leaderOptions() const;
    [[nodiscard]] Result<gitops::ResolvedSource> resolve(const gitops::SourceRepository& source,
                                                         const std::string& revision, std::stop_token stop);
    void look(std::stop_token stop);
    void run(std::stop_token stop);
    void stopAll();
    void pollSources(std::stop_token stop);
    void observe(const std::vector<kube::Cache::Change>& changes);
    void sourcesChanged();

    [[nodiscard]] std::shared_ptr<gitops::ApplicationController> makeApplications();
    [[nodiscard]] std::shared_ptr<appset::ApplicationSetController> makeSets();
    [[nodiscard]] std::shared_ptr<rollout::RolloutController> makeRollouts();
    [[nodiscard]] std::shared_ptr<notify::NotificationController> makeNotifications();
    [[nodiscard]] HttpReply webhook(const HttpQuestion& question);
    Result<> annotate(const Value& object, std::string_view annotation, std::string_view value) const;

    Deps deps;
    Options options;
    std::shared_ptr<kube::Cache> cache;
    std::shared_ptr<render::Renderer> renderer;
    engine::Sources sources;
    Shards shards;
    Lease leader;
    Metrics metrics;
    std::atomic<bool> synced {false};
    std::atomic<bool> ended {false};
    std::mutex mutex;
    std::set<std::string> stale; ///< repositories to fetch before they are read again
    Slot<gitops::ApplicationController> applications;
    Slot<appset::ApplicationSetController> sets;
    Slot<rollout::RolloutController> rollouts;
    Slot<notify::NotificationController> notifications;
    kube::Cache::Subscription subscription;
    std::unique_ptr<HttpServer> server; ///< last: ends before what it asks
};

Shards::Options ControllerService::Private::shardOptions() const
{
    Shards::Options out;
    out.nameSpace = options.nameSpace;
    out.identity = options.identity;
    out.duration = options.leaseDuration;
    out.renewDeadline = options.renewDeadline;
    out.settle = 3 * options.renewEvery;
    return out;
}

Lease::Options ControllerService::Private::leaderOptions() const
{
    return {options.nameSpace,     "pilothouse-controller", options.identity, {},
            options.leaseDuration, options.renewDeadline};
}

Result<gitops::ResolvedSource> ControllerService::Private::resolve(const gitops::SourceRepository& source,
                                                                   const std::string& revision, std::stop_token stop)
{
    bool fetch = false;
    {
        const std::lock_guard lock(mutex);
        fetch = stale.erase(source.url) > 0;
    }
    PH_TRY(auto resolved,
           sources.resolve(source, revision, fetch ? engine::Sources::Fetch::Always : engine::Sources::Fetch::IfMissing,
                           stop));
    return gitops::ResolvedSource {std::move(resolved.tree), std::move(resolved.commit)};
}

std::shared_ptr<gitops::ApplicationController> ControllerService::Private::makeApplications()
{
    gitops::Clusters::Options registered;
    registered.nameSpace = options.nameSpace;
    registered.exec = gitops::ExecPlugins::Run; // whoever may write Secrets there decides what this service does
    gitops::ApplicationController::Deps out;
    out.client = deps.client;
    out.cache = cache;
    out.clusters = std::make_shared<gitops::Clusters>(deps.client, cache, std::move(registered));
    out.clock = deps.clock;
    out.renderer = renderer;
    out.controllerNamespace = options.nameSpace;
    out.resolve = [this](const gitops::SourceRepository& source, const std::string& revision, std::stop_token stop) {
        return resolve(source, revision, std::move(stop));
    };
    out.tags = [this](const gitops::SourceRepository& source, std::stop_token stop) {
        return sources.tags(source, std::move(stop));
    };
    out.audit = [this](const gitops::AuditRecord& record) {
        if (record.object.empty() && record.result != "started")
            metrics.count("argocd_app_sync_total",
                          {{"namespace", record.nameSpace},
                           {"name", record.application},
                           {"phase", record.result.substr(0, record.result.find(':'))}});
        log::info("audit",
                  fmt::format("{} {}/{} {} {} {}: {}", record.who, record.nameSpace, record.application, record.action,
                              record.object, record.revision, record.result));
    };
    out.changed = [this](const std::string& nameSpace, const std::string&) {
        metrics.count("argocd_app_reconcile_count", {{"namespace", nameSpace}});
    };
    out.owns = [this](const std::string& nameSpace, const std::string& name) {
        return shards.owns(nameSpace + "/" + name);
    };
    return std::make_shared<gitops::ApplicationController>(std::move(out));
}

std::shared_ptr<appset::ApplicationSetController> ControllerService::Private::makeSets()
{
    appset::ApplicationSetController::Deps out;
    out.client = deps.client;
    out.cache = cache;
    out.clock = deps.clock;
    out.http = deps.http;
    out.githubToken = [keys = std::make_shared<engine::RepositoryKeys>(deps.http, std::make_shared<ScaledClock>())](
                          const manifest::Value& secret, std::stop_token stop) {
        return keys->githubToken(secret, std::move(stop));
    };
    out.nameSpace = options.nameSpace;
    out.resolve = [this](const gitops::SourceRepository& source, const std::string& revision, std::stop_token stop) {
        return resolve(source, revision, std::move(stop));
    };
    out.owns = [this](const std::string&, const std::string&) { return leader.held(); };
    out.done = [this](const std::string& nameSpace, const std::string& name, bool failed, Duration took) {
        metrics.observe("argocd_appset_reconcile", {{"namespace", nameSpace}, {"name", name}}, took);
        if (failed)
            metrics.count("pilothouse_appset_errors_total", {{"namespace", nameSpace}, {"name", name}});
    };
    return std::make_shared<appset::ApplicationSetController>(std::move(out));
}

std::shared_ptr<rollout::RolloutController> ControllerService::Private::makeRollouts()
{
    rollout::RolloutController::Deps out;
    out.client = deps.client;
    out.cache = cache;
    out.clock = deps.clock;
    out.http = deps.http;
    out.verifyLoadBalancers = options.verifyLoadBalancers;
    out.event = [this](const rollout::RolloutEvent& event) {
        metrics.count("pilothouse_rollout_events_total",
                      {{"namespace", event.rollout.nameSpace}, {"name", event.rollout.name}, {"reason", event.reason}});
    };
    return std::make_shared<rollout::RolloutController>(std::move(out));
}

std::shared_ptr<notify::NotificationController> ControllerService::Private::makeNotifications()
{
    notify::NotificationController::Deps out;
    out.client = deps.client;
    out.cache = cache;
    out.clock = deps.clock;
    out.http = deps.http;
    out.nameSpace = options.nameSpace;
    out.sent = [this](const notify::NotificationController::Sent& sent) {
        metrics.count("argocd_notifications_deliveries_total",
                      {{"trigger", sent.trigger},
                       {"service", sent.destination.substr(0, sent.destination.find(':'))},
                       {"succeeded", sent.error.empty() ? "true" : "false"}});
    };
    out.commitMetadata = [this](const std::string& url, const std::string& project,
                                const std::string& id) -> Result<notify::CommitMetadata> {
        PH_TRY(const auto commit, sources.commit({url, project}, id));
        return notify::CommitMetadata {
            commit.message, commit.author.name + " <" + commit.author.email + ">", TimePoint(commit.time), {}};
    };
    return std::make_shared<notify::NotificationController>(std::move(out));
}

/// A refresh that somebody asks for means the newest commit.
void ControllerService::Private::observe(const std::vector<kube::Cache::Change>& changes)
{
    const std::lock_guard lock(mutex);
    for (const auto& change : changes) {
        if (!change.after)
            continue;
        const auto kind = manifest::kind(*change.after);
        if (kind == "Application" && !manifest::annotation(*change.after, "argocd.argoproj.io/refresh").empty()) {
            for (const auto& source : gitops::parseApplication(*change.after).sources)
                stale.insert(source.repoUrl);
        } else if (kind == "ApplicationSet"
                   && !manifest::annotation(*change.after, "argocd.argoproj.io/application-set-refresh").empty()) {
            for (const auto& source : appset::gitSources(*change.after))
                stale.insert(source.first.url);
        }
    }
}

void ControllerService::Private::sourcesChanged()
{
    if (const auto controller = applications.current())
        controller->sourcesChanged();
    if (const auto controller = sets.current())
        controller->sourcesChanged();
}

void ControllerService::Private::pollSources(std::stop_token stop)
{
    std::map<std::pair<gitops::SourceRepository, std::string>, std::string> heads;
    while (!stop.stop_requested()) {
        std::set<std::pair<gitops::SourceRepository, std::string>> wanted;
        for (const auto& object : cache->list({"argoproj.io", "Application"})) {
            if (!shards.owns(std::string(manifest::nameSpace(*object)) + "/" + std::string(manifest::name(*object))))
                continue;
            const auto app = gitops::parseApplication(*object);
            for (const auto& source : app.sources) {
                if (!source.repoUrl.empty() && source.chart.empty())
                    wanted.emplace(gitops::SourceRepository(source.repoUrl, app.project), source.targetRevision);
            }
        }
        for (const auto& object : cache->list({"argoproj.io", "ApplicationSet"})) {
            for (auto& source : appset::gitSources(*object))
                wanted.insert(std::move(source));
        }
        bool changed = false;
        for (const auto& source : wanted) {
            const auto head = sources.head(source.first, source.second, stop);
            metrics.count(
                "argocd_git_request_total",
                {{"repo", source.first.url}, {"request_type", "ls-remote"}, {"failed", head ? "false" : "true"}});
            if (!head)
                continue; // the comparison reports it on the application
            auto& known = heads[source];
            if (!known.empty() && known != *head) {
                changed = true;
                const std::lock_guard lock(mutex);
                stale.insert(source.first.url);
            }
            known = *head;
        }
        if (changed)
            sourcesChanged();
        ScaledClock().sleepFor(kPollSources, stop);
    }
}

/// One look at the Leases: who lives, who leads, what runs here.
void ControllerService::Private::look(std::stop_token stop)
{
    const auto moved = shards.update(stop);
    if (!moved)
        log::warning("service", moved.error().text());
    const auto leads = leader.tryHold(stop);
    if (!leads)
        log::warning("service", leads.error().text());
    using engine::Foreign;
    const auto foreign = engine::foreignControllers(*cache);
    const auto ours = [&](Foreign kind) { return !foreign.contains(kind); };
    applications.run(ours(Foreign::Applications), [this] { return makeApplications(); });
    sets.run(leader.held() && ours(Foreign::ApplicationSets), [this] { return makeSets(); });
    rollouts.run(leader.held() && ours(Foreign::Rollouts), [this] { return makeRollouts(); });
    notifications.run(leader.held() && ours(Foreign::Notifications), [this] { return makeNotifications(); });
    if (moved && *moved) {
        if (const auto controller = applications.current())
            controller->sourcesChanged(); // looks at all of its own again
    }
    metrics.set("pilothouse_leader", {}, leader.held() ? 1 : 0);
    metrics.set("pilothouse_replicas", {}, static_cast<double>(shards.members().size()));
    metrics.set("pilothouse_stands_back", {}, static_cast<double>(foreign.size()));
}

void ControllerService::Private::run(std::stop_token stop)
{
    subscription = cache->subscribe([this](const auto& changes) { observe(changes); });
    while (!stop.stop_requested()) {
        const auto watched = cache->watchAll(stop);
        if (watched)
            break;
        log::warning("service", watched.error().text());
        ScaledClock().sleepFor(std::chrono::seconds(3), stop);
    }
    synced = true;
    {
        std::jthread poller([this](std::stop_token inner) { pollSources(std::move(inner)); });
        while (!stop.stop_requested()) {
            look(stop);
            deps.clock->sleepFor(options.renewEvery, stop);
        }
    }
    stopAll();
    subscription = {};
}

void ControllerService::Private::stopAll()
{
    ended = true;
    notifications.stop();
    rollouts.stop();
    sets.stop();
    applications.stop();
}

Result<> ControllerService::Private::annotate(const Value& object, std::string_view annotation,
                                              std::string_view value) const
{
    PH_TRY(const auto type, deps.client->resolve(manifest::apiVersion(object), manifest::kind(object)));
    const Value change = manifest::Object {
        {"metadata", manifest::Object {{"annotations", manifest::Object {{annotation, boost::json::string(value)}}}}}};
    PH_TRY(
        const auto written,
        deps.client->patch(type, manifest::nameSpace(object), manifest::name(object), kube::PatchType::Merge, change));
    return {};
}

HttpReply ControllerService::Private::webhook(const HttpQuestion& question)
{
    const auto secret = cache->get({"", "Secret", options.nameSpace, "argocd-secret"});
    const auto events = readWebhook(question, secret.get());
    if (!events) {
        metrics.count("pilothouse_webhook_requests_total", {{"result", "refused"}});
        log::warning("service", events.error().text());
        const auto code = events.error().code;
        return {code == Error::Code::Unauthorized ? 401 : 400, "text/plain; charset=utf-8",
                events.error().text() + "\n"};
    }
    int refreshed = 0;
    const auto refresh = [&](const char* kind, std::string_view annotation, std::string_view value, auto concerned) {
        for (const auto& object : cache->list({"argoproj.io", kind})) {
            if (std::none_of(events->begin(), events->end(),
                             [&](const GitEvent& event) { return concerned(event, *object); }))
                continue;
            if (const auto written = annotate(*object, annotation, value); !written)
                log::warning("service", written.error().within("web hook: refresh").text());
            else
                ++refreshed;
        }
    };
    refresh("Application", "argocd.argoproj.io/refresh", "normal", concernsApplication);
    refresh("ApplicationSet", "argocd.argoproj.io/application-set-refresh", "true", concernsSet);
    metrics.count("pilothouse_webhook_requests_total", {{"result", "accepted"}});
    return {200, "text/plain; charset=utf-8", fmt::format("{} refreshed\n", refreshed)};
}

ControllerService::ControllerService(std::unique_ptr<Private> d)
    : m_d(std::move(d))
{
}

ControllerService::~ControllerService()
{
    m_d->server.reset();
}

Result<std::unique_ptr<ControllerService>> ControllerService::create(Deps deps, Options options)
{
    if (options.identity.empty())
        options.identity = newIdentity();
    const auto address = options.address;
    const auto port = options.port;
    std::unique_ptr<ControllerService> out(
        new ControllerService(std::make_unique<Private>(std::move(deps), std::move(options))));
    PH_TRY(out->m_d->server, HttpServer::start(address, port, [service = out.get()](const HttpQuestion& question) {
               return service->answer(question);
           }));
    return out;
}

void ControllerService::run(std::stop_token stop)
{
    m_d->run(std::move(stop));
    m_d->leader.release();
    m_d->shards.leave();
}

void ControllerService::runAndDie(std::stop_token stop)
{
    m_d->run(std::move(stop));
}

unsigned short ControllerService::port() const
{
    return m_d->server->port();
}

bool ControllerService::leads() const
{
    return m_d->leader.held();
}

bool ControllerService::owns(const std::string& nameSpace, const std::string& application) const
{
    return m_d->shards.owns(nameSpace + "/" + application);
}

HttpReply ControllerService::answer(const HttpQuestion& question)
{
    if (question.path == "/healthz")
        return m_d->ended ? HttpReply {503, "text/plain; charset=utf-8", "stopping\n"}
                          : HttpReply {200, "text/plain; charset=utf-8", "ok\n"};
    if (question.path == "/readyz") {
        const bool ready = m_d->synced && m_d->shards.alive() && !m_d->ended;
        return {ready ? 200 : 503, "text/plain; charset=utf-8",
                ready              ? "ok\n"
                    : !m_d->synced ? "waiting for the first lists\n"
                                   : "the lease of this replica is not held\n"};
    }
    if (question.path == "/metrics")
        return {200, "text/plain; version=0.0.4; charset=utf-8", m_d->metrics.text(*m_d->cache)};
    if (question.path == "/api/webhook")
        return question.method == "POST" ? m_d->webhook(question)
                                         : HttpReply {405, "text/plain; charset=utf-8", "POST only\n"};
    return {404, "text/plain; charset=utf-8", "not found\n"};
}

} // namespace core::service
