// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifest/yaml.h"
#include "core/rollout/findings.h"
#include "rollout_world.h"

#include <QTest>

using namespace core;
using namespace core::rollout;
using manifest::Array;
using manifest::find;
using manifest::Object;
using manifest::text;
using manifest::Value;
using namespace std::chrono_literals;

namespace {

Value yaml(const std::string& document)
{
    auto parsed = manifest::parseYaml(document, "test");
    if (!parsed)
        qFatal("%s", parsed.error().text().c_str());
    return parsed->front().value;
}

Value serviceNamed(const std::string& name)
{
    return yaml("apiVersion: v1\nkind: Service\nmetadata: {name: " + name + "}\nspec: {selector: {app: demo}}\n");
}

/// A Rollout `demo` of three pods with a strategy, and the Services that it may name.
Value scenario(const std::string& strategy, const std::vector<std::string>& more = {}, const std::string& spec = {})
{
    Array objects;
    for (const auto* name : {"demo-stable", "demo-canary", "demo-active", "demo-preview", "demo-ping", "demo-pong"})
        objects.push_back(serviceNamed(name));
    for (const auto& document : more)
        objects.push_back(yaml(document));
    objects.push_back(
        yaml("apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: demo}\nspec:\n  replicas: 3\n  "
             "selector: {matchLabels: {app: demo}}\n  template:\n    metadata: {labels: {app: demo}}\n    spec: "
             "{containers: [{name: server, image: \"x:v1\", ports: [{containerPort: 8080}]}]}\n"
             + spec + "  strategy: " + strategy + "\n"));
    return Object {{"name", "features"}, {"objects", objects}, {"metrics", Object {}}};
}

const std::string kVirtualService =
    "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: vs}\nspec: {http: [{route: "
    "[{destination: {host: demo-stable}, weight: 100}, {destination: {host: demo-canary}, weight: 0}]}]}\n";

std::string analysisTemplate(const std::string& metric)
{
    return "apiVersion: argoproj.io/v1alpha1\nkind: AnalysisTemplate\nmetadata: {name: rate}\nspec: {metrics: [{name: "
           "m, "
           "initialDelay: 1s, successCondition: 'result[0] > 0.5', provider: {prometheus: {address: 'http://p', query: "
           "'scenario:features:"
        + metric + "'}}}]}\n";
}

void run(test::World& world, int seconds)
{
    for (int i = 0; i < seconds * 10; ++i)
        world.tick();
}

std::string phase(test::World& world)
{
    return std::string(text(world.rollout(), {"status", "phase"}));
}

std::string selectorOf(test::World& world, const char* service)
{
    return world.version(text(*world.get("Service", service), {"spec", "selector", "rollouts-pod-template-hash"}));
}

Value plugin(const char* verb)
{
    return Object {{"plugin", Array {Value(verb), Value("demo")}}};
}

std::int64_t replicasOf(test::World& world, const std::string& version)
{
    std::int64_t count = -1;
    for (const auto& set : world.owned("ReplicaSet", world.rollout()))
        if (world.version(manifest::label(set, "rollouts-pod-template-hash")) == version)
            count = manifest::integer(set, {"spec", "replicas"}).value_or(0);
    return count;
}

std::string routeWeights(test::World& world)
{
    std::string out;
    for (const auto& target : manifest::array(*world.get("VirtualService", "vs"), {"spec", "http", "0", "route"}))
        out += std::string(text(target, {"destination", "host"})) + "="
            + std::to_string(manifest::integer(target, {"weight"}).value_or(0)) + " ";
    return out;
}

} // namespace

