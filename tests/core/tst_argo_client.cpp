// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/argo_server.h"
#include "core/argoapi/argo_client.h"

#include <QTest>

#include <boost/json.hpp>

using namespace core;
using namespace core::argoapi;
using manifest::Value;

class TestArgoClient : public QObject
{
    Q_OBJECT

private:
    ArgoServer m_server;
    ArgoClient m_client {m_server.transport(), "argo/"};
    const AppRef m_app {"serving", "", "ml"};

private slots:
    void loginGivesAToken()
    {
        ArgoClient client(m_server.transport(), "/argo");
        const auto before = client.userInfo();
        QVERIFY(!before);
        QVERIFY(before.error().code == Error::Code::Unauthorized);
        const auto wrong = client.login("admin", "guess");
        QVERIFY(!wrong);
        QCOMPARE(wrong.error().message, std::string("Invalid username or password"));
        QVERIFY(client.login("admin", "secret"));
        QCOMPARE(manifest::text(*client.userInfo(), {"username"}), std::string_view("admin"));
        QCOMPARE(*client.version(), std::string("v3.5.7"));
    }

    void initTestCase() { m_client.useToken("t-1"); }

    void applicationsAreListed()
    {
        ListQuery query;
        query.projects = {"ml", "web"};
        query.selector = "team=a,tier!=b";
        query.fields = "items.metadata.name";
        const auto list = m_client.applications(query);
        QVERIFY(list);
        QCOMPARE(list->size(), std::size_t(2));
        const auto seen = m_server.last();
        QCOMPARE(seen.query.allQueryItemValues("projects").size(), 2);
        QCOMPARE(seen.parameter("selector"), std::string("team=a,tier!=b"));
        QCOMPARE(seen.parameter("fields"), std::string("items.metadata.name"));
    }

    void oneApplication()
    {
        const auto app = m_client.application(m_app, Refresh::Hard);
        QVERIFY(app);
        QCOMPARE(manifest::text(*app, {"status", "sync", "status"}), std::string_view("Synced"));
        QCOMPARE(m_server.last().parameter("refresh"), std::string("hard"));
        QCOMPARE(m_server.last().parameter("project"), std::string("ml"));
        QVERIFY(m_client.application({"other", "", "ml"}, Refresh::No).error().code == Error::Code::NotFound);
        QVERIFY(m_client.application({"other", "", ""}, Refresh::No).error().code == Error::Code::Forbidden);
    }

    void aWatchEndsWithTheServersError()
    {
        std::vector<std::string> types;
        const auto ended =
            m_client.watch({},
                           [&](const std::string& type, const Value& app) {
                               types.push_back(type + " " + std::string(manifest::text(app, {"metadata", "name"})));
                               return true;
                           },
                           {});
        QVERIFY(!ended);
        QCOMPARE(ended.error().message, std::string("closing"));
        QVERIFY(ended.error().code == Error::Code::Unavailable);
        QCOMPARE(types, (std::vector<std::string> {"ADDED serving", "MODIFIED serving"}));
    }

    void treesManifestsAndDifferences()
    {
        const auto tree = m_client.resourceTree(m_app);
        QVERIFY(tree);
        QCOMPARE(manifest::array(*tree, {"nodes"}).size(), std::size_t(2));
        const auto managed = m_client.managedResources(m_app);
        QVERIFY(managed && managed->size() == 2);
        QVERIFY(managed->at(0).modified);
        QCOMPARE(manifest::integer(managed->at(0).target, {"spec", "replicas"}).value_or(0), std::int64_t(2));
        QCOMPARE(manifest::integer(managed->at(0).normalizedLive, {"spec", "replicas"}).value_or(0), std::int64_t(1));
        QVERIFY(managed->at(1).target.is_null());
        const auto manifests = m_client.manifests(m_app, "abc");
        QVERIFY(manifests && manifests->size() == 2);
        QCOMPARE(m_server.last().parameter("revision"), std::string("abc"));
    }

    void refusalsKeepTheServersWords()
    {
        QVERIFY(m_client.sync(m_app, Value {{"dryRun", true}}));
        QVERIFY(m_server.last().body.find("\"project\":\"ml\"") != std::string::npos);
        const auto blocked = m_client.sync(m_app, {});
        QVERIFY(!blocked);
        QVERIFY(blocked.error().code == Error::Code::Forbidden);
        QCOMPARE(blocked.error().message, std::string("cannot sync: blocked by sync window"));
        const auto back = m_client.rollback(m_app, 3, true, false);
        QVERIFY(!back);
        QCOMPARE(back.error().message, std::string("rollback cannot be initiated when auto-sync is enabled"));
        QVERIFY(m_server.last().body.find("\"id\":3") != std::string::npos);
        const auto idle = m_client.terminate(m_app);
        QVERIFY(!idle);
        QVERIFY(idle.error().code == Error::Code::InvalidInput);
    }

    void actionsAndDeletion()
    {
        const ResourceRef web {"apps", "v1", "Deployment", "ml", "web"};
        const auto actions = m_client.actions(m_app, web);
        QVERIFY(actions && actions->size() == 2);
        QVERIFY(actions->at(1).disabled);
        QCOMPARE(actions->at(1).parameters, std::vector<std::string> {"replicas"});
        QVERIFY(m_client.runAction(m_app, web, "scale", {{"replicas", "3"}}));
        QVERIFY(m_server.last().body.find(R"("resourceActionParameters":[{"name":"replicas","value":"3"}])")
                != std::string::npos);
        QVERIFY(m_client.remove(m_app, ArgoClient::Cascade::Background));
        QCOMPARE(m_server.last().parameter("propagationPolicy"), std::string("background"));
        QVERIFY(m_client.remove(m_app, ArgoClient::Cascade::None));
        QCOMPARE(m_server.last().parameter("cascade"), std::string("false"));
        QCOMPARE(m_server.last().parameter("propagationPolicy"), std::string());
        QVERIFY(m_client.patch(m_app, Value {{"spec", {{"project", "x"}}}}));
        QVERIFY(m_server.last().body.find(R"("patchType":"merge")") != std::string::npos);
    }

    void logsEndWithTheLastEntry()
    {
        LogQuery query;
        query.pod = "web-1";
        query.tailLines = 10;
        std::string lines;
        QVERIFY(m_client.logs(m_app, query,
                              [&](const LogLine& line) {
                                  lines += line.pod + " " + line.time + " " + line.content + ";";
                                  return true;
                              },
                              {}));
        QCOMPARE(lines, std::string("web-1 T1 one;web-1 T2 two;"));
        QCOMPARE(m_server.last().parameter("tailLines"), std::string("10"));
        query.pod.clear();
        query.owner = {"apps", "", "Deployment", "", "web"};
        QVERIFY(m_client.logs(m_app, query, [](const LogLine&) { return false; }, {}));
        QCOMPARE(m_server.last().parameter("resourceName"), std::string("web"));
    }

    void permissionsAreAsked()
    {
        QVERIFY(*m_client.canI("applications", "sync", "ml/serving"));
        QVERIFY(!*m_client.canI("applications", "delete", "ml/serving"));
    }
};

QTEST_GUILESS_MAIN(TestArgoClient)
#include "tst_argo_client.moc"
