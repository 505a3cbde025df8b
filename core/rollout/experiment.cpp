// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollout/experiment.h"

#include "core/manifest/patch.h"
#include "core/rollout/analysis.h"
#include "core/rollout/hash.h"
#include "core/rollout/json.h"
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

constexpr std::string_view kNameAnnotation = "experiment.argoproj.io/name";
constexpr std::string_view kTemplateAnnotation = "experiment.argoproj.io/template-name";

bool isCompletedTemplate(std::string_view status)
{
    return status == "Successful" || status == "Failed" || status == "Error";
}

/// The entry of a list that has a name, made where there is none.
Value& entryOf(Array& list, std::string_view name)
{
    for (auto& entry : list)
        if (text(entry, {"name"}) == name)
            return entry;
    return list.emplace_back(Object {{"name", name}});
}

class ExperimentPass
{
public:
    ExperimentPass(const ExperimentObserved& observed, TimePoint now)
        : m_in(observed)
        , m_now(now)
        , m_status(manifest::object(observed.experiment, {"status"}))
        , m_finished(isCompletedPhase(text(observed.experiment, {"status", "phase"})))
        , m_terminating(isTerminating())
    {
    }

    Plan run()
    {
        if (find(m_in.experiment, {"metadata", "deletionTimestamp"}))
            return std::move(m_plan);
        for (const auto& entry : manifest::array(m_in.experiment, {"spec", "templates"}))
            reconcileTemplate(entry);
        for (const auto& analysis : manifest::array(m_in.experiment, {"spec", "analyses"}))
            reconcileAnalysis(analysis);
        decide();
        const auto* old = find(m_in.experiment, {"status"});
        const auto patch = manifest::createMergePatch(old && old->is_object() ? *old : Value(Object {}), m_status);
        if (patch.is_object() && !patch.get_object().empty())
            m_plan.writes.push_back({Write::Verb::Merge, reference(m_in.experiment), Object {{"status", patch}}, {}});
        return std::move(m_plan);
    }

private:
    [[nodiscard]] bool isTerminating() const
    {
        if (manifest::flag(m_in.experiment, {"spec", "terminate"}) || m_finished)
            return true;
        for (const auto& entry : manifest::array(m_in.experiment, {"status", "templateStatuses"}))
            if (const auto status = text(entry, {"status"}); status == "Failed" || status == "Error")
                return true;
        for (const auto& entry : manifest::array(m_in.experiment, {"status", "analysisRuns"}))
            if (const auto phase = text(entry, {"phase"}); isCompletedPhase(phase) && phase != "Successful")
                return true;
        return false;
    }

    [[nodiscard]] Value reference(const Value& object) const
    {
        return Object {
            {"apiVersion", manifest::apiVersion(object)},
            {"kind", manifest::kind(object)},
            {"metadata", Object {{"name", manifest::name(object)}, {"namespace", manifest::nameSpace(object)}}}};
    }
    [[nodiscard]] Object ownedMetadata(std::string_view name) const
    {
        return Object {{"name", name},
                       {"namespace", manifest::nameSpace(m_in.experiment)},
                       {"ownerReferences",
                        Array {Value(Object {{"apiVersion", "argoproj.io/v1alpha1"},
                                             {"kind", "Experiment"},
                                             {"name", manifest::name(m_in.experiment)},
                                             {"uid", manifest::uid(m_in.experiment)},
                                             {"controller", true},
                                             {"blockOwnerDeletion", true}})}}};
    }
    void lookAgain(TimePoint at)
    {
        if (!m_plan.due || at < *m_plan.due)
            m_plan.due = at;
    }
    void event(bool warning, std::string reason, std::string message)
    {
        m_plan.events.push_back({warning, std::move(reason), std::move(message)});
    }
    static const Value* ofTemplate(const std::vector<Value>& objects, std::string_view name)
    {
        for (const auto& object : objects)
            if (manifest::annotation(object, kTemplateAnnotation) == name)
                return &object;
        return nullptr;
    }
    /// When the duration is over; nullopt: it has none, or has not begun.
    [[nodiscard]] std::optional<TimePoint> end() const
    {
        const auto available = parseRfc3339(text(m_status, {"availableAt"}));
        const auto duration = parseGoDuration(text(m_in.experiment, {"spec", "duration"}));
        if (!available || !duration)
            return {};
        return *available + *duration;
    }