class TestRolloutFeatures : public QObject
{
    Q_OBJECT

private slots:
    void pingAndPongTakeTurns()
    {
        test::World world(scenario(
            "{canary: {pingPong: {pingService: demo-ping, pongService: demo-pong}, steps: [{setWeight: 20}, {pause: "
            "{}}], trafficRouting: {istio: {virtualService: {name: vs}}}}}",
            {"apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: vs}\nspec: {http: [{route: "
             "[{destination: {host: demo-ping}, weight: 100}, {destination: {host: demo-pong}, weight: 0}]}]}\n"}));
        run(world, 5);
        QCOMPARE(phase(world), std::string("Healthy"));
        QCOMPARE(text(world.rollout(), {"status", "canary", "stablePingPong"}), std::string_view("ping"));
        world.step(Object {{"image", "v2"}});
        run(world, 5);
        QCOMPARE(phase(world), std::string("Paused"));
        QCOMPARE(selectorOf(world, "demo-pong"), std::string("v2"));
        QCOMPARE(routeWeights(world), std::string("demo-ping=80 demo-pong=20 "));
        QVERIFY(!find(world.rollout(), {"status", "canary", "weights", "canary", "serviceName"})); // as the original
        world.step(plugin("promote"));
        run(world, 5);
        QCOMPARE(phase(world), std::string("Healthy"));
        QCOMPARE(text(world.rollout(), {"status", "canary", "stablePingPong"}), std::string_view("pong"));
        QCOMPARE(routeWeights(world), std::string("demo-ping=0 demo-pong=100 "));
        world.step(Object {{"image", "v3"}});
        run(world, 5);
        QCOMPARE(selectorOf(world, "demo-ping"), std::string("v3"));
        QCOMPARE(selectorOf(world, "demo-pong"), std::string("v2"));
        QCOMPARE(routeWeights(world), std::string("demo-ping=20 demo-pong=80 "));
    }

    void anExperimentStepDecides_data()
    {
        QTest::addColumn<QString>("answer");
        QTest::addColumn<QString>("end");
        QTest::newRow("good") << "[1]"
                              << "Healthy";
        QTest::newRow("bad") << "[0]"
                             << "Degraded";
        QTest::newRow("nothing measured") << "[\"nan\"]"
                                          << "Degraded";
    }
    void anExperimentStepDecides()
    {
        QFETCH(QString, answer);
        QFETCH(QString, end);
        auto given = scenario(
            "{canary: {canaryService: demo-canary, stableService: demo-stable, trafficRouting: {istio: "
            "{virtualService: "
            "{name: vs}}}, steps: [{setWeight: 10}, {experiment: {duration: 5s, templates: [{name: base, specRef: "
            "stable, weight: 5}, {name: next, specRef: canary, weight: 5, replicas: 2}], analyses: [{name: rate, "
            "templateName: rate, requiredForCompletion: true}]}}, {setWeight: 50}]}}",
            {kVirtualService, analysisTemplate("rate")});
        given.as_object()["metrics"] = Object {{"rate", manifest::parseJson(answer.toStdString()).value()}};
        test::World world(given);
        run(world, 5);
        world.step(Object {{"image", "v2"}});
        std::string most;
        for (int i = 0; i < 30; ++i) {
            world.tick();
            if (routeWeights(world).size() > most.size())
                most = routeWeights(world);
        }
        const auto experiments = world.all("Experiment");
        QCOMPARE(experiments.size(), std::size_t {1});
        const std::string name(manifest::name(experiments[0]));
        QVERIFY2(most.find(name + "-base=5 " + name + "-next=5 ") != std::string::npos, most.c_str());
        QVERIFY2(most.find("demo-stable=80 demo-canary=10") != std::string::npos, most.c_str());
        run(world, 8);
        QCOMPARE(QString::fromStdString(phase(world)), end);
        QCOMPARE(routeWeights(world), std::string("demo-stable=100 demo-canary=0 "));
        if (end == QLatin1String("Degraded"))
            QVERIFY(text(world.rollout(), {"status", "message"}).find("Experiment analysis phase is error/failed")
                    != std::string_view::npos);
        run(world, 40); // its pods go after the delay
        for (const auto& set : world.owned("ReplicaSet", world.all("Experiment").at(0)))
            QCOMPARE(manifest::integer(set, {"spec", "replicas"}), std::optional<std::int64_t>(0));
        QVERIFY(!world.get("Service", name + "-base"));
    }

