// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/manifest/resource.h"
#include "core/rollout/json.h"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace test {

using namespace core;
using namespace core::rollout;
using manifest::Array;
using manifest::find;
using manifest::Object;
using manifest::text;
using manifest::Value;

/// The objects of a Rollout's namespace, and what is to be seen of them in the form of the recorded runs.
class RolloutTraces
{
public:
    Value* get(std::string_view kind, std::string_view name)
    {
        for (auto& object : m_objects)
            if (manifest::kind(object) == kind && manifest::name(object) == name)
                return &object;
        return nullptr;
    }
    std::vector<Value> all(std::string_view kind) const
    {
        std::vector<Value> found;
        for (const auto& object : m_objects)
            if (manifest::kind(object) == kind)
                found.push_back(object);
        return found;
    }
    Value& rollout() { return *get("Rollout", "demo"); }

    /// The objects of a kind that another object owns.
    std::vector<Value> owned(std::string_view kind, const Value& owner) const
    {
        std::vector<Value> found;
        for (const auto& object : m_objects)
            if (manifest::kind(object) == kind
                && text(object, {"metadata", "ownerReferences", "0", "uid"}) == manifest::uid(owner))
                found.push_back(object);
        return found;
    }
    std::string version(std::string_view hash) const
    {
        for (const auto& object : m_objects)
            if (manifest::kind(object) == "ReplicaSet"
                && manifest::label(object, "rollouts-pod-template-hash") == hash) {
                const std::string image(text(object, {"spec", "template", "spec", "containers", "0", "image"}));
                return image.substr(image.rfind(':') + 1);
            }
        return std::string(hash);
    }

    /// What the original's trace shows, each value by itself: "step" -> "0 1 2".
    std::map<std::string, std::vector<std::string>> traced;
    void note(const std::string& what, std::string value)
    {
        auto& values = traced[what];
        if (values.empty() || values.back() != value)
            values.push_back(std::move(value));
    }
    static std::vector<std::pair<std::string, std::string>> traceValues(const Value& entry)
    {
        std::vector<std::pair<std::string, std::string>> out;
        for (const std::string_view field : {"step", "weight", "routes"})
            if (const auto* value = find(entry, {field}); value && !value->is_null())
                out.emplace_back(field, manifest::toJson(*value));
        for (const auto& [version, count] : manifest::object(entry, {"desired"}))
            out.emplace_back("desired " + std::string(version), manifest::toJson(count));
        return out;
    }
    /// What was noted, in the form of the recordings: an entry for each value, of which only the order among those of
    /// one kind counts.
    Array entries() const
    {
        Array out;
        for (const auto& [what, values] : traced)
            for (const auto& value : values) {
                auto parsed = manifest::parseJson(value).value();
                if (what.starts_with("desired "))
                    out.push_back(Object {{"desired", Object {{what.substr(8), std::move(parsed)}}}});
                else
                    out.push_back(Object {{what, std::move(parsed)}});
            }
        return out;
    }
    /// Notes from the values of now on.
    void forget()
    {
        for (auto& [what, values] : traced)
            if (!values.empty())
                values.erase(values.begin(), values.end() - 1);
    }
    void trace()
    {
        Object entry {{"desired", Object {}}};
        if (const auto* step = find(rollout(), {"status", "currentStepIndex"}))
            entry["step"] = *step;
        if (const auto* weight = find(rollout(), {"status", "canary", "weights", "canary", "weight"}))
            entry["weight"] = *weight;
        Array routes;
        for (const auto& service : all("VirtualService"))
            for (const auto& http : manifest::array(service, {"spec", "http"})) {
                Array weights;
                for (const auto& target : manifest::array(http, {"route"}))
                    weights.push_back(manifest::integer(target, {"weight"}).value_or(0));
                routes.push_back(std::move(weights));
            }
        entry["routes"] = std::move(routes);
        for (const auto& set : owned("ReplicaSet", rollout()))
            entry["desired"].as_object()[version(manifest::label(set, "rollouts-pod-template-hash"))] =
                manifest::integer(set, {"spec", "replicas"}).value_or(0);
        for (auto& [what, value] : traceValues(Value(std::move(entry))))
            note(what, std::move(value));
    }

