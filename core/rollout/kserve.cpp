// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollout/kserve.h"

#include "core/rollout/analysis.h"
#include "core/rollout/hash.h"
#include "core/rollout/json.h"
#include "core/rollout/replicas.h"

#include <fmt/format.h>

#include <set>

namespace core::rollout {

using manifest::Array;
using manifest::find;
using manifest::Object;
using manifest::text;
using manifest::Value;

namespace {

std::string predictorHash(const Value& service)
{
    Value predictor = manifest::object(service, {"spec", "predictor"});
    for (const std::string_view field : {"canaryTrafficPercent", "minReplicas", "maxReplicas"})
        manifest::erase(predictor, {field});
    return safeHash(manifest::toSortedJson(predictor));
}

/// One pass over one InferenceService.
class KServePass
{
public:
    KServePass(const KServeObserved& observed, TimePoint now)
        : m_in(observed)
        , m_now(now)
        , m_status(kserveStatus(observed.service))
    {
    }

    Plan run()
    {
        auto config = manifest::parseJson(manifest::annotation(m_in.service, kKServeCanary), "annotation");
        if (!config || !config->is_object() || manifest::array(*config, {"steps"}).empty()) {
            set("phase", "Degraded");
            set("message",
                "InvalidSpec: the annotation rollouts.pilothouse.io/canary does not hold {\"steps\": [...]}");
            write({}, false);
            return std::move(m_plan);
        }
        m_config = std::move(*config);
        for (const auto& step : steps())
            if (!find(step, {"setWeight"}) && !find(step, {"pause"}) && !find(step, {"analysis"})) {
                set("phase", "Degraded");
                set("message", "InvalidSpec: an InferenceService knows the steps setWeight, pause and analysis");
                write({}, false);
                return std::move(m_plan);
            }
        const std::string hash = predictorHash(m_in.service);
        const std::string stable(text(m_status, {"stableHash"}));
        if (stable.empty())
            return firstSight(hash);
        if (text(m_status, {"currentHash"}) != hash)
            return newVersion(hash, stable);
        if (hash == stable)
            return steady();
        return step(hash);
    }

private:
    [[nodiscard]] const Array& steps() const { return manifest::array(m_config, {"steps"}); }
    template<class T>
    void set(std::string_view field, T value)
    {
        m_status.get_object()[field] = std::move(value);
    }
    void drop(std::string_view field) { manifest::erase(m_status, {field}); }
    [[nodiscard]] std::optional<std::int64_t> percent() const
    {
        return manifest::integer(m_in.service, {"spec", "predictor", "canaryTrafficPercent"});
    }
    /// The newest revision is ready and known to the controller of KServe.
    [[nodiscard]] bool ready() const
    {
        const auto created = text(m_in.service, {"status", "components", "predictor", "latestCreatedRevision"});
        if (!created.empty()
            && created != text(m_in.service, {"status", "components", "predictor", "latestReadyRevision"}))
            return false;
        const auto observed = manifest::integer(m_in.service, {"status", "observedGeneration"});
        if (observed && *observed != manifest::integer(m_in.service, {"metadata", "generation"}).value_or(*observed))
            return false;
        for (const auto& condition : manifest::array(m_in.service, {"status", "conditions"}))
            if (text(condition, {"type"}) == "PredictorReady" || text(condition, {"type"}) == "Ready")
                if (text(condition, {"status"}) != "True")
                    return false;
        return !manifest::array(m_in.service, {"status", "conditions"}).empty();
    }

