// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Charts, dependencies and values files of others, from the Secrets of Argo CD to the rendered object.
#include "core/base/paths.h"
#include "core/base/strings.h"
#include "core/embedded/credentials.h"
#include "core/engine/sources.h"
#include "core/render/helm.h"
#include "core/render/helm_repository.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <atomic>
#include <map>
#include <mutex>
#include <thread>

using namespace core;

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

/// Serves texts by path on a port of 127.0.0.1; with credentials over https to who shows the client's certificate.
class Server
{
public:
    explicit Server(const embedded::Credentials* own = nullptr, std::string client = {})
        : m_client(std::move(client))
        , m_isSecure(own != nullptr)
    {
        if (own != nullptr) {
            m_tls.use_certificate_chain(asio::buffer(own->certificate));
            m_tls.use_private_key(asio::buffer(own->key), asio::ssl::context::pem);
            m_tls.set_verify_mode(asio::ssl::verify_peer);
            m_tls.set_verify_callback([](bool, asio::ssl::verify_context&) { return true; });
        }
        m_thread = std::jthread([this] {
            for (boost::system::error_code error; !m_stopped;) {
                tcp::socket socket(m_io);
                m_acceptor.accept(socket, error);
                if (!error && !m_stopped)
                    serve(std::move(socket));
            }
        });
    }
    ~Server()
    {
        m_stopped = true;
        boost::system::error_code error;
        tcp::socket wake(m_io);
        wake.connect(m_acceptor.local_endpoint(), error);
    }
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    [[nodiscard]] std::string host() const { return fmt::format("127.0.0.1:{}", m_acceptor.local_endpoint().port()); }
    [[nodiscard]] std::string url() const { return (m_isSecure ? "https://" : "http://") + host(); }
    void put(const std::string& path, std::string body)
    {
        const std::scoped_lock lock(m_mutex);
        m_files[path] = std::move(body);
    }
    [[nodiscard]] std::string authorizationOf(const std::string& path) const
    {
        const std::scoped_lock lock(m_mutex);
        const auto found = m_asked.find(path);
        return found == m_asked.end() ? "never asked" : found->second;
    }

private:
    static std::string pemOf(SSL* ssl)
    {
        const std::unique_ptr<X509, decltype(&X509_free)> certificate(SSL_get1_peer_certificate(ssl), X509_free);
        if (!certificate)
            return {};
        const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()), BIO_free);
        PEM_write_bio_X509(memory.get(), certificate.get());
        char* data = nullptr;
        const auto size = BIO_get_mem_data(memory.get(), &data);
        return {data, static_cast<std::size_t>(size)};
    }

    void serve(tcp::socket socket)
    {
        boost::system::error_code error;
        if (!m_isSecure) {
            exchange(socket, true);
            socket.shutdown(tcp::socket::shutdown_both, error);
            return;
        }
        asio::ssl::stream<tcp::socket> stream(std::move(socket), m_tls);
        stream.handshake(asio::ssl::stream_base::server, error);
        if (!error)
            exchange(stream, pemOf(stream.native_handle()) == m_client);
        stream.lowest_layer().shutdown(tcp::socket::shutdown_both, error);
    }

    template<class Stream>
    void exchange(Stream& stream, bool isKnown)
    {
        boost::system::error_code error;
        beast::flat_buffer buffer;
        http::request<http::string_body> in;
        http::read(stream, buffer, in, error);
        if (error)
            return;
        http::response<http::string_body> out(http::status::not_found, 11);
        const std::string path(in.target());
        {
            const std::scoped_lock lock(m_mutex);
            m_asked[path] = std::string(in[http::field::authorization]);
            if (!isKnown) {
                out.result(http::status::forbidden);
            } else if (const auto found = m_files.find(path); found != m_files.end()) {
                out.result(http::status::ok);
                out.body() = found->second;
            }
        }
        out.keep_alive(false);
        out.prepare_payload();
        http::write(stream, out, error);
    }

    asio::io_context m_io;
    asio::ssl::context m_tls {asio::ssl::context::tls_server};
    tcp::acceptor m_acceptor {m_io, tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0)};
    std::string m_client;
    bool m_isSecure;
    mutable std::mutex m_mutex;
    std::map<std::string, std::string> m_files, m_asked;
    std::atomic<bool> m_stopped = false;
    std::jthread m_thread;
};

std::string archive()
{
    return *paths::readFile(TEST_DATA "/charts/first/charts/packed-0.2.5.tgz");
}

std::string index(const std::string& url)
{
    return fmt::format("apiVersion: v1\nentries:\n  packed:\n  - {{name: packed, version: 0.2.5, urls: ['{}']}}\n",
                       url);
}

