// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Client-side apply beside kubectl's, on a real API server and on the embedded one: random manifests of one object are
// applied by kubectl alone, those of its twin by kubectl and by us in turns. The twins stay equal, to the last letter
// of what was applied last.
#include "core/base/clock.h"
#include "core/embedded/cluster.h"
#include "core/gitops/apply.h"
#include "core/kube/curl_transport.h"
#include "core/kube/kubeconfig.h"
#include "core/manifest/resource.h"
#include "support/real_cluster.h"

#include <QTemporaryDir>
#include <QTest>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <random>

using namespace core;
using manifest::Array;
using manifest::Object;
using manifest::Value;

namespace {

constexpr int kSteps = 10;
constexpr std::string_view kLastApplied = "kubectl.kubernetes.io/last-applied-configuration";

class Generator
{
public:
    explicit Generator(unsigned seed)
        : m_random(seed)
    {
    }
    int below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(m_random); }
    bool chance(int percent) { return below(100) < percent; }

    Object words(std::initializer_list<const char*> keys)
    {
        Object out;
        for (const auto* key : keys) {
            if (chance(50))
                out[key] = std::to_string(below(3));
        }
        return out;
    }
    /// What JSON has to escape among them.
    Object texts(std::initializer_list<const char*> keys)
    {
        auto out = words(keys);
        for (auto& [key, value] : out) {
            if (chance(30))
                value = std::string(value.get_string()) + " <&> \"quoted\" \\ \t \xd8\xb3 \xe2\x80\xa8";
        }
        return out;
    }
    Array list(std::initializer_list<const char*> keys, const std::function<Object(const char*)>& make)
    {
        std::vector<const char*> order(keys);
        std::shuffle(order.begin(), order.end(), m_random);
        Array out;
        for (const auto* key : order) {
            if (chance(60))
                out.push_back(make(key));
        }
        return out;
    }
    Value manifestOf(const std::string& kind, const std::string& name)
    {
        Object metadata {{"name", name}, {"namespace", "default"}};
        if (chance(60))
            metadata["labels"] = words({"team", "tier"});
        if (chance(60))
            metadata["annotations"] = texts({"note", "owner"});
        if (kind == "ConfigMap")
            return Object {
                {"apiVersion", "v1"}, {"kind", kind}, {"metadata", metadata}, {"data", texts({"a", "b", "c"})}};
        if (kind == "Service")
            return Object {{"apiVersion", "v1"}, {"kind", kind}, {"metadata", metadata}, {"spec", service()}};
        if (kind == "Ship")
            return Object {{"apiVersion", "example.com/v1"}, {"kind", kind}, {"metadata", metadata}, {"spec", ship()}};
        return Object {{"apiVersion", "apps/v1"}, {"kind", kind}, {"metadata", metadata}, {"spec", deployment()}};
    }

private:
    Object service()
    {
        auto ports = list({"80", "81", "82"}, [&](const char* port) {
            return Object {
                {"name", fmt::format("p{}", port)}, {"port", std::stoi(port)}, {"targetPort", 8080 + below(2)}};
        });
        if (ports.empty())
            ports.push_back(Object {{"port", 90}});
        return {{"selector", words({"app", "tier"})}, {"ports", std::move(ports)}};
    }
    Object ship()
    {
        Object out {
            {"crew", list({"ann", "bob", "eve"}, [&](const char* who) {
                 return Object {{"name", who}, {"age", below(2)}, {"share", below(3) / 8.0 * (chance(20) ? 1e-9 : 1)}};
             })}};
        if (chance(50))
            out["cargo"] = texts({"tea", "salt"});
        return out;
    }
    Object deployment()
    {
        auto containers = list({"a", "b", "c"}, [&](const char* name) {
            Object out {{"name", name}, {"image", chance(50) ? "nginx:1" : "nginx:2"}};
            if (chance(50))
                out["env"] = list({"A", "B", "C"}, [&](const char* key) {
                    return Object {{"name", key}, {"value", std::to_string(below(2))}};
                });
            if (chance(40))
                out["ports"] = list({"80", "81"}, [&](const char* port) {
                    return Object {{"containerPort", std::stoi(port) + 100 * name[0]}};
                });
            if (chance(30))
                out["args"] = Array {"-x", std::to_string(below(2))};
            if (chance(30))
                out["resources"] = Object {{"limits", Object {{"cpu", chance(50) ? "500m" : "1"}}}};
            return out;
        });
        if (containers.empty())
            containers.push_back(Object {{"name", "z"}, {"image", "busybox"}});
        Object pod {{"containers", std::move(containers)}};
        if (chance(40))
            pod["volumes"] = list({"v", "w"}, [&](const char* name) {
                return chance(50) ? Object {{"name", name}, {"emptyDir", Object {}}}
                                  : Object {{"name", name}, {"configMap", Object {{"name", "x"}}}};
            });
        if (chance(30))
            pod["nodeSelector"] = words({"zone", "disk"});
        Object spec {{"selector", Object {{"matchLabels", Object {{"app", "x"}}}}},
                     {"template", Object {{"metadata", Object {{"labels", Object {{"app", "x"}}}}}, {"spec", pod}}}};
        if (chance(50))
            spec["replicas"] = below(4);
        if (chance(30))
            spec["strategy"] = Object {{"type", chance(50) ? "Recreate" : "RollingUpdate"}};
        return spec;
    }
    std::minstd_rand m_random;
};