    void createSet(const Value& entry, const std::string& name)
    {
        Value podTemplate = find(entry, {"template"}) ? *find(entry, {"template"}) : Value(Object {});
        // The same pod template also runs in the Rollout's own ReplicaSet, whose hash must stay apart.
        const auto hash =
            safeHash(fmt::format("{}/{}/{}", manifest::name(m_in.experiment), name, templateHash(podTemplate, {})));
        objectAt(podTemplate, {"metadata", "labels"})[kHashLabel] = hash;
        Value selector = find(entry, {"selector"}) ? *find(entry, {"selector"}) : Value(Object {});
        objectAt(selector, {"matchLabels"})[kHashLabel] = hash;
        auto metadata = ownedMetadata(fmt::format("{}-{}", manifest::name(m_in.experiment), name));
        metadata["labels"] = Object {{kHashLabel, hash}};
        metadata["annotations"] = Object {
            {kNameAnnotation, manifest::name(m_in.experiment)}, {kTemplateAnnotation, name}, {kDesiredReplicas, "0"}};
        Object spec {{"replicas", 0}, {"selector", std::move(selector)}, {"template", std::move(podTemplate)}};
        if (const auto seconds = manifest::integer(entry, {"minReadySeconds"}))
            spec["minReadySeconds"] = *seconds;
        m_plan.writes.push_back({Write::Verb::Create,
                                 Object {{"apiVersion", "apps/v1"},
                                         {"kind", "ReplicaSet"},
                                         {"metadata", std::move(metadata)},
                                         {"spec", std::move(spec)}},
                                 {},
                                 {}});
    }

    void createService(const Value& entry, const Value& set, Object& status)
    {
        if (ofTemplate(m_in.services, text(entry, {"name"})))
            return;
        Array ports;
        for (const auto& container : manifest::array(set, {"spec", "template", "spec", "containers"}))
            for (const auto& port : manifest::array(container, {"ports"})) {
                const auto number = manifest::integer(port, {"containerPort"}).value_or(0);
                Object made {{"port", number}, {"targetPort", number}};
                for (const std::string_view field : {"name", "protocol"})
                    if (const auto value = text(port, {field}); !value.empty())
                        made[field] = value;
                ports.push_back(std::move(made));
            }
        if (ports.empty())
            return;
        std::string name(text(entry, {"service", "name"}));
        if (name.empty())
            name = manifest::name(set);
        auto metadata = ownedMetadata(name);
        metadata["annotations"] =
            Object {{kNameAnnotation, manifest::name(m_in.experiment)}, {kTemplateAnnotation, text(entry, {"name"})}};
        const auto hash = manifest::label(set, kHashLabel);
        m_plan.writes.push_back(
            {Write::Verb::Create,
             Object {{"apiVersion", "v1"},
                     {"kind", "Service"},
                     {"metadata", std::move(metadata)},
                     {"spec", Object {{"selector", Object {{kHashLabel, hash}}}, {"ports", std::move(ports)}}}},
             {},
             {}});
        status["serviceName"] = name;
        status["podTemplateHash"] = hash;
    }

    /// The count that a set which is to go keeps until its deadline; sets the deadline where there is none yet.
    std::int64_t countBeforeDeadline(const Value& set, std::int64_t replicas)
    {
        const auto delay = manifest::integer(m_in.experiment, {"spec", "scaleDownDelaySeconds"}).value_or(30);
        if (delay <= 0)
            return 0;
        auto deadline = parseRfc3339(manifest::annotation(set, kDeadline));
        if (!deadline) {
            deadline = m_now + std::chrono::seconds(delay);
            m_plan.writes.push_back(
                {Write::Verb::Merge,
                 reference(set),
                 Object {{"metadata", Object {{"annotations", Object {{kDeadline, formatRfc3339(*deadline)}}}}}},
                 {}});
        }
        if (*deadline <= m_now)
            return 0;
        lookAgain(*deadline);
        return replicas;
    }

