// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Random server-side applies, patches of three types and replacements, sent to a real API server and to the embedded
// one: the same answers and, after each, the same object with the same managedFields.
#include "core/base/clock.h"
#include "core/embedded/cluster.h"
#include "core/manifest/resource.h"
#include "core/manifest/yaml.h"
#include "support/real_cluster.h"

#include <QTest>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <random>

using core::manifest::Array;
using core::manifest::Object;
using core::manifest::Value;

namespace {

const std::string kPath = "/apis/apps/v1/namespaces/default/deployments/d";

/// Makes parts of Deployments: maps, atomic lists, lists with one key and two, sets.
class Generator
{
public:
    explicit Generator(unsigned seed)
        : m_random(seed)
    {
    }
    int below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(m_random); }
    bool chance(int percent) { return below(100) < percent; }
    std::string pick(std::initializer_list<const char*> words)
    {
        return *(words.begin() + below(static_cast<int>(words.size())));
    }

    Object map(std::initializer_list<const char*> keys)
    {
        Object out;
        for (const auto* key : keys) {
            if (chance(50))
                out[key] = pick({"1", "2", "3"});
        }
        return out;
    }
    Object container(const std::string& name)
    {
        Object out {{"name", name}};
        if (chance(80))
            out["image"] = pick({"nginx:1", "nginx:2", "busybox"});
        if (chance(50))
            out["env"] = list({"A", "B", "C"}, [&](const std::string& key) {
                return Object {{"name", key}, {"value", pick({"x", "y"})}};
            });
        if (chance(40))
            out["ports"] = list({"80", "81", "82"}, [&](const std::string& key) {
                Object port {{"containerPort", std::stoi(key)}};
                if (chance(40))
                    port["protocol"] = pick({"TCP", "UDP"});
                return port;
            });
        if (chance(30))
            out["args"] = Array {pick({"-a", "-b"}), pick({"-c", "-d"})};
        if (chance(30))
            out["resources"] = Object {{"limits", Object {{"cpu", pick({"1", "500m", "0.5"})}}}};
        if (chance(20))
            out["securityContext"] = Object {{"runAsUser", below(3)}};
        return out;
    }
    Object podSpec()
    {
        Object out;
        if (chance(80))
            out["containers"] = list({"a", "b", "c"}, [&](const std::string& name) { return container(name); });
        if (chance(30))
            out["volumes"] = list({"v", "w"}, [&](const std::string& name) {
                return chance(50) ? Object {{"name", name}, {"emptyDir", Object {}}}
                                  : Object {{"name", name}, {"configMap", Object {{"name", pick({"x", "y"})}}}};
            });
        if (chance(30))
            out["tolerations"] = Array {Object {{"key", pick({"k", "l"})}, {"operator", "Exists"}}};
        if (chance(30))
            out["nodeSelector"] = map({"n", "o"});
        if (chance(20))
            out["hostAliases"] = list({"10.0.0.1", "10.0.0.2"}, [&](const std::string& ip) {
                return Object {{"ip", ip}, {"hostnames", Array {pick({"h", "i"})}}};
            });
        if (chance(20))
            out["topologySpreadConstraints"] = list({"zone", "host"}, [&](const std::string& key) {
                return Object {{"topologyKey", key},
                               {"whenUnsatisfiable", pick({"DoNotSchedule", "ScheduleAnyway"})},
                               {"maxSkew", 1 + below(2)}};
            });
        if (chance(20))
            out["imagePullSecrets"] = list({"s", "t"}, [&](const std::string& name) {
                return Object {{"name", name}};
            });
        return out;
    }
    Object partialSpec()
    {
        Object out;
        if (chance(40))
            out["replicas"] = below(4);
        if (chance(20))
            out["paused"] = chance(50);
        if (chance(20))
            out["strategy"] = chance(50)
                ? Object {{"type", "Recreate"}}
                : Object {{"type", "RollingUpdate"}, {"rollingUpdate", Object {{"maxSurge", pick({"1%", "50%"})}}}};
        if (chance(80))
            out["template"] = Object {{"spec", podSpec()}};
        return out;
    }
    Object metadata()
    {
        Object out;
        if (chance(50))
            out["labels"] = map({"a", "b", "c"});
        if (chance(30))
            out["annotations"] = map({"x", "y"});
        if (chance(20))
            out["finalizers"] =
                list({"e.example/a", "e.example/b"}, [](const std::string& name) { return Value(name); });
        return out;
    }
    /// What a manager applies: complete enough to create the object.
    Value configuration()
    {
        auto spec = partialSpec();
        Value object = Object {{"apiVersion", "apps/v1"}, {"kind", "Deployment"}, {"metadata", metadata()}};
        core::manifest::ensure(object, {"metadata", "name"}) = "d";
        object.as_object()["spec"] = std::move(spec);
        core::manifest::ensure(object, {"spec", "selector", "matchLabels", "app"}) = "d";
        core::manifest::ensure(object, {"spec", "template", "metadata", "labels", "app"}) = "d";
        return object;
    }
    /// A strategic merge patch with its directives.
    Value strategicPatch()
    {
        Value patch = Object {{"metadata", metadata()}, {"spec", partialSpec()}};
        if (auto* containers = core::manifest::find(patch, {"spec", "template", "spec", "containers"})) {
            auto& items = containers->as_array();
            for (auto& item : items) {
                if (chance(15))
                    item = Object {{"name", item.as_object()["name"]}, {"$patch", "delete"}};
                else if (auto* env = item.as_object().if_contains("env"); env != nullptr
                         && core::manifest::toJson(*env).find("\"A\"") == std::string::npos && chance(40))
                    env->as_array().push_back(Object {{"name", "A"}, {"$patch", "delete"}});
            }
            if (chance(10)) {
                items.push_back(Object {{"$patch", "replace"}});
            } else if (chance(20)) {
                Array order; // that of the patch: servers word the refusal of another order with Go's print of it
                for (auto& item : items) {
                    if (item.as_object().contains("name"))
                        order.push_back(Object {{"name", item.as_object()["name"]}});
                }
                core::manifest::ensure(patch, {"spec", "template", "spec", "$setElementOrder/containers"}) = order;
            }
        }
        if (chance(20))
            core::manifest::ensure(patch, {"metadata", "labels"}) =
                chance(50) ? Value(nullptr) : Object {{"a", nullptr}};
        // Not beside the list itself: real servers take both in the order of a Go map.
        if (core::manifest::find(patch, {"metadata", "finalizers"}) == nullptr && chance(25))
            core::manifest::ensure(patch, {"metadata", "$deleteFromPrimitiveList/finalizers"}) = Array {"e.example/a"};
        if (chance(15))
            core::manifest::ensure(patch, {"spec", "template", "spec", "nodeSelector"}) =
                Object {{"$patch", "replace"}, {"z", "1"}};
        return patch;
    }
    Value mergePatch()
    {
        Value patch = Object {{"metadata", metadata()}, {"spec", partialSpec()}};
        if (chance(20))
            core::manifest::ensure(patch, {"metadata", "labels"}) = nullptr;
        if (chance(20))
            core::manifest::ensure(patch, {"spec", "template", "spec", "volumes"}) = nullptr;
        return patch;
    }
    Value jsonPatch()
    {
        const std::vector<Value> operations {
            Object {{"op", "add"}, {"path", "/metadata/labels"}, {"value", map({"a", "b"})}},
            Object {{"op", "replace"}, {"path", "/spec/replicas"}, {"value", below(4)}},
            Object {
                {"op", "add"}, {"path", "/spec/template/spec/containers/-"}, {"value", container(pick({"a", "c"}))}},
            Object {{"op", "remove"}, {"path", "/spec/template/spec/containers/1"}},
            Object {{"op", "test"}, {"path", "/spec/replicas"}, {"value", below(4)}},
            Object {{"op", "move"}, {"from", "/metadata/labels/a"}, {"path", "/metadata/labels/b"}},
            Object {{"op", "copy"}, {"from", "/spec/replicas"}, {"path", "/spec/minReadySeconds"}}};
        Array out;
        for (int i = 1 + below(2); i > 0; --i)
            out.push_back(operations.at(static_cast<std::size_t>(below(static_cast<int>(operations.size())))));
        return out;
    }

private:
    template<class Make>
    Array list(std::initializer_list<const char*> keys, const Make& make)
    {
        std::vector<std::string> order(keys.begin(), keys.end());
        std::shuffle(order.begin(), order.end(), m_random);
        Array out;
        for (const auto& key : order) {
            if (chance(60))
                out.push_back(make(key));
        }
        return out;
    }
    std::mt19937 m_random;
};

