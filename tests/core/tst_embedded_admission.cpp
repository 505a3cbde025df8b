// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded_fixture.h"

#include <set>

namespace {

const std::string kCore = "/api/v1/namespaces/default/";

std::string pod(const std::string& name, const std::string& resources)
{
    return "{metadata: {name: " + name
        + ", labels: {app: p}}, spec: {containers: [{name: c, image: i, resources: " + resources + "}]}}";
}

} // namespace

class TestEmbeddedAdmission : public QObject
{
    Q_OBJECT

private slots:
    void quotasBoundGpus()
    {
        const ApiFixture api;
        QCOMPARE(api.post(kCore + "resourcequotas",
                          "{metadata: {name: q}, spec: {hard: {requests.nvidia.com/gpu: 2, pods: 9}}}")
                     .status,
                 201);
        const std::string gpu = "{limits: {nvidia.com/gpu: 1}, requests: {nvidia.com/gpu: 1}}";
        QCOMPARE(api.post(kCore + "pods", pod("a", gpu)).status, 201);
        QCOMPARE(api.post(kCore + "pods", pod("b", gpu)).status, 201);
        const auto refused = api.post(kCore + "pods", pod("c", gpu));
        QCOMPARE(refused.status, 403);
        QCOMPARE(refused.text({"message"}),
                 std::string("pods \"c\" is forbidden: exceeded quota: q, requested: requests.nvidia.com/gpu=1, used: "
                             "requests.nvidia.com/gpu=2, limited: requests.nvidia.com/gpu=2"));
        QTRY_COMPARE(api.get(kCore + "resourcequotas/q").text({"status", "used", "pods"}), std::string("2"));
        // Finished pods do not count.
        QCOMPARE(api.patch(kCore + "pods/a/status", R"({"status":{"phase":"Succeeded"}})").status, 200);
        QCOMPARE(api.post(kCore + "pods", pod("c", gpu)).status, 201);
    }

    void quotasOfComputeMustBeAnswered()
    {
        const ApiFixture api;
        QCOMPARE(api.post(kCore + "resourcequotas", "{metadata: {name: q}, spec: {hard: {requests.cpu: 1}}}").status,
                 201);
        QCOMPARE(api.post(kCore + "pods", pod("a", "{}")).text({"message"}),
                 std::string("pods \"a\" is forbidden: failed quota: q: must specify requests.cpu for: c"));
    }

    void limitRangesDefaultAndBound()
    {
        const ApiFixture api;
        QCOMPARE(api.post(kCore + "limitranges",
                          "{metadata: {name: l}, spec: {limits: [{type: Container, default: {cpu: 500m}, "
                          "max: {cpu: 1}}]}}")
                     .status,
                 201);
        const auto made = api.post(kCore + "pods", pod("a", "{}"));
        QCOMPARE(made.text({"spec", "containers", "0", "resources", "limits", "cpu"}), std::string("500m"));
        QCOMPARE(made.text({"spec", "containers", "0", "resources", "requests", "cpu"}), std::string("500m"));
        QCOMPARE(api.post(kCore + "pods", pod("b", "{limits: {cpu: 2}}")).text({"message"}),
                 std::string("pods \"b\" is forbidden: maximum cpu usage per Container is 1, but limit is 2"));
    }

