// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/engine.h"
#include "core/fleet.h"
#include "core/git/repository.h"
#include "core/manifest/yaml.h"

#include <QTemporaryDir>
#include <QTest>

#include <boost/json.hpp>

#include <algorithm>
#include <mutex>

using namespace core;
using namespace core::engine;

namespace {

constexpr int kPatience = 60'000;
const AppId kHere {"argocd", "here"};
const AppId kThere {"argocd", "there"};
const manifest::ResourceKey kSettings {"", "ConfigMap", "default", "settings"};
const manifest::ResourceKey kPod {"", "Pod", "default", "trainer"};
const manifest::ResourceKey kRollout {"argoproj.io", "Rollout", "default", "ranker"};
constexpr auto kRolloutYaml =
    "{apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: {name: ranker, namespace: default}, spec: {replicas: "
    "1, selector: {matchLabels: {app: ranker}}, template: {metadata: {labels: {app: ranker}}, spec: {containers: "
    "[{name: c, image: 'models/ranker:v1'}]}}, strategy: {canary: {steps: [{setWeight: 20}, {pause: {}}]}}}}";

void check(const auto& result)
{
    if (!result)
        qFatal("%s", result.error().text().c_str());
}

manifest::Value object(const std::string& yaml)
{
    return manifest::parseYaml(yaml, "test")->front().value;
}

} // namespace

