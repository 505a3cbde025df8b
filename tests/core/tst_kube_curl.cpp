// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/paths.h"
#include "core/embedded/cluster.h"
#include "core/kube/cache.h"
#include "core/kube/curl_transport.h"
#include "core/manifest/resource.h"

#include <QTemporaryDir>
#include <QTest>

#include <boost/json.hpp>

using namespace core;
using namespace core::kube;

namespace {

manifest::Value configMap(const std::string& name, const std::string& value)
{
    auto object =
        *manifest::parseJson(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"namespace":"default"},"data":{}})");
    manifest::ensure(object, {"metadata", "name"}) = boost::json::string(name);
    manifest::ensure(object, {"data", "k"}) = boost::json::string(value);
    return object;
}

} // namespace

class TestKubeCurl : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void speaksToTheServer();
    void cacheFollows();
    void refusesWithoutToken();
    void refusesAnUnknownAuthority();
    void mergesFiles();
    void refusesBrokenFiles_data();
    void refusesBrokenFiles();

private:
    QTemporaryDir m_folder;
    std::unique_ptr<embedded::Cluster> m_cluster;
    Access m_access;
};

void TestKubeCurl::initTestCase()
{
    embedded::Cluster::Options options;
    options.clock = std::make_shared<ScaledClock>();
    options.simulate = false;
    options.folder = m_folder.filePath("cluster").toStdString();
    auto cluster = embedded::Cluster::open(options);
    QVERIFY2(cluster, cluster ? "" : cluster.error().message.c_str());
    m_cluster = std::move(*cluster);
    const auto url = m_cluster->serve();
    QVERIFY(url);
    const auto config = Kubeconfig::load(m_cluster->kubeconfigPath());
    QVERIFY2(config, config ? "" : config.error().message.c_str());
    const auto access = config->access();
    QVERIFY2(access, access ? "" : access.error().message.c_str());
    m_access = *access;
    QCOMPARE(m_access.server, *url);
}

void TestKubeCurl::speaksToTheServer()
{
    Client client(curlTransport(m_access));
    const auto created = client.create(configMap("one", "1"));
    QVERIFY2(created, created ? "" : created.error().text().c_str());
    const auto type = *client.resolve("v1", "ConfigMap");
    QCOMPARE(manifest::uid(*client.get(type, "default", "one")), manifest::uid(*created));
    QVERIFY(client.apply(configMap("two", "1")));
    QCOMPARE(client.create(configMap("one", "1")).error().code, Error::Code::AlreadyExists);
    QVERIFY(client.remove(type, "default", "one"));
    QCOMPARE(client.get(type, "default", "one").error().code, Error::Code::NotFound);
}

void TestKubeCurl::cacheFollows()
{
    auto client = std::make_shared<Client>(curlTransport(m_access));
    Cache cache(client);
    QVERIFY(cache.watch(*client->resolve("v1", "ConfigMap"), {}));
    for (int i = 0; i < 20; ++i)
        QVERIFY(client->apply(configMap("c" + std::to_string(i), "x")));
    QTRY_VERIFY(cache.get({"", "ConfigMap", "default", "c19"}));
    QVERIFY(client->remove(*client->resolve("v1", "ConfigMap"), "default", "c19"));
    QTRY_VERIFY(!cache.get({"", "ConfigMap", "default", "c19"}));
}

void TestKubeCurl::refusesWithoutToken()
{
    auto access = m_access;
    access.token = "wrong";
    access.clientCertificatePem.clear();
    access.clientKeyPem.clear();
    QCOMPARE(Client(curlTransport(access)).discover().error().code, Error::Code::Unauthorized);
}

void TestKubeCurl::refusesAnUnknownAuthority()
{
    auto access = m_access;
    access.caPem.clear();
    const auto version = Client(curlTransport(access)).serverVersion();
    QVERIFY(!version);
    QCOMPARE(version.error().code, Error::Code::Unavailable);
    access.insecure = true;
    QVERIFY(Client(curlTransport(access)).serverVersion());
}

void TestKubeCurl::mergesFiles()
{
    const auto first = m_folder.filePath("first").toStdString();
    const auto second = m_folder.filePath("second").toStdString();
    QVERIFY(paths::writeFileAtomically(m_folder.filePath("token").toStdString(), "secret\n"));
    const std::string firstText = R"(
clusters: [{name: a, cluster: {server: "https://one"}}]
contexts: [{name: x, context: {cluster: a, user: u, namespace: ns}}]
)";
    QVERIFY(paths::writeFileAtomically(first, firstText));
    const std::string secondText = R"(
current-context: x
clusters: [{name: a, cluster: {server: "https://two"}}, {name: b, cluster: {server: "https://b", tls-server-name: t}}]
users: [{name: u, user: {tokenFile: token}}]
contexts: [{name: other, context: {cluster: b}}]
)";
    QVERIFY(paths::writeFileAtomically(second, secondText));
    const auto config = Kubeconfig::merge({first, "/nowhere/at/all", second});
    QVERIFY(config);
    QCOMPARE(config->currentContext(), std::string("x"));
    const auto access = config->access();
    QVERIFY(access);
    QCOMPARE(access->server, std::string("https://one"));
    QCOMPARE(access->nameSpace, std::string("ns"));
    QCOMPARE(access->tokenFile.filename().string(), std::string("token"));
    QVERIFY(access->tokenFile.is_absolute());
    QCOMPARE(config->access("other")->tlsServerName, std::string("t"));
    QVERIFY(!config->access("z"));
}

void TestKubeCurl::refusesBrokenFiles_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("not yaml") << "a: [";
    QTest::newRow("not a map") << "- 1";
    QTest::newRow("no context") << "current-context: x";
    QTest::newRow("no cluster") << "{current-context: x, contexts: [{name: x, context: {cluster: c}}]}";
    QTest::newRow("no server")
        << "{current-context: x, clusters: [{name: c, cluster: {}}], contexts: [{name: x, context: {cluster: c}}]}";
    const char* user =
        "{current-context: x, clusters: [{name: c, cluster: {server: 'https://h'}}], users: [{name: u, user: %1}], "
        "contexts: [{name: x, context: {cluster: c, user: u}}]}";
    QTest::newRow("half a pair") << QString(user).arg("{client-certificate-data: YQ==}");
    QTest::newRow("two methods") << QString(user).arg("{token: t, username: me}");
    QTest::newRow("bad base64") << QString(user).arg("{client-certificate-data: '!', client-key-data: '!'}");
    QTest::newRow("plugin") << QString(user).arg("{exec: {command: x}}");
}

void TestKubeCurl::refusesBrokenFiles()
{
    QFETCH(QString, text);
    const auto file = m_folder.filePath("broken").toStdString();
    QVERIFY(paths::writeFileAtomically(file, text.toStdString()));
    const auto config = Kubeconfig::load(file);
    QVERIFY(!config || !config->access());
}

QTEST_GUILESS_MAIN(TestKubeCurl)
#include "tst_kube_curl.moc"
