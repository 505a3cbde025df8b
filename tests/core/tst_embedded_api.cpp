// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded_fixture.h"

#include <atomic>
#include <thread>

namespace {

const char* const kMap = R"(
apiVersion: v1
kind: ConfigMap
metadata: {name: m, labels: {app: a}}
data: {key: "1"}
)";

const char* const kDeployment = R"(
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: "nginx:1.25"}
)";

const std::string kMaps = "/api/v1/namespaces/default/configmaps";
const std::string kDeployments = "/apis/apps/v1/namespaces/default/deployments";

/// Collects the lines of a watch on a thread.
class Watch
{
public:
    Watch(const ApiFixture& api, std::string path)
        : m_thread([this, transport = api.cluster->transport(), path = std::move(path)](const std::stop_token& stop) {
            core::kube::Request request;
            request.path = path;
            const auto done = transport->stream(
                request,
                [this](std::string_view chunk) {
                    const std::lock_guard lock(m_mutex);
                    m_text += chunk;
                    return true;
                },
                stop);
            status = done ? done->status : -1;
        })
    {
    }
    /// "ADDED m" for each event.
    QStringList events() const
    {
        const std::lock_guard lock(m_mutex);
        QStringList out;
        std::size_t from = 0;
        for (auto end = m_text.find('\n'); end != std::string::npos; end = m_text.find('\n', from)) {
            const auto value = *core::manifest::parseJson(m_text.substr(from, end - from));
            out << QString::fromStdString(std::string(core::manifest::text(value, {"type"})) + " "
                                          + std::string(core::manifest::text(value, {"object", "metadata", "name"})));
            last = value;
            from = end + 1;
        }
        return out;
    }
    mutable core::manifest::Value last;
    std::atomic<int> status = 0;

private:
    mutable std::mutex m_mutex;
    std::string m_text;
    std::jthread m_thread;
};

} // namespace

class TestEmbeddedApi : public QObject
{
    Q_OBJECT

private slots:
    void builtInObjectsNeedNotNameTheirKind()
    {
        const ApiFixture api;
        // As many members as fit: the one that is added moves them all.
        const auto made = api.send("POST", kMaps, R"({"apiVersion":"v1","metadata":{"name":"a"}})");
        QCOMPARE(made.status, 201);
        QCOMPARE(made.text({"kind"}), "ConfigMap");
        QCOMPARE(api.send("POST", kMaps, R"({"apiVersion":"v2","metadata":{"name":"b"}})").status, 400);
    }

    void bytesThatAreNoTextAreReplaced()
    {
        const ApiFixture api;
        for (const auto* path :
             {"/api/v1/namespaces/defa\xDElt/configmaps/x", "/api/v1/namespaces/defa%DElt/configmaps/x"}) {
            const auto answer = api.send("GET", path);
            QCOMPARE(answer.status, 404);
            QCOMPARE(answer.text({"message"}), "configmaps \"x\" not found");
        }
        const auto answer = api.send("GET", "/api/v1/namespaces/default/configmaps/x\xFF");
        QCOMPARE(answer.status, 404);
        QCOMPARE(answer.text({"details", "name"}), "x\xEF\xBF\xBD");
        const auto made = api.send("POST", "/api/v1/namespaces/default/configmaps?fieldManager=a%FFb",
                                   R"({"metadata":{"name":"c"},"data":{"k":"v"}})");
        QCOMPARE(made.text({"metadata", "managedFields", "0", "manager"}),
                 "a\xEF\xBF\xBD"
                 "b");
    }

    void createdObjectsHaveServerFields()
    {
        const ApiFixture api;
        const auto made = api.post(kMaps, kMap);
        QCOMPARE(made.status, 201);
        QCOMPARE(made.text({"metadata", "creationTimestamp"}), "2026-03-01T10:00:00Z");
        QCOMPARE(made.text({"metadata", "namespace"}), "default");
        QCOMPARE(made.text({"metadata", "uid"}).size(), std::size_t {36});
        QVERIFY(!made.text({"metadata", "resourceVersion"}).empty());
        QVERIFY(!made.has({"metadata", "generation"}));
        QCOMPARE(api.get(kMaps + "/m").raw.body, made.raw.body);
        QCOMPARE(api.post(kMaps, kMap).text({"reason"}), "AlreadyExists");
    }

