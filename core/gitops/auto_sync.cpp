// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gitops/holds.h"
#include "core/gitops/settings.h"
#include "core/gitops/status.h"
#include "core/gitops/sync_plan.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace core::gitops {

namespace {

using manifest::Value;

struct Attempt
{
    bool made = false;
    bool successful = false;
    std::string message;
    std::int64_t heals = 0;
    std::optional<TimePoint> finishedAt;
};

/// Whether these revisions and sources were synced before, and how that ended.
Attempt attemptOf(const Application& app, const Value& object, const Comparison& comparison)
{
    Attempt attempt;
    const auto* state = manifest::find(object, {"status", "operationState"});
    if (!state || !state->is_object())
        return attempt;
    const auto phase = manifest::text(*state, {"phase"});
    attempt.successful = phase == "Succeeded";
    attempt.message = manifest::text(*state, {"message"});
    attempt.heals = manifest::integer(*state, {"operation", "sync", "autoHealAttemptsCount"}).value_or(0);
    if (const auto finished = parseRfc3339(manifest::text(*state, {"finishedAt"})))
        attempt.finishedAt = *finished;
    const auto* result = manifest::find(*state, {"syncResult"});
    if (!result || !result->is_object()) {
        attempt.made = phase == "Succeeded" || phase == "Failed" || phase == "Error";
        return attempt;
    }
    const Value none;
    const auto counted = countedSourcesOf(object);
    const auto same = [&](const char* key) {
        const auto* was = manifest::find(*result, {key});
        const auto* is = manifest::find(counted, {key});
        return manifest::equal(was ? *was : none, is ? *is : none);
    };
    attempt.made = (!comparison.mayHaveChanges || revisionsOf(*result) == comparison.revisions)
        && same(app.multiSource ? "sources" : "source");
    return attempt;
}

Duration healBackoff(std::int64_t heals, const Settings::HealBackoff& backoff)
{
    if (heals < 1)
        return Duration::zero();
    auto wait = backoff.first;
    for (std::int64_t i = 1; i < heals && wait < backoff.most; ++i)
        wait *= std::max<std::int64_t>(backoff.factor, 1);
    return std::min(wait, backoff.most);
}

Value operationFor(const Application& app, const Value& object, const Comparison& comparison)
{
    Value operation = manifest::Object();
    manifest::ensure(operation, {"initiatedBy", "automated"}) = true;
    const auto* retry = manifest::find(object, {"spec", "syncPolicy", "retry"});
    if (retry && retry->is_object())
        manifest::ensure(operation, {"retry"}) = *retry;
    else
        manifest::ensure(operation, {"retry", "limit"}) = 5;
    if (app.prune)
        manifest::ensure(operation, {"sync", "prune"}) = true;
    if (app.multiSource) {
        manifest::Array list;
        for (const auto& revision : comparison.revisions)
            list.emplace_back(boost::json::string(revision));
        manifest::ensure(operation, {"sync", "revisions"}) = std::move(list);
        manifest::ensure(operation, {"sync", "sources"}) = *manifest::find(object, {"spec", "sources"});
    } else {
        manifest::ensure(operation, {"sync", "revision"}) =
            boost::json::string(comparison.revisions.empty() ? "" : comparison.revisions.front());
        const auto counted = countedSourcesOf(object);
        if (const auto* source = manifest::find(counted, {"source"}))
            manifest::ensure(operation, {"sync", "source"}) = *source;
    }
    if (!app.syncOptions.empty()) {
        manifest::Array list;
        for (const auto& option : app.syncOptions)
            list.emplace_back(boost::json::string(option));
        manifest::ensure(operation, {"sync", "syncOptions"}) = std::move(list);
    }
    return operation;
}

void healOnly(Value& operation, const Comparison& comparison, std::int64_t heals)
{
    manifest::ensure(operation, {"sync", "autoHealAttemptsCount"}) = heals + 1;
    manifest::Array list;
    for (const auto& state : comparison.resources) {
        if (state.sync == SyncStatus::Synced || state.sync == SyncStatus::None)
            continue;
        manifest::Object item;
        if (!state.key.group.empty())
            item.emplace("group", state.key.group);
        item.emplace("kind", state.key.kind);
        item.emplace("name", state.key.name);
        list.emplace_back(std::move(item));
    }
    manifest::ensure(operation, {"sync", "resources"}) = std::move(list);
}

} // namespace

AutoSyncDecision decideAutoSync(const Application& app, const Value& object, const Comparison& comparison,
                                TimePoint now, const Settings* settings)
{
    AutoSyncDecision decision;
    const auto because = [&](std::string reason) {
        decision.reason = std::move(reason);
        return decision;
    };
    if (!app.automated)
        return decision;
    const auto* running = manifest::find(object, {"operation"});
    if (running && running->is_object())
        return because("another operation is in progress");
    if (app.deleting)
        return because("the application is being deleted");
    if (comparison.sync != SyncStatus::OutOfSync)
        return because(comparison.sync == SyncStatus::Synced ? "" : "the sync status is unknown");
    if (auto bad = whyBad(object, comparison.revisions); !bad.empty())
        return because(std::move(bad));
    const auto& resources = comparison.resources;
    const auto wanting = [](const ResourceState& state) {
        return state.sync != SyncStatus::Synced && state.sync != SyncStatus::None;
    };
    if (!app.prune
        && std::none_of(resources.begin(), resources.end(),
                        [&](const ResourceState& state) { return wanting(state) && !state.requiresPruning; })
        && std::any_of(resources.begin(), resources.end(), wanting))
        return because("only pruning is left to do, and automated pruning is off");
    const auto attempt = attemptOf(app, object, comparison);
    const auto revisions = fmt::format("[{}]", fmt::join(comparison.revisions, " "));
    auto operation = operationFor(app, object, comparison);
    if (attempt.made) {
        if (!attempt.successful) {
            decision.condition =
                Condition {"SyncError", fmt::format("Failed last sync attempt to {}: {}", revisions, attempt.message)};
            return because(decision.condition->message);
        }
        if (!app.selfHeal)
            return because("this revision was synced before, and self-heal is off");
        const auto due = attempt.finishedAt
            ? *attempt.finishedAt + healBackoff(attempt.heals, settings ? settings->heal : Settings::HealBackoff {})
            : now;
        if (due > now) {
            decision.retryIn = due - now;
            return because("self-heal waits for its back-off");
        }
        healOnly(operation, comparison, attempt.heals);
    }
    const bool wipe = std::all_of(resources.begin(), resources.end(), [](const ResourceState& state) {
        return state.requiresPruning || state.sync == SyncStatus::None;
    });
    if (app.prune && !app.allowEmpty && wipe) {
        decision.condition = Condition {
            "SyncError", fmt::format("Skipping sync attempt to {}: auto-sync will wipe out all resources", revisions)};
        return because(decision.condition->message);
    }
    decision.sync = true;
    decision.operation = std::move(operation);
    return decision;
}

} // namespace core::gitops
