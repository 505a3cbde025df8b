// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/appset/rolling_sync.h"

#include "core/appset/selector.h"
#include "core/base/strings.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace core::appset {

using manifest::find;
using manifest::text;
using manifest::Value;

namespace {

const manifest::Array& stepsOf(const Value& set)
{
    return manifest::array(set, {"spec", "strategy", "rollingSync", "steps"});
}

bool stepSelects(const Value& step, const Value& application)
{
    const auto labels = labelsOf(application);
    for (const auto& expression : manifest::array(step, {"matchExpressions"})) {
        const auto label = labels.find(std::string(text(expression, {"key"})));
        const auto op = text(expression, {"operator"});
        if (label == labels.end()) {
            if (op == "In")
                return false;
            continue;
        }
        const auto& values = manifest::array(expression, {"values"});
        const bool listed = std::any_of(values.begin(), values.end(), [&](const Value& value) {
            return value.is_string() && std::string_view(value.get_string()) == label->second;
        });
        if ((op != "In" && op != "NotIn") || listed != (op == "In"))
            return false;
    }
    return true;
}

/// Which Applications belong to which step; one may be in several, its own is the first.
struct Steps
{
    std::vector<std::vector<std::string>> members;
    std::map<std::string, std::size_t> first;
    std::vector<std::string> problems;
};

Steps assign(const Value& set, const std::vector<const Value*>& applications)
{
    Steps out;
    const auto& steps = stepsOf(set);
    out.members.resize(steps.size());
    for (std::size_t i = 0; i < steps.size(); ++i) {
        for (const auto& expression : manifest::array(steps[i], {"matchExpressions"})) {
            const auto op = text(expression, {"operator"});
            if (op != "In" && op != "NotIn")
                out.problems.push_back(fmt::format(
                    "Step {} has invalid matchExpression operator '{}' (must be 'In' or 'NotIn')", i + 1, op));
        }
    }
    for (const auto* application : applications) {
        const std::string name(manifest::name(*application));
        for (std::size_t i = 0; i < steps.size(); ++i) {
            if (!stepSelects(steps[i], *application))
                continue;
            out.members[i].push_back(name);
            const auto [place, isNew] = out.first.emplace(name, i);
            if (!isNew)
                out.problems.push_back(fmt::format("Application '{}' is selected by multiple steps ({} and {})", name,
                                                   place->second + 1, i + 1));
        }
    }
    return out;
}

std::optional<std::size_t> readPercent(std::string_view written, std::size_t of)
{
    if (!written.ends_with('%'))
        return std::nullopt;
    written.remove_suffix(1);
    std::size_t percent = 0;
    const auto read = std::from_chars(written.data(), written.data() + written.size(), percent);
    if (read.ec != std::errc() || read.ptr != written.data() + written.size() || percent > 1'000'000)
        return std::nullopt;
    return percent * of / 100;
}

/// How many Applications of a step may update at once; nothing: no limit.
std::optional<std::size_t> mostUpdates(const Value& step, std::size_t members)
{
    const auto* written = find(step, {"maxUpdate"});
    if (!written || written->is_null())
        return std::nullopt;
    if (!written->is_string())
        return static_cast<std::size_t>(std::max<std::int64_t>(manifest::integer(step, {"maxUpdate"}).value_or(0), 0));
    const std::string_view percent(written->get_string());
    const auto scaled = readPercent(percent, members).value_or(0);
    return percent == "0%" ? 0 : std::max<std::size_t>(scaled, 1);
}

bool isUpdating(const Value& status)
{
    return text(status, {"status"}) == "Pending" || text(status, {"status"}) == "Progressing";
}

manifest::Array revisionsOf(const Value& application)
{
    if (const auto& several = manifest::array(application, {"status", "sync", "revisions"}); !several.empty())
        return several;
    const auto one = text(application, {"status", "sync", "revision"});
    return one.empty() ? manifest::Array() : manifest::Array {boost::json::string(one)};
}

/// Automated sync off: the set triggers syncs instead.
void disableAutomated(Value& application)
{
    auto* automated = find(application, {"spec", "syncPolicy", "automated"});
    if (automated && automated->is_object() && manifest::flag(*automated, {"enabled"}, true))
        automated->get_object()["enabled"] = false;
}

bool specDiffers(const Value& set, Value desired, Value live)
{
    disableAutomated(desired);
    disableAutomated(live);
    removeIgnored(desired, set);
    removeIgnored(live, set);
    const auto specOf = [](const Value& application) {
        const auto* spec = find(application, {"spec"});
        return spec ? *spec : Value();
    };
    return !manifest::equal(specOf(normalized(std::move(desired))), specOf(normalized(std::move(live))));
}

/// Whether the reported sync status was made for the spec that the Application has now: after a change it is stale.
bool isCompared(const Value& application)
{
    const auto same = [&](std::string_view part) {
        const auto* spec = find(application, {"spec", part});
        const auto* compared = find(application, {"status", "sync", "comparedTo", part});
        return !spec || !compared || manifest::equal(*spec, *compared);
    };
    return same("source") && same("sources") && same("destination");
}

TimePoint timeOf(const Value& root, manifest::Path path)
{
    const auto read = parseRfc3339(text(root, path));
    return read ? *read : TimePoint::min();
}

bool cannotReconcile(const Value& application)
{
    const auto& conditions = manifest::array(application, {"status", "conditions"});
    return std::any_of(conditions.begin(), conditions.end(), [](const Value& condition) {
        const auto type = text(condition, {"type"});
        return type == "InvalidSpecError" || type == "UnknownError";
    });
}

/// A sync that began after the application became Pending. Times have whole seconds: in the same second it must be
/// ours.
bool syncedSince(const Value& application, TimePoint transition)
{
    const auto started = timeOf(application, {"status", "operationState", "startedAt"});
    return started > transition
        || (started == transition
            && text(application, {"status", "operationState", "operation", "initiatedBy", "username"})
                == "applicationset-controller");
}

class Tracker
{
public:
    Tracker(const Value& set, TimePoint now)
        : m_set(set)
        , m_now(formatRfc3339(now))
    {
    }

