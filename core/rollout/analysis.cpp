// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollout/analysis.h"

#include "core/rollout/json.h"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

namespace core::rollout {

using manifest::Array;
using manifest::find;
using manifest::Object;
using manifest::text;
using manifest::Value;
using namespace std::chrono_literals;

namespace {

std::optional<TimePoint> timeAt(const Value& object, manifest::Path path)
{
    const auto found = text(object, path);
    if (found.empty())
        return {};
    const auto parsed = parseRfc3339(found);
    return parsed ? std::optional(*parsed) : std::nullopt;
}

const Value* resultOf(const Value& run, std::string_view metric)
{
    for (const auto& result : manifest::array(run, {"status", "metricResults"}))
        if (text(result, {"name"}) == metric)
            return &result;
    return nullptr;
}

bool matchesRule(const Array& rules, std::string_view metric, std::string_view* limitRule = nullptr)
{
    for (const auto& rule : rules) {
        const auto pattern = text(rule, {"metricName"});
        RE2::Options options;
        options.set_log_errors(false);
        const RE2 compiled(re2::StringPiece(pattern.data(), pattern.size()), options);
        if (compiled.ok() && RE2::PartialMatch(re2::StringPiece(metric.data(), metric.size()), compiled)) {
            if (limitRule)
                *limitRule = pattern;
            return true;
        }
    }
    return false;
}

bool isDryRun(const Value& run, std::string_view metric)
{
    return matchesRule(manifest::array(run, {"spec", "dryRun"}), metric);
}

std::int64_t limitOf(const Value& metric, std::string_view field, std::int64_t otherwise)
{
    const auto* value = find(metric, {field});
    return value && !value->is_null() ? intOrText(*value) : otherwise;
}

std::int64_t countOf(const Value& metric)
{
    const std::int64_t count = limitOf(metric, "count", 0);
    if (count > 0)
        return count;
    return text(metric, {"interval"}).empty() ? 1 : 0; // 0: endless
}

std::int64_t counter(const Value& result, std::string_view field)
{
    return manifest::integer(result, {field}).value_or(0);
}

const Value* lastMeasurement(const Value& result)
{
    const auto& all = manifest::array(result, {"measurements"});
    return all.empty() ? nullptr : &all.back();
}

Duration waitAfter(const Value& metric, const Value& measurement)
{
    if (text(measurement, {"phase"}) == "Error")
        return 10s;
    const auto interval = text(metric, {"interval"});
    if (interval.empty())
        return 10s;
    const auto parsed = parseGoDuration(interval);
    return parsed ? *parsed : Duration(10s);
}

} // namespace

bool isCompletedPhase(std::string_view phase)
{
    return phase == "Successful" || phase == "Failed" || phase == "Error" || phase == "Inconclusive";
}

bool isWorse(std::string_view than, std::string_view phase)
{
    static constexpr std::array<std::string_view, 6> kOrder {"Successful",   "Running", "Pending",
                                                             "Inconclusive", "Error",   "Failed"};
    const auto rank = [](std::string_view p) { return std::find(kOrder.begin(), kOrder.end(), p) - kOrder.begin(); };
    return rank(phase) > rank(than);
}

bool isTerminating(const Value& run)
{
    if (manifest::flag(run, {"spec", "terminate"}))
        return true;
    for (const auto& result : manifest::array(run, {"status", "metricResults"})) {
        const auto phase = text(result, {"phase"});
        if ((phase == "Failed" || phase == "Error" || phase == "Inconclusive") && !manifest::flag(result, {"dryRun"})
            && !isDryRun(run, text(result, {"name"})))
            return true;
    }
    return false;
}

std::vector<MetricTask> dueTasks(const Value& run, TimePoint now)
{
    std::vector<MetricTask> tasks;
    const bool terminating = isTerminating(run);
    for (const auto& metric : manifest::array(run, {"spec", "metrics"})) {
        const std::string name(text(metric, {"name"}));
        const auto* result = resultOf(run, name);
        if (result && isCompletedPhase(text(*result, {"phase"})))
            continue;
        const auto* last = result ? lastMeasurement(*result) : nullptr;
        if (last && !timeAt(*last, {"finishedAt"})) {
            const auto resumeAt = timeAt(*last, {"resumeAt"});
            if (terminating || !resumeAt || *resumeAt <= now)
                tasks.push_back({name, true});
            continue;
        }
        if (terminating)
            continue;
        if (!last) {
            if (const auto delayText = text(metric, {"initialDelay"}); !delayText.empty()) {
                const auto startedAt = timeAt(run, {"status", "startedAt"});
                const auto delay = parseGoDuration(delayText);
                if (!startedAt || !delay || *startedAt + *delay > now)
                    continue;
            }
            tasks.push_back({name, false});
            continue;
        }
        const std::int64_t count = countOf(metric);
        if (count > 0 && counter(*result, "count") >= count)
            continue;
        if (now > *timeAt(*last, {"finishedAt"}) + waitAfter(metric, *last))
            tasks.push_back({name, false});
    }
    return tasks;
}

void recordMeasurement(Value& run, std::string_view metric, Value measurement, bool resume)
{
    auto& results = arrayAt(run, {"status", "metricResults"});
    Value* result = nullptr;
    for (auto& candidate : results)
        if (text(candidate, {"name"}) == metric)
            result = &candidate;
    if (!result) {
        results.push_back(Object {{"name", metric}, {"phase", "Running"}});
        result = &results.back();
        if (isDryRun(run, metric))
            result->as_object()["dryRun"] = true;
    }
    const std::string phase(text(measurement, {"phase"}));
    const bool finished = !text(measurement, {"finishedAt"}).empty();
    auto& measurements = arrayAt(*result, {"measurements"});
    if (resume && !measurements.empty())
        measurements.back() = std::move(measurement);
    else
        measurements.push_back(std::move(measurement));
    if (!finished || !isCompletedPhase(phase))
        return;
    auto& object = result->as_object();
    const auto add = [&](std::string_view field) { object[field] = counter(*result, field) + 1; };
    if (phase == "Successful") {
        add("successful");
        add("count");
        add("consecutiveSuccess");
        object["consecutiveError"] = 0;
    } else if (phase == "Error") {
        add("error");
        add("consecutiveError");
        object["consecutiveSuccess"] = 0;
    } else {
        add(phase == "Failed" ? "failed" : "inconclusive");
        add("count");
        object["consecutiveError"] = 0;
        object["consecutiveSuccess"] = 0;
    }
}

LimitBreach passedLimit(const Value& metric, const Value& result)
{
    LimitBreach breach;
    const auto check = [&](std::string_view phase, std::string_view counterName, std::int64_t value,
                           std::string_view limitName, std::int64_t limit) {
        if (value > limit)
            breach = {std::string(phase), fmt::format("{} ({}) > {} ({})", counterName, value, limitName, limit)};
    };
    const std::int64_t failureLimit = limitOf(metric, "failureLimit", 0);
    if (failureLimit >= 0)
        check("Failed", "failed", counter(result, "failed"), "failureLimit", failureLimit);
    check("Inconclusive", "inconclusive", counter(result, "inconclusive"), "inconclusiveLimit",
          limitOf(metric, "inconclusiveLimit", 0));
    check("Error", "consecutiveErrors", counter(result, "consecutiveError"), "consecutiveErrorLimit",
          limitOf(metric, "consecutiveErrorLimit", 4));
    return breach;
}

std::string assessMetric(const Value& metric, const Value& result, bool terminating)
{
    const auto phase = text(result, {"phase"});
    if (isCompletedPhase(phase))
        return std::string(phase);
    const auto* last = lastMeasurement(result);
    if (!last)
        return terminating ? "Successful" : "Pending";
    if (!isCompletedPhase(text(*last, {"phase"})))
        return "Running";
    if (const auto breach = passedLimit(metric, result); !breach.phase.empty())
        return breach.phase;
    const std::int64_t successes = limitOf(metric, "consecutiveSuccessLimit", 0);
    if (successes > 0 && counter(result, "consecutiveSuccess") >= successes)
        return "Successful";
    const std::int64_t count = countOf(metric);
    if (count > 0 && counter(result, "count") >= count) {
        if (successes > 0)
            return limitOf(metric, "failureLimit", 0) >= 0 ? "Inconclusive" : "Failed";
        return "Successful";
    }
    return terminating ? "Successful" : "Running";
}

void assessRun(Value& run, TimePoint now)
{
    auto& status = objectAt(run, {"status"});
    if (text(run, {"status", "startedAt"}).empty())
        status["startedAt"] = formatRfc3339(now);
    const bool terminating = isTerminating(run);
    const bool stopped = manifest::flag(run, {"spec", "terminate"});
    Object summary;
    Object drySummary;
    std::int64_t total = 0;
    std::int64_t dryTotal = 0;
    bool everythingDone = true;
    std::string worst;
    std::string message;
    for (const auto& metric : manifest::array(run, {"spec", "metrics"})) {
        const std::string name(text(metric, {"name"}));
        const bool dry = isDryRun(run, name);
        (dry ? dryTotal : total) += 1;
        Value* result = nullptr;
        for (auto& candidate : arrayAt(run, {"status", "metricResults"}))
            if (text(candidate, {"name"}) == name)
                result = &candidate;
        if (!result) {
            everythingDone = false;
            continue;
        }
        const std::string phase = assessMetric(metric, *result, terminating);
        auto& object = result->as_object();
        object["phase"] = phase;
        if (dry)
            object["dryRun"] = true;
        const auto* last = lastMeasurement(*result);
        if (last && phase == "Error" && !text(*last, {"message"}).empty())
            object["message"] = boost::json::string(text(*last, {"message"}));
        const auto breach = passedLimit(metric, *result);
        if (!isCompletedPhase(phase)) {
            everythingDone = false;
            continue;
        }
        auto& counts = dry ? drySummary : summary;
        const std::string counted = breach.phase == "Failed" ? "failed"
            : breach.phase == "Inconclusive"                 ? "inconclusive"
            : breach.phase == "Error"                        ? "error"
                                                             : "successful";
        counts[counted] = manifest::integer(Value(counts), {counted}).value_or(0) + 1;
        if (dry) {
            if (!breach.phase.empty())
                object["message"] = fmt::format("Metric assessed {} due to {}", phase, breach.reason);
            continue;
        }
        if (worst.empty() || isWorse(worst, phase)) {
            worst = phase;
            message.clear();
            if (!breach.phase.empty()) {
                message = fmt::format("Metric \"{}\" assessed {} due to {}", name, phase, breach.reason);
                if (const auto detail = text(*result, {"message"}); !detail.empty())
                    message += fmt::format(": \"Error Message: {}\"", detail);
            }
        }
    }
    const auto setSummary = [&](std::string_view field, Object counts, std::int64_t count) {
        Object out {{"count", count}};
        for (const auto* part : {"successful", "failed", "inconclusive", "error"})
            if (const auto* value = counts.if_contains(part))
                out[part] = *value;
        if (count > 0)
            objectAt(run, {"status"})[field] = std::move(out);
    };
    setSummary("runSummary", std::move(summary), total);
    setSummary("dryRunSummary", std::move(drySummary), dryTotal);
    auto& state = objectAt(run, {"status"});
    std::string phase = "Running";
    if (terminating ? !std::any_of(manifest::array(run, {"status", "metricResults"}).begin(),
                                   manifest::array(run, {"status", "metricResults"}).end(),
                                   [](const Value& r) { return text(r, {"phase"}) == "Running"; })
                    : everythingDone)
        phase = worst.empty() ? "Successful" : worst;
    state["phase"] = phase;
    if (isCompletedPhase(phase)) {
        if (stopped)
            message = message.empty() ? "Run Terminated" : "Run Terminated, " + message;
        if (!message.empty())
            state["message"] = message;
        if (text(run, {"status", "completedAt"}).empty())
            state["completedAt"] = formatRfc3339(now);
    }
}

std::optional<TimePoint> nextLook(const Value& run, TimePoint now)
{
    std::optional<TimePoint> next;
    const auto consider = [&](TimePoint at) {
        if (!next || at < *next)
            next = at;
    };
    for (const auto& metric : manifest::array(run, {"spec", "metrics"})) {
        const auto* result = resultOf(run, text(metric, {"name"}));
        if (result && isCompletedPhase(text(*result, {"phase"})))
            continue;
        const auto* last = result ? lastMeasurement(*result) : nullptr;
        if (!last) {
            if (const auto delayText = text(metric, {"initialDelay"}); !delayText.empty())
                if (const auto delay = parseGoDuration(delayText))
                    consider(timeAt(run, {"status", "startedAt"}).value_or(now) + *delay);
            continue;
        }
        const auto finishedAt = timeAt(*last, {"finishedAt"});
        if (!finishedAt) {
            if (const auto resumeAt = timeAt(*last, {"resumeAt"}))
                consider(*resumeAt);
            continue;
        }
        const std::int64_t count = countOf(metric);
        if (count > 0 && counter(*result, "count") >= count)
            continue;
        consider(*finishedAt + waitAfter(metric, *last));
    }
    return next;
}

bool ttlExpired(const Value& run, TimePoint now)
{
    const auto completedAt = timeAt(run, {"status", "completedAt"});
    const auto* strategy = find(run, {"spec", "ttlStrategy"});
    if (!completedAt || !strategy || !strategy->is_object())
        return false;
    const auto phase = text(run, {"status", "phase"});
    auto seconds = phase == "Successful" ? manifest::integer(*strategy, {"secondsAfterSuccess"})
        : phase == "Failed"              ? manifest::integer(*strategy, {"secondsAfterFailure"})
                                         : std::nullopt;
    if (!seconds)
        seconds = manifest::integer(*strategy, {"secondsAfterCompletion"});
    return seconds && std::chrono::duration_cast<std::chrono::seconds>(now - *completedAt).count() > *seconds;
}

std::optional<MetricProblem> validateMetrics(const Array& metrics)
{
    if (metrics.empty())
        return MetricProblem {-1, "no metrics specified"};
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < metrics.size(); ++i) {
        const auto& metric = metrics[i];
        const auto bad = [&](std::string reason) {
            return MetricProblem {static_cast<std::int64_t>(i), std::move(reason)};
        };
        if (!names.insert(text(metric, {"name"})).second)
            return bad("duplicate name");
        const std::int64_t count = limitOf(metric, "count", 0);
        const std::int64_t failureLimit = limitOf(metric, "failureLimit", 0);
        const std::int64_t inconclusiveLimit = limitOf(metric, "inconclusiveLimit", 0);
        const std::int64_t successLimit = limitOf(metric, "consecutiveSuccessLimit", 0);
        const auto interval = text(metric, {"interval"});
        if (successLimit < 0)
            return bad("consecutiveSuccessLimit must be >= 0");
        if (failureLimit < -1)
            return bad("failureLimit must be >= -1");
        if (failureLimit == -1 && successLimit == 0)
            return bad("failureLimit and consecutiveSuccessLimit cannot both be disabled");
        if (count > 0) {
            if (failureLimit >= 0 ? count < failureLimit + successLimit : count < successLimit)
                return bad("count must be >= failureLimit + consecutiveSuccessLimit");
            if (count < inconclusiveLimit)
                return bad("count must be >= inconclusiveLimit");
        }
        if (count > 1 && interval.empty())
            return bad("interval must be specified when count > 1");
        if (!interval.empty() && !parseGoDuration(interval))
            return bad("invalid interval");
        if (const auto delay = text(metric, {"initialDelay"}); !delay.empty() && !parseGoDuration(delay))
            return bad("invalid initialDelay");
        if (inconclusiveLimit < 0)
            return bad("inconclusiveLimit must be >= 0");
        if (limitOf(metric, "consecutiveErrorLimit", 0) < 0)
            return bad("consecutiveErrorLimit must be >= 0");
        const auto& provider = manifest::object(metric, {"provider"});
        std::size_t providers = 0;
        for (const auto& [key, value] : provider)
            providers += value.is_null() ? 0 : 1;
        if (providers == 0)
            return bad("no provider specified");
        if (providers > 1)
            return bad("multiple providers specified");
    }
    return {};
}

