// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
// exec and port-forward against a WebSocket server that behaves as a kubelet behind an API server does.
#include "core/embedded/cluster.h"
#include "core/embedded/credentials.h"
#include "core/kube/curl_transport.h"
#include "core/kube/exec.h"
#include "support/proxy_server.h"

#include <QTest>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include <mutex>
#include <thread>

using namespace core;
using namespace core::kube;
namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using Tls = beast::ssl_stream<beast::tcp_stream>;
using Socket = beast::websocket::stream<Tls>;

namespace {

/// One thread a connection. `exec` echoes standard input to standard output until the input ends, then exits with 7;
/// `portforward` answers in capitals.
class PodServer
{
public:
    PodServer()
        : credentials(*embedded::generateCredentials())
        , m_acceptor(m_io, tcp::endpoint(asio::ip::address_v4::loopback(), 0))
    {
        m_tls.use_certificate_chain(asio::buffer(credentials.certificate));
        m_tls.use_private_key(asio::buffer(credentials.key), asio::ssl::context::pem);
        m_thread = std::thread([this] {
            for (;;) {
                boost::system::error_code ec;
                auto socket = m_acceptor.accept(ec);
                if (ec || m_stopped)
                    return;
                m_connections.emplace_back([this, s = std::move(socket)]() mutable { serve(std::move(s)); });
            }
        });
    }
    ~PodServer()
    {
        m_stopped = true;
        asio::io_context io;
        tcp::socket(io).connect(m_acceptor.local_endpoint()); // wakes accept()
        m_thread.join();
        for (auto& connection : m_connections)
            connection.join();
    }
    Access access() const
    {
        Access access;
        access.server = "https://127.0.0.1:" + std::to_string(m_acceptor.local_endpoint().port()) + "/base";
        access.caPem = credentials.authority;
        access.token = credentials.token;
        return access;
    }
    std::string lastTarget() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_target;
    }

    embedded::Credentials credentials;

private:
    void serve(tcp::socket raw)
    try {
        Tls tls(std::move(raw), m_tls);
        tls.handshake(asio::ssl::stream_base::server);
        beast::flat_buffer buffer;
        beast::http::request<beast::http::string_body> request;
        beast::http::read(tls, buffer, request);
        const std::string target(request.target());
        {
            const std::scoped_lock lock(m_mutex);
            m_target = target;
        }
        if (std::string_view(request["Authorization"]) != "Bearer " + credentials.token) {
            beast::http::response<beast::http::string_body> answer(beast::http::status::unauthorized, 11);
            answer.body() = R"({"kind":"Status","reason":"Unauthorized","message":"Unauthorized","code":401})";
            answer.prepare_payload();
            beast::http::write(tls, answer);
            return;
        }
        Socket socket(std::move(tls));
        socket.binary(true);
        const bool forward = target.find("/portforward") != std::string::npos;
        socket.set_option(beast::websocket::stream_base::decorator([&](beast::websocket::response_type& answer) {
            answer.set(beast::http::field::sec_websocket_protocol, forward ? "v4.channel.k8s.io" : "v5.channel.k8s.io");
        }));
        socket.accept(request);
        forward ? capitals(socket) : echo(socket);
        socket.close(beast::websocket::close_code::normal);
    } catch (const std::exception&) {
        // the client has gone
    }
    static void say(Socket& socket, char channel, std::string_view text)
    {
        socket.write(asio::buffer(std::string(1, channel) + std::string(text)));
    }
    static std::string hear(Socket& socket)
    {
        beast::flat_buffer buffer;
        socket.read(buffer);
        return beast::buffers_to_string(buffer.data());
    }
    static void echo(Socket& socket)
    {
        for (const char channel : {'\1', '\2', '\3'})
            say(socket, channel, "");
        say(socket, 2, "warning\n");
        for (auto text = hear(socket); text != std::string("\xff\0", 2); text = hear(socket))
            say(socket, 1, text.front() == 4 ? text : text.substr(1));
        say(socket, 3,
            R"({"kind":"Status","status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"7"}]}})");
    }
    static void capitals(Socket& socket)
    {
        say(socket, 0, std::string("\x90\x1f", 2));
        say(socket, 1, std::string("\x90\x1f", 2));
        for (;;) {
            auto text = hear(socket).substr(1);
            if (text == "fail") {
                say(socket, 1, "connection refused");
                return;
            }
            std::transform(text.begin(), text.end(), text.begin(), [](char c) { return static_cast<char>(c - 32); });
            say(socket, 0, text);
        }
    }

    asio::io_context m_io;
    asio::ssl::context m_tls {asio::ssl::context::tls_server};
    tcp::acceptor m_acceptor;
    std::atomic<bool> m_stopped = false;
    mutable std::mutex m_mutex;
    std::string m_target;
    std::vector<std::thread> m_connections;
    std::thread m_thread;
};

} // namespace

