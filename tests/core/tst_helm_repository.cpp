// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/paths.h"
#include "core/base/strings.h"
#include "core/render/helm.h"
#include "core/render/helm_repository.h"

#include <QtNetwork/QHostAddress>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>
#include <QtTest>

#include <fmt/format.h>

#include <thread>

using namespace core;
using namespace core::render;

namespace {

// A server on a thread of its own; answers by method "GET", path and the Authorization header.
class Server
{
public:
    using Handler = std::function<std::string(const std::string& path, const std::string& authorization)>;
    explicit Server(Handler handler)
        : m_handler(std::move(handler))
    {
        m_thread = std::jthread([this](const std::stop_token& stop) {
            QTcpServer server;
            server.listen(QHostAddress::LocalHost);
            m_port = server.serverPort();
            while (!stop.stop_requested()) {
                if (!server.waitForNewConnection(20))
                    continue;
                const std::unique_ptr<QTcpSocket> socket(server.nextPendingConnection());
                QByteArray head;
                while (!head.contains("\r\n\r\n") && socket->waitForReadyRead(2000))
                    head += socket->readAll();
                std::string authorization;
                for (const auto& line : head.split('\n'))
                    if (line.toLower().startsWith("authorization: "))
                        authorization = line.mid(15).trimmed().toStdString();
                const auto answer = m_handler(head.split(' ').value(1).toStdString(), authorization);
                ++requests;
                socket->write(answer.data(), static_cast<qint64>(answer.size()));
                socket->waitForBytesWritten(2000);
                socket->disconnectFromHost();
                if (socket->state() != QAbstractSocket::UnconnectedState)
                    socket->waitForDisconnected(2000);
            }
        });
    }
    [[nodiscard]] int port() const
    {
        while (m_port == 0)
            std::this_thread::yield();
        return m_port;
    }
    std::atomic<int> requests = 0;

private:
    Handler m_handler;
    std::atomic<int> m_port = 0;
    std::jthread m_thread;
};

std::string answer(int status, const std::string& body, const std::string& headers = {})
{
    return fmt::format("HTTP/1.1 {} X\r\nContent-Length: {}\r\nConnection: close\r\n{}\r\n{}", status, body.size(),
                       headers, body);
}

std::string archive()
{
    return *paths::readFile(TEST_DATA "/charts/first/charts/packed-0.2.5.tgz");
}

std::string index(const std::string& digest)
{
    return fmt::format("apiVersion: v1\nentries:\n  packed:\n"
                       "  - {{name: packed, version: 0.3.0-beta.1, urls: [nothing.tgz]}}\n"
                       "  - {{name: packed, version: 0.2.5, digest: {}, urls: [files/packed-0.2.5.tgz]}}\n"
                       "  - {{name: packed, version: 0.1.0, urls: [nothing.tgz]}}\n",
                       digest);
}

helm::RepositoryAccess network()
{
    helm::RepositoryAccess access;
    access.send = curlHttp();
    return access;
}

} // namespace