    void anExperimentFailsWithoutItsPods()
    {
        test::World world(
            scenario("{canary: {maxSurge: 1, maxUnavailable: 0, steps: [{experiment: {templates: [{name: next, "
                     "specRef: canary}]}}]}}",
                     {}, "  progressDeadlineSeconds: 5\n"));
        run(world, 3);
        world.step(Object {{"image", "bad"}});
        run(world, 10);
        QCOMPARE(phase(world), std::string("Degraded"));
        QVERIFY(text(world.rollout(), {"status", "message"}).find("exceeded its progressDeadlineSeconds (5)")
                != std::string_view::npos);
    }

    void metadataFollowsTheRole()
    {
        test::World world(
            scenario("{canary: {steps: [{setWeight: 50}, {pause: {}}], canaryMetadata: {labels: {role: canary}, "
                     "annotations: {seen: 'yes'}}, stableMetadata: {labels: {role: stable}}}}"));
        run(world, 5);
        const auto roleOf = [&](const std::string& version) {
            for (const auto& set : world.all("ReplicaSet"))
                if (world.version(manifest::label(set, "rollouts-pod-template-hash")) == version)
                    return std::string(text(set, {"spec", "template", "metadata", "labels", "role"}));
            return std::string("none");
        };
        QCOMPARE(roleOf("v1"), std::string("stable"));
        world.step(Object {{"image", "v2"}});
        run(world, 5);
        QCOMPARE(roleOf("v1"), std::string("stable"));
        QCOMPARE(roleOf("v2"), std::string("canary"));
        world.step(plugin("promote"));
        auto observed = world.observed(); // a pod that still has the canary's labels when its version is promoted
        run(world, 5);
        QCOMPARE(roleOf("v2"), std::string("stable"));
        QCOMPARE(roleOf("v1"), std::string(""));
        QCOMPARE(world.all("ReplicaSet").size(), std::size_t {2}); // metadata is no other version
    }

    void podsAreRelabelledInPlace()
    {
        test::World world(scenario("{canary: {steps: [{setWeight: 50}, {pause: {}}], canaryMetadata: {labels: {role: "
                                   "canary}}, stableMetadata: {labels: {role: stable}}}}"));
        run(world, 5);
        auto observed = world.observed();
        auto& set = observed.replicaSets.at(0);
        manifest::setAnnotation(set, "rollout.argoproj.io/ephemeral-metadata", "{\"labels\":{\"role\":\"canary\"}}");
        observed.pods = {Object {{"apiVersion", "v1"},
                                 {"kind", "Pod"},
                                 {"metadata",
                                  Object {{"name", "p"},
                                          {"labels", Object {{"role", "canary"}, {"app", "demo"}}},
                                          {"ownerReferences", Array {Value(Object {{"uid", manifest::uid(set)}})}}}}}};
        const auto plan = planRollout(observed, world.now());
        bool relabelled = false;
        for (const auto& write : plan.writes)
            relabelled = relabelled
                || (manifest::kind(write.object) == "Pod"
                    && text(write.patch, {"metadata", "labels", "role"}) == "stable");
        QVERIFY(relabelled);
    }

