// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/log.h"
#include "core/base/strings.h"
#include "core/gitops/controller_private.h"
#include "core/gitops/generate_paths.h"
#include "core/gitops/status.h"
#include "core/manifest/patch.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace core::gitops {

namespace {

using manifest::Value;

constexpr std::string_view kRefresh = "argocd.argoproj.io/refresh";
constexpr std::string_view kRefreshTimestamp = "argocd.argoproj.io/refresh-timestamp";
const kube::ResourceType kApplications {"argoproj.io", "v1alpha1", "Application", "applications", true, {}, {}, {}, {}};

Value statusOf(const Value& object)
{
    const auto* status = manifest::find(object, {"status"});
    return status && status->is_object() ? *status : Value(manifest::Object());
}

bool has(const std::vector<Condition>& conditions, std::string_view type)
{
    return std::any_of(conditions.begin(), conditions.end(),
                       [&](const Condition& condition) { return condition.type == type; });
}

} // namespace

manifest::ResourceKey applicationKey(const AppKey& app)
{
    return {"argoproj.io", "Application", app.nameSpace, app.name};
}

void ApplicationController::Private::publish(const SitePtr& site, const AppKey& app, Comparison comparison,
                                             const std::string& orphanNamespace)
{
    if (site)
        site->index.setTree(app, comparison, orphanNamespace);
    {
        const std::lock_guard lock(mutex);
        comparisons[app] = std::make_shared<const Comparison>(std::move(comparison));
    }
    if (deps.changed)
        deps.changed(app.nameSpace, app.name);
}

void ApplicationController::Private::refreshTree(const SitePtr& site, const AppKey& key, const Value& object)
{
    const auto app = parseApplication(object);
    auto copy = *comparisons.at(key);
    const auto scripts = customizations();
    const auto view = clusterView(*site);
    const auto project = projectOf(app);
    for (auto& state : copy.resources) {
        state.live = state.permitted && !state.key.name.empty() ? view.get(state.key) : nullptr;
        state.health = state.live ? health::assess(*state.live, scripts.get())
                                  : std::optional(health::Assessment {health::Status::Missing, {}});
    }
    CompareInput input;
    input.app = &app;
    input.object = &object;
    input.project = project ? &*project : nullptr;
    input.customizations = scripts.get();
    const auto chosen = currentSettings();
    input.settings = chosen.get();
    completeViews(copy, input, view);
    publish(site, key, std::move(copy), project && project->orphans ? app.destinationNamespace : std::string());
}

bool ApplicationController::Private::tolerated(const AppKey& app, const Error& error, Level level)
{
    const bool silent = error.code == Error::Code::Unavailable || error.code == Error::Code::Timeout;
    const auto now = deps.clock->now();
    if (!silent || level == Level::Forced || cached[app].rendered.outputs.empty()
        || now >= unreachable.try_emplace(app, now).first->second + currentSettings()->repoErrorGrace)
        return false;
    log::info("gitops", app.name + ": compared with what was loaded before: " + error.message);
    schedule(app, now + std::chrono::seconds(10), Level::Latest);
    return true;
}