class TestHelmRepository : public QObject
{
    Q_OBJECT

private slots:
    void classicRepository()
    {
        QTemporaryDir cache;
        const auto login = "Basic " + base64Encode("me:secret");
        auto access = network();
        access.cache = cache.path().toStdString();
        std::string url;
        {
            Server server([&](const std::string& path, const std::string& authorization) {
                if (authorization != login)
                    return answer(401, "");
                if (path == "/charts/index.yaml")
                    return answer(200, index(sha256Hex(archive())));
                return path == "/charts/files/packed-0.2.5.tgz" ? answer(200, archive()) : answer(404, "");
            });
            url = fmt::format("http://127.0.0.1:{}/charts/", server.port());
            const auto refused = helm::fetchChart(url, "packed", "", access);
            QVERIFY(!refused);
            QCOMPARE(refused.error().code, Error::Code::Unauthorized);
            access.user = "me";
            access.password = "secret";
            const auto newest = helm::fetchChart(url, "packed", "", access);
            QVERIFY2(newest, newest ? "" : newest.error().text().c_str());
            QCOMPARE(newest->version, std::string("0.2.5"));
            Request request;
            request.tree = newest->tree;
            const auto rendered = renderHelm(request);
            QVERIFY2(rendered, rendered ? "" : rendered.error().text().c_str());
            QVERIFY((*rendered)->yaml.find("v: own") != std::string::npos);
            QCOMPARE(helm::fetchChart(url, "packed", "0.2.x", access)->version, std::string("0.2.5"));
            QCOMPARE(helm::fetchChart(url, "packed", ">5", access).error().code, Error::Code::NotFound);
            QCOMPARE(helm::fetchChart(url, "absent", "", access).error().code, Error::Code::NotFound);
            const int before = server.requests;
            QVERIFY(helm::fetchChart(url, "packed", "0.2.5", access));
            QCOMPARE(server.requests.load(), before);
        }
        // The server is gone: an exact version still opens, a range tells what there is.
        QVERIFY(helm::fetchChart(url, "packed", "0.2.5", access));
        const auto offline = helm::fetchChart(url, "packed", "^0.2", access);
        QVERIFY(!offline);
        QCOMPARE(offline.error().code, Error::Code::Unavailable);
        QVERIFY(offline.error().hint.find("0.2.5") != std::string::npos);
    }

    /// Manifests that lie in a registry: by tag, range and digest, from the cache where the digest is known.
    void artifact()
    {
        QTemporaryDir cache;
        const auto layer = [](const std::string& type, const std::string& bytes) {
            return fmt::format("{{\"mediaType\":\"{}\",\"digest\":\"sha256:{}\",\"size\":{}}}", type, sha256Hex(bytes),
                               bytes.size());
        };
        const auto manifestOf = [](const std::string& layers) {
            return "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"layers\":["
                + layers + "]}";
        };
        const std::string plain = "application/vnd.oci.image.layer.v1.tar+gzip";
        const auto good = manifestOf(layer(plain, archive()));
        const std::map<std::string, std::string> manifests {
            {"latest", good},
            {"1.2.0", good},
            {"1.3.0", good},
            {"two", manifestOf(layer(plain, "a") + "," + layer(plain, "b"))},
            {"odd", manifestOf(layer("text/plain", "a"))},
            {"forged",
             "{\"layers\":[{\"mediaType\":\"" + plain + "\",\"digest\":\"sha256:" + std::string(64, 'a') + "\"}]}"},
            {"broken", manifestOf(layer(plain, "no archive"))}};
        auto access = network();
        access.cache = cache.path().toStdString();
        std::string url;
        const auto digest = "sha256:" + sha256Hex(good);
        const auto fetch = [&](const std::string& revision) { return helm::fetchArtifact(url, revision, access); };
        {
            Server server([&](const std::string& path, const std::string&) {
                const std::string root = "/v2/team/models/";
                if (path.starts_with(root + "tags/list"))
                    return answer(200, "{\"tags\":[\"latest\",\"1.2.0\",\"1.3.0\",\"2.0.0-rc.1\"]}");
                if (path.starts_with(root + "manifests/")) {
                    const auto found = manifests.find(path.substr(root.size() + 10));
                    return found == manifests.end() ? answer(404, "") : answer(200, found->second);
                }
                return path.starts_with(root + "blobs/")
                    ? answer(200,
                             path.ends_with(sha256Hex(archive()))          ? archive()
                                 : path.ends_with(sha256Hex("no archive")) ? "no archive"
                                                                           : "else")
                    : answer(404, "");
            });
            url = fmt::format("oci://127.0.0.1:{}/team/models", server.port());
            for (const auto* revision : {"", "latest", "1.2.0", "^1.2", ">=1.2.0 <2"}) {
                const auto fetched = fetch(revision);
                QVERIFY2(fetched, fetched ? "" : fetched.error().text().c_str());
                QCOMPARE(fetched->version, digest);
                QVERIFY(fetched->tree->isFile("Chart.yaml")); // of a packaged chart, its folder is the root
            }
            const std::vector<std::pair<std::string, std::string>> refused {
                {"none", "404"},
                {">5", "no version fits"},
                {"two", "expected only a single oci layer, got 2"},
                {"odd", "media type text/plain is not in the list"},
                {"forged", "does not have the promised digest"},
                {"broken", "not a gzip-compressed tar archive"},
                {"sha256:" + std::string(64, 'b'), "404"}};
            for (const auto& [revision, words] : refused) {
                const auto fetched = fetch(revision);
                QVERIFY2(!fetched, revision.c_str());
                QVERIFY2(fetched.error().text().find(words) != std::string::npos, fetched.error().text().c_str());
                QVERIFY2(fetched.error().text().find("127.0.0.1") != std::string::npos, fetched.error().text().c_str());
            }
            QCOMPARE(helm::fetchArtifact("oci://127.0.0.1", "", access).error().code, Error::Code::InvalidInput);
        }
        QVERIFY(fetch(digest)); // nothing listens any more
        QCOMPARE(fetch("latest").error().code, Error::Code::Unavailable);
    }

