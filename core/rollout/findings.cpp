// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollout/findings.h"

#include "core/rollout/analysis.h"
#include "core/rollout/condition.h"
#include "core/rollout/json.h"
#include "core/rollout/plan.h"
#include "core/rollout/replicas.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>

namespace core::rollout {

using manifest::Array;
using manifest::find;
using manifest::Object;
using manifest::text;
using manifest::Value;

namespace {

using Where = std::vector<std::string>;

Where operator+(Where path, std::initializer_list<std::string> more)
{
    path.insert(path.end(), more);
    return path;
}

class Finder
{
public:
    Finder(const std::vector<Value>& desired, const std::vector<Value>& live, std::string_view nameSpace)
        : m_defaultNamespace(nameSpace)
    {
        for (const auto* list : {&desired, &live})
            for (const auto& object : *list) {
                auto key = keyOf(object);
                if (isTemplate(key) && !m_known.contains(key)) {
                    m_templates.push_back(object);
                    objectAt(m_templates.back(), {"metadata"})["namespace"] = key.nameSpace;
                }
                m_known.insert(std::move(key));
            }
        // What these ask stands in the manifests, and is found there.
        for (const auto& object : desired)
            if (isTemplate(keyOf(object)))
                for (const auto& metric : manifest::array(object, {"spec", "metrics"}))
                    m_looked.insert(manifest::toJson(metric));
    }

    void look(const Value& object)
    {
        m_key = keyOf(object);
        const auto& kind = m_key.kind;
        if (kind == "Rollout" && m_key.group == "argoproj.io")
            rollout(object);
        else if (isTemplate(m_key) || (kind == "AnalysisRun" && m_key.group == "argoproj.io"))
            metrics(object);
        else if (kind == "Experiment" && m_key.group == "argoproj.io")
            experiment(object, object, {"spec"});
        resources(object);
    }

    std::vector<Finding> findings;

private:
    static bool isTemplate(const manifest::ResourceKey& key)
    {
        return key.group == "argoproj.io" && (key.kind == "AnalysisTemplate" || key.kind == "ClusterAnalysisTemplate");
    }
    manifest::ResourceKey keyOf(const Value& object) const
    {
        auto key = manifest::keyOf(object);
        if (key.nameSpace.empty() && key.kind != "ClusterAnalysisTemplate")
            key.nameSpace = m_defaultNamespace;
        return key;
    }
    void add(Where path, std::string message, std::string hint = {})
    {
        findings.push_back({m_key, std::move(path), std::move(message), std::move(hint)});
    }
    [[nodiscard]] bool exists(std::string group, std::string kind, std::string_view name) const
    {
        const std::string nameSpace = kind == "ClusterAnalysisTemplate" ? std::string() : m_key.nameSpace;
        return m_known.contains({std::move(group), std::move(kind), nameSpace, std::string(name)});
    }

    void rollout(const Value& object)
    {
        if (const auto problem = validateRollout(object); !problem.empty())
            add({"spec"}, fmt::format("Rollout {} is invalid: {}", m_key.name, problem));
        const auto& steps = canarySteps(object);
        const Where canary {"spec", "strategy", "canary"};
        for (std::size_t i = 0; i < steps.size(); ++i) {
            const Where step = canary + std::initializer_list<std::string> {"steps", std::to_string(i)};
            if (const auto* analysis = find(steps[i], {"analysis"}))
                use(*analysis, object, step + std::initializer_list<std::string> {"analysis"});
            if (const auto* asked = find(steps[i], {"experiment"}))
                experiment(*asked, object, step + std::initializer_list<std::string> {"experiment"});
            if (find(steps[i], {"plugin"}))
                add(step + std::initializer_list<std::string> {"plugin"},
                    fmt::format("Rollout {} uses a step plugin, which Pilothouse's own controller does not run",
                                m_key.name),
                    "Leave the step out, or let Argo Rollouts run in the cluster.");
        }
        if (const auto* analysis = find(object, {"spec", "strategy", "canary", "analysis"}))
            use(*analysis, object, canary + std::initializer_list<std::string> {"analysis"});
        for (const std::string field : {"prePromotionAnalysis", "postPromotionAnalysis"})
            if (const auto* analysis = find(object, {"spec", "strategy", "blueGreen", field}))
                use(*analysis, object, {"spec", "strategy", "blueGreen", field});
        for (const std::string field : {"canaryService", "stableService"})
            service(object, {"spec", "strategy", "canary", field});
        for (const std::string field : {"activeService", "previewService"})
            service(object, {"spec", "strategy", "blueGreen", field});
        const auto name =
            text(object, {"spec", "strategy", "canary", "trafficRouting", "istio", "virtualService", "name"});
        if (!name.empty() && name.find('.') == std::string_view::npos
            && !exists("networking.istio.io", "VirtualService", name))
            add({"spec", "strategy", "canary", "trafficRouting", "istio", "virtualService", "name"},
                fmt::format("Rollout {} names VirtualService {} that is nowhere", m_key.name, name),
                "Add the VirtualService, or correct the name.");
    }