manifest::Value object(const std::string& name, boost::json::object data, bool isSecret)
{
    boost::json::object value {{"metadata", {{"name", name}, {"namespace", "argocd"}}}};
    if (isSecret)
        value["metadata"].get_object()["labels"] =
            boost::json::object {{"argocd.argoproj.io/secret-type", "repository"}};
    for (auto& member : data)
        if (isSecret)
            member.value() = base64Encode(std::string_view(member.value().get_string()));
    value["data"] = std::move(data);
    return value;
}

engine::Sources::Reach reachBy(std::vector<manifest::Value> secrets, std::vector<manifest::Value> configMaps)
{
    const auto shared = [](std::vector<manifest::Value> values) {
        engine::Objects objects;
        for (auto& value : values)
            objects.push_back(std::make_shared<const manifest::Value>(std::move(value)));
        return objects;
    };
    return {[s = shared(secrets), c = shared(std::move(configMaps))](const gitops::SourceRepository& source) {
                return engine::repositoryAccess(source, s, c);
            },
            {},
            [s = shared(secrets)](std::string_view name) { return engine::chartRepository(name, s); }};
}

} // namespace

class TestChartSources : public QObject
{
    Q_OBJECT

private slots:
    void clientCertificates()
    {
        const auto own = embedded::generateCredentials().value();
        const auto client = embedded::generateCredentials().value();
        Server server(&own, client.certificate);
        const auto digest = "sha256:" + sha256Hex(archive());
        server.put("/charts/index.yaml", index("packed-0.2.5.tgz"));
        server.put("/charts/packed-0.2.5.tgz", archive());
        server.put("/v2/charts/packed/manifests/0.2.5",
                   "{\"layers\":[{\"mediaType\":\"application/vnd.cncf.helm.chart.content.v1.tar+gzip\",\"digest\":\""
                       + digest + "\"}]}");
        server.put("/v2/charts/packed/blobs/" + digest, archive());
        const auto authorities = object("argocd-tls-certs-cm", {{"127.0.0.1", own.authority}}, false);
        for (const auto& url : {server.url() + "/charts", "oci://" + server.host() + "/charts"}) {
            const auto location = render::helm::chartLocation(url, "packed");
            const auto ask = [&](boost::json::object credentials, bool isTrusted) {
                const QTemporaryDir folder;
                credentials["url"] = url;
                credentials["type"] = "helm";
                engine::Sources sources(
                    folder.path().toStdString(),
                    reachBy({object("charts", credentials, true)},
                            isTrusted ? std::vector {authorities} : std::vector<manifest::Value>()));
                return sources.resolve(location, "0.2.5", engine::Sources::Fetch::IfMissing, {});
            };
            const boost::json::object shown {{"tlsClientCertData", client.certificate},
                                             {"tlsClientCertKey", client.key}};
            const auto found = ask(shown, true);
            QVERIFY2(found, found ? "" : found.error().text().c_str());
            QVERIFY(found->tree->isFile("Chart.yaml"));
            const auto nobody = ask({}, true);
            QVERIFY(!nobody);
            QCOMPARE(nobody.error().code, Error::Code::Forbidden);
            const auto distrusted = ask(shown, false);
            QVERIFY(!distrusted);
            QCOMPARE(distrusted.error().code, Error::Code::Unavailable);
        }
    }

    /// A tag that moves is followed, what a digest names stays, and the Secret's login is shown to the registry.
    void artifacts()
    {
        Server server;
        const QTemporaryDir folder;
        const auto url = "oci://" + server.host() + "/team/models";
        const auto layer = "sha256:" + sha256Hex(archive());
        const auto push = [&](const std::string& note) {
            const auto text = fmt::format("{{\"annotations\":{{\"n\":\"{}\"}},\"layers\":[{{\"mediaType\":"
                                          "\"application/vnd.oci.image.layer.v1.tar+gzip\",\"digest\":\"{}\"}}]}}",
                                          note, layer);
            const auto digest = "sha256:" + sha256Hex(text);
            for (const auto& name : {std::string("latest"), digest})
                server.put("/v2/team/models/manifests/" + name, text);
            return digest;
        };
        server.put("/v2/team/models/blobs/" + layer, archive());
        const auto first = push("first");
        engine::Sources sources(
            folder.path().toStdString(),
            reachBy({object("models", {{"url", url}, {"type", "oci"}, {"username", "me"}, {"password", "s"}}, true)},
                    {}));
        for (const auto* revision : {"", "HEAD", "latest"}) {
            const auto resolved = sources.resolve({url, {}}, revision, engine::Sources::Fetch::IfMissing, {});
            QVERIFY2(resolved, resolved ? "" : resolved.error().text().c_str());
            QCOMPARE(resolved->commit, first);
            QVERIFY(resolved->tree->isFile("Chart.yaml"));
        }
        QCOMPARE(server.authorizationOf("/v2/team/models/manifests/latest"), "Basic " + base64Encode("me:s"));
        const auto second = push("second");
        QCOMPARE(sources.head({url, {}}, "latest", {}).value(), second);
        QCOMPARE(sources.resolve({url, {}}, first, engine::Sources::Fetch::Always, {})->commit, first);
        const auto history = sources.log({url, {}}, first, 10, {});
        QVERIFY(!history);
        QCOMPARE(history.error().code, Error::Code::Unsupported);
    }

