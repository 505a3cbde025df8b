// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/effects.h"
#include "core/gitops/holds.h"
#include "core/manifest/yaml.h"

#include <QtTest>

using namespace core::engine;
using core::manifest::Value;

namespace {

Value yaml(const char* text)
{
    return core::manifest::parseYaml(text, "test").value().front().value;
}

constexpr const char* kServer = R"(
apiVersion: apps/v1
kind: Deployment
metadata: {name: server, namespace: ml}
spec:
  replicas: 6
  minReadySeconds: 5
  strategy: {rollingUpdate: {maxSurge: 50%}}
  template:
    spec:
      serviceAccountName: server
      volumes:
      - {name: config, configMap: {name: settings}}
      containers:
      - name: server
        env:
        - name: TOKEN
          valueFrom: {secretKeyRef: {name: hf, key: token}}
        readinessProbe: {initialDelaySeconds: 15, httpGet: {path: /, port: 80}}
        resources: {requests: {cpu: 500m}, limits: {memory: 2Gi, nvidia.com/gpu: 1}}
)";

} // namespace

class TestEffects : public QObject
{
    Q_OBJECT

private slots:
    void countsPodsGpusAndQuotas()
    {
        const auto server = yaml(kServer);
        QCOMPARE(podsOf(server, nullptr), std::int64_t {6});
        QCOMPARE(gpusOf(server, nullptr), std::int64_t {6});
        const auto demand = demandOf(server, nullptr);
        const auto of = [&](const char* name) { return QString::fromStdString(demand.at(name).canonical()); };
        QCOMPARE(of("pods"), QStringLiteral("6"));
        QCOMPARE(of("requests.cpu"), QStringLiteral("3"));
        QCOMPARE(of("limits.memory"), QStringLiteral("12Gi"));
        QCOMPARE(of("requests.memory"), QStringLiteral("12Gi")); // a limit alone is the request as well
        QCOMPARE(of("requests.nvidia.com/gpu"), QStringLiteral("6"));
        QCOMPARE(of("count/deployments.apps"), QStringLiteral("1"));
        const auto service =
            yaml("{apiVersion: serving.kserve.io/v1beta1, kind: InferenceService, metadata: {name: llm}, spec: "
                 "{predictor: {minReplicas: 2, model: {resources: {limits: {nvidia.com/gpu: 4}}}}}}");
        QCOMPARE(gpusOf(service, nullptr), std::int64_t {8});
    }

    void scaledByOthersKeepsItsLiveCount()
    {
        auto server = yaml(kServer);
        auto live = server;
        core::manifest::ensure(live, {"spec", "replicas"}) = 9;
        core::manifest::erase(server, {"spec", "replicas"});
        QCOMPARE(podsOf(server, &live), std::int64_t {9});
    }

    void estimatesByRoundsAndByTheLastRun()
    {
        const auto server = yaml(kServer);
        // Six pods, three at once: two rounds of start, probe and minReadySeconds.
        QCOMPARE(*estimateOf(server, &server), core::Duration(std::chrono::seconds(2 * (10 + 15 + 5))));
        const auto job = yaml("{apiVersion: batch/v1, kind: Job, metadata: {name: m}, status: {startTime: "
                              "2026-03-01T10:00:00Z, completionTime: 2026-03-01T10:00:40Z}}");
        QCOMPARE(*estimateOf(job, &job), core::Duration(std::chrono::seconds(40)));
        QVERIFY(!estimateOf(job, nullptr));
        QVERIFY(!estimateOf(yaml("{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}"), nullptr));
    }