/// The console over a cluster to which another one is registered, with the same names in both.
class TestEngineClusters : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        const auto folder = m_home.filePath("source").toStdString();
        auto repository = git::Repository::init(folder).value();
        check(repository.commitFiles(
            "main", {},
            {{{"here/a.yaml", configMapText("settings", "here")}, {"there/a.yaml", configMapText("settings", "there")}},
             {}},
            "add", {"n", "n@example.com"}));
        Engine::Options options;
        options.home = m_home.filePath("home").toStdString();
        options.resources = SOURCE_DIR "/resources";
        options.seedExample = false;
        options.clockRate = 10;
        m_engine = Engine::open(options).value();
        check(m_engine->applyManifests("{apiVersion: v1, kind: Namespace, metadata: {name: argocd}}", {}, false, {}));
        registerCluster("east", "gpu-east", m_remote);
        for (const auto& [name, destination] :
             {std::pair {"here", "server: 'https://kubernetes.default.svc'"}, std::pair {"there", "name: gpu-east"}})
            check(m_engine->applyManifests(std::string("apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: "
                                                       "{name: ")
                                               + name
                                               + ", namespace: argocd}\nspec: {project: default, source: {repoURL: '"
                                               + folder + "', path: " + name + ", targetRevision: main}, destination: {"
                                               + destination + ", namespace: default}, syncPolicy: {automated: {}}}\n",
                                           {}, false, {}));
        m_remote.apply("{apiVersion: v1, kind: Pod, metadata: {name: trainer, namespace: default}, spec: {containers: "
                       "[{name: c, image: i}]}}");
        m_remote.apply("{apiVersion: v1, kind: Event, metadata: {name: noted, namespace: default}, involvedObject: "
                       "{apiVersion: v1, kind: ConfigMap, namespace: default, name: settings}, reason: Noted, message: "
                       "there, type: Normal, lastTimestamp: '2026-03-01T10:00:00Z'}");
        QTRY_VERIFY_WITH_TIMEOUT(synced(kHere) && synced(kThere), kPatience);
    }

    void applicationsTellWhereTheyAre()
    {
        QVERIFY(!application(kHere)->elsewhere);
        QVERIFY(application(kThere)->elsewhere);
        QCOMPARE(application(kThere)->cluster, std::string("gpu-east"));
        QCOMPARE(application(kThere)->resources.size(), std::size_t {1});
        QCOMPARE(application(kThere)->resources.front().key, kSettings);
        QVERIFY(application(kThere)->resources.front().existsLive);
    }

    void detailsComeFromTheApplicationsCluster()
    {
        const auto here = m_engine->details(kHere, kSettings, {}).value();
        const auto there = m_engine->details(kThere, kSettings, {}).value();
        QVERIFY(here.liveYaml.find("a: here") != std::string::npos);
        QVERIFY(there.liveYaml.find("a: there") != std::string::npos);
        const auto noted = [](const ResourceDetails& details) {
            return std::ranges::any_of(details.events, [](const Event& event) { return event.reason == "Noted"; });
        };
        QVERIFY(!noted(here));
        QTRY_VERIFY_WITH_TIMEOUT(noted(m_engine->details(kThere, kSettings, {}).value()), kPatience);
        const auto snapshot = m_engine->snapshot();
        const auto event = std::ranges::find(*snapshot->events, std::string("Noted"), &Event::reason);
        QCOMPARE(event->application, kThere.name);
        QCOMPARE(event->cluster, m_remote.server());
    }

    void diffsAndPlansAskTheApplicationsCluster()
    {
        const manifest::Value drift = object("{data: {a: drifted}}");
        check(m_remote.client().patch(m_remote.client().resolve("v1", "ConfigMap").value(), "default", "settings",
                                      kube::PatchType::Merge, drift));
        QTRY_VERIFY_WITH_TIMEOUT(application(kThere)->sync == SyncState::OutOfSync, kPatience);
        const auto difference = m_engine->diff(kThere, {}).value();
        QVERIFY(difference.resources.front().outOfSync);
        QVERIFY(difference.resources.front().liveYaml.find("drifted") != std::string::npos);
        QCOMPARE(application(kHere)->sync, SyncState::Synced);
        const auto plan = m_engine->plan(kThere, {}, {}).value();
        QCOMPARE(plan.blocked, std::string());
        QCOMPARE(plan.tasks.front().action, ResourceDiff::Action::Patch);
        QCOMPARE(plan.tasks.front().dryRunError, std::string());
        // One field, written there.
        check(m_engine->syncStaged(kThere, {{kSettings, {"data", "a"}}}, {}));
        QTRY_VERIFY_WITH_TIMEOUT(synced(kThere), kPatience);
        QCOMPARE(configMapValue(m_remote.client(), "settings"), std::string("there"));
    }

    void logsAreReadThere()
    {
        // The pod runs nowhere: each cluster says so in its own way.
        const auto here = m_engine->logs(kPod, {}, 10, {});
        QVERIFY(!here && here.error().code == Error::Code::NotFound);
        const auto there = m_engine->logs({kPod, kThere}, {}, 10, {});
        QVERIFY(there || there.error().code != Error::Code::NotFound);
        std::mutex mutex;
        std::map<std::size_t, std::optional<Error>> ended;
        const auto subscription = m_engine->followLogs({{kPod, {}}, {kPod, {}, kThere}, {kPod, {}, AppId {"a", "no"}}},
                                                       {false, false, 10, 0}, [&](const LogChunk& chunk) {
                                                           const std::scoped_lock lock(mutex);
                                                           if (chunk.ended)
                                                               ended[chunk.source] = chunk.error;
                                                       });
        QTRY_VERIFY_WITH_TIMEOUT((std::scoped_lock(mutex), ended.size() == 3), kPatience);
        QCOMPARE(ended[0]->code, Error::Code::NotFound);
        QVERIFY(!ended[1] || ended[1]->code != Error::Code::NotFound);
        QCOMPARE(ended[2]->code, Error::Code::NotFound);
    }

    void whatIsDeletedIsDeletedThere()
    {
        QVERIFY(!m_engine->removalPlan(kPod, {}));
        const auto plan = m_engine->removalPlan({kPod, kThere}, {});
        QVERIFY2(plan.has_value(), plan ? "" : plan.error().text().c_str());
        QCOMPARE(plan->refusal, std::string());
        check(m_engine->removeLive({kSettings, kThere}));
        QTRY_COMPARE_WITH_TIMEOUT(configMapValue(m_remote.client(), "settings"), std::string(), kPatience);
        QVERIFY(m_engine->details(kHere, kSettings, {})->liveYaml.find("a: here") != std::string::npos);
    }

    void rolloutsOfAllClustersStandSideBySide()
    {
        check(m_engine->applyManifests(kRolloutYaml, {}, false, {}));
        m_remote.apply(kRolloutYaml);
        QTRY_VERIFY_WITH_TIMEOUT(rollout({}) && rollout(m_remote.server()), kPatience);
        QCOMPARE(rollout({})->clusterName, std::string("embedded"));
        QCOMPARE(rollout(m_remote.server())->clusterName, std::string("gpu-east"));
        // What the controller that runs there says of it.
        pauseThere(m_remote);
        QTRY_COMPARE_WITH_TIMEOUT(rollout(m_remote.server())->waitingFor,
                                  std::string("paused until somebody promotes it"), kPatience);
        QVERIFY(rollout({})->waitingFor != rollout(m_remote.server())->waitingFor);
        QTRY_VERIFY_WITH_TIMEOUT(!rollout(m_remote.server())->setWeights.empty()
                                     && rollout(m_remote.server())->setWeights.back().value == 20,
                                 kPatience);
        QVERIFY(rollout({})->setWeights.empty() || rollout({})->setWeights.back().value != 20);
        const auto problems = m_engine->snapshot()->problems;
        const auto waits = std::ranges::find_if(
            *problems, [](const Problem& problem) { return problem.needsDecision && problem.object; });
        QVERIFY(waits != problems->end());
        QCOMPARE(waits->cluster, m_remote.server());
    }

    void whatDoesNotChangeKeepsItsPointer()
    {
        const auto before = rollout(m_remote.server());
        m_remote.apply("{apiVersion: v1, kind: Event, metadata: {name: later, namespace: default}, involvedObject: "
                       "{apiVersion: v1, kind: ConfigMap, namespace: default, name: settings}, reason: Later, message: "
                       "there, type: Normal, lastTimestamp: '2026-03-01T11:00:00Z'}");
        QTRY_VERIFY_WITH_TIMEOUT(
            std::ranges::any_of(*m_engine->snapshot()->events, [](const Event& e) { return e.reason == "Later"; }),
            kPatience);
        QCOMPARE(rollout(m_remote.server()), before);
    }

    void actionsGoToTheRolloutsCluster()
    {
        using Action = Engine::RolloutAction;
        const ObjectRef there(*rollout(m_remote.server()));
        check(m_engine->act(there, Action::Abort, "too slow"));
        QTRY_VERIFY_WITH_TIMEOUT(rollout(m_remote.server())->aborted, kPatience);
        QVERIFY(!rollout({})->aborted);
        check(m_engine->act(there, Action::Retry, {}));
        QTRY_VERIFY_WITH_TIMEOUT(!rollout(m_remote.server())->aborted, kPatience);
        // Nothing to go back to there; the answer is that cluster's.
        const auto undone = m_engine->undo(there, 7);
        QVERIFY(!undone);
        QVERIFY2(undone.error().text().find("7") != std::string::npos, undone.error().text().c_str());
        const auto entries = m_engine->audit(10).value();
        QVERIFY(std::ranges::any_of(entries, [&](const AuditEntry& entry) {
            return entry.action == "abort" && entry.object.find(m_remote.server()) != std::string::npos;
        }));
        const auto preview = m_engine->previewRollout(there, {});
        QVERIFY2(preview.has_value(), preview ? "" : preview.error().text().c_str());
        ObjectRef nowhere(kRollout);
        nowhere.cluster = "https://nowhere.example.com";
        QVERIFY(!m_engine->act(nowhere, Action::Promote, {}));
    }

    void modelsAndGpusTellTheirCluster()
    {
        m_remote.apply("{apiVersion: v1, kind: Node, metadata: {name: gpu-1}}");
        patchStatus(m_remote, {"", "Node"}, "", "gpu-1",
                    "{status: {capacity: {nvidia.com/gpu: '8'}, allocatable: {nvidia.com/gpu: '8'}}}");
        m_remote.apply(
            "{apiVersion: serving.kserve.io/v1beta1, kind: InferenceService, metadata: {name: llm, namespace: "
            "default}, spec: {predictor: {model: {modelFormat: {name: pytorch}, storageUri: "
            "'s3://models/llm/v2'}}}}");
        const auto gpus = [&] {
            const auto rows = m_engine->gpus({}).value().rows;
            return std::ranges::count_if(rows, [](const GpuRow& row) {
                return row.cluster == "gpu-east" && row.node == "gpu-1" && row.free() == 8;
            });
        };
        QTRY_COMPARE_WITH_TIMEOUT(gpus(), std::ptrdiff_t {1}, kPatience);
        const auto models = [&](const std::string& model) {
            std::vector<std::string> clusters;
            const auto rows = m_engine->models({}).value();
            for (const auto& row : rows)
                if (row.model == model)
                    clusters.push_back(row.clusterName);
            return clusters;
        };
        QTRY_COMPARE_WITH_TIMEOUT(models("llm"), std::vector<std::string> {"gpu-east"}, kPatience);
        QCOMPARE(models("ranker"), (std::vector<std::string> {"embedded", "gpu-east"}));
    }

    /// No application goes there, and it takes nothing from the others when it is gone.
    void aClusterWithoutApplicationsIsOnTheBoard()
    {
        RemoteCluster west {std::make_shared<ScaledClock>()};
        west.apply(kRolloutYaml);
        registerCluster("west", "gpu-west", west);
        QTRY_VERIFY_WITH_TIMEOUT(rollout(west.server()), kPatience);
        west.stop();
        QTRY_COMPARE_WITH_TIMEOUT(cluster("gpu-west").state, Connection::State::Offline, kPatience);
        QVERIFY(cluster("gpu-west").problem.find(west.server()) != std::string::npos);
        QCOMPARE(cluster("gpu-east").state, Connection::State::Connected);
        QVERIFY(rollout(west.server())); // as it was last seen
        const auto acted = m_engine->act(ObjectRef(*rollout(west.server())), Engine::RolloutAction::Restart, {});
        QVERIFY(!acted);
        QCOMPARE(acted.error().code, Error::Code::Unavailable);
        check(m_engine->removeLive(manifest::ResourceKey {"", "Secret", "argocd", "west"}));
        QTRY_VERIFY_WITH_TIMEOUT(!rollout(west.server()), kPatience);
        QCOMPARE(m_engine->snapshot()->clusters.size(), std::size_t {1});
    }

    void aClusterThatIsForgottenIsTold()
    {
        check(m_engine->removeLive(manifest::ResourceKey {"", "Secret", "argocd", "east"}));
        QTRY_VERIFY_WITH_TIMEOUT(std::ranges::any_of(application(kThere)->conditions,
                                                     [](const Condition& condition) {
                                                         return condition.message
                                                             == "there are no clusters with this name: gpu-east";
                                                     }),
                                 kPatience);
        const auto gone = m_engine->logs({kPod, kThere}, {}, 10, {});
        QVERIFY(!gone && gone.error().message == "there are no clusters with this name: gpu-east");
        QVERIFY(m_engine->plan(kThere, {}, {})->blocked.find("gpu-east") != std::string::npos);
    }

    void cleanupTestCase() { m_engine.reset(); }