    void newPodsStayAwayFromTheStableOnes()
    {
        test::World world(scenario("{canary: {antiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: {weight: "
                                   "7}}, steps: [{setWeight: 50}, {pause: {}}]}}"));
        run(world, 5);
        world.step(Object {{"image", "v2"}});
        run(world, 5);
        const auto affinityOf = [&](const std::string& version) {
            for (const auto& set : world.all("ReplicaSet"))
                if (world.version(manifest::label(set, "rollouts-pod-template-hash")) == version)
                    if (const auto* found = find(set, {"spec", "template", "spec", "affinity"}))
                        return *found;
            return Value {};
        };
        QVERIFY(affinityOf("v1").is_null());
        const auto affinity = affinityOf("v2");
        const manifest::Path term {"podAntiAffinity", "preferredDuringSchedulingIgnoredDuringExecution", "0"};
        QVERIFY(find(affinity, term));
        QCOMPARE(manifest::integer(*find(affinity, term), {"weight"}), std::optional<std::int64_t>(7));
        QCOMPARE(world.version(text(*find(affinity, term),
                                    {"podAffinityTerm", "labelSelector", "matchExpressions", "0", "values", "0"})),
                 std::string("v1"));
        world.step(plugin("promote"));
        run(world, 5);
        QCOMPARE(phase(world), std::string("Healthy"));
        QCOMPARE(manifest::toJson(affinityOf("v2")), manifest::toJson(affinity)); // what became stable keeps it
        QCOMPARE(world.all("ReplicaSet").size(), std::size_t {2});
    }

    void aWorkloadIsTakenOver_data()
    {
        QTest::addColumn<QString>("mode");
        QTest::addColumn<qlonglong>("left");
        QTest::newRow("never") << "never" << 3LL;
        QTest::newRow("onsuccess") << "onsuccess" << 0LL;
        QTest::newRow("progressively") << "progressively" << 0LL;
    }
    void aWorkloadIsTakenOver()
    {
        QFETCH(QString, mode);
        QFETCH(qlonglong, left);
        auto given =
            scenario("{canary: {}}",
                     {"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: old}\nspec: {replicas: 3, "
                      "selector: {matchLabels: {app: demo}}, template: {metadata: {labels: {app: demo}}, spec: "
                      "{containers: [{name: server, image: \"x:v1\"}]}}}\n"});
        auto& rollout = given.as_object()["objects"].as_array().back();
        manifest::erase(rollout, {"spec", "template"});
        manifest::erase(rollout, {"spec", "selector"});
        objectAt(rollout, {"spec"})["workloadRef"] = Object {
            {"apiVersion", "apps/v1"}, {"kind", "Deployment"}, {"name", "old"}, {"scaleDown", mode.toStdString()}};
        test::World world(given);
        std::vector<std::int64_t> seen;
        for (int i = 0; i < 50; ++i) {
            world.tick();
            const auto now = manifest::integer(*world.get("Deployment", "old"), {"spec", "replicas"}).value_or(-1);
            if (seen.empty() || seen.back() != now)
                seen.push_back(now);
        }
        QCOMPARE(phase(world), std::string("Healthy"));
        QCOMPARE(static_cast<qlonglong>(seen.back()), left);
        QVERIFY(std::is_sorted(seen.rbegin(), seen.rend()));
        if (mode == QLatin1String("progressively"))
            QVERIFY2(seen.size() > 2, "goes down one by one");
        QCOMPARE(replicasOf(world, "v1"), std::int64_t {3});
    }

