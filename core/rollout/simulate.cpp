// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/manifest/patch.h"
#include "core/rollout/kserve.h"
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

/// Of one pod: containers run together, those that come first one after the other.
std::map<std::string, std::int64_t> extendedResources(const Value& rollout)
{
    std::map<std::string, std::int64_t> out;
    for (const auto& container : manifest::array(rollout, {"spec", "template", "spec", "containers"}))
        addExtendedResources(out, container);
    for (const auto& container : manifest::array(rollout, {"spec", "template", "spec", "initContainers"})) {
        std::map<std::string, std::int64_t> before;
        addExtendedResources(before, container);
        for (const auto& [name, amount] : before)
            out[name] = std::max(out[name], amount);
    }
    return out;
}

class Player
{
public:
    Player(Value rollout, const SimulationOptions& options)
        : m_options(options)
        , m_perPod(extendedResources(rollout))
    {
        rollout.as_object().erase("status");
        auto& metadata = objectAt(rollout, {"metadata"});
        metadata["namespace"] = "preview";
        metadata["uid"] = "rollout";
        metadata["generation"] = 1;
        metadata["annotations"] = Object {};
        auto& spec = objectAt(rollout, {"spec"});
        for (const auto* field : {"paused", "restartAt"})
            spec.erase(field);
        if (spec.erase("workloadRef") > 0 && !spec.contains("selector")) // its template is here, as one of its own
            spec["selector"] = Object {{"matchLabels", manifest::object(spec["template"], {"metadata", "labels"})}};
        m_observed.rollout = std::move(rollout);
        for (const auto& name : serviceNames())
            m_observed.services.push_back(Object {{"apiVersion", "v1"},
                                                  {"kind", "Service"},
                                                  {"metadata", Object {{"name", name}, {"namespace", "preview"}}},
                                                  {"spec", Object {{"selector", Object {}}}}});
        m_observed.templates = options.templates;
        addMissingTemplates(m_out, m_observed.templates,
                            isCanary(m_observed.rollout)
                                ? canarySpec(m_observed.rollout)
                                : Value(manifest::object(m_observed.rollout, {"spec", "strategy", "blueGreen"})));
    }

    Result<Simulation> play()
    {
        m_ready = Duration {};
        if (!playToTheEnd(*this, m_now, false) || text(m_observed.rollout, {"status", "phase"}) != "Healthy")
            return fail(
                Error::Code::InvalidInput,
                fmt::format("the Rollout cannot be played: {}", text(m_observed.rollout, {"status", "message"})));
        m_ready = m_options.podReady;
        m_start = m_now;
        m_first = std::string(text(m_observed.rollout, {"status", "stableRS"}));
        objectAt(m_observed.rollout,
                 {"spec", "template", "metadata", "annotations"})["rollouts.pilothouse.io/preview"] = "next";
        objectAt(m_observed.rollout, {"metadata"})["generation"] = 2;
        m_out.least = available();
        note();
        m_out.moments.front().step = -1;
        m_out.moments.front().what = "before the update";
        if (!playToTheEnd(*this, m_now, true))
            m_out.warnings.emplace_back("the update does not come to an end in 30 days");
        m_out.settled = m_now - m_start;
        judge();
        return std::move(m_out);
    }

    // What playToTheEnd() asks for.
    [[nodiscard]] Plan plan() const
    {
        return planRollout(m_observed, m_now, {.resync = PlanOptions {}.resync, .withoutRouters = true});
    }
    [[nodiscard]] std::vector<std::string> serviceNames() const
    {
        std::vector<std::string> names;
        const auto& canary = canarySpec(m_observed.rollout);
        const auto* blueGreen = find(m_observed.rollout, {"spec", "strategy", "blueGreen"});
        const auto add = [&](std::string_view name) {
            if (!name.empty())
                names.emplace_back(name);
        };
        for (const std::string_view field : {"canaryService", "stableService"})
            add(text(canary, {field}));
        for (const std::string_view field : {"pingService", "pongService"})
            add(text(canary, {"pingPong", field}));
        for (const std::string_view field : {"activeService", "previewService"})
            if (blueGreen)
                add(text(*blueGreen, {field}));
        return names;
    }

