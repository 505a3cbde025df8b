// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/argo_engine.h"

#include "core/diff/diff.h"
#include "core/engine/views.h"
#include "core/gitops/holds.h"
#include "core/health/health.h"
#include "core/manifest/yaml.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace core::engine {

namespace {

using argoapi::AppRef;
using argoapi::ResourceRef;
using manifest::text;
using manifest::Value;

constexpr std::chrono::seconds kFirstWait {1};
constexpr std::chrono::seconds kLongestWait {30};

tl::unexpected<Error> unsupported(std::string_view what)
{
    return fail(Error::Code::Unsupported, fmt::format("{} is not possible through Argo CD's API server", what), {},
                "open the cluster with a kubeconfig");
}

AppId idOf(const Value& object)
{
    return {std::string(manifest::nameSpace(object)), std::string(manifest::name(object))};
}

std::optional<Health> healthAt(const Value& holder)
{
    const auto name = text(holder, {"health", "status"});
    return health::parseStatus(name) ? std::optional(healthOf(name)) : std::nullopt;
}

manifest::ResourceKey keyAt(const Value& item)
{
    return {std::string(text(item, {"group"})), std::string(text(item, {"kind"})),
            std::string(text(item, {"namespace"})), std::string(text(item, {"name"}))};
}

SyncState syncAt(std::string_view status)
{
    return status == "Synced" ? SyncState::Synced : status == "OutOfSync" ? SyncState::OutOfSync : SyncState::Unknown;
}

/// A node of the server's tree (section 7.5), with what the status says of
/// managed ones.
ResourceNode nodeOf(const Value& item, const std::map<manifest::ResourceKey, const Value*>& managed)
{
    ResourceNode node;
    node.key = keyAt(item);
    node.version = text(item, {"version"});
    node.uid = text(item, {"uid"});
    for (const auto& parent : manifest::array(item, {"parentRefs"}))
        node.parents.push_back(keyAt(parent));
    node.existsLive = !node.uid.empty();
    node.health = healthAt(item);
    node.healthMessage = text(item, {"health", "message"});
    node.createdAt = timeAt(item, {"createdAt"});
    for (const auto& image : manifest::array(item, {"images"})) {
        if (image.is_string())
            node.images.emplace_back(image.get_string());
    }
    for (const auto& info : manifest::array(item, {"info"})) {
        const auto name = text(info, {"name"});
        if (name == "Status Reason" || (name == "Containers" && node.statusText.empty()) || name == "Revision")
            node.statusText = text(info, {"value"});
        else if (name == "Node")
            node.nodeName = text(info, {"value"});
    }
    if (const auto found = managed.find(node.key); found != managed.end()) {
        const auto& state = *found->second;
        node.managed = true;
        node.hook = manifest::flag(state, {"hook"});
        node.requiresPruning = manifest::flag(state, {"requiresPruning"});
        node.existsInGit = !node.requiresPruning;
        node.sync = syncAt(text(state, {"status"}));
        node.wave = static_cast<int>(manifest::integer(state, {"syncWave"}).value_or(0));
    }
    return node;
}

ApplicationPtr viewOf(const Value& object, const Value* tree, const std::string& server)
{
    auto view = viewApplication({object, nullptr, server, {}, {}});
    view.compared = true; // the server did
    view.healthMessage = text(object, {"status", "health", "message"});
    std::map<manifest::ResourceKey, const Value*> managed;
    for (const auto& item : manifest::array(object, {"status", "resources"}))
        managed.emplace(keyAt(item), &item);
    if (tree) {
        for (const auto& item : manifest::array(*tree, {"nodes"}))
            view.resources.push_back(nodeOf(item, managed));
        std::stable_sort(view.resources.begin(), view.resources.end(), [](const auto& a, const auto& b) {
            return a.parents.empty() && !b.parents.empty(); // parents before children
        });
    }
    for (const auto& [key, item] : managed)
        view.outOfSyncCount += text(*item, {"status"}) == "OutOfSync" ? 1 : 0;
    for (const auto& image : manifest::array(object, {"status", "summary", "images"})) {
        if (image.is_string())
            view.images.emplace_back(image.get_string());
    }
    return std::make_shared<const Application>(std::move(view));
}

ResourceDiff diffOf(const argoapi::ManagedResource& item)
{
    ResourceDiff diff;
    diff.key = {item.key.group, item.key.kind, item.key.nameSpace, item.key.name};
    const bool missing = item.live.is_null();
    const bool extra = item.target.is_null();
    diff.outOfSync = missing || extra || item.modified;
    diff.action = missing ? ResourceDiff::Action::Create
        : extra           ? ResourceDiff::Action::Prune
        : item.modified   ? ResourceDiff::Action::Patch
                          : ResourceDiff::Action::None;
    if (!item.normalizedLive.is_null())
        diff.liveYaml = manifest::toYaml(item.normalizedLive);
    if (!item.predictedLive.is_null() && !extra)
        diff.desiredYaml = manifest::toYaml(item.predictedLive);
    return diff;
}

} // namespace