    void knowsWhatCannotBeChanged_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("path");
        QTest::addColumn<bool>("immutableField");
        QTest::newRow("selector") << "apps/Deployment"
                                  << "spec.selector.matchLabels.app" << true;
        QTest::newRow("image") << "apps/Deployment"
                               << "spec.template.spec.containers" << false;
        QTest::newRow("claims") << "apps/StatefulSet"
                                << "spec.volumeClaimTemplates" << true;
        QTest::newRow("replicas") << "apps/StatefulSet"
                                  << "spec.replicas" << false;
        QTest::newRow("job") << "batch/Job"
                             << "spec.template.spec" << true;
        QTest::newRow("size") << "/PersistentVolumeClaim"
                              << "spec.resources.requests.storage" << false;
        QTest::newRow("class") << "/PersistentVolumeClaim"
                               << "spec.storageClassName" << true;
        QTest::newRow("data") << "/ConfigMap"
                              << "data.key" << true; // the live one is immutable
        QTest::newRow("label") << "/ConfigMap"
                               << "metadata.labels.a" << false;
    }

    void knowsWhatCannotBeChanged()
    {
        QFETCH(QString, kind);
        QFETCH(QString, path);
        QFETCH(bool, immutableField);
        std::vector<std::string> parts;
        for (const QString& part : path.split(u'.'))
            parts.push_back(part.toStdString());
        const auto live = yaml("{apiVersion: v1, kind: ConfigMap, immutable: true, data: {key: a}}");
        QCOMPARE(
            isImmutable({kind.section(u'/', 0, 0).toStdString(), kind.section(u'/', 1).toStdString()}, parts, &live),
            immutableField);
    }

    void findsWhoStillUsesAnObject()
    {
        const auto share = [](const char* text) { return std::make_shared<const Value>(yaml(text)); };
        const Objects others {share(kServer),
                              share("{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: in, namespace: "
                                    "ml}, spec: {rules: [{http: {paths: [{backend: {service: {name: web}}}]}}]}}"),
                              share("{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: vs, "
                                    "namespace: edge}, spec: {http: [{route: [{destination: {host: "
                                    "web.ml.svc.cluster.local}}]}]}}"),
                              share("{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: ml, ownerReferences: "
                                    "[{controller: true}]}, spec: {volumes: [{configMap: {name: settings}}]}}")};
        const auto users = [&](const char* kind, const char* name) {
            QStringList out;
            for (const auto& user : usersOf({"", kind, "ml", name}, others))
                out.append(QString::fromStdString(user.kind + "/" + user.name));
            return out.join(u' ');
        };
        QCOMPARE(users("ConfigMap", "settings"), QStringLiteral("Deployment/server"));
        QCOMPARE(users("Secret", "hf"), QStringLiteral("Deployment/server"));
        QCOMPARE(users("ServiceAccount", "server"), QStringLiteral("Deployment/server"));
        QCOMPARE(users("Service", "web"), QStringLiteral("VirtualService/vs Ingress/in"));
        QCOMPARE(users("Service", "server"), QString()); // the same name is no use
    }

    void pausesAndMarksSurviveTheirText()
    {
        auto app = yaml("{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: a}, spec: {syncPolicy: "
                        "{automated: {enabled: false}}}}");
        QVERIFY(!core::gitops::autoSyncPause(app));
        const core::gitops::Pause pause {*core::parseRfc3339("2026-03-01T12:00:00Z"), std::nullopt, "noor", "worse"};
        core::manifest::ensure(app, {"metadata", "annotations", core::gitops::kAutoSyncPause}) =
            core::gitops::pauseText(pause);
        const auto read = core::gitops::autoSyncPause(app);
        QVERIFY(read && read->until == pause.until && read->by == "noor" && read->reason == "worse");
        core::manifest::erase(app, {"spec", "syncPolicy", "automated", "enabled"});
        QVERIFY(!core::gitops::autoSyncPause(app)); // it is on: nothing is paused
        core::gitops::setBadRevisions(app, {{"abcdef0123", "it forgets"}});
        QCOMPARE(core::gitops::whyBad(app, {"abcdef0123"}),
                 std::string("revision abcdef0 is marked as bad: it forgets"));
        QVERIFY(core::gitops::whyBad(app, {"other"}).empty());
        core::gitops::setBadRevisions(app, {});
        QVERIFY(core::gitops::badRevisions(app).empty());
    }
};

QTEST_GUILESS_MAIN(TestEffects)
#include "tst_effects.moc"