    Value* target(const Value& wanted)
    {
        if (manifest::kind(wanted) == "Rollout")
            return &m_observed.rollout;
        for (auto* list : {&m_observed.replicaSets, &m_observed.analysisRuns, &m_observed.experiments,
                           &m_observed.services, &m_observed.routes})
            for (auto& object : *list)
                if (manifest::kind(object) == manifest::kind(wanted)
                    && manifest::name(object) == manifest::name(wanted))
                    return &object;
        return nullptr;
    }

    void apply(const Write& write, bool record)
    {
        auto* object = target(write.object);
        const auto kind = manifest::kind(write.object);
        if (write.verb == Write::Verb::Create && !object) {
            Value made = write.object;
            objectAt(made, {"metadata"})["uid"] = std::string(manifest::name(made));
            objectAt(made, {"metadata"})["creationTimestamp"] = formatRfc3339(m_now);
            auto& list = kind == "ReplicaSet" ? m_observed.replicaSets
                : kind == "AnalysisRun"       ? m_observed.analysisRuns
                : kind == "Experiment"        ? m_observed.experiments
                : kind == "Service"           ? m_observed.services
                                              : m_observed.routes;
            list.push_back(std::move(made));
        } else if (object && write.verb == Write::Verb::Merge) {
            manifest::mergePatch(*object, write.patch);
        } else if (object && write.verb == Write::Verb::Replace) {
            *object = write.object;
        } else if (object && write.verb == Write::Verb::Delete && kind != "Rollout") {
            for (auto* list : {&m_observed.replicaSets, &m_observed.analysisRuns, &m_observed.experiments})
                std::erase_if(*list, [&](const Value& known) { return &known == object; });
        }
        if (record && kind != "AnalysisRun") // each write is seen by itself
            (void)follow();
    }

    /// Pods, analyses and experiments follow the time; the next moment at which one of them moves.
    TimePoint follow()
    {
        TimePoint next = TimePoint::max();
        for (auto& set : m_observed.replicaSets) {
            auto& pods = m_pods[std::string(manifest::name(set))];
            const auto wanted = static_cast<std::size_t>(
                std::max<std::int64_t>(0, manifest::integer(set, {"spec", "replicas"}).value_or(0)));
            pods.resize(std::min(pods.size(), wanted));
            while (pods.size() < wanted)
                pods.push_back(m_now + m_ready);
            std::int64_t ready = 0;
            for (const auto at : pods) {
                ready += at <= m_now ? 1 : 0;
                if (at > m_now)
                    next = std::min(next, at);
            }
            set.as_object()["status"] = Object {{"replicas", static_cast<std::int64_t>(wanted)},
                                                {"readyReplicas", ready},
                                                {"availableReplicas", ready}};
        }
        for (auto* list : {&m_observed.analysisRuns, &m_observed.experiments})
            for (auto& run : *list)
                next = std::min(next, finishRun(run, m_now, m_options.podReady));
        return next;
    }
    /// The new version is the stable one and no other pod is left.
    [[nodiscard]] bool isSettled() const
    {
        if (text(m_observed.rollout, {"status", "phase"}) != "Healthy")
            return false;
        const auto stable = text(m_observed.rollout, {"status", "stableRS"});
        return std::all_of(m_observed.replicaSets.begin(), m_observed.replicaSets.end(), [&](const Value& set) {
            return manifest::label(set, kHashLabel) == stable
                || manifest::integer(set, {"spec", "replicas"}).value_or(0) == 0;
        });
    }
    /// A pause that no clock ends.
    [[nodiscard]] bool waitsForPerson(bool) const
    {
        if (manifest::array(m_observed.rollout, {"status", "pauseConditions"}).empty())
            return false;
        const auto* step = currentStep(m_observed.rollout);
        if (const auto* pause = step ? find(*step, {"pause"}) : nullptr)
            return !find(*pause, {"duration"});
        return manifest::integer(m_observed.rollout, {"spec", "strategy", "blueGreen", "autoPromotionSeconds"})
                   .value_or(0)
            <= 0;
    }
    void promote()
    {
        manifest::erase(m_observed.rollout, {"status", "pauseConditions"});
        ++m_out.persons;
    }