void ApplicationController::Private::refresh(const AppKey& key, const Value& object, Level level, std::stop_token stop)
{
    const auto app = parseApplication(object);
    const auto now = deps.clock->now();
    const auto before = statusOf(object);
    auto status = before;
    const bool asked = !manifest::annotation(object, kRefresh).empty();
    const auto known = cached.find(key);
    const auto sources = countedSourcesOf(object);
    const bool sourceChanged = known == cached.end() || !manifest::equal(known->second.sources, sources);
    const bool expired = known != cached.end() && known->second.at + deps.resync <= now;
    if (asked || sourceChanged)
        level = Level::Forced;
    else if (expired)
        level = std::max(level, Level::Latest);
    if (const auto site = placeOf(key);
        site && level == Level::Tree && comparisons.contains(key) && !comparisons.at(key)->failed) {
        refreshTree(site, key, object);
        const auto& current = comparisons.at(key);
        if (current->health.status
                == health::parseStatus(manifest::text(before, {"health", "status"})).value_or(health::Status::Unknown)
            && manifest::text(before, {"sync", "status"}) == name(current->sync))
            return;
        level = Level::Recent;
    }
    const auto project = projectOf(app);
    auto conditions =
        validate(app, project ? &*project : nullptr, deps.controllerNamespace, *deps.clusters->registered());
    Where where;
    if (conditions.empty()) {
        if (auto found = locate(app); !found)
            conditions.push_back({"InvalidSpecError", found.error().message});
        else
            where = std::move(*found);
    }
    const auto& site = where.site;
    place(key, site);
    for (auto& condition : where.conditions())
        conditions.push_back(std::move(condition));
    schedule(key, now + deps.resync, Level::Latest);
    if (conditions.empty() && !site)
        return; // it is being connected to; when that ends, one way or the other, we are called again
    std::optional<Comparison> comparison;
    const auto fill = [&](RenderedSources rendered, const std::string& server) {
        cached.insert_or_assign(key, Cached {std::move(rendered), sources, server, now});
    };
    if (conditions.empty()) {
        const auto& server = site->destination->server;
        if (known != cached.end() && known->second.server != server)
            level = Level::Forced; // elsewhere the same sources may render to something else
        if (level >= Level::Latest || known == cached.end()) {
            KeptSources kept;
            if (manifest::annotation(object, kRefresh) != "hard") {
                kept.paths = manifest::annotation(object, kGeneratePaths);
                if (const auto* tried = manifest::find(before, {"operationState", "syncResult"}))
                    kept.revisions = revisionsOf(*tried);
                if (!sourceChanged && known->second.server == server)
                    kept.rendered = &known->second.rendered;
            }
            auto rendered = renderSources(app, app.sources, {}, *deps.renderer, resolveFor(app), factsOf(*site, stop),
                                          stop, tagsFor(app), instanceName(app, deps.controllerNamespace), kept);
            if (!rendered && rendered.error().code == Error::Code::Cancelled)
                return;
            if (rendered)
                unreachable.erase(key);
            if (rendered || known == cached.end() || !tolerated(key, rendered.error(), level)) {
                if (!rendered)
                    conditions.push_back(
                        {"ComparisonError", "Failed to load target state: " + rendered.error().message});
                fill(rendered ? std::move(*rendered) : RenderedSources {}, server);
            }
        }
        const auto& held = cached[key];
        if (conditions.empty() && !held.rendered.outputs.empty()) {
            comparison = compareRendered(*site, app, object, project, held.rendered);
            comparison->mayHaveChanges = held.rendered.mayHaveChanges;
        } else if (conditions.empty()) { // failed before, and nothing new to try
            for (const auto& item : manifest::array(before, {"conditions"})) {
                if (manifest::text(item, {"type"}) == "ComparisonError")
                    conditions.push_back({"ComparisonError", std::string(manifest::text(item, {"message"}))});
            }
        }
    } else {
        fill({}, {});
    }
    if (comparison && has(comparison->conditions, "InvalidSpecError"))
        comparison->failed = true;
    if (!comparison) {
        Comparison failed;
        failed.nameSpace = key.nameSpace;
        failed.name = key.name;
        failed.failed = true;
        failed.conditions = conditions;
        failed.at = now;
        if (has(conditions, "InvalidSpecError")) {
            writeInvalid(status, conditions, now);
        } else if (!site) {
            writeFailure(status, app, failed, conditions, now);
        } else { // what is live stays in view
            const auto liveOnly = compareRendered(*site, app, object, project, {});
            failed.resources = liveOnly.resources;
            for (auto& state : failed.resources) {
                state.sync = SyncStatus::Unknown;
                state.requiresPruning = false;
            }
            failed.tree = liveOnly.tree;
            failed.images = liveOnly.images;
            if (where.problem.empty()) // what a cluster that does not answer showed last is no health
                failed.health = liveOnly.health;
            writeFailure(status, app, failed, conditions, now);
        }
        manifest::ensure(status, {"sync", "comparedTo"}) = comparedTo(object);
        publish(site, key, std::move(failed), {});
    } else {
        writeComparison(status, app, object, *comparison, now,
                        currentSettings()->persistHealth ? HealthSource::Status : HealthSource::Tree);
        if (!observing)
            decideSync(key, object, *comparison, project, status, stop);
        publish(site, key, std::move(*comparison),
                project && project->orphans ? app.destinationNamespace : std::string());
    }
    if (observing)
        return;
    if (level >= Level::Latest)
        manifest::ensure(status, {"reconciledAt"}) = boost::json::string(formatRfc3339(now));
    manifest::ensure(status, {"controllerNamespace"}) = boost::json::string(deps.controllerNamespace);
    writeStatus(key, object, status, stop);
    if (const auto current = comparisons.find(key); current != comparisons.end() && !current->second->failed)
        keepDeletionFinalizers(key, object, *current->second, stop);
    startOperation(key, object, stop);
}