    /// What the routes give the canary; where there are none, what the status says. The status is written after them.
    std::optional<std::int64_t> canaryWeight()
    {
        const auto recorded = manifest::integer(rollout(), {"status", "canary", "weights", "canary", "weight"});
        if (find(rollout(), {"spec", "strategy", "canary", "pingPong"})) // either Service may be the canary's
            return recorded;
        std::optional<std::int64_t> routed;
        for (const auto& service : all("VirtualService"))
            for (const auto& http : manifest::array(service, {"spec", "http"}))
                for (const auto& target : manifest::array(http, {"route"}))
                    if (text(target, {"destination", "host"}).ends_with("-canary")
                        || text(target, {"destination", "subset"}) == "canary")
                        routed = std::max(routed.value_or(0), manifest::integer(target, {"weight"}).value_or(0));
        return routed ? routed : recorded;
    }
    /// The canary's weight must never be ahead of what its ready pods can carry.
    void sample()
    {
        const auto weight = canaryWeight();
        const auto hash = text(rollout(), {"status", "canary", "weights", "canary", "podTemplateHash"});
        if (!weight || *weight == 0 || manifest::integer(rollout(), {"spec", "replicas"}) == 0)
            return;
        for (const auto& set : all("ReplicaSet"))
            if (manifest::label(set, "rollouts-pod-template-hash") == hash) {
                if (manifest::integer(set, {"status", "availableReplicas"}).value_or(0) == 0)
                    overloads.push_back(fmt::format("weight {} without a ready pod", *weight));
                else if (manifest::integer(set, {"spec", "replicas"}).value_or(0) == 0)
                    overloads.push_back(fmt::format("weight {} for pods that are told to go", *weight));
            }
    }