/// Without what differs between twins: name, uid, times, versions, addresses, owners of fields.
std::string comparable(const Value& object, std::string_view name)
{
    auto copy = object;
    for (const auto* key : {"uid", "resourceVersion", "creationTimestamp", "managedFields"})
        manifest::erase(copy, {"metadata", key});
    for (const auto* key : {"clusterIP", "clusterIPs"})
        manifest::erase(copy, {"spec", key});
    manifest::erase(copy, {"status"});
    auto text = manifest::toSortedJson(copy);
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + 4))
        text.replace(at, name.size(), "NAME");
    return text;
}

} // namespace

class TestClientApplyPeer : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void twinsStayEqual_data();
    void twinsStayEqual();

private:
    QTemporaryDir m_folder;
    std::unique_ptr<support::RealCluster> m_real;
    std::unique_ptr<embedded::Cluster> m_embedded;
};

void TestClientApplyPeer::initTestCase()
{
    QString whyNot;
    support::RealCluster::Options options;
    options.controllers = ""; // nobody else writes
    m_real = support::RealCluster::start(whyNot, options);
    if (!m_real)
        QSKIP(qPrintable(whyNot));
    embedded::Cluster::Options embeddedOptions;
    embeddedOptions.clock = std::make_shared<ScaledClock>();
    embeddedOptions.simulate = false;
    embeddedOptions.folder = m_folder.filePath("embedded").toStdString();
    m_embedded = *embedded::Cluster::open(embeddedOptions);
    QVERIFY(m_embedded->serve());
    const auto definition = *manifest::parseJson(
        R"({"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"ships.example.com"},
        "spec":{"group":"example.com","scope":"Namespaced","names":{"plural":"ships","kind":"Ship"},"versions":[{"name":"v1",
        "served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}]}})");
    for (const auto& transport : {m_real->transport(), m_embedded->transport()}) {
        kube::Client client(transport);
        QTRY_VERIFY_WITH_TIMEOUT(client.get({"", "v1", "Namespace", "namespaces", false}, {}, "default"), 30'000);
        QVERIFY(client.create(definition));
        QTRY_VERIFY_WITH_TIMEOUT((client.invalidateDiscovery(), client.resolve("example.com/v1", "Ship").has_value()),
                                 20'000);
    }
}

void TestClientApplyPeer::twinsStayEqual_data()
{
    QTest::addColumn<bool>("isReal");
    QTest::addColumn<QString>("kind");
    for (const bool isReal : {true, false}) {
        for (const auto* kind : {"ConfigMap", "Service", "Deployment", "Ship"})
            QTest::newRow(qPrintable(QString("%1 %2").arg(isReal ? "real" : "embedded", kind)))
                << isReal << QString(kind);
    }
}

void TestClientApplyPeer::twinsStayEqual()
{
    QFETCH(bool, isReal);
    QFETCH(QString, kind);
    auto kubectl = m_real->kubectl();
    if (!isReal) {
        kubectl.kubeconfig = QString::fromStdString(m_embedded->kubeconfigPath().string());
        kubectl.home = m_folder.path();
    }
    kube::Client client(isReal ? m_real->transport() : m_embedded->transport());
    // Qt's hash of a text is another in each process. APPLY_SEED=N tries other manifests.
    Generator generator(static_cast<unsigned>(std::max(1, qEnvironmentVariableIntValue("APPLY_SEED"))));
    const auto lower = kind.toLower().toStdString();
    const auto byKubectl = [&](const Value& object) {
        int code = 0;
        const auto said = kubectl.run({"apply", "-f", "-"}, QByteArray::fromStdString(manifest::toJson(object)), &code);
        return code == 0 ? said.section(' ', 1) : "failed: " + said;
    };
    std::string mixed; ///< who applied to the second twin
    for (int step = 0; step < kSteps; ++step) {
        auto first = generator.manifestOf(kind.toStdString(), "twin-a");
        auto second = first;
        manifest::ensure(second, {"metadata", "name"}) = "twin-b";
        const bool ours = generator.chance(60);
        mixed += ours ? 'o' : 'k';
        const auto word = byKubectl(first);
        QString ourWord;
        if (ours) {
            gitops::SyncTask task;
            task.key = manifest::keyOf(second);
            task.target = std::make_shared<const Value>(second);
            const auto written = gitops::writeTask(client, task, {}, false, {});
            ourWord = written ? QString::fromStdString(written->message).section(' ', 1)
                              : "failed: " + QString::fromStdString(written.error().text());
        } else {
            ourWord = byKubectl(second);
        }
        QVERIFY2(!word.startsWith("failed"), qPrintable(word));
        QCOMPARE(ourWord, word);
        const auto type = *client.resolve(manifest::apiVersion(first), manifest::kind(first));
        const auto a = client.get(type, "default", "twin-a");
        const auto b = client.get(type, "default", "twin-b");
        QVERIFY(a && b);
        const auto theirs = comparable(*a, "twin-a");
        const auto our = comparable(*b, "twin-b");
        QVERIFY2(
            our == theirs,
            fmt::format("after {} of {}:\n{}\n{}\nmanifest: {}", mixed, lower, theirs, our, manifest::toJson(first))
                .c_str());
        QVERIFY(!manifest::annotation(*b, kLastApplied).empty());
    }
}

QTEST_GUILESS_MAIN(TestClientApplyPeer)
#include "tst_client_apply_peer.moc"
