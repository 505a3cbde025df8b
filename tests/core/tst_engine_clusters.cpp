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
        manifest::Value secret =
            object("{apiVersion: v1, kind: Secret, metadata: {name: east, namespace: argocd, labels: "
                   "{argocd.argoproj.io/secret-type: cluster}}, stringData: {name: gpu-east}}");
        manifest::ensure(secret, {"stringData", "server"}) = boost::json::string(m_remote.server());
        manifest::ensure(secret, {"stringData", "config"}) = boost::json::string(m_remote.config());
        check(m_engine->applyManifests(manifest::toYaml(secret), {}, false, {}));
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

    void aClusterThatIsForgottenIsTold()
    {
        check(m_engine->removeLive({{"", "Secret", "argocd", "east"}}));
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
