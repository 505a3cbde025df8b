// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifest/patch.h"
#include "core/rollout/json.h"
#include "core/rollout/kserve.h"
#include "core/rollout/simulate_p.h"

#include <algorithm>

namespace core::rollout {

using manifest::Array;
using manifest::find;
using manifest::Object;
using manifest::text;
using manifest::Value;

namespace {

/// Of one pod of the predictor: a model of a framework, or containers of the user's own.
std::map<std::string, std::int64_t> predictorResources(const Value& service)
{
    std::map<std::string, std::int64_t> out;
    for (const auto& [name, part] : manifest::object(service, {"spec", "predictor"})) {
        if (part.is_object())
            addExtendedResources(out, part); // model, sklearn, triton ...
        if (name == "containers" && part.is_array())
            for (const auto& container : part.get_array())
                addExtendedResources(out, container);
    }
    return out;
}

/// An update of an InferenceService in virtual time: KServe's part is played by the time that a revision takes to
/// become ready.
class KServePlayer
{
public:
    KServePlayer(const Value& service, const SimulationOptions& options)
        : m_options(options)
        , m_perPod(predictorResources(service))
        , m_pods(
              std::max<std::int64_t>(1, manifest::integer(service, {"spec", "predictor", "minReplicas"}).value_or(1)))
    {
        m_observed.service = service;
        m_observed.templates = options.templates;
        auto& object = m_observed.service.as_object();
        object.erase("status");
        manifest::erase(m_observed.service, {"spec", "predictor", "canaryTrafficPercent"});
        auto& metadata = objectAt(m_observed.service, {"metadata"});
        metadata["uid"] = "service";
        metadata["namespace"] = "preview";
        for (const auto key : {kKServeStatus, kKServeAction})
            manifest::erase(m_observed.service, {"metadata", "annotations", key});
        if (const auto config = manifest::parseJson(manifest::annotation(service, kKServeCanary)))
            addMissingTemplates(m_out, m_observed.templates, *config);
    }

    Result<Simulation> play()
    {
        (void)playToTheEnd(*this, m_now, false);
        const auto before = kserveStatus(m_observed.service);
        if (text(before, {"phase"}) != "Healthy")
            return fail(Error::Code::InvalidInput,
                        "the InferenceService cannot be played: " + std::string(text(before, {"message"})));
        m_first = text(before, {"stableHash"});
        m_out.least = m_out.most = m_pods;
        note();
        m_out.moments.front().step = -1;
        m_out.moments.front().what = "before the update";
        objectAt(m_observed.service, {"spec", "predictor", "annotations"})["rollouts.pilothouse.io/preview"] = "next";
        m_readyAt = m_now + m_options.podReady;
        if (!playToTheEnd(*this, m_now, true))
            m_out.warnings.emplace_back("the update does not come to an end in 30 days");
        m_out.settled = m_now - m_start;
        warnOfResources(m_out, m_perPod, m_pods, m_options.free);
        return std::move(m_out);
    }

    // What playToTheEnd() asks for.
    [[nodiscard]] Plan plan() const { return planKServe(m_observed, m_now); }
    /// KServe and the analyses follow the time; when one of them moves next.
    TimePoint follow()
    {
        const bool ready = m_now >= m_readyAt;
        m_observed.service.as_object()["status"] =
            Object {{"conditions", Array {Value(Object {{"type", "Ready"}, {"status", ready ? "True" : "False"}})}}};
        auto next = ready ? TimePoint::max() : m_readyAt;
        for (auto& run : m_observed.analysisRuns)
            next = std::min(next, finishRun(run, m_now, m_options.podReady));
        return next;
    }

    void apply(const Write& write, bool)
    {
        if (write.verb == Write::Verb::Create) {
            auto made = write.object;
            objectAt(made, {"metadata"})["creationTimestamp"] = formatRfc3339(m_now);
            m_observed.analysisRuns.push_back(std::move(made));
            return;
        }
        if (manifest::kind(write.object) == "InferenceService")
            manifest::mergePatch(m_observed.service, write.patch);
        for (auto& run : m_observed.analysisRuns)
            if (manifest::kind(write.object) == "AnalysisRun" && manifest::name(run) == manifest::name(write.object))
                manifest::mergePatch(run, write.patch);
    }

    [[nodiscard]] bool isSettled() const
    {
        const auto known = kserveStatus(m_observed.service);
        return text(known, {"phase"}) == "Healthy" && text(known, {"stableHash"}) == text(known, {"currentHash"});
    }

    /// A pause that no clock ends.
    [[nodiscard]] bool waitsForPerson(bool due) const
    {
        return !due && text(kserveStatus(m_observed.service), {"phase"}) == "Paused";
    }
    void promote()
    {
        manifest::setAnnotation(m_observed.service, kKServeAction, "promote");
        ++m_out.persons;
    }

    void note()
    {
        const auto known = kserveStatus(m_observed.service);
        const auto config = manifest::parseJson(manifest::annotation(m_observed.service, kKServeCanary)).value();
        const auto& steps = manifest::array(config, {"steps"});
        const auto index = static_cast<std::size_t>(
            std::max<std::int64_t>(0, manifest::integer(known, {"currentStepIndex"}).value_or(0)));
        const bool promoted = !m_first.empty() && text(known, {"stableHash"}) != m_first;
        const bool updating = text(known, {"currentHash"}) != text(known, {"stableHash"});
        SimulationMoment moment;
        moment.at = m_now - m_start;
        moment.step = updating && index < steps.size() ? static_cast<std::int64_t>(index) : -1;
        moment.what = moment.step >= 0 ? describeStep(steps[index]) : promoted ? "done" : "all steps done";
        moment.weight = promoted
            ? 100
            : manifest::integer(m_observed.service, {"spec", "predictor", "canaryTrafficPercent"}).value_or(0);
        moment.canary = promoted || updating ? m_pods : 0;
        moment.stable = promoted ? 0 : m_pods;
        moment.available = moment.stable + (m_now >= m_readyAt ? moment.canary : 0);
        for (const auto& [name, amount] : m_perPod)
            moment.resources[name] = amount * (moment.canary + moment.stable);
        if (promoted && m_out.length == Duration {})
            m_out.length = moment.at;
        m_out.least = std::min(m_out.least, moment.available);
        m_out.most = std::max(m_out.most, moment.canary + moment.stable);
        for (const auto& [name, amount] : moment.resources)
            m_out.peak[name] = std::max(m_out.peak[name], amount);
        addMoment(m_out, std::move(moment));
    }

private:
    const SimulationOptions& m_options;
    std::map<std::string, std::int64_t> m_perPod;
    std::int64_t m_pods;
    KServeObserved m_observed {};
    TimePoint m_now = parseRfc3339("2026-01-01T00:00:00Z").value_or(TimePoint {});
    TimePoint m_start = m_now;
    TimePoint m_readyAt = m_now;
    std::string m_first; ///< hash of the version that is there now
    Simulation m_out;
};

} // namespace

Result<Simulation> simulateKServe(const Value& service, const SimulationOptions& options)
{
    return KServePlayer(service, options).play();
}

} // namespace core::rollout
