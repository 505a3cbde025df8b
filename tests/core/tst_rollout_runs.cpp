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
    void initTestCase()
    {
        m_runs = test::recordedRuns();
        if (m_runs.empty())
            qWarning("the conformance data is not here: only the tests' own runs are played");
        m_runs.merge(test::ownRuns());
    }

    void replay_data()
    {
        QTest::addColumn<QString>("name");
        for (const auto& [name, run] : m_runs)
            QTest::newRow(name.c_str()) << QString::fromStdString(name);
    }
    void replay()
    {
        QFETCH(QString, name);
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
