// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifest/patch.h"
#include "core/rollout/actions.h"
#include "core/rollout/analysis.h"
#include "core/rollout/json.h"
#include "core/rollout/plan.h"
#include "core/rollout/providers.h"
#include "core/rollout/replicas.h"

#include <QDir>
#include <QTest>

#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

using namespace core;
using namespace core::rollout;
using manifest::Array;
using manifest::find;
using manifest::Object;
using manifest::text;
using manifest::Value;
using namespace std::chrono_literals;

namespace {

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

    Observed observed()
    {
        Observed out;
        out.rollout = rollout();
        out.replicaSets = all("ReplicaSet");
        out.analysisRuns = all("AnalysisRun");
        out.services = all("Service");
        out.templates = all("AnalysisTemplate");
        out.pods = all("Pod");
        for (const auto* kind : {"VirtualService", "DestinationRule"})
            for (auto& object : all(kind))
                out.routes.push_back(std::move(object));
        return out;
    }
    [[nodiscard]] TimePoint now() const { return m_now; }

    /// A tenth of a second passes: pods follow, runs measure, the rollout is looked at until nothing more is written.
    bool tick()
    {
        m_now += 100ms;
        bool changed = kubelet();
        for (int pass = 0; pass < 30; ++pass) {
            bool wrote = measureRuns();
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
            const std::string hash(manifest::label(object, "rollouts-pod-template-hash"));
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
        for (const auto& set : all("ReplicaSet"))
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

std::string difference(const std::string& got, const std::string& wanted)
{
    const auto a = manifest::parseJson(got).value();
    const auto b = manifest::parseJson(wanted).value();
    std::string out;
    for (const auto& [key, value] : b.get_object()) {
        const auto* mine = find(a, {std::string_view(key)});
        if (!mine || !manifest::equal(*mine, value))
            out += fmt::format("\n      {}: {}\n      instead of {}", std::string_view(key),
                               mine ? manifest::toJson(*mine) : "nothing", manifest::toJson(value));
    }
    return out;
}

} // namespace

class TestRolloutRuns : public QObject
{
    Q_OBJECT

private slots:
    void replay_data()
    {
        QTest::addColumn<QString>("path");
        const QDir dir(QStringLiteral(CONFORMANCE_DIR "/rollout-runs"));
        for (const auto& entry : dir.entryInfoList({QStringLiteral("*.json")}, QDir::Files, QDir::Name))
            QTest::newRow(entry.baseName().toUtf8().constData()) << entry.filePath();
        if (!dir.exists())
            QTest::newRow("none") << QString();
    }
    void replay()
    {
        QFETCH(QString, path);
        if (path.isEmpty())
            QSKIP("the conformance data is not here");
        std::ifstream file(path.toStdString());
        std::stringstream buffer;
        buffer << file.rdbuf();
        const auto run = manifest::parseJson(buffer.str()).value();
        World world(run);
        std::string wrong;
        const auto& steps = manifest::array(run, {"steps"});
        for (std::size_t i = 0; i < steps.size(); ++i) {
            const auto& action = *find(steps[i], {"step"});
            if (action.is_object())
                world.step(action);
            const auto quiet = action.is_object() ? manifest::integer(action, {"quiet"}).value_or(4) : 4;
            int still = 0;
            for (int tick = 0; tick < 8000 && still < quiet * 10; ++tick) {
                const bool changed = world.tick();
                world.evicted();
                still = changed ? 0 : still + 1;
            }
            const bool ours = std::string(text(run, {"name"})) == "dynamic-stable" && i + 1 == steps.size();
            std::map<std::string, std::vector<std::string>> expected;
            for (const auto& entry : manifest::array(steps[i], {"trace"}))
                for (auto& [what, value] : World::traceValues(entry))
                    if (expected[what].empty() || expected[what].back() != value)
                        expected[what].push_back(std::move(value));
            for (const auto& [what, values] : expected) {
                std::size_t at = 0;
                for (const auto& value : world.traced[what])
                    at += at < values.size() && values[at] == value ? 1U : 0U;
                // How far each pass of several pods at once gets depends on the moment at which each becomes ready.
                const bool paced = what.starts_with("desired") && std::string(text(run, {"name"})) == "surge-percent";
                if (at < values.size() && !(paced && world.traced[what].back() == values.back()))
                    wrong += fmt::format("\n   step {}: {} goes {} instead of {}", i, what,
                                         fmt::join(world.traced[what], " "), fmt::join(values, " "));
            }
            for (auto& [what, values] : world.traced)
                if (!values.empty())
                    values.erase(values.begin(), values.end() - 1);
            if (ours) { // the one place where the original stops half way
                const auto& final = world.rollout();
                if (text(final, {"status", "phase"}) != "Degraded"
                    || manifest::integer(final, {"status", "canary", "weights", "canary", "weight"}) != 0)
                    wrong += "\n   the stable version does not serve everything after the abort";
                continue;
            }
            const auto different = difference(world.state(), World::wanted(*find(steps[i], {"state"})));
            if (!different.empty())
                wrong += fmt::format("\n   step {} {}:{}", i, manifest::toJson(action), different);
        }
        for (const auto& overload : world.overloads)
            wrong += "\n   " + overload;
        if (!wrong.empty())
            qWarning("%s%s", std::string(text(run, {"name"})).c_str(), wrong.c_str());
        QVERIFY(wrong.empty());
    }

    void randomRolloutsKeepTheirPromises_data()
    {
        QTest::addColumn<unsigned>("seed");
        const auto wanted = qEnvironmentVariableIntValue("ROLLOUT_SEEDS"); // more, when one looks for trouble
        for (unsigned seed = 1; seed <= static_cast<unsigned>(wanted > 0 ? wanted : 15); ++seed)
            QTest::addRow("%u", seed) << seed;
    }
    /// Random specs, events and clock steps: never below the minimum available, no traffic without ready pods, no step
    /// skipped by itself, and an abort always ends with the stable version.
    void randomRolloutsKeepTheirPromises()
    {
        QFETCH(unsigned, seed);
        std::uint32_t state = seed * 7919;
        const auto random = [&](std::uint32_t below) {
            state = state * 1664525U + 1013904223U;
            return (state >> 8U) % below;
        };
        const bool routed = random(2) == 0;
        const auto replicas = static_cast<std::int64_t>(1 + random(10));
        Array steps;
        std::int64_t weight = 0;
        for (std::uint32_t i = 0; i < 1 + random(5); ++i) {
            weight = std::min<std::int64_t>(100, weight + 5 + random(40));
            steps.push_back(Object {{"setWeight", weight}});
            if (random(2) == 0)
                steps.push_back(
                    Object {{"pause", random(2) == 0 ? Value(Object {}) : Value(Object {{"duration", "2s"}})}});
        }
        Object canary {{"steps", steps}};
        if (random(2) == 0)
            canary["maxSurge"] = static_cast<std::int64_t>(random(3));
        if (random(2) == 0)
            canary["maxUnavailable"] = "20%";
        if (routed) {
            canary["canaryService"] = "demo-canary";
            canary["stableService"] = "demo-stable";
            canary["trafficRouting"] = Object {{"istio", Object {{"virtualService", Object {{"name", "vs"}}}}}};
            canary["dynamicStableScale"] = random(3) == 0;
        }
        const auto parse = [](const char* json) { return manifest::parseJson(json).value(); };
        Array objects;
        for (const auto* name : {"demo-stable", "demo-canary"})
            objects.push_back(Object {{"apiVersion", "v1"},
                                      {"kind", "Service"},
                                      {"metadata", Object {{"name", name}}},
                                      {"spec", Object {{"selector", Object {{"app", "demo"}}}}}});
        objects.push_back(parse(
            "{\"apiVersion\":\"networking.istio.io/v1\",\"kind\":\"VirtualService\",\"metadata\":{\"name\":\"vs\"},"
            "\"spec\":{\"http\":[{\"route\":[{\"destination\":{\"host\":\"demo-stable\"},\"weight\":100},"
            "{\"destination\":{\"host\":\"demo-canary\"},\"weight\":0}]}]}}"));
        Value rollout = parse(
            "{\"apiVersion\":\"argoproj.io/v1alpha1\",\"kind\":\"Rollout\",\"metadata\":{\"name\":\"demo\"},\"spec\":{"
            "\"selector\":{\"matchLabels\":{\"app\":\"demo\"}},\"template\":{\"metadata\":{\"labels\":{\"app\":"
            "\"demo\"}},"
            "\"spec\":{\"containers\":[{\"name\":\"server\",\"image\":\"x:v1\"}]}}}}");
        objectAt(rollout, {"spec"})["replicas"] = replicas;
        objectAt(rollout, {"spec", "strategy"})["canary"] = std::move(canary);
        objects.push_back(rollout);
        const Value run = Object {{"name", "random"}, {"objects", objects}, {"metrics", Object {}}};
        World world(run);
        const auto available = [&] {
            std::int64_t sum = 0;
            for (const auto& set : world.all("ReplicaSet"))
                sum += manifest::integer(set, {"status", "availableReplicas"}).value_or(0);
            return sum;
        };
        const auto index = [&] {
            return manifest::integer(world.rollout(), {"status", "currentStepIndex"}).value_or(-1);
        };
        for (int i = 0; i < 100; ++i)
            world.tick();
        QCOMPARE(text(world.rollout(), {"status", "phase"}), std::string_view("Healthy"));
        QCOMPARE(available(), replicas);
        std::int64_t least = 0;
        {
            const auto limits = surgeLimits(world.rollout());
            least = replicas - limits.maxUnavailable;
        }
        int version = 1;
        for (int act = 0; act < 12; ++act) {
            const auto choice = random(6);
            const Value& now = world.rollout();
            bool jumps = true;
            if (choice == 0 || choice == 1) {
                version = 1 + static_cast<int>(random(3));
                world.step(Object {{"image", "v" + std::to_string(version)}});
            } else if (choice == 2 && actionPatches(now, Action::Promote, {})) {
                world.step(parse("{\"plugin\":[\"promote\",\"demo\"]}"));
            } else if (choice == 3 && actionPatches(now, Action::Abort, {})
                       && text(now, {"status", "stableRS"}) != text(now, {"status", "currentPodHash"})) {
                world.step(parse("{\"plugin\":[\"abort\",\"demo\"]}"));
            } else if (choice == 4 && actionPatches(now, Action::Retry, {})) {
                world.step(parse("{\"plugin\":[\"retry\",\"demo\"]}"));
            } else {
                jumps = false;
            }
            auto before = index();
            for (std::uint32_t i = 0; i < 5 + random(60); ++i) {
                world.tick();
                if (available() < least) {
                    std::string sets;
                    for (const auto& set : world.all("ReplicaSet"))
                        sets +=
                            fmt::format(" {} {}/{}", world.version(manifest::label(set, "rollouts-pod-template-hash")),
                                        manifest::integer(set, {"spec", "replicas"}).value_or(0),
                                        manifest::integer(set, {"status", "availableReplicas"}).value_or(0));
                    QFAIL(fmt::format("{} of at least {} available at tick {} after act {} choice {}:{}\n{}",
                                      available(), least, i, act, choice, sets,
                                      manifest::toJson(*find(world.rollout(), {"spec", "strategy"}))
                                          + manifest::toJson(*find(world.rollout(), {"status"})))
                              .c_str());
                }
                const auto after = index();
                if (!jumps && after > before)
                    for (const auto& seen : world.traced["step"]) // every step between was passed
                        if (std::stoll(seen) > before && std::stoll(seen) <= after)
                            before = std::stoll(seen) == before + 1 ? before + 1 : before;
                if (!jumps && after > before)
                    QVERIFY2(after <= before + 1, fmt::format("from step {} to {}", before, after).c_str());
                before = after;
                jumps = false;
                world.traced["step"].clear();
            }
            QVERIFY2(world.overloads.empty(), world.overloads.empty() ? "" : world.overloads.front().c_str());
            if (choice == 3 && manifest::flag(world.rollout(), {"status", "abort"})) {
                for (int i = 0; i < 150; ++i)
                    world.tick();
                const Value& end = world.rollout();
                QCOMPARE(text(end, {"status", "phase"}), std::string_view("Degraded"));
                const auto stable = text(end, {"status", "stableRS"});
                std::int64_t serving = 0;
                for (const auto& set : world.all("ReplicaSet"))
                    if (manifest::label(set, "rollouts-pod-template-hash") == stable)
                        serving = manifest::integer(set, {"status", "availableReplicas"}).value_or(0);
                QCOMPARE(serving, replicas);
                if (routed)
                    QCOMPARE(manifest::integer(end, {"status", "canary", "weights", "canary", "weight"}),
                             std::optional<std::int64_t>(0));
            }
        }
    }

    /// What one look at a Rollout in the middle of a canary costs.
    void planningIsCheap()
    {
        std::ifstream file(CONFORMANCE_DIR "/rollout-runs/istio-steps.json");
        if (!file)
            QSKIP("the conformance data is not here");
        std::stringstream buffer;
        buffer << file.rdbuf();
        const auto run = manifest::parseJson(buffer.str()).value();
        World world(run);
        for (int i = 0; i < 100; ++i)
            world.tick();
        world.step(Object {{"image", "v2"}});
        for (int i = 0; i < 100; ++i)
            world.tick();
        const auto observed = world.observed();
        QBENCHMARK
        {
            const auto plan = planRollout(observed, world.now(), {});
            QVERIFY(plan.writes.empty());
        }
    }
};

QTEST_GUILESS_MAIN(TestRolloutRuns)
#include "tst_rollout_runs.moc"
