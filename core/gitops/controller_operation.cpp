// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/log.h"
#include "core/base/strings.h"
#include "core/gitops/controller_private.h"
#include "core/gitops/executor.h"
#include "core/gitops/hooks.h"
#include "core/gitops/integrity.h"
#include "core/gitops/status.h"
#include "core/manifest/patch.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>

namespace core::gitops {

namespace {

using manifest::Value;

constexpr int kMaxStepsAtOnce = 200;
constexpr std::string_view kRollBack = "RollBackUnlessHealthy=true";
constexpr std::string_view kRollingBack = "; rolling back";
constexpr std::string_view kTimedOut = "operation is terminating due to timeout";

std::optional<TimePoint> timeAt(const Value& root, manifest::Path path)
{
    const auto parsed = parseRfc3339(manifest::text(root, path));
    return parsed ? std::optional(*parsed) : std::nullopt;
}

std::string clockText(TimePoint time)
{
    const auto seconds =
        static_cast<std::time_t>(std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
    std::tm parts {};
    gmtime_r(&seconds, &parts);
    const int hour = parts.tm_hour % 12 == 0 ? 12 : parts.tm_hour % 12;
    return fmt::format("{}:{:02}{}", hour, parts.tm_min, parts.tm_hour < 12 ? "AM" : "PM");
}

bool isFinal(std::string_view phase)
{
    return phase == "Succeeded" || phase == "Failed" || phase == "Error";
}

/// As an operation's message names them.
std::string joined(const std::vector<Condition>& conditions)
{
    std::string text;
    for (const auto& condition : conditions)
        text += (text.empty() ? "" : ";") + condition.type + ": " + condition.message;
    return text;
}

/// Pins what is synced in the operation's result: revision and source (section 5.9).
void pin(Value& state, const Application& app, const Value& object, const Value& operation,
         const RenderedSources& rendered)
{
    auto& result = manifest::ensure(state, {"syncResult"});
    if (result.is_null())
        result = manifest::Object();
    if (app.multiSource) {
        manifest::Array list;
        for (const auto& revision : rendered.revisions)
            list.emplace_back(boost::json::string(revision));
        manifest::ensure(result, {"revisions"}) = std::move(list);
    } else {
        manifest::ensure(result, {"revision"}) =
            boost::json::string(rendered.revisions.empty() ? "" : rendered.revisions.front());
    }
    const std::string key = app.multiSource ? "sources" : "source";
    const auto counted = countedSourcesOf(object);
    const auto* source = manifest::find(operation, {"sync", key});
    if (!source)
        source = manifest::find(counted, {key});
    if (source && !manifest::find(result, {key}))
        manifest::ensure(result, {key}) = *source;
    if (!app.managedNamespaceMetadata.is_null())
        manifest::ensure(result, {"managedNamespaceMetadata"}) = app.managedNamespaceMetadata;
}

/// The option WaitForHealthy=<duration> (Argo CD has none like it): how long a sync waits for the application's health.
std::optional<Duration> waitsForHealth(const SyncOperation& operation)
{
    constexpr std::string_view kOption = "WaitForHealthy=";
    for (const auto& option : operation.syncOptions) {
        if (!option.starts_with(kOption))
            continue;
        if (const auto time = parseGoDuration(std::string_view(option).substr(kOption.size())))
            return *time;
    }
    return std::nullopt;
}

struct Judgement
{
    std::string phase;
    std::string message;
};

/// What a sync that has applied everything comes to, by the application's health.
Judgement judgeHealth(const SyncOperation& operation, const health::Assessment& health, TimePoint startedAt,
                      TimePoint now)
{
    const auto words =
        fmt::format("{}{}{}", health::name(health.status), health.message.empty() ? "" : ": ", health.message);
    if (health.status == health::Status::Healthy)
        return {"Succeeded", "successfully synced and healthy"};
    if (health.status == health::Status::Degraded)
        return {"Failed", "synced, but the application is " + words};
    if (now >= startedAt + *waitsForHealth(operation))
        return {"Failed",
                fmt::format("synced, but not healthy after {}: the application is {}",
                            formatGoDuration(*waitsForHealth(operation)), words)};
    return {"Running", "synced, waiting for the application's health: it is " + words};
}

/// The sync that goes back to the last entry of the history (section 5.11).
std::optional<Value> rollbackOperation(const Value& object, const SyncOperation& failed)
{
    const auto& history = manifest::array(object, {"status", "history"});
    if (history.empty())
        return std::nullopt;
    const auto& entry = history.back();
    Value operation = manifest::Object();
    manifest::ensure(operation, {"initiatedBy", "username"}) = "pilothouse";
    manifest::ensure(operation, {"info"}) = manifest::Array {
        {{"name", "Reason"},
         {"value", boost::json::string(fmt::format("rolled back: {} was not healthy", failed.revision))}}};
    for (const auto* key : {"revision", "revisions", "source", "sources"}) {
        if (const auto* value = manifest::find(entry, {key}))
            manifest::ensure(operation, {"sync", key}) = *value;
    }
    manifest::ensure(operation, {"sync", "prune"}) = failed.prune;
    manifest::ensure(operation, {"sync", "syncStrategy", "apply"}) = manifest::Object();
    manifest::Array options;
    for (const auto& option : failed.syncOptions) {
        if (!option.starts_with("WaitForHealthy=") && option != kRollBack)
            options.emplace_back(boost::json::string(option));
    }
    if (!options.empty())
        manifest::ensure(operation, {"sync", "syncOptions"}) = Value(std::move(options));
    return operation;
}

} // namespace

std::string initiator(const Value& operation)
{
    const auto user = manifest::text(operation, {"initiatedBy", "username"});
    if (!user.empty())
        return std::string(user);
    return manifest::flag(operation, {"initiatedBy", "automated"}) ? "automated" : "unknown";
}

std::string revisionText(const Value& state)
{
    return std::string(manifest::text(state, {"syncResult", "revision"}));
}

void ApplicationController::Private::step(const AppKey& key, const Value& first, std::stop_token stop)
{
    Value object(first);
    /// The application as the last write left it; false where it is gone.
    const auto reload = [&] {
        const auto latest = deps.cache->get(applicationKey(key));
        if (latest)
            object = *latest;
        return latest != nullptr;
    };
    for (int count = 0; count < kMaxStepsAtOnce && !stop.stop_requested(); ++count) {
        const auto* found = manifest::find(object, {"operation"});
        if (!found || !found->is_object())
            return;
        const Value operation(*found);
        const auto now = deps.clock->now();
        const auto app = parseApplication(object);
        const auto* before = manifest::find(object, {"status", "operationState"});
        Value state = before && before->is_object() ? *before : Value(manifest::Object());
        auto phase = std::string(manifest::text(state, {"phase"}));
        const auto save = [&]() {
            const Value was = before && before->is_object() ? *before : Value(manifest::Object());
            Value patchValue = manifest::Object();
            manifest::ensure(patchValue, {"status", "operationState"}) = manifest::createMergePatch(was, state);
            return patch(key, patchValue, stop).has_value();
        };
        if (phase.empty() || isFinal(phase)) {
            state = manifest::Object();
            manifest::ensure(state, {"operation"}) = operation;
            manifest::ensure(state, {"phase"}) = "Running";
            manifest::ensure(state, {"startedAt"}) = boost::json::string(formatRfc3339(now));
            phase = "Running";
            operationSources.erase(key);
            audit(key, initiator(operation), "sync", {}, std::string(manifest::text(operation, {"sync", "revision"})),
                  "started");
            if (!save() || !reload())
                return;
            continue;
        }
        const auto fatal = [&](std::string_view kind, std::string message) {
            conclude(key, object, std::move(state), std::string(kind), std::move(message), stop);
        };
        const auto retry = parseRetry(manifest::find(operation, {"retry"}));
        const auto retries = manifest::integer(state, {"retryCount"}).value_or(0);
        const auto finishedAt = timeAt(state, {"finishedAt"});
        const auto timeout = currentSettings()->syncTimeout;
        const auto began = timeAt(state, {"startedAt"});
        if (phase == "Running" && timeout > Duration::zero() && began) {
            if (now >= *began + timeout) {
                manifest::ensure(state, {"phase"}) = "Terminating";
                manifest::ensure(state, {"message"}) = boost::json::string(kTimedOut);
                if (!save() || !reload())
                    return;
                continue;
            }
            schedule(key, *began + timeout, Level::Tree);
        }
        if (phase == "Running" && finishedAt) { // waits for a retry
            const auto due = *finishedAt + (retry ? retry->wait(retries - 1) : Duration::zero());
            if (due > now) {
                schedule(key, due, Level::Tree);
                return;
            }
            manifest::erase(state, {"finishedAt"});
            manifest::erase(state, {"syncResult"});
            operationSources.erase(key);
            manifest::ensure(state, {"message"}) = boost::json::string(fmt::format(
                "Retrying operation{}. Attempt #{}", retry && retry->refresh ? " with latest revisions" : "", retries));
            if (!save() || !reload())
                return;
            continue;
        }
        const auto project = projectOf(app);
        if (!project)
            return fatal("Error",
                         fmt::format("Failed to load application project: appproject.argoproj.io \"{}\" not found",
                                     app.project));
        const auto parsed = parseOperation(operation);
        const auto startedAt = timeAt(state, {"startedAt"});
        const bool terminating = phase == "Terminating";
        if (!terminating) {
            const bool begun = manifest::find(state, {"syncResult"}) != nullptr;
            const auto allowed =
                canSync(project->windows, app, parsed.automated ? Initiator::Automated : Initiator::Manual, now,
                        begun ? startedAt : std::nullopt);
            if (!allowed || !allowed->allowed) {
                const auto message = allowed ? std::string("Sync operation blocked by sync window")
                                             : "Sync operation blocked by sync window: " + allowed.error().message;
                if (manifest::text(state, {"message"}) != message) {
                    manifest::ensure(state, {"message"}) = boost::json::string(message);
                    (void)save();
                }
                schedule(key, now + std::chrono::seconds(30), Level::Tree);
                return;
            }
            const auto problems = validate(app, &*project, deps.controllerNamespace, *deps.clusters->registered());
            if (!problems.empty())
                return fatal("Error", joined(problems));
        }
        const auto where = locate(app);
        if (!where || !where->problem.empty())
            return fatal("Error", where ? joined(where->conditions()) : "InvalidSpecError: " + where.error().message);
        const auto& site = where->site;
        place(key, site);
        if (!site) // it is being connected to, and tells when that has ended
            return schedule(key, now + std::chrono::seconds(30), Level::Tree);
        if (!operationSources.contains(key)) {
            auto sources = app.sources;
            std::vector<std::string> revisions;
            const auto* pinned = manifest::find(state, {"syncResult"});
            const auto* sync = manifest::find(operation, {"sync"});
            for (const auto* holder : {pinned, sync}) {
                if (!holder)
                    continue;
                if (auto written = parseSources(*holder); !written.empty())
                    sources = std::move(written);
                revisions = manifest::texts(*holder, {"revisions"});
                if (const auto one = manifest::text(*holder, {"revision"}); revisions.empty() && !one.empty())
                    revisions.emplace_back(one);
                if (holder == pinned && !revisions.empty())
                    break;
            }
            if (retry && retry->refresh && retries > 0 && !pinned)
                revisions.clear();
            auto rendered =
                renderSources(app, sources, revisions, *deps.renderer, resolveFor(app), factsOf(*site, stop), stop,
                              tagsFor(app), instanceName(app, deps.controllerNamespace));
            if (!rendered) {
                if (stop.stop_requested())
                    return;
                return fatal("Error", "ComparisonError: Failed to load target state: " + rendered.error().message);
            }
            operationSources[key] = {std::move(*rendered), {}, site->destination->server, now};
        }
        const auto& rendered = operationSources.at(key).rendered;
        const auto comparison = compareRendered(*site, app, object, project, rendered);
        auto problems = comparison.conditions;
        std::erase_if(problems, [](const Condition& condition) {
            return condition.type != "InvalidSpecError" && condition.type != "ComparisonError";
        });
        if (!problems.empty())
            return fatal("Error", joined(problems));
        PlanInput planInput;
        planInput.app = &app;
        planInput.project = &*project;
        planInput.comparison = &comparison;
        planInput.operation = parsed;
        planInput.revision = rendered.revisions.empty() ? "" : rendered.revisions.front();
        planInput.startedAt = manifest::text(state, {"startedAt"});
        planInput.served = [&site](std::string_view apiVersion, std::string_view kind) {
            return site->served(apiVersion, kind);
        };
        const bool begun = manifest::find(state, {"syncResult", "resources"}) != nullptr;
        if (begun) // what was planned at the first step stays planned although it is in sync by now
            std::erase(planInput.operation.syncOptions, "ApplyOutOfSyncOnly=true");
        auto plan = planSync(planInput);
        if (begun)
            keepPlanned(plan, state, parsed);
        pin(state, app, object, operation, rendered);
        SyncStep::Input input;
        input.app = &app;
        input.plan = &plan;
        input.operation = &parsed;
        const auto view = clusterView(*site);
        input.cluster = &view;
        const auto scripts = customizations();
        input.customizations = scripts.get();
        const auto writer = writerFor(*site, app, *project);
        if (!writer)
            return fatal("Error", writer.error().message);
        input.client = writer->get();
        input.observe = [&site, stop](const Value& written) {
            site->cache().observe(written);
            if (site->cache().get(manifest::keyOf(written)))
                return;
            // A kind that this sync has just defined: the cache must see it before the comparison looks for it.
            const auto type = site->client().resolve(manifest::apiVersion(written), manifest::kind(written), stop);
            if (type && site->cache().watch(*type, stop))
                site->cache().observe(written);
        };
        input.startedAt = startedAt;
        input.firstAttempt = retries == 0;
        input.pruneApproved = [&]() -> std::optional<TimePoint> {
            const auto approved = parseRfc3339(manifest::annotation(object, "argocd.argoproj.io/deletion-approved"));
            return approved ? std::optional(*approved) : std::nullopt;
        }();
        input.stop = stop;
        SyncStep sync(input, manifest::array(state, {"syncResult", "resources"}));
        auto outcome = terminating ? sync.terminate() : sync.run();
        if (stop.stop_requested() && !isFinal(outcome.phase))
            return; // the next start goes on from what is stored
        manifest::ensure(state, {"syncResult", "resources"}) = Value(std::move(outcome.results));
        manifest::ensure(state, {"message"}) = boost::json::string(outcome.message);
        if (outcome.phase == "Succeeded" && !parsed.dryRun && waitsForHealth(parsed)) {
            const auto judged = outcome.wrote // the comparison is of before: judged in the next step
                ? Judgement {"Running", "synced, waiting for the application's health"}
                : judgeHealth(parsed, comparison.health, startedAt.value_or(now), now);
            if (judged.phase == "Running")
                schedule(key, startedAt.value_or(now) + *waitsForHealth(parsed), Level::Tree);
            outcome.phase = judged.phase;
            outcome.message = judged.message.empty() ? outcome.message : judged.message;
            manifest::ensure(state, {"message"}) = boost::json::string(outcome.message);
        }
        if (isFinal(outcome.phase))
            return conclude(key, object, std::move(state), outcome.phase, outcome.message, stop);
        const bool progress = outcome.wrote || !before || !manifest::equal(*before, state);
        if (progress && !save())
            return;
        if (!progress)
            return; // an event, or a timer, goes on
        if (!reload())
            return;
        schedule(key, now + std::chrono::seconds(30), Level::Tree);
    }
    mark(key, Level::Tree);
}

/// The client that a sync writes through: where impersonation is on, as the project's service account.
Result<std::shared_ptr<kube::Client>> ApplicationController::Private::writerFor(Site& site, const Application& app,
                                                                                const Project& project) const
{
    if (!currentSettings()->impersonation)
        return site.destination->client;
    PH_TRY(const auto user, impersonatedUser(project, site.destination->server, app.destinationNamespace));
    auto& client = site.impersonated[user];
    if (!client)
        client = std::make_shared<kube::Client>(impersonating(site.client().transport(), user));
    return client;
}

/// Drops tasks that the first step left out (ApplyOutOfSyncOnly); after a restart, those that have no result and are in
/// sync.
void ApplicationController::Private::keepPlanned(SyncPlan& plan, const Value& state, const SyncOperation& operation)
{
    if (!operation.hasOption("ApplyOutOfSyncOnly=true"))
        return;
    std::erase_if(plan.tasks, [&](const SyncTask& task) {
        if (task.hook || task.action == SyncTask::Action::CreateNamespace || task.modified)
            return false;
        for (const auto& result : manifest::array(state, {"syncResult", "resources"})) {
            if (manifest::text(result, {"kind"}) == task.key.kind && manifest::text(result, {"name"}) == task.key.name
                && manifest::text(result, {"group"}) == task.key.group)
                return false;
        }
        return true;
    });
}

/// An attempt has ended: tries again where the operation's retry says so, else closes the operation.
void ApplicationController::Private::conclude(const AppKey& key, const Value& object, Value state, std::string phase,
                                              std::string message, std::stop_token stop)
{
    const auto now = deps.clock->now();
    const bool terminating = manifest::text(object, {"status", "operationState", "phase"}) == "Terminating";
    if (terminating && manifest::text(object, {"status", "operationState", "message"}) == kTimedOut)
        message += ", triggered by controller sync timeout";
    const auto retry = parseRetry(manifest::find(object, {"operation", "retry"}));
    const auto retries = manifest::integer(state, {"retryCount"}).value_or(0);
    const bool again = phase != "Succeeded" && !terminating && retry && (retry->limit < 0 || retries < retry->limit);
    if (again && retry->problem.empty()) {
        const auto due = now + retry->wait(retries);
        manifest::ensure(state, {"phase"}) = "Running";
        manifest::ensure(state, {"finishedAt"}) = boost::json::string(formatRfc3339(now));
        manifest::ensure(state, {"retryCount"}) = retries + 1;
        manifest::ensure(state, {"message"}) =
            boost::json::string(fmt::format("{}. Retrying attempt #{} at {}.", message, retries + 1, clockText(due)));
        operationSources.erase(key);
        const auto* before = manifest::find(object, {"status", "operationState"});
        Value change = manifest::Object();
        manifest::ensure(change, {"status", "operationState"}) =
            manifest::createMergePatch(before ? *before : Value(manifest::Object()), state);
        if (patch(key, change, stop))
            schedule(key, due, Level::Tree);
        return;
    }
    if (again) {
        phase = "Failed";
        message += fmt::format(" (failed to retry: {})", retry->problem);
    }
    if (phase == "Failed" && !terminating && message.starts_with("synced, but ")) {
        const auto* found = manifest::find(object, {"operation"});
        const bool asked = found && parseOperation(*found).hasOption(kRollBack);
        if (asked && parseApplication(object).automated)
            message += "; not rolled back: automated sync is on";
        else if (asked)
            message += manifest::array(object, {"status", "history"}).empty()
                ? "; not rolled back: there is no earlier sync in the history"
                : std::string(kRollingBack);
    }
    manifest::ensure(state, {"phase"}) = boost::json::string(phase);
    manifest::ensure(state, {"message"}) = boost::json::string(message);
    finish(key, object, std::move(state), stop);
}

void ApplicationController::Private::finish(const AppKey& key, const Value& object, Value state, std::stop_token stop)
{
    const auto now = deps.clock->now();
    const auto app = parseApplication(object);
    const auto phase = std::string(manifest::text(state, {"phase"}));
    auto message = std::string(manifest::text(state, {"message"}));
    const bool rollsBack = message.ends_with(kRollingBack);
    const auto retries = manifest::integer(state, {"retryCount"}).value_or(0);
    if (retries > 0) {
        message += fmt::format(" (retried {} times).", retries);
        manifest::ensure(state, {"message"}) = boost::json::string(message);
    }
    manifest::ensure(state, {"finishedAt"}) = boost::json::string(formatRfc3339(now));
    const auto* found = manifest::find(object, {"operation"});
    const Value operation = found ? *found : Value(manifest::Object());
    const auto parsed = parseOperation(operation);
    const auto* before = manifest::find(object, {"status"});
    const Value was = before && before->is_object() ? *before : Value(manifest::Object());
    Value status = was;
    manifest::ensure(status, {"operationState"}) = state;
    if (phase == "Succeeded" && !parsed.dryRun && parsed.resources.empty())
        appendHistory(status, app, state, now);
    Value patchValue = manifest::Object();
    manifest::ensure(patchValue, {"status"}) = manifest::createMergePatch(was, status);
    const auto next =
        rollsBack ? rollbackOperation(object, parsed) : std::nullopt; // in the same write: never half done
    manifest::ensure(patchValue, {"operation"}) = next ? manifest::createMergePatch(operation, *next) : Value(nullptr);
    if (!patch(key, patchValue, stop)) {
        schedule(key, now + std::chrono::seconds(2), Level::Tree);
        return;
    }
    operationSources.erase(key);
    const auto revision = revisionText(state);
    const std::string what = parsed.resources.empty() ? "Sync" : "Partial sync";
    if (phase == "Succeeded")
        event(key, "OperationCompleted", fmt::format("{} operation to {} succeeded", what, revision), false, stop);
    else
        event(key, "OperationCompleted", fmt::format("{} operation to {} failed: {}", what, revision, message), true,
              stop);
    audit(key, initiator(operation), "sync", {}, revision, phase == "Succeeded" ? phase : phase + ": " + message);
    mark(key, Level::Latest);
}

} // namespace core::gitops