    /// Moves one Application's status on (section 9.5).
    Value next(const Value& application, const Value* desired, const Steps& steps) const
    {
        const std::string name(manifest::name(application));
        const auto step = steps.first.find(name);
        const auto revisions = revisionsOf(application);
        Value out = known(name);
        const bool isNew = out.is_null();
        if (isNew) {
            out = manifest::Object {{"application", name}, {"targetRevisions", revisions}};
            move(out, "Waiting", "No Application status found, defaulting status to Waiting");
        }
        out.get_object()["step"] = step == steps.first.end() ? "-1" : std::to_string(step->second + 1);
        const bool revisionChanged =
            !manifest::equal(Value(manifest::array(out, {"targetRevisions"})), Value(revisions));
        const bool specChanged = desired && specDiffers(m_set, *desired, application);
        if (revisionChanged || specChanged) {
            out.get_object()["targetRevisions"] = revisions;
            move(out, "Waiting",
                 revisionChanged && specChanged
                     ? "Application has pending changes (revision and spec differ), setting status to Waiting"
                     : revisionChanged ? "Application has pending changes, setting status to Waiting"
                                       : "Application has pending changes (spec differs), setting status to Waiting");
        }
        const bool healthy = text(application, {"status", "health", "status"}) == "Healthy";
        const bool synced = text(application, {"status", "sync", "status"}) == "Synced";
        const auto state = text(out, {"status"});
        if (state == "Waiting") {
            if (synced && !specChanged && isCompared(application))
                move(out, healthy ? "Healthy" : "Progressing",
                     healthy ? "Application resource has synced, updating status to Healthy"
                             : "Application resource has synced, updating status to Progressing");
        } else if (state == "Pending") {
            fromPending(out, application);
        } else if (state == "Progressing" && healthy && synced) {
            move(out, "Healthy", "Application resource became Healthy, updating status from Progressing to Healthy");
        }
        return out;
    }

    void move(Value& status, std::string_view state, std::string_view message) const
    {
        auto& object = status.get_object();
        object["status"] = boost::json::string(state);
        object["message"] = boost::json::string(message);
        object["lastTransitionTime"] = m_now;
    }

private:
    Value known(const std::string& name) const
    {
        for (const auto& item : manifest::array(m_set, {"status", "applicationStatus"})) {
            if (text(item, {"application"}) == name)
                return item;
        }
        return {};
    }

