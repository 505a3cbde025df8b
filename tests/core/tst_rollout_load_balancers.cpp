// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Weights of ALB count when AWS's load balancer carries them.
#include "core/base/http.h"
#include "core/manifest/yaml.h"
#include "core/rollout/load_balancers.h"
#include "elb_server.h"
#include "rollout_world.h"

#include <QTest>

using namespace core;
using namespace core::rollout;
using manifest::Array;
using manifest::find;
using manifest::Object;
using manifest::text;
using manifest::Value;

namespace {

constexpr auto kHost = "k8s-web-1.eu-central-1.elb.amazonaws.com";

Value yaml(const std::string& document)
{
    return manifest::parseYaml(document, "test").value().front().value;
}

/// A Rollout behind an ALB: two weights and a pause.
Value scenario()
{
    Array objects;
    for (const std::string name : {"demo-stable", "demo-canary"})
        objects.push_back(
            yaml("apiVersion: v1\nkind: Service\nmetadata: {name: " + name + "}\nspec: {selector: {app: demo}}\n"));
    objects.push_back(yaml(
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web}\nspec: {rules: [{http: {paths: [{path: "
        "/, backend: {service: {name: demo-stable, port: {name: use-annotation}}}}]}}]}\nstatus: {loadBalancer: "
        "{ingress: [{hostname: "
        + std::string(kHost) + "}]}}\n"));
    objects.push_back(
        yaml("apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: demo}\nspec:\n  replicas: 2\n  "
             "selector: {matchLabels: {app: demo}}\n  template:\n    metadata: {labels: {app: demo}}\n    spec: "
             "{containers: [{name: server, image: \"x:v1\"}]}\n  strategy: {canary: {canaryService: demo-canary, "
             "stableService: demo-stable, trafficRouting: {alb: {ingress: web, servicePort: 80}}, steps: [{setWeight: "
             "20}, {pause: {}}, {setWeight: 60}]}}\n"));
    return Object {{"name", "alb"}, {"objects", objects}, {"metrics", Object {}}};
}

LoadBalancer carrying(std::optional<std::int64_t> weight)
{
    LoadBalancer out;
    out.hostname = kHost;
    out.name = "k8s-web";
    out.arn = "arn:aws:elasticloadbalancing:eu-central-1:1:loadbalancer/app/k8s-web/50dc6c495c0c9188";
    out.groups = {
        {"canary", "arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/canary/1", "ns/web-demo-canary:80", weight},
        {"stable", "arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/stable/2", "ns/web-demo-stable:80",
         weight ? std::optional(100 - *weight) : std::nullopt},
        {"foreign", "arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/foreign/3", "ns/other-x:80", 7}};
    return out;
}

void run(test::World& world, int seconds)
{
    for (int i = 0; i < seconds * 10; ++i)
        world.tick();
}

std::int64_t stepOf(test::World& world)
{
    return manifest::integer(world.rollout(), {"status", "currentStepIndex"}).value_or(-1);
}

/// Two versions side by side, of which one serves.
Value blueGreen()
{
    Array objects;
    for (const std::string name : {"demo-active", "demo-preview"})
        objects.push_back(
            yaml("apiVersion: v1\nkind: Service\nmetadata: {name: " + name + "}\nspec: {selector: {app: demo}}\n"));
    objects.push_back(
        yaml("apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: demo}\nspec:\n  replicas: 2\n  "
             "selector: {matchLabels: {app: demo}}\n  template:\n    metadata: {labels: {app: demo}}\n    spec: "
             "{containers: [{name: server, image: \"x:v1\"}]}\n  strategy: {blueGreen: {activeService: demo-active, "
             "previewService: demo-preview}}\n"));
    return Object {{"name", "blue-green"}, {"objects", objects}, {"metrics", Object {}}};
}

TargetRegistration registered(std::size_t pods)
{
    return {"demo-active", "arn:targets", pods, 2, {}};
}

std::string stableVersion(test::World& world)
{
    return world.version(text(world.rollout(), {"status", "stableRS"}));
}

std::string annotationOf(test::World& world, const std::string& ingress, const std::string& key)
{
    for (const auto& route : world.observed().routes)
        if (manifest::name(route) == ingress)
            return std::string(manifest::annotation(route, key));
    return {};
}

/// "true", "false" or "none".
std::string verified(test::World& world)
{
    const auto* known = find(world.rollout(), {"status", "canary", "weights", "verified"});
    return known ? manifest::toJson(*known) : "none";
}

} // namespace

class TestRolloutLoadBalancers : public QObject
{
    Q_OBJECT

private slots:
    void readsWeightsFromTheApi()
    {
        test::ElbServer server;
        for (const char* other : {"a", "b", "c"})
            server.setGroups(other, {{std::string("of-") + other, "ns/other:80", 50}});
        std::vector<test::ElbServer::Group> groups {{"canary", "ns/web-demo-canary:80", 20},
                                                    {"stable", "ns/web-demo-stable:80", 80},
                                                    {"idle", "ns/web-idle:80", -1}};
        for (int i = 0; i < 25; ++i) // more than one call for tags takes
            groups.push_back({fmt::format("more-{}", i), fmt::format("ns/more-{}:80", i), 0});
        server.setGroups(kHost, groups);
        const auto seen = look(server, kHost);
        QCOMPARE(seen.error, std::string());
        QCOMPARE(seen.name, std::string("lb-") + kHost);
        QVERIFY(seen.arn.ends_with(std::string("loadbalancer/app/") + kHost + "/1"));
        QCOMPARE(seen.groups.size(), groups.size());
        for (std::size_t i = 0; i < groups.size(); ++i) {
            QCOMPARE(seen.groups[i].name, groups[i].name);
            QCOMPARE(seen.groups[i].resource, groups[i].resource);
            QCOMPARE(seen.groups[i].weight.value_or(-1), groups[i].weight);
        }
        QCOMPARE(server.actions().count("DescribeLoadBalancers"), 2);
        QCOMPARE(server.actions().count("DescribeTags"), 2);
        const auto missing = look(server, "nowhere");
        QCOMPARE(missing.error, std::string());
        QVERIFY(missing.arn.empty());
    }

    void tellsWhyNothingWasRead_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("body");
        QTest::addColumn<QString>("why");
        QTest::newRow("refused") << 403
                                 << "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not "
                                    "yours</Message></Error></ErrorResponse>"
                                 << "DescribeLoadBalancers: HTTP 403: AccessDenied not yours";
        QTest::newRow("throttled") << 400
                                   << "<ErrorResponse><Error><Code>Throttling</Code><Message>Rate "
                                      "exceeded</Message></Error></ErrorResponse>"
                                   << "HTTP 400: Throttling Rate exceeded";
        QTest::newRow("no XML") << 200 << "<html><br>"
                                << "the answer is not XML";
        QTest::newRow("too deep") << 200 << QString("<a>").repeated(100'000) << "too deep in each other";
        QTest::newRow("no end") << 200
                                << "<DescribeLoadBalancersResponse><DescribeLoadBalancersResult><NextMarker>1</"
                                   "NextMarker></DescribeLoadBalancersResult></DescribeLoadBalancersResponse>"
                                << "more than 100 pages";
    }
    void tellsWhyNothingWasRead()
    {
        QFETCH(int, status);
        QFETCH(QString, body);
        QFETCH(QString, why);
        test::ElbServer server;
        server.setAnswer(status, body.toStdString());
        const auto error = look(server, kHost).error;
        QVERIFY2(error.find(why.toStdString()) != std::string::npos, error.c_str());
        QVERIFY(error.find(test::ElbServer::kSecret) == std::string::npos);
    }

    void aWrongSecretIsRefused()
    {
        test::ElbServer server;
        const auto good = server.environment();
        MeasureDeps deps;
        deps.http = curlHttp();
        deps.environment = [&](const char* name) {
            return std::string_view(name) == "AWS_SECRET_ACCESS_KEY" ? std::string("wrong") : good(name);
        };
        const auto error = readLoadBalancer(kHost, std::chrono::system_clock::now(), deps, {}).error;
        QVERIFY2(error.find("SignatureDoesNotMatch") != std::string::npos, error.c_str());
        deps.environment = [](const char*) { return std::string(); };
        const auto unset = readLoadBalancer(kHost, std::chrono::system_clock::now(), deps, {}).error;
        QVERIFY2(unset.find("AWS_REGION is not set") != std::string::npos, unset.c_str());
    }

    void aStepWaitsUntilTheLoadBalancerCarriesItsWeight()
    {
        test::World world(scenario());
        world.loadBalancers = std::vector {carrying(0)};
        run(world, 3);
        QCOMPARE(std::string(text(world.rollout(), {"status", "phase"})), std::string("Healthy"));
        QCOMPARE(std::string(text(world.rollout(), {"status", "alb", "loadBalancer", "fullName"})),
                 std::string("k8s-web/50dc6c495c0c9188"));
        QCOMPARE(std::string(text(world.rollout(), {"status", "albs", "0", "canaryTargetGroup", "fullName"})),
                 std::string("canary/1"));
        world.step(Object {{"image", "v2"}});
        run(world, 30);
        QCOMPARE(stepOf(world), 0);
        QCOMPARE(verified(world), std::string("false"));
        world.loadBalancers = std::vector {carrying(20)};
        run(world, 11); // it is looked at every ten seconds
        QCOMPARE(stepOf(world), 1);
        QCOMPARE(verified(world), std::string("none")); // only a setWeight step is verified
        world.step(Object {{"plugin", Array {Value("promote"), Value("demo")}}});
        run(world, 12);
        QCOMPARE(stepOf(world), 2);
        world.loadBalancers = std::vector {carrying(60)};
        run(world, 30);
        // All steps are done, but the old version must not go before the last of its traffic went.
        QCOMPARE(stepOf(world), 3);
        QCOMPARE(verified(world), std::string("false"));
        QCOMPARE(world.version(text(world.rollout(), {"status", "stableRS"})), std::string("v1"));
        world.loadBalancers = std::vector {carrying(100)};
        run(world, 11);
        QCOMPARE(world.version(text(world.rollout(), {"status", "stableRS"})), std::string("v2"));
    }

    void whatCannotBeReadHoldsTheStep_data()
    {
        QTest::addColumn<QString>("kind");
        for (const char* kind : {"error", "missing", "no weight", "not looked up"})
            QTest::newRow(kind) << kind;
    }
    void whatCannotBeReadHoldsTheStep()
    {
        QFETCH(QString, kind);
        auto balancer = carrying(kind == "no weight" ? std::nullopt : std::optional<std::int64_t>(20));
        if (kind == "error")
            balancer.error = "HTTP 403";
        if (kind == "missing")
            balancer.arn.clear();
        test::World world(scenario());
        world.loadBalancers = kind == "not looked up" ? std::vector<LoadBalancer> {} : std::vector {balancer};
        run(world, 3);
        world.step(Object {{"image", "v2"}});
        run(world, 15);
        QCOMPARE(stepOf(world), 0);
        QCOMPARE(verified(world), std::string("false"));
    }

    void eachIngressHasPortsOfItsOwn()
    {
        auto given = scenario();
        auto& objects = given.as_object()["objects"].as_array();
        auto second = objects[2];
        second.as_object()["metadata"] = Object {{"name", "api"}};
        auto& alb = *find(objects.back(), {"spec", "strategy", "canary", "trafficRouting", "alb"});
        alb = yaml(
            "{ingresses: [web, api], servicePort: 9000, servicePorts: [{ingress: web, servicePorts: [80, 8443]}]}");
        objects.insert(objects.begin(), second);
        test::World world(given);
        run(world, 3);
        const auto key = "alb.ingress.kubernetes.io/actions.demo-stable";
        QCOMPARE(annotationOf(world, "web", key),
                 std::string(R"({"Type":"forward","ForwardConfig":{"TargetGroups":[)"
                             R"({"ServiceName":"demo-canary","ServicePort":"80","Weight":0},)"
                             R"({"ServiceName":"demo-canary","ServicePort":"8443","Weight":0},)"
                             R"({"ServiceName":"demo-stable","ServicePort":"80","Weight":100},)"
                             R"({"ServiceName":"demo-stable","ServicePort":"8443","Weight":100}]}})"));
        QCOMPARE(annotationOf(world, "api", key),
                 std::string(R"({"Type":"forward","ForwardConfig":{"TargetGroups":[)"
                             R"({"ServiceName":"demo-canary","ServicePort":"9000","Weight":0},)"
                             R"({"ServiceName":"demo-stable","ServicePort":"9000","Weight":100}]}})"));
        // Every port of every Ingress has to carry the weight.
        auto balancer = carrying(20);
        const auto add = [&](const std::string& resource) {
            balancer.groups.push_back({resource, "arn:" + resource, resource, 20});
        };
        world.loadBalancers = std::vector {balancer};
        world.step(Object {{"image", "v2"}});
        run(world, 12);
        QCOMPARE(stepOf(world), 0);
        add("ns/web-demo-canary:8443");
        world.loadBalancers = std::vector {balancer};
        run(world, 12);
        QCOMPARE(stepOf(world), 0);
        add("ns/api-demo-canary:9000");
        world.loadBalancers = std::vector {balancer};
        run(world, 12);
        QCOMPARE(stepOf(world), 1);
    }

    void stickinessHasBounds_data()
    {
        QTest::addColumn<int>("seconds");
        QTest::addColumn<bool>("taken");
        QTest::newRow("none") << 0 << false;
        QTest::newRow("least") << 1 << true;
        QTest::newRow("most") << 604800 << true;
        QTest::newRow("too long") << 604801 << false;
    }
    void stickinessHasBounds()
    {
        QFETCH(int, seconds);
        QFETCH(bool, taken);
        auto given = scenario();
        auto& rollout = given.as_object()["objects"].as_array().back();
        find(rollout, {"spec", "strategy", "canary", "trafficRouting", "alb"})->as_object()["stickinessConfig"] =
            Object {{"enabled", true}, {"durationSeconds", seconds}};
        test::World world(given);
        run(world, 3);
        const auto action = annotationOf(world, "web", "alb.ingress.kubernetes.io/actions.demo-stable");
        QCOMPARE(!action.empty(), taken);
        QCOMPARE(action.find("\"TargetGroupStickinessConfig\":{\"Enabled\":true") != std::string::npos, taken);
    }

    void blueGreenWaitsUntilTheTargetGroupKnowsThePods()
    {
        test::World world(blueGreen());
        world.loadBalancers.emplace();
        run(world, 3);
        QCOMPARE(stableVersion(world), std::string("v1"));
        world.targets = {registered(1)};
        world.step(Object {{"image", "v2"}});
        run(world, 30);
        QCOMPARE(world.version(text(world.rollout(), {"status", "blueGreen", "activeSelector"})), std::string("v2"));
        QCOMPARE(stableVersion(world), std::string("v1"));
        world.targets = {registered(2)};
        run(world, 11); // it is looked at every ten seconds
        QCOMPARE(stableVersion(world), std::string("v2"));
    }

    void blueGreenWithoutTargetGroupsGoesOn()
    {
        test::World world(blueGreen());
        world.loadBalancers.emplace();
        run(world, 3);
        world.step(Object {{"image", "v2"}});
        run(world, 3);
        QCOMPARE(stableVersion(world), std::string("v2"));
    }

    void anOldVersionStaysUntilTheTargetGroupKnowsTheNewOne()
    {
        test::World world(scenario());
        world.loadBalancers = std::vector {carrying(0)};
        run(world, 3);
        world.step(Object {{"image", "v2"}});
        world.loadBalancers = std::vector {carrying(20)};
        run(world, 12);
        world.step(Object {{"plugin", Array {Value("promote"), Value("demo"), Value("--full")}}});
        world.loadBalancers = std::vector {carrying(20)};
        auto failed = registered(2);
        failed.error = "HTTP 403";
        world.targets = {registered(2), failed};
        run(world, 60); // longer than the delay of a version's end
        QCOMPARE(stableVersion(world), std::string("v2"));
        const auto old = [&] {
            for (const auto& set : world.observed().replicaSets)
                if (world.version(manifest::label(set, "rollouts-pod-template-hash")) == "v1")
                    return set;
            return Value();
        };
        QCOMPARE(manifest::integer(old(), {"spec", "replicas"}).value_or(-1), 2);
        QVERIFY(manifest::annotation(old(), "scale-down-deadline").empty());
        world.targets = {registered(2)};
        run(world, 11);
        QVERIFY(!manifest::annotation(old(), "scale-down-deadline").empty());
        run(world, 31);
        QCOMPARE(manifest::integer(old(), {"spec", "replicas"}).value_or(-1), 0);
    }

    void readsTheTargetsOfABinding_data()
    {
        QTest::addColumn<QString>("binding");
        QTest::addColumn<QString>("service");
        QTest::addColumn<QString>("expected");
        const QString byNumber = "{targetType: ip, targetGroupARN: a, serviceRef: {name: web, port: 80}}";
        const QString number = "{ports: [{port: 80, targetPort: 8080}]}";
        QTest::newRow("number") << byNumber << number << "1/2";
        QTest::newRow("name") << "{targetType: ip, targetGroupARN: a, serviceRef: {name: web, port: http}}"
                              << "{ports: [{port: 1, targetPort: 2}, {name: http, port: 80, targetPort: main}]}"
                              << "1/2";
        QTest::newRow("another pod port") << byNumber << "{ports: [{port: 80, targetPort: 9090}]}"
                                          << "0/2";
        QTest::newRow("no such port") << byNumber << "{ports: [{port: 81}]}"
                                      << "none";
        QTest::newRow("instances") << "{targetType: instance, targetGroupARN: a, serviceRef: {name: web, port: 80}}"
                                   << number << "none";
        QTest::newRow("another Service") << "{targetType: ip, targetGroupARN: a, serviceRef: {name: other, port: 80}}"
                                         << number << "none";
    }
    void readsTheTargetsOfABinding()
    {
        QFETCH(QString, binding);
        QFETCH(QString, service);
        QFETCH(QString, expected);
        test::ElbServer server;
        const auto target = [](const char* id, int port) {
            return fmt::format("<member><Target><Id>{}</Id><Port>{}</Port></Target></member>", id, port);
        };
        server.setAnswer(
            200,
            "<DescribeTargetHealthResponse><DescribeTargetHealthResult><TargetHealthDescriptions>"
                + target("10.0.0.1", 8080) + target("10.0.0.9", 8080) + target("10.0.0.2", 1)
                + "</TargetHealthDescriptions></DescribeTargetHealthResult></DescribeTargetHealthResponse>");
        MeasureDeps deps;
        deps.http = curlHttp();
        deps.environment = server.environment();
        const auto found = readTargets(
            Object {{"spec", yaml(binding.toStdString())}},
            Object {{"metadata", Object {{"name", "web"}}}, {"spec", yaml(service.toStdString())}},
            yaml("{subsets: [{addresses: [{ip: 10.0.0.1}, {ip: 10.0.0.2}], ports: [{name: http, port: 8080}]}]}"),
            std::chrono::system_clock::now(), deps, {});
        QCOMPARE(found ? fmt::format("{}/{}", found->registered, found->total) : "none", expected.toStdString());
        if (!found)
            return;
        QCOMPARE(found->error, std::string());
        server.setAnswer(403, "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>");
        const auto refused = readTargets(
            Object {{"spec", yaml(binding.toStdString())}},
            Object {{"metadata", Object {{"name", "web"}}}, {"spec", yaml(service.toStdString())}},
            yaml("{subsets: [{ports: [{name: http, port: 8080}]}]}"), std::chrono::system_clock::now(), deps, {});
        QVERIFY(refused && refused->error.find("AccessDenied") != std::string::npos);
    }

    void withoutTheFlagNothingIsVerified()
    {
        test::World world(scenario());
        run(world, 3);
        world.step(Object {{"image", "v2"}});
        run(world, 3);
        QCOMPARE(stepOf(world), 1);
        QCOMPARE(verified(world), std::string("none"));
        QVERIFY(!find(world.rollout(), {"status", "alb"}));
    }

    void looksOnlyWhereTheAnswerCounts_data()
    {
        QTest::addColumn<QString>("status");
        QTest::addColumn<bool>("looks");
        QTest::newRow("new") << "{}" << false;
        QTest::newRow("nothing known yet") << "{stableRS: a, currentPodHash: a}" << true;
        QTest::newRow("healthy") << "{stableRS: a, currentPodHash: a, alb: {}}" << false;
        QTest::newRow("weight") << "{stableRS: a, currentPodHash: b, currentStepIndex: 0, alb: {}}" << true;
        QTest::newRow("pause") << "{stableRS: a, currentPodHash: b, currentStepIndex: 1, alb: {}}" << false;
        QTest::newRow("end") << "{stableRS: a, currentPodHash: b, currentStepIndex: 3, alb: {}}" << true;
    }
    void looksOnlyWhereTheAnswerCounts()
    {
        QFETCH(QString, status);
        QFETCH(bool, looks);
        auto rollout = manifest::array(scenario(), {"objects"}).back();
        rollout.as_object()["status"] = yaml(status.toStdString());
        QCOMPARE(wantsLoadBalancers(rollout), looks);
        manifest::erase(rollout, {"spec", "strategy", "canary", "trafficRouting", "alb"});
        QVERIFY(!wantsLoadBalancers(rollout));
    }

private:
    static LoadBalancer look(const test::ElbServer& server, const std::string& hostname)
    {
        MeasureDeps deps;
        deps.http = curlHttp();
        deps.environment = server.environment();
        return readLoadBalancer(hostname, std::chrono::system_clock::now(), deps, {});
    }
};

QTEST_GUILESS_MAIN(TestRolloutLoadBalancers)
#include "tst_rollout_load_balancers.moc"
