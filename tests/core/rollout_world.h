// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/manifest/patch.h"
#include "core/rollout/actions.h"
#include "core/rollout/analysis.h"
#include "core/rollout/experiment.h"
#include "core/rollout/json.h"
#include "core/rollout/plan.h"
#include "core/rollout/providers.h"
#include "core/rollout/replicas.h"

#include <QTest>

#include <fmt/format.h>

#include <cmath>
#include <map>

namespace test {

using namespace core;
using namespace core::rollout;
using manifest::Array;
using manifest::find;
using manifest::Object;
using manifest::text;
using manifest::Value;
using namespace std::chrono_literals;

/// Just enough of a cluster, in virtual time: objects, generations, pods that become ready after half a second.
class World
{
public:
    explicit World(const Value& run)
        : m_run(run)
        , m_now(parseRfc3339("2026-01-01T00:00:00Z").value())
    {
        const std::string name(text(run, {"name"}));
        for (auto object : manifest::array(run, {"objects"})) {
            auto json = manifest::toJson(object);
            for (auto at = json.find("SCENARIO"); at != std::string::npos; at = json.find("SCENARIO"))
                json.replace(at, 8, name);
            object = manifest::parseJson(json).value();
            objectAt(object, {"metadata"})["namespace"] = "ns";
            add(std::move(object));
        }
    }

    void add(Value object)
    {
        auto& metadata = objectAt(object, {"metadata"});
        metadata["uid"] = fmt::format("uid-{}", ++m_serial);
        metadata["generation"] = 1;
        metadata["creationTimestamp"] = formatRfc3339(m_now);
        m_created[std::string(manifest::kind(object)) + "/" + std::string(manifest::name(object))] = m_serial;
        m_objects.push_back(std::move(object));
    }
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

    void patch(Value& object, const Value& change)
    {
        const Value before = find(object, {"spec"}) ? *find(object, {"spec"}) : Value {};
        manifest::mergePatch(object, change);
        if (find(object, {"spec"}) && !manifest::equal(before, *find(object, {"spec"})))
            objectAt(object, {"metadata"})["generation"] =
                manifest::integer(object, {"metadata", "generation"}).value_or(0) + 1;
    }

    void apply(const Write& write)
    {
        const std::string kind(manifest::kind(write.object));
        const std::string name(manifest::name(write.object));
        auto* object = get(kind, name);
        switch (write.verb) {
        case Write::Verb::Create:
            QVERIFY2(!object, (kind + "/" + name + " exists").c_str());
            add(write.object);
            return;
        case Write::Verb::Replace:
            QVERIFY(object);
            *object = write.object;
            return;
        case Write::Verb::Merge:
            QVERIFY2(object, name.c_str());
            patch(*object, write.patch);
            return;
        case Write::Verb::Delete:
        case Write::Verb::Evict:
            std::erase_if(m_objects,
                          [&](const Value& o) { return manifest::kind(o) == kind && manifest::name(o) == name; });
            return;
        }
    }

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
    Observed observed()
    {
        Observed out;
        out.rollout = rollout();
        out.replicaSets = owned("ReplicaSet", out.rollout);
        out.analysisRuns = owned("AnalysisRun", out.rollout);
        out.experiments = owned("Experiment", out.rollout);
        out.services = all("Service");
        out.templates = all("AnalysisTemplate");
        out.pods = all("Pod");
        for (const auto* kind : {"VirtualService", "DestinationRule", "Ingress", "HTTPRoute", "ApisixRoute",
                                 "VirtualRouter", "VirtualNode", "TrafficSplit", "TraefikService", "Mapping"})
            for (auto& object : all(kind))
                out.routes.push_back(std::move(object));
        if (const auto name = text(out.rollout, {"spec", "workloadRef", "name"}); !name.empty())
            if (const auto* workload = get("Deployment", name))
                out.workload = *workload;
        return out;
    }
    Plan planned(const Value& experiment) const
    {
        return planExperiment({experiment, owned("ReplicaSet", experiment), owned("AnalysisRun", experiment),
                               owned("Service", experiment), all("AnalysisTemplate")},
                              m_now);
    }
    [[nodiscard]] TimePoint now() const { return m_now; }

    /// A tenth of a second passes: pods follow, runs measure, the rollout is looked at until nothing more is written.
    bool tick()
    {
        m_now += 100ms;
        bool changed = kubelet();
        for (int pass = 0; pass < 30; ++pass) {
            bool wrote = measureRuns();
            for (const auto& experiment : all("Experiment")) {
                const auto next = planned(experiment);
                for (const auto& write : next.writes)
                    apply(write);
                wrote = wrote || !next.writes.empty();
            }
            const auto plan = planRollout(observed(), m_now, {.resync = 2s});
            for (const auto& write : plan.writes) {
                apply(write);
                trace();
            }
            sample();
            wrote = wrote || !plan.writes.empty();
            changed = changed || wrote;
            if (!wrote)
                break;
            if (pass == 29)
                qWarning("never settles: %s", manifest::toJson(plan.writes.back().patch).c_str());
        }
        return changed;
    }