    void containersAreOutOfReach()
    {
        const ApiFixture api;
        const std::string pods = "/api/v1/namespaces/default/pods";
        QCOMPARE(api.get(pods + "/p/exec?command=sh").text({"message"}), "pods \"p\" not found");
        QCOMPARE(api.post(pods,
                          "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: a, image: i}, "
                          "{name: b, image: i}]}}")
                     .status,
                 201);
        const auto message = [&](const std::string& path) { return api.get(pods + path).text({"message"}); };
        QCOMPARE(message("/p/exec?command=sh"), "a container name must be specified for pod p, choose one of: [a b]");
        QCOMPARE(message("/p/exec?command=sh&container=c"), "container c is not valid for pod p");
        QCOMPARE(message("/p/exec?command=sh&container=a"), "pod p does not have a host assigned");
        QCOMPARE(api.post(pods + "/p/binding",
                          "{apiVersion: v1, kind: Binding, metadata: {name: p}, target: {kind: Node, name: sim-1}}")
                     .status,
                 201);
        QCOMPARE(message("/p/exec?container=a"), "you must specify at least 1 command for the container");
        for (const auto* path : {"/p/exec?command=sh&container=a", "/p/attach?container=b", "/p/portforward?ports=80",
                                 "/p/proxy", "/p/proxy/healthz"}) {
            const auto answer = api.get(pods + path);
            QCOMPARE(answer.status, 500);
            QVERIFY2(answer.text({"message"}).find("error dialing backend: the containers of an embedded cluster")
                         != std::string::npos,
                     path);
        }
    }

    void generationFollowsSpecOnly()
    {
        const ApiFixture api;
        const auto made = api.post(kDeployments, kDeployment);
        QCOMPARE(made.status, 201);
        QCOMPARE(made.number({"metadata", "generation"}), 1);
        QCOMPARE(made.number({"spec", "replicas"}), 1);
        QCOMPARE(
            api.patch(kDeployments + "/web", R"({"metadata":{"labels":{"a":"b"}}})").number({"metadata", "generation"}),
            1);
        QCOMPARE(api.patch(kDeployments + "/web", R"({"metadata":{"annotations":{"a":"b"}}})")
                     .number({"metadata", "generation"}),
                 2);
        QCOMPARE(api.patch(kDeployments + "/web", R"({"spec":{"replicas":3}})").number({"metadata", "generation"}), 3);
        const auto status =
            api.patch(kDeployments + "/web/status", R"({"status":{"replicas":3},"spec":{"replicas":9}})");
        QCOMPARE(status.number({"status", "replicas"}), 3);
        QCOMPARE(status.number({"spec", "replicas"}), 3);
        QCOMPARE(status.number({"metadata", "generation"}), 3);
        // Status does not change at the main endpoint.
        QCOMPARE(api.patch(kDeployments + "/web", R"({"status":{"replicas":7}})").number({"status", "replicas"}), 3);
    }

    void writesThatChangeNothingKeepTheVersion()
    {
        const ApiFixture api;
        const auto made = api.post(kMaps, kMap);
        const auto same = api.patch(kMaps + "/m", R"({"data":{"key":"1"}})");
        QCOMPARE(same.status, 200);
        QCOMPARE(same.text({"metadata", "resourceVersion"}), made.text({"metadata", "resourceVersion"}));
    }

    void staleVersionsConflict()
    {
        const ApiFixture api;
        const auto made = api.post(kMaps, kMap);
        QCOMPARE(api.patch(kMaps + "/m", R"({"data":{"key":"2"}})").status, 200);
        const auto stale = api.send("PUT", kMaps + "/m", made.raw.body);
        QCOMPARE(stale.status, 409);
        QCOMPARE(stale.text({"reason"}), "Conflict");
    }