    std::string state()
    {
        const auto& ro = rollout();
        Value out = Object {};
        auto& object = out.get_object();
        const auto optional = [&](std::string_view field) {
            const auto* value = find(ro, {"status", field});
            return value ? *value : Value {};
        };
        object["phase"] = optional("phase");
        object["message"] = optional("message");
        object["currentStepIndex"] = optional("currentStepIndex");
        object["abort"] = manifest::flag(ro, {"status", "abort"});
        object["abortedAt"] = !text(ro, {"status", "abortedAt"}).empty();
        object["controllerPause"] = manifest::flag(ro, {"status", "controllerPause"});
        object["promoteFull"] = manifest::flag(ro, {"status", "promoteFull"});
        object["current"] = version(text(ro, {"status", "currentPodHash"}));
        object["stable"] = version(text(ro, {"status", "stableRS"}));
        for (const auto* field : {"replicas", "updatedReplicas", "readyReplicas", "availableReplicas"})
            object[field] = optional(field);
        Array pauses;
        for (const auto& pause : manifest::array(ro, {"status", "pauseConditions"}))
            pauses.push_back(*find(pause, {"reason"}));
        object["pauseConditions"] = std::move(pauses);
        Array conditions;
        std::map<std::string, Value> sorted;
        for (const auto& known : manifest::array(ro, {"status", "conditions"}))
            sorted[std::string(text(known, {"type"}))] = conditionOf(known);
        for (auto& [type, value] : sorted)
            conditions.push_back(value);
        object["conditions"] = std::move(conditions);
        object["specPaused"] = manifest::flag(ro, {"spec", "paused"});
        object["blueGreen"] = given(ro, {"status", "blueGreen"});
        object["stepRun"] = given(ro, {"status", "canary", "currentStepAnalysisRunStatus"});
        if (const auto* weights = find(ro, {"status", "canary", "weights"})) {
            Value copy = *weights;
            for (const auto* side : {"canary", "stable"})
                objectAt(copy, {side})["podTemplateHash"] = version(text(copy, {side, "podTemplateHash"}));
            object["weights"] = std::move(copy);
        } else {
            object["weights"] = nullptr;
        }
        Array sets;
        std::map<std::int64_t, Value> byRevision;
        for (const auto& set : all("ReplicaSet")) {
            const std::string revision(manifest::annotation(set, "rollout.argoproj.io/revision"));
            if (revision.empty()) // an experiment's
                continue;
            byRevision[std::stoll(revision)] =
                Object {{"version", version(manifest::label(set, "rollouts-pod-template-hash"))},
                        {"revision", revision},
                        {"replicas", manifest::integer(set, {"spec", "replicas"}).value_or(0)},
                        {"ready", manifest::integer(set, {"status", "readyReplicas"}).value_or(0)},
                        {"scaleDownDeadline", !manifest::annotation(set, "scale-down-deadline").empty()}};
        }
        for (auto& [revision, set] : byRevision)
            sets.push_back(set);
        object["replicaSets"] = std::move(sets);
        Object services;
        for (const auto& service : all("Service"))
            if (const auto hash = text(service, {"spec", "selector", "rollouts-pod-template-hash"}); !hash.empty())
                services[manifest::name(service)] = version(hash);
        object["services"] = std::move(services);
        Value routes;
        for (const auto& service : all("VirtualService"))
            routes = given(service, {"spec", "http"});
        object["routes"] = routes;
        for (const auto& rule : all("DestinationRule"))
            object["subsets"] = given(rule, {"spec", "subsets"});
        Object ingresses;
        for (const auto& ingress : all("Ingress"))
            ingresses[manifest::name(ingress)] =
                Object {{"annotations", manifest::object(ingress, {"metadata", "annotations"})},
                        {"rules", manifest::array(ingress, {"spec", "rules"})}};
        if (!ingresses.empty())
            object["ingresses"] = std::move(ingresses);
        if (const auto* workload = get("Deployment", text(ro, {"spec", "workloadRef", "name"})))
            object["workload"] = given(*workload, {"spec", "replicas"});
        if (auto routers = otherRouters(); !routers.empty())
            object["routers"] = std::move(routers);
        if (auto given = givenMetadata(); !given.empty())
            object["metadata"] = std::move(given);
        std::map<std::string, Value> runs;
        for (const auto& run : all("AnalysisRun")) {
            std::string name(manifest::name(run));
            const std::string hash(manifest::label(run, "rollouts-pod-template-hash"));
            name = name.substr(5);
            name.replace(0, hash.size(), version(hash));
            auto metrics = metricsOf(manifest::array(run, {"status", "metricResults"}));
            runs[name] = Object {{"name", name},
                                 {"type", manifest::label(run, "rollout-type")},
                                 {"phase", text(run, {"status", "phase"})},
                                 {"message", given(run, {"status", "message"})},
                                 {"metrics", std::move(metrics)}};
        }
        Array list;
        for (auto& [name, run] : runs)
            list.push_back(run);
        object["analysisRuns"] = std::move(list);
        auto json = manifest::toSortedJson(out);
        const auto ofRun = fmt::format("\"namespaces\":[\"{}\"],", manifest::nameSpace(ro));
        for (auto at = json.find(ofRun); at != std::string::npos; at = json.find(ofRun, at))
            json.erase(at, ofRun.size());
        for (const auto& set : all("ReplicaSet")) { // names of ReplicaSets, as the data shows them
            const std::string hash(manifest::label(set, "rollouts-pod-template-hash"));
            for (auto at = json.find(hash); at != std::string::npos; at = json.find(hash, at + 1))
                json.replace(at, hash.size(), version(hash));
        }
        return json;
    }

