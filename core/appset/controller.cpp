// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/appset/controller.h"

#include "core/appset/rolling_sync.h"
#include "core/appset/status.h"
#include "core/base/log.h"
#include "core/manifest/patch.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <mutex>

namespace core::appset {

using manifest::find;
using manifest::text;
using manifest::Value;

namespace {

constexpr std::string_view kGroup = "argoproj.io";
constexpr std::string_view kFinalizer = "resources-finalizer.argocd.argoproj.io";
constexpr std::string_view kRefresh = "argocd.argoproj.io/application-set-refresh";
constexpr auto kRetry = std::chrono::minutes(3);
constexpr auto kWriteRetry = std::chrono::seconds(15);
constexpr auto kDeletionWait = std::chrono::seconds(10);
constexpr auto kRolloutWait = std::chrono::seconds(10); ///< a rollout also looks at what is no reason to wake up

using Key = std::pair<std::string, std::string>; ///< namespace and name

Key keyOf(const Value& object)
{
    return {std::string(manifest::nameSpace(object)), std::string(manifest::name(object))};
}

/// What of an object a pass looks at: status and bookkeeping left out.
bool differs(const Value& before, const Value& after, std::initializer_list<const char*> parts)
{
    return std::any_of(parts.begin(), parts.end(), [&](const char* part) {
        const auto* a = find(before, {part});
        const auto* b = find(after, {part});
        return !a || !b ? a != b : !manifest::equal(*a, *b);
    });
}

/// Whether it registers a cluster; null: no.
bool isCluster(const kube::ObjectPtr& object)
{
    return object && manifest::label(*object, "argocd.argoproj.io/secret-type") == "cluster";
}

bool metadataDiffers(const Value& before, const Value& after)
{
    const auto reduced = [](const Value& object) {
        Value out = manifest::Object();
        for (const auto* key : {"labels", "annotations", "finalizers", "deletionTimestamp", "ownerReferences"}) {
            if (const auto* value = find(object, {"metadata", key}))
                out.get_object()[key] = *value;
        }
        return out;
    };
    return !manifest::equal(reduced(before), reduced(after));
}

/// What of an Application's status a rollout and status.resources look at: most writes of it change nothing here.
bool statusDiffers(const Value& before, const Value& after)
{
    const auto same = [&](manifest::Path path) {
        const auto* a = find(before, path);
        const auto* b = find(after, path);
        return !a || !b ? a == b : manifest::equal(*a, *b);
    };
    return !same({"status", "sync", "status"}) || !same({"status", "sync", "revision"})
        || !same({"status", "sync", "revisions"}) || !same({"status", "sync", "comparedTo"})
        || !same({"status", "health"}) || !same({"status", "conditions"})
        || !same({"status", "operationState", "phase"}) || !same({"status", "operationState", "startedAt"});
}

} // namespace

struct ApplicationSetController::Private
{
    explicit Private(Deps given)
        : deps(std::move(given))
    {
    }

    Deps deps;
    std::mutex mutex;
    std::set<Key> dirty; ///< guarded, as all is that the listener writes
    bool allDirty = true;
    bool gitDirty = false;
    std::map<Key, TimePoint> timers; ///< of the controller's thread
    kube::Cache::Subscription subscription;

    void run(std::stop_token stop);
    void observe(const std::vector<kube::Cache::Change>& changes);
    std::vector<Key> due(std::stop_token stop);
    void reconcile(const Key& key, std::stop_token stop);
    Duration pass(const Value& set, bool& failed, std::stop_token stop);
    Duration finalize(const Value& set, std::stop_token stop);

