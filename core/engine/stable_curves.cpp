// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/stable_curves.h"

#include "core/base/strings.h"
#include "core/engine/views.h"
#include "core/manifest/resource.h"
#include "core/rollout/analysis.h"
#include "core/rollout/providers.h"

#include <boost/json.hpp>

#include <algorithm>
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
    std::string stable;
};

std::vector<Names> namesOf(const Value& rollout)
{
    std::vector<Names> out;
    const auto add = [&](std::string_view canary, std::string_view stable) {
        if (!canary.empty() && !stable.empty() && canary != stable)
            out.push_back({std::string(canary), std::string(stable)});
    };
    add(text(rollout, {"spec", "strategy", "canary", "canaryService"}),
        text(rollout, {"spec", "strategy", "canary", "stableService"}));
    add(text(rollout, {"spec", "strategy", "blueGreen", "previewService"}),
        text(rollout, {"spec", "strategy", "blueGreen", "activeService"}));
    add(text(rollout, {"status", "currentPodHash"}), text(rollout, {"status", "stableRS"}));
    return out;
}

/// The name, or a host that begins with it: "canary.shop.svc.cluster.local".
bool isNamed(std::string_view value, std::string_view name)
{
    return value.starts_with(name) && (value.size() == name.size() || value[name.size()] == '.');
}

/// A query that has the stable version's name written out.
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

std::optional<Value> stableMetric(const Value& rollout, const Value& run, const Value& metric)
{
    const auto* prometheus = find(metric, {"provider", "prometheus"});
    if (!prometheus || find(*prometheus, {"rangeQuery"}) || manifest::label(run, "rollout-type") == "PostPromotion")
        return {};
    const auto names = namesOf(rollout);
    auto args = array(run, {"spec", "args"});
    for (const auto& pair : names)
        if (mentions(text(*prometheus, {"query"}), pair.stable))
            return {};
    for (auto& arg : args) {
        const std::string value(text(arg, {"value"}));
        const bool used =
            text(*prometheus, {"query"}).find("args." + std::string(text(arg, {"name"}))) != std::string_view::npos;
        for (const auto& pair : names) {
            if (used && isNamed(value, pair.stable))
                return {};
            if (used && isNamed(value, pair.canary))
                arg.get_object()["value"] = pair.stable + value.substr(pair.canary.size());
        }
    }
    const auto canary = rollout::substituteMetric(metric, array(run, {"spec", "args"}));
    auto stable = rollout::substituteMetric(metric, args);
    if (!canary || !stable
        || text(*canary, {"provider", "prometheus", "query"}) == text(*stable, {"provider", "prometheus", "query"}))
        return {};
    manifest::erase(*stable, {"successCondition"});
    manifest::erase(*stable, {"failureCondition"});
    return std::move(*stable);
}

bool StableCurves::follow(const Value& rollout, const Value& run, const HttpSend& http, std::stop_token stop)
{
    const auto runKey = keyOf(manifest::nameSpace(run), manifest::name(run), {});
    const std::string version(text(run, {"metadata", "resourceVersion"}));
    if (const auto seen = m_seen.find(runKey); seen != m_seen.end() && seen->second == version)
        return false;
    rollout::MeasureDeps deps;
    deps.http = http;
    bool added = false;
    bool left = false;
    for (const auto& metric : array(run, {"spec", "metrics"})) {
        const auto name = text(metric, {"name"});
        const auto query = stableMetric(rollout, run, metric);
        if (!query)
            continue;
        Series series;
        {
            const std::scoped_lock lock(m_mutex);
            series = m_series[runKey + std::string(name)];
        }
        for (const auto at : timesOf(run, name)) {
            if (at <= series.asked)
                continue;
            const auto answer = rollout::measure(run, *query, {}, at, deps, stop);
            if (stop.stop_requested())
                return added;
            if (text(answer, {"phase"}) == "Error" && ++series.refused < kTries) {
                left = true;
                break;
            }
            series.asked = at;
            series.refused = 0;
            if (const auto value = singleNumber(text(answer, {"value"}))) {
                series.points.push_back({at, *value});
                added = true;
            }
            const auto stableRate = rateAt(run, *query, at, deps, stop);
            const auto canaryRate = stableRate ? rateAt(run, metric, at, deps, stop) : std::nullopt;
            if (canaryRate)
                series.traffic.push_back({at, *stableRate, *canaryRate});
        }
        if (series.points.size() > kMaxPoints)
            series.points.erase(series.points.begin(), series.points.end() - kMaxPoints);
        if (series.traffic.size() > kMaxPoints)
            series.traffic.erase(series.traffic.begin(), series.traffic.end() - kMaxPoints);
        const std::scoped_lock lock(m_mutex);
        m_series[runKey + std::string(name)] = std::move(series);
    }
    if (!left)
        m_seen[runKey] = version;
    return added;
}

void StableCurves::keepOnly(const std::vector<std::shared_ptr<const Value>>& runs)
{
    std::set<std::string, std::less<>> known;
    for (const auto& run : runs)
        known.insert(keyOf(manifest::nameSpace(*run), manifest::name(*run), {}));
    const auto gone = [&](const auto& entry) {
        return !known.contains(entry.first.substr(0, entry.first.rfind('/') + 1));
    };
    std::erase_if(m_seen, gone);
    const std::scoped_lock lock(m_mutex);
    std::erase_if(m_series, gone);
}

std::vector<TimedValue> StableCurves::points(const std::string& nameSpace, const std::string& run,
                                             const std::string& metric) const
{
    const std::scoped_lock lock(m_mutex);
    const auto it = m_series.find(keyOf(nameSpace, run, metric));
    return it == m_series.end() ? std::vector<TimedValue> {} : it->second.points;
}

std::vector<TrafficSample> StableCurves::traffic(const std::string& nameSpace, const std::string& run,
                                                 const std::string& metric) const
{
    const std::scoped_lock lock(m_mutex);
    const auto it = m_series.find(keyOf(nameSpace, run, metric));
    return it == m_series.end() ? std::vector<TrafficSample> {} : it->second.traffic;
}

} // namespace core::engine
