// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Snapshots of embedded and real clusters, and embedded clusters that go on from them.
#include "core/embedded/snapshot.h"
#include "sim_stage.h"
#include "support/real_cluster.h"

#include <QFile>
#include <QTemporaryDir>

#include <filesystem>
#include <set>

using namespace core;
using embedded::Secrets;
using embedded::Snapshot;
using manifest::Object;
using manifest::Value;
using sim_stage::deployment;
using sim_stage::reasonOf;
using sim_stage::Stage;

namespace {

const kube::ResourceType kPods {"", "v1", "Pod", "pods"};
const kube::ResourceType kSecrets {"", "v1", "Secret", "secrets"};
const kube::ResourceType kConfigMaps {"", "v1", "ConfigMap", "configmaps"};

std::map<std::string, std::string> versions(const std::vector<Value>& objects)
{
    std::map<std::string, std::string> out;
    for (const auto& object : objects)
        out[std::string(manifest::uid(object))] = manifest::text(object, {"metadata", "resourceVersion"});
    return out;
}

std::vector<Value> podsOf(kube::Client& client)
{
    return client.list(kPods, "default").value().items;
}

bool allReady(kube::Client& client, std::size_t count)
{
    const auto pods = podsOf(client);
    return pods.size() == count && std::all_of(pods.begin(), pods.end(), [](const Value& pod) {
               return manifest::flag(pod, {"status", "containerStatuses", "0", "ready"});
           });
}

std::string secret(const std::string& name, const std::string& type = "Opaque")
{
    return "apiVersion: v1\nkind: Secret\nmetadata: {name: " + name
        + ", namespace: default, annotations: {kubernetes.io/service-account.name: default}}\ntype: " + type
        + "\nstringData: {password: hunter2}\n";
}

} // namespace

class TestFork : public QObject
{
    Q_OBJECT

private slots:
    void forkGoesOnWhereItsOriginalWas();
    void clustersStandSideBySide();
    void filesAreWholeOrRefused();
    void realClusterIsForked();
};