    void fromPending(Value& out, const Value& application) const
    {
        const auto transition = timeOf(out, {"lastTransitionTime"});
        const auto reconciled = timeOf(application, {"status", "reconciledAt"});
        if (reconciled != TimePoint::min() && reconciled < transition)
            return;
        if (syncedSince(application, transition)) {
            const auto phase = text(application, {"status", "operationState", "phase"});
            move(out, "Progressing",
                 phase == "Succeeded"
                     ? "Application resource completed a sync successfully, updating status from Pending to Progressing"
                     : phase == "Failed" || phase == "Error"
                     ? "Application resource completed a sync, updating status from Pending to Progressing"
                     : "Application resource became Progressing, updating status from Pending to Progressing");
        } else if (cannotReconcile(application)) {
            move(out, "Progressing", "Application resource has error and cannot sync, updating status to Progressing");
        }
    }

    const Value& m_set;
    std::string m_now;
};

/// Applications whose step is open: all steps before have nothing but healthy ones.
std::set<std::string> openApplications(const Steps& steps, const Live& current, const manifest::Array& statuses)
{
    std::set<std::string> healthy;
    for (const auto& status : statuses) {
        if (text(status, {"status"}) == "Healthy")
            healthy.emplace(text(status, {"application"}));
    }
    std::set<std::string> out;
    for (const auto& members : steps.members) {
        out.insert(members.begin(), members.end());
        const bool done = std::all_of(members.begin(), members.end(), [&](const std::string& name) {
            return current.contains(name) && healthy.contains(name);
        });
        if (!done)
            break;
    }
    return out;
}

/// Lets waiting Applications of open steps begin, as many as maxUpdate permits.
void promote(const Value& set, const Steps& steps, const std::set<std::string>& open, const Tracker& tracker,
             manifest::Array& statuses)
{
    std::map<std::size_t, std::size_t> updating, total;
    const auto stepOf = [&](const Value& status) {
        const auto found = steps.first.find(std::string(text(status, {"application"})));
        return found == steps.first.end() ? std::optional<std::size_t>() : found->second;
    };
    for (const auto& status : statuses) {
        if (const auto step = stepOf(status)) {
            ++total[*step];
            updating[*step] += isUpdating(status) ? 1 : 0;
        }
    }
    for (auto& status : statuses) {
        const auto step = stepOf(status);
        if (!step || text(status, {"status"}) != "Waiting"
            || !open.contains(std::string(text(status, {"application"}))))
            continue;
        const auto most = mostUpdates(stepsOf(set)[*step], total[*step]);
        if (most && updating[*step] >= *most)
            continue;
        tracker.move(status, "Pending",
                     "Application moved to Pending status, watching for the Application resource to start Progressing");
        ++updating[*step];
    }
}

std::vector<Condition> rolloutConditions(const Value& set, const Steps& steps, const manifest::Array& statuses)
{
    std::vector<Condition> out;
    auto problems = steps.problems;
    for (std::size_t i = 0; i < stepsOf(set).size(); ++i) {
        const auto* most = find(stepsOf(set)[i], {"maxUpdate"});
        if (most && most->is_string() && !readPercent(most->get_string(), 100))
            problems.push_back(fmt::format("Step {} has invalid maxUpdate value '{}': invalid value for IntOrString",
                                           i + 1, std::string_view(most->get_string())));
    }
    if (!problems.empty())
        out.push_back({"InvalidRolloutConfig", true, "InvalidRolloutConfig", join(problems, "; ")});
    for (std::size_t i = 0; i < stepsOf(set).size(); ++i) {
        const auto step = std::to_string(i + 1);
        const bool progressing = std::any_of(statuses.begin(), statuses.end(), [&](const Value& status) {
            return text(status, {"step"}) == step && text(status, {"status"}) != "Healthy";
        });
        if (progressing) {
            out.push_back({"RolloutProgressing", true, "ApplicationSetModified",
                           "ApplicationSet is performing rollout of step " + step});
            return out;
        }
    }
    out.push_back(
        {"RolloutProgressing", false, "ApplicationSetRolloutComplete", "ApplicationSet Rollout has completed"});
    return out;
}

Value syncOperation(const Value& application, bool prune)
{
    manifest::Object sync;
    Value retry = manifest::Object {{"limit", 5}};
    if (const auto* policy = find(application, {"spec", "syncPolicy"}); policy && policy->is_object()) {
        if (const auto* own = find(*policy, {"retry"}))
            retry = *own;
        if (const auto* options = find(*policy, {"syncOptions"}))
            sync["syncOptions"] = *options;
        if (prune)
            sync["prune"] = true;
    }
    return manifest::Object {
        {"initiatedBy", manifest::Object {{"username", "applicationset-controller"}, {"automated", true}}},
        {"info",
         manifest::Array {
             manifest::Object {{"name", "Reason"},
                               {"value", "ApplicationSet RollingSync triggered a sync of this Application resource"}}}},
        {"sync", std::move(sync)},
        {"retry", std::move(retry)}};
}

} // namespace

