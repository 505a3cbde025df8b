// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/manifest/resource.h"
#include "core/rollout/analysis.h"
#include "core/rollout/condition.h"
#include "core/rollout/json.h"
#include "core/rollout/providers_p.h"

#include <fmt/format.h>

#include <cmath>
#include <set>

namespace core::rollout {

using manifest::Array;
using manifest::find;
using manifest::Object;
using manifest::text;
using manifest::Value;

std::string trimSlash(std::string_view address)
{
    while (address.ends_with('/'))
        address.remove_suffix(1);
    return std::string(address);
}

Result<std::string> providerSecret(const MeasureDeps& deps, const std::string& secret, const std::string& key)
{
    if (deps.controllerSecret)
        if (auto found = deps.controllerSecret(secret, key); found || found.error().code != Error::Code::NotFound)
            return found;
    return deps.secret(secret, key);
}

namespace {

std::set<std::string> jobNames(const Value& run)
{
    std::set<std::string> out;
    for (const auto& result : manifest::array(run, {"status", "metricResults"}))
        for (const auto& measurement : manifest::array(result, {"measurements"}))
            if (const auto name = text(measurement, {"metadata", "job-name"}); !name.empty())
                out.emplace(name);
    return out;
}

/// The newest measurements stay; the Jobs of the others go with them.
void trim(Value& run, const MeasureDeps& deps)
{
    const auto before = jobNames(run);
    trimMeasurements(run);
    const auto after = jobNames(run);
    for (const auto& name : before)
        if (!after.contains(name) && deps.deleteJob)
            (void)deps.deleteJob(name);
}

std::string masked(std::string message, const std::set<std::string>& secrets)
{
    for (const auto& secret : secrets)
        for (auto at = message.find(secret); !secret.empty() && at != std::string::npos;
             at = message.find(secret, at + 5))
            message.replace(at, secret.size(), "*****");
    return message;
}

/// The run's args with secrets read (or, without `deps`, masked).
Result<Array> resolvedArgs(const Value& run, const MeasureDeps* deps, std::set<std::string>& secrets)
{
    Array args = manifest::array(run, {"spec", "args"});
    for (auto& arg : args) {
        const auto* reference = find(arg, {"valueFrom", "secretKeyRef"});
        if (!reference || !reference->is_object())
            continue;
        std::string value = deps ? "" : "*****";
        if (deps) {
            PH_TRY(value,
                   deps->secret(std::string(text(*reference, {"name"})), std::string(text(*reference, {"key"}))));
            secrets.insert(value);
        }
        arg.get_object()["value"] = value;
    }
    return args;
}

} // namespace

Value measure(const Value& run, const Value& metric, const Value& previous, TimePoint now, const MeasureDeps& deps,
              std::stop_token stop)
{
    const auto* provider = find(metric, {"provider"});
    if (provider && find(*provider, {"job"}))
        return jobMeasurement(run, metric, previous, now, deps);
    if (provider && find(*provider, {"kayenta"}))
        return kayentaMeasurement(run, metric, previous, now, deps, stop);
    const std::string stamp = formatRfc3339(now);
    Object measurement {{"startedAt", stamp}, {"finishedAt", stamp}};
    Result<Reading> reading =
        fail(Error::Code::Unsupported, "no valid provider in metric '" + std::string(text(metric, {"name"})) + "'");
    const auto config = [&](std::string_view name) { return provider ? find(*provider, {name}) : nullptr; };
    if (const auto* found = config("prometheus"))
        reading = prometheus(*found, now, deps, stop);
    else if (const auto* webMetric = config("web"))
        reading = web(*webMetric, deps, stop);
    else if (const auto* graphiteMetric = config("graphite"))
        reading = graphite(*graphiteMetric, deps, stop);
    else if (const auto* datadogMetric = config("datadog"))
        reading = datadog(*datadogMetric, now, deps, stop);
    else if (const auto* awsMetric = config("cloudWatch"))
        reading = cloudWatch(*awsMetric, now, deps, stop);
    else if (const auto* influxMetric = config("influxdb"))
        reading = influxdb(*influxMetric, deps, stop);
    else if (const auto* relicMetric = config("newRelic"))
        reading = newRelic(*relicMetric, deps, stop);
    else if (const auto* wavefrontMetric = config("wavefront"))
        reading = wavefront(*wavefrontMetric, now, deps, stop);
    else if (const auto* skyMetric = config("skywalking"))
        reading = skywalking(*skyMetric, now, deps, stop);
    if (!reading) {
        measurement["phase"] = "Error";
        measurement["message"] = reading.error().message;
        return measurement;
    }
    const auto verdict = reading->unconditional
        ? Judgement {"Successful", {}}
        : judge(text(metric, {"successCondition"}), text(metric, {"failureCondition"}), reading->result, now);
    measurement["phase"] = verdict.phase;
    if (!verdict.message.empty())
        measurement["message"] = verdict.message;
    if (verdict.phase != "Error" || reading->keptOnError)
        measurement["value"] = reading->stored;
    reading->metadata.erase("ResolvedPrometheusQuery");
    if (!reading->metadata.empty())
        measurement["metadata"] = std::move(reading->metadata);
    return measurement;
}

std::string queryText(const Value& run, const Value& metric)
{
    std::set<std::string> secrets;
    const auto args = resolvedArgs(run, nullptr, secrets);
    const auto filled = args ? substituteMetric(metric, *args) : Result<Value>(metric);
    const Value& shown = filled ? *filled : metric;
    for (const auto& [name, provider] : manifest::object(shown, {"provider"}))
        for (const std::string_view field : {"query", "url"})
            if (const auto found = text(provider, {field}); !found.empty())
                return std::string(found);
    return {};
}

Value advanceRun(const Value& original, TimePoint now, const MeasureDeps& deps, std::stop_token stop)
{
    Value run = original;
    if (isCompletedPhase(text(run, {"status", "phase"})))
        return run;
    const auto refuse = [&](const std::string& message) {
        auto& status = objectAt(run, {"status"});
        status["phase"] = "Error";
        status["message"] = message;
        if (text(run, {"status", "startedAt"}).empty())
            objectAt(run, {"status"})["startedAt"] = formatRfc3339(now);
        objectAt(run, {"status"})["completedAt"] = formatRfc3339(now);
        return run;
    };
    std::set<std::string> secrets;
    const auto args = resolvedArgs(run, &deps, secrets);
    if (!args)
        return refuse("Unable to resolve metric arguments: " + args.error().message);
    std::vector<std::pair<std::string, Value>> metrics;
    Array checked;
    for (const auto& metric : manifest::array(run, {"spec", "metrics"})) {
        auto filled = substituteMetric(metric, *args);
        if (!filled)
            return refuse("Unable to resolve metric arguments: " + filled.error().message);
        checked.push_back(*filled);
        metrics.emplace_back(std::string(text(metric, {"name"})), std::move(*filled));
    }
    if (const auto problem = validateMetrics(checked))
        return refuse(fmt::format("Analysis spec invalid: {}{}",
                                  problem->metric >= 0 ? fmt::format("metrics[{}]: ", problem->metric) : "",
                                  problem->reason));
    if (const auto rule = unmatchedRule(*find(run, {"spec"})); !rule.empty())
        return refuse("Analysis spec invalid: " + rule);
    // Rules use the metrics with their arguments filled in.
    Value effective = run;
    objectAt(effective, {"spec"})["metrics"] = checked;
    if (text(effective, {"status", "startedAt"}).empty())
        objectAt(effective, {"status"})["startedAt"] = formatRfc3339(now);
    for (const auto& task : dueTasks(effective, now)) {
        if (stop.stop_requested())
            return original;
        const auto metric =
            std::find_if(metrics.begin(), metrics.end(), [&](const auto& m) { return m.first == task.metric; });
        if (metric == metrics.end())
            continue;
        Value previous;
        if (task.resume)
            for (const auto& result : manifest::array(effective, {"status", "metricResults"}))
                if (text(result, {"name"}) == task.metric && !manifest::array(result, {"measurements"}).empty())
                    previous = manifest::array(result, {"measurements"}).back();
        auto measurement = measure(effective, metric->second, previous, now, deps, stop);
        if (stop.stop_requested())
            return original;
        if (const auto message = text(measurement, {"message"}); !message.empty())
            measurement.get_object()["message"] = masked(std::string(message), secrets);
        recordMeasurement(effective, task.metric, std::move(measurement), task.resume);
        const auto query = queryText(run,
                                     *std::find_if(manifest::array(run, {"spec", "metrics"}).begin(),
                                                   manifest::array(run, {"spec", "metrics"}).end(),
                                                   [&](const Value& m) { return text(m, {"name"}) == task.metric; }));
        const bool relic = find(metric->second, {"provider", "newRelic"}) != nullptr;
        if (!query.empty() && (relic || find(metric->second, {"provider", "prometheus"})))
            for (auto& result : arrayAt(effective, {"status", "metricResults"}))
                if (text(result, {"name"}) == task.metric)
                    objectAt(result, {"metadata"})[relic ? "ResolvedNewRelicQuery" : "ResolvedPrometheusQuery"] = query;
    }
    assessRun(effective, now);
    trim(effective, deps);
    run.get_object()["status"] = *find(effective, {"status"});
    return run;
}

} // namespace core::rollout