ArgoEngine::ArgoEngine(ArgoOptions options)
    : m_options(std::move(options))
    , m_client(m_options.transport, m_options.rootPath)
{
    auto first = std::make_shared<Snapshot>();
    first->events = std::make_shared<const std::vector<Event>>();
    first->problems = std::make_shared<const std::vector<Problem>>();
    first->notifications = std::make_shared<const std::vector<Notification>>();
    m_snapshot = std::move(first);
    m_connection.name = m_options.name;
    m_connection.server = m_options.name;
}

Result<std::unique_ptr<Engine>> ArgoEngine::open(ArgoOptions options)
{
    std::unique_ptr<ArgoEngine> engine(new ArgoEngine(std::move(options)));
    auto& own = engine->m_options;
    if (own.token.empty()) {
        PH_CHECK(engine->m_client.login(own.username, own.password));
        own.password.clear();
    } else {
        engine->m_client.useToken(own.token);
    }
    PH_TRY(const auto user, engine->m_client.userInfo());
    if (!manifest::flag(user, {"loggedIn"}))
        return fail(Error::Code::Unauthorized, "the token is not valid", own.name, "log in again");
    auto* raw = engine.get();
    engine->m_thread = std::jthread([raw] { raw->run(raw->m_stop.get_token()); });
    return engine;
}

ArgoEngine::~ArgoEngine()
{
    m_stop.request_stop();
}

void ArgoEngine::run(const std::stop_token& stop)
{
    auto wait = kFirstWait;
    while (!stop.stop_requested()) {
        auto done = listAll(stop);
        if (done) {
            wait = kFirstWait;
            done = m_client.watch(
                {},
                [&](const std::string& type, const Value& object) {
                    take(type, object, stop);
                    publish();
                    return !stop.stop_requested();
                },
                stop);
        }
        if (stop.stop_requested())
            return;
        if (!done)
            setConnection(Connection::State::Offline, done.error().text());
        std::mutex mutex;
        std::condition_variable_any sleeping;
        std::unique_lock lock(mutex);
        sleeping.wait_for(lock, stop, wait, [] { return false; });
        wait = std::min(wait * 2, kLongestWait);
    }
}

Result<> ArgoEngine::listAll(const std::stop_token& stop)
{
    PH_TRY(const auto objects, m_client.applications({}, stop));
    std::set<AppId> listed;
    for (const auto& object : objects) {
        listed.insert(idOf(object));
        take("ADDED", object, stop);
    }
    {
        const std::scoped_lock lock(m_mutex);
        std::erase_if(m_applications, [&](const auto& item) { return !listed.contains(item.first); });
        std::erase_if(m_objects, [&](const auto& item) { return !listed.contains(item.first); });
    }
    setConnection(Connection::State::Connected, {});
    return {};
}

void ArgoEngine::take(const std::string& type, const Value& object, const std::stop_token& stop)
{
    const auto id = idOf(object);
    if (type == "DELETED") {
        const std::scoped_lock lock(m_mutex);
        m_applications.erase(id);
        m_objects.erase(id);
        return;
    }
    const auto tree =
        m_client.resourceTree({id.name, id.nameSpace, std::string(text(object, {"spec", "project"}))}, stop);
    auto view = viewOf(object, tree ? &*tree : nullptr, m_options.name);
    const std::scoped_lock lock(m_mutex);
    m_applications[id] = std::move(view);
    m_objects[id] = object;
}