    bool kubelet()
    {
        bool changed = false;
        for (auto& object : m_objects) {
            if (manifest::kind(object) != "ReplicaSet")
                continue;
            const auto wanted = manifest::integer(object, {"spec", "replicas"}).value_or(0);
            const std::string hash(manifest::name(object));
            const std::string image(text(object, {"spec", "template", "spec", "containers", "0", "image"}));
            const bool bad = image.find(":bad") != std::string::npos || image.ends_with("bad");
            auto& pods = m_pods[hash];
            while (static_cast<std::int64_t>(pods.size()) > wanted)
                pods.pop_back();
            while (static_cast<std::int64_t>(pods.size()) < wanted)
                pods.push_back(m_now);
            std::int64_t ready = 0;
            std::size_t number = 0;
            for (const auto since : pods) // one after the other, within half a second
                ready += !bad && m_now - since >= std::chrono::milliseconds(100 + 100 * (number++ % 4)) ? 1 : 0;
            Object status;
            if (!pods.empty())
                status["replicas"] = static_cast<std::int64_t>(pods.size());
            if (ready > 0) {
                status["readyReplicas"] = ready;
                status["availableReplicas"] = ready;
            }
            if (!manifest::equal(Value(manifest::object(object, {"status"})), Value(status))) {
                object.get_object()["status"] = std::move(status);
                changed = true;
            }
        }
        std::erase_if(m_objects, [](const Value& o) { return manifest::kind(o) == "Pod"; });
        for (auto& [hash, pods] : m_pods) {
            int number = 0;
            for (const auto since : pods)
                m_objects.push_back(Object {
                    {"apiVersion", "v1"},
                    {"kind", "Pod"},
                    {"metadata",
                     Object {{"name", fmt::format("{}-{}-{}", hash, number++, since.time_since_epoch().count())},
                             {"creationTimestamp", formatRfc3339(since)}}}});
        }
        return changed;
    }

    void evicted()
    {
        for (auto& [hash, pods] : m_pods)
            std::erase_if(pods, [&, h = hash](TimePoint since) {
                for (const auto& object : m_objects)
                    if (manifest::kind(object) == "Pod"
                        && manifest::name(object).ends_with(fmt::format("{}", since.time_since_epoch().count()))
                        && manifest::name(object).starts_with(h))
                        return false;
                return true;
            });
    }

    bool measureRuns()
    {
        bool changed = false;
        MeasureDeps deps;
        deps.http = [this](const HttpRequest& request, std::stop_token) { return prometheus(request); };
        deps.secret = [](const std::string&, const std::string&) -> Result<std::string> {
            return fail(Error::Code::NotFound, "no secrets");
        };
        for (auto& object : m_objects) {
            if (manifest::kind(object) != "AnalysisRun")
                continue;
            auto next = advanceRun(object, m_now, deps, {});
            if (!manifest::equal(next, object)) {
                object = std::move(next);
                changed = true;
            }
        }
        return changed;
    }

    Result<HttpResponse> prometheus(const HttpRequest& request)
    {
        const auto at = request.url.find("scenario%3A");
        if (at == std::string::npos)
            return fail(Error::Code::Unavailable, "no such server");
        auto rest = request.url.substr(at + 11);
        rest = rest.substr(rest.find("%3A") + 3);
        const std::string metric = rest.substr(0, rest.find('&'));
        const auto& script = manifest::array(m_run, {"metrics", metric});
        const auto index = std::min(m_asked[metric]++, script.size() - 1);
        const auto& answer = script[index];
        HttpResponse response;
        response.status = 200;
        std::string value = answer.is_string() ? std::string(answer.get_string()) : manifest::toJson(answer);
        if (value == "error") {
            response.status = 500;
            return response;
        }
        const std::string vector = value == "empty" ? "[]"
                                                    : "[{\"metric\":{},\"value\":[0,\""
                + (value == "nan" ? std::string("NaN") : fmt::format("{}", answer.to_number<double>())) + "\"]}]";
        response.body = "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":" + vector + "}}";
        return response;
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