    /// One write of annotations and traffic together; none where nothing differs. `traffic`: nullopt leaves it.
    void write(std::optional<std::optional<std::int64_t>> traffic, bool actionDone)
    {
        Object annotations;
        const auto json = manifest::toSortedJson(m_status);
        if (json != manifest::annotation(m_in.service, kKServeStatus))
            annotations[kKServeStatus] = json;
        if (actionDone && !manifest::annotation(m_in.service, kKServeAction).empty())
            annotations[kKServeAction] = nullptr;
        Object patch;
        if (!annotations.empty())
            patch["metadata"] = Object {{"annotations", std::move(annotations)}};
        if (traffic && *traffic != percent())
            patch["spec"] = Object {
                {"predictor",
                 Object {{"canaryTrafficPercent", *traffic ? Value(std::int64_t {**traffic}) : Value(nullptr)}}}};
        if (!patch.empty())
            m_plan.writes.push_back({Write::Verb::Merge, reference(m_in.service), Value(std::move(patch))});
    }
    static Value reference(const Value& object)
    {
        return Object {
            {"apiVersion", manifest::apiVersion(object)},
            {"kind", manifest::kind(object)},
            {"metadata", Object {{"name", manifest::name(object)}, {"namespace", manifest::nameSpace(object)}}}};
    }
    void event(bool warning, std::string reason, std::string message)
    {
        m_plan.events.push_back({warning, std::move(reason), std::move(message)});
    }
    void lookAgain(TimePoint at)
    {
        if (!m_plan.due || at < *m_plan.due)
            m_plan.due = at;
    }

    Plan firstSight(const std::string& hash)
    {
        set("stableHash", hash);
        set("currentHash", hash);
        set("currentStepIndex", static_cast<std::int64_t>(steps().size()));
        set("phase", ready() ? "Healthy" : "Progressing");
        write({}, true);
        return std::move(m_plan);
    }

    Plan newVersion(const std::string& hash, const std::string& stable)
    {
        for (const std::string_view field : {"abort", "pausedAt", "run", "backgroundRun", "message"})
            drop(field);
        terminateRuns();
        set("currentHash", hash);
        if (hash == stable) {
            set("currentStepIndex", static_cast<std::int64_t>(steps().size()));
            set("phase", "Healthy");
            event(false, "SkipSteps", "Rollback to stable");
            write(std::optional<std::int64_t> {}, true);
            return std::move(m_plan);
        }
        set("currentStepIndex", 0);
        set("attempt", manifest::integer(m_status, {"attempt"}).value_or(0) + 1);
        set("phase", "Progressing");
        event(false, "RolloutUpdated", fmt::format("New version {} of the predictor", hash));
        write(std::optional<std::int64_t> {0}, true); // no traffic before a step asks for it
        return std::move(m_plan);
    }

    Plan steady()
    {
        terminateRuns();
        set("phase", ready() ? "Healthy" : "Progressing");
        write({}, true);
        return std::move(m_plan);
    }