void ArgoEngine::setConnection(Connection::State state, std::string problem)
{
    {
        const std::scoped_lock lock(m_mutex);
        if (m_connection.state != state)
            m_connection.since = std::chrono::system_clock::now();
        m_connection.state = state;
        m_connection.problem = std::move(problem);
    }
    publish();
}

void ArgoEngine::publish()
{
    std::vector<std::shared_ptr<Subscriber>> subscribers;
    SnapshotPtr published;
    {
        const std::scoped_lock lock(m_mutex);
        auto next = std::make_shared<Snapshot>(*m_snapshot);
        ++next->version;
        next->at = std::chrono::system_clock::now();
        next->clockRate = 0;
        next->connection = m_connection;
        next->applications.clear();
        for (const auto& [id, app] : m_applications)
            next->applications.push_back(app);
        m_snapshot = next;
        published = m_snapshot;
        subscribers.assign(m_subscribers.begin(), m_subscribers.end());
    }
    for (const auto& subscriber : subscribers) {
        const std::scoped_lock calling(subscriber->calling);
        if (!subscriber->ended)
            subscriber->callback(published);
    }
}

SnapshotPtr ArgoEngine::snapshot() const
{
    const std::scoped_lock lock(m_mutex);
    return m_snapshot;
}

Subscription ArgoEngine::subscribe(std::function<void(const SnapshotPtr&)> callback)
{
    auto subscriber = std::make_shared<Subscriber>();
    subscriber->callback = std::move(callback);
    const std::scoped_lock lock(m_mutex);
    m_subscribers.push_back(subscriber);
    return Subscription([this, subscriber] {
        {
            const std::scoped_lock calling(subscriber->calling);
            subscriber->ended = true;
        }
        const std::scoped_lock inner(m_mutex);
        m_subscribers.remove(subscriber);
    });
}

Result<AppRef> ArgoEngine::find(const AppId& app) const
{
    const std::scoped_lock lock(m_mutex);
    const auto found = m_objects.find(app);
    if (found == m_objects.end())
        return fail(Error::Code::NotFound, fmt::format("there is no application {}/{}", app.nameSpace, app.name),
                    m_options.name);
    return AppRef {app.name, app.nameSpace, std::string(text(found->second, {"spec", "project"}))};
}

Result<> ArgoEngine::writable() const
{
    const std::scoped_lock lock(m_mutex);
    if (m_connection.readOnly)
        return fail(Error::Code::Forbidden, "this session is read-only", m_options.name);
    return {};
}

Result<ArgoEngine::Place> ArgoEngine::placeOf(const ObjectRef& object) const
{
    const auto& key = object.key;
    const std::scoped_lock lock(m_mutex);
    for (const auto& [id, app] : m_applications) {
        if (object.application && !object.application->name.empty() && *object.application != id)
            continue;
        for (const auto& node : app->resources) {
            if (node.key == key)
                return Place {{id.name, id.nameSpace, app->project},
                              {key.group, node.version, key.kind, key.nameSpace, key.name}};
        }
    }
    return fail(Error::Code::NotFound, key.text() + " belongs to no application that this account sees",
                m_options.name);
}

Result<> ArgoEngine::refresh(const AppId& app, bool hard)
{
    PH_TRY(const auto ref, find(app));
    PH_TRY(const auto object,
           m_client.application(ref, hard ? argoapi::Refresh::Hard : argoapi::Refresh::Normal, m_stop.get_token()));
    take("MODIFIED", object, m_stop.get_token());
    publish();
    return {};
}

Result<> ArgoEngine::sync(const AppId& app, const SyncRequest& request)
{
    PH_CHECK(writable());
    PH_TRY(const auto ref, find(app));
    Value body {{"prune", request.prune}, {"dryRun", request.dryRun}};
    auto& object = body.get_object();
    if (!request.revision.empty())
        object["revision"] = request.revision;
    if (request.applyOnly)
        object["strategy"] = {{"apply", {{"force", request.force}}}};
    else if (request.force)
        object["strategy"] = {{"hook", {{"force", true}}}};
    boost::json::array options;
    if (request.replace)
        options.emplace_back("Replace=true");
    for (const auto& option : request.options)
        options.emplace_back(boost::json::string(option));
    if (!options.empty())
        object["syncOptions"] = {{"items", std::move(options)}};
    if (request.retryLimit)
        object["retryStrategy"] = {{"limit", *request.retryLimit}};
    if (!request.reason.empty())
        object["infos"] = boost::json::array {{{"name", "Reason"}, {"value", boost::json::string(request.reason)}}};
    boost::json::array resources;
    for (const auto& key : request.resources)
        resources.push_back({{"group", boost::json::string(key.group)},
                             {"kind", boost::json::string(key.kind)},
                             {"namespace", boost::json::string(key.nameSpace)},
                             {"name", boost::json::string(key.name)}});
    if (!resources.empty())
        object["resources"] = std::move(resources);
    PH_TRY(const auto answer, m_client.sync(ref, body, m_stop.get_token()));
    (void)answer;
    return {};
}