void ApplicationController::Private::decideSync(const AppKey& key, const Value& object, const Comparison& comparison,
                                                const std::optional<Project>& project, Value& status, std::stop_token)
{
    const auto app = parseApplication(object);
    const auto now = deps.clock->now();
    pending.reset();
    if (has(comparison.conditions, "ComparisonError"))
        return; // what cannot be trusted is not synced
    if (project) {
        const auto allowed = canSync(project->windows, app, Initiator::Automated, now);
        if (!allowed || !allowed->allowed) {
            if (app.automated && comparison.sync == SyncStatus::OutOfSync)
                schedule(key, now + std::chrono::seconds(30), Level::Recent);
            return;
        }
    }
    Value current(object);
    manifest::ensure(current, {"status"}) = status;
    const auto decision = decideAutoSync(app, current, comparison, now, currentSettings().get());
    std::vector<Condition> conditions;
    if (decision.condition)
        conditions.push_back(*decision.condition);
    mergeConditions(status, conditions, {"SyncError"}, now);
    if (decision.retryIn)
        schedule(key, now + *decision.retryIn, Level::Recent);
    if (decision.sync)
        pending = decision.operation;
}

/// Sets `.operation` as decided and clears the old result in the same write.
void ApplicationController::Private::startOperation(const AppKey& key, const Value& object, std::stop_token stop)
{
    if (!pending)
        return;
    Value operation = std::move(*pending);
    pending.reset();
    const auto current = deps.cache->get(applicationKey(key));
    const auto* running = current ? manifest::find(*current, {"operation"}) : nullptr;
    if (running && running->is_object())
        return;
    Value patchValue = manifest::Object();
    manifest::ensure(patchValue, {"operation"}) = operation;
    manifest::ensure(patchValue, {"status", "operationState"}) = nullptr;
    if (!patch(key, patchValue, stop))
        return;
    event(key, "OperationStarted",
          fmt::format("Initiated automated sync to '{}'", manifest::text(operation, {"sync", "revision"})), false,
          stop);
    (void)object;
    mark(key, Level::Tree);
}

Result<> ApplicationController::Private::patch(const AppKey& key, const Value& patchValue, std::stop_token stop)
{
    kube::WriteOptions options;
    options.fieldManager = "argocd-controller";
    auto result =
        deps.client->patch(kApplications, key.nameSpace, key.name, kube::PatchType::Merge, patchValue, options, stop);
    if (!result) {
        if (result.error().code != Error::Code::NotFound)
            log::warning("gitops", key.name + ": cannot write the status: " + result.error().text());
        return fail(result.error());
    }
    deps.cache->observe(*result);
    return {};
}