    void reconcileTemplate(const Value& entry)
    {
        const std::string name(text(entry, {"name"}));
        const auto replicas = manifest::integer(entry, {"replicas"}).value_or(1);
        const std::int64_t desired = m_finished ? 0 : replicas;
        auto& status = entryOf(arrayAt(m_status, {"templateStatuses"}), name).as_object();
        const std::string before(text(Value(status), {"status"}));
        const auto* set = ofTemplate(m_in.replicaSets, name);
        std::int64_t available = 0;
        bool moved = false;
        if (!set && !m_terminating) {
            createSet(entry, name);
            moved = true;
        } else if (set) {
            const auto count = manifest::integer(*set, {"spec", "replicas"}).value_or(0);
            available = manifest::integer(*set, {"status", "availableReplicas"}).value_or(0);
            if (desired != 0 && find(entry, {"service"}))
                createService(entry, *set, status);
            const auto wanted = desired == 0 && count != 0 ? countBeforeDeadline(*set, replicas) : desired;
            if (wanted != count) {
                m_plan.writes.push_back(
                    {Write::Verb::Merge,
                     reference(*set),
                     Object {
                         {"metadata", Object {{"annotations", Object {{kDesiredReplicas, std::to_string(wanted)}}}}},
                         {"spec", Object {{"replicas", wanted}}}},
                     {}});
                moved = true;
            }
            const auto* service = ofTemplate(m_in.services, name);
            if (wanted == 0 && available == 0 && service) {
                m_plan.writes.push_back({Write::Verb::Delete, reference(*service), {}, {}});
                status.erase("serviceName");
                status.erase("podTemplateHash");
            }
        }
        moved = countPods(status, set) || moved;
        if (moved)
            status["lastTransitionTime"] = formatRfc3339(m_now);
        assessTemplate(status, name, desired == available);
        const std::string after(text(Value(status), {"status"}));
        if (before != after)
            event(after == "Failed" || after == "Error", "Template" + after,
                  fmt::format("Template '{}' transitioned from {} -> {}", name, before, after));
    }

    /// True: a count has changed.
    static bool countPods(Object& status, const Value* set)
    {
        bool moved = false;
        static constexpr std::string_view kFields[][2] {{"replicas", "replicas"},
                                                        {"updatedReplicas", "replicas"},
                                                        {"readyReplicas", "readyReplicas"},
                                                        {"availableReplicas", "availableReplicas"}};
        for (const auto& [field, source] : kFields) {
            const auto count = set ? manifest::integer(*set, {"status", source}).value_or(0) : 0;
            const auto* had = status.if_contains(field);
            moved = moved || !had || !had->is_int64() || had->get_int64() != count;
            status[field] = count;
        }
        return moved;
    }

    void assessTemplate(Object& status, const std::string& name, bool complete)
    {
        const std::string now(text(Value(status), {"status"}));
        if (isCompletedTemplate(now))
            return;
        if (complete) {
            const auto over = end();
            if (over && m_now <= *over)
                lookAgain(*over + std::chrono::milliseconds(1));
            status["status"] = m_terminating || (over && m_now > *over) ? "Successful" : "Running";
            return;
        }
        const auto seconds = manifest::integer(m_in.experiment, {"spec", "progressDeadlineSeconds"}).value_or(600);
        const auto since = parseRfc3339(text(Value(status), {"lastTransitionTime"})).value_or(m_now);
        const auto deadline = since + std::chrono::seconds(seconds);
        if (m_now > deadline) {
            status["status"] = "Failed";
            status["message"] = fmt::format("Template '{}' exceeded its progressDeadlineSeconds ({})", name, seconds);
        } else {
            status["status"] = m_terminating ? "Successful" : "Progressing";
            lookAgain(deadline + std::chrono::seconds(1));
        }
    }

    /// The args of an analysis with what is known of the templates filled in.
    [[nodiscard]] Result<Array> resolved(const Array& args) const
    {
        Array known;
        const auto add = [&](std::string name, std::string_view value) {
            known.push_back(Object {{"name", std::move(name)}, {"value", value}});
        };
        for (const auto& set : m_in.replicaSets) {
            const std::string prefix = "templates." + std::string(manifest::annotation(set, kTemplateAnnotation));
            add(prefix + ".podTemplateHash", manifest::label(set, kHashLabel));
            add(prefix + ".replicaset.name", manifest::name(set));
        }
        const auto available = text(m_status, {"availableAt"});
        add("experiment.availableAt", available);
        const auto over = end();
        add("experiment.finishedAt", over ? formatRfc3339(*over) : std::string());
        Array out;
        for (const auto& arg : args) {
            Object made {{"name", text(arg, {"name"})}};
            if (const auto* value = find(arg, {"value"}); value && value->is_string()) {
                std::string filled(value->get_string());
                for (const auto& item : known)
                    filled = replaced(std::move(filled), text(item, {"name"}), text(item, {"value"}));
                if (const auto at = filled.find("{{"); at != std::string::npos)
                    return fail(Error::Code::InvalidInput,
                                fmt::format("failed to resolve {}", filled.substr(at, filled.find("}}", at) + 2 - at)));
                made["value"] = std::move(filled);
            }
            out.push_back(std::move(made));
        }
        return out;
    }
    static std::string replaced(std::string in, std::string_view name, std::string_view value)
    {
        for (std::size_t at = in.find("{{"); at != std::string::npos; at = in.find("{{", at)) {
            const auto close = in.find("}}", at);
            if (close == std::string::npos)
                break;
            auto inner = std::string_view(in).substr(at + 2, close - at - 2);
            while (inner.starts_with(' '))
                inner.remove_prefix(1);
            while (inner.ends_with(' '))
                inner.remove_suffix(1);
            if (inner == name) {
                in.replace(at, close + 2 - at, value);
                at += value.size();
            } else {
                at = close + 2;
            }
        }
        return in;
    }