Result<> ArgoEngine::terminate(const AppId& app)
{
    PH_CHECK(writable());
    PH_TRY(const auto ref, find(app));
    return m_client.terminate(ref, m_stop.get_token());
}

Result<> ArgoEngine::rollback(const AppId& app, std::int64_t historyId, const RollbackOptions& options)
{
    PH_CHECK(writable());
    if (options.hooks)
        return fail(Error::Code::Unsupported, "an Argo CD server rolls back without hooks", app.name,
                    "roll back without hooks, or sync to the revision");
    PH_TRY(const auto ref, find(app));
    PH_TRY(const auto answer, m_client.rollback(ref, historyId, options.prune, false, m_stop.get_token()));
    (void)answer;
    return {};
}

Result<> ArgoEngine::setAutoSync(const AppId& app, bool enabled)
{
    PH_CHECK(writable());
    PH_TRY(const auto ref, find(app));
    Value change {{"spec", {{"syncPolicy", {{"automated", {{"enabled", enabled}}}}}}}};
    if (enabled)
        change.get_object()["metadata"] = {{"annotations", {{gitops::kAutoSyncPause, nullptr}}}};
    PH_TRY(const auto answer, m_client.patch(ref, change, m_stop.get_token()));
    (void)answer;
    return {};
}

Result<> ArgoEngine::pauseAutoSync(const AppId& app, std::optional<TimePoint> until, const std::string& reason)
{
    PH_CHECK(writable());
    PH_TRY(const auto ref, find(app));
    const auto now = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
    const Value change {
        {"metadata",
         {{"annotations", {{gitops::kAutoSyncPause, gitops::pauseText({until, now, std::string(), reason})}}}}},
        {"spec", {{"syncPolicy", {{"automated", {{"enabled", false}}}}}}}};
    PH_TRY(const auto answer, m_client.patch(ref, change, m_stop.get_token()));
    (void)answer;
    return {};
}

Result<> ArgoEngine::markRevision(const AppId& app, const std::string&, const std::optional<std::string>&)
{
    return fail(Error::Code::Unsupported, "Argo CD's controller does not know marks of bad revisions", app.name,
                "pause automated sync, or revert the commit in Git");
}

Result<> ArgoEngine::runAction(const manifest::ResourceKey& key, const std::string& action,
                               const std::vector<std::pair<std::string, std::string>>& parameters)
{
    PH_CHECK(writable());
    PH_TRY(const auto place, placeOf(key));
    return m_client.runAction(place.app, place.object, action, parameters, m_stop.get_token());
}

Result<> ArgoEngine::act(const ObjectRef& object, RolloutAction action, const std::string&)
{
    const auto& rollout = object.key;
    switch (action) {
    case RolloutAction::Promote:
    case RolloutAction::Resume:
        return runAction(rollout, "resume");
    case RolloutAction::PromoteFull:
        return runAction(rollout, "promote-full");
    case RolloutAction::SkipStep:
        return runAction(rollout, "skip-current-step");
    case RolloutAction::Pause:
        return runAction(rollout, "pause");
    case RolloutAction::Abort:
        return runAction(rollout, "abort");
    case RolloutAction::Retry:
        return runAction(rollout, "retry");
    case RolloutAction::Restart:
        break;
    }
    return runAction(rollout, "restart");
}

Result<> ArgoEngine::restart(const manifest::ResourceKey& key)
{
    return runAction(key, "restart");
}

Result<> ArgoEngine::scale(const manifest::ResourceKey& key, std::int64_t replicas)
{
    return runAction(key, "scale", {{"replicas", std::to_string(replicas)}});
}

