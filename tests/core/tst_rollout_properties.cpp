// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Random specs, events and clock steps: never below the minimum available, no traffic without ready pods, no step
// skipped by itself, and an abort always ends with the stable version. ROLLOUT_SEEDS=N plays N of them.
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

namespace {

Value json(const char* text)
{
    return manifest::parseJson(text).value();
}

/// A life of one random Rollout.
class Life
{
public:
    explicit Life(unsigned seed)
        : m_state(seed * 7919)
        , m_routed(below(2) == 0)
        , m_replicas(static_cast<std::int64_t>(1 + below(10)))
        , m_run(run())
        , m_world(m_run)
    {
    }

    /// What it broke first; "" where it kept everything.
    std::string live()
    {
        for (int i = 0; i < 100; ++i)
            m_world.tick();
        if (text(rollout(), {"status", "phase"}) != "Healthy" || available() != m_replicas)
            return "the first version does not get healthy: " + describe();
        m_least = m_replicas - surgeLimits(rollout()).maxUnavailable;
        std::string wrong;
        for (int act = 0; act < 14 && wrong.empty(); ++act) {
            const auto what = doSomething();
            wrong = watch(5 + below(60), what.jumps);
            if (wrong.empty() && manifest::flag(rollout(), {"status", "abort"}))
                wrong = endOfAbort();
            if (!wrong.empty())
                wrong = fmt::format("act {} ({}): {}\n{}", act, what.name, wrong, describe());
        }
        return wrong;
    }

private:
    struct Deed
    {
        const char* name;
        bool jumps; ///< the step index may change by itself
    };

    std::uint32_t below(std::uint32_t limit)
    {
        m_state = m_state * 1664525U + 1013904223U;
        return (m_state >> 8U) % limit;
    }

    Value steps()
    {
        Array out;
        std::int64_t weight = 0;
        for (std::uint32_t i = 0, count = 1 + below(5); i < count; ++i) {
            weight = std::min<std::int64_t>(100, weight + 5 + below(40));
            out.push_back(Object {{"setWeight", weight}});
            if (below(2) == 0)
                out.push_back(
                    Object {{"pause", below(2) == 0 ? Value(Object {}) : Value(Object {{"duration", "2s"}})}});
            if (below(4) == 0)
                out.push_back(json("{\"analysis\":{\"templates\":[{\"templateName\":\"check\"}]}}"));
        }
        return out;
    }

    Value canary()
    {
        Object out {{"steps", steps()}};
        if (below(2) == 0)
            out["maxSurge"] = static_cast<std::int64_t>(below(3));
        if (below(2) == 0)
            out["maxUnavailable"] = "20%";
        if (below(3) == 0)
            out["analysis"] = json("{\"templates\":[{\"templateName\":\"check\"}],\"startingStep\":1}");
        if (!m_routed)
            return out;
        if (below(3) == 0)
            out["pingPong"] = Object {{"pingService", "demo-stable"}, {"pongService", "demo-canary"}};
        else
            out.insert({{"stableService", "demo-stable"}, {"canaryService", "demo-canary"}});
        out["trafficRouting"] = Object {{"istio", Object {{"virtualService", Object {{"name", "vs"}}}}}};
        out["dynamicStableScale"] = below(3) == 0;
        if (below(4) == 0)
            out["abortScaleDownDelaySeconds"] = static_cast<std::int64_t>(below(3));
        return out;
    }

    /// What Prometheus answers, in turn: good for the most part.
    Value answers()
    {
        Array out;
        for (int i = 0; i < 40; ++i) {
            const auto dice = below(20);
            out.push_back(dice == 0 ? Value("nan") : dice == 1 ? Value("error") : dice == 2 ? Value(0.1) : Value(1.0));
        }
        return out;
    }

    Value run()
    {
        Array objects;
        for (const auto* name : {"demo-stable", "demo-canary"})
            objects.push_back(Object {{"apiVersion", "v1"},
                                      {"kind", "Service"},
                                      {"metadata", Object {{"name", name}}},
                                      {"spec", Object {{"selector", Object {{"app", "demo"}}}}}});
        objects.push_back(json(
            "{\"apiVersion\":\"networking.istio.io/v1\",\"kind\":\"VirtualService\",\"metadata\":{\"name\":\"vs\"},"
            "\"spec\":{\"http\":[{\"route\":[{\"destination\":{\"host\":\"demo-stable\"},\"weight\":100},"
            "{\"destination\":{\"host\":\"demo-canary\"},\"weight\":0}]}]}}"));
        objects.push_back(json(
            "{\"apiVersion\":\"argoproj.io/v1alpha1\",\"kind\":\"AnalysisTemplate\",\"metadata\":{\"name\":\"check\"},"
            "\"spec\":{\"metrics\":[{\"name\":\"rate\",\"interval\":\"1s\",\"count\":3,\"failureLimit\":1,"
            "\"successCondition\":\"result[0] >= 0.9\",\"provider\":{\"prometheus\":{\"address\":\"http://p:9090\","
            "\"query\":\"scenario:SCENARIO:rate\"}}}]}}"));
        Value rollout = json(
            "{\"apiVersion\":\"argoproj.io/v1alpha1\",\"kind\":\"Rollout\",\"metadata\":{\"name\":\"demo\"},\"spec\":{"
            "\"selector\":{\"matchLabels\":{\"app\":\"demo\"}},\"template\":{\"metadata\":{\"labels\":{\"app\":"
            "\"demo\"}},\"spec\":{\"containers\":[{\"name\":\"server\",\"image\":\"x:v1\"}]}}}}");
        objectAt(rollout, {"spec"})["replicas"] = m_replicas;
        objectAt(rollout, {"spec", "strategy"})["canary"] = canary();
        objects.push_back(rollout);
        return Object {{"name", "random"}, {"objects", objects}, {"metrics", Object {{"rate", answers()}}}};
    }

