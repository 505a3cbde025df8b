// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/paths.h"
#include "core/base/strings.h"
#include "core/embedded/cluster.h"
#include "core/kube/cache.h"
#include "core/kube/curl_transport.h"
#include "core/manifest/resource.h"
#include "support/proxy_server.h"

#include <QTemporaryDir>
#include <QTest>
#include <QUrl>

#include <boost/json.hpp>
#include <fmt/format.h>

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
    void goesThroughProxies_data();
    void goesThroughProxies();
    void mergesFiles();
    void asksACredentialPlugin();
    void refusesPlugins_data();
    void refusesPlugins();
    void readsTheServiceAccountOfAPod();
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

void TestKubeCurl::goesThroughProxies_data()
{
    QTest::addColumn<std::string>("scheme");
    QTest::addColumn<std::string>("given");
    QTest::addColumn<std::string>("how"); // "": refused
    QTest::newRow("http") << std::string("http") << std::string("me:secret") << std::string("CONNECT");
    QTest::newRow("without the password") << std::string("http") << std::string() << std::string();
    QTest::newRow("socks5") << std::string("socks5") << std::string() << std::string("SOCKS5");
    QTest::newRow("socks5h") << std::string("socks5h") << std::string() << std::string("SOCKS5");
}

void TestKubeCurl::goesThroughProxies()
{
    QFETCH(const std::string, scheme);
    QFETCH(const std::string, given);
    QFETCH(const std::string, how);
    const support::ProxyServer proxy("me:secret");
    const auto file = m_folder.filePath("proxied").toStdString();
    auto text = paths::readFile(m_cluster->kubeconfigPath());
    QVERIFY(text);
    const auto server = text->find(m_access.server);
    QVERIFY(server != std::string::npos);
    const auto line = text->rfind('\n', server) + 1;
    text->insert(text->find('\n', server) + 1,
                 fmt::format("{}proxy-url: {}\n", std::string(text->find("server", line) - line, ' '),
                             proxy.url(scheme, given)));
    QVERIFY(paths::writeFileAtomically(file, *text));
    const auto config = Kubeconfig::load(file);
    QVERIFY2(config, config ? "" : config.error().text().c_str());
    const auto access = config->access();
    QVERIFY2(access, access ? "" : access.error().text().c_str());
    const auto version = Client(curlTransport(*access)).serverVersion();
    QCOMPARE(version.has_value(), !how.empty());
    if (how.empty())
        QVERIFY2(version.error().text().find("407") != std::string::npos, version.error().text().c_str());
    else
        QCOMPARE(proxy.connected(), std::vector {how + " " + m_access.server.substr(std::string("https://").size())});
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

namespace {

/// A kubeconfig for the test's cluster whose user has this exec plugin (YAML flow, without braces).
Result<Access> accessWithPlugin(const Access& to, const std::filesystem::path& folder, const std::string& exec)
{
    const auto file = folder / "plugin.yaml";
    const auto text = fmt::format(R"(
clusters: [{{name: c, cluster: {{server: "{}", certificate-authority-data: {}}}}}]
users: [{{name: u, user: {{exec: {{{}}}}}}}]
contexts: [{{name: x, context: {{cluster: c, user: u}}}}]
current-context: x
)",
                                  to.server, base64Encode(to.caPem), exec);
    PH_CHECK(paths::writeFileAtomically(file, text));
    PH_TRY(const auto config, Kubeconfig::load(file));
    return config.access();
}

} // namespace