    [[nodiscard]] Settings settings() const;
    [[nodiscard]] Inputs inputs(const Value& set, const Settings& settings, std::stop_token stop) const;
    [[nodiscard]] std::set<std::string> projects() const;
    [[nodiscard]] Live liveIn(std::string_view nameSpace) const;
    [[nodiscard]] kube::ObjectPtr object(std::string_view kind, const std::string& nameSpace, const std::string& name,
                                         std::stop_token stop) const;
    Result<> patch(const Value& set, std::string_view kind, std::string_view name, const Value& patch,
                   std::string_view subresource, std::stop_token stop) const;
    Result<> carryOut(const Value& set, const Change& change, std::stop_token stop) const;
    void writeStatus(const Value& set, const Value& status, std::stop_token stop) const;
};

ApplicationSetController::ApplicationSetController(Deps deps)
    : m_d(std::make_unique<Private>(std::move(deps)))
{
}

ApplicationSetController::~ApplicationSetController() = default;

void ApplicationSetController::run(std::stop_token stop)
{
    m_d->run(std::move(stop));
}

void ApplicationSetController::wake()
{
    {
        const std::lock_guard lock(m_d->mutex);
        m_d->allDirty = true;
    }
    m_d->deps.clock->wakeAll();
}

void ApplicationSetController::sourcesChanged()
{
    {
        const std::lock_guard lock(m_d->mutex);
        m_d->gitDirty = true;
    }
    m_d->deps.clock->wakeAll();
}

ApplicationSetController::Preview ApplicationSetController::preview(const Value& applicationSet,
                                                                    std::stop_token stop) const
{
    Preview out;
    const auto settings = m_d->settings();
    const auto inputs = m_d->inputs(applicationSet, settings, stop);
    out.generated = generate(applicationSet, inputs);
    out.live = m_d->liveIn(manifest::nameSpace(applicationSet));
    if (!out.generated.error.empty())
        return out;
    out.problems = validate(applicationSet, out.generated.applications, inputs.clusters, m_d->projects());
    std::vector<Value> valid;
    std::set<std::string> names;
    for (const auto& application : out.generated.applications) {
        names.emplace(manifest::name(application));
        if (!out.problems.contains(std::string(manifest::name(application))))
            valid.push_back(application);
    }
    if (isRollingSync(applicationSet) && settings.progressiveSyncs) {
        Live current;
        for (const auto& [name, application] : out.live) {
            if (isOwned(application, applicationSet))
                current.emplace(name, application);
        }
        valid = planRollingSync(applicationSet, std::move(valid), current, m_d->deps.clock->now()).applications;
    }
    out.changes = planApplications(applicationSet, valid, names, out.live, inputs.clusters, settings);
    return out;
}

void ApplicationSetController::Private::observe(const std::vector<kube::Cache::Change>& changes)
{
    bool woken = false;
    {
        const std::lock_guard lock(mutex);
        for (const auto& change : changes) {
            const auto& object = change.object();
            const auto kind = manifest::kind(object);
            if (kind == "ApplicationSet") {
                if (!change.before || !change.after || differs(*change.before, *change.after, {"spec"})
                    || metadataDiffers(*change.before, *change.after)) {
                    dirty.insert(keyOf(object));
                    woken = true;
                }
            } else if (kind == "Application") {
                if (change.before && change.after && !differs(*change.before, *change.after, {"spec", "operation"})
                    && !statusDiffers(*change.before, *change.after) && !metadataDiffers(*change.before, *change.after))
                    continue;
                for (const auto* side : {change.before.get(), change.after.get()}) {
                    for (const auto& owner :
                         side ? manifest::array(*side, {"metadata", "ownerReferences"}) : manifest::Array()) {
                        if (text(owner, {"kind"}) == "ApplicationSet") {
                            dirty.emplace(manifest::nameSpace(object), text(owner, {"name"}));
                            woken = true;
                        }
                    }
                }
            } else if (kind == "AppProject"
                       || (kind == "Secret" && (isCluster(change.before) || isCluster(change.after)))
                       || (kind == "ConfigMap"
                           && (manifest::name(object) == "argocd-cmd-params-cm"
                               || manifest::name(object) == "argocd-cm"))) {
                allDirty = woken = true;
            }
        }
    }
    if (woken)
        deps.clock->wakeAll();
}

/// What is to be looked at now; waits where there is nothing.
std::vector<Key> ApplicationSetController::Private::due(std::stop_token stop)
{
    while (!stop.stop_requested()) {
        const auto ticket = deps.clock->ticket();
        const auto now = deps.clock->now();
        std::set<Key> out;
        {
            const std::lock_guard lock(mutex);
            out.swap(dirty);
            const bool everything = std::exchange(allDirty, false);
            const bool git = std::exchange(gitDirty, false);
            if (everything || git) {
                for (const auto& set : deps.cache->list({std::string(kGroup), "ApplicationSet"})) {
                    if (everything || !gitSources(*set).empty())
                        out.insert(keyOf(*set));
                }
            }
        }
        auto next = TimePoint::max();
        for (const auto& [key, at] : timers) {
            if (at <= now)
                out.insert(key);
            else
                next = std::min(next, at);
        }
        if (!out.empty())
            return {out.begin(), out.end()};
        deps.clock->waitUntil(next, stop, ticket);
    }
    return {};
}

void ApplicationSetController::Private::run(std::stop_token stop)
{
    subscription = deps.cache->subscribe([this](const auto& changes) { observe(changes); });
    {
        const std::lock_guard lock(mutex);
        allDirty = true;
    }
    const std::stop_callback wake(stop, [this] { deps.clock->wakeAll(); });
    while (!stop.stop_requested()) {
        for (const auto& key : due(stop)) {
            if (stop.stop_requested())
                break;
            reconcile(key, stop);
        }
    }
    subscription = {};
}

void ApplicationSetController::Private::reconcile(const Key& key, std::stop_token stop)
{
    timers.erase(key);
    if (deps.owns && !deps.owns(key.first, key.second))
        return;
    const auto set = deps.cache->get({std::string(kGroup), "ApplicationSet", key.first, key.second});
    if (!set)
        return;
    const auto begun = deps.clock->now();
    bool failed = false;
    const auto wait = find(*set, {"metadata", "deletionTimestamp"}) ? finalize(*set, stop) : pass(*set, failed, stop);
    const auto now = deps.clock->now();
    if (wait > Duration::zero())
        timers[key] = now + wait;
    if (deps.done)
        deps.done(key.first, key.second, failed, now - begun);
}

Settings ApplicationSetController::Private::settings() const
{
    const auto config = deps.cache->get({"", "ConfigMap", deps.nameSpace, "argocd-cmd-params-cm"});
    return parseSettings(config.get());
}

kube::ObjectPtr ApplicationSetController::Private::object(std::string_view kind, const std::string& nameSpace,
                                                          const std::string& name, std::stop_token stop) const
{
    if (auto cached = deps.cache->get({"", std::string(kind), nameSpace, name}))
        return cached;
    if (const auto type = deps.client->resolve("v1", kind, stop)) {
        if (auto read = deps.client->get(*type, nameSpace, name, stop))
            return std::make_shared<const Value>(std::move(*read));
    }
    return nullptr;
}

Inputs ApplicationSetController::Private::inputs(const Value& set, const Settings& settings, std::stop_token stop) const
{
    Inputs out;
    out.nameSpace = deps.nameSpace;
    const auto main = deps.cache->get({"", "ConfigMap", deps.nameSpace, "argocd-cm"});
    out.clusters = gitops::registeredClusters(deps.cache->list({"", "Secret"}, deps.nameSpace), deps.nameSpace,
                                              main && text(*main, {"data", "cluster.inClusterEnabled"}) == "false"
                                                  ? gitops::OwnCluster::Disabled
                                                  : gitops::OwnCluster::Enabled);
    out.resolve = [this, project = projectOf(set)](const std::string& url, const std::string& revision,
                                                   std::stop_token inner) {
        return deps.resolve({url, project}, revision, std::move(inner));
    };
    out.object = [this, stop](std::string_view kind, const std::string& nameSpace, const std::string& name) {
        return object(kind, nameSpace, name, stop);
    };
    out.list = [this, stop](const std::string& apiVersion, const std::string& kind,
                            const std::string& nameSpace) -> Result<std::vector<Value>> {
        PH_TRY(const auto types, deps.client->discover(stop));
        const auto type = std::find_if(types.begin(), types.end(), [&](const kube::ResourceType& candidate) {
            return candidate.apiVersion() == apiVersion && (candidate.plural == kind || candidate.kind == kind);
        });
        if (type == types.end())
            return fail(Error::Code::NotFound, fmt::format("the cluster does not serve {} in {}", kind, apiVersion));
        PH_TRY(auto list, deps.client->list(*type, nameSpace, {}, stop));
        return std::move(list.items);
    };
    out.http = deps.http;
    out.githubToken = deps.githubToken;
    out.globFiles = settings.globFiles;
    out.scmProviders = settings.scmProviders;
    out.allowedScmProviders = settings.allowedScmProviders;
    out.stop = stop;
    return out;
}

std::set<std::string> ApplicationSetController::Private::projects() const
{
    std::set<std::string> out {"default"}; // a fresh install has it, whether it is written out or not
    for (const auto& project : deps.cache->list({std::string(kGroup), "AppProject"}, deps.nameSpace))
        out.emplace(manifest::name(*project));
    return out;
}

Live ApplicationSetController::Private::liveIn(std::string_view nameSpace) const
{
    Live out;
    for (const auto& application : deps.cache->list({std::string(kGroup), "Application"}, nameSpace))
        out.emplace(manifest::name(*application), *application);
    return out;
}

Result<> ApplicationSetController::Private::patch(const Value& set, std::string_view kind, std::string_view name,
                                                  const Value& change, std::string_view subresource,
                                                  std::stop_token stop) const
{
    PH_TRY(const auto type, deps.client->resolve("argoproj.io/v1alpha1", kind, stop));
    kube::WriteOptions options;
    options.fieldManager = "argocd-applicationset-controller";
    options.subresource = subresource;
    PH_TRY(const auto written,
           deps.client->patch(type, manifest::nameSpace(set), name, kube::PatchType::Merge, change, options, stop));
    deps.cache->observe(written);
    return {};
}

Result<> ApplicationSetController::Private::carryOut(const Value& set, const Change& change, std::stop_token stop) const
{
    if (!change.error.empty())
        return fail(Error::Code::Conflict, change.error);
    switch (change.verb) {
    case Change::Verb::Create: {
        kube::WriteOptions options;
        options.fieldManager = "argocd-applicationset-controller";
        PH_TRY(const auto written, deps.client->create(change.object, options, stop));
        deps.cache->observe(written);
        return {};
    }
    case Change::Verb::Update:
        return patch(set, "Application", change.name, change.patch, {}, stop);
    case Change::Verb::Delete: {
        if (!change.patch.is_null())
            PH_CHECK(patch(set, "Application", change.name, change.patch, {}, stop));
        PH_TRY(const auto type, deps.client->resolve("argoproj.io/v1alpha1", "Application", stop));
        const auto removed = deps.client->remove(type, manifest::nameSpace(set), change.name, {}, stop);
        return !removed && removed.error().code == Error::Code::NotFound ? Result<> {} : removed;
    }
    }
    return {};
}

void ApplicationSetController::Private::writeStatus(const Value& set, const Value& status, std::stop_token stop) const
{
    const auto* before = find(set, {"status"});
    auto change = manifest::createMergePatch(before ? *before : Value(manifest::Object()), status);
    if (change.is_object() && change.get_object().empty())
        return;
    const auto written = patch(set, "ApplicationSet", manifest::name(set),
                               manifest::Object {{"status", std::move(change)}}, "status", stop);
    if (!written && written.error().code != Error::Code::NotFound)
        log::warning("appset", written.error().within("status of " + std::string(manifest::name(set))).text());
}

/// One look at a set: generates, checks, carries out, tells. Returns when to look again; zero: on changes only.
Duration ApplicationSetController::Private::pass(const Value& set, bool& failed, std::stop_token stop)
{
    const auto now = deps.clock->now();
    const auto config = settings();
    const auto world = inputs(set, config, stop);
    const auto* known = find(set, {"status"});
    Value status = known && known->is_object() ? *known : Value(manifest::Object());
    const auto generated = generate(set, world);
    if (stop.stop_requested())
        return {};
    if (!generated.error.empty()) {
        failed = true;
        setConditions(status, failureConditions(generated.reason, generated.error, false), now);
        writeStatus(set, status, stop);
        return kRetry;
    }
    const auto problems = validate(set, generated.applications, world.clusters, projects());
    std::vector<Value> valid;
    std::set<std::string> names;
    for (const auto& application : generated.applications) {
        names.emplace(manifest::name(application));
        if (!problems.contains(std::string(manifest::name(application))))
            valid.push_back(application);
    }
    const auto live = liveIn(manifest::nameSpace(set));
    Live current;
    for (const auto& [name, application] : live) {
        if (isOwned(application, set))
            current.emplace(name, application);
    }
    removeCondition(status, "InvalidRolloutConfig");
    bool rollingOut = false;
    if (isRollingSync(set) && config.progressiveSyncs) {
        auto rolling = planRollingSync(set, std::move(valid), current, now);
        valid = std::move(rolling.applications);
        status.get_object()["applicationStatus"] = std::move(rolling.applicationStatus);
        setConditions(status, rolling.conditions, now);
        rollingOut = std::any_of(rolling.conditions.begin(), rolling.conditions.end(), [](const Condition& condition) {
            return condition.type == "RolloutProgressing" && condition.holds;
        });
        // Kept before the syncs are asked for: after a restart nothing is asked for twice.
        writeStatus(set, status, stop);
    } else {
        manifest::erase(status, {"applicationStatus"});
        removeCondition(status, "RolloutProgressing");
    }
    std::string reason, message;
    if (!problems.empty()) {
        reason = "ApplicationValidationError";
        message = problems.rbegin()->second;
        if (problems.size() > 1)
            message += fmt::format(" (and {} more)", problems.size() - 1);
    }
    bool updateFailed = false;
    for (const auto& change : planApplications(set, valid, names, live, world.clusters, config)) {
        if (stop.stop_requested())
            return {};
        const bool deletion = change.verb == Change::Verb::Delete;
        if (updateFailed && deletion)
            break; // nothing goes while something cannot come
        const auto carried = carryOut(set, change, stop);
        if (carried || updateFailed)
            continue;
        updateFailed = !deletion;
        const bool mayUpdate = policyOf(set, config).update;
        reason = deletion ? "DeleteApplicationError" : mayUpdate ? "UpdateApplicationError" : "CreateApplicationError";
        message = carried.error().message;
        if (deletion)
            break;
    }
    failed = !reason.empty();
    setConditions(status, failed ? failureConditions(reason, message, true) : successConditions(), now);
    std::vector<Value> mine;
    for (auto& [name, application] : liveIn(manifest::nameSpace(set))) {
        if (isOwned(application, set))
            mine.push_back(std::move(application));
    }
    setResources(status, mine);
    const auto fresh = deps.cache->get({std::string(kGroup), "ApplicationSet", std::string(manifest::nameSpace(set)),
                                        std::string(manifest::name(set))});
    writeStatus(fresh ? *fresh : set, status, stop);
    if (manifest::annotation(set, kRefresh) == "true")
        (void)patch(
            set, "ApplicationSet", manifest::name(set),
            manifest::Object {{"metadata", manifest::Object {{"annotations", manifest::Object {{kRefresh, nullptr}}}}}},
            {}, stop);
    auto again = requeueAfter(set);
    const auto within = [&again](Duration limit) {
        again = again == Duration::zero() ? limit : std::min(again, limit);
    };
    if (failed)
        within(updateFailed ? Duration(kWriteRetry) : Duration(kRetry));
    if (rollingOut)
        within(kRolloutWait);
    return again;
}

/// The set is being deleted. Its Applications go by their owner references, unless the policy keeps them.
Duration ApplicationSetController::Private::finalize(const Value& set, std::stop_token stop)
{
    const auto config = settings();
    Live current;
    for (auto& [name, application] : liveIn(manifest::nameSpace(set))) {
        if (isOwned(application, set))
            current.emplace(name, std::move(application));
    }
    if (!policyOf(set, config).remove) {
        for (const auto& [name, application] : current) {
            manifest::Array owners;
            for (const auto& owner : manifest::array(application, {"metadata", "ownerReferences"})) {
                if (text(owner, {"kind"}) != "ApplicationSet" || text(owner, {"name"}) != manifest::name(set))
                    owners.push_back(owner);
            }
            const auto released = patch(
                set, "Application", name,
                manifest::Object {{"metadata", manifest::Object {{"ownerReferences", std::move(owners)}}}}, {}, stop);
            if (!released && released.error().code != Error::Code::NotFound)
                return kDeletionWait;
        }
    } else if (deletesInReverse(set) && config.progressiveSyncs) {
        const auto next = planReverseDeletion(set, current);
        if (!next.next.empty()) {
            if (!next.waiting)
                (void)carryOut(set, {Change::Verb::Delete, next.next, {}, {}, {}}, stop);
            return kDeletionWait;
        }
    }
    manifest::Array kept;
    for (const auto& finalizer : manifest::array(set, {"metadata", "finalizers"})) {
        if (!finalizer.is_string() || std::string_view(finalizer.get_string()) != kFinalizer)
            kept.push_back(finalizer);
    }
    if (kept.size() == manifest::array(set, {"metadata", "finalizers"}).size())
        return {};
    const auto released =
        patch(set, "ApplicationSet", manifest::name(set),
              manifest::Object {{"metadata", manifest::Object {{"finalizers", std::move(kept)}}}}, {}, stop);
    return released || released.error().code == Error::Code::NotFound ? Duration::zero() : Duration(kDeletionWait);
}

} // namespace core::appset