void ArgoEngine::setReadOnly(bool readOnly)
{
    {
        const std::scoped_lock lock(m_mutex);
        m_connection.readOnly = readOnly;
    }
    publish();
}

Result<AppDiff> ArgoEngine::diff(const AppId& app, std::stop_token stop)
{
    PH_TRY(const auto ref, find(app));
    PH_TRY(const auto managed, m_client.managedResources(ref, std::move(stop)));
    AppDiff result;
    for (const auto& item : managed)
        result.resources.push_back(diffOf(item));
    std::stable_sort(result.resources.begin(), result.resources.end(),
                     [](const auto& a, const auto& b) { return a.outOfSync > b.outOfSync; });
    const std::scoped_lock lock(m_mutex);
    if (const auto found = m_applications.find(app); found != m_applications.end())
        result.revision = found->second->revision;
    return result;
}

Result<std::vector<Value>> ArgoEngine::objectsOf(const DiffSide& side, std::stop_token stop)
{
    if (side.kind == DiffSide::Kind::Path)
        return unsupported("rendering a folder");
    PH_TRY(const auto ref, find(side.app));
    if (side.kind == DiffSide::Kind::Revision)
        return m_client.manifests(ref, side.revision, std::move(stop));
    PH_TRY(const auto managed, m_client.managedResources(ref, std::move(stop)));
    std::vector<Value> out;
    for (const auto& item : managed) {
        if (item.live.is_null())
            continue;
        if (side.kind == DiffSide::Kind::Live)
            out.push_back(item.live);
        else if (auto applied = diff::lastApplied(item.live); !applied.is_null())
            out.push_back(std::move(applied));
    }
    return out;
}

Result<AppDiff> ArgoEngine::compare(const DiffSide& left, const DiffSide& right, std::stop_token stop)
{
    PH_TRY(const auto before, objectsOf(left, stop));
    PH_TRY(const auto after, objectsOf(right, std::move(stop)));
    AppDiff result;
    result.revision = right.revision;
    result.resources = viewObjects(before, after, left.app == right.app);
    return result;
}

Result<> ArgoEngine::addIgnoreRule(const AppId& app, const IgnoreRule& rule)
{
    PH_CHECK(writable());
    PH_TRY(const auto ref, find(app));
    PH_TRY(auto object, m_client.application(ref, argoapi::Refresh::No, m_stop.get_token()));
    appendIgnoreRule(object, rule);
    const Value change {{"spec", {{"ignoreDifferences", *manifest::find(object, {"spec", "ignoreDifferences"})}}}};
    PH_TRY(const auto answer, m_client.patch(ref, change, m_stop.get_token()));
    (void)answer;
    return {};
}

Result<SchemaNode> ArgoEngine::schema(const std::string& apiVersion, const std::string& kind,
                                      const std::vector<std::string>& path)
{
    const auto* type = manifest::builtinType(apiVersion, kind);
    if (type == nullptr)
        type = manifest::customType(apiVersion, kind);
    if (auto found = type != nullptr ? schemaNode(*type, path) : std::nullopt)
        return std::move(*found);
    return fail(Error::Code::NotFound, "no schema is known for this place", apiVersion + " " + kind);
}

Result<Plan> ArgoEngine::plan(const AppId& app, const SyncRequest& request, std::stop_token stop)
{
    PH_TRY(const auto ref, find(app));
    PH_TRY(const auto difference, diff(app, stop));
    PH_TRY(const auto windows, m_client.syncWindows(ref, std::move(stop)));
    Plan result;
    result.revision = request.revision.empty() ? difference.revision : request.revision;
    for (const auto& item : difference.resources) {
        const bool wanted = request.resources.empty()
            || std::find(request.resources.begin(), request.resources.end(), item.key) != request.resources.end();
        if (!wanted || item.action == ResourceDiff::Action::None)
            continue;
        PlanTask task;
        task.key = item.key;
        task.phase = "Sync";
        task.action = item.action;
        if (item.action == ResourceDiff::Action::Prune && !request.prune)
            task.note = "ignored (requires pruning)";
        result.tasks.push_back(std::move(task));
    }
    if (const auto* may = manifest::find(windows, {"canSync"}); may && may->is_bool() && !may->get_bool())
        result.blocked = "cannot sync: blocked by sync window";
    return result;
}