    void credentialsOfARepositoryForOtherHosts()
    {
        Server repository;
        Server files;
        repository.put("/index.yaml", index(files.url() + "/packed.tgz"));
        files.put("/packed.tgz", archive());
        for (const auto pass : {render::helm::PassCredentials::No, render::helm::PassCredentials::Yes}) {
            const QTemporaryDir folder;
            engine::Sources sources(
                folder.path().toStdString(),
                reachBy({object("charts", {{"url", repository.url()}, {"username", "me"}, {"password", "s"}}, true)},
                        {}));
            QVERIFY(sources.resolve(render::helm::chartLocation(repository.url(), "packed", pass), "0.2.5",
                                    engine::Sources::Fetch::IfMissing, {}));
            const auto login = "Basic " + base64Encode("me:s");
            QCOMPARE(repository.authorizationOf("/index.yaml"), login);
            QCOMPARE(files.authorizationOf("/packed.tgz"),
                     pass == render::helm::PassCredentials::Yes ? login : std::string());
        }
    }

    void valuesFilesAtAddresses()
    {
        Server server;
        server.put("/v.yaml", "a: fetched\n");
        auto request = requestFor({{"values.yaml", "a: own\nb: own\n"}});
        request.helm.valueFiles = {server.url() + "/v.yaml"};
        QCOMPARE(rendered(request), QString(R"({"a":"fetched","b":"own"})"));
        request.helm.valueFiles = {server.url() + "/none.yaml"};
        QVERIFY(rendered(request).contains("failed to fetch " + QString::fromStdString(server.url()) + "/none.yaml"));
        request.helm.ignoreMissingValueFiles = true;
        QCOMPARE(rendered(request), QString(R"({"a":"own","b":"own"})"));
        request.helm.fetch = {};
        QVERIFY(rendered(request).startsWith("ERROR values files are not fetched here"));
    }

    void missingDependenciesAreBuilt()
    {
        Server server;
        server.put("/index.yaml", index("packed-0.2.5.tgz"));
        server.put("/packed-0.2.5.tgz", archive());
        const auto chart = [&](const std::string& version) {
            return fmt::format("apiVersion: v2\nname: demo\nversion: 1.0.0\ndependencies:\n"
                               "- {{name: packed, version: '{}', repository: '{}', alias: other}}\n"
                               "- {{name: local, version: 1.x, repository: 'file://../local'}}\n",
                               version, server.url());
        };
        std::map<std::string, std::string> files {{"demo/Chart.yaml", chart("0.2.x")},
                                                  {"demo/templates/a.yaml", kDump},
                                                  {"local/Chart.yaml", "apiVersion: v2\nname: local\nversion: 1.2.0\n"},
                                                  {"local/values.yaml", "l: 1\n"}};
        auto request = requestFor(files);
        request.path = "demo";
        QCOMPARE(rendered(request),
                 QString(R"({"local":{"global":{},"l":1},"other":{"global":{},"other":1,"value":"own"}})"));
        request.helm.fetch = {};
        QVERIFY(rendered(request).contains("missing in charts/ directory: packed, local"));
        // The lock file of other dependencies.
        files["demo/Chart.lock"] = "dependencies: []\ndigest: sha256:0\ngenerated: \"2026-01-01T00:00:00Z\"\n";
        request = requestFor(files);
        request.path = "demo";
        QVERIFY2(rendered(request).endsWith("the lock file (Chart.lock) is out of sync with the dependencies file "
                                            "(Chart.yaml). Please update the dependencies"),
                 qPrintable(rendered(request)));
        files.erase("demo/Chart.lock");
        files["demo/Chart.yaml"] = chart(">9");
        request = requestFor(files);
        request.path = "demo";
        QVERIFY(rendered(request).contains("no version fits '>9'"));
    }

