// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gitops/status.h"

#include <boost/json.hpp>

#include <algorithm>

namespace core::gitops {

namespace {

using manifest::Value;

/// Argo CD 3.5 writes no message here; the views have it from the comparison.
void setHealth(Value& status, const health::Assessment& health, TimePoint now)
{
    const auto name = health::name(health.status);
    auto& place = manifest::ensure(status, {"health"});
    const bool same = manifest::text(place, {"status"}) == name;
    manifest::Object item;
    item.emplace("status", boost::json::string(name));
    const auto* before = manifest::find(place, {"lastTransitionTime"});
    item.emplace("lastTransitionTime", same && before ? *before : Value(boost::json::string(formatRfc3339(now))));
    place = std::move(item);
}

manifest::Array resourceList(const Comparison& comparison, HealthSource source = HealthSource::Tree)
{
    manifest::Array list;
    for (const auto& state : comparison.resources) {
        if (state.key.name.empty() || (state.hook && !state.live))
            continue; // a hook shows as long as it is there
        manifest::Object item;
        if (!state.key.group.empty())
            item.emplace("group", state.key.group);
        item.emplace("version", state.version);
        item.emplace("kind", state.key.kind);
        if (!state.key.nameSpace.empty())
            item.emplace("namespace", state.key.nameSpace);
        item.emplace("name", state.key.name);
        if (state.sync != SyncStatus::None)
            item.emplace("status", boost::json::string(name(state.sync)));
        if (source == HealthSource::Status && state.health && !state.hook) {
            manifest::Object health {{"status", boost::json::string(health::name(state.health->status))}};
            if (!state.health->message.empty())
                health.emplace("message", state.health->message);
            item.emplace("health", std::move(health));
        }
        if (state.hook)
            item.emplace("hook", true);
        if (state.requiresPruning || state.hook) // hooks are no targets
            item.emplace("requiresPruning", true);
        if (state.wave != 0)
            item.emplace("syncWave", state.wave);
        if (state.needsDeletionConfirmation)
            item.emplace("requiresDeletionConfirmation", true);
        list.emplace_back(std::move(item));
    }
    return list;
}

void setRevisions(Value& sync, const Application& app, const std::vector<std::string>& revisions)
{
    manifest::erase(sync, {"revision"});
    manifest::erase(sync, {"revisions"});
    if (!app.multiSource) {
        manifest::ensure(sync, {"revision"}) = boost::json::string(revisions.empty() ? "" : revisions.front());
        return;
    }
    manifest::Array list;
    for (const auto& revision : revisions)
        list.emplace_back(boost::json::string(revision));
    manifest::ensure(sync, {"revisions"}) = std::move(list);
}

const std::vector<std::string> kRefreshTypes {
    "InvalidSpecError",        "ComparisonError",         "UnknownError",           "SharedResourceWarning",
    "RepeatedResourceWarning", "ExcludedResourceWarning", "OrphanedResourceWarning"};

} // namespace

std::vector<std::string> revisionsOf(const Value& result)
{
    auto list = manifest::texts(result, {"revisions"});
    if (list.empty())
        list.emplace_back(manifest::text(result, {"revision"}));
    return list;
}

Value comparedTo(const Value& object)
{
    auto result = countedSourcesOf(object);
    for (const auto* key : {"destination", "ignoreDifferences"}) {
        if (const auto* value = manifest::find(object, {"spec", key}))
            manifest::ensure(result, {key}) = *value;
    }
    return result;
}

void writeComparison(Value& status, const Application& app, const Value& object, const Comparison& comparison,
                     TimePoint now, HealthSource source)
{
    manifest::ensure(status, {"resources"}) = resourceList(comparison, source);
    auto& sync = manifest::ensure(status, {"sync"});
    manifest::ensure(sync, {"status"}) = boost::json::string(name(comparison.sync));
    manifest::ensure(sync, {"comparedTo"}) = comparedTo(object);
    setRevisions(sync, app, comparison.revisions);
    setHealth(status, comparison.health, now);
    if (source == HealthSource::Tree)
        manifest::ensure(status, {"resourceHealthSource"}) = "appTree";
    else
        manifest::erase(status, {"resourceHealthSource"});
    manifest::erase(status, {"sourceType"});
    manifest::erase(status, {"sourceTypes"});
    if (app.multiSource) {
        manifest::Array types;
        for (const auto& type : comparison.sourceTypes)
            types.emplace_back(boost::json::string(type));
        manifest::ensure(status, {"sourceTypes"}) = std::move(types);
    } else if (!comparison.sourceTypes.empty()) {
        manifest::ensure(status, {"sourceType"}) = boost::json::string(comparison.sourceTypes.front());
    }
    manifest::Object summary;
    const auto list = [&](const char* key, const std::vector<std::string>& texts) {
        manifest::Array items;
        for (const auto& text : texts)
            items.emplace_back(boost::json::string(text));
        if (!items.empty())
            summary.emplace(key, std::move(items));
    };
    list("externalURLs", comparison.externalUrls);
    list("images", comparison.images);
    const bool ofApps = std::any_of(comparison.resources.begin(), comparison.resources.end(), [](const auto& state) {
        return state.key.group == "argoproj.io" && state.key.kind == "Application";
    });
    if (ofApps)
        summary.emplace("isAppOfApps", true);
    manifest::ensure(status, {"summary"}) = std::move(summary);
    mergeConditions(status, comparison.conditions, kRefreshTypes, now);
}

void writeFailure(Value& status, const Application& app, const Comparison& live,
                  const std::vector<Condition>& conditions, TimePoint now)
{
    manifest::ensure(status, {"sync", "status"}) = "Unknown";
    std::vector<std::string> revisions;
    for (const auto& source : app.sources)
        revisions.push_back(source.targetRevision);
    setRevisions(manifest::ensure(status, {"sync"}), app, revisions);
    manifest::ensure(status, {"resources"}) = resourceList(live);
    setHealth(status, live.health, now);
    mergeConditions(status, conditions, kRefreshTypes, now);
}

void writeInvalid(Value& status, const std::vector<Condition>& conditions, TimePoint now)
{
    manifest::ensure(status, {"sync", "status"}) = "Unknown";
    manifest::erase(status, {"resources"});
    setHealth(status, {health::Status::Unknown, {}}, now);
    mergeConditions(status, conditions, kRefreshTypes, now);
}

void mergeConditions(Value& status, const std::vector<Condition>& conditions, const std::vector<std::string>& evaluated,
                     TimePoint now)
{
    manifest::Array merged;
    const manifest::Array before = manifest::array(status, {"conditions"});
    for (const auto& item : before) {
        const auto type = manifest::text(item, {"type"});
        if (std::find(evaluated.begin(), evaluated.end(), type) == evaluated.end())
            merged.push_back(item);
    }
    for (const auto& condition : conditions) {
        const auto same = std::find_if(before.begin(), before.end(), [&](const Value& item) {
            return manifest::text(item, {"type"}) == condition.type
                && manifest::text(item, {"message"}) == condition.message;
        });
        if (same != before.end()) {
            merged.push_back(*same);
            continue;
        }
        manifest::Object item;
        item.emplace("type", condition.type);
        item.emplace("message", condition.message);
        item.emplace("lastTransitionTime", formatRfc3339(now));
        merged.emplace_back(std::move(item));
    }
    std::stable_sort(merged.begin(), merged.end(), [](const Value& a, const Value& b) {
        return manifest::text(a, {"type"}) < manifest::text(b, {"type"});
    });
    if (merged.empty())
        manifest::erase(status, {"conditions"});
    else
        manifest::ensure(status, {"conditions"}) = Value(std::move(merged));
}

void appendHistory(Value& status, const Application& app, const Value& operationState, TimePoint now)
{
    manifest::Array history = manifest::array(status, {"history"});
    manifest::Object entry;
    const auto last = history.empty() ? std::int64_t {-1} : manifest::integer(history.back(), {"id"}).value_or(-1);
    entry.emplace("id", last + 1);
    for (const auto* key : {"revision", "revisions", "source", "sources"}) {
        if (const auto* value = manifest::find(operationState, {"syncResult", key}))
            entry.emplace(key, *value);
    }
    entry.emplace("deployedAt", formatRfc3339(now));
    if (const auto* started = manifest::find(operationState, {"startedAt"}))
        entry.emplace("deployStartedAt", *started);
    if (const auto* who = manifest::find(operationState, {"operation", "initiatedBy"}))
        entry.emplace("initiatedBy", *who);
    history.emplace_back(std::move(entry));
    const auto limit = static_cast<std::size_t>(std::max<std::int64_t>(app.historyLimit, 0));
    while (history.size() > limit)
        history.erase(history.begin());
    manifest::ensure(status, {"history"}) = Value(std::move(history));
}

} // namespace core::gitops