Result<ResourceDetails> ArgoEngine::details(const AppId& app, const manifest::ResourceKey& key, std::stop_token stop)
{
    PH_TRY(const auto place, placeOf({key, app}));
    ResourceDetails result;
    result.key = key;
    if (const auto live = m_client.resource(place.app, place.object, stop); live && !live->is_null())
        result.liveYaml = manifest::toYaml(*live);
    PH_TRY(const auto difference, diff(app, std::move(stop)));
    for (const auto& item : difference.resources) {
        if (item.key == key)
            result.desiredYaml = item.desiredYaml;
    }
    return result;
}

Result<std::string> ArgoEngine::logs(const ObjectRef& pod, const std::string& container, std::int64_t tailLines,
                                     std::stop_token stop)
{
    PH_TRY(const auto place, placeOf(pod));
    argoapi::LogQuery query;
    query.pod = pod.key.name;
    query.nameSpace = pod.key.nameSpace;
    query.container = container;
    query.tailLines = tailLines;
    std::string result;
    PH_CHECK(m_client.logs(
        place.app, query,
        [&](const argoapi::LogLine& line) {
            result += line.content + "\n";
            return true;
        },
        std::move(stop)));
    return result;
}

Subscription ArgoEngine::followLogs(const std::vector<LogSource>& sources, const LogOptions& options,
                                    std::function<void(LogChunk)> callback)
{
    std::vector<std::shared_ptr<std::jthread>> threads;
    auto stop = std::make_shared<std::stop_source>();
    for (std::size_t i = 0; i < sources.size(); ++i) {
        threads.push_back(std::make_shared<std::jthread>([this, i, source = sources[i], options, callback, stop] {
            LogChunk end;
            end.source = i;
            end.ended = true;
            const auto place = placeOf({source.pod, source.application});
            argoapi::LogQuery query;
            query.pod = source.pod.name;
            query.nameSpace = source.pod.nameSpace;
            query.container = source.container;
            query.follow = options.follow;
            query.previous = options.previous;
            if (options.tailLines > 0)
                query.tailLines = options.tailLines;
            if (options.sinceSeconds > 0)
                query.sinceSeconds = options.sinceSeconds;
            const auto read = place ? m_client.logs(
                                  place->app, query,
                                  [&](const argoapi::LogLine& line) {
                                      LogChunk chunk;
                                      chunk.source = i;
                                      const auto at = parseRfc3339(line.time);
                                      chunk.lines.push_back({i, at ? std::optional(*at) : std::nullopt, line.content});
                                      callback(std::move(chunk));
                                      return true;
                                  },
                                  stop->get_token())
                                    : Result<>(fail(place.error()));
            if (stop->stop_requested())
                return;
            if (!read)
                end.error = read.error();
            callback(std::move(end));
        }));
    }
    return Subscription([threads, stop] { stop->request_stop(); });
}

Result<std::unique_ptr<Terminal>> ArgoEngine::openTerminal(const ObjectRef&, const std::string&,
                                                           const std::vector<std::string>&, TerminalEvents,
                                                           std::stop_token)
{
    return unsupported("a terminal");
}

Result<std::unique_ptr<Forward>> ArgoEngine::forwardPort(const ObjectRef&, unsigned short, unsigned short,
                                                         std::function<void(const Error&)>, std::stop_token)
{
    return unsupported("forwarding ports");
}

Result<> ArgoEngine::undo(const ObjectRef&, std::int64_t)
{
    return unsupported("undoing a rollout");
}

Result<> ArgoEngine::applyLive(const std::string&)
{
    return unsupported("replacing a live object");
}

Result<std::vector<AppliedObject>> ArgoEngine::applyManifests(const std::string& yaml, const std::string& nameSpace,
                                                              bool dryRun, std::stop_token stop)
{
    if (dryRun)
        return unsupported("asking the server before an Application is created");
    PH_TRY(const auto documents, manifest::parseYaml(yaml, "manifests"));
    for (const auto& document : documents)
        if (manifest::keyOf(document.value).groupKind() != manifest::GroupKind {"argoproj.io", "Application"})
            return unsupported("creating anything but Applications");
    std::vector<AppliedObject> out;
    for (const auto& document : documents) {
        auto object = document.value;
        if (manifest::nameSpace(object).empty() && !nameSpace.empty())
            manifest::ensure(object, {"metadata", "namespace"}) = boost::json::string(nameSpace);
        PH_TRY(const auto made, m_client.create(object, true, stop));
        out.push_back({manifest::keyOf(made), AppliedObject::Outcome::Changed});
    }
    return out;
}

