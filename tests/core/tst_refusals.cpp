// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A cluster that refuses, reached through a kubeconfig: what the console says, and that everything else goes on.
#include "core/base/clock.h"
#include "core/base/paths.h"
#include "core/embedded/cluster.h"
#include "core/engine/engine.h"
#include "core/git/repository.h"
#include "core/kube/client.h"
#include "core/manifest/yaml.h"
#include "support/fault_server.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace core;
using namespace core::engine;
using support::Fault;
using support::statusFault;

Q_DECLARE_METATYPE(Fault)

namespace {

const kube::ResourceType kConfigMaps {"", "v1", "ConfigMap", "configmaps"};
const AppId kApp {"argocd", "waves"};
const AppId kOther {"argocd", "other"};

std::string configMap(const std::string& name, int wave)
{
    return "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: " + name
        + "\n  annotations:\n    argocd.argoproj.io/sync-wave: '" + std::to_string(wave) + "'\ndata:\n  k: v\n";
}

std::string applicationYaml(const std::string& name, const std::string& repository, const std::string& path)
{
    return "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: " + name
        + "\n  namespace: argocd\nspec:\n  project: default\n  source:\n    repoURL: " + repository
        + "\n    targetRevision: main\n    path: " + path
        + "\n  destination:\n    server: https://kubernetes.default.svc\n    namespace: default\n";
}

bool writes(const kube::Request& request, const std::string& name)
{
    return request.method != "GET" && request.path.find("/configmaps") != std::string::npos
        && request.path.find("dryRun") == std::string::npos
        && (request.path.find("/" + name) != std::string::npos
            || request.body.find("\"" + name + "\"") != std::string::npos);
}

} // namespace