    void service(const Value& object, const Where& path)
    {
        const auto name = text(object, {path[0], path[1], path[2], path[3]});
        if (!name.empty() && !exists("", "Service", name))
            add(path, fmt::format("Rollout {} names Service {} that is nowhere", m_key.name, name),
                "Add the Service, or correct the name.");
    }

    /// The analyses of a step's experiment or of an Experiment: each runs one template.
    void experiment(const Value& holder, const Value& object, const Where& path)
    {
        const bool step = &holder != &object;
        const auto& analyses =
            step ? manifest::array(holder, {"analyses"}) : manifest::array(holder, {"spec", "analyses"});
        for (std::size_t i = 0; i < analyses.size(); ++i) {
            const auto& analysis = analyses[i];
            Object one {{"templates",
                         Array {Object {{"templateName", text(analysis, {"templateName"})},
                                        {"clusterScope", manifest::flag(analysis, {"clusterScope"})}}}},
                        {"args", manifest::array(analysis, {"args"})}};
            for (const std::string_view field : {"dryRun", "measurementRetention"})
                if (const auto* rules = step ? find(holder, {field}) : find(holder, {"spec", field}))
                    one[field] = *rules;
            use(Value(std::move(one)), object,
                path + std::initializer_list<std::string> {"analyses", std::to_string(i)}, {"templateName"});
        }
    }

    /// What the controller does when an analysis starts, done beforehand: the templates with all that they name, in
    /// the manifests and in the cluster, with the arguments of this use.
    void use(const Value& analysis, const Value& object, const Where& path, const Where& nameField = {})
    {
        if (!templates(analysis, path, nameField))
            return;
        std::vector<Value> reachable;
        for (const auto& candidate : m_templates)
            if (manifest::nameSpace(candidate).empty() || manifest::nameSpace(candidate) == m_key.nameSpace)
                reachable.push_back(candidate);
        const auto spec = analysisSpec(withKnownArgs(analysis, object), reachable, object, "stable", "canary");
        if (!spec)
            return add(
                path,
                fmt::format("an analysis of {} {} cannot start: {}", m_key.kind, m_key.name, spec.error().message));
        if (const auto rule = unmatchedRule(*spec); !rule.empty())
            add(path, fmt::format("an analysis of {} {} will end in Error: {}", m_key.kind, m_key.name, rule),
                "Correct metricName: it is a regular expression for names of metrics.");
        Array args;
        for (const auto& arg : manifest::array(*spec, {"args"}))
            if (const auto* value = find(arg, {"value"}); value && value->is_string())
                args.push_back(arg);
        for (const auto& metric : manifest::array(*spec, {"metrics"})) {
            Value filled = metric;
            for (const std::string field : {"successCondition", "failureCondition"})
                if (const auto known = substituteArgs(text(metric, {field}), args); known && find(metric, {field}))
                    filled.get_object()[field] = *known;
            if (m_looked.contains(manifest::toJson(filled)))
                continue;
            for (const std::string field : {"successCondition", "failureCondition"})
                condition(filled, path, field);
            notANumber(filled, path, Place::Use);
        }
    }