void TestFork::forkGoesOnWhereItsOriginalWas()
{
    const QTemporaryDir folder;
    Stage original;
    original.create(deployment("web", 3, "web:v1"));
    original.create(secret("open"));
    QVERIFY(original.until([&] { return allReady(*original.client, 3); }));
    auto snapshot = embedded::takeSnapshot(*original.client, Secrets::Kept);
    QVERIFY(snapshot);
    const auto file = folder.filePath("cluster.snapshot").toStdString();
    QVERIFY(embedded::writeSnapshot(*snapshot, file));
    QCOMPARE(std::filesystem::status(file).permissions(),
             std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);

    for (const bool onDisk : {false, true}) {
        embedded::Cluster::Options options;
        options.clock = original.clock;
        options.folder = onDisk ? folder.filePath("fork").toStdString() : std::string();
        options.snapshot = std::make_shared<Snapshot>(*embedded::readSnapshot(file));
        auto fork = embedded::Cluster::open(options);
        QVERIFY2(fork, fork ? "" : fork.error().text().c_str());
        Stage stage;
        stage.clock = original.clock;
        stage.client = std::make_unique<kube::Client>((*fork)->transport());
        const auto before = versions(podsOf(*original.client));
        QVERIFY(!stage.until([&] { return versions(podsOf(*stage.client)) != before; }, 30)); // nothing is made anew
        QCOMPARE(manifest::text(*stage.client->get(kSecrets, "default", "open"), {"data", "password"}),
                 std::string_view("aHVudGVyMg=="));
        // The versions go on above all that there were.
        const auto made = stage.client->create(
            Object {{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", Object {{"name", "new"}}}});
        QVERIFY(std::stoull(std::string(manifest::text(*made, {"metadata", "resourceVersion"}))) > snapshot->version);
        // A change of the fork is none of the original's.
        stage.patch("apps/v1", "Deployment", "web", R"({"spec":{"replicas":1}})");
        QVERIFY(stage.until([&] { return allReady(*stage.client, 1); }));
        QVERIFY(allReady(*original.client, 3));
        QVERIFY(!original.client->get(kConfigMaps, "default", "new"));
    }
    embedded::Cluster::Options again;
    again.clock = original.clock;
    again.folder = folder.filePath("fork").toStdString();
    {
        auto reopened = embedded::Cluster::open(again);
        QVERIFY(reopened);
        kube::Client client((*reopened)->transport());
        QCOMPARE(podsOf(client).size(), std::size_t {1});
    }
    again.snapshot = std::make_shared<Snapshot>(*snapshot);
    const auto refused = embedded::Cluster::open(again);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, Error::Code::AlreadyExists);
}

void TestFork::clustersStandSideBySide()
{
    const QTemporaryDir folder;
    std::vector<std::unique_ptr<Stage>> stages;
    std::set<std::string> urls;
    for (int i = 0; i < 3; ++i) {
        stages.push_back(std::make_unique<Stage>());
        const auto url = stages.back()->cluster->serve(0, folder.filePath(QString::number(i)).toStdString());
        QVERIFY(url);
        urls.insert(*url);
        stages.back()->create(deployment("web", i + 1, "web:v1"));
    }
    QCOMPARE(urls.size(), std::size_t {3});
    for (std::size_t i = 0; i < 3; ++i)
        QVERIFY(stages[i]->until([&] { return allReady(*stages[i]->client, i + 1); }));
}

void TestFork::filesAreWholeOrRefused()
{
    const QTemporaryDir folder;
    Stage original;
    const auto file = folder.filePath("cluster.snapshot");
    QVERIFY(embedded::writeSnapshot(*embedded::takeSnapshot(*original.client, Secrets::Masked), file.toStdString()));
    QFile bytes(file);
    QVERIFY(bytes.open(QIODevice::ReadWrite));
    const auto text = bytes.readAll();
    const auto refused = [&](const QByteArray& content) {
        bytes.resize(0);
        bytes.seek(0);
        bytes.write(content);
        bytes.flush();
        const auto read = embedded::readSnapshot(file.toStdString());
        return read ? QString() : QString::fromStdString(read.error().text());
    };
    QVERIFY(refused(text).isEmpty());
    QVERIFY(refused(text.left(text.lastIndexOf('\n', -2) + 1)).contains("not whole"));
    QVERIFY(refused(text.left(text.size() - 20)).contains("not JSON"));
    QVERIFY(refused("{}\n").contains("cluster.snapshot:1"));
    QVERIFY(refused(text + "{\"kind\":\"Pod\"}\n").contains("not an object with kind, name and uid"));
}

void TestFork::realClusterIsForked()
{
    QString whyNot;
    const auto real = support::RealCluster::start(whyNot);
    if (!real)
        QSKIP(qPrintable(whyNot));
    kube::Client admin(real->transport());
    const auto make = [&](const std::string& yaml) {
        const auto documents = manifest::parseYaml(yaml, "test").value();
        for (const auto& document : documents)
            if (const auto made = admin.create(document.value); !made)
                qFatal("%s", made.error().text().c_str());
    };
    make(deployment("web", 2, "web:v1"));
    make(secret("hidden"));
    make(secret("token", "kubernetes.io/service-account-token"));
    make("apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: ships.example.com}\n"
         "spec:\n  group: example.com\n  scope: Namespaced\n  names: {plural: ships, kind: Ship}\n  versions:\n"
         "  - name: v1\n    served: true\n    storage: true\n    schema: {openAPIV3Schema: {type: object, "
         "x-kubernetes-preserve-unknown-fields: true}}\n");
    QTRY_VERIFY_WITH_TIMEOUT((admin.invalidateDiscovery(), admin.resolve("example.com/v1", "Ship").has_value()),
                             20'000);
    const auto ship = *manifest::parseJson(
        R"({"apiVersion":"example.com/v1","kind":"Ship","metadata":{"name":"argo","namespace":"default"},"crew":50})");
    bool launched = false; // QTRY asks again after a success
    QTRY_VERIFY_WITH_TIMEOUT((launched = launched || admin.create(ship).has_value()), 20'000);
    QTRY_COMPARE_WITH_TIMEOUT(podsOf(admin).size(), std::size_t {2}, 60'000);
    const auto before = versions(podsOf(admin));

    auto snapshot = embedded::takeSnapshot(admin, Secrets::Masked);
    QVERIFY2(snapshot, snapshot ? "" : snapshot.error().text().c_str());
    QVERIFY(snapshot->leftOut.contains("tokens of service accounts"));
    for (const auto& object : snapshot->objects)
        QVERIFY2(!QString::fromStdString(manifest::toJson(object)).contains("aHVudGVyMg"),
                 manifest::toJson(object).c_str());
    embedded::Cluster::Options options;
    const auto clock =
        std::make_shared<ManualClock>(std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()));
    options.clock = clock;
    options.snapshot = std::make_shared<Snapshot>(*snapshot);
    auto fork = embedded::Cluster::open(options);
    QVERIFY2(fork, fork ? "" : fork.error().text().c_str());
    Stage stage;
    stage.clock = clock;
    stage.client = std::make_unique<kube::Client>((*fork)->transport());
    // The same pods, which have nodes here and run.
    QVERIFY(stage.until([&] { return allReady(*stage.client, 2); }));
    for (const auto& [uid, version] : versions(podsOf(*stage.client)))
        QVERIFY(before.contains(uid));
    QCOMPARE(manifest::text(*stage.client->get(kSecrets, "default", "hidden"), {"data", "password"}),
             std::string_view("bWFza2Vk"));
    QCOMPARE(stage.client->get(kSecrets, "default", "token").error().code, Error::Code::NotFound);
    const auto forked = stage.client->get(*stage.client->resolve("example.com/v1", "Ship"), "default", "argo");
    QVERIFY(forked);
    QCOMPARE(manifest::integer(*forked, {"crew"}), std::optional<std::int64_t>(50));
    QCOMPARE(versions(podsOf(admin)), before); // nothing was written to the original
}

QTEST_GUILESS_MAIN(TestFork)
#include "tst_fork.moc"