    void repositoriesByName()
    {
        Server server;
        server.put("/index.yaml", index("packed-0.2.5.tgz"));
        server.put("/packed-0.2.5.tgz", archive());
        const QTemporaryDir folder;
        engine::Sources sources(
            folder.path().toStdString(),
            reachBy({object("git", {{"name", "charts"}, {"type", "git"}, {"url", "https://x.test/r"}}, true),
                     object("one", {{"name", "charts"}, {"type", "helm"}, {"url", "https://x.test"}, {"project", "p"}},
                            true),
                     object("two", {{"name", "charts"}, {"type", "helm"}, {"url", server.url()}}, true)},
                    {}));
        const auto built = [&](const std::string& repository) {
            auto request = requestFor({{"Chart.yaml",
                                        "apiVersion: v2\nname: demo\nversion: 1.0.0\ndependencies:\n- {name: packed, "
                                        "version: 0.2.x, repository: '"
                                            + repository + "'}\n"}});
            request.helm.fetch = [&](const std::string& url, const std::string& version,
                                     std::stop_token stop) -> Result<git::TreePtr> {
                PH_TRY(auto found, sources.resolve(url, version, engine::Sources::Fetch::IfMissing, std::move(stop)));
                return std::move(found.tree);
            };
            return rendered(request);
        };
        QCOMPARE(built("@charts"), QString(R"({"packed":{"global":{},"other":1,"value":"own"}})"));
        QCOMPARE(built("alias:charts"), built("@charts"));
        QVERIFY2(built("@other").contains("no repository definition for @other"), qPrintable(built("@other")));
    }

    // Locks as Helm itself writes them.
    void locksOfHelm_data()
    {
        QTest::addColumn<QString>("dependency");
        QTest::newRow("plain") << "{name: dep, version: 1.0.0, repository: 'file://../dep'}";
        QTest::newRow("range") << "{name: dep, version: '>=1 <2', repository: 'file://../dep'}";
        QTest::newRow("all fields")
            << "{name: dep, version: ^1, repository: 'file://../dep', condition: 'a.b,c', tags: "
               "[x, 'y&z'], alias: other, import-values: [data, {child: a, parent: b}]}";
    }
    void locksOfHelm()
    {
        const auto helm = qEnvironmentVariable("PILOTHOUSE_PEERS", QDir::homePath() + "/.cache/pilothouse-peers")
            + QStringLiteral("/bin/helm");
        if (!QFileInfo(helm).isExecutable())
            QSKIP("the peer is not installed: tests/peers/install helm");
        QFETCH(const QString, dependency);
        const QTemporaryDir folder;
        const auto write = [&folder](const QString& path, const QString& text) {
            QDir(folder.path()).mkpath(QFileInfo(path).path());
            QFile file(folder.filePath(path));
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(text.toUtf8());
        };
        write("dep/Chart.yaml", "apiVersion: v2\nname: dep\nversion: 1.0.0\n");
        write("demo/Chart.yaml", "apiVersion: v2\nname: demo\nversion: 1.0.0\ndependencies:\n- " + dependency + "\n");
        write("demo/templates/a.yaml", QString::fromLatin1(kDump));
        QCOMPARE(QProcess::execute(helm, {"dependency", "update", folder.filePath("demo")}), 0);
        QVERIFY(QDir(folder.filePath("demo/charts")).removeRecursively());
        auto request = requestFor({});
        request.tree = *git::openFolder(folder.path().toStdString());
        request.path = "demo";
        QVERIFY2(!rendered(request).startsWith("ERROR"), qPrintable(rendered(request)));
        write("demo/Chart.yaml",
              "apiVersion: v2\nname: demo\nversion: 1.0.0\ndependencies:\n- " + QString(dependency).replace("1", "1.0")
                  + "\n");
        request.tree = *git::openFolder(folder.path().toStdString());
        QVERIFY2(rendered(request).contains("out of sync"), qPrintable(rendered(request)));
    }

private:
    static constexpr const char* kDump =
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: values-of-all}\ndata: {v: {{ toJson .Values | quote }}}\n";

    render::Request requestFor(std::map<std::string, std::string> files)
    {
        files.try_emplace("Chart.yaml", "apiVersion: v2\nname: demo\nversion: 1.0.0\n");
        files.try_emplace("templates/a.yaml", kDump);
        render::Request request;
        request.tree = git::memoryTree(std::move(files));
        request.helm.fetch = [this](const std::string& location, const std::string& version,
                                    std::stop_token stop) -> Result<git::TreePtr> {
            auto resolved = m_sources.resolve(location, version, engine::Sources::Fetch::IfMissing, std::move(stop));
            if (!resolved)
                return tl::unexpected<Error>(resolved.error());
            return resolved->tree;
        };
        return request;
    }

    // The values of the chart itself, as its own template prints them.
    static QString rendered(const render::Request& request)
    {
        const auto output = render::renderHelm(request);
        if (!output)
            return QString::fromStdString("ERROR " + output.error().message);
        for (const auto& resource : (*output)->resources)
            if (manifest::text(*resource.object, {"metadata", "name"}) == "values-of-all")
                return QString::fromStdString(std::string(manifest::text(*resource.object, {"data", "v"})));
        return QStringLiteral("no such object");
    }

    QTemporaryDir m_folder;
    engine::Sources m_sources {m_folder.path().toStdString()};
};

QTEST_GUILESS_MAIN(TestChartSources)
#include "tst_chart_sources.moc"