    Plan step(const std::string& hash)
    {
        const std::string action(manifest::annotation(m_in.service, kKServeAction));
        auto index = static_cast<std::size_t>(
            std::max<std::int64_t>(0, manifest::integer(m_status, {"currentStepIndex"}).value_or(0)));
        const bool aborted = manifest::flag(m_status, {"abort"});
        if (action == "abort" && !aborted)
            return abort("");
        if (action == "retry" && aborted) {
            for (const std::string_view field : {"abort", "message", "run", "backgroundRun", "pausedAt"})
                drop(field);
            set("currentStepIndex", 0);
            set("attempt", manifest::integer(m_status, {"attempt"}).value_or(0) + 1);
            set("phase", "Progressing");
            write(std::optional<std::int64_t> {0}, true);
            return std::move(m_plan);
        }
        if (aborted) {
            write(std::optional<std::int64_t> {0}, false);
            return std::move(m_plan);
        }
        if (action == "promote-full" || index >= steps().size())
            return promote(hash, action == "promote-full" ? "Full promotion requested" : "Completed all canary steps");
        if (const auto* background = find(m_config, {"analysis"}))
            if (const auto failed = follow(*background, "backgroundRun", "", "Background", hash))
                return abort("Background analysis phase error/failed: " + *failed);
        const auto& current = steps()[index];
        bool done = action == "promote";
        std::optional<std::optional<std::int64_t>> traffic;
        if (const auto weight = manifest::integer(current, {"setWeight"})) {
            set("phase", "Progressing");
            if (!ready()) {
                set("message", "the new revision is still becoming ready");
                done = false;
            } else {
                traffic = std::optional<std::int64_t>(*weight);
                set("message", fmt::format("{} % of the traffic goes to the new version", *weight));
                done = percent() == *weight;
            }
        } else if (const auto* pause = find(current, {"pause"})) {
            const auto seconds = pauseSeconds(find(*pause, {"duration"}));
            const auto since = parseRfc3339(text(m_status, {"pausedAt"}));
            if (!since)
                set("pausedAt", boost::json::string(formatRfc3339(m_now)));
            if (find(*pause, {"duration"})) {
                const auto until = since.value_or(m_now) + std::chrono::seconds(seconds);
                done = done || (since && m_now > until);
                lookAgain(until + std::chrono::seconds(1));
            }
            set("phase", "Paused");
            set("message", "CanaryPauseStep");
        } else if (const auto* analysis = find(current, {"analysis"})) {
            set("phase", "Progressing");
            set("message", "waiting for analysis to complete");
            if (const auto failed = follow(*analysis, "run", fmt::format("-{}", index), "Step", hash))
                return abort("Step-based analysis phase error/failed: " + *failed);
            const auto phase = text(m_status, {"run", "status"});
            if (phase == "Inconclusive") {
                set("phase", "Paused");
                set("message", "InconclusiveAnalysisRun");
            }
            done = done || phase == "Successful";
        }
        if (done) {
            event(false, "RolloutStepCompleted", fmt::format("Step {}/{} completed", index + 1, steps().size()));
            set("currentStepIndex", static_cast<std::int64_t>(++index));
            drop("pausedAt");
            drop("run");
            set("phase", "Progressing");
            drop("message");
        }
        write(traffic, action == "promote");
        return std::move(m_plan);
    }

    Plan promote(const std::string& hash, std::string_view reason)
    {
        if (!ready()) {
            set("phase", "Progressing");
            set("message", "the new revision is still becoming ready");
            write({}, false);
            return std::move(m_plan);
        }
        terminateRuns();
        for (const std::string_view field : {"pausedAt", "run", "backgroundRun", "message"})
            drop(field);
        set("stableHash", hash);
        set("currentStepIndex", static_cast<std::int64_t>(steps().size()));
        set("phase", "Healthy");
        event(false, "RolloutCompleted", fmt::format("InferenceService completed update to {}: {}", hash, reason));
        write(std::optional<std::int64_t> {}, true);
        return std::move(m_plan);
    }

    Plan abort(const std::string& cause)
    {
        terminateRuns();
        set("abort", true);
        set("currentStepIndex", 0);
        drop("pausedAt");
        set("phase", "Degraded");
        const std::string message = "Rollout aborted update" + (cause.empty() ? std::string() : ": " + cause);
        set("message", "RolloutAborted: " + message);
        event(true, "RolloutAborted", message);
        write(std::optional<std::int64_t> {0}, true);
        return std::move(m_plan);
    }

    void terminateRuns()
    {
        for (const auto& run : m_in.analysisRuns)
            if (!isCompletedPhase(text(run, {"status", "phase"})) && !manifest::flag(run, {"spec", "terminate"}))
                m_plan.writes.push_back(
                    {Write::Verb::Merge, reference(run), Object {{"spec", Object {{"terminate", true}}}}});
    }

