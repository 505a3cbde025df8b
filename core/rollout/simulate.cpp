// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollout/simulate.h"

#include "core/manifest/patch.h"
#include "core/rollout/analysis.h"
#include "core/rollout/pass.h"

#include <fmt/format.h>

#include <algorithm>

namespace core::rollout {

using manifest::Array;
using manifest::find;
using manifest::Object;
using manifest::text;
using manifest::Value;

namespace {

constexpr int kMostPasses = 20'000;

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

std::map<std::string, std::int64_t> extendedResources(const Value& rollout)
{
    std::map<std::string, std::int64_t> out;
    for (const auto& container : manifest::array(rollout, {"spec", "template", "spec", "containers"}))
        for (const std::string_view section : {"requests", "limits"})
            for (const auto& [name, amount] : manifest::object(container, {"resources", section}))
                if (isExtended(name) && !(section == "limits" && find(container, {"resources", "requests", name})))
                    out[std::string(name)] += amountOf(amount);
    return out;
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

std::string describe(const Value& step)
{
    for (const auto& [key, value] : step.is_object() ? step.get_object() : Object {}) {
        if (key == "pause")
            return find(value, {"duration"}) ? fmt::format("pause: {}",
                                                           find(value, {"duration"})->is_string()
                                                               ? std::string(text(value, {"duration"}))
                                                               : manifest::toJson(*find(value, {"duration"})) + "s")
                                             : "pause until a person promotes";
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
        objectAt(rollout, {"spec"}).erase("paused");
        objectAt(rollout, {"spec"}).erase("restartAt");
        m_observed.rollout = std::move(rollout);
        for (const auto& name : serviceNames())
            m_observed.services.push_back(Object {{"apiVersion", "v1"},
                                                  {"kind", "Service"},
                                                  {"metadata", Object {{"name", name}, {"namespace", "preview"}}},
                                                  {"spec", Object {{"selector", Object {}}}}});
        m_observed.templates = options.templates;
        addMissingTemplates();
    }

    Result<Simulation> play()
    {
        m_ready = Duration {};
        if (!run(false) || text(m_observed.rollout, {"status", "phase"}) != "Healthy")
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
        if (!run(true))
            m_out.warnings.emplace_back("the update does not come to an end in 30 days");
        m_out.settled = m_now - m_start;
        judge();
        return std::move(m_out);
    }

private:
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

    /// Analyses whose templates are not at hand are played as if they took no time.
    void addMissingTemplates()
    {
        std::vector<const Value*> uses;
        for (const auto& step : canarySteps(m_observed.rollout))
            uses.push_back(find(step, {"analysis"}));
        uses.push_back(find(m_observed.rollout, {"spec", "strategy", "canary", "analysis"}));
        for (const std::string_view field : {"prePromotionAnalysis", "postPromotionAnalysis"})
            uses.push_back(find(m_observed.rollout, {"spec", "strategy", "blueGreen", field}));
        std::erase(uses, nullptr);
        for (const auto* use : uses)
            for (const auto& item : manifest::array(*use, {"templates"})) {
                const auto name = text(item, {"templateName"});
                const auto kind =
                    manifest::flag(item, {"clusterScope"}) ? "ClusterAnalysisTemplate" : "AnalysisTemplate";
                if (std::any_of(m_observed.templates.begin(), m_observed.templates.end(), [&](const Value& known) {
                        return manifest::kind(known) == kind && manifest::name(known) == name;
                    }))
                    continue;
                m_out.warnings.push_back(
                    fmt::format("{} {} is not at hand: it is played as if it took no time", kind, name));
                m_observed.templates.push_back(
                    Object {{"apiVersion", "argoproj.io/v1alpha1"},
                            {"kind", kind},
                            {"metadata", Object {{"name", name}}},
                            {"spec", Object {{"metrics", Array {Value(Object {{"name", "unknown"}})}}}}});
            }
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

    void apply(const Write& write)
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
                next = std::min(next, finish(run));
        return next;
    }
    TimePoint finish(Value& run)
    {
        if (isCompletedPhase(text(run, {"status", "phase"})))
            return TimePoint::max();
        auto& status = objectAt(run, {"status"});
        status["phase"] = "Running";
        const auto length = manifest::kind(run) == "Experiment"
            ? std::optional(parseGoDuration(text(run, {"spec", "duration"})).value_or(Duration {}) + m_options.podReady)
            : lengthOf(run);
        const auto started = parseRfc3339(text(run, {"metadata", "creationTimestamp"})).value_or(m_now);
        if (manifest::flag(run, {"spec", "terminate"}) || (length && started + *length <= m_now)) {
            objectAt(run, {"status"})["phase"] = "Successful";
            return m_now;
        }
        return length ? started + *length : TimePoint::max();
    }

    /// Until nothing moves any more. False: it does not come to an end.
    bool run(bool record)
    {
        const auto end = m_now + std::chrono::hours(24 * 30);
        for (int pass = 0; pass < kMostPasses && m_now < end; ++pass) {
            TimePoint next = follow();
            const auto plan = planRollout(m_observed, m_now);
            for (const auto& write : plan.writes) {
                apply(write);
                if (record && manifest::kind(write.object) != "AnalysisRun")
                    (void)follow();
            }
            if (record)
                note();
            if (!plan.writes.empty())
                continue;
            next = std::min(next, follow());
            if (next <= m_now)
                continue;
            if (next == TimePoint::max() && waitsForPerson() && promote())
                continue;
            if (plan.due && *plan.due > m_now && !settled())
                next = std::min(next, *plan.due);
            if (next != TimePoint::max() && !settled()) {
                m_now = next;
                continue;
            }
            return true;
        }
        return false;
    }
    /// The new version is the stable one and no other pod is left.
    [[nodiscard]] bool settled() const
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
    [[nodiscard]] bool waitsForPerson() const
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
    /// A person promotes what waits for one.
    bool promote()
    {
        auto* pauses = find(m_observed.rollout, {"status", "pauseConditions"});
        if (!pauses || !pauses->is_array() || pauses->get_array().empty())
            return false;
        manifest::erase(m_observed.rollout, {"status", "pauseConditions"});
        ++m_out.persons;
        return true;
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
            moment.what = step ? describe(*step) : "all steps done";
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
        if (!m_out.moments.empty()) {
            auto& last = m_out.moments.back();
            if (last.step == moment.step && last.what == moment.what && last.weight == moment.weight
                && last.canary == moment.canary && last.stable == moment.stable && last.available == moment.available)
                return;
            if (last.at == moment.at && last.step == moment.step && last.what == moment.what) {
                last = std::move(moment); // only what stands still for a time is shown
                return;
            }
        }
        m_out.moments.push_back(std::move(moment));
    }

    void judge()
    {
        const auto replicas = wantedReplicas(m_observed.rollout);
        for (const auto& [name, amount] : m_perPod) {
            const auto more = m_out.peak[name] - amount * replicas;
            const auto known = m_options.free.find(name);
            if (known == m_options.free.end() || more <= known->second)
                continue;
            const auto at = std::find_if(m_out.moments.begin(), m_out.moments.end(), [&](const auto& moment) {
                return moment.resources.at(name) - amount * replicas > known->second;
            });
            m_out.warnings.push_back(fmt::format(
                "the update needs up to {} {} more than now, but {} are free: {} pods will stay Pending{}", more, name,
                known->second, (more - known->second + amount - 1) / std::max<std::int64_t>(1, amount),
                at != m_out.moments.end() && at->step >= 0
                    ? fmt::format(" from step {} ({}) on", at->step + 1, at->what)
                    : std::string()));
        }
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
    if (!find(rollout, {"spec", "template"}))
        return fail(
            Error::Code::InvalidInput,
            "a Rollout with a workloadRef can be played only with the workload's pod template in spec.template");
    return Player(rollout, options).play();
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