    Result<std::string> createRun(const Value& analysis)
    {
        PH_TRY(auto args, resolved(manifest::array(analysis, {"args"})));
        Object use {{"templates",
                     Array {Value(Object {{"templateName", text(analysis, {"templateName"})},
                                          {"clusterScope", manifest::flag(analysis, {"clusterScope"})}})}},
                    {"args", std::move(args)}};
        for (const std::string_view field : {"dryRun", "measurementRetention"})
            if (const auto* rules = find(m_in.experiment, {"spec", field}))
                use[field] = *rules;
        PH_TRY(auto spec, analysisSpec(Value(std::move(use)), m_in.templates, {}, {}, {}));
        const auto base = fmt::format("{}-{}", manifest::name(m_in.experiment), text(analysis, {"name"}));
        std::string name = base;
        for (int collision = 1;; ++collision) {
            const auto taken = std::find_if(m_in.analysisRuns.begin(), m_in.analysisRuns.end(),
                                            [&](const Value& run) { return manifest::name(run) == name; });
            if (taken == m_in.analysisRuns.end())
                break;
            if (!isCompletedPhase(text(*taken, {"status", "phase"})))
                return name;
            name = fmt::format("{}.{}", base, collision);
        }
        auto metadata = ownedMetadata(name);
        for (const std::string_view section : {"labels", "annotations"})
            if (const auto* given = find(m_in.experiment, {"spec", "analysisRunMetadata", section}))
                metadata[section] = *given;
        m_plan.writes.push_back({Write::Verb::Create,
                                 Object {{"apiVersion", "argoproj.io/v1alpha1"},
                                         {"kind", "AnalysisRun"},
                                         {"metadata", std::move(metadata)},
                                         {"spec", std::move(spec)}},
                                 {},
                                 {}});
        return name;
    }

    void reconcileAnalysis(const Value& analysis)
    {
        const std::string name(text(analysis, {"name"}));
        auto& status = entryOf(arrayAt(m_status, {"analysisRuns"}), name).as_object();
        for (const auto* required : {"analysisRun", "phase"}) // by the definition, also before there is a run
            status.emplace(required, "");
        const std::string before(text(Value(status), {"phase"}));
        const auto set = [&](std::string_view phase, std::string message) {
            status["phase"] = phase;
            if (message.empty())
                status.erase("message");
            else
                status["message"] = std::move(message);
        };
        const std::string runName(text(Value(status), {"analysisRun"}));
        const auto* known = templateFor(analysis);
        if (text(m_in.experiment, {"status", "availableAt"}).empty()) {
            if (!known)
                set("Error",
                    fmt::format("AnalysisTemplate verification failed for analysis '{}': '{}' not found", name,
                                text(analysis, {"templateName"})));
        } else if (runName.empty()) {
            if (m_terminating)
                return;
            if (const auto made = createRun(analysis); made) {
                set("Pending", {});
                status["analysisRun"] = *made;
            } else {
                set("Error",
                    fmt::format("Failed to create AnalysisRun for analysis '{}': {}", name, made.error().message));
            }
        } else if (!isCompletedPhase(before)) {
            const auto run = std::find_if(m_in.analysisRuns.begin(), m_in.analysisRuns.end(),
                                          [&](const Value& other) { return manifest::name(other) == runName; });
            if (run == m_in.analysisRuns.end())
                set("Error", fmt::format("analysisrun.argoproj.io \"{}\" not found", runName));
            else if (m_terminating)
                terminate(*run);
            else
                set(text(*run, {"status", "phase"}), std::string(text(*run, {"status", "message"})));
        }
        const std::string after(text(Value(status), {"phase"}));
        if (after != before && !after.empty())
            event(isCompletedPhase(after) && after != "Successful", "AnalysisRun" + after,
                  fmt::format("AnalysisRun '{}' transitioned from {} -> {}", name, before, after));
    }
    [[nodiscard]] const Value* templateFor(const Value& analysis) const
    {
        const bool cluster = manifest::flag(analysis, {"clusterScope"});
        for (const auto& candidate : m_in.templates)
            if (manifest::name(candidate) == text(analysis, {"templateName"})
                && (manifest::kind(candidate) == "ClusterAnalysisTemplate") == cluster)
                return &candidate;
        return nullptr;
    }
    void terminate(const Value& run)
    {
        if (!isCompletedPhase(text(run, {"status", "phase"})) && !manifest::flag(run, {"spec", "terminate"}))
            m_plan.writes.push_back(
                {Write::Verb::Merge, reference(run), Object {{"spec", Object {{"terminate", true}}}}, {}});
    }

