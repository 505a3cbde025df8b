// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gitops/rbac.h"
#include "core/manifest/yaml.h"

#include <QTest>

#include <boost/json.hpp>

using namespace core;
using namespace core::gitops;

namespace {

manifest::Value yaml(const std::string& text)
{
    auto documents = manifest::parseYaml(text, "test");
    if (!documents || documents->empty())
        qFatal("%s", documents ? "empty" : documents.error().text().c_str());
    return documents->front().value;
}

const std::string kConfig = "data:\n"
                            "  policy.csv: |\n"
                            "    # operators\n"
                            "    p, role:operator, applications, *, */*, allow\n"
                            "    p, role:operator, applications, delete, */*, deny\n"
                            "    p, bob, applications, sync, ml/llm-*, allow\n"
                            "    p, bob, applications, action/apps/Deployment/restart, ml/*, allow\n"
                            "    p, bob, clusters, get, https://*, allow\n"
                            "    p, \"carol, the second\", projects, get, *, allow\n"
                            "    g, ops, role:operator\n"
                            "    g, carl, ops\n"
                            "  policy.extra.csv: |\n"
                            "    p, dora, logs, get, */*, allow\n";

const std::string kProject = "metadata: {name: ml}\n"
                             "spec:\n"
                             "  roles:\n"
                             "  - name: dev\n"
                             "    policies:\n"
                             "    - p, proj:ml:dev, applications, sync, ml/*, allow\n"
                             "    - p, proj:ml:dev, applications, get, other/*, allow\n"
                             "    groups: [developers]\n";

} // namespace

class TestRbac : public QObject
{
    Q_OBJECT

private slots:
    void decisions_data()
    {
        QTest::addColumn<QString>("user");
        QTest::addColumn<QString>("group");
        QTest::addColumn<QString>("resource");
        QTest::addColumn<QString>("action");
        QTest::addColumn<QString>("object");
        QTest::addColumn<bool>("allowed");
        const auto row = [](const char* name, const char* user, const char* group, const char* resource,
                            const char* action, const char* object, bool allowed) {
            QTest::newRow(name) << user << group << resource << action << object << allowed;
        };
        row("admin may all", "admin", "", "applications", "delete", "ml/x", true);
        row("admin may read accounts through readonly", "admin", "", "accounts", "get", "x", true);
        row("nobody may anything", "eve", "", "applications", "get", "ml/x", false);
        row("a glob in the object", "bob", "", "applications", "sync", "ml/llm-serving", true);
        row("outside of the glob", "bob", "", "applications", "sync", "ml/web", false);
        row("a star crosses slashes", "bob", "", "applications", "sync", "ml/llm-a/b", true);
        row("an action of a kind", "bob", "", "applications", "action/apps/Deployment/restart", "ml/x", true);
        row("another action", "bob", "", "applications", "action/apps/Deployment/pause", "ml/x", false);
        row("a server", "bob", "", "clusters", "get", "https://kubernetes.default.svc", true);
        row("a quoted subject", "carol, the second", "", "projects", "get", "ml", true);
        row("a role through a group", "x", "ops", "applications", "sync", "ml/x", true);
        row("a deny wins", "x", "ops", "applications", "delete", "ml/x", false);
        row("groups of groups", "carl", "", "applications", "sync", "ml/x", true);
        row("a second file of policies", "dora", "", "logs", "get", "ml/x", true);
        row("a project's group", "x", "developers", "applications", "sync", "ml/x", true);
        row("a project's group sees the project", "x", "developers", "projects", "get", "ml", true);
        row("only its own project", "x", "developers", "applications", "sync", "other/x", false);
        row("what reaches out of the project is left out", "x", "developers", "applications", "get", "other/x", false);
        row("a token of the role", "proj:ml:dev", "", "applications", "sync", "ml/x", true);
        row("a token stays in its project", "proj:ml:dev", "", "applications", "sync", "other/x", false);
        row("a token of an unknown role", "proj:ml:ops", "", "applications", "sync", "ml/x", false);
        row("update does not imply parts", "bob", "", "applications", "update/apps/Deployment/ml/x", "ml/x", false);
    }

    void decisions()
    {
        QFETCH(QString, user);
        QFETCH(QString, group);
        QFETCH(QString, resource);
        QFETCH(QString, action);
        QFETCH(QString, object);
        QFETCH(bool, allowed);
        const auto config = yaml(kConfig);
        const auto rbac = Rbac::parse(&config, {yaml(kProject)});
        Rbac::Subject subject {user.toStdString(), {}};
        if (!group.isEmpty())
            subject.groups.push_back(group.toStdString());
        const auto decision = rbac.may(subject, {resource.toStdString(), action.toStdString(), object.toStdString()});
        QVERIFY2(decision.allowed == allowed, decision.reason.c_str());
        QVERIFY(!decision.reason.empty());
    }

    void theDefaultRoleCannotBeDenied()
    {
        const auto config = yaml("data:\n  policy.default: role:readonly\n"
                                 "  policy.csv: |\n    p, eve, applications, get, */*, deny\n");
        const auto rbac = Rbac::parse(&config, {});
        const auto decision = rbac.may({"eve", {}}, {"applications", "get", "ml/x"});
        QVERIFY(decision.allowed);
        QVERIFY(decision.reason.find("policy.default role:readonly") != std::string::npos);
        QVERIFY(!rbac.may({"eve", {}}, {"applications", "sync", "ml/x"}).allowed);
    }

    void regularExpressions()
    {
        const auto config = yaml("data:\n  policy.matchMode: regex\n"
                                 "  policy.csv: |\n    p, bob, applications, (get|sync), ^ml/llm-[0-9]+$, allow\n");
        const auto rbac = Rbac::parse(&config, {});
        QVERIFY(rbac.may({"bob", {}}, {"applications", "sync", "ml/llm-12"}).allowed);
        QVERIFY(!rbac.may({"bob", {}}, {"applications", "sync", "ml/llm-x"}).allowed);
    }

    void reasonsNameTheLine()
    {
        const auto config = yaml(kConfig);
        const auto rbac = Rbac::parse(&config, {yaml(kProject)});
        QCOMPARE(rbac.may({"bob", {}}, {"applications", "sync", "ml/llm-x"}).reason,
                 std::string("allowed by 'p, bob, applications, sync, ml/llm-*, allow' (policy.csv line 4)"));
        QCOMPARE(rbac.may({"x", {"ops"}}, {"applications", "delete", "ml/x"}).reason,
                 std::string("denied by 'p, role:operator, applications, delete, */*, deny' (policy.csv line 3)"));
        QCOMPARE(rbac.may({"eve", {}}, {"applications", "get", "ml/x"}).reason,
                 std::string("no policy lets eve get applications ml/x"));
        QCOMPARE(rbac.problems().size(), std::size_t(1)); // the line that reaches out of its project
    }

    void brokenLinesAreNamed()
    {
        const auto config = yaml("data:\n  policy.csv: |\n    p, bob, applications, get, */*\n"
                                 "    p, bob, applications, get, */*, perhaps\n    x\n");
        QCOMPARE(Rbac::parse(&config, {}).problems().size(), std::size_t(3));
    }

    void objectsOfApplications()
    {
        QCOMPARE(rbacObject("ml", "argocd", "x", "argocd"), std::string("ml/x"));
        QCOMPARE(rbacObject("ml", "team", "x", "argocd"), std::string("ml/team/x"));
    }
};

QTEST_GUILESS_MAIN(TestRbac)
#include "tst_rbac.moc"
