// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A file of a cluster's objects, looked at without the cluster.
#include "core/base/paths.h"
#include "core/embedded/cluster.h"
#include "core/embedded/snapshot.h"
#include "core/engine/connections.h"
#include "core/engine/engine.h"

#include <QTemporaryDir>
#include <QTest>

#include <boost/json.hpp>

using namespace core;

class TestSnapshotSession : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { qputenv("PILOTHOUSE_HOME", m_home.path().toUtf8()); }

    void whatAFileHoldsIsSeenAndStaysAsItIs()
    {
        embedded::Cluster::Options options;
        options.clock = std::make_shared<ScaledClock>();
        options.simulate = false;
        const auto cluster = embedded::Cluster::open(options).value();
        kube::Client client(cluster->transport());
        const manifest::Value map {{"apiVersion", "v1"},
                                   {"kind", "ConfigMap"},
                                   {"metadata", {{"name", "settings"}, {"namespace", "default"}}},
                                   {"data", {{"model", "llama"}}}};
        QVERIFY(client.create(map, {}).has_value());
        auto taken = embedded::takeSnapshot(client, embedded::Secrets::Masked).value();
        const auto at = parseRfc3339(taken.takenAt);
        QVERIFY(at.has_value());
        const auto file = paths::state() / "a.phsnapshot";
        QVERIFY(embedded::writeSnapshot(taken, file).has_value());

        const auto engine = engine::openSnapshot(file).value();
        QTRY_COMPARE(engine->snapshot()->connection.state, engine::Connection::State::Offline);
        const auto connection = engine->snapshot()->connection;
        QCOMPARE(connection.since, std::optional(*at));
        QVERIFY(connection.problem.find("snapshot") != std::string::npos);
        QCOMPARE(connection.name, std::string("a.phsnapshot"));
        QVERIFY(connection.readOnly && !connection.embedded);
        QCOMPARE(engine->snapshot()->clockRate, 0.0); // there is no clock to set
        const auto found = engine->objects({"", "ConfigMap"}, "default", {}).value();
        QVERIFY(std::any_of(found.begin(), found.end(), [](const manifest::Value& object) {
            return manifest::name(object) == "settings" && manifest::text(object, {"data", "model"}) == "llama";
        }));
        // Nothing would carry out what is written there: not even who asks for it may.
        engine->setReadOnly(false);
        const auto written =
            engine->removeLive(engine::ObjectRef(manifest::ResourceKey {"", "ConfigMap", "default", "settings"}));
        QVERIFY(!written);
        QCOMPARE(written.error().code, Error::Code::Forbidden);
    }

    void anApplicationThatLostItsAutomationWantsADecision()
    {
        embedded::Cluster::Options options;
        options.clock = std::make_shared<ScaledClock>();
        options.simulate = false;
        const auto cluster = embedded::Cluster::open(options).value();
        kube::Client client(cluster->transport());
        auto taken = embedded::takeSnapshot(client, embedded::Secrets::Masked).value(); // with Argo's definitions
        const auto application = [](const std::string& name, const manifest::Value& policy) {
            return manifest::Value {
                {"apiVersion", "argoproj.io/v1alpha1"},
                {"kind", "Application"},
                {"metadata", {{"name", name}, {"namespace", "argocd"}, {"uid", "u-" + name}, {"resourceVersion", "5"}}},
                {"spec",
                 {{"project", "default"},
                  {"source", {{"repoURL", "https://example.com/x.git"}, {"path", "."}}},
                  {"destination", {{"server", "https://kubernetes.default.svc"}, {"namespace", "llm"}}},
                  {"syncPolicy", policy}}},
                {"status",
                 {{"sync", {{"status", "Synced"}}},
                  {"history",
                   boost::json::array {manifest::Value {{"id", 0},
                                                        {"revision", "abc"},
                                                        {"deployedAt", "2026-03-01T10:00:00Z"},
                                                        {"initiatedBy", {{"automated", true}}}}}}}}};
        };
        taken.objects.push_back(application("paused", {{"automated", {{"enabled", false}}}}));
        taken.objects.push_back(application("running", {{"automated", manifest::Object {}}}));
        const auto file = paths::state() / "c.phsnapshot";
        QVERIFY(embedded::writeSnapshot(taken, file).has_value());
        const auto engine = engine::openSnapshot(file).value();
        QTRY_COMPARE(engine->snapshot()->applications.size(), std::size_t {2});
        const auto decisions = [&] {
            std::vector<std::string> names;
            for (const auto& problem : *engine->snapshot()->problems)
                if (problem.needsDecision)
                    names.push_back(problem.application);
            return names;
        };
        QTRY_COMPARE(decisions(), std::vector<std::string> {"paused"});
    }

    void whatIsNoSnapshotIsRefused()
    {
        const auto file = paths::state() / "b.phsnapshot";
        QVERIFY(paths::writeFileAtomically(file, "kind: ConfigMap\n").has_value());
        QVERIFY(!engine::openSnapshot(file));
        QVERIFY(!engine::openSnapshot(paths::state() / "none"));
    }

private:
    QTemporaryDir m_home;
};

QTEST_GUILESS_MAIN(TestSnapshotSession)
#include "tst_snapshot_session.moc"
