// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gitops/controller.h"

#include "core/base/log.h"
#include "core/gitops/controller_private.h"

#include <boost/json.hpp>

#include <algorithm>
#include <array>

namespace core::gitops {

namespace {

using namespace std::chrono_literals;

constexpr auto kTimerLook = 20ms; ///< how often due timers are looked for while one is near: clocks may run fast

bool isArgoController(const manifest::Value& object)
{
    const auto kind = manifest::kind(object);
    return (kind == "StatefulSet" || kind == "Deployment")
        && manifest::text(object, {"metadata", "labels", "app.kubernetes.io/name"}) == "argocd-application-controller";
}

/// A Secret that tells of a repository or of credentials, or did.
bool isRepository(const kube::Cache::Change& change, std::string_view nameSpace)
{
    const auto is = [](const manifest::Value& object) {
        return manifest::label(object, "argocd.argoproj.io/secret-type").starts_with("repo");
    };
    const auto& object = change.object();
    return manifest::kind(object) == "Secret" && manifest::nameSpace(object) == nameSpace
        && (is(object) || (change.before && is(*change.before)));
}

/// Next: a person waits for what becomes of a change: a refresh, a sync or a deletion that somebody asked for. Soon: it
/// goes on with what was begun.
Turn turnOf(const kube::Cache::Change& change)
{
    if (!change.after || manifest::kind(*change.after) != "Application")
        return Turn::InOrder;
    const auto& object = *change.after;
    const auto* operation = manifest::find(object, {"operation"});
    const bool asked = !manifest::annotation(object, "argocd.argoproj.io/refresh").empty()
        || !manifest::text(object, {"metadata", "deletionTimestamp"}).empty()
        || (operation && !manifest::flag(*operation, {"initiatedBy", "automated"}));
    return asked ? Turn::Next : operation && operation->is_object() ? Turn::Soon : Turn::InOrder;
}

} // namespace

ApplicationController::Private::Private(Deps dependencies)
    : deps(std::move(dependencies))
{
    if (!deps.clusters) {
        Clusters::Options options;
        options.nameSpace = deps.controllerNamespace;
        deps.clusters = std::make_shared<Clusters>(deps.client, deps.cache, std::move(options));
    }
    own = std::make_shared<Site>(deps.clusters->own(), ApplicationIndex::Applications::Here);
    repositorySubscription = deps.cache->subscribe([this](const std::vector<kube::Cache::Change>& changes) {
        for (const auto& change : changes)
            if (isRepository(change, deps.controllerNamespace))
                ++repositories;
    });
}

/// The callbacks of other clusters' caches use members.
ApplicationController::Private::~Private()
{
    repositorySubscription = {};
    clusterSubscription = {};
    own->subscription = {};
    for (const auto& [server, site] : sites)
        site->subscription = {};
}

void ApplicationController::Private::markAll(Level level)
{
    for (const auto& object : deps.cache->list({"argoproj.io", "Application"}))
        mark({std::string(manifest::nameSpace(*object)), std::string(manifest::name(*object))}, level);
}

void ApplicationController::Private::schedule(const AppKey& app, TimePoint when, Level level)
{
    const std::lock_guard lock(mutex);
    soonest = std::min(soonest, when);
    const auto [place, isNew] = timers.try_emplace(app, when, level);
    if (!isNew && when < place->second.first)
        place->second = {when, std::max(level, place->second.second)};
}

void ApplicationController::Private::run(std::stop_token stop)
{
    own->subscription = deps.cache->subscribe([this](const std::vector<kube::Cache::Change>& changes) {
        for (const auto& change : changes) {
            const auto turn = turnOf(change);
            for (const auto& [app, level] : own->index.observe(change, deps.controllerNamespace))
                mark(app, level, turn);
            const auto key = manifest::keyOf(change.object());
            const bool repository = isRepository(change, deps.controllerNamespace);
            if (repository)
                ++repositories; // before anything is looked at again because of it
            if (repository || (key.group == "argoproj.io" && key.kind == "AppProject"))
                markAll(Level::Latest);
            if (key.kind == "ConfigMap" && key.nameSpace == deps.controllerNamespace
                && (key.name == "argocd-cm" || key.name == "argocd-cmd-params-cm")) {
                const auto before = currentSettings()->tracking;
                loadCustomizations();
                if (const auto now = currentSettings()->tracking; now != before)
                    resetIndexes(now);
                markAll(Level::Recent);
            }
            if (isArgoController(change.object()))
                lookForOthers();
            if (key.kind == "CustomResourceDefinition") {
                own->forgetTypes();
            }
        }
    });
    clusterSubscription = deps.clusters->subscribe([this](const std::string& server) { onClusterChange(server); });
    loadCustomizations();
    lookForOthers();
    own->index.reset(deps.cache->all(), currentSettings()->tracking);
    markAll(Level::Forced);
    while (!stop.stop_requested()) {
        std::optional<std::pair<AppKey, Level>> next;
        {
            std::unique_lock lock(mutex);
            if (timers.empty())
                changed.wait(lock, stop, [&] { return !dirty.empty() || !timers.empty(); });
            else
                changed.wait_for(lock, stop, kTimerLook, [&] {
                    takeTimers();
                    return !dirty.empty();
                });
            takeTimers();
            if (!sourcesMoved)
                next = take();
        }
        if (sourcesMoved.exchange(false)) {
            putAffectedFirst(stop);
            continue;
        }
        dropSites();
        if (next)
            process(next->first, next->second, stop);
    }
    clusterSubscription = {};
    own->subscription = {};
}

/// What is tracked is read in another way.
void ApplicationController::Private::resetIndexes(const Tracking& tracking)
{
    own->index.reset(deps.cache->all(), tracking);
    std::map<std::string, SitePtr> others;
    {
        const std::lock_guard lock(mutex);
        others = sites;
    }
    for (const auto& [server, site] : others)
        site->index.reset(site->cache().all(), tracking);
}

/// Two controllers never fight: where Argo CD's own runs, this one holds still.
void ApplicationController::Private::lookForOthers()
{
    bool found = false;
    for (const auto* kind : {"StatefulSet", "Deployment"}) {
        for (const auto& object : deps.cache->list({"apps", kind}))
            found = found
                || (isArgoController(*object) && manifest::integer(*object, {"spec", "replicas"}).value_or(1) > 0);
    }
    if (observing.exchange(found) == found)
        return;
    log::info("gitops",
              found ? "Argo CD's application controller runs in this cluster: applications are compared, not synced"
                    : "Argo CD's application controller is gone: applications are reconciled from here");
    markAll(Level::Latest);
}

void ApplicationController::Private::process(const AppKey& app, Level level, std::stop_token stop)
{
    const auto object = deps.cache->get(applicationKey(app));
    if (!object) {
        place(app, nullptr);
        cached.erase(app);
        unreachable.erase(app);
        operationSources.erase(app);
        {
            const std::lock_guard lock(mutex);
            comparisons.erase(app);
            timers.erase(app);
        }
        if (deps.changed)
            deps.changed(app.nameSpace, app.name);
        return;
    }
    if (deps.owns && !deps.owns(app.nameSpace, app.name))
        return;
    static constexpr std::array<std::string_view, 6> kYes {"1", "t", "T", "true", "TRUE", "True"};
    if (std::find(kYes.begin(), kYes.end(), manifest::annotation(*object, "argocd.argoproj.io/skip-reconcile"))
        != kYes.end())
        return;
    if (!manifest::text(*object, {"metadata", "deletionTimestamp"}).empty()) {
        if (!observing)
            finalize(app, *object, stop);
        return;
    }
    const auto* operation = manifest::find(*object, {"operation"});
    if (operation && operation->is_object() && !observing) {
        step(app, *object, stop);
        if (level < Level::Latest && comparisons.contains(app)) {
            if (const auto site = placeOf(app))
                refreshTree(site, app, *object);
            return;
        }
    }
    const auto latest = deps.cache->get(applicationKey(app));
    if (latest && manifest::text(*latest, {"metadata", "deletionTimestamp"}).empty())
        refresh(app, *latest, level, stop);
}

ApplicationController::ApplicationController(Deps deps)
    : m_d(std::make_unique<Private>(std::move(deps)))
{
}

ApplicationController::~ApplicationController() = default;

void ApplicationController::run(std::stop_token stop)
{
    m_d->run(std::move(stop));
}

void ApplicationController::wake()
{
    m_d->markAll(Level::Recent);
}

void ApplicationController::sourcesChanged()
{
    m_d->markAll(Level::Latest);
    m_d->sourcesMoved = true;
}

void ApplicationController::refresh(const std::string& nameSpace, const std::string& name)
{
    m_d->mark({nameSpace, name}, Level::Forced, Turn::Next);
}

bool ApplicationController::observesOnly() const
{
    return m_d->observing;
}

ComparisonPtr ApplicationController::comparison(const std::string& nameSpace, const std::string& name) const
{
    const std::lock_guard lock(m_d->mutex);
    const auto found = m_d->comparisons.find({nameSpace, name});
    return found == m_d->comparisons.end() ? nullptr : found->second;
}

Result<Comparison> ApplicationController::compareSource(const manifest::Value& application, const git::TreePtr& tree,
                                                        const std::string& revision, std::stop_token stop) const
{
    const auto app = parseApplication(application);
    const auto project = m_d->projectOf(app);
    const auto resolve = [&](const std::string& repoUrl, const std::string& wanted,
                             std::stop_token token) -> Result<ResolvedSource> {
        if (!app.sources.empty() && repoUrl == app.sources.front().repoUrl)
            return ResolvedSource {tree, revision};
        // While somebody types, nothing is fetched that the application does not name itself.
        if (std::none_of(app.sources.begin(), app.sources.end(),
                         [&](const Source& source) { return source.repoUrl == repoUrl || !source.chart.empty(); }))
            return fail(Error::Code::Unsupported, "remote bases are not fetched for previews", repoUrl,
                        "commit the change, or vendor the base into the repository");
        return m_d->deps.resolve({repoUrl, app.project}, wanted, std::move(token));
    };
    PH_TRY(const auto site, m_d->siteOf(app, stop));
    PH_TRY(const auto rendered,
           renderSources(app, app.sources, {}, *m_d->deps.renderer, resolve, m_d->factsOf(*site, stop), stop,
                         m_d->tagsFor(app), instanceName(app, m_d->deps.controllerNamespace)));
    return m_d->compareRendered(*site, app, application, project, rendered);
}

Result<ApplicationController::Preview> ApplicationController::plan(const manifest::Value& application,
                                                                   const manifest::Value& operation,
                                                                   std::stop_token stop) const
{
    const auto app = parseApplication(application);
    const auto project = m_d->projectOf(app);
    Preview preview;
    const auto found = m_d->siteOf(app, stop);
    if (!found && found.error().code == Error::Code::Cancelled)
        return fail(found.error());
    if (!found) {
        preview.comparison = std::make_shared<Comparison>();
        preview.blocked = found.error().message;
        return preview;
    }
    const auto& site = **found;
    auto parsed = parseOperation(operation);
    auto sources = app.sources;
    if (const auto* sync = manifest::find(operation, {"sync"})) {
        if (auto own = parseSources(*sync); !own.empty())
            sources = std::move(own);
    }
    std::vector<std::string> revisions {parsed.revision};
    if (const auto& listed = manifest::array(operation, {"sync", "revisions"}); !listed.empty()) {
        revisions.clear();
        for (const auto& item : listed)
            revisions.emplace_back(item.is_string() ? std::string_view(item.get_string()) : std::string_view());
    }
    PH_TRY(const auto rendered,
           renderSources(app, sources, revisions, *m_d->deps.renderer, m_d->resolveFor(app), m_d->factsOf(site, stop),
                         stop, m_d->tagsFor(app), instanceName(app, m_d->deps.controllerNamespace)));
    auto comparison = std::make_shared<Comparison>(m_d->compareRendered(site, app, application, project, rendered));
    preview.comparison = comparison;
    PlanInput input;
    input.app = &app;
    input.project = project ? &*project : nullptr;
    input.comparison = comparison.get();
    input.operation = parsed;
    input.revision = rendered.revisions.empty() ? "" : rendered.revisions.front();
    input.startedAt = formatRfc3339(m_d->deps.clock->now());
    input.served = [&site](std::string_view apiVersion, std::string_view kind) {
        return site.served(apiVersion, kind);
    };
    preview.plan = planSync(input);
    for (const auto& condition :
         validate(app, input.project, m_d->deps.controllerNamespace, *m_d->deps.clusters->registered()))
        preview.blocked += (preview.blocked.empty() ? "" : "; ") + condition.message;
    const auto* running = manifest::find(application, {"operation"});
    if (preview.blocked.empty() && running && running->is_object())
        preview.blocked = "another operation is already in progress";
    if (preview.blocked.empty() && project) {
        const auto decision = canSync(
            project->windows, app, parsed.automated ? Initiator::Automated : Initiator::Manual, m_d->deps.clock->now());
        preview.blocked = decision ? decision->reason : decision.error().message;
    }
    if (preview.blocked.empty())
        preview.blocked = preview.plan.invalid.empty() ? preview.plan.blocked : preview.plan.invalid;
    return preview;
}

std::vector<Finding> ApplicationController::findings(const manifest::Value& application,
                                                     const Comparison& comparison) const
{
    const auto app = parseApplication(application);
    const auto project = m_d->projectOf(app);
    return findProblems(app, project ? &*project : nullptr, comparison, *m_d->deps.clusters->registered());
}

std::string ApplicationController::holdReason(const manifest::Value& application) const
{
    const auto app = parseApplication(application);
    if (!app.automated)
        return {};
    const auto known = comparison(app.nameSpace, app.name);
    if (!known)
        return {};
    const auto now = m_d->deps.clock->now();
    if (const auto project = m_d->projectOf(app); project && known->sync == SyncStatus::OutOfSync) {
        const auto decision = canSync(project->windows, app, Initiator::Automated, now);
        if (!decision)
            return decision.error().message;
        if (!decision->allowed)
            return decision->reason;
    }
    return decideAutoSync(app, application, *known, now, m_d->currentSettings().get()).reason;
}

} // namespace core::gitops