void ApplicationController::Private::writeStatus(const AppKey& key, const Value& object, const Value& status,
                                                 std::stop_token stop)
{
    const auto before = statusOf(object);
    auto change = manifest::createMergePatch(before, status);
    Value patchValue = manifest::Object();
    if (change.is_object() && !change.get_object().empty())
        manifest::ensure(patchValue, {"status"}) = change;
    const bool asked = !manifest::annotation(object, kRefresh).empty();
    const bool stamped = !manifest::annotation(object, kRefreshTimestamp).empty();
    if (asked && !stamped)
        manifest::ensure(patchValue, {"metadata", "annotations", kRefresh}) = nullptr;
    if (!patchValue.get_object().empty() && !patch(key, patchValue, stop)) {
        schedule(key, deps.clock->now() + std::chrono::seconds(5), Level::Recent);
        return;
    }
    if (asked && stamped)
        answerRefresh(key, object, stop);
    if (change.is_null())
        return;
    const auto tell = [&](manifest::Path path, std::string_view what) {
        const auto was = manifest::text(before, path);
        const auto is = manifest::text(status, path);
        if (was != is && !was.empty())
            event(key, "ResourceUpdated", fmt::format("Updated {} status: {} -> {}", what, was, is), false, stop);
    };
    tell({"sync", "status"}, "sync");
    tell({"health", "status"}, "health");
}

/// Takes the request for a refresh away, unless a newer one has come in the meantime (section 7.3).
void ApplicationController::Private::answerRefresh(const AppKey& key, const Value& object, std::stop_token stop)
{
    const auto place = [](std::string_view annotation) {
        std::string path = "/metadata/annotations/";
        for (const char c : annotation)
            path += c == '/' ? "~1" : std::string(1, c);
        return boost::json::string(path);
    };
    const Value change {{{"op", "test"},
                         {"path", place(kRefreshTimestamp)},
                         {"value", boost::json::string(manifest::annotation(object, kRefreshTimestamp))}},
                        {{"op", "remove"}, {"path", place(kRefresh)}},
                        {{"op", "remove"}, {"path", place(kRefreshTimestamp)}}};
    kube::WriteOptions options;
    options.fieldManager = "argocd-controller";
    auto written =
        deps.client->patch(kApplications, key.nameSpace, key.name, kube::PatchType::Json, change, options, stop);
    if (written)
        deps.cache->observe(*written); // a failed test: the newer request is looked at when its event comes
}

void ApplicationController::Private::event(const AppKey& key, const std::string& reason, const std::string& message,
                                           bool warning, std::stop_token stop)
{
    const auto object = deps.cache->get(applicationKey(key));
    const auto now = deps.clock->now();
    Value event = manifest::Object();
    manifest::ensure(event, {"apiVersion"}) = "v1";
    manifest::ensure(event, {"kind"}) = "Event";
    manifest::ensure(event, {"metadata", "namespace"}) = boost::json::string(key.nameSpace);
    manifest::ensure(event, {"metadata", "name"}) =
        boost::json::string(fmt::format("{}.{:x}", key.name, now.time_since_epoch().count()));
    manifest::ensure(event, {"involvedObject"}) = {
        {"apiVersion", "argoproj.io/v1alpha1"},
        {"kind", "Application"},
        {"namespace", key.nameSpace},
        {"name", key.name},
        {"uid", boost::json::string(object ? manifest::uid(*object) : std::string_view {})}};
    manifest::ensure(event, {"reason"}) = boost::json::string(reason);
    manifest::ensure(event, {"message"}) = boost::json::string(message.substr(0, 1024));
    manifest::ensure(event, {"type"}) = warning ? "Warning" : "Normal";
    manifest::ensure(event, {"count"}) = 1;
    for (const auto* time : {"firstTimestamp", "lastTimestamp"})
        manifest::ensure(event, {time}) = boost::json::string(formatRfc3339(now));
    manifest::ensure(event, {"source", "component"}) = "argocd-application-controller";
    if (const auto written = deps.client->create(event, {}, stop); !written)
        log::debug("gitops", "event not written: " + written.error().text());
}

void ApplicationController::Private::audit(const AppKey& key, std::string who, std::string action,
                                           std::string objectText, std::string revision, std::string result) const
{
    if (deps.audit)
        deps.audit({key.nameSpace, key.name, std::move(who), std::move(action), std::move(objectText),
                    std::move(revision), std::move(result)});
}

} // namespace core::gitops