    /// The same in the form of the recordings.
    Value recordedState()
    {
        auto out = manifest::parseJson(state()).value();
        auto& object = out.get_object();
        Object canary;
        for (const auto& [from, to] :
             {std::pair {"weights", "weights"}, std::pair {"stepRun", "currentStepAnalysisRunStatus"}}) {
            if (const auto* value = object.if_contains(from); value && !value->is_null())
                canary[to] = *value;
            object.erase(from);
        }
        object["canary"] = std::move(canary);
        return out;
    }
    /// The data's state in the same form.
    static std::string wanted(const Value& state)
    {
        Value out = Object {};
        auto& object = out.get_object();
        for (const auto* field :
             {"phase", "message", "currentStepIndex", "abort", "abortedAt", "controllerPause", "promoteFull", "current",
              "stable", "replicas", "updatedReplicas", "readyReplicas", "availableReplicas", "pauseConditions"})
            object[field] = find(state, {field}) ? *find(state, {field}) : Value {};
        Array conditions;
        for (const auto& known : manifest::array(state, {"conditions"}))
            conditions.push_back(conditionOf(known));
        object["conditions"] = std::move(conditions);
        object["specPaused"] = manifest::flag(state, {"specPaused"});
        object["blueGreen"] = given(state, {"blueGreen"});
        object["stepRun"] = given(state, {"canary", "currentStepAnalysisRunStatus"});
        object["weights"] = given(state, {"canary", "weights"});
        for (const auto* field : {"subsets", "ingresses", "routers", "metadata", "workload"})
            if (find(state, {field}))
                object[field] = given(state, {field});
        Array sets;
        for (const auto& set : manifest::array(state, {"replicaSets"}))
            sets.push_back(set);
        object["replicaSets"] = std::move(sets);
        Object services;
        for (const auto& [name, version] : manifest::object(state, {"services"}))
            if (version.is_string() && version.get_string() != "none")
                services[name] = version;
        object["services"] = std::move(services);
        object["routes"] = given(state, {"routes"});
        Array runs;
        for (const auto& run : manifest::array(state, {"analysisRuns"})) {
            auto metrics = metricsOf(manifest::array(run, {"metrics"}));
            runs.push_back(Object {{"name", text(run, {"name"})},
                                   {"type", text(run, {"type"})},
                                   {"phase", text(run, {"phase"})},
                                   {"message", given(run, {"message"})},
                                   {"metrics", std::move(metrics)}});
        }
        object["analysisRuns"] = std::move(runs);
        return manifest::toSortedJson(out);
    }

    std::vector<std::string> overloads; ///< moments in which the canary got traffic without a ready pod

protected:
    std::vector<Value> m_objects;

private:
    /// What the routers that have objects of their own are told; of Istio's, more than http.
    Object otherRouters() const
    {
        Object out;
        for (const auto* kind : {"TraefikService", "TrafficSplit", "Mapping", "ApisixRoute", "VirtualService"})
            for (const auto& router : all(kind))
                if (std::string_view(kind) != "VirtualService" || !find(router, {"spec", "http"}))
                    out[fmt::format("{}/{}", kind, manifest::name(router))] = given(router, {"spec"});
        return out;
    }
    /// By version: what a Rollout puts into pod templates for a time.
    Object givenMetadata()
    {
        Object out;
        for (const auto& set : owned("ReplicaSet", rollout())) {
            auto labels = manifest::object(set, {"spec", "template", "metadata", "labels"});
            labels.erase("rollouts-pod-template-hash");
            labels.erase("app");
            const auto annotations = given(set, {"spec", "template", "metadata", "annotations"});
            const auto affinity = given(set, {"spec", "template", "spec", "affinity"});
            if (!labels.empty() || !annotations.is_null() || !affinity.is_null())
                out[version(manifest::label(set, "rollouts-pod-template-hash"))] =
                    Object {{"labels", std::move(labels)}, {"annotations", annotations}, {"affinity", affinity}};
        }
        return out;
    }
    /// An empty object counts as none, as in the recordings.
    static Value given(const Value& object, manifest::Path path)
    {
        const auto* value = find(object, path);
        return value && !(value->is_object() && value->get_object().empty()) ? *value : Value {};
    }
    static Value conditionOf(const Value& known)
    {
        return Object {{"type", text(known, {"type"})},
                       {"status", text(known, {"status"})},
                       {"reason", text(known, {"reason"})},
                       {"message", text(known, {"message"})}};
    }
    /// By name: the original lists them as its measurements end.
    static Array metricsOf(const Array& known)
    {
        std::map<std::string, Value> sorted;
        for (const auto& metric : known)
            sorted[std::string(text(metric, {"name"}))] = metricOf(metric);
        Array out;
        for (auto& [name, metric] : sorted)
            out.push_back(std::move(metric));
        return out;
    }
    static Value metricOf(const Value& known)
    {
        Object out {{"name", text(known, {"name"})}, {"phase", text(known, {"phase"})}};
        for (const std::string_view field :
             {"count", "successful", "failed", "inconclusive", "error", "consecutiveError", "consecutiveSuccess"})
            out[field] = manifest::integer(known, {field}).value_or(0);
        if (const auto why = text(known, {"message"}); !why.empty())
            out["message"] = why;
        return out;
    }
};

} // namespace test