struct Operation
{
    std::string method, path, type;
    Value body;
    [[nodiscard]] std::string text() const
    {
        return fmt::format("{} {} {}\n{}", method, path, type, core::manifest::toJson(body));
    }
};

Operation randomOperation(Generator& generator)
{
    const auto manager = generator.pick({"alpha", "beta", "gamma"});
    const auto path = kPath + "?fieldManager=" + manager;
    const int kind = generator.below(100);
    if (kind < 50)
        return {"PATCH", path + (generator.chance(50) ? "&force=true" : ""), "application/apply-patch+yaml",
                generator.configuration()};
    if (kind < 75)
        return {"PATCH", path, "application/strategic-merge-patch+json", generator.strategicPatch()};
    if (kind < 87)
        return {"PATCH", path, "application/merge-patch+json", generator.mergePatch()};
    return {"PATCH", path, "application/json-patch+json", generator.jsonPatch()};
}

void sortBy(Array& rows, const std::function<std::string(const Value&)>& key)
{
    std::sort(rows.begin(), rows.end(), [&](const Value& a, const Value& b) { return key(a) < key(b); });
}

/// Without what every server chooses for itself: the order of conflicts, and times, by which entries are ordered.
Value comparable(Value object)
{
    if (core::manifest::text(object, {"kind"}) == "Status") {
        if (core::manifest::text(object, {"reason"}) == "Invalid") // which fields: more checks there than here
            return Object {{"code", object.as_object()["code"]}, {"reason", "Invalid"}};
        if (auto* causes = core::manifest::find(object, {"details", "causes"}))
            sortBy(causes->as_array(), [](const Value& cause) { return core::manifest::toSortedJson(cause); });
        return object;
    }
    for (const auto* field : {"uid", "resourceVersion", "creationTimestamp"})
        core::manifest::erase(object, {"metadata", field});
    if (auto* entries = core::manifest::find(object, {"metadata", "managedFields"})) {
        for (auto& entry : entries->as_array())
            core::manifest::erase(entry, {"time"});
        sortBy(entries->as_array(), [](const Value& entry) {
            return fmt::format("{} {}", core::manifest::text(entry, {"operation"}),
                               core::manifest::text(entry, {"manager"}));
        });
    }
    return object;
}