    /// Arguments that are read from the Rollout's own fields have no value yet where these are of its future status.
    static Value withKnownArgs(const Value& analysis, const Value& object)
    {
        Value out = analysis;
        for (auto& arg : arrayAt(out, {"args"}))
            if (const auto field = text(arg, {"valueFrom", "fieldRef", "fieldPath"}); !field.empty())
                if (!argFieldText(object, field))
                    arg.get_object()["valueFrom"] = Object {{"secretKeyRef", Object {}}};
        return out;
    }

    /// False where one of them is nowhere.
    bool templates(const Value& analysis, const Where& path, const Where& nameField = {})
    {
        bool all = true;
        const auto& list = manifest::array(analysis, {"templates"});
        for (std::size_t i = 0; i < list.size(); ++i) {
            const auto name = text(list[i], {"templateName"});
            const bool cluster = manifest::flag(list[i], {"clusterScope"});
            const std::string kind = cluster ? "ClusterAnalysisTemplate" : "AnalysisTemplate";
            if (exists("argoproj.io", kind, name))
                continue;
            all = false;
            Where field = nameField.empty() ? Where {"templates", std::to_string(i), "templateName"} : nameField;
            field.insert(field.begin(), path.begin(), path.end());
            add(std::move(field), fmt::format("{} {} names {} {} that is nowhere", m_key.kind, m_key.name, kind, name),
                fmt::format("Add the {}, or correct the name.", kind));
        }
        return all;
    }

    void metrics(const Value& object)
    {
        const auto& list = manifest::array(object, {"spec", "metrics"});
        const auto& nested = manifest::array(object, {"spec", "templates"});
        if (!nested.empty())
            (void)templates(*find(object, {"spec"}), {"spec"});
        if (list.empty() && nested.empty()) {
            add({"spec", "metrics"}, fmt::format("{} {} has no metrics", m_key.kind, m_key.name));
            return;
        }
        if (const auto problem = validateMetrics(list); problem && problem->metric >= 0 && !hasPlaceholders(list))
            add({"spec", "metrics", std::to_string(problem->metric)},
                fmt::format("{} {}: {}", m_key.kind, m_key.name, problem->reason));
        for (std::size_t i = 0; i < list.size(); ++i) {
            for (const std::string field : {"successCondition", "failureCondition"})
                condition(list[i], {"spec", "metrics", std::to_string(i), field}, field);
            notANumber(list[i], {"spec", "metrics", std::to_string(i)}, Place::Metric);
        }
    }

    /// A query that divides by no traffic answers NaN, and every comparison with NaN is false: a metric must not pass
    /// by that without meaning to.
    enum class Place : std::uint8_t { Metric, Use }; ///< where the path leads
    void notANumber(const Value& metric, Where path, Place place)
    {
        const auto success = text(metric, {"successCondition"});
        const auto failure = text(metric, {"failureCondition"});
        const std::string both = std::string(success) + ' ' + std::string(failure);
        if ((success.empty() && failure.empty()) || !find(metric, {"provider", "prometheus"})
            || both.find("{{") != std::string::npos || both.find("isNaN") != std::string::npos)
            return;
        constexpr auto kNaN = std::numeric_limits<double>::quiet_NaN();
        // As a vector, and where that does not compile as a scalar.
        auto judged = judge(success, failure, floatList({kNaN}));
        if (judged.phase == "Error")
            judged = judge(success, failure, kNaN);
        if (judged.phase != "Successful")
            return;
        if (place == Place::Metric)
            path.push_back(success.empty() ? "failureCondition" : "successCondition");
        add(path,
            fmt::format("metric {} of {} {} passes when its query answers NaN: {}", text(metric, {"name"}), m_key.kind,
                        m_key.name, success.empty() ? failure : success),
            "Compare so that NaN does not hold, or say what it means with isNaN().");
    }

    static bool hasPlaceholders(const Array& list)
    {
        return manifest::toJson(Value(list)).find("{{") != std::string::npos;
    }

