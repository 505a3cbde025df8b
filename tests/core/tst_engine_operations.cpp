// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/engine.h"
#include "core/manifest/yaml.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <mutex>

using namespace core;
using namespace core::engine;

namespace {

const AppId kApp {"argocd", "ml-platform"};
constexpr auto kVersionFile = "environments/production/kustomization.yaml";
const manifest::ResourceKey kGateway {"apps", "Deployment", "ml-serving", "inference"};

ApplicationPtr application(Engine& engine)
{
    const auto snapshot = engine.snapshot();
    const auto found = std::ranges::find(snapshot->applications, kApp.name, [](const auto& app) { return app->name; });
    return found == snapshot->applications.end() ? nullptr : *found;
}

bool settled(Engine& engine)
{
    const auto app = application(engine);
    return app && app->compared && app->sync == SyncState::Synced && app->health == Health::Healthy;
}

} // namespace

/// Commands and questions of the console over an embedded cluster with the example on it.
class TestEngineOperations : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        Engine::Options options;
        options.home = m_home.path().toStdString();
        options.resources = SOURCE_DIR "/resources";
        options.clockRate = 60;
        options.user = "noor";
        m_engine = Engine::open(options).value();
        QTRY_VERIFY_WITH_TIMEOUT(settled(*m_engine), 90'000);
    }

    void gpusOfTheNodesAndTheirHolders()
    {
        const auto gpus = m_engine->gpus({}).value();
        QVERIFY(!gpus.rows.empty());
        std::int64_t held = 0;
        for (const auto& row : gpus.rows) {
            QVERIFY(row.requested <= row.allocatable);
            for (const auto& holder : row.holders)
                held += holder.application == kApp.name ? holder.count : 0;
        }
        QCOMPARE(held, application(*m_engine)->gpus);
        QVERIFY(held > 0);
    }

    void whatPodsAndNodesUse()
    {
        const auto usage = m_engine->usage({});
        QVERIFY2(usage, usage ? "" : usage.error().text().c_str());
        std::int64_t pods = 0;
        std::int64_t nodes = 0;
        for (const auto& [key, used] : *usage) {
            QVERIFY(used.milliCpu > 0 && used.memory > 0);
            (key.kind == "Pod" ? pods : nodes) += used.milliCpu;
        }
        QVERIFY(pods > 0);
        QVERIFY(nodes > pods); // with the nodes' own programs
    }

    void modelsOfServicesAndRollouts()
    {
        const auto models = m_engine->models({}).value();
        const auto of = [&](const char* kind) {
            return std::ranges::find(models, kind, [](const ModelRow& row) { return row.key.kind; });
        };
        const auto service = of("InferenceService");
        QVERIFY(service != models.end());
        QCOMPARE(service->version, std::string("v2.1.0"));
        QCOMPARE(service->application, kApp.name);
        const auto rollout = of("Rollout");
        QVERIFY(rollout != models.end());
        QVERIFY(!rollout->lanes.empty());
        QCOMPARE(rollout->lanes.front().requested, std::optional<int>(100));
    }

    void whatDeletingTakesWithIt()
    {
        const auto plan = m_engine->removalPlan(kGateway, {}).value();
        QCOMPARE(plan.goes.front(), kGateway);
        QVERIFY(std::ranges::any_of(plan.goes, [](const auto& key) { return key.kind == "Pod"; }));
        QCOMPARE(plan.recreatedBy, kApp.name);
        QVERIFY(plan.refusal.empty());
        QVERIFY(!m_engine->removalPlan(manifest::ResourceKey {"", "Pod", "x", "nowhere"}, {}).has_value());
        QVERIFY(settled(*m_engine)); // asked, not done
    }

    void tablesAsTheServerPrintsThem()
    {
        const auto table = m_engine->printed({"apps", "Deployment"}, "ml-serving", {}).value();
        QCOMPARE(table.columns.front().name, std::string("Name"));
        QVERIFY(std::ranges::any_of(table.columns, &PrintedTable::Column::wide));
        const auto row = std::ranges::find(table.rows, kGateway, [](const auto& entry) { return entry.first; });
        QVERIFY(row != table.rows.end());
        QCOMPARE(row->second.size(), table.columns.size());
        QVERIFY(!m_engine->printed({"no.such", "Thing"}, {}, {}).has_value());
    }

    void mayI()
    {
        const auto answers =
            m_engine->access({{"delete", {"", "Pod"}, {}, "ml-serving", {}}, {"get", {"", "Pod"}, "log", {}, {}}}, {});
        QVERIFY2(answers.has_value(), answers ? "" : answers.error().text().c_str());
        QCOMPARE(answers->size(), std::size_t {2});
        QVERIFY(answers->front().allowed);
        QCOMPARE((AccessQuestion {"patch", {"apps", "Deployment"}, "scale", "ml", {}}).text(),
                 std::string("patch Deployment.apps/scale in ml"));
    }

    void programsAndPortsOfPods()
    {
        const auto pods = m_engine->objects({"", "Pod"}, "ml-serving", {}).value();
        QVERIFY(!pods.empty());
        const auto pod = manifest::keyOf(pods.front());
        const auto terminal =
            m_engine->openTerminal(pod, {}, {"sh"}, {[](std::string_view) {}, [](Result<int>) {}}, {});
        QVERIFY(!terminal.has_value()); // these pods run nothing, and that is said
        QCOMPARE(terminal.error().code, Error::Code::Unsupported);
        QCOMPARE(m_engine->audit(1)->front().action, std::string("exec"));
        const auto refused = [&](const manifest::ResourceKey& key, unsigned short port) {
            const auto forward = m_engine->forwardPort(key, port, 0, {}, {});
            return forward ? std::string("opened") : forward.error().text();
        };
        QVERIFY(refused(kGateway, 80).find("pods and services only") != std::string::npos);
        QVERIFY(refused({"", "Service", "ml-serving", "none"}, 80).find("no such service") != std::string::npos);
        const manifest::ResourceKey service {"", "Service", "ml-serving", "inference-service"};
        const auto unknown = refused(service, 1);
        QVERIFY2(unknown.find("port 1 leads to no port of Pod") != std::string::npos, unknown.c_str());
    }

    void restartMakesNewPods()
    {
        QVERIFY(m_engine->restart(kGateway).has_value());
        const auto details = m_engine->details(kApp, kGateway, {}).value();
        QVERIFY(details.liveYaml.find("kubectl.kubernetes.io/restartedAt") != std::string::npos);
        const auto wrong = m_engine->restart({"", "Service", "ml-serving", "inference-service"});
        QVERIFY(!wrong.has_value());
        QCOMPARE(wrong.error().code, Error::Code::Unsupported);
        QTRY_VERIFY_WITH_TIMEOUT(settled(*m_engine), 60'000);
    }

    void actionsOfObjects()
    {
        const auto names = [&](const manifest::ResourceKey& key) {
            std::string all;
            const auto found = m_engine->objectActions(key, {});
            for (const auto& action : found.value_or(std::vector<health::ResourceAction>()))
                all += action.name + (action.disabled ? "- " : " ");
            return all;
        };
        QCOMPARE(names(kGateway), std::string("pause restart resume- scale "));
        QVERIFY(m_engine->runObjectAction(kGateway, "pause", {}).has_value());
        QTRY_COMPARE(names(kGateway), std::string("pause- restart resume scale "));
        QVERIFY(m_engine->runObjectAction(kGateway, "resume", {}).has_value());
        QCOMPARE(m_engine->audit(1)->front().action, std::string("resume"));
        const manifest::ResourceKey rollout {"argoproj.io", "Rollout", "ml-serving", "inference-rollout"};
        QVERIFY(m_engine->runObjectAction(rollout, "promote-full", {}).has_value()); // through the status
        QCOMPARE(m_engine->runObjectAction(kGateway, "fly", {}).error().code, Error::Code::NotFound);
        // A cron job is run now, by the user's own script too.
        constexpr auto kCron = "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: nightly, namespace: default}\n"
                               "spec:\n  schedule: '0 3 * * *'\n  jobTemplate:\n    spec:\n      template:\n"
                               "        spec:\n          restartPolicy: Never\n"
                               "          containers: [{name: c, image: 'train:v1'}]\n";
        QVERIFY(m_engine->applyManifests(kCron, {}, false, {}).has_value());
        const manifest::ResourceKey cron {"batch", "CronJob", "default", "nightly"};
        QTRY_COMPARE(names(cron), std::string("create-job resume- suspend "));
        QVERIFY(m_engine->runObjectAction(cron, "create-job", {}).has_value());
        QTRY_COMPARE(m_engine->objects({"batch", "Job"}, "default", {})->size(), std::size_t {1});
        m_engine->setReadOnly(true);
        QCOMPARE(m_engine->runObjectAction(cron, "suspend", {}).error().code, Error::Code::Forbidden);
        m_engine->setReadOnly(false);
        QVERIFY(m_engine->removeLive(cron).has_value());
        QTRY_VERIFY_WITH_TIMEOUT(settled(*m_engine), 60'000);
    }

    void scaleGoesThroughTheSubresource()
    {
        const manifest::ResourceKey own {"apps", "Deployment", "default", "own"};
        QVERIFY(!m_engine->scale(kGateway, -1).has_value());
        QVERIFY(!m_engine->scale({"", "Service", "ml-serving", "inference-service"}, 1).has_value());
        QVERIFY(m_engine->scale(kGateway, 2).has_value());
        QCOMPARE(m_engine->audit(1)->front().action, std::string("scale"));
        QCOMPARE(m_engine->audit(1)->front().toRevision, std::string("2"));
        QTRY_VERIFY_WITH_TIMEOUT(settled(*m_engine), 60'000);
    }

    void manifestsAreAskedForAndApplied()
    {
        using Outcome = AppliedObject::Outcome;
        // What needs the namespace stands before it, and names none itself.
        const std::string text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: note, namespace: made}\n"
                                 "data: {a: one}\n"
                                 "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: made}\n"
                                 "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: other}\n";
        const auto notes = [&] { return m_engine->objects({"", "ConfigMap"}, "made", {}).value().size(); };
        const auto asked =
            m_engine->applyManifests("apiVersion: v1\nkind: Namespace\nmetadata: {name: made}\n", {}, true, {});
        QVERIFY2(asked.has_value(), asked ? "" : asked.error().text().c_str());
        QCOMPARE(asked->front().outcome, Outcome::Created);
        QCOMPARE(notes(), std::size_t {0});
        const auto made = m_engine->applyManifests(text, "made", false, {});
        QVERIFY2(made.has_value(), made ? "" : made.error().text().c_str());
        QCOMPARE(made->size(), std::size_t {3});
        QCOMPARE(made->front().key.kind, std::string("Namespace"));
        QVERIFY(std::all_of(made->begin(), made->end(),
                            [](const auto& object) { return object.outcome == Outcome::Created; }));
        QVERIFY(notes() >= 2);
        QCOMPARE(m_engine->audit(1)->front().action, std::string("create"));

        auto changed = text;
        changed.replace(changed.find("one"), 3, "two");
        for (const bool dryRun : {true, false}) {
            const auto again = m_engine->applyManifests(changed, "made", dryRun, {}).value();
            QCOMPARE(again[0].outcome, Outcome::Unchanged);
            QCOMPARE(again[1].outcome, Outcome::Changed);
            QCOMPARE(again[2].outcome, Outcome::Unchanged);
        }
    }

    void manifestsThatAreRefused_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("not YAML") << QByteArray("kind: [") << QByteArray("manifests:2");
        QTest::newRow("nothing") << QByteArray("# nothing\n") << QByteArray("there is no object");
        QTest::newRow("no name") << QByteArray("a: 1\n---\napiVersion: v1\nkind: Pod\n") << QByteArray("manifests:1");
        QTest::newRow("no such kind") << QByteArray("apiVersion: v1\nkind: Nothing\nmetadata: {name: a}\n")
                                      << QByteArray("Nothing");
        QTest::newRow("no such namespace")
            << QByteArray("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: nowhere}\n")
            << QByteArray("nowhere");
        QTest::newRow("no such field") << QByteArray(
            "\n\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndatum: {a: b}\n")
                                       << QByteArray("manifests:3");
        QTest::newRow("half of it") << QByteArray(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: half}\n"
            "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: nowhere}\n")
                                    << QByteArray("1 of 2 objects were written");
    }

    void manifestsThatAreRefused()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, says);
        const auto refused = m_engine->applyManifests(text.toStdString(), "default", false, {});
        QVERIFY(!refused);
        QVERIFY2(refused.error().text().find(says.toStdString()) != std::string::npos, refused.error().text().c_str());
    }

    void readOnlyRefusesEveryWrite()
    {
        m_engine->setReadOnly(true);
        QTRY_VERIFY(m_engine->snapshot()->connection.readOnly);
        const std::vector<Result<>> tried {
            m_engine->restart(kGateway),    m_engine->scale(kGateway, 1), m_engine->annotate(kGateway, "a", "b"),
            m_engine->removeLive(kGateway), m_engine->sync(kApp, {}),     m_engine->setAutoSync(kApp, false),
            m_engine->applyLive("kind: X"), m_engine->terminate(kApp)};
        for (const auto& result : tried) {
            QVERIFY(!result.has_value());
            QCOMPARE(result.error().code, Error::Code::Forbidden);
        }
        const std::string space = "apiVersion: v1\nkind: Namespace\nmetadata: {name: read-only}\n";
        QCOMPARE(m_engine->applyManifests(space, {}, false, {}).error().code, Error::Code::Forbidden);
        QVERIFY(m_engine->applyManifests(space, {}, true, {}).has_value()); // only asks
        QVERIFY(m_engine->refresh(kApp, false).has_value()); // reads again, writes nothing
        m_engine->setReadOnly(false);
        QVERIFY(m_engine->annotate(kGateway, "example.com/note", "hello").has_value());
        QVERIFY(m_engine->details(kApp, kGateway, {})->liveYaml.find("hello") != std::string::npos);
        QVERIFY(m_engine->annotate(kGateway, "example.com/note", std::nullopt).has_value());
        QVERIFY(m_engine->details(kApp, kGateway, {})->liveYaml.find("hello") == std::string::npos);
    }

    void logsOfManyPodsAtOnce()
    {
        std::vector<LogSource> sources;
        for (const auto& node : application(*m_engine)->resources)
            // Of the rollout: the gateway's pods come and go in the tests before.
            if (node.key.kind == "Pod" && node.key.name.starts_with("inference-rollout") && sources.size() < 3)
                sources.push_back({node.key, {}});
        QCOMPARE(sources.size(), std::size_t {3});
        sources.push_back({{"", "Pod", "ml-serving", "nowhere"}, {}});
        std::mutex mutex;
        std::set<std::size_t> heard;
        std::optional<Error> error;
        {
            const auto subscription = m_engine->followLogs(sources, {}, [&](LogChunk chunk) {
                const std::scoped_lock lock(mutex);
                if (!chunk.lines.empty())
                    heard.insert(chunk.source);
                if (chunk.error)
                    error = chunk.error;
            });
            QTRY_VERIFY_WITH_TIMEOUT((std::scoped_lock(mutex), heard.size() == 3 && error), 30'000);
        }
        QCOMPARE(error->code, Error::Code::NotFound);
    }

    void administrationOfTheExample()
    {
        const auto admin = m_engine->administration({}).value();
        QVERIFY(std::ranges::any_of(admin.projects, [](const auto& project) { return project.applications > 0; }));
        QVERIFY(!admin.repositories.empty());
        QVERIFY(!admin.triggers.empty());
        QVERIFY(!admin.subscriptions.empty());
    }

    void aCommitCanBeReverted()
    {
        auto file = m_engine->readFile(kApp, kVersionFile, {}).value();
        const auto before = file.text;
        const auto commit = m_engine->commitFile(kApp, kVersionFile, before + "# note\n", file.commit, "note").value();
        const auto reverted = m_engine->revertCommit(kApp, commit, "not wanted");
        QVERIFY2(reverted.has_value(), reverted ? "" : reverted.error().text().c_str());
        QCOMPARE(m_engine->readFile(kApp, kVersionFile, {})->text, before);
        QCOMPARE(m_engine->audit(1)->front().action, std::string("revert"));
        QVERIFY(!m_engine->revertCommit(kApp, std::string(40, '0'), {}).has_value());
    }

private:
    QTemporaryDir m_home;
    std::unique_ptr<Engine> m_engine;
};

QTEST_GUILESS_MAIN(TestEngineOperations)
#include "tst_engine_operations.moc"