    void headerRoutesComeAndGo_data()
    {
        QTest::addColumn<QString>("routing");
        QTest::addColumn<QString>("route");
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("expected");
        QTest::newRow("istio") << "istio: {virtualService: {name: vs}}" << QString::fromStdString(kVirtualService)
                               << "VirtualService"
                               << "vs"
                               << "\"match\":[{\"headers\":{\"x-who\":{\"exact\":\"tester\"}}}]";
        QTest::newRow("gateway api")
            << "plugins: {argoproj-labs/gatewayAPI: {httpRoute: web}}"
            << "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: web}\nspec: {rules: "
               "[{matches: [{path: {type: PathPrefix, value: /}}], backendRefs: [{name: demo-stable, port: 80}, {name: "
               "demo-canary, port: 80}]}]}\n"
            << "HTTPRoute"
            << "web"
            << "{\"name\":\"only-testers\",\"matches\":[{\"path\":{\"type\":\"PathPrefix\",\"value\":\"/"
               "\"},\"headers\":"
               "[{\"name\":\"x-who\",\"type\":\"Exact\",\"value\":\"tester\"}]}],\"backendRefs\":[{\"name\":\"demo-"
               "canary\",\"port\":80}]}";
        QTest::newRow("alb")
            << "alb: {ingress: web, servicePort: 80}"
            << "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web}\nspec: {rules: [{http: {paths: "
               "[{path: /, pathType: Prefix, backend: {service: {name: demo-stable, port: {name: "
               "use-annotation}}}}]}}]}\n"
            << "Ingress"
            << "web"
            << "\"alb.ingress.kubernetes.io/conditions.only-testers\":\"[{\\\"field\\\":\\\"http-header\\\"";
        QTest::newRow("apisix")
            << "apisix: {route: {name: web, rules: [a]}}"
            << "apiVersion: apisix.apache.org/v2\nkind: ApisixRoute\nmetadata: {name: web}\nspec: {http: [{name: a, "
               "match: {paths: [/*]}, backends: [{serviceName: demo-stable, servicePort: 80}, {serviceName: "
               "demo-canary, servicePort: 80}]}]}\n"
            << "ApisixRoute"
            << "only-testers"
            << "\"exprs\":[{\"subject\":{\"scope\":\"Header\",\"name\":\"x-who\"},\"op\":\"Equal\",\"value\":"
               "\"tester\"}]";
    }
    void headerRoutesComeAndGo()
    {
        QFETCH(QString, routing);
        QFETCH(QString, route);
        QFETCH(QString, kind);
        QFETCH(QString, name);
        QFETCH(QString, expected);
        test::World world(scenario(
            "{canary: {canaryService: demo-canary, stableService: demo-stable, trafficRouting: {managedRoutes: [{name: "
            "only-testers}], "
                + routing.toStdString()
                + "}, steps: [{setCanaryScale: {replicas: 1}}, {setHeaderRoute: {name: only-testers, match: "
                  "[{headerName: "
                  "x-who, headerValue: {exact: tester}}]}}, {pause: {}}, {setWeight: 40}]}}",
            {route.toStdString()}));
        run(world, 5);
        QCOMPARE(phase(world), std::string("Healthy"));
        const auto json = [&] {
            const auto* object = world.get(kind.toStdString(), name.toStdString());
            return object ? manifest::toJson(*object) : std::string();
        };
        QVERIFY(json().find("tester") == std::string::npos);
        world.step(Object {{"image", "v2"}});
        run(world, 5);
        QCOMPARE(phase(world), std::string("Paused"));
        QVERIFY2(json().find(expected.toStdString()) != std::string::npos, json().c_str());
        world.step(plugin("abort"));
        run(world, 5);
        QVERIFY2(json().find("tester") == std::string::npos, json().c_str());
    }