class TestKubeExec : public QObject
{
    Q_OBJECT

private slots:
    void runsACommand()
    {
        const PodServer server;
        Client client(curlTransport(server.access()));
        std::mutex mutex;
        std::string output;
        std::string errors;
        std::optional<Result<int>> end;
        ExecOptions options;
        options.container = "main";
        options.command = {"sh", "-c", "cat; exit 7"};
        options.input = true;
        const auto keep = [&](std::string& into) {
            return [&](std::string_view text) {
                const std::scoped_lock lock(mutex);
                into += text;
            };
        };
        auto session = exec(client, "ml", "llm-0", options, {keep(output), keep(errors), [&](Result<int> code) {
                                                                 const std::scoped_lock lock(mutex);
                                                                 end = std::move(code);
                                                             }});
        QVERIFY2(session, session ? "" : session.error().text().c_str());
        QCOMPARE(
            server.lastTarget(),
            std::string("/base/api/v1/namespaces/ml/pods/llm-0/exec?command=sh&command=-c&command=cat%3B%20exit%207"
                        "&container=main&stdin=true&stdout=true&stderr=true"));
        const std::string much(200'000, 'x');
        (*session)->send("hello\n");
        (*session)->send(much);
        (*session)->resize(80, 24);
        (*session)->closeInput();
        const auto ended = [&] {
            const std::scoped_lock lock(mutex);
            return end.has_value();
        };
        QTRY_VERIFY_WITH_TIMEOUT(ended(), 20'000);
        QVERIFY2(*end, *end ? "" : end->error().text().c_str());
        QCOMPARE(**end, 7);
        QCOMPARE(errors, std::string("warning\n"));
        QVERIFY(output == "hello\n" + much + "\x04{\"Width\":80,\"Height\":24}");
    }

    void tellsARefusal()
    {
        const PodServer server;
        auto access = server.access();
        access.token = "wrong";
        Client client(curlTransport(access));
        const auto session = exec(client, "ml", "p", {{}, {"ls"}}, {});
        QVERIFY(!session);
        QCOMPARE(session.error().code, Error::Code::Unauthorized);
    }

    void refusesAnUnknownAuthority()
    {
        const PodServer server;
        auto access = server.access();
        access.caPem = embedded::generateCredentials()->authority;
        Client client(curlTransport(access));
        const auto session = exec(client, "ml", "p", {{}, {"ls"}}, {});
        QVERIFY(!session);
        QCOMPARE(session.error().code, Error::Code::Unavailable);
    }

    void goesThroughProxies_data()
    {
        QTest::addColumn<std::string>("scheme");
        QTest::addColumn<std::string>("wanted"); // credentials that the proxy asks for
        QTest::addColumn<std::string>("given");
        QTest::addColumn<bool>("byEnvironment");
        QTest::addColumn<std::string>("how"); // "": refused
        QTest::newRow("http") << std::string("http") << std::string() << std::string() << false
                              << std::string("CONNECT");
        QTest::newRow("http with a password") << std::string("http") << std::string("me:se:cret")
                                              << std::string("me:se%3Acret") << false << std::string("CONNECT");
        QTest::newRow("http with a wrong password")
            << std::string("http") << std::string("me:secret") << std::string("me:wrong") << false << std::string();
        QTest::newRow("socks5") << std::string("socks5") << std::string() << std::string() << false
                                << std::string("SOCKS5");
        QTest::newRow("of the environment")
            << std::string("http") << std::string() << std::string() << true << std::string("CONNECT");
        QTest::newRow("https") << std::string("https") << std::string() << std::string() << false << std::string();
    }
    void goesThroughProxies()
    {
        QFETCH(const std::string, scheme);
        QFETCH(const std::string, wanted);
        QFETCH(const std::string, given);
        QFETCH(const bool, byEnvironment);
        QFETCH(const std::string, how);
        const PodServer server;
        const support::ProxyServer proxy(wanted);
        auto access = server.access();
        if (byEnvironment)
            qputenv("https_proxy", proxy.url(scheme).c_str());
        else
            access.proxyUrl = proxy.url(scheme, given);
        Client client(curlTransport(access));
        std::mutex mutex;
        std::optional<Result<int>> end;
        auto session = exec(client, "ml", "p", {"main", {"cat"}, true}, {{}, {}, [&](Result<int> code) {
                                                                             const std::scoped_lock lock(mutex);
                                                                             end = std::move(code);
                                                                         }});
        qunsetenv("https_proxy");
        if (how.empty()) {
            QVERIFY(!session);
            QVERIFY2(session.error().text().find("secret") == std::string::npos, session.error().text().c_str());
            QVERIFY2(session.error().text().find("prox") != std::string::npos, session.error().text().c_str());
            QVERIFY(proxy.connected().empty());
            return;
        }
        QVERIFY2(session, session ? "" : session.error().text().c_str());
        (*session)->closeInput();
        QTRY_VERIFY_WITH_TIMEOUT((std::scoped_lock(mutex), end.has_value()), 20'000);
        const auto& url = server.access().server;
        const auto port = url.substr(url.rfind(':') + 1, url.rfind('/') - url.rfind(':') - 1);
        QCOMPARE(proxy.connected(), std::vector {how + " 127.0.0.1:" + port});
    }

    void simulatedPodsSaySo()
    {
        embedded::Cluster::Options options;
        options.clock = std::make_shared<ScaledClock>();
        options.simulate = false;
        const auto cluster = embedded::Cluster::open(options);
        QVERIFY(cluster);
        Client client((*cluster)->transport());
        QCOMPARE(exec(client, "a", "p", {{}, {"ls"}}, {}).error().code, Error::Code::Unsupported);
        QCOMPARE(forwardPort(client, "a", "p", 80, 0, {}).error().code, Error::Code::Unsupported);
    }

    void forwardsAPort()
    {
        const PodServer server;
        Client client(curlTransport(server.access()));
        std::mutex mutex;
        std::string problem;
        const auto forward = forwardPort(client, "ml", "llm-0", 8080, 0, [&](const Error& error) {
            const std::scoped_lock lock(mutex);
            problem = error.message;
        });
        QVERIFY2(forward, forward ? "" : forward.error().text().c_str());
        asio::io_context io;
        const tcp::endpoint local(asio::ip::address_v4::loopback(), (*forward)->localPort());
        tcp::socket one(io);
        tcp::socket two(io);
        one.connect(local);
        two.connect(local);
        const auto ask = [](tcp::socket& socket, std::string text) {
            asio::write(socket, asio::buffer(text));
            asio::read(socket, asio::buffer(text));
            return text;
        };
        QCOMPARE(ask(one, "abc"), std::string("ABC"));
        QCOMPARE(ask(two, "xyz"), std::string("XYZ"));
        QVERIFY(server.lastTarget().ends_with("/portforward?ports=8080"));
        asio::write(two, asio::buffer("fail", 4));
        const auto told = [&] {
            const std::scoped_lock lock(mutex);
            return problem;
        };
        QTRY_COMPARE_WITH_TIMEOUT(told(), std::string("connection refused"), 10'000);
        char byte = 0;
        boost::system::error_code ec;
        asio::read(two, asio::buffer(&byte, 1), ec);
        QVERIFY(ec); // closed
        QCOMPARE(ask(one, "more"), std::string("MORE"));
    }
};

QTEST_GUILESS_MAIN(TestKubeExec)
#include "tst_kube_exec.moc"