Result<> ArgoEngine::removeLive(const ObjectRef&)
{
    return unsupported("deleting a live object");
}

Result<> ArgoEngine::setClockRate(double)
{
    return unsupported("setting the clock");
}

Result<std::string> ArgoEngine::revertCommit(const AppId&, const std::string&, const std::string&)
{
    return unsupported("reverting a commit");
}

Result<AppDiff> ArgoEngine::diffWithText(const AppId&, const std::string&, const std::string&, std::stop_token)
{
    return unsupported("comparing text that is not committed");
}

Result<AppDiff> ArgoEngine::diffIgnoring(const AppId&, const IgnoreRule&, std::stop_token)
{
    return unsupported("trying an ignore rule");
}

Result<Plan> ArgoEngine::planStaged(const AppId&, const std::vector<StagedField>&, std::stop_token)
{
    return unsupported("syncing single fields");
}

Result<> ArgoEngine::syncStaged(const AppId&, const std::vector<StagedField>&, const std::string&)
{
    return unsupported("syncing single fields");
}

Result<std::vector<SourceLink>> ArgoEngine::links(const AppId&, const std::string&, std::stop_token)
{
    return unsupported("reading the source repository");
}

Result<FileText> ArgoEngine::readFileAt(const AppId&, const std::string&, const std::string&, std::stop_token)
{
    return unsupported("reading the source repository");
}

Result<std::vector<Value>> ArgoEngine::objects(const manifest::GroupKind& kind, const std::string& nameSpace,
                                               std::stop_token)
{
    if (kind.kind != "Application")
        return unsupported("listing " + (kind.kind.empty() ? "all objects" : kind.kind));
    const std::scoped_lock lock(m_mutex);
    std::vector<Value> result;
    for (const auto& [id, object] : m_objects) {
        if (nameSpace.empty() || id.nameSpace == nameSpace)
            result.push_back(object);
    }
    return result;
}

Result<GpuInventory> ArgoEngine::gpus(std::stop_token)
{
    return unsupported("an inventory of GPUs");
}

Result<std::vector<ModelRow>> ArgoEngine::models(std::stop_token)
{
    return unsupported("a list of models");
}

Result<std::vector<AccessAnswer>> ArgoEngine::access(const std::vector<AccessQuestion>& questions, std::stop_token)
{
    // The server decides at each call; nothing is greyed out beforehand.
    return std::vector<AccessAnswer>(questions.size(), AccessAnswer {true, "decided by the Argo CD server"});
}

Result<RemovalPlan> ArgoEngine::removalPlan(const ObjectRef&, std::stop_token)
{
    return unsupported("planning a deletion");
}

Result<PrintedTable> ArgoEngine::printed(const manifest::GroupKind&, const std::string&, std::stop_token)
{
    return unsupported("printing resource tables");
}

Result<RolloutPreview> ArgoEngine::previewRollout(const ObjectRef&, std::stop_token)
{
    return unsupported("previewing a rollout");
}

Result<SetPreview> ArgoEngine::previewSet(const Value&, bool, std::stop_token)
{
    return unsupported("previewing an ApplicationSet");
}

Result<std::vector<SourceFile>> ArgoEngine::files(const AppId&, std::stop_token)
{
    return unsupported("reading the source repository");
}

Result<FileText> ArgoEngine::readFile(const AppId&, const std::string&, std::stop_token)
{
    return unsupported("reading the source repository");
}

Result<std::string> ArgoEngine::commitFile(const AppId&, const std::string&, const std::string&, const std::string&,
                                           const std::string&)
{
    return unsupported("committing");
}

Result<std::vector<AuditEntry>> ArgoEngine::audit(std::size_t)
{
    return unsupported("the audit log");
}

Result<> ArgoEngine::verifyAudit()
{
    return unsupported("the audit log");
}

} // namespace core::engine