std::string unmatchedRule(const Value& spec)
{
    const auto& metrics = manifest::array(spec, {"metrics"});
    for (const std::string_view field : {"dryRun", "measurementRetention"}) {
        const auto& rules = manifest::array(spec, {field});
        for (std::size_t i = 0; i < rules.size(); ++i)
            if (std::none_of(metrics.begin(), metrics.end(), [&](const Value& metric) {
                    return matchesRule(Array {rules[i]}, text(metric, {"name"}));
                }))
                return fmt::format("{}[{}]: Rule didn't match any metric name(s)", field, i);
    }
    return {};
}

void trimMeasurements(Value& run)
{
    const auto& rules = manifest::array(run, {"spec", "measurementRetention"});
    for (auto& result : arrayAt(run, {"status", "metricResults"})) {
        std::size_t keep = 10;
        for (const auto& rule : rules) {
            if (matchesRule(Array {rule}, text(result, {"name"})))
                if (const auto limit = manifest::integer(rule, {"limit"}); limit && *limit > 0)
                    keep = static_cast<std::size_t>(*limit);
        }
        auto& measurements = arrayAt(result, {"measurements"});
        if (measurements.size() > keep)
            measurements.erase(measurements.begin(), measurements.end() - static_cast<std::ptrdiff_t>(keep));
    }
}

} // namespace core::rollout
