// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/log.h"
#include "core/engine/local_engine.h"
#include "core/gitops/holds.h"
#include "core/manifest/yaml.h"
#include "core/rollout/actions.h"

#include <boost/json.hpp>

namespace core::engine {

using manifest::array;
using manifest::find;
using manifest::text;
using manifest::Value;

namespace {

const kube::ResourceType kApplicationType {
    "argoproj.io", "v1alpha1", "Application", "applications", true, {}, {}, {}, {}};

std::string keyText(const AppId& app)
{
    return "Application/" + app.nameSpace + "/" + app.name;
}

kube::WriteOptions as(std::string fieldManager)
{
    kube::WriteOptions options;
    options.fieldManager = std::move(fieldManager);
    return options;
}

bool automated(const Value& object)
{
    const auto* policy = find(object, {"spec", "syncPolicy", "automated"});
    return policy != nullptr && policy->is_object() && manifest::flag(*policy, {"enabled"}, true);
}

} // namespace

Result<Value> LocalEngine::applicationObject(const AppId& app, std::stop_token stop) const
{
    if (const auto cached = m_cache->get({"argoproj.io", "Application", app.nameSpace, app.name}))
        return *cached;
    auto object = m_client->get(kApplicationType, app.nameSpace, app.name, stop);
    if (!object && object.error().code == Error::Code::NotFound)
        return fail(Error::Code::NotFound, "there is no application \"" + app.name + "\"", app.nameSpace,
                    "list them with: pilotctl app list");
    return object;
}

Result<gitops::DestinationPtr> LocalEngine::clusterOf(const std::optional<AppId>& application,
                                                      std::stop_token stop) const
{
    if (!application || application->name.empty())
        return m_clusters->own();
    PH_TRY(const auto object, applicationObject(*application, stop));
    return m_clusters->wait(gitops::parseApplication(object), std::move(stop));
}

Result<gitops::DestinationPtr> LocalEngine::clusterOf(const ObjectRef& object, std::stop_token stop) const
{
    if (object.application || object.cluster.empty())
        return clusterOf(object.application, std::move(stop));
    gitops::Application there;
    there.server = object.cluster;
    return m_clusters->wait(there, std::move(stop));
}

TimePoint LocalEngine::timeIn(const gitops::Destination& cluster) const
{
    return &cluster == m_clusters->own().get()
        ? m_clock->now()
        : std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

Result<> LocalEngine::mayWrite() const
{
    if (m_readOnly)
        return fail(Error::Code::Forbidden, "this window is read-only", m_connection.name,
                    "turn read-only mode off to change anything");
    return {};
}

Result<> LocalEngine::editApplication(const AppId& app, const std::function<Result<>(Value&)>& change,
                                      manifest::Array* changes)
{
    PH_CHECK(mayWrite());
    constexpr int kAttempts = 8;
    for (int attempt = 0;; ++attempt) {
        PH_TRY(Value object, m_client->get(kApplicationType, app.nameSpace, app.name));
        const Value before = changes != nullptr ? object : Value();
        PH_CHECK(change(object));
        auto written = m_client->replace(object);
        if (written) {
            if (changes != nullptr)
                *changes = specChanges(&before, &*written);
            m_cache->observe(*written);
            m_applications->wake();
            return {};
        }
        if (written.error().code != Error::Code::Conflict || attempt + 1 == kAttempts)
            return tl::unexpected(written.error());
    }
}

Result<> LocalEngine::refresh(const AppId& app, bool hard)
{
    PH_TRY(const auto source, sourceOf(app, {}));
    if (Sources::localPath(source.source.repoUrl).empty() && source.source.chart.empty()) {
        PH_CHECK(m_sources->resolve(source.repository(), source.branch, Sources::Fetch::Always, {}));
    }
    const Value patch {{"metadata", {{"annotations", {{"argocd.argoproj.io/refresh", hard ? "hard" : "normal"}}}}}};
    if (!m_readOnly) // our own controller compares without the annotation too
        PH_CHECK(m_client->patch(kApplicationType, app.nameSpace, app.name, kube::PatchType::Merge, patch));
    m_applications->refresh(app.nameSpace, app.name);
    return {};
}

Result<Value> LocalEngine::operationFor(const Value& object, const SyncRequest& request, std::stop_token stop)
{
    const auto spec = gitops::parseApplication(object);
    if (spec.sources.empty())
        return fail(Error::Code::InvalidInput, "the application has no source", spec.name);
    const auto& source = spec.sources.front();
    std::string revision = request.revision.empty() ? source.targetRevision : request.revision;
    if (source.chart.empty() && !spec.multiSource) {
        PH_TRY(const auto resolved,
               m_sources->resolve({source.repoUrl, spec.project}, revision, Sources::Fetch::IfMissing, stop));
        revision = resolved.commit;
    }
    boost::json::object sync;
    if (!spec.multiSource)
        sync["revision"] = revision;
    if (request.prune)
        sync["prune"] = true;
    if (request.dryRun)
        sync["dryRun"] = true;
    if (request.applyOnly)
        sync["syncStrategy"] = {{"apply", {{"force", request.force}}}};
    else if (request.force)
        sync["syncStrategy"] = {{"hook", {{"force", true}}}};
    boost::json::array options;
    const auto asked = [&](std::string_view option) {
        const auto name = option.substr(0, option.find('='));
        return std::ranges::any_of(request.options,
                                   [&](std::string_view other) { return other.substr(0, other.find('=')) == name; });
    };
    for (const auto& option : spec.syncOptions)
        if (!asked(option))
            options.emplace_back(option);
    if (request.replace && !asked("Replace"))
        options.emplace_back("Replace=true");
    for (const auto& option : request.options)
        options.emplace_back(option);
    if (!options.empty())
        sync["syncOptions"] = std::move(options);
    if (!request.resources.empty()) {
        boost::json::array resources;
        for (const auto& key : request.resources)
            resources.push_back(
                {{"group", key.group}, {"kind", key.kind}, {"namespace", key.nameSpace}, {"name", key.name}});
        sync["resources"] = std::move(resources);
    }
    boost::json::object operation {{"initiatedBy", {{"username", m_user}}}, {"sync", std::move(sync)}};
    if (const auto* retry = find(object, {"spec", "syncPolicy", "retry"}))
        operation["retry"] = *retry;
    if (request.retryLimit) {
        auto& retry = operation["retry"];
        if (!retry.is_object())
            retry = boost::json::object();
        retry.get_object()["limit"] = *request.retryLimit;
    }
    if (!request.reason.empty())
        operation["info"] = boost::json::array {{{"name", "Reason"}, {"value", request.reason}}};
    return Value(std::move(operation));
}

namespace {

/// Puts an operation in, as Argo CD's own server does, where none runs.
Result<> setOperation(Value& object, const Value& operation)
{
    if (find(object, {"operation"}) != nullptr)
        return fail(Error::Code::Conflict, "another operation is already in progress",
                    std::string(manifest::name(object)), "wait for it or terminate it");
    if (find(object, {"metadata", "deletionTimestamp"}) != nullptr)
        return fail(Error::Code::Conflict, "the application is being deleted", std::string(manifest::name(object)));
    manifest::ensure(object, {"operation"}) = operation;
    manifest::erase(object, {"status", "operationState"});
    return {};
}

} // namespace

Result<> LocalEngine::sync(const AppId& app, const SyncRequest& request)
{
    std::string from;
    std::string to;
    const auto run = [&]() -> Result<> {
        PH_TRY(const Value object, applicationObject(app));
        from = text(object, {"status", "sync", "revision"});
        const auto sources = gitops::countedSourcesOf(object);
        const auto automatic = text(sources, {"source", "targetRevision"});
        if (!request.revision.empty() && automated(object) && request.revision != automatic)
            return fail(Error::Code::Forbidden,
                        fmt::format("cannot sync to {}: auto-sync currently set to {}", request.revision, automatic),
                        app.name, "turn automated sync off first");
        PH_TRY(const auto operation, operationFor(object, request, {}));
        to = text(operation, {"sync", "revision"});
        PH_TRY(const auto preview, m_applications->plan(object, operation, {}));
        if (!preview.blocked.empty())
            return fail(Error::Code::Forbidden, "cannot sync: " + preview.blocked, app.name);
        return editApplication(app, [&](Value& fresh) { return setOperation(fresh, operation); });
    };
    auto result = run();
    record("sync", keyText(app), from, to, result, request.reason);
    return result;
}

Result<> LocalEngine::terminate(const AppId& app)
{
    auto result = editApplication(app, [&](Value& object) -> Result<> {
        if (find(object, {"operation"}) == nullptr || find(object, {"status", "operationState"}) == nullptr)
            return fail(Error::Code::Conflict, "no operation is in progress", app.name);
        manifest::ensure(object, {"status", "operationState", "phase"}) = "Terminating";
        return {};
    });
    record("terminate", keyText(app), {}, {}, result, {});
    return result;
}

Result<> LocalEngine::rollback(const AppId& app, std::int64_t historyId, const RollbackOptions& how)
{
    std::string from;
    std::string to;
    auto result = editApplication(app, [&](Value& object) -> Result<> {
        from = text(object, {"status", "sync", "revision"});
        if (automated(object))
            return fail(Error::Code::Forbidden, "rollback cannot be initiated when auto-sync is enabled", app.name,
                        "turn automated sync off, roll back, and turn it on again when Git is right");
        for (const auto& entry : array(object, {"status", "history"})) {
            if (manifest::integer(entry, {"id"}) != historyId)
                continue;
            to = text(entry, {"revision"});
            boost::json::object sync {{"revision", to},
                                      {"syncStrategy", {{how.hooks ? "hook" : "apply", boost::json::object {}}}}};
            if (how.prune)
                sync["prune"] = true;
            if (const auto* source = find(entry, {"source"}))
                sync["source"] = *source;
            if (const auto* options = find(object, {"spec", "syncPolicy", "syncOptions"}))
                sync["syncOptions"] = *options;
            boost::json::object operation {{"initiatedBy", {{"username", m_user}}}, {"sync", std::move(sync)}};
            if (!how.reason.empty())
                operation["info"] = boost::json::array {{{"name", "Reason"}, {"value", how.reason}}};
            return setOperation(object, Value(std::move(operation)));
        }
        return fail(Error::Code::NotFound, "the history has no entry " + std::to_string(historyId), app.name,
                    "list it with: pilotctl app history " + app.name);
    });
    record("rollback", keyText(app), from, to, result, how.reason);
    return result;
}

namespace {

void switchAutoSync(Value& object, bool enabled)
{
    auto& policy = manifest::ensure(object, {"spec", "syncPolicy", "automated"});
    if (!policy.is_object())
        policy = boost::json::object {};
    if (enabled)
        policy.get_object().erase("enabled");
    else
        policy.get_object()["enabled"] = false;
    if (enabled)
        manifest::erase(object, {"metadata", "annotations", gitops::kAutoSyncPause});
}

} // namespace

Result<> LocalEngine::pauseAutoSync(const AppId& app, std::optional<TimePoint> until, const std::string& reason)
{
    manifest::Array changes;
    auto result = editApplication(
        app,
        [&](Value& object) -> Result<> {
            if (until && *until <= m_clock->now())
                return fail(Error::Code::InvalidInput, "the pause of automated sync would end in the past", app.name);
            switchAutoSync(object, false);
            manifest::ensure(object, {"metadata", "annotations", gitops::kAutoSyncPause}) =
                gitops::pauseText({until, m_clock->now(), m_user, reason});
            return {};
        },
        &changes);
    record("pause auto-sync", keyText(app), {}, until ? formatRfc3339(*until) : std::string(), result, reason,
           std::move(changes));
    return result;
}

Result<> LocalEngine::markRevision(const AppId& app, const std::string& revision,
                                   const std::optional<std::string>& whyBad)
{
    manifest::Array changes;
    auto result = editApplication(
        app,
        [&](Value& object) -> Result<> {
            auto marks = gitops::badRevisions(object);
            if (whyBad)
                marks[revision] = *whyBad;
            else
                marks.erase(revision);
            gitops::setBadRevisions(object, marks);
            return {};
        },
        &changes);
    record(whyBad ? "mark as bad" : "unmark", keyText(app), {}, revision, result, whyBad.value_or(std::string()),
           std::move(changes));
    return result;
}

/// Pauses of automated sync whose time has come.
void LocalEngine::endPauses()
{
    if (m_readOnly || !m_options.controllers)
        return;
    const auto now = m_clock->now();
    for (const auto& app : snapshot()->applications)
        if (app->autoSyncPause && app->autoSyncPause->until && *app->autoSyncPause->until <= now)
            if (const auto resumed = setAutoSync({app->nameSpace, app->name}, true); !resumed)
                log::warning("engine", resumed.error().text());
}

Result<> LocalEngine::setAutoSync(const AppId& app, bool enabled)
{
    manifest::Array changes;
    auto result = editApplication(
        app,
        [&](Value& object) -> Result<> {
            switchAutoSync(object, enabled);
            if (!enabled) // so that the problems remind of it
                manifest::ensure(object, {"metadata", "annotations", gitops::kAutoSyncPause}) =
                    gitops::pauseText({std::nullopt, m_clock->now(), m_user, {}});
            return {};
        },
        &changes);
    record(enabled ? "enable auto-sync" : "disable auto-sync", keyText(app), {}, {}, result, {}, std::move(changes));
    return result;
}

namespace {

/// As the audit log names it: two clusters may have the same.
std::string textOf(const ObjectRef& object)
{
    return object.cluster.empty() ? object.key.text() : object.key.text() + " in " + object.cluster;
}

} // namespace

Result<> LocalEngine::act(const ObjectRef& object, RolloutAction action, const std::string& reason)
{
    using Verb = rollout::Action;
    struct Entry
    {
        Verb verb;
        const char* name;
    };
    static const std::map<RolloutAction, Entry> kVerbs {
        {RolloutAction::Promote, {Verb::Promote, "promote"}},
        {RolloutAction::PromoteFull, {Verb::PromoteFull, "promote-full"}},
        {RolloutAction::SkipStep, {Verb::SkipStep, "skip-step"}},
        {RolloutAction::Pause, {Verb::Pause, "pause"}},
        {RolloutAction::Resume, {Verb::Resume, "resume"}},
        {RolloutAction::Abort, {Verb::Abort, "abort"}},
        {RolloutAction::Retry, {Verb::Retry, "retry"}},
        {RolloutAction::Restart, {Verb::Restart, "restart"}}};
    PH_CHECK(mayWrite());
    const auto& entry = kVerbs.at(action);
    const auto run = [&]() -> Result<> {
        PH_TRY(const auto cluster, clusterOf(object, {}));
        return rollout::act(*cluster->client, object.key, entry.verb, timeIn(*cluster), reason);
    };
    auto result = run();
    record(entry.name, textOf(object), {}, {}, result, reason);
    return result;
}

Result<> LocalEngine::undo(const ObjectRef& object, std::int64_t revision)
{
    PH_CHECK(mayWrite());
    const auto run = [&]() -> Result<> {
        PH_TRY(const auto cluster, clusterOf(object, {}));
        return rollout::undo(*cluster->client, object.key, revision);
    };
    auto result = run();
    record("undo", textOf(object), {}, revision == 0 ? std::string("previous") : std::to_string(revision), result, {});
    return result;
}

Result<> LocalEngine::applyLive(const std::string& yaml)
{
    PH_CHECK(mayWrite());
    PH_TRY(const auto documents, manifest::parseYaml(yaml, "edited manifest"));
    if (documents.size() != 1)
        return fail(Error::Code::InvalidInput,
                    "one manifest is wanted, " + std::to_string(documents.size()) + " were given", "edited manifest");
    const auto& object = documents.front().value;
    const auto before = m_cache->get(manifest::keyOf(object));
    const auto written = m_client->replace(object, as("pilothouse-edit"));
    const auto result = written ? Result<> {} : Result<>(tl::unexpected(written.error()));
    if (written)
        m_cache->observe(*written);
    record("edit", manifest::keyOf(object).text(), {}, {}, result, {},
           written ? specChanges(before.get(), &*written) : manifest::Array());
    return result;
}

Result<> LocalEngine::removeLive(const ObjectRef& object)
{
    const auto& key = object.key;
    const auto run = [&]() -> Result<> {
        PH_CHECK(mayWrite());
        PH_TRY(const auto cluster, clusterOf(object, {}));
        PH_TRY(const auto type, cluster->client->resolve(key.groupKind()));
        kube::DeleteOptions background;
        background.propagation = kube::Propagation::Background;
        return cluster->client->remove(type, key.nameSpace, key.name, background);
    };
    auto result = run();
    record("delete", key.text(), {}, {}, result, {});
    return result;
}

Result<> LocalEngine::setClockRate(double rate)
{
    if (!m_cluster)
        return fail(Error::Code::Unsupported, "the time of a real cluster cannot be changed", m_connection.name);
    if (!(rate > 0) || rate > 1'000)
        return fail(Error::Code::InvalidInput, "the clock's rate is a number above 0 and at most 1000");
    m_clock->setRate(rate);
    rememberClockRate();
    markDirty();
    return {};
}

Result<std::string> LocalEngine::commitFile(const AppId& app, const std::string& path, const std::string& newText,
                                            const std::string& baseCommit, const std::string& message)
{
    std::string tip;
    const auto run = [&]() -> Result<std::string> {
        PH_CHECK(mayWrite());
        PH_TRY(const auto source, sourceOf(app, {}));
        const auto repository = source.repository();
        PH_TRY(const auto head, m_sources->resolve(repository, source.branch, Sources::Fetch::IfMissing, {}));
        tip = head.commit;
        if (!baseCommit.empty() && baseCommit != tip) {
            PH_TRY(const auto base, m_sources->resolve(repository, baseCommit, Sources::Fetch::IfMissing, {}));
            const auto before = base.tree->stat(path);
            const auto now = head.tree->stat(path);
            const bool same = before.has_value() == now.has_value() && (!before || before->id == now->id);
            if (!same)
                return fail(Error::Code::Conflict, "the file changed in Git since it was opened", path,
                            "look at both versions, then save again");
        }
        return m_sources->commitFiles(repository, source.branch, tip, {{{path, newText}}, {}},
                                      message.empty() ? "Edit " + path : message,
                                      {m_user, m_user + "@pilothouse.local"});
    };
    auto result = run();
    record("commit", path, tip, result.value_or(std::string {}),
           result ? Result<> {} : Result<>(tl::unexpected(result.error())), message);
    if (result)
        m_applications->sourcesChanged();
    return result;
}

} // namespace core::engine