    /// Makes or follows a run. The message where it failed.
    std::optional<std::string> follow(const Value& analysis, std::string_view field, const std::string& suffix,
                                      std::string_view type, const std::string& hash)
    {
        const std::string name = fmt::format("{}-{}-{}{}", manifest::name(m_in.service), hash,
                                             manifest::integer(m_status, {"attempt"}).value_or(1), suffix);
        for (const auto& run : m_in.analysisRuns) {
            if (manifest::name(run) != name)
                continue;
            const std::string phase(text(run, {"status", "phase"}));
            set(field, Object {{"name", name}, {"status", phase.empty() ? "Running" : phase}});
            if (phase == "Failed" || phase == "Error")
                return std::string(text(run, {"status", "message"}));
            return {};
        }
        auto spec = analysisSpec(analysis, m_in.templates, m_in.service, text(m_status, {"stableHash"}), hash);
        if (!spec)
            return spec.error().message;
        m_plan.writes.push_back(
            {Write::Verb::Create,
             Object {{"apiVersion", "argoproj.io/v1alpha1"},
                     {"kind", "AnalysisRun"},
                     {"metadata",
                      Object {{"name", name},
                              {"namespace", manifest::nameSpace(m_in.service)},
                              {"labels", Object {{"rollout-type", type}, {"rollouts-pod-template-hash", hash}}},
                              {"ownerReferences",
                               Array {Value(Object {{"apiVersion", manifest::apiVersion(m_in.service)},
                                                    {"kind", manifest::kind(m_in.service)},
                                                    {"name", manifest::name(m_in.service)},
                                                    {"uid", manifest::uid(m_in.service)},
                                                    {"controller", true},
                                                    {"blockOwnerDeletion", true}})}}}},
                     {"spec", *spec}}});
        set(field, Object {{"name", name}, {"status", "Running"}});
        return {};
    }

    const KServeObserved& m_in;
    TimePoint m_now;
    Value m_status;
    Value m_config;
    Plan m_plan;
};

} // namespace

bool isKServeCanary(const Value& service)
{
    return manifest::kind(service) == "InferenceService" && !manifest::annotation(service, kKServeCanary).empty();
}

bool samePredictor(const Value& one, const Value& other)
{
    return predictorHash(one) == predictorHash(other);
}

Value kserveStatus(const Value& service)
{
    auto parsed = manifest::parseJson(manifest::annotation(service, kKServeStatus));
    return parsed && parsed->is_object() ? std::move(*parsed) : Value(Object {});
}

Value kserveAsRollout(const Value& service)
{
    const auto known = kserveStatus(service);
    Object status {{"phase", text(known, {"phase"})},
                   {"message", text(known, {"message"})},
                   {"currentStepIndex", manifest::integer(known, {"currentStepIndex"}).value_or(0)},
                   {"currentPodHash", text(known, {"currentHash"})},
                   {"stableRS", text(known, {"stableHash"})},
                   {"abort", manifest::flag(known, {"abort"})}};
    const auto percent = manifest::integer(service, {"spec", "predictor", "canaryTrafficPercent"});
    status["canary"] = Object {{"weights", Object {{"canary", Object {{"weight", percent.value_or(0)}}}}}};
    if (const auto since = text(known, {"pausedAt"}); !since.empty())
        status["pauseConditions"] = Array {Value(Object {{"reason", "CanaryPauseStep"}, {"startTime", since}})};
    if (const auto run = text(known, {"run", "name"}); !run.empty())
        status["canary"].as_object()["currentStepAnalysisRunStatus"] = Object {{"name", run}};
    for (const auto& condition : manifest::array(service, {"status", "conditions"}))
        if (text(condition, {"type"}) == "Ready" && text(condition, {"status"}) == "True")
            status["readyReplicas"] = status["availableReplicas"] = 1;
    auto config = manifest::parseJson(manifest::annotation(service, kKServeCanary));
    Value out = Object {{"apiVersion", manifest::apiVersion(service)},
                        {"kind", manifest::kind(service)},
                        {"metadata", manifest::object(service, {"metadata"})},
                        {"spec", Object {{"strategy", Object {{"canary", config ? std::move(*config) : Value {}}}}}},
                        {"status", std::move(status)}};
    return out;
}

Plan planKServe(const KServeObserved& observed, TimePoint now)
{
    if (!isKServeCanary(observed.service) || find(observed.service, {"metadata", "deletionTimestamp"}))
        return {};
    return KServePass(observed, now).run();
}

} // namespace core::rollout