    struct Worst
    {
        std::string phase;
        std::string message;
    };
    /// The worst template as a phase: Pending, Running, Successful, Error or Failed.
    [[nodiscard]] Worst templates() const
    {
        static constexpr std::string_view kOrder[] {"Successful", "Running", "Progressing", "Error", "Failed"};
        const auto rank = [](std::string_view status) {
            return std::find(std::begin(kOrder), std::end(kOrder), status) - std::begin(kOrder);
        };
        Worst worst {"Successful", {}};
        for (const auto& status : manifest::array(m_status, {"templateStatuses"}))
            if (rank(text(status, {"status"})) > rank(worst.phase))
                worst = {std::string(text(status, {"status"})), std::string(text(status, {"message"}))};
        if (worst.phase == "Progressing")
            worst.phase = "Pending";
        return worst;
    }
    [[nodiscard]] bool hasRequired() const
    {
        const auto& analyses = manifest::array(m_in.experiment, {"spec", "analyses"});
        return std::any_of(analyses.begin(), analyses.end(),
                           [](const Value& analysis) { return manifest::flag(analysis, {"requiredForCompletion"}); });
    }
    [[nodiscard]] bool requiredSuccessful() const
    {
        for (const auto& analysis : manifest::array(m_in.experiment, {"spec", "analyses"})) {
            if (!manifest::flag(analysis, {"requiredForCompletion"}))
                continue;
            for (const auto& status : manifest::array(m_status, {"analysisRuns"}))
                if (text(status, {"name"}) == text(analysis, {"name"}) && text(status, {"phase"}) != "Successful")
                    return false;
        }
        return hasRequired();
    }
    [[nodiscard]] Worst analyses() const
    {
        Worst worst {"Successful", {}};
        for (const auto& status : manifest::array(m_status, {"analysisRuns"})) {
            const auto phase = text(status, {"phase"});
            if (isWorse(worst.phase, phase.empty() ? "Pending" : phase))
                worst = {std::string(phase.empty() ? "Pending" : phase), std::string(text(status, {"message"}))};
        }
        if (requiredSuccessful() && (worst.phase == "Successful" || !isCompletedPhase(worst.phase)))
            return {"Successful", "Required AnalysisRuns completed"};
        if (worst.phase == "Pending")
            worst.phase = "Running";
        return worst;
    }

    /// The Experiment's phase, from its templates and analyses.
    void decide()
    {
        const std::string phase(text(m_in.experiment, {"status", "phase"}));
        if (phase.empty()) {
            m_status.get_object()["phase"] = "Pending";
            return;
        }
        if (m_finished)
            return;
        const auto sets = templates();
        const auto runs = analyses();
        if (sets.phase == "Running" && text(m_status, {"availableAt"}).empty()) {
            m_status.get_object()["availableAt"] = formatRfc3339(m_now);
            if (const auto over = end())
                lookAgain(*over + std::chrono::milliseconds(1));
        }
        Worst decided = sets;
        if (isCompletedPhase(sets.phase)) {
            if (sets.phase == "Successful" && (isCompletedPhase(runs.phase) || hasRequired()))
                decided = runs;
        } else if ((isCompletedPhase(runs.phase) && runs.phase != "Successful") || requiredSuccessful()) {
            decided = runs;
        }
        auto& status = m_status.get_object();
        status["phase"] = decided.phase;
        if (decided.message.empty())
            status.erase("message");
        else
            status["message"] = decided.message;
        if (decided.phase != phase)
            event(isCompletedPhase(decided.phase) && decided.phase != "Successful", "Experiment" + decided.phase,
                  fmt::format("Experiment transitioned from {} -> {}", phase, decided.phase));
    }

    const ExperimentObserved& m_in;
    TimePoint m_now;
    Value m_status;
    bool m_finished = false;
    bool m_terminating = false;
    Plan m_plan;
};

} // namespace

Plan planExperiment(const ExperimentObserved& observed, TimePoint now)
{
    return ExperimentPass(observed, now).run();
}

} // namespace core::rollout