    void condition(const Value& metric, const Where& path, const std::string& field)
    {
        const auto expression = text(metric, {field});
        if (expression.empty() || expression.find("{{") != std::string_view::npos)
            return;
        const bool prometheus = find(metric, {"provider", "prometheus"}) != nullptr;
        const auto kind = prometheus ? ResultKind::FloatList : ResultKind::Untyped;
        const auto error = checkCondition(expression, kind);
        if (!error)
            return;
        if (prometheus && !checkCondition(expression, ResultKind::Float))
            return; // a scalar query
        add(path,
            fmt::format("{} of metric {} of {} {} cannot be evaluated: {}", field, text(metric, {"name"}), m_key.kind,
                        m_key.name, error->message),
            prometheus ? "Prometheus gives a list of numbers: result[0] is its first." : "");
    }

    /// Pod templates wherever they stand, and InferenceServices' predictors.
    void resources(const Value& object)
    {
        const auto& kind = m_key.kind;
        if (kind == "InferenceService") {
            for (const std::string part : {"predictor", "transformer", "explainer"}) {
                const auto* component = find(object, {"spec", part});
                if (!component || !component->is_object())
                    continue;
                for (const auto& [name, value] : component->get_object())
                    if (value.is_object() && find(value, {"resources"}))
                        requests(value, {"spec", part, std::string(name), "resources"});
                containers(*component, {"spec", part});
            }
        } else if (kind == "Pod") {
            if (const auto* spec = find(object, {"spec"}))
                containers(*spec, {"spec"});
        } else if (kind == "CronJob") {
            if (const auto* spec = find(object, {"spec", "jobTemplate", "spec", "template", "spec"}))
                containers(*spec, {"spec", "jobTemplate", "spec", "template", "spec"});
        } else if (const auto* spec = find(object, {"spec", "template", "spec"})) {
            containers(*spec, {"spec", "template", "spec"});
        }
    }

    void containers(const Value& spec, const Where& path)
    {
        for (const std::string list : {"initContainers", "containers"}) {
            const auto& all = manifest::array(spec, {list});
            for (std::size_t i = 0; i < all.size(); ++i)
                requests(all[i], path + std::initializer_list<std::string> {list, std::to_string(i), "resources"});
        }
    }

    void requests(const Value& container, const Where& path)
    {
        for (const auto& [name, amount] : manifest::object(container, {"resources", "requests"})) {
            const std::string resource(name);
            if (resource.find('/') == std::string::npos || resource.starts_with("kubernetes.io/")
                || resource.find(".kubernetes.io/") != std::string::npos)
                continue;
            const auto* limit = find(container, {"resources", "limits", resource});
            const auto plain = [](const Value& value) {
                return value.is_string() ? std::string(value.get_string()) : manifest::toJson(value);
            };
            if (limit && plain(*limit) == plain(amount))
                continue;
            add(path + std::initializer_list<std::string> {"requests", resource},
                limit ? fmt::format(
                    "{} {} requests {} of {} with a limit of {}; the API server refuses the pods: must be "
                    "equal to the limit",
                    m_key.kind, m_key.name, plain(amount), resource, plain(*limit))
                      : fmt::format(
                          "{} {} requests {} without a limit; the API server refuses the pods: Limit must be set "
                          "for non overcommitable resources",
                          m_key.kind, m_key.name, resource),
                fmt::format("Set resources.limits[\"{}\"] to {}.", resource, plain(amount)));
        }
    }

    std::string m_defaultNamespace;
    std::set<manifest::ResourceKey> m_known;
    std::vector<Value> m_templates; ///< of analyses: the manifests', and the cluster's where these have none
    std::set<std::string> m_looked; ///< metrics of the manifests' templates
    manifest::ResourceKey m_key;
};

} // namespace

std::vector<Finding> findProblems(const std::vector<Value>& desired, const std::vector<Value>& live,
                                  std::string_view defaultNamespace)
{
    Finder finder(desired, live, defaultNamespace);
    for (const auto& object : desired)
        finder.look(object);
    return std::move(finder.findings);
}

} // namespace core::rollout