class TestRefusals : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        const auto repository = m_home.filePath(QStringLiteral("repository")).toStdString();
        auto git = git::Repository::init(repository).value();
        git::Overlay files;
        files.files = {{"waves/a.yaml", configMap("first", 0)},
                       {"waves/b.yaml", configMap("second", 1)},
                       {"waves/c.yaml", configMap("third", 2)},
                       {"other/d.yaml", configMap("fourth", 0)}};
        QVERIFY(git.commitFiles("main", {}, files, "all", {"someone", "someone@example.com"}).has_value());

        embedded::Cluster::Options options;
        options.clock = std::make_shared<ScaledClock>(10.0);
        m_cluster = embedded::Cluster::open(options).value();
        m_admin = std::make_shared<kube::Client>(m_cluster->transport());
        const auto create = [&](const std::string& yaml) {
            const auto created = m_admin->create(manifest::parseYaml(yaml, "test").value().front().value);
            QVERIFY2(created.has_value(), created ? "" : created.error().text().c_str());
        };
        create("apiVersion: v1\nkind: Namespace\nmetadata: {name: argocd}\n");
        create("apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {name: default, namespace: argocd}\n"
               "spec: {sourceRepos: ['*'], destinations: [{server: '*', namespace: '*'}], "
               "clusterResourceWhitelist: [{group: '*', kind: '*'}]}\n");
        create(applicationYaml("waves", repository, "waves"));
        create(applicationYaml("other", repository, "other"));

        m_server = std::make_unique<support::FaultServer>(m_cluster->transport());
        const auto kubeconfig = m_home.filePath(QStringLiteral("kubeconfig")).toStdString();
        QVERIFY(paths::writeFileAtomically(kubeconfig, m_server->kubeconfig()).has_value());
        Engine::Options given;
        given.home = m_home.filePath(QStringLiteral("home")).toStdString();
        given.kubeconfig = kubeconfig;
        given.resources = SOURCE_DIR "/resources";
        m_engine = Engine::open(given).value();
        QTRY_VERIFY_WITH_TIMEOUT(application(kApp) && application(kApp)->compared, 30'000);
        QTRY_VERIFY_WITH_TIMEOUT(application(kOther) && application(kOther)->compared, 30'000);
    }

    void cleanup()
    {
        m_server->setFaults({});
        for (const auto* name : {"first", "second", "third"})
            (void)m_admin->remove(kConfigMaps, "default", name);
    }

    void anUncheckedServerIsTold()
    {
        auto config = m_server->kubeconfig();
        config.insert(config.find("server: "), "insecure-skip-tls-verify: true, ");
        const auto file = m_home.filePath(QStringLiteral("insecure")).toStdString();
        QVERIFY(paths::writeFileAtomically(file, config).has_value());
        Engine::Options given;
        given.home = m_home.filePath(QStringLiteral("insecure-home")).toStdString();
        given.kubeconfig = file;
        given.resources = SOURCE_DIR "/resources";
        given.controllers = false;
        const auto engine = Engine::open(given).value();
        const auto told = [](const Engine& of) {
            const auto snapshot = of.snapshot();
            return std::ranges::any_of(*snapshot->problems, [](const auto& problem) {
                return problem.message.find("insecure-skip-tls-verify") != std::string::npos;
            });
        };
        QTRY_VERIFY_WITH_TIMEOUT(told(*engine), 20'000);
        QVERIFY(!told(*m_engine));
    }

    void aWriteIsRefused_data()
    {
        QTest::addColumn<Fault>("fault");
        QTest::addColumn<QString>("words");
        QTest::newRow("403") << statusFault(403, "Forbidden", "configmaps \"second\" is forbidden: not you")
                             << "is forbidden: not you";
        QTest::newRow("409") << statusFault(409, "Conflict", "the object has been modified") << "has been modified";
        QTest::newRow("410") << statusFault(410, "Expired", "too old resource version") << "too old resource version";
        QTest::newRow("422") << statusFault(422, "Invalid", "ConfigMap \"second\" is invalid: data: too sweet")
                             << "data: too sweet";
        QTest::newRow("500") << statusFault(500, "InternalError", "etcdserver: no leader") << "etcdserver: no leader";
        QTest::newRow("503") << statusFault(503, "ServiceUnavailable", "the server is starting up") << "starting up";
        QTest::newRow("html") << Fault {502, "<html><body>Bad Gateway</body></html>", {}, false} << "502";
        QTest::newRow("garbage") << Fault {200, "\x01\x02not json", {}, false} << "second";
        QTest::newRow("truncated") << Fault {200, "{\"apiVersion\":\"v1\",\"kind\":\"Conf", {}, true} << "second";
        QTest::newRow("closed") << Fault {} << "second";
    }

    void aWriteIsRefused()
    {
        QFETCH(Fault, fault);
        QFETCH(QString, words);
        m_server->setFaults([&](const kube::Request& request) {
            return writes(request, "second") ? std::optional(fault) : std::nullopt;
        });
        const auto operation = run(kApp);
        QVERIFY2(operation.phase == OperationPhase::Failed || operation.phase == OperationPhase::Error,
                 operation.message.c_str());
        // The object at which it stopped says why; what came before stands, what comes after was not begun.
        const auto app = application(kApp);
        const auto node = std::ranges::find(app->resources, "second", [](const auto& one) { return one.key.name; });
        QVERIFY(node != app->resources.end());
        QCOMPARE(node->syncPhase, std::string("SyncFailed"));
        QVERIFY2(node->syncMessage.find(words.toStdString()) != std::string::npos, node->syncMessage.c_str());
        QVERIFY(there("first"));
        QVERIFY(!there("third"));
        // Told as a problem, and the other application goes on.
        QTRY_VERIFY_WITH_TIMEOUT(told("waves"), 10'000);
        QCOMPARE(run(kOther).phase, OperationPhase::Succeeded);
        // Once the cluster takes it, the same sync does the rest.
        m_server->setFaults({});
        QCOMPARE(run(kApp).phase, OperationPhase::Succeeded);
        QVERIFY(there("second") && there("third"));
    }

    void aKindMayNotBeRead()
    {
        m_server->setFaults([&](const kube::Request& request) {
            return request.path.find("/secrets") != std::string::npos
                ? std::optional(statusFault(403, "Forbidden", "secrets is forbidden: user cannot list"))
                : std::nullopt;
        });
        QVERIFY(m_engine->refresh(kOther, true).has_value());
        QCOMPARE(run(kApp).phase, OperationPhase::Succeeded);
        const auto listed = m_engine->objects({"", "Secret"}, "default", {});
        QVERIFY(!listed.has_value() || listed->empty());
    }

    void everythingIsRefused_data()
    {
        QTest::addColumn<Fault>("fault");
        QTest::newRow("401") << statusFault(401, "Unauthorized", "Unauthorized");
        QTest::newRow("503") << statusFault(503, "ServiceUnavailable", "the server is down");
        QTest::newRow("closed") << Fault {};
        QTest::newRow("garbage") << Fault {200, "what?", {}, false};
    }

    void everythingIsRefused()
    {
        QFETCH(Fault, fault);
        m_server->setFaults([&](const kube::Request&) { return std::optional(fault); });
        m_server->dropAll();
        QTRY_VERIFY_WITH_TIMEOUT(m_engine->snapshot()->connection.state != Connection::State::Connected, 60'000);
        QVERIFY(!m_engine->snapshot()->connection.problem.empty());
        QVERIFY(application(kApp) != nullptr); // what was known stays in sight
        m_server->setFaults({});
        QTRY_VERIFY_WITH_TIMEOUT(m_engine->snapshot()->connection.state == Connection::State::Connected, 60'000);
        QCOMPARE(run(kApp).phase, OperationPhase::Succeeded);
    }

private:
    ApplicationPtr application(const AppId& id) const
    {
        const auto snapshot = m_engine->snapshot();
        const auto found =
            std::ranges::find(snapshot->applications, id.name, [](const auto& app) { return app->name; });
        return found == snapshot->applications.end() ? nullptr : *found;
    }
    /// Syncs and waits for the end.
    OperationState run(const AppId& id)
    {
        QTest::qWait(1'100); // operations are told apart by the second in which they began
        const auto before = application(id)->operation.startedAt;
        const auto asked = m_engine->sync(id, {});
        if (!asked)
            return {OperationPhase::None, asked.error().text(), {}, {}, {}, {}, 0, 0, {}, 0, 0};
        const auto over = [&] {
            const auto& operation = application(id)->operation;
            return operation.startedAt != before && operation.finishedAt && operation.phase != OperationPhase::Running;
        };
        (void)QTest::qWaitFor(over, 90'000);
        return application(id)->operation;
    }
    /// Whether the console tells a problem of the application.
    bool told(const std::string& app) const
    {
        const auto problems = m_engine->snapshot()->problems;
        return std::ranges::find(*problems, app, &Problem::application) != problems->end();
    }
    bool there(const std::string& name) const { return m_admin->get(kConfigMaps, "default", name).has_value(); }

    QTemporaryDir m_home;
    std::unique_ptr<embedded::Cluster> m_cluster;
    std::shared_ptr<kube::Client> m_admin;
    std::unique_ptr<support::FaultServer> m_server;
    std::unique_ptr<Engine> m_engine;
};

QTEST_GUILESS_MAIN(TestRefusals)
#include "tst_refusals.moc"