    void errorsAreTyped_data()
    {
        QTest::addColumn<QString>("method");
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("body");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("message");
        const auto row = [](const char* name, const char* method, const char* path, const char* body, int status,
                            const char* message) {
            QTest::newRow(name) << method << path << body << status << message;
        };
        row("no object", "GET", "/api/v1/namespaces/default/pods/nope", "", 404, "pods \"nope\" not found");
        row("no object of a group", "GET", "/apis/apps/v1/namespaces/default/deployments/x", "", 404,
            "deployments.apps \"x\" not found");
        row("no resource", "GET", "/api/v1/things", "", 404, "the server could not find the requested resource");
        row("no group", "GET", "/apis/nope/v1/things", "", 404, "");
        row("bad json", "POST", "/api/v1/namespaces/default/configmaps", "{", 400, nullptr);
        row("wrong kind", "POST", "/api/v1/namespaces/default/configmaps",
            R"({"apiVersion":"v1","kind":"Secret","metadata":{"name":"x"}})", 400,
            "Secret in version \"v1\" cannot be handled as a ConfigMap");
        row("no name", "POST", "/api/v1/namespaces/default/configmaps", "{}", 422,
            "ConfigMap \"\" is invalid: metadata.name: Required value: name or generateName is required");
        row("other namespace", "POST", "/api/v1/namespaces/default/configmaps",
            R"({"metadata":{"name":"x","namespace":"y"}})", 400,
            "the namespace of the provided object does not match the namespace sent on the request");
        row("missing namespace", "POST", "/api/v1/namespaces/nowhere/configmaps", R"({"metadata":{"name":"x"}})", 404,
            "namespaces \"nowhere\" not found");
        row("collection post", "POST", "/api/v1/configmaps", "{}", 405,
            "the server does not allow this method on the requested resource");
        row("bad selector", "GET", "/api/v1/pods?labelSelector=a%20b", "", 400,
            "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt");
        row("bad field", "GET", "/api/v1/configmaps?fieldSelector=data.a%3Db", "", 400,
            "\"data.a\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"");
        row("bad limit", "GET", "/api/v1/configmaps?limit=abc", "", 400,
            "strconv.ParseInt: parsing \"abc\": invalid syntax");
        row("dry run", "POST", "/api/v1/namespaces/default/configmaps?dryRun=Foo", "{}", 422,
            "CreateOptions.meta.k8s.io \"\" is invalid: dryRun: Unsupported value: \"Foo\": supported values: \"All\"");
        row("kept namespace", "DELETE", "/api/v1/namespaces/default", "", 403,
            "namespaces \"default\" is forbidden: this namespace may not be deleted");
        row("bad name", "POST", "/api/v1/namespaces/default/configmaps", R"({"metadata":{"name":"A"}})", 422, nullptr);
        row("gpu without limit", "POST", "/api/v1/namespaces/default/pods",
            R"({"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i","resources":{"requests":{"nvidia.com/gpu":"1"}}}]}})",
            422,
            "Pod \"p\" is invalid: spec.containers[0].resources.limits: Required value: Limit must be set for non "
            "overcommitable resources");
    }
    void errorsAreTyped()
    {
        QFETCH(QString, method);
        QFETCH(QString, path);
        QFETCH(QString, body);
        QFETCH(int, status);
        QFETCH(QString, message);
        const ApiFixture api;
        const auto answer = api.send(method.toStdString(), path.toStdString(), body.toStdString());
        QCOMPARE(answer.status, status);
        if (!message.isEmpty())
            QCOMPARE(QString::fromStdString(answer.text({"message"})).left(message.size()), message);
    }

    void listsSelectAndPage()
    {
        const ApiFixture api;
        for (int i = 0; i < 5; ++i)
            QCOMPARE(
                api.post(kMaps,
                         "metadata: {name: c" + std::to_string(i) + ", labels: {part: x" + std::to_string(i % 2) + "}}")
                    .status,
                201);
        const auto even = api.get(kMaps + "?labelSelector=part%3Dx0");
        QCOMPARE(core::manifest::array(even.body, {"items"}).size(), std::size_t {3});
        QVERIFY(!even.has({"items", "0", "kind"}));
        QCOMPARE(even.text({"kind"}), "ConfigMapList");
        const auto first =
            api.get("/api/v1/configmaps?limit=2&fieldSelector=metadata.namespace%3Ddefault&labelSelector=part");
        QCOMPARE(core::manifest::array(first.body, {"items"}).size(), std::size_t {2});
        auto next = first.text({"metadata", "continue"});
        QVERIFY(!next.empty());
        const auto second = api.get("/api/v1/configmaps?limit=10&labelSelector=part&continue=" + next);
        QCOMPARE(core::manifest::array(second.body, {"items"}).size(), std::size_t {3});
        QCOMPARE(second.text({"items", "0", "metadata", "name"}), "c2");
        QVERIFY(!second.has({"metadata", "continue"}));
        QCOMPARE(api.get("/api/v1/configmaps?limit=2&continue=garbage").status, 400);
    }

    void watchesShowWhatHappens()
    {
        const ApiFixture api;
        QCOMPARE(api.post(kMaps, kMap).status, 201);
        const auto version = api.get(kMaps).text({"metadata", "resourceVersion"});
        Watch all(api, kMaps + "?watch=true&fieldSelector=metadata.name%3Dm");
        Watch selected(api, kMaps + "?watch=true&labelSelector=app%3Da&resourceVersion=" + version);
        QTRY_COMPARE(all.events(), QStringList({"ADDED m"}));
        QCOMPARE(api.patch(kMaps + "/m", R"({"data":{"key":"2"}})").status, 200);
        QCOMPARE(api.patch(kMaps + "/m", R"({"metadata":{"labels":{"app":"b"}}})").status, 200);
        QTRY_COMPARE(selected.events(), QStringList({"MODIFIED m", "DELETED m"}));
        // A selector's exit carries the old content.
        QCOMPARE(core::manifest::text(selected.last, {"object", "metadata", "labels", "app"}), "a");
        QCOMPARE(api.patch(kMaps + "/m", R"({"metadata":{"labels":{"app":"a"}}})").status, 200);
        QCOMPARE(api.send("DELETE", kMaps + "/m").text({"status"}), "Success");
        QTRY_COMPARE(selected.events(), QStringList({"MODIFIED m", "DELETED m", "ADDED m", "DELETED m"}));
        QTRY_COMPARE(all.events(), QStringList({"ADDED m", "MODIFIED m", "MODIFIED m", "MODIFIED m", "DELETED m"}));
    }

    void finalizersHoldBack()
    {
        const ApiFixture api;
        QCOMPARE(api.post(kMaps, "metadata: {name: f, finalizers: [a.b/c]}").status, 201);
        const auto removed = api.send("DELETE", kMaps + "/f");
        QVERIFY(removed.has({"metadata", "deletionTimestamp"}));
        QCOMPARE(api.patch(kMaps + "/f", R"({"metadata":{"finalizers":["a.b/c","d.e/f"]}})").status, 422);
        QCOMPARE(api.patch(kMaps + "/f", R"({"metadata":{"finalizers":null}})").status, 200);
        QCOMPARE(api.get(kMaps + "/f").status, 404);
    }

    void ownersTakeTheirDependentsAlong_data()
    {
        QTest::addColumn<QString>("policy");
        QTest::addColumn<bool>("dependentGoes");
        QTest::newRow("background") << "Background" << true;
        QTest::newRow("foreground") << "Foreground" << true;
        QTest::newRow("orphan") << "Orphan" << false;
    }
    void ownersTakeTheirDependentsAlong()
    {
        QFETCH(QString, policy);
        QFETCH(bool, dependentGoes);
        const ApiFixture api;
        const auto owner = api.post(kMaps, "metadata: {name: owner}");
        QCOMPARE(api.post(kMaps,
                          "metadata: {name: child, ownerReferences: [{apiVersion: v1, kind: ConfigMap, name: owner, "
                          "blockOwnerDeletion: true, uid: "
                              + owner.text({"metadata", "uid"}) + "}]}")
                     .status,
                 201);
        const auto options = "{\"propagationPolicy\":\"" + policy.toStdString() + "\"}";
        QCOMPARE(api.send("DELETE", kMaps + "/owner", options).status, 200);
        QTRY_COMPARE(api.get(kMaps + "/owner").status, 404);
        if (dependentGoes) {
            QTRY_COMPARE(api.get(kMaps + "/child").status, 404);
        } else {
            QCOMPARE(api.get(kMaps + "/child").status, 200);
            QVERIFY(!api.get(kMaps + "/child").has({"metadata", "ownerReferences"}));
        }
    }

    void namespacesEmptyThemselves()
    {
        const ApiFixture api;
        QCOMPARE(api.post("/api/v1/namespaces", "metadata: {name: work}").text({"status", "phase"}), "Active");
        QTRY_COMPARE(api.get("/api/v1/namespaces/work/serviceaccounts/default").status, 200);
        QCOMPARE(api.post("/api/v1/namespaces/work/configmaps", "metadata: {name: held, finalizers: [a.b/c]}").status,
                 201);
        QCOMPARE(api.send("DELETE", "/api/v1/namespaces/work").text({"status", "phase"}), "Terminating");
        QCOMPARE(api.post("/api/v1/namespaces/work/configmaps", "metadata: {name: late}").status, 403);
        QTRY_VERIFY(api.get("/api/v1/namespaces/work/configmaps/held").has({"metadata", "deletionTimestamp"}));
        QCOMPARE(api.get("/api/v1/namespaces/work").status, 200);
        QCOMPARE(api.patch("/api/v1/namespaces/work/configmaps/held", R"({"metadata":{"finalizers":null}})").status,
                 200);
        QTRY_COMPARE(api.get("/api/v1/namespaces/work").status, 404);
    }

    void customKindsComeAndGo()
    {
        const ApiFixture api;
        const auto made = api.post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", R"(
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Widget, plural: widgets}
  versions:
  - name: v1
    served: true
    storage: true
    subresources: {status: {}, scale: {specReplicasPath: .spec.count, statusReplicasPath: .status.count}}
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
)");
        QCOMPARE(made.status, 201);
        QCOMPARE(made.text({"status", "acceptedNames", "singular"}), "widget");
        const std::string widgets = "/apis/example.com/v1/namespaces/default/widgets";
        const auto widget =
            api.post(widgets, "{apiVersion: example.com/v1, kind: Widget, metadata: {name: w}, spec: {count: 2}}");
        QCOMPARE(widget.status, 201);
        QCOMPARE(api.patch(widgets + "/w/status", R"({"status":{"count":2}})").number({"metadata", "generation"}), 1);
        const auto scaled = api.patch(widgets + "/w/scale", R"({"spec":{"replicas":5}})");
        QCOMPARE(scaled.text({"kind"}), "Scale");
        QCOMPARE(scaled.number({"spec", "replicas"}), 5);
        QCOMPARE(scaled.number({"status", "replicas"}), 2);
        QCOMPARE(api.get(widgets + "/w").number({"spec", "count"}), 5);
        QCOMPARE(api.patch(widgets + "/w", "{}", "strategic-merge-patch+json").status, 415);
        QCOMPARE(
            api.send("DELETE", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com").status,
            200);
        QTRY_COMPARE(api.get("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com").status,
                     404);
        QCOMPARE(api.get(widgets).status, 404);
    }

    void knownCustomKindsAreServed_data()
    {
        QTest::addColumn<QString>("path");
        for (const auto* path :
             {"/apis/argoproj.io/v1alpha1/applications", "/apis/argoproj.io/v1alpha1/appprojects",
              "/apis/argoproj.io/v1alpha1/rollouts", "/apis/argoproj.io/v1alpha1/analysisruns",
              "/apis/argoproj.io/v1alpha1/clusteranalysistemplates",
              "/apis/serving.kserve.io/v1beta1/inferenceservices", "/apis/networking.istio.io/v1beta1/virtualservices",
              "/apis/networking.istio.io/v1/destinationrules"})
            QTest::newRow(path) << path;
    }
    void knownCustomKindsAreServed()
    {
        QFETCH(QString, path);
        const ApiFixture api;
        QCOMPARE(api.get(path.toStdString()).status, 200);
    }

    void deletingARunningPodTakesTwoSteps()
    {
        const ApiFixture api;
        const std::string pods = "/api/v1/namespaces/default/pods";
        QCOMPARE(
            api.post(pods, "{metadata: {name: p}, spec: {nodeName: n1, containers: [{name: c, image: i}]}}").status,
            201);
        const auto first = api.send("DELETE", pods + "/p");
        QCOMPARE(first.number({"metadata", "deletionGracePeriodSeconds"}), 30);
        QCOMPARE(first.text({"metadata", "deletionTimestamp"}), "2026-03-01T10:00:30Z");
        QCOMPARE(api.get(pods + "/p").status, 200);
        QCOMPARE(api.send("DELETE", pods + "/p", R"({"gracePeriodSeconds":0})").status, 200);
        QCOMPARE(api.get(pods + "/p").status, 404);
    }

    void claimsWaitForTheirPods()
    {
        const ApiFixture api;
        const std::string core = "/api/v1/namespaces/default/";
        const auto claim = api.post(core + "persistentvolumeclaims",
                                    "{metadata: {name: c}, spec: {accessModes: [ReadWriteOnce], resources: {requests: "
                                    "{storage: 1Gi}}}}");
        QCOMPARE(claim.status, 201);
        QCOMPARE(claim.text({"spec", "storageClassName"}), std::string("standard"));
        QCOMPARE(api.post(core + "pods",
                          "{metadata: {name: p}, spec: {containers: [{name: c, image: i}], volumes: [{name: v, "
                          "persistentVolumeClaim: {claimName: c}}]}}")
                     .status,
                 201);
        QCOMPARE(api.send("DELETE", core + "persistentvolumeclaims/c").status, 200);
        QVERIFY(api.get(core + "persistentvolumeclaims/c").has({"metadata", "deletionTimestamp"}));
        QCOMPARE(api.send("DELETE", core + "pods/p").status, 200);
        QTRY_COMPARE(api.get(core + "persistentvolumeclaims/c").status, 404);
    }

    void dryRunsLeaveNoTrace()
    {
        const ApiFixture api;
        const auto dry = api.post(kMaps + "?dryRun=All", kMap);
        QCOMPARE(dry.status, 201);
        QVERIFY(!dry.has({"metadata", "resourceVersion"}));
        QCOMPARE(api.get(kMaps + "/m").status, 404);
    }
};

QTEST_GUILESS_MAIN(TestEmbeddedApi)
#include "tst_embedded_api.moc"