    void appMeshNodesAndWeights()
    {
        test::World world(scenario(
            "{canary: {canaryService: demo-canary, stableService: demo-stable, trafficRouting: {appMesh: "
            "{virtualService: "
            "{name: mesh}, virtualNodeGroup: {canaryVirtualNodeRef: {name: c}, stableVirtualNodeRef: {name: s}}}}, "
            "steps: "
            "[{setWeight: 30}, {pause: {}}]}}",
            {"apiVersion: appmesh.k8s.aws/v1beta2\nkind: VirtualService\nmetadata: {name: mesh}\nspec: {provider: "
             "{virtualRouter: {virtualRouterRef: {name: r}}}}\n",
             "apiVersion: appmesh.k8s.aws/v1beta2\nkind: VirtualRouter\nmetadata: {name: r}\nspec: {routes: [{name: a, "
             "httpRoute: {action: {weightedTargets: [{virtualNodeRef: {name: c}, weight: 0}, {virtualNodeRef: {name: "
             "s}, "
             "weight: 100}]}}}]}\n",
             "apiVersion: appmesh.k8s.aws/v1beta2\nkind: VirtualNode\nmetadata: {name: c}\nspec: {}\n",
             "apiVersion: appmesh.k8s.aws/v1beta2\nkind: VirtualNode\nmetadata: {name: s}\nspec: {}\n"}));
        run(world, 5);
        world.step(Object {{"image", "v2"}});
        run(world, 5);
        const auto targets = manifest::array(*world.get("VirtualRouter", "r"),
                                             {"spec", "routes", "0", "httpRoute", "action", "weightedTargets"});
        QCOMPARE(manifest::integer(targets.at(0), {"weight"}), std::optional<std::int64_t>(30));
        QCOMPARE(manifest::integer(targets.at(1), {"weight"}), std::optional<std::int64_t>(70));
        const auto selected = [&](const char* node) {
            return world.version(text(*world.get("VirtualNode", node),
                                      {"spec", "podSelector", "matchLabels", "rollouts-pod-template-hash"}));
        };
        QCOMPARE(selected("c"), std::string("v2"));
        QCOMPARE(selected("s"), std::string("v1"));
        QCOMPARE(manifest::annotation(*world.get("VirtualNode", "s"), "argo-rollouts.argoproj.io/managed-by-rollouts"),
                 std::string_view("demo"));
        world.step(plugin("promote"));
        run(world, 60);
        QCOMPARE(selected("s"), std::string("v2"));
        QCOMPARE(selected("c"), std::string("canary-hash")); // two nodes must not select the same pods
        *world.get("VirtualNode", "c") = Object {{"kind", "None"}};
        world.step(Object {{"image", "v3"}});
        run(world, 5);
        QCOMPARE(world.version(text(world.rollout(), {"status", "stableRS"})), std::string("v2"));
        QCOMPARE(manifest::integer(world.rollout(), {"status", "currentStepIndex"}), std::optional<std::int64_t>(0));
    }

    void nginxKeepsWhatOthersWrote()
    {
        const std::string stable(250, 's');
        test::World world(scenario(
            "{canary: {canaryService: demo-canary, stableService: demo-stable, trafficRouting: {nginx: {stableIngress: "
                + stable + "}}, steps: [{setWeight: 30}, {pause: {}}]}}",
            {"apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: " + stable
             + "}\nspec: {rules: [{http: {paths: [{path: /, backend: {service: {name: demo-stable}}}]}}]}\n"}));
        run(world, 5);
        const std::string name = "demo-" + std::string(241, 's') + "-canary"; // 253 characters
        auto* canary = world.get("Ingress", name);
        QVERIFY(canary);
        manifest::setAnnotation(*canary, "example.com/note", "kept");
        QVERIFY(planRollout(world.observed(), world.now()).writes.empty());
        world.step(Object {{"image", "v2"}});
        run(world, 5);
        canary = world.get("Ingress", name);
        QCOMPARE(manifest::annotation(*canary, "nginx.ingress.kubernetes.io/canary-weight"), std::string_view("30"));
        QCOMPARE(manifest::annotation(*canary, "example.com/note"), std::string_view("kept"));
    }

    void blueGreenPromotesByTheClock()
    {
        test::World world(scenario("{blueGreen: {activeService: demo-active, previewService: demo-preview, "
                                   "autoPromotionSeconds: 5, previewReplicaCount: 1}}"));
        run(world, 5);
        QCOMPARE(phase(world), std::string("Healthy"));
        world.step(Object {{"image", "v2"}});
        run(world, 3);
        QCOMPARE(phase(world), std::string("Paused"));
        QCOMPARE(replicasOf(world, "v2"), std::int64_t {1});
        QCOMPARE(selectorOf(world, "demo-preview"), std::string("v2"));
        QCOMPARE(selectorOf(world, "demo-active"), std::string("v1"));
        run(world, 5);
        QCOMPARE(replicasOf(world, "v2"), std::int64_t {3});
        QCOMPARE(selectorOf(world, "demo-active"), std::string("v2"));
        QCOMPARE(phase(world), std::string("Healthy"));
        QCOMPARE(replicasOf(world, "v1"), std::int64_t {3}); // kept for 30 seconds
        run(world, 35);
        QCOMPARE(replicasOf(world, "v1"), std::int64_t {0});
    }

