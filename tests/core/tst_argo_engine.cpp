// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/argo_server.h"
#include "core/engine/argo_engine.h"
#include "core/engine/connections.h"

#include <QTest>

using namespace core;
using namespace core::engine;

class TestArgoEngine : public QObject
{
    Q_OBJECT

private:
    ArgoServer m_server;
    std::unique_ptr<Engine> m_engine;
    const AppId m_serving {"argocd", "serving"};
    const manifest::ResourceKey m_web {"apps", "Deployment", "ml", "web"};

    [[nodiscard]] ArgoOptions options(const std::string& password) const
    {
        return {m_server.transport(), "/argo", "argocd.example.com", {}, "admin", password};
    }

    [[nodiscard]] ApplicationPtr serving() const
    {
        for (const auto& app : m_engine->snapshot()->applications)
            if (app->name == "serving" && !app->resources.empty())
                return app;
        return nullptr;
    }

private slots:
    void initTestCase()
    {
        const auto refused = ArgoEngine::open(options("guess"));
        QVERIFY(!refused);
        QVERIFY(refused.error().code == Error::Code::Unauthorized);
        auto opened = ArgoEngine::open(options("secret"));
        QVERIFY2(opened, opened ? "" : opened.error().text().c_str());
        m_engine = std::move(*opened);
        QTRY_VERIFY_WITH_TIMEOUT(serving() != nullptr, 10000);
    }

    void byItsAddressAlone()
    {
        QVERIFY(openArgoServer({m_server.url() + "/argo", false, {}, "admin", "secret"}).has_value());
        const auto refused = openArgoServer({m_server.url() + "/argo", false, {}, "admin", "guess"});
        QVERIFY(!refused && refused.error().code == Error::Code::Unauthorized);
        const auto nonsense = openArgoServer({"ftp://argocd.example.com", false, "t", {}, {}});
        QVERIFY(!nonsense && nonsense.error().code == Error::Code::InvalidInput);
    }

    void cleanupTestCase() { m_engine.reset(); }

    void applicationsAreShownWithTheirTrees()
    {
        QTRY_VERIFY(serving() && serving()->sync == SyncState::OutOfSync);
        const auto app = serving();
        QCOMPARE(app->project, std::string("ml"));
        QVERIFY(app->health == Health::Degraded);
        QCOMPARE(app->healthMessage, std::string("no pods"));
        QCOMPARE(app->outOfSyncCount, std::size_t(1));
        QCOMPARE(app->resources.size(), std::size_t(2));
        QVERIFY(app->resources[0].key == m_web); // parents first
        QVERIFY(app->resources[0].managed);
        QCOMPARE(app->resources[0].wave, 2);
        QVERIFY(app->resources[1].parents == std::vector {m_web});
        QCOMPARE(app->resources[1].statusText, std::string("1/1"));
        QCOMPARE(app->resources[1].healthMessage, std::string("crashing"));
    }

    void differencesAndPlan()
    {
        const auto diff = m_engine->diff(m_serving, {});
        QVERIFY2(diff, diff ? "" : diff.error().text().c_str());
        QCOMPARE(diff->resources.size(), std::size_t(2));
        const auto& web = diff->resources[0].key == m_web ? diff->resources[0] : diff->resources[1];
        QVERIFY(web.action == ResourceDiff::Action::Patch);
        QVERIFY(web.liveYaml.find("replicas: 1") != std::string::npos);
        QVERIFY(web.desiredYaml.find("replicas: 2") != std::string::npos);
        const auto plan = m_engine->plan(m_serving, {}, {});
        QVERIFY2(plan, plan ? "" : plan.error().text().c_str());
        QCOMPARE(plan->blocked, std::string("cannot sync: blocked by sync window"));
        QVERIFY(!plan->tasks.empty());
    }