    void wrongDigestIsRefused()
    {
        Server server([](const std::string& path, const std::string&) {
            return path == "/index.yaml" ? answer(200, index(std::string(64, 'a'))) : answer(200, archive());
        });
        const auto chart =
            helm::fetchChart(fmt::format("http://127.0.0.1:{}", server.port()), "packed", "0.2.5", network());
        QVERIFY(!chart);
        QVERIFY(chart.error().message.find("digest") != std::string::npos);
    }

    void registry()
    {
        std::atomic<int> port = 0;
        const auto digest = "sha256:" + sha256Hex(archive());
        Server server([&](const std::string& path, const std::string& authorization) {
            if (path.starts_with("/token"))
                return path == "/token?service=reg&scope=repository:x/packed:pull" ? answer(200, "{\"token\":\"T\"}")
                                                                                   : answer(400, "");
            if (authorization != "Bearer T")
                return answer(
                    401, "",
                    fmt::format("WWW-Authenticate: Bearer realm=\"http://127.0.0.1:{}/token\",service=\"reg\","
                                "scope=\"repository:x/packed:pull\"\r\n",
                                port.load()));
            if (path.starts_with("/v2/x/packed/tags/list"))
                return answer(200, "{\"tags\":[\"0.2.5\",\"0.1.0\",\"latest\"]}");
            if (path == "/v2/x/packed/manifests/0.2.5")
                return answer(200,
                              "{\"layers\":[{\"mediaType\":\"application/vnd.cncf.helm.chart.content.v1.tar+gzip\","
                              "\"digest\":\""
                                  + digest + "\"}]}");
            return path == "/v2/x/packed/blobs/" + digest ? answer(200, archive()) : answer(404, "");
        });
        port = server.port();
        const auto url = fmt::format("oci://127.0.0.1:{}/x", server.port());
        const auto chart = helm::fetchChart(url, "packed", "~0.2.0", network());
        QVERIFY2(chart, chart ? "" : chart.error().text().c_str());
        QCOMPARE(chart->version, std::string("0.2.5"));
        QVERIFY(chart->tree->isFile("Chart.yaml"));
        QCOMPARE(helm::fetchChart(url, "packed", "9.9.9", network()).error().code, Error::Code::NotFound);
    }

    void locations()
    {
        const auto location = helm::chartLocation("https://charts.example.org/a", "packed");
        const auto parsed = helm::parseChartLocation(location);
        QVERIFY(parsed);
        QCOMPARE(parsed->repository, std::string("https://charts.example.org/a"));
        QCOMPARE(parsed->chart, std::string("packed"));
        QVERIFY(!helm::parseChartLocation("https://example.org/repository.git#x"));
    }
};

QTEST_GUILESS_MAIN(TestHelmRepository)
#include "tst_helm_repository.moc"
