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
#include "rollout_replay.h"

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
class World : public RunStage, public RolloutTraces
{
public:
    explicit World(const Value& run)
        : m_prometheus(run)
        , m_now(parseRfc3339("2026-01-01T00:00:00Z").value())
    {
        for (const auto& object : manifest::array(run, {"objects"}))
            add(runObject(run, object, "ns"));
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

    Observed observed()
    {
        Observed out;
        out.rollout = rollout();
        out.replicaSets = owned("ReplicaSet", out.rollout);
        out.analysisRuns = owned("AnalysisRun", out.rollout);
        out.experiments = owned("Experiment", out.rollout);
        out.services = all("Service");
        out.templates = all("AnalysisTemplate");
        out.loadBalancers = loadBalancers;
        if (!serviceToVerify(out).empty())
            out.targets = targets;
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
    std::optional<std::vector<LoadBalancer>> loadBalancers; ///< what AWS's API would tell; none: nobody asks
    std::vector<TargetRegistration> targets; ///< the same, of the Service that is asked for

    RolloutTraces& traces() override { return *this; }
    std::string act(const Value& action) override
    {
        step(action);
        return {};
    }
    /// A tenth of a second passes: pods follow, runs measure, the rollout is looked at until nothing more is written.
    bool tick() override
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
            const auto plan = planRollout(observed(), m_now, {.resync = kRecordedResync, .withoutRouters = false});
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
                for (const auto& write : plan.writes)
                    qWarning("never settles: %s %s", std::string(manifest::name(write.object)).c_str(),
                             manifest::toJson(write.patch).c_str());
        }
        evicted();
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
                pods.push_back({fmt::format("{}-{}", hash, ++m_serial), m_now, 100ms + 100ms * (pods.size() % 4)});
            std::int64_t ready = 0;
            for (const auto& pod : pods) // one after the other, within half a second
                ready += !bad && m_now - pod.since >= pod.delay ? 1 : 0;
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
        for (const auto& [hash, pods] : m_pods)
            for (const auto& pod : pods)
                m_objects.push_back(Object {
                    {"apiVersion", "v1"},
                    {"kind", "Pod"},
                    {"metadata", Object {{"name", pod.name}, {"creationTimestamp", formatRfc3339(pod.since)}}}});
        return changed;
    }

    void evicted()
    {
        for (auto& [hash, pods] : m_pods)
            std::erase_if(pods, [&](const Pod& pod) { return get("Pod", pod.name) == nullptr; });
    }

    bool measureRuns()
    {
        bool changed = false;
        MeasureDeps deps;
        deps.http = [this](const HttpRequest& request, std::stop_token) { return m_prometheus.answer(request); };
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

    void step(const Value& step)
    {
        if (const auto image = text(step, {"image"}); !image.empty()) {
            auto* workload = get("Deployment", text(rollout(), {"spec", "workloadRef", "name"}));
            Value& ro = workload ? *workload : rollout();
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
            auto* workload = get("Deployment", text(rollout(), {"spec", "workloadRef", "name"}));
            const auto patch =
                undoPatch(rollout(), all("ReplicaSet"), revisionIn(verb), workload ? *workload : Value());
            QVERIFY(patch);
            QVERIFY(manifest::jsonPatch(workload ? *workload : rollout(), patch->patch));
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

private:
    ScriptedPrometheus m_prometheus;
    TimePoint m_now;
    struct Pod
    {
        std::string name;
        TimePoint since;
        Duration delay; ///< until it is ready
    };
    std::map<std::string, std::vector<Pod>> m_pods;
    std::map<std::string, int> m_created;
    int m_serial = 0;
};

} // namespace test