bool isRollingSync(const Value& applicationSet)
{
    const auto* rolling = find(applicationSet, {"spec", "strategy", "rollingSync"});
    return text(applicationSet, {"spec", "strategy", "type"}) == "RollingSync" && rolling && rolling->is_object();
}

RollingSync planRollingSync(const Value& applicationSet, std::vector<Value> desired, const Live& current, TimePoint now)
{
    RollingSync out;
    std::map<std::string, const Value*> wanted;
    std::vector<const Value*> all;
    for (const auto& application : desired) {
        wanted.emplace(manifest::name(application), &application);
        all.push_back(&application);
    }
    const auto steps = assign(applicationSet, all);
    const Tracker tracker(applicationSet, now);
    if (!stepsOf(applicationSet).empty()) {
        for (const auto& [name, application] : current) {
            const auto found = wanted.find(name);
            out.applicationStatus.push_back(
                tracker.next(application, found == wanted.end() ? nullptr : found->second, steps));
        }
        promote(applicationSet, steps, openApplications(steps, current, out.applicationStatus), tracker,
                out.applicationStatus);
    }
    out.conditions = rolloutConditions(applicationSet, steps, out.applicationStatus);
    if (stepsOf(applicationSet).empty()) {
        out.applications = std::move(desired);
        return out;
    }
    const auto open = openApplications(steps, current, out.applicationStatus);
    for (auto& application : desired) {
        const auto* automated = find(application, {"spec", "syncPolicy", "automated"});
        const bool prune = automated && automated->is_object() && manifest::flag(*automated, {"enabled"}, true)
            && manifest::flag(*automated, {"prune"});
        disableAutomated(application);
        const auto live = current.find(std::string(manifest::name(application)));
        for (const auto& status : out.applicationStatus) {
            if (live == current.end() || text(status, {"application"}) != live->first
                || text(status, {"status"}) != "Pending" || !open.contains(live->first))
                continue;
            // Once is enough: a running sync, or one that began since, is the one that was asked for.
            if (!find(live->second, {"operation"})
                && !syncedSince(live->second, timeOf(status, {"lastTransitionTime"})))
                application.get_object()["operation"] = syncOperation(application, prune);
        }
        out.applications.push_back(std::move(application));
    }
    return out;
}

bool deletesInReverse(const Value& applicationSet)
{
    return isRollingSync(applicationSet) && !stepsOf(applicationSet).empty()
        && lower(text(applicationSet, {"spec", "strategy", "deletionOrder"})) == "reverse";
}

ReverseDeletion planReverseDeletion(const Value& applicationSet, const Live& current)
{
    std::vector<const Value*> all;
    for (const auto& [name, application] : current)
        all.push_back(&application);
    const auto steps = assign(applicationSet, all);
    ReverseDeletion out;
    std::optional<std::size_t> latest;
    for (const auto& [name, application] : current) {
        const auto step = steps.first.find(name);
        if (step == steps.first.end() || (latest && step->second <= *latest))
            continue;
        latest = step->second;
        out = {name, find(application, {"metadata", "deletionTimestamp"}) != nullptr};
    }
    return out;
}

} // namespace core::appset