    void commandsGoToTheServer()
    {
        SyncRequest request;
        request.dryRun = true;
        request.prune = true;
        request.resources = {m_web};
        QVERIFY(m_engine->sync(m_serving, request));
        const auto blocked = m_engine->sync(m_serving, {});
        QVERIFY(!blocked);
        QCOMPARE(blocked.error().message, std::string("cannot sync: blocked by sync window"));
        const auto back = m_engine->rollback(m_serving, 3, {});
        QVERIFY(!back);
        QCOMPARE(back.error().message, std::string("rollback cannot be initiated when auto-sync is enabled"));
        QVERIFY(m_engine->setAutoSync(m_serving, false));
        QVERIFY(m_engine->restart(m_web));
        QVERIFY(m_engine->scale(m_web, 3));
        QVERIFY(m_engine->sync({"argocd", "nowhere"}, {}).error().code == Error::Code::NotFound);
    }

    void nothingIsWrittenWhereTheSessionIsReadOnly()
    {
        m_engine->setReadOnly(true);
        SyncRequest request;
        request.dryRun = true;
        QVERIFY(m_engine->sync(m_serving, request).error().code == Error::Code::Forbidden);
        QVERIFY(m_engine->restart(m_web).error().code == Error::Code::Forbidden);
        m_engine->setReadOnly(false);
        QVERIFY(m_engine->sync(m_serving, request));
    }

    void administrationThroughTheServer()
    {
        const auto admin = m_engine->administration({});
        QVERIFY2(admin, admin ? "" : admin.error().text().c_str());
        QCOMPARE(admin->projects.size(), std::size_t {1});
        QCOMPARE(admin->projects.front().roles, std::vector<std::string> {"deployer"});
        QCOMPARE(admin->repositories.size(), std::size_t {1});
        QCOMPARE(admin->repositories.front().problem, std::string("authentication required"));
        QCOMPARE(admin->clusters.size(), std::size_t {1});
        QCOMPARE(admin->clusters.front().version, std::string("1.33"));
        QVERIFY(admin->clusters.front().problem.empty());
        QCOMPARE(admin->clusters.front().applications, std::size_t {2});
        QCOMPARE(admin->certificates.size(), std::size_t {2});
        QCOMPARE(admin->certificates.front().fingerprint, std::string("SHA256:abc"));
        QCOMPARE(admin->accounts.size(), std::size_t {2});
        QVERIFY(!admin->accounts.back().enabled);
        QCOMPARE(admin->accounts.back().tokens.front().expires, TimePoint(std::chrono::seconds(1'800'000'000)));
    }

    void actionsThroughTheServer()
    {
        const ObjectRef web(m_web, m_serving);
        const auto actions = m_engine->objectActions(web, {});
        QVERIFY(actions);
        QCOMPARE(actions->size(), std::size_t {2});
        QVERIFY(actions->back().disabled);
        QCOMPARE(actions->back().parameters.front().name, std::string("replicas"));
        QVERIFY(m_engine->runObjectAction(web, "restart", {}));
        QVERIFY(m_engine->annotate({"argoproj.io", "Application", "argocd", "serving"}, "a", "b"));
        QCOMPARE(m_engine->annotate(m_web, "a", "b").error().code, Error::Code::Unsupported);
        QCOMPARE(m_engine->usage({}).error().code, Error::Code::Unsupported);
    }

    void whatTheServerCannotDoIsRefusedWithTheReason()
    {
        const auto files = m_engine->files(m_serving, {});
        QVERIFY(!files);
        QVERIFY(files.error().code == Error::Code::Unsupported);
        QVERIFY(!files.error().hint.empty());
    }

    void logs()
    {
        const manifest::ResourceKey pod {"", "Pod", "ml", "web-1"};
        const auto text = m_engine->logs(pod, "c", 10, {});
        QVERIFY2(text, text ? "" : text.error().text().c_str());
        QCOMPARE(*text, std::string("one\ntwo\n"));
    }
};

QTEST_GUILESS_MAIN(TestArgoEngine)
#include "tst_argo_engine.moc"