struct Answer
{
    int status = 0;
    Value body;
    std::string message {}; ///< of a refusal
};

Answer send(core::kube::Transport& transport, const Operation& operation)
{
    core::kube::Request request;
    request.method = operation.method;
    request.path = operation.path;
    if (!operation.type.empty()) {
        request.headers = {{"Content-Type", operation.type}};
        request.body = core::manifest::toJson(operation.body);
    }
    request.headers.emplace_back("Accept", "application/json");
    const auto response = transport.send(request, {});
    if (!response)
        qFatal("%s", response.error().text().c_str());
    auto body = core::manifest::parseJson(response->body);
    auto message = body ? std::string(core::manifest::text(*body, {"message"})) : std::string();
    return {response->status, body ? comparable(std::move(*body)) : Value(response->body), std::move(message)};
}

/// The places where two values differ, one a line.
void explain(const Value& real, const Value& embedded, const std::string& path, std::string& out)
{
    if (core::manifest::equal(real, embedded))
        return;
    if (real.is_object() && embedded.is_object()) {
        for (const auto& [key, value] : real.get_object()) {
            const auto* other = embedded.get_object().if_contains(key);
            explain(value, other != nullptr ? *other : Value("(missing)"), path + "/" + std::string(key), out);
        }
        for (const auto& [key, value] : embedded.get_object()) {
            if (!real.get_object().contains(key))
                explain(Value("(missing)"), value, path + "/" + std::string(key), out);
        }
    } else if (real.is_array() && embedded.is_array() && real.get_array().size() == embedded.get_array().size()) {
        for (std::size_t i = 0; i < real.get_array().size(); ++i)
            explain(real.get_array()[i], embedded.get_array()[i], path + "/" + std::to_string(i), out);
    } else {
        out += fmt::format("  {}\n    real:     {}\n    embedded: {}\n", path, core::manifest::toJson(real),
                           core::manifest::toJson(embedded));
    }
}

} // namespace