    void blueGreenGoesBackAtOnceWhileTheOldVersionIsUp()
    {
        test::World world(scenario("{blueGreen: {activeService: demo-active, autoPromotionEnabled: false}}"));
        run(world, 5);
        world.step(Object {{"image", "v2"}});
        run(world, 5);
        QCOMPARE(phase(world), std::string("Paused"));
        world.step(plugin("promote"));
        run(world, 5);
        QCOMPARE(selectorOf(world, "demo-active"), std::string("v2"));
        world.step(plugin("undo"));
        run(world, 2); // still up: back at once, without the pause
        QCOMPARE(selectorOf(world, "demo-active"), std::string("v1"));
        QCOMPARE(phase(world), std::string("Healthy"));
        run(world, 35);
        QCOMPARE(replicasOf(world, "v2"), std::int64_t {0});
    }

    void blueGreenPausedByAPersonStillScales()
    {
        test::World world(scenario("{blueGreen: {activeService: demo-active, previewService: demo-preview}}"));
        run(world, 5);
        world.step(Object {{"spec", Object {{"paused", true}}}});
        world.step(Object {{"spec", Object {{"replicas", 5}}}});
        run(world, 5);
        QCOMPARE(replicasOf(world, "v1"), std::int64_t {5});
        world.step(Object {{"image", "v2"}});
        run(world, 5);
        QCOMPARE(selectorOf(world, "demo-active"), std::string("v1"));
        QCOMPARE(selectorOf(world, "demo-preview"), std::string("v1"));
        world.step(Object {{"spec", Object {{"paused", false}}}});
        run(world, 5);
        QCOMPARE(selectorOf(world, "demo-active"), std::string("v2"));
        QCOMPARE(phase(world), std::string("Healthy"));
    }

    void aRollbackWithinTheWindowSkipsTheSteps()
    {
        test::World world(
            scenario("{canary: {steps: [{setWeight: 50}, {pause: {}}]}}", {}, "  rollbackWindow: {revisions: 2}\n"));
        run(world, 5);
        for (const auto* version : {"v2", "v3"}) {
            run(world, 2); // versions of different ages
            world.step(Object {{"image", version}});
            run(world, 5);
            world.step(plugin("promote"));
            run(world, 5);
            QCOMPARE(phase(world), std::string("Healthy"));
        }
        world.step(Object {{"image", "v2"}});
        run(world, 5);
        QCOMPARE(phase(world), std::string("Healthy"));
        QCOMPARE(world.version(text(world.rollout(), {"status", "stableRS"})), std::string("v2"));
    }

