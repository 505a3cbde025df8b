// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "rollout_api_stages.h"
#include "rollout_world.h"

#include <QTest>

#include <fmt/format.h>

using namespace core;
using namespace core::rollout;
using manifest::Array;
using manifest::find;
using manifest::Object;
using manifest::text;
using manifest::Value;
using test::World;
using namespace std::chrono_literals;

class TestRolloutRuns : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { m_runs = test::recordedRuns(); }

    void replay_data()
    {
        QTest::addColumn<QString>("name");
        for (const auto& [name, run] : m_runs)
            QTest::newRow(name.c_str()) << QString::fromStdString(name);
        if (m_runs.empty())
            QTest::newRow("none") << QString();
    }
    void replay()
    {
        QFETCH(QString, name);
        if (name.isEmpty())
            QSKIP("the conformance data is not here");
        const auto& run = m_runs.at(name.toStdString());
        World world(run);
        const auto wrong = test::replay(run, world, test::Controller::Ours);
        QVERIFY2(wrong.empty(), wrong.c_str());
    }

    void onTheEmbeddedCluster_data() { replay_data(); }
    /// The controller itself, in virtual time, over the API.
    void onTheEmbeddedCluster()
    {
        QFETCH(QString, name);
        if (name.isEmpty())
            QSKIP("the conformance data is not here");
        const auto& run = m_runs.at(name.toStdString());
        test::EmbeddedStage stage(run);
        const auto wrong = test::replay(run, stage, test::Controller::Ours);
        QVERIFY2(wrong.empty(), wrong.c_str());
    }

    /// Names are taken twice in a cluster: a DestinationRule of another namespace's Rollout holds nothing here.
    void aRuleOfAnotherNamespaceKeepsNoPods()
    {
        if (!m_runs.contains("istio-steps"))
            QSKIP("the conformance data is not here");
        World world(m_runs.at("istio-steps"));
        const auto pass = [&] {
            for (int i = 0; i < 60; ++i)
                world.tick();
        };
        pass();
        world.step(Object {{"image", "v2"}});
        pass();
        const auto hash = std::string(text(world.rollout(), {"status", "currentPodHash"}));
        world.add(Object {
            {"apiVersion", "networking.istio.io/v1"},
            {"kind", "DestinationRule"},
            {"metadata",
             Object {{"name", "rule"},
                     {"namespace", "other"},
                     {"annotations", Object {{"argo-rollouts.argoproj.io/managed-by-rollouts", "demo"}}}}},
            {"spec",
             Object {
                 {"subsets",
                  Array {Object {{"name", "canary"}, {"labels", Object {{"rollouts-pod-template-hash", hash}}}}}}}}});
        world.step(Object {{"image", "v1"}});
        pass();
        QVERIFY(std::ranges::any_of(world.all("ReplicaSet"), [&](const Value& set) {
            return manifest::label(set, "rollouts-pod-template-hash") == hash
                && !manifest::annotation(set, "scale-down-deadline").empty();
        }));
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
        if (!m_runs.contains("istio-steps"))
            QSKIP("the conformance data is not here");
        const auto& run = m_runs.at("istio-steps");
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

private:
    std::map<std::string, Value> m_runs;
};

QTEST_GUILESS_MAIN(TestRolloutRuns)
#include "tst_rollout_runs.moc"