class TestApplyPeer : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        QString whyNot;
        support::RealCluster::Options options;
        options.controllers = ""; // nobody else writes
        m_real = support::RealCluster::start(whyNot, options);
        if (!m_real)
            QSKIP(qPrintable(whyNot));
        core::embedded::Cluster::Options embedded;
        embedded.clock = std::make_shared<core::ScaledClock>();
        embedded.simulate = false;
        auto opened = core::embedded::Cluster::open(embedded);
        QVERIFY(opened);
        m_embedded = std::move(*opened);
        const auto transport = m_real->transport();
        QTRY_COMPARE_WITH_TIMEOUT(send(*transport, {"GET", "/api/v1/namespaces/default", {}, {}}).status, 200, 30'000);
    }

    void randomOperationsAgree_data()
    {
        QTest::addColumn<unsigned>("seed");
        const unsigned count = qEnvironmentVariableIntValue("PILOTHOUSE_SEEDS") > 0
            ? static_cast<unsigned>(qEnvironmentVariableIntValue("PILOTHOUSE_SEEDS"))
            : 20U;
        for (unsigned seed = 1; seed <= count; ++seed)
            QTest::newRow(std::to_string(seed).c_str()) << seed;
    }

    void randomOperationsAgree()
    {
        QFETCH(unsigned, seed);
        Generator generator(seed);
        const auto real = m_real->transport();
        const auto embedded = m_embedded->transport();
        for (auto* transport : {real.get(), embedded.get()}) {
            (void)send(*transport,
                       {"PATCH", kPath, "application/merge-patch+json",
                        Object {{"metadata", Object {{"finalizers", nullptr}}}}});
            (void)send(*transport, {"DELETE", kPath, {}, {}});
        }
        std::string history;
        for (int step = 0; step < 40; ++step) {
            const auto operation = randomOperation(generator);
            history = fmt::format("step {}: {}\n", step, operation.text());
            const auto before = send(*real, {"GET", kPath, {}, {}});
            const auto theirs = send(*real, operation);
            const auto ours = send(*embedded, operation);
            std::string differences;
            if (theirs.status != ours.status)
                differences = fmt::format("  status: real {} {}, embedded {} {}\n", theirs.status, theirs.message,
                                          ours.status, ours.message);
            explain(theirs.body, ours.body, "", differences);
            if (!differences.empty())
                QFAIL((history + differences + "before: " + core::manifest::toJson(before.body)).c_str());
        }
    }

    void createdObjectsAreOwnedAlike_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("yaml");
        const auto pod = QStringLiteral("{metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i, "
                                        "ports: [{containerPort: 80}], env: [{name: A, value: x}]}]}}");
        const auto job = QStringLiteral("{metadata: {labels: {a: b}}, spec: {restartPolicy: Never, "
                                        "containers: [{name: c, image: i}]}}");
        QTest::newRow("Deployment") << "/apis/apps/v1/namespaces/default/deployments"
                                    << "spec: {selector: {matchLabels: {a: b}}, template: " + pod + "}";
        QTest::newRow("StatefulSet") << "/apis/apps/v1/namespaces/default/statefulsets"
                                     << "spec: {serviceName: s, selector: {matchLabels: {a: b}}, template: " + pod
                + ", volumeClaimTemplates: [{metadata: {name: v}, spec: {accessModes: [ReadWriteOnce], "
                  "resources: {requests: {storage: 1Gi}}}}]}";
        QTest::newRow("DaemonSet") << "/apis/apps/v1/namespaces/default/daemonsets"
                                   << "spec: {selector: {matchLabels: {a: b}}, template: " + pod + "}";
        QTest::newRow("Job") << "/apis/batch/v1/namespaces/default/jobs"
                             << "spec: {template: " + job + "}";
        QTest::newRow("Pod") << "/api/v1/namespaces/default/pods"
                             << "spec: {containers: [{name: c, image: i, resources: {limits: {cpu: 1}}}]}";
        QTest::newRow("CronJob") << "/apis/batch/v1/namespaces/default/cronjobs"
                                 << "spec: {schedule: '* * * * *', jobTemplate: {spec: {template: " + job + "}}}";
        QTest::newRow("Service") << "/api/v1/namespaces/default/services"
                                 << "spec: {type: NodePort, selector: {a: b}, ports: [{name: h, port: 80}]}";
        QTest::newRow("ConfigMap") << "/api/v1/namespaces/default/configmaps"
                                   << "data: {a: b}";
        QTest::newRow("PersistentVolumeClaim") << "/api/v1/namespaces/default/persistentvolumeclaims"
                                               << "spec: {accessModes: [ReadWriteOnce], resources: {requests: "
                                                  "{storage: 1Gi}}}";
        QTest::newRow("Ingress") << "/apis/networking.k8s.io/v1/namespaces/default/ingresses"
                                 << "spec: {rules: [{host: h, http: {paths: [{path: /, pathType: Prefix, backend: "
                                    "{service: {name: s, port: {number: 80}}}}]}}]}";
        QTest::newRow("NetworkPolicy") << "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies"
                                       << "spec: {podSelector: {matchLabels: {a: b}}, policyTypes: [Ingress]}";
        QTest::newRow("PodDisruptionBudget") << "/apis/policy/v1/namespaces/default/poddisruptionbudgets"
                                             << "spec: {minAvailable: 1, selector: {matchLabels: {a: b}}}";
        QTest::newRow("HorizontalPodAutoscaler")
            << "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers"
            << "spec: {minReplicas: 1, maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: "
               "d}, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: "
               "50}}}]}";
        QTest::newRow("RoleBinding") << "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings"
                                     << "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}\n"
                                        "subjects: [{kind: ServiceAccount, name: s, namespace: default}]";
        QTest::newRow("LimitRange") << "/api/v1/namespaces/default/limitranges"
                                    << "spec: {limits: [{type: Container, default: {cpu: 1}}]}";
        QTest::newRow("Namespace") << "/api/v1/namespaces"
                                   << "metadata: {labels: {x: a}}";
    }

    /// A server compares Go's structs: those that are always there belong to nobody.
    void createdObjectsAreOwnedAlike()
    {
        QFETCH(QString, path);
        QFETCH(QString, yaml);
        auto documents = core::manifest::parseYaml(yaml.toStdString(), "test");
        QVERIFY(documents);
        auto object = documents->front().value;
        const std::string group = path.section('/', 1, 1) == "api" ? "" : path.section('/', 2, 2).toStdString() + "/";
        core::manifest::ensure(object, {"apiVersion"}) =
            group + path.section('/', group.empty() ? 2 : 3, group.empty() ? 2 : 3).toStdString();
        core::manifest::ensure(object, {"kind"}) = QTest::currentDataTag();
        core::manifest::ensure(object, {"metadata", "name"}) = "owned";
        std::vector<Value> owners;
        for (const auto& transport : {m_real->transport(), m_embedded->transport()}) {
            (void)send(*transport, // Pods need it, and no controller makes it
                       {"POST", "/api/v1/namespaces/default/serviceaccounts", "application/json",
                        Object {{"metadata", Object {{"name", "default"}}}}});
            const auto made =
                send(*transport, {"POST", path.toStdString() + "?fieldManager=creator", "application/json", object});
            QVERIFY2(made.status == 201, made.message.c_str());
            const auto changed =
                send(*transport,
                     {"PATCH", path.toStdString() + "/owned?fieldManager=changer", "application/merge-patch+json",
                      Object {{"metadata", Object {{"annotations", Object {{"n", "1"}}}}}}});
            QVERIFY2(changed.status == 200, changed.message.c_str());
            const auto* fields = core::manifest::find(changed.body, {"metadata", "managedFields"});
            QVERIFY(fields);
            owners.push_back(*fields);
        }
        std::string differences;
        explain(owners[0], owners[1], "", differences);
        QVERIFY2(differences.empty(), differences.c_str());
    }

private:
    std::unique_ptr<support::RealCluster> m_real;
    std::unique_ptr<core::embedded::Cluster> m_embedded;
};

QTEST_GUILESS_MAIN(TestApplyPeer)
#include "tst_apply_peer.moc"