    void evictionKeepsBudgets()
    {
        const ApiFixture api;
        QCOMPARE(api.post("/apis/policy/v1/namespaces/default/poddisruptionbudgets",
                          "{metadata: {name: b}, spec: {minAvailable: 1, selector: {matchLabels: {app: p}}}}")
                     .status,
                 201);
        QCOMPARE(api.post(kCore + "pods", pod("a", "{}")).status, 201);
        QCOMPARE(api.patch(kCore + "pods/a/status",
                           R"({"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}})")
                     .status,
                 200);
        const std::string eviction = R"({"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"a"}})";
        const auto refused = api.send("POST", kCore + "pods/a/eviction", eviction);
        QCOMPARE(refused.status, 429);
        QCOMPARE(refused.text({"message"}),
                 std::string("Cannot evict pod as it would violate the pod's disruption budget."));
        const std::string budget = "/apis/policy/v1/namespaces/default/poddisruptionbudgets/b";
        QCOMPARE(api.patch(budget + "/status", R"({"status":{"disruptionsAllowed":1}})").status, 200);
        QCOMPARE(api.send("POST", kCore + "pods/a/eviction", eviction).status, 201);
        QCOMPARE(api.get(kCore + "pods/a").status, 404);
        QCOMPARE(api.get(budget).number({"status", "disruptionsAllowed"}), 0);
    }

    void quantitiesAreNormalised()
    {
        const ApiFixture api;
        const auto made = api.post(kCore + "pods", pod("a", "{limits: {memory: 1024Mi, cpu: 0.5}}"));
        QCOMPARE(made.text({"spec", "containers", "0", "resources", "limits", "memory"}), std::string("1Gi"));
        QCOMPARE(made.text({"spec", "containers", "0", "resources", "limits", "cpu"}), std::string("500m"));
        QCOMPARE(made.text({"status", "qosClass"}), std::string("Guaranteed"));
        QCOMPARE(api.post(kCore + "pods", pod("b", "{limits: {memory: lots}}")).status, 400);
    }

    void servicesGetAddressesAndKeepThem()
    {
        const ApiFixture api;
        const auto made =
            api.post(kCore + "services", "{metadata: {name: s}, spec: {type: NodePort, ports: [{port: 80}]}}");
        QCOMPARE(made.status, 201);
        const auto ip = made.text({"spec", "clusterIP"});
        QVERIFY(ip.starts_with("10.96."));
        QCOMPARE(made.text({"spec", "clusterIPs", "0"}), ip);
        QVERIFY(made.number({"spec", "ports", "0", "nodePort"}) >= 30000);
        QCOMPARE(api.patch(kCore + "services/s", R"({"spec":{"clusterIP":"10.96.9.9"}})").status, 422);
        const auto replaced =
            api.send("PUT", kCore + "services/s", "{metadata: {name: s}, spec: {type: NodePort, ports: [{port: 81}]}}",
                     "application/yaml");
        QCOMPARE(replaced.text({"spec", "clusterIP"}), ip);
    }

    void noTwoServicesGetOneAddress()
    {
        const ApiFixture api;
        const auto service = [&](const std::string& name, const std::string& spec) {
            return api
                .post(kCore + "services", "{metadata: {name: " + name + "}, spec: {ports: [{port: 80}]" + spec + "}}")
                .text({"spec", "clusterIP"});
        };
        const auto first = service("first", {});
        const auto last = first.rfind('.') + 1;
        const auto following = first.substr(0, last) + std::to_string(std::stoi(first.substr(last)) + 1);
        QCOMPARE(service("chosen", ", clusterIP: " + following), following);
        std::set<std::string> all {first, following};
        for (int i = 0; i < 300; ++i)
            all.insert(service("s" + std::to_string(i), {}));
        QCOMPARE(all.size(), std::size_t {302});
    }

    void tablesShowWhatKubectlPrints()
    {
        const ApiFixture api;
        QCOMPARE(api.post(kCore + "pods", pod("a", "{}")).status, 201);
        QCOMPARE(
            api.patch(
                   kCore + "pods/a/status",
                   R"({"status":{"containerStatuses":[{"name":"c","restartCount":3,"state":{"waiting":{"reason":"CrashLoopBackOff"}}}]}})")
                .status,
            200);
        const auto table =
            api.send("GET", kCore + "pods", {}, {}, "application/json;as=Table;v=v1;g=meta.k8s.io,application/json");
        QCOMPARE(table.text({"kind"}), std::string("Table"));
        QCOMPARE(table.text({"rows", "0", "cells", "1"}), std::string("0/1"));
        QCOMPARE(table.text({"rows", "0", "cells", "2"}), std::string("CrashLoopBackOff"));
        QCOMPARE(table.text({"rows", "0", "cells", "3"}), std::string("3"));
        QCOMPARE(table.text({"rows", "0", "object", "kind"}), std::string("PartialObjectMetadata"));
    }
};

QTEST_GUILESS_MAIN(TestEmbeddedAdmission)
#include "tst_embedded_admission.moc"
