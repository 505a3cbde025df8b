// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollout/analysis.h"
#include "core/rollout/hash.h"
#include "core/rollout/json.h"
#include "core/rollout/replicas.h"

#include <QFile>
#include <QTest>

#include <map>

using namespace core;
using namespace core::rollout;
using manifest::find;
using manifest::Object;
using manifest::text;
using manifest::Value;

namespace {

/// The data's flat fields as a Rollout.
Value rolloutOf(const Value& input)
{
    Value rollout = Object {};
    Object spec;
    Object canary;
    Object status;
    for (const auto& [key, value] : input.get_object()) {
        if (key == "replicas")
            spec[key] = value;
        else if (key == "currentStepIndex" || key == "stableRS" || key == "currentPodHash" || key == "promoteFull"
                 || key == "abort")
            status[key] = value;
        else if (key != "canary" && key != "stable" && key != "older" && key != "weights")
            canary[key] = value;
    }
    spec["strategy"] = Object {{"canary", canary}};
    rollout.as_object()["spec"] = spec;
    rollout.as_object()["status"] = status;
    return rollout;
}

std::optional<ReplicaCount> countOf(const Value& input, std::string_view field)
{
    const auto* rs = find(input, {field});
    if (!rs || rs->is_null())
        return {};
    const auto spec = manifest::integer(*rs, {"spec"}).value_or(1);
    return ReplicaCount {std::string(text(*rs, {"name"})), spec, manifest::integer(*rs, {"replicas"}).value_or(spec),
                         manifest::integer(*rs, {"available"}).value_or(0)};
}

std::string splitText(const Split& split)
{
    return std::to_string(split.canary) + "/" + std::to_string(split.stable);
}

std::string replicaCase(const Value& row)
{
    const auto kind = text(row, {"kind"});
    const auto& input = *find(row, {"input"});
    const auto& expected = *find(row, {"expected"});
    const auto number = [&](std::string_view field) { return manifest::integer(input, {field}).value_or(0); };
    const auto want = [&](std::string_view field) { return manifest::integer(expected, {field}).value_or(0); };
    const Split wantSplit {want("canary"), want("stable")};
    const auto rollout = rolloutOf(input);
    const auto canary = countOf(input, "canary");
    const auto stable = countOf(input, "stable");
    const auto* c = canary ? &*canary : nullptr;
    const auto* s = stable ? &*stable : nullptr;
    std::vector<ReplicaCount> older;
    for (const auto& rs : manifest::array(input, {"older"}))
        older.push_back(*countOf(Object {{"rs", rs}}, "rs"));
    Weights weights;
    if (find(input, {"weights"}) && find(input, {"weights"})->is_object())
        weights = Split {manifest::integer(input, {"weights", "canary"}).value_or(0),
                         manifest::integer(input, {"weights", "stable"}).value_or(0)};
    std::string got;
    std::string wanted = splitText(wantSplit);
    if (kind == "basic") {
        got = splitText(basicSplit(rollout, c, s, older));
    } else if (kind == "trafficRouted") {
        got = splitText(trafficRoutedSplit(rollout, c, s, weights));
    } else if (kind == "approximate") {
        got = splitText(approximateSplit(number("replicas"), number("weight"), number("maxWeight"), number("surge")));
    } else if (kind == "weightToReplicas") {
        got = std::to_string(weightToReplicas(number("replicas"), number("weight"), number("maxWeight")));
        wanted = std::to_string(want("replicas"));
    } else if (kind == "fenceposts") {
        const auto limits = surgeLimits(rollout);
        got = splitText({limits.maxSurge, limits.maxUnavailable});
        wanted = splitText({want("maxSurge"), want("maxUnavailable")});
    } else if (kind == "replicasOrWeight") {
        const auto found = replicasOrWeight(rollout, c, s);
        got = (found.replicas ? std::to_string(*found.replicas) : "null") + "/" + std::to_string(found.weight);
        wanted = manifest::toJson(*find(expected, {"replicas"})) + "/" + std::to_string(want("weight"));
    } else if (kind == "desiredWeight") {
        got = std::to_string(desiredWeight(rollout, c, s));
        wanted = std::to_string(want("weight"));
    } else if (kind == "replicasForScaleDown") {
        const auto rs = countOf(input, "rs");
        got = std::to_string(replicasForScaleDown(rs ? &*rs : nullptr, manifest::flag(input, {"ignoreAvailability"})));
        wanted = std::to_string(want("replicas"));
    } else if (kind == "thresholdMet") {
        const auto rs = countOf(input, "rs");
        got = thresholdMet(find(input, {"replicaProgressThreshold"}), rs ? &*rs : nullptr, number("desired")) ? "met"
                                                                                                              : "not";
        wanted = manifest::flag(expected, {"met"}) ? "met" : "not";
    } else if (kind == "atDesired") {
        got = atDesiredCounts(rollout, c, s, older, weights) ? "at" : "not";
        wanted = manifest::flag(expected, {"atDesired"}) ? "at" : "not";
    }
    return got == wanted && !got.empty() ? std::string() : got + " instead of " + wanted;
}

std::string finalText(const Value& run)
{
    std::string out(text(run, {"status", "phase"}));
    out += " | " + std::string(text(run, {"status", "message"})) + " |";
    std::map<std::string, std::string> metrics;
    for (const auto& result : manifest::array(run, {"status", "metricResults"}))
        metrics[std::string(text(result, {"name"}))] = text(result, {"phase"});
    for (const auto& [name, phase] : metrics)
        out += " " + name + "=" + phase;
    for (const auto* summary : {"runSummary", "dryRunSummary"})
        if (const auto* found = find(run, {"status", summary}); found && !found->get_object().empty())
            out += " | " + std::string(summary) + manifest::toSortedJson(*found);
    return out;
}

std::string wantedText(const Value& expected)
{
    std::string out(text(expected, {"phase"}));
    out += " | " + std::string(text(expected, {"message"})) + " |";
    std::map<std::string, std::string> metrics;
    for (const auto& [name, phase] : manifest::object(expected, {"metrics"}))
        metrics[std::string(name)] = phase.as_string();
    for (const auto& [name, phase] : metrics)
        out += " " + name + "=" + phase;
    for (const auto* summary : {"runSummary", "dryRunSummary"})
        if (const auto* found = find(expected, {summary}); found && !found->is_null() && !found->get_object().empty())
            out += " | " + std::string(summary) + manifest::toSortedJson(*found);
    return out;
}

std::string simulateCase(const Value& row)
{
    Value run = *find(row, {"run"});
    const auto start = parseRfc3339(text(row, {"now"})).value();
    const auto terminateAt = manifest::integer(row, {"terminateAt"});
    std::map<std::string, std::size_t> taken;
    std::string got;
    std::int64_t end = -1;
    for (std::int64_t t = 0; t < manifest::integer(row, {"maxSteps"}).value_or(0); ++t) {
        const auto now = start + std::chrono::seconds(t);
        if (terminateAt && t == *terminateAt)
            objectAt(run, {"spec"})["terminate"] = true;
        for (const auto& task : dueTasks(run, now)) {
            const auto& script = manifest::array(row, {"script", task.metric});
            const auto at = std::min(taken[task.metric]++, script.size() - 1);
            const std::string phase(script[at].as_string());
            Object measurement {
                {"phase", phase}, {"startedAt", formatRfc3339(now)}, {"finishedAt", formatRfc3339(now)}};
            if (phase == "Error")
                measurement["message"] = "boom";
            recordMeasurement(run, task.metric, measurement, task.resume);
            got += std::to_string(t) + task.metric + phase + " ";
        }
        assessRun(run, now);
        if (isCompletedPhase(text(run, {"status", "phase"}))) {
            end = t;
            break;
        }
    }
    std::string wanted;
    for (const auto& m : manifest::array(row, {"expected", "measurements"}))
        wanted += std::to_string(manifest::integer(m, {"t"}).value_or(-1)) + std::string(text(m, {"metric"}))
            + std::string(text(m, {"phase"})) + " ";
    const auto wantEnd = manifest::integer(row, {"expected", "end"}).value_or(-1);
    if (got != wanted || end != wantEnd)
        return got + "end " + std::to_string(end) + " instead of " + wanted + "end " + std::to_string(wantEnd);
    const auto final = finalText(run);
    const auto wantFinal = wantedText(*find(row, {"expected", "final"}));
    return final == wantFinal ? std::string() : final + "\n   instead of " + wantFinal;
}

std::string analysisCase(const Value& row)
{
    const auto kind = text(row, {"kind"});
    const auto& expected = *find(row, {"expected"});
    const auto now = parseRfc3339(text(row, {"now"})).value_or(TimePoint {});
    std::string got;
    std::string wanted;
    if (kind == "simulate")
        return simulateCase(row);
    if (kind == "tasks") {
        for (const auto& task : dueTasks(*find(row, {"run"}), now))
            got += task.metric + (task.resume ? "*" : "") + " ";
        for (const auto& task : manifest::array(expected, {"tasks"}))
            wanted += std::string(text(task, {"metric"})) + (manifest::flag(task, {"resume"}) ? "*" : "") + " ";
    } else if (kind == "assessMetric") {
        const auto& metric = *find(row, {"metric"});
        const auto& result = *find(row, {"result"});
        got = assessMetric(metric, result, manifest::flag(row, {"terminating"}));
        wanted = text(expected, {"phase"});
        if (find(expected, {"limitPhase"})) {
            const auto breach = passedLimit(metric, result);
            got += " " + breach.phase + " " + breach.reason;
            wanted +=
                " " + std::string(text(expected, {"limitPhase"})) + " " + std::string(text(expected, {"limitMessage"}));
        }
    } else if (kind == "assessRun") {
        Value run = *find(row, {"run"});
        assessRun(run, now);
        got = finalText(run);
        wanted = wantedText(expected);
    } else if (kind == "nextReconcile") {
        const auto next = nextLook(*find(row, {"run"}), now);
        got = next ? formatRfc3339(*next) : "null";
        const auto* want = find(expected, {"next"});
        wanted = want->is_string() ? std::string(want->get_string()) : "null";
    } else if (kind == "ttl") {
        got = ttlExpired(*find(row, {"run"}), now) ? "expired" : "not";
        wanted = manifest::flag(expected, {"expired"}) ? "expired" : "not";
    } else if (kind == "worse") {
        got = isWorse(text(row, {"a"}), text(row, {"b"})) ? "worse" : "not";
        wanted = manifest::flag(expected, {"worse"}) ? "worse" : "not";
    } else if (kind == "validateMetrics") {
        manifest::Array metrics = manifest::array(row, {"metrics"});
        for (auto& metric : metrics) {
            const auto providers = manifest::integer(metric, {"providers"}).value_or(1);
            auto& provider = objectAt(metric, {"provider"});
            static constexpr std::string_view kNames[] {"prometheus", "web", "job"};
            for (std::int64_t i = 0; i < providers; ++i)
                provider[kNames[i]] = Object {};
        }
        const auto problem = validateMetrics(metrics);
        got = problem ? "invalid " + std::to_string(problem->metric) : "valid";
        wanted = manifest::flag(expected, {"valid"})
            ? "valid"
            : "invalid " + std::to_string(manifest::integer(expected, {"metric"}).value_or(0));
    }
    return got == wanted ? std::string() : got + "\n   instead of " + wanted;
}

std::string miscCase(const Value& row)
{
    const auto kind = text(row, {"kind"});
    const auto& input = *find(row, {"input"});
    const auto& expected = *find(row, {"expected"});
    const bool wantError = find(expected, {"error"}) != nullptr;
    std::string got;
    std::string wanted = wantError ? "error" : std::string(text(expected, {"text"}));
    if (kind == "safeHash") {
        got = safeHash(text(input, {"json"}), manifest::integer(input, {"collisionCount"}));
        wanted = text(expected, {"hash"});
    } else if (kind == "pauseSeconds") {
        got = std::to_string(pauseSeconds(find(input, {"duration"})));
        wanted = std::to_string(manifest::integer(expected, {"seconds"}).value_or(-99));
    } else if (kind == "substitute") {
        const auto result = substituteArgs(text(input, {"template"}), manifest::array(input, {"args"}));
        got = result ? *result : "error";
    } else if (kind == "mergeArgs") {
        const auto result = mergeArgs(manifest::array(input, {"incoming"}), manifest::array(input, {"template"}));
        got = result ? manifest::toSortedJson(Value(*result)) : "error";
        if (!wantError)
            wanted = manifest::toSortedJson(*find(expected, {"args"}));
    } else if (kind == "fieldRef") {
        const auto result = fieldRefText(*find(input, {"rollout"}), text(input, {"path"}));
        got = result ? *result : "error";
    } else {
        return "unknown kind";
    }
    return got == wanted ? std::string() : got + " instead of " + wanted;
}

} // namespace

class TestRolloutRules : public QObject
{
    Q_OBJECT

    static void check(const char* name, int lines, std::string (*one)(const Value&))
    {
        QFile file(QStringLiteral(CONFORMANCE_DIR "/rollouts/") + QLatin1String(name));
        if (!file.open(QIODevice::ReadOnly))
            QSKIP("the conformance data is not here");
        int cases = 0;
        int failures = 0;
        for (QByteArray line = file.readLine(); !line.isEmpty(); line = file.readLine()) {
            const auto row =
                manifest::parseJson(std::string_view(line.constData(), static_cast<std::size_t>(line.size()))).value();
            ++cases;
            const auto wrong = one(row);
            if (!wrong.empty()) {
                ++failures;
                qWarning("%s    %s", line.constData(), wrong.c_str());
            }
        }
        QCOMPARE(cases, lines);
        QCOMPARE(failures, 0);
    }

private slots:
    void replicas() { check("canary_replicas.jsonl", 1765, replicaCase); }
    void analysis() { check("analysis.jsonl", 730, analysisCase); }
    void misc() { check("misc.jsonl", 67, miscCase); }
};

QTEST_GUILESS_MAIN(TestRolloutRules)
#include "tst_rollout_rules.moc"