    [[nodiscard]] std::int64_t available() const
    {
        std::int64_t sum = 0;
        for (const auto& set : m_observed.replicaSets)
            sum += manifest::integer(set, {"status", "availableReplicas"}).value_or(0);
        return sum;
    }

    void note()
    {
        SimulationMoment moment;
        moment.at = m_now - m_start;
        const auto& rollout = m_observed.rollout;
        if (const auto index = currentStepIndex(rollout)) {
            const auto* step = currentStep(rollout);
            moment.step = step ? static_cast<std::int64_t>(*index) : -1;
            moment.what = step ? describeStep(*step) : "all steps done";
        }
        for (const auto& set : m_observed.replicaSets)
            (manifest::label(set, kHashLabel) == m_first ? moment.stable : moment.canary) +=
                manifest::integer(set, {"spec", "replicas"}).value_or(0);
        moment.available = available();
        const auto total = moment.canary + moment.stable;
        const bool promoted = !m_first.empty() && text(rollout, {"status", "stableRS"}) != m_first;
        if (promoted)
            moment.weight = 100;
        else if (!isCanary(rollout))
            moment.weight = text(rollout, {"status", "blueGreen", "activeSelector"}) == m_first ? 0 : 100;
        else if (hasTrafficRouting(rollout))
            moment.weight = manifest::integer(rollout, {"status", "canary", "weights", "canary", "weight"}).value_or(0);
        else
            moment.weight = total > 0 ? moment.canary * 100 / total : 0;
        for (const auto& [name, amount] : m_perPod)
            moment.resources[name] = amount * total;
        if (promoted && m_out.length == Duration {})
            m_out.length = moment.at;
        if (promoted)
            moment.what = moment.stable > 0 ? "promoted; the old version is kept for a while" : "done";
        m_out.least = std::min(m_out.least, moment.available);
        m_out.most = std::max(m_out.most, total);
        for (const auto& [name, amount] : moment.resources)
            m_out.peak[name] = std::max(m_out.peak[name], amount);
        addMoment(m_out, std::move(moment));
    }

private:
    void judge()
    {
        const auto replicas = wantedReplicas(m_observed.rollout);
        warnOfResources(m_out, m_perPod, replicas, m_options.free);
        if (m_out.least < replicas - surgeLimits(m_observed.rollout).maxUnavailable)
            m_out.warnings.push_back(
                fmt::format("only {} of {} pods are available at the lowest point", m_out.least, replicas));
    }

    const SimulationOptions& m_options;
    std::map<std::string, std::int64_t> m_perPod;
    Observed m_observed {};
    TimePoint m_now = parseRfc3339("2026-01-01T00:00:00Z").value_or(TimePoint {});
    TimePoint m_start = m_now;
    Duration m_ready {};
    std::string m_first; ///< hash of the version that is there now
    std::map<std::string, std::vector<TimePoint>> m_pods; ///< by ReplicaSet: when each becomes available
    Simulation m_out;
};

} // namespace

Result<Simulation> simulate(const Value& rollout, const SimulationOptions& options)
{
    if (isKServeCanary(rollout))
        return simulateKServe(rollout, options);
    if (!find(rollout, {"spec", "template"}))
        return fail(
            Error::Code::InvalidInput,
            "a Rollout with a workloadRef can be played only with the workload's pod template in spec.template");
    return Player(rollout, options).play();
}

} // namespace core::rollout
