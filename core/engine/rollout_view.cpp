// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/engine/views.h"
#include "core/rollout/condition.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

namespace core::engine {

using manifest::array;
using manifest::find;
using manifest::flag;
using manifest::integer;
using manifest::text;
using manifest::Value;

std::optional<double> singleNumber(std::string_view value)
{
    auto inner = trim(value);
    if (inner.starts_with('[') && inner.ends_with(']'))
        inner = trim(inner.substr(1, inner.size() - 2));
    double number = 0;
    const auto [end, ec] = std::from_chars(inner.data(), inner.data() + inner.size(), number);
    if (ec != std::errc {} || end != inner.data() + inner.size() || !std::isfinite(number))
        return {};
    return number;
}

namespace {

std::string percent(std::int64_t weight)
{
    return fmt::format("{} %", weight);
}

std::optional<Duration> pauseOf(const Value& pause)
{
    const auto* duration = find(pause, {"duration"});
    if (duration == nullptr)
        return {};
    if (duration->is_int64())
        return std::chrono::seconds(duration->get_int64());
    if (!duration->is_string())
        return {};
    const std::string written(duration->get_string());
    if (const auto parsed = parseGoDuration(written))
        return *parsed;
    std::int64_t seconds = 0;
    const auto [end, ec] = std::from_chars(written.data(), written.data() + written.size(), seconds);
    return ec == std::errc {} && end == written.data() + written.size()
        ? std::optional<Duration>(std::chrono::seconds(seconds))
        : std::nullopt;
}

/// "5m", "1h30m": without Go's trailing zero units.
std::string shortDuration(Duration duration)
{
    auto printed = formatGoDuration(duration);
    for (const auto* zero : {"m0s", "h0m"})
        if (printed.ends_with(zero))
            printed.resize(printed.size() - 2);
    return printed;
}

RolloutStep viewStep(const Value& step)
{
    using Kind = RolloutStep::Kind;
    RolloutStep out;
    if (const auto weight = integer(step, {"setWeight"})) {
        out.kind = Kind::SetWeight;
        out.weight = static_cast<int>(*weight);
        out.text = percent(*weight);
    } else if (const auto* pause = find(step, {"pause"})) {
        out.kind = Kind::Pause;
        out.pause = pauseOf(*pause);
        out.text = out.pause ? shortDuration(*out.pause) : std::string {};
    } else if (const auto* analysis = find(step, {"analysis"})) {
        out.kind = Kind::Analysis;
        std::vector<std::string> names;
        for (const auto& item : array(*analysis, {"templates"}))
            names.emplace_back(text(item, {"templateName"}));
        out.text = join(names, ", ");
    } else if (const auto* scale = find(step, {"setCanaryScale"})) {
        out.kind = Kind::SetCanaryScale;
        if (const auto scaleWeight = integer(*scale, {"weight"}))
            out.text = percent(*scaleWeight);
        else if (const auto replicas = integer(*scale, {"replicas"}))
            out.text = fmt::format("{}", *replicas);
    } else if (find(step, {"experiment"}) != nullptr) {
        out.kind = Kind::Experiment;
    } else if (const auto* header = find(step, {"setHeaderRoute"})) {
        out.kind = Kind::SetHeaderRoute;
        out.text = text(*header, {"name"});
    } else if (const auto* mirror = find(step, {"setMirrorRoute"})) {
        out.kind = Kind::SetMirrorRoute;
        out.text = text(*mirror, {"name"});
    } else {
        out.kind = Kind::Plugin;
        out.text = text(step, {"plugin", "name"});
    }
    return out;
}

std::int64_t revisionOf(const Value& object)
{
    std::int64_t number = 0;
    const auto written = manifest::annotation(object, "rollout.argoproj.io/revision");
    std::from_chars(written.data(), written.data() + written.size(), number);
    return number;
}

RolloutRevision viewRevision(const Value& replicaSet, std::string_view stable, std::string_view current)
{
    RolloutRevision out;
    out.number = revisionOf(replicaSet);
    out.replicaSet = manifest::name(replicaSet);
    out.podHash = manifest::label(replicaSet, "rollouts-pod-template-hash");
    for (const auto& container : array(replicaSet, {"spec", "template", "spec", "containers"}))
        out.images.emplace_back(text(container, {"image"}));
    out.stable = !out.podHash.empty() && out.podHash == stable;
    out.canary = out.podHash == current && !out.stable;
    out.desired = integer(replicaSet, {"spec", "replicas"}).value_or(0);
    out.ready = integer(replicaSet, {"status", "readyReplicas"}).value_or(0);
    out.createdAt = timeAt(replicaSet, {"metadata", "creationTimestamp"});
    return out;
}

std::vector<RevisionPod> viewPods(const Objects& pods)
{
    constexpr std::size_t kMostPods = 100;
    std::vector<RevisionPod> out;
    for (const auto& pod : pods) {
        if (manifest::kind(*pod) != "Pod" || out.size() == kMostPods)
            continue;
        const auto& conditions = array(*pod, {"status", "conditions"});
        const bool ready = std::any_of(conditions.begin(), conditions.end(), [](const Value& condition) {
            return text(condition, {"type"}) == "Ready" && text(condition, {"status"}) == "True";
        });
        out.push_back({std::string(manifest::name(*pod)), ready, statusText(*pod)});
    }
    std::ranges::sort(out, {}, &RevisionPod::name);
    return out;
}

/// What share of the requests went to the new version, by the metrics whose queries count them.
std::vector<TimedValue> measuredWeights(const Rollout& rollout, const RolloutInput& input)
{
    std::map<TimePoint, double> shares;
    for (const auto& metric : rollout.metrics) {
        if (metric.ofBaseline || !input.trafficSeries)
            continue;
        for (const auto& sample : input.trafficSeries(metric.analysisRun, metric.name))
            if (const double all = sample.stable + sample.canary; all > 0)
                shares.emplace(sample.at, 100 * sample.canary / all);
    }
    std::vector<TimedValue> out;
    for (const auto& [at, share] : shares)
        out.push_back({at, share});
    return out;
}

/// The query with the run's plain arguments filled in, as the provider received it. Arguments from Secrets have no
/// value in the run's spec and stay as they are written.
std::string filledIn(std::string query, const Value& run)
{
    for (const auto& argument : array(run, {"spec", "args"})) {
        const auto* value = find(argument, {"value"});
        if (value == nullptr || !value->is_string())
            continue;
        const auto name = std::string(text(argument, {"name"}));
        for (const auto& hole : {"{{args." + name + "}}", "{{ args." + name + " }}"})
            for (auto at = query.find(hole); at != std::string::npos;
                 at = query.find(hole, at + value->get_string().size()))
                query.replace(at, hole.size(), std::string_view(value->get_string()));
    }
    return std::string(trim(query));
}

Metric viewMetric(const Value& spec, const Value& run)
{
    Metric out;
    out.name = text(spec, {"name"});
    out.analysisRun = manifest::name(run);
    out.successCondition = text(spec, {"successCondition"});
    out.failureCondition = text(spec, {"failureCondition"});
    for (auto& limit : rollout::thresholds(out.successCondition))
        out.thresholds.push_back({std::move(limit.comparison), limit.value, true});
    for (auto& limit : rollout::thresholds(out.failureCondition))
        out.thresholds.push_back({std::move(limit.comparison), limit.value, false});
    if (const auto* limit = find(spec, {"failureLimit"}))
        out.failureLimit = limit->is_int64() ? limit->get_int64()
            : limit->is_string()             ? std::atoll(limit->get_string().c_str())
                                             : 0; // NOLINT(cert-err34-c)
    for (const auto& provider : manifest::object(spec, {"provider"})) {
        out.provider = std::string(provider.key());
        out.query = filledIn(std::string(text(provider.value(), {"query"})), run);
        if (out.query.empty())
            out.query = text(provider.value(), {"url"});
    }
    for (const auto& result : array(run, {"status", "metricResults"})) {
        if (text(result, {"name"}) != out.name)
            continue;
        out.phase = text(result, {"phase"});
        out.message = text(result, {"message"});
        out.failed = integer(result, {"failed"}).value_or(0);
        out.successful = integer(result, {"successful"}).value_or(0);
        out.inconclusive = integer(result, {"inconclusive"}).value_or(0);
        out.errors = integer(result, {"error"}).value_or(0);
        for (const auto& item : array(result, {"measurements"})) {
            auto at = timeAt(item, {"finishedAt"});
            if (!at)
                at = timeAt(item, {"startedAt"});
            if (!at)
                continue;
            const auto value = text(item, {"value"});
            out.measurements.push_back({*at, singleNumber(value), std::string(value),
                                        std::string(text(item, {"phase"})), std::string(text(item, {"message"}))});
        }
    }
    return out;
}

/// Sentences of why the rollout was aborted, outermost first.
std::vector<std::string> causesOf(const Rollout& rollout)
{
    std::vector<std::string> out;
    if (!rollout.message.empty())
        out.push_back(rollout.message);
    for (const auto& metric : rollout.metrics) {
        if (metric.phase != "Failed" && metric.phase != "Error" && metric.phase != "Inconclusive")
            continue;
        out.push_back(fmt::format("metric {} of {} is {}: {} of {} measurements failed, the limit is {}", metric.name,
                                  metric.analysisRun, metric.phase, metric.failed + metric.errors,
                                  metric.measurements.size(), metric.failureLimit));
        const auto last = std::find_if(metric.measurements.rbegin(), metric.measurements.rend(),
                                       [](const Measurement& m) { return m.phase != "Successful"; });
        if (last != metric.measurements.rend())
            out.push_back(last->message.empty()
                              ? fmt::format("last measured {}, wanted {}", last->text, metric.successCondition)
                              : last->message);
    }
    return out;
}

void placeSteps(Rollout& out, const Value& object)
{
    const auto count = static_cast<int>(out.steps.size());
    for (int i = 0; i < count; ++i) {
        auto& step = out.steps[static_cast<std::size_t>(i)];
        if (i < out.stepIndex)
            step.state = RolloutStep::State::Done;
        else if (i == out.stepIndex)
            step.state = out.aborted ? RolloutStep::State::Failed : RolloutStep::State::Current;
        else
            step.state = RolloutStep::State::Ahead;
    }
    if (out.stepIndex < 0 || out.stepIndex >= count || out.aborted)
        return;
    const auto& current = out.steps[static_cast<std::size_t>(out.stepIndex)];
    if (current.kind == RolloutStep::Kind::Pause && current.pause)
        for (const auto& condition : array(object, {"status", "pauseConditions"}))
            if (const auto start = timeAt(condition, {"startTime"}))
                out.pauseUntil = *start + *current.pause;
}

/// When the analysis of the current step began; now where it has not.
TimePoint analysisStart(const RolloutInput& input)
{
    const auto name = text(input.object, {"status", "canary", "currentStepAnalysisRunStatus", "name"});
    for (const auto* run : input.analysisRuns)
        if (manifest::name(*run) == name)
            return timeAt(*run, {"status", "startedAt"}).value_or(input.now);
    return input.now;
}

/// The end, if every pause runs its time and every analysis takes what its interval and count say.
std::optional<TimePoint> etaOf(const Rollout& rollout, const RolloutInput& input)
{
    const auto& steps = array(input.object, {"spec", "strategy", "canary", "steps"});
    const auto now = input.now;
    if (rollout.aborted || rollout.phase == "Healthy" || rollout.phase == "Degraded")
        return {};
    TimePoint at = rollout.pauseUntil.value_or(now);
    for (std::size_t i = static_cast<std::size_t>(std::max(rollout.stepIndex, 0)); i < rollout.steps.size(); ++i) {
        const auto& step = rollout.steps[i];
        const bool current = static_cast<int>(i) == rollout.stepIndex;
        if (step.kind == RolloutStep::Kind::Analysis) {
            const auto length =
                input.analysisLength ? input.analysisLength(*find(steps[i], {"analysis"})) : Duration {};
            if (!length)
                return {};
            at = current ? std::max(at, analysisStart(input) + *length) : at + *length;
            continue;
        }
        if (step.kind != RolloutStep::Kind::Pause)
            continue;
        if (!step.pause)
            return {}; // a person ends it
        if (!current) // the running one's end is where this began
            at += *step.pause;
    }
    return at;
}

/// One opinion per name of a metric, from all its runs.
std::vector<MetricVerdict> verdictsOf(const Rollout& rollout, const RolloutInput& input)
{
    std::vector<MetricEvidence> evidence;
    for (const auto& metric : rollout.metrics) {
        if (metric.ofBaseline)
            continue;
        auto known = std::find_if(evidence.begin(), evidence.end(),
                                  [&](const MetricEvidence& each) { return each.metric == metric.name; });
        if (known == evidence.end())
            known = evidence.insert(evidence.end(), {metric.name, metric.thresholds, {}, {}, {}});
        known->measurements.insert(known->measurements.end(), metric.measurements.begin(), metric.measurements.end());
        known->stable.insert(known->stable.end(), metric.stable.begin(), metric.stable.end());
        if (!input.trafficSeries)
            continue;
        const auto traffic = input.trafficSeries(metric.analysisRun, metric.name);
        known->traffic.insert(known->traffic.end(), traffic.begin(), traffic.end());
    }
    std::vector<MetricVerdict> out;
    for (const auto& each : evidence)
        if (auto verdict = verdictOf(each))
            out.push_back(std::move(*verdict));
    return out;
}

/// The metrics of all runs for the version that is on its way: the Rollout's own and those of its experiments.
void viewMetrics(Rollout& out, const RolloutInput& input)
{
    struct Run
    {
        const Value* object;
        const Trial* trial; ///< of the experiment that it belongs to
    };
    const auto current = text(input.object, {"status", "currentPodHash"});
    const auto isCurrent = [&](const Value& object) {
        return current.empty() || manifest::label(object, "rollouts-pod-template-hash") == current;
    };
    std::vector<Run> runs;
    for (const auto* run : input.analysisRuns)
        if (isCurrent(*run))
            runs.push_back({run, nullptr});
    for (const auto& experiment : input.experiments)
        for (const auto& child : experiment.children)
            if (manifest::kind(*child) == "AnalysisRun" && isCurrent(*experiment.object))
                runs.push_back({child.get(), &experiment.trial});
    std::sort(runs.begin(), runs.end(), [](const Run& a, const Run& b) {
        return std::pair(text(*a.object, {"metadata", "creationTimestamp"}), manifest::name(*a.object))
            < std::pair(text(*b.object, {"metadata", "creationTimestamp"}), manifest::name(*b.object));
    });
    for (const auto& run : runs) {
        for (const auto& spec : array(*run.object, {"spec", "metrics"})) {
            auto metric = viewMetric(spec, *run.object);
            metric.ofBaseline = run.trial != nullptr && asksBaseline(metric.query, *run.trial);
            if (input.stableSeries)
                metric.stable = input.stableSeries(metric.analysisRun, metric.name);
            if (input.baselineSeries)
                metric.baseline = input.baselineSeries(metric.analysisRun, metric.name);
            out.metrics.push_back(std::move(metric));
        }
    }
}

std::string waitingOf(const Rollout& rollout, const Value& object, const std::string& gate)
{
    if (rollout.aborted)
        return rollout.message.empty() ? "aborted; the stable version serves everything" : rollout.message;
    if (rollout.phase == "Healthy" || rollout.stepIndex >= static_cast<int>(rollout.steps.size()))
        return rollout.message;
    const auto& step = rollout.steps[static_cast<std::size_t>(std::max(rollout.stepIndex, 0))];
    using Kind = RolloutStep::Kind;
    if (step.kind == Kind::Pause && rollout.paused)
        return rollout.pauseUntil ? fmt::format("paused until {}", formatRfc3339(*rollout.pauseUntil))
                                  : "paused until somebody promotes it";
    if (const auto* verified = find(object, {"status", "canary", "weights", "verified"});
        verified && verified->is_bool() && !verified->get_bool()) // Argo's own controller asks the load balancer
        return "the load balancer has not confirmed the weight yet";
    if (step.kind == Kind::Analysis)
        return "analysis " + step.text + " is measuring";
    if (!gate.empty())
        return gate;
    if (!rollout.message.empty())
        return rollout.message;
    return {};
}

} // namespace

Weights weightsOf(const Value& rollout)
{
    Weights out;
    const auto& steps = array(rollout, {"spec", "strategy", "canary", "steps"});
    const auto index = integer(rollout, {"status", "currentStepIndex"}).value_or(0);
    const bool aborted = flag(rollout, {"status", "abort"});
    const auto current = text(rollout, {"status", "currentPodHash"});
    const auto stable = text(rollout, {"status", "stableRS"});
    if (!aborted && current != stable && !stable.empty()) {
        if (index >= static_cast<std::int64_t>(steps.size()))
            out.set = 100;
        else
            for (std::int64_t i = 0; i <= index; ++i)
                if (const auto weight = integer(steps[static_cast<std::size_t>(i)], {"setWeight"}))
                    out.set = static_cast<int>(*weight);
    }
    if (const auto weight = integer(rollout, {"status", "canary", "weights", "canary", "weight"})) {
        out.actual = static_cast<int>(*weight);
    } else if (current != stable && !stable.empty()) {
        const auto updated = integer(rollout, {"status", "updatedReplicas"}).value_or(0);
        const auto total = integer(rollout, {"status", "replicas"}).value_or(0);
        out.actual = total > 0 ? static_cast<int>(updated * 100 / total) : 0;
    }
    return out;
}

Rollout viewRollout(const RolloutInput& input)
{
    const auto& object = input.object;
    Rollout out;
    out.key = manifest::keyOf(object);
    out.application = input.application;
    out.kserve = out.key.kind == "InferenceService";
    out.strategy = find(object, {"spec", "strategy", "blueGreen"}) != nullptr ? "BlueGreen" : "Canary";
    out.phase = text(object, {"status", "phase"});
    out.message = text(object, {"status", "message"});
    out.aborted = flag(object, {"status", "abort"});
    out.paused = !array(object, {"status", "pauseConditions"}).empty() || flag(object, {"spec", "paused"});
    out.stepIndex = static_cast<int>(integer(object, {"status", "currentStepIndex"}).value_or(0));
    for (const auto& step : array(object, {"spec", "strategy", "canary", "steps"}))
        out.steps.push_back(viewStep(step));
    placeSteps(out, object);
    const auto weights = weightsOf(object);
    out.setWeight = weights.set;
    out.actualWeight = weights.actual;
    out.setWeights = input.setWeights;
    out.actualWeights = input.actualWeights;
    out.desired = integer(object, {"spec", "replicas"}).value_or(1);
    out.ready = integer(object, {"status", "readyReplicas"}).value_or(0);
    out.available = integer(object, {"status", "availableReplicas"}).value_or(0);
    const auto stable = text(object, {"status", "stableRS"});
    const auto current = text(object, {"status", "currentPodHash"});
    for (const auto* replicaSet : input.replicaSets) {
        out.revisions.push_back(viewRevision(*replicaSet, stable, current));
        if (input.podsOf)
            out.revisions.back().pods = viewPods(input.podsOf(*replicaSet));
    }
    std::sort(out.revisions.begin(), out.revisions.end(),
              [](const auto& a, const auto& b) { return a.number > b.number; });
    for (const auto& revision : out.revisions)
        if (revision.podHash == current)
            out.startedAt = revision.createdAt;
    viewMetrics(out, input);
    if (out.aborted)
        out.abortCauses = causesOf(out);
    out.eta = etaOf(out, input);
    out.waitingFor = waitingOf(out, object, input.gate);
    out.verdicts = verdictsOf(out, input);
    out.measuredWeights = measuredWeights(out, input);
    return out;
}

} // namespace core::engine
