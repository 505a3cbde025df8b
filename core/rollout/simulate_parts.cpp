// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollout/analysis.h"
#include "core/rollout/pass.h"
#include "core/rollout/simulate_p.h"

#include <fmt/format.h>

#include <algorithm>

namespace core::rollout {

using manifest::Array;
using manifest::find;
using manifest::Object;
using manifest::text;
using manifest::Value;

namespace {

bool isExtended(std::string_view resource)
{
    return resource.find('/') != std::string_view::npos && !resource.starts_with("kubernetes.io/")
        && resource.find(".kubernetes.io/") == std::string_view::npos;
}

/// Whole numbers only: extended resources have no fractions.
std::int64_t amountOf(const Value& value)
{
    return value.is_string() ? toNumber(value.get_string()) : intOrText(value);
}

/// How long a run with these metrics takes when all goes well; nullopt: it has no end of its own.
std::optional<Duration> lengthOf(const Value& run)
{
    Duration longest {};
    for (const auto& metric : manifest::array(run, {"spec", "metrics"})) {
        const auto interval = parseGoDuration(text(metric, {"interval"}));
        const auto delay = parseGoDuration(text(metric, {"initialDelay"})).value_or(Duration {});
        const auto* given = find(metric, {"count"});
        const auto count = given ? intOrText(*given) : 0;
        if (count <= 0 && interval)
            return {};
        longest = std::max(longest, delay + interval.value_or(Duration {}) * std::max<std::int64_t>(0, count - 1));
    }
    return longest;
}

std::string describePause(const Value& pause)
{
    const auto* duration = find(pause, {"duration"});
    if (!duration)
        return "pause until a person promotes";
    return "pause: "
        + (duration->is_string() ? std::string(duration->get_string()) : manifest::toJson(*duration) + "s");
}

} // namespace

void addExtendedResources(std::map<std::string, std::int64_t>& out, const Value& container)
{
    for (const std::string_view section : {"requests", "limits"})
        for (const auto& [name, amount] : manifest::object(container, {"resources", section}))
            if (isExtended(name) && !(section == "limits" && find(container, {"resources", "requests", name})))
                out[std::string(name)] += amountOf(amount);
}

std::string describeStep(const Value& step)
{
    for (const auto& [key, value] : step.is_object() ? step.get_object() : Object {}) {
        if (key == "pause")
            return describePause(value);
        if (value.is_int64())
            return fmt::format("{}: {}", std::string_view(key), value.get_int64());
        if (key == "analysis") {
            std::string names;
            for (const auto& item : manifest::array(value, {"templates"}))
                names += (names.empty() ? "" : ", ") + std::string(text(item, {"templateName"}));
            return "analysis: " + names;
        }
        return std::string(key);
    }
    return {};
}

TimePoint finishRun(Value& run, TimePoint now, Duration podReady)
{
    if (isCompletedPhase(text(run, {"status", "phase"})))
        return TimePoint::max();
    objectAt(run, {"status"})["phase"] = "Running";
    const auto length = manifest::kind(run) == "Experiment"
        ? std::optional(parseGoDuration(text(run, {"spec", "duration"})).value_or(Duration {}) + podReady)
        : lengthOf(run);
    const auto started = parseRfc3339(text(run, {"metadata", "creationTimestamp"})).value_or(now);
    if (manifest::flag(run, {"spec", "terminate"}) || (length && started + *length <= now)) {
        objectAt(run, {"status"})["phase"] = "Successful";
        return now;
    }
    return length ? started + *length : TimePoint::max();
}

void addMoment(Simulation& play, SimulationMoment moment)
{
    if (!play.moments.empty()) {
        auto& last = play.moments.back();
        if (last.step == moment.step && last.what == moment.what && last.weight == moment.weight
            && last.canary == moment.canary && last.stable == moment.stable && last.available == moment.available)
            return;
        if (last.at == moment.at && last.step == moment.step && last.what == moment.what) {
            last = std::move(moment); // only what stands still for a time is shown
            return;
        }
    }
    play.moments.push_back(std::move(moment));
}

void warnOfResources(Simulation& play, const std::map<std::string, std::int64_t>& perPod, std::int64_t usual,
                     const std::map<std::string, std::int64_t>& free)
{
    for (const auto& [name, amount] : perPod) {
        const auto more = play.peak[name] - amount * usual;
        const auto known = free.find(name);
        if (known == free.end() || more <= known->second)
            continue;
        const auto at = std::find_if(play.moments.begin(), play.moments.end(), [&](const SimulationMoment& moment) {
            return moment.resources.at(name) - amount * usual > known->second;
        });
        play.warnings.push_back(fmt::format(
            "the update needs up to {} {} more than now, but {} are free: {} pods will stay Pending{}", more, name,
            known->second, (more - known->second + amount - 1) / std::max<std::int64_t>(1, amount),
            at != play.moments.end() && at->step >= 0 ? fmt::format(" from step {} ({}) on", at->step + 1, at->what)
                                                      : std::string()));
    }
}

void addMissingTemplates(Simulation& play, std::vector<Value>& templates, const Value& strategy)
{
    std::vector<const Value*> uses;
    for (const auto& step : manifest::array(strategy, {"steps"}))
        uses.push_back(find(step, {"analysis"}));
    for (const std::string_view field : {"analysis", "prePromotionAnalysis", "postPromotionAnalysis"})
        uses.push_back(find(strategy, {field}));
    std::erase(uses, nullptr);
    for (const auto* use : uses)
        for (const auto& item : manifest::array(*use, {"templates"})) {
            const auto name = text(item, {"templateName"});
            const auto* kind = manifest::flag(item, {"clusterScope"}) ? "ClusterAnalysisTemplate" : "AnalysisTemplate";
            if (std::any_of(templates.begin(), templates.end(), [&](const Value& known) {
                    return manifest::kind(known) == kind && manifest::name(known) == name;
                }))
                continue;
            play.warnings.push_back(
                fmt::format("{} {} is not at hand: it is played as if it took no time", kind, name));
            templates.push_back(Object {{"apiVersion", "argoproj.io/v1alpha1"},
                                        {"kind", kind},
                                        {"metadata", Object {{"name", name}}},
                                        {"spec", Object {{"metrics", Array {Value(Object {{"name", "unknown"}})}}}}});
        }
}

std::optional<Duration> analysisLength(const Value& analysis, const std::vector<Value>& templates)
{
    Duration longest {};
    for (const auto& wanted : manifest::array(analysis, {"templates"})) {
        const auto* kind = manifest::flag(wanted, {"clusterScope"}) ? "ClusterAnalysisTemplate" : "AnalysisTemplate";
        const auto found = std::find_if(templates.begin(), templates.end(), [&](const Value& each) {
            return manifest::kind(each) == kind && manifest::name(each) == text(wanted, {"templateName"});
        });
        const auto length = found == templates.end() ? std::nullopt : lengthOf(*found);
        if (!length)
            return {};
        longest = std::max(longest, *length);
    }
    return longest;
}

} // namespace core::rollout