void TestKubeCurl::asksACredentialPlugin()
{
    const QTemporaryDir dir;
    const std::filesystem::path folder(dir.path().toStdString());
    // The first answer is refused by the server; the second is good.
    const auto script = fmt::format(R"sh(#!/bin/sh
echo "$KUBERNETES_EXEC_INFO" > "{0}/question"
echo "$EXTRA $1" >> "{0}/runs"
token=wrong
[ "$(wc -l < "{0}/runs")" -ge 2 ] && token={1}
echo '{{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{{"token":"'$token'"}}}}'
)sh",
                                    folder.string(), m_access.token);
    QVERIFY(paths::writeFileAtomically(folder / "plugin", script));
    std::filesystem::permissions(folder / "plugin", std::filesystem::perms::owner_all);
    const auto access = accessWithPlugin(
        m_access, folder,
        "apiVersion: client.authentication.k8s.io/v1, command: ./plugin, args: [word], provideClusterInfo: true, "
        "interactiveMode: Never, env: [{name: EXTRA, value: more}]");
    QVERIFY2(access, access ? "" : access.error().text().c_str());
    Client client(curlTransport(*access));
    const auto type = client.resolve("v1", "ConfigMap");
    QVERIFY2(type, type ? "" : type.error().text().c_str());
    QVERIFY(client.list(*type, "default"));
    QCOMPARE(*paths::readFile(folder / "runs"),
             std::string("more word\nmore word\n")); // kept, not asked for each request
    const auto question = manifest::parseJson(*paths::readFile(folder / "question"));
    QVERIFY(question);
    QCOMPARE(manifest::text(*question, {"spec", "cluster", "server"}), std::string_view(m_access.server));
    QVERIFY(!manifest::flag(*question, {"spec", "interactive"}, true));
}

void TestKubeCurl::refusesPlugins_data()
{
    QTest::addColumn<QString>("exec");
    QTest::addColumn<QString>("message");
    const auto row = [](const char* name, const QString& exec, const char* message) {
        QTest::newRow(name) << exec << message;
    };
    const QString v1 = "apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: ";
    row("no command", "apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never",
        "command must be specified");
    row("old version", "apiVersion: client.authentication.k8s.io/v1alpha1, command: x", "v1alpha1");
    row("no mode in v1", "apiVersion: client.authentication.k8s.io/v1, command: x", "interactiveMode must be");
    row("missing program", v1 + "nothing-of-this-name, installHint: get it there", "get it there");
    row("terminal wanted", "apiVersion: client.authentication.k8s.io/v1, interactiveMode: Always, command: 'true'",
        "terminal");
    row("fails", v1 + "sh, args: [-c, 'echo sorry >&2; exit 3']", "ended with code 3: sorry");
    row("prints nothing", v1 + "'true'", "did not print an ExecCredential");
    row("other version",
        v1 + "sh, args: [-c, 'echo \"{\\\"kind\\\":\\\"ExecCredential\\\",\\\"apiVersion\\\":\\\"v9\\\"}\"']",
        "plugin returned version v9");
}

void TestKubeCurl::refusesPlugins()
{
    QFETCH(QString, exec);
    QFETCH(QString, message);
    const QTemporaryDir dir;
    const auto access = accessWithPlugin(m_access, dir.path().toStdString(), exec.toStdString());
    const auto error = access ? Client(curlTransport(*access)).discover().error() : access.error();
    QVERIFY2(QString::fromStdString(error.text()).contains(message), error.text().c_str());
}

void TestKubeCurl::readsTheServiceAccountOfAPod()
{
    const QTemporaryDir dir;
    const std::filesystem::path folder(dir.path().toStdString());
    qunsetenv("KUBERNETES_SERVICE_HOST");
    QCOMPARE(inClusterAccess(folder).error().code, Error::Code::NotFound);
    const QUrl url(QString::fromStdString(m_access.server));
    qputenv("KUBERNETES_SERVICE_HOST", url.host().toUtf8());
    qputenv("KUBERNETES_SERVICE_PORT", QByteArray::number(url.port()));
    QVERIFY(!inClusterAccess(folder)); // no files
    QVERIFY(paths::writeFileAtomically(folder / "token", m_access.token + "\n"));
    QVERIFY(paths::writeFileAtomically(folder / "ca.crt", m_access.caPem));
    QVERIFY(paths::writeFileAtomically(folder / "namespace", "ml\n"));
    const auto access = inClusterAccess(folder);
    QVERIFY(access);
    QCOMPARE(access->nameSpace, std::string("ml"));
    QVERIFY(Client(curlTransport(*access)).discover());
}

QTEST_GUILESS_MAIN(TestKubeCurl)
#include "tst_kube_curl.moc"
