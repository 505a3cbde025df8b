// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/reference_curves.h"

#include "core/base/strings.h"
#include "core/engine/views.h"
#include "core/manifest/resource.h"
#include "core/rollout/analysis.h"
#include "core/rollout/providers.h"

#include <boost/json.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <set>

namespace core::engine {

using manifest::array;
using manifest::find;
using manifest::text;
using manifest::Value;

namespace {

constexpr std::size_t kMaxPoints = 2'000; ///< of one series; a measurement a minute for more than a day
constexpr int kTries = 3;

struct Names
{
    std::string canary;
    std::string reference;
};

/// The step that an Experiment was made for: its name ends with the index (and with another number where that name was
/// taken).
const Value* stepOf(const Value& rollout, const Value& experiment)
{
    std::string begin(manifest::name(rollout));
    begin.append("-").append(manifest::label(experiment, "rollouts-pod-template-hash"));
    begin.append("-").append(manifest::annotation(experiment, "rollout.argoproj.io/revision")).append("-");
    const auto name = manifest::name(experiment);
    if (!name.starts_with(begin))
        return nullptr;
    std::size_t index = 0;
    const auto [end, ec] = std::from_chars(name.data() + begin.size(), name.data() + name.size(), index);
    const auto& steps = array(rollout, {"spec", "strategy", "canary", "steps"});
    return ec == std::errc {} && (end == name.data() + name.size() || *end == '-') && index < steps.size()
        ? find(steps[index], {"experiment"})
        : nullptr;
}

std::vector<Names> namesOf(Reference reference, const Value& rollout, const Trial& trial)
{
    std::vector<Names> out;
    const auto add = [&](std::string_view canary, std::string_view other) {
        if (!canary.empty() && !other.empty() && canary != other)
            out.push_back({std::string(canary), std::string(other)});
    };
    const auto hash = text(rollout, {"status", "stableRS"});
    const auto canaryService = text(rollout, {"spec", "strategy", "canary", "canaryService"});
    const auto stableService = text(rollout, {"spec", "strategy", "canary", "stableService"});
    const bool stable = reference == Reference::Stable;
    add(canaryService, stable ? stableService : trial.baseline.service);
    if (stable)
        add(text(rollout, {"spec", "strategy", "blueGreen", "previewService"}),
            text(rollout, {"spec", "strategy", "blueGreen", "activeService"}));
    add(text(rollout, {"status", "currentPodHash"}), stable ? hash : trial.baseline.hash);
    for (const auto& canary : trial.canaries) {
        add(canary.hash, stable ? hash : trial.baseline.hash);
        add(canary.service, stable ? stableService : trial.baseline.service);
    }
    return out;
}

/// The name, or a host that begins with it: "canary.shop.svc.cluster.local".
bool isNamed(std::string_view value, std::string_view name)
{
    return value.starts_with(name) && (value.size() == name.size() || value[name.size()] == '.');
}

/// A text that has the name in it as a whole word.
bool hasWord(std::string_view within, std::string_view word)
{
    const auto isPart = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_'; };
    for (auto at = within.find(word); at != std::string_view::npos; at = within.find(word, at + 1)) {
        const auto end = at + word.size();
        if ((at == 0 || !isPart(within[at - 1])) && (end == within.size() || !isPart(within[end])))
            return true;
    }
    return false;
}

bool hasName(std::string_view within, const VersionNames& names)
{
    return (!names.hash.empty() && hasWord(within, names.hash))
        || (!names.service.empty() && hasWord(within, names.service));
}

/// A query that has the reference's name written out.
bool mentions(std::string_view query, const std::string& name)
{
    return query.find('"' + name + '"') != std::string_view::npos
        || query.find('\'' + name + '\'') != std::string_view::npos;
}

std::string keyOf(std::string_view nameSpace, std::string_view run, std::string_view metric)
{
    std::string out(nameSpace);
    out.append("/").append(run).append("/").append(metric);
    return out;
}

/// When the measurements of a metric were taken, oldest first; without those that gave no answer.
std::vector<TimePoint> timesOf(const Value& run, std::string_view metric)
{
    std::vector<TimePoint> out;
    for (const auto& result : array(run, {"status", "metricResults"}))
        if (text(result, {"name"}) == metric)
            for (const auto& item : array(result, {"measurements"}))
                if (const auto at = timeAt(item, {"finishedAt"}); at && text(item, {"phase"}) != "Error")
                    out.push_back(*at);
    std::sort(out.begin(), out.end());
    return out;
}

/// Requests per second at a time, by what the metric's query divides by.
std::optional<double> rateAt(const Value& run, Value metric, TimePoint at, const rollout::MeasureDeps& deps,
                             std::stop_token stop)
{
    const auto query = trafficQuery(text(metric, {"provider", "prometheus", "query"}));
    const auto filled = rollout::substituteArgs(query, array(run, {"spec", "args"}));
    if (query.empty() || !filled)
        return {};
    manifest::ensure(metric, {"provider", "prometheus", "query"}) = boost::json::string(*filled);
    manifest::erase(metric, {"successCondition"});
    manifest::erase(metric, {"failureCondition"});
    const auto rate = singleNumber(text(rollout::measure(run, metric, {}, at, deps, stop), {"value"}));
    return rate && *rate >= 0 ? rate : std::nullopt;
}

} // namespace

std::string trafficQuery(std::string_view query)
{
    int depth = 0;
    std::size_t slash = std::string_view::npos;
    for (std::size_t at = 0; at < query.size(); ++at) {
        const char c = query[at];
        if (c == '"' || c == '\'') {
            at = query.find(c, at + 1);
            if (at == std::string_view::npos)
                return {};
        } else if (c == '(' || c == '{' || c == '[') {
            ++depth;
        } else if (c == ')' || c == '}' || c == ']') {
            --depth;
        } else if (depth == 0 && c == '/') {
            if (slash != std::string_view::npos)
                return {};
            slash = at;
        } else if (depth == 0 && std::string_view("+-*%^<>=!").find(c) != std::string_view::npos) {
            return {};
        }
    }
    if (slash == std::string_view::npos)
        return {};
    const auto divisor = trim(query.substr(slash + 1));
    return divisor.find("rate(") == std::string_view::npos ? std::string() : std::string(divisor);
}

Trial trialOf(const Value& rollout, const Value& experiment, const Objects& children)
{
    Trial out;
    const auto* step = stepOf(rollout, experiment);
    if (!step)
        return out;
    for (const auto& entry : array(*step, {"templates"})) {
        VersionNames names;
        for (const auto& child : children)
            if (manifest::kind(*child) == "ReplicaSet"
                && manifest::annotation(*child, "experiment.argoproj.io/template-name") == text(entry, {"name"}))
                names.hash = manifest::label(*child, "rollouts-pod-template-hash");
        for (const auto& status : array(experiment, {"status", "templateStatuses"}))
            if (text(status, {"name"}) == text(entry, {"name"})) {
                names.service = text(status, {"serviceName"});
                if (names.hash.empty())
                    names.hash = text(status, {"podTemplateHash"});
            }
        if (text(entry, {"specRef"}) == "canary")
            out.canaries.push_back(std::move(names));
        else if (text(entry, {"specRef"}) == "stable" && out.baseline.hash.empty())
            out.baseline = std::move(names);
    }
    return out;
}

bool asksBaseline(std::string_view query, const Trial& trial)
{
    return hasName(query, trial.baseline)
        && std::ranges::none_of(trial.canaries, [&](const VersionNames& canary) { return hasName(query, canary); });
}

std::optional<Value> referenceMetric(Reference reference, const Value& rollout, const Trial& trial, const Value& run,
                                     const Value& metric)
{
    const auto* prometheus = find(metric, {"provider", "prometheus"});
    if (!prometheus || find(*prometheus, {"rangeQuery"}) || manifest::label(run, "rollout-type") == "PostPromotion")
        return {};
    const auto names = namesOf(reference, rollout, trial);
    auto args = array(run, {"spec", "args"});
    for (const auto& pair : names)
        if (mentions(text(*prometheus, {"query"}), pair.reference))
            return {};
    for (auto& arg : args) {
        const std::string value(text(arg, {"value"}));
        const bool used =
            text(*prometheus, {"query"}).find("args." + std::string(text(arg, {"name"}))) != std::string_view::npos;
        for (const auto& pair : names) {
            if (used && isNamed(value, pair.reference))
                return {};
            if (used && isNamed(value, pair.canary))
                arg.get_object()["value"] = pair.reference + value.substr(pair.canary.size());
        }
    }
    const auto canary = rollout::substituteMetric(metric, array(run, {"spec", "args"}));
    auto other = rollout::substituteMetric(metric, args);
    if (!canary || !other
        || text(*canary, {"provider", "prometheus", "query"}) == text(*other, {"provider", "prometheus", "query"}))
        return {};
    manifest::erase(*other, {"successCondition"});
    manifest::erase(*other, {"failureCondition"});
    return std::move(*other);
}

struct ReferenceCurves::Asked
{
    const Value& run;
    const Value& metric; ///< of the canary
    const Value& query; ///< of the reference
    Reference reference;
    const rollout::MeasureDeps& deps;
    std::stop_token stop;
};

bool ReferenceCurves::followSeries(const Asked& asked, Series& series, bool& added) const
{
    for (const auto at : timesOf(asked.run, text(asked.metric, {"name"}))) {
        if (at <= series.asked)
            continue;
        const auto answer = rollout::measure(asked.run, asked.query, {}, at, asked.deps, asked.stop);
        if (asked.stop.stop_requested() || (text(answer, {"phase"}) == "Error" && ++series.refused < kTries))
            return false;
        series.asked = at;
        series.refused = 0;
        if (const auto value = singleNumber(text(answer, {"value"}))) {
            series.points.push_back({at, *value});
            added = true;
        }
        if (asked.reference != Reference::Stable)
            continue;
        const auto stableRate = rateAt(asked.run, asked.query, at, asked.deps, asked.stop);
        const auto canaryRate = stableRate ? rateAt(asked.run, asked.metric, at, asked.deps, asked.stop) : std::nullopt;
        if (canaryRate)
            series.traffic.push_back({at, *stableRate, *canaryRate});
    }
    return true;
}

bool ReferenceCurves::follow(const Value& rollout, const Trial& trial, const Value& run, const HttpSend& http,
                             std::stop_token stop)
{
    const auto runKey = keyOf(manifest::nameSpace(run), manifest::name(run), {});
    const auto version = std::string(text(run, {"metadata", "resourceVersion"})) + '/' + trial.baseline.hash;
    if (const auto seen = m_seen.find(runKey); seen != m_seen.end() && seen->second == version)
        return false;
    rollout::MeasureDeps deps;
    deps.http = http;
    bool added = false;
    bool left = false;
    for (const auto& metric : array(run, {"spec", "metrics"}))
        for (const auto reference : {Reference::Stable, Reference::Baseline}) {
            const auto query = referenceMetric(reference, rollout, trial, run, metric);
            if (!query)
                continue;
            const Key key {runKey + std::string(text(metric, {"name"})), reference};
            Series series;
            {
                const std::scoped_lock lock(m_mutex);
                series = m_series[key];
            }
            left = !followSeries({run, metric, *query, reference, deps, stop}, series, added) || left;
            if (stop.stop_requested())
                return added;
            if (series.points.size() > kMaxPoints)
                series.points.erase(series.points.begin(), series.points.end() - kMaxPoints);
            if (series.traffic.size() > kMaxPoints)
                series.traffic.erase(series.traffic.begin(), series.traffic.end() - kMaxPoints);
            const std::scoped_lock lock(m_mutex);
            m_series[key] = std::move(series);
            ++m_version;
        }
    if (!left)
        m_seen[runKey] = version;
    return added;
}

void ReferenceCurves::keepOnly(const Objects& runs)
{
    std::set<std::string, std::less<>> known;
    for (const auto& run : runs)
        known.insert(keyOf(manifest::nameSpace(*run), manifest::name(*run), {}));
    const auto gone = [&](const std::string& key) { return !known.contains(key.substr(0, key.rfind('/') + 1)); };
    std::erase_if(m_seen, [&](const auto& entry) { return gone(entry.first); });
    const std::scoped_lock lock(m_mutex);
    std::erase_if(m_series, [&](const auto& entry) { return gone(entry.first.first); });
}

std::vector<TimedValue> ReferenceCurves::points(Reference reference, const std::string& nameSpace,
                                                const std::string& run, const std::string& metric) const
{
    const std::scoped_lock lock(m_mutex);
    const auto it = m_series.find({keyOf(nameSpace, run, metric), reference});
    return it == m_series.end() ? std::vector<TimedValue> {} : it->second.points;
}

std::vector<TrafficSample> ReferenceCurves::traffic(const std::string& nameSpace, const std::string& run,
                                                    const std::string& metric) const
{
    const std::scoped_lock lock(m_mutex);
    const auto it = m_series.find({keyOf(nameSpace, run, metric), Reference::Stable});
    return it == m_series.end() ? std::vector<TrafficSample> {} : it->second.traffic;
}

} // namespace core::engine