    Deed doSomething()
    {
        const Value& now = rollout();
        switch (below(9)) {
        case 0:
        case 1:
        case 2:
            m_world.step(Object {{"image", "v" + std::to_string(1 + below(3))}});
            return {"another image", true};
        case 3:
            if (!actionPatches(now, Action::Promote, {}))
                break;
            m_world.step(json("{\"plugin\":[\"promote\",\"demo\"]}"));
            return {"promote", true};
        case 4:
            if (!actionPatches(now, Action::Abort, {})
                || text(now, {"status", "stableRS"}) == text(now, {"status", "currentPodHash"}))
                break;
            m_world.step(json("{\"plugin\":[\"abort\",\"demo\"]}"));
            return {"abort", true};
        case 5:
            if (!actionPatches(now, Action::Retry, {}))
                break;
            m_world.step(json("{\"plugin\":[\"retry\",\"demo\"]}"));
            return {"retry", true};
        case 6: {
            m_replicas = static_cast<std::int64_t>(1 + below(10));
            m_world.step(Object {{"spec", Object {{"replicas", m_replicas}}}});
            for (int i = 0; i < 40; ++i) // new pods need their time
                m_world.tick();
            m_world.overloads.clear();
            m_least = m_replicas - surgeLimits(rollout()).maxUnavailable;
            return {"scale", true};
        }
        case 7: // at most as many pods at once as may be missing, at least one
            m_world.step(json("{\"plugin\":[\"restart\",\"demo\"]}"));
            m_restarts = true;
            m_least = std::min(m_least, m_replicas - std::max<std::int64_t>(1, surgeLimits(rollout()).maxUnavailable));
            return {"restart", false};
        default:
            break;
        }
        return {"nothing", false};
    }

    std::string watch(std::uint32_t ticks, bool jumps)
    {
        auto before = index();
        for (std::uint32_t i = 0; i < ticks; ++i) {
            m_world.traced["step"].clear();
            m_world.tick();
            if (available() < m_least)
                return fmt::format("{} of at least {} available at tick {}", available(), m_least, i);
            if (m_restarts)
                m_world.overloads.clear(); // a canary of one pod is gone for a moment
            if (!m_world.overloads.empty())
                return m_world.overloads.front();
            const auto after = index();
            // An analysis that fails begins again at the first step: only forwards must no step be left out.
            for (const auto& seen : m_world.traced["step"]) {
                const auto step = std::stoll(seen);
                if (!jumps && step > before + 1)
                    return fmt::format("from step {} to {}", before, step);
                before = step;
            }
            before = after;
            jumps = false;
        }
        return {};
    }

    std::string endOfAbort()
    {
        for (int i = 0; i < 200; ++i)
            m_world.tick();
        const auto stable = text(rollout(), {"status", "stableRS"});
        if (text(rollout(), {"status", "phase"}) != "Degraded")
            return "an aborted rollout is not Degraded";
        std::int64_t serving = 0;
        for (const auto& set : m_world.all("ReplicaSet"))
            if (manifest::label(set, "rollouts-pod-template-hash") == stable)
                serving = manifest::integer(set, {"status", "availableReplicas"}).value_or(0);
        if (serving != m_replicas)
            return fmt::format("after the abort {} of {} stable pods serve", serving, m_replicas);
        if (m_routed && manifest::integer(rollout(), {"status", "canary", "weights", "canary", "weight"}) != 0)
            return "after the abort the canary gets traffic";
        return {};
    }

    [[nodiscard]] Value& rollout() { return m_world.rollout(); }
    [[nodiscard]] std::int64_t available() const
    {
        std::int64_t sum = 0;
        for (const auto& set : m_world.all("ReplicaSet"))
            sum += manifest::integer(set, {"status", "availableReplicas"}).value_or(0);
        return sum;
    }
    [[nodiscard]] std::int64_t index()
    {
        return manifest::integer(rollout(), {"status", "currentStepIndex"}).value_or(-1);
    }
    [[nodiscard]] std::string describe()
    {
        std::string out;
        for (const auto& set : m_world.all("ReplicaSet"))
            out += fmt::format(" {} {}/{}", m_world.version(manifest::label(set, "rollouts-pod-template-hash")),
                               manifest::integer(set, {"spec", "replicas"}).value_or(0),
                               manifest::integer(set, {"status", "availableReplicas"}).value_or(0));
        return out + "\n" + manifest::toJson(*find(rollout(), {"spec", "strategy"})) + "\n"
            + manifest::toJson(*find(rollout(), {"status"}));
    }

    std::uint32_t m_state;
    bool m_routed;
    std::int64_t m_replicas;
    std::int64_t m_least = 0;
    bool m_restarts = false; ///< from the first restart on
    Value m_run;
    World m_world;
};

} // namespace

class TestRolloutProperties : public QObject
{
    Q_OBJECT

private slots:
    void randomRolloutsKeepTheirPromises_data()
    {
        QTest::addColumn<unsigned>("seed");
        const auto wanted = qEnvironmentVariableIntValue("ROLLOUT_SEEDS"); // more, when one looks for trouble
        for (unsigned seed = 1; seed <= static_cast<unsigned>(wanted > 0 ? wanted : 30); ++seed)
            QTest::addRow("%u", seed) << seed;
    }
    void randomRolloutsKeepTheirPromises()
    {
        QFETCH(unsigned, seed);
        Life life(seed);
        const auto wrong = life.live();
        QVERIFY2(wrong.empty(), wrong.c_str());
    }
};

QTEST_GUILESS_MAIN(TestRolloutProperties)
#include "tst_rollout_properties.moc"