    /// The canary's weight must never be ahead of what its ready pods can carry.
    void sample()
    {
        const auto weight = manifest::integer(rollout(), {"status", "canary", "weights", "canary", "weight"});
        const auto hash = text(rollout(), {"status", "canary", "weights", "canary", "podTemplateHash"});
        if (!weight || *weight == 0)
            return;
        for (const auto& set : all("ReplicaSet"))
            if (manifest::label(set, "rollouts-pod-template-hash") == hash
                && manifest::integer(set, {"status", "availableReplicas"}).value_or(0) == 0)
                overloads.push_back(fmt::format("weight {} without a ready pod", *weight));
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
        for (const auto& known : manifest::array(ro, {"status", "conditions"})) {
            Value copy = Object {{"type", text(known, {"type"})},
                                 {"status", text(known, {"status"})},
                                 {"reason", text(known, {"reason"})}};
            sorted[std::string(text(known, {"type"}))] = copy;
        }
        for (auto& [type, value] : sorted)
            conditions.push_back(value);
        object["conditions"] = std::move(conditions);
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
            routes = *find(service, {"spec", "http"});
        object["routes"] = routes;
        std::map<std::string, Value> runs;
        for (const auto& run : all("AnalysisRun")) {
            std::string name(manifest::name(run));
            const std::string hash(manifest::label(run, "rollouts-pod-template-hash"));
            name = name.substr(5);
            name.replace(0, hash.size(), version(hash));
            runs[name] =
                Object {{"name", name},
                        {"phase", text(run, {"status", "phase"})},
                        {"message", find(run, {"status", "message"}) ? *find(run, {"status", "message"}) : Value {}}};
        }
        Array list;
        for (auto& [name, run] : runs)
            list.push_back(run);
        object["analysisRuns"] = std::move(list);
        auto json = manifest::toSortedJson(out);
        for (const auto& set : all("ReplicaSet")) { // names of ReplicaSets, as the data shows them
            const std::string hash(manifest::label(set, "rollouts-pod-template-hash"));
            for (auto at = json.find(hash); at != std::string::npos; at = json.find(hash, at + 1))
                json.replace(at, hash.size(), version(hash));
        }
        return json;
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
            conditions.push_back(Object {{"type", text(known, {"type"})},
                                         {"status", text(known, {"status"})},
                                         {"reason", text(known, {"reason"})}});
        object["conditions"] = std::move(conditions);
        object["weights"] = find(state, {"canary", "weights"}) ? *find(state, {"canary", "weights"}) : Value {};
        Array sets;
        for (const auto& set : manifest::array(state, {"replicaSets"}))
            sets.push_back(set);
        object["replicaSets"] = std::move(sets);
        Object services;
        for (const auto& [name, version] : manifest::object(state, {"services"}))
            if (version.is_string() && version.get_string() != "none")
                services[name] = version;
        object["services"] = std::move(services);
        object["routes"] = find(state, {"routes"}) ? *find(state, {"routes"}) : Value {};
        Array runs;
        for (const auto& run : manifest::array(state, {"analysisRuns"}))
            runs.push_back(Object {{"name", text(run, {"name"})},
                                   {"phase", text(run, {"phase"})},
                                   {"message", find(run, {"message"}) ? *find(run, {"message"}) : Value {}}});
        object["analysisRuns"] = std::move(runs);
        return manifest::toSortedJson(out);
    }

    void step(const Value& step)
    {
        if (const auto image = text(step, {"image"}); !image.empty()) {
            Value& ro = rollout();
            Value podTemplate = *find(ro, {"spec", "template"});
            auto& container = arrayAt(podTemplate, {"spec", "containers"}).front();
            std::string full(text(container, {"image"}));
            container.get_object()["image"] = full.substr(0, full.rfind(':') + 1) + std::string(image);
            patch(ro, Object {{"spec", Object {{"template", podTemplate}}}});
        }
        if (const auto* spec = find(step, {"spec"}))
            patch(rollout(), Object {{"spec", *spec}});
        const auto& plugin = manifest::array(step, {"plugin"});
        if (plugin.empty())
            return;
        std::string verb;
        for (const auto& word : plugin)
            verb += (verb.empty() ? "" : " ") + std::string(word.get_string());
        if (verb.starts_with("undo")) {
            const auto patch = undoPatch(rollout(), all("ReplicaSet"), 0);
            QVERIFY(patch);
            QVERIFY(manifest::jsonPatch(rollout(), patch->patch));
            return;
        }
        if (verb.find("--skip-all-steps") != std::string::npos) {
            manifest::mergePatch(
                rollout(),
                Object {{"status",
                         Object {{"pauseConditions", nullptr},
                                 {"currentStepIndex",
                                  static_cast<std::int64_t>(
                                      manifest::array(rollout(), {"spec", "strategy", "canary", "steps"}).size())}}}});
            return;
        }
        if (verb.find("--skip-current-step") != std::string::npos) {
            const auto index = manifest::integer(rollout(), {"status", "currentStepIndex"}).value_or(0);
            manifest::mergePatch(
                rollout(), Object {{"status", Object {{"pauseConditions", nullptr}, {"currentStepIndex", index + 1}}}});
            return;
        }
        const Action action = verb.find("--full") != std::string::npos ? Action::PromoteFull
            : verb.starts_with("promote")                              ? Action::Promote
            : verb.starts_with("abort")                                ? Action::Abort
            : verb.starts_with("retry")                                ? Action::Retry
            : verb.starts_with("restart")                              ? Action::Restart
                                                                       : Action::Pause;
        const auto patches = actionPatches(rollout(), action, m_now);
        QVERIFY2(patches, patches ? "" : patches.error().message.c_str());
        for (const auto& change : *patches)
            patch(rollout(), change.patch);
    }

    std::vector<std::string> overloads;

private:
    const Value& m_run;
    TimePoint m_now;
    std::vector<Value> m_objects;
    std::map<std::string, std::vector<TimePoint>> m_pods;
    std::map<std::string, std::size_t> m_asked;
    std::map<std::string, int> m_created;
    int m_serial = 0;
};

} // namespace test