private:
    void registerCluster(const std::string& secretName, const std::string& name, const RemoteCluster& remote)
    {
        manifest::Value secret = object("{apiVersion: v1, kind: Secret, metadata: {name: " + secretName
                                        + ", namespace: argocd, labels: {argocd.argoproj.io/secret-type: cluster}}, "
                                          "stringData: {name: "
                                        + name + "}}");
        manifest::ensure(secret, {"stringData", "server"}) = boost::json::string(remote.server());
        manifest::ensure(secret, {"stringData", "config"}) = boost::json::string(remote.config());
        check(m_engine->applyManifests(manifest::toYaml(secret), {}, false, {}));
    }
    /// As Argo Rollouts' controller leaves a canary that waits for a person.
    static void pauseThere(RemoteCluster& remote)
    {
        patchStatus(remote, kRollout.groupKind(), "default", "ranker",
                    "{status: {phase: Paused, currentStepIndex: 1, currentPodHash: b, stableRS: a, replicas: 1, "
                    "pauseConditions: [{reason: CanaryPauseStep, startTime: '2026-03-01T10:00:00Z'}], "
                    "controllerPause: true}}");
    }
    static void patchStatus(RemoteCluster& remote, const manifest::GroupKind& kind, const std::string& nameSpace,
                            const std::string& name, const std::string& status)
    {
        kube::WriteOptions options;
        options.subresource = "status";
        check(remote.client().patch(remote.client().resolve(kind).value(), nameSpace, name, kube::PatchType::Merge,
                                    object(status), options));
    }
    RolloutPtr rollout(const std::string& cluster)
    {
        for (const auto& each : m_engine->snapshot()->rollouts)
            if (each->cluster == cluster && each->key == kRollout)
                return each;
        return nullptr;
    }
    OtherCluster cluster(const std::string& name)
    {
        const auto snapshot = m_engine->snapshot();
        const auto found = std::ranges::find(snapshot->clusters, name, &OtherCluster::name);
        return found == snapshot->clusters.end() ? OtherCluster {} : *found;
    }
    ApplicationPtr application(const AppId& id)
    {
        const auto snapshot = m_engine->snapshot();
        const auto found =
            std::ranges::find(snapshot->applications, id.name, [](const auto& app) { return app->name; });
        return found == snapshot->applications.end() ? std::make_shared<Application>() : *found;
    }
    bool synced(const AppId& id)
    {
        const auto app = application(id);
        return app->compared && app->sync == SyncState::Synced && !app->resources.empty();
    }

    QTemporaryDir m_home;
    RemoteCluster m_remote {std::make_shared<ScaledClock>()};
    std::unique_ptr<Engine> m_engine;
};

QTEST_GUILESS_MAIN(TestEngineClusters)
#include "tst_engine_clusters.moc"