    void specsAreRefused_data()
    {
        QTest::addColumn<QString>("strategy");
        QTest::addColumn<QString>("why");
        QTest::newRow("ping-pong by nginx")
            << "{canary: {pingPong: {pingService: a, pongService: b}, trafficRouting: {nginx: {stableIngress: i}}}}"
            << "Ping-pong feature works with";
        QTest::newRow("equal ping and pong")
            << "{canary: {pingPong: {pingService: a, pongService: a}, trafficRouting: {istio: {}}}}"
            << "same service for the ping and pong";
        QTest::newRow("no services for smi") << "{canary: {trafficRouting: {smi: {}}}}"
                                             << "Canary service and Stable service must";
        QTest::newRow("header route by traefik") << "{canary: {canaryService: a, stableService: b, trafficRouting: "
                                                    "{traefik: {}, managedRoutes: [{name: r}]}, "
                                                    "steps: [{setHeaderRoute: {name: r}}]}}"
                                                 << "SetHeaderRoute requires";
        QTest::newRow("mirror route by alb")
            << "{canary: {canaryService: a, stableService: b, trafficRouting: {alb: {}, managedRoutes: [{name: r}]}, "
               "steps: [{setMirrorRoute: {name: r}}]}}"
            << "SetMirrorRoute requires";
        QTest::newRow("regex with alb")
            << "{canary: {canaryService: a, stableService: b, trafficRouting: {alb: {}, managedRoutes: [{name: r}]}, "
               "steps: [{setHeaderRoute: {name: r, match: [{headerName: h, headerValue: {regex: x}}]}}]}}"
            << "ALB supports 'exact'";
        QTest::newRow("two kinds of match")
            << "{canary: {canaryService: a, stableService: b, trafficRouting: {istio: {}, managedRoutes: [{name: r}]}, "
               "steps: [{setHeaderRoute: {name: r, match: [{headerName: h, headerValue: {exact: x, prefix: z}}]}}]}}"
            << "exactly one of";
        QTest::newRow("unmanaged route")
            << "{canary: {canaryService: a, stableService: b, trafficRouting: {istio: {}}, steps: [{setHeaderRoute: "
               "{name: r}}]}}"
            << "missing field 'spec.strategy.canary.trafficRouting.managedRoutes'";
        QTest::newRow("weight of an experiment without a router")
            << "{canary: {steps: [{experiment: {templates: [{name: a, specRef: canary, weight: 5}]}}]}}"
            << "Experiment template weight";
        QTest::newRow("maxTrafficWeight with istio")
            << "{canary: {canaryService: a, stableService: b, trafficRouting: {istio: {}, maxTrafficWeight: 1000}}}"
            << "maxTrafficWeight in traffic routing only supported";
        QTest::newRow("two anti-affinities")
            << "{canary: {antiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {}, "
               "preferredDuringSchedulingIgnoredDuringExecution: {weight: 1}}}}"
            << "exactly one strategy";
        QTest::newRow("a weight of 101") << "{blueGreen: {activeService: a, antiAffinity: "
                                            "{preferredDuringSchedulingIgnoredDuringExecution: {weight: "
                                            "101}}}}"
                                         << "1-100";
        QTest::newRow("revision limit beyond the history")
            << "{blueGreen: {activeService: a, scaleDownDelayRevisionLimit: 11}}"
            << "scaleDownDelayRevisionLimit";
        QTest::newRow("a step plugin") << "{canary: {steps: [{plugin: {name: x}}]}}"
                                       << "step plugins are programs";
        QTest::newRow("fine") << "{canary: {steps: [{setWeight: 5}]}}"
                              << "";
    }
    void specsAreRefused()
    {
        QFETCH(QString, strategy);
        QFETCH(QString, why);
        const auto given = scenario(strategy.toStdString());
        const auto problem = validateRollout(find(given, {"objects"})->get_array().back());
        QVERIFY2(why.isEmpty() ? problem.empty() : problem.find(why.toStdString()) != std::string::npos,
                 problem.c_str());
    }

    void endlessAnalysesAreForTheBackground()
    {
        const std::string endless = "apiVersion: argoproj.io/v1alpha1\nkind: AnalysisTemplate\nmetadata: {name: "
                                    "rate}\nspec: {metrics: [{name: m, "
                                    "interval: 10s, provider: {prometheus: {query: up}}}]}\n";
        for (const bool background : {true, false}) {
            test::World world(scenario(background
                                           ? "{canary: {analysis: {templates: [{templateName: rate}]}}}"
                                           : "{canary: {steps: [{analysis: {templates: [{templateName: rate}]}}]}}",
                                       {endless}));
            run(world, 3);
            QCOMPARE(phase(world), std::string(background ? "Healthy" : "Degraded"));
            QCOMPARE(text(world.rollout(), {"status", "message"}).find("runs indefinitely") != std::string_view::npos,
                     !background);
        }
    }
};

QTEST_GUILESS_MAIN(TestRolloutFeatures)
#include "tst_rollout_features.moc"
